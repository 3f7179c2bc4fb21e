"""What stands: the newest version of each entry that was not taken back, as the tables of a school."""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
from pandas import DataFrame
from pandas.api.extensions import ExtensionArray
from sqlalchemy import Connection, Row, Select, and_, func, select

from sentrack_lib.records.connecting import damaged
from sentrack_lib.records.entries import seals
from sentrack_lib.records.tables import METADATA, SHOWN, amounts, days
from sentrack_lib.sources import schema
from sentrack_lib.terms import Term

_TEXT: Any = pd.StringDtype(na_value=np.nan)


def standing(connection: Connection, table: str, until: Term | None = None) -> DataFrame:
    """The rows of a table that stand, typed as in `School.records`, by term and then as they were first recorded; `Damaged` where
    a row is not what was saved."""
    found = connection.execute(_QUESTIONS[table]).all()
    refuse_damage(connection, found)
    rows = sorted((row for row in found if until is None or Term.named(row.term) <= until), key=lambda row: row.term)
    return as_tables_are(table, rows)


def refuse_damage(connection: Connection, rows: Sequence[Row]) -> None:
    """`Damaged` where a row does not fit its seal: SQLite itself does not see a changed letter inside a cell."""
    if rows and any(row.seal != sealed for row, sealed in zip(rows, seals(rows[0]._fields, rows), strict=True)):
        raise damaged(connection.engine.url)


def every_entry(connection: Connection, table: str) -> set[str]:
    """The names of all entries of a table, those that were taken back included."""
    return set(connection.execute(select(METADATA.tables[table].c.entry).distinct()).scalars())


def as_tables_are(table: str, rows: list[Row]) -> DataFrame:
    """Stored rows as a table: `term`, the columns of the record, typed, and who recorded which version when."""
    if not rows:
        return _empty(table).copy()
    columns = dict(zip(rows[0]._fields, zip(*rows, strict=True), strict=True))
    return DataFrame({name: _typed(columns[name], kind) for name, kind in _types(table).items()}, copy=False)


@cache
def _types(table: str) -> dict[str, str]:
    """The columns that are handed out of a table, each with its type."""
    names = ["term", *schema.columns(table), *SHOWN]
    other = {"version": "int64", **dict.fromkeys(amounts(table), "float64")} | dict.fromkeys(days(table), "datetime64[us]")
    return {name: other.get(name, "str") for name in names}


@cache
def _empty(table: str) -> DataFrame:
    """Most tables of most schools are empty: they are put together once."""
    return DataFrame({name: _typed((), kind) for name, kind in _types(table).items()}, copy=False)


def _typed(cells: Iterable[Any], kind: str) -> ExtensionArray | np.ndarray:
    if kind == "datetime64[us]":
        return np.array(list(cells), dtype="datetime64[D]").astype("datetime64[us]")
    if kind == "str":
        return pd.array(list(cells), dtype=_TEXT)
    return np.array(list(cells), dtype=kind)


def _question(name: str) -> Select:
    table = METADATA.tables[name]
    first = table.alias()
    ends = (
        select(table.c.entry, func.max(table.c.version).label("last"), func.min(table.c.version).label("first"))
        .group_by(table.c.entry)
        .subquery()
    )
    return (
        select(table)
        .join(ends, and_(table.c.entry == ends.c.entry, table.c.version == ends.c.last))
        .join(first, and_(first.c.entry == ends.c.entry, first.c.version == ends.c.first))
        .where(table.c.withdrawn == 0)
        .order_by(first.c.save_no, first.c.row_no)
    )


_QUESTIONS = {table: _question(table) for table in schema.RECORDS}
"""What is asked of each table, put together once."""
