"""School terms: their names, their order and their dates."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sentrack_lib.errors import WrongUse

SEASONS = ("autumn", "spring", "summer")
_WRITTEN = re.compile(r"((?:19|20)[0-9]{2})-([0-9]{2})-(autumn|spring|summer)")


@dataclass(frozen=True, order=True)
class Term:
    """One term of a school year; terms sort by time. `year` is the calendar year in which the school year begins."""

    year: int
    season: int

    @classmethod
    def named(cls, name: str) -> "Term":
        """The term written as `2025-26-autumn`; `WrongUse` says how to write it otherwise."""
        written = _WRITTEN.fullmatch(str(name))
        if not written or int(written[2]) != (int(written[1]) + 1) % 100:
            raise WrongUse(f'"{name}" is not a term. Write it as 2025-26-autumn, 2025-26-spring or 2025-26-summer.')
        return cls(int(written[1]), SEASONS.index(written[3]))

    @staticmethod
    def is_named(name: str) -> bool:
        """Whether `name` is written as a term."""
        try:
            Term.named(name)
        except WrongUse:
            return False
        return True

    def __str__(self) -> str:
        return f"{self.school_year}-{SEASONS[self.season]}"

    @property
    def school_year(self) -> str:
        """The school year as `2025-26`."""
        return f"{self.year}-{(self.year + 1) % 100:02d}"

    @property
    def label(self) -> str:
        """The term as it is said: `Autumn 2025`."""
        return f"{SEASONS[self.season].capitalize()} {self.year + (self.season > 0)}"

    def a_year_earlier(self) -> "Term":
        """The same term of the school year before."""
        return Term(self.year - 1, self.season)

    def dates(self, calendar: Mapping[str, tuple[date, date]] | None = None) -> tuple[date, date]:
        """First and last day: from the school's calendar, else 1 September, 1 January, 16 April to the day before the next."""
        return (calendar or {}).get(str(self)) or (
            (date(self.year, 9, 1), date(self.year, 12, 31)),
            (date(self.year + 1, 1, 1), date(self.year + 1, 4, 15)),
            (date(self.year + 1, 4, 16), date(self.year + 1, 8, 31)),
        )[self.season]
