"""Notes as they are read: what was seen, said and advised, the newest first."""

from pandas import DataFrame

from sentrack_lib.views.papers import Papers
from sentrack_lib.views.parts import Part, Table, Unseen
from sentrack_lib.views.tables.plan import days
from sentrack_lib.views.tables.pupils import MOST_PUPILS, called


def notes(papers: Papers) -> Part:
    """The newest notes about the pupils of this part; of the whole school also those about no single pupil."""
    if not papers.has("evidence", "roll"):
        return Unseen("Notes are the inclusion manager's.")
    shown, count = papers.listed(_noted, _printed, MOST_PUPILS)
    fewer = f"The newest {MOST_PUPILS} of {count}." if count > MOST_PUPILS else ""
    return Table(shown, f"Notes: {papers.title}", fewer, "nothing is noted yet.")


def _noted(papers: Papers) -> DataFrame:
    """The notes about this part of the school, the newest first."""
    rows = papers.tables["evidence"]
    whole = papers.whole
    rows = rows[rows["pupil_id"].isin(papers.roll["pupil_id"]) | (rows["pupil_id"].isna() & whole)]
    return rows.sort_values("on", ascending=False, kind="stable")


def _printed(papers: Papers, rows: DataFrame) -> DataFrame:
    some = rows.merge(called(papers), on="pupil_id", how="left", sort=False)
    return DataFrame({
        "Day": days(some["on"]),
        "Pupil": some["Pupil"].fillna(""),
        "Kind": some["kind"],
        "Subject": some["subject"],
        "Who": some["source"],
        "What": some["what"],
    })  # fmt: skip
