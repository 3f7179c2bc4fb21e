"""Do groups of pupils progress differently? Each is set beside the rest of its cohorts, and beside chance (methods, 4 and 12)."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas import DataFrame, Series
from scipy import stats

from sentrack_lib.measures.groups.membership import FAMILIES, groups_of

__all__ = ["compare", "detectable", "groups_of"]

SHOWN, TESTED, OWN_VARIANCE = 5, 10, 15
"""Fewest pupils for statistics, for a test, and for a variance of the group's own rather than the one of all groups."""
QUESTIONED = 0.10
"""The largest q-value (share of false findings) of a clear difference."""
RELEVANT = 0.2
"""The smallest gap, in standard deviations, that is spoken of; about 8 percentile points."""
NO_SPREAD = 1e-12
QUESTION = ["family", "subject"]
ROW = ["family", "group", "subject"]
COLUMNS = [
    *ROW, "n", "mean", "pooled", "low", "high", "q_value",
    "artefact", "gap_less_artefact", "detectable", "verdict", "n_rest", "seen",
]  # fmt: skip
SUMS = ["n", "total", "squares", "drift", "unknown"]


def compare(progress: DataFrame, groups: DataFrame, previous: DataFrame | None = None) -> DataFrame:
    """One row a group and subject (or `all`): how its growth compares with that of all other pupils of the same cohorts.

    `progress` is one term's, with `rho_start` (reliability of the start); `groups` as from `groups_of`; `previous` is this table
    of the period before. Means, gaps and `detectable` are in scaled residuals, standard deviations of growth; `pooled` with its
    95 % interval `low` to `high` is drawn towards the mean of its family as far as its size asks for. `artefact` is the gap
    that different starting points alone would show. For `all` it is the mean of the pupil's artefacts in single subjects, on the
    scale of the average. `seen` is `as last time` where the gap less the artefact had the same sign before, else `new`.
    Whole year groups cannot be compared so: growth is measured inside each."""
    table = _sums(_outcomes(progress), groups)
    for step in (_described, _pooled, _tested):
        table = step(table)
    table = _in_words(table.assign(seen=_seen(table, previous)))
    place = pd.Index(FAMILIES).get_indexer(pd.Index(table["family"]))
    return table.assign(place=place).sort_values(["place", "family", "subject", "group"], ignore_index=True)[COLUMNS]


def _outcomes(progress: DataFrame) -> DataFrame:
    """One row a pupil and subject: `u`, the number of its cohort, and `drift`, what the start alone adds to `u`."""
    rows = progress.rename(columns={"scaled_residual": "u"})
    rows = rows.assign(cohort=rows.groupby(["subject", "cohort"], dropna=False, sort=False).ngroup())
    single, average = rows[rows["subject"].ne("all")], rows[rows["subject"].eq("all")]
    single = single.assign(drift=_drift(single))
    rows = pd.concat([single, average.assign(drift=_average_drift(average, single))])
    return rows[["pupil_id", "subject", "cohort", "u", "drift"]]


def _drift(rows: DataFrame) -> Series:
    """(1 - rho) / rho * b * (start - mean start) / sd(e): noise in the start adjusts too little for it (methods, 4)."""
    known = rows[rows[["u", "start", "points", "expected", "rho_start"]].notna().all(axis=1)]
    ahead = known["start"] - known.groupby("cohort")["start"].transform("mean")
    products = DataFrame({"xy": ahead * known["points"], "xx": ahead**2, "ee": (known["points"] - known["expected"]) ** 2})
    means = products.groupby(known["cohort"]).transform("mean")
    slope, spread = means["xy"] / means["xx"], np.sqrt(means["ee"].where(means["ee"].gt(NO_SPREAD)))
    return ((1 - known["rho_start"]) / known["rho_start"] * slope * ahead / spread).reindex(rows.index)


def _average_drift(average: DataFrame, single: DataFrame) -> Series:
    """The mean drift over the pupil's subjects, stretched as the mean of `u` was to become the average's `u`."""
    means = single.groupby("pupil_id")[["u", "drift"]].mean().reindex(average["pupil_id"]).set_axis(average.index)
    averaged = DataFrame({"before": means["u"].where(average["u"].notna()), "after": average["u"]})
    spread = averaged.groupby(average["cohort"]).transform("std", ddof=0)
    return means["drift"] * spread["after"] / spread["before"].where(spread["before"].gt(NO_SPREAD))


def _sums(outcomes: DataFrame, groups: DataFrame) -> DataFrame:
    """Sums of `u` for each group and subject, and (`_rest`) for all others of its cohorts; `artefact`, added up per cohort."""
    outcomes = _summands(outcomes)
    cells = _placed(outcomes, groups).groupby([*ROW, "cohort"], sort=False)[SUMS].sum().reset_index()
    everyone = outcomes.groupby("cohort")[SUMS].sum().reindex(cells["cohort"]).set_axis(cells.index)
    rest = (everyone - cells[SUMS]).where(cells["n"].gt(0), 0)
    beside = rest["n"].gt(0)
    gap = (cells["drift"] - cells["n"] * rest["drift"] / rest["n"].where(beside)).where(beside, 0.0)
    parts = cells.join(rest.add_suffix("_rest")).assign(artefact=gap, beside=cells["n"].where(beside, 0))
    table = parts.drop(columns="cohort").groupby(ROW, sort=False, observed=True).sum().reset_index()
    sure = table["beside"].gt(0) & (table["unknown"] + table["unknown_rest"]).eq(0)
    return table.assign(artefact=(table["artefact"] / table["beside"]).where(sure))


def _summands(outcomes: DataFrame) -> DataFrame:
    """What is added up of each outcome; `unknown` counts pupils with an outcome whose drift cannot be worked out."""
    known, u = outcomes["u"].notna(), outcomes["u"].fillna(0.0)
    drift = outcomes["drift"].where(known, 0.0)
    unknown = drift.isna().astype("int64")
    outcomes = outcomes[["pupil_id", "subject", "cohort"]]
    return outcomes.assign(n=known.astype("int64"), total=u, squares=u**2, drift=drift.fillna(0.0), unknown=unknown)


def _placed(outcomes: DataFrame, groups: DataFrame) -> DataFrame:
    """Outcomes with each group the pupil is in; a teaching group is looked at in its own subject only."""
    of_all, of_one = groups["subject"].isna(), groups["subject"].notna()
    everywhere = groups[of_all].drop(columns="subject").merge(outcomes, on="pupil_id")
    return pd.concat([everywhere, groups[of_one].merge(outcomes, on=["pupil_id", "subject"])])


def _described(table: DataFrame) -> DataFrame:
    """Means and variances (n - 1), blank for groups too small to show, and the gap to the rest less the artefact."""
    shown = table["n"].where(table["n"].ge(SHOWN))
    rest = table["n_rest"].where(table["n_rest"].gt(0))
    mean, mean_rest = table["total"] / shown, table["total_rest"] / rest
    return table.assign(
        mean=mean,
        mean_rest=mean_rest,
        variance=_variance(shown, mean, table["squares"]),
        variance_rest=_variance(rest, mean_rest, table["squares_rest"]),
        artefact=table["artefact"].where(shown.notna()),
        gap_less_artefact=mean - mean_rest - table["artefact"],
        detectable=detectable(shown, rest),
    )


def _variance(n: Series, mean: Series, squares: Series) -> Series:
    return ((squares - n * mean**2) / (n - 1).where(n.gt(1))).clip(lower=0.0)


def detectable(n: Series, n_rest: Series) -> Series:
    """The difference, in standard deviations, that a two-sided test at .05 finds four times in five (methods, 7; no R2)."""
    freedom = (n + n_rest - 2).where(lambda each: each.gt(0))
    return Series(stats.t.ppf(0.975, freedom) + stats.t.ppf(0.8, freedom), index=n.index) * np.sqrt(1 / n + 1 / n_rest)


def _pooled(table: DataFrame) -> DataFrame:
    """DerSimonian and Laird over the groups of 5 and more of a family and subject; the interval holds the uncertainty of mu."""
    mean, variance = table["mean"], _variance_of_mean(table)
    weight = (1 / variance).where(mean.notna())
    mu = _summed(table, weight * mean) / _summed(table, weight)
    free = _summed(table, weight.notna()) - 1
    room = _summed(table, weight) - _summed(table, weight**2) / _summed(table, weight)
    # One group alone leaves no room, and so nothing between groups to estimate.
    between = ((_summed(table, weight * (mean - mu) ** 2) - free) / room.where(free.gt(0))).clip(lower=0.0).fillna(0.0)
    weight = 1 / (between + variance)
    mu, own = _summed(table, weight * mean) / _summed(table, weight), between / (between + variance)
    spread = np.sqrt(own * variance + (1 - own) ** 2 / _summed(table, weight)) * stats.norm.ppf(0.975)
    pooled = mu + own * (mean - mu)
    return table.assign(pooled=pooled, low=pooled - spread, high=pooled + spread)


def _variance_of_mean(table: DataFrame) -> Series:
    """s2 / n, with s2 of the group itself from 15 pupils, else within all groups of the family together."""
    free = (table["n"] - 1).where(table["mean"].notna())
    together = _summed(table, free * table["variance"]) / _summed(table, free)
    own = table["variance"].where(table["n"].ge(OWN_VARIANCE) & table["variance"].gt(NO_SPREAD), together)
    return (own / table["n"]).where(table["mean"].notna() & own.gt(NO_SPREAD))


def _summed(table: DataFrame, values: Series) -> Series:
    """The sum over the groups of the same family and subject, beside each of them."""
    return values.astype("float64").groupby([table[column] for column in QUESTION]).transform("sum")


def _tested(table: DataFrame) -> DataFrame:
    """q-values over each family and subject; p is the larger of Welch's for the raw gap and for the gap less the artefact."""
    large = table["n"].ge(TESTED) & table["n_rest"].ge(TESTED)
    spread = (table["variance"] + table["variance_rest"]).gt(NO_SPREAD)
    p = np.maximum(_welch(table, table["mean"]), _welch(table, table["mean"] - table["artefact"]))
    p_values = Series(p, index=table.index).where(large & spread)
    found = p_values.dropna().groupby([table[column] for column in QUESTION]).transform(stats.false_discovery_control)
    return table.assign(large=large, q_value=found.reindex(table.index))


def _welch(table: DataFrame, mean: Series) -> NDArray[np.float64]:
    group = mean, np.sqrt(table["variance"]), table["n"]
    rest = table["mean_rest"], np.sqrt(table["variance_rest"]), table["n_rest"]
    with np.errstate(all="ignore"):
        return stats.ttest_ind_from_stats(*map(np.asarray, (*group, *rest)), equal_var=False).pvalue


def _seen(table: DataFrame, previous: DataFrame | None) -> Series:
    """Whether the period before saw a gap of the same sign."""
    if previous is None:
        return Series("new", index=table.index)
    before = table[ROW].merge(previous[[*ROW, "gap_less_artefact"]], how="left", on=ROW)["gap_less_artefact"]
    same = np.sign(before.to_numpy()) == np.sign(table["gap_less_artefact"].to_numpy())
    return Series(np.where(same, "as last time", "new"), index=table.index)


def _in_words(table: DataFrame) -> DataFrame:
    """The verdict; never a difference that the starting points explain, never `no difference`."""
    gap, raw = table["gap_less_artefact"], table["mean"] - table["mean_rest"]
    clear = table["q_value"].le(QUESTIONED) & gap.abs().ge(RELEVANT) & np.sign(gap).eq(np.sign(raw))
    direction = np.where(gap.lt(0), "clear difference: lower, ", "clear difference: higher, ")
    said = Series(direction, index=table.index, dtype="str").str.cat(table["seen"])
    verdict = said.where(clear, "no evidence of a difference").where(table["large"], "too few to say")
    return table.assign(verdict=verdict.astype("str"))
