"""The self-evaluation in sentences: how far it has come, where people disagree, what has moved, and what is first."""

import pandas as pd
from pandas import DataFrame

from sentrack_lib.measures.self_evaluation import AGREED
from sentrack_lib.measures.self_evaluation.areas import NOT_ANSWERED, NOTHING_TO_CHANGE
from sentrack_lib.measures.self_evaluation.evidence import NO_DATA
from sentrack_lib.measures.self_evaluation.priorities import OVERDUE
from sentrack_lib.measures.self_evaluation.ratings import ALL_SECTIONS
from sentrack_lib.sources.agreed_tables import PRIORITIES, RATINGS
from sentrack_lib.views.papers import Papers
from sentrack_lib.views.parts import Part, Sentences, Unseen, follows
from sentrack_lib.views.tables.self_evaluation import NOT_SHOWN
from sentrack_lib.views.words import are, of, said, sentence

NOTHING_RATED = "No statement is rated yet. Let two or three people rate each for themselves first, and then talk."
MOST_NUMBERS = 8
"""Statements that are named by their number."""


@follows()
def self_evaluation(papers: Papers) -> Part:
    """How far the self-evaluation has come, the bottom line first."""
    if not papers.has("statements", "priorities"):
        return Unseen(NOT_SHOWN)
    rows = papers.tables["statements"]
    told = [*_rated(papers, rows), *_apart(papers, rows), *_moved(rows), *_first(papers), *_areas(papers)]
    return Sentences([*told, *_by_people(rows)])


def _rated(papers: Papers, rows: DataFrame) -> list[str]:
    """How many statements are rated, by how many people, and what is agreed."""
    number = int(rows["rated"].ne("not rated").sum())
    if not number:
        return [NOTHING_RATED]
    people = ""
    if papers.has("statement_ratings"):
        raters = set(papers.tables["statement_ratings"].dropna(subset=["rating"])["rated_by"]) - {AGREED}
        people = f" by {said(len(raters), 'person', 'people')}" if raters else ""
    each = [f"{int(rows['rated'].eq(word).sum()) or 'none'} {word}" for word in RATINGS]
    agreed = int(rows["rated"].isin(RATINGS).sum())
    whole = f"All {number} statements" if number == len(rows) else sentence(of(number, len(rows), "statement"))
    return [f"{whole} {are(number)} rated{people}, and {agreed or 'none'} {are(agreed)} agreed: {', '.join(each)}."]


def _apart(papers: Papers, rows: DataFrame) -> list[str]:
    """Where people disagree, and how far beyond chance they agree."""
    if not papers.has("statement_agreement") or papers.tables["statement_agreement"].empty:
        return []
    rows_of = papers.tables["statement_agreement"]
    whole = rows_of[rows_of["section"].eq(ALL_SECTIONS)].iloc[0]
    several, alike, far = (int(whole[name]) for name in ("statements", "alike", "two_steps"))
    if not several:
        return []
    left = rows.loc[rows["rated"].eq("not agreed"), "statement"]
    steps = f", {far} of them by two steps" if far and several > alike else ""
    told = f"Of {said(several, 'statement')} that several people have rated they see {several - alike or 'none'}"
    still = f" Still to be talked over {are(len(left))} {_numbers(left)}." if len(left) else ""
    return [f"{told} differently{steps}.{still}", *_beyond_chance(whole)]


def _beyond_chance(whole: pd.Series) -> list[str]:
    if pd.isna(whole["same_pairs"]):
        return []
    same, chance = (round(100 * whole[name]) for name in ("same_pairs", "by_chance"))
    return [f"Of 100 pairs of ratings of one statement {same} are the same; chance alone would make it {chance}."]


def _moved(rows: DataFrame) -> list[str]:
    """What is better and worse than the last time, of the statements agreed both times."""
    both = rows[rows["change"].notna()]
    if both.empty:
        return []
    told = [_changed(both, change) for change in ("better", "worse")]
    return [f"Of {said(len(both), 'statement')} agreed now and the last time, {' and '.join(told)}."]


def _changed(both: DataFrame, change: str) -> str:
    found = both.loc[both["change"].eq(change), "statement"]
    return f"{len(found) or 'none'} {are(len(found))} {change}" + (f" ({_numbers(found)})" if len(found) else "")


def _first(papers: Papers) -> list[str]:
    """What is to be done first, what is late, and what nobody sees to."""
    rows = papers.tables["priorities"]
    if rows.empty:
        return ["Nothing is put down to be done about any statement."]
    now = rows.loc[rows["priority"].eq(PRIORITIES[0]), "statement"].drop_duplicates()
    first = f"this term about {_statements(now)}" if len(now) else "none of it this term"
    late = int(rows["state"].eq(OVERDUE).sum())
    nobody = int(rows["owner"].isna().sum()) if "owner" in rows else 0
    told = f"{sentence(said(len(rows), 'thing'))} {are(len(rows))} to be done, {first}."
    overdue = f" {sentence(of(late, len(rows), 'thing'))} {are(late)} past the day." if late else ""
    return [f"{told}{overdue}" + (f" For {nobody} nobody is named." if nobody else "")]


def _statements(numbers: pd.Series) -> str:
    return f"statement{'s' * (len(numbers) != 1)} {_numbers(numbers)}"


def _areas(papers: Papers) -> list[str]:
    """What was noted about areas of the school, and the changes whose effect nobody will look at."""
    if not papers.has("school_areas_standing"):
        return []
    rows = papers.tables["school_areas_standing"]
    answered = rows[rows["state"].ne(NOT_ANSWERED)]
    if answered.empty:
        return ["Nothing is noted about areas of the school."]
    changes = answered[answered["state"].ne(NOTHING_TO_CHANGE)]
    noted = f"{said(len(answered), 'answer')} {are(len(answered))} noted, with {said(len(changes), 'change')}"
    told = f"About areas of the school {noted}"
    blind = int(changes["missing"].str.contains("works|effect").sum())
    watched = f"; of {blind} of these it is not said how and when one will see whether it works" if blind else ""
    return [f"{told}{watched}."]


def _by_people(rows: DataFrame) -> list[str]:
    """How many statements no data speak to."""
    if "shows" not in rows:
        return []
    none = int(rows["shows"].str.startswith(NO_DATA).sum())
    return [f"For {of(none, len(rows), 'statement')} no data speak: there people look, ask and judge."] if none else []


def _numbers(statements: pd.Series) -> str:
    numbers = [str(each) for each in sorted(statements)]
    more = f" and {len(numbers) - MOST_NUMBERS} more" if len(numbers) > MOST_NUMBERS else ""
    return f"{', '.join(numbers[:MOST_NUMBERS])}{more}"
