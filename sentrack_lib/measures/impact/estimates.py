"""Two estimates of what a provision changed: against pupils who started alike, and from an earlier test. Numbers in, numbers out.

Plain algebra, for it is worked out again after every save; a test holds it to statsmodels and scipy.
Source: methods.md, sections 7 and 12 (Impact)."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from pandas import DataFrame
from scipy import special

from sentrack_lib.measures.groups.certainty import gap_of_means

Numbers = NDArray[np.float64]
Mask = NDArray[np.bool_]
DRAWS = 2_000
"""Of the permutation test."""
NOTHING_LEFT = 1e-9


class Estimate(NamedTuple):
    """An effect with its 95 % interval and p-value; all missing where it cannot be told."""

    effect: float = np.nan
    low: float = np.nan
    high: float = np.nan
    p: float = np.nan


def adjusted(y: Numbers, treated: Mask, beside: Numbers) -> Estimate:
    """The coefficient of `treated` in the regression of `y` on it, a constant and the columns `beside`: OLS with HC3 standard
    errors and the t distribution. Columns that say nothing new are left out; where `treated` itself says nothing new, the effect
    cannot be told. A pupil whom a column of their own describes to the full tells nothing of the effect and adds no error."""
    base = _basis(np.column_stack([np.ones(len(y)), beside]))
    own, left = (each - base @ (base.T @ each) for each in (treated.astype("float64"), y))
    size, freedom = own @ own, len(y) - base.shape[1] - 1
    if size < NOTHING_LEFT or freedom < 1:
        return Estimate()
    effect = float(own @ left / size)
    room = 1 - (base**2).sum(axis=1) - own**2 / size
    missed = np.divide(left - effect * own, room, out=np.zeros(len(y)), where=room > NOTHING_LEFT)
    error = float(np.sqrt((own**2) @ (missed**2)) / size)
    if error < NOTHING_LEFT:
        return Estimate(effect)
    spread = float(special.stdtrit(freedom, 0.975)) * error
    return Estimate(effect, effect - spread, effect + spread, 2 * float(special.stdtr(freedom, -abs(effect / error))))


def _basis(columns: Numbers) -> Numbers:
    """Columns at right angles that span the same."""
    sides, size, _ = np.linalg.svd(columns, full_matrices=False)
    return sides[:, size > NOTHING_LEFT * size[0]]


def of_change(change: Numbers, treated: Mask) -> Estimate:
    """The mean change of the treated less that of the others, by Welch."""
    some, rest = (DataFrame({"n": [len(each)], "mean": [each.mean()], "variance": [each.var(ddof=1)]})
                  for each in (change[treated], change[~treated]))  # fmt: skip
    return Estimate(*gap_of_means(some, rest).iloc[0])


def by_shuffling(y: Numbers, treated: Mask, beside: Numbers, bands: NDArray[np.int64], seed: int) -> float:
    """The share of 2,000 draws in which pupils shuffled within their `bands` show as large an adjusted effect, either way."""
    base = _basis(np.column_stack([np.ones(len(y)), beside]))
    left = y - base @ (base.T @ y)
    chance, drawn = np.random.default_rng(seed), []
    for band in np.unique(bands[treated]):
        among = np.flatnonzero(bands == band)
        lots = np.argsort(chance.random((DRAWS, len(among))), axis=1)
        drawn.append(among[lots[:, : int(treated[among].sum())]])
    found = _effects(np.concatenate(drawn, axis=1), left, base)
    seen = _effects(np.flatnonzero(treated)[None, :], left, base)
    return float((found >= seen - NOTHING_LEFT).sum() + 1) / (DRAWS + 1)


def _effects(picked: NDArray[np.int64], left: Numbers, base: Numbers) -> Numbers:
    """The size of the adjusted effect where those picked (a row a draw) are taken for the treated: sums over them alone are asked
    for, since what is left of `y` is at right angles to the columns of `base`."""
    size = picked.shape[1] - (base[picked].sum(axis=1) ** 2).sum(axis=1)
    return np.abs(np.divide(left[picked].sum(axis=1), size, out=np.zeros(len(picked)), where=size > NOTHING_LEFT))


def banded(start: Numbers, bands: int) -> NDArray[np.int64]:
    """In which of some `bands` of about equal size, from the lowest start, each pupil stands; those who start alike together."""
    if not len(start):
        return np.zeros(0, dtype="int64")
    place = np.searchsorted(np.sort(start), start, side="left")
    return (place * bands // len(start)).astype("int64")
