"""How much one file may hold to be imported within a minute and a gigabyte, looked at before anything is read of it."""

import csv
from collections import Counter
from io import StringIO
from itertools import islice
from pathlib import Path

from sentrack_lib.errors import BadInput
from sentrack_lib.sources.files.headings import FIRST_ROWS, likeliest_delimiter
from sentrack_lib.sources.files.texts import as_text, read_bytes
from sentrack_lib.sources.files.workbooks import is_workbook

MOST_ROWS = 500_000
"""A register of a whole school year of 1,300 pupils has as many."""
MOST_CELLS = 5_600_000
MOST_BYTES = 50_000_000
"""Unpacked: a single sign outside the Latin letters makes a text four times as large in memory."""
_SAMPLE = 100_000


def cells_of(file: Path, name: str) -> int:
    """About how many cells a table saved as text has; `BadInput` where they are more than a school exports. A workbook and XML
    have limits of their own, and count as none."""
    data = read_bytes(file)
    if is_workbook(data) or data.lstrip()[:1] == b"<":
        return 0
    if len(data) > MOST_BYTES:
        raise BadInput(
            f"{name} holds more than {MOST_BYTES // 1_000_000} MB of text. Export one term or one year group at a time."
        )
    rows = max(data.count(b"\n"), data.count(b"\r"))
    cells = rows * _width(data[:_SAMPLE], name)
    if rows > MOST_ROWS or cells > MOST_CELLS:
        raise BadInput(
            f"{name} has about {rows:,} rows; at most {MOST_ROWS:,} rows and {MOST_CELLS:,} cells can be imported from one file. "
            "Export one term or one year group at a time."
        )
    return cells


def _width(start: bytes, name: str) -> int:
    """How many cells most of the first rows have."""
    try:
        text = as_text(start, name).text
        rows = csv.reader(StringIO(text, newline=""), delimiter=likeliest_delimiter(text))
        return Counter(map(len, islice(rows, FIRST_ROWS))).most_common(1)[0][0]
    except (BadInput, IndexError):
        return 1
