"""What is kept of a term's imports beside its tables: what each file was taken for, what of it was used, what changed."""

from collections.abc import Iterable, Mapping
from pathlib import Path

import pandas as pd
from pandas import DataFrame

from sentrack_lib.errors import BadInput
from sentrack_lib.sources.checking import CONTRADICTS, TWICE
from sentrack_lib.sources.files import read_sheet
from sentrack_lib.sources.problems import COLUMNS as PROBLEM
from sentrack_lib.sources.problems import ROW_SET_ASIDE
from sentrack_lib.terms import Term

ORIGINALS, IMPORTED = "originals", "imported"
CHANGE = ["table", "pupil_id", "column", "before", "after"]
LISTS = {
    "files": ["file", "taken_for", "read", "accepted", "set_aside", "sha256"],
    "columns": ["file", "column", "use", "reason"],
    "not_understood": ["file", "column", "value", "rows"],
    "problems": PROBLEM,
    "changes": ["file", *CHANGE],
}
"""The lists kept in a term's folder `imported/`; of a file that was imported again the newest is told."""
WHO = ("pupil_id", "upn", "admission_no", "mis_id", "surname", "forename", "date_of_birth")
"""What a row may say of its pupil."""
_OF_ONE_PUPIL = [TWICE.problem, CONTRADICTS.problem]
_COUNTS = ("read", "accepted", "set_aside", "rows", "row")


def kept_list(term_folder: Path, name: str) -> DataFrame:
    """One list of a term's imports, as text; empty where nothing was imported, or it cannot be read."""
    file = term_folder / IMPORTED / f"{name}.csv"
    try:
        cells = read_sheet(file, LISTS[name]).cells if file.exists() else DataFrame()
    except BadInput:
        cells = DataFrame()
    return cells.reindex(columns=LISTS[name]).astype("str").fillna("").reset_index(drop=True)


def imported_in(folder: Path, terms: Iterable[Term]) -> Mapping[str, DataFrame]:
    """Every list of `LISTS` over all terms of a school, with the `term` before its columns; numbers as numbers."""
    there = [str(term) for term in terms]
    return {name: _typed(_over(folder, there, name)) for name in LISTS}


def summary(lists: Mapping[str, DataFrame]) -> DataFrame:
    """A row a file: `file` `taken_for` `read` `accepted` `set_aside`, how many rows named no certain pupil (`no_pupil`), how many
    `columns_used`, `columns_unused` and `codes` not understood it has."""
    files, columns, problems = lists["files"], lists["columns"], lists["problems"]
    aside = problems["effect"].eq(ROW_SET_ASIDE) & problems["row"].notna()
    nobody = aside & problems["column"].isin(WHO) & ~problems["problem"].isin(_OF_ONE_PUPIL)
    counts = {
        "no_pupil": problems[nobody].drop_duplicates(["file", "row"]),
        "columns_used": columns[columns["use"].eq("used")],
        "columns_unused": columns[columns["use"].eq("not mentioned")],
        "codes": lists["not_understood"],
    }
    counted = {name: files["file"].map(rows["file"].value_counts()).fillna(0).astype("int64") for name, rows in counts.items()}
    return files[["file", "taken_for", "read", "accepted", "set_aside"]].assign(**counted)


def _over(folder: Path, terms: list[str], name: str) -> DataFrame:
    every = [kept_list(folder / term, name).assign(term=term) for term in terms]
    columns = ["term", *LISTS[name]]
    return pd.concat(every, ignore_index=True)[columns] if every else DataFrame(columns=columns, dtype="str")


def _typed(rows: DataFrame) -> DataFrame:
    return rows.assign(**{name: pd.to_numeric(rows[name], errors="coerce").astype("Int64") for name in _COUNTS if name in rows})
