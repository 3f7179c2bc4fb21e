"""Taking back a save: each of its rows stands again as it did before, in a new version, for nothing is ever removed."""

from collections.abc import Iterator

from pandas import DataFrame
from sqlalchemy import Connection, Table, select

from sentrack_lib.records.changing import RowLike
from sentrack_lib.records.connecting import reading
from sentrack_lib.records.entries import as_written
from sentrack_lib.records.store import Saved, Store
from sentrack_lib.records.tables import METADATA
from sentrack_lib.sources import schema


def take_back(store: Store, save_no: int, by: str) -> Saved:
    """Save the rows of an earlier save as they stood before it; what was new in it is withdrawn.

    `Conflict` where somebody has changed one of these rows since: then nothing is taken back."""
    with reading(store.engine) as connection:
        found = {name: list(_before(connection, METADATA.tables[name], save_no)) for name in schema.RECORDS}
    return store.save({name: DataFrame(rows, dtype="str") for name, rows in found.items() if rows}, by)


def _before(connection: Connection, table: Table, save_no: int) -> Iterator[dict[str, str]]:
    for row in connection.execute(select(table).where(table.c.save_no == save_no)).mappings().all():
        earlier = select(table).where(table.c.entry == row["entry"], table.c.version == row["version"] - 1)
        before = connection.execute(earlier).mappings().one_or_none()
        yield _row(table.name, before or row, row["version"], gone=before is None or bool(before["withdrawn"]))


def _row(table: str, cells: RowLike, version: int, *, gone: bool) -> dict[str, str]:
    """The row to be saved, made from the version that is taken back."""
    own = {"term": cells["term"], "entry": cells["entry"], "version": str(version), "withdrawn": "Y" if gone else ""}
    return own | {column: as_written(cells[column]) for column in schema.columns(table)}
