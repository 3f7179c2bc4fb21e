"""What is due as a calendar file, for the calendars people have: no child is named in it, for it lies on telephones."""

import hashlib
from collections.abc import Hashable, Mapping
from datetime import UTC, timedelta
from pathlib import Path
from typing import Any

from icalendar import Alarm, Calendar, Event
from pandas import DataFrame

from sentrack_lib.measures.due import ANNUAL
from sentrack_lib.sources.files import write_whole
from sentrack_lib.views.reading import legible

MAKER = "-//sentrack//what is due//EN"
A_WEEK = timedelta(days=7)


def write_calendar(due: DataFrame, file: Path, school_name: str) -> None:
    """Write everything in `due` (`measures.due`) as a calendar file, whole or not at all: one event of a whole day each, with its
    kind, subject, owner and entry in the records, and an alarm a week before an annual review. Neither a pupil nor what is
    written about one stands in it, nor the id of an entry about one.

    Each event keeps its UID, and the stamp of an event is the day that `due` was asked for: imported again, an event takes the
    place of the earlier one, and the same table gives the same bytes."""
    calendar = Calendar()
    named = {
        "prodid": MAKER,
        "version": "2.0",
        "method": "PUBLISH",
        "x-wr-calname": " ".join(_words(f"What is due: {school_name}").split()),
    }
    for name, value in named.items():
        calendar.add(name, value)
    for row in due.to_dict("records"):
        calendar.add_component(_event(row, school_name))
    write_whole(calendar.to_ical(), file)


def _event(row: Mapping[Hashable, Any], school_name: str) -> Event:
    day, summary = row["on"].date(), _summary(row)
    asked_on = row["on"] - timedelta(days=int(row["days"]))
    event = Event()
    parts = {
        "uid": _uid(row, school_name),
        "dtstamp": asked_on.to_pydatetime().replace(tzinfo=UTC),
        "dtstart": day,
        "dtend": day + timedelta(days=1),
        "summary": summary,
        "description": "\n".join([_owner(row), _words(_entry(row))]),
        "categories": [row["kind"]],
        "class": "PRIVATE",
        "transp": "TRANSPARENT",
    }
    for name, value in parts.items():
        event.add(name, value)
    if row["kind"] == ANNUAL and not row["step"]:
        event.add_component(_alarm(summary))
    return event


def _summary(row: Mapping[Hashable, Any]) -> str:
    """`Annual review, report to the local authority`, `Action, English`."""
    words = [str(row["kind"]).capitalize(), row["step"], row["subject"]]
    return _words(", ".join(word for word in words if isinstance(word, str) and word))


def _words(text: str) -> str:
    """A text as a calendar takes it: lines end with a new line alone, and no sign steers anything."""
    return "\n".join(legible(text).splitlines())


def _owner(row: Mapping[Hashable, Any]) -> str:
    return _words(f"Owner: {row['owner']}.") if isinstance(row["owner"], str) else "Nobody is named to see to it."


def _entry(row: Mapping[Hashable, Any]) -> str:
    """Where the record is. No id of a record about a pupil is told: a school may write the pupil's number into it."""
    about = isinstance(row["pupil_id"], str) and bool(row["pupil_id"])
    return f"An entry in {row['table']}, about a pupil." if about else f"Entry {row['id']} in {row['table']}."


def _uid(row: Mapping[Hashable, Any], school_name: str) -> str:
    """The same for the same entry, kind and step whenever it is written, and another in another school."""
    parts = "\n".join([school_name, str(row["table"]), str(row["id"]), str(row["kind"]), str(row["step"])])
    return f"{hashlib.sha256(parts.encode()).hexdigest()[:32]}@sentrack"


def _alarm(summary: str) -> Alarm:
    alarm = Alarm()
    for name, value in {"action": "DISPLAY", "description": f"In a week: {summary}", "trigger": -A_WEEK}.items():
        alarm.add(name, value)
    return alarm
