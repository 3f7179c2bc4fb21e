"""What the time of additional adults costs, a week and for the term, by role and place."""

import pandas as pd
from pandas import DataFrame, Series

from sentrack_lib.measures.adults.roles import NO_ROLE
from sentrack_lib.measures.adults.timetable import Timetable, lessons
from sentrack_lib.measures.pay import hourly_cost_on
from sentrack_lib.measures.spoken import counted, told

WEEK = 7
COLUMNS = ["role", "place", "adults", "hours_week", "cost_week", "cost_term", "weeks", "without_hours", "without_rate", "why"]


def adults_cost(table: Timetable) -> DataFrame:
    """A row a role and place of the term: `adults`, `hours_week` and `cost_week` on the day, `cost_term` over the `weeks` of the
    term, in pounds; `without_hours` and `without_rate` (lessons that could not be counted), `why`.

    A lesson counts in each week in which it runs, at the rate of that week, once with however many pupils. Weeks are those from
    the first to the last day of the term, a part of a week as a part; holidays within a term are not known and count. A cost is
    that of the lessons that can be counted, missing where none can, and `why` says what it lacks."""
    first, last = table.ends
    weeks = ((last - first).days + 1) / WEEK
    by = ["role", "place"]
    now, term = _costed(lessons(table.week).assign(on=table.on, part=1.0), table), _costed(_by_week(table), table)
    here, all_term = now.groupby(by), term.groupby(by)
    # What lacks hours or a rate is a lesson, however many weeks it runs.
    lacks = term.groupby([*by, "lesson"])[["no_hours", "no_rate"]].any().groupby(level=by).sum().astype("int64")
    found = all_term.agg(adults=("adult_id", "nunique")).join(all_term["cost"].sum(min_count=1).rename("cost_term")).join(lacks)
    week = here[["hours", "cost"]].sum(min_count=1).set_axis(["hours_week", "cost_week"], axis=1)
    found = found.join(week).reset_index().rename(columns={"no_hours": "without_hours", "no_rate": "without_rate"})
    ran = found.set_index(by).index.isin(here.size().index)
    # A place that has ended, or not begun, costs nothing this week.
    found = found.assign(weeks=weeks, **{name: found[name].where(ran, 0.0) for name in ("hours_week", "cost_week")})
    why = Series([_why(row) for row in found.to_dict("records")], found.index, dtype="str")
    return found.assign(why=why)[COLUMNS]


def _by_week(table: Timetable) -> DataFrame:
    """A row a lesson and week of the term in which it runs, with the part of the week that lies in the term."""
    first, last = table.ends
    weeks = DataFrame({"on": pd.date_range(first, last, freq=f"{WEEK}D")})
    weeks["part"] = ((last - weeks["on"]).dt.days + 1).clip(upper=WEEK) / WEEK
    each = table.of_term.merge(weeks, how="cross")
    until = each["on"] + pd.to_timedelta(each["part"] * WEEK - 1, unit="D")
    # Whatever has begun by the end of a week, and goes on at its start, has that week.
    return lessons(each[~each["start"].gt(until) & ~each["end"].lt(each["on"])], ("lesson", "on", "part"))


def _costed(rows: DataFrame, table: Timetable) -> DataFrame:
    rate = hourly_cost_on(rows["adult_id"], rows["on"], table.kept["pay_rates"], table.adults)
    cost = rows["hours"] * rate * rows["part"]
    lacks = {"no_hours": rows["hours"].isna(), "no_rate": rows["hours"].notna() & rate.isna()}
    return rows.assign(role=rows["role"].fillna(NO_ROLE), cost=cost, **lacks)


def _why(row: dict) -> str:
    """What a cost lacks."""
    no_hours = f"{counted(row['without_hours'], 'lesson')} without hours." if row["without_hours"] else ""
    no_rate = f"{counted(row['without_rate'], 'lesson')} of adults without a rate." if row["without_rate"] else ""
    lacks = told(no_hours, no_rate)
    if not lacks:
        return ""
    return told(lacks, "The cost is not known." if pd.isna(row["cost_term"]) else "The cost is higher than what is counted.")
