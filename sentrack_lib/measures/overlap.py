"""How far the numbers of one pupil in two phases lie apart: each number before is put beside each number during.

Everywhere more is better; turn numbers of which less is better round first. Missing, never infinite, where a phase has no
numbers. All of it treats the days as independent of each other, though a pupil's days are alike: it is a little too sure.
Sources: Parker and Vannest 2009 (NAP); Parker, Vannest, Davis and Sauber 2011 (Tau, Tau-U); Tarlow 2017 (baseline-corrected
Tau); Newcombe 2006, method 5 (the interval); as they are defined in the documentation of the R package SingleCaseES.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, stats

from sentrack_lib.measures.groups.certainty import NORMAL

Numbers = NDArray[np.float64]
MOST_EXACT = 80
"""With more numbers than these in both phases together every way to divide them is no longer counted out."""
FEWEST_FOR_TREND = 3
NEAR = 1e-9
DECIMALS = 9
"""Numbers that differ by less are one: the difference is the computer's rounding."""


def nap(before: Numbers, during: Numbers) -> float:
    """Non-overlap of all pairs (0 to 1): the share of pairs in which the number during is better, a tie counted half."""
    steps = _steps(before, during)
    return float(((steps > 0) + 0.5 * (steps == 0)).mean()) if steps.size else np.nan


def tau(before: Numbers, during: Numbers) -> float:
    """Tau of the two phases (-1 to 1): the share of pairs that are better less the share that are worse; 2 NAP - 1."""
    steps = _steps(before, during)
    return float(np.sign(steps).mean()) if steps.size else np.nan


def tau_u(before: Numbers, during: Numbers) -> float:
    """Tau-U with the trend before taken off: (S of the pairs - S of the numbers `before`, in the order of days) / pairs.

    It may lie outside -1 to 1, and takes off little where there are many numbers during."""
    steps = _steps(before, during)
    own = np.sign(before[None, :] - before[:, None])[np.triu_indices(len(before), 1)]
    return float((np.sign(steps).sum() - own.sum()) / steps.size) if steps.size else np.nan


def trend(days: Numbers, numbers: Numbers) -> float:
    """The Theil-Sen slope, a week; missing under three numbers."""
    return float(stats.theilslopes(numbers, days).slope) * 7 if len(numbers) >= FEWEST_FOR_TREND else np.nan


def less_trend(days: Sequence[Numbers], numbers: Sequence[Numbers]) -> tuple[Numbers, Numbers]:
    """The numbers before and during, each less what the trend before would bring to its day (Tarlow 2017, without a pretest)."""
    weekly = trend(days[0], numbers[0])
    before, during = (np.round(own - weekly * on / 7, DECIMALS) for on, own in zip(days, numbers, strict=True))
    return before, during


def nap_interval(share: float, before: int, during: int) -> tuple[float, float]:
    """The 95 % interval of NAP (Newcombe's score interval, method 5) with so many numbers in each phase."""
    if not before or not during:
        return np.nan, np.nan
    half = (before + during) / 2 - 1

    def beyond(true: float) -> float:
        spread = true * (1 - true) * (2 + half + (1 + 2 * half) * true * (1 - true))
        return before * during * (share - true) ** 2 * (2 - true) * (1 + true) - NORMAL**2 * spread

    # At all and at nothing it is nought as well, but that is not the end that is looked for.
    low = optimize.brentq(beyond, 0, min(share, 1 - NEAR)) if share > NEAR else 0.0
    return low, optimize.brentq(beyond, max(share, NEAR), 1) if share < 1 - NEAR else 1.0


def chance_alone(before: Numbers, during: Numbers) -> float:
    """The exact two-sided p of Mann and Whitney, ties and all: of all ways to divide the numbers between the phases, the share
    in which the phases lie at least as far apart. Nearly so where there are more than 80 numbers."""
    if not len(before) or not len(during):
        return np.nan
    if len(before) + len(during) > MOST_EXACT:
        return float(stats.mannwhitneyu(during, before, method="asymptotic").pvalue)
    ranks = np.round(2 * stats.rankdata(np.round(np.concatenate([before, during]), DECIMALS))).astype(np.int64)
    ways = _ways(ranks, len(before))
    away = np.abs(np.arange(len(ways)) * len(ranks) - len(before) * ranks.sum())
    seen = abs(ranks[: len(before)].sum() * len(ranks) - len(before) * ranks.sum())
    return float(ways[away >= seen].sum() / ways.sum())


def _ways(ranks: NDArray[np.int64], some: int) -> Numbers:
    """For each sum, in how many ways `some` of the ranks add up to it."""
    ways = np.zeros((some + 1, int(ranks.sum()) + 1))
    ways[0, 0] = 1
    for rank in ranks:
        ways[1:, rank:] += ways[:-1, : ways.shape[1] - rank].copy()
    return ways[some]


def _steps(before: Numbers, during: Numbers) -> Numbers:
    """From each number before to each number during."""
    return np.round(during[None, :] - before[:, None], DECIMALS)
