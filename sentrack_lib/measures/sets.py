"""Do pupils with SEN sit in the sets in which others sit who started as they did (statement 47)?"""

import numpy as np
import pandas as pd
from pandas import DataFrame, Index, Series
from scipy import stats

from sentrack_lib.measures.groups.certainty import gap_of_means, summaries
from sentrack_lib.measures.progress.taught import places_among

STRATA = 10
"""Pupils are held against those of the same tenth of the start; coarser, and who starts lower in a part would seem misplaced."""
NAMES = ["subject", "year", "set"]


def sets(pupils: DataFrame, teaching_groups: DataFrame, progress: DataFrame) -> DataFrame:
    """One row a set of a subject and year group: `count` of the `n` pupils with SEN who have a set there, beside others.

    `pupils` has `pupil_id` `year` `sen`. `expected` is as the others of the year group sit. Of the `n_same` pupils with SEN
    whose start is known beside others of the same tenth `count_same` sit here: `expected_same_start` if they sat as those
    others do (Cochran, Mantel and Haenszel), `expected_in_order` if the sets were filled in the order of the start alone.
    Starts are measured with error, so that the first finds who starts lower too low, and judgement scatters those at either
    end, so that the second finds them too high: `fair` is the nearer of the two as a share, and `p` the larger."""
    rows = _seated(pupils, teaching_groups, progress)
    known = rows[rows["sen"].notna()]
    cells = rows.drop_duplicates("here").set_index("here")[[*NAMES, "place"]].sort_index()
    cells = cells.join(_sides(known, ["here"]).set_axis(["count", "count_rest"], axis=1))
    cells = cells.join(_sides(known, ["place"]).set_axis(["n", "n_rest"], axis=1), on="place")
    cells = cells.fillna(dict.fromkeys(["count", "count_rest", "n", "n_rest"], 0.0))
    cells["expected"] = cells["n"] * cells["count_rest"] / cells["n_rest"].where(cells["n_rest"].gt(0))
    cells["not_known"] = rows[rows["sen"].isna()].groupby("here").size().reindex(cells.index, fill_value=0)
    started = known.dropna(subset=["tenth"])
    both = started.groupby(["place", "tenth"])["sen"].transform("nunique").eq(2)
    return _fair(cells.join(_same_start(started[both])).join(_in_order(started, both))).reset_index(drop=True)


def _seated(pupils: DataFrame, teaching_groups: DataFrame, progress: DataFrame) -> DataFrame:
    """Who sits in which set (the number `here`) of which subject and year group (the number `place`), and how each started.

    A start is the place in the cohort, `above` from 0 to 1, and its `tenth`."""
    rows = teaching_groups[["pupil_id", "subject", "set"]].dropna().drop_duplicates(["pupil_id", "subject"])
    at = places_among(rows["pupil_id"], Index(pupils["pupil_id"]))
    rows, at = rows[at >= 0].astype("str"), at[at >= 0]
    rows = rows.assign(**{name: pupils[name].to_numpy()[at] for name in ("year", "sen")}).dropna(subset=["year"])
    starts = _starts(progress[progress["subject"].isin(rows["subject"].unique())])
    rows = rows.merge(starts, how="left", on=["pupil_id", "subject"])
    return rows.assign(here=rows.groupby(NAMES).ngroup(), place=rows.groupby(NAMES[:2]).ngroup())


def _starts(progress: DataFrame) -> DataFrame:
    """The place of each start in its cohort, which has one scale of the start, and its tenth."""
    rows = progress.dropna(subset=["start", "cohort"])
    above = rows.groupby("cohort", observed=True)["start"].rank(pct=True)
    tenth = pd.factorize(rows["cohort"])[0] * STRATA + np.ceil(above * STRATA).clip(1, STRATA)
    told = rows[["pupil_id", "subject"]].astype("str")
    return told.assign(above=above, tenth=tenth)


def _sides(known: DataFrame, by: list[str]) -> DataFrame:
    """How many with (`mine`) and without SEN (`others`)."""
    found = known.astype({"sen": "float64"}).groupby(by)["sen"].agg(["sum", "size"])
    return DataFrame({"mine": found["sum"], "others": found["size"] - found["sum"]})


def _same_start(started: DataFrame) -> DataFrame:
    """For every set the count expected of pupils with SEN if they sat there as others of the same tenth, and the test's p."""
    strata = _sides(started, ["place", "tenth"]).add_prefix("all_").reset_index()
    cells = started[["place", "here"]].drop_duplicates().merge(strata, on="place")
    cells = cells.merge(_sides(started, ["here", "tenth"]).reset_index(), how="left", on=["here", "tenth"]).fillna(0.0)
    all_mine, all_others = cells["all_mine"], cells["all_others"]
    whole, inside = all_mine + all_others, cells["mine"] + cells["others"]
    parts = {
        "count_same": cells["mine"],
        "n_same": all_mine,
        "expected_same_start": all_mine * cells["others"] / all_others,
        "beyond": cells["mine"] - all_mine * inside / whole,
        "variance": all_mine * all_others * inside * (whole - inside) / (whole**2 * (whole - 1)),
    }
    found = DataFrame(parts).groupby(cells["here"]).sum()
    square = found["beyond"] ** 2 / found["variance"].where(found["variance"].gt(0))
    return found.drop(columns=["beyond", "variance"]).assign(p_same=stats.chi2.sf(square, 1))


def _in_order(started: DataFrame, both: Series) -> DataFrame:
    """For every set the count expected of pupils with SEN were it filled in the order of the start, and Welch's p.

    Sets stand in the order of their pupils' mean start; pupils who started alike share the seats they take up together."""
    order = started.groupby("place")["above"]
    last = order.rank(method="max", ascending=False)
    rows = started.assign(last=last, first=order.rank(method="min", ascending=False) - 1)[both]
    seats = started.groupby(["place", "here"])["above"].agg(["size", "mean"]).reset_index().sort_values("mean", ascending=False)
    seats["end"] = seats.groupby("place")["size"].cumsum()
    every = rows.merge(seats, on="place", suffixes=("_own", ""))
    begin, end = every["end"] - every["size"], every["end"]
    shared = np.minimum(every["last"], end) - np.maximum(every["first"], begin)
    seat = shared.clip(lower=0) / (every["last"] - every["first"])
    every = every.assign(seat=seat, beyond=every["here"].eq(every["here_own"]) - seat, sen=every["sen"].astype("bool"))
    sides = summaries(every, ["here", "sen"], "beyond").set_index("here")
    mine, rest = (sides[sides["sen"].eq(side)] for side in (True, False))
    expected = every[every["sen"]].groupby("here")["seat"].sum()
    return DataFrame({"expected_in_order": expected, "p_order": gap_of_means(mine, rest)["p"]})


def _fair(cells: DataFrame) -> DataFrame:
    """The share that is fair to expect, and p; where the two ways point apart nothing is shown by either."""
    same, order = (cells["count_same"] - cells[name] for name in ("expected_same_start", "expected_in_order"))
    nearer = same.where(same.abs().le(order.abs()), order)
    apart = np.sign(same).ne(np.sign(order))
    p = cells[["p_same", "p_order"]].max(axis=1, skipna=False).mask(apart & cells["n_same"].gt(0), 1.0)
    return cells.assign(fair=(cells["count_same"] - nearer.mask(apart, 0.0)) / cells["n_same"], p=p)
