"""Registers: marks of sessions become sessions a pupil, by the codes in force on the day."""

import csv
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas import DataFrame

from sentrack_lib.sources.codes import code_rows
from sentrack_lib.sources.exports import registers
from sentrack_lib.sources.exports.registers import COUNTS, counted, from_wide, one_a_session, session_columns, within

BEFORE, AFTER = "2024-08-18", "2024-08-19"
PRESENT, LATE, AUTHORISED, UNAUTHORISED, LATE_AFTER, NOT_COUNTED = ["11000", "11001", "10100", "10010", "10011", "00000"]
ALWAYS = {
    **dict.fromkeys(["/", "\\", "B", "P", "V", "W"], PRESENT),
    "L": LATE,
    **dict.fromkeys(["C", "E", "I", "M", "R", "S", "T"], AUTHORISED),
    **dict.fromkeys(["G", "N", "O"], UNAUTHORISED),
    "U": LATE_AFTER,
    **dict.fromkeys(["D", "X", "Z", "#", "-", ""], NOT_COUNTED),
}
ONLY_BEFORE = {"H": AUTHORISED, "J": PRESENT, "Y": NOT_COUNTED}
ONLY_AFTER = {"K": PRESENT, **dict.fromkeys(["C1", "C2", "J1"], AUTHORISED)} | dict.fromkeys(
    ["Q", *(f"Y{number}" for number in range(1, 8))], NOT_COUNTED
)
PANDEMIC = {"I01": AUTHORISED, "I02": AUTHORISED} | {f"X0{number}": NOT_COUNTED for number in range(1, 10)}


def marked(*rows: tuple[str, str, str]) -> DataFrame:
    return DataFrame(rows, columns=["pupil_id", "on", "mark"], dtype="str")


def counts(code: str, day: str) -> tuple[str, int]:
    sessions, odd = counted(marked(("P1", day, code)))
    return "".join(map(str, sessions.loc[0, registers.SESSIONS])), int(odd["rows"].sum())


@pytest.mark.parametrize("code", [*ALWAYS, *ONLY_BEFORE, *ONLY_AFTER, *PANDEMIC, "F", "A", "?"])
def test_a_code_counts_as_it_did_on_each_side_of_the_change_and_is_told_where_there_was_none(code):
    for day, table in ((BEFORE, ALWAYS | ONLY_BEFORE), (AFTER, ALWAYS | ONLY_AFTER)):
        assert counts(code, day) == ((table[code], 0) if code in table else (NOT_COUNTED, 1))


def test_older_codes_count_only_in_their_own_time():
    assert counts("F", "2013-08-31") == (AUTHORISED, 0) and counts("F", "2013-09-01")[1] == 1
    assert all(
        counts(code, "2021-02-01") == (meant, 0) and counts(code, "2022-04-01")[1] == 1 for code, meant in PANDEMIC.items()
    )


def test_every_code_of_the_list_is_tested_here():
    assert {row["code"] for row in code_rows("attendance")} == {*ALWAYS, *ONLY_BEFORE, *ONLY_AFTER, *PANDEMIC, "F"} - {""}


def test_pupils_worked_by_hand(table):
    # P1: present, late, ill, late after the register closed. P2: interviews either side of the change. P3: nothing marked.
    marks = table("""
        pupil_id | on         | mark
        P1       | 2025-09-03 | /
        P1       | 2025-09-03 | L
        P1       | 2025-09-04 | i
        P1       | 2025-09-04 | U
        P1       | 2025-09-05 | Y1
        P2       | 2024-07-01 | J
        P2       | 2024-09-10 | J1
        P2       | 2024-09-11 | J
        P3       | 2025-09-03 |
    """).astype("str")
    sessions, odd = counted(marks)
    assert sessions.to_numpy().tolist() == [["P1", 4, 2, 1, 1, 2], ["P2", 2, 1, 1, 0, 0], ["P3", 0, 0, 0, 0, 0]]
    assert odd.to_numpy().tolist() == [["J", 1, registers.NOT_THEN]]


def test_a_mark_is_understood_with_its_meaning_beside_it_and_told_where_its_day_cannot_be_read():
    sessions, odd = counted(marked(("P1", "2025-09-03", " I - Illness"), ("P1", "2025-09-03", "l (late)"), ("P1", "soon", "/")))
    assert sessions.to_numpy().tolist() == [["P1", 2, 1, 1, 0, 1]]
    assert odd.to_numpy().tolist() == [["/", 1, registers.NO_DAY]]


def test_no_marks_are_no_rows_and_a_row_without_a_pupil_counts_for_nobody():
    for marks in (marked(), marked(("", "2025-09-03", "/"))):
        sessions, odd = counted(marks)
        assert len(sessions) == len(odd) == 0 and list(sessions) == ["pupil_id", *registers.SESSIONS]


_MARK = st.sampled_from([*ALWAYS, *ONLY_BEFORE, *ONLY_AFTER, "F", "A", "?", "X01"])
_ROW = st.tuples(st.sampled_from(["P1", "P2", "P3"]), st.sampled_from([BEFORE, AFTER, "2021-01-05", ""]), _MARK)


@settings(max_examples=60)
@given(st.lists(_ROW, min_size=1, max_size=40), st.randoms())
def test_attended_and_absent_make_up_possible_and_the_order_of_marks_changes_nothing(rows, chance):
    sessions, odd = counted(marked(*rows))
    parts = sessions[["sessions_attended", "sessions_authorised", "sessions_unauthorised"]].sum(axis=1)
    assert parts.equals(sessions["sessions_possible"])
    assert (sessions["sessions_late"] <= sessions["sessions_possible"]).all()
    assert sessions["sessions_possible"].sum() + odd["rows"].sum() <= len(rows)
    chance.shuffle(rows)
    again, odd_again = counted(marked(*rows))
    assert sessions.equals(again) and odd.equals(odd_again)


def test_headings_of_sessions_are_days_first():
    written = ["UPN", "3/9/2025 AM", "Wed 03/09/25 (pm)", "3 Sep 2025 morning", "2025-09-03_PM", "13/13/2025", "04/09/2025"]
    assert session_columns(written).to_numpy().tolist() == [
        ["3/9/2025 AM", "2025-09-03", "AM"],
        ["Wed 03/09/25 (pm)", "2025-09-03", "PM"],
        ["3 Sep 2025 morning", "2025-09-03", "AM"],
        ["2025-09-03_PM", "2025-09-03", "PM"],
        ["04/09/2025", "2025-09-04", ""],
    ]


def test_a_wide_register_counts_as_the_long_one(table):
    wide = table("""
        pupil_id | 03/09/2025 AM | 03/09/2025 PM
        P1       | /             | U
        P2       | I             |
    """)
    long = from_wide(wide, session_columns(wide))
    assert long["session"].tolist() == ["AM", "AM", "PM", "PM"] and long.index.tolist() == [0, 1, 0, 1]
    assert counted(long)[0].to_numpy().tolist() == [["P1", 2, 1, 0, 1, 1], ["P2", 1, 0, 1, 0, 0]]


def test_a_session_counts_once_and_contradictions_and_lessons_are_set_aside(table):
    marks = table("""
        pupil_id | on         | session   | mark
        P1       | 2025-09-03 | AM        | /
        P1       | 2025-09-03 | MORNING   | /
        P1       | 2025-09-03 | afternoon | I
        P1       | 2025-09-03 | PM        | N
        P1       | 2025-09-04 | Period 1  | /
        P1       | 2025-09-04 | AM        | L
    """)
    kept, problems = one_a_session(marks, "marks.csv")
    assert kept["mark"].tolist() == ["/", "L"]
    assert problems["row"].tolist() == [4, 1, 2, 3] and set(problems["effect"]) == {"row set aside"}
    assert len(one_a_session(marks.drop(columns="session"))[0]) == 2


def test_marks_outside_the_term_are_set_aside_and_counted():
    marks = marked(("P1", "2025-08-31", "/"), ("P1", "2025-09-01", "/"), ("P1", "2025-12-31", "/"), ("P1", "2026-01-01", "/"))
    inside, problems = within(marks, date(2025, 9, 1), date(2025, 12, 31))
    assert inside["on"].tolist() == ["2025-09-01", "2025-12-31"] and problems["value"].tolist() == ["2 marks"]


def test_attendance_codes_agree_with_the_reference_list(shared):
    with (shared / "codesets" / "attendance_codes.csv").open(encoding="utf-8", newline="") as file:
        theirs = list(csv.DictReader(file))
    ours = {row["code"]: row for row in code_rows("attendance")}
    for row in theirs:
        parts = [f"counts_{name}" for name in ("possible", "present", "authorised", "unauthorised")]
        assert [ours[row["code"]][name] for name in COUNTS] == [*(row[part] for part in parts), row["late"]]
        assert all(ours[row["code"]][name] == row[name] for name in ("valid_from", "valid_to"))
