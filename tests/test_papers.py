"""A page opens its papers at a part of the school; the whole school is read elsewhere, and what is not theirs is not in them."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pandas as pd
import pytest

from sentrack_lib.cycle.dashboards.heads import heads
from sentrack_lib.cycle.kernels.this_machine import DESK, private_desk
from sentrack_lib.cycle.papers import opening, preparing
from sentrack_lib.cycle.papers.opening import READY, lay_out, open_papers, read_papers
from sentrack_lib.errors import BadInput, SentrackError
from sentrack_lib.records import recorded
from sentrack_lib.settings import Parameters
from sentrack_lib.sources.loading import load_school

PROJECT = Path(__file__).resolve().parents[1]
TERM = "2025-26-summer"
IN_A_KERNEL = """
import json, sys
from sentrack_lib import open_papers
papers = open_papers(*sys.argv[1:])
known = [name for name in sys.modules if name.startswith(("sentrack_lib.sources.loading", "sentrack_lib.measures"))]
print(json.dumps([papers.title, papers.audience, sorted(papers.tables), known]))
"""


@pytest.fixture(scope="module")
def tables(sample):
    asked = Parameters(school=sample, term=TERM)
    return preparing.reviewed(asked, recorded(load_school(sample)))


@pytest.fixture
def ready(tables, tmp_path, monkeypatch):
    """Lay papers ready for an audience, as a run or a dashboard does, and name their folder."""

    def lay(audience: str, *subjects: str) -> Path:
        folder = lay_out(tables, audience, subjects, tmp_path / f"{audience}-{len(subjects)}")
        monkeypatch.setenv(READY, str(folder))
        return folder

    return lay


def test_a_department_of_one_subject_finds_its_papers_opened_there_and_its_name_at_the_head(ready, tmp_path):
    english = ready("department", "English")
    assert (
        open_papers("sample", TERM).subject == "English" and open_papers("sample", TERM, subject="English").subject == "English"
    )
    assert heads(tmp_path, english)["about"]["audience"] == "For a department: English"
    both = ready("department", "Art", "English")
    assert open_papers("sample", TERM).subject == "all"
    assert heads(tmp_path, both)["about"]["audience"] == "For a department: Art, English"
    assert heads(tmp_path, ready("inclusion"))["about"]["audience"] == "For the inclusion manager"


@pytest.fixture
def apart(tables, monkeypatch):
    """Prepare papers here, in place of the other process, and say what was asked of it."""
    asked: list[dict] = []

    def run(command, **_):
        wanted, folder = json.loads(command[3]), Path(command[4])
        asked.append({**wanted, "desk": folder.parent.stat().st_mode & 0o777, "named": folder.parent.name})
        lay_out(tables, wanted["audience"], ["English", "Music"], folder)
        return subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setattr(opening.subprocess, "run", run)
    return asked


def test_a_page_outside_a_run_never_reads_the_school_itself(sample):
    kernel = [sys.executable, "-c", IN_A_KERNEL, str(sample), TERM, "governors"]
    told = subprocess.run(kernel, capture_output=True, text=True, check=True, cwd=PROJECT / "notebooks")
    title, audience, tables, known = json.loads(told.stdout)
    assert (title, audience) == ("Sampleton Invented School, Summer 2026", "governors")
    assert tables == sorted([*EVERYBODY.split(), *GOVERNORS.split()])
    assert known == []


def test_a_school_is_found_from_the_folder_of_the_notebooks(monkeypatch):
    monkeypatch.chdir(PROJECT / "notebooks")
    with pytest.raises(BadInput) as fault:
        open_papers("data/nowhere", TERM)
    assert str(fault.value).startswith(f"There is no folder {PROJECT / 'data' / 'nowhere'}.")
    assert "Traceback" not in str(fault.value)


def test_what_is_wrong_with_the_papers_asked_for_is_a_sentence(sample, tmp_path):
    wrong = {
        ("2025-26-winter", "inclusion", "all"): '"2025-26-winter" is not a term',
        ("2019-20-autumn", "inclusion", "all"): "has no roll for 2019-20-autumn",
        (TERM, "govenors", "all"): "There is no audience govenors. Did you mean governors?",
        (TERM, "department", "Englsh"): "There is no subject Englsh. Did you mean English?",
    }
    for (term, audience, subject), sentence in wrong.items():
        with pytest.raises(SentrackError, match=sentence):
            wanted = {"school": str(sample), "term": term, "audience": audience, "subject": subject}
            preparing._main(json.dumps(wanted), str(tmp_path / "papers"))
        assert not (tmp_path / "papers").exists()


def test_a_fault_of_ours_is_not_told_as_one_of_theirs(monkeypatch):
    broken = subprocess.CompletedProcess([], 1, "", "Traceback … KeyError: 'x'")
    monkeypatch.setattr(opening.subprocess, "run", lambda *_, **__: broken)
    with pytest.raises(RuntimeError, match="KeyError"):
        open_papers("data/sample", TERM)


def test_papers_are_asked_for_with_what_the_page_names_and_lie_in_a_private_folder(apart):
    opened = open_papers("a/school", TERM, "department", "9", "English")
    assert (opened.audience, opened.year_group, opened.subject, opened.teaching_group) == ("department", "9", "English", "all")
    [asked] = apart
    assert {name: asked[name] for name in ("school", "term", "audience", "subject")} == {
        "school": "a/school", "term": TERM, "audience": "department", "subject": "English",
    }  # fmt: skip
    assert asked["desk"] == 0o700
    assert not (Path(tempfile.gettempdir()) / asked["named"]).exists()


def test_papers_that_lie_ready_win_over_what_the_page_names(ready, apart, sample):
    ready("governors")
    opened = open_papers(str(sample), "2024-25-autumn", "inclusion")
    assert opened.audience == "governors" and opened.term == TERM
    assert apart == []
    assert not opened.has("roll")


EVERYBODY = "about asked_before comparisons views"
ABOUT_PUPILS = (
    "attendance closer counts curricular_targets decisions_followed flags flags_followed impact progress pupil_provision roll "
    "suggested_targets support targets targets_and_progress teaching_groups"
)
GROUPS = "attainment provision_standing representation target_back_test trend_changes trends within_classes"
ALONE = (
    "absence_by_term agenda collection flags_changed flags_fair flags_scored flags_since goals goals_of_pupils growth_by_term "
    "impact_of impact_pupils points_by_term reading_ages record_runs sent_home short_measures single_case "
    "absences arrivals attended_activities below_primary benchmarks changes closer_balance comments import_codes "
    "import_columns imports problems questions rate_comparisons rates responses since_primary small_groups "
    "support_counts transfer turnout adults adults_cost adults_week agencies budget budget_given "
    "catalogue checks_by_statement clashes "
    "costs_by deployment_checks due entitlements_met evidence free_adults groups_to_plan meetings plan_counts plans_of_pupils "
    "profile provision_gaps provision_map pupil_adults pupils_to_plan record_actions record_deployments record_meetings "
    "record_provisions record_school_areas record_self_evaluation record_targets role_findings roles "
    "said_and_wanted separate_plans suggestions "
    "priorities reflection school_areas_standing statement_agreement statement_counts statement_ratings statements"
)
GOVERNORS = (
    "benchmarks budget impact plan_counts priorities rate_comparisons rates reflection representation school_areas_standing "
    "statement_counts statements support_counts transfer trends"
)


@pytest.mark.parametrize(
    ("audience", "names"),
    [
        ("inclusion", f"{EVERYBODY} {ABOUT_PUPILS} {GROUPS} {ALONE}"),
        ("department", f"{EVERYBODY} {ABOUT_PUPILS} {GROUPS}"),
        ("governors", f"{EVERYBODY} {GOVERNORS}"),
    ],
)
def test_an_audience_is_handed_its_own_tables_and_no_others(ready, audience, names):
    folder = ready(audience, "English")
    assert set(read_papers(folder).tables) == set(names.split())
    assert read_papers(folder).audience == audience


def test_papers_are_what_was_laid_out(ready, tables):
    read = read_papers(ready("inclusion")).tables
    for name, table in tables.items():
        pd.testing.assert_frame_equal(read[name], table.reset_index(drop=True), check_dtype=False, check_column_type=False)


def test_no_byte_of_the_papers_of_governors_names_a_pupil(ready, tables):
    content = b"".join(file.read_bytes() for file in ready("governors").iterdir())
    roll = tables["roll"]
    assert not [upn for upn in roll["pupil_id"] if upn.encode() in content]
    assert not [name for name in roll["surname"].dropna() if name != "Sampleton" and name.encode() in content]


def test_papers_of_a_department_hold_its_own_pupils_and_subjects(ready, tables):
    read = read_papers(ready("department", "English")).tables
    assert set(read["progress"]["subject"]) == set(read["teaching_groups"]["subject"]) == {"English"}
    assert not {"ethnicity", "date_of_birth", "upn", "pupil_premium", "looked_after"} & set(read["roll"])
    taught = set(tables["teaching_groups"].query("subject == 'English'")["pupil_id"])
    taught |= set(tables["progress"].query("subject == 'English'")["pupil_id"])
    assert set(read["roll"]["pupil_id"]) == taught


def test_only_their_owner_can_open_the_folder_of_papers(ready):
    assert ready("inclusion").stat().st_mode & 0o777 == 0o700


def test_papers_are_never_laid_over_others(ready, tables):
    folder = ready("inclusion")
    with pytest.raises(FileExistsError):
        lay_out(tables, "governors", [], folder)


@pytest.mark.parametrize(
    ("audience", "part", "sentence"),
    [
        ("inclusion", {"subject": "Englsh"}, "These papers have no subject Englsh. Did you mean English?"),
        ("inclusion", {"year_group": "99"}, "These papers have no year group 99. Did you mean 9?"),
        ("inclusion", {"year_group": "Reception"}, "These papers have no year group Reception. Known: 7, 8, 9, 10, 11."),
        (
            "inclusion",
            {"subject": "English", "teaching_group": "9/En9"},
            "These papers have no teaching group 9/En9. Did you mean",
        ),
        ("inclusion", {"teaching_group": "9/En1"}, "These papers have no teaching group 9/En1. Name its subject too."),
        ("department", {"subject": "Music"}, "These papers have no subject Music. Known: English."),
        ("governors", {"subject": "English"}, 'These papers have no subject English. Leave it at "all".'),
        ("governors", {"year_group": "9"}, 'These papers have no year group 9. Leave it at "all".'),
    ],
)
def test_a_part_that_is_not_there_is_a_sentence_with_the_nearest(ready, audience, part, sentence):
    ready(audience, "English")
    with pytest.raises(BadInput) as fault:
        open_papers("data/sample", TERM, **part)
    assert str(fault.value).startswith(sentence)


@pytest.mark.parametrize("nothing", ["all", ""])
def test_papers_open_at_the_whole_school_where_no_part_is_named(ready, nothing):
    ready("inclusion")
    opened = open_papers("data/sample", TERM, "inclusion", nothing, nothing, nothing)
    assert (opened.year_group, opened.subject, opened.teaching_group) == ("all", "all", "all")


def test_a_year_group_may_be_given_as_a_number(ready):
    ready("inclusion")
    assert set(open_papers("data/sample", TERM, year_group=9).roll["year_group"]) == {"9"}  # type: ignore[arg-type]


def test_a_private_desk_is_gone_afterwards_whatever_happens():
    with pytest.raises(ZeroDivisionError), private_desk() as desk:
        (desk / "papers").mkdir()
        assert desk.stat().st_mode & 0o777 == 0o700
        raise ZeroDivisionError
    assert not desk.exists()


def test_desks_of_killed_processes_are_cleared_and_those_of_living_ones_stay():
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    left, mine = (Path(tempfile.gettempdir()) / f"{DESK}{number}-of-a-test" for number in (gone.pid, os.getpid()))
    left.mkdir()
    mine.mkdir()
    try:
        with private_desk():
            assert not left.exists() and mine.exists()
    finally:
        shutil.rmtree(mine)
