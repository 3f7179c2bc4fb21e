"""Bringing whatever a school exports into its folder: opened, understood, rolls first, placed, and said in full."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd
import yaml
from pandas import DataFrame
from pydantic import ValidationError

from sentrack_lib.errors import BadInput, WrongUse
from sentrack_lib.settings import SchoolSettings, nearest
from sentrack_lib.sources.exports.aliases import check_own
from sentrack_lib.sources.exports.drafting import draft, unfilled, write_profile
from sentrack_lib.sources.exports.export import Export
from sentrack_lib.sources.exports.oneroster import is_package, read_package
from sentrack_lib.sources.exports.profiles import Profile, read_profile
from sentrack_lib.sources.exports.reading import Reader, Understood, every_table, read_by, sheet_of
from sentrack_lib.sources.files import write_whole
from sentrack_lib.sources.files.opening import Opened, opened
from sentrack_lib.sources.folders import is_own
from sentrack_lib.sources.imports.originals import keep_original, keep_report
from sentrack_lib.sources.imports.placing import Placed, placed
from sentrack_lib.sources.imports.report import FILES, ImportReport, report, together
from sentrack_lib.sources.imports.rolls import Rolls
from sentrack_lib.sources.problems import FILE_SET_ASIDE, Fault, problem, problems_table
from sentrack_lib.terms import Term

PROFILES = "profiles"
_FIRST = {"whole": 0, "joiners": 1, "part": 2}


@dataclass(frozen=True)
class _Taken:
    """One file with what it was understood as."""

    file: Opened
    found: Understood

    @property
    def order(self) -> tuple[int, bool, int]:
        """Rolls first, since the pupils of all other files are looked up on them; then lists of pupils; then what says most of
        provisions, which others only name."""
        tables = {table: rows for (_, table), rows in self.found.export.tables.items()}
        said = len(tables["provisions"].columns) if "provisions" in tables else 0
        return _FIRST[self.found.export.roll] if "pupils" in tables else 2, "pupils" not in tables, -said


def import_files(
    sources: Sequence[Path], into: Path, term: str | None, profile: Path | str | None = None, school: str | None = None
) -> ImportReport:
    """Bring files, folders and zips of exports into the school's folder `into`; what cannot be used is told, the rest goes on."""
    if profile is None and term is None:
        raise WrongUse("Say which term the files are of, as --term 2025-26-autumn.")
    given = read_profile(profile_named(profile)) if profile is not None else None
    named = term and str(Term.named(term))
    with opened(sources) as files:
        settings = _settings(into)
        exports = [file for file in files if not is_own(file.path, into)]
        taken, refused = _understood(exports, into, settings, named, given, school)
        _write_settings([each.found.export for each in taken], into)
        said = _placed_all(sorted(taken, key=lambda each: each.order), into, settings, named or "")
    whole = together([*said, *refused])
    for each in set(whole.files["term"]) - {""}:
        keep_report(whole, each, into / each)
    return whole


def write_draft(sources: Sequence[Path], into: Path, term: str | None, file: Path) -> str:
    """Write the profile of one export, to be corrected and kept; says what the export was taken for."""
    if term is None or len(sources) != 1 or not Path(sources[0]).is_file():
        raise WrongUse("Name one file and its --term: a profile is drafted for one kind of export.")
    settings = _settings(into)
    sheet = sheet_of(Path(sources[0]), own=settings.headings)
    try:
        drafted = draft(sheet, term, settings)
    except BadInput as fault:
        write_profile(unfilled(sheet), file)
        return f"{fault}\nA profile to be filled in is in {file}."
    write_profile(drafted.profile, file)
    lines = [f"  {heading}  ->  {table}: {to}" for heading, table, to in drafted.guesses.to_numpy() if table]
    head = f"{sheet.name} was taken for {drafted.shape.name}."
    return "\n".join([head, *lines, f"The profile is in {file}. Correct it, then import with --profile {file}."])


def profile_named(profile: Path | str) -> Path:
    """The profile's file: the file itself, or parameters/NAME.yml or parameters/real/NAME.yml of the project."""
    if Path(profile).suffix in (".yml", ".yaml") or Path(profile).is_file():
        return Path(profile)
    folders = [root / "parameters" / real for root in (Path.cwd(), Path(__file__).parents[3]) for real in (".", "real")]
    found = next((file for folder in folders if (file := folder / f"{profile}.yml").is_file()), None)
    if found is None:
        known = sorted({file.stem for folder in folders for file in folder.glob("*.yml")})
        raise WrongUse(f"There is no profile {profile} in parameters/.{nearest(str(profile), known)}")
    return found


def _settings(into: Path) -> SchoolSettings:
    settings = SchoolSettings.read(into) if (into / "school.yml").exists() else SchoolSettings(name=Path(into).name)
    check_own(settings.headings)
    return settings


def _understood(
    files: Iterable[Opened], into: Path, settings: SchoolSettings, term: str | None, given: Profile | None, school: str | None
) -> tuple[list[_Taken], list[ImportReport]]:
    """What every file was understood as, and a report of each that was not."""
    kept = {} if given else {f"{PROFILES}/{file.name}": read_profile(file) for file in sorted((into / PROFILES).glob("*.yml"))}
    alone, taken, refused = ([*files], [], []) if given else _packages([*files], settings, str(term))
    reader = Reader(settings, term, given, kept, school)
    for file in alone:
        try:
            if file.fault:
                raise BadInput(file.fault)
            taken += [_Taken(file, _with_profile_kept(found, into)) for found in every_table(reader, file.path, file.name)]
        except BadInput as fault:
            refused.append(_refused(file, term or "", str(fault)))
    return taken, refused


def _packages(files: list[Opened], settings: SchoolSettings, term: str) -> tuple[list[Opened], list[_Taken], list[ImportReport]]:
    """The files that stand alone; and the OneRoster packages, whose files are read together, or why they could not be."""
    folders = {folder: [file for file in files if file.path.parent == folder] for folder in {file.path.parent for file in files}}
    packages = [inside for folder, inside in sorted(folders.items()) if len(inside) > 1 and is_package(folder)]
    taken, refused = [], []
    for inside in packages:
        by_name = {file.path.name.casefold(): file for file in inside}
        paths, names = ({key: getattr(file, what) for key, file in by_name.items()} for what in ("path", "name"))
        try:
            exports = {export.file: export for export in read_package(paths, names, term, settings)}
        except BadInput as fault:
            refused.append(_refused(by_name["users.csv"], term, str(fault)))
            files = [file for file in files if file not in inside]
            continue
        taken += [_Taken(file, Understood(exports[file.name])) for file in inside if file.name in exports]
        files = [file for file in files if file not in inside or file.name not in exports]
    return files, taken, refused


def _placed_all(taken: Iterable[_Taken], into: Path, settings: SchoolSettings, term: str) -> Iterable[ImportReport]:
    """Every export placed, one after the other, since each may name pupils whom the next speaks of."""
    rolls, said, terms = Rolls.read(into), [], set[str]()
    for each in taken:
        export = each.found.export
        try:
            done = placed(export, into, rolls, settings.calendar)
        except BadInput as fault:
            said.append(_refused(each.file, term, str(fault)))
            continue
        rolls = done.rolls
        terms |= {of_term for of_term, table in export.tables if table == "pupils"}
        of_terms = sorted({of_term for of_term, _ in export.tables}, key=Term.named) or [*filter(None, [term])]
        digest, lost = keep_original(each.file.path, each.file.name, [into / of_term for of_term in of_terms])
        said.append(_report(export, done, digest, of_terms[-1] if of_terms else "", lost))
    return [*said, report(rolls=rolls.moves(sorted(terms)))]


def _with_profile_kept(found: Understood, into: Path) -> Understood:
    """A profile with much guessing in it is kept in the school's folder, to be corrected there and used again."""
    if found.draft is None or not found.draft.shape.kept:
        return found
    stem = re.sub(r"[^\w .-]+", " ", Path(found.export.file).stem)[:60].strip(" .") or "marks"
    names = [stem, *(f"{stem}-{number}" for number in range(2, 100))]
    free = next(name for name in names if not (into / PROFILES / f"{name}.yml").exists())
    write_profile(found.draft.profile, into / PROFILES / f"{free}.yml")
    return replace(found, export=read_by(found.export, f"{PROFILES}/{free}.yml"))


def _write_settings(exports: Iterable[Export], into: Path) -> None:
    """The school's school.yml, if there is none yet."""
    given = [export.settings for export in exports]
    if (into / "school.yml").exists() or not given:
        return
    try:
        said = {"name": Path(into).name, **next(filter(None, given), {})}
        settings = SchoolSettings.model_validate(said).model_dump(mode="json", exclude_defaults=True)
    except ValidationError as fault:
        raise WrongUse(f"The profile's school_settings cannot be used: {fault.errors()[0]['msg']}.") from fault
    write_whole(yaml.safe_dump(settings, sort_keys=False, allow_unicode=True), into / "school.yml")


def _refused(file: Opened, term: str, sentence: str) -> ImportReport:
    row = (file.name, term, "not understood", 0, 0, 0, "")
    what, _, remedy = sentence.removeprefix(file.name).removeprefix(file.path.name).lstrip(": ").partition(". ")
    said = problem(file.name, Fault(what, f"{remedy} The other files were imported.".lstrip(), FILE_SET_ASIDE))
    return report([problems_table([said])], files=_files([row]))


def _report(export: Export, done: Placed, digest: str, term: str, lost: DataFrame) -> ImportReport:
    """What is said of one file that was placed."""
    row = (export.file, term, export.taken_for, export.read, done.accepted, done.set_aside, digest)
    odd = [export.not_understood, done.not_understood]
    return report(
        [done.problems, lost],
        files=_files([row]),
        tables=done.tables,
        columns=export.columns.assign(file=export.file),
        not_understood=_concat(odd).assign(file=export.file),
        guesses=export.guesses.assign(file=export.file, taken_for=export.taken_for),
        changes=done.changes,
    )


def _files(rows: list[tuple[str, str, str, int, int, int, str]]) -> DataFrame:
    return DataFrame(rows, columns=FILES)


def _concat(tables: list[DataFrame]) -> DataFrame:
    filled = [table for table in tables if len(table)]
    return pd.concat(filled, ignore_index=True) if filled else tables[0]
