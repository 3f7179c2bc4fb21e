"""The calendar file says what is due, names no child, and can be imported twice."""

from datetime import date, timedelta

import pandas as pd
import pytest
from icalendar import Calendar
from pandas import DataFrame

from sentrack_lib.cycle.packs.calendar_file import write_calendar
from sentrack_lib.measures.due import due
from sentrack_lib.terms import Term

TERM = Term.named("2025-26-spring")
DAY = date(2026, 2, 10)
UPN = "Z999200111001"
ROLL = DataFrame({"pupil_id": [UPN], "surname": ["Sampleton"], "forename": ["Robin"], "sen_status": "E"})


@pytest.fixture
def rows() -> DataFrame:
    meetings = DataFrame({
        "meeting_id": [f"AR-{UPN}", "M2"], "kind": ["annual review", "with parents"], "on": ["2026-03-02", "2026-02-20"],
        "pupil_id": UPN, "about": "Robin Sampleton",
    })  # fmt: skip
    actions = DataFrame({
        "action_id": ["A1", "A2"], "what": ["Ring Robin's parents", "Sort books; then, order"],
        "by": ["2026-02-01", "2026-02-12"],
        "pupil_id": [UPN, None], "subject": [None, "English, Drama;\nMedia"], "owner": ["Head of year " * 12, None],
    })  # fmt: skip
    return due({"meetings": meetings, "actions": actions}, ROLL, TERM, None, DAY)


@pytest.fixture
def written(rows, tmp_path) -> bytes:
    write_calendar(rows, tmp_path / "due.ics", "Invented School")
    return (tmp_path / "due.ics").read_bytes()


def events(written: bytes) -> list:
    return Calendar.from_ical(written).walk("VEVENT")


def test_everything_due_is_one_event_of_a_whole_day(rows, written):
    read = events(written)
    assert [event.decoded("dtstart") for event in read] == [day.date() for day in rows["on"]]
    assert all(event.decoded("dtend") - event.decoded("dtstart") == timedelta(days=1) for event in read)
    assert [str(event["summary"]) for event in read] == [
        "Action", "Action, English, Drama;\nMedia", "Annual review, invitations and reports", "Meeting", "Annual review",
        "Annual review, report to the local authority", "Annual review, decision of the local authority",
    ]  # fmt: skip
    assert str(read[0]["description"]).startswith("Owner: Head of year") and "An entry in actions, about a pupil." in str(
        read[0]["description"]
    )
    assert "Nobody is named to see to it." in str(read[1]["description"])


def test_no_child_is_named_and_nothing_written_about_one_stands_there(written):
    unfolded = written.replace(b"\r\n ", b"")
    assert not any(secret.encode() in unfolded for secret in (UPN, "Robin", "Sampleton", "Ring", "books"))
    assert b"An entry in meetings\\, about a pupil." in unfolded


def test_the_same_table_gives_the_same_bytes(rows, written, tmp_path):
    write_calendar(rows, tmp_path / "again.ics", "Invented School")
    assert (tmp_path / "again.ics").read_bytes() == written


def test_written_on_a_later_day_every_event_keeps_its_name_and_carries_a_later_stamp(rows, written, tmp_path):
    later = rows.assign(days=rows["days"] - 3, on=rows["on"] + pd.Timedelta(days=1))
    write_calendar(later, tmp_path / "later.ics", "Invented School")
    before, after = events(written), events((tmp_path / "later.ics").read_bytes())
    assert [event["uid"] for event in before] == [event["uid"] for event in after]
    assert len({str(event["uid"]) for event in before}) == len(rows)
    assert before[0].decoded("dtstamp").date() == DAY
    assert after[0].decoded("dtstamp").date() == date(2026, 2, 14)


def test_another_school_has_other_names_for_its_events(rows, written, tmp_path):
    write_calendar(rows, tmp_path / "other.ics", "Another School")
    other = {str(event["uid"]) for event in events((tmp_path / "other.ics").read_bytes())}
    assert not other & {str(event["uid"]) for event in events(written)}


def test_an_annual_review_alone_rings_a_week_before(written):
    rings = {str(event["summary"]): [alarm.decoded("trigger") for alarm in event.walk("VALARM")] for event in events(written)}
    assert rings.pop("Annual review") == [timedelta(days=-7)]
    assert not any(rings.values())


def test_lines_are_folded_as_the_format_asks(written):
    assert max(len(line) for line in written.split(b"\r\n")) <= 75 and b"\r\n " in written


def test_nothing_due_is_a_calendar_without_events(rows, tmp_path):
    write_calendar(rows.iloc[:0], tmp_path / "none.ics", "Invented School")
    assert events((tmp_path / "none.ics").read_bytes()) == []
