"""A workbook's cells are what the table holds, each as the kind that it is."""

import io
import zipfile
from datetime import datetime

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.worksheet.worksheet import Worksheet
from pandas import DataFrame

from sentrack_lib.cycle.packs.workbooks import workbook_of


def sheet_of(table: DataFrame) -> Worksheet:
    return openpyxl.load_workbook(io.BytesIO(workbook_of({"a sheet": table})))["a sheet"]


def cells_of(table: DataFrame) -> list[list[object]]:
    return [list(row) for row in sheet_of(table).iter_rows(min_row=2, values_only=True)]


def test_each_column_is_written_as_the_kind_it_is():
    table = DataFrame({
        "pupil": ["Ada Invented", None],
        "points": [1.25, np.nan],
        "times": pd.array([3, None], dtype="Int64"),
        "on": pd.to_datetime(["2026-01-05", None]),
        "late": [True, False],
        "mixed": [7, "seven"],
    })  # fmt: skip
    assert cells_of(table) == [
        ["Ada Invented", 1.25, 3, datetime(2026, 1, 5), "True", "7"],
        [None, None, None, None, "False", "seven"],
    ]


def test_days_are_shown_as_days_and_the_heading_stays_and_filters():
    sheet = sheet_of(DataFrame({"on": pd.to_datetime(["2026-01-05"]), "why": ["lateness"]}))
    assert sheet["A2"].number_format == "yyyy-mm-dd"
    assert sheet["A1"].font.b and not sheet["B2"].font.b
    assert (sheet.freeze_panes, sheet.auto_filter.ref, sheet.dimensions) == ("A2", "A1:B2", "A1:B2")


@pytest.mark.parametrize("table", [DataFrame(), DataFrame({"a": []}), DataFrame({"a": [np.nan, np.nan]})])
def test_a_table_without_anything_in_it_is_a_sheet(table):
    assert cells_of(table) in ([], [[None]])


def test_a_row_without_anything_in_it_keeps_its_place():
    assert cells_of(DataFrame({"a": [1.0, np.nan, 3.0]})) == [[1], [None], [3]]


def test_a_number_without_end_is_left_out():
    assert cells_of(DataFrame({"a": [np.inf, -np.inf, 0.1]})) == [[None], [None], [0.1]]


def test_columns_of_one_name_are_both_written():
    assert cells_of(DataFrame([[1, 2]], columns=["a", "a"])) == [[1, 2]]


def test_markup_is_text():
    hostile = "<r><t>Ada</t></r>"
    assert cells_of(DataFrame({"a": [hostile, "<b>&amp;"]})) == [[f"{hostile} "], ["<b>&amp;"]]


def test_a_text_longer_than_a_cell_is_cut():
    ((plain,), (wide,)) = cells_of(DataFrame({"a": ["a" * 40_000, "\N{GRINNING FACE}" * 20_000]}))
    assert (len(plain), len(wide)) == (32_767, 16_383)


def test_the_list_of_texts_says_how_many_cells_hold_one():
    table = DataFrame({"a": ["same", "same", "other"]})
    with zipfile.ZipFile(io.BytesIO(workbook_of({"a": table}))) as book:
        assert b'count="4" uniqueCount="3"' in book.read("xl/sharedStrings.xml")


TEXTS = st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=9)


@settings(max_examples=25)
@given(st.lists(st.tuples(st.none() | TEXTS, st.none() | st.floats(-1e300, 1e300)), max_size=9))
def test_what_goes_in_comes_out(rows):
    texts, numbers = ([row[place] for row in rows] for place in (0, 1))
    table = DataFrame({"a": pd.array(texts, dtype="str"), "b": pd.array(numbers, dtype="float64"), "row": "x"})
    for (text, number, _), came in zip(cells_of(table), rows, strict=True):
        assert (text or "") == (came[0] or "")
        assert number == (None if came[1] is None else pytest.approx(came[1], rel=1e-14))
