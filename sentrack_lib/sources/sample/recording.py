"""Everything that the people of the invented school record in a term, put together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from pandas import DataFrame

from sentrack_lib.sources.sample import (
    beside,
    by_lot,
    marks,
    measured,
    meetings,
    notes,
    pay,
    plans,
    registers,
    reviews,
    support,
    timetable,
    voices,
)
from sentrack_lib.sources.sample.calendar import LAST, numbered, ordinal
from sentrack_lib.sources.sample.roll import roll
from sentrack_lib.sources.sample.truths import Truth
from sentrack_lib.terms import Term

REGISTERED = 2
"""The last terms of which registers are kept: more would make the files large."""


@dataclass(frozen=True)
class Recording:
    """What is recorded in `term`, from who there is and who is taught what."""

    people: DataFrame
    lessons: DataFrame
    known: DataFrame
    """The EHC plans of everyone, with or without one yet."""
    truths: Sequence[Truth]
    term: Term
    seed: int

    @cached_property
    def groups(self) -> DataFrame:
        """The table `teaching_groups`."""
        return marks.teaching_groups(self.people, self.lessons, self.term)

    @cached_property
    def half_days(self) -> DataFrame:
        """Where the adults are who are there for the whole school."""
        return timetable.half_days(self.people, self.groups, self.for_all, self.term, self.seed)

    @cached_property
    def roll(self) -> DataFrame:
        """The table `pupils`, as it should be."""
        return roll(self.people, self.term)

    @cached_property
    def taking_part(self) -> DataFrame:
        """The table `provision_pupils`."""
        rows = support.provision_pupils(self.people, self.truths, self.term, self.seed)
        return measured.with_reading_ages(rows, self.people, self.term, self.seed)

    @property
    def adults(self) -> DataFrame:
        """The table `adults`: those for the whole school, then those for single pupils."""
        more = beside.more_adults(len(self.for_all), self._placed)
        return pd.concat([self.for_all, more], ignore_index=True)

    @cached_property
    def for_all(self) -> DataFrame:
        """The adults who are there for the whole school."""
        return voices.adults(self.people, self.term)

    @cached_property
    def _placed(self) -> DataFrame:
        return beside.placed(self.known, self.half_days, self.truths, self.term)

    def support(self) -> dict[str, DataFrame]:
        """Provision, adults' time, and what is specified."""
        tables = {
            "provisions": support.provisions(self.term, self.truths),
            "provision_pupils": self.taking_part,
            "deployments": beside.deployments(
                self.half_days, self._placed, self.for_all, self.groups, self.taking_part, self.truths, self.term, self.seed
            ),
            "short_measures": measured.short_measures(self.truths, self.term, self.seed),
            "entitlements": plans.entitlements(self.people, self.known, self.truths, self.term),
        }
        if ordinal(LAST) - ordinal(self.term) < REGISTERED:
            sessions = registers.provision_sessions(self.people, self.taking_part, self.truths, self.term, self.seed)
            tables["provision_sessions"] = sessions
        tables = by_lot.with_places_by_lot(tables, self.people, self.truths, self.term, self.seed)
        return tables | ({"pay_rates": pay.pay_rates(self.term)} if self.term == LAST else {})

    def agreed(self, about_views: DataFrame) -> dict[str, DataFrame]:
        """Notes, meetings and actions; those about questionnaires come first."""
        met = meetings.meetings(self.known, self.term, self.seed)
        done = meetings.actions(met, self.term, self.seed)
        together = pd.concat([about_views.reindex(columns=list(done)), done], ignore_index=True).fillna("")
        return {"evidence": notes.evidence(self.people, self.roll, self.term, self.seed), "meetings": met, "actions": together}


def reviewed(
    recordings: Mapping[Term, Recording], targets: Mapping[Term, DataFrame], points: Mapping[Term, np.ndarray], term: Term
) -> DataFrame:
    """The table `target_reviews` of a term: of `targets` of this term, of the one before, and of the autumn."""
    now = recordings[term]
    since = sorted({term, numbered(ordinal(term) - 1), Term(term.year, 0)} & set(targets))
    looked_at = [reviews.target_reviews(targets[each], now.roll, points[term], each, term, now.seed) for each in since]
    return pd.concat(looked_at, ignore_index=True)
