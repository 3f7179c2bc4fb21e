"""The workbook beside a page: its tables as sheets, typed, with headings that stay and filters."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import pandas as pd
from pandas import DataFrame
from pandas.api.types import is_bool_dtype, is_datetime64_any_dtype, is_numeric_dtype
from xlsxwriter import Workbook

from sentrack_lib.cycle.packs.rows import DAY, NUMBER, TEXT, Rows
from sentrack_lib.privacy import ByPupil
from sentrack_lib.views.papers import Papers
from sentrack_lib.views.tables import workbook

_FIRST_DAY, _ONE_DAY = pd.Timestamp("1899-12-30"), pd.Timedelta(days=1)
"""How spreadsheets count days."""


@dataclass(frozen=True)
class Sheet:
    """A sheet as a spreadsheet holds it: of each column its name, what it holds, and its cells; nothing where one is missing."""

    columns: Sequence[tuple[str, str, Sequence[Any]]]

    @classmethod
    def of(cls, table: DataFrame) -> "Sheet":
        """A table, each column as the kind it is."""
        kinds = [_kind(dtype) for dtype in table.dtypes]
        cells = zip(map(str, table), kinds, table.to_numpy(dtype="object").T.tolist(), strict=True)
        return cls([(name, kind, [_cell(each, kind) for each in column]) for name, kind, column in cells])

    def cut(self, rows: slice) -> "Sheet":
        """Some of its rows."""
        return Sheet([(name, kind, cells[rows]) for name, kind, cells in self.columns])


def sheets(name: str, papers: Papers) -> dict[str, Sheet]:
    """The sheets of the workbook beside a page; of one pupil of many they are cut out of those of all."""
    if not papers.one_of_many:
        return {title: Sheet.of(table) for title, table in workbook(name, papers).items()}
    of_all = papers.once("sheets", lambda whole: {title: _gathered(table) for title, table in workbook(name, whole).items()})
    return {title: sheet.cut(rows.span(papers.pupil)) for title, (sheet, rows) in of_all.items()}


def _gathered(table: DataFrame) -> tuple[Sheet, ByPupil]:
    rows = ByPupil(table, table["pupil_id"])
    return Sheet.of(rows.rows), rows


def workbook_of(tables: Mapping[str, DataFrame]) -> bytes:
    """The workbook of these tables, one sheet a table."""
    return book_of({name: Sheet.of(table) for name, table in tables.items()})


def book_of(sheets: Mapping[str, Sheet]) -> bytes:
    """The workbook of these sheets: each with a heading that stays and filters, and no cell that a spreadsheet would run."""
    content = io.BytesIO()
    with Workbook(content, {"in_memory": True}) as book:
        heading, day = book.add_format({"bold": True, "bottom": 1}), book.add_format({"num_format": "yyyy-mm-dd"})
        for name, sheet in sheets.items():
            book.add_worksheet(name[:31], worksheet_class=Rows).fill(sheet.columns, heading, day)
    return content.getvalue()


def _cell(cell: Any, kind: str) -> Any:
    """A cell as a spreadsheet holds it: a day is counted in days."""
    if isinstance(cell, str):
        return cell
    if pd.isna(cell) is True:
        return None
    if kind == TEXT:
        return str(cell)
    return (cell - _FIRST_DAY) / _ONE_DAY if kind == DAY else cell


@lru_cache(100)
def _kind(dtype: Any) -> str:
    if is_datetime64_any_dtype(dtype):
        return DAY
    return NUMBER if is_numeric_dtype(dtype) and not is_bool_dtype(dtype) else TEXT
