"""Pupils' figures added up for each group, and for all others of the same cohorts: the ground of every comparison of means."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas import DataFrame

from sentrack_lib.measures.progress.taught import first_of
from sentrack_lib.sources.coded import numbered, places_among, plain, together

ROW = ["family", "group", "subject"]
MOSTLY = 0.9
"""Of so many at least the drift must be known; the others, few, are taken to be like them."""
Codes = NDArray[np.int64]
Sums = dict[str, NDArray[Any]]


def sums(outcomes: DataFrame, groups: DataFrame) -> DataFrame:
    """Sums of `u` for each group and subject, and (`_rest`) for all others of its cohorts; `artefact`, added up per cohort.

    `outcomes` as from `outcomes`, `groups` as from `groups_of`; a row for every group and subject in which anybody has a row of
    outcomes, with a figure or without."""
    names, group, cohort, cells = _cells(outcomes, groups)
    subject, subjects = numbered(outcomes["subject"])
    place = _subject_of(outcomes["cohort"].to_numpy(dtype="int64"), subject)[cohort]
    number, keys = pd.factorize(group * max(len(subjects), 1) + place)
    whole = _whole({name: np.bincount(number, values, len(keys)) for name, values in cells.items()})
    of_group, of_subject = np.divmod(keys, max(len(subjects), 1))
    told: dict[str, Any] = {name: names[name].array.take(of_group) for name in ROW[:2]}
    return DataFrame(told | {"subject": subjects.astype("str").take(of_subject)} | whole)


def cohort_sums(outcomes: DataFrame, groups: DataFrame) -> DataFrame:
    """As `sums`, with a row for every group and `cohort`."""
    names, group, cohort, cells = _cells(outcomes, groups)
    return names.iloc[group].reset_index(drop=True).assign(cohort=cohort, **_whole(cells))


def _cells(outcomes: DataFrame, groups: DataFrame) -> tuple[DataFrame, Codes, Codes, Sums]:
    """The groups, and for every group and cohort that meet: their numbers and their sums."""
    found, names = _named(groups)
    cohort = outcomes["cohort"].to_numpy(dtype="int64")
    many = int(cohort.max(initial=0)) + 1
    row, group = _pairs(outcomes, groups, found)
    at, cells = _ranked(group * many + cohort[row], len(names) * many)
    summands = _summands(outcomes)
    inside = {name: np.bincount(at, values[row], len(cells)) for name, values in summands.items()}
    everyone = {name: np.bincount(cohort, values, many)[cells % many] for name, values in summands.items()}
    return names, cells // many, cells % many, _with_rest(inside, everyone)


def _ranked(keys: Codes, below: int) -> tuple[Codes, Codes]:
    """Keys from 0 up to `below` as their places among those that come, and these, in order."""
    # Marks are faster while there are few keys that could come; classes beside classes would be their number squared.
    if below > 2 * len(keys):
        return pd.factorize(keys, sort=True)
    comes = np.zeros(below, dtype=bool)
    comes[keys] = True
    return (np.cumsum(comes) - 1)[keys], np.flatnonzero(comes)


def _named(groups: DataFrame) -> tuple[Codes, DataFrame]:
    """The number of each row's group (within its family, and its subject where it is of one), and what the numbers stand for."""
    number = together(*(groups[column] for column in ROW))
    places = first_of(number, int(number.max(initial=-1)) + 1)
    return number, plain(groups[ROW].iloc[places], ROW).reset_index(drop=True)


def _pairs(outcomes: DataFrame, groups: DataFrame, found: Codes) -> tuple[Codes, Codes]:
    """Rows of outcomes, each with a group its pupil is in; a group of one subject meets the rows of that subject only."""
    pupil, pupils = numbered(outcomes["pupil_id"])
    whose = places_among(groups["pupil_id"], pupils)
    here = np.flatnonzero(whose >= 0)
    order = np.argsort(pupil, kind="stable")
    size = np.bincount(pupil, minlength=len(pupils))
    first = np.concatenate([[0], np.cumsum(size)[:-1]]) if len(size) else size
    many = size[whose[here]]
    group_row = np.repeat(here, many)
    step = np.arange(many.sum()) - np.repeat(np.cumsum(many) - many, many)
    row = order[np.repeat(first[whose[here]], many) + step]
    subject, subjects = numbered(outcomes["subject"])
    wanted = places_among(groups["subject"], subjects)
    wanted = np.where(groups["subject"].isna(), -1, np.where(wanted < 0, len(subjects), wanted))
    meets = (wanted[group_row] < 0) | (wanted[group_row] == subject[row])
    return row[meets], found[group_row[meets]]


def _summands(outcomes: DataFrame) -> Sums:
    u = outcomes["u"].to_numpy(dtype="float64")
    known, u = np.isfinite(u), np.nan_to_num(u)
    drift = np.where(known, outcomes["drift"].to_numpy(dtype="float64"), 0.0)
    unknown = np.isnan(drift)
    return {"n": known * 1.0, "total": u, "squares": u**2, "drift": np.nan_to_num(drift), "sure": (known & ~unknown) * 1.0}


def _subject_of(cohort: Codes, subject: Codes) -> Codes:
    """The subject of each cohort."""
    of = np.zeros(cohort.max(initial=-1) + 1, dtype="int64")
    of[cohort] = subject
    return of


def _with_rest(inside: Sums, everyone: Sums) -> Sums:
    """The sums of each cell with those of the others of its cohort, and the artefact of different starting points in it."""
    rest = {name: np.where(inside["n"] > 0, everyone[name] - inside[name], 0.0) for name in inside}
    beside = (inside["sure"] > 0) & (rest["sure"] > 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        gap = np.where(beside, inside["drift"] / inside["sure"] - rest["drift"] / rest["sure"], 0.0)
    weight = np.where(beside, inside["n"], 0.0)
    others = {f"{name}_rest": values for name, values in rest.items()}
    return {**inside, **others, "artefact": gap * weight, "beside": weight}


def _whole(sums: Sums) -> Sums:
    """The artefact a pupil, where it is known for most on both sides; counts are whole numbers."""
    sure = (sums["sure"] >= MOSTLY * sums["n"]) & (sums["sure_rest"] >= MOSTLY * sums["n_rest"]) & (sums["beside"] > 0)
    artefact = sums["artefact"] / np.where(sure, sums["beside"], np.nan)
    return {**sums, "artefact": artefact} | {name: sums[name].astype("int64") for name in ("n", "n_rest")}
