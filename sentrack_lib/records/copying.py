"""A copy of a store that is proved to be equal before it gets its name, also while others save."""

import contextlib
import hashlib
import os
import sqlite3
import tempfile
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, MetaData, NullPool, create_engine, insert, select

from sentrack_lib.errors import BadInput
from sentrack_lib.records.connecting import BACKUPS, PATIENCE, CannotSave, file_of
from sentrack_lib.records.entries import seal
from sentrack_lib.records.tables import described
from sentrack_lib.records.upgrading import columns_of, revision_of

NO_STORE = "Name a copy that `sentrack records backup` made."


def put_aside(connection: Connection, folder: Path) -> Path:
    """Copy the store of a connection into `backups/` of the school's folder, under the time of now; returns the copy."""
    return copy_of(connection, next_backup(folder))


def copy_of(connection: Connection, to: Path) -> Path:
    """Copy the store of a connection to a file, which is there whole and equal to it or not at all."""
    file = file_of(connection.engine.url)
    if file:
        return copied(file, to)
    return _beside(to, lambda copy: _copy_tables(connection, copy))


def copied(file: Path, to: Path) -> Path:
    """Copy an SQLite store, as it is at one moment, also while others save: a plain copy of its file would lack their rows."""
    return _beside(to, lambda copy: _copy_pages(file, copy))


def next_backup(folder: Path, what: str = "records") -> Path:
    """A name in `backups/` of a school's folder that is not taken yet."""
    place = Path(folder) / BACKUPS
    place.mkdir(mode=0o700, exist_ok=True)
    stem = f"{what}-{datetime.now(UTC):%Y-%m-%dT%H%M%SZ}"
    names = (place / f"{stem}{f'-{number}' * (number > 1)}.sqlite" for number in range(1, 10_000))
    return next(name for name in names if not name.exists())


@contextlib.contextmanager
def opened(file: Path, mode: str = "rw") -> Iterator[sqlite3.Connection]:
    """A connection to an SQLite file that is there already."""
    address = f"{Path(file).resolve().as_uri()}?mode={mode}"
    with contextlib.closing(sqlite3.connect(address, uri=True, timeout=PATIENCE, isolation_level=None)) as connection:
        yield connection


def prove(file: Path) -> None:
    """`BadInput` where a file is no store, is damaged, or holds a row that is not what was saved."""
    try:
        with opened(file) as connection:
            if connection.execute("PRAGMA integrity_check(1)").fetchone() != ("ok",):
                raise BadInput(f"{file} is damaged. {NO_STORE}")
            tables = _names(connection)
            if not {"saves", "alembic_version"} <= set(tables):
                raise BadInput(f"{file} holds no records. {NO_STORE}")
            if not all(row["seal"] == seal(row) for table in tables for row in _rows(connection, table) if "seal" in row):
                raise BadInput(f"{file} is damaged: a row is not what was saved. {NO_STORE}")
    except (sqlite3.DatabaseError, UnicodeDecodeError) as fault:
        raise BadInput(f"{file} cannot be read as a store. {NO_STORE}") from fault


def rows_in(file: Path) -> Iterator[dict[str, object]]:
    """Every row of every table of an SQLite file."""
    with opened(file) as connection:
        for table in _names(connection):
            yield from _rows(connection, table)


def _beside(to: Path, fill: Callable[[Path], None]) -> Path:
    """Make a file under another name first, then put it in its place."""
    to = Path(to)
    try:
        to.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=to.parent, prefix=f".{to.name}.")
    except OSError as fault:
        raise BadInput(f"{to} cannot be written ({fault.strerror}). Choose a folder in which you may write.") from fault
    os.close(handle)  # mkstemp makes it for its owner alone
    try:
        fill(Path(name))
        Path(name).replace(to)
    except (OSError, sqlite3.OperationalError) as fault:
        raise CannotSave(f"{to} could not be written ({fault}). Make room on its disk, then try again.") from fault
    finally:
        for left in Path(name).parent.glob(f"{Path(name).name}*"):
            left.unlink(missing_ok=True)
    return to


def _copy_pages(file: Path, copy: Path) -> None:
    with opened(file) as source, opened(copy) as target:
        source.execute("BEGIN")
        told = _digest(source)  # from here on the source is as it was now
        source.backup(target)
        source.execute("COMMIT")
        target.execute("PRAGMA journal_mode=DELETE")  # one file, with nothing beside it
        sound = target.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        if not sound or _digest(target) != told:
            raise CannotSave(f"The copy of {file} is not equal to it, and was not kept. Check the disk, then try again.")


def _copy_tables(connection: Connection, copy: Path) -> None:
    """Copy the tables of a database server into an SQLite file, with the columns that they have."""
    there = columns_of(connection)
    tables = described(there)
    target = create_engine(f"sqlite:///{copy}", poolclass=NullPool)
    with target.begin() as into:
        tables.create_all(into)
        into.exec_driver_sql("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)")
        into.exec_driver_sql("INSERT INTO alembic_version VALUES (?)", (revision_of(connection),))
        copy_rows(connection, into, tables)
    with target.connect() as made:
        if list(_sorted_rows(made, tables)) != list(_sorted_rows(connection, tables)):
            raise CannotSave("The copy of the store is not equal to it, and was not kept. Check the disk, then try again.")


def copy_rows(source: Connection, target: Connection, tables: MetaData) -> None:
    """Insert every row of some tables of one database into the same tables of another."""
    for table in tables.sorted_tables:
        rows = [dict(row) for row in source.execute(select(table)).mappings()]
        if rows:
            target.execute(insert(table), rows)


def _sorted_rows(connection: Connection, tables: MetaData) -> Iterator[list[tuple]]:
    for table in tables.sorted_tables:
        yield sorted(map(tuple, connection.execute(select(table))), key=repr)


def _digest(connection: sqlite3.Connection) -> bytes:
    """A digest of every row of every table."""
    whole = hashlib.blake2b()
    for table in _names(connection):
        whole.update(table.encode())
        for row in connection.execute(f'SELECT * FROM "{table}" ORDER BY rowid'):
            whole.update(repr(row).encode("utf-8", "surrogatepass"))
    return whole.digest()


def _names(connection: sqlite3.Connection) -> list[str]:
    found: Iterable[tuple[str]] = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
    return [name for (name,) in found]


def _rows(connection: sqlite3.Connection, table: str) -> Iterator[dict[str, object]]:
    found = connection.execute(f'SELECT * FROM "{table}"')
    columns = [column[0] for column in found.description]
    yield from (dict(zip(columns, row, strict=True)) for row in found)
