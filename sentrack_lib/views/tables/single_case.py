"""Pupils who are measured again and again: what the numbers were before, during and after, and what they show."""

from pandas import DataFrame, Series

from sentrack_lib.measures.single_case import BETTER, NO_CHANGE, ON_ITS_WAY, TOO_FEW, WORSE
from sentrack_lib.sources.record_tables import PHASES
from sentrack_lib.views.papers import Papers
from sentrack_lib.views.parts import Part, Table, Unseen
from sentrack_lib.views.tables.pupils import called
from sentrack_lib.views.words import band_of, number

NOT_SHOWN = "Short measures of single pupils are for those who work with them."
VERDICTS = [BETTER, WORSE, ON_ITS_WAY, NO_CHANGE, TOO_FEW]
NOTE = (
    "Of 100 pairs of one number before and one during, so many are better during (50 where nothing changed), with the 95 % "
    "interval. Less trend: the same less what the trend before would have brought. One pupil has nobody to be compared with: it "
    "shows whether the numbers changed, and not why. A pupil's days are alike, so that all this is a little too sure. "
    "Of 20 pupils of whom nothing changed, one or so is called clearly better or worse by chance."
)


def single_case(papers: Papers) -> Part:
    """Every pupil of this part of the school who is measured again and again, the clearest change on top."""
    if not papers.has("single_case", "roll"):
        return Unseen(NOT_SHOWN)
    rows = papers.of_pupils("single_case").merge(called(papers), on="pupil_id")
    rows = rows.assign(place=rows["verdict"].map({verdict: place for place, verdict in enumerate(VERDICTS)}))
    rows = rows.sort_values(["place", "Pupil", "measure"], kind="stable")
    shown = DataFrame({
        "Pupil": rows["Pupil"],
        "Form": rows["Form"],
        "Measure": rows["measure"],
        "Better": rows["better"].astype("str").fillna("not said"),
        "Provision": rows["provision"].astype("str").fillna(""),
        **{f"Middle {phase} (numbers)": _level(rows, phase) for phase in PHASES},
        "A week, before": rows["trend_before"].map(lambda each: number(each, 1)),
        "A week, during": rows["trend_during"].map(lambda each: number(each, 1)),
        "Better pairs in 100": _hundreds(rows["nap"]),
        "Likely between": band_of(100 * rows["nap_low"], 100 * rows["nap_high"], 0).str.replace("+", ""),
        "Less trend": _hundreds((1 + rows["tau_less_trend"]) / 2),
        "What it shows": rows["verdict"],
        "Why not": rows["why"].astype("str").fillna("") + rows["left_out"].map(_left_out).astype("str"),
    })  # fmt: skip
    return Table(shown, f"Pupils measured again and again: {papers.title}", NOTE, "no short measure of a pupil is recorded.")


def _level(rows: DataFrame, phase: str) -> Series:
    middle = rows[f"median_{phase}"].map(lambda each: number(each, 1, signed=False)).astype("str").str.removesuffix(".0")
    return (middle + " (" + rows[f"n_{phase}"].astype("str") + ")").where(rows[f"n_{phase}"].gt(0), "")


def _hundreds(shares: Series) -> Series:
    return (100 * shares).map(lambda each: number(each, 0, signed=False)).astype("str")


def _left_out(count: int) -> str:
    return f" {count} left out: no day, number or phase that is understood." if count else ""
