"""Drilling down: what stands one step below the part of the school that is opened, row by row."""

from pandas import DataFrame, Index, Series
from scipy.special import ndtr

from sentrack_lib.sources.codes import has_sen
from sentrack_lib.views.papers import ALL, Papers
from sentrack_lib.views.parts import Part, Table, Unseen
from sentrack_lib.views.tables.pupils import called
from sentrack_lib.views.words import band

LIKELY = 0.5
"""The chance from which low growth is more likely than not."""
SEN = ["SEN support", "EHC plan"]
SUBJECT, YEAR, CLASS = "subject", "year group", "teaching group"
TOO_FEW = "too few to say"
WHOLE_SCHOOL = "Single subjects, year groups and teaching groups are opened by those who work with their pupils."
COUNTED = (
    "Low growth likely: more likely than not, of the pupils for whom it can be told. To look at first: flagged so, about the "
    "subject or about none. In brackets stands between what the true growth percentile may lie; the verdict takes off what "
    "different starting points alone would make."
)


def next_down(papers: Papers) -> Part:
    """Subjects; of a subject its year groups; of a year group its teaching groups; of a teaching group its pupils."""
    if not papers.has("roll", "teaching_groups"):
        return Unseen(WHOLE_SCHOOL)
    if papers.teaching_group != ALL:
        return _pupils(papers)
    below = SUBJECT if papers.subject == ALL else YEAR if papers.year_group == ALL else CLASS
    parts = _counted(_members(papers, below)).join(_compared(papers, below))
    parts = parts.loc[sorted(parts.index, key=lambda part: (len(part) if below == YEAR else 0, part))]
    whose = "the group" if below == CLASS else "pupils with SEN"
    shown = parts.fillna({"percentile": "", "verdict": TOO_FEW}).rename_axis(below.capitalize()).reset_index()
    shown = shown.rename(columns={"percentile": f"Growth percentile of {whose}", "verdict": f"Verdict on {whose}"})
    title = f"One step down, {below} by {below}: {papers.title}"
    return Table(shown, title, f"{COUNTED} Next, open a {below}.", f"no {below} is recorded here.")


def _members(papers: Papers, below: str) -> DataFrame:
    """A row a pupil and part (`part`): whether the pupil has SEN, makes low growth, is to be looked at first."""
    roll = papers.roll[["pupil_id", "year_group"]].assign(sen=has_sen(papers.roll["sen_status"]).fillna(False).astype("bool"))
    if below == YEAR:
        rows = roll.assign(part=roll["year_group"], subject=papers.subject)
    elif below == CLASS:
        taught = papers.of_pupils("teaching_groups")
        rows = taught.loc[taught["subject"].eq(papers.subject), ["pupil_id", "subject", "teaching_group"]]
        rows = rows.rename(columns={"teaching_group": "part"}).merge(roll, on="pupil_id")
    else:
        rows = papers.of_pupils("progress")[["pupil_id", "subject"]]
        rows = rows[rows["subject"].ne(ALL)].assign(part=rows["subject"]).merge(roll, on="pupil_id")
    growth = papers.of_pupils("progress")[["pupil_id", "subject", "p_low"]]
    rows = (
        rows.dropna(subset=["part"]).drop_duplicates(["pupil_id", "part"]).merge(growth, how="left", on=["pupil_id", "subject"])
    )
    return rows.assign(told=rows["p_low"].notna(), low=rows["p_low"].ge(LIKELY), act=_look_first(papers, rows))


def _look_first(papers: Papers, rows: DataFrame) -> Series:
    """Whether each pupil is flagged to be looked at first, about the subject of the row or about none."""
    act = papers.flags[papers.flags["level"].eq("act")]
    own = act[act["subject"].notna()]
    both = Index(rows["pupil_id"] + "\n" + rows["subject"]).isin(own["pupil_id"] + "\n" + own["subject"])
    return rows["pupil_id"].isin(act.loc[act["subject"].isna(), "pupil_id"]) | both


def _counted(members: DataFrame) -> DataFrame:
    """How many of how many, part by part."""
    own = members.assign(low_sen=members["low"] & members["sen"], told_sen=members["told"] & members["sen"])
    own = own.assign(act_sen=own["act"] & own["sen"], pupils=True)
    sums = own.groupby("part")[["pupils", "sen", "low", "told", "low_sen", "told_sen", "act", "act_sen"]].sum().astype("int64")
    return DataFrame({
        "Pupils": sums["pupils"],
        "With SEN": sums["sen"],
        "Low growth likely": _of(sums["low"], sums["told"]),
        "Low growth likely, with SEN": _of(sums["low_sen"], sums["told_sen"]),
        "To look at first": _of(sums["act"], sums["pupils"]),
        "To look at first, with SEN": _of(sums["act_sen"], sums["sen"]),
    })  # fmt: skip


def _of(count: Series, whole: Series) -> Series:
    """`3 of 12`; blank where there is nobody."""
    return Series([f"{k:,} of {n:,}" if n else "" for k, n in zip(count, whole, strict=True)], count.index, dtype="str")


def _compared(papers: Papers, below: str) -> DataFrame:
    """The growth percentile and verdict of each part as far as it is compared: of a class, else of its pupils with SEN."""
    rows = papers.compared
    if below == SUBJECT:
        family = papers.sen_family
        rows = rows[rows["family"].eq(family) & (rows["group"].isin(SEN) | (family != "SEN status"))].assign(part=rows["subject"])
    else:
        rows = rows[rows["family"].eq("SEN by year group" if below == YEAR else CLASS) & rows["subject"].eq(papers.subject)]
        rows = rows.assign(part=rows["group"].str.removeprefix("Year ") if below == YEAR else rows["group"])
    low, middle, high = (100 * Series(ndtr(rows[name].astype("float64")), rows.index) for name in ("low", "pooled", "high"))
    told = middle.round(0).astype("Int64").astype("str") + " (" + band(low, high) + ")"
    several = rows["family"].eq("SEN status")
    who = (rows["group"] + ": ").where(several, "")
    alike = rows.groupby("part")["verdict"].transform("nunique").eq(1)
    verdict = rows["verdict"].where(alike, who + rows["verdict"])
    rows = rows.assign(percentile=who + told.where(middle.notna(), TOO_FEW), verdict=verdict)
    return rows.groupby("part")[["percentile", "verdict"]].agg(_line_by_line)


def _line_by_line(told: Series) -> str:
    """What is said of several groups, one under the other; the same is said once."""
    return "\n".join(dict.fromkeys(told.dropna().astype("str")))


def _pupils(papers: Papers) -> Part:
    """The pupils of the teaching group, those with the least growth first."""
    rows = called(papers).merge(papers.progress, how="left", on="pupil_id")
    rows = rows.sort_values(["growth_percentile", "Pupil"], na_position="last", kind="stable")
    levels = papers.flags.drop_duplicates("pupil_id").set_index("pupil_id")["level"]
    shown = rows[["Pupil", "Form", "SEN"]].assign(**{
        "Growth percentile": rows["growth_percentile"].round(0),
        "Likely between": band(rows["band_low"], rows["band_high"]),
        "Low growth": rows["p_low"].ge(LIKELY).map({True: "likely", False: ""}),
        "Flagged": rows["pupil_id"].map(levels).map({"act": "look first", "watch": "watch"}).fillna(""),
        "Why not": rows["why_not"].fillna(""),
    })  # fmt: skip
    note = "Next, open the page of one pupil. Growth of one pupil is soft; in two of three cases it lies in the band."
    return Table(shown, f"One step down, pupil by pupil: {papers.title}", note, "no pupil is taught here.")
