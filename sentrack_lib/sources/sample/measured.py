"""What is measured of single pupils of the invented school: a few numbers again and again, reading ages, and scores of goals."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from pandas import DataFrame

from sentrack_lib.sources.sample.calendar import LAST, chance, school_day
from sentrack_lib.sources.sample.people import on_roll
from sentrack_lib.sources.sample.support import provision_pupils
from sentrack_lib.sources.sample.truths import Truth
from sentrack_lib.terms import Term

MEASURED_IN = Term(LAST.year, 0)
"""The term in which short measures are taken: provision begins in it, so that there is a before."""
CHANGED, UNCHANGED, TOO_FEW = "short measures change", "short measures stay", "short measures too few"
MEASURED = (CHANGED, UNCHANGED, TOO_FEW)
"""The kinds of these truths. No mark changes with them."""
Kind = tuple[str, str, str, int, int, tuple[int, ...], tuple[int, ...], tuple[int, ...], str]
OF: dict[str, Kind] = {
    CHANGED: (
        "PR02", "Words read in a minute", "higher", 40, 60, (2, -1, 1, -2), (9, 11, 13, 12, 15, 14, 16, 15, 17, 16), (15, 14, 16),
        "Of one pupil the words read in a minute rise by a dozen as soon as “Reading together” begins, and stay there.",
    ),
    UNCHANGED: (
        "PR09", "Minutes out of class in a day", "lower", 12, 20, (1, -2, 2, -1), (1, -2, 0, 2, -1, 1, 0, -2, 2, -1), (),
        "Of one pupil the minutes out of class go up and down during “A calm start” as they did before.",
    ),
    TOO_FEW: (
        "PR04", "Words of 20 spelt right", "higher", 7, 11, (0, 1), (2, 1, 3), (),
        "Of one pupil two numbers are there before “Spelling circle” and three during it: too few to say.",
    ),
}  # fmt: skip
"""The provision, the measure, which is better, the lowest and highest level, steps from it in each phase, and the truth."""
BEFORE, DURING, AFTER = (1, 2), (12, 5), (-6, 2)
"""The first school day of a phase, and every how many it is measured."""
READING = "PR02"
"""The provision of which reading ages are taken."""
USUAL, A_POINT, ERROR = 10.0, 20.0, 3.0
"""Months that a pupil of middling ability reads below the age of the year group, months a step of ability, error of a test."""
LOWEST, HIGHEST = 6 * 12, 15 * 12
"""Ages, in months, beyond which the table of the test names none."""
SCORED = 0.35
"""Share of the goals of pupils that are scored from -2 to 2 as well."""
FROM = (0.5, 1.0, 1.05, 1.2)
"""From which share of the way on a goal is scored -1, 0, 1 and 2."""
COLUMNS = ["pupil_id", "measure", "on", "phase", "value", "better", "provision_id"]


def measured(told: Sequence[Truth], people: DataFrame, terms: Sequence[Term], seed: int) -> tuple[Truth, ...]:
    """The truths about short measures, of pupils in no other that is `told`; none where their term is not in the school."""
    if MEASURED_IN not in terms:
        return ()
    named = {pupil for truth in told for pupil in truth.pupil_ids}
    taking_part = provision_pupils(people, told, MEASURED_IN, seed)
    staying = set(people.loc[on_roll(people, terms[-1]), "pupil_id"]) - named
    found: list[Truth] = []
    for kind, (provision, measure, *_, said) in OF.items():
        able = taking_part[taking_part["provision_id"].eq(provision) & taking_part["pupil_id"].isin(staying)]
        chosen = tuple(able["pupil_id"].head(1))
        staying -= set(chosen)
        found += [Truth(kind, str(terms[-1]), said, about=measure, pupil_ids=(pupil,)) for pupil in chosen]
    return tuple(found)


def short_measures(truths: Sequence[Truth], term: Term, seed: int) -> DataFrame:
    """The table `short_measures` of a term: the numbers of the pupils of the truths, in the term in which they are measured."""
    planted = [truth for truth in truths if truth.kind in OF] if term == MEASURED_IN else []
    parts = [_of_one(truth, term, chance(seed, truth.kind)) for truth in planted]
    return pd.concat(parts, ignore_index=True) if parts else DataFrame(columns=COLUMNS)


def _of_one(truth: Truth, term: Term, rng: np.random.Generator) -> DataFrame:
    provision, measure, better, low, high, before, during, after, _ = OF[truth.kind]
    level = int(rng.integers(low, high + 1))
    steps = {"before": (before, BEFORE), "during": (during, DURING), "after": (after, AFTER)}
    rows = [
        (school_day(term, first + every * place), phase, str(max(level + step, 0)))
        for phase, (each, (first, every)) in steps.items()
        for place, step in enumerate(each)
    ]
    one = {"pupil_id": truth.pupil_ids[0], "measure": measure, "better": better, "provision_id": provision}
    return DataFrame(rows, columns=["on", "phase", "value"]).assign(**one)[COLUMNS]


def with_reading_ages(taking_part: DataFrame, people: DataFrame, term: Term, seed: int) -> DataFrame:
    """The table `provision_pupils` with reading ages before and after in the provision that takes them.

    They grow by a month a month, as everybody's do, and differ by the error of the test."""
    rows = taking_part["provision_id"].eq(READING)
    person = people.set_index("pupil_id").loc[taking_part.loc[rows, "pupil_id"]]
    rng = chance(seed, "reading ages", term)
    years = 11 + term.year - person["intake"].to_numpy()
    true = 12 * years - USUAL + A_POINT * person["ability"].to_numpy() + 4 * term.season
    ages = {name: true + grown + ERROR * rng.standard_normal(len(true)) for name, grown in (("baseline", 0), ("outcome", 3))}
    told = taking_part.astype({"baseline": "object", "outcome": "object"})
    for name, months in ages.items():
        told.loc[rows, name] = [_written(each) for each in months]
    return told.astype({"baseline": "str", "outcome": "str"})


def _written(months: float) -> str:
    """`8:03`, or that it lies beyond the table of the test."""
    whole = round(months)
    if whole < LOWEST or whole > HIGHEST:
        return f"<{LOWEST // 12}:00" if whole < LOWEST else f"{HIGHEST // 12}:00+"
    return f"{whole // 12}:{whole % 12:02d}"


def attained(share: np.ndarray, goal: np.ndarray, set_in: Term, term: Term, seed: int) -> np.ndarray:
    """How far goals were attained, from -2 to 2, by the `share` of the way that was made; blank where it is no `goal` of a pupil,
    and for most."""
    scored = goal & (chance(seed, "attained", set_in, term).random(len(share)) < SCORED)
    score = np.searchsorted(np.array(FROM), share, side="right") - 2
    return np.where(scored, score.astype(str), "")
