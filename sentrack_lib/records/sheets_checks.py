"""What can be wrong on one sheet of records: headings, cells, rows beside each other, and names of what is not there."""

from collections.abc import Hashable, Iterator, Mapping
from difflib import get_close_matches
from typing import Any

import numpy as np
import pandas as pd
from pandas import DataFrame, Series

from sentrack_lib.records.sheets_columns import ONLY_READ, OURS, sheet_columns
from sentrack_lib.settings import nearest
from sentrack_lib.sources import schema
from sentrack_lib.sources.cells import DATE, NUMBER, TICK
from sentrack_lib.sources.checking import CONTRADICTS, TWICE, Finding, check_rows, fit_columns, problems_of
from sentrack_lib.sources.problems import FILE_SET_ASIDE, ROW_SET_ASIDE, Fault, all_problems, problem, problems_table
from sentrack_lib.terms import Term

MOST_NAMES_LISTED = 12
_A_TERM = "Write it as 2025-26-autumn, 2025-26-spring or 2025-26-summer."
_NO_TERM = Fault("is not a term", _A_TERM)
_BLANK_TERM = Fault("is blank", f"Fill in the term the row is of. {_A_TERM}")
_WITHDRAWN = Fault("is neither Y nor blank", "Write Y to take the row back, else leave it blank.")
_NEVER_THERE = Fault("takes back a row that was never kept", "Delete the row instead: it is new.")
_LEAVE = "Put back what stood there. In a new row leave entry and version blank."
_ALTERED = Fault("is not what was written there with this version", _LEAVE)
_HALF = Fault("is blank, though of entry and version the other is not", _LEAVE)
_COPIED = Fault("is in more than one row", "A copied row is a new one: leave its entry and version blank.")
_LOST = Fault("is a column that is missing", "Put it back: without it the rows would lose what they hold.", FILE_SET_ASIDE)
_MISNAMED = "is not a column sentrack knows, but one is missing that may be meant"
_UNKNOWN = Fault("is not known", "")
_REPEATS = (TWICE.problem, CONTRADICTS.problem)


def checked(
    table: str, rows: DataFrame, where: str, named: Mapping[str, set[str]], written: set[tuple[str, ...]] | None
) -> DataFrame:
    """All problems of one sheet. Of a sheet that is only to be read none are told; of rows taken back only those of their
    `entry`. `named` are the names to refer to by column, `written` the sheet, entry and version of each row once written."""
    if table in ONLY_READ:
        return problems_table()
    absent = [name for name in sheet_columns(table) if name not in rows]
    about_columns = _about_columns(table, rows, where, absent, written is not None)
    if rows.empty:
        return about_columns
    whole = rows.reindex(columns=sheet_columns(table), fill_value="").assign(file=where, row=rows.index).reset_index(drop=True)
    standing = whole[whole["withdrawn"].ne("Y")].reset_index(drop=True)
    about_entries = problems_of(whole, list(_about_entries(table, whole, written)))
    about_rows = all_problems([about_entries, _about_cells(table, standing, where), *_about_names(table, standing, named)])
    # What a missing column would say is told once, of the column.
    torn = about_rows["problem"].isin(_REPEATS) & bool(set(schema.key(table)) & set(absent))
    told = about_rows[~about_rows["column"].isin(absent) & ~torn]
    return all_problems([about_columns, told.sort_values("row", kind="stable")])


def _about_columns(table: str, rows: DataFrame, where: str, absent: list[str], ours: bool) -> DataFrame:
    """Headings that are missing or not known. A workbook that was written with all columns, or has rows that are kept already,
    must have them all: what a missing one held would be lost."""
    fitted = rows.drop(columns=[name for name in OURS if name in rows])
    said = fit_columns(table, fitted, where)[1]
    told = said.assign(remedy=said["remedy"].str.replace(f"{table}.csv", "the sheet")).to_dict("records")
    kept = ours or ("entry" in rows and bool(rows["entry"].ne("").any()))
    lost = [name for name in absent if (kept or name == "term") and name not in schema.required(table)]
    renamed = [_renamed(row, absent) for row in told]
    return problems_table([*renamed, *(problem(where, _LOST, column=name) for name in lost)])


def _renamed(told: dict[Hashable, Any], absent: list[str]) -> dict[str, object]:
    """An unknown heading where one like it is missing is no column of the person's own: what stands under it would be lost."""
    row = {str(name): value for name, value in told.items()}
    name = str(row["column"])
    meant = get_close_matches(name.casefold().replace(" ", "_"), [] if name in absent else absent, n=1)
    return {**row, "problem": _MISNAMED, "remedy": f"Did you mean {meant[0]}?", "effect": FILE_SET_ASIDE} if meant else row


def _about_entries(table: str, rows: DataFrame, written: set[tuple[str, ...]] | None) -> Iterator[Finding]:
    """What is wrong with the columns by which a row is known again, and with its term."""
    entry, version, back = rows["entry"], rows["version"], rows["withdrawn"]
    blank = rows["term"].eq("")
    yield _where(blank, "term", _BLANK_TERM)
    yield _where(~blank & ~rows["term"].map(Term.is_named).astype("bool"), "term", _NO_TERM)
    yield _where(~back.isin(["", "Y"]), "withdrawn", _WITHDRAWN)
    yield _where(back.eq("Y") & entry.eq(""), "withdrawn", _NEVER_THERE)
    yield _where(entry.ne("") & version.eq(""), "version", _HALF)
    yield _where(entry.eq("") & version.ne(""), "entry", _HALF)
    yield _where(entry.ne("") & entry.duplicated(keep=False), "entry", _COPIED)
    if written is not None:
        as_written = Series([(table, *pair) in written for pair in zip(entry, version, strict=True)], dtype="bool")
        yield _where(entry.ne("") & version.ne("") & ~as_written, "entry", _ALTERED)


def _where(wrong: Series, column: str, fault: Fault) -> Finding:
    return Finding(column, fault, np.flatnonzero(wrong.to_numpy(dtype=bool)))


def _about_cells(table: str, rows: DataFrame, where: str) -> DataFrame:
    """Cells and rows by the checks of their table. Who writes by hand can correct: no cell is passed over as not known."""
    # A record belongs to a term: the same row in two terms is no contradiction.
    found = check_rows(table, rows.assign(file=rows["term"]))[1]
    remedies = [_remedy(table, *told) for told in found[["column", "value", "problem", "remedy"]].to_numpy().tolist()]
    return found.assign(file=where, effect=ROW_SET_ASIDE, remedy=Series(remedies, index=found.index, dtype="str"))


def _remedy(table: str, column: str, value: str, fault: str, remedy: str) -> str:
    said = schema.RECORDS[table].columns[column]
    if fault in _REPEATS or not value or said.metadata["written"] not in (DATE, NUMBER, TICK):
        return remedy
    return f"Write it as {said.metadata['how']}{'' if said.required else ', or leave it blank'}."


def _about_names(table: str, rows: DataFrame, named: Mapping[str, set[str]]) -> Iterator[DataFrame]:
    """Cells that name a pupil, an adult, a provision, a target or a meeting that is not there, with the nearest that is."""
    for column, names in named.items():
        if column not in schema.columns(table) or schema.key(table) == [column]:
            continue
        told = problems_of(rows, [_where(rows[column].ne("") & ~rows[column].isin(list(names)), column, _UNKNOWN)])
        near = {value: _nearest(value, names) for value in pd.unique(told["value"])} if len(told) else {}
        yield told.assign(remedy=told["value"].map(near).astype("str"))


def _nearest(value: str, names: set[str]) -> str:
    said = nearest(value, sorted(names)).strip()
    if said.startswith("Known") and (len(names) > MOST_NAMES_LISTED or not names):
        return "Write one that is in the records or on its sheet here; the sheet `lists` shows those offered."
    return said
