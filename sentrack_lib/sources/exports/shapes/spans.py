"""Histories: rows that hold from a first to a last day, of which those in force at the end of the term count."""

from pandas import Series

from sentrack_lib.sources.exports.days import iso_dates
from sentrack_lib.sources.exports.shapes.shape import Seen

NONE = "no day in force"
Span = tuple[str, str]
"""The headings of the first and the last day; blank where there is none."""


def not_in_force(seen: Seen, span: Span) -> dict[str, str]:
    """Conditions of which any holds in a row that began after the term or ended before it did."""
    return _one_of({heading: sorted(set(seen.cells[heading]) - set(days)) for heading, days in _good(seen, span).items()})


def in_force(seen: Seen, span: Span) -> dict[str, str]:
    """Conditions that all hold in a row that is in force at the end of the term."""
    return _one_of({heading: days or [NONE] for heading, days in _good(seen, span).items()})


def _good(seen: Seen, span: Span) -> dict[str, list[str]]:
    """The days, as they are written, on which a row that is in force may begin and end; a blank says nothing against it."""
    last = str(seen.term.dates(seen.settings.calendar)[1])
    held = {heading: Series(seen.cells[heading].unique(), dtype="str") for heading in span if heading}
    day = {heading: iso_dates(cells) for heading, cells in held.items()}
    return {
        heading: list(cells[cells.eq("") | (day[heading].le(last) if heading == span[0] else day[heading].ge(last))])
        for heading, cells in held.items()
    }


def _one_of(days: dict[str, list[str]]) -> dict[str, str]:
    return {heading: f"one of {', '.join(sorted(listed))}" for heading, listed in days.items() if listed}
