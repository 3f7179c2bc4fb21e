"""Truths about what people record: hours specified and not given, an adult in too many places, what nobody looks at again."""

from collections.abc import Sequence

from pandas import DataFrame

from sentrack_lib.sources.sample.calendar import chance
from sentrack_lib.sources.sample.measured import MEASURED
from sentrack_lib.sources.sample.people import on_roll
from sentrack_lib.sources.sample.support import NO_REVIEW_DATE, OFFERED, SELDOM_GIVEN, provision_pupils
from sentrack_lib.sources.sample.truths import HELPS, WAITS, Truth, pupils_of
from sentrack_lib.terms import Term

UNDER_DELIVERED, OVERLOADED = "statement under-delivered", "adult overloaded"
ONE_ADULT_ALONE = "support by one adult alone"
RECORDED = (UNDER_DELIVERED, OVERLOADED, NO_REVIEW_DATE, ONE_ADULT_ALONE, SELDOM_GIVEN, *MEASURED)
"""The kinds of these truths. No mark changes with them."""
SPECIFIED, GIVEN = 10.0, 4.0
"""Hours a week specified for the pupil of `UNDER_DELIVERED`, and hours timetabled in the last term."""
TOO_MANY = 6.0
"""Hours a week the overloaded adult is deployed beyond the contract."""
ALONE_HOURS = 5
LONGEST_HALF = 2.75
"""Hours of a half day from 09:00 that leave the time before 13:15 free."""


def recorded(
    growing: Sequence[Truth], people: DataFrame, adults: DataFrame, half_days: DataFrame, term: Term, seed: int
) -> tuple[Truth, ...]:
    """The truths about the records of the last term, beside those `growing`; `adults` and `half_days` are of that term."""
    lots = [*pupils_of(growing, HELPS), *pupils_of(growing, WAITS)]
    named = {pupil for truth in growing for pupil in truth.pupil_ids} - set(lots)
    free = people[on_roll(people, term) & ~people["pupil_id"].isin(named)].sample(frac=1, random_state=chance(seed, "recorded"))
    free = free[~free["pupil_id"].isin(lots)]
    taking_part = provision_pupils(people, growing, term, seed)
    found = (
        *_under_delivered(free, half_days, str(term)),
        *_overloaded(adults, str(term), seed),
        *_one_adult_alone(free, taking_part, len(adults), str(term)),
    )
    return (*found, *_provisions(taking_part, growing, str(term), seed))


def _under_delivered(free: DataFrame, half_days: DataFrame, term: str) -> tuple[Truth, ...]:
    hours = half_days.groupby("pupil_id")["hours"].sum()
    plans = free[free["sen_status"].eq("E")].assign(hours=lambda rows: rows["pupil_id"].map(hours).fillna(0.0))
    # Of the hours given some are new ones in class, so that there is room for them below `GIVEN`.
    chosen = tuple(plans.loc[plans["hours"].le(GIVEN - 0.5)].sort_values("hours", kind="stable")["pupil_id"].head(1))
    said = f"For one pupil an EHC plan specifies {SPECIFIED:g} hours a week, and {GIVEN:g} are timetabled; all others get all."
    return tuple(Truth(UNDER_DELIVERED, term, said, pupil_ids=(pupil,)) for pupil in chosen)


def _overloaded(adults: DataFrame, term: str, seed: int) -> tuple[Truth, ...]:
    able = adults[adults["role"].eq("teaching assistant") & adults["weekly_hours"].le(LONGEST_HALF * 10)]
    chosen = able["adult_id"].sample(min(1, len(able)), random_state=chance(seed, "overloaded"))
    said = f"One teaching assistant is deployed {TOO_MANY:g} hours a week more than the contract says, no other adult at all."
    return tuple(Truth(OVERLOADED, term, said, about=adult) for adult in chosen)


def _one_adult_alone(free: DataFrame, taking_part: DataFrame, adults: int, term: str) -> tuple[Truth, ...]:
    without = free[free["sen_status"].eq("K") & ~free["pupil_id"].isin(taking_part["pupil_id"])]
    said = "All support of one pupil is one to one, out of class, by one adult."
    # The first of the adults who are there for single pupils, see `beside`.
    return tuple(
        Truth(ONE_ADULT_ALONE, term, said, about=f"A{adults + 1:03d}", pupil_ids=(pupil,))
        for pupil in without["pupil_id"].head(1)
    )


def _provisions(taking_part: DataFrame, growing: Sequence[Truth], term: str, seed: int) -> tuple[Truth, ...]:
    """One targeted provision that is seldom given, of those in which nobody is who receives much on purpose: the smallest, which
    moves the fewest figures; another one without a review date."""
    names = {row[0]: row[1] for row in OFFERED if row[3] == "targeted"}
    sizes = taking_part.groupby("provision_id").size().sort_values(kind="stable")
    on_purpose = taking_part.loc[taking_part["pupil_id"].isin(pupils_of(growing, "support without progress")), "provision_id"]
    seldom = [name for name in sizes.index if name in names and name not in set(on_purpose)][:1]
    others = [name for name in sizes.index if name in names and name not in seldom]
    undated = list(chance(seed, "no review date").permutation(sorted(others))[:1])
    never = "The provision {} has no day on which it is to be looked at again; every other has one."
    half = "Of the sessions planned of the provision {} half were given in the last term, of every other all."
    return (
        *(Truth(NO_REVIEW_DATE, term, never.format(names[name]), about=str(name)) for name in undated),
        *(Truth(SELDOM_GIVEN, term, half.format(names[name]), about=str(name)) for name in seldom),
    )
