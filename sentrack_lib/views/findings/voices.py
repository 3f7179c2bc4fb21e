"""What pupils and parents say, how far it can be trusted, and whether they were heard the last time."""

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd
from pandas import DataFrame

from sentrack_lib.terms import Term
from sentrack_lib.views.papers import ALL, Papers
from sentrack_lib.views.parts import Part, Sentences, Unseen
from sentrack_lib.views.words import are, have, of, said, sentence

WHO = {"pupil": "pupils", "parent": "parents"}
EVERYONE, SEN, WITH = "all pupils", "SEN", "with SEN"
CLEAR = "clear difference"
MOVED, CHANCE = ("higher", "lower"), "within what chance does"
GROUPS = {
    "with SEN": "pupils with SEN",
    "without SEN": "pupils without SEN",
    "Pupil premium": "pupils with the pupil premium",
    "Not pupil premium": "pupils without the pupil premium",
    "persistently absent": "persistently absent pupils",
    "not persistently absent": "pupils who are not persistently absent",
}
WHOLE = "Questionnaires ask about the school as a whole, so this is not about the subject or class looked at."
BIASED = "by SEN, year group, pupil premium or persistent absence"

Row = Mapping[Hashable, Any]


def views(papers: Papers) -> Part:
    """Whom the school heard, what they say lowest, whether it differs for SEN or this year group, what changed, what was done."""
    if not papers.has("views", "asked_before"):
        return Unseen("What pupils and parents say is not for this page.")
    year = f"Year {papers.year_group}" if papers.year_group != ALL else ""
    lines = [_heard(papers, year), *([] if year else _bias(papers))]
    for who in WHO:
        rows = papers.tables["views"]
        lines += _said(who, rows[rows["respondent"].eq(who)], year) or [_silent(papers, who)]
    whole = WHOLE if papers.subject != ALL or papers.teaching_group != ALL else ""
    return Sentences([line for line in (*lines, _done(papers), whole) if line])


def _said(who: str, rows: DataFrame, year: str) -> list[str]:
    """What one kind of respondent says; nothing where there is no answer."""
    if rows.empty:
        return []
    if year:
        ours = rows[rows["family"].eq("year group") & rows["group"].eq(year)]
        whose = f"Pupils in {year}" if who == "pupil" else f"Parents of pupils in {year}"
        return [_lowest(whose, ours), _gaps(whose, "other year groups", ours), *_changed(whose, ours)]
    everyone, ours = rows[rows["family"].eq(EVERYONE)], rows[rows["family"].eq(SEN) & rows["group"].eq(WITH)]
    whose = "Pupils with SEN" if who == "pupil" else "Parents of pupils with SEN"
    moved = _changed(whose, ours) if ours["mark"].isin(MOVED).any() else []
    told = [_lowest(sentence(WHO[who]), everyone), _gaps(whose, "the others", ours)]
    return [*told, *_changed(sentence(WHO[who]), everyone), *moved]


def _heard(papers: Papers, year: str) -> str:
    """Response rates, number and whole together; nothing where these are not handed out."""
    if not papers.has("responses"):
        return ""
    rows = papers.tables["responses"]
    rows = rows[rows["group"].eq(year)] if year else rows[rows["family"].eq(EVERYONE)]
    told = "; ".join(_rate(row) for row in rows.to_dict("records"))
    return f"{year + ': ' if year else ''}{told if year else sentence(told)}." if told else ""


def _rate(row: Row) -> str:
    unnamed = "" if pd.isna(row["anonymous"]) or not row["anonymous"] else f"at least {row['anonymous']}"
    if pd.isna(row["count"]):
        told = f"{unnamed} answered, all without a name" if unnamed else "too few to show how many answered"
        return f"{WHO[row['respondent']]}: {told}"
    heard = of(row["count"], row["n"])
    whose = f"{heard} answered" if row["respondent"] == "pupil" else f"a parent answered for {heard}"
    return f"{whose}{f', and {unnamed} more without a name' if unnamed else ''}"


def _bias(papers: Papers) -> list[str]:
    """Whether those who answered are like those who did not."""
    if not papers.has("responses"):
        return []
    rows = papers.tables["responses"]
    tested = rows[rows["q_value"].notna()]
    clear = tested[tested["verdict"].str.startswith(CLEAR)].sort_values("q_value", kind="stable")
    if rows.empty:
        return []
    if tested.empty:
        return ["Whether those who answered are like those who did not cannot be told."]
    if clear.empty:
        return [
            f"There is no evidence that those who answered differ from those who did not {BIASED}; small differences may exist."
        ]
    # Of two groups that are each other's rest one is told.
    told = "; ".join(_biased(row) for row in clear.drop_duplicates(["respondent", "family"]).to_dict("records"))
    return [f"Read what follows with care, for those who answered are not like the others: {told}."]


def _biased(row: Row) -> str:
    group = GROUPS.get(row["group"], f"pupils of {row['group']}")
    answered = "pupils who answered" if row["respondent"] == "pupil" else "pupils whose parents answered"
    shares = (
        f"{100 * row['among_answered']:.0f} in 100 of the {answered} and {100 * row['among_others']:.0f} in 100 of the others"
    )
    return f"{group} are {shares}"


def _lowest(whose: str, rows: DataFrame) -> str:
    """The theme with the lowest mean."""
    known = rows.dropna(subset=["mean"]).sort_values("mean", kind="stable")
    if known.empty:
        return f"{whose}: too few answers to show what they say."
    [row, *_] = known.to_dict("records")
    positive = row["positive"]
    share = f"; {of(int(positive), row['n'], 'answer')} {are(int(positive))} 4 or 5" if pd.notna(positive) else ""
    others = f", the lowest of {said(len(known), 'theme')}" if len(known) > 1 else ""
    theme = f"\N{LEFT SINGLE QUOTATION MARK}{row['theme']}\N{RIGHT SINGLE QUOTATION MARK}"
    return f"{whose} on {theme}{others}: {row['mean']:.1f} on a scale from 1 to 5{share}."


def _gaps(whose: str, others: str, rows: DataFrame) -> str:
    """A group beside the others, theme by theme."""
    tested = rows[rows["q_value"].notna()]
    if tested.empty:
        return f"{whose}: too few answers to say how theirs compare with {others}."
    clear = tested[tested["verdict"].str.startswith(CLEAR)]
    if clear.empty:
        unseen = f"a gap below {tested['detectable'].max():.1f} of a point could not be seen"
        return f"{whose}: no evidence of a difference from {others} in any of {said(len(tested), 'theme')}; {unseen}."
    told = "; ".join(_gap(row) for row in clear.sort_values("gap", kind="stable").to_dict("records"))
    return f"{whose} answer clearly differently from {others} in {of(len(clear), len(tested), 'theme')}: {told}."


def _gap(row: Row) -> str:
    way = "lower" if row["gap"] < 0 else "higher"
    return f"{row['theme']} {way} by {abs(row['gap']):.1f} ({row['mean']:.1f} against {row['mean_rest']:.1f})"


def _changed(whose: str, rows: DataFrame) -> list[str]:
    """Themes that moved by more than chance since the last time; only those that enough have answered both times."""
    asked = rows[rows["since"].ne("") & rows["mark"].isin([*MOVED, CHANCE])]
    if asked.empty:
        return []
    clear = asked[asked["mark"].isin(MOVED)]
    if clear.empty:
        return [f"{whose}: since the last time none of {said(len(asked), 'theme')} has changed by more than chance does."]
    moves = clear[["theme", "mark", "change"]].itertuples(index=False)
    told = "; ".join(f"{theme} {mark} by {abs(change):.1f}" for theme, mark, change in moves)
    many = f"{of(len(clear), len(asked), 'theme')} {have(len(clear))}"
    return [f"{whose}: since the last time {many} changed by more than chance does: {told}."]


def _silent(papers: Papers, who: str) -> str:
    """A respondent who was not asked this term; from small groups, which others are not handed, nobody else can tell."""
    if papers.audience != "inclusion":
        return f"No answers of {WHO[who]} this term, or too few to show."
    rows = papers.tables["asked_before"]
    last = rows.loc[rows["respondent"].eq(who), "since"].drop_duplicates()
    when = f", last in {max(map(Term.named, last)).label}" if len(last) else " in any term up to now"
    return f"No answers of {WHO[who]} this term{when}." if len(last) else f"No answers of {WHO[who]}{when}."


def _done(papers: Papers) -> str:
    """What became of what was said the last time."""
    rows = papers.tables["asked_before"]
    if rows.empty:
        none = "There is no earlier term in which anybody was asked"
        return f"{none}." if papers.audience == "inclusion" else f"{none}, or too few answered to show."
    states = rows["state"].value_counts()
    silent, done, late = (int(states.get(state, 0)) for state in ("nothing recorded", "done", "overdue"))
    if silent == len(rows):
        return f"Nothing is recorded as agreed about {said(len(rows), 'theme')} asked before."
    agreed = f"Something was agreed about {of(len(rows) - silent, len(rows), 'theme')} asked before"
    rest = f" About {silent} nothing is recorded." if silent else ""
    return f"{agreed}: for {done or 'none'} all of it is done, for {late or 'none'} something is overdue.{rest}"
