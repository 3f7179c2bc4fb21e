"""A OneRoster package as a school's tables: who is at the school, who is taught what, and what marks they have."""

import csv
from collections.abc import Iterable, Mapping
from io import StringIO
from itertools import islice
from pathlib import Path

import pandas as pd

from sentrack_lib.errors import BadInput
from sentrack_lib.settings import SchoolSettings
from sentrack_lib.sources.exports.export import Export, Roll
from sentrack_lib.sources.exports.oneroster.columns import FILES, NEEDED
from sentrack_lib.sources.exports.oneroster.packages import Part, Parts, consistent, of_term, opened_parts, rows_of, without_term
from sentrack_lib.sources.exports.oneroster.results import read_results
from sentrack_lib.sources.exports.oneroster.rosters import read_groups, read_pupils
from sentrack_lib.sources.files.headings import FIRST_ROWS, find_headings, likeliest_delimiter, normalised
from sentrack_lib.sources.files.texts import as_text, read_bytes
from sentrack_lib.sources.problems import KEPT, Fault
from sentrack_lib.terms import Term

TELLING = {
    "users": NEEDED["users"],
    "orgs": ("sourcedId", "name", "type"),
    "classes": ("sourcedId", "title", "courseSourcedId"),
    "enrollments": NEEDED["enrollments"],
    "manifest": ("propertyName", "value"),
}
"""The headings by which a package is known."""
_HEAD = 100_000


def is_package(folder: Path) -> bool:
    """Whether a folder holds a OneRoster package: users.csv and one more of its files, both with the standard's headings."""
    if not folder.is_dir():
        return False
    telling = {f"{name}.csv": name for name in TELLING}
    there = {telling[file.name.casefold()]: file for file in sorted(folder.iterdir()) if file.name.casefold() in telling}
    return (
        "users" in there
        and len(there) > 1
        and _has(there, "users")
        and any(_has(there, name) for name in there if name != "users")
    )


def read_package(
    files: Mapping[str, Path], names: Mapping[str, str], term: str, settings: SchoolSettings | None = None
) -> list[Export]:
    """What each file of a package holds of a term, one export a file.

    `files` by bare name in lower case (`users.csv`; what is no file of the standard is passed over), `names` those by which a
    person knows them. `settings` give the school's own scales and calendar. `BadInput` where a file cannot be read or lacks a
    column, or where there are no users."""
    parts = opened_parts(files, names)
    if "users" not in parts:
        raise BadInput("The OneRoster package holds no users.csv, so it names no pupils. Export it again with users.")
    school = settings or SchoolSettings(name="the school")
    named = Term.named(term)
    first, last = map(pd.Timestamp, named.dates(school.calendar))
    version = _version(parts)
    sound = consistent(parts)
    sessions = of_term(sound, first, last)
    made = {"users": read_pupils(sound, str(named), sessions, version, _roll(sound))}
    if "enrollments" in sound:
        made["enrollments"] = read_groups(sound, str(named), (first, last), sessions, version)
    if "results" in sound:
        made["results"] = read_results(sound, str(named), (first, last), sessions, version, school)
    return [made.get(name) or _remarked(part, sessions, named).export(version) for name, part in sound.items()]


def _has(there: Mapping[str, Path], name: str) -> bool:
    """Whether a file has the headings of the standard."""
    file = there[name]
    try:
        text = as_text(read_bytes(file)[:_HEAD], file.name).text
        rows = csv.reader(StringIO(text, newline=""), delimiter=likeliest_delimiter(text, TELLING[name]))
        headings = {
            normalised(heading) for heading in find_headings(list(islice(rows, FIRST_ROWS)), TELLING[name], file.name).names
        }
    except BadInput:
        return False
    return {normalised(column) for column in TELLING[name]} <= headings


def _said(parts: Parts) -> dict[str, str]:
    """What the manifest says, by property."""
    rows = rows_of(parts, "manifest")
    return dict(zip(rows["propertyName"].str.casefold(), rows["value"].str.casefold(), strict=True))


def _version(parts: Parts) -> str:
    said = _said(parts).get("oneroster.version", "")
    return said if said in ("1.1", "1.2") else "1.2" if "roles" in parts else "1.1"


def _roll(parts: Parts) -> Roll:
    """Users who are only what changed since the last package are no whole roll."""
    return "joiners" if _said(parts).get("file.users") == "delta" else "whole"


def _remarked(part: Part, sessions: Mapping[str, bool], term: Term) -> Part:
    """A file that only says more of others, with what is odd about the package."""
    if part.called == "academicSessions":
        return without_term(part, sessions, term)
    return part.remarked(*_about(part))


def _about(part: Part) -> Iterable[Fault]:
    if part.called == "manifest":
        changes = part.rows.loc[part.rows["value"].str.casefold().eq("delta"), "propertyName"]
        names = ", ".join(FILES.get(name.casefold().removeprefix("file."), name) for name in changes)
        if names:
            yield Fault(f"holds only changes of {names}", "Ask for a bulk export, so that nobody is missing.", KEPT)
    if part.called == "orgs":
        schools = int(part.rows["type"].str.casefold().eq("school").sum())
        if schools > 1:
            yield Fault(f"names {schools} schools, which were read as one", "Export one school at a time.", KEPT)
