"""Understanding a file, whatever it is: XML by its first element, a table by a profile or by its headings."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from sentrack_lib.errors import BadInput, WrongUse
from sentrack_lib.settings import SchoolSettings
from sentrack_lib.sources.exports.aliases import known_headings
from sentrack_lib.sources.exports.drafting import Draft, draft, left_out
from sentrack_lib.sources.exports.export import Export
from sentrack_lib.sources.exports.mapping import apply_profile
from sentrack_lib.sources.exports.profiles import Profile
from sentrack_lib.sources.exports.transfer_files import kind_of_xml, read_census, read_superstar, read_transfer_file
from sentrack_lib.sources.files import Sheet, read_sheet, sheets_in
from sentrack_lib.sources.files.headings import normalised
from sentrack_lib.sources.problems import KEPT, Fault, all_problems, problem, problems_table

TRANSFERS = {"ctf": read_transfer_file, "census": read_census}


READ_BY = Fault("is read by {}", "Correct its columns there if any was taken for something else.", KEPT)
UNREAD = Fault("has other sheets, which were not read: {}", "Import each as a file of its own, with --profile.", KEPT)


@dataclass(frozen=True)
class Understood:
    """What a file was understood as, and the draft by which it was, if it was not by a profile the school gave or kept."""

    export: Export
    draft: Draft | None = None


@dataclass(frozen=True)
class Reader:
    """How files are understood: with which `settings` of the school and for which `term`; by the `profile` that was given, else
    by one of those `kept` (by name) that fits, else by what they look like; of several schools only one."""

    settings: SchoolSettings
    term: str | None
    profile: Profile | None = None
    kept: Mapping[str, Profile] = field(default_factory=dict)
    school: str | None = None


def every_table(reader: Reader, file: Path, name: str) -> list[Understood]:
    """The export in a file, called by its `name`; of a workbook each of its sheets that is one. `BadInput` as `understood`."""
    sheets = sheets_in(file) if reader.profile is None else []
    if len(sheets) < 2:
        return [understood(reader, file, name)]
    found: list[Understood] = []
    unread: dict[str, BadInput] = {}
    for sheet in sheets:
        try:
            found.append(understood(reader, file, f"{name}, sheet {sheet}", sheet))
        except BadInput as fault:
            unread[sheet] = fault
    if not found:
        raise next(iter(unread.values()))
    said = problem(found[0].export.file, replace(UNREAD, problem=UNREAD.problem.format(", ".join(unread))))
    more = problems_table([said] if unread else [])
    first = replace(found[0].export, problems=all_problems([found[0].export.problems, more]))
    return [replace(found[0], export=first), *found[1:]]


def understood(reader: Reader, file: Path, name: str, sheet: str | None = None) -> Understood:
    """The export in a file (of a workbook in one `sheet`), called by its `name`. `BadInput` where it cannot be read or told,
    `WrongUse` where the term is not said."""
    profile, term = reader.profile, reader.term
    kind = kind_of_xml(file) if profile is None else None
    if profile is None and term is None:
        raise WrongUse("Say which term the files are of, as --term 2025-26-autumn.")
    if kind in TRANSFERS:
        export = TRANSFERS[kind](file, str(term))
        return Understood(replace(export, file=name, problems=export.problems.assign(file=name)))
    read = sheet_of(file, profile, sheet, reader.settings.headings)
    table = replace(read, name=name, problems=read.problems.assign(file=name))
    if profile is not None:
        return Understood(apply_profile(profile, table, term, reader.school))
    fitting = next((name for name, each in reader.kept.items() if fits(each, table, str(term))), None)
    if fitting is not None:
        export = apply_profile(reader.kept[fitting], table, term, reader.school)
        return Understood(read_by(_with_left_out(export, reader.kept[fitting]), fitting))
    drafted = draft(table, str(term), reader.settings)
    export = apply_profile(drafted.profile, table, term, reader.school)
    return Understood(replace(_with_left_out(export, drafted.profile), guesses=drafted.guesses), drafted)


def _with_left_out(export: Export, profile: Profile) -> Export:
    return replace(export, problems=all_problems([export.problems, left_out(export.file, profile)]))


def read_by(export: Export, name: str) -> Export:
    """The export, and that it is read by a profile which the school keeps."""
    said = problems_table([problem(export.file, replace(READ_BY, problem=READ_BY.problem.format(name)))])
    return replace(export, problems=all_problems([export.problems, said]))


def sheet_of(file: Path, profile: Profile | None = None, sheet: str | None = None, own: Iterable[str] = ()) -> Sheet:
    """The table in a file, from a report of SIMS in XML as well."""
    if kind_of_xml(file) == "superstar":
        return read_superstar(file)
    return read_sheet(file, profile.headings(file.name) if profile else known_headings() | set(own), sheet)


def fits(profile: Profile, sheet: Sheet, term: str) -> bool:
    """Whether a sheet has every heading that a profile speaks of, and is of a term that the profile knows."""
    terms = {name for part in profile.tables for name in part.terms} | set(profile.terms)
    if terms and term not in terms:
        return False
    there = {normalised(str(heading)) for heading in sheet.cells}
    return {normalised(heading) for heading in profile.headings(sheet.name)} <= there
