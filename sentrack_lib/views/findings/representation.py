"""Where pupils with SEN are fewer than expected, and how Year 7 arrived, in sentences."""

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from sentrack_lib.views.papers import ALL, Papers
from sentrack_lib.views.parts import Part, Sentences, Unseen
from sentrack_lib.views.tables.representation import CLEAR, NOT_HERE, SET, TOO_FEW
from sentrack_lib.views.tables.transfer import NOT_HERE as NOT_YEAR_7
from sentrack_lib.views.tables.transfer import SINCE, YEAR, without_results
from sentrack_lib.views.words import named, of, said, sentence

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
    tested = rows[rows["tested"].gt(0) & rows["verdict"].ne(TOO_FEW)]
    clear = tested[tested["verdict"].str.startswith(CLEAR)]
    told = [_told(row) for row in clear.head(MOST_SHOWN).to_dict("records")]
    many = _many(len(clear), len(tested))
    few = int(rows["verdict"].eq(TOO_FEW).sum())
    unsaid = f"Of {said(few, 'thing')} it cannot be said whether pupils with SEN are fewer or more than expected: too few to say."
    return Sentences([*([many] if len(tested) else []), *told, *([unsaid] if few else [])])


def _many(clear: int, tested: int) -> str:
    """In how many of the things compared there is a clear difference."""
    where = f"{of(clear, tested, 'thing')} compared" if tested > 1 else "the only thing compared"
    other = " not" if tested == 1 and not clear else ""
    return f"In {where} there are{other} clearly fewer or more pupils with SEN than expected."


def _told(row: Row) -> str:
    """One thing, with number and whole where they may be shown."""
    amount = "fewer" if "fewer" in row["verdict"] else "more"
    kind = "" if row["what"] == row["kind"] else f" ({row['kind']})"
    where = f"{row['what']}, Year {row['year_group']}" if row["kind"] == SET else f"{row['what']}{kind}"
    if row["kind"] == SET:
        two = sorted([row["expected_same_start"], row["expected_in_order"]])
        counted = f"{of(int(row['count_same']), int(row['n_same']))} with SEN and a known start sit there"
        return f"{sentence(where)}: clearly {amount} than expected. {sentence(counted)}, {_between(*two)} would by their start."
    if pd.isna(row["count"]) or pd.isna(row["expected"]):
        return f"{sentence(where)}: clearly {amount} pupils with SEN than expected."
    counted = f"{of(int(row['count']), int(row['n']))} with SEN {'takes' if row['count'] == 1 else 'take'} part"
    would = f"{row['expected']:.0f} would if they did as others do"
    return f"{sentence(where)}: clearly {amount} than expected. {sentence(counted)}, {would}."


def _between(low: float, high: float) -> str:
    """`4 to 9`, or the one number where both are rounded to it."""
    return f"{low:.0f}" if round(low) == round(high) else f"{low:.0f} to {high:.0f}"


def transfer(papers: Papers) -> Part:
    """Of how many pupils of Year 7 no primary result is known, and whether those with SEN have fallen back since."""
    if not papers.has("transfer") or papers.year_group not in (ALL, YEAR) or papers.subject != ALL:
        return Unseen(NOT_YEAR_7)
    rows = papers.tables["transfer"]
    if not rows[["n", "n_rest"]].sum().sum():
        return Sentences(["Nobody is in Year 7, or it is not known who has SEN."])
    about = "about " if papers.audience == "governors" else ""
    lines = [
        _arrived(row, about) for row in rows.to_dict("records") if pd.notna(row["count"]) and pd.notna(row["n"]) and row["n"]
    ]
    return Sentences([*lines, *_fallen_back(papers), *_below(papers), *_unknown(papers)])


def _arrived(row: Row, about: str) -> str:
    """For how many with SEN and others something is there; `about` in front of rounded counts."""
    mine = f"{sentence(row['item'])} is there for {about}{of(int(row['count']), int(row['n']))} with SEN"
    if pd.isna(row["count_rest"]) or pd.isna(row["n_rest"]) or not row["n_rest"]:
        return f"{mine}."
    return f"{mine}; for {about}{of(int(row['count_rest']), int(row['n_rest']), 'other')}."


def _fallen_back(papers: Papers) -> list[str]:
    if not papers.has("since_primary"):
        return []
    rows = papers.tables["since_primary"]
    rows = rows[rows["subject"].eq(ALL) & rows["q_value"].notna()]
    lower = rows[rows["verdict"].str.startswith("clear difference: lower")]
    if rows.empty:
        return ["Progress since primary school cannot be compared: too few to say."]
    told = ", ".join(named(row["family"].removesuffix(SINCE), row["group"]) for row in lower.to_dict("records"))
    made = "of Year 7 made clearly less progress since primary school than others of the same result"
    unseen = f"; differences below {rows['detectable'].min():.2f} of a standard deviation could not be seen"
    return [f"{sentence(of(len(lower), len(rows), 'group'))} {made}{': ' + told if told else unseen}."]


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
    nothing, everybody = len(without_results(papers)), len(papers.tables["arrivals"])
    return [f"Of {of(nothing, everybody)} of Year 7 no primary result is known; ask their primary schools."] if nothing else []
