"""What changed between two terms: who joined and left, details, corrected grades."""

from pandas import DataFrame, to_datetime

from sentrack_lib.measures.changes import COLUMNS, changes
from sentrack_lib.terms import Term

SUMMER, AUTUMN, SPRING = Term(2024, 2), Term(2025, 0), Term(2025, 1)
NO_GRADES = DataFrame(columns=["term", "pupil_id", "subject", "stage", "scale", "grade"], dtype="str")


def tables_of(pupils: DataFrame, prior_attainment: DataFrame = NO_GRADES) -> dict[str, DataFrame]:
    filled = pupils if "left_on" in pupils else pupils.assign(left_on=None)
    return {"pupils": filled.assign(left_on=to_datetime(filled["left_on"])), "prior_attainment": prior_attainment}


def lines(found: DataFrame) -> list[str]:
    return [" | ".join(row) for row in found.itertuples(index=False)]


def test_joiners_leavers_and_changed_details_are_told(table):
    pupils = table("""
        term           | pupil_id | year_group | form | sen_status | surname | left_on
        2025-26-autumn | P01      | Y7         | 7A   | N          | Invent  |
        2025-26-autumn | P02      | Y7         | 7A   | K          |         |
        2025-26-autumn | P03      | Y7         | 7A   | N          | Madeup  |
        2025-26-spring | P01      | Y8         | 7B   | K          | Invent  | 2026-03-02
        2025-26-spring | P02      | Y7         | 7A   | K          | Nobody  |
        2025-26-spring | P04      | Y7         | 7A   | N          | Fable   |
    """)
    assert lines(changes(tables_of(pupils), SPRING, AUTUMN)) == [
        "pupils | P01 | left_on |  | 2026-03-02",
        "pupils | P01 | sen_status | N | K",
        "pupils | P01 | year_group | Y7 | Y8",
        "pupils | P02 | surname |  | Nobody",
        "pupils | P03 | roll | on the roll | not on the roll",
        "pupils | P04 | roll | not on the roll | on the roll",
    ]


def test_moving_up_a_year_group_in_a_new_school_year_is_no_change(table):
    pupils = table("""
        term           | pupil_id | year_group | form
        2024-25-summer | P01      | Y7         | 7A
        2025-26-autumn | P01      | Y8         | 8A
    """)
    assert changes(tables_of(pupils), AUTUMN, SUMMER).empty


def test_a_corrected_grade_of_prior_attainment_is_told_and_a_new_result_is_not(table):
    pupils = table("""
        term           | pupil_id
        2025-26-autumn | P01
        2025-26-spring | P01
    """)
    prior = table("""
        term           | pupil_id | subject | stage | scale      | grade
        2025-26-autumn | P01      | Maths   | KS2   | ks2_scaled | 98
        2025-26-spring | P01      | Maths   | KS2   | ks2_scaled | 101
        2025-26-spring | P01      | English | KS2   | ks2_scaled | 99
    """)
    assert lines(changes(tables_of(pupils, prior), SPRING, AUTUMN)) == ["prior_attainment | P01 | Maths, KS2 | 98 | 101"]


def test_without_a_term_before_or_without_pupils_there_are_no_changes_but_all_columns(table):
    pupils = table("""
        term           | pupil_id | surname
        2025-26-autumn | P01      | Invent
    """)
    for found in (changes(tables_of(pupils), AUTUMN, None), changes(tables_of(pupils.iloc[:0]), SPRING, AUTUMN)):
        assert found.empty
        assert list(found) == COLUMNS
        assert set(map(str, found.dtypes)) == {"str"}
