"""Writing tables and files whole or not at all, with nothing in them that a spreadsheet would run."""

import csv
import os
import tempfile
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pandas import DataFrame

TEXT = pd.StringDtype(na_value=np.nan)
# What a spreadsheet would run, its full-width twins included; an apostrophe before it is doubled so that it survives reading.
_RISKY = r"^('*\s*[=+\-@\t\r\n\x{FF1D}\x{FF0B}\x{FF0D}\x{FF20}])"
SHIELDED = _RISKY.replace("^(", "^'(")
_PLAIN_NUMBER = r"^-?\d+(\.\d+)?$"


def write_table(table: DataFrame, file: Path) -> None:
    """Write a table as CSV (UTF-8, ISO dates), whole or not at all; text a spreadsheet would run gets a leading apostrophe."""
    texts = table.select_dtypes(["str", "object", "category"]).astype(TEXT)
    shielded = table.assign(**{str(name): _shielded(texts[name]) for name in texts})
    # The csv module leaves a lone return unquoted when lines end otherwise; quoted, it stays inside its cell.
    returns = any(texts[name].str.contains("\r", regex=False).any() for name in texts)
    quoting: Literal[0, 1] = csv.QUOTE_ALL if returns else csv.QUOTE_MINIMAL
    write_whole(shielded.to_csv(index=False, lineterminator="\n", date_format="%Y-%m-%d", quoting=quoting), file)


def write_whole(content: str | bytes, file: Path) -> None:
    """Write a file whole or not at all, however the program ends: beside it first, then in its place."""
    file = Path(file)
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, beside = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(content.encode() if isinstance(content, str) else content)
            out.flush()
            os.fsync(out.fileno())
        Path(beside).chmod(0o644)
        Path(beside).replace(file)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise


def _shielded(texts: pd.Series) -> pd.Series:
    column = pc.utf8_rtrim_whitespace(pa.array(texts, type=pa.large_string(), from_pandas=True))
    runs = pc.and_not(pc.match_substring_regex(column, _RISKY), pc.match_substring_regex(column, _PLAIN_NUMBER)).fill_null(False)
    return texts.mask(runs.to_numpy(zero_copy_only=False), "'" + texts) if pc.any(runs).as_py() else texts
