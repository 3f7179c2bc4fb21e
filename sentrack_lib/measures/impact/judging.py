"""Benefit, harm or cannot tell, and why, in sentences: a number is shown only where every condition for it is met."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from pandas import DataFrame, Series

from sentrack_lib.measures.groups.certainty import QUESTIONED
from sentrack_lib.measures.impact.cohorts import Case
from sentrack_lib.measures.impact.comparing import EACH, FEWEST, Found, Sides
from sentrack_lib.measures.spoken import listed
from sentrack_lib.measures.support import UNIVERSAL

BENEFIT, HARM, CANNOT_TELL = "benefit", "harm", "cannot tell"
RUNGS = (
    "nothing recorded",
    "an adult's rating only",
    "entry and exit",
    "entry and exit beside comparable pupils",
    "entry and exit beside comparable pupils, with an earlier baseline and sessions",
)
"""The ladder of evidence, from the bottom."""
EVERYONE = "It is for everyone, so nobody is left to compare with."
NO_PUPILS = "Who takes part is not recorded."
NO_DATES = "On which day it began is not recorded, so nobody can say which grades come before it."
NO_SCORES = "There are no grades of its pupils from before it began and from this term, on one scale."
SEVERAL_SCALES = (
    "It names no subject, and its pupils' subjects are marked on several scales, so their mean cannot be followed from before it "
    "began to this term."
)
NO_EARLIER = "There is no earlier baseline: no grade of a term before the one in which its pupils were chosen."
UNLIKE = "The chosen pupils are unlike everyone else here."
NOT_INDEPENDENT = "The outcome is not independent: it is judged by the person who gives the provision."
WHOLE_CLASSES = "Whole classes got it, so what it did cannot be told apart from what their teachers did."
BY_LOT = "Places were drawn by lot, so the comparison with those who wait suffices."
BOTH = "Both ways of comparing say so."
BY_CHANCE = "Among so many provisions one such result is to be expected by chance."
NO_SESSIONS = "How many sessions pupils attended of those planned is not recorded."

TEACHERS = ("teacher", "teachers", "class teacher", "class teachers", "subject teacher", "subject teachers")
"""Whoever is named in these words alone also judges the outcome."""


def refused(case: Case, names: Mapping[str, str]) -> str:
    """Why there is no effect to tell; nothing where there is one. `names` of provisions by their ids."""
    if str(case.provision["wave"]).strip().casefold() in UNIVERSAL:
        return EVERYONE
    if case.offered.empty:
        return NO_PUPILS
    if case.offered["began"].isna().all():
        return NO_DATES
    if case.entry is None or case.sides is None or not case.entry.n:
        return NO_SCORES if pd.notna(case.provision["subject"]) else SEVERAL_SCALES
    if case.n < FEWEST <= case.entry.n:
        return NO_EARLIER
    return too_few(case.sides, max(case.n, case.entry.n)) or together_with(case, names)


def too_few(sides: Sides, n: int) -> str:
    """Whether there are enough pupils, and enough to hold them against."""
    if n < FEWEST:
        only = "One pupil has" if n == 1 else f"{n or 'No'} pupils have"
        return f"{only} grades from before and after; under {FEWEST} it is described, not judged."
    wanted = FEWEST if sides.lot else EACH * sides.n
    if sides.comparators < wanted or sides.alike < FEWEST:
        found = f"{sides.comparators} comparators, {sides.alike} of whom started alike"
        return f"{UNLIKE} There are {found}; {wanted} are needed, and {FEWEST} who started alike."
    return ""


def together_with(case: Case, names: Mapping[str, str]) -> str:
    """Whether all its pupils are in another provision that nobody else has."""
    if not case.inseparable:
        return ""
    others = listed([names.get(each, each) for each in case.inseparable])
    return f"All its pupils are in {others} too, and nobody in one alone: what each did cannot be told apart."


def rung(case: Case, rated: int, scored: int) -> int:
    """The rung of the ladder that is reached: `rated` pupils have an adult's rating, `scored` a score at entry and exit."""
    entry = case.entry
    if entry is None or not entry.n:
        return 2 if scored else min(rated, 1)
    if too_few(entry, entry.n):
        return 2
    dosed = case.offered[["planned", "attended"]].notna().all(axis=1).any()
    return 4 if case.n >= FEWEST and not too_few(case.sides or entry, case.n) and dosed and _earlier(case) else 3


def _earlier(case: Case) -> bool:
    return bool(case.sides and np.isfinite(case.sides.p0[case.sides.treated]).sum() >= FEWEST)


def verdict(found: Found | None, q: float, doubt: str) -> str:
    """Benefit or harm where the whole plausible range lies on one side of nought, it is no chance find among many, and nothing
    about the comparison itself is in `doubt`."""
    if found is None or doubt or not q <= QUESTIONED:
        return CANNOT_TELL
    return BENEFIT if found.low > 0 else HARM if found.high < 0 else CANNOT_TELL


def because(found: Found, sides: Sides, told: str, q: float, doubt: str) -> str:
    """The reason of a verdict, in sentences."""
    if doubt:
        return doubt
    if told != CANNOT_TELL:
        return BY_LOT if found.lot else BOTH
    if np.isfinite(q) and q > QUESTIONED and (found.low > 0 or found.high < 0):
        return BY_CHANCE
    unseen = f"an effect under {sides.detectable:.2f} SD could hardly have been seen."
    return f"The plausible range reaches over nought; {unseen}"


def doubt(case: Case, teaching_groups: DataFrame, pupils: pd.Index) -> str:
    """What keeps an effect from being told of this provision, however large: who gives it also judges the outcome, which no
    standardised test leaves to a person; or whole classes got it, and their teachers with it. Nothing where neither is known."""
    if case.sides is None:
        return ""
    rows = teaching_groups[teaching_groups["pupil_id"].isin(pupils[case.sides.pupil])]
    if pd.notna(case.provision["subject"]):
        rows = rows[rows["subject"].eq(case.provision["subject"])]
    treated = rows["pupil_id"].isin(pupils[case.sides.pupil[case.sides.treated]]).astype("bool")
    staff = str(case.provision["staff"]).strip().casefold()
    judges = staff in TEACHERS or staff in set(_plain(rows.loc[treated, "teacher"]))
    if judges and case.scale != "standardised":
        return NOT_INDEPENDENT
    return WHOLE_CLASSES if _in_whole_classes(rows, treated) else ""


def _in_whole_classes(rows: DataFrame, treated: Series) -> bool:
    """Whether fewer than half of the treated are taught beside any comparator in any group."""
    mixed = rows.loc[~treated, "teaching_group"].dropna().unique()
    own = rows[treated].dropna(subset=["teaching_group"])
    beside = own["teaching_group"].isin(mixed).groupby(own["pupil_id"]).any()
    return bool(len(beside) and beside.mean() < 0.5)


def _plain(names: Series) -> Series:
    return names.dropna().astype("str").str.strip().str.casefold()
