"""Pupils' figures added up for each group, and for all others of the same cohorts: the ground of every comparison of means."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas import DataFrame

ROW = ["family", "group", "subject"]
MOSTLY = 0.9
"""Of so many at least the drift must be known; the others, few, are taken to be like them."""
Codes = NDArray[np.int64]


def sums(outcomes: DataFrame, groups: DataFrame) -> DataFrame:
    """Sums of `u` for each group and subject, and (`_rest`) for all others of its cohorts; `artefact`, added up per cohort.

    `outcomes` as from `outcomes`, `groups` as from `groups_of`; a row for every group and subject in which anybody has a row of
    outcomes, with a figure or without."""
    names, group, cohort, cells = _cells(outcomes, groups)
    subject, subjects = pd.factorize(outcomes["subject"])
    place = _subject_of(outcomes["cohort"].to_numpy(dtype="int64"), subject)[cohort]
    number, keys = pd.factorize(group * max(len(subjects), 1) + place)
    added = DataFrame({column: np.bincount(number, cells[column], len(keys)) for column in cells})
    table = names.iloc[keys // max(len(subjects), 1)].reset_index(drop=True)
    return _whole(table.assign(subject=pd.Index(subjects).astype("str").take(keys % max(len(subjects), 1))).join(added))


def cohort_sums(outcomes: DataFrame, groups: DataFrame) -> DataFrame:
    """As `sums`, with a row for every group and `cohort`."""
    names, group, cohort, cells = _cells(outcomes, groups)
    return _whole(names.iloc[group].reset_index(drop=True).assign(cohort=cohort).join(cells))


def _cells(outcomes: DataFrame, groups: DataFrame) -> tuple[DataFrame, Codes, Codes, DataFrame]:
    """The groups, and for every group and cohort that meet: their numbers and their sums."""
    found, names = _named(groups)
    cohort = outcomes["cohort"].to_numpy(dtype="int64")
    many = int(cohort.max(initial=0)) + 1
    row, group = _pairs(outcomes, groups, found)
    cells, at = np.unique(group * many + cohort[row], return_inverse=True)
    summands = _summands(outcomes)
    inside = {name: np.bincount(at, values[row], len(cells)) for name, values in summands.items()}
    everyone = {name: np.bincount(cohort, values, many)[cells % many] for name, values in summands.items()}
    return names, cells // many, cells % many, _with_rest(inside, everyone)


def _named(groups: DataFrame) -> tuple[Codes, DataFrame]:
    """The number of each row's group (within its family, and its subject where it is of one), and what the numbers stand for."""
    codes = [pd.factorize(groups[column])[0] for column in ROW]
    sizes = [code.max(initial=-1) + 2 for code in codes]
    number, first = pd.factorize((codes[0] * sizes[1] + codes[1]) * sizes[2] + codes[2] + 1)
    places = np.zeros(len(first), dtype="int64")
    places[number[::-1]] = np.arange(len(number))[::-1]
    return number, groups[ROW].iloc[places].reset_index(drop=True)


def _pairs(outcomes: DataFrame, groups: DataFrame, found: Codes) -> tuple[Codes, Codes]:
    """Rows of outcomes, each with a group its pupil is in; a group of one subject meets the rows of that subject only."""
    pupil, pupils = pd.factorize(outcomes["pupil_id"])
    whose = pd.Index(pupils).get_indexer(pd.Index(groups["pupil_id"]))
    here = np.flatnonzero(whose >= 0)
    order = np.argsort(pupil, kind="stable")
    size = np.bincount(pupil, minlength=len(pupils))
    first = np.concatenate([[0], np.cumsum(size)[:-1]]) if len(size) else size
    many = size[whose[here]]
    group_row = np.repeat(here, many)
    step = np.arange(many.sum()) - np.repeat(np.cumsum(many) - many, many)
    row = order[np.repeat(first[whose[here]], many) + step]
    subject, subjects = pd.factorize(outcomes["subject"])
    wanted = pd.Index(subjects).get_indexer(pd.Index(groups["subject"]))
    wanted = np.where(groups["subject"].isna(), -1, np.where(wanted < 0, len(subjects), wanted))
    meets = (wanted[group_row] < 0) | (wanted[group_row] == subject[row])
    return row[meets], found[group_row[meets]]


def _summands(outcomes: DataFrame) -> dict[str, NDArray[np.float64]]:
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


def _with_rest(inside: dict[str, NDArray], everyone: dict[str, NDArray]) -> DataFrame:
    """The sums of each cell with those of the others of its cohort, and the artefact of different starting points in it."""
    cells, whole = DataFrame(inside), DataFrame(everyone)
    rest = (whole - cells).where(cells["n"].gt(0), 0)
    beside = cells["sure"].gt(0) & rest["sure"].gt(0)
    gap = cells["drift"] / cells["sure"].where(beside) - rest["drift"] / rest["sure"].where(beside)
    weight = cells["n"].where(beside, 0)
    return cells.join(rest.add_suffix("_rest")).assign(artefact=(gap * weight).fillna(0.0), beside=weight)


def _whole(table: DataFrame) -> DataFrame:
    """The artefact a pupil, where it is known for most on both sides; counts are whole numbers."""
    sure = (table["sure"] >= MOSTLY * table["n"]) & (table["sure_rest"] >= MOSTLY * table["n_rest"]) & table["beside"].gt(0)
    artefact = (table["artefact"] / table["beside"].where(sure)).where(sure)
    return table.assign(artefact=artefact).astype(dict.fromkeys(["n", "n_rest"], "int64"))
