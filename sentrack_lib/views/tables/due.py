"""What is due: day by day, with pupil and owner; and how much each owner has to see to."""

import pandas as pd
from pandas import DataFrame

from sentrack_lib.measures.due import responsible as counted
from sentrack_lib.measures.due import said_day
from sentrack_lib.views.papers import ALL, Papers
from sentrack_lib.views.parts import Part, Table, Unseen
from sentrack_lib.views.tables.pupils import called

NOT_SHOWN = "What is due is for readers who see to it."
MOST_DUE = 40
"""Things listed on a page: what is overdue for longest comes first, and longer lists go unread."""

SOONEST = 12
"""Things that come next on the start page."""


def due_here(papers: Papers, name: str = "due") -> DataFrame:
    """What is due about the pupils of this part of the school, or about its subject; of the whole school all of it. Another table
    with `pupil_id` and `subject` is cut likewise."""
    rows = papers.tables[name]
    if papers.whole:
        return rows
    of_subject = rows["pupil_id"].isna() & rows["subject"].eq(papers.subject) & (papers.pupil == ALL)
    return rows[rows["pupil_id"].isin(papers.roll["pupil_id"]) | of_subject]


def due(papers: Papers) -> Part:
    """Everything that is due in this part of the school, what is overdue for longest on top."""
    if not papers.has("due", "roll"):
        return Unseen(NOT_SHOWN)
    shown, count = papers.listed(due_here, _listed, MOST_DUE)
    fewer = f" The first {MOST_DUE} of {count}." if count > MOST_DUE else ""
    note = f"Entry is where it stands in the records; what is noted there as done leaves this list.{fewer}"
    return Table(shown, f"What is due: {papers.title}", note, "nothing with a day is open.")


def due_soon(papers: Papers) -> Part:
    """What is to be done next in this part of the school; what is overdue is counted, and listed where it is carried out."""
    if not papers.has("due", "roll"):
        return Unseen(NOT_SHOWN)
    rows = due_here(papers)
    rows = rows[rows["state"].ne("overdue")]
    note = f"The first {SOONEST} of {len(rows)}." if len(rows) > SOONEST else ""
    return Table(_listed(papers, rows.head(SOONEST)), f"What comes next: {papers.title}", note, "nothing with a day comes next.")


def _listed(papers: Papers, some: DataFrame) -> DataFrame:
    """What is due as it is printed."""
    names = called(papers).drop_duplicates("pupil_id").set_index("pupil_id")["Pupil"]
    known = names.reindex(some["pupil_id"]).set_axis(some.index)
    late = some["state"] + ", " + (-some["days"]).astype("str") + " day" + some["days"].eq(-1).map({True: "", False: "s"})
    return DataFrame({
        "When": some["on"].map(said_day),
        "State": some["state"].mask(some["days"].lt(0), late),
        "What": some["kind"].str.capitalize() + ": " + some["about"].fillna("not said"),
        "Pupil": known.fillna(some["pupil_id"] + " (not on the roll)").fillna(""),
        "Subject": some["subject"].fillna(""),
        "Owner": some["owner"].fillna(""),
        "Entry": some["id"],
    })  # fmt: skip


def responsible(papers: Papers) -> Part:
    """How much each owner has to see to in this part of the school."""
    if not papers.has("due", "roll"):
        return Unseen(NOT_SHOWN)
    rows = counted(due_here(papers))
    longest = rows["longest"].astype("str").where(rows["longest"].notna(), "")
    shown = DataFrame({
        "Owner": rows["owner"],
        "Overdue": rows["overdue"],
        "Longest, in days": longest.where(pd.notna(rows["longest"]), ""),
        "This week": rows["this_week"],
        "Coming": rows["coming"],
        "Later": rows["later"],
        "In all": rows["count"],
    })  # fmt: skip
    return Table(shown, f"Who sees to what: {papers.title}", "", "nothing with a day is open.")
