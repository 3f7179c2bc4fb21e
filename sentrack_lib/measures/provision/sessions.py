"""When the sessions of a provision are due, which were given, and which remain."""

from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas import DataFrame, Series

from sentrack_lib.measures.provision.running import ID, of_each
from sentrack_lib.measures.taking_part import Calendar, single_sessions
from sentrack_lib.terms import SEASONS, Term

Days = NDArray[np.datetime64]
FRIDAY = 4
UNIT = "datetime64[D]"
LOW_SHARE, LOW_FROM = 0.6, 5
"""Few sessions were given, or attended, under this share of those due, once this many are due: one missed of two says little."""


def school_days(runs: DataFrame, calendar: Calendar | None = None) -> Days:
    """Mondays to Fridays within a term, from the first day of any provision to the last."""
    if runs.empty:
        return np.array([], dtype=UNIT)
    days = pd.date_range(runs["first"].min(), runs["last"].max())
    terms = [Term(year, season) for year in range(days[0].year - 1, days[-1].year + 1) for season in range(len(SEASONS))]
    within = np.zeros(len(days), dtype=bool)
    for first, last in (term.dates(calendar) for term in terms):
        within |= (days >= pd.Timestamp(first)) & (days <= pd.Timestamp(last))
    return days[within & (days.day_of_week <= FRIDAY)].to_numpy().astype(UNIT)


def length(first: Series, last: Series, days: Days) -> Series:
    """How many school days lie between two days; at least one, the first itself where there is none."""
    return Series(np.maximum(_reached(last, days) - _before(first, days), 1), first.index)


def due(number: Series, first: Series, last: Series, by: "Series | pd.Timestamp", days: Days) -> Series:
    """How many of a `number` of sessions between two days are due `by` a day; missing where the number is.

    Sessions are spread evenly over the school days, each in the middle of its stretch: of 10 in 50 days those of the 3rd, 8th,
    13th ... day, so one a week. It is simpler than weeks, which begin and end part-way, and leaves out the holidays that the
    calendar knows."""
    by = by if isinstance(by, Series) else Series(by, first.index)
    before = _before(first, days)
    between = _reached(last, days) - before
    passed = np.clip(_reached(by, days) - before, 0, between)
    passed = np.where(between > 0, passed, (by >= first).to_numpy())
    between = np.maximum(between, 1)
    whole = number.fillna(0).to_numpy().astype("int64")
    # Session k is on the day of number floor((k + 1/2) x days / sessions); counted in whole numbers, so exactly.
    count = np.minimum(np.maximum(-((between - 2 * passed * whole) // (2 * between)), 0), whole)
    return Series(count, first.index, dtype="float64").where(number.notna())


def no_later(days: Series, than: pd.Timestamp) -> Series:
    """Each day, but none after one."""
    return days.where(days < than, than)


def planned_days(runs: DataFrame, number: Series, days: Days) -> DataFrame:
    """A row a planned session of a group: `provision_id` `day`; none where their `number` is not known."""
    whole = number.fillna(0).to_numpy().astype("int64")
    place = np.repeat(np.arange(len(runs)), whole)
    nth = np.arange(len(place)) - np.repeat(np.cumsum(whole) - whole, whole)
    before, between = _before(runs["first"], days), _reached(runs["last"], days) - _before(runs["first"], days)
    on = before[place] + (2 * nth + 1) * between[place] // (2 * whole[place])
    first = runs["first"].to_numpy().astype(UNIT)[place]
    among = days[np.minimum(on, len(days) - 1)] if len(days) else first
    day = np.where(between[place] > 0, among, first)
    return DataFrame({ID: runs.index[place], "day": day.astype("datetime64[s]")})


def given_days(sessions: DataFrame, runs: DataFrame, term: Term, calendar: Calendar | None = None) -> DataFrame:
    """The single sessions recorded of each provision from its first day on: `provision_id` `day` `number` `minutes`.

    A session is a day of a group. How many groups met on a day is told by how many pupils have a row that day, in groups of
    the provision's size, rounded up, and no more than it has groups: two groups that meet on different days are one a day.
    `minutes` are the most that are recorded of the day. What lies after both the provision and the term is of another run."""
    rows = (
        sessions.dropna(subset=[ID, "on"])
        .join(runs[["first", "last", "group_size", "groups"]], on=ID, how="inner")
        .reset_index(drop=True)
    )
    over = pd.Timestamp(term.dates(calendar)[1])
    latest = rows["last"].where(rows["last"] > over, over)
    rows = rows[rows["on"].between(rows["first"], latest)]
    met = rows.groupby([ID, "on"], as_index=False).agg(
        pupils=("pupil_id", "nunique"), size=("group_size", "first"), groups=("groups", "first"), minutes=("minutes", "max")
    )
    size = met["size"].where(met["size"].gt(0), np.inf)
    number = (met["pupils"] / size).apply(np.ceil).clip(lower=1)
    return met.assign(day=met["on"].astype("datetime64[s]"), number=number.where(number < met["groups"], met["groups"]))[
        [ID, "day", "number", "minutes"]
    ]


def remaining(planned: DataFrame, runs: DataFrame, given: Series, as_of: date) -> DataFrame:
    """The planned sessions after a day: `provision_id` `day` `number`, of all groups.

    One that was missed is not made up; where more were `given` than were due, the next ones fall away, for they were given
    before their time: in all no more are given than are planned."""
    rows = planned[planned["day"] > pd.Timestamp(as_of)]
    groups = of_each(rows[ID], runs["groups"])
    left = (runs["sessions"] * runs["groups"] - given).clip(lower=0)
    later = groups.groupby(rows[ID]).transform(lambda each: each[::-1].cumsum()[::-1] - each)
    number = np.clip(of_each(rows[ID], left).to_numpy() - later.to_numpy(), 0, groups.to_numpy())
    return rows.assign(number=number.astype("float64"))


def attended(kept_sessions: DataFrame, stays: DataFrame, as_of: date) -> Series:
    """Sessions that each stay's pupil attended up to a day: as the list of pupils has them, else counted from single sessions;
    missing where neither is recorded."""
    single = single_sessions(kept_sessions).reset_index(drop=True)
    both = stays.reset_index(names="stay")[["stay", ID, "pupil_id", "begins", "ends"]].merge(single, on=[ID, "pupil_id"])
    both = both[both["on"].ge(both["begins"]) & both["on"].le(both["ends"]) & both["on"].le(pd.Timestamp(as_of))]
    counted = both.groupby("stay")["came"].sum().astype("float64")
    return stays["sessions_attended"].fillna(counted.reindex(stays.index))


def _before(first: Series, days: Days) -> NDArray[np.int64]:
    """How many school days lie before each day."""
    return np.searchsorted(days, first.to_numpy().astype(UNIT), side="left").astype("int64")


def _reached(by: Series, days: Days) -> NDArray[np.int64]:
    """How many school days there are up to each day and on it."""
    return np.searchsorted(days, by.to_numpy().astype(UNIT), side="right").astype("int64")
