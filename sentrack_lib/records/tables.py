"""The tables of the store, made from the one description of the records: each version of a row is a row, and none is changed."""

from collections.abc import Iterable, Mapping

from sqlalchemy import REAL, CheckConstraint, Column, Float, ForeignKey, Integer, MetaData, PrimaryKeyConstraint, Table, Text
from sqlalchemy.types import TypeEngine

from sentrack_lib.sources import schema
from sentrack_lib.sources.cells import DATE, NUMBER

AMOUNT: TypeEngine[float] = Float(53).with_variant(REAL(), "sqlite")
"""A number in full precision: SQLite's strict tables know REAL, and PostgreSQL's REAL is too narrow."""
BOOKKEEPING = ("entry", "version", "withdrawn", "save_no", "row_no", "recorded_at", "recorded_by", "term", "seal")
SHOWN = ("entry", "version", "recorded_at", "recorded_by")
"""The bookkeeping that is handed out after a row's own columns."""


def written(table: str, column: str) -> str:
    """How the cells of a record's column are written: text, number, date, …"""
    return str((schema.RECORDS[table].columns[column].metadata or {})["written"])


def days(table: str) -> list[str]:
    """The columns of a record that hold days; they are stored as `2025-09-03`."""
    return [column for column in schema.columns(table) if written(table, column) == DATE]


def amounts(table: str) -> list[str]:
    """The columns of a record that hold numbers."""
    return [column for column in schema.columns(table) if written(table, column) == NUMBER]


def described(columns: Mapping[str, Iterable[str]] | None = None) -> MetaData:
    """The tables of the store: `saves` and one for each record, all of them or those that are named, with the columns named.

    A version of an entry has `entry` (the term and the key of the row), `version` (1, 2, …), `withdrawn` (1 where it was taken
    back), `save_no`, `row_no` (its place in its save), `recorded_at` (UTC), `recorded_by`, `term` and `seal` (its digest)."""
    metadata = MetaData()
    _saves(metadata)
    for table in schema.RECORDS if columns is None else [name for name in schema.RECORDS if name in columns]:
        known = schema.columns(table)
        chosen = known if columns is None else [name for name in known if name in set(columns[table])]
        _record(table, chosen, metadata)
    return metadata


def _saves(metadata: MetaData) -> Table:
    return Table(
        "saves",
        metadata,
        Column("save_no", Integer, primary_key=True, autoincrement=True),
        Column("recorded_at", Text, nullable=False),
        Column("recorded_by", Text, nullable=False),
        Column("how", Text, nullable=False),
        Column("rows", Integer, nullable=False),
        CheckConstraint("recorded_by <> ''", name="saves_have_an_author"),
        sqlite_strict=True,
        sqlite_autoincrement=True,
    )


def _record(table: str, columns: Iterable[str], metadata: MetaData) -> Table:
    numbers = amounts(table)
    return Table(
        table,
        metadata,
        Column("entry", Text, nullable=False),
        Column("version", Integer, nullable=False),
        Column("withdrawn", Integer, nullable=False),
        Column("save_no", Integer, ForeignKey("saves.save_no"), nullable=False),
        Column("row_no", Integer, nullable=False),
        Column("recorded_at", Text, nullable=False),
        Column("recorded_by", Text, nullable=False),
        Column("term", Text, nullable=False),
        Column("seal", Text, nullable=False),
        *(Column(name, AMOUNT if name in numbers else Text, nullable=True) for name in columns),
        PrimaryKeyConstraint("entry", "version"),
        CheckConstraint("version >= 1", name=f"{table}_version_counts"),
        CheckConstraint("withdrawn IN (0, 1)", name=f"{table}_withdrawn_or_not"),
        CheckConstraint("recorded_by <> ''", name=f"{table}_has_an_author"),
        sqlite_strict=True,
    )


METADATA = described()
SAVES = METADATA.tables["saves"]
