"""Do groups of pupils progress differently? Each is set beside the rest of its cohorts, and beside chance (methods, 4 and 12)."""

import numpy as np
import pandas as pd
from pandas import DataFrame, Series
from scipy import stats

from sentrack_lib.measures.groups.certainty import NO_SPREAD, SHOWN, TESTED, detectable, gap_of_means, q_values
from sentrack_lib.measures.groups.membership import FAMILIES
from sentrack_lib.measures.groups.outcomes import beside_own, outcomes
from sentrack_lib.measures.groups.sums import ROW, sums
from sentrack_lib.measures.groups.verdicts import in_words, seen, why_not

OWN_VARIANCE = 15
"""Fewest pupils for a variance of the group's own rather than the one of all groups."""
RELEVANT = 0.2
"""The smallest gap, in standard deviations, that is spoken of; about 8 percentile points."""
PROGRESS, OWN = "progress", "beside own average"
OWN_FAMILIES = ("SEN status", "type of need", "SEN by year group", "teaching group")
"""The questions in which it helps to tell a subject or class from its pupils; every other would be one more chance to err."""
QUESTION = ["family", "subject"]
COLUMNS = [
    *ROW, "n", "mean", "pooled", "low", "high", "q_value", "artefact", "gap_less_artefact", "detectable", "verdict",
    "n_rest", "mean_rest", "q_all", "tested", "seen", "why", "measure", "by",
]  # fmt: skip


def compare(progress: DataFrame, groups: DataFrame, previous: DataFrame | None = None) -> DataFrame:
    """One row a group and subject (or `all`): how its growth compares with that of all other pupils of the same cohorts.

    `progress` is one term's, with `rho_start` (reliability of the start); `groups` as from `groups_of`; `previous` is this table
    of the period before. Means, gaps and `detectable` are in scaled residuals, standard deviations of growth; `mean` and
    `mean_rest` are plain; `pooled` with its 95 % interval `low` to `high` is drawn towards the mean of its family as far as its
    size asks for. `artefact` is the gap that different starting points alone would show. For `all` it is the mean of the pupil's
    artefacts in single subjects, on the scale of the average. `tested` groups of the family were tested together in the subject;
    `q_all` is q over every test of the table, in all families and subjects, for what is told without being asked for.
    `seen` is `as last time` where the gap less the artefact had the same sign before, else `new`. `why` says why there is no
    verdict. Whole year groups cannot be compared so: growth is measured inside each."""
    return compared(outcomes(progress), groups, previous)


def compare_own(progress: DataFrame, groups: DataFrame, previous: DataFrame | None = None) -> DataFrame:
    """As `compare`, with each pupil's growth in a subject beside the mean of the pupil's other subjects.

    It tells a subject or teaching group that is out of line from pupils who are: what a pupil does in every subject falls out.
    Families are named `… beside own average`; `measure` is so too."""
    return compared(beside_own(outcomes(progress)), own_groups(groups), previous, OWN)


def own_groups(groups: DataFrame) -> DataFrame:
    """The groups that are looked at beside the own average, under the names of their families there."""
    groups = groups[groups["family"].isin(OWN_FAMILIES)]
    return groups.assign(family=groups["family"] + f" {OWN}")


def gaps_of(outcomes: DataFrame, groups: DataFrame) -> DataFrame:
    """`family` `group` `subject` `gap_less_artefact` of a period: all that `compared` asks of `previous`."""
    table = sums(outcomes, groups)
    n, rest = table["n"].where(table["n"].ge(SHOWN)), table["n_rest"].where(table["n_rest"].gt(0))
    return table[ROW].assign(gap_less_artefact=table["total"] / n - table["total_rest"] / rest - table["artefact"])


def compared(outcomes: DataFrame, groups: DataFrame, previous: DataFrame | None = None, measure: str = PROGRESS) -> DataFrame:
    """The comparison of any outcome `u` in standard deviations, with its `cohort` and `drift`; columns as `compare`."""
    table = sums(outcomes, groups)
    table = table.assign(by=table["family"].str.removesuffix(f" {OWN}"))
    # Beside the own average a question is asked of every subject at once, so these are one family.
    question = ["by"] if measure == OWN else QUESTION
    for step in (_described, _pooled):
        table = step(table)
    table = _tested(table, question)
    table = table.assign(seen=seen(table, previous, ROW))
    relevant = table["gap_less_artefact"].abs().ge(RELEVANT) & _same_sign(table)
    table = table.assign(verdict=in_words(table, relevant), why=why_not(table, relevant))
    return in_order(table.assign(tested=_tests(table, question), measure=measure))[COLUMNS]


def in_order(table: DataFrame) -> DataFrame:
    """Rows by family, those always asked first, then subject and group."""
    families = pd.Index(FAMILIES)
    place = families.get_indexer(pd.Index(table["by"]))
    table = table.assign(place=np.where(place < 0, len(families), place))
    return table.sort_values(["place", "family", "subject", "group"], ignore_index=True)


def _tests(table: DataFrame, question: list[str]) -> Series:
    return table["q_value"].notna().groupby([table[column] for column in question]).transform("sum").astype("int64")


def _same_sign(table: DataFrame) -> Series:
    return np.sign(table["gap_less_artefact"]).eq(np.sign(table["mean"] - table["mean_rest"]))


def _described(table: DataFrame) -> DataFrame:
    """Means and variances (n - 1), blank for groups too small to show, and the gap to the rest less the artefact."""
    shown = table["n"].where(table["n"].ge(SHOWN))
    rest = table["n_rest"].where(table["n_rest"].gt(0))
    mean, mean_rest = table["total"] / shown, table["total_rest"] / rest
    return table.assign(
        mean=mean,
        mean_rest=mean_rest.where(shown.notna()),
        variance=_variance(shown, mean, table["squares"]),
        variance_rest=_variance(rest, mean_rest, table["squares_rest"]),
        artefact=table["artefact"].where(shown.notna()),
        gap_less_artefact=mean - mean_rest - table["artefact"],
        detectable=detectable(shown, rest),
    )


def _variance(n: Series, mean: Series, squares: Series) -> Series:
    return ((squares - n * mean**2) / (n - 1).where(n.gt(1))).clip(lower=0.0)


def _pooled(table: DataFrame) -> DataFrame:
    """DerSimonian and Laird over the groups of 5 and more of a family and subject; the interval holds the uncertainty of mu."""
    question = _question(table)
    mean, variance = table["mean"], _variance_of_mean(table, question)
    weight = (1 / variance).where(mean.notna())
    mu = _summed(question, weight * mean) / _summed(question, weight)
    free = _summed(question, weight.notna()) - 1
    room = _summed(question, weight) - _summed(question, weight**2) / _summed(question, weight)
    # One group alone leaves no room, and so nothing between groups to estimate.
    between = ((_summed(question, weight * (mean - mu) ** 2) - free) / room.where(free.gt(0))).clip(lower=0.0).fillna(0.0)
    weight = 1 / (between + variance)
    mu, own = _summed(question, weight * mean) / _summed(question, weight), between / (between + variance)
    spread = np.sqrt(own * variance + (1 - own) ** 2 / _summed(question, weight)) * stats.norm.ppf(0.975)
    pooled = mu + own * (mean - mu)
    return table.assign(pooled=pooled, low=pooled - spread, high=pooled + spread)


def _variance_of_mean(table: DataFrame, question: np.ndarray) -> Series:
    """s2 / n, with s2 of the group itself from 15 pupils, else within all groups of the family together."""
    free = (table["n"] - 1).where(table["mean"].notna())
    together = _summed(question, free * table["variance"]) / _summed(question, free)
    own = table["variance"].where(table["n"].ge(OWN_VARIANCE) & table["variance"].gt(NO_SPREAD), together)
    return (own / table["n"]).where(table["mean"].notna() & own.gt(NO_SPREAD))


def _question(table: DataFrame) -> np.ndarray:
    """The number of each row's family and subject."""
    family, subject = (pd.factorize(table[column])[0] for column in QUESTION)
    return family * (subject.max(initial=0) + 1) + subject


def _summed(question: np.ndarray, values: Series) -> Series:
    """The sum of what is known over the groups of the same family and subject, beside each of them; 0 where nothing is."""
    numbers = np.nan_to_num(values.to_numpy(dtype="float64"))
    return Series(np.bincount(question, numbers)[question] if len(numbers) else numbers, index=values.index)


def _tested(table: DataFrame, question: list[str]) -> DataFrame:
    """q-values over each question; p is the larger of Welch's for the raw gap and for the gap less the artefact."""
    large = table["n"].ge(TESTED) & table["n_rest"].ge(TESTED)
    rest = DataFrame({"n": table["n_rest"], "mean": table["mean_rest"], "variance": table["variance_rest"]})
    raw, corrected = (gap_of_means(each, rest)["p"] for each in (table, table.assign(mean=table["mean"] - table["artefact"])))
    p = raw.where(raw.gt(corrected) | raw.isna() | corrected.isna(), corrected).where(corrected.notna()).where(large)
    everything = Series(0, index=table.index)
    return table.assign(q_value=q_values(p, [table[column] for column in question]), q_all=q_values(p, [everything]))
