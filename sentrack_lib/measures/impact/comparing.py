"""Pupils in a provision beside pupils who have none: who is compared, what was to be expected anyway, what was found.

Readings of methods.md, sections 7 and 12. All untreated pupils of the year groups are compared, not those alone whose start lies
within half an sd of the treated pupils' range: with these alone an effect of 0.6 SD on pupils chosen by a test was found in 45
schools of 100, not in the 93 of section 7. So many as an effect needs must still have started alike (`near`), else the line rests
on nobody. With several year groups each score is set against the mean of the year group's untreated pupils in that term, which
changes nothing where there is one. The plausible range reaches from the lower to the higher end of both intervals, so that it
always holds the effect. docs/impact.py shows that the error rates of section 7 are kept."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from pandas import Series

from sentrack_lib.measures.groups.certainty import detectable
from sentrack_lib.measures.impact.estimates import Estimate, Mask, Numbers, adjusted, banded, by_shuffling, of_change

Codes = NDArray[np.int64]
FEWEST, EACH, SHUFFLED_BELOW = 8, 2, 15
"""Fewest pupils for an effect, comparators for each of them, and pupils below which the permutation test is added."""
NEAR = 0.5
"""SD of starts by which one who started alike may lie outside the range of the treated."""
BANDS = 5
OF_EACH = ("pupil", "treated", "near", "p0", "p1", "y")


@dataclass(frozen=True)
class Cohort:
    """The pupils of some year groups who have scores: `treated`, who may be compared with (`free`), or neither (they still show
    how the year group moves). `p0` may be missing, the other scores may not. `lot`: the free are those who were not drawn."""

    pupil: Codes
    year: Codes
    treated: Mask
    free: Mask
    untreated: Mask
    p0: Numbers
    p1: Numbers
    y: Numbers
    beside: NDArray[np.bool_]
    """A column each other provision that some of the treated are in."""
    lot: bool = False


@dataclass(frozen=True)
class Sides:
    """The treated and their comparators, with scores in SD of the untreated pupils' `y` about the year group's mean."""

    pupil: Codes
    treated: Mask
    near: Mask
    """Who started within half an sd of the range of the treated."""
    p0: Numbers
    p1: Numbers
    y: Numbers
    beside: Numbers
    lot: bool
    explained: float
    """Share of the spread of `y` that the start explains among the untreated."""
    raw_gain: float
    expected_gain: float
    """Mean gain of the treated from `p1` to `y`, and what it would have been without help, in points of the scale."""

    @property
    def n(self) -> int:
        """How many are treated."""
        return int(self.treated.sum())

    @property
    def comparators(self) -> int:
        """How many they are held against."""
        return int((~self.treated).sum())

    @property
    def alike(self) -> int:
        """How many of these started alike; all where places were drawn by lot."""
        return self.comparators if self.lot else int((self.near & ~self.treated).sum())

    @property
    def detectable(self) -> float:
        """The smallest effect, in SD, that would be found four times in five: known before the result."""
        size = detectable(Series([self.n]), Series([self.comparators])).iloc[0]
        return float(size * np.sqrt(max(1 - self.explained, 0)))


@dataclass(frozen=True)
class Found:
    """Both estimates in SD, and the p-value of the permutation test where there are few."""

    alike: Estimate
    earlier: Estimate
    shuffled: float
    lot: bool

    @property
    def low(self) -> float:
        """The lower end of the plausible range: of both intervals, or of the first alone where places were drawn by lot."""
        return self.alike.low if self.lot else float(np.minimum(self.alike.low, self.earlier.low))

    @property
    def high(self) -> float:
        """The higher end of the plausible range."""
        return self.alike.high if self.lot else float(np.maximum(self.alike.high, self.earlier.high))

    @property
    def p(self) -> float:
        """The largest p-value of those that must hold together."""
        asked = [self.alike.p, *([] if self.lot else [self.earlier.p])]
        return float(np.max(asked if np.isnan(self.shuffled) else [*asked, self.shuffled]))


def sides_of(cohort: Cohort) -> Sides:
    """Who is compared: the treated and all who are free, with who of them started alike."""
    p0, p1, y = (_about(cohort, score) for score in (cohort.p0, cohort.p1, cohort.y))
    slope, explained = _straight(p1[cohort.untreated], y[cohort.untreated])
    sd = _sd(y[cohort.untreated])
    known = np.isfinite(p1 + y) if cohort.lot else np.isfinite(p0 + p1 + y)
    chosen = known & (cohort.treated | cohort.free)
    near = _near(p1, chosen & cohort.treated, _sd(p1[cohort.untreated]))
    told, expected = chosen & cohort.treated, slope * p1 + (cohort.y - y)
    gains = [_mean((score - cohort.p1)[told]) for score in (cohort.y, expected)]
    own = cohort.beside[chosen].astype("float64")
    p0, p1, y = ((score / sd)[chosen] for score in (p0, p1, y))
    who = (cohort.pupil[chosen], cohort.treated[chosen], near[chosen])
    return Sides(*who, p0, p1, y, own, cohort.lot, explained, gains[0], gains[1])


def _near(p1: Numbers, treated: Mask, sd: float) -> Mask:
    room, start = NEAR * np.nan_to_num(sd), p1[treated]
    return (p1 >= start.min(initial=np.inf) - room) & (p1 <= start.max(initial=-np.inf) + room)


def _about(cohort: Cohort, score: Numbers) -> Numbers:
    """Scores about the mean of the year group's untreated pupils; missing where there are none."""
    known = cohort.untreated & np.isfinite(score)
    years = int(cohort.year.max(initial=-1)) + 1
    count = np.bincount(cohort.year[known], minlength=years).astype("float64")
    whole = np.bincount(cohort.year[known], weights=score[known], minlength=years)
    return score - np.divide(whole, count, out=np.full(years, np.nan), where=count > 0)[cohort.year]


def _straight(x: Numbers, y: Numbers) -> tuple[float, float]:
    """The slope of the straight line through some points, and the share of the spread of `y` that it explains."""
    both = np.isfinite(x + y)
    x, y = x[both] - _mean(x[both]), y[both] - _mean(y[both])
    if x @ x < 1e-12 or y @ y < 1e-12:
        return 0.0, 0.0
    return float(x @ y / (x @ x)), float((x @ y) ** 2 / (x @ x) / (y @ y))


def _sd(values: Numbers) -> float:
    known = values[np.isfinite(values)]
    found = float(known.std(ddof=1)) if len(known) > 1 else np.nan
    return found if found > 1e-9 else np.nan


def _mean(values: Numbers) -> float:
    return float(values.mean()) if len(values) else np.nan


def together(parts: Sequence[Sides]) -> Sides:
    """Several provisions as one, each pupil once: treated where in any, a comparator of whichever has the fewest for its own."""
    taken: dict[int, int] = {}
    for part, each in enumerate(parts):
        taken |= {pupil: part for pupil in each.pupil[each.treated].tolist() if pupil not in taken}
    treated, of_own = set(taken), [0] * len(parts)
    turns = [(part, pupil) for part, each in enumerate(parts) for pupil in each.pupil[~each.treated].tolist()]
    wanted: dict[int, list[int]] = {}
    for part, pupil in turns:
        if pupil not in treated:
            wanted.setdefault(pupil, []).append(part)
    for pupil, offers in sorted(wanted.items(), key=lambda item: (len(item[1]), item[0])):
        taken[pupil] = min(offers, key=lambda part: of_own[part] / max(parts[part].n, 1))
        of_own[taken[pupil]] += 1
    kept = [_only(each, taken, part) for part, each in enumerate(parts)]
    n = np.array([each.n for each in kept], dtype="float64")
    explained = float(n @ [each.explained for each in kept] / n.sum()) if n.sum() else 0.0
    pupil, was, near, p0, p1, y = (np.concatenate([getattr(each, name) for each in kept]) for name in OF_EACH)
    return Sides(pupil, was, near, p0, p1, y, np.zeros((len(pupil), 0)), False, explained, np.nan, np.nan)


def _only(each: Sides, taken: dict[int, int], part: int) -> Sides:
    kept = np.array([taken.get(pupil) == part for pupil in each.pupil.tolist()], dtype="bool")
    # Drawn by lot or not, in a sum of provisions both estimates are asked for.
    kept &= np.isfinite(each.p0)
    return replace(each, **{name: getattr(each, name)[kept] for name in OF_EACH}, beside=each.beside[kept])


def compared(sides: Sides, seed: int) -> Found:
    """Both estimates: against pupils who started alike (`p1` held equal), and of the change since the earlier test `p0`."""
    treated, beside = sides.treated, sides.beside
    alike_on = np.column_stack([sides.p1, beside])
    alike = adjusted(sides.y, treated, alike_on)
    known = np.isfinite(sides.p0)
    change = (sides.y - sides.p0)[known]
    if min(treated[known].sum(), (~treated[known]).sum()) < FEWEST:
        earlier = Estimate()
    elif beside.shape[1]:
        earlier = adjusted(change, treated[known], beside[known])
    else:
        earlier = of_change(change, treated[known])
    few = sides.n < SHUFFLED_BELOW
    bands = banded(sides.p1, max(1, min(BANDS, sides.n // 2)))
    shuffled = by_shuffling(sides.y, treated, alike_on, bands, seed) if few else np.nan
    return Found(alike, earlier, shuffled, sides.lot)
