"""Meetings as they are read: what was agreed and by whom it is done, agencies and what they work for, whose voice was heard."""

from pandas import DataFrame, Series

from sentrack_lib.views.papers import Papers
from sentrack_lib.views.parts import Part, Sentences, Table, Unseen
from sentrack_lib.views.tables.plan import days
from sentrack_lib.views.tables.pupils import MOST_PUPILS, called
from sentrack_lib.views.words import of, sentence

NOT_SHOWN = "Meetings are the inclusion manager's."
NOTHING_HELD = "No meeting is recorded as held yet."


def held(papers: Papers) -> DataFrame:
    """The meetings of this part of the school at which something was agreed, or an item closed, the newest first."""
    rows, actions = papers.tables["meetings"], papers.tables["record_actions"]
    closed = rows["meeting_id"].isin(actions.loc[actions["decision"].notna(), "meeting_id"].dropna())
    whole = papers.whole
    rows = rows[rows["pupil_id"].isin(papers.roll["pupil_id"]) | (rows["pupil_id"].isna() & whole)]
    return rows[rows["agreed"].notna() | closed[rows.index]].sort_values(["on", "meeting_id"], ascending=False, kind="stable")


def meetings(papers: Papers) -> Part:
    """The meetings held, with what was agreed and how many of the agreed actions are done."""
    if not papers.has("meetings", "record_actions", "roll"):
        return Unseen(NOT_SHOWN)
    shown, count = papers.listed(held, _held_printed, MOST_PUPILS)
    fewer = f"The newest {MOST_PUPILS} of {count}." if count > MOST_PUPILS else ""
    return Table(shown, f"Meetings held: {papers.title}", fewer, "none is recorded.")


def _held_printed(papers: Papers, rows: DataFrame) -> DataFrame:
    some = rows.merge(called(papers), on="pupil_id", how="left", sort=False)
    agreed = papers.tables["record_actions"].groupby("meeting_id")["done_on"].agg(["size", "count"])
    done = agreed.reindex(some["meeting_id"]).fillna(0).astype("int64")
    return DataFrame({
        "Day": days(some["on"]),
        "Meeting": some["kind"],
        "About": some["Pupil"].fillna(some["about"]),
        "Agreed": some["agreed"].fillna(""),
        "Actions done": [f"{count} of {size}" if size else "" for size, count in done.to_numpy().tolist()],
        "Next": days(some["next_on"]),
    })  # fmt: skip


def agencies(papers: Papers) -> Part:
    """Agencies, for how many pupils they work, towards which outcomes, and when they last met with the school."""
    if not papers.has("agencies", "roll"):
        return Unseen(NOT_SHOWN)
    rows = papers.tables["agencies"]
    rows = rows[rows["pupil_id"].isin(papers.roll["pupil_id"]) | rows["pupil_id"].isna()]
    of_agency = rows.groupby("agency")
    shown = DataFrame({
        "Agency": sorted(rows["agency"].unique()),
        "Pupils": of_agency["pupil_id"].nunique().to_numpy(),
        "Works for": of_agency["outcome"].agg(_each).to_numpy(),
        "Last met": days(of_agency["on"].max()).to_numpy(),
    })  # fmt: skip
    return Table(shown, f"Agencies and what they work for: {papers.title}", "", "no agency is recorded.")


def _each(outcomes: Series) -> str:
    return "\n".join(sorted(outcomes.dropna().astype("str").unique()))


def heard(papers: Papers) -> Part:
    """Of how many pupils with SEN a view of their own, and of their parents, is noted this school year."""
    if not papers.has("said_and_wanted"):
        return Unseen("Whose views are noted is for the inclusion manager.")
    rows = papers.tables["said_and_wanted"]
    whose = {"pupil": "a view of their own", "parent": "a view of their parents"}
    whole = [
        (of(count, n, "pupil with SEN", "pupils with SEN"), whose[who])
        for who, count, n in rows[["respondent", "count", "n"]].to_numpy()
    ]
    return Sentences([sentence(f"of {told} {view} is noted this school year.") for told, view in whole])
