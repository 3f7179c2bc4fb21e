"""Groups beside all others of the same start: by SEN, need, year, class and subject; and how many of how many."""

from pandas import DataFrame, Series
from scipy.special import ndtr

from sentrack_lib.sources.codes import need_label
from sentrack_lib.views.needs import of_all_needs
from sentrack_lib.views.papers import ALL, NO_CLASSES, ONE_YEAR, Papers
from sentrack_lib.views.parts import Part, Table, Unseen
from sentrack_lib.views.words import band, number, sentence

DRAWN = (
    "The growth percentile is the best estimate, drawn towards the average where a group is small; 50 is typical. The gap is "
    "against all other pupils, less what different starting points alone would make."
)


def by_sen(papers: Papers) -> Part:
    """Pupils with SEN beside the others."""
    return _beside_others(papers, papers.sen_family)


@of_all_needs
def by_need(papers: Papers) -> Part:
    """Types of need."""
    if papers.year_group != ALL:
        return Unseen("Types of need are compared over all year groups together: one year group has too few pupils of each.")
    return _beside_others(papers, "type of need")


@of_all_needs
def by_year(papers: Papers) -> Part:
    """Pupils with SEN in each year group beside the others of that year."""
    if papers.year_group != ALL:
        return Unseen(ONE_YEAR)
    return _beside_others(papers, "SEN by year group")


BACKGROUND = ["disability", "ethnicity", "gender", "pupil premium", "EAL", "looked after"]


@of_all_needs
def by_background(papers: Papers) -> Part:
    """Disability, ethnicity, gender, pupil premium, first language and care: each group beside all others of the same start."""
    if papers.year_group != ALL or papers.teaching_group != ALL:
        return Unseen(
            "Ethnicity, gender and background are compared over all year groups together: one has too few pupils of each."
        )
    rows = papers.comparisons[papers.comparisons["family"].isin(BACKGROUND)]
    shown = DataFrame({"Question": rows["family"].map(sentence)}).join(_printed(rows, "group"))
    note = f"Each question is a family of its own: {int(rows['q_value'].notna().sum())} groups tested in all. {DRAWN}"
    return Table(shown, f"Progress by disability, ethnicity, gender and background: {papers.title}", note, "nothing is known.")


def by_intersection(papers: Papers) -> Part:
    """The intersections that the school asked for."""
    rows = papers.comparisons[papers.comparisons["by"].str.contains(" × ")]
    shown = DataFrame({"Question": rows["family"].map(sentence)}).join(_printed(rows, "group"))
    note = f"{int(rows['q_value'].notna().sum())} groups tested. {DRAWN}"
    if rows.empty:
        return Unseen("Nothing is asked for here. Name two questions under `intersections` in the parameters.")
    return Table(shown[rows["mean"].notna()], f"Where two questions meet: {papers.title}", note, "no group has five pupils.")


@of_all_needs
def by_class(papers: Papers) -> Part:
    """Teaching groups of the subject looked at; over all subjects, those with a clear difference."""
    if not papers.has("teaching_groups"):
        return Unseen(NO_CLASSES)
    if papers.subject != ALL:
        return _beside_others(papers, "teaching group")
    rows = papers.compared[papers.compared["family"].eq("teaching group")]
    tested = int(rows["q_value"].notna().sum())
    clear = rows[rows["verdict"].str.startswith("clear")]
    shown = DataFrame({"Subject": clear["subject"]}).join(_printed(clear, "teaching group"))
    nothing = f"none of {tested} teaching groups compared shows a clear difference."
    return Table(
        shown, "Teaching groups out of line", f"Of {tested} teaching groups compared, each with those of its subject.", nothing
    )


def by_subject(papers: Papers) -> Part:
    """Pupils with SEN in every subject."""
    rows = papers.compared
    rows = rows[rows["family"].eq(papers.sen_family) & rows["group"].ne("No SEN")]
    shown = DataFrame({"Subject": rows["subject"].replace({ALL: "average over subjects"})}).join(
        _printed(rows, "pupils with SEN")
    )
    return Table(shown, "Pupils with SEN, subject by subject", DRAWN, "no subject can be compared.")


def rates(papers: Papers) -> Part:
    """How many pupils of how many, by SEN status and year group."""
    if not papers.has("rates"):
        return Unseen("Counts of the whole school are for the inclusion manager and governors.")
    rows = papers.tables["rates"]
    if rows["family"].eq("SEN status").any():  # then the coarser question is answered twice
        rows = rows[rows["family"].ne("SEN")]
    rows = rows[rows["measure"].ne("on the roll")]
    group = rows["group"].where(rows["family"].ne("year group"), "Year " + rows["group"].astype("str"))
    cells = DataFrame({"Group": group.map(sentence), "measure": rows["measure"].map(sentence), "told": _shares(rows)})
    shown = cells.pivot(index="Group", columns="measure", values="told").loc[cells["Group"].unique()]
    note = "Counts of this school year up to the term."
    rounding = " Rounded to the nearest 5; 1 to 7 are not shown." if papers.audience == "governors" else ""
    return Table(shown.rename_axis(None, axis=1).reset_index(), "How many of how many", note + rounding)


def _shares(rows: DataFrame) -> Series:
    """`47 of 203 (23 in 100)`, or that it cannot be shown."""
    count, whole = rows["count"].astype("Int64"), rows["of"].astype("Int64")
    share = (100 * count / whole.mask(whole.eq(0))).round(0).astype("Int64")
    told = count.astype("str") + " of " + whole.astype("str") + " (" + share.astype("str") + " in 100)"
    return told.where(share.notna(), "too few to show").mask(whole.eq(0), "not known")


def _beside_others(papers: Papers, family: str) -> Part:
    """The groups of one question, with n, interval, what could have been seen, and a verdict in words."""
    rows = papers.comparisons[papers.comparisons["family"].eq(family)]
    if family == "SEN by year group":  # Year 7 before Year 10
        rows = rows.sort_values("group", key=lambda years: years.str.removeprefix("Year ").str.zfill(2), kind="stable")
    note = f"{int(rows['q_value'].notna().sum())} groups tested together. {DRAWN}"
    return Table(_printed(rows, family), f"Progress by {family}: {papers.title}", note, "there is no group to compare.")


def _printed(rows: DataFrame, first: str) -> DataFrame:
    """Rows of comparisons as they are printed, under the heading `first`."""
    needs = rows["family"].eq("type of need")
    return DataFrame(
        {
            sentence(first): rows["group"].where(~needs, need_label(rows["group"])),
            "Pupils": rows["n"],
            "As measured, SD": rows["mean"].map(number),
            "Growth percentile": (100 * _share_below(rows["pooled"])).round(0),
            "Likely between": band(100 * _share_below(rows["low"]), 100 * _share_below(rows["high"])),
            "Gap, SD": rows["gap_less_artefact"].map(number),
            "Could be seen from, SD": rows["detectable"].map(lambda size: number(size, signed=False)),
            "Verdict": rows["verdict"],
        }
    )


def _share_below(sizes: Series) -> Series:
    """The share of all pupils below a size in standard deviations."""
    return Series(ndtr(sizes.astype("float64")), index=sizes.index)
