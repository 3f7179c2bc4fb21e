"""What is kept of an import beside a term's tables: the untouched files, and what was read of each of them."""

import hashlib
from pathlib import Path

import pandas as pd
from pandas import DataFrame

from sentrack_lib.errors import BadInput
from sentrack_lib.sources.files import read_sheet, write_table, write_whole
from sentrack_lib.sources.imports.report import LISTS, ImportReport
from sentrack_lib.sources.problems import COLUMNS as PROBLEM

ORIGINALS, IMPORTED = "originals", "imported"
KEPT = {name: LISTS[name] for name in ("files", "columns", "not_understood", "changes")} | {"problems": PROBLEM}
"""What a term's folder keeps of its imports; of a file imported again the newest."""


def sha256(file: Path) -> str:
    """The hash by which a file is known."""
    return hashlib.sha256(file.read_bytes()).hexdigest()


def keep_original(file: Path, name: str, term_folder: Path) -> None:
    """The untouched file beside the tables made from it, under the first letters of its SHA-256, once."""
    kept = term_folder / ORIGINALS / f"{sha256(file)[:12]}-{Path(name).name}"
    if not kept.exists():
        write_whole(file.read_bytes(), kept)


def keep_report(said: ImportReport, term: str, term_folder: Path) -> None:
    """What was read of the files of a term: nothing is written anew that stands there already."""
    files = said.files[said.files["term"].eq(term)]
    if files.empty:
        return
    for name, columns in KEPT.items():
        newer = getattr(said, name)
        own = newer[newer["file"].isin(files["file"])] if name != "changes" else newer[newer["term"].eq(term)]
        held = kept_list(term_folder, name)
        before = held if name == "changes" else held[~held["file"].isin(files["file"])]
        whole = pd.concat([before, _as_text(own, columns)], ignore_index=True).sort_values("file", kind="stable")
        if not whole.reset_index(drop=True).equals(held.reset_index(drop=True)):
            write_table(whole, term_folder / IMPORTED / f"{name}.csv")


def kept_list(term_folder: Path, name: str) -> DataFrame:
    """One list that was kept of a term's imports, as text; empty where nothing was imported, or it cannot be read."""
    file = term_folder / IMPORTED / f"{name}.csv"
    try:
        cells = read_sheet(file, KEPT[name]).cells if file.exists() else DataFrame()
    except BadInput:
        cells = DataFrame()
    return _as_text(cells.reindex(columns=KEPT[name]), KEPT[name])


def _as_text(rows: DataFrame, columns: list[str]) -> DataFrame:
    texts = rows.reindex(columns=columns).astype("object").map(lambda value: "" if pd.isna(value) else str(value))
    return texts.astype("str").reset_index(drop=True)
