"""The timetable of collecting data: what a term is to bring, and what has come (guidance, statement 7)."""

from collections.abc import Mapping
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas import DataFrame, Series

from sentrack_lib.measures.taking_part import Calendar
from sentrack_lib.sources import schema
from sentrack_lib.terms import Term

COLLECTED, LATE, TO_COME, NOT_PLANNED = "collected", "late", "to come", "not planned"


def collection(
    counts: DataFrame, planned: Mapping[str, tuple[date, ...]], term: Term, calendar: Calendar | None, as_of: date
) -> DataFrame:
    """A row a table of a school's folder: `table`, how many `rows` there are of the term and were `a_year_earlier`, the day `on`
    which it is to be collected, and its `state`.

    The day is the first that the school's settings name within the term; else, for what was collected in the same term a year
    earlier, or is always needed, the last day of the term. What has rows is collected; what has none is late after its day, and
    else to come; without a day it is not planned. `counts` are the rows read, by term and table."""
    first, last = term.dates(calendar)
    names = list(schema.TABLES)
    now, before = (_rows(counts, each, names) for each in (term, term.a_year_earlier()))
    usual = [bool(count) or name == "pupils" for name, count in zip(names, before, strict=True)]
    named = [min((day for day in planned.get(name, ()) if first <= day <= last), default=None) for name in names]
    days = pd.to_datetime(Series([day or (last if always else None) for day, always in zip(named, usual, strict=True)]))
    state = Series(NOT_PLANNED, days.index, dtype="str").mask(days.notna(), TO_COME).mask(days.lt(pd.Timestamp(as_of)), LATE)
    state = state.mask(now > 0, COLLECTED)
    days = days.astype("datetime64[us]")
    return DataFrame({"table": Series(names, dtype="str"), "rows": now, "a_year_earlier": before, "on": days, "state": state})


def _rows(counts: DataFrame, term: Term, names: list[str]) -> NDArray[np.integer]:
    """How many rows of each table there are of a term."""
    rows = counts[counts["term"].eq(str(term))].groupby("table")["accepted"].sum()
    return rows.reindex(names).fillna(0).astype("int64").to_numpy()
