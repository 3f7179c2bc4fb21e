"""A school's folder becomes a School: typed tables of every term, all problems at once, no row lost."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pandas as pd
import pytest
from pandas import DataFrame

from sentrack_lib.errors import BadInput
from sentrack_lib.sources import schema
from sentrack_lib.sources.loading import School, load_school
from sentrack_lib.sources.problems import FILE_SET_ASIDE, KEPT, ROW_SET_ASIDE

AUTUMN, SPRING = "2025-26-autumn", "2025-26-spring"
ROLL = """
pupil_id | year_group | sen_status
P1       | 7          | K
P2       | 7          | N
P3       | 8          | E
"""
MARKS = """
pupil_id | subject | kind   | scale    | grade | assessed_on
P1       | Maths   | actual | nc_level | 4b    | 2025-11-03
P2       | Maths   | actual | nc_level | 5c    | 2025-11-03
"""
Load = Callable[..., School]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """Write drawn tables into a school's folder and load it; without `pupils` the roll is P1, P2 and P3."""

    def loaded(settings: str = "", terms: Mapping[str, Mapping[str, str]] | None = None, **tables: str) -> School:
        (tmp_path / "school.yml").write_text(f"name: Invented School\n{settings}", encoding="utf-8")
        for term, drawn in (terms or {AUTUMN: {"pupils": ROLL, **tables}}).items():
            for name, text in drawn.items():
                written(tmp_path / term / f"{name}.csv", text)
        return load_school(tmp_path)

    return loaded


def written(file: Path, drawn: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    lines = [",".join(cell.strip() for cell in line.split("|")) for line in drawn.strip().splitlines()]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")


def said(school: School, *columns: str) -> list[tuple]:
    """Some columns of the problems, row by row."""
    return [tuple(row) for row in school.problems[list(columns)].astype("object").to_numpy().tolist()]


def counted(school: School, table: str) -> tuple[int, int, int]:
    """Rows read, accepted and set aside of a table, all terms together."""
    rows = school.counts[school.counts["table"].eq(table)]
    return tuple(int(rows[column].sum()) for column in ("read", "accepted", "set_aside"))


def everything_is_counted(school: School) -> bool:
    return school.counts["read"].eq(school.counts["accepted"] + school.counts["set_aside"]).all()


def test_a_clean_school_has_its_rows_and_no_problems(load: Load) -> None:
    school = load(assessments=MARKS)
    assert (school.name, [str(term) for term in school.terms]) == ("Invented School", [AUTUMN])
    assert school.problems.empty
    assert school.counts.to_numpy().tolist() == [
        [f"{AUTUMN}/pupils.csv", AUTUMN, "pupils", 3, 3, 0],
        [f"{AUTUMN}/assessments.csv", AUTUMN, "assessments", 2, 2, 0],
    ]


def test_every_table_has_the_term_first_and_then_all_its_columns(load: Load) -> None:
    tables = load(assessments=MARKS).tables
    assert list(tables) == list(schema.TABLES)
    for name, table in tables.items():
        extra = ["points", "rank", "state"] if name in ("assessments", "prior_attainment") else []
        assert list(table) == ["term", *schema.columns(name), *extra]
    assert tables["adults"].empty and tables["pupils"]["upn"].isna().all()


def test_columns_are_text_numbers_and_days_and_blank_is_missing(load: Load) -> None:
    school = load(
        pupils="""
        pupil_id | year_group | sen_status | admission_no | date_of_birth | eal
        0012     | 7          |            | 0451         | 2014-02-28    | Y
        P2       | 7          | K          |              |               |
        """,
        attendance="""
        pupil_id | sessions_possible | sessions_attended | sessions_late
        0012     | 140               | 131               |
        """,
    )
    pupils, sessions = school.tables["pupils"], school.tables["attendance"]
    assert pupils["pupil_id"].tolist() == ["0012", "P2"] and pupils["admission_no"].tolist()[0] == "0451"
    assert str(pupils["eal"].dtype) == "str" and pupils["eal"].isna().tolist() == [False, True]
    assert pupils["date_of_birth"].dtype.kind == "M" and pupils["date_of_birth"].isna().tolist() == [False, True]
    assert sessions[["sessions_possible", "sessions_attended"]].to_numpy().tolist() == [[140.0, 131.0]]
    assert sessions.dtypes[["sessions_possible", "sessions_late"]].eq("float64").all() and sessions["sessions_late"].isna().all()


def test_columns_of_a_table_that_is_not_there_have_the_same_types(load: Load) -> None:
    there, absent = load(assessments=MARKS).tables, load(terms={SPRING: {"pupils": ROLL}}).tables
    for name in there:
        assert there[name].dtypes.astype(str).tolist() == absent[name].dtypes.astype(str).tolist(), name


def test_a_blank_sen_status_keeps_the_pupil_as_not_known_and_never_as_no_sen(load: Load) -> None:
    school = load(pupils="pupil_id | year_group | sen_status\nP1 | 7 |\n")
    assert school.tables["pupils"]["sen_status"].isna().all()
    assert said(school, "column", "problem", "effect") == [("sen_status", "is blank", KEPT)]


def test_all_problems_are_told_at_once_with_their_places(load: Load) -> None:
    school = load(
        assessments="""
        pupil_id | subject | kind   | scale    | grade | assessed_on
        P1       | Maths   | actal  | nc_level | 4b    | 2025-11-03
        P2       |         | actual | nc_level | 5c    | 03/11/2025
        P9       | Maths   | actual | nc_level | 5c    | 2025-11-03
        P3       | Maths   | actual | nc_level | 7?    | 2025-11-03
        """,
        attendance="""
        pupil_id | sessions_possible | sessions_attended
        P1       | 140               | 150
        P2       | lots              | 130
        """,
    )
    assert said(school, "file", "row", "column", "value", "effect") == [
        (f"{AUTUMN}/assessments.csv", 2, "kind", "actal", ROW_SET_ASIDE),
        (f"{AUTUMN}/assessments.csv", 3, "subject", "", ROW_SET_ASIDE),
        (f"{AUTUMN}/assessments.csv", 3, "assessed_on", "03/11/2025", KEPT),
        (f"{AUTUMN}/assessments.csv", 4, "pupil_id", "P9", ROW_SET_ASIDE),
        (f"{AUTUMN}/assessments.csv", 5, "grade", "7?", KEPT),
        (f"{AUTUMN}/attendance.csv", 2, "sessions_attended", "150", ROW_SET_ASIDE),
        (f"{AUTUMN}/attendance.csv", 3, "sessions_possible", "lots", ROW_SET_ASIDE),
    ]
    assert counted(school, "assessments") == (4, 1, 3) and counted(school, "attendance") == (2, 0, 2)


def test_a_row_with_three_faults_is_set_aside_once(load: Load) -> None:
    school = load(assessments="pupil_id|subject|kind|scale|grade\nP1||nonsense|nc_level|\nP1|Maths|actual|nc_level|4b\n")
    assert len(school.problems) == 3 and counted(school, "assessments") == (2, 1, 1)


def test_a_table_that_cannot_be_read_never_stops_the_others(load: Load, tmp_path: Path) -> None:
    (tmp_path / AUTUMN).mkdir()
    (tmp_path / AUTUMN / "attendance.csv").write_bytes(b"")
    school = load(assessments=MARKS, views="pupil_id | theme\nP1 | lessons\n")
    assert len(school.tables["assessments"]) == 2
    assert [row[:2] for row in said(school, "file", "column", "effect")] == [
        (f"{AUTUMN}/attendance.csv", ""),
        (f"{AUTUMN}/views.csv", "respondent"),
        (f"{AUTUMN}/views.csv", "on"),
        (f"{AUTUMN}/views.csv", "score"),
    ]
    assert school.problems["effect"].eq(FILE_SET_ASIDE).all()
    assert counted(school, "views") == (1, 0, 1) and everything_is_counted(school)


def test_a_row_written_twice_counts_once(load: Load) -> None:
    school = load(assessments=MARKS + "P1 | Maths | actual | nc_level | 4b | 2025-11-03\n")
    assert school.tables["assessments"]["grade"].tolist() == ["4b", "5c"]
    assert said(school, "row", "problem", "effect") == [(4, "is in this file twice, with the same values", ROW_SET_ASIDE)]


def test_of_two_rows_that_contradict_each_other_none_is_used_and_the_pupil_stays(load: Load) -> None:
    school = load(assessments=MARKS + "P1 | Maths | actual | nc_level | 6a | 2025-11-03\n")
    assert school.tables["assessments"]["pupil_id"].tolist() == ["P2"]
    assert said(school, "row", "effect") == [(2, ROW_SET_ASIDE), (4, ROW_SET_ASIDE)]
    assert "P1" in set(school.tables["pupils"]["pupil_id"])


def test_a_row_that_is_there_twice_and_contradicted_as_well_is_not_used(load: Load) -> None:
    more = "P1 | Maths | actual | nc_level | 4b | 2025-11-03\nP1 | Maths | actual | nc_level | 6a | 2025-11-03\n"
    school = load(assessments=MARKS + more)
    assert school.tables["assessments"]["pupil_id"].tolist() == ["P2"] and counted(school, "assessments") == (4, 1, 3)


def test_marks_of_different_days_scales_and_kinds_do_not_contradict_each_other(load: Load) -> None:
    more = """P1 | Maths | actual | nc_level   | 4a | 2025-12-03
    P1         | Maths | actual | percentage | 61 | 2025-11-03
    P1         | Maths | target | nc_level   | 5b | 2025-11-03
    """
    school = load(assessments=MARKS + more)
    assert school.problems.empty and len(school.tables["assessments"]) == 5
    assert set(school.tables["assessments"]["scale"]) == {"nc_level", "percentage"}
    assert school.tables["assessments"]["points"].notna().all()


def test_the_same_row_in_two_terms_is_no_duplicate(load: Load) -> None:
    marks = "pupil_id | subject | kind | scale | grade\nP1 | Maths | actual | nc_level | 4b\n"
    school = load(terms={term: {"pupils": ROLL, "assessments": marks} for term in (SPRING, AUTUMN)})
    assert school.problems.empty
    assert school.tables["assessments"]["term"].tolist() == [AUTUMN, SPRING] == [str(term) for term in school.terms]


def test_events_that_happen_twice_are_two_events(load: Load) -> None:
    school = load(behaviour="pupil_id | on | kind\nP1 | 2025-10-01 | reward\nP1 | 2025-10-01 | reward\n")
    assert school.problems.empty and len(school.tables["behaviour"]) == 2


def test_a_pupil_whose_rows_on_the_roll_contradict_stays_with_what_they_agree_on(load: Load) -> None:
    school = load(
        pupils="""
        pupil_id | surname | year_group | sen_status | form
        P1       | Noname  | 7          | K          | 7X
        P2       | Nobody  | 7          | N          | 7X
        P1       | Noname  | 7          | E          | 7Y
        """,
        assessments=MARKS,
    )
    pupils = school.tables["pupils"].set_index("pupil_id")
    assert pupils.loc["P1", ["surname", "year_group"]].tolist() == ["Noname", "7"]
    assert pupils.loc["P1", ["sen_status", "form"]].isna().all()
    assert len(school.tables["assessments"]) == 2 and counted(school, "pupils") == (3, 1, 2)
    assert set(school.problems["remedy"]) == {"The pupil stays, with what these rows agree on. Keep the right one."}


def test_a_pupil_who_is_not_on_the_roll_is_listed_and_set_aside(load: Load) -> None:
    school = load(teaching_groups="pupil_id | subject | teaching_group\nP9 | Maths | 7a\nP1 | Maths | 7a\n")
    assert school.tables["teaching_groups"]["pupil_id"].tolist() == ["P1"]
    assert said(school, "row", "value", "problem") == [(2, "P9", "is not on the roll of this term")]


def test_being_on_the_roll_of_another_term_is_not_enough(load: Load) -> None:
    groups = "pupil_id | subject | teaching_group\nP4 | Maths | 7a\n"
    later = {"pupils": ROLL + "P4 | 7 | N\n", "teaching_groups": groups}
    school = load(terms={AUTUMN: {"pupils": ROLL, "teaching_groups": groups}, SPRING: later})
    assert school.tables["teaching_groups"]["term"].tolist() == [SPRING]


OUTSIDE = MARKS + "P3 | Maths | actual | nc_level | 4a | {day}\n"


@pytest.mark.parametrize(("day", "kept"), [("2025-09-01", 3), ("2025-12-31", 3), ("2025-08-31", 2), ("2026-01-01", 2)])
def test_without_a_calendar_the_autumn_is_september_to_december(load: Load, day: str, kept: int) -> None:
    school = load(assessments=OUTSIDE.format(day=day))
    assert len(school.tables["assessments"]) == kept and everything_is_counted(school)
    assert said(school, "row", "column", "value", "problem") == [(4, "assessed_on", day, "is outside the term")][: 3 - kept]


@pytest.mark.parametrize(("day", "kept"), [("2025-09-08", 3), ("2025-12-12", 3), ("2025-09-07", 2), ("2025-12-13", 2)])
def test_with_a_calendar_its_days_decide(load: Load, day: str, kept: int) -> None:
    calendar = f"calendar: {{{AUTUMN}: {{start: 2025-09-08, end: 2025-12-12}}}}"
    assert len(load(calendar, assessments=OUTSIDE.format(day=day)).tables["assessments"]) == kept


def test_a_mark_without_a_day_belongs_to_its_term(load: Load) -> None:
    assert len(load(assessments=OUTSIDE.format(day="")).tables["assessments"]) == 3


def test_unknown_codes_keep_the_pupil_and_the_text_and_are_listed(load: Load) -> None:
    school = load(
        pupils="""
        pupil_id | year_group | sen_status | sen_need | ethnicity
        P1       | Upper      | Z          | SPLN     | QQQ
        """
    )
    assert school.tables["pupils"].iloc[0][["year_group", "sen_status", "sen_need", "ethnicity"]].tolist() == [
        "Upper",
        "Z",
        "SPLN",
        "QQQ",
    ]
    assert {row[:2] for row in said(school, "column", "value", "effect")} == {
        ("year_group", "Upper"), ("sen_status", "Z"), ("sen_need", "SPLN"), ("ethnicity", "QQQ"),
    }  # fmt: skip
    assert school.problems["effect"].eq(KEPT).all() and counted(school, "pupils") == (1, 1, 0)


def test_a_year_group_is_the_same_however_it_is_written(load: Load) -> None:
    years = ["Year 7", "Y7", "07", "7", "Reception"]
    rows = "".join(f"P{place} | {year} | N\n" for place, year in enumerate(years))
    school = load(pupils="pupil_id | year_group | sen_status\n" + rows)
    assert school.problems.empty and school.tables["pupils"]["year_group"].tolist() == ["7", "7", "7", "7", "R"]


def test_an_optional_cell_that_cannot_be_read_counts_as_not_known(load: Load) -> None:
    school = load(
        pupils="pupil_id | year_group | sen_status | sex | eal | left_on\nP1 | 7 | N | Female | Yes | 31/12/2025\n",
        attendance="""
        pupil_id | sessions_possible | sessions_attended | sessions_late
        P1       | 140               | 130               | 4000
        """,
    )
    assert school.tables["pupils"].iloc[0][["sex", "eal", "left_on"]].isna().all()
    assert school.tables["attendance"]["sessions_late"].isna().all()
    assert {row[0] for row in said(school, "column")} == {"sex", "eal", "left_on", "sessions_late"}
    assert school.problems["effect"].eq(KEPT).all()


@pytest.mark.parametrize("written", ["inf", "1e3", "nan", "0x10", "1_000", "12%", "1,5", "-", "٣"])
def test_only_plain_numbers_are_numbers(load: Load, written: str) -> None:
    cell = f'"{written}"'
    school = load(attendance=f"pupil_id | sessions_possible | sessions_attended | sessions_late\nP1 | 140 | 130 | {cell}\n")
    assert school.tables["attendance"]["sessions_late"].isna().all() and len(school.problems) == 1


@pytest.mark.parametrize(
    "written", ["2025-02-30", "2025-13-01", "2025-9-3", "03/09/2025", "2025-09-03T10:00", "٢٠٢٥-٠٩-٠٣", "45902"]
)
def test_only_iso_dates_are_dates(load: Load, written: str) -> None:
    school = load(behaviour=f"pupil_id | on | kind\nP1 | {written} | reward\n")
    assert school.tables["behaviour"].empty and said(school, "column", "problem") == [("on", "is not a date")]


def test_sessions_that_do_not_add_up_are_used_and_told(load: Load) -> None:
    school = load(
        attendance="""
        pupil_id | sessions_possible | sessions_attended | sessions_authorised | sessions_unauthorised
        P1       | 140               | 130               | 5                   | 0
        P2       | 140               | 130               | 5                   | 5
        P3       | 140               | 130               |                     | 5
        """
    )
    assert len(school.tables["attendance"]) == 3
    assert said(school, "row", "column", "effect") == [(2, "sessions_possible", KEPT)]


MOVES = """
pupil_id | year_group | sen_status | joined_on  | left_on
P1       | 7          | K          | 2025-11-01 |
P2       | 7          | N          |            | 2025-10-24
P3       | 7          | N          |            | 2025-07-20
P4       | 7          | N          | 2026-01-05 |
"""


def test_joiners_and_leavers_are_on_the_roll_of_the_term_they_were_here(load: Load) -> None:
    school = load(pupils=MOVES)
    assert school.tables["pupils"]["pupil_id"].tolist() == ["P1", "P2"]
    assert said(school, "row", "column", "effect") == [(4, "left_on", KEPT), (5, "joined_on", KEPT)]
    assert counted(school, "pupils") == (4, 4, 0)


def test_a_row_about_a_pupil_who_had_left_says_so(load: Load) -> None:
    school = load(pupils=MOVES, activities="pupil_id | activity | kind\nP3 | Chess | club\nP2 | Chess | club\n")
    assert school.tables["activities"]["pupil_id"].tolist() == ["P2"]
    assert (2, "P3", "was not at the school in this term") in said(school, "row", "value", "problem")


def test_an_unknown_grade_is_kept_without_points_and_reported(load: Load) -> None:
    school = load(assessments=MARKS + "P3 | Maths | actual | nc_level | 9z | \n")
    odd = school.tables["assessments"].iloc[2]
    assert (odd["grade"], odd["state"]) == ("9z", "not understood") and pd.isna(odd["points"])
    assert said(school, "row", "column", "value", "effect") == [(4, "grade", "9z", KEPT)]


def test_the_four_reasons_for_no_grade_are_rows_without_points_and_no_problems(load: Load) -> None:
    grades = ["ABS", "X", "N/A", "U"]
    rows = "".join(f"P{place} | English | actual | gcse_9_1 | {grade}\n" for place, grade in enumerate(grades))
    roll = "pupil_id | year_group | sen_status\n" + "".join(f"P{place} | 11 | N\n" for place in range(4))
    school = load(pupils=roll, assessments="pupil_id | subject | kind | scale | grade\n" + rows)
    marks = school.tables["assessments"]
    assert marks["grade"].tolist() == grades and marks["points"].fillna(-1).ne(0).all()
    assert marks["state"].iloc[:3].nunique() == 3 and school.problems.empty


def test_an_unknown_scale_is_kept_and_reported_once_a_file(load: Load) -> None:
    school = load(assessments=MARKS.replace("nc_level", "nc_levels"))
    assert school.tables["assessments"]["points"].isna().all() and len(school.tables["assessments"]) == 2
    assert said(school, "row", "column", "value", "effect") == [(2, "scale", "nc_levels", KEPT)]
    assert school.problems["remedy"].iloc[0].endswith("Did you mean nc_level?")


def test_the_schools_own_scale_gives_its_points(load: Load) -> None:
    own = "scales: {steps: {grades: {Beginning: 1, Secure: 3}}, bands: [Low, High]}"
    school = load(
        own,
        assessments="""
        pupil_id | subject | kind   | scale | grade
        P1       | Art     | actual | steps | Secure
        P2       | Art     | actual | bands | High
        """,
    )
    marks = school.tables["assessments"]
    assert school.problems.empty and marks["points"].fillna(-1).tolist() == [3, -1] and marks["rank"].tolist() == [2, 2]


def test_a_scale_that_only_school_yml_speaks_of_is_reported(load: Load) -> None:
    school = load("reliability: {nc_levl: 0.9}\nsubjects: {Art: {scale: stepz}}")
    assert said(school, "file", "column", "value", "effect") == [
        ("school.yml", "reliability.nc_levl", "nc_levl", KEPT),
        ("school.yml", "subjects.Art.scale", "stepz", KEPT),
    ]
    assert school.problems["remedy"].iloc[0] == "Did you mean nc_level?"


def test_what_was_said_anonymously_is_kept(load: Load) -> None:
    school = load(
        views="""
        respondent | pupil_id | on         | theme   | score | comment
        pupil      |          | 2025-10-10 | lessons | 4     | good
        parent     | P9       | 2025-10-10 | lessons | 4     |
        pupil      | P1       | 2025-10-10 | lessons | 6     |
        """
    )
    assert school.tables["views"]["comment"].tolist() == ["good"] and school.tables["views"]["pupil_id"].isna().all()
    assert said(school, "row", "column") == [(3, "pupil_id"), (4, "score")]


def test_adults_need_no_roll(load: Load) -> None:
    school = load(adults="adult_id | role | weekly_hours | hourly_cost\nA1 | TA | 27.5 | 14.02\n")
    assert school.tables["adults"][["weekly_hours", "hourly_cost"]].to_numpy().tolist() == [[27.5, 14.02]]


def without_pupils(school: School) -> None:
    assert [str(term) for term in school.terms] == [AUTUMN]
    assert set(school.tables["assessments"]["term"]) == {AUTUMN}
    assert school.problems["effect"].eq(FILE_SET_ASIDE).all() and everything_is_counted(school)
    marks = school.counts.query("table == 'assessments' and term == @SPRING")
    assert marks[["read", "set_aside"]].to_numpy().tolist() == [[2, 2]]


def test_a_term_without_pupils_csv_is_told_in_one_line_a_file(load: Load) -> None:
    school = load(terms={AUTUMN: {"pupils": ROLL, "assessments": MARKS}, SPRING: {"assessments": MARKS}})
    without_pupils(school)
    assert said(school, "file", "problem") == [
        (f"{SPRING}/assessments.csv", "cannot be used: its term has no pupils"),
        (f"{SPRING}/pupils.csv", "is missing, so nothing of this term can be used"),
    ]


def test_a_term_whose_roll_cannot_be_used_is_told_in_one_line_a_file(load: Load) -> None:
    broken = {"pupils": "pupil_id | year_group\nP1 | 7\n", "assessments": MARKS}
    school = load(terms={AUTUMN: {"pupils": ROLL, "assessments": MARKS}, SPRING: broken})
    without_pupils(school)
    assert said(school, "file", "column") == [(f"{SPRING}/assessments.csv", ""), (f"{SPRING}/pupils.csv", "sen_status")]


def test_what_is_not_a_term_or_not_a_table_is_listed_and_not_read(load: Load, tmp_path: Path) -> None:
    for name in ("2025-26-Autumn2", "originals", f"{AUTUMN}/originals", f"{AUTUMN}/records", f"{AUTUMN}/extra"):
        (tmp_path / name).mkdir(parents=True)
    for name in (
        "pupils.csv",
        f"{AUTUMN}/assesments.csv",
        f"{AUTUMN}/marks.xlsx",
        f"{AUTUMN}/.pupils.csv.tmp",
        f"{AUTUMN}/~$roll.xlsx",
    ):
        (tmp_path / name).write_text("pupil_id\nP1\n")
    school = load()
    assert [row[0] for row in said(school, "file")] == [
        "2025-26-Autumn2", f"{AUTUMN}/assesments.csv", f"{AUTUMN}/extra", f"{AUTUMN}/marks.xlsx", "pupils.csv",
    ]  # fmt: skip
    assert school.problems["effect"].eq(FILE_SET_ASIDE).all() and len(school.tables["pupils"]) == 3
    assert school.problems["remedy"].iloc[1] == "Did you mean assessments.csv?"


def test_a_folder_without_any_term_says_so(load: Load) -> None:
    school = load(terms={"notes": {}})
    assert school.terms == () and said(school, "file", "problem") == [("school.yml", "holds no folder of a term")]


def test_columns_sentrack_does_not_know_are_told_and_left_out(load: Load) -> None:
    school = load(pupils="pupil_id | year_group | sen_status | Form | row | term\nP1 | 7 | N | 7X | 9 | ever\n")
    assert school.tables["pupils"].iloc[0]["term"] == AUTUMN
    assert said(school, "column", "effect") == [("Form", KEPT), ("row", KEPT), ("term", KEPT)]
    assert school.problems["remedy"].iloc[0] == "Did you mean form?"


def test_loading_changes_nothing_in_the_folder_and_says_the_same_again(sample: Path) -> None:
    before = {file: file.read_bytes() for file in sample.rglob("*") if file.is_file()}
    one, two = load_school(sample), load_school(sample)
    pd.testing.assert_frame_equal(one.problems, two.problems)
    assert all(same(one.tables[name], two.tables[name]) for name in one.tables)
    assert before == {file: file.read_bytes() for file in sample.rglob("*") if file.is_file()}


def same(one: DataFrame, two: DataFrame) -> bool:
    return one.equals(two) and one.index.equals(pd.RangeIndex(len(one)))


def test_a_path_no_system_can_hold_is_refused_in_a_sentence() -> None:
    with pytest.raises(BadInput, match="cannot be opened"):
        load_school(Path("no\0where"))
