"""Do pupils with SEN sit in the sets in which others sit who started as they did (statement 47)?"""

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas import DataFrame, Series
from scipy import stats

from sentrack_lib.measures.groups.certainty import gap_of_means
from sentrack_lib.sources.coded import among, plain, rows_among, together

STRATA = 10
"""Pupils are held against those of the same tenth of the start; coarser, and who starts lower in a part would seem misplaced."""
NAMES = ["subject", "year", "set"]
FAIR = ["count_same", "n_same", "expected_same_start", "expected_in_order", "p_same", "p_order"]
Numbers = NDArray[np.float64]
Codes = NDArray[np.intp]


def sets(pupils: DataFrame, teaching_groups: DataFrame, progress: DataFrame) -> DataFrame:
    """One row a set of a subject and year group: `count` of the `n` pupils with SEN who have a set there, beside others.

    `pupils` has `pupil_id` `year` `sen`. `expected` is as the others of the year group sit. Of the `n_same` pupils with SEN
    whose start is known beside others of the same tenth `count_same` sit here: `expected_same_start` if they sat as those
    others do (Cochran, Mantel and Haenszel), `expected_in_order` if the sets were filled in the order of the start alone.
    Starts are measured with error, so that the first expects who starts lower too high; judgement scatters those at either
    end, so that the second may expect them too low: `fair` is the nearer of the two as a share, and `p` the larger."""
    rows = _seated(pupils, teaching_groups, progress)
    known, started = rows[rows["sen"].notna()], rows.dropna(subset=["sen", "stratum"])
    cells = rows.drop_duplicates("here").sort_values("here", ignore_index=True)[[*NAMES, "place"]]
    cells = plain(cells, NAMES)
    place = cells["place"].to_numpy()
    count, count_rest = Sides.of(known["sen"], known["here"], len(cells))
    n, n_rest = (side[place] for side in Sides.of(known["sen"], known["place"], len(cells)))
    found = {"count": count, "count_rest": count_rest, "n": n, "n_rest": n_rest}
    found["expected"] = n * count_rest / np.where(n_rest > 0, n_rest, np.nan)
    found["not_known"] = np.bincount(rows.loc[rows["sen"].isna(), "here"], minlength=len(cells))
    sides = Sides.of(started["sen"], started["stratum"], len(rows))
    both = (sides.mine * sides.others > 0)[started["stratum"]]
    found |= _same_start(started[both], place) | _in_order(started, both, place)
    return _fair(cells.assign(**found)).drop(columns="place")


class Sides(NamedTuple):
    """Sums over the pupils with SEN, and over the others."""

    mine: Numbers
    others: Numbers

    @classmethod
    def of(cls, sen: Series | Numbers, code: Series | Codes, size: int, value: Numbers | float = 1.0) -> "Sides":
        """The sums of a value, or how many they are, for each code below `size`; of all it is known whether they have SEN."""
        mine = np.asarray(sen, dtype="float64")
        return cls(*(np.bincount(code, side * value, size).astype("float64") for side in (mine, 1 - mine)))


def _seated(pupils: DataFrame, teaching_groups: DataFrame, progress: DataFrame) -> DataFrame:
    """Who sits in which set (the number `here`) of which subject and year group (the number `place`), and how each started.

    A start is the place in the cohort, `above` from 0 to 1, and the `stratum` of those in its tenth; both may be missing."""
    rows = teaching_groups[["pupil_id", "subject", "set"]].dropna().drop_duplicates(["pupil_id", "subject"])
    at = rows_among(rows["pupil_id"], pupils["pupil_id"])
    rows, at = rows[at >= 0], at[at >= 0]
    rows = rows.assign(year=pupils["year"].to_numpy()[at], sen=pupils["sen"].array[at]).dropna(subset=["year"])
    starts = _starts(progress.loc[among(progress["subject"], rows["subject"]), ["pupil_id", "subject", "start", "cohort"]])
    rows = rows.merge(starts, how="left", on=["pupil_id", "subject"])
    place, here = (together(*(rows[name] for name in names), in_order=True) for names in (NAMES[:2], NAMES))
    rows = rows.assign(here=here, place=place)
    stratum = Series(together(rows["place"], rows["tenth"], in_order=True), rows.index)
    return rows.assign(stratum=stratum.where(rows["tenth"].notna()).astype("Int64"))


def _starts(progress: DataFrame) -> DataFrame:
    """The place of each start in its cohort, which has one scale of the start, and the number of its tenth."""
    rows = progress.dropna(subset=["start", "cohort"])
    above = rows.groupby("cohort", observed=True)["start"].rank(pct=True)
    tenth = pd.factorize(rows["cohort"])[0] * STRATA + np.ceil(above * STRATA).clip(1, STRATA)
    return rows[["pupil_id", "subject"]].assign(above=above, tenth=tenth)


def _same_start(started: DataFrame, place: Codes) -> dict[str, Numbers]:
    """For every set the count expected of pupils with SEN if they sat there as others of the same tenth, and the test's p.

    Tenths of whom nobody sits in a set add nothing to any of its sums but the number of pupils."""
    sen, here, stratum = started["sen"], started["here"].to_numpy(), started["stratum"].to_numpy(dtype="int64")
    width = stratum.max(initial=0) + 1
    pairs, cell = np.unique(here * width + stratum, return_inverse=True)
    mine, others = Sides.of(sen, cell, len(pairs))
    all_mine, all_others = (side[pairs % width] for side in Sides.of(sen, stratum, width))
    whole, inside = all_mine + all_others, mine + others

    def summed(values: Numbers) -> Numbers:
        return np.bincount(pairs // width, values, len(place)).astype("float64")

    beyond = summed(mine - all_mine * inside / whole)
    variance = summed(all_mine * all_others * inside * (whole - inside) / (whole**2 * (whole - 1)))
    return {
        "count_same": summed(mine),
        "n_same": Sides.of(sen, started["place"], len(place)).mine[place],
        "expected_same_start": summed(all_mine * others / all_others),
        "p_same": stats.chi2.sf(beyond**2 / np.where(variance > 0, variance, np.nan), 1),
    }


def _in_order(started: DataFrame, both: NDArray[np.bool_], place: Codes) -> dict[str, Series]:
    """For every set the count expected of pupils with SEN were it filled in the order of the start, and Welch's p.

    Sets stand in the order of their pupils' mean start; pupils who started alike share the seats they take up together."""
    above, here = started["above"].to_numpy(), started["here"].to_numpy()
    _, alike, sizes = np.unique(2 * started["place"].to_numpy() - above, return_inverse=True, return_counts=True)
    last, (begin, end) = np.cumsum(sizes).astype("float64"), _rows_of_seats(here, above, place)
    first = last - sizes

    def share(of: Codes, at: Codes) -> Numbers:
        return (np.minimum(last[of], end[at]) - np.maximum(first[of], begin[at])).clip(0) / sizes[of]

    of, at = _meeting(first, last, end)
    shares = DataFrame({"of": of, "at": at, "seat": share(of, at)})
    rows = started[["sen", "here", "place"]].assign(alike=alike, own=share(alike, here))[both]
    mine, others = (_beyond(rows, chosen, shares, place) for chosen in (rows["sen"], ~rows["sen"]))
    return {"expected_in_order": mine["seats"], "p_order": gap_of_means(mine, others)["p"]}


def _rows_of_seats(here: Codes, above: Numbers, place: Codes) -> tuple[Numbers, Numbers]:
    """Where the seats of each set begin and end, best start first, all places one behind the other."""
    sizes = np.bincount(here, minlength=len(place))
    mean = np.bincount(here, above, len(place)) / np.maximum(sizes, 1)
    order = np.lexsort((-mean, place))
    end = np.empty(len(place))
    end[order] = np.cumsum(sizes[order])
    return end - sizes, end


def _meeting(first: NDArray, last: NDArray, end: Numbers) -> tuple[Codes, Codes]:
    """Every pair of pupils who started alike (their seats `first` to `last`) and a set in which some of these seats are."""
    order = np.argsort(end, kind="stable")
    low, high = np.searchsorted(end[order], first, "right"), np.searchsorted(end[order], last, "left")
    many = high - low + 1
    of = np.repeat(np.arange(len(first)), many)
    return of, order[np.arange(len(of)) - np.repeat(np.cumsum(many) - many - low, many)]


def _beyond(rows: DataFrame, chosen: Series, shares: DataFrame, place: Codes) -> DataFrame:
    """Being in each set less the `seats` expected there, for the pupils chosen: `n`, `mean` and `variance` (n - 1)."""
    some, many = rows[chosen.to_numpy(dtype=bool)], len(place)
    n, count = np.bincount(some["place"], minlength=many)[place], np.bincount(some["here"], minlength=many)
    alike = np.bincount(some["alike"], minlength=shares["of"].max() + 1 if len(shares) else 0)[shares["of"]]
    seats, squares = (np.bincount(shares["at"], alike * shares["seat"] ** power, many) for power in (1, 2))
    own = np.bincount(some["here"], some["own"], many)
    mean = (count - seats) / np.where(n > 0, n, np.nan)
    variance = (count - 2 * own + squares - n * mean**2) / np.where(n > 1, n - 1, np.nan)
    return DataFrame({"n": n, "mean": mean, "variance": variance, "seats": seats})


def _fair(cells: DataFrame) -> DataFrame:
    """The share that is fair to expect, and p; where the two ways point apart nothing is shown by either."""
    count, n, by_start, in_order, p_start, p_order = (cells[name].to_numpy(dtype="float64") for name in FAIR)
    same, order = count - by_start, count - in_order
    apart = same * order < 0
    nearer = np.where(apart, 0.0, np.where(np.abs(same) <= np.abs(order), same, order))
    return cells.assign(fair=(count - nearer) / np.where(n > 0, n, np.nan), p=np.where(apart, 1.0, np.maximum(p_start, p_order)))
