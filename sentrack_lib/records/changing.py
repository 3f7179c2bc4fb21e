"""What a save changes: new versions, rows taken back, and the conflict where somebody else was there first."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from pandas import DataFrame
from sqlalchemy import Connection, and_, func, select

from sentrack_lib.errors import SentrackError
from sentrack_lib.records.entries import Wanted, as_written, cells_named
from sentrack_lib.records.tables import METADATA
from sentrack_lib.sources import schema

BOTH = ["table", "entry", "column", "yours", "theirs"]
TAKEN_BACK = "taken back"
_AT_ONCE = 500
"""Entries that are asked for in one question: databases take only so many."""
RowLike = Mapping[Any, Any]
Standing = dict[tuple[str, str], RowLike]
"""The newest version of each entry that a save is about, by table and entry."""


class Conflict(SentrackError):
    """Somebody else changed an entry after the version from which it was edited.

    `both` holds what differs, one row a column: `table`, `entry`, `column`, and the cells as text, `yours` and `theirs`."""

    def __init__(self, met: Iterable[tuple[Wanted, RowLike]]) -> None:
        found = list(met)
        rows = [row for wanted, theirs in found for row in _differing(wanted, theirs)]
        self.both = DataFrame(rows, columns=BOTH).astype("str")
        super().__init__("\n".join([*(_said(*each) for each in found), "Nothing was saved. Look at both, then save again."]))


@dataclass(frozen=True)
class Change:
    """One version to be written."""

    wanted: Wanted
    version: int


def changes(connection: Connection, wanted: list[Wanted]) -> list[Change]:
    """The versions to be written, so that the rows become what is wanted; none for a row that is so already. `Conflict` where
    an entry is no longer what it was when it was edited."""
    standing = _standing(connection, wanted)
    moved = [row for row in wanted if not row.withdrawn and _moves(row, standing)]
    away = [row for row in wanted if row.withdrawn] + [_leaving(row, standing) for row in moved]
    # Of an entry whose key was changed nothing is known under its new name.
    stay = [replace(row, was=row.entry, version=0) if row in moved else row for row in wanted if not row.withdrawn]
    met: list[tuple[Wanted, RowLike]] = []
    found = [*_settled(away, standing, met), *_settled(stay, standing, met)]
    if met:
        raise Conflict(met)
    return found


def _standing(connection: Connection, wanted: list[Wanted]) -> Standing:
    """The newest version of every entry that a save is about."""
    return {
        (name, row["entry"]): row
        for name in dict.fromkeys(row.table for row in wanted)
        for row in _newest(
            connection, name, sorted({entry for row in wanted if row.table == name for entry in (row.entry, row.was)})
        )
    }


def _newest(connection: Connection, name: str, entries: list[str]) -> Iterator[RowLike]:
    table = METADATA.tables[name]
    for start in range(0, len(entries), _AT_ONCE):
        some = table.c.entry.in_(entries[start : start + _AT_ONCE])
        last = select(table.c.entry, func.max(table.c.version).label("version")).where(some).group_by(table.c.entry).subquery()
        chosen = select(table).join(last, and_(table.c.entry == last.c.entry, table.c.version == last.c.version))
        yield from connection.execute(chosen).mappings()


def _moves(row: Wanted, standing: Standing) -> bool:
    """Whether its term or a cell of its key was changed, so that the row is another entry from now on."""
    now = standing.get((row.table, row.was)) or cells_named(row.table, row.was)
    return now["term"] != row.term or any(now.get(column) != row.cells[column] for column in schema.key(row.table))


def _leaving(row: Wanted, standing: Standing) -> Wanted:
    """The entry that a row was, to be taken back: under its old name nothing stays."""
    now = standing.get((row.table, row.was)) or cells_named(row.table, row.was)
    cells = {column: now.get(column) for column in schema.columns(row.table)}
    return replace(row, entry=row.was, term=str(now["term"]), cells=cells, withdrawn=True)


def _settled(rows: list[Wanted], standing: Standing, met: list[tuple[Wanted, RowLike]]) -> Iterator[Change]:
    """The versions of some rows, each noted as standing from then on; those that somebody else has changed go to `met`."""
    for row in rows:
        place = (row.table, row.was)
        now = standing.get(place)
        if now is not None and _is_so(row, now):
            continue
        if now is not None and not _follows(row, now):
            met.append((row, now))
            continue
        change = _next(row, now)
        standing[place] = _as_standing(change)
        yield change


def _is_so(row: Wanted, now: RowLike) -> bool:
    """Whether the entry stands as it is wanted."""
    if row.withdrawn or now["withdrawn"]:
        return bool(row.withdrawn and now["withdrawn"])
    return all(now[column] == cell for column, cell in row.cells.items())


def _follows(row: Wanted, now: RowLike) -> bool:
    """Whether the row was made from what stands; what was taken back may be recorded anew."""
    return row.version == now["version"] or (not row.version and not row.withdrawn and bool(now["withdrawn"]))


def _next(row: Wanted, now: RowLike | None) -> Change:
    if now is None:
        return Change(replace(row, entry=row.was), 1)
    cells = {column: now[column] for column in row.cells} if row.withdrawn else row.cells
    return Change(replace(row, entry=row.was, cells=cells), now["version"] + 1)


def _as_standing(change: Change) -> RowLike:
    row = change.wanted
    return {**row.cells, "term": row.term, "version": change.version, "withdrawn": int(row.withdrawn)}


def _said(wanted: Wanted, theirs: RowLike) -> str:
    """`Kit Invented changed this row of targets (T1) at 14:05 on 3 October 2025, after you had opened it.`"""
    at = datetime.fromisoformat(str(theirs.get("recorded_at"))).astimezone()
    done = "took back" if theirs["withdrawn"] else "recorded" if theirs["version"] == 1 else "changed"
    which = ", ".join(filter(None, (as_written(wanted.cells[column]) for column in schema.key(wanted.table))))
    when = f"{at:%H:%M} on {at.day} {at:%B %Y}"
    return f"{theirs['recorded_by']} {done} this row of {wanted.table} ({which}) at {when}, after you had opened it."


def _differing(wanted: Wanted, theirs: RowLike) -> Iterator[tuple[str, str, str, str, str]]:
    place = (wanted.table, wanted.was)
    if wanted.withdrawn or theirs["withdrawn"]:
        said = (TAKEN_BACK if wanted.withdrawn else "kept", TAKEN_BACK if theirs["withdrawn"] else "kept")
        yield (*place, "", *said)
    for column, cell in wanted.cells.items():
        if theirs[column] != cell:
            yield (*place, column, as_written(cell), as_written(theirs[column]))
