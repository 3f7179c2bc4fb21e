"""What changed in the data since the term before: who joined and left, SEN statuses, corrected results."""

import pandas as pd
from pandas import DataFrame, Series

from sentrack_lib.sources.codes import NOT_KNOWN, need_label, sen_group
from sentrack_lib.views.papers import Papers
from sentrack_lib.views.parts import Part, Table, Unseen
from sentrack_lib.views.tables.pupils import called
from sentrack_lib.views.words import sentence

MOST_NAMED = 12
"""Pupils named for one kind of change; changes.csv holds all."""
NOT_YOURS = "What changed in the data is for the inclusion manager and the data manager."
ORDER = ["roll", "sen_status", "sen_need", "sen_need_2", "left_on", "prior_attainment", "assessments"]
DETAILS = {
    "left_on": "Day of leaving",
    "sen_need_2": "Second type of need",
    "eal": "English as an additional language",
    "upn": "Unique pupil number",
    "mis_id": "Number in the school's system",
    "admission_no": "Admission number",
}
CORRECTED = {"prior_attainment": "Prior attainment corrected", "assessments": "Marks corrected"}


def changed(papers: Papers) -> Part:
    """What changed in the data since the term before: who joined and left, SEN statuses, corrected results; and who it is."""
    if not papers.has("changes", "roll"):
        return Unseen(NOT_YOURS)
    before = str(papers.tables["about"]["before"].iloc[0])
    title = f"What changed in the data{f' since {before}' if before else ''}: {papers.title}"
    if not before:
        return Table(DataFrame(), title, "", "there is no earlier term to compare this one with.")
    kinds = kinds_of_change(papers)
    names = called(papers).set_index("pupil_id")["Pupil"]
    kinds = kinds.assign(Pupil=kinds["pupil_id"].map(names).fillna(kinds["pupil_id"]))
    shown = kinds.groupby("What", sort=False)["Pupil"].agg(Pupils="nunique", Who=_named).reset_index()
    note = "Every change stands in changes.csv. Pupils who are no longer on the roll are called by their number."
    return Table(shown, title, note, "nothing changed.")


def _named(pupils: Series) -> str:
    """The pupils by name, as many as can be read."""
    names = sorted(pupils.unique())
    more = len(names) - MOST_NAMED
    return "; ".join(names[:MOST_NAMED]) + (f"; and {more:,} more" if more > 0 else "")


def kinds_of_change(papers: Papers) -> DataFrame:
    """`What` changed for each `pupil_id` of this part, in words; of a part of the school, pupils who are on its roll now."""
    whole = papers.whole
    rows = (papers.tables["changes"] if whole else papers.of_pupils("changes")).fillna({"before": "", "after": ""})
    place = pd.Index(ORDER).get_indexer(pd.Index(rows["column"].where(rows["table"].eq("pupils"), rows["table"])))
    rows = rows.assign(place=pd.Series(place, rows.index).replace(-1, len(ORDER)), What=_in_words(rows))
    return rows.sort_values(["place", "What"], kind="stable")[["What", "pupil_id"]].drop_duplicates()


def _in_words(rows: DataFrame) -> Series:
    of_pupils, column = rows["table"].eq("pupils"), rows["column"]
    detail = column.map(lambda name: DETAILS.get(name, sentence(name.replace("_", " ")))) + " changed"
    other = rows["table"].map(lambda name: CORRECTED.get(name, f"{sentence(name.replace('_', ' '))} corrected"))
    statuses = "SEN status: " + sen_group(rows["before"]) + " to " + sen_group(rows["after"])
    needs = "Type of need: " + _need(rows["before"]) + " to " + _need(rows["after"])
    joined = rows["after"].eq("on the roll").map({True: "Joined the roll", False: "Left the roll"})
    words = detail.mask(column.eq("roll"), joined).mask(column.eq("sen_status"), statuses).mask(column.eq("sen_need"), needs)
    return words.where(of_pupils, other)


def _need(needs: Series) -> Series:
    """A need by its name; as it is written where it is on no list."""
    labels = need_label(needs)
    return labels.mask(labels.eq(NOT_KNOWN) & needs.ne(""), needs).replace({NOT_KNOWN: "not known"})
