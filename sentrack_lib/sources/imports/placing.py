"""One export into a school's folder: its pupils found, its registers counted, its rows checked and merged."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
from pandas import DataFrame, Index
from pandas.api.extensions import ExtensionArray

from sentrack_lib.errors import BadInput
from sentrack_lib.sources import schema
from sentrack_lib.sources.exports.export import Export
from sentrack_lib.sources.exports.registers import coded, counted, one_a_session, within
from sentrack_lib.sources.imported import CHANGE
from sentrack_lib.sources.imports.filing import filed, refuse_most
from sentrack_lib.sources.imports.matching import matched
from sentrack_lib.sources.imports.report import TABLES
from sentrack_lib.sources.imports.rolls import Rolls
from sentrack_lib.sources.problems import FILE_SET_ASIDE, KEPT, ROW_SET_ASIDE, Fault, all_problems, problem, problems_table
from sentrack_lib.terms import Term

Place = tuple[str, str]
"""A term and a table."""
Calendar = Mapping[str, tuple[date, date]]

NO_ROLL = Fault("is about pupils of whom there is no roll yet", "Import the roll, then this file again.", KEPT)

FEW_ROWS = 4
"""In fewer rows of a roll it says nothing that they share a number."""


@dataclass(frozen=True)
class Placed:
    """What became of an export: `rows` of the file that were accepted and set aside, counts by table (as `TABLES` of a report),
    `changes`, `not_understood` marks, `problems`, and the `rolls` afterwards."""

    accepted: int
    set_aside: int
    tables: DataFrame
    changes: DataFrame
    not_understood: DataFrame
    problems: DataFrame
    rolls: Rolls


def placed(export: Export, into: Path, rolls: Rolls, calendar: Calendar) -> Placed:
    """Merge an export into the school's folder `into`."""
    named, about_pupils = _with_pupils(export, rolls)
    tables, about_marks, odd, outside = _with_attendance(export.file, named, calendar)
    counts, changes, problems = [], [], []
    used: Index[int] = Index([], dtype="int64")
    for (term, table), rows in tables.items():
        mapped = len(export.tables.get((term, table), rows))
        done = filed(export, into, term, table, rows, mapped)
        counts.append(done.count)
        changes.append(done.changes.assign(term=term, file=export.file))
        problems.append(done.problems)
        used = used.union(done.accepted.unique()) if table in named_tables(export) else used
        rolls = rolls.with_roll(term, done.rows) if table == "pupils" and done.rows is not None else rolls
    told = all_problems([export.problems, _about_unwanted(export), about_pupils, about_marks, *problems])
    aside = _set_aside(export, told, used, outside)
    whole = DataFrame(counts, columns=TABLES)
    return Placed(export.read - aside, aside, whole, _all(changes, ["file", "term", *CHANGE]), odd, told, rolls)


def _about_unwanted(export: Export) -> DataFrame:
    what = f"has rows that are not wanted: {export.not_wanted:,}"
    remedy = "They are totals, or of other people, terms or schools, or a profile leaves them out. They count as set aside."
    return problems_table([problem(export.file, Fault(what, remedy, KEPT))] if export.not_wanted else [])


def named_tables(export: Export) -> set[str]:
    """The tables whose rows are rows of the file; those of registers are counted, and belong to no single row."""
    return {table for _, table in export.tables} - set(schema.REGISTERS)


def _set_aside(export: Export, problems: DataFrame, used: Index, outside: Index) -> int:
    """Rows of the file of which nothing was used: refused, or not wanted. A file that is set aside has none."""
    if problems["effect"].eq(FILE_SET_ASIDE).any() and not len(used):
        return export.read
    aside = Index(problems.loc[problems["effect"].eq(ROW_SET_ASIDE) & problems["row"].notna(), "row"].unique())
    return min(len(aside.union(outside).difference(used)) + export.not_wanted, export.read)


def _with_pupils(export: Export, rolls: Rolls) -> tuple[dict[Place, DataFrame], DataFrame]:
    """The tables with the `pupil_id` of each row; rows whose pupil is not certain are left out, and told."""
    asked = [rows.index for (_, table), rows in export.tables.items() if "pupil_id" in schema.columns(table)]
    must = [rows.index for (_, table), rows in export.tables.items() if "pupil_id" in schema.required(table)]
    if not asked or not len(export.who.columns):
        return dict(export.tables), problems_table()
    _refuse_mixed_up(export)
    spoken = np.logical_or.reduce([export.who[name].ne("").to_numpy() for name in export.who])
    rows = _are_in(export.who, must) | (_are_in(export.who, asked) & spoken)
    found, problems = matched(export.who[rows], rolls.known, export.file, new=export.roll != "part" or rolls.known.empty)
    refuse_most(problems)
    if rolls.known.empty and export.roll == "part":
        problems = all_problems([problems_table([problem(export.file, NO_ROLL)]), problems])
    certain = found["pupil_id"]
    lost = certain.index[certain.eq("")]
    return {place: _named(place[1], table, certain, lost) for place, table in export.tables.items()}, problems


def _refuse_mixed_up(export: Export) -> None:
    """`BadInput` where most rows of a whole roll share their number with others: it is no number of pupils, but stands under the
    heading of one."""
    told = [export.who[name][export.who[name].ne("")] for name in ("upn", "admission_no", "mis_id") if name in export.who]
    for ids in told[:1] if export.roll == "whole" else []:
        if len(ids) >= FEW_ROWS and ids.nunique() < len(ids) / 2:
            what = f"names {len(ids):,} rows by only {ids.nunique():,} different numbers of pupils"
            why = "The headings may stand above the wrong columns, or a spreadsheet has shortened the numbers"
            raise BadInput(f"{what}. {why}: export it again. Nothing of it was used.")


def _are_in(rows: DataFrame, indexes: Iterable[Index]) -> np.ndarray:
    """Whether each row is a row of any of some tables."""
    found = np.zeros(len(rows), dtype=bool)
    for index in indexes:
        found |= True if index.equals(rows.index) else rows.index.isin(index)
    return found


def _named(table: str, rows: DataFrame, pupils: "pd.Series[str]", lost: Index) -> DataFrame:
    """One table with its pupils, in place of the column the file may have had."""
    if "pupil_id" not in schema.columns(table):
        return rows
    kept = rows[~rows.index.isin(lost)] if len(lost) else rows
    whole = kept.index.equals(pupils.index)
    filled = pupils if whole else pd.Series(_at(pupils, kept.index), index=kept.index).fillna("")
    return kept.assign(pupil_id=filled)[["pupil_id", *(name for name in kept if name != "pupil_id")]]


def _at(pupils: "pd.Series[str]", rows: Index) -> ExtensionArray:
    return pupils.array.take(pupils.index.get_indexer(rows), allow_fill=True)


def _with_attendance(
    file: str, tables: Mapping[Place, DataFrame], calendar: Calendar
) -> tuple[dict[Place, DataFrame], DataFrame, DataFrame, Index]:
    """The tables with registers counted into attendance; what is wrong with single marks, those not understood, and the rows of
    those outside the term."""
    kept = {place: rows for place, rows in tables.items() if place[1] not in schema.REGISTERS}
    problems, odd = [], []
    outside: Index[int] = Index([], dtype="int64")
    for (term, table), marks in tables.items():
        if table in schema.REGISTERS:
            sure, about_sessions = one_a_session(coded(marks), file)
            inside, about_days = within(sure, *Term.named(term).dates(calendar), file)
            outside = outside if len(inside) == len(sure) else outside.union(sure.index.difference(inside.index))
            sessions, unread = counted(inside)
            kept[term, "attendance"] = _as_text(sessions)
            problems += [about_sessions, about_days, _about_codes(unread, file)]
            odd.append(unread.assign(column="mark").rename(columns={"mark": "value"})[["column", "value", "rows"]])
    return kept, all_problems(problems), _all(odd, ["column", "value", "rows"]), outside


def _as_text(sessions: DataFrame) -> DataFrame:
    return sessions.astype({name: "str" for name in sessions if name != "pupil_id"})


def _about_codes(unread: DataFrame, file: str) -> DataFrame:
    remedy = "These marks count as nothing: neither possible nor attended. Correct them in the school's system."
    return problems_table(
        problem(file, Fault(f"{why} ({rows:,} marks)", remedy, KEPT), column="mark", value=mark)
        for mark, rows, why in unread[["mark", "rows", "why"]].itertuples(index=False)
    )


def _all(tables: list[DataFrame], columns: list[str]) -> DataFrame:
    filled = [table for table in tables if len(table)]
    return pd.concat(filled, ignore_index=True)[columns] if filled else DataFrame(columns=columns)
