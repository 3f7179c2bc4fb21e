"""What grades are worth on each scale, and the marks that are no grades."""

import csv
import pickle
from math import isnan

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pandas import DataFrame

from sentrack_lib.settings import OwnScale, SchoolSettings
from sentrack_lib.sources.codes import code_rows
from sentrack_lib.sources.scales import STATES, Scale, read_grades, scales_of

BUILT_IN = ["nc_level", "p_scale", "ks2_scaled", "ks2_ta", "pre_key_stage", "gcse_9_1", "gcse_a_g", "standardised", "percentage"]
EFFORT = OwnScale(grades=("Poor", "A", "U", "Excellent"))
COURSE = OwnScale(grades=("P", "M", "D"), points=(10, 25, 45), a_year=12)
RANGE = OwnScale(lowest=-5, highest=20.5)
SCHOOL = SchoolSettings(name="Sample School", scales={"effort": EFFORT, "course": COURSE, "quiz": RANGE})
SCALES = scales_of(SCHOOL)
EVERY_GRADE = [(row["scale"], row["grade"]) for row in code_rows("grades")]


def read(scale: str, *grades: str) -> DataFrame:
    return read_grades(DataFrame({"scale": scale, "grade": list(grades)}, dtype="str"), SCALES)


def points(scale: str, *grades: str) -> list[float]:
    return read(scale, *grades)["points"].tolist()


def states(scale: str, *grades: str) -> list[str]:
    return read(scale, *grades)["state"].tolist()


def test_the_scales_are_the_nine_built_in_and_the_schools_own():
    assert list(SCALES) == [*BUILT_IN, "effort", "course", "quiz"]
    assert all(scale.name == name and scale.label for name, scale in SCALES.items())


def test_levels_are_six_points_and_sub_levels_two_with_w_at_three():
    assert points("nc_level", "W", "1c", "2b", "3", "4", "4a", "5c", "8a", "EP") == [3, 7, 15, 21, 27, 29, 31, 53, 57]
    assert points("nc_level", "4C", " 4c ", "4 c", "L4c", "Level 4c") == [25] * 5
    assert SCALES["nc_level"].a_year == 3


def test_a_whole_level_ranks_with_its_middle_sub_level_and_p_scales_rank_below_without_points():
    ranks = read("nc_level", "P1i", "P8", "W", "1b", "1")["rank"].tolist()
    assert ranks == [1, 11, 12, 14, 14]
    assert read("nc_level", "P8")["points"].isna().all() and states("nc_level", "P8") == ["graded"]


def test_p_scales_and_teacher_assessments_have_an_order_and_no_points():
    assert read("p_scale", "P1i", "p1(ii)", "P 4", "P8")["rank"].tolist() == [1, 2, 7, 11]
    assert read("ks2_ta", "EM", "PK1", "pk6", "WTS", "HNM", "EXS", "GDS")["rank"].is_monotonic_increasing
    assert read("pre_key_stage", "EM", "PK 1", "PKS2", "Standard 6")["rank"].tolist() == [1, 2, 3, 7]
    assert states("pre_key_stage", "EXS") == ["not understood"]
    for name in ("p_scale", "ks2_ta", "pre_key_stage"):
        assert not SCALES[name].points and SCALES[name].lowest is None and SCALES[name].highest is None


def test_number_scales_take_their_own_range_and_no_more():
    assert states("ks2_scaled", "79", "80", "120", "121") == ["not understood", "graded", "graded", "not understood"]
    assert states("standardised", "39", "40", "160", "161") == ["not understood", "graded", "graded", "not understood"]
    assert states("percentage", "-1", "0", "100", "101") == ["not understood", "graded", "graded", "not understood"]
    assert points("percentage", "62%", "62 %", "62.5", "0") == [62, 62, 62.5, 0]
    assert states("ks2_scaled", "100%", "1e2", "inf", "nan", "१००") == ["not understood"] * 5


def test_gcse_grades_may_be_fine_or_the_pair_of_combined_science():
    assert points("gcse_9_1", "9", "5", "5.0", "5+", "5=", "5-", "5.3") == [9, 5, 5, 5.33, 5, 4.67, 5.3]
    assert points("gcse_9_1", "5-4", "54", "5/4", "5 4", "9-9", "11") == [4.5, 4.5, 4.5, 4.5, 9, 1]
    assert points("gcse_9_1", "9+", "1-") == [9, 1]
    assert states("gcse_9_1", "45", "4-5", "75", "9-7", "10", "0.5") == ["not understood"] * 6


def test_other_qualifications_and_old_letters_on_the_new_gcse_scale_are_not_understood():
    assert states("gcse_9_1", "EL1", "EL3", "L2D*", "L2M", "L1P", "A", "A*", "C") == ["not understood"] * 8


def test_old_gcse_grades_take_the_points_of_2017_on():
    assert points("gcse_a_g", "A*", "a", "B", "C", "D", "E", "F", "G") == [8.5, 7, 5.5, 4, 3, 2, 1.5, 1]
    assert read("gcse_a_g", "G", "A*")["rank"].tolist() == [1, 8]


def test_absent_not_entered_not_assessed_and_ungraded_are_four_states_and_never_nought():
    marks = ("ABS", "X", "N/A", "U", "-", "–", "Not assessed", "absent", "EL?")
    expected = ["absent", "not entered", "not assessed", "ungraded", *["not assessed"] * 3, "absent", "not understood"]
    for scale in ("nc_level", "gcse_9_1", "gcse_a_g", "percentage", "standardised", "course", "quiz", "p_scale"):
        assert states(scale, *marks) == expected
        assert read(scale, *marks)[["points", "rank"]].isna().all(axis=None)


def test_an_a_is_a_grade_where_the_scale_has_one_and_an_absence_where_it_has_not():
    assert states("gcse_a_g", "A") == ["graded"]
    assert states("nc_level", "A") == states("ks2_scaled", "A") == states("course", "A") == ["absent"]


def test_key_stage_2_codes_are_states_of_the_test():
    assert states("nc_level", *"NBATQM") == ["ungraded", "not entered", "absent", "not entered", "not assessed", "not assessed"]
    assert states("ks2_scaled", *"BTUJLFP") == ["not entered"] * 7
    assert states("ks2_scaled", *"HQMSX") == ["not assessed"] * 5


def test_the_schools_own_grades_win_over_marks_and_keep_their_order():
    own = read("effort", "Poor", "a", "U", "EXCELLENT", "ABS", "Good")
    assert own["state"].tolist() == [*["graded"] * 4, "absent", "not understood"]
    assert own["rank"].tolist()[:4] == [1, 2, 3, 4] and own["points"].isna().all()


def test_the_schools_own_points_ends_and_yearly_points_are_taken():
    course, quiz = SCALES["course"], SCALES["quiz"]
    assert points("course", "p", "M", "D") == [10, 25, 45]
    assert (course.lowest, course.highest, course.a_year) == (10, 45, 12)
    assert points("quiz", "-5", "−5", "20.5") == [-5, -5, 20.5] and states("quiz", "21") == ["not understood"]
    assert (quiz.lowest, quiz.highest, quiz.a_year) == (-5, 20.5, None)


def test_own_grades_that_differ_only_in_case_stay_apart():
    scale = scales_of(SchoolSettings(name="S", scales={"own": OwnScale(grades=("b", "B"))}))["own"]
    assert [scale.read(grade).rank for grade in ("b", "B", " b ")] == [1, 2, 1]


def test_a_scale_of_the_schools_own_replaces_a_built_in_one_of_the_same_name():
    scale = scales_of(SchoolSettings(name="S", scales={"p_scale": OwnScale(grades=("P7", "P8"), points=(5, 6))}))["p_scale"]
    assert scale.read("P8").points == 6


def test_reliability_is_the_schools_or_an_assumption_said_to_be_one():
    ours = scales_of(
        SchoolSettings(name="S", reliability={"nc_level": 0.8, "course": 0.6}, scales={"course": COURSE, "quiz": RANGE})
    )
    assert {name: (scale.reliability, scale.assumed) for name, scale in ours.items()} == {
        "nc_level": (0.8, False),
        **{name: (0.7, True) for name in ("p_scale", "ks2_ta", "pre_key_stage", "gcse_9_1", "gcse_a_g", "percentage", "quiz")},
        **{name: (0.85, True) for name in ("ks2_scaled", "standardised")},
        "course": (0.6, False),
    }


def test_nothing_on_an_unknown_scale_is_understood():
    assert states("stars", "5", "ABS", "A") == ["not understood"] * 3


def test_the_table_keeps_its_rows_and_columns_and_is_not_changed(table):
    grades = table("""
        pupil_id | scale    | grade
        P01      | gcse_9_1 | 5
        P02      | gcse_9_1 |
        P03      |          | 4
    """).set_index(pd.Index([5, 5, 9]))
    before = grades.copy()
    done = read_grades(grades, SCALES)
    pd.testing.assert_frame_equal(grades, before)
    pd.testing.assert_frame_equal(done[["pupil_id", "scale", "grade"]], before)
    assert done["state"].tolist() == ["graded", "not assessed", "not understood"] and done["points"].tolist()[0] == 5


def test_reading_twice_says_the_same_and_an_empty_table_has_the_columns_too():
    once = read("gcse_9_1", "5", "U")
    pd.testing.assert_frame_equal(read_grades(once, SCALES), once)
    empty = read("gcse_9_1")
    assert empty.empty and empty.dtypes[["points", "rank", "state"]].astype(str).tolist() == ["float64", "float64", "str"]


def test_a_scale_drawn_by_hand_reads_its_grades_and_the_usual_marks():
    scale = Scale("stars", "Stars", {"one": 1.0, "two": 2.0}, {"one": 1, "two": 2}, 1, 2, None, 0.7, True)
    assert scale.read("TWO") == (2.0, 2.0, "graded") and scale.read("abs").state == "absent"
    assert pickle.loads(pickle.dumps(scale)) == scale


@given(st.sampled_from([*SCALES, "stars"]), st.text(max_size=12) | st.from_regex(r"-?[0-9A-Za-z*+=./%-]{1,5}", fullmatch=True))
def test_any_text_is_read_without_a_fault_and_points_stay_within_the_ends(name, text):
    row = read(name, text).iloc[0]
    assert row["state"] in STATES
    assert (row["state"] == "graded") == (not isnan(row["rank"]))
    if not isnan(row["points"]):
        scale = SCALES[name]
        assert row["state"] == "graded"
        assert scale.lowest is None or scale.lowest <= row["points"] <= scale.highest


@given(st.sampled_from(EVERY_GRADE), st.sampled_from(EVERY_GRADE))
def test_more_points_never_rank_lower(one, other):
    low, high = SCALES[one[0]].read(one[1]), SCALES[one[0]].read(other[1])
    if low.points < high.points:
        assert low.rank < high.rank


@given(st.sampled_from(EVERY_GRADE + [(name, mark) for name in SCALES for mark in ("ABS", "X", "u", "n/a", "50")]), st.data())
def test_spaces_and_case_change_nothing(scale_and_grade, data):
    name, grade = scale_and_grade
    around = data.draw(st.text(" \t\u00a0", max_size=3))
    both = read(name, grade, around + data.draw(st.sampled_from([grade.upper(), grade.lower()])) + around)
    assert both.iloc[0, 2:].equals(both.iloc[1, 2:])


@given(
    st.lists(st.text("abcdeXU+-*/ 19", min_size=1, max_size=4).map(str.strip).filter(bool), min_size=1, max_size=8, unique=True),
    st.data(),
)
def test_every_grade_a_school_sets_itself_comes_back_in_its_place(grades, data):
    worth = sorted(data.draw(st.lists(st.integers(-50, 50), min_size=len(grades), max_size=len(grades), unique=True)))
    scale = scales_of(SchoolSettings(name="S", scales={"own": OwnScale(grades=tuple(grades), points=tuple(worth))}))["own"]
    assert [scale.read(grade) for grade in grades] == [(point, place, "graded") for place, point in enumerate(worth, 1)]


def test_no_grade_or_mark_of_a_scale_is_written_like_another():
    for name in BUILT_IN:
        scale = SCALES[name]
        rows = [row for row in code_rows("grades") if row["scale"] == name]
        assert all(scale.grade(text) == row["grade"] for row in rows for text in [row["grade"], *row["also"].split("|")] if text)
        own_marks = [row for row in code_rows("marks") if row["scale"] == name]
        assert all(scale.read(row["mark"]).state == row["state"] for row in own_marks)
    assert {row["state"] for row in code_rows("marks")} <= set(STATES) - {"graded"}


def reference(shared, name: str) -> list[dict[str, str]]:
    with (shared / "codesets" / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_levels_agree_with_the_reference_list(shared):
    for row in reference(shared, "nc_level_points"):
        read_as = SCALES["nc_level"].read(row["level"])
        if row["kind"] == "KS2 test code":
            assert read_as.state not in ("graded", "not understood")
        else:
            assert read_as.state == "graded"
            assert row["points"] == ("" if isnan(read_as.points) else f"{read_as.points:g}")
            assert row["rank"] in ("", f"{read_as.rank:g}")


def test_gcse_points_agree_with_the_reference_list_but_a_u_is_no_nought(shared):
    for row in reference(shared, "gcse_points"):
        read_as = SCALES["gcse_9_1" if row["scale"] == "9-1" else "gcse_a_g"].read(row["grade"])
        assert read_as.state == "ungraded" if row["grade"] == "U" else read_as.points == float(row["points_2017_on"])


def test_key_stage_2_codes_agree_with_the_reference_list(shared):
    for row in reference(shared, "ks2_codes"):
        if row["kind"] == "teacher assessment":
            read_as = SCALES["ks2_ta"].read(row["code"])
            assert read_as.state != "not understood" and row["rank"] in ("", f"{read_as.rank:g}")
        elif row["kind"] == "test code":
            assert SCALES["ks2_scaled"].read(row["code"]).state not in ("graded", "not understood")


@pytest.mark.parametrize("name", ["grades", "marks", "scales"])
def test_the_lists_hold_plain_facts_with_their_sources(name):
    assert all(row["source"].strip() and "github" not in row["source"].casefold() for row in code_rows(name))
