"""The sheets of a term's folder and the store, as one: a sheet counts until what it says has been filed."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd
from pandas import DataFrame, Series

from sentrack_lib.records.changing import Conflict
from sentrack_lib.records.entries import named, stored
from sentrack_lib.records.store import Saved, Store, store_there
from sentrack_lib.records.tables import SHOWN
from sentrack_lib.sources import schema
from sentrack_lib.sources.loading import School

Sheets = Mapping[str, DataFrame]
SHEETS = "sheets"
"""How a save is called that filed the sheets of the terms."""
_TRIES = 5


def recorded(school: School, url: str | None = None, sheets: Sheets | None = None) -> School:
    """The school whose `records` are what stands in its store, and rows of its sheets that are not in the store yet.

    Each table has the columns of `Store.current`; a row of a sheet has version 0 and is recorded by nobody yet. What was changed
    or taken back in the store is not read from a sheet again. Where there is no store, none is made. `sheets` are the
    `rows_of_sheets` of the school, where they are at hand."""
    store = store_there(school.folder, url)
    sheets = rows_of_sheets(school) if sheets is None else sheets
    if store is None:
        return replace(school, records=sheets)
    unfiled = _unfiled(sheets, store)
    return replace(school, records={table: _joined(rows, unfiled[table]) for table, rows in store.current().items()})


def file_sheets(school: School, store: Store, by: str, sheets: Sheets | None = None) -> Saved | None:
    """Keep in the store what the sheets of a school's terms say and the store does not know yet; nothing where it knows all.

    Doing it again changes nothing, and what a person has changed or taken back stays so. `sheets` as in `recorded`."""
    sheets = rows_of_sheets(school) if sheets is None else sheets
    for _ in range(_TRIES):
        unfiled = _unfiled(sheets, store)
        tables = {table: rows[["term", *schema.columns(table)]] for table, rows in unfiled.items() if len(rows)}
        if not tables:
            return None
        try:
            saved = store.save(tables, by, how=SHEETS)
        except Conflict:
            continue  # somebody recorded one of them in between: theirs stays, the others are filed
        return saved if saved.rows else None
    return None


def rows_of_sheets(school: School) -> Sheets:
    """The rows of the sheets with what names each for good; of rows that are the same entry the first."""
    rows = {table: _entered(table, school.records[table]) for table in schema.RECORDS}
    return {table: each.drop_duplicates("entry", ignore_index=True) for table, each in rows.items()}


def _entered(table: str, rows: DataFrame) -> DataFrame:
    cells = stored(table, rows)
    names = [named(table, term, some) for term, some in zip(rows["term"], cells, strict=True)]
    version = Series(0, index=rows.index, dtype="int64")
    nobody = Series(np.nan, index=rows.index, dtype="str")
    own = dict(zip(SHOWN, (Series(names, index=rows.index, dtype="str"), version, nobody, nobody), strict=True))
    return DataFrame({**{name: rows[name] for name in ["term", *schema.columns(table)]}, **own})


def _unfiled(sheets: Sheets, store: Store) -> dict[str, DataFrame]:
    """The rows of the sheets that the store does not know."""
    there = store.entries(table for table, rows in sheets.items() if len(rows))
    return {table: rows[~rows["entry"].isin(there.get(table, ()))] for table, rows in sheets.items()}


def _joined(standing: DataFrame, sheets: DataFrame) -> DataFrame:
    """What stands and what is not filed yet, by term."""
    some = [rows for rows in (standing, sheets) if len(rows)]
    whole = pd.concat(some) if some else standing
    return whole.sort_values("term", kind="stable", ignore_index=True)
