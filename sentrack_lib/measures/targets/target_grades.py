"""The grades a target can be: those of a scale that have points, in the writing that a subject uses."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sentrack_lib.sources.scales import Scale

Numbers = NDArray[np.float64]

LISTED = "listed"
EVEN = 1e-9
"""Closer than this, two points are one: the difference is the computer's rounding."""


@dataclass(frozen=True)
class TargetGrades:
    """Grades from the lowest up, one for each number of points, and their points."""

    written: tuple[str, ...]
    points: Numbers

    @property
    def from_points(self) -> Numbers:
        """From how many points on a score is written as each grade: midway from the grade below, as a score is rounded."""
        if len(self.points) < 2:
            return self.points
        steps = np.diff(self.points)
        return self.points - np.append(steps[:1], steps) / 2

    def at_or_above(self, points: Numbers) -> NDArray[np.int64]:
        """The place of the next grade at or above some points; that of the highest where there is none above."""
        return np.minimum(np.searchsorted(self.points, points - EVEN), len(self.written) - 1)


def target_grades(scale: Scale, written: Mapping[str, int]) -> TargetGrades:
    """The grades of a scale in the writing of a subject, whose grades of the term are `written` so and so often.

    A subject that writes 4c, 4b, 4a is offered sub-levels, one that writes 4 whole levels; 5+ and 5= are grades only where the
    subject writes such. A scale of numbers has its whole numbers."""
    seen = {own: count for grade, count in written.items() if (own := scale.grade(grade)) is not None}
    points = {**scale.between, **scale.points}
    forms = {_form(grade) for grade in seen if grade in points}
    grades = [grade for grade in points if _form(grade) in forms | {LISTED}]
    if not forms - {LISTED}:
        grades = list(dict.fromkeys([*scale.points, *grades]))
    if not grades and scale.numbers:
        numbers = np.arange(np.ceil(scale.numbers[0]), np.floor(scale.numbers[1]) + 1)
        return TargetGrades(tuple(f"{number:g}" for number in numbers), numbers)
    return _one_each(grades, points, seen)


def _one_each(grades: list[str], points: dict[str, float], often: Mapping[str, int]) -> TargetGrades:
    """The grade that is written most, or stands first, of those with the same points."""
    best: dict[float, str] = {}
    for grade in sorted(grades, key=lambda grade: -often.get(grade, 0)):
        best.setdefault(points[grade], grade)
    ordered = sorted(best)
    return TargetGrades(tuple(best[each] for each in ordered), np.array(ordered, dtype=float))


def _form(grade: str) -> str:
    """`4b` as `#x`, `5+` as `#=`: how a grade is written, whichever it is; a grade without a digit is always on the list."""
    plain = re.sub("[0-9]", "#", grade)
    return re.sub("[-+=]", "=", re.sub("[A-Za-z]", "x", plain)) if "#" in plain else LISTED
