"""Texts that come again and again as codes: the same tables, several times faster to compare, to group and to join.

And texts of many small tables as Python's own: Arrow's pay off in long columns, which are codes here."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas import Categorical, CategoricalDtype, DataFrame, Index, Series

COLUMNS = (
    "term", "pupil_id", "subject", "kind", "scale", "stage", "state", "teaching_group", "set",
    "sen_status", "sen_need", "ethnicity", "year_group", "respondent", "theme", "activity",
)  # fmt: skip

in_small_tables = pd.option_context("mode.string_storage", "python")
"""For functions that make hundreds of tables of a few dozen rows: a tenth of their time is what texts of Arrow cost there."""


def coded(tables: Mapping[Any, DataFrame], among: Iterable[str] = COLUMNS) -> dict[Any, DataFrame]:
    """The tables with these columns as categories, in the order of the alphabet; all tables share those of a column."""
    columns: dict[Any, dict[str, Categorical]] = {name: {} for name in tables}
    for column in among:
        for name, codes in shared({name: table[column] for name, table in tables.items() if column in table}).items():
            if codes is not tables[name][column].array:
                columns[name][column] = codes
    return {name: table.assign(**columns[name]) if columns[name] else table for name, table in tables.items()}


def shared(texts: Mapping[Any, Series]) -> dict[Any, Categorical]:
    """Columns of texts as categories that all of them share, in the order of the alphabet."""
    found = {name: numbered(column) for name, column in texts.items()}
    several = [*{id(seen): seen for _, seen in found.values()}.values()]
    if len(several) == 1 and several[0].is_monotonic_increasing and all(map(_is_coded, texts.values())):
        return {name: column.array for name, column in texts.items()}
    known = Index(sorted(set().union(*(seen.astype("str").to_numpy(dtype=object) for seen in several))), dtype="str")
    return {name: _among(known, texts[name], *numbers) for name, numbers in found.items()}


def _among(known: Index, texts: Series, codes: NDArray[Any], seen: Index) -> Categorical:
    if _is_coded(texts) and seen.equals(known):
        return texts.array
    return Categorical.from_codes(np.append(known.get_indexer(seen.astype("str")), -1)[codes], known)


def _is_coded(values: Series) -> bool:
    return isinstance(values.dtype, CategoricalDtype)


def numbered(values: Series) -> tuple[NDArray[Any], Index]:
    """A number for each value, -1 where it is missing, and what each number stands for: at once where these are codes already."""
    if _is_coded(values):
        return values.array.codes.astype("int64"), values.array.categories
    codes, seen = pd.factorize(values)
    return codes, Index(seen)


def together(*columns: Series, in_order: bool = False) -> NDArray[np.int64]:
    """One number for each different row of some columns, as they come or `in_order` of what they hold; missing is alike, too."""
    number = np.zeros(len(columns[0]), dtype="int64")
    for values in columns:
        codes, seen = numbered(values)
        if in_order and not seen.is_monotonic_increasing:
            codes = np.append(np.argsort(np.argsort(seen.to_numpy())), -1)[codes]
        number = number * (len(seen) + 1) + codes
    return pd.factorize(number, sort=in_order)[0]


def plain(table: DataFrame, columns: Iterable[str]) -> DataFrame:
    """The table with these columns as texts again: several times faster than to turn them into texts one by one."""
    found = {name: numbered(table[name]) for name in columns}
    return table.assign(**{name: seen.astype("str").array.take(codes, allow_fill=True) for name, (codes, seen) in found.items()})


def different(values: Series) -> Index:
    """Every different value, without the missing."""
    codes, seen = numbered(values)
    return seen[np.bincount(codes[codes >= 0], minlength=len(seen)) > 0]


def places_among(values: Series, known: Index) -> NDArray[np.int64]:
    """Where each value stands in `known`; -1 where it does not."""
    codes, seen = numbered(values)
    return np.append(known.get_indexer(seen), -1)[codes]


def rows_among(values: Series, column: Series) -> NDArray[np.int64]:
    """The row of `column` that holds each value, the last of several; -1 where none does."""
    (codes, seen), (number, known) = numbered(values), numbered(column)
    row = np.full(len(known) + 1, -1)
    row[number] = np.arange(len(number))
    row[-1] = -1
    return (row if seen is known else row[np.append(known.get_indexer(seen), -1)])[codes]


def mapped(written: Series, meaning: Callable[[str], Any], dtype: str = "str") -> Series:
    """`meaning` of each text, worked out once for each different one: of many rows and few texts; a missing text is blank."""
    places, texts = numbered(written)
    # A missing text is at place -1: the last, which is blank.
    meanings = Series([meaning(text) for text in [*texts.astype("str"), ""]], dtype=dtype).array
    return Series(meanings.take(places), index=written.index, name=written.name)


def among(values: Series, others: Series) -> NDArray[np.bool_]:
    """Which values stand among some others, too; `isin` takes ten times as long for texts."""
    return places_among(values, different(others)) >= 0
