"""The school's own figures beside those published for England, and whether more than chance lies between them."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas import DataFrame, Series
from scipy import stats

from sentrack_lib.measures.groups.certainty import NO_SPREAD, SHOWN, TESTED, funnel, wilson
from sentrack_lib.sources.benchmarks import (
    ABSENCE,
    AT_SUPPORT,
    BOYS,
    EXCLUDED,
    MAIN_NEED,
    OF_THE_YEAR,
    PERSISTENT,
    SEASONAL,
    SEVERE,
    SUSPENDED,
    WITH_PLAN,
    WITH_SEN,
    main_needs,
)
from sentrack_lib.sources.codes import NOT_KNOWN, has_sen, need, sen_group
from sentrack_lib.terms import SEASONS, Term

TENTH_SINCE = 2015
"""Persistent absence is a tenth of sessions since the school year 2015/16 (15 % before): older figures cannot be compared."""
HALF = "what half of local authorities lie between"
ABOVE, WITHIN, BELOW, NEAR = (f"{place} {HALF}" for place in ("above", "within", "below", "not clearly outside"))
MORE, LESS, ALIKE = "above England's figure", "below England's figure", "no evidence of a difference from England's figure"
NOBODY = "cannot be told: it is known of nobody here"
FEW = f"cannot be told: fewer than {TESTED} pupils"
UNVERIFIED = "cannot be told: the published figure is not verified"
SAME = "cannot be told: all pupils are alike here"
TO_DATE = "here this school year up to the term, there a whole year"
COLUMNS = [
    "measure", "group", "count", "of", "value", "low", "high", "national", "p25", "p75", "limit_low", "limit_high", "told",
    "year", "source", "verified", "note",
]  # fmt: skip


def beside_benchmarks(
    roll: DataFrame, attendance: DataFrame, behaviour: DataFrame, published: DataFrame, term: Term
) -> DataFrame:
    """One row a published measure and group: the school's own figure beside the newest published one; all in shares.

    `roll` and `attendance` (the measure) are of `term`, `behaviour` may hold more terms, `published` is from `benchmarks_of`.
    `count` `of` so many pupils for whom it is known is the `value`, with its Wilson interval `low` to `high`; absence is a share
    of sessions of `of` pupils, with the interval of a ratio by the t distribution. `national` is England's figure or the median
    of its local authorities, half of which lie between `p25` and `p75`; a group as large lies 95 times in 100 between `limit_low`
    and `limit_high` if it is truly at `national`. `told` holds the interval against the half of authorities, or where that is not
    published the share against those limits (methods, 4 and 10). Absences of this year up to the term stand beside those of
    whole years, as `note` says; suspensions and exclusions are of the term, and measures of other terms are left out. Under 5
    pupils all is blank but `of`."""
    rows, groups = _newest(published, term), _groups(roll)
    nobody = np.zeros(len(roll), dtype=bool)
    inside = np.array([groups.get(group, nobody) for group in rows["group"]], dtype=bool).reshape(len(rows), len(roll))
    known = _known(rows, roll, attendance, behaviour[behaviour["term"].eq(str(term))], term)
    of_sessions = rows["measure"].eq(ABSENCE)
    pupils = _of_pupils(inside, rows["measure"].where(~of_sessions, PERSISTENT).to_list(), known)
    own = pupils.where(~of_sessions, _of_sessions(inside, roll, attendance))
    figures = rows[["value", "p25", "p75"]].div(100).set_axis(["national", "p25", "p75"], axis=1)
    limits = funnel(figures["national"], own["of"].where(own["of"].ge(SHOWN) & ~of_sessions))
    table = pd.concat([rows[["measure", "group", "year", "source", "verified"]], own, figures, limits], axis=1)
    return table.assign(told=_told(table), note=_noted(rows)).astype({"count": "Int64", "of": "int64"})[COLUMNS]


def _newest(published: DataFrame, term: Term) -> DataFrame:
    """Of each measure and group that can be compared in this term, the figure of the newest year that is not after it."""
    begins = published["year"].str[:4].astype("int64")
    other_term = published["measure"].isin(SEASONAL) & ~published["measure"].str.endswith(SEASONS[term.season])
    fits = ~other_term & (published["measure"].ne(PERSISTENT) | begins.ge(TENTH_SINCE))
    rows = published.assign(ahead=(begins - term.year).clip(lower=0), begins=-begins)[fits]
    newest = rows.sort_values(["ahead", "begins"], kind="stable").drop_duplicates(["measure", "group"])
    return newest.sort_index().reset_index(drop=True)


def _groups(roll: DataFrame) -> dict[str, NDArray[np.bool_]]:
    """Who is in each group: by SEN status, and by main need of those with SEN."""
    status, sen, needs = sen_group(roll["sen_status"]), has_sen(roll["sen_status"]), need(roll["sen_need"])
    plain = {"all pupils": sen.notna() | sen.isna(), "with SEN": sen.fillna(False), "without SEN": ~sen.fillna(True)}
    named = plain | {group: status.eq(group) for group in ("SEN support", "EHC plan")}
    of_needs = {code: needs.eq(code) & sen.fillna(False) for code in needs.unique() if code != NOT_KNOWN}
    return {group: who.to_numpy(dtype=bool) for group, who in (named | of_needs).items()}


def _known(rows: DataFrame, roll: DataFrame, attendance: DataFrame, behaviour: DataFrame, term: Term) -> dict[str, Series]:
    """What is so of each pupil of the roll, by measure; missing where it is not known."""
    absent = attendance.set_index("pupil_id").reindex(roll["pupil_id"].astype("str"))
    status, needs = sen_group(roll["sen_status"]), need(roll["sen_need"])
    of_roll = {WITH_SEN: ~status.eq("No SEN"), WITH_PLAN: status.eq("EHC plan"), AT_SUPPORT: status.eq("SEN support")}
    of_needs = {f"{MAIN_NEED} {code}": needs.eq(code) for code in main_needs(rows["measure"]).dropna().unique()}
    return {
        **{name: who.astype("boolean").mask(needs.eq(NOT_KNOWN)) for name, who in of_needs.items()},
        **{name: who.astype("boolean").mask(status.eq(NOT_KNOWN)) for name, who in of_roll.items()},
        **{name: _occurred(roll, behaviour, kind).rename(name) for name, kind in _events(term).items()},
        BOYS: roll["sex"].eq("M").astype("boolean").mask(roll["sex"].isna()),
        PERSISTENT: absent["persistent"],
        SEVERE: absent["severe"],
    }


def _events(term: Term) -> dict[str, str]:
    season = SEASONS[term.season]
    return {f"{SUSPENDED} {season}": "suspension", f"{EXCLUDED} {season}": "permanent_exclusion"}


def _occurred(roll: DataFrame, behaviour: DataFrame, kind: str) -> Series:
    """Whether something happened to each pupil in the term; without any record of behaviour it is not known."""
    whom = behaviour.loc[behaviour["kind"].eq(kind), "pupil_id"].astype("str")
    return roll["pupil_id"].astype("str").isin(whom).astype("boolean").mask(Series(behaviour.empty, roll.index))


def _of_pupils(inside: NDArray[np.bool_], measures: Sequence[str], known: dict[str, Series]) -> DataFrame:
    """`count` `of` how many, the share `value` with its interval, row by row; missing for groups too small to show."""
    values = [known[name].to_numpy(dtype="float64", na_value=np.nan) for name in measures]
    found = np.reshape(values, inside.shape)
    of, count = (Series(each.sum(axis=1)) for each in (inside & np.isfinite(found), inside & (found == 1)))
    n = of.where(of.ge(SHOWN))
    return DataFrame({"count": count.where(n.notna()), "of": of, "value": count / n}).join(wilson(count, n))


def _of_sessions(inside: NDArray[np.bool_], roll: DataFrame, attendance: DataFrame) -> DataFrame:
    """As `_of_pupils`, of the share of their sessions that pupils missed: a ratio of two sums (linearised variance)."""
    rows = attendance.set_index("pupil_id").reindex(roll["pupil_id"].astype("str"))
    known = rows["absence"].notna().to_numpy()
    possible, attended = (np.where(known, rows[name].to_numpy(dtype="float64"), 0.0) for name in ("possible", "attended"))
    missed, who = possible - attended, inside.astype("float64")
    of, lost, whole = (Series(who @ each) for each in (known * 1.0, missed, possible))
    n = of.where(of.ge(SHOWN))
    value = lost / whole.where(n.notna())
    squares = who @ missed**2 - 2 * value * (who @ (missed * possible)) + value**2 * (who @ possible**2)
    error = np.sqrt((squares * n / (n - 1)).clip(lower=0)) / whole
    spread = Series(stats.t.ppf(0.975, n - 1)) * error.where(error.gt(NO_SPREAD))
    ends = {"low": (value - spread).clip(lower=0), "high": (value + spread).clip(upper=1)}
    return DataFrame({"count": np.nan, "of": of, "value": value, **ends})


def _told(table: DataFrame) -> Series:
    """Where the school's own figure lies; a verdict only where ten pupils and a verified figure allow one."""
    low, high, value = table["low"], table["high"], table["value"]
    half = table["p25"].notna() & table["p75"].notna()
    cases = {
        NOBODY: table["of"].eq(0),
        FEW: table["of"].lt(TESTED),
        UNVERIFIED: ~table["verified"].astype(bool),
        SAME: low.isna(),
        ABOVE: half & low.gt(table["p75"]),
        BELOW: half & high.lt(table["p25"]),
        WITHIN: half & value.between(table["p25"], table["p75"]),
        NEAR: half,
        MORE: value.gt(table["limit_high"]),
        LESS: value.lt(table["limit_low"]),
    }
    return Series(np.select([case.to_numpy() for case in cases.values()], [*cases], ALIKE), index=table.index, dtype="str")


def _noted(rows: DataFrame) -> Series:
    """What is different about the published figure: how it was formed, and for how long a time it is."""
    to_date = Series(np.where(rows["measure"].isin(OF_THE_YEAR), TO_DATE, ""), index=rows.index, dtype="str")
    both = to_date.ne("") & rows["note"].ne("")
    return rows["note"] + Series(np.where(both, "; ", ""), index=rows.index, dtype="str") + to_date
