"""What is specified for single pupils of the invented school: how many hours of an adult a week, where, for what."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from pandas import DataFrame, Series

from sentrack_lib.sources.sample.calendar import LAST, chance, days_of, ordinal, school_day
from sentrack_lib.sources.sample.people import on_roll
from sentrack_lib.sources.sample.recorded import ALONE_HOURS, ONE_ADULT_ALONE, SPECIFIED, UNDER_DELIVERED
from sentrack_lib.sources.sample.support import AREA_OF_NEED, COGNITION, FEELINGS, SENSES, TALK
from sentrack_lib.sources.sample.truths import Truth, pupils_of
from sentrack_lib.terms import SEASONS, Term

FEWEST, MOST = 2.5, 15.0
"""Hours a week that a plan specifies; most specify few."""
ROLE = "teaching assistant"
PLACES = {"in class": 0.6, "small group": 0.25, "one to one": 0.15}
OVERDUE = 3
"""How many plans, at most, are not reviewed in the last term though their day has come."""
AIMS = {
    COGNITION: "Reads and writes what the lesson asks for ten minutes without an adult",
    TALK: "Says what is hard, and asks for help in words",
    FEELINGS: "Stays in every lesson, and is back within five minutes after a break",
    SENSES: "Reaches every place and every text of the lesson in time",
}
AGENCIES = {
    COGNITION: "Educational psychology (invented)", TALK: "Speech and language therapy (invented)",
    FEELINGS: "Youth counselling (invented)", SENSES: "Sensory and physical advice (invented)",
}  # fmt: skip
SHARE_WITH_AGENCY = 0.5
TO_BE_GIVEN = {
    "in class": "An adult beside the pupil in lessons, {} hours a week.",
    "small group": "Work in a small group with an adult, {} hours a week, some of it in lessons.",
    "one to one": "Work one to one with an adult, {} hours a week, some of it in lessons.",
}
COLUMNS = [
    "entitlement_id", "pupil_id", "source", "what", "hours_week", "role", "place", "outcome", "agency", "start", "review_on",
]  # fmt: skip

WHO = ["pupil_id", "admission_no", "sen_need", "sen_from", "intake", "joined", "left"]


def area(people: DataFrame) -> Series:
    """The broad area of each pupil's first need; learning where none is named."""
    return people["sen_need"].map(AREA_OF_NEED).fillna(COGNITION)


def plans(people: DataFrame, truths: Sequence[Truth], seed: int) -> DataFrame:
    """What the plan of everyone who ever has one says: `hours_week` `at` (a place) `agency`, and the `year`, `season` and `day`
    of the term in which it began; it is reviewed a year later, and again. `late` where the last term passes without that."""
    ever = people.loc[people["sen_status"].eq("E"), WHO]
    rng, count = chance(seed, "plans"), len(ever)
    hours = FEWEST + np.floor((2 * (MOST - FEWEST) + 1) * rng.beta(1.2, 3.2, count)) / 2
    lately = ever["sen_from"].gt(0)
    rows = DataFrame(
        {
            "hours_week": np.where(ever["pupil_id"].isin(pupils_of(truths, UNDER_DELIVERED)), SPECIFIED, hours),
            "at": rng.choice(list(PLACES), count, p=list(PLACES.values())),
            "agency": np.where(rng.random(count) < SHARE_WITH_AGENCY, area(ever).map(AGENCIES), ""),
            "year": np.where(lately, ever["sen_from"] // len(SEASONS), ever["intake"] - rng.integers(1, 3, count)),
            # One after the other, so that reviews fall in every term of the year.
            "season": np.where(lately, ever["sen_from"] % len(SEASONS), np.arange(count) % len(SEASONS)),
            "day": rng.integers(12, 40, count),
        },
        index=ever.index,
    )
    due = rows[rows["season"].eq(LAST.season) & rows["year"].lt(LAST.year) & on_roll(ever, LAST)]
    late = due.sample(min(OVERDUE, -(-len(due) // 3)), random_state=rng).index
    return pd.concat([ever, rows.assign(late=rows.index.isin(late))], axis=1)


def day_in(plans: DataFrame, years: Series | int) -> np.ndarray:
    """The day of each plan in a school year: on which it began, or is reviewed."""
    of = np.broadcast_to(np.asarray(years), len(plans))
    days = zip(of, plans["season"], plans["day"], strict=True)
    return np.array([school_day(Term(int(year), int(season)), int(day)) for year, season, day in days], dtype="U10")


def with_plan(plans: DataFrame, term: Term) -> DataFrame:
    """The plans of those on the roll of a term who have one by then."""
    return plans[on_roll(plans, term) & plans["sen_from"].le(ordinal(term))]


def reviewed(plans: DataFrame, term: Term) -> DataFrame:
    """The plans whose yearly review is held in a term."""
    due = plans["season"].eq(term.season) & plans["year"].lt(term.year)
    return with_plan(plans[due & ~(plans["late"] & (term == LAST))], term)


def review_days(plans: DataFrame, term: Term) -> np.ndarray:
    """When each plan is to be reviewed next, as it stands at the end of a term."""
    overdue = plans["late"] & (term == LAST)
    over = plans["season"].le(term.season) & ~overdue
    return day_in(plans, term.year + over)


def entitlements(people: DataFrame, known: DataFrame, truths: Sequence[Truth], term: Term) -> DataFrame:
    """The table `entitlements` of a term, of plans that are `known`: a row each, and one for the pupil with one adult alone."""
    here = with_plan(known, term)
    hours = here["hours_week"].map("{:g}".format)
    rows = here.assign(
        entitlement_id="EN" + here["admission_no"] + "-1",
        source="EHC plan",
        what=[TO_BE_GIVEN[place].format(given) for place, given in zip(here["at"], hours, strict=True)],
        hours_week=hours,
        role="",  # of whatever role, in several places, as its text says
        place="",
        outcome=area(here).map(AIMS) + ".",
        start=day_in(here, here["year"]),
        review_on=review_days(here, term),
    )
    return pd.concat([rows[COLUMNS], _by_agreement(people, truths, term)], ignore_index=True).astype("str")


def _by_agreement(people: DataFrame, truths: Sequence[Truth], term: Term) -> DataFrame:
    """What was agreed for the pupil who is with one adult alone, in the term of that truth."""
    named = [pupil for truth in truths if truth.kind == ONE_ADULT_ALONE and truth.term == str(term) for pupil in truth.pupil_ids]
    alone = people[people["pupil_id"].isin(named)]
    first, last = map(str, days_of(term))
    return alone.assign(
        entitlement_id="EN" + alone["admission_no"] + "-1",
        source="individual plan",
        what=TO_BE_GIVEN["one to one"].format(ALONE_HOURS).replace(", some of it in lessons", ""),
        hours_week=str(ALONE_HOURS),
        role=ROLE,
        place="one to one",
        outcome=area(alone).map(AIMS) + ".",
        agency="",
        start=first,
        review_on=last,
    )[COLUMNS]
