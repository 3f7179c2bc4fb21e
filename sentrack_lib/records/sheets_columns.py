"""What a sheet of records has for columns, and the one way in which each of its cells is written as text."""

import re
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from pandas import DataFrame, Series
from pandera.pandas import Column

from sentrack_lib.sources import schema
from sentrack_lib.sources.cells import DATE, NUMBER, text
from sentrack_lib.sources.files.texts import visible

ONLY_READ = ("flags", "runs")
"""What runs found and did: it is shown, and never taken back from a sheet."""
READ_ME, LISTS, WRITTEN = "read me", "lists", "written"
OURS = {
    "term": text("The term that the row is of", required=True, how="a term, such as 2025-26-autumn"),
    "entry": text("Under what the row is kept. Leave it as it is; in a new row leave it blank"),
    "version": text("Which version of the row this is. Leave it as it is; in a new row leave it blank"),
    "withdrawn": text("Y takes the row back; it no longer counts, and nothing else of the row is read", how="Y or nothing"),
}
"""The columns that a sheet has beside those of its table."""
PLAIN_NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,15})?")
# A cell that holds 0.00001 is read as 1e-05; nobody writes that as text.
_NUMBER = re.compile(r"[+-]?[0-9]{1,15}(\.[0-9]+)?|-?[0-9](\.[0-9]+)?e-[0-9]+")
_TIME = re.compile(r"([0-9]{2}:[0-9]{2}):00")
_SPACES = " \u00a0"


def sheet_columns(table: str) -> list[str]:
    """The columns of a table's sheet: `term`, the table's own, and what a row needs to be known again."""
    after = [] if table in ONLY_READ else list(OURS)[1:]
    return ["term", *schema.columns(table), *after]


def column_of(table: str, name: str) -> Column:
    """The description of a column of a table's sheet: of the table's own first, since runs have a version too."""
    return schema.RECORDS[table].columns.get(name) or OURS[name]


def as_texts(table: str, rows: DataFrame) -> DataFrame:
    """A table, typed or not, as its sheet has it: text, every column there, what is missing is blank."""
    names = sheet_columns(table)
    if rows.empty:
        return DataFrame(columns=names, dtype="str")
    blank = Series("", index=rows.index, dtype="str")
    texts = {name: rows[name].map(_as_text).astype("str") if name in rows else blank for name in names}
    return DataFrame({name: canonical(column_of(table, name), cells) for name, cells in texts.items()}, columns=names)


def canonical(column: Column, cells: Series) -> Series:
    """Cells as they are kept: no signs that cannot be seen, no spaces around them, 7 for 7.0, 09:00 for 09:00:00."""
    seen = cells.map(_kept)
    if column.metadata["written"] == NUMBER:
        seen = seen.map(_number)
    elif column.metadata["written"] != DATE and not column.metadata.get("long"):
        seen = seen.map(lambda cell: _TIME.sub(r"\1", cell) if _TIME.fullmatch(cell) else cell)
    return seen.astype("str")


def _as_text(value: Any) -> str:
    """A value of a typed table as text; days as 2025-09-03."""
    if pd.isna(value):
        return ""
    if isinstance(value, date):
        return value.isoformat()[:10]
    return _number(str(value)) if pd.api.types.is_number(value) else str(value)


def _kept(cell: str) -> str:
    # A tab or line break beside words may be meant; a cell of nothing else is blank.
    plain = visible(cell).strip(_SPACES)
    return plain if plain.strip() else ""


def _number(cell: str) -> str:
    """A number with the 15 digits that a cell of Excel holds, without the noise behind them; other text as it is."""
    if not _NUMBER.fullmatch(cell):
        return cell
    return str(np.format_float_positional(float(f"{float(cell):.15g}") + 0.0, trim="-"))
