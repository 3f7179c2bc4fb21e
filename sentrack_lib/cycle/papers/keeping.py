"""Who keeps the records: for a run, which reads them and freezes its flags; and for a page, whose forms write to them."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd
from pandas import DataFrame

from sentrack_lib.cycle.papers.opening import READY
from sentrack_lib.errors import BadInput
from sentrack_lib.measures.evaluated import planned_and_evaluated
from sentrack_lib.records import Saved, Store, file_sheets, open_store, recorded, store_there, take_back
from sentrack_lib.records.filing import SHEETS as BY_SHEETS
from sentrack_lib.records.filing import rows_of_sheets
from sentrack_lib.records.trails import COLUMNS as TRAIL
from sentrack_lib.settings import Parameters, project_root
from sentrack_lib.sources import schema
from sentrack_lib.sources.folders import settings_in
from sentrack_lib.sources.loading import School, load_school

WHERE = "records.json"
"""Lies beside the papers of those who may write, and says where the records are."""
SHEETS, RUN = "sheets in the school's folder", "sentrack run"
"""Under whose name rows are kept that no person has entered."""
NOT_KEPT = "Records are read from the sheets alone, and the flags of this run are not kept. {why}"


@dataclass(frozen=True)
class Keeper:
    """The records of one school, for a page: what is saved there is seen by everybody who opens a page afterwards."""

    folder: Path
    url: str | None = None
    laid: int = 0
    """The number of the last save when the page's papers were laid out."""

    def save(self, tables: Mapping[str, DataFrame], by: str) -> Saved:
        """Save rows of records, all or none, under a name."""
        return self._store.save(tables, by)

    def take_back(self, saved: Saved, by: str) -> Saved:
        """Let the rows of a save stand as they did before it."""
        return take_back(self._store, saved.save_no, by)

    def renewed(self, tables: Mapping[str, DataFrame]) -> Mapping[str, DataFrame]:
        """The tables of a page with what is recorded by now; as they are where nothing was saved since."""
        if self.laid and self._store.latest == self.laid:
            return tables
        return {**tables, **planned_and_evaluated(tables, self._store.current(), settings_in(self.folder))}

    def trail(self) -> DataFrame:
        """What people changed in the records, cell by cell, oldest first; what came from sheets and runs is left out.

        Nothing is made where there is no store yet: whoever only reads a page writes nothing."""
        store = store_there(self.folder, self.url)
        return store.trail(but=(BY_SHEETS, RUN)) if store else DataFrame(columns=TRAIL)

    @cached_property
    def _store(self) -> Store:
        """The store; where there is none yet it begins with the sheets of the terms."""
        there = store_there(self.folder, self.url)
        if there:
            return there
        store = open_store(self.folder, self.url)
        file_sheets(load_school(self.folder), store, SHEETS)
        return store


def open_records(school: str, audience: str = "inclusion") -> Keeper | None:
    """Who keeps the records for a page; nobody where the page may not write, or is read as the result of a run."""
    ready = os.environ.get(READY)
    if ready:
        where = Path(ready) / WHERE
        return Keeper(**_read(where)) if where.exists() else None
    return Keeper(project_root(Path.cwd() / "page") / school) if audience == "inclusion" else None


def let_write(parameters: Parameters, laid: int, papers: Path) -> None:
    """Lay beside the papers of a dashboard where the records are, and up to which save the papers know them: its pages may
    write."""
    where = {"folder": str(parameters.school), "url": parameters.records_url, "laid": laid}
    (papers / WHERE).write_text(json.dumps(where), encoding="utf-8")


def _read(where: Path) -> dict[str, Any]:
    said = json.loads(where.read_text(encoding="utf-8"))
    return {**said, "folder": Path(said["folder"])}


def with_records(parameters: Parameters) -> School:
    """The school with what is recorded; nothing is written."""
    return recorded(load_school(parameters.school), parameters.records_url)


def kept_school(parameters: Parameters) -> tuple[School, Store | None, str]:
    """The school with what is recorded, its sheets filed; its store, or none and the reason why there can be none."""
    school = load_school(parameters.school)
    sheets = rows_of_sheets(school)
    try:
        store = open_store(parameters.school, parameters.records_url)
        file_sheets(school, store, SHEETS, sheets)
    except (BadInput, OSError) as fault:
        if (parameters.school / "records.sqlite").exists():
            raise
        return school, None, NOT_KEPT.format(why=fault)
    return recorded(school, parameters.records_url, sheets), store, ""


def freeze(store: Store, term: str, flags: DataFrame, run: Mapping[str, str]) -> None:
    """Keep what a run flagged in its term, so that it can be asked later whether it was right; and the run itself."""
    now = flags.reindex(columns=schema.columns("flags")).assign(term=term)
    known = store.current(tables=["flags"])["flags"]
    known = known[known["term"].eq(term)]
    store.save({"flags": _beside(now, known), "runs": DataFrame([{"term": term, **run}])}, RUN, RUN)


def _beside(now: DataFrame, known: DataFrame) -> DataFrame:
    """The flags as they stand now, those known before as their next version; what no longer stands is taken back."""
    key = ["term", *schema.key("flags")]
    stands = now.merge(known[[*key, "entry", "version"]], how="left", on=key)
    gone = known.merge(now[key], how="left", on=key, indicator=True)
    gone = gone[gone["_merge"].eq("left_only")][[*key, "entry", "version"]].assign(withdrawn="Y")
    return pd.concat([stands, gone], ignore_index=True).fillna({"version": 0})
