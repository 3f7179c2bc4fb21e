"""Rows gathered by the pupil they are about: where pages of all pupils are made, those of one are found at once."""

from collections.abc import Hashable
from typing import Any

import numpy as np
import pandas as pd
from pandas import DataFrame, Series


class ByPupil:
    """The rows of a table, to be handed out pupil by pupil; those of one stand in their order, and rows about nobody are left."""

    def __init__(self, rows: DataFrame, whose: Series) -> None:
        """`whose` names the pupil of each row, in the order of the rows."""
        codes, pupils = pd.factorize(whose.astype("str"))
        order = np.argsort(codes, kind="stable")
        begins, ends = (np.searchsorted(codes[order], np.arange(len(pupils)), side).tolist() for side in ("left", "right"))
        self.rows, self._places = rows.iloc[order], dict(zip(pupils, zip(begins, ends, strict=True), strict=True))

    def of(self, pupil_id: str) -> DataFrame:
        """The rows about one pupil; none where there are none."""
        return self.rows.iloc[self.span(pupil_id)]

    def span(self, pupil_id: str) -> slice:
        """Where the rows about one pupil stand among the gathered `rows`."""
        return slice(*self._places.get(pupil_id, (0, 0)))


def by_pupil(rows: DataFrame, printed: DataFrame | None = None) -> ByPupil:
    """Rows about pupils, or what is `printed` of them, gathered by the pupil they are about."""
    return ByPupil(rows if printed is None else printed, rows["pupil_id"])


def rows_of_each(rows: DataFrame) -> dict[str, list[dict[Hashable, Any]]]:
    """The rows about each pupil, each with its cells by name."""
    of_each: dict[str, list[dict[Hashable, Any]]] = {}
    for row in rows.to_dict("records"):
        of_each.setdefault(str(row["pupil_id"]), []).append(row)
    return of_each
