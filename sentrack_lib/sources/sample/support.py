"""The provision of the invented school beyond ordinary teaching: what there is, and who takes part in it."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from pandas import DataFrame, Series

from sentrack_lib.sources.sample.calendar import chance, days_of
from sentrack_lib.sources.sample.people import on_roll
from sentrack_lib.sources.sample.truths import HELPFUL, Truth, pupils_of, told_of
from sentrack_lib.terms import Term

COGNITION, TALK, FEELINGS, SENSES = (
    "Cognition and learning",
    "Communication and interaction",
    "Social, emotional and mental health",
    "Sensory and/or physical",
)
AREA_OF_NEED = {
    "SPLD": COGNITION, "MLD": COGNITION, "SLD": COGNITION, "DS": COGNITION, "SLCN": TALK, "ASD": TALK, "SEMH": FEELINGS,
    "HI": SENSES, "VI": SENSES, "PD": SENSES,
}  # fmt: skip
COLUMNS = [
    "provision_id", "name", "area_of_need", "wave", "strategy", "intended_outcome", "subject", "staff", "group_size",
    "sessions_planned", "minutes", "hourly_cost", "chosen_by",
]  # fmt: skip
OFFERED = (
    ("PR01", "Words on the wall", TALK, "universal", "New words are shown and used in every lesson", "Words used in writing", "",
     "Teachers", 30, 60, 10, 0.00, ""),
    ("PR02", "Reading together", COGNITION, "targeted", "Reading aloud in turns", "A standard score 5 higher", "English",
     "Teaching assistant", 5, 24, 30, 14.20, "test"),
    ("PR03", "Number steps", COGNITION, "targeted", "Number facts with counters", "A standard score 5 higher", "Maths",
     "Teaching assistant", 5, 24, 30, 14.20, "test"),
    ("PR04", "Spelling circle", COGNITION, "targeted", "Ten words a week", "A standard score 5 higher", "English",
     "Teaching assistant", 6, 20, 20, 14.20, "judgement"),
    ("PR05", "One step at a time", COGNITION, "specialist", "One small aim a week, one to one", "Eight of ten aims reached", "",
     "Specialist teacher", 1, 20, 20, 45.00, "judgement"),
    ("PR06", "Talking group", TALK, "targeted", "Talk about a picture, then retell it", "Speaks in every lesson", "English",
     "Teaching assistant", 5, 20, 30, 14.20, "judgement"),
    ("PR07", "Friends at lunch", TALK, "targeted", "Games with rules and turns", "Takes turns without help", "",
     "Learning mentor", 6, 20, 30, 16.90, "judgement"),
    ("PR08", "Speech programme", TALK, "specialist", "The therapist's exercises", "The therapist's next aim reached", "",
     "Speech and language therapist", 1, 12, 30, 48.00, "judgement"),
    ("PR09", "A calm start", FEELINGS, "targeted", "A quiet breakfast and a plan for the day", "Ready for the first lesson", "",
     "Learning mentor", 8, 40, 20, 16.90, "judgement"),
    ("PR10", "A mentor's hour", FEELINGS, "specialist", "One to one with a mentor", "Fewer lessons left", "",
     "Learning mentor", 1, 12, 50, 16.90, "judgement"),
    ("PR11", "Keys and fingers", SENSES, "targeted", "Touch typing", "Twenty words a minute", "Computing",
     "Teaching assistant", 5, 24, 20, 14.20, "test"),
)  # fmt: skip
BY_LOT = (
    HELPFUL, "Map makers", COGNITION, "targeted", "Talk through a map, then draw one", "Reads and draws a map alone", "Geography",
    "Teaching assistant", 5, 24, 30, 14.20, "lot",
)  # fmt: skip
"""The provision that helps, see `by_lot`."""
FIRST = {COGNITION: ("PR02", "PR03", "PR04"), TALK: ("PR06", "PR07"), FEELINGS: ("PR09",), SENSES: ("PR11", "PR07")}
NEXT = {COGNITION: ("PR05",), TALK: ("PR08",), FEELINGS: ("PR10",), SENSES: ("PR05",)}
SHARE_SUPPORTED = {"N": 0.02, "K": 0.58, "E": 0.90}
"""Share of pupils in a provision, those who stand lowest first."""
TWO, THREE = 0.35, 0.15
"""Shares of these with SEN who are in two provisions, and in three."""
NO_REVIEW_DATE, SELDOM_GIVEN = "provision without a review date", "provision seldom given"
"""The kinds of truths about provisions."""
SHARE_GIVEN = 0.5
"""Share of its sessions in which a provision takes place that is seldom given."""
TESTED = [row[0] for row in OFFERED if row[-1] == "test"]


def provisions(term: Term, truths: Sequence[Truth] = ()) -> DataFrame:
    """The table `provisions` of a term."""
    first, last = days_of(term)
    rows = DataFrame(OFFERED, columns=COLUMNS)
    undated = rows["provision_id"].isin(told_of(truths, NO_REVIEW_DATE, term))
    rows = rows.assign(start=_day(first, 8), end=_day(last, -8), review_on=np.where(undated, "", _day(last, -3)))
    return rows.assign(funding=np.where(rows["wave"].eq("universal"), "", "SEN budget"))


def provision_pupils(people: DataFrame, truths: Sequence[Truth], term: Term, seed: int) -> DataFrame:
    """The table `provision_pupils` of a term: chosen for a year, by need and by who stands lowest. It changes no growth;
    the one provision that does stands in `by_lot`."""
    rng = chance(seed, "provision", term)
    rows = _chosen(people, truths, term, seed)
    person = people.loc[rows["person"]]
    planned = rows["provision_id"].map({row[0]: row[9] for row in OFFERED}).to_numpy()
    # Whoever receives much on purpose is also there: provision without progress is not absence.
    there = np.where(person["pupil_id"].isin(pupils_of(truths, "support without progress")), 0.95, 0.95 - person["missed"])
    attended = rng.binomial(planned, np.clip(there, 0.2, 0.95))
    seldom = rows["provision_id"].isin(told_of(truths, SELDOM_GIVEN, term)).to_numpy()
    first, last = days_of(term)
    return DataFrame(
        {
            "provision_id": rows["provision_id"].to_numpy(),
            "pupil_id": person["pupil_id"].to_numpy(),
            "start": _day(first, 8),
            "end": _day(last, -8),
            "sessions_planned": planned,
            "sessions_attended": np.where(seldom, np.rint(SHARE_GIVEN * attended).astype(int), attended),
            **_scores(person["ability"].to_numpy(), rows["provision_id"].isin(TESTED).to_numpy(), rng),
        }
    ).sort_values(["provision_id", "pupil_id"], kind="stable", ignore_index=True)


def _day(day: object, school_days: int) -> str:
    return str(np.busday_offset(day, school_days, roll="forward"))  # type: ignore[call-overload]


def _scores(ability: np.ndarray, tested: np.ndarray, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Standard scores before and after, that differ by chance alone, where the provision has a test; how an adult rates it."""
    before, after = (np.rint(100 + 14 * ability + 5 * rng.standard_normal(len(ability))).astype(int) for _ in range(2))
    rated = rng.choice(["none", "some", "good"], len(ability), p=[0.2, 0.5, 0.3])
    scores = {"baseline": before, "outcome": after}
    return {name: np.where(tested, score.astype(str), "") for name, score in scores.items()} | {"rating": rated}


def _chosen(people: DataFrame, truths: Sequence[Truth], term: Term, seed: int) -> DataFrame:
    """Who is in which provision in a term: `person` (row of `people`) and `provision_id`."""
    number = _how_many(people, truths, term, seed)
    lot = Series(chance(seed, "which provision", term.year).integers(0, 6, len(people)), people.index)
    picks: list[tuple[Series, Mapping[str, tuple[str, ...]], int]]
    picks = [(people["sen_need"], FIRST, 0), (people["sen_need"], NEXT, 0), (people["sen_need_2"], FIRST, 1)]
    parts = [_picked(need[number.gt(place)], offer, lot + on) for place, (need, offer, on) in enumerate(picks)]
    return pd.concat(parts).drop_duplicates(ignore_index=True)


def _picked(needs: Series, offer: Mapping[str, tuple[str, ...]], lot: Series) -> DataFrame:
    """One provision for each need, of those for its area; for learning where no need is named."""
    choices = [offer[AREA_OF_NEED.get(need, COGNITION)] for need in needs]
    named = [choice[turn % len(choice)] for choice, turn in zip(choices, lot[needs.index], strict=True)]
    return DataFrame({"person": needs.index.to_numpy(), "provision_id": named})


def _how_many(people: DataFrame, truths: Sequence[Truth], term: Term, seed: int) -> Series:
    """In how many provisions each pupil is."""
    here = people[on_roll(people, term)]
    # Judged with error, so that not only the very lowest are chosen.
    standing = here["ability"] + 0.5 * chance(seed, "chosen", term.year).standard_normal(len(people))[here.index]
    place = standing.groupby(here["sen_status"]).rank(pct=True) / here["sen_status"].map(SHARE_SUPPORTED)
    number = place.le(1).astype(int) + (place.le(TWO).astype(int) + place.le(THREE)) * here["sen_status"].ne("N")
    number = number.mask(here["pupil_id"].isin(pupils_of(truths, "support missing")), 0)
    number = number.mask(here["pupil_id"].isin(pupils_of(truths, "support without progress")), 3)
    return number.reindex(people.index, fill_value=0)
