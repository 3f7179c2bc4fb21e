"""The store of what people decided: saved whole or not at all, never overwritten, and read as the tables of a school."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from pandas import DataFrame
from sqlalchemy import Connection, Engine, func, insert, select, text

from sentrack_lib.errors import BadInput
from sentrack_lib.records.changing import Change, changes
from sentrack_lib.records.connecting import address_of, connect, file_of, reading, writing
from sentrack_lib.records.copying import put_aside
from sentrack_lib.records.entries import seal, wanted
from sentrack_lib.records.standing import every_entry, standing
from sentrack_lib.records.tables import METADATA, SAVES
from sentrack_lib.records.trails import trail
from sentrack_lib.records.upgrading import make_current
from sentrack_lib.sources import schema
from sentrack_lib.terms import Term


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Saved:
    """What was kept: the number of the save (0 where nothing had changed), when (UTC), by whom, and how many rows."""

    save_no: int
    at: str
    by: str
    rows: int


@dataclass(frozen=True)
class Store:
    """What the people of one school decided."""

    folder: Path
    engine: Engine
    clock: Callable[[], datetime] = _now
    """Tells the time that is written beside a save. The order of saves is that of their numbers, whatever a clock says."""

    @property
    def file(self) -> Path | None:
        """The file of the store; nothing where it is kept by a database server."""
        return file_of(self.engine.url)

    def current(self, until: Term | None = None, tables: Iterable[str] = tuple(schema.RECORDS)) -> dict[str, DataFrame]:
        """Tables of the records as they stand: the newest version of each entry that was not taken back, up to a term.

        `term` first, then the columns of the record, typed as in `School.records`; then `entry` (its name for good), `version`,
        `recorded_at` (UTC) and `recorded_by`. By term, then in the order in which entries were first recorded."""
        with reading(self.engine) as connection:
            return {table: standing(connection, table, until) for table in tables}

    def entries(self, tables: Iterable[str]) -> dict[str, set[str]]:
        """The names of all entries of some tables, those that were taken back included."""
        with reading(self.engine) as connection:
            return {table: every_entry(connection, table) for table in tables}

    @property
    def latest(self) -> int:
        """The number of the last save; 0 where nothing was saved yet."""
        with reading(self.engine) as connection:
            return int(connection.execute(select(func.max(SAVES.c.save_no))).scalar() or 0)

    def save(self, tables: Mapping[str, DataFrame], by: str, how: str = "form") -> Saved:
        """Keep rows of records: all of them, or none where anything is wrong.

        Each table has `term` and the columns of its record, as text or typed (absent ones are blank); `entry` and `version` as
        they were handed out, where a row was edited; `withdrawn` where it is to be taken back. Rows that stand so already are
        not written again. `Mistakes` tells every mistake; `Conflict` shows both where somebody else changed a row meanwhile."""
        author = author_of(by)
        asked = wanted(tables)
        with writing(self.engine) as connection:
            take_turn(connection)
            found = changes(connection, asked)
            if not found:
                return Saved(0, stamp(self.clock()), author, 0)
            saved = note(connection, Saved(0, stamp(self.clock()), author, len(found)), how)
            _write(connection, found, saved)
        return saved

    def trail(self, table: str | None = None, pupil_id: str | None = None, but: Collection[str] = ()) -> DataFrame:
        """Who changed what and when, oldest first: `recorded_at` `recorded_by` `how` `term` `table` `entry` `column` `before`
        `after`, one row a changed cell; of one table or one pupil where asked, and without some ways of saving."""
        with reading(self.engine) as connection:
            return trail(connection, table, pupil_id, but)


def open_store(folder: Path, url: str | None = None) -> Store:
    """The store of a school: `records.sqlite` in its folder, or the database at `url`; made where there is none, brought up to
    date (after a copy into `backups/`) where it is of an earlier sentrack.

    `BadInput` where it lies on a network drive or in a synchronised folder, is damaged, or was written by a later sentrack."""
    engine = connect(address_of(folder, url))
    make_current(engine, partial(put_aside, folder=Path(folder)))
    return Store(Path(folder), engine)


def store_there(folder: Path, url: str | None = None) -> Store | None:
    """The store of a school where there is one; nothing is made where there is none."""
    address = address_of(folder, url)
    file = file_of(address)
    if file and not file.exists():
        return None
    if not file:
        engine = connect(address)
        with reading(engine) as connection:
            if not connection.dialect.has_table(connection, SAVES.name):
                return None
    return open_store(folder, url)


def author_of(by: str) -> str:
    """Who saves, as it is kept; `BadInput` where it is blank."""
    author = " ".join(str(by).replace("\x00", " ").split())
    if not author:
        raise BadInput("Nothing was saved: it is not known who you are. Say your name or initials, then save again.")
    return author


def stamp(moment: datetime) -> str:
    """A moment as `2025-10-03T13:05:00Z`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def take_turn(connection: Connection) -> None:
    """Writers wait for one another, as SQLite makes them; others read on."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL lock_timeout = '30s'"))
        connection.execute(text("LOCK TABLE saves IN EXCLUSIVE MODE"))


def note(connection: Connection, save: Saved, how: str) -> Saved:
    """Write down a save and give it its number."""
    row = {"recorded_at": save.at, "recorded_by": save.by, "how": how, "rows": save.rows}
    number = connection.execute(insert(SAVES).returning(SAVES.c.save_no), row).scalar_one()
    return Saved(number, save.at, save.by, save.rows)


def _write(connection: Connection, found: list[Change], saved: Saved) -> None:
    """Insert the new versions, table by table."""
    rows: dict[str, list[dict[str, object]]] = {}
    for number, change in enumerate(found, start=1):
        rows.setdefault(change.wanted.table, []).append(_row(change, saved, number))
    for table, some in rows.items():
        connection.execute(insert(METADATA.tables[table]), some)


def _row(change: Change, saved: Saved, number: int) -> dict[str, object]:
    row = change.wanted
    own = {"entry": row.entry, "version": change.version, "withdrawn": int(row.withdrawn), "term": row.term}
    kept = {"save_no": saved.save_no, "row_no": number, "recorded_at": saved.at, "recorded_by": saved.by}
    whole = {**own, **kept, **row.cells}
    return {**whole, "seal": seal(whole)}
