"""The records of a school as one Excel workbook, out and in again: all of a filled workbook is kept, or nothing of it."""

from collections.abc import Mapping
from pathlib import Path

from pandas import DataFrame

from sentrack_lib.records.entries import Mistakes
from sentrack_lib.records.filing import file_sheets, recorded
from sentrack_lib.records.sheets import write_sheets
from sentrack_lib.records.sheets_columns import ONLY_READ
from sentrack_lib.records.sheets_in import has_mistakes, read_sheets
from sentrack_lib.records.store import Saved, Store
from sentrack_lib.sources.loading import School

WORKBOOK = "workbook"
NAMED = {"provision_id": ("provisions", "name"), "target_id": ("targets", "what"), "meeting_id": ("meetings", "kind")}
"""Columns that refer to another sheet, with the column in which a person knows what is meant."""


def export_workbook(school: School, store: Store, file: Path) -> int:
    """Write everything that stands, and rows of sheets that are not filed yet, as a workbook; returns how many rows."""
    records = recorded(school, store.engine.url.render_as_string(hide_password=False)).records
    write_sheets(records, file, _lists(school, records))
    return sum(map(len, records.values()))


def import_workbook(school: School, store: Store, file: Path, by: str) -> tuple[Saved, DataFrame]:
    """Keep what a filled workbook says that does not stand so already; returns the save, and what was said of the workbook.

    `Mistakes` lists everything that is wrong with it, and nothing of it is kept; `Conflict` where somebody changed a row since
    it was written out. A row that is missing from the workbook stays: it is taken back by a Y under `withdrawn`."""
    file_sheets(school, store, by)
    tables, problems = read_sheets(file, _known(school, store.current()))
    if has_mistakes(problems):
        raise Mistakes(problems)
    return store.save({table: rows for table, rows in tables.items() if table not in ONLY_READ}, by, WORKBOOK), problems


def _known(school: School, records: Mapping[str, DataFrame]) -> dict[str, set[str]]:
    """What may be referred to: what can be chosen, and whatever a row that stands refers to already."""
    offered = {name: {value for value, _ in values} for name, values in _lists(school, records).items()}
    referred = {name: [{*rows[name].dropna()} for rows in records.values() if name in rows] for name in offered}
    return {name: offered[name].union(*referred[name]) for name in offered}


def _lists(school: School, records: Mapping[str, DataFrame]) -> dict[str, list[tuple[str, str]]]:
    """What can be chosen in the columns that name something: as it is written, and as a person knows it."""
    pupils, adults = (school.tables[name].drop_duplicates(f"{name[:-1]}_id", keep="last") for name in ("pupils", "adults"))
    called = pupils["surname"].fillna("").str.cat(pupils["forename"].fillna(""), sep=", ").str.strip(", ")
    groups = school.tables["teaching_groups"]
    lists = {
        "pupil_id": _pairs(pupils["pupil_id"], called),
        "adult_id": _pairs(adults["adult_id"], adults["name"]),
        **{name: _pairs(records[table][name], records[table][word]) for name, (table, word) in NAMED.items()},
        **{
            name: _pairs(groups[name].drop_duplicates(), groups[name].drop_duplicates()) for name in ("subject", "teaching_group")
        },
    }
    return {name: sorted(set(pairs)) for name, pairs in lists.items()}


def _pairs(values: object, shown: object) -> list[tuple[str, str]]:
    told = DataFrame({"value": values, "shown": shown}).dropna(subset=["value"]).astype("str").fillna("")
    return list(told.drop_duplicates("value", keep="last").itertuples(index=False, name=None))
