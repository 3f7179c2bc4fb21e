"""What the records hold of a table up to a term: its newest rows, typed, with every column."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from pandas import DataFrame, Series

from sentrack_lib.measures.progress.taught import moment, moments
from sentrack_lib.sources import schema
from sentrack_lib.terms import Term


def newest(records: Mapping[str, DataFrame], table: str, term: Term) -> DataFrame:
    """The newest version, up to `term`, of each row of a table of the records (which may be absent), with its `term`.

    What was recorded later, or in a later term, holds; a row that does not name what it is about is left out."""
    rows = records.get(table, DataFrame())
    rows = rows.reindex(columns=["term", "recorded_at", *schema.columns(table)])
    dated = schema.days(table, rows.columns.intersection(schema.columns(table)))
    days: dict[str, Any] = {name: pd.to_datetime(rows[name], errors="coerce") for name in dated}
    typed = rows.assign(**{str(name): days[name] if name in days else _texts(rows[name]) for name in rows})
    when = moments(typed["term"])
    order = np.lexsort([np.arange(len(rows)), typed["recorded_at"].fillna("").to_numpy(dtype=object), when])
    key = schema.key(table)
    typed = typed.iloc[order[when[order] <= moment(term)]].dropna(subset=key[:1])
    kept = typed.drop_duplicates(key, keep="last").reset_index(drop=True)
    return kept[["term", *schema.columns(table)]]


def _texts(cells: Series) -> Series:
    """A column as text; what was read as a number as one writes it, 5 and not 5.0."""
    return cells.map(_text, na_action="ignore").astype("str") if cells.dtype != "str" else cells


def _text(cell: object) -> str:
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)
