"""Where pupils with SEN are fewer than expected, and how Year 7 arrived, in sentences."""

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from sentrack_lib.views.papers import ALL, Papers
from sentrack_lib.views.parts import Part, Sentences, Unseen
from sentrack_lib.views.tables.representation import CLEAR, NOT_HERE, SET
from sentrack_lib.views.tables.transfer import NOT_HERE as NOT_YEAR_7
from sentrack_lib.views.tables.transfer import YEAR
from sentrack_lib.views.words import are, of, said, sentence

MOST_SHOWN = 3
Row = Mapping[Hashable, Any]


def representation(papers: Papers) -> Part:
    """In what pupils with SEN take part clearly less or more than the others, out of how many things."""
    if not papers.has("representation") or papers.year_group != ALL or papers.teaching_group != ALL:
        return Unseen(NOT_HERE)
    rows = papers.tables["representation"]
    rows = rows if papers.subject == ALL else rows[rows["subject"].eq(papers.subject)]
    if rows.empty:
        return Sentences(["What pupils take part in is not recorded."])
    tested = rows[rows["tested"].gt(0) & rows["verdict"].ne("too few to say")]
    clear = tested[tested["verdict"].str.startswith(CLEAR)]
    told = [_told(row) for row in clear.head(MOST_SHOWN).to_dict("records")]
    many = f"Pupils with SEN {are(2)} clearly fewer or more than expected in {of(len(clear), len(tested), 'thing')} compared."
    few = int(rows["verdict"].eq("too few to say").sum())
    return Sentences([many, *told, *([f"Of {said(few, 'thing')} too few pupils could take part to say."] if few else [])])


def _told(row: Row) -> str:
    """One thing, with number and whole where they may be shown."""
    amount = "fewer" if "fewer" in row["verdict"] else "more"
    expected = row["expected_same_start"] if row["kind"] == SET and pd.notna(row["expected_same_start"]) else row["expected"]
    start = " of others with the same start" if row["kind"] == SET else ""
    where = f"{row['what']}{', Year ' + row['year_group'] if row['year_group'] else ''} ({row['kind']})"
    if pd.isna(row["count"]) or pd.isna(expected):
        return f"{sentence(where)}: clearly {amount} pupils with SEN than expected{start}."
    counted = f"{of(int(row['count']), int(row['n']))} with SEN take part, {expected:.0f} are expected{start}"
    return f"{sentence(where)}: clearly {amount} than expected. {sentence(counted)}."


def transfer(papers: Papers) -> Part:
    """Of how many pupils of Year 7 no primary result is known, and whether those with SEN have fallen back since."""
    if not papers.has("transfer") or papers.year_group not in (ALL, YEAR) or papers.subject != ALL:
        return Unseen(NOT_YEAR_7)
    rows = papers.tables["transfer"]
    if not rows[["n", "n_rest"]].sum().sum():
        return Sentences(["Nobody is in Year 7, or it is not known who has SEN."])
    lines = [_arrived(row) for row in rows.to_dict("records") if pd.notna(row["count"]) and row["n"]]
    return Sentences([*lines, *_fallen_back(papers), *_below(papers), *_unknown(papers)])


def _arrived(row: Row) -> str:
    rest = (
        f"; for {of(int(row['count_rest']), int(row['n_rest']), 'other')}"
        if row["n_rest"] and pd.notna(row["count_rest"])
        else ""
    )
    return f"{sentence(row['item'])} is there for {of(int(row['count']), int(row['n']))} with SEN{rest}."


def _fallen_back(papers: Papers) -> list[str]:
    if not papers.has("since_primary"):
        return []
    rows = papers.tables["since_primary"]
    rows = rows[rows["subject"].eq(ALL) & rows["q_value"].notna()]
    lower = rows[rows["verdict"].str.startswith("clear difference: lower")]
    if rows.empty:
        return ["Progress since primary school cannot be compared: too few to say."]
    told = ", ".join(f"{row['group']}" for row in lower.to_dict("records"))
    made = "of Year 7 made clearly less progress since primary school than others of the same result"
    return [f"{sentence(of(len(lower), len(rows), 'group'))} {made}{': ' + told if told else ''}."]


def _below(papers: Papers) -> list[str]:
    """Who stands below a primary result on the same scale, subject by subject."""
    if not papers.has("below_primary") or papers.tables["below_primary"].empty:
        return []
    rows = papers.tables["below_primary"].to_dict("records")
    told = "; ".join(f"{row['subject']} {of(row['below'], row['n'])}" for row in rows)
    return [f"Below their primary result on the same scale stand: {told}."]


def _unknown(papers: Papers) -> list[str]:
    if not papers.has("arrivals"):
        return []
    rows = papers.tables["arrivals"]
    results = [column for column in map(str, rows) if column.startswith("a primary result")]
    nothing = int((~rows[results].fillna(False).astype(bool)).all(axis=1).sum())
    return [f"Of {of(nothing, len(rows))} of Year 7 no primary result is known; ask their primary schools."] if nothing else []
