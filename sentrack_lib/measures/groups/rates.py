"""How many pupils of each group, and of the others, are often absent, suspended, excluded, sanctioned, rewarded (methods, 4)."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from pandas import DataFrame, Series

from sentrack_lib.measures.groups.certainty import TESTED, fisher, funnel, q_values
from sentrack_lib.measures.groups.comparisons import in_order
from sentrack_lib.measures.groups.membership import ALL, CROSSED, SUBJECT_BOUND, YEAR_GROUP, groupings
from sentrack_lib.measures.groups.shares import beside_rest, everyone, far_apart, shown
from sentrack_lib.measures.groups.verdicts import in_words, seen, why_not
from sentrack_lib.sources.coded import coded, rows_among, together
from sentrack_lib.terms import Term

ABSENCES = {"persistent absence": "persistent", "severe absence": "severe"}
EVENTS = {"suspension": "suspension", "permanent exclusion": "permanent_exclusion", "sanction": "sanction", "reward": "reward"}
RECORDED_BY_ALL = ("suspension", "permanent exclusion")
"""A school that records behaviour at all records these; a kind of the others that never occurs is not recorded."""
QUESTIONED = 0.05
"""The largest q-value of a clear difference in a rate. At .10, as for growth, 1 in 9 of 200 invented schools without any
difference was told of one in some families: rates are shares of few pupils, and asked of many things."""
FEWEST_EVENTS, TIMES = 5, 1.5
"""A ratio is formed from so many events on both sides; so many times as often is spoken of, however rare."""
COLUMNS = [
    "measure", "by", "family", "group", "subject", "n", "count", "mean", "low", "high", "q_value", "gap_less_artefact",
    "gap_low", "gap_high", "detectable", "verdict", "n_rest", "count_rest", "mean_rest", "ratio", "limit_low", "limit_high",
    "q_all", "tested", "seen", "why",
]  # fmt: skip
ROW = ["family", "group"]


def happened(roll: DataFrame, attendance: DataFrame, behaviour: DataFrame, term: Term) -> DataFrame:
    """For each pupil on the roll (`pupil_id`) whether each thing happened in the school year up to `term`; missing: not known.

    `attendance` is the term's measure; `behaviour` of all terms. Without any record of behaviour in the year nothing is known of
    it; without a single sanction (or reward) nothing of sanctions (or rewards)."""
    pupils = roll["pupil_id"]
    names = behaviour["term"].drop_duplicates().astype("str")
    to_date = [name for name in names if Term.named(name).year == term.year and Term.named(name) <= term]
    year = behaviour[behaviour["term"].isin(to_date)]
    whose, missed = rows_among(year["pupil_id"], pupils), rows_among(pupils, attendance["pupil_id"])
    told: dict[str, Any] = {
        name: attendance[column].astype("boolean").array.take(missed, allow_fill=True) for name, column in ABSENCES.items()
    }
    told |= {name: _occurred(year["kind"].eq(kind), whose, len(pupils), name) for name, kind in EVENTS.items()}
    columns = {name: pd.array(values, dtype="boolean") for name, values in told.items()}
    return DataFrame({"pupil_id": pupils} | columns)


def _occurred(kind: Series, whose: np.ndarray, pupils: int, name: str) -> Any:
    """Whether any event of one kind is each pupil's."""
    recorded = len(kind) if name in RECORDED_BY_ALL else kind.any()
    mine = whose[kind.to_numpy() & (whose >= 0)]
    return np.bincount(mine, minlength=pupils) > 0 if recorded else [pd.NA] * pupils


def compare_rates(happened: DataFrame, groups: DataFrame, previous: DataFrame | None = None) -> DataFrame:
    """One row a thing that happens and a group: in how many of its pupils, beside all others for whom it is known.

    `happened` is from `happened`, `groups` from `pupil_groups`, `previous` from `rate_gaps` of the period before. `count` of
    `n` is the share `mean` with its Wilson interval `low` to `high`; the gap to the rest, `gap_less_artefact` (named as in
    comparisons of growth; nothing is taken off), has Newcombe's; `q_value` is from Fisher's test over the family, `q_all` over
    the table; `ratio` is how many times as often, where both sides have 5 events or more; `limit_low` to `limit_high` is where
    such a group lies 95 times in 100 if it is like the whole school. Groups under 5 show their number alone."""
    table = _counted(happened, groups)
    for step in (_described, _tested):
        table = step(table)
    table = table.assign(seen=seen(table, previous, ROW))
    relevant = _relevant(table)
    table = table.assign(verdict=in_words(table, relevant, QUESTIONED), why=why_not(table, relevant))
    table = table.assign(tested=table["q_value"].notna().groupby(table["family"]).transform("sum").astype("int64"))
    table = in_order(table.assign(subject=ALL)).astype(dict.fromkeys(["measure", "by", "family", "subject"], "str"))
    measures = {measure: place for place, measure in enumerate(happened)}
    return table.sort_values("measure", key=lambda names: names.map(measures), kind="stable", ignore_index=True)[COLUMNS]


def rate_gaps(happened: DataFrame, groups: DataFrame) -> DataFrame:
    """`family` `group` `gap_less_artefact` of a period, as `compare_rates` takes them for `previous`."""
    table = _counted(happened, groups)
    n, rest, count = shown(table)
    return table[ROW].assign(gap_less_artefact=count / n - table["count_rest"] / rest)


def pupil_groups(roll: DataFrame, groups: DataFrame, answers: Mapping[str, Series] | None = None) -> DataFrame:
    """Of `groups_of` those that are of pupils, not of lessons, with year groups as one family more."""
    number, families = pd.factorize(groups["family"])
    bound = np.array([any(part in SUBJECT_BOUND for part in family.split(CROSSED)) for family in families], dtype=bool)[number]
    years = DataFrame({"pupil_id": roll["pupil_id"], "family": YEAR_GROUP, "group": (answers or groupings(roll))[YEAR_GROUP]})
    parts = {"asked": groups.loc[~bound, ["pupil_id", *ROW]], YEAR_GROUP: years.dropna(subset=["group"])}
    found = pd.concat(coded(parts, ["pupil_id", *ROW]).values(), ignore_index=True)
    return found[~Series(together(*(found[name] for name in ("pupil_id", *ROW)))).duplicated()].reset_index(drop=True)


def _counted(happened: DataFrame, groups: DataFrame) -> DataFrame:
    """`count` of `n` for each measure and group, and (`_rest`) for all others of whom it is known."""
    measures = [str(name) for name in happened if name != "pupil_id"]
    place = rows_among(groups["pupil_id"], happened["pupil_id"])
    groups, place = groups[place >= 0], place[place >= 0]
    number = Series(together(*(groups[name] for name in ROW)), groups.index)
    names = groups.loc[~number.duplicated(), ROW].astype("str").rename(columns={"family": "by"})
    counts = [DataFrame(_counts(happened[measure], number.to_numpy(), place, len(names))) for measure in measures]
    table = pd.concat([names] * len(measures), ignore_index=True).assign(measure=np.repeat(measures, len(names)))
    return table.assign(family=table["measure"] + " by " + table["by"]).join(pd.concat(counts, ignore_index=True))


def _counts(happened: Series, number: np.ndarray, place: np.ndarray, groups: int) -> dict[str, np.ndarray]:
    known, yes = happened.notna().to_numpy(), happened.fillna(False).to_numpy(dtype=bool)
    n, count = (np.bincount(number, each[place], groups).astype("int64") for each in (known, yes))
    return {"n": n, "count": count, "n_rest": known.sum() - n, "count_rest": yes.sum() - count}


def _described(table: DataFrame) -> DataFrame:
    """Shares and gaps with their intervals, blank for groups too small to show."""
    n, _, count = shown(table)
    shares = beside_rest(table)
    enough = table[["count", "count_rest"]].ge(FEWEST_EVENTS).all(axis=1)
    ratio = (shares["share"] / shares["share_rest"]).where(enough)
    named = shares.rename(columns={"share": "mean", "share_rest": "mean_rest", "gap": "gap_less_artefact"})
    return table.assign(count=count.astype("Int64"), ratio=ratio).join(named).join(funnel(everyone(table), n))


def _tested(table: DataFrame) -> DataFrame:
    """q-values over each family: a share is tested where group and rest have ten pupils and not all fare alike."""
    large = table["n"].ge(TESTED) & table["n_rest"].ge(TESTED)
    counted = table["count"].fillna(0).astype("int64")
    differs = (counted + table["count_rest"]).gt(0) & (counted + table["count_rest"]).lt(table["n"] + table["n_rest"])
    p = fisher(counted, table["n"], table["count_rest"], table["n_rest"]).where(large & differs)
    return table.assign(q_value=q_values(p, [table["family"]]), q_all=q_values(p, [Series(0, index=table.index)]))


def _relevant(table: DataFrame) -> Series:
    """Shares that are far apart, or of half as often again where there are events enough for a ratio."""
    large = far_apart(table["mean"], table["mean_rest"]) | table["ratio"].ge(TIMES) | table["ratio"].le(1 / TIMES)
    # Of two groups alone q is p, and .10 of one test would be too easily reached: the interval must leave nought out as well.
    return large & (table["gap_low"].gt(0) | table["gap_high"].lt(0))
