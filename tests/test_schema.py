"""The tables a school's folder holds: the columns agreed, what to do about every fault, a dictionary that is up to date."""

import re
from pathlib import Path

import pandas as pd
import pytest

from sentrack_lib.settings import SchoolSettings
from sentrack_lib.sources import folders, loading, roll, schema
from sentrack_lib.sources.checking import CONTRADICTS, PUPIL_CONTRADICTS, TWICE
from sentrack_lib.sources.problems import KEPT, ROW_SET_ASIDE, Fault
from sentrack_lib.sources.scales import scales_of
from sentrack_lib.sources.sums import ROW_RULES

DICTIONARY = Path(__file__).resolve().parents[1] / "data" / "README.md"
AGREED = {
    "pupils": "pupil_id* upn admission_no mis_id surname forename date_of_birth sex year_group* form ethnicity sen_status* "
    "sen_need sen_need_2 disability pupil_premium eal looked_after gifted_talented joined_on left_on",
    "prior_attainment": "pupil_id* subject* stage* scale* grade*",
    "assessments": "pupil_id* subject* kind* scale* grade* assessed_on",
    "teaching_groups": "pupil_id* subject* teaching_group* set teacher",
    "attendance": "pupil_id* sessions_possible* sessions_attended* sessions_authorised sessions_unauthorised sessions_late",
    "behaviour": "pupil_id* on* kind* reason points sessions_lost",
    "views": "respondent* pupil_id on* theme* score* comment",
    "activities": "pupil_id* activity* kind* sessions_offered sessions_attended",
    "adults": "adult_id* name role* department weekly_hours* hourly_cost training",
}
AGREED_RECORDS = {
    "provisions": "provision_id* name* area_of_need wave strategy intended_outcome subject staff group_size sessions_planned "
    "minutes start end review_on funding hourly_cost resources_cost total_cost chosen_by aligned_with monitored_how",
    "provision_pupils": "provision_id* pupil_id* start end sessions_planned sessions_attended baseline outcome rating",
    "provision_sessions": "provision_id* pupil_id* on* attended minutes note",
    "short_measures": "pupil_id* measure* on* phase* value* better provision_id",
    "draws": "provision_id* pupil_id* on seed band drawn",
    "deployments": "adult_id* role pupil_id teaching_group subject day starts ends hours place provision_id start end with_peers "
    "small_group discreet at_times independence planned_together knows_pupils trained ground_rules feeds_back",
    "entitlements": "entitlement_id* pupil_id* source* what* hours_week role place outcome agency start end review_on",
    "pay_rates": "adult_id role start* hourly_cost*",
    "targets": "target_id* kind pupil_id teaching_group year_group provision_id subject what* measured_by scale baseline target "
    "strategy owner set_on by challenge reason",
    "target_reviews": "target_id* on* result outcome attained note reviewed_by",
    "evidence": "evidence_id* pupil_id on kind* subject provision_id statement source what*",
    "meetings": "meeting_id* kind* on* about pupil_id subject year_group present agencies outcome agreed next_on",
    "actions": "action_id* meeting_id about item decision pupil_id subject what* owner agreed_on by done_on result",
    "self_evaluation": "statement* rated_by* on rating evidence priority action owner by",
    "school_areas": "area_id* area* prompt found action owner by monitored_how monitored_on",
    "flags": "pupil_id* rule* subject level evidence value threshold since_term",
    "runs": "run_id* started_at ended_at status sentrack_version as_of",
}
CELLS = [
    (table, name, column) for table, rows in {**schema.TABLES, **schema.RECORDS}.items() for name, column in rows.columns.items()
]


def faults() -> list[Fault]:
    """Everything that can be said about a school's files."""
    cells = [Fault(check.title, check.description, check.name) for _, _, column in CELLS for check in column.checks]
    named = [fault for module in (folders, loading, roll) for fault in vars(module).values() if isinstance(fault, Fault)]
    return [
        *cells,
        *named,
        *(rule.fault for rules in ROW_RULES.values() for rule in rules),
        TWICE,
        CONTRADICTS,
        PUPIL_CONTRADICTS,
    ]


def test_the_tables_and_columns_are_those_agreed_in_their_order() -> None:
    agreed = {**AGREED, **AGREED_RECORDS}
    starred = {
        table: [f"{name}*" if name in schema.required(table) else name for name in schema.columns(table)] for table in agreed
    }
    assert starred == {table: columns.split() for table, columns in agreed.items()}
    assert list(schema.TABLES) == list(AGREED) and list(schema.RECORDS) == list(AGREED_RECORDS)


def test_every_key_is_made_of_the_tables_own_columns() -> None:
    assert all(set(schema.key(table)) <= set(schema.columns(table)) for table in schema.IMPORTED)


@pytest.mark.parametrize("fault", dict.fromkeys(faults()), ids=lambda fault: fault.problem)
def test_every_fault_says_what_is_wrong_and_what_to_do_in_sentences(fault: Fault) -> None:
    assert re.match(r"(is|was|has|holds|cannot) ", fault.problem.replace("isn't", "is")) and not fault.problem.endswith(".")
    assert re.fullmatch(r"[A-Z`].*\.", fault.remedy) and ".." not in fault.remedy


def test_every_column_has_a_meaning_and_says_how_it_is_written() -> None:
    for table, name, column in CELLS:
        assert column.description and column.metadata["how"], f"{table}.{name}"


def test_a_required_cell_sets_its_row_aside_and_an_optional_one_never_does() -> None:
    for table, name, column in CELLS:
        aside = any(check.name == ROW_SET_ASIDE for check in column.checks)
        codes = name in ("year_group", "sen_status")
        assert aside == (column.required and not codes), f"{table}.{name}"


def test_every_fault_has_an_effect_that_is_known() -> None:
    assert {fault.effect for fault in faults()} <= {KEPT, ROW_SET_ASIDE, "file set aside"}


def test_the_data_dictionary_is_up_to_date() -> None:
    assert DICTIONARY.read_text(encoding="utf-8") == schema.dictionary()


def test_the_data_dictionary_names_every_column_and_every_scale() -> None:
    written = schema.dictionary()
    for _, name, column in CELLS:
        assert f"**`{name}`** *" in written if column.required else f"| `{name}` |" in written
    for scale in scales_of(SchoolSettings(name="Invented School")):
        assert f"`{scale}`" in written


def test_the_rows_of_the_data_dictionary_have_as_many_cells_as_there_are_titles() -> None:
    rows = [line for line in schema.dictionary().splitlines() if line.startswith("|")]
    assert {line.count("|") for line in rows} == {5} and len(rows) > len(CELLS)


def test_cells_are_read_without_changing_the_table_they_are_in() -> None:
    cells = pd.DataFrame({name: ["", "x"] for name in schema.columns("attendance")}, dtype="str")
    before = cells.copy()
    assert schema.typed("attendance", cells)["sessions_possible"].isna().all()
    pd.testing.assert_frame_equal(cells, before)
