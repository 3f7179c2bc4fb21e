"""A shape is one kind of export: how its headings tell it, and which columns of it fill which tables."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from pandas import DataFrame

from sentrack_lib.settings import SchoolSettings
from sentrack_lib.sources.exports.aliases import found
from sentrack_lib.sources.exports.export import Roll
from sentrack_lib.terms import Term

Written = dict[str, Any]
"""A part of a profile as it is written in YAML."""


@dataclass(frozen=True)
class Seen:
    """A sheet that is looked at: its `cells`, the `term` it was said to be of, and the school's `settings`."""

    cells: DataFrame
    term: Term
    settings: SchoolSettings

    @cached_property
    def headings(self) -> list[str]:
        """All headings as written."""
        return list(map(str, self.cells))

    def found(self, table: str) -> dict[str, list[str]]:
        """The columns of one list of aliases that the sheet has: each with its headings, the likeliest first."""
        return found(table, self.headings, self.settings.headings)

    def first(self, table: str) -> dict[str, str]:
        """The same, each with its likeliest heading."""
        return {name: headings[0] for name, headings in self.found(table).items()}


@dataclass(frozen=True)
class Drafted:
    """The `parts` of a profile, and headings left out (`ignore`) by the reason."""

    parts: list[Written]
    ignore: Mapping[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Shape:
    """One kind of export. `roll`: whether it names every pupil (whole) or some (part), where it fills the roll; `about_pupils`:
    whether each of its rows must name one; `kept`: whether a school keeps and corrects its guess, as there is much to guess."""

    name: str
    is_it: Callable[[Seen], bool]
    drafted: Callable[[Seen], Drafted]
    roll: Roll | None = None
    about_pupils: bool = True
    kept: bool = False


def columns_of(headings: Mapping[str, str]) -> Written:
    """The columns of a part, each from one heading."""
    return {name: {"from": heading} for name, heading in headings.items()}
