"""An export as it was understood: its rows as rows of a school's tables, before anybody has looked for its pupils."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from pandas import DataFrame

from sentrack_lib.sources import imported, schema
from sentrack_lib.sources.problems import problems_table

USED, IGNORED, NOT_MENTIONED, MISSING = "used", "ignored", "not mentioned", "missing"
COLUMNS = ["column", "use", "reason"]
NOT_UNDERSTOOD = ["column", "value", "rows"]
WHO = list(imported.WHO)
GUESSES = ["heading", "table", "goes_to"]

Roll = Literal["whole", "joiners", "part"]


@dataclass(frozen=True)
class Export:
    """One file, what it was `taken_for`, and how many rows were `read`.

    `tables` by term and table (text; index = row of the file): without `pupil_id`, which is found by `who` (columns among `WHO`,
    index = row of the file). `roll`: the file names every pupil of the school (whole), pupils who may be new (joiners), or only
    pupils of the roll (part).
    `not_wanted`: rows that were left out as the profile says. `columns` (column, use, reason), `not_understood` (column, value,
    rows: codes kept as they were), `guesses` (heading, table, goes_to) and `problems` as tables; `settings` for school.yml."""

    file: str
    taken_for: str
    read: int
    tables: Mapping[tuple[str, str], DataFrame]
    who: DataFrame = field(default_factory=DataFrame)
    roll: Roll = "part"
    not_wanted: int = 0
    columns: DataFrame = field(default_factory=lambda: DataFrame(columns=COLUMNS))
    not_understood: DataFrame = field(default_factory=lambda: DataFrame(columns=NOT_UNDERSTOOD))
    guesses: DataFrame = field(default_factory=lambda: DataFrame(columns=GUESSES))
    problems: DataFrame = field(default_factory=problems_table)
    settings: Mapping[str, Any] = field(default_factory=dict)


def roll_in(tables: Mapping[tuple[str, str], DataFrame]) -> Roll:
    """Whole where a file has all that a roll must have; a list that lacks a required column, such as a list of SEN, has not."""
    needed = set(schema.required("pupils")) - {"pupil_id"}
    return "whole" if any(needed <= set(rows) for (_, table), rows in tables.items() if table == "pupils") else "part"
