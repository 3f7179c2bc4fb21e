"""Copies of a store that restore, and going back to one."""

import sqlite3
import tempfile
from pathlib import Path

from sqlalchemy import delete, func, select, text

from sentrack_lib.errors import BadInput
from sentrack_lib.records.connecting import Damaged, address_of, connect, file_of, reading, writing
from sentrack_lib.records.copying import copied, copy_of, copy_rows, next_backup, opened, prove
from sentrack_lib.records.store import Store, open_store, take_turn
from sentrack_lib.records.tables import METADATA, SAVES
from sentrack_lib.records.upgrading import make_current


def backup(store: Store, to: Path | None = None) -> Path:
    """Copy a store, also while others save, into one SQLite file that is proved to be equal; into `backups/` where no place is
    given. Returns the file."""
    with reading(store.engine) as connection:
        # A read first: from here on the connection sees one moment.
        connection.execute(select(func.count()).select_from(SAVES))
        return copy_of(connection, Path(to) if to else next_backup(store.folder))


def restore(file: Path, folder: Path, url: str | None = None) -> Path | None:
    """Go back to a copy, all of it or nothing, after it was proved and the present store was copied; a copy of an earlier
    sentrack is brought up to date. Returns the copy of the present store; nothing where there was none.

    `BadInput` where the file is no copy of a store, is damaged, or is of a later sentrack: then the store stays as it is."""
    file, folder = Path(file), Path(folder)
    if not file.is_file():
        raise BadInput(f"There is no file {file}. Name a copy that `sentrack records backup` made.")
    address_of(folder, url)  # told before anything is done
    prove(file)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".restore-") as beside:
        copy = copied(file, Path(beside) / "records.sqlite")
        source = connect(address_of(folder, f"sqlite:///{copy}"))
        make_current(source, lambda _: copy)
        kept = _put_present_aside(folder, url)
        _take_over(Store(folder, source), open_store(folder, url))
    return kept


def _put_present_aside(folder: Path, url: str | None) -> Path | None:
    """Copy the present store; a damaged one is moved away as it is, with what lies beside it."""
    file = file_of(address_of(folder, url))
    if file and not file.exists():
        return None
    try:
        return backup(open_store(folder, url))
    except Damaged:
        if not file:
            raise
        aside = next_backup(folder, "damaged")
        for ending in ("-wal", "-shm", ""):
            part = Path(f"{file}{ending}")
            if part.exists():
                part.replace(f"{aside}{ending}")
        return aside


def _take_over(source: Store, target: Store) -> None:
    """Put the rows of one store in the place of another's, in one transaction: others see the one or the other."""
    if target.file and source.file:
        _take_pages(source.file, target.file)
        return
    with reading(source.engine) as rows, writing(target.engine) as connection:
        take_turn(connection)
        for table in reversed(METADATA.sorted_tables):
            connection.execute(delete(table))
        copy_rows(rows, connection, METADATA)
        if connection.dialect.name == "postgresql":
            last = "(SELECT coalesce(max(save_no), 0) + 1 FROM saves)"
            connection.execute(text(f"SELECT setval(pg_get_serial_sequence('saves', 'save_no'), {last}, false)"))


def _take_pages(source: Path, target: Path) -> None:
    """SQLite copies into a file that others have open, under its own locks; a file put in its place would meet the old -wal."""
    try:
        with opened(source) as copy, opened(target) as present:
            present.execute("PRAGMA synchronous=FULL")
            present.execute("PRAGMA secure_delete=ON")
            copy.backup(present)
    except sqlite3.DatabaseError as fault:
        raise BadInput(f"{target} could not be restored ({fault}). Close sentrack's other windows, then try again.") from fault
