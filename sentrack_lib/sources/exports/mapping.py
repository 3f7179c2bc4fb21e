"""Applying a profile: the rows of an export become rows of a school's tables, still as text, with a report of every column."""

from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

import pandas as pd
from pandas import DataFrame, Series

from sentrack_lib.errors import BadInput, WrongUse
from sentrack_lib.settings import nearest
from sentrack_lib.sources import schema
from sentrack_lib.sources.exports.exported import Exported
from sentrack_lib.sources.exports.profiles import Fold, Origin, Part, Profile, Words, filled_in
from sentrack_lib.sources.files import Sheet
from sentrack_lib.sources.problems import ROW_SET_ASIDE, problems_table
from sentrack_lib.terms import Term

USED, IGNORED, NOT_MENTIONED, MISSING = "used", "ignored", "not mentioned", "missing"


@dataclass(frozen=True)
class Mapped:
    """What a profile makes of a sheet: `tables` by term and table (text; index = row of the sheet), `columns` (column, use,
    reason), `not_understood` (column, value, rows: codes kept as they were) and `problems`."""

    tables: Mapping[tuple[str, str], DataFrame]
    columns: DataFrame
    not_understood: DataFrame
    problems: DataFrame


def apply_profile(profile: Profile, sheet: Sheet, term: str | None, school: str | None = None) -> Mapped:
    """The rows of a sheet as the tables of one or several terms; `school` keeps only the rows of that school."""
    source = Exported(sheet)
    words = {"school": school or "", **profile.words_of(sheet.name)}
    found: dict[tuple[str, str], list[DataFrame]] = {}
    schools: set[str] = set()
    for name, at, more in _terms(profile, source, term):
        here, seen = _of_school(profile, source, at, {**words, **more}, school)
        schools |= seen
        for part in profile.parts(name, {**words, **more}):
            found.setdefault((name, part.table), []).append(_table(part, source, here, profile, {**words, **more}))
    if school and school not in schools:
        raise BadInput(f"{sheet.name} has no rows of school {school}.{nearest(school, sorted(schools))}")
    tables = {place: pd.concat(frames).fillna("") for place, frames in found.items() if any(map(len, frames))}
    return _mapped(tables, source, profile)


def iso_dates(cells: Series) -> Series:
    """Days written 3/9/2025 or 03/09/2025 as 2025-09-03, the time of day cut off; whatever is no such day stays as it is."""
    cut = cells.str.replace(r"^(\d{4}-\d{2}-\d{2}|\d{1,2}/\d{1,2}/\d{4})[ T]\d{1,2}:\d{2}.*$", r"\1", regex=True)
    british = cut.where(cut.str.fullmatch(r"\d{1,2}/\d{1,2}/\d{4}"))
    days = pd.to_datetime(british, format="%d/%m/%Y", errors="coerce").dt.strftime("%Y-%m-%d")
    return days.astype("str").where(days.notna(), cut)


def _terms(profile: Profile, source: Exported, term: str | None) -> list[tuple[str, pd.Index, Words]]:
    """The terms a file holds: each with its rows and its words."""
    every = source.sheet.cells.index
    if profile.terms:
        chosen = {str(Term.named(term))} if term else set(profile.terms)
        if unknown := chosen - set(profile.terms):
            raise WrongUse(f"The profile knows no term {', '.join(unknown)}.{nearest(min(unknown), profile.terms)}")
        return [(name, every, words) for name, words in profile.terms.items() if name in chosen]
    if profile.term:
        return [(name, at, {}) for name, at in _written_terms(profile.term, source) if term in (None, name)]
    if term is None:
        raise WrongUse("Say which term the file is of, as --term 2025-26-autumn.")
    return [(str(Term.named(term)), every, {})]


def _written_terms(origin: Origin, source: Exported) -> list[tuple[str, pd.Index]]:
    """The terms named in a column, each with its rows; rows that name no term are set aside."""
    cells = _cells(origin, source, source.sheet.cells.index)
    if cells is None:
        raise BadInput(f"{source.sheet.name} has no column {' or '.join(origin.headings)}, which should name the term.")
    for row, value in cells[~cells.map(Term.is_named).astype(bool)].items():
        remedy = "Write it as 2025-26-autumn, or explain it in the profile under term, recode."
        source.remark("is not a term", remedy, row=row, column=" or ".join(origin.headings), value=value, effect=ROW_SET_ASIDE)
    return [(name, at.index) for name, at in cells.groupby(cells, sort=False) if Term.is_named(name)]


def _of_school(profile: Profile, source: Exported, at: pd.Index, words: Words, school: str | None) -> tuple[pd.Index, set[str]]:
    """The rows of the chosen school, and the schools there are."""
    if school is None:
        return at, set()
    if profile.school is None:
        raise WrongUse("The profile does not say which column names the school. Add a line `school: …`.")
    named = source.cells(at, filled_in(profile.school, words))
    if named is None:
        return at[:0], set()
    return at[named.eq(school)], set(named[named.ne("")])


def _table(part: Part, source: Exported, at: pd.Index, profile: Profile, words: Words) -> DataFrame:
    """The rows of one table."""
    kept = at[source.all_hold({**filled_in(profile.rows, words), **part.rows}, at)]
    columns = {name: _cells(origin, source, kept) for name, origin in part.columns.items()}
    there = {name: cells for name, cells in columns.items() if cells is not None}
    if part.each and any(name not in there for name in part.columns if name in schema.required(part.table)):
        return DataFrame(columns=list(part.columns), dtype="str")
    table = DataFrame(there, index=kept, dtype="str")
    dates = [name for name in there if (schema.TABLES[part.table].columns[name].metadata or {})["written"] == schema.DATE]
    dated = table.assign(**{name: iso_dates(table[name]) for name in dates})
    # An empty cell of a marksheet is no grade at all, not a grade that is missing.
    given = dated[dated["grade"].ne("")] if "grade" in dated else dated
    return folded(given, part.fold, source) if part.fold else given


def folded(table: DataFrame, fold: Fold, source: Exported) -> DataFrame:
    """Rows alike in all columns but those of the fold as one row: their different values, in order of rank, in those columns."""
    first = fold.columns[0]
    alike = [name for name in table if name not in fold.columns]
    if first not in table or not table.duplicated(alike).any():
        return table
    rank = source.cells(table.index, fold.by) if fold.by else None
    ordered = table if rank is None else table.loc[pd.to_numeric(rank, errors="coerce").sort_values(kind="stable").index]
    told = ordered[ordered[first].ne("")].drop_duplicates([*alike, first])
    place = told.groupby(alike, sort=False).cumcount()
    kept = table[~table.duplicated(alike)]
    for number, name in enumerate(fold.columns):
        values = told.loc[place.eq(number), [*alike, first]].rename(columns={first: name})
        kept = kept.drop(columns=name, errors="ignore").merge(values, "left", alike).set_index(kept.index)
    lost = int(place.ge(len(fold.columns)).sum())
    source.remark(
        f"has several rows a pupil: {len(table):,} rows became {len(kept):,}",
        f"{lost:,} values beyond the first {len(fold.columns)} were left out." if lost else "Nothing to do.",
    )
    return kept.fillna("")


def _cells(origin: Origin, source: Exported, at: pd.Index) -> Series | None:
    """The cells of one column in some rows."""
    cells = _drawn(origin, source, at)
    if cells is None:
        return None
    if origin.recode:
        cells = _recoded(cells, origin, source)
    for other in origin.instead:
        cells = cells.mask(source.all_hold(other.where, at) & source.any_hold(other.where_any, at), other.write)
    return cells


def _drawn(origin: Origin, source: Exported, at: pd.Index) -> Series | None:
    if origin.always is not None:
        return Series(origin.always, index=at, dtype="str")
    if origin.row_number is not None:
        remedy = "The same pupil gets another id when the rows move: import one file of this kind once only, or add an id to it."
        source.remark("has no id for its pupils; they were numbered by their rows", remedy)
        return origin.row_number + Series(at, index=at).astype("str")
    return _sum(origin, source, at) if origin.sum else _written(origin, source, at)


def _written(origin: Origin, source: Exported, at: pd.Index) -> Series | None:
    """The cells under a heading: where blank those under the next, and of each only what stands before or after some mark."""
    cells = source.cells(at, *origin.headings)
    if cells is None:
        return None
    for heading in origin.where_blank:
        other = source.cells(at, heading)
        cells = cells if other is None else cells.mask(cells.eq(""), other)
    if origin.before:
        cells = cells.str.partition(origin.before)[0].str.strip()
    return cells.str.partition(origin.after)[2].str.strip() if origin.after else cells


def _sum(origin: Origin, source: Exported, at: pd.Index) -> Series | None:
    """The sum of several columns, times a number, as text; blank where any of them is blank or no number."""
    parts = {heading: cells for heading in origin.sum if (cells := source.cells(at, heading)) is not None}
    if len(parts) < len(origin.sum):
        return None
    numbers = DataFrame({heading: pd.to_numeric(cells, errors="coerce") for heading, cells in parts.items()})
    for heading, cells in parts.items():
        _note_odd(cells[numbers[heading].isna() & cells.ne("")], heading, source)
    total = numbers.sum(axis=1, skipna=False) * origin.times
    return total.map("{:.10g}".format, na_action="ignore").astype("str").fillna("")


def _recoded(cells: Series, origin: Origin, source: Exported) -> Series:
    codes = {code.casefold(): meaning for code, meaning in origin.recode.items()}
    meant = cells.str.casefold().map(codes).astype("str")
    _note_odd(cells[meant.isna() & cells.ne("")], " or ".join(origin.headings), source)
    return meant.fillna(cells)


def _note_odd(cells: Series, column: str, source: Exported) -> None:
    for value, rows in cells.value_counts().items():
        source.odd[column, str(value)] = max(int(rows), source.odd[column, str(value)])


def _mapped(tables: Mapping[tuple[str, str], DataFrame], source: Exported, profile: Profile) -> Mapped:
    """The tables with the report of what was used and what was not understood."""
    columns = _uses(source, profile)
    file = source.sheet.name
    for missing in source.missing:
        source.remark(
            "has no such column, which the profile speaks of", "Add it to the export, or correct the profile.", column=missing
        )
    unsaid = ", ".join(columns.loc[columns["use"].eq(NOT_MENTIONED), "column"])
    if unsaid:
        source.remark(
            "has columns the profile does not mention", "Map them, or list them under ignore with a reason.", value=unsaid
        )
    for (column, value), rows in source.odd.items():
        problem = f"is not a code the profile explains ({rows:,} rows)"
        source.remark(problem, "Kept as it is. Add it to recode in the profile.", column=column, value=value, file=file)
    odd = DataFrame([(*place, rows) for place, rows in source.odd.items()], columns=["column", "value", "rows"])
    return Mapped(tables, columns, odd, problems_table(source.problems))


def _uses(source: Exported, profile: Profile) -> DataFrame:
    rows = [(name, *_use(name, source, profile)) for name in map(str, source.sheet.cells)]
    return DataFrame([*rows, *((name, MISSING, "") for name in source.missing)], columns=["column", "use", "reason"])


def _use(name: str, source: Exported, profile: Profile) -> tuple[str, str]:
    if name in source.used:
        return USED, ""
    lists = profile.ignore.items()
    reasons = [why for why, listed in lists if any(fnmatchcase(name.casefold(), pattern.casefold()) for pattern in listed)]
    return (IGNORED, reasons[0]) if reasons else (NOT_MENTIONED, "")
