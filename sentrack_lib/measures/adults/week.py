"""The week of each additional adult: hours by place, what is over and what is free, and whether they belong to a department."""

from collections.abc import Callable

import numpy as np
import pandas as pd
from pandas import DataFrame, Series

from sentrack_lib.measures.adults.timetable import ALL_PLACES, AT, IN_CLASS, NOT_SAID, NOTHING_RECORDED, Timetable, lessons
from sentrack_lib.measures.pay import hourly_cost_on
from sentrack_lib.measures.spoken import amount, counted, hours, surely, told

HOURS = {place: f"hours_{place.replace(' ', '_')}" for place in ALL_PLACES}
"""The column of the hours at each place."""
MOST = 2 / 3
"""The share of an adult's hours in subjects of their own department from which they are attached to it."""
TOLERATED = 0.25
"""Hours above those of the week that are no overload: a quarter of an hour is lost and won on the way to a class."""
COLUMNS = [
    "adult_id", "name", "role", "department", "weekly_hours", *HOURS.values(), "deployed", "free_hours", "overloaded", "places",
    "without_hours", "pupils", "departments_served", "attached", "clashes", "cost_week", "sentence",
]  # fmt: skip
FREE = ["adult_id", "name", "role", "department", "free_hours", "training", "why"]


def adults_week(table: Timetable, clashes: DataFrame, department_of: Callable[[str], str] = str) -> DataFrame:
    """A row an adult of the term, listed or deployed: `adult_id` name role department weekly_hours; the hours a week in class, in
    a small group, one to one, out of class and not said, which add up to `deployed`; `free_hours`, `overloaded` (deployed for
    more than the weekly hours and a quarter); `places` a week, those `without_hours`; `pupils` named; `departments_served`
    (text); `attached` (two thirds of the hours or more in subjects of the own department); `clashes` (times in two places at
    once); `cost_week` in pounds, of the hours deployed; `sentence`.

    A lesson with several pupils is one. Where no timetable is recorded hours are missing. Where hours of a place are missing,
    `deployed` is what is known, `free_hours` is missing, and so is `overloaded` unless what is known is too much already; without
    a department, or where the subject of too many hours in class is not known, `attached` is missing. `clashes` is from
    `clashes_of`; the `department_of` a subject is the school's. Guidance, Section B; methods, 8."""
    rows = lessons(table.week)
    who = table.adults[["adult_id", "name", "called", "role", "department", "weekly_hours", "hourly_cost", "listed"]]
    told_hours = who.join(_hours(rows, len(table.of_term) > 0, who["adult_id"]), on="adult_id")
    own = table.week.dropna(subset=["pupil_id"]).groupby("adult_id")["pupil_id"].nunique()
    counts = {"pupils": own, "clashes": clashes[clashes["kind"].eq("two places")].groupby("adult_id").size()}
    told_hours = told_hours.assign(
        **{name: who["adult_id"].map(found).fillna(0).astype("int64") for name, found in counts.items()}
    )
    week = _measured(told_hours).join(_departments(rows, who, department_of), on="adult_id")
    rate = hourly_cost_on(week["adult_id"], Series(table.on, week.index), table.kept["pay_rates"], table.adults)
    cost = (week["deployed"] * rate).where(week["without_hours"].eq(0))
    week = week.assign(cost_week=cost.mask(week["deployed"].eq(0), 0.0))
    week["sentence"] = Series([_sentence(row) for row in week.to_dict("records")], week.index, dtype="str")
    return week.sort_values(["name", "adult_id"], ignore_index=True)[COLUMNS]


def _hours(rows: DataFrame, recorded: bool, adults: Series) -> DataFrame:
    """Hours of each adult by place, and how many places there are, with and without hours."""
    by = rows.pivot_table(index="adult_id", columns="place", values="hours", aggfunc="sum", observed=True)
    by = by.reindex(index=adults, columns=list(HOURS)).fillna(0.0 if recorded else np.nan).rename(columns=HOURS)
    of = rows.assign(without=rows["hours"].isna()).groupby("adult_id")["without"].agg(["size", "sum"])
    counted_places = of.reindex(adults).fillna(0).astype("int64").set_axis(["places", "without_hours"], axis=1)
    return by.astype("float64").join(counted_places)


def _measured(week: DataFrame) -> DataFrame:
    deployed = week[list(HOURS.values())].sum(axis=1, min_count=1)
    over = deployed.gt(week["weekly_hours"] + TOLERATED)
    known = deployed.notna() & week["weekly_hours"].notna()
    whole = week["without_hours"].eq(0)
    free = (week["weekly_hours"] - deployed).clip(lower=0).where(whole)
    overloaded = over.astype("boolean").mask(~known | ~(over | whole))
    return week.assign(deployed=deployed, free_hours=free, overloaded=overloaded)


def _departments(rows: DataFrame, adults: DataFrame, department_of: Callable[[str], str]) -> DataFrame:
    """The departments each adult works in, and whether mostly in their own."""
    names = {subject: department_of(subject) for subject in rows["subject"].dropna().unique()}
    served = rows["subject"].map(names).astype("str")
    own = rows["adult_id"].map(adults.set_index("adult_id")["department"])
    # Where an adult works alone with pupils it is no lesson of a department; in class it is one, even if it is not known which.
    rows = rows.assign(
        served=served,
        mine=rows["hours"].where(_plain(served).eq(_plain(own)).fillna(False), 0.0),
        open=rows["hours"].where(served.isna() & rows["place"].isin([IN_CLASS, NOT_SAID]), 0.0),
        untold=rows["hours"].isna(),
    )
    of = rows.groupby("adult_id")
    sums = of[["mine", "open", "hours"]].sum()
    least, most = sums["mine"] / sums["hours"], (sums["mine"] + sums["open"]) / sums["hours"]
    known = sums["hours"].gt(0) & ~of["untold"].any() & sums.index.to_series().isin(own_department(adults))
    attached = least.ge(MOST - 1e-9).astype("boolean").mask(~known | (least.lt(MOST - 1e-9) & most.ge(MOST - 1e-9)))
    names_of = rows.dropna(subset=["served"]).groupby("adult_id")["served"].agg(lambda some: "; ".join(sorted(set(some))))
    ids = adults["adult_id"]
    return DataFrame({"departments_served": names_of.reindex(ids).fillna("").astype("str"), "attached": attached.reindex(ids)})


def own_department(adults: DataFrame) -> Series:
    """The ids of the adults who have a department."""
    return adults.loc[adults["department"].fillna("").str.strip().ne(""), "adult_id"]


def _plain(names: Series) -> Series:
    return names.str.strip().str.casefold()


def _sentence(row: dict) -> str:
    """What the week of one adult comes to."""
    if pd.isna(row["deployed"]):
        return NOTHING_RECORDED
    listed = "" if row["listed"] else "Not on the list of adults of this term."
    if not row["places"]:
        return told(listed, "No place of work is recorded.")
    weekly, deployed = row["weekly_hours"], hours(row["deployed"])
    whole = f"{amount(row['deployed'])} of {hours(weekly)}" if pd.notna(weekly) else deployed
    by = ", ".join(f"{amount(row[column])} {AT[place]}" for place, column in HOURS.items() if row[column] > 0)
    placed = f"Placed for {whole} a week{': ' * bool(by)}{by}."
    missing = row["without_hours"]
    lacks = f"{counted(missing, 'lesson')} without hours: what is free is not known." if missing else ""
    over = f"{hours(row['deployed'] - row['weekly_hours'])} too many." if surely(row["overloaded"]) else ""
    twice = f"In two places at once {counted(row['clashes'], 'time')}." if row["clashes"] else ""
    return told(listed, placed, lacks, over, twice)


def free_adults(week: DataFrame, adults: DataFrame) -> DataFrame:
    """For planning: who has hours free, most first within a role. `adult_id` name role department free_hours training why.

    `why` says where the hours are free because nothing is recorded of the adult. `week` is from `adults_week`, `adults` from the
    timetable. It says nothing of how well anybody works."""
    rows = week[week["free_hours"].gt(0)].merge(adults[["adult_id", "training"]], on="adult_id")
    why = Series(np.where(rows["places"].eq(0), "No place of work is recorded.", ""), rows.index, dtype="str")
    rows = rows.assign(why=why).sort_values(["role", "free_hours", "name"], ascending=[True, False, True], ignore_index=True)
    return rows[FREE]
