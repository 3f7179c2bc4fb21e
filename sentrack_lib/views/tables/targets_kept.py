"""What came of targets: target, actual and expected side by side, goals and their scores, and whether they were hard enough."""

from pandas import DataFrame, Series

from sentrack_lib.measures.targets.beside_progress import AS_EXPECTED, LOW, NOT_KNOWN, PERHAPS_LOW
from sentrack_lib.measures.targets.goals import COUNTS
from sentrack_lib.views.papers import ALL, Papers
from sentrack_lib.views.parts import Part, Table, Unseen
from sentrack_lib.views.tables.pupils import MOST_PUPILS, called
from sentrack_lib.views.tables.targets import NOT_SHOWN
from sentrack_lib.views.words import band, number, said

FIRST = [LOW, PERHAPS_LOW, NOT_KNOWN, AS_EXPECTED]
"""The order of what is asked."""
ONLY_SUMMER = "targets are tested each summer, when the year is over."
SCORES = dict(zip(COUNTS, ("\N{MINUS SIGN}2", "\N{MINUS SIGN}1", "0", "+1", "+2"), strict=True))


def targets_and_progress(papers: Papers) -> Part:
    """Target, actual and expected of each target of a pupil in a subject, with its standing, progress, and what to ask."""
    if not papers.has("targets_and_progress", "roll"):
        return Unseen(NOT_SHOWN)
    rows = kept_here(papers).merge(called(papers), on="pupil_id")
    order = rows.assign(quiet=rows["question"].eq(""), place=rows["progress"].map(FIRST.index))
    rows = order.sort_values(["quiet", "place", "Pupil", "subject"], kind="stable")
    some = rows.head(MOST_PUPILS)
    shown = DataFrame({
        "Pupil": some["Pupil"],
        "Subject": some["subject"],
        "To be reached": some["what"],
        "From": some["baseline"],
        "Target": some["target"],
        "Actual": some["actual"],
        "Expected": some["expected"],
        "Standing": some["standing"],
        "Progress": some["progress"],
        "To ask": some["question"],
    })  # fmt: skip
    fewer = f" {len(some)} of {said(len(rows), 'target')}, those with something to ask first." if len(rows) > len(some) else ""
    note = (
        "Actual is the latest grade, or the outcome noted where the target is a count. Expected is the grade that pupils with "
        f"the same start usually have now; a count has none. A number on no named scale is taken as a count.{fewer}"
    )
    return Table(shown, f"Target, actual and expected: {papers.title}", note, "no target of a pupil in a subject is recorded.")


def first_of(whole: int) -> str:
    """How many of the pupils are listed, by name, where there are more than are read on a page."""
    return (
        f" The first {MOST_PUPILS} of {whole} by name; choose a year group or class for the others."
        if whole > MOST_PUPILS
        else ""
    )


def kept_here(papers: Papers) -> DataFrame:
    """The targets of this part's pupils, in the subject looked at or in all."""
    rows = papers.of_pupils("targets_and_progress")
    return rows[rows["subject"].eq(papers.subject)] if papers.subject != ALL else rows


def goals(papers: Papers) -> Part:
    """The goals of each pupil by how far they were attained, by name and never by score."""
    if not papers.has("goals_of_pupils", "roll"):
        return Unseen(NOT_SHOWN)
    rows = papers.of_pupils("goals_of_pupils").merge(called(papers), on="pupil_id").sort_values("Pupil", kind="stable")
    whole, rows = len(rows), rows.head(MOST_PUPILS)
    own = rows["own_scores"].gt(0)
    shown = rows[["Pupil", "Form"]].assign(**{
        "Goals": rows["goals"],
        "Met": rows["met"],
        **{told: rows[name].where(rows[name].gt(0)).astype("Int64") for name, told in SCORES.items()},
        "T": rows["t"].map(lambda each: number(each, 0, signed=False)),
        "Scored by the one who sees to it": rows["own_scores"].astype("Int64").where(own),
    })  # fmt: skip
    note = (
        "Goals by how far they were attained: 0 is what was expected. T puts the goals of one pupil together, from two on; 50 is "
        "as expected. Two people who score the same goals differ by up to 25 of its points, so it says nothing about one pupil "
        "beside another. A score is worth more where somebody else gave it than the one who sees to the goal."
        f"{first_of(whole)}"
    )
    return Table(
        shown, f"Goals and how far they were attained: {papers.title}", note, "no goal has been scored this school year."
    )


def back_test(papers: Papers) -> Part:
    """How many of the challenging targets that would have been suggested a year ago were reached, of which 1 in 4 is meant."""
    if not papers.has("target_back_test"):
        return Unseen("Whether targets were hard enough is for readers who set them.")
    rows = tested_here(papers)
    shown = DataFrame({
        "Subject": rows["subject"].replace(ALL, "all together"),
        "Targets": _whole(rows["n"]),
        "Reached": _whole(rows["reached"]),
        "Of 100": _whole(100 * rows["share"]),
        "Likely between": band(100 * rows["low"], 100 * rows["high"]),
        "Meant": _whole(100 * rows["expected"]),
        "What it says": rows["sentence"].astype("str").fillna("") + rows["why"].astype("str").fillna(""),
    })  # fmt: skip
    note = (
        "Of the targets that would have been called challenging a year ago, from where pupils stood then. One in four is meant "
        "to be reached. All together has no interval, for the subjects of a pupil go up and down together."
    )
    return Table(shown, f"Were challenging targets as hard as they were meant to be? {papers.label}", note, ONLY_SUMMER)


def tested_here(papers: Papers) -> DataFrame:
    """The back-test of the subject looked at, or of all; its numbers as numbers."""
    rows = papers.tables["target_back_test"]
    rows = rows.astype(dict.fromkeys(["n", "reached", "share", "expected", "low", "high"], "float64"))
    return rows[rows["subject"].isin([papers.subject, ALL])] if papers.subject != ALL else rows


def _whole(numbers: Series) -> Series:
    return numbers.round(0).astype("Int64")
