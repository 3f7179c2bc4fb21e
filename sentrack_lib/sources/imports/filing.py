"""One table of an export filed in a term's folder: completed from what is held, checked, merged and told."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from pandas import DataFrame, Index

from sentrack_lib.errors import BadInput
from sentrack_lib.sources import schema
from sentrack_lib.sources.checking import PUPIL_CONTRADICTS, check_table
from sentrack_lib.sources.exports.export import Export
from sentrack_lib.sources.files import read_sheet, write_table
from sentrack_lib.sources.imported import CHANGE
from sentrack_lib.sources.imports.merging import Merged, completed, merged
from sentrack_lib.sources.imports.provisions import with_ids
from sentrack_lib.sources.imports.report import TABLES
from sentrack_lib.sources.problems import FILE_SET_ASIDE, KEPT, ROW_SET_ASIDE, Fault, all_problems, problem, problems_table

MOST_PROBLEMS = 100_000
"""A file with more rows that have something wrong is surely not what it was taken for."""

LEFT_OUT = Fault(
    "is on the roll of the term but not in this file",
    "The pupil stays on the roll. Write left_on in the export if the pupil has left.",
    KEPT,
)
NOT_SAID = Fault("is not in this file", "For pupils who are new it counts as not known. Add the column to the export.", KEPT)


@dataclass(frozen=True)
class Filed:
    """One table after merging: its `count` (as `TABLES` of a report), changes, problems, the rows of the file that were accepted,
    and all `rows` of the table; none where it was not touched."""

    count: dict[str, object]
    changes: DataFrame
    problems: DataFrame
    accepted: Index
    rows: DataFrame | None = None


def filed(export: Export, into: Path, term: str, table: str, rows: DataFrame, mapped: int) -> Filed:
    """Merge `rows` into a term's folder; of the `mapped` ones some may be of nobody known. `BadInput`, and nothing is written,
    where far too much is wrong with them."""
    path = into / term / ("records" if table in schema.RECORDS else "") / f"{table}.csv"
    count = dict.fromkeys(TABLES, 0) | {"file": export.file, "term": term, "table": table, "mapped": mapped}
    try:
        held = _held(path, table)
    except BadInput as fault:
        said = problem(export.file, Fault(str(fault), "The other files were imported.", FILE_SET_ASIDE))
        return Filed(count | {"set_aside": mapped}, DataFrame(columns=CHANGE), problems_table([said]), rows.index[:0])
    lacking = _lacking(export, table, rows)
    newer = completed(table, with_ids(table, rows, path.parent), held)
    whole = newer.assign(**{name: "" for name in lacking if name not in newer})
    accepted, found = check_table(table, whole, export.file)
    refuse_most(found)
    result = merged(table, held, _reconciled(accepted, found, held)[[name for name in schema.columns(table) if name in whole]])
    if result.added or result.changed:
        write_table(result.rows, path)
    problems = _told(export, table, found, lacking, held, whole)
    return Filed(count | _counted(result, mapped, len(accepted)), result.changes, problems, accepted.index, result.rows)


def refuse_most(problems: DataFrame) -> None:
    """`BadInput` where so much is wrong that to tell all of it would only fill the memory."""
    if len(problems) > MOST_PROBLEMS:
        first = f"{problems['problem'].iloc[0]} (row {problems['row'].iloc[0]:,})"
        raise BadInput(f"has something wrong in more than {MOST_PROBLEMS:,} rows: the first {first}. Nothing of it was used.")


def _held(path: Path, table: str) -> DataFrame:
    """The rows a term's folder holds of a table; `BadInput` where writing it anew would lose rows that cannot be read."""
    if not path.exists():
        return DataFrame(columns=schema.columns(table), dtype="str").iloc[:, :0]
    sheet = read_sheet(path, schema.columns(table))
    if sheet.problems["effect"].eq(ROW_SET_ASIDE).any():
        place = f"{path.parent.name}/{path.name}"
        raise BadInput(f"{place} already holds rows that cannot be read. Correct them first (`sentrack check`).")
    return sheet.cells


def _lacking(export: Export, table: str, rows: DataFrame) -> list[str]:
    """The columns that a roll must have and this one has not: what it does not say of new pupils is not known."""
    lacking = [name for name in schema.required(table) if name not in rows] if table == "pupils" else []
    return [] if export.roll == "part" or "pupil_id" in lacking else lacking


def _reconciled(accepted: DataFrame, found: DataFrame, held: DataFrame) -> DataFrame:
    """Pupils whose rows contradict each other stay as they are held: a doubt changes nothing."""
    torn = set(found.loc[found["problem"].eq(PUPIL_CONTRADICTS.problem), "value"])
    if not torn or "pupil_id" not in held:
        return accepted
    before = held.drop_duplicates("pupil_id").set_index("pupil_id").reindex(accepted["pupil_id"]).set_axis(accepted.index)
    doubted = accepted["pupil_id"].isin(torn) & accepted["pupil_id"].isin(held["pupil_id"])
    columns = [str(name) for name in accepted if name in before]
    return accepted.assign(**{name: accepted[name].mask(doubted, before[name].fillna("")) for name in columns})


def _told(export: Export, table: str, found: DataFrame, lacking: list[str], held: DataFrame, newer: DataFrame) -> DataFrame:
    """What a file lacks altogether once, not again of every row; what is wrong with its rows; and who is not in it."""
    columns = problems_table(problem(export.file, NOT_SAID, column=name) for name in lacking)
    left = _left_out(export, held, newer) if table == "pupils" and export.roll == "whole" else problems_table()
    return all_problems([columns, found[~found["column"].isin(lacking)], left])


def _left_out(export: Export, held: DataFrame, newer: DataFrame) -> DataFrame:
    """Pupils on the term's roll who are not in the newer one: they stay."""
    before = held.get("pupil_id", pd.Series(dtype="str"))
    gone = before[~before.isin(newer.get("pupil_id", []))]
    return problems_table(problem(export.file, LEFT_OUT, column="pupil_id", value=pupil) for pupil in gone)


def _counted(result: Merged, mapped: int, accepted: int) -> dict[str, object]:
    merged_rows = {"added": result.added, "changed": result.changed, "unchanged": result.unchanged}
    return {"accepted": accepted, "set_aside": mapped - accepted, **merged_rows}
