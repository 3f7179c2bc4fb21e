"""Drafting the profile that brings an export in, by its headings and cells. A school may keep the draft and correct it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pandas import DataFrame

from sentrack_lib.errors import BadInput
from sentrack_lib.settings import SchoolSettings
from sentrack_lib.sources.exports.export import GUESSES
from sentrack_lib.sources.exports.profiles import Part, Profile
from sentrack_lib.sources.exports.shapes import SHAPES, Drafted, Seen, Shape
from sentrack_lib.sources.exports.shapes.results import NO_SCALE, is_left
from sentrack_lib.sources.exports.shapes.shape import Written
from sentrack_lib.sources.exports.shapes.who import who
from sentrack_lib.sources.files import Sheet, write_whole
from sentrack_lib.sources.problems import COLUMN_SET_ASIDE, KEPT, Fault, problem, problems_table
from sentrack_lib.terms import Term

TOTALS = ("total", "totals", "grand total", "average", "averages", "mean", "count")
CANNOT_TELL = (
    "Its headings do not say what it holds: a roll, a list of SEN, attendance, behaviour, teaching groups, marks or provision. "
    "Say which column is which with --profile; --draft-profile writes a first one to fill in."
)


@dataclass(frozen=True)
class Draft:
    """A profile drafted for one file, the shape it was taken for, and `guesses` (heading table goes_to)."""

    profile: Profile
    shape: Shape
    guesses: DataFrame


def draft(sheet: Sheet, term: str, settings: SchoolSettings) -> Draft:
    """The profile of a sheet, by its headings and cells; `BadInput` where they do not say enough."""
    seen = Seen(sheet.cells, Term.named(term), settings)
    try:
        shape = next((shape for shape in SHAPES if shape.is_it(seen)), None)
        if shape is None:
            raise BadInput(CANNOT_TELL)
        drafted = shape.drafted(seen)
        about = who(seen, must=shape.about_pupils)
        _refuse_braces([{"columns": about}, *drafted.parts], seen)
    except BadInput as fault:
        raise BadInput(f"{sheet.name} was not imported. {fault}") from fault
    profile = _written(sheet, shape, drafted, about, seen)
    left = [(name, "", f"not imported, {reason}") for reason, names in drafted.ignore.items() for name in names]
    return Draft(profile, shape, DataFrame([*_guesses(profile, term), *left], columns=GUESSES))


def _refuse_braces(parts: Iterable[Written], seen: Seen) -> None:
    """Braces stand for words in a profile, so a heading that is used cannot have them."""
    said = [text for part in parts for more in (*part.get("each", ()), *part["columns"].values()) for text in more.values()]
    headings = [heading for text in said for heading in (text if isinstance(text, list | tuple) else [text])]
    if odd := [heading for heading in headings if heading in seen.headings and set(heading) & {"{", "}"}]:
        raise BadInput(f"It has a heading with braces, {odd[0]}. Rename it and try again.")


def unfilled(sheet: Sheet) -> Profile:
    """A profile to be filled in by hand, for a sheet whose headings say nothing: every column is listed."""
    part = {"table": "pupils", "columns": {"year_group": "", "sen_status": ""}}
    about = f"{sheet.name} could not be recognised. Say for each column where it goes, and list the others under ignore."
    blank = {"pupil_id": "", "surname": "", "forename": "", "date_of_birth": ""}
    ignore = {"not yet said where it goes": list(map(str, sheet.cells))}
    return Profile.model_construct(about=about, pupil=blank, tables=(part,), ignore=ignore)


def left_out(file: str, profile: Profile) -> DataFrame:
    """The columns of marks that a profile leaves out, as problems; a column whose scale is not known needs the school."""
    remedy = "In the profile, put the column under each, with its scale. --draft-profile writes one to correct."
    told = [(reason, heading) for reason, headings in profile.ignore.items() if is_left(reason) for heading in headings]
    return problems_table(
        problem(file, Fault(f"not imported, {reason}", remedy, COLUMN_SET_ASIDE if reason == NO_SCALE else KEPT), value=heading)
        for reason, heading in told
    )


def write_profile(profile: Profile, file: Path) -> None:
    """Write a profile as YAML, as it is read again."""
    said = profile.model_dump(mode="json", by_alias=True, exclude_unset=True, warnings=False)
    write_whole(yaml.safe_dump(_short(said), sort_keys=False, allow_unicode=True, width=120), file)


def _written(sheet: Sheet, shape: Shape, drafted: Drafted, about: Written, seen: Seen) -> Profile:
    """What a shape drafted as a whole profile."""
    ignored = {reason: names for reason, names in {**drafted.ignore, **_unused(seen, drafted.parts, about)}.items() if names}
    said: Written = {"about": f"Drafted from {sheet.name}", "kind": shape.name, "pupil": about, "tables": drafted.parts}
    if rows := _above_totals(sheet.cells):
        said["rows"] = rows
    return Profile.model_validate({**said, "ignore": ignored} | ({"roll": shape.roll} if shape.roll else {}))


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


def _unused(seen: Seen, parts: Iterable[Written], about: Written) -> dict[str, list[str]]:
    """Columns that are known and not used for some parts of a profile, by the reason."""
    there = seen.found("pupils")
    if any(part["table"] == "pupils" for part in parts):
        again = [heading for name, headings in there.items() if name != "premium reason" for heading in headings[1:]]
        percent = seen.found("attendance").get("percentage", [])
        alone = {"a percentage alone counts no sessions": percent, "another column says the same": again}
        return {**seen.found("not used"), **alone}
    about_pupils = [heading for name, headings in there.items() if name not in about for heading in headings]
    return {**seen.found("not used"), "about the pupils: import a roll for it": about_pupils}


def _guesses(profile: Profile, term: str) -> list[tuple[str, ...]]:
    """Which column goes where, one row each."""
    shown = [part for part in profile.tables if not part.terms or term in part.terms]
    placed = [
        (heading, part.table, goes_to)
        for part in shown
        for heading, goes_to in (_each(part) if part.each else _columns(part.columns))
    ]
    used = {heading for heading, _, _ in placed}
    who_it_is = [(heading, "who it is", name) for heading, name in _columns(profile.pupil) if heading not in used]
    return [*who_it_is, *placed]


def _each(part: Part) -> list[tuple[str, str]]:
    """Of a register the first and the last session will do; of a marksheet every column."""
    shown = part.each if part.table != "registers" else (part.each[0], part.each[-1])
    years = "".join(f", in {' '.join(said.removeprefix('one of ').split())}" for said in part.rows.values() if "one of" in said)
    return [
        (more["column"], ", ".join(text for name, text in more.items() if name != "column" and text) + years) for more in shown
    ]


def _columns(origins: Mapping[Any, Any]) -> list[tuple[str, str]]:
    listed = {name: (*origin.headings, *origin.where_blank, *origin.sum) for name, origin in origins.items()}
    conditions = {
        name: tuple(heading for other in origin.instead for heading in (*other.where, *other.where_any))
        for name, origin in origins.items()
    }
    return [(heading, name) for name in listed for heading in dict.fromkeys((*listed[name], *conditions[name]))]


def _short(said: Any) -> Any:
    """A profile as a person would write it: a single heading alone, no part that says nothing."""
    if isinstance(said, dict):
        lone = said.get("from")
        if set(said) == {"from"} and isinstance(lone, list):
            return lone[0] if len(lone) == 1 else lone
        return {name: _short(value) for name, value in said.items() if value not in ([], {})}
    return [_short(value) for value in said] if isinstance(said, list) else said
