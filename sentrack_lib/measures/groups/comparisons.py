"""Do groups of pupils progress differently? Each is set beside the rest of its cohorts, and beside chance (methods, 4 and 12)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas import DataFrame, Series
from scipy import stats

from sentrack_lib.measures.groups.certainty import NO_SPREAD, SHOWN, TESTED, detectable, gap_of_means, q_values
from sentrack_lib.measures.groups.membership import FAMILIES
from sentrack_lib.measures.groups.outcomes import beside_own, outcomes
from sentrack_lib.measures.groups.sums import ROW, sums
from sentrack_lib.measures.groups.verdicts import in_words, seen, why_not
from sentrack_lib.sources.coded import together

OWN_VARIANCE = 15
"""Fewest pupils for a variance of the group's own rather than the one of all groups."""
RELEVANT = 0.2
"""The smallest gap, in standard deviations, that is spoken of; about 8 percentile points."""
PROGRESS, OWN = "progress", "beside own average"
OWN_FAMILIES = ("SEN status", "type of need", "SEN by year group", "teaching group")
"""The questions in which it helps to tell a subject or class from its pupils; every other would be one more chance to err."""
Codes = NDArray[np.int64]
Numbers = NDArray[np.float64]
COLUMNS = [
    *ROW, "n", "mean", "pooled", "low", "high", "q_value", "artefact", "gap_less_artefact", "detectable", "verdict",
    "n_rest", "mean_rest", "q_all", "tested", "seen", "why", "measure", "by",
]  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """What is to be compared, and under which name: outcomes `u` in standard deviations with `cohort` and `drift`, and groups."""

    measure: str
    outcomes: DataFrame
    groups: DataFrame


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
    return compared([Asked(PROGRESS, outcomes(progress), groups)], previous)


def compare_own(progress: DataFrame, groups: DataFrame, previous: DataFrame | None = None) -> DataFrame:
    """As `compare`, with each pupil's growth in a subject beside the mean of the pupil's other subjects.

    It tells a subject or teaching group that is out of line from pupils who are: what a pupil does in every subject falls out.
    Families are named `… beside own average`; `measure` is so too."""
    return compared([Asked(OWN, beside_own(outcomes(progress)), own_groups(groups))], previous)


def own_groups(groups: DataFrame) -> DataFrame:
    """The groups that are looked at beside the own average, under the names of their families there."""
    groups = groups[groups["family"].isin(OWN_FAMILIES)]
    return groups.assign(family=groups["family"].map(f"{{}} {OWN}".format))


def gaps_of(asked: Sequence[Asked]) -> DataFrame:
    """`family` `group` `subject` `gap_less_artefact` of a period: all that `compared` wants of `previous`."""
    table = _sums_of(asked)
    n, rest = table["n"].where(table["n"].ge(SHOWN)), table["n_rest"].where(table["n_rest"].gt(0))
    return table[ROW].assign(gap_less_artefact=table["total"] / n - table["total_rest"] / rest - table["artefact"])


def compared(asked: Sequence[Asked], previous: DataFrame | None = None) -> DataFrame:
    """The comparisons asked for, one under the other; columns as `compare`."""
    table = _sums_of(asked)
    table = table.assign(by=table["family"].str.removesuffix(f" {OWN}"))
    question = _question(table, table["subject"])
    for step in (_described, _pooled):
        table = step(table, question)
    # Beside the own average a question is asked of every subject at once, so these are one family.
    together = _question(table, table["subject"].where(table["measure"].ne(OWN), ""))
    table = _tested(table, together)
    table = table.assign(seen=seen(table, previous, ROW))
    relevant = table["gap_less_artefact"].abs().ge(RELEVANT) & _same_sign(table)
    return in_order(table.assign(verdict=in_words(table, relevant), why=why_not(table, relevant)))[COLUMNS]


def _sums_of(asked: Sequence[Asked]) -> DataFrame:
    return pd.concat([sums(each.outcomes, each.groups).assign(measure=each.measure) for each in asked], ignore_index=True)


def in_order(table: DataFrame) -> DataFrame:
    """Rows by family, those always asked first, then subject and group."""
    families = pd.Index(FAMILIES)
    place = families.get_indexer(pd.Index(table["by"]))
    measure, _ = pd.factorize(table["measure"]) if "measure" in table else (0, None)
    table = table.assign(place=np.where(place < 0, len(families), place), asked=measure)
    return table.sort_values(["asked", "place", "family", "subject", "group"], ignore_index=True)


def _same_sign(table: DataFrame) -> Series:
    return np.sign(table["gap_less_artefact"]).eq(np.sign(table["mean"] - table["mean_rest"]))


def _described(table: DataFrame, question: Codes) -> DataFrame:
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


def _pooled(table: DataFrame, question: Codes) -> DataFrame:
    """DerSimonian and Laird over the groups of 5 and more of a family and subject; the interval holds the uncertainty of mu."""
    mean, variance = table["mean"].to_numpy(), _variance_of_mean(table, question)

    def summed(values: Numbers) -> Numbers:
        return _summed(question, values)

    with np.errstate(invalid="ignore", divide="ignore"):
        weight = np.where(np.isfinite(mean), 1 / variance, np.nan)
        mu, free = summed(weight * mean) / summed(weight), summed(np.isfinite(weight) * 1.0) - 1
        room = summed(weight) - summed(weight**2) / summed(weight)
        # One group alone leaves no room, and so nothing between groups to estimate.
        between = (summed(weight * (mean - mu) ** 2) - free) / np.where(free > 0, room, np.nan)
        between = np.nan_to_num(np.maximum(between, 0.0))
        weight = 1 / (between + variance)
        mu, own = summed(weight * mean) / summed(weight), between / (between + variance)
        spread = np.sqrt(own * variance + (1 - own) ** 2 / summed(weight)) * stats.norm.ppf(0.975)
    pooled = mu + own * (mean - mu)
    return table.assign(pooled=pooled, low=pooled - spread, high=pooled + spread)


def _variance_of_mean(table: DataFrame, question: Codes) -> Numbers:
    """s2 / n, with s2 of the group itself from 15 pupils, else within all groups of the family together."""
    n, mean, variance = (table[name].to_numpy(dtype="float64") for name in ("n", "mean", "variance"))
    free = np.where(np.isfinite(mean), n - 1, np.nan)
    with np.errstate(invalid="ignore", divide="ignore"):
        together = _summed(question, free * variance) / _summed(question, free)
        own = np.where((n >= OWN_VARIANCE) & (variance > NO_SPREAD), variance, together)
        return np.where(np.isfinite(mean) & (own > NO_SPREAD), own / n, np.nan)


def _question(table: DataFrame, subject: Series) -> Codes:
    """The number of each row's family and subject."""
    return together(table["family"], subject)


def _summed(question: Codes, values: Numbers) -> Numbers:
    """The sum of what is known over the groups of the same family and subject, beside each of them; 0 where nothing is."""
    numbers: Numbers = np.where(np.isfinite(values), values, 0.0)
    return np.bincount(question, numbers, question.max(initial=0) + 1)[question].astype(np.float64, copy=False)


def _tested(table: DataFrame, question: Codes) -> DataFrame:
    """q-values over each question; p is the larger of Welch's for the raw gap and for the gap less the artefact."""
    large = table["n"].ge(TESTED) & table["n_rest"].ge(TESTED)
    rest = DataFrame({"n": table["n_rest"], "mean": table["mean_rest"], "variance": table["variance_rest"]})
    raw, corrected = (gap_of_means(each, rest)["p"] for each in (table, table.assign(mean=table["mean"] - table["artefact"])))
    p = raw.where(raw.gt(corrected) | raw.isna() | corrected.isna(), corrected).where(corrected.notna()).where(large)
    asked = Series(question, index=table.index)
    tested = np.bincount(question, p.notna(), question.max(initial=0) + 1)[question].astype("int64")
    return table.assign(q_value=q_values(p, [asked]), q_all=q_values(p, [table["measure"]]), tested=tested)
