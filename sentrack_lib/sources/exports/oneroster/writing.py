"""A term of a school as a OneRoster package, for systems that read the standard.

Only what the standard has a place for is written: no special educational needs, no ethnicity. Every row is a bulk row, in which
the standard leaves status and dateLastModified blank. The same school makes the same bytes.
"""

import csv
import io
import tempfile
import zipfile
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
from pandas import DataFrame, Series

from sentrack_lib.errors import BadInput, WrongUse
from sentrack_lib.sources.exports.oneroster import roster_files
from sentrack_lib.sources.exports.oneroster.columns import COLUMNS, DATA_FILES, FILES
from sentrack_lib.sources.exports.oneroster.gradebook import gradebook
from sentrack_lib.sources.exports.oneroster.sourced_ids import PERIOD_ID, SCHOOL_ID, TERM_ID, YEAR_ID
from sentrack_lib.sources.files import write_table, write_whole
from sentrack_lib.sources.loading import School
from sentrack_lib.terms import Term

_SAME_TIME = (1980, 1, 1, 0, 0, 0)


def write_package(school: School, term: Term, file: Path, version: str = "1.1") -> None:
    """Write a term as a OneRoster package: a zip, or a folder where `file` does not end in .zip. `WrongUse` for a version that is
    not known and a folder that holds files of another package; `BadInput` where nobody is on the roll of the term."""
    if version not in COLUMNS:
        raise WrongUse(f'"{version}" is not a version of OneRoster that can be written. Known: {", ".join(COLUMNS)}.')
    contents = _contents(package_tables(school, term, version), version)
    file = Path(file)
    if file.suffix.casefold() == ".zip":
        write_whole(_zipped(contents), file)
        return
    _refuse_mixture(file, contents)
    for name, content in contents.items():
        write_whole(content, file / name)


def package_tables(school: School, term: Term, version: str) -> dict[str, DataFrame]:
    """The files of the package of a term as tables with all columns of the standard, by their names without .csv."""
    pupils = _of(school, "pupils", term)
    if pupils.empty:
        raise BadInput(f"Nobody is on the roll of {term.label}, so there is nothing to write. Import the roll first.")
    ids = Series(roster_files.pupil_ids(pupils).to_numpy(), index=pd.Index(pupils["pupil_id"]), dtype="str")
    marks, groups = _of(school, "assessments", term), roster_files.with_class(_of(school, "teaching_groups", term))
    given = roster_files.with_class_of_mark(marks, groups).assign(user=marks["pupil_id"].map(ids))
    classes = roster_files.classes(groups, given)
    last_day = term.dates(school.settings.calendar)[1]
    tables = {
        "manifest": _manifest(version),
        "academicSessions": _sessions(term, school.settings.calendar, version),
        "orgs": DataFrame([{"sourcedId": SCHOOL_ID, "name": school.name, "type": "school"}]),
        "courses": roster_files.courses(classes),
        "classes": classes,
        "demographics": roster_files.demographics(pupils, ids),
        "enrollments": roster_files.enrolments(groups, ids),
        **gradebook(school, given, last_day.isoformat(), version),
        **roster_files.users(pupils, groups, ids),
    }
    return {name: _whole(tables.get(name), columns) for name, columns in COLUMNS[version].items()}


def _whole(table: DataFrame | None, columns: tuple[str, ...]) -> DataFrame:
    """A file with exactly its columns, in order of its ids."""
    rows = DataFrame(columns=list(columns), dtype="str") if table is None else table.reindex(columns=list(columns))
    text = rows.astype("str").fillna("")
    return text.sort_values("sourcedId", ignore_index=True) if "sourcedId" in text else text


def _of(school: School, table: str, term: Term) -> DataFrame:
    """The rows of a term, text blank where nothing is known."""
    rows = school.tables[table]
    own = rows[rows["term"].eq(str(term))].reset_index(drop=True)
    return own.assign(
        **{str(name): own[name].astype("str").fillna("") for name in own.select_dtypes(["str", "object", "category"])}
    )


def _sessions(term: Term, calendar: Mapping[str, tuple[date, date]], version: str) -> DataFrame:
    """The school year, the term in it, and the term as the grading period its line items want. Version 1.2 counts the last day
    as the first one after it."""
    year = [Term(term.year, season).dates(calendar) for season in range(3)]
    first, last = term.dates(calendar)
    rows = [
        (YEAR_ID, term.school_year, "schoolYear", year[0][0], year[-1][1], ""),
        (TERM_ID, term.label, "term", first, last, YEAR_ID),
        (PERIOD_ID, f"{term.label}, marks", "gradingPeriod", first, last, TERM_ID),
    ]
    table = DataFrame(rows, columns=["sourcedId", "title", "type", "startDate", "endDate", "parentSourcedId"])
    ends = [end + timedelta(days=version == "1.2") for end in table["endDate"]]
    return table.assign(endDate=ends, schoolYear=str(term.year + 1)).astype("str")


def _manifest(version: str) -> DataFrame:
    """What the package holds, and of every other file of the standard that it is absent."""
    files = {f"file.{name}": "bulk" if name in COLUMNS[version] else "absent" for name in DATA_FILES[version]}
    said = {"manifest.version": "1.0", "oneroster.version": version, **files, "source.systemName": "sentrack"}
    return DataFrame([*said.items(), ("source.systemCode", "sentrack")], columns=["propertyName", "value"])


def _contents(tables: Mapping[str, DataFrame], version: str) -> dict[str, bytes]:
    return {f"{name}.csv": _csv(tables[name]) for name in COLUMNS[version]}


def _csv(table: DataFrame) -> bytes:
    """A table with nothing in it that a spreadsheet would run, its lines ending as in RFC 4180, which the standard wants."""
    with tempfile.TemporaryDirectory() as room:
        written = Path(room) / "table.csv"
        write_table(table, written)
        rows = list(csv.reader(io.StringIO(written.read_text(encoding="utf-8"), newline="")))
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows(rows)
    return out.getvalue().encode()


def _zipped(contents: Mapping[str, bytes]) -> bytes:
    """The files in a zip that does not say when it was made."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in contents.items():
            packed.writestr(zipfile.ZipInfo(name, _SAME_TIME), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _refuse_mixture(folder: Path, contents: Mapping[str, bytes]) -> None:
    """A folder with files of the standard that this package has not would be no whole package."""
    there = folder.iterdir() if folder.is_dir() else []
    odd = [file.name for file in there if file.name.casefold().removesuffix(".csv") in FILES and file.name not in contents]
    if odd:
        raise WrongUse(f"{folder} already holds {', '.join(sorted(odd))} of another package. Name an empty folder.")
