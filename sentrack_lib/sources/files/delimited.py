"""The rows below the headings: all at once by pyarrow where every row fits, else one by one with the misfits set aside."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from io import StringIO
from itertools import chain, islice

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv

from sentrack_lib.errors import BadInput
from sentrack_lib.sources.files.headings import Headings

MOST_BYTES_OF_A_CELL = 200_000_000
MOST_READ_AGAIN = 10_000
"""Lines that are read again, after quotation marks that never closed, before a file is refused; and thrice all its lines."""
_BATCH = 50_000
# Stands below the last row: where a cell has swallowed it, a quotation mark was opened and never closed.
_END = "end of the file \ue000"

csv.field_size_limit(MOST_BYTES_OF_A_CELL)  # the standard 131,072 would stop at a long comment


@dataclass(frozen=True)
class Misfit:
    """A row that does not fit the headings: its number, its cells, and whether a quotation mark in it never closes."""

    row: int
    cells: list[str]
    unclosed: bool = False


@dataclass(frozen=True)
class Rows:
    """The rows that fit (columns named "0", "1", …; text, stripped, none blank throughout), their numbers, the misfits, and the
    numbers of rows that only repeat the headings, as at the top of each printed page."""

    cells: pa.Table
    numbers: np.ndarray
    misfits: list[Misfit]
    repeated: tuple[int, ...] = ()


def all_at_once(below: str, headings: Headings, delimiter: str) -> Rows | None:
    """The rows of a text below its headings; None where any row does not fit."""
    names = _places(headings)
    try:
        table = arrow_csv.read_csv(
            # Encoded apart: the sign in the end mark would make the whole text twice as large first.
            pa.BufferReader(below.encode() + f"\n{_END}{delimiter * (len(names) - 1)}\n".encode()),
            read_options=arrow_csv.ReadOptions(column_names=names, block_size=4_000_000),
            parse_options=arrow_csv.ParseOptions(delimiter=delimiter, newlines_in_values=True, ignore_empty_lines=False),
            convert_options=arrow_csv.ConvertOptions(column_types=dict.fromkeys(names, pa.large_string()), check_utf8=False),
        )
    except pa.ArrowException:
        return None
    if table.column(0)[-1].as_py() != _END or _spans_lines(table, below):
        return None
    kept = table.slice(0, table.num_rows - 1)
    return _stripped(kept, headings.row + 1 + np.arange(len(kept)), [], headings)


def one_by_one(below: str, headings: Headings, delimiter: str, file: str) -> Rows:
    """The same, row by row: a row that does not fit is set aside, the others stay."""
    return gathered(_rows(StringIO(below, newline="").readlines(), delimiter, headings.row + 1, file), headings, file)


def gathered(rows: Iterable[list[str] | Misfit], headings: Headings, file: str) -> Rows:
    """Rows that follow the headings as a table, in batches so that a long file does not lie in memory twice."""
    rows = iter(rows)
    batches, numbers, misfits = [], [], []
    number = headings.row
    while batch := list(islice(rows, _BATCH)):
        fitted = [_fitted(row, place, headings) for place, row in enumerate(batch, number + 1)]
        good = [(place, row) for place, row in enumerate(fitted, number + 1) if not isinstance(row, Misfit)]
        misfits += [row for row in fitted if isinstance(row, Misfit)]
        numbers += [place for place, _ in good]
        batches.append(_table([row for _, row in good], headings))
        number += len(batch)
        _refuse_if_most(misfits, len(numbers), file)
    whole = pa.concat_tables(batches) if batches else _table([], headings)
    return _stripped(whole, np.array(numbers, dtype="int64"), misfits, headings)


def _places(headings: Headings) -> list[str]:
    return [str(place) for place in range(len(headings.names))]


def _rows(lines: list[str], delimiter: str, first: int, file: str) -> Iterator[list[str] | Misfit]:
    """The rows of a text; a quotation mark that never closes spoils its own line only, not all that follow it."""
    start, number, again = 0, first, 0
    while start < len(lines):
        reader = csv.reader(chain((lines[at] for at in range(start, len(lines))), [_END]), delimiter=delimiter)
        begins, ends = start, start
        for row in reader:
            begins, ends = ends, start + reader.line_num
            if row == [_END]:
                return
            if ends > len(lines) or (ends - begins > 1 and _is_torn(lines[begins:ends], delimiter)):
                break
            yield row
            number += 1
        yield Misfit(number, next(csv.reader([lines[begins].replace('"', "")], delimiter=delimiter), []), unclosed=True)
        again += ends - begins
        if again > MOST_READ_AGAIN + 3 * len(lines):
            raise BadInput(f"{file} has too many quotation marks that never close (one in row {number}). Export it again as CSV.")
        start, number = begins + 1, number + 1


def _is_torn(lines: list[str], delimiter: str) -> bool:
    """Whether a cell over several lines ends in a quotation mark with something behind it: it opened a cell of a later row."""
    try:
        list(csv.reader(lines, delimiter=delimiter, strict=True))
    except csv.Error:
        return True
    return False


def _fitted(row: list[str] | Misfit, number: int, headings: Headings) -> list[str] | Misfit:
    """The row with as many cells as there are headings; cells beyond them may only be blank. A blank row always fits."""
    width = len(headings.names)
    if isinstance(row, Misfit) or len(row) == width:
        return row
    blank = not any(map(str.strip, row[: headings.named]))
    if any(map(str.strip, row[width:])) or (len(row) < headings.named and not blank):
        return Misfit(number, row)
    return (row + [""] * width)[:width]


def _table(rows: list[list[str]], headings: Headings) -> pa.Table:
    columns = zip(*rows, strict=True) if rows else [()] * len(headings.names)
    return pa.table([pa.array(column, pa.large_string()) for column in columns], names=_places(headings))


def _spans_lines(table: pa.Table, below: str) -> bool:
    """Whether any cell holds several lines: then a quotation mark may have swallowed rows, which is looked at one by one."""
    return '"' in below and any(pc.any(pc.match_substring_regex(column, r"[\r\n]")).as_py() for column in table.columns)


def _stripped(table: pa.Table, numbers: np.ndarray, misfits: list[Misfit], headings: Headings) -> Rows:
    """Cells without spaces around them; rows that are blank throughout, or repeat the headings, are no rows."""
    cells = pa.table({name: pc.utf8_trim_whitespace(table[name]) for name in table.column_names})
    blank = _all_equal(cells, [""] * len(headings.names))
    repeated = _all_equal(cells, headings.names) & (sum(map(bool, headings.names)) > 1)
    left = blank | repeated
    if not left.any():
        return Rows(cells, numbers, misfits)
    return Rows(cells.filter(pa.array(~left)), numbers[~left], misfits, tuple(numbers[repeated].tolist()))


def _all_equal(cells: pa.Table, texts: Sequence[str]) -> np.ndarray:
    """Whether every cell of a row says what it would say in another row."""
    equal = np.ones(len(cells), dtype=bool)
    for column, text in zip(cells.columns, texts, strict=True):
        if not equal.any():
            break
        equal &= pc.equal(column, text).to_numpy()
    return equal


def _refuse_if_most(misfits: list[Misfit], good: int, file: str) -> None:
    if len(misfits) > 100_000 or len(misfits) > max(1_000, good):
        raise BadInput(
            f"{file}: too many rows do not have as many cells as there are headings (row {misfits[0].row} is the first). "
            "Check that the headings are whole, then export it again as CSV."
        )
