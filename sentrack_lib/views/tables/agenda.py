"""The agenda of a review meeting as it is worked through: what is open, what was closed, and how."""

from typing import Any

import pandas as pd
from pandas import DataFrame, Series

from sentrack_lib.measures.meetings import CLOSED, OPEN
from sentrack_lib.views.papers import ALL, Papers
from sentrack_lib.views.parts import Part, Table, Unseen
from sentrack_lib.views.tables.plan import days
from sentrack_lib.views.tables.pupils import CAPACITY, called, pupil_names
from sentrack_lib.views.words import sentence

NOT_SHOWN = "The agenda of review meetings is the inclusion manager's."
QUESTION = "question"


def agenda_here(papers: Papers, state: str = "") -> DataFrame:
    """The items about this part of the school; of the whole school all of them."""
    rows = papers.tables["agenda"]
    rows = rows[rows["state"].eq(state)] if state else rows
    if papers.whole:
        return rows
    pupil = rows["pupil_id"].isin(papers.roll["pupil_id"])
    if papers.pupil != ALL:
        return rows[pupil]
    taught = rows["teaching_group"].isna() | rows["teaching_group"].eq(papers.teaching_group) | (papers.teaching_group == ALL)
    subject = rows["subject"].eq(papers.subject) & taught & rows["pupil_id"].isna()
    year = rows["year_group"].eq(papers.year_group) & rows["pupil_id"].isna()
    return rows[pupil | subject | year]


def agenda(papers: Papers) -> Part:
    """What is still to be talked about in this part of the school, as many pupils as a meeting can review."""
    if not papers.has("agenda", "roll"):
        return Unseen(NOT_SHOWN)
    rows = agenda_here(papers, OPEN)
    rows = rows[rows["kind"].ne(QUESTION)]
    alone = rows["pupil_id"].notna()
    some = rows[~alone | alone.cumsum().le(CAPACITY)]
    shown = DataFrame({"Item": numbered(some), **_about(papers, some), "What is known": some["evidence"].fillna("")})
    pupils = int(alone.sum())
    note = f"{CAPACITY} of {pupils} pupils, as many as a meeting can review; choose a year group, a subject or a class."
    return Table(shown, f"Agenda: {papers.title}", note if pupils > CAPACITY else "", "every item is closed, or there is none.")


def closed(papers: Papers) -> Part:
    """What was closed this term, with its outcome and who sees to it."""
    if not papers.has("agenda", "roll"):
        return Unseen(NOT_SHOWN)
    rows = agenda_here(papers, CLOSED)
    shown = DataFrame({
        **_about(papers, rows),
        "Outcome": rows["decision"],
        "What": rows["what"],
        "Owner": rows["owner"].fillna("nobody named"),
        "By": days(rows["by"]),
        "Closed on": days(rows["agreed_on"]),
    })  # fmt: skip
    return Table(shown, f"Closed this term: {papers.title}", "", "no item is closed yet.")


def to_reflect(papers: Papers) -> Part:
    """Questions to think about together before the next round."""
    if not papers.has("agenda", "roll"):
        return Unseen(NOT_SHOWN)
    rows = papers.tables["agenda"]
    rows = rows[rows["kind"].eq(QUESTION)]
    told = rows["decision"].fillna("open")
    return Table(
        DataFrame({"Question": rows["about"], "Outcome": told, "What": rows["what"].fillna("")}),
        "Questions to think about together", "", "none is set for this stage.",
    )  # fmt: skip


def item_names(papers: Papers, rows: DataFrame) -> Series:
    """Each item as it is called: a pupil by name and form, a group or a provision by what it is."""
    known = called(papers.on()).drop_duplicates("pupil_id").set_index("pupil_id")
    name = known["Pupil"].str.cat(known["Form"], sep=", ").reindex(rows["pupil_id"]).set_axis(rows.index)
    subject = (" (" + rows["subject"] + ")").fillna("")
    return name.fillna(rows["pupil_id"]).fillna(rows["about"] + subject).astype("str")


def items_to_close(papers: Papers) -> list[tuple[str, str]]:
    """The open items of this part of the school: as they are shown, and by what they are recorded."""
    rows = agenda_here(papers, OPEN)
    told = rows["kind"].map(sentence).astype("str") + ": " + item_names(papers, rows).str.slice(0, 80)
    return list(zip(told, rows["item"], strict=True))


def item_called(papers: Papers, item: Any) -> str:
    """What an item is called in minutes: `Pupil: Surname, Forename`; blank where an action closes none."""
    if pd.isna(item):
        return ""
    kind, _, named = str(item).partition(": ")
    return f"{sentence(kind)}: {pupil_names(papers).get(named, named)}"


def numbered(rows: DataFrame) -> list[int]:
    """The numbers of the items on this page."""
    return list(range(1, len(rows) + 1))


def _about(papers: Papers, rows: DataFrame) -> dict[str, Series]:
    return {"What": rows["kind"].map(sentence), "About": item_names(papers, rows)}
