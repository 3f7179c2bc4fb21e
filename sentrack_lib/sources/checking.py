"""Checking a table's cells: which rows can be used, and every problem with the rest."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from pandas import DataFrame

from sentrack_lib.settings import nearest
from sentrack_lib.sources import schema
from sentrack_lib.sources.problems import FILE_SET_ASIDE, KEPT, Fault, all_problems, problem, problems_table

TWICE = Fault("is in this file twice, with the same values", "The first row counts. Remove the second.")
CONTRADICTS = Fault("is in this file twice, with different values", "None of these rows is used. Keep the right one.")
PUPIL_CONTRADICTS = replace(CONTRADICTS, remedy="The pupil stays, with what these rows agree on. Keep the right one.")


@dataclass(frozen=True)
class Finding:
    """One fault in one column, and the places (from 0) of the rows that have it."""

    column: str
    fault: Fault
    places: np.ndarray


def check_table(name: str, cells: DataFrame, file: str) -> tuple[DataFrame, DataFrame]:
    """One file of the table `name`: the rows that can be used, as text with their old index, and all problems."""
    whole, about_columns = fit_columns(name, cells, file)
    accepted, about_rows = check_rows(name, whole.assign(file=file, row=whole.index))
    return accepted.set_index("row")[schema.columns(name)].rename_axis(None), all_problems([about_columns, about_rows])


def fit_columns(name: str, cells: DataFrame, file: str) -> tuple[DataFrame, DataFrame]:
    """The cells with exactly the table's columns (absent ones blank), and what is wrong with the headings."""
    known = schema.columns(name)
    missing = [column for column in schema.required(name) if column not in cells]
    unknown = [column for column in map(str, cells) if column not in known]
    said = [_missing(name, file, column) for column in missing] + [_ignored(file, column, known) for column in unknown]
    rows = cells.iloc[:0] if missing else cells
    fitted = rows if list(rows) == known else rows.reindex(columns=known, fill_value="").astype("str")
    return fitted, problems_table(said)


def _missing(name: str, file: str, column: str) -> dict[str, object]:
    remedy = f"Add the column; {name}.csv cannot be used without it."
    if name == "attendance" and column == "sessions_possible":
        remedy = "Export the possible sessions too: without them no percentage can be formed."
    return problem(file, Fault("is a column that is missing", remedy, FILE_SET_ASIDE), column=column)


def _ignored(file: str, column: str, known: list[str]) -> dict[str, object]:
    fault = Fault("is not a column sentrack knows; it is not used", nearest(column, known).strip(), KEPT)
    return problem(file, fault, row=1, column=column)


def check_rows(name: str, rows: DataFrame) -> tuple[DataFrame, DataFrame]:
    """The rows of one table, from any number of files: those that can be used, still as text, and all problems.

    Rows carry `file` and `row`; what is the same row twice, or contradicts another, is told within a file."""
    if rows.empty:
        return rows, problems_table()
    wrong = [Finding(*found) for found in schema.failures(name, rows)]
    left = without(rows, wrong)
    repeats = _repeats(name, left)
    kept = without(left, repeats)
    if name == "pupils" and len(kept) < len(left):
        kept = pd.concat([kept, _reconciled(left, repeats)], ignore_index=True)
    return kept, all_problems([problems_of(rows, wrong), problems_of(left, repeats)])


def without(rows: DataFrame, findings: Iterable[Finding]) -> DataFrame:
    """The rows that no finding sets aside, numbered anew."""
    kept = np.ones(len(rows), dtype=bool)
    for finding in findings:
        kept[finding.places] &= finding.fault.effect == KEPT
    return rows if kept.all() else rows[kept].reset_index(drop=True)


def problems_of(rows: DataFrame, findings: Sequence[Finding]) -> DataFrame:
    """Findings as a table of problems, each row with its file, its number and the value as it is written."""
    return all_problems(_told(rows, finding) for finding in findings if len(finding.places))


def _told(rows: DataFrame, finding: Finding) -> DataFrame:
    where = rows[["file", "row", finding.column]].iloc[finding.places].astype({"file": "str", finding.column: "str"})
    said = {"problem": finding.fault.problem, "remedy": finding.fault.remedy, "effect": finding.fault.effect}
    return where.rename(columns={finding.column: "value"}).assign(column=finding.column, **said)


def _repeats(name: str, rows: DataFrame) -> list[Finding]:
    """Rows written twice (the first stays) and rows that contradict each other (none stays), within one file."""
    key = schema.key(name)
    if not key:
        return []
    named = np.flatnonzero(rows.duplicated(["file", *key], keep=False))
    if not len(named):
        return []
    alike = rows.iloc[named]
    again = alike.duplicated(["file", *schema.columns(name)]).to_numpy()
    torn = alike[~again].duplicated(["file", *key], keep=False).to_numpy()
    contradicts = PUPIL_CONTRADICTS if name == "pupils" else CONTRADICTS
    return [Finding(key[0], TWICE, named[again]), Finding(key[0], contradicts, named[~again][torn])]


def _reconciled(pupils: DataFrame, repeats: list[Finding]) -> DataFrame:
    """One row for each pupil whose rows contradict: what they agree on; the rest is not known. No pupil is lost."""
    torn = pupils.iloc[np.concatenate([found.places for found in repeats if found.fault == PUPIL_CONTRADICTS])]
    who, cells = ["file", "pupil_id"], schema.columns("pupils")[1:]
    agreed = torn.groupby(who, observed=True)[cells].transform("nunique").eq(1)
    return torn.assign(**torn[cells].where(agreed, "")).drop_duplicates(who)
