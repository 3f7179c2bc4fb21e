"""The truths planted in the invented school, so that anyone can see whether sentrack finds them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from pandas import DataFrame

from sentrack_lib.sources.sample.calendar import chance, ordinal
from sentrack_lib.sources.sample.curriculum import SUBJECTS
from sentrack_lib.sources.sample.people import FOREVER
from sentrack_lib.terms import Term

POINTS_A_SD = 5.0
"""Points of a year's growth that make one SD of scaled growth in this school: measured over its subjects, about."""


HELPS, WAITS, HELPFUL = "provision that helps", "waiting for a place", "PR12"
IN_THE_LOT, BANDS, TERMS_BEFORE = 40, 4, 2
"""Pupils who want the places of the provision that helps, half of whom get one; terms with marks from before it."""


@dataclass(frozen=True)
class Truth:
    """One thing that is so in the invented school in `term`, by intention; `size_sd` in SD of scaled growth over three terms."""

    kind: str
    term: str
    sentence: str
    subject: str = ""
    teaching_group: str = ""
    need: str = ""
    about: str = ""
    """The rate, activity or theme that differs, where it is not growth."""
    pupil_ids: tuple[str, ...] = ()
    size_sd: float = 0.0


def plant(people: DataFrame, lessons: DataFrame, terms: Sequence[Term], seed: int) -> tuple[Truth, ...]:
    """The truths of the last term; pupils named in one are in no other."""
    term = str(terms[-1])
    free = _settled(people, terms, lessons).sample(frac=1, random_state=chance(seed, "truths"))
    declining = free[free["year_group"].gt(7)].groupby("year_group").head(2)
    free = free.drop(declining.index)
    absent = free[free["year_group"].gt(7)].head(5)
    free = free.drop(absent.index)
    unruly = free.nlargest(4, "unruly")
    alone = free.drop(unruly.index).query("year_group == 9").head(1)
    free = free.drop([*unruly.index, *alone.index])
    # Not of Year 9, where two truths already pull at the same cohorts, nor all of one year.
    supported = free[free["year_group"].isin([8, 11]) & free["sen_status"].eq("K")].tail(3)
    free = free.drop(supported.index)
    of_note = [*_pupils_of_note(term, declining, absent, unruly, alone), _supported(term, supported)]
    return (
        _group_behind(lessons, term),
        _need_held_back(term),
        *(truth for truth in of_note if truth.pupil_ids),
        *_by_lot(free, terms, seed),
        Truth("no difference", term, "Pupils who learn English as an additional language grow like the others in every subject."),
    )


def slower(truths: Sequence[Truth], people: DataFrame, lessons: DataFrame) -> np.ndarray:
    """Points a year that the truths take from each pupil in each subject (pupils x subjects) over the last three terms."""
    taken = np.zeros((len(people), len(SUBJECTS)))
    for truth in truths:
        columns = np.array([truth.subject in ("", subject) for subject in SUBJECTS])
        taken -= np.outer(_touched(truth, people, lessons), columns) * truth.size_sd * POINTS_A_SD
    return taken


def _touched(truth: Truth, people: DataFrame, lessons: DataFrame) -> np.ndarray:
    """Whether a truth is about each pupil."""
    if truth.teaching_group:
        return people.index.isin(lessons.loc[lessons["teaching_group"].eq(truth.teaching_group), "person"])
    if truth.need:
        return people["sen_need"].eq(truth.need).to_numpy()
    return people["pupil_id"].isin(truth.pupil_ids).to_numpy()


def _settled(people: DataFrame, terms: Sequence[Term], lessons: DataFrame) -> DataFrame:
    """Pupils on the roll all the time, in no planted group, without an EHC plan: only they can carry a truth of their own."""
    here = people["joined"].eq(0) & people["left"].eq(FOREVER) & people["intake"].ge(terms[-1].year - 4)
    group = lessons.loc[lessons["teaching_group"].eq(_group(lessons)), "person"]
    apart = people["sen_need"].ne("SLCN") & people["sen_status"].ne("E") & ~people.index.isin(group) & people["eal"].eq("N")
    return people[here & apart].assign(year_group=7 + terms[-1].year - people["intake"])


def _group(lessons: DataFrame) -> str:
    """The third group of Year 9 English, or the last where there are fewer."""
    named = sorted(lessons.loc[lessons["teaching_group"].str.startswith("9/En"), "teaching_group"].unique())
    return "9/En3" if "9/En3" in named else str(named[-1])


def _group_behind(lessons: DataFrame, term: str) -> Truth:
    group = _group(lessons)
    said = f"Teaching group {group} grows about 1 SD less in English over the last three terms than the rest of Year 9."
    return Truth("teaching group behind", term, said, "English", teaching_group=group, size_sd=-1.0)


def _need_held_back(term: str) -> Truth:
    said = "Pupils whose first need is SLCN grow about 1.2 SD less in Science over the last three terms, and in no other subject."
    return Truth("need held back", term, said, "Science", need="SLCN", size_sd=-1.2)


def _pupils_of_note(term: str, declining: DataFrame, absent: DataFrame, unruly: DataFrame, alone: DataFrame) -> tuple[Truth, ...]:
    fall = f"{len(declining)} pupils grow about 1.75 SD less in every subject over the last three terms."
    missed = f"{len(absent)} pupils who hardly missed a session a year ago miss a seventh in spring and a third in the last term."
    sent_home = f"{len(unruly)} pupils are suspended in the last term, some of them twice."
    far = "One pupil of Year 9 grows about 3 SD less in History over the last three terms, and as usual in every other subject."
    return (
        Truth("decline", term, fall, pupil_ids=_ids(declining), size_sd=-1.75),
        Truth("attendance falls", term, missed, pupil_ids=_ids(absent)),
        Truth("suspensions", term, sent_home, pupil_ids=_ids(unruly)),
        Truth("one subject out of line", term, far, "History", pupil_ids=_ids(alone), size_sd=-3.0),
    )


def _supported(term: str, supported: DataFrame) -> Truth:
    size, said = -1.5, f"{len(supported)} pupils are in three provisions and still grow about 1.5 SD less in every subject."
    return Truth("support without progress", term, said, pupil_ids=_ids(supported), size_sd=size)


def _by_lot(free: DataFrame, terms: Sequence[Term], seed: int) -> tuple[Truth, ...]:
    """Of the pupils of Year 8 who stand lowest, those drawn for the provision that helps and those who wait: half of each band of
    pupils who stand alike. Nobody, where there are too few of them or no terms from before it."""
    lowest = free[free["year_group"].eq(8)].nsmallest(IN_THE_LOT, "ability")
    if len(lowest) < IN_THE_LOT or len(terms) < TERMS_BEFORE + 3:
        return ()
    lots = DataFrame({"band": bands_of(len(lowest)), "lot": chance(seed, "drawn by lot").random(len(lowest))})
    drawn = lots.groupby("band")["lot"].rank().le(IN_THE_LOT / BANDS / 2).to_numpy()
    some = f"{drawn.sum()} of {len(lowest)} pupils of Year 8 were drawn by lot for the provision {HELPFUL}."
    helped = f"{some} They grow about 1 SD more in Geography over the last three terms; no other provision changes any growth."
    return (
        Truth(HELPS, str(terms[-1]), helped, "Geography", about=HELPFUL, pupil_ids=_ids(lowest[drawn]), size_sd=1.0),
        Truth(
            WAITS, str(terms[-1]), f"{some} The others wait, and grow as usual.", about=HELPFUL, pupil_ids=_ids(lowest[~drawn])
        ),
    )


def bands_of(pupils: int) -> np.ndarray:
    """The band of each pupil, from the lowest, within which places are drawn."""
    return 1 + np.arange(pupils) * BANDS // max(pupils, 1)


def _ids(people: DataFrame) -> tuple[str, ...]:
    return tuple(sorted(people["pupil_id"]))


def pupils_of(truths: Sequence[Truth], kind: str) -> tuple[str, ...]:
    """The pupils of the truths of one kind."""
    return tuple(pupil for truth in truths if truth.kind == kind for pupil in truth.pupil_ids)


def is_planted(truths: Sequence[Truth], kind: str, about: str = "") -> bool:
    """Whether there is a truth of a kind, about a certain rate, activity or theme."""
    return any(truth.kind == kind and about in ("", truth.about) for truth in truths)


def told_of(truths: Sequence[Truth], kind: str, term: Term) -> tuple[str, ...]:
    """What the truths of one kind in a term are about."""
    return tuple(truth.about for truth in truths if truth.kind == kind and truth.term == str(term))


def is_last_year(term: Term, terms: Sequence[Term]) -> bool:
    """Whether the planted truths are at work in a term: the last three."""
    return ordinal(terms[-1]) - ordinal(term) < 3
