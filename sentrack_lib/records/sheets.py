"""The records as an Excel workbook that a person fills in: one sheet a table, each heading explained, words offered, nothing run.

`sheets_in` reads it again. What a sheet has for columns stands in `sheets_columns`.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from types import MappingProxyType

import xlsxwriter
from pandas import DataFrame
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_range_abs
from xlsxwriter.worksheet import Worksheet

from sentrack_lib.errors import BadInput
from sentrack_lib.records.sheets_columns import (
    LISTS,
    ONLY_READ,
    PLAIN_NUMBER,
    READ_ME,
    WRITTEN,
    as_texts,
    column_of,
)
from sentrack_lib.records.sheets_words import about, explained
from sentrack_lib.sources import schema
from sentrack_lib.sources.cells import DATE, NUMBER, TICK
from sentrack_lib.sources.files import write_whole
from sentrack_lib.sources.files.limits import MOST_ROWS

MOST_BYTES = 20_000_000
"""A workbook that is larger is not read again."""
BLANK_ROWS = 200
LONGEST_CELL = 32_767
"""Signs that Excel keeps in a cell; a sign beyond the first 65,536, such as most emoji, counts as two."""
NO_LISTS: Mapping[str, Sequence[tuple[str, str]]] = MappingProxyType({})
_SETTINGS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
# The same records make the same file, whenever they are written.
_MADE = {"title": "Records of the school", "created": datetime(2000, 1, 1)}
_FIRST_DAY = "1900-03-01"
"""Excel counts a 29 February 1900, which never was: days before this stay text."""
# A workbook writes signs that XML cannot hold as _x000D_; words that look like it just before another are read as a sign.
_NOT_KEPT = re.compile("[\ufffe\uffff]|_x[0-9A-Fa-f]{4}([\x00-\x08\x0b-\x1f]|_x[0-9A-Fa-f]{4}_)")
_TOP = {"valign": "top"}
_LOOKS = {
    "text": {**_TOP, "num_format": "@"},
    "long": {**_TOP, "num_format": "@", "text_wrap": True},
    "number": _TOP,
    "day": {**_TOP, "num_format": "yyyy-mm-dd"},
    "ours": {**_TOP, "num_format": "@", "font_color": "#7F7F7F", "bg_color": "#F2F2F2"},
    "heading": {"bold": True, "bottom": 1, "bg_color": "#DDE6EE"},
    "required heading": {"bold": True, "bottom": 1, "bg_color": "#F9D9A8"},
    "read me": {**_TOP, "num_format": "@", "text_wrap": True},
}
_WIDTHS = {"text": 16, "long": 44, "number": 11, "day": 12, "ours": 8}


def write_sheets(records: Mapping[str, DataFrame], file: Path, lists: Mapping[str, Sequence[tuple[str, str]]] = NO_LISTS) -> None:
    """Write the records (by table, typed or as text, with `entry` and `version` where a row is kept already) as a workbook.

    `lists` offers values in the columns of that name, each as it is written and as a person knows it; others stay allowed.
    `BadInput` names an entry with a cell that Excel would cut or change."""
    tables = {table: as_texts(table, records.get(table, DataFrame())) for table in schema.RECORDS}
    for table, rows in tables.items():
        _refuse_what_excel_loses(table, rows)
    content = BytesIO()
    with xlsxwriter.Workbook(content, _SETTINGS) as book:
        book.set_properties(_MADE)
        looks = {name: book.add_format(look) for name, look in _LOOKS.items()}
        _write_read_me(book.add_worksheet(READ_ME), looks)
        sheets = {table: book.add_worksheet(table) for table in tables}
        offered = _write_lists(book, {"term": _terms(tables), **lists}, looks)
        for table, rows in tables.items():
            _write_table(sheets[table], table, rows, looks, offered)
        _write_what_was_written(book.add_worksheet(WRITTEN), tables)
    if len(content.getbuffer()) > MOST_BYTES:
        raise BadInput(f"These records make a workbook of more than {MOST_BYTES // 1_000_000} MB. Write fewer terms at a time.")
    write_whole(content.getvalue(), Path(file))


def _refuse_what_excel_loses(table: str, rows: DataFrame) -> None:
    if len(rows) > MOST_ROWS - BLANK_ROWS:
        raise BadInput(f"{table} has {len(rows):,} rows, more than a sheet is read with. Write fewer terms at a time.")
    for name in rows:
        for place, cell in enumerate(rows[name]):
            length = len(cell) + sum(sign > "\uffff" for sign in cell) if len(cell) * 2 > LONGEST_CELL else 0
            if length > LONGEST_CELL:
                lost = f"holds {length:,} signs; a cell of Excel holds {LONGEST_CELL:,}. Shorten it"
                raise BadInput(f"{table}, {_called(table, rows, place)}: {name} {lost}, then write the workbook again.")
            if _NOT_KEPT.search(cell):
                lost = "holds signs that Excel would change. Write them otherwise"
                raise BadInput(f"{table}, {_called(table, rows, place)}: {name} {lost}, then write the workbook again.")


def _called(table: str, rows: DataFrame, place: int) -> str:
    """How a row is named to a person: by its entry, else by what names a row of its table."""
    row = rows.iloc[place]
    if row.get("entry"):
        return f"entry {row['entry']}"
    return " ".join(row[["term", *schema.key(table)]].str.slice(0, 40)).strip() or f"row {place + 1}"


def _terms(tables: Mapping[str, DataFrame]) -> list[tuple[str, str]]:
    return [(term, "") for term in sorted({term for rows in tables.values() for term in rows["term"]} - {""})]


def _write_read_me(sheet: Worksheet, looks: Mapping[str, Format]) -> None:
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 100)
    for row, (title, words) in enumerate(about()):
        sheet.write_string(row, 0, title, looks["heading"] if title else looks["read me"])
        sheet.write_string(row, 1, words, looks["read me"])
    _print_on_width(sheet)


def _write_lists(
    book: xlsxwriter.Workbook, lists: Mapping[str, Sequence[tuple[str, str]]], looks: Mapping[str, Format]
) -> dict[str, str]:
    """The sheet of all words that are offered; and by column (`pupil_id`), or table and column (`targets.kind`), their range."""
    words = {
        f"{table}.{name}": [(word, "") for word in column.metadata["usual"]]
        for table, schema_of in schema.RECORDS.items()
        for name, column in schema_of.columns.items()
        if column.metadata.get("usual")
    }
    sheet, offered = book.add_worksheet(LISTS), {}
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, 2 * len({**lists, **words}), 20, looks["text"])
    for place, (name, pairs) in enumerate({**lists, **words}.items()):
        _write_row(sheet, 0, [name, "shown as"], looks["heading"], 2 * place)
        for row, pair in enumerate(pairs, 1):
            _write_row(sheet, row, pair, looks["text"], 2 * place)
        if pairs:
            offered[name] = f"offered_{re.sub(r'[^A-Za-z0-9]', '_', name)}"
            book.define_name(offered[name], f"={LISTS}!{xl_range_abs(1, 2 * place, len(pairs), 2 * place)}")
    return offered


def _write_table(sheet: Worksheet, table: str, rows: DataFrame, looks: Mapping[str, Format], offered: Mapping[str, str]) -> None:
    """One table: headings explained, cells by their kind, the rows below ready to be filled in."""
    last = len(rows) + (0 if table in ONLY_READ else BLANK_ROWS)
    for place, name in enumerate(rows):
        look = _look(table, str(name))
        sheet.set_column(place, place, max(_WIDTHS[look], 0 if look == "ours" else len(str(name)) + 4), looks[look])
        required = column_of(table, str(name)).required and table not in ONLY_READ
        sheet.write_string(0, place, str(name), looks["required heading" if required else "heading"])
        sheet.write_comment(0, place, explained(table, str(name)), {"author": "sentrack", "x_scale": 2, "y_scale": 1.2})
        for row, cell in enumerate(rows[name], 1):
            _write_cell(sheet, row, place, cell, look, looks[look])
        rule = _rule(table, str(name), offered)
        if rule and last:
            sheet.data_validation(1, place, last, place, rule)
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, last, len(rows.columns) - 1)
    sheet.ignore_errors({"number_stored_as_text": xl_range_abs(0, 0, last + 1, len(rows.columns) - 1).replace("$", "")})
    sheet.repeat_rows(0)
    _print_on_width(sheet)


def _look(table: str, name: str) -> str:
    if name in ("entry", "version") and name not in schema.RECORDS[table].columns:
        return "ours"
    said = column_of(table, name).metadata
    return {NUMBER: "number", DATE: "day"}.get(said["written"], "long" if said.get("long") else "text")


def _write_cell(sheet: Worksheet, row: int, place: int, cell: str, look: str, how: Format) -> None:
    if look == "number" and PLAIN_NUMBER.fullmatch(cell):
        sheet.write_number(row, place, float(cell), how)
    elif look == "day" and (day := _day(cell)):
        sheet.write_datetime(row, place, day, how)
    elif cell:
        sheet.write_string(row, place, cell, how)


def _day(cell: str) -> date | None:
    """The day in a cell, where Excel can hold it as one."""
    try:
        day = date.fromisoformat(cell)
    except ValueError:
        return None
    # 2026-W01-1 is a day of ISO 8601 as well, and is no day here.
    return day if day.isoformat() == cell and cell >= _FIRST_DAY else None


def _rule(table: str, name: str, offered: Mapping[str, str]) -> dict[str, object] | None:
    """What a cell of a column is to hold: words that are offered can be passed over, a day or number cannot."""
    column = column_of(table, name)
    written, how = column.metadata["written"], f"Write {column.metadata['how']}."
    strict = {"error_title": name, "error_message": how}
    if name == "withdrawn" or written == TICK:
        return {"validate": "list", "source": ["Y"] if name == "withdrawn" else ["Y", "N"], **strict}
    if written == DATE:
        return {"validate": "date", "criteria": ">=", "value": date.fromisoformat(_FIRST_DAY), **strict}
    if written == NUMBER:
        return {"validate": "decimal", "criteria": "between", "minimum": -1e15, "maximum": 1e15, **strict}
    # The column that names the rows of its own table is where a new name is made up.
    words = offered.get(f"{table}.{name}") if schema.key(table) == [name] else offered.get(name, offered.get(f"{table}.{name}"))
    return {"validate": "list", "source": f"={words}", "error_type": "information", "show_error": False} if words else None


def _write_what_was_written(sheet: Worksheet, tables: Mapping[str, DataFrame]) -> None:
    """Every entry with its sheet and version, hidden: by it one sees later whether any was altered by hand."""
    kept = {table: rows[rows["entry"].ne("")] for table, rows in tables.items() if table not in ONLY_READ}
    _write_row(sheet, 0, ["sheet", "entry", "version"])
    pairs = [(table, *pair) for table, rows in kept.items() for pair in zip(rows["entry"], rows["version"], strict=True)]
    for row, cells in enumerate(pairs, 1):
        _write_row(sheet, row, cells)
    sheet.very_hidden()


def _write_row(sheet: Worksheet, row: int, cells: Iterable[str], how: Format | None = None, start: int = 0) -> None:
    for place, cell in enumerate(cells, start):
        sheet.write_string(row, place, str(cell), how)


def _print_on_width(sheet: Worksheet) -> None:
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
