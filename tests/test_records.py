"""Provision, adults' time and what was agreed are loaded like the other tables: checked, typed, counted, every problem told."""

from collections.abc import Callable
from pathlib import Path

import pytest

from sentrack_lib.sources import schema
from sentrack_lib.sources.loading import School, load_school
from sentrack_lib.sources.problems import FILE_SET_ASIDE, ROW_SET_ASIDE

AUTUMN, SPRING = "2025-26-autumn", "2025-26-spring"
ROLL = """
pupil_id | year_group | sen_status | left_on
P1       | 7          | K          |
P2       | 8          | N          | 2025-10-20
"""
TOOK_PART = """
provision_id | pupil_id | start      | sessions_planned | sessions_attended | baseline
R1           | P1       | 2025-09-15 | 24               | 20                | 88
"""
Load = Callable[..., School]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """Write drawn tables into the folder `records` of a term and load the school."""

    def loaded(term: str = AUTUMN, **records: str) -> School:
        (tmp_path / "school.yml").write_text("name: Invented School\n", encoding="utf-8")
        written(tmp_path / term / "pupils.csv", ROLL)
        for name, drawn in records.items():
            written(tmp_path / term / "records" / f"{name}.csv", drawn)
        return load_school(tmp_path)

    return loaded


def written(file: Path, drawn: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    lines = [",".join(cell.strip() for cell in line.split("|")) for line in drawn.strip().splitlines()]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")


def said(school: School, *columns: str) -> list[tuple]:
    return [tuple(row) for row in school.problems[list(columns)].astype("object").to_numpy().tolist()]


def test_a_record_has_its_term_first_and_its_columns_typed(load: Load) -> None:
    school = load(provision_pupils=TOOK_PART)
    rows = school.records["provision_pupils"]
    assert school.problems.empty and list(rows) == ["term", *schema.columns("provision_pupils")]
    assert rows[["term", "pupil_id", "sessions_planned", "baseline"]].to_numpy().tolist() == [[AUTUMN, "P1", 24.0, "88"]]
    assert str(rows["start"].iloc[0].date()) == "2025-09-15" and rows["rating"].isna().all()


def test_files_of_records_are_counted_under_their_place(load: Load) -> None:
    school = load(provision_pupils=TOOK_PART)
    assert school.counts.to_numpy().tolist()[1] == [f"{AUTUMN}/records/provision_pupils.csv", AUTUMN, "provision_pupils", 1, 1, 0]


def test_a_school_without_records_has_every_table_empty_and_with_the_same_types(load: Load) -> None:
    absent = load().records
    there = load(
        actions="action_id | what | agreed_on | by | done_on\nA1 | Ask | 2025-09-10 | 2025-10-10 | 2025-10-01\n",
        deployments="adult_id | hours | start | end\nX1 | 2.5 | 2025-09-10 | 2025-12-10\n",
    ).records
    assert list(absent) == list(schema.RECORDS) and all(table.empty for table in absent.values())
    for name in ("actions", "deployments"):
        assert len(there[name]) == 1 and absent[name].dtypes.astype(str).to_dict() == there[name].dtypes.astype(str).to_dict()


def test_rows_about_nobody_on_the_roll_or_somebody_who_had_left_are_set_aside(load: Load) -> None:
    school = load(term=SPRING, provision_pupils=TOOK_PART + "R1 | P9 | | | |\nR1 | P2 | | | |\n")
    assert school.records["provision_pupils"]["pupil_id"].tolist() == ["P1"]
    assert [row[1:] for row in said(school, "file", "row", "value", "problem") if "records" in row[0]] == [
        (3, "P9", "is not on the roll of this term"),
        (4, "P2", "was not at the school in this term"),
    ]


def test_what_is_about_no_single_pupil_needs_none(load: Load) -> None:
    school = load(
        deployments="adult_id | pupil_id | teaching_group\nX1 | | 7/Ma1\n",
        actions="action_id | pupil_id | what\nA1 | | Ask pupils\n",
    )
    assert school.problems.empty
    assert len(school.records["deployments"]) == len(school.records["actions"]) == 1


def test_a_session_belongs_to_the_term_of_its_day_so_that_none_counts_twice(load: Load) -> None:
    school = load(provision_sessions="provision_id | pupil_id | on\nR1 | P1 | 2025-10-01\nR1 | P1 | 2025-06-01\n")
    assert len(school.records["provision_sessions"]) == 1
    assert said(school, "row", "column", "problem") == [(3, "on", "is outside the term")]


def test_an_action_that_is_there_twice_or_says_nothing_is_told(load: Load) -> None:
    school = load(actions="action_id | what | by\nA1 | Ask | 2025-10-01\nA1 | Ask | 2025-11-01\nA2 | | \nA3 | Ask | soon\n")
    assert school.records["actions"]["action_id"].tolist() == ["A3"] and school.records["actions"]["by"].isna().all()
    assert [row[:2] for row in said(school, "row", "column")] == [(2, "action_id"), (3, "action_id"), (4, "what"), (5, "by")]
    assert school.counts.query("table == 'actions'")[["read", "accepted", "set_aside"]].to_numpy().tolist() == [[4, 1, 3]]
    assert school.problems["effect"].eq(ROW_SET_ASIDE).sum() == 3


def test_a_record_that_cannot_be_used_stops_nothing_else(load: Load) -> None:
    school = load(provisions="provision_id | wave\nR1 | targeted\n", provision_pupils=TOOK_PART)
    assert said(school, "file", "column", "effect") == [(f"{AUTUMN}/records/provisions.csv", "name", FILE_SET_ASIDE)]
    assert school.records["provisions"].empty and len(school.records["provision_pupils"]) == 1


def test_records_of_a_term_without_a_roll_are_set_aside_and_told(load: Load, tmp_path: Path) -> None:
    written(tmp_path / SPRING / "records" / "provision_pupils.csv", TOOK_PART)
    school = load(provision_pupils=TOOK_PART)
    assert set(school.records["provision_pupils"]["term"]) == {AUTUMN}
    assert (f"{SPRING}/records/provision_pupils.csv", "cannot be used: its term has no pupils") in said(school, "file", "problem")


def test_the_same_provision_in_two_terms_is_two_rows_by_term(load: Load) -> None:
    provisions = "provision_id | name\nR1 | Reading together\n"
    load(term=SPRING, provisions=provisions)
    assert load(provisions=provisions).records["provisions"]["term"].tolist() == [AUTUMN, SPRING]
