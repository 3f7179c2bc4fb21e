"""The pupils who stood where a pupil stands, when they were in the same year group: the year above, and how far it came."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from sentrack_lib.measures.progress.grown import Grown
from sentrack_lib.measures.progress.growth import SMALLEST_COHORT, Line, lines
from sentrack_lib.measures.progress.starts import PRIOR
from sentrack_lib.sources.scales import Scale
from sentrack_lib.terms import Term

Codes = NDArray[np.int64]
Numbers = NDArray[np.float64]
Calendar = Mapping[str, tuple[date, date]]
Key = tuple[int, int, int]
"""Year group, subject and scale of the start, by their numbers in `Grown`."""


@dataclass(frozen=True)
class YearAbove:
    """A cohort in the school year after the one in which it stood where the year below stands now."""

    pupils: int
    begun: Term
    scale: int
    """The scale on which it is graded now."""
    line: Line | None
    reached: Numbers
    """Scaled residuals u of its pupils, the lowest first."""
    lowest: float
    highest: float
    noise: float
    """1 standard error of measurement of growth, in points; missing where start and now are on two scales."""
    why_not: str

    def scores(self, start: Numbers, shares: Numbers) -> Numbers:
        """The score below which each share of the pupils with each start stay (starts x shares): X b + s(x) u (methods 5)."""
        expected, spread = self._from(start)
        return expected + spread * np.quantile(self.reached, shares)

    def chances(self, start: Numbers, points: Numbers) -> Numbers:
        """The share of the pupils with each start that reached each number of points or more (starts x points)."""
        expected, spread = self._from(start)
        asked = (points - expected) / spread
        # As ranks are told apart: to nine decimals.
        return (len(self.reached) - np.searchsorted(self.reached, asked - 5e-10)) / len(self.reached)

    def _from(self, start: Numbers) -> tuple[Numbers, Numbers]:
        """What is usual from each start, and how widely scores spread around it; missing where the cohort cannot tell."""
        if self.line is None:
            return np.full((len(start), 1), np.nan), np.full((len(start), 1), np.nan)
        return self.line.expected(start)[:, None], self.line.spread(start)[:, None]


def years_above(found: Grown) -> dict[Key, YearAbove]:
    """For each year group, subject and scale on which its pupils may stand now, the cohort a year above that stood there in the
    school year before. Of several, the one with most pupils; where none is large enough, none."""
    members, taught = found.starts.members, found.taught
    below = _below(found)
    best: dict[Key, YearAbove] = {}
    for number, (rows, line) in enumerate(zip(_rows(found), lines(members.cohorts, members.points, found.growths), strict=True)):
        place = members.place[rows[members.shown[rows]][0]]
        begun = _begun(found.starts.candidates[found.starts.candidate[place]].name)
        year = below.get(int(taught.year_group[taught.pupil[place]]))
        if year is not None and begun is not None and begun.year == taught.term.year - 1:
            key = (year, int(taught.subject[place]), int(members.scale[rows[0]]))
            above = _year_above(found, number, rows, begun, line)
            best[key] = max(best.get(key, above), above, key=lambda each: each.pupils)
    return best


def _rows(found: Grown) -> list[Codes]:
    """The rows of each cohort among the members."""
    cohorts = found.starts.members.cohorts
    return np.split(np.arange(len(cohorts.of)), np.cumsum(cohorts.sizes))[: cohorts.number]


def _below(found: Grown) -> dict[int, int]:
    """The year group below each, by number."""
    return {above: year for year, above in enumerate(next_up(found)) if above >= 0}


def _year_above(found: Grown, cohort: int, rows: Codes, begun: Term, line: Line | None) -> YearAbove:
    members = found.starts.members
    start, now = members.points[rows], found.now.points[members.place[rows]]
    scale = int(found.now.scale[members.place[rows[0]]])
    reached = found.growths.residual[rows]
    noise = _noise(start, now, found.scales[int(members.scale[rows[0]])], found.scales[scale])
    why_not = str(found.growths.why_not[cohort])
    known = np.sort(reached[np.isfinite(reached)])
    return YearAbove(len(rows), begun, scale, line, known, float(start.min()), float(start.max()), noise, why_not)


def _noise(start: Numbers, now: Numbers, start_scale: Scale, now_scale: Scale) -> float:
    """1 SEM of growth: both assessments' own errors together (methods 3.6, 5)."""
    if start_scale.name != now_scale.name:
        return np.nan
    errors = start.var() * (1 - start_scale.reliability) + now.var() * (1 - now_scale.reliability)
    return float(np.sqrt(errors))


def next_up(found: Grown) -> list[int]:
    """For each year group the place of the next; -1 where the roll has none."""
    names = [str(name) for name in found.taught.year_groups]
    places = {name: place for place, name in enumerate(names)}
    return [places.get(str(int(name) + 1), -1) if name.isdigit() else -1 for name in names]


def _begun(candidate: str) -> Term | None:
    return None if candidate == PRIOR else Term.named(candidate)


def who_stood_there(found: Grown) -> dict[Key, int]:
    """How many pupils of the year above stood on each scale in the school year before, of cohorts too small to learn from."""
    taught, starts = found.taught, found.starts
    begun = [_begun(each.name) for each in starts.candidates]
    a_year = np.array([term is not None and term.year == taught.term.year - 1 for term in begun] + [False])
    rows = np.flatnonzero(a_year[starts.candidate] & (starts.pupils < SMALLEST_COHORT) & np.isfinite(found.now.points))
    below = _below(found)
    columns = taught.year_group[taught.pupil[rows]], taught.subject[rows], starts.scale[rows], starts.pupils[rows]
    most: dict[Key, int] = {}
    for year, subject, scale, pupils in np.stack(columns, axis=1).tolist():
        if year in below:
            key = (below[year], subject, scale)
            most[key] = max(most.get(key, 0), pupils)
    return most
