"""The rows of a worksheet, written column by column: a cell as it is takes a quarter of the time of one that is asked for.

XlsxWriter keeps an object for each cell until the workbook is closed, and then asks each for its kind. The kind of a whole column
is known, so its cells are written as they stand in the file, and what XlsxWriter writes around them stays as it is.
"""

from collections.abc import Callable, Sequence
from math import isfinite
from typing import Any

from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

TEXT, NUMBER, DAY = "text", "number", "day"
"""What a column holds."""
LONGEST = 32_767
"""Letters that a cell may hold, as a spreadsheet counts them: two for some."""
NARROW, WIDEST = 10, 60
"""Letters in the width of a column: of one with numbers or days, and of any at most."""
MARKUP = ("<r>", "</r>")
"""What begins and ends so is taken by XlsxWriter for text with formats, and stands in the file as it is."""


class Rows(Worksheet):
    """A worksheet that is filled with one table."""

    written = ""

    def fill(self, columns: Sequence[tuple[str, str, Sequence[Any]]], heading: Format, day: Format) -> None:
        """Write columns, each with its name, what it holds and its cells, below a heading that stays and has filters."""
        self.freeze_panes(1, 0)
        if not columns:
            return
        self.dim_rowmax = len(columns[0][2])
        self.autofilter(0, 0, self.dim_rowmax, len(columns) - 1)
        placed = []
        for place, (name, kind, cells) in enumerate(columns):
            self.write_string(0, place, name, heading)
            widest = max((len(cell) for cell in cells if cell is not None), default=0) if kind == TEXT else NARROW
            self.set_column(place, place, min(WIDEST, max(widest, len(name)) + 4))
            placed.append(self._placed(cells, kind, xl_col_to_name(place), day))
        lines = enumerate(map("".join, zip(*placed, strict=True)), 2)
        self.written = "".join(f'<row r="{row}">{line}</row>' for row, line in lines if line)

    def _placed(self, cells: Sequence[Any], kind: str, column: str, day: Format) -> list[str]:
        """The cells of a column as they stand in the file, each with where it is; those that are missing blank."""
        said = self._numbers_of(cells) if kind == TEXT else _number
        means = {TEXT: ' t="s"', NUMBER: "", DAY: f' s="{day._get_xf_index()}"' if kind == DAY else ""}[kind]
        return [
            "" if cell is None or not (value := said(cell)) else f'<c r="{column}{row}"{means}><v>{value}</v></c>'
            for row, cell in enumerate(cells, 2)
        ]

    def _numbers_of(self, texts: Sequence[str | None]) -> Callable[[str], str]:
        """What gives the number of a text in the list of all texts of the workbook; most stand in a column more than once."""
        number: Callable[[str], int] = self.str_table._get_shared_string_index
        there = [text for text in texts if text is not None]
        numbers = {text: str(number(_fitting(text))) for text in dict.fromkeys(there)}
        self.str_table.count += len(there) - len(numbers)
        return numbers.__getitem__

    def _write_rows(self) -> None:
        """The heading, as XlsxWriter writes it, and the rows below it."""
        super()._write_rows()
        self.fh.write(self.written)


def _number(value: float) -> str:
    """A number to the sixteen figures that spreadsheets hold; none hold one without end."""
    return f"{value:.16G}" if isfinite(value) else ""


def _fitting(text: str) -> str:
    """A text as a cell can hold it, and no markup."""
    if len(text) > LONGEST // 2:
        text = text.encode("utf-16-le", "surrogatepass")[: 2 * LONGEST].decode("utf-16-le", "ignore")
    return f"{text} " if text.startswith(MARKUP[0]) and text.endswith(MARKUP[1]) else text
