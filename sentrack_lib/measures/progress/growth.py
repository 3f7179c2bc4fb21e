"""Growth in cohorts: what pupils with the same start usually reach, and how far each pupil is from it."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from sentrack_lib.measures.progress.cohorts import ROUNDING, Cohorts, Numbers, curved, least_squares, percentiles, widths

Texts = NDArray[Any]

SMALLEST_COHORT = 60
MOST_AT_AN_END = 0.15
LEAST_RELIABLE = 0.1
LOWEST_QUARTER = float(ndtri(0.25))

NO_SPREAD = "No spread: the pupils of this cohort do not differ in their start, their score now or their growth."
ALONE = "No other pupil of this cohort started near this one, so nothing says what is usual from there."
TOO_NOISY = "These two assessments are too noisy or too alike to see growth: the percentile is shown without its band."


@dataclass(frozen=True)
class Line:
    """What a cohort's pupils usually reach from each start, and how widely they differ there (methods 3.1)."""

    mean: float
    sd: float
    curve: tuple[float, ...]
    width: tuple[float, float]

    def expected(self, start: Numbers) -> Numbers:
        """The usual score now, in points of the scale now, from each start."""
        return _powers(self._standard(start), len(self.curve)) @ np.array(self.curve)

    def spread(self, start: Numbers) -> Numbers:
        """The standard deviation of scores now, in points, around the usual one from each start."""
        return np.exp(self.width[0] + self.width[1] * self._standard(start))

    def _standard(self, start: Numbers) -> Numbers:
        return (start - self.mean) / self.sd


@dataclass(frozen=True)
class Growths:
    """The growth of many cohorts: pupil by pupil `expected`, `residual` and `percentile`, cohort by cohort the others.

    All missing, with the reason in `why_not` (else empty), where a cohort cannot tell."""

    expected: Numbers
    residual: Numbers
    """Scaled residual u, in standard deviations; missing for a pupil whose start stands alone."""
    percentile: Numbers
    correlation: Numbers
    width: tuple[Numbers, Numbers]
    why_not: Texts


@dataclass(frozen=True)
class Growth:
    """One cohort's growth, as in `Growths`."""

    expected: Numbers
    residual: Numbers
    percentile: Numbers
    correlation: float = np.nan
    line: Line | None = None
    why_not: str = ""


def growth(start: Numbers, now: Numbers, lowest: float | None = None, highest: float | None = None) -> Growth:
    """Growth of one cohort from its scores at the start and now, both in points; `lowest` and `highest` are the start scale's
    ends (missing: those seen)."""
    if not len(start):
        return Growth(start, start, start, why_not=too_few(0))
    one, ends = Cohorts.one(len(start)), (np.full(len(start), end, dtype=float) for end in (lowest, highest))
    found = growths(one, start, now, *ends)
    told = (found.expected, found.residual, found.percentile, float(found.correlation[0]))
    return Growth(*told, lines(one, start, found)[0], str(found.why_not[0]))


def growths(cohorts: Cohorts, start: Numbers, now: Numbers, lowest: Numbers, highest: Numbers) -> Growths:
    """Growth of every cohort from each pupil's scores at the start and now, in points, and the ends of the scale of the start
    (missing: those seen).

    Source: methods 3.1, with the readings of section 12.
    """
    why_not = _unfit(cohorts, start, now, lowest, highest)
    with np.errstate(divide="ignore", invalid="ignore"):
        z = cohorts.off(start) / cohorts.deviations(start)[cohorts.of]
        fitted, leverage = least_squares(cohorts, z, now)
        left, spread = now - fitted, cohorts.deviations(now)
        why_not[(why_not == "") & (cohorts.deviations(left) <= ROUNDING * spread)] = NO_SPREAD
        stretched = np.where(leverage < 1 - ROUNDING, left / np.sqrt(1 - leverage), np.nan)
        height, slope = widths(cohorts, z, stretched)
        residual = stretched / np.exp(height[cohorts.of] + slope[cohorts.of] * z)
        together = cohorts.means(z * cohorts.off(now)) / spread
    known = why_not == ""
    fitted, residual = (np.where(known[cohorts.of], each, np.nan) for each in (fitted, residual))
    return Growths(fitted, residual, percentiles(residual, cohorts), np.where(known, together, np.nan), (height, slope), why_not)


def lines(cohorts: Cohorts, start: Numbers, found: Growths) -> list[Line | None]:
    """The line of each cohort, whose fitted scores lie on it; none for a cohort that cannot tell. `found` is from `growths`."""
    with np.errstate(divide="ignore", invalid="ignore"):
        columns = np.where(curved(cohorts, cohorts.off(start) / cohorts.deviations(start)[cohorts.of]), 3, 2)
    ends = np.cumsum(cohorts.sizes)
    parts = zip(
        *(np.split(each, ends)[: cohorts.number] for each in (start, found.expected)),
        columns,
        *found.width,
        found.why_not,
        strict=True,
    )
    return [None if why else _line(each, fitted, count, (height, slope)) for each, fitted, count, height, slope, why in parts]


def _line(start: Numbers, expected: Numbers, columns: int, width: tuple[float, float]) -> Line:
    mean, sd = float(start.mean()), float(start.std())
    curve = np.linalg.lstsq(_powers((start - mean) / sd, columns), expected)[0]
    return Line(mean, sd, tuple(curve), (float(width[0]), float(width[1])))


def too_few(pupils: int) -> str:
    """Why a cohort of this many pupils gives no expected progress."""
    return f"Too few pupils ({pupils}) in this cohort to say what is typical: at least {SMALLEST_COHORT} are needed."


def growth_reliability(correlation: Numbers, reliability_now: Numbers, reliability_start: Numbers) -> Numbers:
    """The share g of the differences in growth that is not noise of the two assessments (methods 3.3)."""
    alike = np.square(correlation)
    with np.errstate(divide="ignore", invalid="ignore"):
        return 1 - ((1 - reliability_now) + alike * (1 - reliability_start)) / (1 - alike)


def average_reliability(agreement: float, subjects: Numbers) -> Numbers:
    """The reliability g_k of the mean growth over k subjects that correlate by `agreement` on average (methods 3.3)."""
    return subjects * agreement / (1 + (subjects - 1) * agreement)


def band(residual: Numbers, reliability: Numbers) -> tuple[Numbers, Numbers]:
    """Both ends of the 68 % band of the growth percentile (methods 3.3); missing where growth is too noisy to see."""
    reliability = _seen(reliability)
    middle, half = np.sqrt(reliability) * residual, np.sqrt(1 - reliability)
    return 100 * ndtr(middle - half), 100 * ndtr(middle + half)


def chance_of_low(residual: Numbers, reliability: Numbers) -> Numbers:
    """The probability, 0 to 1, that true growth is in the lowest quarter (methods 3.3); missing where too noisy to see."""
    reliability = _seen(reliability)
    with np.errstate(divide="ignore", invalid="ignore"):
        distance = (LOWEST_QUARTER * np.sqrt(reliability) - reliability * residual) / np.sqrt(reliability * (1 - reliability))
    return ndtr(distance)


def _seen(reliability: Numbers) -> Numbers:
    """The reliability, missing where it is so low that growth cannot be seen."""
    reliability = np.asarray(reliability, dtype=float)
    return np.where(reliability > LEAST_RELIABLE, np.minimum(reliability, 1), np.nan)


def _unfit(cohorts: Cohorts, start: Numbers, now: Numbers, lowest: Numbers, highest: Numbers) -> Texts:
    """Why a cohort cannot say what is usual; empty for one that can."""
    flat = np.minimum(_relative_spread(cohorts, start), _relative_spread(cohorts, now)) <= ROUNDING
    lowest = np.where(np.isnan(lowest), cohorts.lowest(start)[cohorts.of], lowest)
    highest = np.where(np.isnan(highest), cohorts.highest(start)[cohorts.of], highest)
    floor, ceiling = cohorts.means(start <= lowest), cohorts.means(start >= highest)
    faults = [cohorts.sizes < SMALLEST_COHORT, flat, floor > MOST_AT_AN_END, ceiling > MOST_AT_AN_END]
    said = [
        [too_few(pupils) for pupils in cohorts.sizes],
        [NO_SPREAD] * cohorts.number,
        [_at_an_end("Floor", share, "lowest") for share in floor],
        [_at_an_end("Ceiling", share, "highest") for share in ceiling],
    ]
    return np.select(faults, [np.array(words, dtype=object) for words in said], "")


def _relative_spread(cohorts: Cohorts, scores: Numbers) -> Numbers:
    lowest, highest = cohorts.lowest(scores), cohorts.highest(scores)
    return (highest - lowest) / np.maximum(np.maximum(np.abs(lowest), np.abs(highest)), ROUNDING)


def _at_an_end(name: str, share: float, end: str) -> str:
    where = f"{100 * share:.0f} % of this cohort started at the {end} point of the scale"
    return f"{name}: {where}, so typical progress cannot be estimated."


def _powers(z: Numbers, columns: int) -> Numbers:
    return np.stack([np.ones_like(z), z, z * z][:columns], axis=1)
