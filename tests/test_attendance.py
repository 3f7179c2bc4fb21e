"""Attendance in the school year to date: the thresholds, the noise of the first weeks, the fall since last term."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas import DataFrame

from sentrack_lib.measures.attendance import COLUMNS, NO_SESSIONS, attendance
from sentrack_lib.terms import Term

SPRING = Term.named("2025-26-spring")


def school(drawn: DataFrame, year_groups: dict[str, str] | None = None, term: Term = SPRING) -> dict[str, DataFrame]:
    """The tables of a school with every drawn pupil on the roll of `term`, in year 8 unless said otherwise."""
    ids = sorted(set(drawn["pupil_id"]))
    roll = DataFrame({"term": str(term), "pupil_id": ids, "year_group": [(year_groups or {}).get(pupil, "8") for pupil in ids]})
    return {
        "pupils": roll.astype("str"),
        "attendance": drawn if "sessions_late" in drawn else drawn.assign(sessions_late=float("nan")),
    }


def test_the_year_to_date_adds_its_terms_and_leaves_out_others(table):
    drawn = table("""
        term           | pupil_id | sessions_possible | sessions_attended | sessions_late
        2024-25-summer | P1       | 100               | 0                 | 9
        2025-26-autumn | P1       | 140               | 130               | 2
        2025-26-spring | P1       | 110               | 100               | 1
        2025-26-summer | P1       | 120               | 0                 | 9
    """)
    found = attendance(school(drawn), SPRING)
    assert list(found.columns) == COLUMNS
    row = found.loc[0]
    assert (row["possible"], row["attended"], row["late"]) == (250, 230, 3)
    assert row["absence"] == pytest.approx(20 / 250)
    assert row["term_absence"] == pytest.approx(10 / 110)
    assert row["last_term_absence"] == pytest.approx(10 / 140)
    assert row["drop"] == pytest.approx(100 * (10 / 110 - 10 / 140))
    assert pd.isna(row["why_not"])


def test_ten_per_cent_missed_is_persistent_and_half_is_severe_to_the_session(table):
    drawn = table("""
        term           | pupil_id | sessions_possible | sessions_attended
        2025-26-spring | P1       | 70                | 64
        2025-26-spring | P2       | 70                | 63
        2025-26-spring | P3       | 71                | 36
        2025-26-spring | P4       | 70                | 35
    """)
    found = attendance(school(drawn), SPRING)
    assert found["persistent"].tolist() == [False, True, True, True]
    assert found["severe"].tolist() == [False, False, False, True]


@settings(max_examples=30)
@given(st.integers(1, 60))
def test_exactly_one_session_in_ten_is_persistent_whatever_the_number(tens):
    rows = [("P1", 10.0 * tens, 9.0 * tens), ("P2", 10.0 * tens, 9.0 * tens + 1)]
    drawn = DataFrame(rows, columns=["pupil_id", "sessions_possible", "sessions_attended"]).assign(term=str(SPRING))
    assert attendance(school(drawn), SPRING)["persistent"].tolist() == [True, False]


def test_the_rate_leans_on_last_years_while_few_sessions_are_known(table):
    drawn = table("""
        term           | pupil_id | sessions_possible | sessions_attended
        2024-25-autumn | P1       | 100               | 90
        2024-25-summer | P1       | 100               | 70
        2025-26-spring | P1       | 30                | 28
    """)
    assert attendance(school(drawn), SPRING).loc[0, "smoothed"] == pytest.approx((0.2 * 40 + 2) / (40 + 30))


def test_without_a_last_year_it_leans_on_the_year_group_and_without_that_on_the_school(table):
    drawn = table("""
        term           | pupil_id | sessions_possible | sessions_attended
        2025-26-spring | P1       | 30                | 30
        2025-26-spring | P2       | 30                | 24
        2025-26-spring | P3       | 40                | 10
    """)
    found = attendance(school(drawn, {"P3": "purple"}), SPRING).set_index("pupil_id")["smoothed"]
    assert found["P1"] == pytest.approx((0.1 * 40 + 0) / 70)
    assert found["P3"] == pytest.approx((0.36 * 40 + 30) / 80)


def test_without_sessions_possible_there_is_no_percentage(table):
    drawn = table("""
        term           | pupil_id | sessions_possible | sessions_attended
        2025-26-spring | P1       | 0                 | 0
        2025-26-spring | P2       |                   | 20
        2025-26-spring | P3       | 100               |
        2025-26-spring | P4       | 100               | 95
        2024-25-spring | P5       | 100               | 95
    """)
    found = attendance(school(drawn), SPRING).set_index("pupil_id")
    assert found["why_not"].eq(NO_SESSIONS).tolist() == [True, True, True, False, True]
    rates = ["absence", "smoothed", "persistent", "severe", "term_absence", "drop"]
    assert found.loc[["P1", "P2", "P3", "P5"], rates].isna().all(axis=None)
    assert found.loc["P4", ["absence", "smoothed", "persistent", "severe", "term_absence"]].notna().all()


def test_in_autumn_the_last_term_is_the_summer_before_and_a_gap_is_no_fall(table):
    drawn = table("""
        term           | pupil_id | sessions_possible | sessions_attended
        2024-25-spring | P2       | 100               | 100
        2024-25-summer | P1       | 100               | 95
        2025-26-autumn | P1       | 100               | 85
        2025-26-autumn | P2       | 100               | 85
    """)
    autumn = Term.named("2025-26-autumn")
    found = attendance(school(drawn, term=autumn), autumn).set_index("pupil_id")
    assert found["drop"]["P1"] == pytest.approx(10)
    assert pd.isna(found["drop"]["P2"])


def test_one_row_a_pupil_on_the_roll_and_none_for_others(table):
    drawn = table("""
        term           | pupil_id | sessions_possible | sessions_attended
        2025-26-spring | P2       | 100               | 90
        2025-26-spring | P9       | 100               | 90
    """)
    tables = school(drawn)
    tables["pupils"] = DataFrame({"term": str(SPRING), "pupil_id": ["P2", "P1"], "year_group": "8"}, dtype="str")
    assert attendance(tables, SPRING)["pupil_id"].tolist() == ["P1", "P2"]


def test_more_sessions_attended_than_possible_are_none_missed(table):
    drawn = table("""
        term           | pupil_id | sessions_possible | sessions_attended
        2025-26-spring | P1       | 100               | 104
    """)
    assert attendance(school(drawn), SPRING).loc[0, "absence"] == 0
