"""Keeping what was imported: the untouched files, and the lists of what was read of each of them."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

import pandas as pd
from pandas import DataFrame

from sentrack_lib.sources.files import write_table, write_whole
from sentrack_lib.sources.imported import IMPORTED, LISTS, ORIGINALS, kept_list
from sentrack_lib.sources.imports.report import ImportReport
from sentrack_lib.sources.problems import KEPT, Fault, problem, problems_table

NOT_KEPT = Fault("was read, but has gone since: its original is not kept", "Import it again from where it lies.", KEPT)


def keep_original(file: Path, name: str, term_folders: Iterable[Path]) -> tuple[str, DataFrame]:
    """Keep the untouched file beside the tables made from it, under the first letters of its SHA-256, once; returns the hash, and
    what is wrong if it has gone in the meantime."""
    try:
        content = file.read_bytes()
    except OSError:
        return "", problems_table([problem(name, NOT_KEPT)])
    digest = hashlib.sha256(content).hexdigest()
    for kept in (folder / ORIGINALS / f"{digest[:12]}-{Path(name).name}" for folder in term_folders):
        if not kept.exists():
            write_whole(content, kept)
            kept.chmod(0o600)  # transfer files hold addresses and contacts that no table needs
    return digest, problems_table()


def keep_report(said: ImportReport, term: str, term_folder: Path) -> None:
    """What was read of the files of a term: nothing is written anew that stands there already."""
    files = said.files[said.files["term"].eq(term)]
    if files.empty:
        return
    for name in LISTS:
        newer = getattr(said, name)
        own = newer[newer["term"].eq(term) if name == "changes" else newer["file"].isin(files["file"])]
        held = kept_list(term_folder, name)
        if not len(own) and not len(held):
            continue
        # A change is a fact that stays; all else is told anew when the file comes again.
        before = held if name == "changes" else held[~held["file"].isin(files["file"])]
        whole = _in_order(pd.concat([before, _as_text(own, LISTS[name])], ignore_index=True))
        if not whole.equals(held):
            write_table(whole, term_folder / IMPORTED / f"{name}.csv")


def _in_order(rows: DataFrame) -> DataFrame:
    """By file and, where there are rows of files, by their number, so that the same import reads alike each time."""
    if "row" not in rows:
        return rows.sort_values("file", kind="stable", ignore_index=True)
    numbered = rows.assign(number=pd.to_numeric(rows["row"], errors="coerce"))
    by = ["file", "number", "column", "problem", "value"]
    return numbered.sort_values(by, kind="stable", na_position="first", ignore_index=True).drop(columns="number")


def _as_text(rows: DataFrame, columns: list[str]) -> DataFrame:
    texts = rows.reindex(columns=columns).astype("object").map(lambda value: "" if pd.isna(value) else str(value))
    return texts.astype("str").reset_index(drop=True)
