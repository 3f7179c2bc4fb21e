"""A store of an earlier sentrack is brought up to this one when it is opened, after a copy of it was put aside.

A changed table is a step in `migrations/`. A new field of a record needs none: it is one line in the description, and the column
is added here. Whether anything is missing is seen from two cheap questions, so that Alembic is loaded only where it is."""

import sqlite3
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DatabaseError

from sentrack_lib.errors import BadInput
from sentrack_lib.records.connecting import damaged, file_of, name_of, reading, writing
from sentrack_lib.records.tables import METADATA

NEWEST = "0001"
"""The last step in `migrations/versions`; a test holds the two equal."""
_STEPS = Path(__file__).with_name("migrations")
_NAMED = "alembic_version"
_LOCK = 7_366_825
"""Any number, as long as nobody else who uses the database takes the same."""
_ONE_AT_A_TIME = threading.Lock()
"""Alembic keeps the migration it is in the middle of in one place for the whole process."""
_COLUMNS = {
    "sqlite": "SELECT m.name, c.name FROM sqlite_master AS m, pragma_table_info(m.name) AS c WHERE m.type = 'table'",
    "postgresql": "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = current_schema()",
}


def make_current(engine: Engine, put_aside: Callable[[Connection], Path]) -> None:
    """Make the tables of a new store; bring an older one up to date, after `put_aside` has copied it; `BadInput` where the store
    is of a later sentrack, or no store at all."""
    with reading(engine) as connection:
        _refuse_damage(connection)
        if is_current(connection):
            return
    with _ONE_AT_A_TIME, writing(engine) as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
        # Somebody else may have done it while this one waited.
        if not is_current(connection):
            _bring_up_to_date(connection, put_aside)


def is_current(connection: Connection) -> bool:
    """Whether the store has every table and column of this sentrack; `BadInput` where it is of a later one, or no store."""
    there = columns_of(connection)
    if _NAMED not in there:
        _refuse_another(connection, there)
        return False
    wanted = {name: set(table.columns.keys()) for name, table in METADATA.tables.items()}
    if any(there.get(name, set()) - columns for name, columns in wanted.items()):
        raise _of_a_later(connection)
    return revision_of(connection) == NEWEST and all(columns == there.get(name) for name, columns in wanted.items())


def columns_of(connection: Connection) -> dict[str, set[str]]:
    """The tables of the database and their columns."""
    found: dict[str, set[str]] = {}
    for table, column in connection.exec_driver_sql(_COLUMNS[connection.dialect.name]):
        found.setdefault(table, set()).add(column)
    return found


def revision_of(connection: Connection) -> str | None:
    """The last step that was taken in the database."""
    return connection.exec_driver_sql(f"SELECT version_num FROM {_NAMED}").scalar()


def _refuse_damage(connection: Connection) -> None:
    """`Damaged` where SQLite finds the file out of order."""
    if connection.dialect.name != "sqlite":
        return
    try:
        sound = connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar() == "ok"
    except (DatabaseError, sqlite3.DatabaseError, UnicodeDecodeError) as fault:
        raise damaged(connection.engine.url) from fault
    if not sound:
        raise damaged(connection.engine.url)


def _refuse_another(connection: Connection, there: Mapping[str, set[str]]) -> None:
    """A database in which others keep tables of the same names, or a file that is no store, is left alone."""
    other = set(METADATA.tables) & set(there) if file_of(connection.engine.url) is None else set(there) - {"sqlite_sequence"}
    if other:
        raise BadInput(f"{name_of(connection.engine.url)} holds other tables and is no store of sentrack. Name another place.")


def _of_a_later(connection: Connection) -> BadInput:
    return BadInput(f"{name_of(connection.engine.url)} was written by a later sentrack. Install that one, then open it again.")


def _bring_up_to_date(connection: Connection, put_aside: Callable[[Connection], Path]) -> None:
    """Take the steps that are missing, then add the columns that the description has and the store lacks."""
    from alembic import command  # only where there is something to do: it loads slowly
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(_STEPS).replace("%", "%%"))
    there = columns_of(connection)
    if _NAMED in there:
        known = {step.revision for step in ScriptDirectory.from_config(config).walk_revisions()}
        if revision_of(connection) not in known:
            raise _of_a_later(connection)
        put_aside(connection)
    command.upgrade(config, "head")
    _add_what_is_new(connection)


def _add_what_is_new(connection: Connection) -> None:
    """Tables and columns of the description that the store lacks; nothing is ever taken away or changed here."""
    from alembic.autogenerate import produce_migrations
    from alembic.migration import MigrationContext
    from alembic.operations import Operations
    from alembic.operations.ops import AddColumnOp, CreateTableOp, ModifyTableOps

    context = MigrationContext.configure(connection)
    missing = produce_migrations(context, METADATA).upgrade_ops
    operations = Operations(context)
    for change in missing.ops if missing else []:
        for step in change.ops if isinstance(change, ModifyTableOps) else [change]:
            if isinstance(step, CreateTableOp | AddColumnOp):
                operations.invoke(step)
