"""The invented school put together: its people, its lessons, its tables term by term, the truths and the mess in them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from pandas import DataFrame

from sentrack_lib.sources.record_tables import RECORDS
from sentrack_lib.sources.sample import agreed, attainment, life, marks, mess, people, voices
from sentrack_lib.sources.sample.aims import COLUMNS, targets
from sentrack_lib.sources.sample.calendar import ordinal, terms_of_school
from sentrack_lib.sources.sample.curriculum import lessons
from sentrack_lib.sources.sample.differences import differences
from sentrack_lib.sources.sample.judgements import judgements
from sentrack_lib.sources.sample.measured import measured
from sentrack_lib.sources.sample.plans import plans
from sentrack_lib.sources.sample.recorded import RECORDED, recorded
from sentrack_lib.sources.sample.recording import Recording, reviewed
from sentrack_lib.sources.sample.truths import HELPS, WAITS, Truth, plant, slower
from sentrack_lib.terms import Term


@dataclass(frozen=True)
class Invention:
    """An invented school: how it was asked for, everyone who is ever on its roll, who is taught what in each school year."""

    pupils: int
    seed: int
    terms: tuple[Term, ...]
    people: DataFrame
    lessons: dict[int, DataFrame]
    truths: tuple[Truth, ...]
    luck: bool = False
    """Whether groups differ by the luck of the draw, as in any real school; without it nothing differs that was not planted."""

    @cached_property
    def points(self) -> dict[Term, np.ndarray]:
        """True points (pupils x subjects) at the end of each term."""
        taken = slower(self.truths, self.people, self.lessons[self.terms[-1].year])
        return attainment.true_points(self.people, self.terms, taken, self.seed, self.luck)

    @property
    def spared(self) -> tuple[str, ...]:
        """Pupils whose marks the mess leaves alone, because a planted truth about growth or school life is about them."""
        not_spared = (*RECORDED, HELPS, WAITS)
        return tuple(pupil for truth in self.truths if truth.kind not in not_spared for pupil in truth.pupil_ids)

    def tables(self, term: Term) -> tuple[dict[str, DataFrame], list[mess.Blot]]:
        """Every table of a term by name, and what is wrong in them on purpose."""
        return mess.spoil(self.clean(term), term, term == self.terms[-1], self.spared, self.seed)

    def records(self, term: Term) -> dict[str, DataFrame]:
        """Everything that people record in a term, by the name of the table."""
        now, before = self._recordings[term], self.terms[: self.terms.index(term)]
        about_views = agreed.actions(self._views(before[-1]), term, self.seed) if before else DataFrame()
        reviews = reviewed(self._recordings, self._targets, self.points, term)
        aims = {"targets": self._targets[term][COLUMNS], "target_reviews": reviews}
        tables = now.support() | aims | now.agreed(about_views) | judgements(term, self.seed)
        # A file without rows is remarked upon when it is read: in the first term no target has been looked at.
        return {name: tables[name] for name in RECORDS if len(tables.get(name, ()))}

    @cached_property
    def _targets(self) -> dict[Term, DataFrame]:
        """Targets of each term, with what their reviews ask."""
        each = self._recordings.items()
        return {
            term: targets(self.people, now.roll, now.groups, now.taking_part, self.points[term], term, self.seed)
            for term, now in each
        }

    @cached_property
    def _recordings(self) -> dict[Term, Recording]:
        known = plans(self.people, self.truths, self.seed)
        return {term: Recording(self.people, self.lessons[term.year], known, self.truths, term, self.seed) for term in self.terms}

    def _views(self, term: Term) -> DataFrame:
        return voices.views(self.people, self.truths, term, self.terms, self.seed)

    def every_term(self) -> Iterator[tuple[Term, dict[str, DataFrame], list[mess.Blot]]]:
        """The tables and the mess of one term after the other."""
        for term in self.terms:
            yield term, *self.tables(term)

    def clean(self, term: Term) -> dict[str, DataFrame]:
        """Every table of a term by name, as it should be."""
        taught = self.lessons[term.year]
        return {
            "pupils": self._recordings[term].roll,
            "prior_attainment": attainment.prior_attainment(self.people, self.truths, term, self.terms, self.seed),
            "assessments": marks.assessments(self.people, taught, self.points[term], term, self.seed, self.luck),
            "teaching_groups": self._recordings[term].groups,
            "attendance": life.attendance(self.people, self.truths, term, self.terms, self.seed),
            "behaviour": life.behaviour(self.people, self.truths, term, self.terms, self.seed),
            "views": self._views(term),
            "activities": life.activities(self.people, self.truths, term, self.terms, self.seed),
            "adults": self._recordings[term].adults,
        }

    def about_the_roll(self) -> list[mess.Blot]:
        """What is odd about the roll: names, who joins and who leaves within a school year."""
        names = self.people[["surname", "forename"]].agg(" ".join, axis=1)
        odd = int((~names.str.isascii() | names.str.contains("['-]")).sum())
        said = f"{odd} pupils have an apostrophe, a hyphen or an accent in their name."
        names_blot = mess.Blot("names", "pupils.csv of every term", odd, said, False)
        return [names_blot, *(blot for term in self.terms for blot in self._moves(term))]

    def _moves(self, term: Term) -> list[mess.Blot]:
        file = f"{term}/pupils.csv"
        joined, left = (int(self.people[column].eq(ordinal(term)).sum()) for column in ("joined", "left"))
        coming = mess.Blot("joiners", file, joined, f"Joiners in this term: {joined}, see joined_on.", False)
        going = mess.Blot("leavers", file, left, f"Leavers in this term: {left}, see left_on.", False)
        return [blot for blot in (coming, going) if blot.count]


def invent(pupils: int, terms: int, seed: int, planted: bool = True, luck: bool = False) -> Invention:
    """An invented school with `pupils` pupils on its last roll, over the last `terms` terms up to summer 2026; without `planted`
    truths pupils with SEN start lower, and nothing else differs between groups, but by `luck`."""
    span = terms_of_school(terms)
    everyone = people.everyone(pupils, span, seed, planted)
    taught = _taught(everyone, span, seed)
    truths = _truths(everyone, taught[span[-1].year], span, seed) if planted else ()
    return Invention(pupils, seed, span, everyone, taught, truths, luck)


def _truths(everyone: DataFrame, taught: DataFrame, terms: Sequence[Term], seed: int) -> tuple[Truth, ...]:
    growing = plant(everyone, taught, terms, seed)
    in_life = (*growing, *differences(growing, everyone, terms, seed))
    bare = Recording(everyone, taught, plans(everyone, (), seed), in_life, terms[-1], seed)
    told = (*in_life, *recorded(in_life, everyone, bare.for_all, bare.half_days, terms[-1], seed))
    return (*told, *measured(told, everyone, terms, seed))


def _taught(everyone: DataFrame, terms: Sequence[Term], seed: int) -> dict[int, DataFrame]:
    standing = attainment.entry_points(everyone, seed)
    return {year: lessons(everyone, standing, year, seed) for year in sorted({term.year for term in terms})}
