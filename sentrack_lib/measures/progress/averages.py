"""A pupil's growth averaged over subjects: the figure to show first, because one subject alone is soft."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pandas import DataFrame

from sentrack_lib.measures.progress.cohorts import Cohorts, Numbers, percentiles
from sentrack_lib.measures.progress.grounds import NO_YEAR_GROUP, NOTHING
from sentrack_lib.measures.progress.growth import SMALLEST_COHORT, average_reliability, too_few
from sentrack_lib.measures.progress.taught import ALL, Taught

Columns = dict[str, NDArray[Any]]

NO_SUBJECT = "No subject of this pupil has a progress figure this term, so there is no average."
ONE_SUBJECT = "Only one subject of this pupil has a progress figure, so there is no average over subjects."
NO_AGREEMENT = "The subjects do not agree on who grows, so an average over them would say nothing."


@dataclass(frozen=True)
class Average:
    """The average growth U of each pupil of one year group, its percentile there, its reliability, its number of subjects."""

    residual: Numbers
    percentile: Numbers
    reliability: Numbers
    subjects: NDArray[np.int64]
    agreement: float
    """Mean correlation of growth between two subjects."""
    why_not: NDArray[Any]
    """A sentence for each pupil without an average, else nothing."""


def average(residuals: Numbers) -> Average:
    """The average over subjects, from u by pupil (rows) and subject (columns) of one year group; source: methods 3.3."""
    subjects = np.isfinite(residuals).sum(axis=1)
    several = subjects > 1
    agreement, why_not = _agreement(residuals, int(several.sum()))
    means = np.full(len(residuals), np.nan)
    if not why_not:
        means[several] = np.nanmean(residuals[several], axis=1)
        means = means / np.nanstd(means)
    reliability = np.where(several, average_reliability(agreement, subjects), np.nan)
    reasons = np.select([subjects == 0, subjects == 1], [NO_SUBJECT, ONE_SUBJECT], why_not).astype(object)
    return Average(
        means,
        percentiles(means, Cohorts.one(len(means))),
        reliability,
        subjects,
        agreement,
        np.where(reasons == "", NOTHING, reasons),
    )


def averages(taught: Taught, residuals: Numbers) -> Columns:
    """The average of each of `taught.pupils`, compared within the year group, as columns of the table of progress.

    `residuals` is u by place; `reliability` is the share of U that is not noise.
    """
    wide = np.full((len(taught.pupils), len(taught.subjects)), np.nan)
    wide[taught.pupil, taught.subject] = np.where(taught.average, np.nan, residuals)
    columns = _not_known(len(taught.pupils))
    for code, year_group in enumerate(taught.year_groups):
        pupils = np.flatnonzero(taught.year_group == code)
        for name, column in _of_year_group(str(year_group), average(wide[pupils])).items():
            columns[name][pupils] = column
    return columns


def _of_year_group(year_group: str, found: Average) -> Columns:
    known = np.isfinite(found.residual)
    said = [f"mean of {subjects} subjects; they agree by {found.agreement:.2f}" for subjects in range(found.subjects.max() + 1)]
    return {
        "scaled_residual": found.residual,
        "growth_percentile": found.percentile,
        "reliability": found.reliability,
        "n_subjects": found.subjects,
        "cohort_n": np.full(len(known), known.sum()),
        "cohort": np.full(len(known), f"{year_group}/{ALL}", dtype=object),
        "basis": np.where(known, np.array(said, dtype=object)[found.subjects], NOTHING),
        "why_not": found.why_not,
    }


def _not_known(pupils: int) -> Columns:
    numbers = ("scaled_residual", "growth_percentile", "reliability", "n_subjects", "cohort_n")
    unsaid = {"cohort": np.full(pupils, NOTHING), "basis": np.full(pupils, NOTHING)}
    said = {"why_not": np.full(pupils, NO_YEAR_GROUP, dtype=object)}
    return unsaid | said | {name: np.full(pupils, np.nan) for name in numbers}


def _agreement(residuals: Numbers, several: int) -> tuple[float, str]:
    """The mean of the correlations between subjects that rest on 60 pupils or more, or why there is no average."""
    together = DataFrame(residuals).corr(min_periods=SMALLEST_COHORT).to_numpy()[np.triu_indices(residuals.shape[1], 1)]
    together = together[np.isfinite(together)]
    if not len(together):
        return np.nan, too_few(several)
    agreement = float(together.mean())
    return (agreement, "") if agreement > 0 else (np.nan, NO_AGREEMENT)
