"""Merging newer rows of a table with those a term's folder holds: the newer file wins, nothing is lost, every change is told."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from pandas import DataFrame, MultiIndex

from sentrack_lib.sources import schema
from sentrack_lib.sources.imported import CHANGE


@dataclass(frozen=True)
class Merged:
    """A table after merging; the cells that changed (`table pupil_id column before after`); how many rows of the newer file were
    `added`, `changed` and `unchanged`."""

    rows: DataFrame
    changes: DataFrame
    added: int
    changed: int
    unchanged: int


def merged(table: str, held: DataFrame, newer: DataFrame) -> Merged:
    """Text rows held and newer rows as one table, by the table's key; a column the newer file does not have stays as it was."""
    if held.empty:
        whole = newer.reset_index(drop=True)
        return Merged(whole, DataFrame(columns=CHANGE), len(whole), 0, 0)
    columns = [*dict.fromkeys([*(name for name in schema.columns(table) if name in held or name in newer), *held])]
    old, new = (rows.reindex(columns=columns, fill_value="").reset_index(drop=True) for rows in (held, newer))
    old_keys, new_keys = _keys(table, old), _keys(table, new)
    at = new_keys.get_indexer(old_keys)
    updated = _updated(old, new, at, list(map(str, newer)))
    added = new[~new_keys.isin(old_keys)]
    changes = _changes(table, old, updated)
    changed = int(old.ne(updated).any(axis=1).sum())
    return Merged(pd.concat([updated, added], ignore_index=True), changes, len(added), changed, len(new) - len(added) - changed)


def completed(table: str, newer: DataFrame, held: DataFrame) -> DataFrame:
    """Newer rows, required columns they do not have taken from the rows held, as where a list of SEN names no year group; and the
    rest of the key, as where a sheet of who took part names no start, if only one row held can be meant."""
    return _with_required(table, _with_key(table, _with_zeros(newer, held), held), held)


def _with_zeros(newer: DataFrame, held: DataFrame) -> DataFrame:
    """Admission numbers that differ from those held only by leading zeros, which a spreadsheet takes off, as they are held."""
    if not {"pupil_id", "admission_no"} <= set(newer) & set(held):
        return newer
    known = held.drop_duplicates("pupil_id").set_index("pupil_id")["admission_no"]
    before = newer["pupil_id"].map(known).fillna("")
    lost = before.ne("") & before.str.lstrip("0").eq(newer["admission_no"])
    return newer.assign(admission_no=newer["admission_no"].mask(lost, before))


def _with_key(table: str, newer: DataFrame, held: DataFrame) -> DataFrame:
    said = [name for name in schema.key(table) if name in newer]
    lacking = [name for name in schema.key(table) if name not in newer and name in held]
    if not lacking or not said or not set(said) <= set(held):
        return newer
    alone = held[~held.duplicated(said, keep=False)].set_index(said)[lacking]
    found = alone.reindex(MultiIndex.from_frame(newer[said]) if len(said) > 1 else pd.Index(newer[said[0]]))
    once = ~newer.duplicated(said, keep=False).to_numpy()
    return newer.assign(**{name: found[name].fillna("").where(once, "").to_numpy() for name in lacking})


def _with_required(table: str, newer: DataFrame, held: DataFrame) -> DataFrame:
    key = schema.key(table)
    lacking = [name for name in schema.required(table) if name not in newer and name in held]
    if not key or not lacking or not set(key) <= set(newer) & set(held):
        return newer
    known = held.drop_duplicates(key).set_index(key)[lacking]
    found = known.reindex(MultiIndex.from_frame(newer[key]) if len(key) > 1 else pd.Index(newer[key[0]]))
    return newer.assign(**{name: found[name].fillna("").to_numpy() for name in lacking})


def _keys(table: str, rows: DataFrame) -> MultiIndex:
    """What names each row; where every row is an event of its own, all its cells and how often they were there before."""
    named = schema.key(table) or schema.columns(table)
    keys = rows.reindex(columns=named, fill_value="")
    return MultiIndex.from_frame(keys if schema.key(table) else keys.assign(again=keys.groupby(named).cumcount()))


def _updated(old: DataFrame, new: DataFrame, at: np.ndarray, columns: list[str]) -> DataFrame:
    """The old rows with the cells of the newer ones (at position `at`, -1 for none) in the columns the newer file has."""
    there = at >= 0
    if not there.any():
        return old
    newest = new.iloc[np.where(there, at, 0)].reset_index(drop=True)
    return old.assign(**{name: old[name].mask(there, newest[name]) for name in columns})


def _changes(table: str, old: DataFrame, updated: DataFrame) -> DataFrame:
    cells = [
        DataFrame({"pupil_id": old.get("pupil_id", ""), "column": name, "before": old[name], "after": updated[name]})[
            old[name].ne(updated[name])
        ]
        for name in old
    ]
    found = pd.concat(cells, ignore_index=True) if cells else DataFrame(columns=CHANGE[1:])
    return found.assign(table=table)[CHANGE]
