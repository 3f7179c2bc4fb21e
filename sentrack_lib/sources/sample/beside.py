"""The adults of the invented school who are there for single pupils, and their timetable: the hours that plans specify."""

from collections.abc import Sequence
from itertools import islice

import numpy as np
import pandas as pd
from pandas import DataFrame, Series

from sentrack_lib.sources.sample.calendar import chance, days_of
from sentrack_lib.sources.sample.curriculum import teacher
from sentrack_lib.sources.sample.people import on_roll
from sentrack_lib.sources.sample.plans import ROLE
from sentrack_lib.sources.sample.prepared import prepared
from sentrack_lib.sources.sample.recorded import ALONE_HOURS, GIVEN, ONE_ADULT_ALONE, OVERLOADED, TOO_MANY, UNDER_DELIVERED
from sentrack_lib.sources.sample.support import OFFERED
from sentrack_lib.sources.sample.timetable import COLUMNS, DAYS, HALVES, IN_CLASS, ONE_TO_ONE, SMALL_GROUP
from sentrack_lib.sources.sample.truths import Truth, told_of
from sentrack_lib.terms import Term

LESSONS = ("09:00", "10:00", "11:15", "13:15", "14:15")
"""When lessons of an hour start; the first three in the first half of the day."""
SLOTS = [(day, starts) for starts in LESSONS for day in DAYS]
"""The lessons of a week, one a day before a second, so that a pupil's hours are spread over the days."""
LUNCH, AT_LUNCH = "12:00", "PR07"
WEEKLY_HOURS = 27.5
"""Contracted: the 25 lessons, and time to plan."""
WAVES = {row[0]: row[3] for row in OFFERED}
MOST_PROVISIONS = 2
"""Hours of a week, at most, in which a provision is given to a pupil."""


def placed(known: DataFrame, half_days: DataFrame, truths: Sequence[Truth], term: Term) -> DataFrame:
    """A row a lesson of an adult with one pupil: `pupil_id` `adult` (from 0) `slot` `hours` `number` (of the pupil's lessons)
    and `plan`, the place that the plan `known` names. Adult and pupil are in one place at a time; what `half_days` give is not
    given again."""
    wanted = _wanted(known, half_days, truths, term)
    busy = _busy(half_days)
    free: list[set[int]] = []
    rows: list[tuple[str, int, int, float, int, str]] = []
    for pupil, hours, plan in wanted:
        taken = busy.get(pupil, set())
        for number, (adult, slot) in enumerate(_lessons(free, taken, int(np.ceil(hours)))):
            rows.append((pupil, adult, slot, min(1.0, hours - number), number, plan))
    return DataFrame(rows, columns=["pupil_id", "adult", "slot", "hours", "number", "plan"])


def _lessons(free: list[set[int]], taken: set[int], count: int) -> list[tuple[int, int]]:
    """So many lessons, with the first adults who are free when the pupil is; a further adult is engaged where none is left."""
    chosen: list[tuple[int, int]] = []
    taken, adult = set(taken), 0
    while len(chosen) < count:
        if adult == len(free):
            free.append(set(range(len(SLOTS))))
        own = list(islice(sorted(free[adult] - taken), count - len(chosen)))
        free[adult] -= set(own)
        taken |= set(own)
        chosen += [(adult, slot) for slot in own]
        adult += 1
    return chosen


def _wanted(known: DataFrame, half_days: DataFrame, truths: Sequence[Truth], term: Term) -> list[tuple[str, float, str]]:
    """Who is to have how many hours more a week, and where: who is with one adult alone first, so that it is the first adult."""
    now = [truth for truth in truths if truth.term == str(term)]
    alone, under = (
        [pupil for truth in now if truth.kind == kind for pupil in truth.pupil_ids] for kind in (ONE_ADULT_ALONE, UNDER_DELIVERED)
    )
    here = known[on_roll(known, term)].set_index("pupil_id")
    there = half_days.groupby("pupil_id")["hours"].sum().reindex(here.index, fill_value=0.0)
    by_role = half_days[half_days["role"].eq(ROLE)].groupby("pupil_id")["hours"].sum().reindex(here.index, fill_value=0.0)
    more = (here["hours_week"] - by_role).clip(lower=1.0).mask(here.index.isin(under), GIVEN - there).round(2)
    with_plan = [(str(pupil), float(hours), str(place)) for pupil, hours, place in zip(here.index, more, here["at"], strict=True)]
    return [*((pupil, float(ALONE_HOURS), "") for pupil in alone), *with_plan]


def _busy(half_days: DataFrame) -> dict[str, set[int]]:
    """The lessons in which each pupil is with an adult for half a day."""
    rows = half_days[half_days["pupil_id"].ne("")]
    busy: dict[str, set[int]] = {}
    for pupil, day, starts in zip(rows["pupil_id"], rows["day"], rows["starts"], strict=True):
        within = {place for place, (on, at) in enumerate(SLOTS) if on == day and (at < HALVES[1]) == (starts < HALVES[1])}
        busy.setdefault(pupil, set()).update(within)
    return busy


def more_adults(before: int, placed: DataFrame) -> DataFrame:
    """The rows that the table `adults` has beside the `before` others: who is there for single pupils."""
    number = range(before, before + (int(placed["adult"].max()) + 1 if len(placed) else 0))
    names = {"adult_id": [f"A{place + 1:03d}" for place in number], "name": [teacher(127 - place % 60) for place in number]}
    return DataFrame(names).assign(
        role=ROLE, department="Learning support", weekly_hours=WEEKLY_HOURS, hourly_cost=14.20, training="Working with one pupil"
    )


def deployments(
    half_days: DataFrame,
    placed: DataFrame,
    adults: DataFrame,
    groups: DataFrame,
    taking_part: DataFrame,
    truths: Sequence[Truth],
    term: Term,
    seed: int,
) -> DataFrame:
    """The table `deployments` of a term: `half_days`, the lessons `placed` with pupils, what one adult does beyond the contract;
    how each is prepared. `adults` are those of the half days."""
    beyond = _at_lunch(adults[adults["adult_id"].isin(told_of(truths, OVERLOADED, term))])
    with_pupils = _with_pupils(placed, len(adults), groups, taking_part)
    first, last = map(str, days_of(term))
    new = pd.concat([with_pupils, beyond], ignore_index=True).assign(start=first, end=last)
    rows = pd.concat([half_days, new], ignore_index=True)
    starts, place = rows["starts"], COLUMNS.index("starts") + 1
    rows.insert(place, "ends", [_later(at, hours) for at, hours in zip(starts, rows["hours"], strict=True)])
    return prepared(rows, chance(seed, "prepared", term))


def _later(starts: str, hours: float) -> str:
    """The time so many hours after another."""
    minutes = int(starts[:2]) * 60 + int(starts[3:]) + round(hours * 60)
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _at_lunch(adults: DataFrame) -> DataFrame:
    """Every lunchtime of a week, beyond the contract."""
    week = adults[["adult_id", "role"]].merge(DataFrame({"day": list(DAYS)}), how="cross")
    week = week.assign(hours=round(TOO_MANY / len(DAYS), 2), place=SMALL_GROUP, provision_id=AT_LUNCH)
    return week.assign(pupil_id="", teaching_group="", subject="", starts=LUNCH)[COLUMNS]


def _with_pupils(placed: DataFrame, before: int, groups: DataFrame, taking_part: DataFrame) -> DataFrame:
    """The lessons with single pupils as rows of the timetable."""
    place, provision = _where(placed, taking_part)
    taught = _taught(placed.assign(place=place), groups)
    return DataFrame(
        {
            "adult_id": [f"A{before + adult + 1:03d}" for adult in placed["adult"]],
            "role": ROLE,
            "pupil_id": placed["pupil_id"],
            "teaching_group": taught["teaching_group"],
            "subject": taught["subject"],
            "day": [SLOTS[slot][0] for slot in placed["slot"]],
            "starts": [SLOTS[slot][1] for slot in placed["slot"]],
            "hours": placed["hours"],
            "place": place,
            "provision_id": provision,
        }
    )[COLUMNS]


def _where(placed: DataFrame, taking_part: DataFrame) -> tuple[Series, Series]:
    """Where each lesson is, and for which provision: of a pupil's lessons the first in class, then one for each provision, then
    where the plan says, every third in class; none in class where nothing but one to one is agreed."""
    turn = taking_part.groupby("pupil_id").cumcount() + 1
    given = dict(zip(zip(taking_part["pupil_id"], turn, strict=True), taking_part["provision_id"], strict=True))
    lessons = zip(placed["pupil_id"], placed["number"], strict=True)
    provision = Series([given.get(lesson, "") if lesson[1] <= MOST_PROVISIONS else "" for lesson in lessons], dtype="str")
    in_group = provision.map(WAVES).map({"targeted": SMALL_GROUP, "specialist": ONE_TO_ONE})
    in_class = placed["number"].mod(3).eq(0) | placed["plan"].eq(IN_CLASS)
    place = placed["plan"].mask(in_class, IN_CLASS).where(provision.eq(""), in_group).mask(placed["plan"].eq(""), ONE_TO_ONE)
    return place, provision


def _taught(rows: DataFrame, groups: DataFrame) -> DataFrame:
    """The teaching group and subject of each lesson in class: the pupil's own, one after the other; blank elsewhere."""
    own = groups[groups["pupil_id"].isin(rows["pupil_id"])].drop_duplicates(["pupil_id", "teaching_group"])
    own = own.assign(turn=own.groupby("pupil_id").cumcount())
    turn = rows["number"] % rows["pupil_id"].map(own.groupby("pupil_id").size()).fillna(1).astype(int)
    found = rows.assign(turn=turn).merge(own, how="left", on=["pupil_id", "turn"])[["teaching_group", "subject"]]
    return found.fillna("").where(rows["place"].eq(IN_CLASS), "")
