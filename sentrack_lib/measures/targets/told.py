"""What a year above tells pupils who stand where it stood: the grades it reached, and how many reached each."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sentrack_lib.measures.progress.grounds import NOTHING
from sentrack_lib.measures.targets.chances import AMBITIONS, CHALLENGING, REALISTIC, kept_chances
from sentrack_lib.measures.targets.reasons import TOP
from sentrack_lib.measures.targets.target_grades import EVEN, TargetGrades
from sentrack_lib.measures.targets.year_above import YearAbove

Codes = NDArray[np.int64]
Numbers = NDArray[np.float64]
Told = dict[str, NDArray[Any]]
"""Columns by name, a row a start."""

SHARES = np.array(list(AMBITIONS.values()))
TEXTS = [
    "target_scale", *AMBITIONS, "realistic_low", "realistic_high", "measurable_from", "start_term", "chances", "advice",
    "why_not",
]  # fmt: skip
NUMBERS = [
    *(f"{each}_{what}" for each in AMBITIONS for what in ("points", "chance", "score")),
    "sem_growth",
    "applies_to",
    "cohort_n",
]


def told_by(above: YearAbove, scale: str, start: Numbers, grades: TargetGrades, days: int) -> Told:
    """All columns that a cohort, graded on `scale` now, tells pupils with some starts, of whom nobody is outside its own."""
    if above.line is None or not len(start):
        return {name: np.array([], dtype=object if name in TEXTS else float) for name in [*TEXTS, *NUMBERS]}
    scores, chances = above.scores(start, SHARES), above.chances(start, grades.from_points)
    names = np.array([*grades.written, NOTHING], dtype=object)
    found = _ambitions(scores, chances, names, grades)
    low, high = _between(chances)
    once = {"target_scale": scale, "start_term": str(above.begun), "cohort_n": above.pupils, "applies_to": days}
    found |= {name: np.full(len(start), value, dtype=object if name in TEXTS else float) for name, value in once.items()}
    found |= {"realistic_low": names[low], "realistic_high": names[high]}
    found["chances"] = np.array([kept_chances(grades.written, each) for each in chances], dtype=object)
    return found | _measurable(start, found[f"{CHALLENGING}_points"], above.noise, names, grades)


def _ambitions(scores: Numbers, chances: Numbers, names: NDArray[Any], grades: TargetGrades) -> Told:
    """Grade, points, chance and score of each ambition."""
    found: Told = {}
    for column, ambition in enumerate(AMBITIONS):
        at = grades.at_or_above(scores[:, column])
        reached = chances[np.arange(len(at)), at]
        found[ambition] = names[at]
        parts = {"points": grades.points[at], "chance": reached, "score": scores[:, column]}
        found |= {f"{ambition}_{what}": values for what, values in parts.items()}
    return found


def _between(chances: Numbers) -> tuple[Codes, Codes]:
    """The first and the last grade whose chance is realistic, start by start; -1 where the steps of the scale leave none."""
    fits = (chances >= REALISTIC[0] - EVEN) & (chances <= REALISTIC[1] + EVEN)
    some, last = fits.any(axis=1), fits.shape[1] - 1
    return np.where(some, fits.argmax(axis=1), -1), np.where(some, last - fits[:, ::-1].argmax(axis=1), -1)


def _measurable(start: Numbers, challenging: Numbers, noise: float, names: NDArray[Any], grades: TargetGrades) -> Told:
    """From which grade on growth is more than chance, and what to mind where the challenging target is not, or nothing is above.

    On two scales nothing can be subtracted, so nothing is said."""
    blank = np.full(len(start), NOTHING, dtype=object)
    if np.isnan(noise):
        return {"sem_growth": np.full(len(start), np.nan), "measurable_from": blank, "advice": blank, "why_not": blank}
    step, top = challenging - start, start >= grades.points[-1] - EVEN
    near = np.array([too_near(each, noise) for each in step], dtype=object)
    return {
        "sem_growth": np.full(len(start), noise),
        "measurable_from": names[np.searchsorted(grades.points, start + noise + EVEN)],
        "advice": np.where((step <= noise) & ~top, near, NOTHING),
        "why_not": np.where(top, TOP, blank),
    }


def too_near(step: float, noise: float) -> str:
    """What to mind where a target is a `step` of points above now, and gradings differ by `noise` points through chance alone."""
    more = "1 point more is" if step == 1 else f"{step:g} points more are"
    return (
        f"{more} within the {noise:.1f} points by which two gradings of a pupil differ by chance: give it more time, or "
        "agree a goal that can be observed."
    )
