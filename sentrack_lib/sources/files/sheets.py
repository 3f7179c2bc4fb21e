"""Reading a CSV, TSV, gzipped or Excel file as text, with everything that is wrong with it said.

Nothing is guessed: cells stay as they were written. A row that does not fit the headings is set aside with its number.
"""

import csv
from collections.abc import Collection
from dataclasses import dataclass
from io import StringIO
from itertools import chain, islice
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pandas import DataFrame

from sentrack_lib.errors import BadInput
from sentrack_lib.sources.files.delimited import Misfit, Rows, all_at_once, gathered, one_by_one
from sentrack_lib.sources.files.headings import DELIMITERS, FIRST_ROWS, Headings, find_headings, likeliest_delimiter
from sentrack_lib.sources.files.texts import UTF_8, Text, as_text, read_bytes
from sentrack_lib.sources.files.workbooks import Book, is_workbook, read_book, sheet_names
from sentrack_lib.sources.files.writing import SHIELDED, TEXT
from sentrack_lib.sources.problems import KEPT, ROW_SET_ASIDE, problems_table

_FIRST_PART = 1_000_000
"""Signs among which the headings of a text are looked for first."""


@dataclass(frozen=True)
class Sheet:
    """One file as it was written: `cells` (text, stripped, blank = ""; index = row number as a spreadsheet shows it),
    `problems`, and `read`, the rows below the headings that are not blank (always the rows of `cells` + rows set aside)."""

    name: str
    cells: DataFrame
    problems: DataFrame
    read: int


def read_sheet(file: Path, known: Collection[str] = (), sheet: str | None = None) -> Sheet:
    """The table in a file as text; `known` headings help to find the heading row; `BadInput` where it cannot be read at all."""
    file = Path(file)
    data = read_bytes(file)
    if not data.strip():
        raise BadInput(f"{file.name} is empty. Export it again.")
    if is_workbook(data):
        return _from_workbook(data, file.name, known, sheet)
    text = as_text(data, file.name)
    if not text.text.strip("\ufeff\n\r\t "):
        raise BadInput(f"{file.name} is empty. Export it again.")
    return _from_text(text, file.name, known)


def sheets_in(file: Path) -> list[str]:
    """The sheets of a workbook that can be seen and hold something; none where the file is no workbook."""
    data = read_bytes(Path(file))
    return sheet_names(data, Path(file).name) if is_workbook(data) else []


def _from_workbook(data: bytes, name: str, known: Collection[str], sheet: str | None) -> Sheet:
    book = read_book(data, name, sheet)
    first = list(islice(book.rows, FIRST_ROWS))
    headings = find_headings(first, known, name)
    found = gathered(chain(first[headings.row :], book.rows), headings, name)
    return _sheet(name, headings, found, _about_book(book, name))


def _from_text(text: Text, name: str, known: Collection[str]) -> Sheet:
    delimiter = likeliest_delimiter(text.text, known)
    headings, below = _parted(text.text, delimiter, known, name)
    found = all_at_once(below, headings, delimiter) or one_by_one(below, headings, delimiter, name)
    return _sheet(name, headings, found, _how_written(text, delimiter, name))


def _parted(text: str, delimiter: str, known: Collection[str], name: str) -> tuple[Headings, str]:
    """The headings of a text, and what stands below them; the first part of a long text is enough to find them."""
    for start in (text[:_FIRST_PART], text):
        lines = StringIO(start, newline="")
        first = list(islice(csv.reader(lines, delimiter=delimiter), FIRST_ROWS))
        if lines.tell() < len(start) or start == text:
            break
    headings = find_headings(first, known, name)
    lines.seek(0)
    list(islice(csv.reader(lines, delimiter=delimiter), headings.row))
    return headings, text[lines.tell() :]


def _sheet(name: str, headings: Headings, found: Rows, remarks: list[dict[str, object]]) -> Sheet:
    cells, unnamed = _named(found, headings)
    said = [*remarks, *_about_headings(name, headings, unnamed, found), *(_misfit(name, row, headings) for row in found.misfits)]
    return Sheet(name, cells, problems_table(said), len(cells) + len(found.misfits))


def _named(found: Rows, headings: Headings) -> tuple[DataFrame, list[str]]:
    """The cells under their headings; a column without a heading is left out if it is blank, else called by its place."""
    table = pa.table([_unshielded(column) for column in found.cells.columns], names=found.cells.column_names)
    cells = table.to_pandas(types_mapper={pa.large_string(): TEXT}.get).set_axis(pd.Index(found.numbers, name="row"))
    blank = [place for place, name in enumerate(headings.names) if not name and cells[str(place)].eq("").all()]
    names = {str(place): name or f"column {place + 1}" for place, name in enumerate(headings.names)}
    kept = cells.drop(columns=[str(place) for place in blank]).rename(columns=names)
    return kept, [names[str(place)] for place, name in enumerate(headings.names) if not name and place not in blank]


def _unshielded(column: pa.ChunkedArray) -> pa.ChunkedArray:
    if not pc.any(pc.starts_with(column, "'")).as_py():
        return column
    return pc.replace_substring_regex(column, pattern=SHIELDED, replacement=r"\1")


def _how_written(text: Text, delimiter: str, name: str) -> list[dict[str, object]]:
    """Remarks on how a file was saved."""
    said = []
    if text.encoding != UTF_8:
        remedy = "Check names with accents; save as CSV UTF-8 if any is wrong."
        said.append(_remark(name, f"is saved as {text.encoding}, not UTF-8", remedy))
    if "Ã" in text.text or "â€" in text.text:
        said.append(_remark(name, "holds letters such as Ã, left by a wrong conversion", "Check names; export it again."))
    if delimiter not in (",", "\t") or (delimiter == "\t" and ".csv" in name.lower()):
        said.append(_remark(name, f"has {DELIMITERS[delimiter]} between its cells", "It was read; commas are expected."))
    return said


def _about_book(book: Book, name: str) -> list[dict[str, object]]:
    """Remarks on what of a workbook was not read."""
    said = []
    if book.other:
        unread = f"has other sheets, which were not read: {', '.join(book.other)}"
        said.append(_remark(name, unread, "Import each as a file of its own."))
    if book.errors:
        wrong = f"has cells with an error such as #N/A, which were read as blank: {book.errors:,}"
        said.append(_remark(name, wrong, "Correct their formulas in Excel, then import it again."))
    return said


def _about_headings(name: str, headings: Headings, unnamed: list[str], found: Rows) -> list[dict[str, object]]:
    """Remarks on what stands above and in the headings, and on a table that ends with them."""
    said = []
    if headings.titles:
        titles = f"has its headings in row {headings.row}; what stands above was not read"
        said.append(_remark(name, titles, "Nothing to do.") | {"row": 1, "value": headings.titles[0][:80]})
    if found.repeated:
        rows = ", ".join(map(str, found.repeated[:10])) + (" and more" if len(found.repeated) > 10 else "")
        said.append(_remark(name, f"repeats its headings in row {rows}, which was read as no row", "Nothing to do."))
    for column in unnamed:
        place = {"row": headings.row, "column": column}
        said.append(_remark(name, "is a column without a heading", "Write a heading above it.") | place)
    if not len(found.numbers) and not found.misfits:
        said.append(_remark(name, "has headings but no rows", "Export it again if there should be rows."))
    return said


def _misfit(name: str, misfit: Misfit, headings: Headings) -> dict[str, object]:
    count = f"has {len(misfit.cells)} cells where there are {len(headings.names)} headings"
    problem = "has a quotation mark that opens and never closes" if misfit.unclosed else count
    remedy = "Correct this row in a spreadsheet, or export the file again."
    value = " | ".join(misfit.cells)[:80]
    return _remark(name, problem, remedy) | {"row": misfit.row, "value": value, "effect": ROW_SET_ASIDE}


def _remark(name: str, problem: str, remedy: str) -> dict[str, object]:
    return {"file": name, "row": None, "column": "", "value": "", "problem": problem, "remedy": remedy, "effect": KEPT}
