"""When the invented school is open: its terms, their dates, and streams of chance that do not disturb each other."""

import zlib
from datetime import date
from typing import Literal

import numpy as np

from sentrack_lib.terms import SEASONS, Term

LAST = Term(2025, 2)
_DAYS = (((9, 2), (12, 19)), ((1, 5), (3, 27)), ((4, 14), (7, 21)))


def terms_of_school(count: int) -> tuple[Term, ...]:
    """The last `count` terms up to summer 2026, earliest first."""
    return tuple(numbered(number) for number in range(ordinal(LAST) - count + 1, ordinal(LAST) + 1))


def ordinal(term: Term) -> int:
    """The term as a number that grows by one a term."""
    return term.year * len(SEASONS) + term.season


def numbered(number: int) -> Term:
    """The term of an `ordinal`."""
    return Term(*divmod(number, len(SEASONS)))


def following(term: Term) -> Term:
    """The term after a term."""
    return numbered(ordinal(term) + 1)


def days_of(term: Term) -> tuple[date, date]:
    """First and last school day of a term."""
    first, last = _DAYS[term.season]
    year = term.year + (term.season > 0)
    return _weekday(date(year, *first), "forward"), _weekday(date(year, *last), "backward")


def _weekday(day: date, roll: Literal["forward", "backward"]) -> date:
    """The day itself, or the school day after or before a weekend."""
    return date.fromisoformat(str(np.busday_offset(day, 0, roll=roll)))


def school_day(term: Term, place: int) -> str:
    """The school day of a term at a place: 0 the first, -1 the last."""
    first, last = days_of(term)
    return str(np.busday_offset(last if place < 0 else first, place + (place < 0), roll="backward" if place < 0 else "forward"))


def chance(seed: int, *purpose: object) -> np.random.Generator:
    """Random numbers for one purpose only, so that a change in one table leaves the others as they were."""
    return np.random.default_rng([seed, zlib.crc32(" ".join(map(str, purpose)).encode())])
