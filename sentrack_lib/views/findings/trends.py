"""What became more or less since earlier terms, and what changed in the data, in sentences."""

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd
from pandas import DataFrame

from sentrack_lib.sources.codes import sen_group
from sentrack_lib.views.headlines import CALLED, DID, MARKS, WHO, followed, label, not_followed, size
from sentrack_lib.views.papers import ALL, Papers
from sentrack_lib.views.parts import Part, Sentences, Unseen
from sentrack_lib.views.tables.changed import NOT_YOURS
from sentrack_lib.views.words import are, number, of, said, sentence

MOST_SHOWN = 3
"""Changes told one by one, the clearest first; the others are counted and stand in the table."""
ROUNDED = "Counts are rounded to the nearest 5; a difference of a few pupils is as likely to be chance."
Row = Mapping[Hashable, Any]


def trends(papers: Papers) -> Part:
    """What changed by more than noise since the term before, and since the same term a year earlier."""
    if why := not_followed(papers):
        return Unseen(why)
    if papers.audience == "governors":
        return Sentences(_counted(papers))
    changes = followed(papers, "trend_changes")
    if changes.empty:
        return Sentences(["There is no earlier term to compare this one with."])
    rows = followed(papers, "trends")
    return Sentences([line for since in changes["since"].unique() for line in _since(changes, rows, since)])


def _since(changes: DataFrame, rows: DataFrame, since: str) -> list[str]:
    """How many of the changes since a term are more than noise, and the clearest of them."""
    looked_at = changes[changes["since"].eq(since)]
    tested = int(looked_at["q_value"].notna().sum())
    if not tested:
        return [f"Since {label(since)} nothing can be said to have changed: too few pupils are known in both terms."]
    marked = looked_at[looked_at["mark"].isin(MARKS)].sort_values("q_value", kind="stable")
    if tested == 1:
        alone = looked_at[looked_at["q_value"].notna()].to_dict("records")[0]
        return [_change(alone, rows) + ("" if len(marked) else " The difference is within what chance does.")]
    first = f"Since {label(since)} {of(len(marked), tested, 'change')} looked at {are(len(marked))} more than chance would make."
    if marked.empty:
        return [f"{first} Smaller changes than could be seen may be real."]
    # What is so of pupils with SEN is not told again of those at SEN support and those with a plan.
    both = marked["figure"].isin(marked.loc[marked["group"].eq("with SEN") & marked["subject"].eq(ALL), "figure"])
    shown = marked[~(both & marked["group"].isin(["SEN support", "EHC plan"]))].head(MOST_SHOWN)
    last = " Those not told here stand in the table." if len(marked) > len(shown) else ""
    return [first + last, *(_change(row, rows) for row in shown.to_dict("records"))]


def _change(row: Row, rows: DataFrame) -> str:
    """`More pupils with SEN missed …: 45 of 150 in Summer 2026, 30 of 148 in Summer 2025.`"""
    mine = rows[rows["figure"].eq(row["figure"]) & rows["group"].eq(row["group"]) & rows["subject"].eq(row["subject"])]
    values = mine.assign(told=_briefly(mine)).set_index("term")["told"].reindex([row["term"], row["since"]]).fillna("not known")
    numbers = f"{values.iloc[0]} in {label(row['term'])}, {values.iloc[1]} in {label(row['since'])}"
    who, where = WHO[row["group"]], "" if row["subject"] == ALL else f" in {row['subject']}"
    if row["figure"] in DID and row["mark"] in MARKS:
        return f"{sentence(row['mark'])} {who} {DID[row['figure']]}{where}: {numbers}."
    what = {"growth": "Mean growth", "absence": "The mean share of sessions missed"}.get(row["figure"], CALLED[row["figure"]])
    direction = f" is {row['mark']}" if row["mark"] in MARKS else ""
    return f"{what} of {who}{where}{direction}: {numbers}."


def _briefly(rows: DataFrame) -> list[str]:
    """`45 of 150`, `+0.12 SD` or `8.4 in 100` for each row."""
    columns = zip(rows["figure"], rows["count"], rows["n"], rows["value"], size(rows, "value"), strict=True)
    return [
        "too few to show"
        if pd.isna(value)
        else f"{number(value)} SD"
        if figure == "growth"
        else f"{count:,} of {n:,}"
        if pd.notna(count)
        else f"{written} in 100"
        for figure, count, n, value, written in columns
    ]


def _counted(papers: Papers) -> list[str]:
    """Rounded counts of pupils with SEN, this term beside the term before, for those who may see no pupil."""
    rows = followed(papers, "trends")
    rows = rows[rows["group"].eq("with SEN") & rows["figure"].isin(list(DID))]
    lines = [
        _beside(str(figure), mine.sort_values("term", kind="stable").tail(2))
        for figure, mine in rows.groupby("figure", sort=False)
    ]
    return [*lines, ROUNDED] if lines else ["There are no counts of pupils with SEN that can be shown."]


def _beside(figure: str, rows: DataFrame) -> str:
    """`Of pupils with SEN about 45 of 150 missed … in Summer 2026, about 30 of 150 in Spring 2026.`"""
    told = [f"{_about(row)} in {label(row['term'])}" for row in rows.iloc[::-1].to_dict("records")]
    return f"Pupils with SEN who {DID[figure]}: {', '.join(told)}."


def _about(row: Row) -> str:
    if not pd.isna(row["n"]) and row["n"] == 0:
        return "not known"
    if pd.isna(row["n"]) or pd.isna(row["count"]):
        return "too few to show"
    return f"about {of(int(row['count']), int(row['n']))}" if row["count"] else f"none of about {int(row['n']):,} pupils"


def changed(papers: Papers) -> Part:
    """Who joined and left since the term before, whose SEN status changed and how, and what was corrected."""
    if not papers.has("changes", "roll"):
        return Unseen(NOT_YOURS)
    before = str(papers.tables["about"]["before"].iloc[0])
    if not before:
        return Sentences(["There is no earlier term to compare this one with."])
    whole = papers.whole
    rows = papers.tables["changes"] if whole else papers.of_pupils("changes")
    return Sentences([_moved(rows, before, whole), _statuses(rows), corrected(rows)])


def _moved(rows: DataFrame, before: str, whole: bool) -> str:
    moved = rows[rows["column"].eq("roll")]
    joined = int(moved["after"].eq("on the roll").sum())
    left = f" and {said(len(moved) - joined, 'pupil')} left" if whole else ""
    elsewhere = "" if whole else " Leavers are counted on the page of the whole school."
    return f"Since {before}, {said(joined, 'pupil')} joined{left}.{elsewhere}"


def _statuses(rows: DataFrame) -> str:
    """How many pupils' SEN status changed, from what to what."""
    mine = rows[rows["table"].eq("pupils") & rows["column"].eq("sen_status")].fillna({"before": "", "after": ""})
    if mine.empty:
        return "Nobody's SEN status changed."
    ways = "from " + sen_group(mine["before"]) + " to " + sen_group(mine["after"])
    told = "; ".join(f"{count:,} {way}" for way, count in ways.value_counts().items())
    return f"The SEN status of {said(mine['pupil_id'].nunique(), 'pupil')} changed: {told}."


def corrected(rows: DataFrame) -> str:
    """How many pupils' prior attainment and marks were corrected."""
    if not rows["table"].isin(["prior_attainment", "assessments"]).any():
        return "Nobody's prior attainment or marks were corrected."
    prior, marks = (rows.loc[rows["table"].eq(name), "pupil_id"].nunique() for name in ("prior_attainment", "assessments"))
    return f"Prior attainment of {said(prior, 'pupil')} and marks of {said(marks, 'pupil')} were corrected."
