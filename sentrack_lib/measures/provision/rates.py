"""What an hour of a provision costs on a day: by the adults who are timetabled for it, or by its own rate."""

import pandas as pd
from pandas import DataFrame, Series

from sentrack_lib.measures.pay import hourly_cost_on, role_cost_on
from sentrack_lib.measures.provision.running import ID, Kept, days_of_term, of_each
from sentrack_lib.measures.taking_part import Calendar

EARLY, LATE = pd.Timestamp("1900-01-01"), pd.Timestamp("2200-01-01")
"""From when, and until when, what has no day holds."""
SLOT = ["weekday", "starts"]


def hour_costs(pairs: DataFrame, runs: DataFrame, kept: Kept, adults: DataFrame, calendar: Calendar | None = None) -> DataFrame:
    """What an hour of a group costs for `pairs` of `provision_id` and `day`: `by_adults` and `own` in pounds, each missing where
    it is not known, and `timetabled`, whether any adult is.

    `by_adults`: what the adults who are timetabled for the provision cost in a week, by the hours that its groups get in the
    week. Adults who begin at the same time are with a group together, but for the groups that can then meet side by side: two
    adults with one group cost both, two adults with two groups one each. An adult who at that time is also put elsewhere (with
    another provision, else pupil, else teaching group) is split equally; more rows for one provision, as for each of its
    pupils, are one. A row without hours counts as long as a session. On a day without a timetable the last one before it goes
    on, else the first one after it holds. Adults whose time is not recorded are taken as there together.
    `own`: the newest rate of the role that the provision names as its staff, from its day on, else its own cost of an hour."""
    pairs = pairs.drop_duplicates(ignore_index=True)
    staff, own = (of_each(pairs[ID], runs[name]) for name in ("staff", "hourly_cost"))
    own = role_cost_on(staff, pairs["day"], kept["pay_rates"]).fillna(own.astype("float64"))
    timetable = _timetable(kept["deployments"], calendar)
    there = _there(pairs.assign(at=_timetable_of(pairs, timetable)), timetable)
    rate = hourly_cost_on(there["adult_id"], there["day"], kept["pay_rates"], adults, there["role"])
    minutes = of_each(there[ID], runs["minutes"])
    hours = there["hours"].where(there["hours"].gt(0)).fillna(minutes / 60).where(lambda each: each.gt(0), 1.0)
    cost = rate * hours / _places(there, timetable)
    of = there.assign(hours=hours, cost=cost).groupby(["row", *SLOT], dropna=False)
    slots = of.agg(most=("hours", "max"), hours=("hours", "sum")).assign(cost=of["cost"].sum(skipna=False)).reset_index()
    slots["most"] *= slots["row"].map(of_each(pairs[ID], runs["groups"]))
    week = slots.assign(hours=slots[["hours", "most"]].min(axis=1)).groupby("row")[["cost", "hours"]].sum(skipna=False)
    by_adults = (week["cost"] / week["hours"]).reindex(pairs.index)
    return pairs.assign(by_adults=by_adults, own=own, timetabled=pairs.index.isin(week.index))


def _timetable(deployments: DataFrame, calendar: Calendar | None) -> DataFrame:
    """The timetable of adults: where each is (`target`), at which time, from when to when; a row without days is of its term."""
    rows = deployments.dropna(subset=["adult_id"])
    first, last = days_of_term(rows, calendar)
    other = ("pupil " + rows["pupil_id"]).fillna("group " + rows["teaching_group"]).fillna("elsewhere")
    return rows.assign(
        begins=rows["start"].fillna(first).fillna(EARLY),
        ends=rows["end"].fillna(last).fillna(LATE),
        target=("provision " + rows[ID]).fillna(other),
        weekday=_plain(rows["day"]).str[:3],
        starts=_plain(rows["starts"]),
    ).drop(columns=["day", "start", "end", "term"])


def _timetable_of(pairs: DataFrame, timetable: DataFrame) -> Series:
    """The day whose timetable holds for each pair: its own, else the last before it that has one, else the first after it."""
    both = pairs.reset_index(names="row").merge(timetable.dropna(subset=[ID])[[ID, "begins", "ends"]], on=ID)
    now = both.loc[both["day"].between(both["begins"], both["ends"]), "row"].unique()
    before = both[both["ends"] < both["day"]].groupby("row")["ends"].max().reindex(pairs.index)
    after = both[both["begins"] > both["day"]].groupby("row")["begins"].min().reindex(pairs.index)
    return pairs["day"].where(pairs.index.isin(now), before.fillna(after))


def _there(pairs: DataFrame, timetable: DataFrame) -> DataFrame:
    """A row a pair (`row`), time of the week and adult who is timetabled for the provision then."""
    both = pairs.reset_index(names="row").merge(timetable.dropna(subset=[ID]), on=ID)
    both = both[both["at"].between(both["begins"], both["ends"])]
    return both.drop_duplicates(["row", "adult_id", *SLOT], keep="last", ignore_index=True)


def _places(there: DataFrame, timetable: DataFrame) -> Series:
    """In how many places each adult is put at that time; one where the time is not known."""
    key = ["adult_id", *SLOT]
    mine = there[[*key, "at"]].reset_index(names="mine").dropna(subset=SLOT)
    beside = mine.merge(timetable.dropna(subset=SLOT)[[*key, "target", "begins", "ends"]], on=key)
    beside = beside[beside["at"].between(beside["begins"], beside["ends"])]
    return beside.groupby("mine")["target"].nunique().reindex(there.index).fillna(1).astype("float64")


def _plain(words: Series) -> Series:
    return words.astype("str").str.strip().str.casefold().replace("", None)
