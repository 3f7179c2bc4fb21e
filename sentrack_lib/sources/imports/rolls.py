"""The rolls of a school, on which the pupils of every export are looked up."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import pandas as pd
from pandas import DataFrame

from sentrack_lib.errors import BadInput
from sentrack_lib.sources import schema
from sentrack_lib.sources.exports.export import WHO
from sentrack_lib.sources.files import read_sheet
from sentrack_lib.sources.imports.people import known_pupils
from sentrack_lib.sources.imports.report import ROLLS
from sentrack_lib.terms import Term


@dataclass(frozen=True)
class Rolls:
    """The rows of pupils.csv of each term, as text."""

    by_term: Mapping[str, DataFrame] = field(default_factory=dict)

    @classmethod
    def read(cls, folder: Path) -> "Rolls":
        """The rolls in a school's folder; one that cannot be read names nobody (`sentrack check` says why)."""
        terms = [path.name for path in sorted(folder.glob("*/pupils.csv")) for path in [path.parent] if Term.is_named(path.name)]
        return cls({term: _roll(folder / term / "pupils.csv") for term in terms})

    def with_roll(self, term: str, rows: DataFrame) -> "Rolls":
        """The same with another roll of one term."""
        return Rolls({**self.by_term, term: rows})

    @cached_property
    def known(self) -> DataFrame:
        """Every pupil of every term, as rows are looked up there."""
        every = [rows.reindex(columns=WHO, fill_value="") for rows in self.by_term.values()]
        return known_pupils(pd.concat(every, ignore_index=True) if every else DataFrame(columns=WHO, dtype="str"))

    def moves(self, terms: list[str]) -> DataFrame:
        """For some terms the pupils on the roll, and who joined and left since the term before that has one."""
        return DataFrame([self._moved(term) for term in sorted(terms, key=Term.named) if term in self.by_term], columns=ROLLS)

    def _moved(self, term: str) -> tuple[str, int, str, int, int]:
        now = set(self.by_term[term]["pupil_id"])
        earlier = [other for other in self.by_term if Term.named(other) < Term.named(term)]
        since = max(earlier, key=Term.named, default="")
        before = set(self.by_term[since]["pupil_id"]) if since else now
        return term, len(now), since, len(now - before), len(before - now)


def _roll(file: Path) -> DataFrame:
    try:
        cells = read_sheet(file, schema.columns("pupils")).cells
    except BadInput:
        return DataFrame(columns=["pupil_id"], dtype="str")
    return cells if "pupil_id" in cells else DataFrame(columns=["pupil_id"], dtype="str")
