"""Texts that come again and again as codes: the same tables, several times faster to compare, to group and to join."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from pandas import Categorical, DataFrame, Index

COLUMNS = ("term", "pupil_id", "subject", "kind", "scale", "state")


def coded(tables: Mapping[str, DataFrame]) -> dict[str, DataFrame]:
    """The tables with these columns as categories, in the order of the alphabet; all tables share those of a column."""
    columns: dict[str, dict[str, Categorical]] = {name: {} for name in tables}
    for column in COLUMNS:
        for name, codes in _shared({name: table[column] for name, table in tables.items() if column in table}).items():
            columns[name][column] = codes
    return {name: table.assign(**columns[name]) for name, table in tables.items()}


def _shared(texts: Mapping[str, pd.Series]) -> dict[str, Categorical]:
    found = {name: pd.factorize(column) for name, column in texts.items()}
    known = Index(sorted(set().union(*(seen for _, seen in found.values()))), dtype="str")
    places = {name: np.append(known.get_indexer(Index(seen)), -1)[codes] for name, (codes, seen) in found.items()}
    return {name: Categorical.from_codes(codes, known) for name, codes in places.items()}
