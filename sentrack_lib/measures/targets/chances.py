"""The chance of reaching a grade, as it is kept beside a suggestion and as it is said."""

import json
from collections.abc import Iterable

import numpy as np

from sentrack_lib.sources.scales import Scale

TYPICAL, CHALLENGING, EXCEPTIONAL = "typical", "challenging", "exceptional"
AMBITIONS = {TYPICAL: 0.50, CHALLENGING: 0.75, EXCEPTIONAL: 0.90}
"""How ambitious a target is, by the share of the pupils with the same start who score below it (methods 5)."""
REALISTIC = 0.15, 0.40
"""A target that fewer, or more, of the pupils with the same start reached is set for a reason of its own (methods 5)."""
_SAID = {TYPICAL: "Half of the", CHALLENGING: "3 in 4", EXCEPTIONAL: "9 in 10"}


def score_below(ambition: str) -> str:
    """What the score behind an ambition means: `3 in 4 pupils with this start score below this.`"""
    return f"{_SAID[ambition]} pupils with this start score below this."


def said(chance: float) -> str:
    """A chance of 0 to 1 in words, for pupils who stood where the pupil stands; blank where it is not known."""
    if np.isnan(chance):
        return ""
    tenths = round(chance * 10 + 1e-9)
    if chance < 0.05:
        return "fewer than 1 in 20 pupils who stood here reached it"
    if chance > 0.95:
        return "nearly all pupils who stood here reached it"
    return f"about {min(max(tenths, 1), 9)} in 10 pupils who stood here reached it"


def is_realistic(chance: float) -> bool:
    """Whether a target with this chance needs no reason; one whose chance is not known is not asked for it."""
    return bool(np.isnan(chance) or REALISTIC[0] - 1e-9 <= chance <= REALISTIC[1] + 1e-9)


def kept_chances(grades: Iterable[str], chances: Iterable[float]) -> str:
    """Grades from the lowest up with the chance of each, as text: from the last that all reached to the first that none did."""
    pairs = list(zip(grades, chances, strict=True))
    first = max((place for place, (_, chance) in enumerate(pairs) if chance >= 1), default=0)
    last = next((place for place, (_, chance) in enumerate(pairs) if chance <= 0), len(pairs))
    return json.dumps({grade: round(float(chance), 4) for grade, chance in pairs[first : last + 1]}, ensure_ascii=False)


def chance_in(kept: object, grade: str, scale: Scale | None) -> float:
    """The chance of reaching a grade, from chances kept as text; missing where they do not tell.

    A grade between two of them counts as the upper one; below all of them it is the first's, above all the last's, where those
    are certain."""
    known: dict[str, float] = json.loads(kept) if isinstance(kept, str) and kept else {}
    plain = {_plain(each): chance for each, chance in known.items()}
    if _plain(grade) in plain or scale is None or not known:
        return plain.get(_plain(grade), np.nan)
    asked, points = scale.read(grade).points, [scale.read(each).points for each in known]
    if np.isnan(asked):
        return np.nan
    values = list(known.values())
    place = int(np.searchsorted(points, asked - 1e-9))
    if place == len(values):
        return 0.0 if values[-1] <= 0 else np.nan
    # Below the first grade kept stands more than the chance of the first, unless that is certain.
    return values[place] if place or values[0] >= 1 or asked >= points[0] - 1e-9 else np.nan


def _plain(grade: str) -> str:
    return "".join(str(grade).split()).casefold()
