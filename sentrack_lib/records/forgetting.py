"""Removing a pupil for good: from every version of every row, from the text of others, from every byte of the file."""

import contextlib
import re
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Engine, Table, and_, delete, select, update

from sentrack_lib.errors import BadInput, SentrackError
from sentrack_lib.records.connecting import BACKUPS, writing
from sentrack_lib.records.copying import rows_in
from sentrack_lib.records.entries import named, seal
from sentrack_lib.records.store import Saved, Store, author_of, note, stamp, take_turn
from sentrack_lib.records.tables import METADATA, SAVES, amounts, days
from sentrack_lib.records.trails import REMOVED
from sentrack_lib.sources import schema

SOMEBODY = "a pupil who was removed"
_SHORTEST_NUMBER = 4
"""Digits from which a number alone is taken for an id inside a sentence: a shorter one may be any count."""


@dataclass(frozen=True)
class Removed:
    """What became of a pupil's records: how many rows are gone, how many others were changed; the files that name the pupil
    still, and the copies of the store that were taken away."""

    at: str
    by: str
    rows: int
    changed: int
    backups: tuple[Path, ...]
    sheets: tuple[Path, ...]
    backups_gone: tuple[Path, ...] = ()

    def sentences(self) -> list[str]:
        """What was done and what is left to do, as a person reads it."""
        said = [f"{self.rows} rows about the pupil were removed; in {self.changed} others the pupil is named no more."]
        said += [f"{file} held the pupil and was deleted." for file in self.backups_gone]
        said += [f"{file} still holds the pupil: delete it when you no longer need to go back to it." for file in self.backups]
        return said + [f"{file} still names the pupil: take the rows out, or they will be read again." for file in self.sheets]


def forget(store: Store, pupil_id: str, names: Collection[str], by: str, backups_too: bool = False) -> Removed:
    """Remove a pupil from a store so that no byte of it holds the pupil: every version of rows about the pupil is deleted, and
    the id and the full names in the text of other rows become "a pupil who was removed". The trail keeps when and by whom, but
    not who.

    With `backups_too` the copies in `backups/` that hold the pupil are deleted; otherwise they are named. Doing it again is safe.
    A number of fewer than four digits is not looked for inside sentences."""
    author = author_of(by)
    if not str(pupil_id).strip():
        raise BadInput("Nothing was removed: say which pupil, by the id in pupils.csv.")
    seen = _Seen.of(str(pupil_id).strip(), names)
    with writing(store.engine) as connection:
        take_turn(connection)
        gone = sum(_delete(connection, table, seen) for table in schema.RECORDS)
        changed = sum(_unname(connection, table, seen) for table in schema.RECORDS) + _unname_saves(connection, seen)
        at = stamp(store.clock())
        if gone + changed:
            note(connection, Saved(0, at, seen.without(author), gone + changed), REMOVED)
    _clear_pages(store.engine)
    holding = [file for file in sorted((store.folder / BACKUPS).glob("*.sqlite")) if _holds(file, seen)]
    for file in holding if backups_too else ():
        file.unlink()
    kept, dropped = ([], holding) if backups_too else (holding, [])
    return Removed(at, author, gone, changed, tuple(kept), tuple(_sheets(store.folder, seen)), tuple(dropped))


@dataclass(frozen=True)
class _Seen:
    """A pupil as text may name them."""

    pupil_id: str
    pattern: re.Pattern[str]

    @classmethod
    def of(cls, pupil_id: str, names: Iterable[str]) -> "_Seen":
        words = [name.split() for name in names]
        if not (pupil_id.isdigit() and len(pupil_id) < _SHORTEST_NUMBER):
            words.append([pupil_id])
        # The longest first: of "Kit" and "Kit Invented" the whole name is to go.
        alternatives = sorted((r"\s+".join(map(re.escape, some)) for some in words if some), key=len, reverse=True)
        return cls(pupil_id, re.compile(rf"(?<!\w)(?:{'|'.join(alternatives) or r'(?!)'})(?!\w)", re.IGNORECASE))

    def without(self, text: str) -> str:
        """The text without the pupil."""
        return self.pattern.sub(SOMEBODY, text)

    def is_in(self, row: Mapping[str, object]) -> bool:
        """Whether a row is about the pupil or names them."""
        return row.get("pupil_id") == self.pupil_id or any(
            isinstance(cell, str) and self.pattern.search(cell) for cell in row.values()
        )


def _delete(connection: Connection, name: str, seen: _Seen) -> int:
    """Delete what is about the pupil; of an entry that is about the pupil now, earlier versions go too, or they would stand."""
    table = METADATA.tables[name]
    if "pupil_id" not in table.c:
        return 0
    rows = connection.execute(select(table.c.entry, table.c.version, table.c.pupil_id).order_by(table.c.version)).all()
    now = {entry: pupil for entry, _, pupil in rows}
    gone = [row for row in rows if seen.pupil_id in (row.pupil_id, now[row.entry])]
    for row in gone:
        connection.execute(delete(table).where(and_(table.c.entry == row.entry, table.c.version == row.version)))
    return len(gone)


def _unname(connection: Connection, name: str, seen: _Seen) -> int:
    """Take the pupil out of the text of a table's rows, and out of the names of their entries."""
    table = METADATA.tables[name]
    texts = [column for column in schema.columns(name) if column not in (*days(name), *amounts(name))]
    rows = [dict(row) for row in connection.execute(select(table)).mappings()]
    taken = {row["entry"] for row in rows}
    became: dict[str, str] = {}
    naming = [row for row in rows if any(seen.pattern.search(row[column] or "") for column in [*texts, "recorded_by"])]
    for row in naming:
        new = {**row, **{column: seen.without(row[column]) for column in [*texts, "recorded_by"] if row[column]}}
        if any(new[column] != row[column] for column in schema.key(name)):
            new["entry"] = became.setdefault(row["entry"], _free(named(name, row["term"], new), taken))
        _write(connection, table, row, new)
    return len(naming)


def _write(connection: Connection, table: Table, row: Mapping[str, object], new: dict[str, object]) -> None:
    this = and_(table.c.entry == row["entry"], table.c.version == row["version"])
    connection.execute(update(table).where(this).values(**{**new, "seal": seal(new)}))


def _free(entry: str, taken: set[str]) -> str:
    """A name that no other entry has: two that differed by the pupil alone stay two."""
    name = entry
    while name in taken:
        name = name.replace("[", "[ ", 1)  # says the same, and is another text
    taken.add(name)
    return name


def _unname_saves(connection: Connection, seen: _Seen) -> int:
    rows = [row for row in connection.execute(select(SAVES)) if seen.pattern.search(f"{row.recorded_by}\n{row.how}")]
    for row in rows:
        new = {"recorded_by": seen.without(row.recorded_by), "how": seen.without(row.how)}
        connection.execute(update(SAVES).where(SAVES.c.save_no == row.save_no).values(**new))
    return len(rows)


def _clear_pages(engine: Engine) -> None:
    """Write the file anew without the pages that held what was deleted, and empty what lies beside it."""
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            for table in METADATA.tables:
                connection.exec_driver_sql(f"VACUUM FULL {table}")
    if engine.dialect.name != "sqlite":
        return
    with contextlib.closing(engine.raw_connection()) as pooled:
        raw = pooled.driver_connection
        assert isinstance(raw, sqlite3.Connection)
        try:
            # The file is written anew by way of the -wal, which is to be emptied before and after.
            done = [
                raw.execute(step).fetchone()
                for step in ("PRAGMA wal_checkpoint(TRUNCATE)", "VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)")
            ]
        except sqlite3.OperationalError as fault:
            raise _still_read() from fault
        if done[-1][0]:
            raise _still_read()


def _still_read() -> SentrackError:
    return SentrackError(
        "The pupil was removed, but somebody is reading the store, so traces are left in its file. "
        "Close the dashboards, then do it again."
    )


def _holds(file: Path, seen: _Seen) -> bool:
    """Whether a copy holds the pupil; one that cannot be read may."""
    try:
        return any(seen.is_in(row) for row in rows_in(file))
    except (sqlite3.DatabaseError, UnicodeDecodeError):
        return True


def _sheets(folder: Path, seen: _Seen) -> Iterator[Path]:
    """The school's own files of records that name the pupil: they would be read again."""
    for file in sorted(folder.glob("*/records/*.csv")):
        if seen.pattern.search(file.read_text(encoding="utf-8-sig", errors="replace")):
            yield file
