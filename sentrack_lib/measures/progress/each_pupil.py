"""Is each pupil making expected progress? One row a pupil and subject, and the average over subjects."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas import Categorical, DataFrame, Index

from sentrack_lib.measures.progress.averages import Columns, averages
from sentrack_lib.measures.progress.grounds import NOTHING, bases, cohort_names, why_no_cohort
from sentrack_lib.measures.progress.grown import Grown, grown
from sentrack_lib.measures.progress.growth import ALONE, TOO_NOISY, band, chance_of_low, growth_reliability
from sentrack_lib.measures.progress.starts import Starts
from sentrack_lib.measures.progress.taught import Grades, Marks, Taught
from sentrack_lib.sources.coded import plain
from sentrack_lib.sources.scales import Scale
from sentrack_lib.terms import Term

COLUMNS = (
    "pupil_id", "subject", "term", "start_term", "start", "points", "expected", "scaled_residual", "growth_percentile",
    "band_low", "band_high", "p_low", "cohort_n", "basis", "why_not",
    "target", "target_gap", "yearly", "yearly_gap", "cohort", "n_subjects", "rho_start",
)  # fmt: skip
FOLLOWED = ("pupil_id", "subject", "term", "scaled_residual", "growth_percentile", "p_low", "n_subjects")
"""What is followed from term to term, in flags and in trends."""
TEXTS, COUNTS = ("basis", "why_not", "cohort"), ("cohort_n", "n_subjects")
PLAIN = ("pupil_id", "subject", "term", "start_term", *TEXTS)
"""The columns that are codes in what is worked on, and texts in what is shown."""


def progress(
    tables: Mapping[str, DataFrame],
    scales: Mapping[str, Scale],
    term: Term,
    since: Term | None = None,
    from_prior: bool = False,
) -> DataFrame:
    """Progress of every pupil on the roll of `term` in every subject taught, and in `all`: the average over subjects.

    `start` is in points of the start's scale; `points`, `expected`, `target`, `yearly` and the gaps in points of the scale now;
    `scaled_residual` in standard deviations; `growth_percentile` and its band run from 1 to 99; `p_low` is a probability;
    `why_not` says why a figure is missing. A `since` that is not before `term` counts as not given; `from_prior` measures from
    prior attainment alone. Source: methods 3.1, 3.3, 12.
    """
    return plain(progress_in_codes(grown(tables, scales, term, since, from_prior)), PLAIN)


def progress_in_codes(found: Grown) -> DataFrame:
    """As `progress`, with its texts as codes: for whatever goes on to count."""
    taught, now, starts, known = found.taught, found.now, found.starts, found.scales
    columns = {"points": now.points, "start": starts.points} | _of_subjects(found)
    columns["why_not"] = np.where(columns["compared"], columns["why_not"], why_no_cohort(taught, now, starts, found.no_points))
    columns |= {"cohort": cohort_names(taught, now, starts, known), "basis": bases(now, starts, known)}
    columns = _with_averages(taught, columns)
    columns |= _certainty(columns) | _targets(found.targets, now) | _yearly(now, starts, known)
    return _table(taught, {**columns, "start_term": _begun(starts)}, COLUMNS)


def followed(found: Grown) -> DataFrame:
    """What is followed from term to term (`FOLLOWED`) of `progress_in_codes`: the same figures, without their grounds."""
    columns = _with_averages(found.taught, _of_subjects(found))
    return _table(found.taught, columns | _certainty(columns), FOLLOWED)


def _of_subjects(found: Grown) -> Columns:
    """Expected points, u, percentile and reliability of each place that has a cohort, from its cohort's regression."""
    now, starts, members, grown = found.now, found.starts, found.starts.members, found.growths
    columns = _blank(len(now.points)) | {"cohort_n": np.where(starts.pupils > 0, starts.pupils, np.nan)}
    shown = members.shown
    at, cohort, residual = members.place[shown], members.cohorts.of[shown], grown.residual[shown]
    columns["expected"][at], columns["scaled_residual"][at] = grown.expected[shown], residual
    columns["growth_percentile"][at], columns["correlation"][at] = grown.percentile[shown], grown.correlation[cohort]
    alone = np.where(np.isnan(residual), ALONE, NOTHING)
    columns["why_not"][at] = np.where(grown.why_not[cohort] == "", alone, grown.why_not[cohort])
    columns["compared"][at] = True
    rho = np.array([scale.reliability for scale in found.scales] + [np.nan])
    columns["reliability"] = growth_reliability(columns["correlation"], rho[now.scale], rho[starts.scale])
    columns["rho_start"] = rho[starts.scale]
    return columns


def _blank(places: int) -> Columns:
    numbers = ("expected", "scaled_residual", "growth_percentile", "correlation", "n_subjects")
    unsaid = {"why_not": np.full(places, NOTHING), "compared": np.zeros(places, dtype=bool)}
    return unsaid | {name: np.full(places, np.nan) for name in numbers}


def _with_averages(taught: Taught, columns: Columns) -> Columns:
    """The columns with each pupil's average over subjects in the place of `all`."""
    found = averages(taught, columns["scaled_residual"])
    return {name: _placed(found[name], column, taught.average) if name in found else column for name, column in columns.items()}


def _placed(values: NDArray[Any], column: NDArray[Any], at: NDArray[np.bool_]) -> NDArray[Any]:
    filled = column.copy()
    filled[at] = values
    return filled


def _certainty(columns: Columns) -> Columns:
    """The band, the probability of low growth, and the reason where growth is too noisy for both."""
    residual, reliability = columns["scaled_residual"], columns["reliability"]
    low, high = band(residual, reliability)
    p_low = chance_of_low(residual, reliability)
    noisy = np.isfinite(residual) & np.isnan(p_low)
    return {"band_low": low, "band_high": high, "p_low": p_low, "why_not": np.where(noisy, TOO_NOISY, columns["why_not"])}


def _targets(marks: Marks, now: Grades) -> Columns:
    """The teacher's latest target on the scale of the grade now, in points, and how far the grade is from it."""
    comparable = np.isfinite(marks.points) & (marks.scale == now.scale[marks.place])
    target = marks.grades(len(now.points), comparable).points
    return {"target": target, "target_gap": now.points - target}


def _yearly(now: Grades, starts: Starts, scales: tuple[Scale, ...]) -> Columns:
    """The points the scale expects by now, where start and now are on one scale that expects points a year."""
    a_year = np.array([np.nan if scale.a_year is None else scale.a_year for scale in scales] + [np.nan])
    years = np.array([candidate.years for candidate in starts.candidates] + [np.nan])
    yearly = np.where(now.scale == starts.scale, starts.points + a_year[now.scale] * years[starts.candidate], np.nan)
    return {"yearly": yearly, "yearly_gap": now.points - yearly}


def _begun(starts: Starts) -> Categorical:
    """The name of the candidate that each place starts from."""
    return _codes(starts.candidate, [candidate.name for candidate in starts.candidates])


def _table(taught: Taught, columns: Mapping[str, Any], names: Sequence[str]) -> DataFrame:
    who = {"pupil_id": taught.pupils.array.take(taught.pupil), "subject": _codes(taught.subject, taught.subjects)}
    texts = {name: _codes(*pd.factorize(columns[name])) for name in TEXTS if name in names}
    counts = {name: pd.array(columns[name], dtype="Int64") for name in COUNTS if name in names}
    term = {"term": _codes(np.zeros(taught.size, dtype="int64"), [str(taught.term)])}
    found = {**columns, **who, **texts, **counts, **term}
    return DataFrame({name: found[name] for name in names})


def _codes(codes: NDArray[Any], names: Any) -> Categorical:
    """Texts of which there are few different ones."""
    return Categorical.from_codes(codes, Index(names, dtype="str"))
