"""The trail of what was decided: every changed cell, when, by whom, from what to what."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from pandas import DataFrame
from sqlalchemy import Connection, select

from sentrack_lib.errors import BadInput
from sentrack_lib.records.changing import TAKEN_BACK
from sentrack_lib.records.entries import as_written
from sentrack_lib.records.tables import METADATA, SAVES
from sentrack_lib.settings import nearest
from sentrack_lib.sources import schema

COLUMNS = ["recorded_at", "recorded_by", "how", "term", "table", "entry", "column", "before", "after"]
REMOVED = "removal of a pupil"
"""How a save is called that removed a pupil; it never says whom."""
Version = Mapping[Any, Any]


def trail(connection: Connection, table: str | None = None, pupil_id: str | None = None, but: Collection[str] = ()) -> DataFrame:
    """One row a changed cell, oldest first: `recorded_at` (UTC), `recorded_by`, `how`, `term`, `table`, `entry`, `column`, and
    the cell as text `before` and `after`; where a row was taken back, `column` is blank. The removal of a pupil is one row
    without a term, which does not say of whom. `but` names ways of saving that are left out."""
    if table is not None and table not in schema.RECORDS:
        raise BadInput(f"There is no table of records called {table}.{nearest(table, schema.RECORDS)}")
    saves = {row.save_no: row._mapping for row in connection.execute(select(SAVES).where(SAVES.c.how.not_in(but)))}
    names = [table] if table else list(schema.RECORDS)
    told = [line for name in names for line in _of_table(connection, name, pupil_id, but) if line[0] in saves]
    if table is None and pupil_id is None:
        told += [
            (number, 0, ("", "", "", "", "", "a pupil was removed")) for number, save in saves.items() if save["how"] == REMOVED
        ]
    told.sort(key=lambda line: line[:2])
    rows = [(*(saves[number][name] for name in COLUMNS[:3]), *rest) for number, _, rest in told]
    return DataFrame(rows, columns=COLUMNS).astype("str")


def _of_table(
    connection: Connection, name: str, pupil_id: str | None, but: Collection[str]
) -> Iterator[tuple[int, int, tuple[str, ...]]]:
    stored = METADATA.tables[name]
    entries: dict[str, list[Version]] = defaultdict(list)
    saved = select(SAVES.c.save_no).where(SAVES.c.how.not_in(but))
    touched = stored.c.entry.in_(select(stored.c.entry).where(stored.c.save_no.in_(saved)))
    for row in connection.execute(select(stored).where(touched).order_by(stored.c.version)).mappings():
        entries[row["entry"]].append(row)
    for versions in entries.values():
        if pupil_id is None or any(row.get("pupil_id") == pupil_id for row in versions):
            yield from _of_entry(name, versions)


def _of_entry(name: str, versions: list[Version]) -> Iterator[tuple[int, int, tuple[str, ...]]]:
    """The changed cells of one entry, version by version."""
    before: Version = {}
    for now in versions:
        place = (str(now["term"]), name, str(now["entry"]))
        for column, was, became in _changed(schema.columns(name), before, now):
            yield now["save_no"], now["row_no"], (*place, column, was, became)
        before = now


def _changed(columns: Iterable[str], before: Version, now: Version) -> Iterator[tuple[str, str, str]]:
    if bool(now["withdrawn"]) != bool(before.get("withdrawn")):
        yield ("", "", TAKEN_BACK) if now["withdrawn"] else ("", TAKEN_BACK, "")
    for column in columns:
        was, became = as_written(before.get(column)), as_written(now[column])
        if was != became:
            yield column, was, became
