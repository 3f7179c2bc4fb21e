"""The cells of an Excel workbook as text, read so that a file made to overfill the memory is refused first."""

import io
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from python_calamine import CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from sentrack_lib.errors import BadInput
from sentrack_lib.sources.files.texts import visible

MOST_BYTES = 200_000_000
MOST_ROWS = 500_000
MOST_COLUMNS = 500
MOST_CELLS = 8_000_000
MOST_LETTERS = 50_000_000
_PLACE = re.compile(rb"""\br\s*=\s*["']([A-Za-z]{0,7})(\d{1,9})["']""")
_ERROR = re.compile(rb"""<(?:\w+:)?c\s[^>]*\bt\s*=\s*["']e["']""")
_CELL = re.compile(rb"<(?:\w+:)?c[\s/>]")


def is_workbook(data: bytes) -> bool:
    """Whether some bytes are an Excel workbook (.xlsx), whatever the file is called."""
    return data.startswith(b"PK\x03\x04")


@dataclass(frozen=True)
class Book:
    """The rows of one sheet from row 1, cells as text; the names of the `other` sheets that hold something; and how many cells
    of the workbook show an error such as #N/A, which are read as blank."""

    rows: Iterator[list[str]]
    other: list[str]
    errors: int


def read_book(data: bytes, name: str, sheet: str | None = None) -> Book:
    """One sheet of a workbook: the one that is named, else the first that can be seen and holds something."""
    with _said(name):
        measured, errors = _measured(data, name)
        chosen, other = _chosen(CalamineWorkbook.from_filelike(io.BytesIO(measured)), name, sheet)
    if chosen.total_height * chosen.total_width > MOST_CELLS:
        raise BadInput(_too_large(name))
    return Book((list(map(_as_text, row)) for row in chosen.iter_rows()), other, errors)


def sheet_names(data: bytes, name: str) -> list[str]:
    """The sheets of a workbook that can be seen and hold something."""
    with _said(name):
        book = CalamineWorkbook.from_filelike(io.BytesIO(_measured(data, name)[0]))
        return _filled(book)


def every_sheet(data: bytes, name: str) -> tuple[dict[str, list[list[str]]], int]:
    """The rows of every sheet of a workbook from row 1, of hidden sheets too, cells as text; and how many cells show an error."""
    with _said(name):
        measured, errors = _measured(data, name)
        book = CalamineWorkbook.from_filelike(io.BytesIO(measured))
        sheets = [book.get_sheet_by_name(meta.name) for meta in book.sheets_metadata if meta.typ == SheetTypeEnum.WorkSheet]
        if sum(sheet.total_height * sheet.total_width for sheet in sheets) > MOST_CELLS:
            raise BadInput(_too_large(name))
        return dict(zip((sheet.name for sheet in sheets), _texts_of(sheets, name), strict=True)), errors


@contextmanager
def _said(name: str) -> Iterator[None]:
    """Whatever goes wrong in a damaged workbook, as one sentence. The reader beneath panics with a BaseException of its own."""
    try:
        yield
    except (BadInput, KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException as fault:
        raise BadInput(f"{name} cannot be read as a workbook. Open it in Excel and save it again as .xlsx or CSV.") from fault


def _measured(data: bytes, name: str) -> tuple[bytes, int]:
    """The same workbook with only the parts that were measured: what is read next cannot be larger than what was counted here;
    and its cells with an error."""
    measured, errors = io.BytesIO(), 0
    with zipfile.ZipFile(io.BytesIO(data)) as packed, zipfile.ZipFile(measured, "w") as plain:
        _refuse_other_zips(packed.namelist(), name)
        parts = [part for part in packed.infolist() if part.filename.endswith((".xml", ".rels"))]
        if sum(part.file_size for part in packed.infolist()) > MOST_BYTES:
            raise BadInput(f"{name} unpacks to more than 200 MB. Save only the sheet that is needed, as CSV.")
        for part in parts:
            content = packed.read(part)
            if "worksheets/" in part.filename.lower():
                _refuse_far_cells(content, name)
                errors += len(_ERROR.findall(content))
            plain.writestr(part.filename, content)
    return measured.getvalue(), errors


def _refuse_other_zips(parts: list[str], name: str) -> None:
    """What begins like a workbook and is none that can be measured."""
    if "xl/workbook.bin" in parts:
        raise BadInput(f"{name} is a binary workbook (.xlsb). Save it as .xlsx or CSV.")
    if "content.xml" in parts and "mimetype" in parts:
        raise BadInput(f"{name} is an OpenDocument sheet (.ods). Save it as .xlsx or CSV.")
    if parts and "[Content_Types].xml" not in parts:
        raise BadInput(f"{name} is a zip. Unpack it, then import the files in it.")


def _refuse_far_cells(content: bytes, name: str) -> None:
    """One cell far out makes a reader lay out every cell before it, so places are looked at before any sheet is opened."""
    if b"\0" in content[:1000]:
        raise ValueError("worksheets are written in UTF-8")
    if sum(1 for _ in _CELL.finditer(content)) > MOST_CELLS:
        raise BadInput(_too_large(name))
    rows = columns = 0
    for place in _PLACE.finditer(content):
        rows = max(rows, int(place[2]))
        columns = max(columns, len(place[1]) and _column(place[1]))
        if rows > MOST_ROWS or columns > MOST_COLUMNS or rows * columns > MOST_CELLS:
            raise BadInput(_too_large(name))


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def _too_large(name: str) -> str:
    return (
        f"{name} has a cell beyond row {MOST_ROWS:,} or column {MOST_COLUMNS}, or too many cells in all. "
        "Copy only the table into a new workbook, or save it as CSV."
    )


def _texts_of(sheets: list[CalamineSheet], name: str) -> Iterator[list[list[str]]]:
    """The cells of each sheet as text. A text that many cells share lies in the file once, so what they say is counted."""
    letters = 0
    for sheet in sheets:
        rows = []
        for row in sheet.iter_rows():
            rows.append(list(map(_as_text, row)))
            letters += sum(map(len, rows[-1]))
            if letters > MOST_LETTERS:
                raise BadInput(_too_large(name))
        yield rows


def _chosen(book: CalamineWorkbook, name: str, sheet: str | None) -> tuple[CalamineSheet, list[str]]:
    if sheet is not None and sheet not in book.sheet_names:
        raise BadInput(f'{name} has no sheet called "{sheet}". It has: {", ".join(book.sheet_names)}.')
    if sheet is not None:
        return book.get_sheet_by_name(sheet), []
    filled = _filled(book)
    return book.get_sheet_by_name(next(iter(filled or _visible(book)))), filled[1:]


def _filled(book: CalamineWorkbook) -> list[str]:
    return [each for each in _visible(book) if book.get_sheet_by_name(each).height]


def _visible(book: CalamineWorkbook) -> list[str]:
    return [meta.name for meta in book.sheets_metadata if meta.visible == SheetVisibleEnum.Visible] or book.sheet_names


def _as_text(value: Any) -> str:
    """A cell as a person would write it in a CSV file: dates as 2025-04-03, whole numbers without a point."""
    if isinstance(value, str):
        return value if value.isascii() else visible(value)
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
    return value.isoformat() if isinstance(value, (date, time)) else str(value)
