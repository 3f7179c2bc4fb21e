"""Recognising an export by its headings, and drafting the profile that brings it in. A school may keep and correct the draft."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pandas import DataFrame

from sentrack_lib.errors import BadInput
from sentrack_lib.settings import SchoolSettings
from sentrack_lib.sources.exports import drafting
from sentrack_lib.sources.exports.aliases import found
from sentrack_lib.sources.exports.drafting import Written
from sentrack_lib.sources.exports.marksheets import Mark, last_of_each, marks_of
from sentrack_lib.sources.exports.profiles import Part, Profile
from sentrack_lib.sources.files import Sheet, write_whole
from sentrack_lib.sources.problems import COLUMN_SET_ASIDE, KEPT, Fault, problem, problems_table
from sentrack_lib.sources.scales import scales_of
from sentrack_lib.terms import Term

GUESSES = ["file", "taken_for", "heading", "table", "goes_to"]
TOTALS = ("total", "totals", "grand total", "average", "averages", "mean", "count")
NO_SCALE = "on no scale that is known"
CANNOT_TELL = (
    "Its headings do not say what it holds: a roll, an attendance summary, a behaviour list, teaching groups, a marksheet or a "
    "list of SEN. Say which column is which with --profile."
)


@dataclass(frozen=True)
class Draft:
    """A profile drafted for one file, what the file was taken for, and `guesses` (file taken_for heading table goes_to)."""

    profile: Profile
    taken_for: str
    guesses: DataFrame


def draft(sheet: Sheet, term: str, settings: SchoolSettings) -> Draft:
    """The profile of a sheet, by its headings and cells; `BadInput` where they do not say enough."""
    taken_for, parts, ignore = _recognised(sheet, Term.named(term), settings)
    ignored = {reason: names for reason, names in (drafting.unused(sheet.cells, parts) | ignore).items() if names}
    written = {"about": f"Drafted from {sheet.name}, taken for {taken_for}", "tables": parts, "ignore": ignored}
    profile = Profile.model_validate({**written, "rows": _above_totals(sheet.cells)})
    left = [(sheet.name, taken_for, name, "", f"not imported, {reason}") for reason, names in ignore.items() for name in names]
    guesses = DataFrame([*_guesses(sheet.name, taken_for, profile, term), *left], columns=GUESSES)
    return Draft(profile, taken_for, guesses)


def left_out(guesses: DataFrame) -> DataFrame:
    """The columns of marks that were not imported, as problems; a column whose scale is not known needs the school."""
    remedy = "Write the profile with --draft-profile, put the column there under each, and import with --profile."
    told = guesses[guesses["table"].eq("")]
    return problems_table(
        problem(file, Fault(said, remedy, COLUMN_SET_ASIDE if NO_SCALE in said else KEPT), value=heading)
        for file, heading, said in told[["file", "heading", "goes_to"]].to_numpy().tolist()
    )


def write_profile(profile: Profile, file: Path) -> None:
    """Write a profile as YAML, as it is read again."""
    said = profile.model_dump(mode="json", by_alias=True, exclude_unset=True)
    write_whole(yaml.safe_dump(_short(said), sort_keys=False, allow_unicode=True, width=120), file)


def _recognised(sheet: Sheet, term: Term, settings: SchoolSettings) -> tuple[str, list[Written], dict[str, list[str]]]:
    """What a sheet was taken for, the parts of its profile, and columns left out with the reason."""
    try:
        for taken_for, is_it, parts in _SHAPES:
            if is_it(sheet.cells):
                return taken_for, parts(sheet.cells), {}
        marks = marks_of(sheet.cells, term, scales_of(settings), {name: said.scale for name, said in settings.subjects.items()})
        if marks:
            return "a marksheet", *_marksheet(sheet.cells, marks, str(term))
        taken_for = _list_of_pupils(sheet.cells)
        return taken_for, drafting.pupils(sheet.cells), {}
    except BadInput as fault:
        raise BadInput(f"{sheet.name} was not imported. {fault}") from fault


def _has(table: str, *columns: str, least: int = 1) -> Callable[[DataFrame], bool]:
    """Whether at least so many of some columns of a list are there."""
    return lambda cells: len(set(columns) & set(found(table, map(str, cells)))) >= least


def _is_key_stage_2(cells: DataFrame) -> bool:
    return len(found("ks2", map(str, cells))) > 1


def _is_behaviour(cells: DataFrame) -> bool:
    there = set(found("behaviour", map(str, cells)))
    return "on" in there and bool(there & {"kind", "reason", "points", "incident points", "reward points"})


def _is_attendance(cells: DataFrame) -> bool:
    there = set(found("attendance", map(str, cells)))
    counted = there & {"sessions_possible", "sessions_attended", "sessions_authorised", "sessions_unauthorised"}
    return bool(counted) or ("percentage" in there and not _is_roll(cells))


def _is_roll(cells: DataFrame) -> bool:
    there = set(found("pupils", map(str, cells)))
    return "year_group" in there and len(there & {"surname", "full name", "date_of_birth", "sex", "sen_status"}) > 1


_SHAPES: list[tuple[str, Callable[[DataFrame], bool], Callable[[DataFrame], list[Written]]]] = [
    ("the Department's key stage 2 results", _is_key_stage_2, drafting.key_stage_2),
    ("the Department's list of pupil premium", _has("pupils", "premium reason"), drafting.pupils),
    ("a behaviour list", _is_behaviour, drafting.behaviour),
    ("an attendance summary", _is_attendance, drafting.attendance),
    ("a list of teaching groups", _has("teaching_groups", "subject", "teaching_group", least=2), drafting.teaching_groups),
]


def _marksheet(cells: DataFrame, marks: list[Mark], term: str) -> tuple[list[Written], dict[str, list[str]]]:
    read = [mark for mark in marks if mark.scale]
    kept = last_of_each(read)
    if not kept:
        raise BadInput("It is a marksheet whose grades are on no scale sentrack knows. Say the scales with --profile.")
    left: dict[str, list[str]] = {NO_SCALE: _headings(marks, read)}
    left["a later column holds the same subject, kind and term"] = _headings(read, kept)
    for mark in kept:
        if mark.term not in ("", term) and mark.kind != "prior":
            left.setdefault(f"of {mark.term}, not of the term given", []).append(mark.heading)
    return drafting.marks(kept, cells), left


def _headings(marks: list[Mark], kept: list[Mark]) -> list[str]:
    return [mark.heading for mark in marks if mark not in kept]


def _list_of_pupils(cells: DataFrame) -> str:
    """What a list of pupils is."""
    there = set(found("pupils", map(str, cells)))
    if _is_roll(cells):
        return "a roll"
    if there & {"sen_status", "sen_need"}:
        return "a list of SEN"
    raise BadInput(CANNOT_TELL)


def _above_totals(cells: DataFrame) -> Written:
    """A condition that leaves out a last row of totals, or of a remark."""
    if cells.empty:
        return {}
    last = cells.iloc[-1]
    filled = last[last.ne("")]
    totals = filled[filled.str.casefold().str.rstrip(": ").isin(TOTALS)]
    # A lone id is a pupil without anything else; a lone phrase is a remark below the table.
    if len(totals) or (len(filled) == 1 and " " in filled.iloc[0] and len(cells.columns) > 2):
        where = totals if len(totals) else filled
        return {str(where.index[0]): f"is not {where.iloc[0]}"}
    return {}


def _guesses(file: str, taken_for: str, profile: Profile, term: str) -> list[tuple[str, ...]]:
    """Which column goes where, one row each."""
    return [
        (file, taken_for, heading, part.table, goes_to)
        for part in profile.tables
        if not part.terms or term in part.terms
        for heading, goes_to in (_marks(part) if part.each else _columns(part))
    ]


def _marks(part: Part) -> list[tuple[str, str]]:
    return [(more["column"], ", ".join(text for name, text in more.items() if name != "column")) for more in part.each]


def _columns(part: Part) -> list[tuple[str, str]]:
    listed = {name: (*origin.headings, *origin.where_blank, *origin.sum) for name, origin in part.columns.items()}
    conditions = {
        name: tuple(heading for other in origin.instead for heading in (*other.where, *other.where_any))
        for name, origin in part.columns.items()
    }
    return [(heading, name) for name in listed for heading in dict.fromkeys((*listed[name], *conditions[name]))]


def _short(said: Any) -> Any:
    """A profile as a person would write it: a single heading alone, no part that says nothing."""
    if isinstance(said, dict):
        lone = said.get("from")
        if set(said) == {"from"} and isinstance(lone, list):
            return lone[0] if len(lone) == 1 else lone
        return {name: _short(value) for name, value in said.items() if value not in ([], {}, "")}
    return [_short(value) for value in said] if isinstance(said, list) else said
