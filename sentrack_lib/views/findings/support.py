"""Who below expectation receives nothing, and who receives much and still falls behind."""

import pandas as pd
from pandas import DataFrame

from sentrack_lib.views.papers import Papers
from sentrack_lib.views.parts import Part, Sentences, Unseen
from sentrack_lib.views.tables.support import BELOW, CHOSEN, EVERYONE, MUCH, NOT_GIVEN, NOT_RECORDED, NOTHING, UNRECORDED, amounts
from sentrack_lib.views.words import are, have, of, said, sentence

WITH = "with SEN"
ROUNDED = "Numbers are to the nearest 5; 1 to 7 are not shown."
SOME, UNTOLD = "some", "not known"


def support(papers: Papers) -> Part:
    """The review's own question, counted: support recorded and progress side by side."""
    if not papers.has("support") and not papers.has("support_counts"):
        return Unseen("What support pupils receive is not for this page.")
    rows = amounts(papers)
    if rows["of"].sum() == 0 and not rows["of"].isna().any():
        return Sentences(["No pupils are in this part of the school."])
    if rows["amount"].eq(UNRECORDED).any():
        return Sentences([f"{NOT_RECORDED} {_below(rows)}"])
    return Sentences(
        [*_amounts(rows), *_unknown(rows), *_provisions(papers), *([ROUNDED] if papers.audience == "governors" else [])]
    )


def _below(rows: DataFrame) -> str:
    number = _count(rows, EVERYONE, BELOW)
    return "" if pd.isna(number) else f"{sentence(said(int(number), 'pupil'))} {are(int(number))} below expectation."


def _amounts(rows: DataFrame) -> list[str]:
    """Of those below expectation, who receives nothing, and who receives much."""
    whole = _count(rows, EVERYONE, BELOW)
    if pd.isna(whole):
        return ["How many pupils are below expectation is too few to show."]
    if not whole:
        return ["No pupil here is below expectation."]
    return [_nothing(rows, int(whole)), _much(rows, int(whole))]


def _nothing(rows: DataFrame, whole: int) -> str:
    none, mine = _count(rows, EVERYONE, BELOW, NOTHING), _count(rows, WITH, BELOW, NOTHING)
    if pd.isna(none):
        return f"Of {said(whole, 'pupil')} below expectation, too few to show have no support recorded."
    if not none:
        everyone = "the only pupil" if whole == 1 else f"all of {said(whole, 'pupil')}"
        return f"For {everyone} below expectation some support is recorded."
    who = of(int(none), whole, "pupil below expectation", "pupils below expectation")
    sen = f"; of these, {int(mine) or 'none'} {have(int(mine))} SEN" if pd.notna(mine) else ""
    return f"{sentence(who)} {have(int(none))} no support recorded{sen}. {NOT_GIVEN}"


def _much(rows: DataFrame, whole: int) -> str:
    much, some = (_count(rows, EVERYONE, BELOW, amount) for amount in (MUCH, SOME))
    if pd.isna(much) or pd.isna(some):
        return "How many receive much support and are still below expectation is too few to show."
    all_the_same = f" and {are(int(much))} below it all the same" if much else ""
    return f"Of those below expectation, {_receive(much)} much support{all_the_same}; {_receive(some)} some."


def _receive(count: float) -> str:
    return f"{int(count) or 'none'} {'receives' if count == 1 else 'receive'}"


def _unknown(rows: DataFrame) -> list[str]:
    unknown = _count(rows, EVERYONE, UNTOLD)
    if pd.isna(unknown) or not unknown:
        return []
    return [f"For {said(int(unknown), 'pupil')} progress is not known, so nobody can say whether support is missing."]


def _provisions(papers: Papers) -> list[str]:
    """In how many provisions most pupils are below expectation, and why that is no judgement of them."""
    if not papers.has("provision_standing"):
        return []
    rows = papers.tables["provision_standing"].dropna(subset=["share"])
    if rows.empty:
        return []
    many = int(rows["share"].ge(0.5).sum())
    told = of(many, len(rows), "provision with pupils enough to count", "provisions with pupils enough to count")
    return [f"In {told}, half or more of the pupils are below expectation. {CHOSEN}"]


def _count(rows: DataFrame, group: str, expectation: str, amount: str | None = None) -> float:
    """Pupils of a group and expectation who receive an amount, or all of them; missing where it may not be shown."""
    here = rows[rows["group"].eq(group) & rows["expectation"].eq(expectation)]
    found = here["of"].head(1) if amount is None else here.loc[here["amount"].eq(amount), "count"]
    return float(found.iloc[0]) if len(found) and pd.notna(found.iloc[0]) else 0.0 if found.empty else float("nan")
