"""The school's own figures beside those published for England, with where half of the local authorities lie."""

from pandas import DataFrame, Series

from sentrack_lib.sources.codes import NOT_KNOWN, need, need_label
from sentrack_lib.views.headlines import rounded_share
from sentrack_lib.views.needs import of_all_needs
from sentrack_lib.views.papers import ALL, Papers
from sentrack_lib.views.parts import Part, Table, Unseen
from sentrack_lib.views.words import are, number, said, sentence

NOT_HERE = "Figures of England are set beside those of the whole school, for the inclusion manager and governors."
WHOLE_SCHOOL = "Figures of England are of whole schools: open the page at the whole school to see them."
NOTE = (
    "Local authorities differ less from each other than schools do, so a school may well lie outside what half of them lie "
    "between. Where only a share is published, the school is held against where one of its size would lie 95 times in 100. The "
    "school can put its own list in place of this one: benchmarks.csv in its folder."
)
SHOWN = 5
"""Fewest pupils for a figure."""
NEEDS_OF = "persistent absence"
"""The measure of which every type of need is printed; of the others they are too rare to learn from."""
CALLED = {
    "absence": "Sessions missed",
    "persistent absence": "Missed a tenth or more of their sessions",
    "severe absence": "Missed half or more of their sessions",
    "at SEN support": "At SEN support",
}


@of_all_needs
def benchmarks(papers: Papers) -> Part:
    """What is published for England and the school's own figure, row by row; figures that are not verified are named so."""
    if why := not_beside(papers):
        return Unseen(why)
    rows = papers.tables["benchmarks"]
    large = rows["of"].fillna(0).ge(SHOWN) & (rows["measure"].eq(NEEDS_OF) | need(rows["group"]).eq(NOT_KNOWN))
    less, rows = int((~large).sum()), rows[large]
    shown = DataFrame({"What": of_measure(rows["measure"]), "Of whom": of_group(rows["group"]), "Here": _here(papers, rows)})
    if papers.audience != "governors":
        shown["Likely between"] = _between(rows, "low", "high").map(lambda ends: ends and f"{ends} in 100")
    shown = shown.assign(**{
        "Published": published(rows),
        "Half of local authorities lie between": _between(rows, "p25", "p75").map(lambda ends: ends and f"{ends} in 100"),
    })  # fmt: skip
    if rows["told"].fillna("").ne("").any():
        shown["Verdict"] = rows["told"]
    left = f" {said(less, 'more row')} of small groups or single types of need {are(less)} in benchmarks.csv." if less else ""
    note = f"{_remarks(rows)}{NOTE}{left} Sources: {'; '.join(rows['source'].str.replace('https://', '').unique())}."
    return Table(shown, f"Beside England: {papers.title}", note, "nothing published can be set beside it.")


def _remarks(rows: DataFrame) -> str:
    """What is to be known of the published figures, each remark once with the measures it is about."""
    noted = rows[rows["note"].ne("")]
    measures = of_measure(noted["measure"]).groupby(noted["note"], sort=False).agg(lambda names: ", ".join(dict.fromkeys(names)))
    return "".join(f"{of_what}: {note}. " for note, of_what in measures.items())


def not_beside(papers: Papers) -> str:
    """Why no figures of England stand on these papers; nothing where they do."""
    if not papers.has("benchmarks"):
        return NOT_HERE
    opened = (papers.year_group, papers.subject, papers.teaching_group)
    return WHOLE_SCHOOL if any(part != ALL for part in opened) else ""


def of_measure(measures: Series) -> Series:
    """What was measured, as it is printed."""
    needs = measures.str.removeprefix("main need ")
    named = measures.map(lambda name: CALLED.get(name, sentence(name)))
    return named.mask(needs.ne(measures), "Main need: " + need_label(needs))


def of_group(groups: Series) -> Series:
    """Groups as they are printed, types of need by their name."""
    labels = need_label(groups)
    return groups.map(sentence).where(labels.eq(NOT_KNOWN), labels)


def published(rows: DataFrame) -> Series:
    """`36 in 100 (2024/25)`, and `not verified` in front where it was not found in what was published."""
    figures = _in_100(rows, "national") + " in 100 (" + rows["year"] + ")"
    return figures.where(rows["verified"].astype(bool), "not verified: " + figures)


def _here(papers: Papers, rows: DataFrame) -> Series:
    """The school's own share with its whole."""
    if papers.audience == "governors":
        return rounded_share(rows.rename(columns={"of": "n"}))
    whole = rows["of"].astype("Int64").astype("str")
    counted = rows["count"].astype("Int64").astype("str") + " of " + whole + "\n" + _in_100(rows, "value") + " in 100"
    sessions = _in_100(rows, "value") + " in 100 sessions\n" + whole + " pupils"
    told = counted.where(rows["measure"].ne("absence"), sessions)
    return told.where(rows["value"].notna(), "too few to show")


def _between(rows: DataFrame, low: str, high: str) -> Series:
    ends = _in_100(rows, low) + " to " + _in_100(rows, high)
    return ends.where(rows[low].notna() & rows[high].notna(), "")


def _in_100(rows: DataFrame, column: str) -> Series:
    """Shares in 100; with a decimal where the published ones are."""
    fine = rows["measure"].ne(NEEDS_OF)
    pairs = zip(100 * rows[column].astype("float64"), fine, strict=True)
    return Series([number(share, 1 if small else 0, signed=False) for share, small in pairs], rows.index, dtype="str")
