"""Texts that come again and again as codes: the same tables, several times faster to compare, to group and to join."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas import Categorical, CategoricalDtype, DataFrame, Index, Series

COLUMNS = ("term", "pupil_id", "subject", "kind", "scale", "state")


def coded(tables: Mapping[str, DataFrame]) -> dict[str, DataFrame]:
    """The tables with these columns as categories, in the order of the alphabet; all tables share those of a column."""
    columns: dict[str, dict[str, Categorical]] = {name: {} for name in tables}
    for column in COLUMNS:
        for name, codes in _shared({name: table[column] for name, table in tables.items() if column in table}).items():
            columns[name][column] = codes
    return {name: table.assign(**columns[name]) for name, table in tables.items()}


def _shared(texts: Mapping[str, Series]) -> dict[str, Categorical]:
    found = {name: numbered(column) for name, column in texts.items()}
    known = Index(sorted(set().union(*(seen.to_numpy(dtype=object) for _, seen in found.values()))), dtype="str")
    return {name: _among(known, texts[name], *numbers) for name, numbers in found.items()}


def _among(known: Index, texts: Series, codes: NDArray[Any], seen: Index) -> Categorical:
    if isinstance(texts.dtype, CategoricalDtype) and seen.equals(known):
        return texts.array
    return Categorical.from_codes(np.append(known.get_indexer(seen), -1)[codes], known)


def numbered(values: Series) -> tuple[NDArray[Any], Index]:
    """A number for each value, -1 where it is missing, and what each number stands for: at once where these are codes already."""
    if isinstance(values.dtype, CategoricalDtype):
        return values.cat.codes.to_numpy(), values.cat.categories
    codes, seen = pd.factorize(values)
    return codes, Index(seen)
