"""Who below expectation receives nothing, and who receives much and still falls behind."""

import pandas as pd
from pandas import DataFrame

from sentrack_lib.views.papers import Papers
from sentrack_lib.views.parts import Part, Sentences, Unseen
from sentrack_lib.views.tables.support import BELOW, CHOSEN, EVERYONE, MUCH, NOT_GIVEN, NOT_RECORDED, NOTHING, UNRECORDED, amounts
from sentrack_lib.views.words import are, have, of, said, sentence

WITH = "with SEN"
SOME = "some"


def support(papers: Papers) -> Part:
    """The review's own question, counted: support recorded and progress side by side."""
    if not papers.has("support") and not papers.has("support_counts"):
        return Unseen("What support pupils receive is not for this page.")
    rows = amounts(papers)
    if rows["of"].sum() == 0 and not rows["of"].isna().any():
        return Sentences(["No pupils are in this part of the school."])
    if rows["amount"].eq(UNRECORDED).any():
        return Sentences([f"{NOT_RECORDED} {_below(rows)}"])
    return Sentences([*_amounts(rows), *_unknown(rows), *_provisions(papers)])


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
    sen = f"; of these, {int(mine) or 'none'} {have(int(mine))} SEN" if none and pd.notna(mine) else ""
    told = f"{sentence(of(int(none), whole, 'pupil below expectation', 'pupils below expectation'))} {have(int(none))} no support recorded"
    return f"{told}{sen}.{f' {NOT_GIVEN}' if none else ''}"


def _much(rows: DataFrame, whole: int) -> str:
    much, some = (_count(rows, EVERYONE, BELOW, amount) for amount in (MUCH, SOME))
    if pd.isna(much) or pd.isna(some):
        return "How many receive much support and are still below expectation is too few to show."
    receive = "receives" if much == 1 else "receive"
    return f"{sentence(said(int(much), 'of them', 'of them'))} {receive} much support and {are(int(much))} below expectation all the same; {said(int(some), 'of them', 'of them')} {'receives' if some == 1 else 'receive'} some."


def _unknown(rows: DataFrame) -> list[str]:
    unknown = _count(rows, EVERYONE, "not known")
    return (
        []
        if pd.isna(unknown) or not unknown
        else [f"For {said(int(unknown), 'pupil')} progress is not known, so nobody can say whether support is missing."]
    )


def _provisions(papers: Papers) -> list[str]:
    """The provision with the largest share of pupils below expectation, and why that is no judgement."""
    if not papers.has("provision_standing"):
        return []
    rows = papers.tables["provision_standing"].dropna(subset=["share"]).sort_values("share", ascending=False, kind="stable")
    if rows.empty:
        return []
    most = rows.iloc[0]
    told = of(int(most["count"]), int(most["n"]))
    return [
        f"Of {said(len(rows), 'provision')} with pupils enough to count, {most['name']} has the largest share below expectation: {told}. {CHOSEN}"
    ]


def _count(rows: DataFrame, group: str, expectation: str, amount: str | None = None) -> float:
    """Pupils of a group and expectation who receive an amount, or all of them; missing where it may not be shown."""
    here = rows[rows["group"].eq(group) & rows["expectation"].eq(expectation)]
    found = here["of"].head(1) if amount is None else here.loc[here["amount"].eq(amount), "count"]
    return float(found.iloc[0]) if len(found) and pd.notna(found.iloc[0]) else 0.0 if found.empty else float("nan")
