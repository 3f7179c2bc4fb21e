"""How sure a figure is: intervals, tests, false findings among many, and what could have been seen. All over whole columns.

Numbers that cannot be formed (nobody, no spread) are missing, never infinite. Sources: methods, sections 4, 7 and 12.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas import DataFrame, Series
from scipy import special, stats

SHOWN, TESTED = 5, 10
"""Fewest pupils for an interval, and for a test and a verdict."""
QUESTIONED = 0.10
"""The largest q-value (share of false findings) of a clear difference."""
NO_SPREAD = 1e-12
NORMAL = stats.norm.ppf(0.975)
ALIKE = 1 + 1e-7
"""Two probabilities that differ by less are one; `scipy.stats.fisher_exact` counts them so."""


def wilson(count: Series, n: Series) -> DataFrame:
    """The 95 % interval (`low`, `high`, shares) of the share `count` of `n` (Wilson, z = 1.96)."""
    whole = n.astype("float64").where(n.gt(0))
    share, z = count.astype("float64") / whole, 1.96
    middle, weight = share + z**2 / (2 * whole), 1 + z**2 / whole
    spread = z * np.sqrt(share * (1 - share) / whole + z**2 / (4 * whole**2))
    return DataFrame({"low": ((middle - spread) / weight).clip(0, 1), "high": ((middle + spread) / weight).clip(0, 1)})


def gap_of_shares(count: Series, n: Series, count_rest: Series, n_rest: Series) -> DataFrame:
    """The `gap` between two independent shares and its 95 % interval (Newcombe 1998, from the Wilson intervals of both)."""
    one, other = wilson(count, n), wilson(count_rest, n_rest)
    share, share_rest = count / n.where(n.gt(0)), count_rest / n_rest.where(n_rest.gt(0))
    gap = share - share_rest
    below = np.sqrt((share - one["low"]) ** 2 + (other["high"] - share_rest) ** 2)
    above = np.sqrt((one["high"] - share) ** 2 + (share_rest - other["low"]) ** 2)
    return DataFrame({"gap": gap, "low": gap - below, "high": gap + above})


def fisher(count: Series, n: Series, count_rest: Series, n_rest: Series) -> Series:
    """Fisher's exact test, two-sided, of a share against that of the rest: the p-value of each row, 1 where either is empty."""
    rows = np.column_stack([count, n, count + count_rest, n + n_rest]).astype("float64")
    if not len(rows):
        return Series(index=n.index, dtype="float64")
    distinct, back = np.unique(rows, axis=0, return_inverse=True)
    return Series(_fisher(distinct)[back.reshape(-1)], index=n.index)


def _fisher(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """The sum of all tables that are no likelier than the one found, for rows of count, n, count of all, all."""
    count, n, counted, everyone = (column[:, None] for column in rows.T)
    possible = np.arange(int(min(counted.max(), n.max())) + 1)[None, :]
    likely = _hypergeometric(possible, n, counted, everyone)
    found = _hypergeometric(count, n, counted, everyone)
    return np.where(likely <= found * ALIKE, likely, 0).sum(axis=1).clip(0, 1)


def _hypergeometric(k: NDArray, n: NDArray, counted: NDArray, everyone: NDArray) -> NDArray[np.float64]:
    """The chance that `k` of `n` drawn from `everyone` are among the `counted`; 0 where it cannot be."""
    possible = (k <= n) & (k <= counted) & (n - k <= everyone - counted)

    def ways(whole: NDArray, part: NDArray) -> NDArray:
        part = np.where(possible, part, 0)
        return special.gammaln(whole + 1) - special.gammaln(part + 1) - special.gammaln(whole - part + 1)

    logs = ways(counted, k) + ways(everyone - counted, n - k) - ways(everyone, np.broadcast_to(n, possible.shape))
    return np.where(possible, np.exp(np.where(possible, logs, 0)), 0)


def summaries(rows: DataFrame, by: Sequence[str], value: str) -> DataFrame:
    """`n`, `mean` and `variance` (n - 1) of the known values of a column, one row for each of `by`, in their order."""
    known = rows.loc[rows[value].notna(), [*by, value]].astype({value: "float64"})
    found = known.groupby([*by], observed=True)[value].agg(["size", "mean", "var"])
    return found.set_axis(["n", "mean", "variance"], axis=1).reset_index()


def mean_interval(some: DataFrame) -> DataFrame:
    """The 95 % interval (`low`, `high`) of each `mean` of `n` values with a `variance` (n - 1), by the t distribution."""
    several = some["n"].astype("float64").where(some["n"].gt(1))
    spread = Series(stats.t.ppf(0.975, several - 1), index=some.index) * np.sqrt(some["variance"] / several)
    return DataFrame({"low": some["mean"] - spread, "high": some["mean"] + spread})


def gap_of_means(some: DataFrame, rest: DataFrame) -> DataFrame:
    """The `gap` between two independent means, its 95 % interval and the p-value `p`, by Welch; row by row, as `summaries`."""
    one, other = (each["variance"] / each["n"].where(each["n"].gt(1)) for each in (some, rest))
    squared = (one + other).where((one + other).gt(NO_SPREAD))
    freedom = squared**2 / (one**2 / (some["n"] - 1) + other**2 / (rest["n"] - 1))
    gap, error = some["mean"] - rest["mean"], np.sqrt(squared)
    spread = Series(stats.t.ppf(0.975, freedom), index=some.index) * error
    p = Series(2 * special.stdtr(freedom, -(gap / error).abs()), index=some.index)
    return DataFrame({"gap": gap, "low": gap - spread, "high": gap + spread, "p": p})


def q_values(p: Series, questions: Sequence[Series]) -> Series:
    """Benjamini and Hochberg's q within each family (rows alike in `questions`); a missing p is no test and stays missing."""
    known = p.dropna().astype("float64").sort_values(ascending=False)
    number = DataFrame({str(place): question.reindex(known.index) for place, question in enumerate(questions)})
    family = known.groupby(number.groupby([*number], sort=False).ngroup().to_numpy(), sort=False)
    rank = family.transform("size") - family.cumcount()
    q = (known * family.transform("size") / rank).clip(upper=1.0)
    # From the largest p down: no q may be larger than that of a larger p.
    return q.groupby(family.ngroup().to_numpy(), sort=False).cummin().reindex(p.index)


def detectable(n: Series, n_rest: Series) -> Series:
    """The difference, in standard deviations, that a two-sided test at .05 finds four times in five (methods, 7; no R2)."""
    freedom = (n + n_rest - 2).where(lambda each: each.gt(0))
    return Series(stats.t.ppf(0.975, freedom) + stats.t.ppf(0.8, freedom), index=n.index) * np.sqrt(1 / n + 1 / n_rest)


def detectable_share(share: Series, n: Series, n_rest: Series) -> Series:
    """The gap between two shares that a two-sided test at .05 finds four times in five; both are near `share`."""
    error = np.sqrt((share * (1 - share)).clip(lower=0) * (1 / n.where(n.gt(0)) + 1 / n_rest.where(n_rest.gt(0))))
    return pd.Series((NORMAL + stats.norm.ppf(0.8)) * error, index=n.index)


def funnel(share: Series, n: Series) -> DataFrame:
    """The limits (`limit_low`, `limit_high`) between which a share of `n` lies 95 times in 100 when it is truly `share`."""
    spread = NORMAL * np.sqrt(share * (1 - share) / n.where(n.gt(0)))
    return DataFrame({"limit_low": (share - spread).clip(0, 1), "limit_high": (share + spread).clip(0, 1)})
