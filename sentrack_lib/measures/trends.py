"""Every headline figure term by term, for pupils with SEN and the others: counts with their whole, means, intervals."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas import DataFrame, Index, Series

from sentrack_lib.measures.groups.certainty import NO_SPREAD, SHOWN, mean_interval, wilson
from sentrack_lib.measures.progress.taught import ALL
from sentrack_lib.sources.coded import places_among, plain
from sentrack_lib.sources.codes import SEN_GROUPS, sen_group
from sentrack_lib.terms import Term

LOW, GROWTH, TENTH, HALF, ABSENCE = "low progress", "growth", "missed a tenth", "missed half", "absence"
AWAY, SANCTION, REWARD, TOLD = "suspended or excluded", "sanction", "reward", "progress told"
FIGURES = (LOW, GROWTH, TENTH, HALF, ABSENCE, AWAY, SANCTION, REWARD, TOLD)
MEANS = (GROWTH, ABSENCE)
"""Figures that are means of pupils; the others count pupils."""
SHARE, DEVIATIONS = "share", "SD"
EVERYONE, WITH, WITHOUT = "all pupils", "with SEN", "without SEN"
GROUPS = {
    EVERYONE: SEN_GROUPS,
    WITH: ("SEN support", "EHC plan"),
    WITHOUT: ("No SEN",),
    "SEN support": ("SEN support",),
    "EHC plan": ("EHC plan",),
}
"""Groups by the SEN status on the roll of each term; a pupil whose status is not known is one of all pupils alone."""

PLACE = ["figure", "group", "subject"]
SUMS = ["n", "total", "squares"]
COLUMNS = [*PLACE, "term", "n", "count", "value", "low", "high", "unit"]
Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class _Rolls:
    """Every pupil on the roll of every term: the `terms`, the `pupils`, and for each of them together a key and a status."""

    terms: Index
    pupils: Index
    keys: Index
    status: NDArray[np.int64]

    @property
    def term(self) -> NDArray[np.int64]:
        """The place of each one's term."""
        return self.keys.to_numpy() // max(len(self.pupils), 1)

    def places(self, rows: DataFrame) -> NDArray[np.int64]:
        """Where each row's pupil stands on the roll of the row's term; -1 where nowhere."""
        term, pupil = places_among(rows["term"], self.terms), places_among(rows["pupil_id"], self.pupils)
        return self.keys.get_indexer(Index(np.where((term < 0) | (pupil < 0), -1, term * len(self.pupils) + pupil)))

    def values(self, rows: DataFrame, *columns: str) -> list[Numbers]:
        """The numbers of each pupil on each roll, column by column; missing where no row has one."""
        place, found = self.places(rows), np.full((len(columns), len(self.keys)), np.nan)
        found[:, place[place >= 0]] = rows[[*columns]].to_numpy(dtype="float64", na_value=np.nan)[place >= 0].T
        return list(found)


def sums_by_term(progress: DataFrame, attendance: DataFrame, behaviour: DataFrame, pupils: DataFrame) -> DataFrame:
    """What the trend is made of: one row a headline figure, group, subject and term, with `n`, `total` and `squares`.

    `progress` and `attendance` are the measures of every term to be followed, one below the other; `behaviour` and `pupils` may
    hold more terms. Of each figure: pupils for whom it is known, the sum of their values, the sum of its squares; a value is 1
    or 0 for figures that count pupils. Low progress: low growth over all subjects is more likely than not (P of 0.5 or more).
    Growth is the scaled residual; it has no row for all pupils, whose mean is nought by construction; by subject it is of
    pupils with SEN. Absences are of the term's own sessions. Where a term has no record of behaviour nothing is known of
    suspensions and exclusions, and without a single sanction (or reward) nothing of sanctions (or rewards)."""
    rolls = _rolls(pupils, attendance)
    figures = _of_progress(rolls, progress) | _of_attendance(rolls, attendance) | _of_behaviour(rolls, behaviour)
    found = pd.concat([_by_group(rolls, figures), _by_subject(rolls, progress)], ignore_index=True)
    found = found[found["figure"].ne(GROWTH) | found["group"].ne(EVERYONE)]
    return found.astype(dict.fromkeys([*PLACE, "term"], "str") | {"n": "int64"}).reset_index(drop=True)


def trends(sums: DataFrame) -> DataFrame:
    """One row a figure, group, subject and term: `count` of `n` pupils, or a mean of `n`; `value` with its interval; `unit`.

    `sums` is from `sums_by_term`. `value`, `low` and `high` are shares, or standard deviations of growth; 95 % intervals by
    Wilson for counts and by the t distribution for means. `count` is blank for means; under 5 pupils all is blank but `n`."""
    some = _described(sums)
    table = pd.concat([sums, some[["count", "value", "low", "high"]]], axis=1).assign(unit=unit_of(sums))
    return table.loc[table["subject"].eq(ALL) | table["n"].gt(0), COLUMNS].reset_index(drop=True)


def _rolls(pupils: DataFrame, attendance: DataFrame) -> _Rolls:
    """The rolls of the terms that have a measure of attendance."""
    terms = Index(sorted(attendance["term"].astype("str").unique(), key=Term.named), dtype="str")
    place = places_among(pupils["term"], terms)
    rows, term = pupils[place >= 0], place[place >= 0]
    known = Index(rows["pupil_id"].astype("str").unique())
    keys = Index(term * len(known) + places_among(rows["pupil_id"], known))
    last = ~keys.duplicated(keep="last")
    status = places_among(sen_group(rows["sen_status"]), Index(SEN_GROUPS))
    return _Rolls(terms, known, keys[last], status[last])


def _of_progress(rolls: _Rolls, progress: DataFrame) -> dict[str, Numbers]:
    average = progress.loc[progress["subject"].eq(ALL), ["term", "pupil_id", "p_low", "scaled_residual", "growth_percentile"]]
    p_low, growth, percentile = rolls.values(average, "p_low", "scaled_residual", "growth_percentile")
    return {LOW: _at_least(p_low, 0.5), GROWTH: growth, TOLD: np.isfinite(percentile) * 1.0}


def _of_attendance(rolls: _Rolls, attendance: DataFrame) -> dict[str, Numbers]:
    [missed] = rolls.values(attendance, "term_absence")
    # A quotient of whole numbers that is a tenth is rounded as 0.1 itself is, so none is lost on the edge.
    return {TENTH: _at_least(missed, 0.1), HALF: _at_least(missed, 0.5), ABSENCE: missed}


def _of_behaviour(rolls: _Rolls, behaviour: DataFrame) -> dict[str, Numbers]:
    away = behaviour["kind"].isin(["suspension", "permanent_exclusion"])
    known = {AWAY: behaviour} | {kind: behaviour[behaviour["kind"].eq(kind)] for kind in (SANCTION, REWARD)}
    return {name: _happened(rolls, behaviour[away] if name == AWAY else rows, rows) for name, rows in known.items()}


def _happened(rolls: _Rolls, rows: DataFrame, recorded: DataFrame) -> Numbers:
    """1 for pupils with a row in the term and 0 for the others; missing in terms in which nothing was `recorded`."""
    found, place = np.zeros(len(rolls.keys)), rolls.places(rows)
    found[place[place >= 0]] = 1.0
    terms = places_among(recorded["term"].drop_duplicates(), rolls.terms)
    return np.where(np.isin(rolls.term, terms), found, np.nan)


def _at_least(values: Numbers, least: float) -> Numbers:
    return np.where(np.isfinite(values), values >= least, np.nan)


def _by_group(rolls: _Rolls, figures: dict[str, Numbers]) -> DataFrame:
    """The sums of every figure for every group and term."""
    terms, statuses = len(rolls.terms), len(SEN_GROUPS)
    belongs = np.array([[status in one for status in SEN_GROUPS] for one in GROUPS.values()], dtype="float64")
    cells = [_summed(rolls.status * terms + rolls.term, figures[figure], statuses * terms) for figure in FIGURES]
    sums = belongs @ np.reshape(cells, (len(FIGURES), len(SUMS), statuses, terms))
    named = pd.MultiIndex.from_product([FIGURES, GROUPS, [ALL], rolls.terms], names=[*PLACE, "term"])
    return DataFrame({name: sums[:, place].ravel() for place, name in enumerate(SUMS)}, index=named).reset_index()


def _by_subject(rolls: _Rolls, progress: DataFrame) -> DataFrame:
    """The sums of growth of pupils with SEN for every subject and term."""
    known = progress["scaled_residual"].notna() & progress["subject"].ne(ALL)
    rows = progress.loc[known, ["term", "pupil_id", "subject", "scaled_residual"]]
    place = rolls.places(rows)
    ours = (place >= 0) & np.isin(rolls.status[place], [SEN_GROUPS.index(status) for status in GROUPS[WITH]])
    subject, names = pd.factorize(plain(rows.loc[ours], ["subject"])["subject"], sort=True)
    values, terms = rows.loc[ours, "scaled_residual"].to_numpy(dtype="float64"), len(rolls.terms)
    sums = _summed(subject * terms + rolls.term[place[ours]], values, len(names) * terms)
    named = pd.MultiIndex.from_product([[GROWTH], [WITH], names, rolls.terms], names=[*PLACE, "term"])
    return DataFrame(dict(zip(SUMS, sums, strict=True)), index=named).reset_index()


def _summed(cell: NDArray[np.int64], values: Numbers, cells: int) -> list[Numbers]:
    """`n`, `total` and `squares` of the known values in each cell."""
    known = np.isfinite(values)
    cell, values = cell[known], values[known]
    return [np.bincount(cell, weight, cells).astype("float64") for weight in (np.ones(len(values)), values, values**2)]


def unit_of(sums: DataFrame) -> Series:
    """What the value of each row is counted in: shares, or standard deviations of growth."""
    return Series(np.where(sums["figure"].eq(GROWTH), DEVIATIONS, SHARE), index=sums.index, dtype="str")


def moments(sums: DataFrame, side: str = "") -> DataFrame:
    """`n`, `mean` and `variance` (n - 1); missing for groups too small to show."""
    n, total, squares = (sums[f"{name}{side}"].to_numpy(dtype="float64") for name in SUMS)
    n = np.where(n >= SHOWN, n, np.nan)
    variance = np.maximum((squares - total**2 / n) / (n - 1), 0.0)
    return DataFrame({"n": n, "mean": total / n, "variance": variance}, index=sums.index)


def _described(sums: DataFrame) -> DataFrame:
    """`count`, `value`, `low` and `high`; missing for groups too small to show."""
    some, means = moments(sums), sums["figure"].isin(MEANS)
    count = sums["total"].where(~means & some["n"].notna())  # the total of a mean counts nobody
    # That pupils are all alike does not make their mean certain.
    spread = mean_interval(some.assign(variance=some["variance"].where(some["variance"].gt(NO_SPREAD))))
    spread = spread.where(sums["figure"].eq(GROWTH), spread.clip(0, 1))
    told = wilson(count, some["n"]).where(~means, spread)
    return told.assign(count=count.astype("Int64"), value=some["mean"])
