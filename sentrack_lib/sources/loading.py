"""A school's folder becomes a School: the tables of all its terms, checked, with every problem at once."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd
from pandas import Categorical, DataFrame, Series

from sentrack_lib.errors import BadInput
from sentrack_lib.settings import SchoolSettings, nearest
from sentrack_lib.sources import schema
from sentrack_lib.sources.checking import Finding, check_rows, fit_columns, problems_of, without
from sentrack_lib.sources.coded import coded
from sentrack_lib.sources.files import read_sheet
from sentrack_lib.sources.folders import settings_in, terms_in, unread_in
from sentrack_lib.sources.imported import imported_in
from sentrack_lib.sources.problems import FILE_SET_ASIDE, KEPT, ROW_SET_ASIDE, Fault, all_problems, problem, problems_table
from sentrack_lib.sources.roll import Roll
from sentrack_lib.sources.scales import Scale, read_grades, scales_of
from sentrack_lib.terms import Term

GRADED = ("assessments", "prior_attainment")

NO_GRADE = Fault(
    "is not a grade of its scale", "Kept, and counted as no grade. Correct it, or add it to the scale in school.yml.", KEPT
)
NO_SCALE = Fault("is not a scale sentrack knows", "Kept, but its grades have no points. Describe the scale in school.yml.", KEPT)
NO_ROLL = Fault("cannot be used: its term has no pupils", "Correct pupils.csv of this term first.", FILE_SET_ASIDE)


@dataclass(frozen=True)
class School:
    """A school and all its checked tables: the `term` in which each row was exported, and the canonical columns, typed."""

    name: str
    folder: Path
    settings: SchoolSettings
    scales: Mapping[str, Scale]
    terms: tuple[Term, ...]
    tables: Mapping[str, DataFrame]
    records: Mapping[str, DataFrame]
    """Provision, adults' time and what was agreed, as each term's folder `records/` has it (`schema.RECORDS`), like `tables`."""
    problems: DataFrame
    counts: DataFrame
    """`file`, `term`, `table` and the rows `read`, `accepted` and `set_aside`; read is always the sum of the other two."""
    imported: Mapping[str, DataFrame]
    """What is kept of the imports of every term, by the name of the list (`imported.LISTS`)."""

    @cached_property
    def codes(self) -> Mapping[str, DataFrame]:
        """The `tables` with what comes again and again as categories, as the measures compare and join them."""
        return coded(self.tables)


@dataclass(frozen=True)
class Written:
    """One table of a term as it was written: its cells as text, fitted to its columns, and what is wrong with them."""

    table: str
    term: Term
    file: str
    cells: DataFrame
    read: int
    problems: DataFrame


def load_school(folder: Path) -> School:
    """All terms of the school in `folder`, good rows and all problems; `BadInput` where it is no school's folder."""
    folder = Path(folder)
    settings = settings_in(folder)
    return checked_school(folder, settings, _exports(folder), unread_in(folder), imported_in(folder, terms_in(folder)))


def checked_school(
    folder: Path, settings: SchoolSettings, exports: list[Written], unread: DataFrame, imported: Mapping[str, DataFrame]
) -> School:
    """The school of some tables as they were written, checked; `unread` are the problems with what is no table."""
    scales = scales_of(settings)
    rows, about_cells = _checked(exports)
    roll = Roll(rows.pop("pupils"), settings.calendar)
    placed = {table: _belonging(table, rows[table], roll, scales) for table in rows}
    terms = tuple(sorted(map(Term.named, roll.pupils["term"].unique())))
    about_files = [unread, _unknown_scales(settings, scales), *(export.problems for export in exports)]
    about_rows = [*about_cells, problems_of(roll.listed, roll.away), *(said for _, found in placed.values() for said in found)]
    problems = _in_order([*about_files, _without_roll(exports, terms), *about_rows])
    kept = {"pupils": roll.pupils} | {table: found for table, (found, _) in placed.items()}
    plain = {table: found.drop(columns=["file", "row"]) for table, found in kept.items()}
    tables, records = ({table: plain[table] for table in some} for some in (schema.TABLES, schema.RECORDS))
    counts = _counts(exports, problems)
    return School(settings.name, folder, settings, scales, terms, tables, records, problems, counts, imported)


def _exports(folder: Path) -> list[Written]:
    """Every table of every term that has a file."""
    places = [(term, table, file_of(term, table)) for term in terms_in(folder) for table in [*schema.TABLES, *schema.RECORDS]]
    return [_export(term, table, file, folder / file) for term, table, file in places if (folder / file).exists()]


def file_of(term: Term, table: str) -> str:
    """Where a term's table lies in a school's folder."""
    return f"{term}/{'records/' * (table in schema.RECORDS)}{table}.csv"


def _export(term: Term, table: str, file: str, path: Path) -> Written:
    """One file of a term, with its headings fitted to the table; a file that cannot be read holds no rows and one problem."""
    try:
        sheet = read_sheet(path, known=schema.columns(table))
    except BadInput as fault:
        return Written(table, term, file, DataFrame(columns=schema.columns(table), dtype="str"), 0, _unreadable(file, str(fault)))
    cells, about_columns = fit_columns(table, sheet.cells, file)
    return Written(table, term, file, cells, sheet.read, all_problems([sheet.problems.assign(file=file), about_columns]))


def _unreadable(file: str, sentence: str) -> DataFrame:
    """`marks.csv is empty. Export it again.` as a problem with its remedy."""
    name = file.rsplit("/", 1)[-1]
    what, _, remedy = sentence.removeprefix(name).lstrip(": ").partition(". ")
    return problems_table([problem(file, Fault(what.rstrip("."), remedy, FILE_SET_ASIDE))])


def _checked(exports: list[Written]) -> tuple[dict[str, DataFrame], list[DataFrame]]:
    """The rows of each table that can be used, typed, from all its files; and the problems of each."""
    checked = {table: check_rows(table, _together(table, exports)) for table in [*schema.TABLES, *schema.RECORDS]}
    return {table: schema.typed(table, rows) for table, (rows, _) in checked.items()}, [found for _, found in checked.values()]


def _together(table: str, exports: list[Written]) -> DataFrame:
    """The cells of all terms of one table, each row with its `term` before them and its `file` and `row` after them."""
    parts = [export for export in exports if export.table == table]
    blank = DataFrame(columns=schema.columns(table), dtype="str", index=pd.Index([], dtype="int64"))
    cells = pd.concat([export.cells for export in parts]) if parts else blank
    which = np.repeat(np.arange(len(parts)), [len(export.cells) for export in parts])
    terms = Series([str(export.term) for export in parts], dtype="str").array.take(which)
    files = Categorical.from_codes(which, pd.Index([export.file for export in parts], dtype="str"))
    columns = {"term": terms, **{name: cells[name].array for name in cells}, "file": files, "row": cells.index.astype("int64")}
    return DataFrame(columns, copy=False)


def _belonging(table: str, rows: DataFrame, roll: Roll, scales: Mapping[str, Scale]) -> tuple[DataFrame, list[DataFrame]]:
    """The rows of a table that belong to the roll and the days of their terms, grades read; and what is wrong with the others."""
    asked = roll.of_its_terms(rows)
    strays = roll.strays(table, asked)
    kept, said = without(asked, strays), problems_of(asked, strays)
    if table not in GRADED:
        return kept, [said]
    read = read_grades(kept, scales)
    return read, [said, *_about_grades(read, scales)]


def _about_grades(rows: DataFrame, scales: Mapping[str, Scale]) -> list[DataFrame]:
    """Grades that nobody has explained, row by row; and scales, once a file."""
    odd = rows[rows["state"].eq("not understood")]
    if odd.empty:
        return []
    scale = ~odd["scale"].isin(list(scales))
    once = odd[scale].drop_duplicates(["file", "scale"])
    told = problems_of(rows, [Finding("scale", NO_SCALE, once.index.to_numpy())])
    near = told["value"].map(lambda name: f"{NO_SCALE.remedy}{nearest(name, scales)}")
    return [told.assign(remedy=near), problems_of(rows, [Finding("grade", NO_GRADE, odd.index[~scale].to_numpy())])]


def _without_roll(exports: list[Written], terms: tuple[Term, ...]) -> DataFrame:
    """The files of terms in which nobody is on the roll, unless they are already refused."""
    lost = [export for export in exports if export.term not in terms and not export.problems["effect"].eq(FILE_SET_ASIDE).any()]
    return problems_table(problem(export.file, NO_ROLL) for export in lost)


def _unknown_scales(settings: SchoolSettings, scales: Mapping[str, Scale]) -> DataFrame:
    """Scales that school.yml speaks of but that nobody has described."""
    spoken_of = {f"reliability.{name}": name for name in settings.reliability}
    spoken_of |= {f"subjects.{subject}.scale": said.scale for subject, said in settings.subjects.items() if said.scale}
    odd = {place: name for place, name in spoken_of.items() if name not in scales}
    said = {place: replace(NO_SCALE, remedy=nearest(name, scales).strip()) for place, name in odd.items()}
    return problems_table(problem("school.yml", said[place], column=place, value=name) for place, name in odd.items())


def _in_order(found: list[DataFrame]) -> DataFrame:
    """All problems by file and row, those about a whole file first."""
    return all_problems(found).sort_values(["file", "row"], kind="stable", na_position="first", ignore_index=True)


def _counts(exports: list[Written], problems: DataFrame) -> DataFrame:
    """Rows read, accepted and set aside, one row a file."""
    aside = problems[problems["effect"].eq(ROW_SET_ASIDE)].drop_duplicates(["file", "row"]).groupby("file").size()
    refused = set(problems.loc[problems["effect"].eq(FILE_SET_ASIDE), "file"])
    rows = [(export.file, str(export.term), export.table, export.read) for export in exports]
    counts = DataFrame(rows, columns=["file", "term", "table", "read"])
    lost = counts["file"].map(aside).fillna(0).astype("int64").where(~counts["file"].isin(refused), counts["read"])
    return counts.assign(accepted=counts["read"] - lost, set_aside=lost)
