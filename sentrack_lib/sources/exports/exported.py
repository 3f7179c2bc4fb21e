"""A sheet while a profile is applied to it: its columns by heading, conditions on its rows, and notes of what was not there."""

from collections import Counter
from dataclasses import dataclass, field

import pandas as pd
from pandas import Series

from sentrack_lib.sources.exports.profiles import CONDITION, Conditions
from sentrack_lib.sources.files import Sheet
from sentrack_lib.sources.files.headings import normalised
from sentrack_lib.sources.problems import KEPT


@dataclass
class Exported:
    """A sheet with notes: headings `used` and `missing`, codes that were `odd` (how often, by column and value), `problems`."""

    sheet: Sheet
    used: set[str] = field(default_factory=set)
    missing: dict[str, None] = field(default_factory=dict)
    odd: Counter[tuple[str, str]] = field(default_factory=Counter)
    problems: list[dict[str, object]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Look headings up as written first, then without case, spaces and punctuation."""
        names = list(map(str, self.sheet.cells))
        self.headings = {normalised(name): name for name in names} | {name: name for name in names}

    def cells(self, at: pd.Index, *headings: str) -> Series | None:
        """The cells in some rows under the first of the headings that is there; None and a note if none is."""
        spelt = [written for heading in headings for written in (heading, normalised(heading)) if written in self.headings]
        if not spelt:
            self.missing[" or ".join(headings)] = None
            return None
        found = self.headings[spelt[0]]
        self.used.add(found)
        cells = self.sheet.cells[found]
        return cells if len(at) == len(cells) else cells.loc[at]

    def all_hold(self, conditions: Conditions, at: pd.Index) -> Series:
        """Whether all conditions hold, row by row; a column that is not there is blank."""
        held = Series(True, index=at)
        for heading, condition in conditions.items():
            held &= self._holds(heading, condition, at)
        return held

    def any_hold(self, conditions: Conditions, at: pd.Index) -> Series:
        """Whether any of the conditions holds, row by row; no conditions hold everywhere."""
        held = Series(not conditions, index=at)
        for heading, condition in conditions.items():
            held |= self._holds(heading, condition, at)
        return held

    def _holds(self, heading: str, condition: str, at: pd.Index) -> Series:
        found = self.cells(at, heading)
        cells = Series("", index=at, dtype="str") if found is None else found.str.casefold()
        written = CONDITION.fullmatch(condition)
        assert written is not None, "conditions are checked when a profile is read"
        test, operand = written[1], (written[2] or "").casefold()
        if test in ("above", "below"):
            numbers = pd.to_numeric(cells, errors="coerce")
            return numbers > float(operand) if test == "above" else numbers < float(operand)
        wanted = [word.strip() for word in operand.split(",")] if test == "one of" else [operand]
        return ~cells.isin(wanted) if test in ("filled", "is not") else cells.isin(wanted)

    def remark(self, problem: str, remedy: str, **more: object) -> None:
        """Note a problem with the file, once."""
        blank = {"file": self.sheet.name, "row": None, "column": "", "value": "", "effect": KEPT}
        said = {**blank, "problem": problem, "remedy": remedy, **more}
        if said not in self.problems:
            self.problems.append(said)
