"""What is overdue, what this week brings, what comes, and what nobody sees to."""

from pandas import DataFrame

from sentrack_lib.views.papers import Papers
from sentrack_lib.views.parts import Part, Sentences, Unseen
from sentrack_lib.views.tables.due import NOT_SHOWN, due_here
from sentrack_lib.views.words import are, of, said, sentence

NOTHING = "Nothing with a day is open in the records."


def due(papers: Papers) -> Part:
    """What is due in this part of the school, counted."""
    if not papers.has("due", "roll"):
        return Unseen(NOT_SHOWN)
    rows = due_here(papers)
    if rows.empty:
        return Sentences([NOTHING])
    return Sentences([_now(rows), *_coming(rows), *_nobody(rows)])


def _now(rows: DataFrame) -> str:
    late, week = rows.loc[rows["state"].eq("overdue"), "days"], int(rows["state"].eq("this week").sum())
    overdue = f", by up to {said(-int(late.min()), 'day')}" if len(late) else ""
    told = f"{_things(len(late))} overdue{overdue}."
    return f"{told} {_things(week)} due within seven days."


def _things(count: int) -> str:
    return f"{sentence(said(count, 'thing'))} {are(count)}" if count else "Nothing is"


def _coming(rows: DataFrame) -> list[str]:
    """What comes, by kind."""
    kinds = rows.loc[rows["state"].eq("coming"), "kind"].value_counts().sort_index()
    told = [said(int(count), str(kind)) for kind, count in kinds.items()]
    return [f"Coming after that: {', '.join(told)}."] if told else []


def _nobody(rows: DataFrame) -> list[str]:
    nobody = int(rows["owner"].isna().sum())
    return [f"For {of(nobody, len(rows), 'thing')} nobody is named."] if nobody else []
