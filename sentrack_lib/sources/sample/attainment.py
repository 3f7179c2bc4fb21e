"""What pupils of the invented school attain in truth, and where they started.

All points are points of National Curriculum levels, three a year; other scales are drawn from the same points.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from pandas import DataFrame

from sentrack_lib.sources.sample.calendar import chance, ordinal
from sentrack_lib.sources.sample.curriculum import SUBJECTS
from sentrack_lib.sources.sample.differences import TRANSFER
from sentrack_lib.sources.sample.people import on_roll
from sentrack_lib.sources.sample.truths import Truth, is_last_year, pupils_of
from sentrack_lib.terms import Term

ENTRY, SPREAD = 27.0, 4.6
"""Mean and SD of points on entry to Year 7: level 4b, and most of a level."""
SHARED_ABILITY, OWN_ABILITY = 0.85, 0.53
A_YEAR = 3.0
SHARED_GROWTH, OWN_GROWTH = 2.8, 1.4
"""SD of points by which a year's growth differs between pupils in all subjects, and between subjects of a pupil."""
P_SCALE_PUPILS = 0.01
BACKGROUND = ("intake", "sex", "sen_status", "sen_need", "pupil_premium", "eal", "ethnicity")
SMALLEST_GROUP = 10
"""Pupils from which a group is large enough for anyone to compare it."""
CANCELLED_KS2 = (2020, 2021)
"""Intakes whose key stage 2 tests were cancelled; they sat a standardised test in Year 7."""


def entry_points(people: DataFrame, seed: int) -> np.ndarray:
    """True points on entry to Year 7 (pupils x subjects)."""
    own = chance(seed, "entry").standard_normal((len(people), len(SUBJECTS)))
    return ENTRY + SPREAD * (SHARED_ABILITY * people["ability"].to_numpy()[:, None] + OWN_ABILITY * own)


def true_points(
    people: DataFrame, terms: Sequence[Term], slower: np.ndarray, seed: int, luck: bool = False
) -> dict[Term, np.ndarray]:
    """True points at the end of each term (pupils x subjects); `slower`, in points a year, is taken off in the last three."""
    now = entry_points(people, seed)
    # Years before the first term: whole years, so that a school of one term has a past as well.
    for year in range(terms[0].year - 4, terms[0].year):
        now = now + _grown(people, year, seed, luck)
    now = now + terms[0].season * _grown(people, terms[0].year, seed, luck) / 3
    points = {}
    for term in terms:
        now = now + _grown(people, term.year, seed, luck) / 3 - slower * is_last_year(term, terms) / 3
        points[term] = now
    return points


def _grown(people: DataFrame, year: int, seed: int, luck: bool) -> np.ndarray:
    """Points grown in a school year; nothing before entry."""
    rng = chance(seed, "growth", year)
    shared = SHARED_GROWTH * rng.standard_normal((len(people), 1))
    own = OWN_GROWTH * rng.standard_normal((len(people), len(SUBJECTS)))
    here = (year - people["intake"]).between(0, 4).to_numpy()
    return here[:, None] * (A_YEAR + drawn_for(people, here, shared + own, luck))


def drawn_for(people: DataFrame, here: np.ndarray, drawn: np.ndarray, luck: bool) -> np.ndarray:
    """Draws (pupils x subjects) as they fell, with the luck between groups as in any school, or without it."""
    return drawn if luck else without_luck(drawn, people, here)


def without_luck(drawn: np.ndarray, people: DataFrame, here: np.ndarray) -> np.ndarray:
    """Draws (pupils x subjects) without the luck between groups of those `here`, by least squares: nothing unplanted is there."""
    groups = [pd.get_dummies(people[column], dtype=float) for column in BACKGROUND]
    sides = pd.concat(groups, axis=1).to_numpy() * here[:, None]
    sides = np.column_stack([here.astype(float), sides[:, sides.sum(axis=0) >= SMALLEST_GROUP]])
    return drawn - sides @ np.linalg.lstsq(sides, drawn * here[:, None], rcond=None)[0]


def on_p_scale(people: DataFrame) -> np.ndarray:
    """Whether each pupil is assessed on P scales: those of lowest ability with an EHC plan."""
    plans = people["ability"].where(people["sen_status"].eq("E"))
    most = max(1, round(P_SCALE_PUPILS * len(people) / people["intake"].nunique()))
    return plans.groupby(people["intake"]).rank().le(most).to_numpy()


def prior_attainment(people: DataFrame, truths: Sequence[Truth], term: Term, terms: Sequence[Term], seed: int) -> DataFrame:
    """The table `prior_attainment` of a term: reading and maths at key stage 2, a Year 7 test where those were cancelled."""
    rng = chance(seed, "prior")
    start = entry_points(people, seed)[:, [SUBJECTS.index("English"), SUBJECTS.index("Maths")]]
    z = (start - ENTRY) / SPREAD + 0.35 * rng.standard_normal(start.shape)
    has_come = _new_here(people, term, terms) & ~people["pupil_id"].isin(pupils_of(truths, TRANSFER)).to_numpy()
    known = has_come[:, None] & (rng.random(start.shape) > 0.03)
    person, paper = np.nonzero(known)
    cancelled = people["intake"].isin(CANCELLED_KS2).to_numpy()[person]
    choices = [cancelled, on_p_scale(people)[person]]
    written = [_rounded(100 + 14 * z, 69, 131)[known], np.full(len(person), "PK4")]
    return DataFrame(
        {
            "pupil_id": people["pupil_id"].to_numpy()[person],
            "subject": np.array(["Reading", "Maths"])[paper],
            "stage": np.where(cancelled, "Year 7", "KS2"),
            "scale": np.select(choices, ["standardised", "pre_key_stage"], "ks2_scaled"),
            "grade": np.select(choices, written, _rounded(104 + 7 * z, 80, 120)[known]),
        }
    )


def _new_here(people: DataFrame, term: Term, terms: Sequence[Term]) -> np.ndarray:
    """Whose results a school exports in a term: everyone's in autumn and at the very first, else those of joiners."""
    everyone = term.season == 0 or term == terms[0]
    return (on_roll(people, term) & (people["joined"].eq(ordinal(term)) | everyone)).to_numpy()


def _rounded(scores: np.ndarray, lowest: int, highest: int) -> np.ndarray:
    return np.clip(np.rint(scores), lowest, highest).astype(int).astype(str)
