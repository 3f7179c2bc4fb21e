"""The way to the database: SQLite so set that a save outlives a kill, or any other database; faults as sentences."""

import contextlib
import os
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, NullPool, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, NoSuchModuleError

from sentrack_lib.errors import BadInput, SentrackError, WrongUse
from sentrack_lib.records.places import refuse_shared

FILE = "records.sqlite"
BACKUPS = "backups"
PATIENCE = 30
"""Seconds to wait for others who are saving."""
_SETTINGS = ("synchronous=FULL", "foreign_keys=ON", "secure_delete=ON", "trusted_schema=OFF")
_WRITES = "sentrack_writes"
_DAMAGED = ("malformed", "not a database", "disk image", "could not decode", "unsupported file format", "corrupt")
_FULL = ("disk is full", "disk i/o error", "no space left", "disk full")


class CannotSave(SentrackError):
    """The store did not take what was to be saved, and holds nothing of it."""


class Damaged(BadInput):
    """The store's file can no longer be trusted."""


def address_of(folder: Path, url: str | None = None) -> URL:
    """Where a school's store is: `records.sqlite` in its folder, or the database that is named; `WrongUse` where that is none."""
    if not url:
        if not Path(folder).is_dir():
            raise BadInput(f"There is no folder {folder}. Name the school's folder, the one that holds school.yml.")
        return URL.create("sqlite", database=str(Path(folder) / FILE))
    try:
        address = make_url(url)
    except ArgumentError as fault:
        raise WrongUse("records_url is no address of a database. Write it as postgresql://user@server/database.") from fault
    if address.get_backend_name() == "sqlite" and address.database in (None, "", ":memory:"):
        raise WrongUse("records_url names no file. Write it as sqlite:///folder/records.sqlite.")
    return address.set(drivername="postgresql+psycopg") if address.drivername == "postgresql" else address


def file_of(address: URL) -> Path | None:
    """The file of an SQLite store; nothing for any other database."""
    return Path(str(address.database)) if address.get_backend_name() == "sqlite" else None


def connect(address: URL) -> Engine:
    """An engine for the address; an SQLite file is made, for its owner alone, where there is none."""
    file = file_of(address)
    if file:
        refuse_shared(file.parent)
        _make(file)
    try:
        # A dashboard that is left open holds no lock and no file; a connection to a file costs nothing.
        chosen = (
            {"poolclass": NullPool, "connect_args": {"timeout": PATIENCE}} if file else {"pool_pre_ping": True, "pool_size": 2}
        )
        engine = create_engine(address, **chosen)
    except (NoSuchModuleError, ModuleNotFoundError) as fault:
        name = address.get_backend_name()
        raise WrongUse(
            f'There is no driver for {name} here. For PostgreSQL install it with `pip install "psycopg[binary]"`.'
        ) from fault
    if file:
        event.listen(engine, "connect", _settle)
        event.listen(engine, "begin", _begin)
    return engine


def _make(file: Path) -> None:
    if file.exists():
        return
    try:
        os.close(os.open(file, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as fault:
        raise BadInput(f"{file} cannot be made ({fault.strerror}). Choose a folder in which you may write.") from fault


def _settle(connection: sqlite3.Connection, _: object) -> None:
    """The settings of a connection. sqlite3 begins no transaction of its own; `_begin` does."""
    connection.isolation_level = None
    for setting in _SETTINGS:
        connection.execute(f"PRAGMA {setting}")
    until = time.monotonic() + PATIENCE
    while connection.execute("PRAGMA journal_mode").fetchone() != ("wal",):
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as fault:
            # SQLite does not wait by itself while another process makes the same change.
            if "locked" not in str(fault) or time.monotonic() > until:
                raise
            time.sleep(0.02)


def _begin(connection: Connection) -> None:
    """A writer takes its turn at once: one that first reads and then writes fails when another wrote in between."""
    writes = connection.get_execution_options().get(_WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextlib.contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A connection to read with: everything as it was at one moment."""
    chosen = {} if engine.dialect.name == "sqlite" else {"isolation_level": "REPEATABLE READ"}
    with _told(engine), engine.connect().execution_options(**chosen) as connection:
        yield connection


@contextlib.contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A connection to save with, alone: all of it is kept, or nothing where anything fails."""
    with _told(engine), engine.connect().execution_options(**{_WRITES: True}) as connection, connection.begin():
        yield connection


@contextlib.contextmanager
def _told(engine: Engine) -> Iterator[None]:
    """What the database says, as a sentence with its remedy; what is our own fault stays as it is."""
    try:
        yield
    except (DatabaseError, sqlite3.DatabaseError) as fault:
        said = said_by(fault, engine.url)
        if said is None:
            raise
        raise said from fault
    except UnicodeDecodeError as fault:  # SQLite names what is damaged in letters that are none
        raise damaged(engine.url) from fault


def said_by(fault: Exception, address: URL) -> SentrackError | None:
    """A fault of the database as a person reads it; nothing where it is no such fault."""
    words, where = str(getattr(fault, "orig", None) or fault).lower(), name_of(address)
    if any(word in words for word in _DAMAGED):
        return damaged(address)
    if any(word in words for word in _FULL):
        return CannotSave(f"Nothing was saved: the disk is full. Make room on the disk of {where}, then save again.")
    if "locked" in words or "lock timeout" in words:
        return CannotSave(f"Nothing was saved: somebody else was saving for {PATIENCE} seconds. Try again.")
    if "readonly" in words or "read-only" in words or "permission denied" in words:
        return CannotSave(f"Nothing was saved: you may not write to {where}. Ask whoever looks after it for the right to.")
    if "unable to open" in words or "connect" in words:
        return BadInput(f"{where} cannot be opened. Check that it is there, that its server runs, and that you may use it.")
    return None


def damaged(address: URL) -> Damaged:
    """That the store is damaged, and the newest backup to go back to."""
    file = file_of(address)
    backups = sorted((file.parent / BACKUPS).glob("*.sqlite")) if file else []
    if not backups:
        return Damaged(
            f"{name_of(address)} is damaged, and there is no backup beside it. Keep the file and look for a copy of it."
        )
    newest = max(backups, key=lambda backup: backup.stat().st_mtime)
    return Damaged(f"{name_of(address)} is damaged. Go back to its newest backup, {newest}, with `sentrack records restore`.")


def name_of(address: URL) -> str:
    """The store as it is named to people, without a password."""
    file = file_of(address)
    return str(file) if file else address.render_as_string(hide_password=True)
