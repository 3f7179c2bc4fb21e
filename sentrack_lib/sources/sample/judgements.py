"""How the invented school judges itself each summer: three people rate the statements, talk, and agree on some; and what they
found in areas of the school."""

from collections.abc import Iterator

import numpy as np
from pandas import DataFrame

from sentrack_lib.sources.agreed_tables import PRIORITIES, RATINGS
from sentrack_lib.sources.sample.calendar import LAST, chance, following, school_day
from sentrack_lib.sources.statements import AREA, STATEMENTS, prompts
from sentrack_lib.terms import SEASONS, Term

SUMMER = SEASONS.index("summer")
RATERS = {"Head teacher": -0.15, "Inclusion manager": 0.2, "Head of English": 0.0}
"""Who rates, and how far each leans to the better (minus) or the worse side."""
TOGETHER = "agreed"
STARTS = (0.2, 0.5, 0.3)
"""Shares of statements fully in place, partly, and in need of development at first."""
BETTER, WORSE = 0.18, 0.04
"""Shares of statements that a year makes better by a step, and worse."""
SEEN_OTHERWISE, NOT_SEEN, TALKED = 0.3, 0.04, 0.6
"""Shares of ratings that are a step off, of statements that somebody leaves out, and of disagreements that are settled."""
ASKED = 12
"""Statements about which something is to be done each year: those in need of development come first."""
EVIDENCE = ("Seen in six lessons.", "Talked over with heads of department.", "The figures of the term.", "Pupils told us so.", "")
TO_DO = (
    ("Put it on the list of the next staff meeting", "Deputy head"),
    ("Ask two departments how they do it, and tell the others", "Inclusion manager"),
    ("Write down in one page how it is to be", "Head teacher"),
    ("Ask six pupils and their parents what would help", "Inclusion manager"),
    ("Give half a training day to it", "Deputy head"),
    ("Watch four lessons with this one question", "Heads of department"),
)
RATED = ["statement", "rated_by", "on", "rating", "evidence", "priority", "action", "owner", "by"]
FOUND = ["area_id", "area", "prompt", "found", "action", "owner", "by", "monitored_how", "monitored_on"]
BEFORE_LAST = (
    (5, "Parents come to annual reviews, and say little there.", "Pupil and parents speak first at every review",
     "Inclusion manager", "Six parents are asked after their review", True),
    (12, "Adults are most often asked for in Year 7.", "", "", "", False),
    (24, "Nobody counts which parents come to evenings.", "Count who comes", "Heads of year", "The counts of two evenings", True),
)  # fmt: skip
IN_LAST = (
    (2, "Some policies say nothing of pupils with SEN.", "The behaviour policy is written anew", "Deputy head",
     "Suspensions of pupils with SEN, term by term", True),
    (5, "Pupil and parents speak first at most reviews by now.", "", "", "", False),
    (9, "Two subjects have one task for all.", "The marking policy is written anew", "Head of English", "", False),
    (18, "Looked-after children have a tutor each.", "", "", "", False),
    (24, "Parents of pupils with SEN come to half of the evenings.", "Parents choose between an evening and a call",
     "Heads of year", "Who comes, evening by evening", True),
    (25, "Agencies come when they are called.", "One meeting of all agencies each term", "Inclusion manager",
     "What was agreed there and is done a term later", True),
)  # fmt: skip
"""The place of the question, what was found, what is to change, by whom, how one will see whether it works, and whether a day is
set for that. Of one policy that is written anew nobody has said how it is monitored."""


def judgements(term: Term, seed: int) -> dict[str, DataFrame]:
    """The tables `self_evaluation` and `school_areas` of a term: without a row unless it is a summer."""
    if term.season != SUMMER:
        return {}
    return {"self_evaluation": self_evaluation(term, seed), "school_areas": school_areas(term)}


def self_evaluation(term: Term, seed: int) -> DataFrame:
    """The table `self_evaluation` of a summer: each rater's view, and what was agreed where they saw it differently."""
    rng = chance(seed, "self-evaluation", term)
    true = _true_steps(term.year, seed)
    seen = {name: _seen_by(true, leaning, rng) for name, leaning in RATERS.items()}
    differ = np.ptp(np.array([*seen.values()]), axis=0) > 0
    talked = differ & (rng.random(STATEMENTS) < TALKED)
    left_out = {name: rng.random(STATEMENTS) < NOT_SEEN for name in RATERS}
    rows = [row for name, steps in seen.items() for row in _rated(term, name, steps, ~left_out[name], rng)]
    rows += _rated(term, TOGETHER, true, talked, rng)
    table = DataFrame(rows, columns=["statement", "rated_by", "on", "rating", "evidence"])
    return _with_actions(table, true, term, rng)[RATED]


def _true_steps(year: int, seed: int) -> np.ndarray:
    """How each statement stands in a school year: 0 fully in place, 1 partly, 2 in need of development. The last two years change
    something."""
    steps = chance(seed, "self-evaluation").choice(len(RATINGS), STATEMENTS, p=STARTS)
    for each in range(LAST.year - 1, year + 1):
        lot = chance(seed, "self-evaluation", each).random(STATEMENTS)
        steps = np.clip(steps - (lot < BETTER) + (lot > 1 - WORSE), 0, len(RATINGS) - 1)
    return steps


def _seen_by(true: np.ndarray, leaning: float, rng: np.random.Generator) -> np.ndarray:
    """The steps as one rater sees them."""
    off = np.where(rng.random(STATEMENTS) < SEEN_OTHERWISE, np.where(rng.random(STATEMENTS) < 0.5 + leaning, 1, -1), 0)
    return np.clip(true + off, 0, len(RATINGS) - 1)


def _rated(
    term: Term, name: str, steps: np.ndarray, shown: np.ndarray, rng: np.random.Generator
) -> Iterator[tuple[int, str, str, str, str]]:
    on, evidence = school_day(term, 45 if name == TOGETHER else 30), rng.choice(EVIDENCE, STATEMENTS)
    for place in np.flatnonzero(shown):
        yield int(place) + 1, name, on, RATINGS[steps[place]], str(evidence[place])


def _with_actions(rated: DataFrame, true: np.ndarray, term: Term, rng: np.random.Generator) -> DataFrame:
    """The ratings; for the statements that stand worst it is said what is to be done, by all together or by the inclusion
    manager."""
    worst = np.argsort(-true - rng.random(STATEMENTS) / 2)[:ASKED] + 1
    who = rated["rated_by"].where(rated["rated_by"].eq(TOGETHER)).groupby(rated["statement"]).transform("first")
    chosen = rated["statement"].isin(worst) & rated["rated_by"].eq(who.fillna("Inclusion manager"))
    lot, days = rng.integers(0, len(TO_DO), STATEMENTS), rng.integers(46, 100, STATEMENTS)
    at = rated["statement"].to_numpy() - 1
    columns = {
        "priority": [PRIORITIES[place % len(PRIORITIES)] for place in at],
        "action": [TO_DO[lot[place]][0] for place in at],
        "owner": [TO_DO[lot[place]][1] for place in at],
        "by": [_day(term, int(days[place])) for place in at],
    }
    return rated.assign(**{name: np.where(chosen, cells, "") for name, cells in columns.items()})


def _day(term: Term, place: int) -> str:
    """A school day of the term, or of the next one where the term has not so many."""
    day = school_day(term, place)
    return day if day <= school_day(term, -1) else school_day(following(term), place - 45)


def school_areas(term: Term) -> DataFrame:
    """The table `school_areas` of a summer: what was found when the questions were gone through."""
    asked = prompts(AREA)
    rows = [
        {
            "area_id": f"{term}-area-{place}", "area": asked["place"][place], "prompt": asked["words"][place], "found": found,
            "action": action, "owner": owner, "by": _day(term, 60 + place) if action else "", "monitored_how": how,
            "monitored_on": school_day(following(term), 30 + place) if dated else "",
        }
        for place, found, action, owner, how, dated in (IN_LAST if term == LAST else BEFORE_LAST)
    ]  # fmt: skip
    return DataFrame(rows, columns=FOUND)
