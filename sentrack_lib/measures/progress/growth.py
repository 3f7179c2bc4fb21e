"""Growth in one cohort: what pupils with the same start usually reach, and how far each pupil is from it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

Numbers = NDArray[np.float64]

SMALLEST_COHORT = 60
SMALLEST_FOR_A_CURVE = 120
MOST_AT_AN_END = 0.15
LEAST_RELIABLE = 0.1
LOWEST_QUARTER = float(ndtri(0.25))

# Closer than this, a difference is the computer's rounding and not the pupils'.
ROUNDING = 1e-9

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
class Growth:
    """One cohort's growth, pupil by pupil; all missing, with the reason in `why_not`, where the cohort cannot tell."""

    expected: Numbers
    residual: Numbers
    """Scaled residual u, in standard deviations; missing for a pupil whose start stands alone."""
    percentile: Numbers
    correlation: float = np.nan
    line: Line | None = None
    why_not: str = ""


def growth(start: Numbers, now: Numbers, lowest: float | None = None, highest: float | None = None) -> Growth:
    """Growth of a cohort from its scores at the start and now, both in points; `lowest` and `highest` are the start scale's ends.

    Source: methods 3.1, with the readings of section 12.
    """
    if why_not := _unfit(start, now, lowest, highest):
        return _unknown(len(start), why_not)
    mean, sd = float(start.mean()), float(start.std())
    z = (start - mean) / sd
    curve, fitted, leverage = _least_squares(_powers(z, _columns(z)), now)
    if (now - fitted).std() <= ROUNDING * now.std():
        return _unknown(len(start), NO_SPREAD)
    with np.errstate(divide="ignore", invalid="ignore"):
        stretched = np.where(leverage < 1 - ROUNDING, (now - fitted) / np.sqrt(1 - leverage), np.nan)
    width = _width(z, stretched)
    residual = stretched / np.exp(width[0] + width[1] * z)
    together = float(np.mean(z * (now - now.mean())) / now.std())
    return Growth(fitted, residual, percentiles(residual), together, Line(mean, sd, tuple(curve), width))


def percentiles(residual: Numbers) -> Numbers:
    """Growth percentile, 1 to 99, by the rank of u among those who have one; ties share their middle rank."""
    ranked = np.full(len(residual), np.nan)
    known = np.isfinite(residual)
    _, value, pupils = np.unique(np.round(residual[known], 9), return_inverse=True, return_counts=True)
    below = np.cumsum(pupils) - pupils
    ranked[known] = np.clip(100 * (below + pupils / 2)[value] / max(known.sum(), 1), 1, 99)
    return ranked


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


def _unfit(start: Numbers, now: Numbers, lowest: float | None, highest: float | None) -> str:
    """Why this cohort cannot say what is usual; empty if it can."""
    if len(start) < SMALLEST_COHORT:
        return too_few(len(start))
    if min(_relative_spread(start), _relative_spread(now)) <= ROUNDING:
        return NO_SPREAD
    at_floor = float(np.mean(start <= (start.min() if lowest is None else lowest)))
    at_ceiling = float(np.mean(start >= (start.max() if highest is None else highest)))
    if at_floor > MOST_AT_AN_END:
        return _at_an_end("Floor", at_floor, "lowest")
    return _at_an_end("Ceiling", at_ceiling, "highest") if at_ceiling > MOST_AT_AN_END else ""


def _relative_spread(scores: Numbers) -> float:
    return float(np.ptp(scores) / max(np.abs(scores).max(), ROUNDING))


def _at_an_end(name: str, share: float, end: str) -> str:
    where = f"{100 * share:.0f} % of this cohort started at the {end} point of the scale"
    return f"{name}: {where}, so typical progress cannot be estimated."


def _unknown(pupils: int, why_not: str) -> Growth:
    nothing = np.full(pupils, np.nan)
    return Growth(nothing, nothing, nothing, why_not=why_not)


def _columns(z: Numbers) -> int:
    """How many powers of the start the cohort can carry: a curve needs 120 pupils and three different starts."""
    curved = len(z) >= SMALLEST_FOR_A_CURVE and len(np.unique(np.round(z, 9))) > 2
    return 3 if curved else 2


def _powers(z: Numbers, columns: int) -> Numbers:
    return np.stack([np.ones_like(z), z, z * z][:columns], axis=1)


def _least_squares(powers: Numbers, now: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    """Ordinary least squares: the coefficients, the fitted values, each pupil's leverage."""
    basis, triangle = np.linalg.qr(powers)
    parts = basis.T @ now
    return np.linalg.solve(triangle, parts), basis @ parts, np.square(basis).sum(axis=1)


def _width(z: Numbers, stretched: Numbers) -> tuple[float, float]:
    """Height and slope of the log spread over the start, so that the mean square of u is 1."""
    known = np.isfinite(stretched)
    z, stretched = z[known], stretched[known]
    logs = np.log(np.abs(stretched) + 0.05 * stretched.std())
    off = z - z.mean()
    slope = float(off @ logs / max(off @ off, ROUNDING))
    height = float(logs.mean() - slope * z.mean())
    return height + 0.5 * float(np.log(np.mean(np.square(stretched / np.exp(height + slope * z))))), slope
