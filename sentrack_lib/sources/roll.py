"""Who is on the roll of a term, and which rows of the other tables belong to that term."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
import pandas as pd
from pandas import DataFrame, Series

from sentrack_lib.sources import schema
from sentrack_lib.sources.checking import Finding
from sentrack_lib.sources.problems import KEPT, Fault
from sentrack_lib.terms import Term

DATED = {"assessments": "assessed_on", "behaviour": "on", "views": "on", "provision_sessions": "on"}

HAS_LEFT = Fault("is before the term: the pupil is not on its roll", "Nothing to do if that is right.", KEPT)
IS_TO_COME = Fault("is after the term: the pupil is not yet on its roll", "Nothing to do if that is right.", KEPT)
NOT_ON_ROLL = Fault("is not on the roll of this term", "Add the pupil to pupils.csv, or correct the id.")
AWAY = Fault("was not at the school in this term", "Correct joined_on or left_on in pupils.csv, or take this row out.")
OUTSIDE_TERM = Fault("is outside the term", "Put it in its own term's folder, or correct the calendar in school.yml.")


@dataclass(frozen=True)
class Roll:
    """The rows of pupils.csv of all terms, typed, and the school's calendar."""

    listed: DataFrame
    calendar: Mapping[str, tuple[date, date]]

    @cached_property
    def away(self) -> list[Finding]:
        """Pupils in a term's file who had left before it began, or were yet to come when it ended."""
        first, last = self._days(self.listed["term"])
        gone = self.listed["left_on"].lt(first).to_numpy()
        to_come = self.listed["joined_on"].gt(last).to_numpy() & ~gone
        return [Finding("left_on", HAS_LEFT, np.flatnonzero(gone)), Finding("joined_on", IS_TO_COME, np.flatnonzero(to_come))]

    @cached_property
    def pupils(self) -> DataFrame:
        """Everyone who was at the school in the term."""
        here = ~np.isin(np.arange(len(self.listed)), self._away)
        return self.listed[here].reset_index(drop=True)

    def of_its_terms(self, rows: DataFrame) -> DataFrame:
        """Rows of the terms in which there are pupils."""
        there = rows["term"].isin(self.pupils["term"].unique())
        return rows if there.all() else rows[there].reset_index(drop=True)

    def strays(self, table: str, rows: DataFrame) -> list[Finding]:
        """Rows that do not belong to their term: about nobody in its file, about somebody away, or dated outside it."""
        if rows.empty or "pupil_id" not in schema.columns(table):
            return []
        known, away = self._known(rows)
        found = [Finding("pupil_id", NOT_ON_ROLL, np.flatnonzero(~known)), Finding("pupil_id", AWAY, np.flatnonzero(away))]
        if table not in DATED:
            return found
        first, last = self._days(rows["term"])
        on = rows[DATED[table]]
        outside = (on.lt(first) | on.gt(last)).to_numpy() & known & ~away
        return [*found, Finding(DATED[table], OUTSIDE_TERM, np.flatnonzero(outside))]

    @property
    def _away(self) -> np.ndarray:
        return np.concatenate([finding.places for finding in self.away])

    def _known(self, rows: DataFrame) -> tuple[np.ndarray, np.ndarray]:
        """Whether each row's pupil is in the file of its term, and was away; an anonymous row is about nobody in particular."""
        who = ["term", "pupil_id"]
        numbers = pd.concat([self.listed[who], rows[who]], ignore_index=True).groupby(who, sort=False).ngroup().to_numpy()
        listed, asked = numbers[: len(self.listed)], numbers[len(self.listed) :]
        return np.isin(asked, listed) | rows["pupil_id"].isna().to_numpy(), np.isin(asked, listed[self._away])

    def _days(self, terms: Series) -> tuple[np.ndarray, np.ndarray]:
        """The first and the last day of each row's term."""
        places, names = pd.factorize(terms)
        days = np.array([Term.named(name).dates(self.calendar) for name in names], dtype="datetime64[s]").reshape(-1, 2)
        return days[places, 0], days[places, 1]
