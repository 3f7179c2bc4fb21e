"""Bringing exports into a school's folder: read, mapped by a profile, checked, merged by key, and said in full."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pandas as pd
import yaml
from pandas import DataFrame
from pydantic import ValidationError

from sentrack_lib.errors import BadInput, WrongUse
from sentrack_lib.settings import SchoolSettings, nearest
from sentrack_lib.sources import schema
from sentrack_lib.sources.checking import check_table
from sentrack_lib.sources.exports.aliases import known_headings
from sentrack_lib.sources.exports.mapping import Mapped, apply_profile
from sentrack_lib.sources.exports.profiles import Profile, filled_in, read_profile
from sentrack_lib.sources.exports.recognising import GUESSES, Draft, draft, left_out, write_profile
from sentrack_lib.sources.files import read_sheet, write_table, write_whole
from sentrack_lib.sources.imports.merging import CHANGE, Merged, completed, merged
from sentrack_lib.sources.problems import FILE_SET_ASIDE, KEPT, ROW_SET_ASIDE, all_problems, problems_table, sentences, sets_aside

FILES = ["file", "read", "set_aside", "made_no_row"]
TABLES = ["file", "term", "table", "mapped", "accepted", "set_aside", "added", "changed", "unchanged"]
COLUMNS = ["file", "column", "use", "reason"]


@dataclass(frozen=True)
class ImportReport:
    """What an import did. `files`: rows read, set aside, made no row (not wanted, or nothing in them); `tables`: rows mapped =
    accepted + set aside, and of those accepted added, changed, unchanged; `columns`: used, ignored, not mentioned, missing;
    `not_understood`: codes kept as they were; `changes`: cells that were otherwise before; `problems`; `guesses`: without a
    profile, what each file was taken for and where its columns went."""

    files: DataFrame
    tables: DataFrame
    columns: DataFrame
    not_understood: DataFrame
    changes: DataFrame
    problems: DataFrame
    guesses: DataFrame

    @property
    def exit_code(self) -> int:
        """1 where something was set aside, 0 where there is nothing but remarks."""
        return int(sets_aside(self.problems))

    def __str__(self) -> str:
        """What was read, what came of it, and every problem once, as a person reads it."""
        files = [
            f"{row['file']}: {row['read']:,} rows read, {row['set_aside']:,} set aside, {row['made_no_row']:,} not wanted."
            for row in self.files.to_dict("records")
        ]
        tables = [
            f"{row['term']} {row['table']}: {row['mapped']:,} rows, {row['added']:,} new, {row['changed']:,} changed, "
            f"{row['unchanged']:,} as before, {row['set_aside']:,} set aside."
            for row in self.tables.to_dict("records")
        ]
        return "\n".join([*_taken(self.guesses), *files, *tables, *sentences(self.problems)])


def import_files(
    sources: list[Path], into: Path, term: str | None, profile: Path | str | None, school: str | None = None
) -> ImportReport:
    """Bring exports into the school's folder `into`; a file that cannot be read is told, and the others go on."""
    if profile is None and term is None:
        raise WrongUse("Say which term the files are of, as --term 2025-26-autumn.")
    read = read_profile(profile_named(profile)) if profile is not None else None
    return _together([_brought(Path(source), Path(into), term, read, school) for source in sources])


def drafted(source: Path, into: Path, term: str) -> Draft:
    """The profile with which a file would be brought into a school's folder, and what the file was taken for."""
    settings = SchoolSettings.read(into) if (into / "school.yml").exists() else SchoolSettings(name=into.name)
    return draft(read_sheet(source, known_headings()), term, settings)


def write_draft(sources: list[Path], into: Path, term: str | None, file: Path) -> str:
    """Write the profile of one export, to be corrected and kept; says what the export was taken for."""
    if term is None or len(sources) != 1:
        raise WrongUse("Name one file and its --term: a profile is drafted for one kind of export.")
    taken = drafted(Path(sources[0]), Path(into), term)
    write_profile(taken.profile, file)
    return "\n".join([*_taken(taken.guesses), f"The profile is in {file}. Correct it, then import with --profile {file}."])


def profile_named(profile: Path | str) -> Path:
    """The profile's file: the file itself, or parameters/NAME.yml or parameters/real/NAME.yml of the project."""
    if Path(profile).suffix in (".yml", ".yaml") or Path(profile).is_file():
        return Path(profile)
    folders = [root / "parameters" / real for root in (Path.cwd(), Path(__file__).parents[2]) for real in (".", "real")]
    found = next((file for folder in folders if (file := folder / f"{profile}.yml").is_file()), None)
    if found is None:
        known = sorted({file.stem for folder in folders for file in folder.glob("*.yml")})
        raise WrongUse(f"There is no profile {profile} in parameters/.{nearest(str(profile), known)}")
    return found


def _brought(source: Path, into: Path, term: str | None, given: Profile | None, school: str | None) -> ImportReport:
    """One file brought in."""
    try:
        taken = drafted(source, into, str(term)) if given is None else None
        profile = given or cast(Draft, taken).profile
        sheet = read_sheet(source, known_headings() if taken else profile.headings(source.name))
        found = apply_profile(profile, sheet, term, school)
    except BadInput as fault:
        return _report(source.name, problems=[_file_problem(source.name, str(fault))])
    _keep_original(source, into, {name for name, _ in found.tables})
    _write_settings(profile, source, into, school)
    placed = [_placed(into, source.name, *place, rows) for place, rows in found.tables.items()]
    counts = DataFrame([_of_file(source.name, sheet.read, len(sheet.cells), found)], columns=FILES)
    problems = [sheet.problems, found.problems, *(said for _, _, said in placed), *([left_out(taken.guesses)] if taken else [])]
    changes = [changed for _, changed, _ in placed]
    return _report(source.name, counts, [count for count, _, _ in placed], found, changes, problems, taken)


def _placed(into: Path, file: str, term: str, table: str, mapped: DataFrame) -> tuple[dict[str, object], DataFrame, DataFrame]:
    """One table merged into a term's folder: its counts, the changes and the problems."""
    path = into / term / f"{table}.csv"
    try:
        held = _held(path, table)
    except BadInput as fault:
        none = {"file": file, "term": term, "table": table, "mapped": len(mapped), "set_aside": len(mapped)}
        return dict.fromkeys(TABLES, 0) | none, DataFrame(columns=CHANGE), _file_problem(file, str(fault))
    newer = completed(table, mapped, held)
    accepted, problems = check_table(table, newer, file)
    result = merged(table, held, accepted[[name for name in schema.columns(table) if name in newer]])
    if result.added or result.changed:
        write_table(result.rows, path)
    # A list that lacks a required column, such as a list of SEN, is not a whole roll.
    is_roll = table == "pupils" and set(schema.required(table)) <= set(mapped)
    left = _left_out(file, term, held, newer) if is_roll else problems_table()
    return _counts(file, term, table, len(mapped), len(accepted), result), result.changes, all_problems([problems, left])


def _held(path: Path, table: str) -> DataFrame:
    """The rows a term's folder holds of a table; `BadInput` where writing it anew would lose rows that cannot be read."""
    if not path.exists():
        return DataFrame(columns=schema.columns(table), dtype="str").iloc[:, :0]
    sheet = read_sheet(path, schema.columns(table))
    if sheet.problems["effect"].eq(ROW_SET_ASIDE).any():
        raise BadInput(
            f"{path.parent.name}/{path.name} already holds rows that cannot be read. Correct them first (`sentrack check`)."
        )
    return sheet.cells


def _left_out(file: str, term: str, held: DataFrame, newer: DataFrame) -> DataFrame:
    """Pupils on the term's roll who are not in the newer one: they stay."""
    before = held.get("pupil_id", pd.Series(dtype="str"))
    remedy = "The pupil stays on the roll. Write left_on in the export if the pupil has left."
    said = {
        "file": file,
        "row": None,
        "column": "pupil_id",
        "problem": f"is on the roll of {term} but not in this file",
        "remedy": remedy,
    }
    return problems_table({**said, "value": pupil, "effect": KEPT} for pupil in before[~before.isin(newer.get("pupil_id", []))])


def _counts(file: str, term: str, table: str, mapped: int, accepted: int, result: Merged) -> dict[str, object]:
    rows = {"mapped": mapped, "accepted": accepted, "set_aside": mapped - accepted}
    return {
        "file": file,
        "term": term,
        "table": table,
        **rows,
        "added": result.added,
        "changed": result.changed,
        "unchanged": result.unchanged,
    }


def _of_file(file: str, read: int, good: int, found: Mapped) -> tuple[str, int, int, int]:
    """Rows of the file: read, set aside before mapping, and those that made no row of any table."""
    aside = set(found.problems.loc[found.problems["effect"].eq(ROW_SET_ASIDE), "row"])
    used = {row for rows in found.tables.values() for row in rows.index}
    return file, read, read - good + len(aside), good - len(aside) - len(used)


def _keep_original(source: Path, into: Path, terms: Iterable[str]) -> None:
    """The untouched export beside the tables made from it, under the first letters of its SHA-256, once."""
    content = source.read_bytes()
    name = f"{hashlib.sha256(content).hexdigest()[:12]}-{source.name}"
    for kept in (into / term / "originals" / name for term in terms):
        if not kept.exists():
            write_whole(content, kept)


def _write_settings(profile: Profile, source: Path, into: Path, school: str | None) -> None:
    """The school's school.yml, if there is none yet."""
    if (into / "school.yml").exists():
        return
    words = {"school": school or "all schools", **profile.words_of(source.name)}
    given: dict[str, Any] = {"name": into.name, **filled_in(profile.school_settings, words)}
    try:
        settings = SchoolSettings.model_validate(given).model_dump(mode="json", exclude_defaults=True)
    except ValidationError as fault:
        raise WrongUse(f"The profile's school_settings cannot be used: {fault.errors()[0]['msg']}.") from fault
    write_whole(yaml.safe_dump(settings, sort_keys=False, allow_unicode=True), into / "school.yml")


def _taken(guesses: DataFrame) -> list[str]:
    """What each file was taken for, and below it its columns with where they went."""
    lines = []
    for (file, taken_for), listed in guesses.groupby(["file", "taken_for"], sort=False):
        width = int(listed["heading"].str.len().max())
        lines.append(
            f"{file} was taken for {taken_for}. If that is wrong, write its profile with --draft-profile and correct it."
        )
        used = listed[listed["table"].ne("")]
        lines += [f"  {heading:{width}}  ->  {table}: {goes_to}" for heading, table, goes_to in used[GUESSES[2:]].to_numpy()]
    return lines


def _file_problem(file: str, problem: str) -> DataFrame:
    said = {"file": file, "row": None, "column": "", "value": "", "problem": problem, "remedy": "The other files were imported."}
    return problems_table([{**said, "effect": FILE_SET_ASIDE}])


def _report(
    file: str,
    files: DataFrame | None = None,
    tables: Iterable[Mapping[str, object]] = (),
    found: Mapped | None = None,
    changes: Iterable[DataFrame] = (),
    problems: Iterable[DataFrame] = (),
    taken: Draft | None = None,
) -> ImportReport:
    columns = found.columns.assign(file=file)[COLUMNS] if found else DataFrame(columns=COLUMNS)
    odd = found.not_understood.assign(file=file) if found else DataFrame(columns=["column", "value", "rows", "file"])
    changed = pd.concat([DataFrame(columns=CHANGE), *changes], ignore_index=True)
    read = DataFrame(columns=FILES) if files is None else files
    guesses = taken.guesses if taken else DataFrame(columns=GUESSES)
    return ImportReport(read, DataFrame(list(tables), columns=TABLES), columns, odd, changed, all_problems(problems), guesses)


def _together(reports: list[ImportReport]) -> ImportReport:
    """Several files' reports as one."""
    names = ["files", "tables", "columns", "not_understood", "changes", "problems", "guesses"]
    return ImportReport(**{name: pd.concat([getattr(report, name) for report in reports], ignore_index=True) for name in names})
