"""When is a pupil flagged? Every rule, drawn as small tables; the numbers are the standard thresholds."""

from collections.abc import Callable

import pandas as pd
import pytest
from pandas import DataFrame

from sentrack_lib.measures.flags import RULES, raise_flags
from sentrack_lib.measures.flags.rules import in_a_hundred
from sentrack_lib.settings import SchoolSettings
from sentrack_lib.sources.scales import read_grades, scales_of
from sentrack_lib.terms import Term

SEASONS = ("autumn", "spring", "summer")
SCALES = scales_of(SchoolSettings(name="Nowhere School", scales={"effort": ["poor", "low", "middling", "good", "splendid"]}))
COLUMNS = {
    "progress": ["term", "pupil_id", "subject", "scaled_residual", "growth_percentile", "p_low", "n_subjects"],
    "attendance": [
        "term",
        "pupil_id",
        "possible",
        "attended",
        "absence",
        "smoothed",
        "drop",
        "term_absence",
        "last_term_absence",
    ],
    "pupils": ["term", "pupil_id", "year_group"],
    "behaviour": ["term", "pupil_id", "on", "kind", "reason", "sessions_lost"],
    "assessments": ["term", "pupil_id", "subject", "kind", "scale", "grade", "assessed_on"],
    "teaching_groups": ["term", "pupil_id", "subject"],
}
DATES = ("on", "assessed_on")
TEXTS = ("term", "pupil_id", "subject", "kind", "reason", "grade", "scale")


@pytest.fixture
def flags(table) -> Callable[..., DataFrame]:
    """The flags of one rule that stand in the last term named, from drawn tables; a table without terms is of the autumn."""

    def raised(rule: str, terms: tuple[str, ...] = ("autumn",), **drawn: str) -> DataFrame:
        given = {name: table(text) for name, text in drawn.items()}
        tables = {name: _filled(given.get(name, DataFrame()), columns) for name, columns in COLUMNS.items()}
        tables["assessments"] = read_grades(tables["assessments"], SCALES)
        rules = [each for each in RULES if each.name == rule]
        named = [Term(2025, SEASONS.index(term)) for term in terms]
        found = raise_flags(tables, tables["progress"], tables["attendance"], named, rules, SCALES)
        return found.set_index("pupil_id").sort_index()

    return raised


def _filled(drawn: DataFrame, columns: list[str]) -> DataFrame:
    filled = drawn.assign(term="2025-26-" + drawn.get("term", "autumn")).reindex(columns=columns)
    dates = {column: pd.to_datetime(filled[column]) for column in DATES if column in filled}
    texts = {column: filled[column].astype("str") for column in TEXTS if column in filled}
    return filled.assign(**dates, **texts)


# --- progress -------------------------------------------------------------------------------------


def test_low_growth_over_three_subjects_is_watched_from_point_3_and_acted_on_from_point_5(flags):
    found = flags(
        "progress",
        progress="""
        pupil_id | subject | n_subjects | p_low | growth_percentile
        P01      | all     | 3          | 0.29  | 35
        P02      | all     | 3          | 0.30  | 34
        P03      | all     | 3          | 0.49  | 24
        P04      | all     | 9          | 0.50  | 23
    """,
    )
    assert found["level"].to_dict() == {"P02": "watch", "P03": "watch", "P04": "act"}
    assert found["evidence"]["P04"] == "Low growth is likely (50 in 100) over 9 subjects; growth percentile 23."
    assert found["evidence"]["P02"] == "Low growth is possible (30 in 100) over 3 subjects; growth percentile 34."
    assert found["threshold"].to_dict() == {"P02": 0.3, "P03": 0.3, "P04": 0.5}


def test_a_progress_flag_stays_until_growth_is_clearly_better(flags):
    found = flags(
        "progress",
        terms=("autumn", "spring"),
        progress="""
        term   | pupil_id | subject | n_subjects | p_low
        autumn | P01      | all     | 5          | 0.50
        spring | P01      | all     | 5          | 0.40
        autumn | P02      | all     | 5          | 0.50
        spring | P02      | all     | 5          | 0.39
        autumn | P03      | all     | 5          | 0.30
        spring | P03      | all     | 5          | 0.25
        autumn | P04      | all     | 5          | 0.30
        spring | P04      | all     | 5          | 0.24
        spring | P05      | all     | 5          | 0.29
    """,
    )
    assert found["level"].to_dict() == {"P01": "act", "P02": "watch", "P03": "watch"}
    assert set(found["since_term"]) == {"2025-26-autumn"}


def test_with_one_or_two_subjects_the_lowest_counts_and_is_only_watched(flags):
    found = flags(
        "progress",
        progress="""
        pupil_id | subject | n_subjects | p_low | growth_percentile
        P01      | all     | 2          | 0.20  | 40
        P01      | Art     |            | 0.10  | 70
        P01      | Maths   |            | 0.80  | 8
        P02      | all     | 1          |       |
        P02      | Maths   |            | 0.29  | 30
    """,
    )
    assert found["level"].to_dict() == {"P01": "watch"}
    said = "Low growth is likely (80 in 100) in Maths, one of few subjects measured; growth percentile 8."
    assert found["evidence"]["P01"] == said


def test_low_growth_in_two_of_the_last_three_terms_is_acted_on_whatever_the_number_of_subjects(flags):
    found = flags(
        "progress",
        terms=SEASONS,
        progress="""
        term   | pupil_id | subject | n_subjects | p_low | growth_percentile
        autumn | P01      | Maths   |            | 0.50  | 20
        spring | P01      | Maths   |            | 0.20  | 50
        summer | P01      | Maths   |            | 0.50  | 20
        autumn | P02      | Maths   |            | 0.49  | 20
        spring | P02      | Maths   |            | 0.20  | 50
        summer | P02      | Maths   |            | 0.50  | 20
    """,
    )
    assert found["level"].to_dict() == {"P01": "act", "P02": "watch"}
    assert found["evidence"]["P01"].endswith("It was likely in 2 of the last 3 terms.")


def test_a_flag_that_rests_on_earlier_terms_alone_says_so(flags):
    found = flags(
        "progress",
        terms=SEASONS,
        progress="""
        term   | pupil_id | subject | n_subjects | p_low | growth_percentile
        autumn | P01      | all     | 5          | 0.60  | 15
        spring | P01      | all     | 5          | 0.60  | 15
        summer | P01      | all     | 5          | 0.05  | 60
    """,
    )
    now = "Low growth is not likely now (5 in 100) over 5 subjects; growth percentile 60."
    assert found.loc["P01", ["level", "evidence"]].to_list() == ["act", f"{now} It was likely in 2 of the last 3 terms."]


def test_a_pupil_without_a_figure_this_term_has_no_progress_flag(flags):
    found = flags(
        "progress",
        terms=("autumn", "spring"),
        progress="""
        term   | pupil_id | subject | n_subjects | p_low
        autumn | P01      | all     | 5          | 0.90
        spring | P01      | all     | 5          |
        autumn | P02      | all     | 5          | 0.90
    """,
    )
    assert found.empty


# --- attendance -----------------------------------------------------------------------------------


def test_missing_a_twentieth_is_watched_and_a_tenth_acted_on(flags):
    found = flags(
        "attendance",
        attendance="""
        pupil_id | possible | attended | absence | smoothed
        P01      | 1000     | 951      | 0.049   | 0.049
        P02      | 1000     | 950      | 0.050   | 0.050
        P03      | 1000     | 901      | 0.099   | 0.099
        P04      | 1000     | 900      | 0.100   | 0.100
        P05      | 30       | 27       | 0.100   | 0.070
        P06      | 120      | 60       | 0.500   | 0.450
        P07      |          |          |         |
    """,
    )
    assert found["level"].to_dict() == {"P02": "watch", "P03": "watch", "P04": "act", "P05": "watch", "P06": "act"}
    assert found["evidence"]["P04"] == "Missed 100 of 1000 sessions this year (10 %)."
    assert found["evidence"]["P05"] == "Missed 3 of 30 sessions this year (10 %; 7 % with the usual rate weighed in)."
    assert found["evidence"]["P06"].endswith("This is severe absence.")


def test_an_attendance_flag_entered_at_10_per_cent_is_left_below_8_and_a_watch_below_4(flags):
    found = flags(
        "attendance",
        terms=("autumn", "spring"),
        attendance="""
        term   | pupil_id | possible | attended | absence | smoothed
        autumn | P01      | 100      | 90       | 0.10    | 0.10
        spring | P01      | 200      | 184      | 0.08    | 0.08
        autumn | P02      | 100      | 90       | 0.10    | 0.10
        spring | P02      | 200      | 185      | 0.079   | 0.079
        autumn | P03      | 100      | 95       | 0.05    | 0.05
        spring | P03      | 200      | 192      | 0.04    | 0.04
        autumn | P04      | 100      | 95       | 0.05    | 0.05
        spring | P04      | 200      | 193      | 0.039   | 0.039
    """,
    )
    assert found["level"].to_dict() == {"P01": "act", "P02": "watch", "P03": "watch"}


def test_attendance_that_fell_by_5_points_is_watched_and_by_10_acted_on(flags):
    found = flags(
        "attendance drop",
        attendance="""
        pupil_id | drop | last_term_absence | term_absence
        P01      | 4.9  | 0.010             | 0.059
        P02      | 5    | 0.010             | 0.060
        P03      | 9.9  | 0.010             | 0.109
        P04      | 10   | 0.010             | 0.110
        P05      | -20  | 0.300             | 0.100
        P06      |      |                   | 0.500
    """,
    )
    assert found["level"].to_dict() == {"P02": "watch", "P03": "watch", "P04": "act"}
    assert found["evidence"]["P04"] == "Attendance fell by 10 percentage points, from 99 % last term to 89 % this term."


# --- behaviour and exclusion ----------------------------------------------------------------------


def year_group(pupils: int) -> str:
    return "pupil_id | year_group\n" + "\n".join(f"P{number:02d} | 8" for number in range(1, pupils + 1))


def events(**numbers: int) -> str:
    each = [(pupil, place) for pupil, number in numbers.items() for place in range(number)]
    rows = [f"{pupil} | 2025-10-01 | {'sanction' if place % 2 else 'incident'}" for pupil, place in each]
    return "pupil_id | on | kind\n" + "\n".join(rows)


def test_only_those_are_watched_of_whom_fewer_than_a_tenth_of_the_year_group_have_more_sanctions_and_incidents(flags):
    of_ten = flags("behaviour", pupils=year_group(10), behaviour=events(P01=9, P02=8, P03=7))
    of_twenty = flags("behaviour", pupils=year_group(20), behaviour=events(P01=9, P02=8, P03=7))
    assert list(of_ten.index) == ["P01"]
    assert list(of_twenty.index) == ["P01", "P02"]
    assert of_twenty["evidence"]["P02"] == "8 sanctions and incidents this term; 1 of 20 pupils in the year group had more."


def test_fewer_than_three_sanctions_and_incidents_are_no_pattern_even_in_a_quiet_year_group(flags):
    assert flags("behaviour", pupils=year_group(10), behaviour=events(P01=2)).empty
    assert flags("behaviour", pupils=year_group(10), behaviour=events(P01=3))["level"].to_dict() == {"P01": "watch"}


def test_rewards_and_suspensions_are_not_counted_as_sanctions(flags):
    found = flags(
        "behaviour",
        pupils=year_group(10),
        behaviour="""
        pupil_id | on         | kind
        P01      | 2025-10-01 | reward
        P01      | 2025-10-02 | reward
        P01      | 2025-10-03 | suspension
        P01      | 2025-10-06 | sanction
        P01      | 2025-10-07 | sanction
    """,
    )
    assert found.empty


def test_two_removals_within_four_weeks_are_acted_on_and_one_day_later_are_not(flags):
    found = flags(
        "behaviour",
        pupils=year_group(10),
        behaviour="""
        pupil_id | on         | kind     | reason
        P01      | 2025-10-01 | sanction | Internal exclusion
        P01      | 2025-10-29 | incident | Removed from lesson
        P02      | 2025-10-01 | sanction | Isolation
        P02      | 2025-10-30 | sanction | removal to another class
        P03      | 2025-10-01 | sanction | Late homework
        P03      | 2025-10-02 | sanction | Late homework
    """,
    )
    assert found["level"].to_dict() == {"P01": "act"}
    assert found["value"]["P01"] == found["threshold"]["P01"] == 2
    assert found["evidence"]["P01"].endswith("2 removals from lessons within 4 weeks.")


def test_a_removal_in_the_last_days_of_the_term_before_counts_and_one_removal_keeps_the_flag(flags):
    found = flags(
        "behaviour",
        terms=("autumn", "spring", "summer"),
        pupils="""
        term   | pupil_id | year_group
        autumn | P01      | 8
        spring | P01      | 8
        summer | P01      | 8
    """,
        behaviour="""
        term   | pupil_id | on         | kind     | reason
        autumn | P01      | 2025-12-18 | sanction | isolation
        spring | P01      | 2026-01-10 | sanction | isolation
        summer | P01      | 2026-06-01 | sanction | isolation
    """,
    )
    assert found.loc["P01", ["level", "since_term"]].to_list() == ["act", "2025-26-spring"]


def test_a_term_without_removals_ends_the_flag(flags):
    drawn = """
        term   | pupil_id | on         | kind     | reason
        autumn | P01      | 2025-12-01 | sanction | isolation
        autumn | P01      | 2025-12-02 | sanction | isolation
    """
    assert len(flags("behaviour", pupils=year_group(1), behaviour=drawn)) == 1
    assert flags("behaviour", terms=("autumn", "spring"), pupils=year_group(1), behaviour=drawn).empty


def test_every_suspension_and_permanent_exclusion_of_this_term_is_acted_on(flags):
    found = flags(
        "exclusion",
        terms=("autumn", "spring"),
        behaviour="""
        term   | pupil_id | on         | kind                | sessions_lost
        spring | P01      | 2026-02-02 | suspension          | 4
        spring | P01      | 2026-03-02 | suspension          | 1
        spring | P02      | 2026-03-02 | permanent_exclusion |
        spring | P03      | 2026-02-02 | suspension          | 6
        spring | P03      | 2026-03-02 | permanent_exclusion | 9
        autumn | P04      | 2025-10-02 | suspension          | 4
        spring | P05      | 2026-03-02 | sanction            |
    """,
    )
    assert found["level"].to_dict() == {"P01": "act", "P02": "act", "P03": "act"}
    assert found["evidence"].to_dict() == {
        "P01": "Suspended 2 times this term; 5 sessions lost.",
        "P02": "Permanently excluded this term.",
        "P03": "Permanently excluded and suspended once this term; 15 sessions lost.",
    }


# --- effort ---------------------------------------------------------------------------------------


def efforts(term: str = "autumn", scale: str = "effort", low: str = "low", other: str = "middling", **numbers: int) -> str:
    subjects = ["Art", "Drama", "French", "Maths", "Music", "Science"]
    rows = [f"{term} | {pupil} | {subject} | effort | {scale} | {low if place < number else other}"
            for pupil, number in numbers.items() for place, subject in enumerate(subjects)]  # fmt: skip
    return "\n".join(["term | pupil_id | subject | kind | scale | grade", *rows])


def test_effort_in_the_lower_half_of_its_scale_is_watched_in_three_subjects_and_acted_on_in_five(flags):
    found = flags("effort", assessments=efforts(P01=2, P02=3, P03=4, P04=5))
    assert found["level"].to_dict() == {"P02": "watch", "P03": "watch", "P04": "act"}
    assert found["evidence"]["P02"] == "Effort is in the lower half of its scale in 3 of 6 subjects: Art, Drama, French."


def test_the_middle_of_a_scale_of_numbers_is_not_its_lower_half(flags):
    assert flags("effort", assessments=efforts(scale="percentage", low="50", other="90", P01=6)).empty
    assert len(flags("effort", assessments=efforts(scale="percentage", low="49", other="90", P01=6))) == 1


def test_an_effort_flag_is_left_one_subject_later_than_it_is_entered(flags):
    spring = efforts("spring", P01=4, P02=3, P03=2, P04=1)
    drawn = efforts(P01=5, P02=5, P03=3, P04=3) + "\n" + spring.split("\n", 1)[1]
    found = flags("effort", terms=("autumn", "spring"), assessments=drawn)
    assert found["level"].to_dict() == {"P01": "act", "P02": "watch", "P03": "watch"}


def test_the_latest_effort_grade_of_the_term_counts(flags):
    grades = [(subject, grade) for subject in ("Art", "French", "Maths") for grade in ("good | 2025-12-01", "poor | 2025-10-01")]
    rows = [f"P01 | {subject} | effort | effort | {grade}" for subject, grade in grades]
    assert flags("effort", assessments="\n".join(["pupil_id | subject | kind | scale | grade | assessed_on", *rows])).empty


# --- one subject ----------------------------------------------------------------------------------


def test_a_subject_two_standard_deviations_behind_the_others_is_watched_and_two_and_a_half_acted_on(flags):
    found = flags(
        "one subject",
        progress="""
        pupil_id | subject | scaled_residual
        P01      | Art     | 0.5
        P01      | French  | 0.5
        P01      | Maths   | -1.4
        P01      | Music   | 0.5
        P02      | Art     | 0.5
        P02      | French  | 0.5
        P02      | Maths   | -1.5
        P02      | Music   | 0.5
        P03      | Art     | 0.5
        P03      | French  | 0.5
        P03      | Maths   | -2.0
        P03      | Music   | 0.5
        P03      | all     | -9.0
    """,
    )
    assert found["level"].to_dict() == {"P02": "watch", "P03": "act"}
    assert set(found["subject"]) == {"Maths"}
    behind = "Growth in Maths is 2.5 standard deviations behind the mean of the pupil's 3 other subjects"
    assert found["evidence"]["P03"] == f"{behind}: look at the subject, not the pupil."


def test_with_fewer_than_three_other_subjects_no_subject_stands_out(flags):
    found = flags(
        "one subject",
        progress="""
        pupil_id | subject | scaled_residual
        P01      | Art     | 1
        P01      | French  | 1
        P01      | Maths   | -3
        P01      | Music   |
    """,
    )
    assert found.empty


def test_a_subject_flag_stays_until_the_subject_has_come_closer(flags):
    found = flags(
        "one subject",
        terms=("autumn", "spring"),
        progress="""
        term   | pupil_id | subject | scaled_residual
        autumn | P01      | Art     | 0
        autumn | P01      | French  | 0
        autumn | P01      | Maths   | -2.0
        autumn | P01      | Music   | 0
        autumn | P02      | Art     | 0
        autumn | P02      | French  | 0
        autumn | P02      | Maths   | -2.0
        autumn | P02      | Music   | 0
        spring | P01      | Art     | 0
        spring | P01      | French  | 0
        spring | P01      | Maths   | -1.5
        spring | P01      | Music   | 0
        spring | P02      | Art     | 0
        spring | P02      | French  | 0
        spring | P02      | Maths   | -1.4
        spring | P02      | Music   | 0
    """,
    )
    assert found["level"].to_dict() == {"P01": "watch"}


# --- no data --------------------------------------------------------------------------------------


def lessons(**graded: int) -> dict[str, str]:
    """Six subjects taught to each pupil, of which the last so many have a grade; P99 has all grades."""
    subjects, graded = ["Art", "Drama", "French", "Maths", "Music", "Science"], graded | {"P99": 6}
    taught = [f"{pupil} | {subject}" for pupil in graded for subject in subjects]
    marked = [(pupil, subject) for pupil, number in graded.items() for subject in subjects[6 - number :]]
    marks = [f"{pupil} | {subject} | actual | gcse_9_1 | 5" for pupil, subject in marked]
    return {
        "pupils": "\n".join(["pupil_id | year_group", *(f"{pupil} | 8" for pupil in graded)]),
        "teaching_groups": "\n".join(["pupil_id | subject", *taught]),
        "assessments": "\n".join(["pupil_id | subject | kind | scale | grade", *marks]),
    }


def test_two_subjects_without_a_grade_are_watched_and_half_of_the_subjects_acted_on(flags):
    found = flags("no data", **lessons(P01=5, P02=4, P03=3, P04=0))
    assert found["level"].to_dict() == {"P02": "watch", "P03": "act", "P04": "act"}
    assert found["evidence"]["P02"] == "No grade this term in 2 of 6 subjects: Art, Drama."


def test_absent_and_not_assessed_are_no_grades(flags):
    drawn = lessons(P01=4)
    drawn["assessments"] += "\nP01 | Art | actual | gcse_9_1 | ABS\nP01 | Drama | target | gcse_9_1 | 7"
    assert flags("no data", **drawn)["level"].to_dict() == {"P01": "watch"}


def test_a_subject_in_which_nobody_of_the_year_group_has_a_grade_is_not_the_pupils_matter(flags):
    drawn = lessons(P01=6) | {"teaching_groups": "pupil_id | subject\nP01 | Latin\nP01 | Greek\nP01 | Logic\nP99 | Latin"}
    assert flags("no data", **drawn).empty


def test_a_pupil_without_an_attendance_record_is_watched_where_others_have_one(flags):
    drawn = lessons(P01=6)
    nobody = flags("no data", attendance="pupil_id | term_absence\nP01 |\nP99 |", **drawn)
    found = flags("no data", attendance="pupil_id | term_absence\nP01 |\nP99 | 0.05", **drawn)
    assert nobody.empty
    assert found["evidence"].to_dict() == {"P01": "No attendance record this term."}


# --- how long a flag has stood, and who comes first -----------------------------------------------


def test_a_flag_that_went_and_came_back_stands_since_it_came_back(flags):
    drawn = """
        term   | pupil_id | drop | term_absence | last_term_absence
        autumn | P01      | 6    | 0.1          | 0.1
        spring | P01      | 5    | 0.1          | 0.1
        summer | P01      | 12   | 0.1          | 0.1
        autumn | P02      | 6    | 0.1          | 0.1
        spring | P02      | 0    | 0.1          | 0.1
        summer | P02      | 6    | 0.1          | 0.1
    """
    found = flags("attendance drop", terms=SEASONS, attendance=drawn)
    assert found["since_term"].to_dict() == {"P01": "2025-26-autumn", "P02": "2025-26-summer"}
    assert found["level"].to_dict() == {"P01": "act", "P02": "watch"}


@pytest.mark.parametrize(
    ("chance", "said"),
    [
        (0.0, "less than 1 in 100"),
        (0.0099, "less than 1 in 100"),
        (0.01, "1 in 100"),
        (0.3, "30 in 100"),
        (0.99, "99 in 100"),
        (0.991, "more than 99 in 100"),
        (1.0, "more than 99 in 100"),
    ],
)
def test_a_chance_is_said_in_a_hundred_and_is_never_certain(chance, said):
    assert in_a_hundred(chance) == said
