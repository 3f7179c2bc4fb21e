"""The workbook of records, filled in by a person, as tables again; with every mistake in it at once, and nothing guessed."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from pandas import DataFrame
from xlsxwriter.utility import xl_col_to_name

from sentrack_lib.errors import BadInput
from sentrack_lib.records.sheets import MOST_BYTES
from sentrack_lib.records.sheets_checks import checked
from sentrack_lib.records.sheets_columns import LISTS, ONLY_READ, READ_ME, WRITTEN, canonical, column_of, sheet_columns
from sentrack_lib.settings import nearest
from sentrack_lib.sources import schema
from sentrack_lib.sources.files.headings import FIRST_ROWS, find_headings
from sentrack_lib.sources.files.texts import read_bytes
from sentrack_lib.sources.files.workbooks import every_sheet, is_workbook
from sentrack_lib.sources.problems import FILE_SET_ASIDE, KEPT, Fault, all_problems, problem, problems_table, sets_aside

NOTHING_KNOWN: Mapping[str, Collection[str]] = MappingProxyType({})
_NAMES = {"provision_id": "provisions", "target_id": "targets", "meeting_id": "meetings"}
"""The sheet on which the rows are that a column of another sheet names."""
_AGAIN = "Correct it in Excel, save, and read the workbook in again."
_ERRORS = Fault("has cells that show an error such as #N/A: {}", "Write there what they are to hold.", FILE_SET_ASIDE)
_NO_TABLE = Fault("is no table of the records; it was not read", "If it is one, give the sheet the name of its table.", KEPT)
_RENAMED = "is built like a table of the records, but its name is none"


@dataclass(frozen=True)
class _Found:
    """The sheets of a workbook that are tables, as text, and what is wrong with how they are laid out."""

    tables: dict[str, DataFrame] = field(default_factory=dict)
    problems: list[DataFrame] = field(default_factory=list)


def read_sheets(file: Path, known: Mapping[str, Collection[str]] = NOTHING_KNOWN) -> tuple[dict[str, DataFrame], DataFrame]:
    """The tables of a workbook, and all problems with it. `BadInput` where it is no workbook of records, or too large.

    Each table holds text: `term`, its columns, `entry`, `version`, `withdrawn` (`flags` and `runs`, which are only to be read,
    without these three); its index is the row in Excel. A sheet that is not there, or has no rows at all, is no table. `known`
    are the names that may be referred to (`pupil_id`, `adult_id`, `provision_id`, `target_id`, `meeting_id`) beside those in the
    workbook. The problems are as in `problems_table`; `has_mistakes` says whether anything may be loaded."""
    file = Path(file)
    sheets, errors = _opened(file)
    found = _found(sheets, file.name)
    if not found.tables and not found.problems:
        raise BadInput(f"{file.name} has no sheet of records. They are called {', '.join(list(schema.RECORDS)[:3])} and so on.")
    named = _named(found.tables, known)
    written = _as_written(sheets)
    about_rows = [checked(table, rows, _place(file.name, table), named, written) for table, rows in found.tables.items()]
    tables = {table: rows.reindex(columns=sheet_columns(table), fill_value="") for table, rows in found.tables.items()}
    problems = [*_about_book(sheets, errors, file.name), *found.problems, *about_rows]
    return tables, all_problems(problems)


def has_mistakes(problems: DataFrame) -> bool:
    """Whether a workbook has to be corrected first: any cell, row or sheet in it cannot be used."""
    return sets_aside(problems)


def _opened(file: Path) -> tuple[dict[str, list[list[str]]], int]:
    data = read_bytes(file)
    if len(data) > MOST_BYTES:
        raise BadInput(f"{file.name} has more than {MOST_BYTES // 1_000_000} MB. Take out pictures, or leave out terms.")
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise BadInput(f"{file.name} is an old Excel file (.xls) or locked with a password. Save it as .xlsx without one.")
    if not is_workbook(data):
        raise BadInput(f"{file.name} is no Excel workbook. Save it as .xlsx.")
    return every_sheet(data, file.name)


def _place(file: str, sheet: str) -> str:
    return f"{file}, sheet {sheet}"


def _found(sheets: Mapping[str, list[list[str]]], file: str) -> _Found:
    found = _Found()
    for table in schema.RECORDS:
        rows = sheets.get(table, [])
        if not any(cell.strip() for row in rows for cell in row):
            continue
        try:
            found.tables[table], said = _table(table, rows, _place(file, table))
            found.problems.append(said)
        except BadInput as fault:
            sentence = str(fault).removeprefix(_place(file, table)).lstrip(": ").partition(". ")[0]
            refused = Fault(sentence.rstrip("."), _AGAIN, FILE_SET_ASIDE)
            found.problems.append(problems_table([problem(_place(file, table), refused)]))
    return found


def _table(table: str, rows: list[list[str]], where: str) -> tuple[DataFrame, DataFrame]:
    """The rows below the headings that are not blank, as they are kept; and what stands under no heading."""
    headings = find_headings(rows[:FIRST_ROWS], sheet_columns(table), where)
    names = [name or f"column {xl_col_to_name(place)}" for place, name in enumerate(headings.names)]
    cells = DataFrame(rows[headings.row :], columns=names, dtype="str")
    cells.index = cells.index + headings.row + 1
    ours = [name for name in sheet_columns(table) if name in cells]
    for name in ours:
        cells[name] = canonical(column_of(table, name), cells[name])
    bare = [name for name, heading in zip(names, headings.names, strict=True) if not heading]
    filled = cells[cells.apply(lambda column: column.str.strip().ne("")).any(axis=1)].rename_axis("row")
    fault = Fault("stands under no heading", "Write it under a heading, or take it out.")
    told = [problem(where, fault, int(row), name, cell) for name in bare for row, cell in filled[name].items() if cell.strip()]
    return filled.drop(columns=bare), problems_table(told)


def _named(tables: Mapping[str, DataFrame], known: Mapping[str, Collection[str]]) -> dict[str, set[str]]:
    """By column the names that a row may refer to: those known, and those of this workbook."""
    named = {column: set(map(str, names)) for column, names in known.items()}
    for column, table in _NAMES.items():
        rows = tables.get(table, DataFrame()).reindex(columns=[column, "name", "withdrawn"], fill_value="")
        standing = rows[rows["withdrawn"].ne("Y")]
        own = {*standing[column], *(standing["name"] if column == "provision_id" else ())} - {""}
        if own or column in named:
            named[column] = named.get(column, set()) | own
    return named


def _as_written(sheets: Mapping[str, list[list[str]]]) -> set[tuple[str, ...]] | None:
    """The sheet, entry and version of each row as the workbook was written; none where that was not kept in it."""
    return {tuple(row[:3]) for row in sheets[WRITTEN][1:]} if WRITTEN in sheets else None


def _about_book(sheets: Mapping[str, list[list[str]]], errors: int, file: str) -> list[DataFrame]:
    """Cells with an error, and sheets that are none of the records."""
    said = []
    if errors:
        said.append(problem(file, Fault(_ERRORS.problem.format(errors), _ERRORS.remedy, FILE_SET_ASIDE)))
    for sheet in [name for name in sheets if name not in (*schema.RECORDS, READ_ME, LISTS, WRITTEN)]:
        if any("term" in row for row in sheets[sheet][:FIRST_ROWS]):
            fault = Fault(_RENAMED, nearest(sheet, [t for t in schema.RECORDS if t not in ONLY_READ]).strip(), FILE_SET_ASIDE)
        else:
            fault = _NO_TABLE
        said.append(problem(_place(file, sheet), fault))
    return [problems_table(said)]
