"""How sure a figure is: intervals, tests, false findings among many, and what could have been seen. All over whole columns.

Numbers that cannot be formed (nobody, no spread) are missing, never infinite. Sources: methods, sections 4, 7 and 12.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from pandas import DataFrame, Series
from scipy import special, stats

from sentrack_lib.sources.coded import together

SHOWN, TESTED = 5, 10
"""Fewest pupils for an interval, and for a test and a verdict."""
Numbers = NDArray[np.float64]
QUESTIONED = 0.10
"""The largest q-value (share of false findings) of a clear difference."""
NO_SPREAD = 1e-12
NORMAL = stats.norm.ppf(0.975)
ALIKE = 1 + 1e-7
"""Two probabilities that differ by less are one; `scipy.stats.fisher_exact` counts them so."""


def wilson(count: Series, n: Series) -> DataFrame:
    """The 95 % interval (`low`, `high`, shares) of the share `count` of `n` (Wilson, z = 1.96)."""
    low, high = _wilson(_floats(count), _floats(n))
    return DataFrame({"low": low, "high": high}, index=n.index)


def _wilson(count: Numbers, n: Numbers) -> tuple[Numbers, Numbers]:
    whole, z = np.where(n > 0, n, np.nan), 1.96
    share = count / whole
    middle, weight = share + z**2 / (2 * whole), 1 + z**2 / whole
    spread = z * np.sqrt(share * (1 - share) / whole + z**2 / (4 * whole**2))
    return np.clip((middle - spread) / weight, 0, 1), np.clip((middle + spread) / weight, 0, 1)


def gap_of_shares(count: Series, n: Series, count_rest: Series, n_rest: Series) -> DataFrame:
    """The `gap` between two independent shares and its 95 % interval (Newcombe 1998, from the Wilson intervals of both)."""
    one, other = (_floats(count), _floats(n)), (_floats(count_rest), _floats(n_rest))
    (low, high), (low_rest, high_rest) = _wilson(*one), _wilson(*other)
    share, share_rest = (some / np.where(whole > 0, whole, np.nan) for some, whole in (one, other))
    below = np.sqrt((share - low) ** 2 + (high_rest - share_rest) ** 2)
    above = np.sqrt((high - share) ** 2 + (share_rest - low_rest) ** 2)
    gap = share - share_rest
    return DataFrame({"gap": gap, "low": gap - below, "high": gap + above}, index=n.index)


def _floats(values: Series) -> Numbers:
    """A column as plain numbers: over them arithmetic takes a twentieth of the time."""
    return values.to_numpy(dtype="float64", na_value=np.nan)


def fisher(count: Series, n: Series, count_rest: Series, n_rest: Series) -> Series:
    """Fisher's exact test, two-sided, of a share against that of the rest: the p-value of each row, 1 where either is empty."""
    rows = np.column_stack([count, n, count + count_rest, n + n_rest]).astype("int64")
    distinct, back = np.unique(_rarer(rows), axis=0, return_inverse=True)
    # What is rare has few tables to add up, and would wait for those of the commonest: these are added up by themselves.
    tables = np.frexp(np.minimum(distinct[:, 1], distinct[:, 2]))[1] // 4
    p = np.empty(len(distinct))
    for each in np.unique(tables):
        p[tables == each] = _fisher(distinct[tables == each])
    return Series(p[back.reshape(-1)], index=n.index)


def _rarer(rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """The same tests, of the smaller of group and rest, and of what happens or does not, whichever is rarer."""
    count, n, counted, everyone = rows.T
    other = 2 * n > everyone
    count, n = np.where(other, counted - count, count), np.where(other, everyone - n, n)
    common = 2 * counted > everyone
    return np.column_stack([np.where(common, n - count, count), n, np.where(common, everyone - counted, counted), everyone])


def _fisher(rows: NDArray[np.int64]) -> NDArray[np.float64]:
    """The sum of all tables that are no likelier than the one found, for rows of count, n, count of all, all."""
    count, n, counted, everyone = (column[:, None] for column in rows.T)
    possible = np.arange(int(min(counted.max(), n.max())) + 1)[None, :]
    likely = _hypergeometric(possible, n, counted, everyone)
    found = _hypergeometric(count, n, counted, everyone)
    return np.where(likely <= found * ALIKE, likely, 0).sum(axis=1).clip(0, 1)


def _hypergeometric(k: NDArray, n: NDArray, counted: NDArray, everyone: NDArray) -> NDArray[np.float64]:
    """The chance that `k` of `n` drawn from `everyone` are among the `counted`; 0 where it cannot be."""
    possible = (k <= n) & (k <= counted) & (n - k <= everyone - counted)
    # Looked up rather than worked out: the same few numbers come again in every row.
    factorials = special.gammaln(np.arange(everyone.max() + 1) + 1.0)

    def ways(whole: NDArray, part: NDArray) -> NDArray:
        part = np.where(possible, part, 0)
        return factorials[whole] - factorials[part] - factorials[whole - part]

    logs = ways(counted, k) + ways(everyone - counted, n - k) - ways(everyone, np.broadcast_to(n, possible.shape))
    return np.where(possible, np.exp(np.where(possible, logs, 0)), 0)


def summaries(rows: DataFrame, by: Sequence[str], value: str) -> DataFrame:
    """`n`, `mean` and `variance` (n - 1) of the known values of a column, one row for each of `by`, in their order."""
    known = rows.loc[rows[value].notna(), [*by, value]].astype({value: "float64"})
    found = known.groupby([*by], observed=True)[value].agg(["size", "mean", "var"])
    return found.set_axis(["n", "mean", "variance"], axis=1).reset_index()


def mean_interval(some: DataFrame) -> DataFrame:
    """The 95 % interval (`low`, `high`) of each `mean` of `n` values with a `variance` (n - 1), by the t distribution."""
    n, mean, variance = (_floats(some[name]) for name in ("n", "mean", "variance"))
    several = np.where(n > 1, n, np.nan)
    spread = special.stdtrit(several - 1, 0.975) * np.sqrt(variance / several)
    return DataFrame({"low": mean - spread, "high": mean + spread}, index=some.index)


def gap_of_means(some: DataFrame, rest: DataFrame) -> DataFrame:
    """The `gap` between two independent means, its 95 % interval and the p-value `p`, by Welch; row by row, as `summaries`."""
    n, mean, variance = (_floats(some[name]) for name in ("n", "mean", "variance"))
    n_rest, mean_rest, variance_rest = (_floats(rest[name]) for name in ("n", "mean", "variance"))
    one, other = variance / np.where(n > 1, n, np.nan), variance_rest / np.where(n_rest > 1, n_rest, np.nan)
    squared = np.where(one + other > NO_SPREAD, one + other, np.nan)
    freedom = squared**2 / (one**2 / np.where(n > 1, n - 1, np.nan) + other**2 / np.where(n_rest > 1, n_rest - 1, np.nan))
    gap, error = mean - mean_rest, np.sqrt(squared)
    spread = special.stdtrit(freedom, 0.975) * error
    p = 2 * special.stdtr(freedom, -np.abs(gap / error))
    return DataFrame({"gap": gap, "low": gap - spread, "high": gap + spread, "p": p}, index=some.index)


def q_values(p: Series, questions: Sequence[Series]) -> Series:
    """Benjamini and Hochberg's q within each family (rows alike in `questions`); a missing p is no test and stays missing."""
    values = _floats(p)
    known = np.flatnonzero(np.isfinite(values))
    family = together(*(question.iloc[known] for question in questions))
    order = np.lexsort((-values[known], family))
    family, tested = family[order], values[known][order]
    size = np.bincount(family, minlength=1)
    first = np.repeat(np.cumsum(size) - size, size)
    q = np.minimum(tested * size[family] / (size[family] - (np.arange(len(order)) - first)), 1.0) if len(order) else tested
    found = np.full(len(values), np.nan)
    # From the largest p down: no q may be larger than that of a larger p.
    found[known[order]] = Series(q).groupby(family).cummin().to_numpy()
    return Series(found, index=p.index)


def detectable(n: Series, n_rest: Series) -> Series:
    """The difference, in standard deviations, that a two-sided test at .05 finds four times in five (methods, 7; no R2)."""
    some, rest = _floats(n), _floats(n_rest)
    freedom = np.where(some + rest > 2, some + rest - 2, np.nan)
    some, rest = (np.where(each > 0, each, np.nan) for each in (some, rest))
    size = special.stdtrit(freedom, 0.975) + special.stdtrit(freedom, 0.8)
    return Series(size * np.sqrt(1 / some + 1 / rest), index=n.index)


def detectable_share(share: Series, n: Series, n_rest: Series) -> Series:
    """The gap between two shares that a two-sided test at .05 finds four times in five; both are near `share`."""
    some, rest = (np.where(each > 0, each, np.nan) for each in (_floats(n), _floats(n_rest)))
    near = _floats(share)
    error = np.sqrt(np.clip(near * (1 - near), 0, None) * (1 / some + 1 / rest))
    return Series((NORMAL + stats.norm.ppf(0.8)) * error, index=n.index)


def funnel(share: Series, n: Series) -> DataFrame:
    """The limits (`limit_low`, `limit_high`) between which a share of `n` lies 95 times in 100 when it is truly `share`."""
    middle, whole = _floats(share), _floats(n)
    spread = NORMAL * np.sqrt(middle * (1 - middle) / np.where(whole > 0, whole, np.nan))
    limits = {"limit_low": np.clip(middle - spread, 0, 1), "limit_high": np.clip(middle + spread, 0, 1)}
    return DataFrame(limits, index=n.index)
