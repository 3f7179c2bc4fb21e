"""Which provision a sheet speaks of, where another sheet gave it an id of its own."""

from pathlib import Path

import pandas as pd
from pandas import DataFrame

from sentrack_lib.errors import BadInput
from sentrack_lib.sources import schema
from sentrack_lib.sources.files import read_sheet

NAMED = "provisions"


def with_ids(table: str, rows: DataFrame, records: Path) -> DataFrame:
    """Rows that call a provision by its name, with the id under which a term's `records` hold it, if only one has that name."""
    if table not in schema.RECORDS or "provision_id" not in rows:
        return rows
    held = _held(records / f"{NAMED}.csv")
    alone = held[~held["name"].str.casefold().duplicated(keep=False)]
    at = pd.Index(alone["name"].str.casefold()).get_indexer(pd.Index(rows["provision_id"].str.casefold()))
    called = (at >= 0) & ~rows["provision_id"].isin(held["provision_id"]).to_numpy()
    if table == NAMED and "name" in rows:
        called &= rows["provision_id"].str.casefold().eq(rows["name"].str.casefold()).to_numpy()
    same = {"provision_id": "provision_id", **({"name": "name"} if table == NAMED and "name" in rows else {})}
    if not called.any():
        return rows
    return rows.assign(**{name: rows[name].mask(called, pd.Series(alone[name].to_numpy()[at], rows.index)) for name in same})


def _held(file: Path) -> DataFrame:
    try:
        cells = read_sheet(file, schema.columns(NAMED)).cells if file.exists() else DataFrame()
    except BadInput:
        cells = DataFrame()
    return cells.reindex(columns=["provision_id", "name"]).astype("str").fillna("")
