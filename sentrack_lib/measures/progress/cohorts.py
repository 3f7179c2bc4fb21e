"""Many cohorts at once: the sums, the regressions and the ranks of each, without a look at the others."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.int64]
Numbers = NDArray[np.float64]
Mask = NDArray[np.bool_]

SMALLEST_FOR_A_CURVE = 120

# Closer than this, a difference is the computer's rounding and not the pupils'.
ROUNDING = 1e-9


@dataclass(frozen=True)
class Cohorts:
    """The cohort of each row of some pupils, who stand cohort by cohort: its number, from 0, and how many cohorts there are."""

    of: Codes
    number: int

    @classmethod
    def one(cls, pupils: int) -> "Cohorts":
        """A single cohort of some pupils."""
        return cls(np.zeros(pupils, dtype="int64"), 1)

    @cached_property
    def sizes(self) -> Codes:
        """Pupils of each cohort."""
        return np.bincount(self.of, minlength=self.number)

    def only(self, which: Mask) -> "Cohorts":
        """The same cohorts with some of their rows."""
        return Cohorts(self.of[which], self.number)

    def sums(self, values: NDArray[Any]) -> Numbers:
        """The sum of each cohort's values; 0 for a cohort without a row."""
        # With a 0 behind them, because a cohort without a row may be the last.
        return np.where(self.sizes > 0, np.add.reduceat(np.append(values, 0.0), self._first), 0)

    def means(self, values: NDArray[Any]) -> Numbers:
        """The mean of each cohort's values; missing for a cohort without a row."""
        with np.errstate(invalid="ignore"):
            return self.sums(values) / self.sizes

    def off(self, values: Numbers) -> Numbers:
        """How far each value is from the mean of its cohort."""
        return values - self.means(values)[self.of]

    def deviations(self, values: Numbers) -> Numbers:
        """The standard deviation of each cohort's values."""
        return np.sqrt(self.means(np.square(self.off(values))))

    def lowest(self, values: Numbers) -> Numbers:
        """The lowest of each cohort's values, where every cohort has a row."""
        return np.minimum.reduceat(values, self._first)

    def highest(self, values: Numbers) -> Numbers:
        """The highest of each cohort's values, where every cohort has a row."""
        return np.maximum.reduceat(values, self._first)

    @cached_property
    def _first(self) -> Codes:
        return np.cumsum(self.sizes) - self.sizes


def percentiles(values: Numbers, cohorts: Cohorts) -> Numbers:
    """Percentile, 1 to 99, by the rank of a value among those of its cohort that are known; ties share their middle rank."""
    known = np.isfinite(values)
    of, rounded = cohorts.of[known], np.round(values[known], 9)
    # The second sort is several times faster on small numbers.
    order = np.argsort(rounded)
    order = order[np.argsort(of[order].astype(np.min_scalar_type(cohorts.number)), kind="stable")]
    of, rounded = of[order], rounded[order]
    first = np.flatnonzero(np.diff(of, prepend=-1).astype(bool) | (np.diff(rounded, prepend=0) != 0))
    pupils, sizes = np.diff(first, append=len(of)), np.bincount(of, minlength=cohorts.number)
    below = first - (np.cumsum(sizes) - sizes)[of[first]]
    ranked = np.full(len(values), np.nan)
    ranked[np.flatnonzero(known)[order]] = np.repeat(100 * (below + pupils / 2), pupils) / sizes[of]
    return np.clip(ranked, 1, 99)


def curved(cohorts: Cohorts, z: Numbers) -> Mask:
    """Which cohorts can carry a curve: those of 120 pupils with three different starts."""
    rounded = np.round(z, 9)
    between = (rounded > cohorts.lowest(rounded)[cohorts.of]) & (rounded < cohorts.highest(rounded)[cohorts.of])
    return (cohorts.sizes >= SMALLEST_FOR_A_CURVE) & (cohorts.sums(between) > 0)


def least_squares(cohorts: Cohorts, z: Numbers, now: Numbers) -> tuple[Numbers, Numbers]:
    """Ordinary least squares of `now` on 1, z and, in a cohort that can carry it, z squared: fitted values and leverages."""
    basis = [_unit(cohorts, np.ones_like(z))]
    basis.append(_unit(cohorts, z, *basis))
    basis.append(np.where(curved(cohorts, z)[cohorts.of], _unit(cohorts, z * z, *basis), 0))
    fitted = sum(cohorts.sums(column * now)[cohorts.of] * column for column in basis)
    return np.asarray(fitted), np.sum(np.square(basis), axis=0)


def _unit(cohorts: Cohorts, values: Numbers, *basis: Numbers) -> Numbers:
    """Values made independent of the columns before them, of length 1 in each cohort."""
    # Taken away a second time, because the first leaves its rounding.
    for column in basis * 2:
        values = values - cohorts.sums(values * column)[cohorts.of] * column
    return values / np.sqrt(cohorts.sums(np.square(values)))[cohorts.of]


def widths(cohorts: Cohorts, z: Numbers, stretched: Numbers) -> tuple[Numbers, Numbers]:
    """Height and slope of each cohort's log spread over the start, so that its mean square of u is 1."""
    known = np.isfinite(stretched)
    cohorts, z, stretched = cohorts.only(known), z[known], stretched[known]
    logs = np.log(np.abs(stretched) + 0.05 * cohorts.deviations(stretched)[cohorts.of])
    off = cohorts.off(z)
    slope = cohorts.sums(off * logs) / np.maximum(cohorts.sums(np.square(off)), ROUNDING)
    height = cohorts.means(logs) - slope * cohorts.means(z)
    scaled = stretched / np.exp(height[cohorts.of] + slope[cohorts.of] * z)
    return height + 0.5 * np.log(cohorts.means(np.square(scaled))), slope
