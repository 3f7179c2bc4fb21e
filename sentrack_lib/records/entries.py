"""What is to be saved, cell by cell: checked like a sheet, with every mistake told; and what names an entry for good."""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from pandas import DataFrame, Series

from sentrack_lib.errors import BadInput
from sentrack_lib.records.tables import amounts, days
from sentrack_lib.settings import nearest
from sentrack_lib.sources import schema
from sentrack_lib.sources.checking import check_table
from sentrack_lib.sources.problems import KEPT, Fault, all_problems, problem, problems_table, sentences
from sentrack_lib.terms import Term

Cell = str | float | None
OWN = ("term", "entry", "version", "withdrawn", "recorded_at", "recorded_by")
"""What a table to be saved may have beside the columns of its record."""

NOT_A_TERM = Fault("is not a term", "Write it as 2025-26-autumn, 2025-26-spring or 2025-26-summer.")
NO_TERM = Fault("is a column that is missing", "Say for each row in which term it was decided.")
NO_VERSION = Fault("is not a version", "Leave it as it was handed out; blank for what is new.")
NO_ENTRY = Fault("is not the name of an entry", "Leave it as it was handed out; blank for what is new.")
TWICE = Fault("is in this save twice", "Keep the right one.")
CANNOT_BE_KEPT = Fault("holds a character that cannot be kept", "Write the cell anew.")
_ENCODE = json.JSONEncoder(check_circular=False).encode
"""Made once: every row that is read is sealed anew to see whether it is what was saved."""
_LONE = re.compile("[\ud800-\udfff]")
"""Halves of a character, which no table takes; they are told like the other character that no database takes, NUL."""


class Mistakes(BadInput):
    """What was to be saved has mistakes; `problems` tells each with its table, row and column, and nothing was saved."""

    def __init__(self, problems: DataFrame) -> None:
        self.problems = problems
        said = problems.assign(
            effect=KEPT,
            remedy=problems["remedy"].str.replace(r" (The cell|Until then it) counts as not known\.$", "", regex=True),
        )
        super().__init__("\n".join(["Nothing was saved. Put this right, then save again:", *sentences(said)]))


@dataclass(frozen=True)
class Wanted:
    """One row to be saved: the entry it is, the one it was and the version it was made from, and its cells."""

    table: str
    term: str
    entry: str
    cells: Mapping[str, Cell]
    was: str = ""
    version: int = 0
    withdrawn: bool = False


@dataclass
class _Sheet:
    """The rows of one table to be saved, as text, and what is wrong with them."""

    table: str
    rows: DataFrame
    found: list[DataFrame] = field(default_factory=list)

    def tell(self, column: str, fault: Fault, wrong: Series) -> None:
        """Add a fault of a column for every row in which it is."""
        if not wrong.any():
            return
        values = self.rows.loc[wrong, column].str.replace("\0", "?", regex=False)
        self.found.append(problems_table(problem(self.table, fault, row, column, value) for row, value in values.items()))


def wanted(tables: Mapping[str, DataFrame]) -> list[Wanted]:
    """Every row of the tables, checked and read; `Mistakes` with all that is wrong in any of them."""
    sheets = [_sheet(table, frame) for table, frame in tables.items()]
    read = [list(_read(sheet)) for sheet in sheets]
    found = all_problems(told for sheet in sheets for told in sheet.found)
    if len(found):
        raise Mistakes(found)
    return [row for rows in read for row in rows]


def named(table: str, term: str, cells: Mapping[str, Cell]) -> str:
    """The name of an entry for good: its term and the cells of its key, so written that no two can be mistaken."""
    return json.dumps([term, *(as_written(cells[column]) for column in schema.key(table))], ensure_ascii=False)


def cells_named(table: str, entry: str) -> dict[str, Cell]:
    """The term and the cells of its key that an entry's name holds."""
    numbers = amounts(table)
    parts = zip(["term", *schema.key(table)], json.loads(entry), strict=True)
    return {name: (float(text) if name in numbers else text) if text else None for name, text in parts}


def as_written(cell: Cell) -> str:
    """A cell as text: a number without idle noughts, blank where it is missing."""
    if cell is None:
        return ""
    # The last digits beyond fifteen places are noise of the machine, and no sheet is read with more.
    return cell if isinstance(cell, str) else np.format_float_positional(cell, precision=15, trim="-")


def seal(row: Mapping[str, object]) -> str:
    """A digest of everything that a stored row says; columns that came later and are blank do not change it."""
    return next(seals(list(row), [list(row.values())]))


def seals(names: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """The seal of each of some rows with the same columns."""
    order = sorted((name, place) for place, name in enumerate(names) if name != "seal")
    for row in rows:
        told = [(name, row[place]) for name, place in order if row[place] is not None]
        yield hashlib.blake2b(_ENCODE(told).encode(), digest_size=8).hexdigest()


def stored(table: str, rows: DataFrame) -> list[dict[str, Cell]]:
    """Typed rows as cells of the store: text, numbers, days as text, nothing where a cell is missing."""
    if rows.empty:
        return []
    dated = set(days(table))
    columns = {}
    for name in schema.columns(table):
        cells = rows[name].to_numpy(dtype="datetime64[D]").astype("str") if name in dated else rows[name].to_numpy(dtype="object")
        columns[name] = [None if gone else cell for cell, gone in zip(cells.tolist(), rows[name].isna().tolist(), strict=True)]
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _sheet(table: str, frame: DataFrame) -> _Sheet:
    """The rows as text, each under its number: as its sheet counts where the index is called `row`, else from 1."""
    if table not in schema.RECORDS:
        raise BadInput(f"There is no table of records called {table}.{nearest(table, schema.RECORDS)}")
    numbers = frame.index.to_numpy() if frame.index.name == "row" else np.arange(1, len(frame) + 1)
    known = [*OWN, *schema.columns(table)]
    texts = {name: _texts(frame[name]).to_numpy() for name in known if name in frame}
    rows = DataFrame(texts, index=numbers, dtype="str").reindex(columns=known, fill_value="").astype("str")
    sheet = _Sheet(table, rows)
    sheet.found += [_unknown(table, str(name), known) for name in frame if name not in known]
    if "term" not in frame:
        sheet.found.append(problems_table([problem(table, NO_TERM, column="term")]))
    return sheet


def _unknown(table: str, name: str, known: list[str]) -> DataFrame:
    fault = Fault("is not a column of this record", nearest(name, known).strip())
    return problems_table([problem(table, fault, column=name)])


def _texts(cells: Series) -> Series:
    """Typed or written cells as text, without blanks around it; a missing one is blank."""
    if pd.api.types.is_datetime64_any_dtype(cells):
        return cells.dt.strftime("%Y-%m-%d").fillna("").astype("str")
    return Series([_text(cell) for cell in cells.tolist()], index=cells.index, dtype="object")


def _text(cell: object) -> str:
    if isinstance(cell, bool):
        return "1" if cell else ""
    if cell is None or cell is pd.NaT or cell is pd.NA or cell != cell:
        return ""
    return as_written(cell) if isinstance(cell, float) else _LONE.sub("\0", str(cell)).strip().replace("\r\n", "\n")


def _read(sheet: _Sheet) -> Iterator[Wanted]:
    """The rows of a sheet, those to be taken back included, after everything that is wrong has been told."""
    rows = sheet.rows
    if "term" in rows and len(rows):
        sheet.tell("term", NOT_A_TERM, ~rows["term"].map(Term.is_named).astype(bool))
        sheet.tell("version", NO_VERSION, ~rows["version"].str.fullmatch(r"\d{0,9}"))
        sheet.tell("entry", NO_ENTRY, ~rows["entry"].map(lambda name: name == "" or _is_entry(sheet.table, name)).astype(bool))
    for name in schema.columns(sheet.table):
        sheet.tell(name, CANNOT_BE_KEPT, rows[name].map(lambda text: "\0" in text).astype(bool))
    gone = rows["withdrawn"].isin(["1", "True", "true", "Y", "yes"])
    for term, some in rows[~gone].groupby("term", sort=False):
        sheet.found.append(check_table(sheet.table, some[schema.columns(sheet.table)], f"{sheet.table} of {term}")[1])
    if any(len(told) for told in sheet.found):
        return
    yield from _apart(sheet, list(_rows(sheet, gone)))


def _is_entry(table: str, name: str) -> bool:
    try:
        return Term.is_named(str(cells_named(table, name)["term"]))
    except (ValueError, TypeError, KeyError):
        return False


def _rows(sheet: _Sheet, gone: Series) -> Iterator[Wanted]:
    rows, table = sheet.rows, sheet.table
    cells = stored(table, schema.typed(table, rows[schema.columns(table)]))
    own = rows[["term", "entry", "version"]].to_numpy().tolist()
    for (term, was, version), some, away in zip(own, cells, gone.tolist(), strict=True):
        name = named(table, term, some)
        yield Wanted(table, term, name, some, was or name, int(version or 0), bool(away))


def _apart(sheet: _Sheet, found: list[Wanted]) -> list[Wanted]:
    """The rows, where no entry is among them twice: once changed and once taken back, say."""
    again = Series([row.was for row in found], index=sheet.rows.index, dtype="object").duplicated()
    if again.any():
        sheet.tell(schema.key(sheet.table)[0], TWICE, again)
    return [] if again.any() else found
