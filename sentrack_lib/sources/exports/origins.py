"""Where the cells of one column come from: the columns of an export, joined, summed, rewritten as a profile says."""

import pandas as pd
from pandas import DataFrame, Series

from sentrack_lib.sources.exports.days import is_month_first, iso_dates
from sentrack_lib.sources.exports.exported import Exported
from sentrack_lib.sources.exports.profiles import Origin


def cells_of(origin: Origin, source: Exported, at: pd.Index) -> Series | None:
    """The cells of one column in some rows."""
    cells = _drawn(origin, source, at)
    if cells is None:
        return None
    if origin.recode:
        cells = _recoded(cells, origin, source)
    for other in origin.instead:
        cells = cells.mask(source.all_hold(other.where, at) & source.any_hold(other.where_any, at), other.write)
    return cells


def _drawn(origin: Origin, source: Exported, at: pd.Index) -> Series | None:
    if origin.always is not None:
        return Series(origin.always, index=at, dtype="str")
    if origin.row_number is not None:
        remedy = "The same pupil gets another id when the rows move: import one file of this kind once only, or add an id to it."
        source.remark("has no id for its pupils; they were numbered by their rows", remedy)
        return origin.row_number + Series(at, index=at).astype("str")
    return _sum(origin, source, at) if origin.sum else _written(origin, source, at)


def _written(origin: Origin, source: Exported, at: pd.Index) -> Series | None:
    """The cells under a heading: where blank those under the next, and of each only what stands before or after some mark."""
    cells = source.cells(at, *origin.headings)
    if cells is None:
        return None
    for heading in origin.where_blank:
        other = source.cells(at, heading)
        cells = cells if other is None else cells.mask(cells.eq(""), other)
    if origin.split:
        return cells.map(lambda text: _piece(text, origin.split, origin.piece)).astype("str")
    if origin.before:
        cells = cells.str.partition(origin.before)[0].str.strip()
    return cells.str.partition(origin.after)[2].str.strip() if origin.after else cells


def _sum(origin: Origin, source: Exported, at: pd.Index) -> Series | None:
    """The sum of several columns, times a number, as text; blank where any of them is blank or no number."""
    parts = {heading: cells for heading in origin.sum if (cells := source.cells(at, heading)) is not None}
    if len(parts) < len(origin.sum):
        return None
    numbers = DataFrame({heading: pd.to_numeric(cells, errors="coerce") for heading, cells in parts.items()})
    for heading, cells in parts.items():
        _note_odd(cells[numbers[heading].isna() & cells.ne("")], heading, source)
    total = numbers.sum(axis=1, skipna=False) * origin.times
    return total.map("{:.10g}".format, na_action="ignore").astype("str").fillna("")


def _recoded(cells: Series, origin: Origin, source: Exported) -> Series:
    codes = {code.casefold(): meaning for code, meaning in origin.recode.items()}
    meant = cells.str.casefold().map(codes).astype("str")
    _note_odd(cells[meant.isna() & cells.ne("")], " or ".join(origin.headings), source)
    return meant.fillna(cells)


def _note_odd(cells: Series, column: str, source: Exported) -> None:
    for value, rows in cells.value_counts().items():
        source.odd[column, str(value)] = max(int(rows), source.odd[column, str(value)])


def _piece(text: str, between: str, place: int) -> str:
    """The first, second, … of several things in one cell; blank where there are not so many."""
    pieces = [piece.strip() for piece in text.split(between)]
    return pieces[place - 1] if place <= len(pieces) else ""


def days_of(cells: Series, origin: Origin, source: Exported) -> Series:
    """The cells of a column of days as 2025-09-03; a column that is written month first is told, and not read."""
    if is_month_first(cells):
        remedy = "Export it as 25/04/2025 or 2025-04-25. Until then these days count as not known."
        column = " or ".join(origin.headings)
        source.remark("is written month first, as 04/25/2025; its days in numbers were not read", remedy, column=column)
    return iso_dates(cells)
