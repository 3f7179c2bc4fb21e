"""The records go out as a workbook that a person fills in, and come back with the same cells, or with every mistake named."""

import io
import zipfile
from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet
from pandas import DataFrame
from pandas.testing import assert_frame_equal

from sentrack_lib.errors import BadInput
from sentrack_lib.records.sheets import BLANK_ROWS, MOST_BYTES, write_sheets
from sentrack_lib.records.sheets_columns import ONLY_READ, as_texts, sheet_columns
from sentrack_lib.records.sheets_in import has_mistakes, read_sheets
from sentrack_lib.sources import schema
from sentrack_lib.sources.cells import DATE, NUMBER, TICK
from sentrack_lib.sources.loading import load_school
from sentrack_lib.sources.problems import FILE_SET_ASIDE, KEPT, ROW_SET_ASIDE

AUTUMN, SPRING = "2025-26-autumn", "2025-26-spring"
TARGETS = DataFrame(
    {
        "term": [AUTUMN, SPRING],
        "target_id": ["T1", "T2"],
        "pupil_id": ["P1", "P2"],
        "what": ["Read a page aloud", "Ask for help"],
        "baseline": ["007", "1/2"],
        "set_on": pd.to_datetime(["2025-09-03", "2026-01-05"]),
        "entry": ["E1", "E2"],
        "version": [1.0, 3.0],
    }
)
PROVISIONS = DataFrame(
    {
        "term": AUTUMN,
        "provision_id": ["R1"],
        "name": ["Reading together"],
        "group_size": [4.0],
        "hourly_cost": [14.25],
        "entry": ["E9"],
        "version": [1],
    }
)
INERT = ["=1+1", "+44", "-5+2", "@SUM(A1)", "\tx", "\rx", "007", "1/2", "'=x", "http://x.invalid", "{=1}", "#N/A", "TRUE", "1e3"]
FEW = ("provisions", "targets", "target_reviews", "evidence", "meetings")
Change = Callable[[openpyxl.Workbook], None]


@pytest.fixture
def whole(tmp_path: Path) -> Path:
    """A workbook with two targets and a provision, as it is written."""
    write_sheets({"targets": TARGETS, "provisions": PROVISIONS}, tmp_path / "records.xlsx")
    return tmp_path / "records.xlsx"


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The same with the sheets that these tests write in alone: to open and save all of them takes much longer."""
    with monkeypatch.context() as patch:
        patch.setattr(schema, "RECORDS", {table: schema.RECORDS[table] for table in FEW})
        write_sheets({"targets": TARGETS, "provisions": PROVISIONS}, tmp_path / "records.xlsx")
    return tmp_path / "records.xlsx"


def changed(file: Path, change: Change) -> Path:
    """The workbook as a person saves it after a change."""
    book = openpyxl.load_workbook(file)
    change(book)
    book.save(file)
    return file


def made_by_hand(file: Path, **sheets: list[Sequence[object]]) -> Path:
    """A workbook that somebody has made from nothing."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(file)
    return file


def cell(sheet: Worksheet, column: str, row: int):
    return sheet.cell(row, place(sheet, column))


def place(sheet: Worksheet, column: str) -> int:
    return [heading.value for heading in sheet[1]].index(column) + 1


def put(table: str, row: int, **cells: object) -> Change:
    """Write into a row of a sheet."""

    def write(book: openpyxl.Workbook) -> None:
        for column, value in cells.items():
            cell(book[table], column, row).value = value

    return write


def said(problems: DataFrame, *columns: str) -> list[tuple]:
    names = columns or ("file", "row", "column", "value", "problem")
    return [tuple(row) for row in problems[list(names)].astype("object").where(lambda told: told.notna(), None).to_numpy()]


# Out and in again


def test_the_records_of_a_school_come_back_as_they_went_out(tmp_path: Path, sample: Path) -> None:
    school = load_school(sample)
    write_sheets(school.records, tmp_path / "records.xlsx")
    known = {"pupil_id": school.tables["pupils"]["pupil_id"], "adult_id": school.tables["adults"]["adult_id"]}
    tables, problems = read_sheets(tmp_path / "records.xlsx", known)
    assert problems.empty and list(tables) == list(schema.RECORDS) and len(tables["provision_pupils"])
    for table, rows in tables.items():
        assert_frame_equal(rows.reset_index(drop=True), as_texts(table, school.records[table]))


def test_a_row_has_its_term_its_columns_and_what_it_is_known_by_and_is_numbered_as_in_excel(file: Path) -> None:
    targets = read_sheets(file)[0]["targets"]
    assert list(targets) == ["term", *schema.columns("targets"), "entry", "version", "withdrawn"]
    shown = targets[["term", "target_id", "baseline", "set_on", "by", "entry", "version", "withdrawn"]]
    assert shown.to_numpy().tolist() == [
        [AUTUMN, "T1", "007", "2025-09-03", "", "E1", "1", ""],
        [SPRING, "T2", "1/2", "2026-01-05", "", "E2", "3", ""],
    ]
    assert list(targets.index) == [2, 3] and not has_mistakes(read_sheets(file)[1])


def test_no_records_make_a_workbook_to_be_filled_in(tmp_path: Path) -> None:
    write_sheets({}, tmp_path / "records.xlsx")
    tables, problems = read_sheets(tmp_path / "records.xlsx")
    assert list(tables) == list(schema.RECORDS) and all(rows.empty for rows in tables.values()) and problems.empty


def test_the_same_records_make_the_same_file_and_are_not_changed(tmp_path: Path) -> None:
    before = TARGETS.copy(deep=True)
    for name in ("one.xlsx", "two.xlsx"):
        write_sheets({"targets": TARGETS}, tmp_path / name)
    assert (tmp_path / "one.xlsx").read_bytes() == (tmp_path / "two.xlsx").read_bytes()
    assert_frame_equal(TARGETS, before)


HOSTILE = st.one_of(
    st.sampled_from(INERT),
    st.text(st.sampled_from("=+-@'\t\r\n\x07_x0041\u200b\ufeff é\U0001f600<&\"]"), max_size=30),
    st.text(max_size=30),
    st.builds("".join, st.tuples(st.sampled_from("=+-@\t\r"), st.text(max_size=10))),
)
DAYS = st.dates(date(1700, 1, 1), date(2200, 12, 31)) | st.sampled_from(["2026-W01-1", "03/09/2026", " 2026-02-30"])
NUMBERS = st.one_of(
    st.integers(0, 10**15 - 1), st.decimals(0, 10_000, places=5).map(float), st.sampled_from(["1e3", "£4", "-0", "007.50"])
)


@st.composite
def any_table(draw: st.DrawFn) -> tuple[str, DataFrame]:
    """A table of the records with any cells that its columns may hold, some blank."""
    table = draw(st.sampled_from(list(schema.RECORDS)))
    kinds = {name: column.metadata["written"] for name, column in schema.RECORDS[table].columns.items()}
    by_kind = {NUMBER: NUMBERS, DATE: DAYS, TICK: st.sampled_from(["Y", "N"])}
    values = {name: by_kind.get(kinds.get(name, ""), HOSTILE) for name in sheet_columns(table)}
    rows = draw(st.lists(st.fixed_dictionaries({name: st.none() | value for name, value in values.items()}), max_size=6))
    return table, DataFrame(rows, columns=list(values), dtype="object")


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(any_table())
def test_whatever_the_cells_hold_they_come_back_equal_or_are_refused(tmp_path: Path, drawn: tuple[str, DataFrame]) -> None:
    table, rows = drawn
    expected = as_texts(table, rows)
    with pytest.MonkeyPatch.context() as patch:
        # The other sheets, which are blank, would take most of the time.
        patch.setattr(schema, "RECORDS", {table: schema.RECORDS[table]})
        try:
            write_sheets({table: rows}, tmp_path / "records.xlsx")
        except BadInput as refused:
            assert "holds signs that Excel would change" in str(refused)
            return
        read = read_sheets(tmp_path / "records.xlsx")[0][table]
    filled = expected[expected.ne("").any(axis=1)].reset_index(drop=True)
    assert_frame_equal(read.reset_index(drop=True), filled)


@pytest.mark.parametrize("text", INERT)
def test_text_that_a_spreadsheet_would_run_or_turn_stays_as_it_is(tmp_path: Path, text: str) -> None:
    write_sheets({"targets": TARGETS.assign(what=text, baseline=text)}, tmp_path / "records.xlsx")
    targets, problems = read_sheets(tmp_path / "records.xlsx")
    assert targets["targets"][["what", "baseline"]].to_numpy().tolist() == [[text, text]] * 2 and problems.empty
    found = cell(openpyxl.load_workbook(tmp_path / "records.xlsx")["targets"], "what", 2)
    assert found.data_type == "s" and found.number_format == "@" and found.hyperlink is None


def test_no_cell_of_any_sheet_is_a_formula_or_a_link(tmp_path: Path) -> None:
    texts = DataFrame({name: INERT for name in schema.columns("evidence")}).assign(term=INERT, entry=INERT, version=INERT)
    write_sheets({"evidence": texts}, tmp_path / "records.xlsx", {"pupil_id": [(text, text) for text in INERT]})
    with zipfile.ZipFile(tmp_path / "records.xlsx") as packed:
        sheets = [packed.read(name) for name in packed.namelist() if name.startswith("xl/worksheets/sheet")]
    assert len(sheets) == len(schema.RECORDS) + 3
    assert not [sheet for sheet in sheets if b"<f>" in sheet or b"<f " in sheet or b"hyperlink" in sheet]


def test_a_cell_that_excel_would_cut_is_refused_by_its_entry(tmp_path: Path) -> None:
    write_sheets({"targets": TARGETS.assign(what="a" * 32_767)}, tmp_path / "whole.xlsx")
    assert read_sheets(tmp_path / "whole.xlsx")[0]["targets"]["what"].str.len().tolist() == [32_767] * 2
    with pytest.raises(BadInput, match="targets, entry E2: what holds 32,768 signs"):
        write_sheets({"targets": TARGETS.assign(what=["a", "b" * 32_768])}, tmp_path / "cut.xlsx")
    # Excel counts such a sign twice.
    with pytest.raises(BadInput, match=f"targets, {AUTUMN} T1: what holds 32,768 signs"):
        write_sheets({"targets": TARGETS.assign(what="\U0001f600" * 16_384, entry="")}, tmp_path / "cut.xlsx")
    assert not (tmp_path / "cut.xlsx").exists()


@pytest.mark.parametrize("text", ["\uffff", "_x0041_x0042_", "_x0041\x07"])
def test_signs_that_a_workbook_cannot_keep_are_refused_by_their_entry(tmp_path: Path, text: str) -> None:
    with pytest.raises(BadInput, match="targets, entry E1: what holds signs that Excel would change"):
        write_sheets({"targets": TARGETS.assign(what=text)}, tmp_path / "records.xlsx")


# What a person sees


def test_the_first_sheet_says_what_it_is_and_each_table_has_one(whole: Path) -> None:
    book = openpyxl.load_workbook(whole)
    assert book.sheetnames == ["read me", *schema.RECORDS, "lists", "written"] and book["written"].sheet_state == "veryHidden"
    words = " ".join(str(row[1].value) for row in book["read me"].rows)
    assert "Y in the column withdrawn" in words and "The sheets flags and runs show what the runs found" in words
    assert book.active.title == "read me"


def test_days_are_days_and_numbers_are_numbers(file: Path) -> None:
    book = openpyxl.load_workbook(file)
    day = cell(book["targets"], "set_on", 2)
    assert day.is_date and day.value == datetime(2025, 9, 3) and day.number_format == "yyyy-mm-dd"
    cost = cell(book["provisions"], "hourly_cost", 2)
    assert cost.data_type == "n" and cost.value == 14.25


def test_every_heading_says_what_it_means_and_marks_what_must_be_filled_in(whole: Path) -> None:
    book = openpyxl.load_workbook(whole)
    for table in schema.RECORDS:
        for heading in book[table][1]:
            assert heading.font.b and heading.comment.text
    must, may = cell(book["targets"], "what", 1), cell(book["targets"], "baseline", 1)
    assert must.comment.text.startswith("* Must be filled in. What is to be reached") and must.fill != may.fill
    assert cell(book["targets"], "set_on", 1).comment.text.endswith("Written as: date, such as 2025-09-03.")
    assert "*" not in may.comment.text and "Leave it as it is" in cell(book["targets"], "entry", 1).comment.text


def rules(sheet: Worksheet, column: str) -> list:
    """The rules of a column's cells, each with the last row it holds for."""
    letter = get_column_letter(place(sheet, column))
    found = [rule for rule in sheet.data_validations.dataValidation if f"{letter}2" in rule.sqref]
    return [(rule, max(area.max_row for area in rule.sqref.ranges)) for rule in found]


def test_words_are_offered_and_others_allowed_except_for_y_and_n(tmp_path: Path) -> None:
    pupils = [("P1", "Ann Invented, 7A"), ("P2", "Ben Invented, 8B")]
    write_sheets({"targets": TARGETS}, tmp_path / "records.xlsx", {"pupil_id": pupils, "target_id": [("T1", "Read")]})
    book = openpyxl.load_workbook(tmp_path / "records.xlsx")
    ((pupil, last),) = rules(book["targets"], "pupil_id")
    assert last == 1 + len(TARGETS) + BLANK_ROWS and pupil.type == "list" and not pupil.showErrorMessage
    sheet, area = book.defined_names[pupil.formula1.lstrip("=")].attr_text.split("!")
    offered = [row[0].value for row in book[sheet][area.replace("$", "")]]
    assert offered == ["P1", "P2"] and "Ann Invented, 7A" in [found.value for row in book["lists"].rows for found in row]
    ((need, _),) = rules(book["provisions"], "area_of_need")
    _, area = book.defined_names[need.formula1.lstrip("=")].attr_text.split("!")
    assert "Social, emotional and mental health" in [row[0].value for row in book["lists"][area.replace("$", "")]]
    ((tick, _),) = rules(book["deployments"], "with_peers")
    assert tick.formula1 == '"Y,N"' and tick.showErrorMessage and tick.errorStyle in (None, "stop")
    assert rules(book["targets"], "withdrawn")[0][0].formula1 == '"Y"'
    # A new target gets a new name; only elsewhere is one chosen.
    assert not rules(book["targets"], "target_id") and rules(book["target_reviews"], "target_id")


def test_rows_below_are_ready_and_the_sheet_can_be_sifted_and_printed(file: Path) -> None:
    sheet = openpyxl.load_workbook(file)["targets"]
    where = {name: place(sheet, name) for name in ("what", "baseline", "set_on", "entry")}
    spans = list(sheet.column_dimensions.values())
    looks = {name: next(span for span in spans if span.min <= at <= span.max) for name, at in where.items()}
    assert looks["baseline"].number_format == "@" and looks["set_on"].number_format == "yyyy-mm-dd"
    assert looks["what"].width > looks["baseline"].width > looks["entry"].width and looks["what"].alignment.wrap_text
    assert sheet.freeze_panes == "B2" and sheet.auto_filter.ref.startswith("A1:") and sheet.print_title_rows == "$1:$1"
    assert sheet.page_setup.orientation == "landscape" and sheet.page_setup.fitToHeight == 0
    assert sheet.sheet_properties.pageSetUpPr.fitToPage


# What comes back of what a person did


def test_a_new_row_a_changed_cell_and_a_row_taken_back_are_no_mistakes(file: Path) -> None:
    changed(file, put("targets", 2, what="Read two pages aloud", by=datetime(2026, 3, 1), withdrawn=None))
    changed(file, put("targets", 3, withdrawn="Y", what=None))
    changed(file, put("targets", 9, term=SPRING, target_id="T3", what="Join a club", baseline=7.0, set_on="2026-01-07"))
    targets, problems = read_sheets(file)
    shown = targets["targets"][["target_id", "what", "baseline", "set_on", "by", "entry", "withdrawn"]]
    assert (
        problems.empty
        and list(shown.index) == [2, 3, 9]
        and shown.to_numpy().tolist()
        == [
            ["T1", "Read two pages aloud", "007", "2025-09-03", "2026-03-01", "E1", ""],
            ["T2", "", "1/2", "2026-01-05", "", "E2", "Y"],
            ["T3", "Join a club", "7", "2026-01-07", "", "", ""],
        ]
    )


@pytest.mark.parametrize(
    ("column", "value", "kept"),
    [
        ("hourly_cost", 7.0, "7"),
        ("hourly_cost", "7.50", "7.5"),
        ("hourly_cost", 0.00001, "0.00001"),
        ("hourly_cost", 14.2 * 3, "42.6"),
        ("review_on", date(2026, 3, 1), "2026-03-01"),
        ("staff", 7, "7"),
        ("staff", True, "TRUE"),
        ("staff", " \u00a0Teacher\u200b ", "Teacher"),
        ("staff", time(9, 5), "09:05"),
    ],
)
def test_a_cell_is_kept_in_one_way_however_excel_holds_it(file: Path, column: str, value: object, kept: str) -> None:
    tables, problems = read_sheets(changed(file, put("provisions", 2, **{column: value})))
    assert tables["provisions"].loc[2, column] == kept and problems.empty


@pytest.mark.parametrize(
    ("table", "cells", "column", "remedy"),
    [
        ("targets", {"set_on": "03/09/2026"}, "set_on", "Write it as date, such as 2025-09-03, or leave it blank."),
        ("targets", {"set_on": "2026-02-30"}, "set_on", "Write it as date, such as 2025-09-03, or leave it blank."),
        ("provisions", {"hourly_cost": "£14"}, "hourly_cost", "Write it as number, 0 or more, or leave it blank."),
        ("provisions", {"hourly_cost": -1}, "hourly_cost", "Write it as number, 0 or more, or leave it blank."),
        ("targets", {"what": None}, "what", "Fill it in. The row cannot be used without it."),
        ("targets", {"term": None}, "term", "Fill in the term the row is of. Write it as 2025-26-autumn"),
        ("targets", {"term": "autumn 2025"}, "term", "Write it as 2025-26-autumn, 2025-26-spring or 2025-26-summer."),
        ("targets", {"withdrawn": "yes"}, "withdrawn", "Write Y to take the row back, else leave it blank."),
        ("targets", {"entry": "E7"}, "entry", "Put back what stood there."),
        ("targets", {"version": 2}, "entry", "Put back what stood there."),
        ("targets", {"entry": None}, "entry", "Put back what stood there."),
        ("targets", {"version": None}, "version", "Put back what stood there."),
        ("targets", {"provision_id": "R2"}, "provision_id", "Known: R1, Reading together."),
    ],
)
def test_a_mistake_is_named_by_sheet_row_and_column_with_what_to_do(
    file: Path, table: str, cells: dict[str, object], column: str, remedy: str
) -> None:
    problems = read_sheets(changed(file, put(table, 2, **cells)))[1]
    assert said(problems, "file", "row", "column", "effect") == [(f"records.xlsx, sheet {table}", 2, column, ROW_SET_ASIDE)]
    assert problems["remedy"].iloc[0].startswith(remedy) and has_mistakes(problems)


def test_a_yes_that_is_neither_y_nor_n_is_a_mistake(tmp_path: Path) -> None:
    rows = [("term", "adult_id", "with_peers"), (AUTUMN, "A1", True), (AUTUMN, "A2", "Y"), (AUTUMN, "A3", "perhaps")]
    problems = read_sheets(made_by_hand(tmp_path / "own.xlsx", deployments=rows))[1]
    assert said(problems, "row", "value", "effect") == [(2, "TRUE", ROW_SET_ASIDE), (4, "perhaps", ROW_SET_ASIDE)]
    assert set(problems["remedy"]) == {"Write it as Y or N, or leave it blank."}


def test_a_number_that_is_not_shown_as_a_day_is_none(tmp_path: Path) -> None:
    rows = [("term", "target_id", "what", "set_on"), (AUTUMN, "T1", "Read", 46000), (AUTUMN, "T2", "Read", date(2025, 9, 3))]
    assert said(read_sheets(made_by_hand(tmp_path / "own.xlsx", targets=rows))[1], "row", "value") == [(2, "46000")]


def test_all_mistakes_are_told_at_once(file: Path) -> None:
    changed(file, put("targets", 2, term="now", set_on="soon", what=None))
    changed(file, put("provisions", 2, hourly_cost="much", name=None))
    told = read_sheets(file)[1]
    assert sorted(told["column"]) == ["hourly_cost", "name", "set_on", "term", "what"]


def test_a_copied_row_is_told_to_be_a_new_one(file: Path) -> None:
    copied = {"term": SPRING, "target_id": "T3", "what": "Another", "entry": "E1", "version": 1}
    problems = read_sheets(changed(file, put("targets", 4, **copied)))[1]
    assert said(problems, "row", "column", "value", "problem") == [
        (2, "entry", "E1", "is in more than one row"),
        (4, "entry", "E1", "is in more than one row"),
    ]


def test_rows_of_one_name_contradict_within_a_term_only_and_not_where_one_is_taken_back(file: Path) -> None:
    changed(file, put("targets", 4, term=SPRING, target_id="T1", what="Goes on from autumn"))
    assert read_sheets(file)[1].empty
    changed(file, put("targets", 4, term=AUTUMN))
    assert said(read_sheets(file)[1], "row", "problem") == [
        (2, "is in this file twice, with different values"),
        (4, "is in this file twice, with different values"),
    ]
    changed(file, put("targets", 2, withdrawn="Y"))
    assert read_sheets(file)[1].empty


def test_a_new_row_cannot_be_taken_back(file: Path) -> None:
    problems = read_sheets(changed(file, put("targets", 4, term=SPRING, target_id="T3", what="New", withdrawn="Y")))[1]
    assert said(problems, "row", "column", "problem") == [(4, "withdrawn", "takes back a row that was never kept")]


def test_a_name_may_be_known_be_on_its_own_sheet_or_be_that_of_a_provision(file: Path) -> None:
    changed(file, put("targets", 2, provision_id="Reading together"))
    changed(file, put("targets", 3, provision_id="R-old"))
    changed(file, put("target_reviews", 2, term=AUTUMN, target_id="T1", on=date(2025, 12, 1)))
    changed(file, put("target_reviews", 3, term=AUTUMN, target_id="T22", on=date(2025, 12, 1)))
    known = {"provision_id": ["R-old"], "pupil_id": ["P1", "P22"]}
    told = read_sheets(file, known)[1]
    assert said(told, "file", "row", "column", "value", "problem", "remedy") == [
        ("records.xlsx, sheet targets", 3, "pupil_id", "P2", "is not known", "Did you mean P22?"),
        ("records.xlsx, sheet target_reviews", 3, "target_id", "T22", "is not known", "Did you mean T2?"),
    ]


def test_where_nothing_is_known_to_compare_with_a_name_is_not_judged(tmp_path: Path) -> None:
    rows = [("term", "action_id", "what", "meeting_id"), (AUTUMN, "1", "Write to parents", "M1")]
    file = made_by_hand(tmp_path / "own.xlsx", actions=rows)
    assert read_sheets(file)[1].empty
    told = read_sheets(file, {"meeting_id": []})[1]
    assert said(told, "value", "problem") == [("M1", "is not known")] and "Known" not in told["remedy"].iloc[0]


# Sheets and headings


def test_the_order_of_headings_and_rows_does_not_matter(file: Path) -> None:
    before = read_sheets(file)[0]["targets"]

    def reorder(book: openpyxl.Workbook) -> None:
        rows = [[found.value for found in row][::-1] for row in book["targets"].iter_rows(max_row=3)]
        at = book.sheetnames.index("targets")
        book.remove(book["targets"])
        sheet = book.create_sheet("targets", at)
        for row in [rows[0], [], rows[2], rows[1]]:
            sheet.append(row)

    targets, problems = read_sheets(changed(file, reorder))
    assert problems.empty and list(targets["targets"].index) == [3, 4]
    assert_frame_equal(targets["targets"].iloc[::-1].reset_index(drop=True), before.reset_index(drop=True))


def test_a_sheet_that_is_missing_is_no_table_and_no_mistake(file: Path) -> None:
    tables, problems = read_sheets(changed(file, lambda book: book.remove(book["evidence"])))
    assert "evidence" not in tables and "targets" in tables and problems.empty


def test_a_sheet_that_is_hidden_is_read(file: Path) -> None:
    def hide(book: openpyxl.Workbook) -> None:
        put("targets", 2, set_on="soon")(book)
        book["targets"].sheet_state = "hidden"

    assert said(read_sheets(changed(file, hide))[1], "column", "value") == [("set_on", "soon")]


def test_a_sheet_of_ones_own_is_remarked_on_and_a_renamed_table_is_a_mistake(file: Path) -> None:
    def change(book: openpyxl.Workbook) -> None:
        book.create_sheet("my notes").append(["Ask about lifts"])
        book["meetings"].title = "Meeting"

    problems = read_sheets(changed(file, change))[1]
    assert said(problems, "file", "effect", "remedy") == [
        ("records.xlsx, sheet Meeting", FILE_SET_ASIDE, "Did you mean meetings?"),
        ("records.xlsx, sheet my notes", KEPT, "If it is one, give the sheet the name of its table."),
    ]


@pytest.mark.parametrize("column", ["what", "strategy", "entry", "term", "withdrawn"])
def test_a_column_that_was_taken_out_or_renamed_is_one_mistake_for_the_sheet(file: Path, column: str) -> None:
    whole = file.read_bytes()
    problems = read_sheets(changed(file, lambda book: book["targets"].delete_cols(place(book["targets"], column))))[1]
    assert said(problems, "file", "column", "problem", "effect") == [
        ("records.xlsx, sheet targets", column, "is a column that is missing", FILE_SET_ASIDE)
    ]
    assert ".csv" not in problems["remedy"].iloc[0]
    file.write_bytes(whole)
    problems = read_sheets(changed(file, put("targets", 1, **{column: f"{column}s"})))[1]
    assert {FILE_SET_ASIDE} == set(problems["effect"]) and f"Did you mean {column}?" in set(problems["remedy"])


def test_a_column_of_ones_own_is_remarked_on(file: Path) -> None:
    def add(book: openpyxl.Workbook) -> None:
        sheet = book["targets"]
        sheet.cell(1, sheet.max_column + 1, "seen by Ann")

    problems = read_sheets(changed(file, add))[1]
    assert said(problems, "column", "effect") == [("seen by Ann", KEPT)] and not has_mistakes(problems)


def test_a_cell_beside_the_table_is_a_mistake(file: Path) -> None:
    def add(book: openpyxl.Workbook) -> None:
        book["provisions"].cell(2, 30, "stray")

    problems = read_sheets(changed(file, add))[1]
    assert said(problems, "row", "column", "value", "effect") == [(2, "column AD", "stray", ROW_SET_ASIDE)]


def test_a_heading_that_is_there_twice_is_a_mistake_for_the_sheet(file: Path) -> None:
    tables, problems = read_sheets(changed(file, put("targets", 1, strategy="what")))
    assert "targets" not in tables and said(problems, "file", "problem", "effect") == [
        ("records.xlsx, sheet targets", "has more than one column called what", FILE_SET_ASIDE)
    ]


def test_a_cell_with_an_error_is_a_mistake_and_not_a_blank(tmp_path: Path) -> None:
    file = tmp_path / "own.xlsx"
    made_by_hand(file, targets=[("term", "target_id", "what", "baseline"), (AUTUMN, "T1", "Read", "#N/A")])
    changed(file, lambda book: setattr(book["targets"]["D2"], "data_type", "e"))
    problems = read_sheets(file)[1]
    assert said(problems, "problem", "effect") == [("has cells that show an error such as #N/A: 1", FILE_SET_ASIDE)]


def test_a_workbook_made_by_hand_needs_only_what_must_be_filled_in(tmp_path: Path) -> None:
    rows = [("term", "target_id", "what"), (AUTUMN, "T1", "Read a page aloud"), (None, None, None)]
    tables, problems = read_sheets(made_by_hand(tmp_path / "own.xlsx", targets=rows))
    assert problems.empty and list(tables) == ["targets"] and list(tables["targets"]) == sheet_columns("targets")
    assert tables["targets"]["entry"].tolist() == [""]


def test_what_runs_found_is_shown_and_not_judged(tmp_path: Path) -> None:
    flags = DataFrame({"term": [AUTUMN], "pupil_id": ["P1"], "rule": ["attendance"], "value": [88.5]})
    runs = DataFrame({"term": [AUTUMN], "run_id": ["1"], "sentrack_version": ["0.1.0"]})
    write_sheets({"flags": flags, "runs": runs}, tmp_path / "records.xlsx")
    tables, problems = read_sheets(changed(tmp_path / "records.xlsx", put("flags", 2, pupil_id=None)), {"pupil_id": ["P2"]})
    assert problems.empty and tables["runs"]["sentrack_version"].tolist() == ["0.1.0"]
    assert all(list(tables[table]) == ["term", *schema.columns(table)] for table in ONLY_READ)


# What is no workbook of records


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"term,target_id\n", "is no Excel workbook"),
        (b"", "is no Excel workbook"),
        (b"PK\x03\x04 and then nothing", "cannot be read as a workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "locked with a password"),
        (b"PK\x03\x04" + b"\0" * MOST_BYTES, "has more than 20 MB"),
    ],
    ids=["text", "empty", "damaged", "locked", "large"],
)
def test_what_cannot_be_read_is_refused_with_a_sentence(tmp_path: Path, data: bytes, sentence: str) -> None:
    (tmp_path / "records.xlsx").write_bytes(data)
    with pytest.raises(BadInput, match=rf"^records\.xlsx .*{sentence}"):
        read_sheets(tmp_path / "records.xlsx")


def test_a_file_that_is_not_there_or_is_open_elsewhere_is_refused_with_a_sentence(
    tmp_path: Path, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(BadInput, match="There is no file"):
        read_sheets(tmp_path / "gone.xlsx")

    def locked(_: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", locked)
    with pytest.raises(BadInput, match="Close it in other programs"):
        read_sheets(file)


def test_a_workbook_of_something_else_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="has no sheet of records"):
        read_sheets(made_by_hand(tmp_path / "own.xlsx", Sheet1=[("Fruit", "Price"), ("Pear", 2)]))


def rewritten(file: Path, part: str, old: bytes, new: bytes) -> Path:
    """The workbook with some bytes of one part replaced."""
    out = io.BytesIO()
    with zipfile.ZipFile(file) as whole, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as copy:
        assert old in whole.read(part)
        for name in whole.namelist():
            content = whole.read(name)
            copy.writestr(name, content.replace(old, new) if name == part else content)
    file.write_bytes(out.getvalue())
    return file


def test_a_workbook_made_to_overfill_the_memory_is_refused(file: Path) -> None:
    with pytest.raises(BadInput, match="unpacks to more than 200 MB"):
        read_sheets(rewritten(file, "xl/sharedStrings.xml", b"</sst>", b" " * 201_000_000 + b"</sst>"))


def test_a_cell_far_out_is_refused(file: Path) -> None:
    with pytest.raises(BadInput, match="has a cell beyond row"):
        read_sheets(rewritten(file, "xl/worksheets/sheet2.xml", b'r="B2"', b'r="B900000"'))


def test_one_text_in_very_many_cells_is_refused(tmp_path: Path) -> None:
    rows = DataFrame({"term": [AUTUMN] * 2_000, "target_id": "long", "what": "long"})
    write_sheets({"targets": rows}, tmp_path / "records.xlsx")
    with pytest.raises(BadInput, match="too many cells"):
        read_sheets(rewritten(tmp_path / "records.xlsx", "xl/sharedStrings.xml", b">long<", b">" + b"a" * 30_000 + b"<"))
