"""What the start page lists: which data have come, the last run, the next meetings."""

import pandas as pd
from pandas import DataFrame

from sentrack_lib.views.papers import Papers
from sentrack_lib.views.parts import Part, Sentences, Table, Unseen
from sentrack_lib.views.tables.plan import days
from sentrack_lib.views.tables.pupils import pupil_names

NOT_SHOWN = "This is followed by the inclusion manager."
MEETINGS = ("meeting", "annual review", "next meeting")
MOST = 8
ENDED = {"done": "all its pages were made", "failed": "some of its pages failed", "running": "it was not finished"}


def collection(papers: Papers) -> Part:
    """The timetable of collecting data, and what has come of it this term."""
    if not papers.has("collection"):
        return Unseen(NOT_SHOWN)
    rows = papers.tables["collection"]
    shown = DataFrame({
        "Data": rows["table"].str.replace("_", " "),
        "State": rows["state"],
        "Due on": days(rows["on"]),
        "Rows this term": rows["rows"].map("{:,}".format),
        "A year earlier": rows["a_year_earlier"].map("{:,}".format),
    })  # fmt: skip
    note = "Days are those under collection in school.yml; else the last day of the term, for what came a year earlier."
    return Table(shown, f"Collecting data: {papers.label}", note)


def last_run(papers: Papers) -> Part:
    """When the batch of this term was run last, and how it ended."""
    if not papers.has("record_runs"):
        return Unseen(NOT_SHOWN)
    rows = papers.tables["record_runs"]
    rows = rows[rows["term"].eq(papers.term)].sort_values("started_at", kind="stable")
    if rows.empty:
        return Sentences(["The batch of this term has not been run yet: its flags are not kept until then."])
    last = rows.iloc[-1]
    ended = pd.to_datetime(last["ended_at"])
    told = f"{ended.day} {ended:%B %Y} at {ended:%H:%M} UTC"
    return Sentences([f"The batch of this term was run last on {told}; {ENDED[last['status']]}."])


def next_meetings(papers: Papers) -> Part:
    """The meetings that come next."""
    if not papers.has("due"):
        return Unseen(NOT_SHOWN)
    rows = papers.tables["due"]
    rows = rows[rows["kind"].isin(MEETINGS) & rows["step"].eq("") & rows["days"].ge(0)].head(MOST)
    shown = DataFrame({"When": days(rows["on"]), "Meeting": rows["kind"], "About": rows["about"].fillna("")})
    if papers.has("roll") and "pupil_id" in rows:
        shown.insert(2, "Pupil", rows["pupil_id"].map(pupil_names(papers)).fillna(""))
    return Table(shown, "The next meetings", "", "none is planned in the records.")
