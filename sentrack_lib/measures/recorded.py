"""What was recorded up to a term: every column of a record, typed, and of a row that comes again the latest alone."""

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd
from pandas import DataFrame, Series

from sentrack_lib.measures.progress.taught import moment, moments
from sentrack_lib.sources import schema
from sentrack_lib.sources.cells import DATE, NUMBER, TEXT
from sentrack_lib.terms import Term


def recorded(records: Mapping[str, DataFrame], name: str, term: Term, each_term: bool = False) -> DataFrame:
    """The rows of one table of the records up to `term`, earlier first: `term` and every column that `RECORDS` describes, days as
    datetime64 without a time, amounts as float64, the rest as text; what is blank or cannot be read is missing. Of rows with the
    same key the latest holds; with `each_term`, the latest of each term. An absent table, or column, is empty; a row without a
    term is as old as any."""
    if isinstance(records, ReadOnce):
        return records.read(name, term, each_term)
    columns = schema.RECORDS[name].columns
    rows = records.get(name, DataFrame()).reindex(columns=["term", *columns])
    read = {column: _typed(rows[column], columns[column].metadata["written"]) for column in columns}
    rows = DataFrame({"term": _typed(rows["term"], TEXT), **read}, index=rows.index)
    when = moments(rows["term"])
    order = np.argsort(when, kind="stable")
    key = [*(["term"] * each_term), *schema.key(name)]
    return rows.iloc[order[when[order] <= moment(term)]].drop_duplicates(key, keep="last", ignore_index=True)


class ReadOnce(Mapping[str, DataFrame]):
    """Records of which each table is read once, however many measures ask for what was `recorded` in it."""

    def __init__(self, records: Mapping[str, DataFrame]) -> None:
        """Of these records."""
        self._records = records
        self._read: dict[tuple[str, Term, bool], DataFrame] = {}

    def read(self, name: str, term: Term, each_term: bool) -> DataFrame:
        """What was `recorded`; each who asks has a table of their own."""
        asked = (name, term, each_term)
        if asked not in self._read:
            self._read[asked] = recorded(self._records, *asked)
        return self._read[asked].copy(deep=False)

    def __getitem__(self, name: str) -> DataFrame:
        return self._records[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._records)

    def __len__(self) -> int:
        return len(self._records)


def for_each(keys: Series, values: Series) -> Series:
    """The value that each key has in a column whose index names them; missing where it has none."""
    return values.reindex(keys).set_axis(keys.index)


def _typed(cells: Series, written: str) -> Series:
    if written == NUMBER:
        return pd.to_numeric(cells, errors="coerce").astype("float64")
    if written == DATE:
        return pd.to_datetime(cells, errors="coerce").dt.normalize()
    texts = cells.map(_text, na_action="ignore").astype("str").str.strip() if cells.dtype != "str" else cells.str.strip()
    return texts.mask(texts.eq(""))


def _text(cell: object) -> str:
    """A cell as one writes it: 5 and not 5.0."""
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)
