"""Who is taught what in a term, and the grades that belong there: one place for every pupil on the roll and subject."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas import DataFrame, Index, Series

from sentrack_lib.sources.coded import different, numbered, places_among, rows_among
from sentrack_lib.sources.codes import known_year_group
from sentrack_lib.sources.scales import GRADED, Scale
from sentrack_lib.terms import SEASONS, Term

Codes = NDArray[np.int64]
Numbers = NDArray[np.float64]
Mask = NDArray[np.bool_]

ALL = "all"
ACTUAL, TARGET = KINDS = "actual", "target"


@dataclass(frozen=True)
class Roll:
    """The pupils on the roll of a term, their year groups (-1 where not known), every subject there is and `all`; sorted."""

    term: Term
    pupils: Series
    """As the tables have them: codes, where those are codes."""
    year_groups: Index
    year_group: Codes
    subjects: Index

    def keys(self, rows: DataFrame) -> Codes:
        """One number for each row's pupil and subject, counted through the pupils; -1 where the pupil is not on the roll."""
        pupil, subject = rows_among(rows["pupil_id"], self.pupils), places_among(rows["subject"], self.subjects)
        # A school's own subject of the name `all` would hide the average.
        strange = (pupil < 0) | (subject < 0) | (subject == self._all)
        return np.where(strange, -1, pupil * len(self.subjects) + subject)

    @property
    def averages(self) -> Codes:
        """The key of each pupil with `all`."""
        return np.arange(len(self.pupils)) * len(self.subjects) + self._all

    @property
    def _all(self) -> int:
        return int(self.subjects.get_loc(ALL))  # type: ignore[arg-type]


@dataclass(frozen=True)
class Taught(Roll):
    """The places of a term's table of progress: each pupil on the roll with each subject taught, and with `all`."""

    pupil: Codes
    subject: Codes
    average: Mask
    """Which places hold a pupil's average over subjects."""
    at_key: Codes
    """The place of each key; -1 for a pupil and subject that do not meet, and for the key -1."""

    @classmethod
    def of(cls, roll: Roll, keys: Codes) -> "Taught":
        """The places for some keys of a roll and its averages."""
        meets = np.zeros(len(roll.pupils) * len(roll.subjects) + 1, dtype=bool)
        meets[keys] = meets[roll.averages] = True
        meets[-1] = False
        met = np.flatnonzero(meets)
        at_key = np.full(len(meets), -1)
        at_key[met] = np.arange(len(met))
        average = np.zeros(len(met), dtype=bool)
        average[at_key[roll.averages]] = True
        subjects = max(len(roll.subjects), 1)
        parts = (roll.term, roll.pupils, roll.year_groups, roll.year_group, roll.subjects)
        return cls(*parts, met // subjects, met % subjects, average, at_key)

    @property
    def size(self) -> int:
        """How many places there are."""
        return len(self.pupil)

    def places(self, rows: DataFrame) -> Codes:
        """The place of each row's `pupil_id` and `subject`; -1 where it has none."""
        return self.at_key[self.keys(rows)]


@dataclass(frozen=True)
class Grades:
    """One grade a place: its points and scale (-1 none); `ordered` where a grade has an order but no points."""

    points: Numbers
    scale: Codes
    ordered: Mask
    averaged: Mask
    """Where the points are a mean of several subjects."""


@dataclass(frozen=True)
class Marks:
    """Marks that have a place, oldest first: the moment of their term, their scale, their points (missing where it has none)."""

    place: Codes
    at: Codes
    scale: Codes
    points: Numbers
    given: Mask
    """Which are grades, rather than absent, not assessed and the like."""
    row: Codes
    """Where each stands in its table."""

    def only(self, which: Mask) -> "Marks":
        """Some of the marks."""
        return Marks(self.place[which], self.at[which], self.scale[which], self.points[which], self.given[which], self.row[which])

    def grades(self, places: int, among: Mask) -> Grades:
        """The latest grade of each place, of those `among`."""
        rows = np.flatnonzero(self.given & among)
        latest = latest_of(self.place[rows], places)
        graded = latest >= 0
        points, scale = np.full(places, np.nan), np.full(places, -1)
        points[graded], scale[graded] = self.points[rows[latest[graded]]], self.scale[rows[latest[graded]]]
        return Grades(points, scale, graded & np.isnan(points), np.zeros(places, dtype=bool))


@dataclass(frozen=True)
class Markbook:
    """Every actual mark and target of a school, oldest first: the marks of each of its terms are the first so many."""

    who: DataFrame
    """`pupil_id` and `subject`."""
    actual: Mask
    """Which are actual marks; the others are targets."""
    at: Codes
    scale: Codes
    points: Numbers
    given: Mask
    row: Codes
    subjects: Index
    """Every subject that stands in the table, whatever the kind of its marks."""

    @classmethod
    def of(cls, table: DataFrame, scales: Mapping[str, Scale]) -> "Markbook":
        """The actual marks and targets of a table of assessments; their scale counts as `scales` does."""
        rows = np.flatnonzero(table["kind"].isin(KINDS).to_numpy(dtype=bool))
        at = moments(table["term"])
        rows = rows[_by_time(at[rows], table["assessed_on"].to_numpy()[rows])]
        actual, given = (table[name].eq(of).to_numpy(dtype=bool)[rows] for name, of in (("kind", ACTUAL), ("state", GRADED)))
        scale = places_among(table["scale"], Index(list(scales)))[rows]
        points = table["points"].to_numpy(dtype=float)[rows]
        return cls(
            table[["pupil_id", "subject"]].take(rows), actual, at[rows], scale, points, given, rows, different(table["subject"])
        )

    def up_to(self, term: Term) -> int:
        """How many are of a term or earlier."""
        return int(np.searchsorted(self.at, moment(term), "right"))

    def placed(self, place: Codes, among: Mask) -> Marks:
        """The first marks, as many as there are places for: of those `among` the ones that have a place."""
        rows = np.flatnonzero(among & (place >= 0))
        return Marks(place[rows], self.at[rows], self.scale[rows], self.points[rows], self.given[rows], self.row[rows])


def taught_in(
    tables: Mapping[str, DataFrame], scales: Mapping[str, Scale], term: Term, book: Markbook | None = None
) -> tuple[Taught, dict[str, Marks]]:
    """The places of `term`: each pupil on the roll with every subject they have a teaching group or an actual mark in, and `all`.

    With them come the marks up to `term` that have a place, by kind: actual and target. `book` holds those of the tables, where
    it is at hand.
    """
    book, groups = book or Markbook.of(tables["assessments"], scales), tables["teaching_groups"]
    groups = in_term(groups, term)
    roll = _roll(tables["pupils"], term, {*different(groups["subject"]), *book.subjects})
    many = book.up_to(term)
    marked, actual = roll.keys(book.who.iloc[:many]), book.actual[:many]
    taught = Taught.of(roll, np.append(roll.keys(groups), marked[actual & (book.at[:many] == moment(term))]))
    place = taught.at_key[marked]
    return taught, {ACTUAL: book.placed(place, actual), TARGET: book.placed(place, ~actual)}


def _roll(pupils: DataFrame, term: Term, subjects: set[str]) -> Roll:
    pupils = on_roll(pupils, term)
    year_group, year_groups = pd.factorize(known_year_group(pupils["year_group"]))
    known = Index(sorted({*subjects, ALL}), dtype="str")
    return Roll(term, pupils["pupil_id"], Index(year_groups), year_group, known)


def on_roll(pupils: DataFrame, term: Term) -> DataFrame:
    """`pupil_id` and `year_group` of the pupils on the roll of a term, sorted; the last row of a pupil counts."""
    pupils = in_term(pupils, term)
    code, names = numbered(pupils["pupil_id"])
    latest = latest_of(code, len(names))
    there = np.flatnonzero(latest >= 0)
    # Codes stand in the order of the alphabet already, and to sort texts takes long.
    order = there if names.is_monotonic_increasing else there[names.take(there).argsort()]
    return DataFrame({name: pupils[name].array.take(latest[order]) for name in ("pupil_id", "year_group")})


def in_term(table: DataFrame, term: Term) -> DataFrame:
    """The rows of a table that were exported in `term`."""
    at = np.flatnonzero(places_among(table["term"], Index([str(term)])) == 0)
    # Files are read term by term, so that the rows of one mostly stand together; then nothing need be copied.
    together = len(at) > 0 and at[-1] - at[0] == len(at) - 1
    return table.iloc[at[0] : at[-1] + 1] if together else table.iloc[at]


def moment(term: Term) -> int:
    """A term's place in time, counted in terms."""
    return term.year * len(SEASONS) + term.season


def term_at(at: int) -> Term:
    """The term whose `moment` is `at`."""
    return Term(*divmod(at, len(SEASONS)))


def moments(terms: Series) -> Codes:
    """The place in time of each term named."""
    codes, seen = numbered(terms)
    return np.append([moment(Term.named(name)) for name in seen], -1).astype("int64")[codes]


def latest_of(places: Codes, size: int) -> Codes:
    """For each place the number of the last row that names it; -1 where none does."""
    latest = np.full(size, -1, dtype="int64")
    latest[places] = np.arange(len(places))
    return latest


def first_of(places: Codes, size: int, among: Mask | None = None) -> Codes:
    """For each place the number of the first row, of those `among`, that names it; -1 where none does."""
    rows = np.arange(len(places)) if among is None else np.flatnonzero(among)
    first = np.full(size, -1, dtype="int64")
    first[places[rows[::-1]]] = rows[::-1]
    return first


def _by_time(at: Codes, assessed_on: Numbers) -> Codes:
    """The order of marks in time: by term, then day; those without a day first, those of one day as they stand."""
    days = assessed_on.astype("datetime64[D]").astype("int64")
    ages = at * 1_000_000 + np.where(np.isnat(assessed_on), 0, days)
    return np.argsort(ages, kind="stable") if (np.diff(ages) < 0).any() else np.arange(len(ages))
