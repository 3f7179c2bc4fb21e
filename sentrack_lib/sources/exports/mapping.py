"""Applying a profile: the rows of an export become rows of a school's tables, still as text, with a report of every column."""

from collections.abc import Mapping
from fnmatch import fnmatchcase

import pandas as pd
from pandas import DataFrame

from sentrack_lib.errors import BadInput, WrongUse
from sentrack_lib.settings import nearest
from sentrack_lib.sources import schema
from sentrack_lib.sources.exports.export import (
    COLUMNS,
    IGNORED,
    MISSING,
    NOT_MENTIONED,
    NOT_UNDERSTOOD,
    USED,
    WHO,
    Export,
    roll_in,
)
from sentrack_lib.sources.exports.exported import Exported
from sentrack_lib.sources.exports.origins import cells_of, days_of
from sentrack_lib.sources.exports.profiles import Fold, Origin, Part, Profile, Words, filled_in
from sentrack_lib.sources.files import Sheet
from sentrack_lib.sources.problems import ROW_SET_ASIDE, all_problems, problems_table
from sentrack_lib.terms import Term

Tables = Mapping[tuple[str, str], DataFrame]


def apply_profile(
    profile: Profile, sheet: Sheet, term: str | None, school: str | None = None, taken_for: str = "what its profile describes"
) -> Export:
    """The rows of a sheet as the tables of one or several terms; `school` keeps only the rows of that school."""
    source = Exported(sheet)
    words = {"school": school or "all schools", **profile.words_of(sheet.name)}
    found: dict[tuple[str, str], list[DataFrame]] = {}
    wanted, schools = sheet.cells.index[:0], set[str]()
    who = _named(profile, source, words)
    for name, at, more in _terms(profile, source, term):
        here, seen = _of_school(profile, source, at, {**words, **more}, school)
        schools |= seen
        for part in profile.parts(name, {**words, **more}):
            kept = here[source.all_hold({**filled_in(profile.rows, {**words, **more}), **part.rows}, here)]
            wanted = wanted.union(kept)
            found.setdefault((name, part.table), []).append(_table(part, source, kept, who))
    if school and school not in schools:
        raise BadInput(f"{sheet.name} has no rows of school {school}.{nearest(school, sorted(schools))}")
    tables = {place: pd.concat(frames).fillna("") for place, frames in found.items() if any(map(len, frames))}
    settings = filled_in(profile.school_settings, words)
    return _export(profile, source, tables, who, taken_for, len(sheet.cells.index.difference(wanted)), settings)


def _named(profile: Profile, source: Exported, words: Words) -> DataFrame:
    """What each row says of its pupil, where the profile says so for the whole file."""
    every = source.sheet.cells.index
    drawn = {name: cells_of(_filled(origin, words), source, every) for name, origin in profile.pupil.items()}
    there = {str(name): cells for name, cells in drawn.items() if cells is not None}
    if "date_of_birth" in there:
        there["date_of_birth"] = days_of(there["date_of_birth"], profile.pupil["date_of_birth"], source)
    return DataFrame(there, index=every, dtype="str")


def _filled(origin: Origin, words: Words) -> Origin:
    return Origin.model_validate(filled_in(origin.model_dump(by_alias=True, exclude_unset=True), words))


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
    cells = cells_of(origin, source, source.sheet.cells.index)
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


def _table(part: Part, source: Exported, kept: pd.Index, who: DataFrame) -> DataFrame:
    """The rows of one table."""
    columns = {name: cells_of(origin, source, kept) for name, origin in part.columns.items()}
    there = {name: cells for name, cells in columns.items() if cells is not None}
    if part.each and any(name not in there for name in part.columns if name in schema.required(part.table)):
        return DataFrame(columns=list(part.columns), dtype="str")
    table = DataFrame(there, index=kept, dtype="str")
    dated = table.assign(**{name: days_of(table[name], part.columns[name], source) for name in schema.days(part.table, there)})
    # An empty cell of a marksheet is no grade at all, not a grade that is missing; an empty cell of a register no mark.
    given = dated[dated[_SAID[part.table]].ne("")] if _SAID.get(part.table) in there else dated
    return folded(given, part.fold, source, who) if part.fold else given


_SAID = {"assessments": "grade", "prior_attainment": "grade", "registers": "mark"}


def folded(table: DataFrame, fold: Fold, source: Exported, who: DataFrame) -> DataFrame:
    """Rows of one pupil alike in all columns but those of the fold as one: the different values, in order of rank, in these."""
    first = fold.columns[0]
    named = who.loc[table.index].add_prefix("who ")
    marked = pd.concat([table, named], axis=1)
    alike = [name for name in marked if name not in fold.columns]
    if first not in table or not marked.duplicated(alike).any():
        return table
    rank = source.cells(table.index, fold.by) if fold.by else None
    ordered = marked if rank is None else marked.loc[pd.to_numeric(rank, errors="coerce").sort_values(kind="stable").index]
    told = ordered[ordered[first].ne("")].drop_duplicates([*alike, first])
    place = told.groupby(alike, sort=False).cumcount()
    kept = marked[~marked.duplicated(alike)]
    for number, name in enumerate(fold.columns):
        values = told.loc[place.eq(number), [*alike, first]].rename(columns={first: name})
        kept = kept.drop(columns=name, errors="ignore").merge(values, "left", alike).set_index(kept.index)
    lost = int(place.ge(len(fold.columns)).sum())
    source.remark(
        f"has several rows a pupil: {len(table):,} rows became {len(kept):,}",
        f"{lost:,} values beyond the first {len(fold.columns)} were left out." if lost else "Nothing to do.",
    )
    return kept.drop(columns=list(named)).fillna("")


def _export(
    profile: Profile, source: Exported, tables: Tables, who: DataFrame, taken_for: str, unwanted: int, settings: dict[str, object]
) -> Export:
    """The tables with the report of what was used and what was not understood."""
    columns = _uses(source, profile)
    _remarks(source, columns, unwanted)
    odd = DataFrame([(*place, rows) for place, rows in source.odd.items()], columns=NOT_UNDERSTOOD)
    about_pupils = who if len(who.columns) else _said_in(tables)
    return Export(
        file=source.sheet.name,
        taken_for=taken_for,
        read=source.sheet.read,
        tables={place: rows.drop(columns="pupil_id", errors="ignore") for place, rows in tables.items()},
        who=about_pupils,
        roll=profile.roll or roll_in(tables),
        not_wanted=unwanted,
        columns=columns,
        not_understood=odd,
        problems=all_problems([source.sheet.problems, problems_table(source.problems)]),
        settings=settings,
    )


def _said_in(tables: Tables) -> DataFrame:
    """What the tables themselves say of each row's pupil: the roll first, which says most."""
    named = sorted((rows for rows in tables.values() if "pupil_id" in rows), key=lambda rows: "year_group" not in rows)
    alone = [rows[[name for name in WHO if name in rows]] for rows in named]
    every = pd.concat(alone) if alone else DataFrame()
    return every[~every.index.duplicated()].fillna("").sort_index()


def _remarks(source: Exported, columns: DataFrame, unwanted: int) -> None:
    """What is to be said of the file besides its rows."""
    for missing in source.missing:
        source.remark(
            "has no such column, which the profile speaks of", "Add it to the export, or correct the profile.", column=missing
        )
    unsaid = ", ".join(columns.loc[columns["use"].eq(NOT_MENTIONED), "column"])
    if unsaid:
        source.remark(
            "has columns the profile does not mention", "Map them, or list them under ignore with a reason.", value=unsaid
        )
    if unwanted:
        source.remark(f"has {unwanted:,} rows that are not wanted", "Left out, as the profile says under rows, terms or school.")
    for (column, value), rows in source.odd.items():
        problem = f"is not a code the profile explains ({rows:,} rows)"
        source.remark(problem, "Kept as it is. Add it to recode in the profile.", column=column, value=value)


def _uses(source: Exported, profile: Profile) -> DataFrame:
    rows = [(name, *_use(name, source, profile)) for name in map(str, source.sheet.cells)]
    return DataFrame([*rows, *((name, MISSING, "") for name in source.missing)], columns=COLUMNS)


def _use(name: str, source: Exported, profile: Profile) -> tuple[str, str]:
    if name in source.used:
        return USED, ""
    lists = profile.ignore.items()
    reasons = [why for why, listed in lists if any(fnmatchcase(name.casefold(), pattern.casefold()) for pattern in listed)]
    return (IGNORED, reasons[0]) if reasons else (NOT_MENTIONED, "")
