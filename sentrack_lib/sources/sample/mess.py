"""The mess of real files, in small and known doses, so that checking the invented school says something."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from pandas import DataFrame, Series

from sentrack_lib.sources.sample.calendar import chance, days_of
from sentrack_lib.terms import Term

Tables = dict[str, DataFrame]
ODD_GRADES = {"ABS": 0.004, "X": 0.0015, "N/A": 0.002}
"""Shares of actual grades that say why there is no grade."""
STRANGER = "Z000999999999"
FORMULA = "=better than last year, thank you"


@dataclass(frozen=True)
class Blot:
    """One thing that is wrong, or merely odd, on purpose, in one file of a term; `problem` if `sentrack check` should say so."""

    kind: str
    file: str
    count: int
    sentence: str
    problem: bool = True


@dataclass
class Desk:
    """The tables of one term while they are being spoiled, and what was done to them."""

    term: Term
    tables: Tables
    spared: Sequence[str]
    rng: np.random.Generator
    blots: list[Blot] = field(default_factory=list)

    def rows(self, table: str, which: Series, count: int = 1) -> pd.Index:
        """Some rows of a table by lot, none of a spared pupil, none twice; fewer where there are fewer."""
        free = np.flatnonzero(which & ~self.tables[table]["pupil_id"].isin(self.spared))
        return self.tables[table].index[self.rng.permutation(free)[:count]]

    def replace(self, table: str, rows: DataFrame, kind: str, sentence: str, count: int = 1, problem: bool = True) -> None:
        """Put a spoiled table in place of the clean one and say what was done."""
        self.tables = self.tables | {table: rows}
        # In a very small school there may be nothing to spoil.
        self.blots += [Blot(kind, f"{self.term}/{table}.csv", count, sentence, problem)] if count else []

    def write(self, table: str, column: str, at: pd.Index, value: str, kind: str, sentence: str, problem: bool = True) -> None:
        """Write a value over some cells."""
        changed = self.tables[table][column].mask(self.tables[table].index.isin(at), value)
        self.replace(table, self.tables[table].assign(**{column: changed}), kind, sentence, len(at), problem)

    def add(self, rows: DataFrame, kind: str, sentence: str) -> None:
        """Add marks that should not be there."""
        self.replace("assessments", pd.concat([self.tables["assessments"], rows], ignore_index=True), kind, sentence, len(rows))


def spoil(tables: Tables, term: Term, last: bool, spared: Sequence[str], seed: int) -> tuple[Tables, list[Blot]]:
    """The tables with odd grades, and with everything else that goes wrong in the last term; pupils `spared` keep theirs."""
    desk = Desk(term, dict(tables), spared, chance(seed, "mess", term))
    _odd_grades(desk)
    if last:
        _roll_not_filled_in(desk)
        _marks_in_the_wrong_place(desk)
        _marks_twice(desk)
        _comment_like_a_formula(desk)
    return desk.tables, desk.blots


def _actual(desk: Desk) -> Series:
    """Marks on sub-levels, which the steps below may spoil."""
    marks = desk.tables["assessments"]
    return marks["kind"].eq("actual") & marks["scale"].eq("nc_level") & marks["grade"].str.fullmatch("[1-8][abc]")


def _odd_grades(desk: Desk) -> None:
    marks = desk.tables["assessments"]
    luck, ends = desk.rng.random(len(marks)), np.cumsum(list(ODD_GRADES.values()))
    odd = marks["kind"].eq("actual").to_numpy() & (luck < ends[-1])
    written = np.array([*ODD_GRADES, ""])[np.searchsorted(ends, luck, side="right")]
    said = f"{odd.sum()} actual grades are written {', '.join(ODD_GRADES)}: absent, not entered, not assessed."
    spoiled = marks.assign(grade=marks["grade"].mask(odd, written))
    desk.replace("assessments", spoiled, "no grade, with a reason", said, int(odd.sum()), False)


def _roll_not_filled_in(desk: Desk) -> None:
    pupils = desk.tables["pupils"]
    unknown, blank = desk.rows("pupils", pupils["sen_need"].eq("MLD")), desk.rows("pupils", pupils["ethnicity"].ne(""), 4)
    desk.write("pupils", "sen_need", unknown, "SPLN", "unknown need", "A pupil's first need is written SPLN, which is no code.")
    desk.write("pupils", "ethnicity", blank, "", "blank ethnicity", "Four pupils have no ethnicity.", problem=False)


def _marks_in_the_wrong_place(desk: Desk) -> None:
    early = str(days_of(desk.term)[0] - pd.Timedelta(days=40))[:10]
    misspelt, outside = desk.rows("assessments", _actual(desk)), desk.rows("assessments", _actual(desk))
    desk.write("assessments", "grade", misspelt, "6z", "unknown grade", "One grade is written 6z, which is not on the scale.")
    said = f"One mark is dated {early}, before the term."
    desk.write("assessments", "assessed_on", outside, early, "date outside the term", said)
    stranger = desk.tables["assessments"].loc[desk.rows("assessments", _actual(desk))].assign(pupil_id=STRANGER)
    desk.add(stranger, "not on the roll", f"One mark belongs to {STRANGER}, who is not on the roll.")


def _marks_twice(desk: Desk) -> None:
    same, other = (desk.tables["assessments"].loc[desk.rows("assessments", _actual(desk))] for _ in range(2))
    desk.add(same, "exact duplicate", "One mark is in the file twice, with the same grade.")
    contradicted = other.assign(grade=other["grade"].map(lambda grade: "3c" if grade != "3c" else "4c"))
    desk.add(contradicted, "contradiction", "One mark is in the file twice, with two grades.")


def _comment_like_a_formula(desk: Desk) -> None:
    views = desk.tables["views"]
    at = desk.rows("views", views["respondent"].eq("pupil"))
    said = "A comment begins with an equals sign; in the file an apostrophe stands before it, which the reader takes off."
    desk.write("views", "comment", at, FORMULA, "comment like a formula", said, problem=False)
