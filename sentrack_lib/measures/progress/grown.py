"""How the cohorts of a term grew: the grades now, where each pupil starts and beside whom, and the regression of each cohort.

The table of progress is made of it, and so is what a year group's growth says of the year below it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from pandas import DataFrame, Series

from sentrack_lib.measures.progress.grounds import Texts, why_no_points
from sentrack_lib.measures.progress.growth import Growths, growths
from sentrack_lib.measures.progress.starts import Starts, candidates_for, prior_grades, starts_of
from sentrack_lib.measures.progress.taught import ACTUAL, TARGET, Grades, Markbook, Marks, Taught, moment, taught_in
from sentrack_lib.sources.scales import Scale
from sentrack_lib.terms import Term


@dataclass(frozen=True)
class Grown:
    """The places of a term, their grades now and starts, and the growth of the members of the cohorts (`starts.members`)."""

    taught: Taught
    written: Marks
    """The actual marks of the term."""
    targets: Marks
    now: Grades
    starts: Starts
    growths: Growths
    scales: tuple[Scale, ...]
    states: Series
    """The states of all marks in their table."""

    @cached_property
    def no_points(self) -> Texts:
        """What stands in place of a grade with points, where there is none."""
        return why_no_points(self.states, self.written, self.now, self.scales)


def grown(
    tables: Mapping[str, DataFrame],
    scales: Mapping[str, Scale],
    term: Term,
    since: Term | None = None,
    from_prior: bool = False,
    book: Markbook | None = None,
) -> Grown:
    """The growth of every cohort of `term`, from `since` or from prior attainment alone. Source: methods 3.1, 12.

    `book` holds the marks of the tables, where it is at hand."""
    taught, marks = taught_in(tables, scales, term, book)
    actual, known = marks[ACTUAL], tuple(scales.values())
    written = actual.only(actual.at == moment(term))
    now = written.grades(taught.size, written.given)
    starts = starts_of(taught, now, candidates_for(taught, actual, prior_grades(tables, taught, scales), since, from_prior))
    members = starts.members
    ends = np.array([(scale.lowest, scale.highest) for scale in known], dtype=float)[members.scale]
    found = growths(members.cohorts, members.points, now.points[members.place], *ends.T)
    return Grown(taught, written, marks[TARGET], now, starts, found, known, tables["assessments"]["state"])
