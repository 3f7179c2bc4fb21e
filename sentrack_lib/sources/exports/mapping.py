"""Applying a profile: the rows of an export become rows of a school's tables, still as text, with a report of every column."""

from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from functools import reduce

import pandas as pd
from pandas import DataFrame, Series

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
from sentrack_lib.sources.exports.folding import folded, one_of_each
from sentrack_lib.sources.exports.origins import cells_of, days_of
from sentrack_lib.sources.exports.profiles import NOT_DRAFTED, Conditions, Origin, Part, Profile, Words, filled_in
from sentrack_lib.sources.files import Sheet
from sentrack_lib.sources.problems import ROW_SET_ASIDE, all_problems, problems_table
from sentrack_lib.terms import Term

MOST_MADE = 3_000_000
"""Rows of one table from one file: several times those of a large school over six terms, and what a gigabyte can hold."""
Tables = Mapping[tuple[str, str], DataFrame]


def apply_profile(profile: Profile, sheet: Sheet, term: str | None, school: str | None = None) -> Export:
    """The rows of a sheet as the tables of one or several terms; `school` keeps only the rows of that school."""
    source = Exported(sheet)
    words = {"school": school or "all schools", **profile.words_of(sheet.name)}
    found: dict[tuple[str, str], list[DataFrame]] = {}
    wanted, schools = sheet.cells.index[:0], set[str]()
    who = _named(profile, source, words)
    for name, at, more in _terms(profile, source, term):
        here, seen = _of_school(profile, source, at, {**words, **more}, school)
        schools |= seen
        for parts in profile.groups(name, {**words, **more}):
            pieces = _pieces(parts, source, here, filled_in(profile.rows, {**words, **more}))
            wanted = reduce(pd.Index.union, {id(rows): rows for _, rows in pieces}.values(), wanted)
            found.setdefault((name, parts[0].table), []).append(_table(pieces, source, who))
    if school and school not in schools:
        raise BadInput(f"{sheet.name} has no rows of school {school}.{nearest(school, sorted(schools))}")
    tables = {place: pd.concat(frames).fillna("") for place, frames in found.items() if any(map(len, frames))}
    settings = filled_in(profile.school_settings, words)
    return _export(profile, source, tables, who, len(sheet.cells.index.difference(wanted)), settings)


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


def _pieces(parts: Sequence[Part], source: Exported, here: pd.Index, rows: Conditions) -> list[tuple[Part, pd.Index]]:
    """Parts that differ only in their words, each with the rows it wants, looked for once where the conditions are the same."""
    conditions = [{**rows, **part.rows} for part in parts]
    wanted = {str(each): here[source.all_hold(each, here)] for each in {str(each): each for each in conditions}.values()}
    return [(part, wanted[str(each)]) for part, each in zip(parts, conditions, strict=True)]


def _table(parts: Sequence[tuple[Part, pd.Index]], source: Exported, who: DataFrame) -> DataFrame:
    """The rows of one table: those of all its parts, which differ only in their words, with the rows of the file of each."""
    first = parts[0][0]
    pieces = [piece for part, kept in parts if (piece := _piece(part, source, kept)) is not None]
    names = [name for name in first.columns if any(name in piece for piece in pieces)]
    made = sum(len(next(iter(piece.values()))) for piece in pieces)
    if made > MOST_MADE and first.table not in schema.REGISTERS:
        raise BadInput(
            f"{source.sheet.name} makes {made:,} rows of {first.table}, more than a school has. Export one term at a time."
        )
    if not pieces:
        return DataFrame(columns=list(first.columns), dtype="str")
    columns = {name: pd.concat([piece[name] if name in piece else _blank(piece) for piece in pieces]) for name in names}
    dated = {name: days_of(columns[name], first.columns[name], source) for name in schema.days(first.table, names)}
    table = DataFrame({name: cells.array for name, cells in {**columns, **dated}.items()}, index=columns[names[0]].index)
    whole = one_of_each(table, first.one_each, source) if first.one_each in names else table
    return folded(whole, first.fold, source, who) if first.fold else whole


def _piece(part: Part, source: Exported, kept: pd.Index) -> dict[str, Series] | None:
    """The columns of one part; none where a part of many lacks a column that its table must have."""
    said = _SAID.get(part.table)
    if said in part.columns and (cells := cells_of(part.columns[said], source, kept)) is not None:
        # An empty cell of a marksheet is no grade at all, not a grade that is missing; an empty cell of a register no mark.
        kept = kept[cells.ne("").to_numpy()]
    columns = {name: cells_of(origin, source, kept) for name, origin in part.columns.items()}
    there = {name: cells for name, cells in columns.items() if cells is not None}
    lacks = part.each and any(name not in there for name in part.columns if name in schema.required(part.table))
    return None if lacks or not there else there


def _blank(piece: Mapping[str, Series]) -> Series:
    return Series("", index=next(iter(piece.values())).index, dtype="str")


_SAID = {"assessments": "grade", "prior_attainment": "grade", "registers": "mark"}


def _export(
    profile: Profile, source: Exported, tables: Tables, who: DataFrame, unwanted: int, settings: dict[str, object]
) -> Export:
    """The tables with the report of what was used and what was not understood."""
    columns = _uses(source, profile)
    _remarks(source, columns, written_by_hand=profile.kind == NOT_DRAFTED)
    odd = DataFrame([(*place, rows) for place, rows in source.odd.items()], columns=NOT_UNDERSTOOD)
    about_pupils = who if len(who.columns) else _said_in(tables)
    return Export(
        file=source.sheet.name,
        taken_for=profile.kind,
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


def _remarks(source: Exported, columns: DataFrame, written_by_hand: bool) -> None:
    """What is to be said of the file besides its rows."""
    for missing in source.missing:
        source.remark(
            "has no such column, which the profile speaks of", "Add it to the export, or correct the profile.", column=missing
        )
    unsaid = ", ".join(columns.loc[columns["use"].eq(NOT_MENTIONED), "column"])
    if unsaid and written_by_hand:
        source.remark(
            "has columns the profile does not mention", "Map them, or list them under ignore with a reason.", value=unsaid
        )
    for (column, value), rows in source.odd.items():
        problem = f"is not a code that is understood ({rows:,} rows)"
        source.remark(problem, "Kept as it is. A profile can say under recode what it means.", column=column, value=value)


def _uses(source: Exported, profile: Profile) -> DataFrame:
    rows = [(name, *_use(name, source, profile)) for name in map(str, source.sheet.cells)]
    return DataFrame([*rows, *((name, MISSING, "") for name in source.missing)], columns=COLUMNS)


def _use(name: str, source: Exported, profile: Profile) -> tuple[str, str]:
    if name in source.used:
        return USED, ""
    lists = profile.ignore.items()
    reasons = [why for why, listed in lists if any(fnmatchcase(name.casefold(), pattern.casefold()) for pattern in listed)]
    return (IGNORED, reasons[0]) if reasons else (NOT_MENTIONED, "")
