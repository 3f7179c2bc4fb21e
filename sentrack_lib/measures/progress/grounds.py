"""What a figure of progress rests on, and why there is none where there is none, in words."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas import Series

from sentrack_lib.measures.progress.growth import SMALLEST_COHORT, too_few
from sentrack_lib.measures.progress.starts import PRIOR, Starts
from sentrack_lib.measures.progress.taught import Codes, Grades, Marks, Taught, latest_of
from sentrack_lib.sources.scales import GRADED, Scale

Texts = NDArray[Any]
Scales = tuple[Scale, ...]

NOTHING: Any = None
"""What is said where there is nothing to say."""

NO_GRADE = "No grade this term"
NO_YEAR_GROUP = "The year group is not known, so there is no cohort to compare with."
NO_START = "No start: no earlier grade and no prior attainment to measure from."
ORDER_ONLY_START = "No start: the earlier grade is on a scale that has an order but no points, so progress cannot be counted."


def cohort_names(taught: Taught, now: Grades, starts: Starts, scales: Scales) -> Texts:
    """The cohort of each place: year group, subject, scale now and scale of the start; nothing where one of them is not known."""
    year, count = taught.year_group[taught.pupil], len(scales)
    code = ((year * len(taught.subjects) + taught.subject) * count + now.scale) * count + starts.scale
    unknown = (year < 0) | (now.scale < 0) | (starts.scale < 0)

    def name(code: int) -> str:
        rest, start = divmod(code, count)
        rest, now_scale = divmod(rest, count)
        year, subject = divmod(rest, len(taught.subjects))
        return f"{taught.year_groups[year]}/{taught.subjects[subject]}/{scales[now_scale].name}/{scales[start].name}"

    return _worded(np.where(unknown, -1, code), name)


def bases(now: Grades, starts: Starts, scales: Scales) -> Texts:
    """The scales, the start and the reliabilities that each place rests on; nothing where there is no grade."""
    count, prior = len(scales) + 1, len(starts.candidates) - 1
    averaged = (starts.candidate == prior) & starts.candidates[prior].grades.averaged
    code = (((starts.candidate + 1) * 2 + averaged) * count + now.scale + 1) * count + starts.scale + 1

    def basis(code: int) -> str:
        rest, start = divmod(code, count)
        rest, now_scale = divmod(rest, count)
        candidate, averaged = divmod(rest, 2)
        if not candidate:
            return f"{scales[now_scale - 1].name} now"
        return _basis(scales[now_scale - 1], scales[start - 1], starts.candidates[candidate - 1].name, bool(averaged))

    return _worded(np.where(now.scale < 0, -1, code), basis)


def why_no_points(states: Series, marks: Marks, now: Grades, scales: Scales) -> Texts:
    """What stands in place of a grade with points this term; `states` are the states of all marks in their table."""
    codes, seen = pd.factorize(states.take(marks.row))
    said = [NO_GRADE + ("." if state == GRADED else f": {state}.") for state in seen]
    by_state = np.array([*said, f"{NO_GRADE}."], dtype=object)[np.append(codes, -1)[latest_of(marks.place, len(now.points))]]
    order_only = [f"The scale {scale.label} has an order but no points, so progress on it cannot be counted." for scale in scales]
    return np.where(now.ordered, np.array([*order_only, NOTHING], dtype=object)[now.scale], by_state)


def why_no_cohort(taught: Taught, now: Grades, starts: Starts, no_points: Texts) -> Texts:
    """For a place outside the cohorts, the first thing it lacks: a grade, points, a year group, a start, enough pupils."""
    no_start, few = starts.candidate < 0, starts.pupils < SMALLEST_COHORT
    ordered = np.logical_or.reduce([candidate.grades.ordered for candidate in starts.candidates])
    too_few_of = np.array([too_few(pupils) for pupils in range(SMALLEST_COHORT)], dtype=object)
    not_there = np.array([_not_there(candidate.name) for candidate in starts.candidates], dtype=object)
    short_of = too_few_of[np.where(few, starts.pupils, 0)]
    lacking = [np.isnan(now.points), taught.year_group[taught.pupil] < 0, no_start & ordered, no_start, few]
    reasons: list[Any] = [no_points, NO_YEAR_GROUP, ORDER_ONLY_START, NO_START, short_of]
    return np.select(lacking, reasons, not_there[starts.begins])


def _basis(now: Scale, start: Scale, begun: str, averaged: bool) -> str:
    prior = "prior attainment (mean of the pupil's subjects)" if averaged else "prior attainment"
    since = f"{start.name} in {prior if begun == PRIOR else begun}"
    return f"{now.name} now, {since}; reliability {_reliability(now)} / {_reliability(start)}"


def _reliability(scale: Scale) -> str:
    return f"{scale.reliability:.2f} ({'assumed' if scale.assumed else 'school’s'})"


def _not_there(begun: str) -> str:
    there = "prior attainment, from which" if begun == PRIOR else f"grade from {begun}, from when"
    return f"No {there} this cohort's progress is measured."


def _worded(codes: Codes, say: Callable[[int], str]) -> Texts:
    """Each code put into words once; nothing for -1."""
    places, seen = pd.factorize(codes)
    return np.array([NOTHING if code < 0 else say(int(code)) for code in seen] + [NOTHING], dtype=object)[places]
