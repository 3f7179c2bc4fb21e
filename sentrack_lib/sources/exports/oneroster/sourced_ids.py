"""The ids and lists of a package that is written: ids made from what they stand for, so that they are the same each time."""

import csv
import io
from collections.abc import Iterable
from hashlib import sha256

from pandas import DataFrame, Series

SCHOOL_ID, YEAR_ID, TERM_ID, PERIOD_ID = "school", "school-year", "term", "grading-period"
PLAIN_ID = r"[0-9A-Za-z][0-9A-Za-z./@_-]{0,254}"
"""The signs the standard allows in an id; the first is none that a spreadsheet would take for a formula."""


def made_id(kind: str, *parts: str) -> str:
    """An id for something of a kind, told apart by its parts."""
    together = "\x1f".join(parts).encode()
    return f"{kind}-{sha256(together).hexdigest()[:24]}"


def made_ids(kind: str, rows: DataFrame) -> Series:
    """An id for each row."""
    texts = rows.astype("str").to_numpy().tolist()
    return Series([made_id(kind, *parts) for parts in texts], index=rows.index, dtype="str")


def as_list(parts: Iterable[str]) -> str:
    """Some texts as the standard writes a list in a cell: commas between, a text with commas in quotation marks."""
    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow(list(parts))
    return out.getvalue()
