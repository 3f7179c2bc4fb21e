"""The files of a OneRoster package as they stand: rows that count, rows that are deleted, named twice, or speak of nothing."""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd
from pandas import DataFrame, Index, Series

from sentrack_lib.errors import BadInput
from sentrack_lib.sources.exports.export import COLUMNS as USES
from sentrack_lib.sources.exports.export import IGNORED, NOT_MENTIONED, USED, Export
from sentrack_lib.sources.exports.oneroster.columns import BESIDE, COLUMNS, FILES, NEEDED, READ, REFERENCES
from sentrack_lib.sources.files import Sheet, read_sheet
from sentrack_lib.sources.files.headings import normalised
from sentrack_lib.sources.problems import KEPT, Fault, all_problems, problem, problems_table
from sentrack_lib.terms import Term

TWICE = Fault("is in this file twice, with the same values", "The first row counts. Remove the second.")
CONTRADICTS = Fault("stands for two different rows", "None of them is used. Give each row a sourcedId of its own.")
BLANK = Fault("is blank", "Nothing can speak of a row without it. Export the package again.")
OWN_IDS = {"users", "classes", "courses", "academicSessions", "categories", "lineItems", "scoreScales", "demographics"}
"""Files of whose rows others speak."""


@dataclass(frozen=True)
class Part:
    """One file of a package: the `rows` that still count (every column of the standard, blank where absent; index = row of the
    file), how many are `not_wanted`, and the problems."""

    called: str
    sheet: Sheet
    rows: DataFrame
    headings: Mapping[str, str]
    not_wanted: int
    problems: DataFrame

    def without(self, wrong: Series, fault: Fault, column: str) -> "Part":
        """The same with some rows set aside (or kept, if the fault keeps them), and told."""
        if not wrong.any():
            return self
        cells = self.rows.loc[wrong, column]
        said = problems_table(problem(self.sheet.name, fault, int(row), column, value) for row, value in cells.items())
        rows = self.rows if fault.effect == KEPT else self.rows[~wrong]
        return replace(self, rows=rows, problems=all_problems([self.problems, said]))

    def leaving(self, unwanted: Series) -> "Part":
        """The same without rows that nobody wants."""
        return replace(self, rows=self.rows[~unwanted], not_wanted=self.not_wanted + int(unwanted.sum()))

    def remarked(self, *faults: Fault) -> "Part":
        """The same with something said of the whole file."""
        said = problems_table(problem(self.sheet.name, fault) for fault in faults)
        return replace(self, problems=all_problems([self.problems, said]))

    def export(self, version: str, **more: object) -> Export:
        """What this file was understood as; `more` are further fields of the export."""
        uses = DataFrame([(name, *self._use(name)) for name in map(str, self.sheet.cells)], columns=USES)
        base = Export(self.sheet.name, f"OneRoster {version} {self.called}", self.sheet.read, {}, columns=uses)
        return replace(base, not_wanted=self.not_wanted, problems=self.problems, **more)  # type: ignore[arg-type]

    def _use(self, heading: str) -> tuple[str, str]:
        column = self.headings.get(heading, "")
        if column in ("status", *READ.get(self.called, ())):
            return USED, ""
        return (IGNORED, "is not needed here") if column else (NOT_MENTIONED, "no table here has a place for it")


Parts = Mapping[str, Part]


def opened_parts(files: Mapping[str, Path], names: Mapping[str, str]) -> dict[str, Part]:
    """The files of a package by their names in the standard; files that are none of it are passed over."""
    named = [(bare, FILES.get(bare.casefold().removesuffix(".csv"), "")) for bare in files]
    return {called: _opened(called, files[bare], names.get(bare, bare)) for bare, called in named if called}


def consistent(parts: Parts) -> dict[str, Part]:
    """The parts without rows that speak of rows that are nowhere."""
    sound = dict(parts)
    for name, column, other, what in REFERENCES:
        if name in sound:
            fault = Fault(
                f"names a {what} that is not in {other}.csv",
                "Export the package again; a row marked tobedeleted is not there either.",
            )
            sound[name] = sound[name].without(~sound[name].rows[column].isin(ids(sound, other)), fault, column)
    for name, column, other, what in BESIDE:
        if name in sound and other in sound:
            cells = sound[name].rows[column]
            fault = Fault(f"names a {what} that is not in {other}.csv", "The row was read without it. Check the package.", KEPT)
            sound[name] = sound[name].without(cells.ne("") & ~cells.isin(ids(sound, other)), fault, column)
    return sound


def rows_of(parts: Parts, name: str) -> DataFrame:
    """The rows of one file that count; none where it is not in the package."""
    return parts[name].rows if name in parts else DataFrame(columns=_known(name), dtype="str", index=Index([], dtype="int64"))


def ids(parts: Parts, name: str) -> Series:
    """The sourcedIds of one file."""
    return rows_of(parts, name)["sourcedId"]


def looked_up(keys: Series, rows: DataFrame, column: str, by: str = "sourcedId") -> Series:
    """What other rows say in a column, found by an id; blank where there is none."""
    first = rows.drop_duplicates(by).set_index(by)[column]
    return keys.map(first).astype("str").fillna("")


def listed(cell: str) -> list[str]:
    """The parts of a list as the standard writes one in a cell: `a,b` or `"a, b",c`."""
    return [text for part in next(csv.reader([cell.replace("\n", " ").replace("\r", " ")]), []) if (text := part.strip())]


def of_term(parts: Parts, first: pd.Timestamp, last: pd.Timestamp) -> dict[str, bool]:
    """For each academic session with dates whether it is of a term: they share half of the shorter of the two, so that a school
    year counts and a neighbouring term that begins a few days too early does not."""
    rows = rows_of(parts, "academicSessions")
    start, end = days(rows["startDate"]), days(rows["endDate"])
    shared = (end.where(end.lt(last), last) - start.where(start.gt(first), first)).dt.days + 1
    shorter = ((end - start).dt.days + 1).clip(upper=(last - first).days + 1)
    dated = start.notna() & end.notna() & start.le(end)
    return dict(zip(rows.loc[dated, "sourcedId"], (shared * 2 >= shorter)[dated], strict=True))


def is_of_term(cells: Series, sessions: Mapping[str, bool]) -> Series:
    """Whether each list of academic sessions names one of the term; true where it names none of which the dates are known."""
    different = {cell: [sessions[name] for name in listed(cell) if name in sessions] for cell in cells.unique()}
    return cells.map({cell: not told or any(told) for cell, told in different.items()}).astype(bool)


def days(cells: Series) -> Series:
    """Days and times of ISO 8601 as days; missing where there is none."""
    return pd.to_datetime(cells.str.slice(0, 10), format="%Y-%m-%d", errors="coerce").astype("datetime64[s]")


def without_term(part: Part, sessions: Mapping[str, bool], term: Term) -> Part:
    """The academic sessions, with a remark where none of them is of the term."""
    if not sessions or any(sessions.values()):
        return part
    titles = ", ".join(list(dict.fromkeys(part.rows["title"]))[:6])
    return part.remarked(Fault(f"has no session in {term.label}", f"Name the term of the package. It has: {titles}.", KEPT))


def _known(name: str) -> list[str]:
    """The columns of a file in either version."""
    return list(dict.fromkeys(column for version in COLUMNS.values() for column in version.get(name, ("sourcedId", "status"))))


def _opened(called: str, file: Path, name: str) -> Part:
    known = _known(called)
    sheet = replace(read_sheet(file, known), name=name)
    spelt = {normalised(column): column for column in known}
    found: dict[str, str] = {}
    for heading in map(str, sheet.cells):
        column = spelt.get(normalised(heading))
        if column and column not in found.values():
            found[heading] = column
    _refuse_without(called, name, found.values())
    cells = sheet.cells[list(found)].rename(columns=found).reindex(columns=known, fill_value="").astype("str")
    problems = sheet.problems.assign(file=name)
    rows = cells.rename_axis(index=None)
    return _counting(Part(called, sheet, rows, found, 0, problems))


def _refuse_without(called: str, name: str, found: Iterable[str]) -> None:
    missing = [column for column in NEEDED.get(called, ()) if column not in found]
    if missing:
        raise BadInput(f"{name} lacks {', '.join(missing)}, which a OneRoster package must have. Export the package again.")


def _counting(part: Part) -> Part:
    """A file without its deleted rows, and with each sourcedId once."""
    if "sourcedId" not in part.rows:
        return part
    left = part.leaving(part.rows["status"].str.casefold().str.strip().eq("tobedeleted"))
    if part.called in OWN_IDS:
        left = left.without(left.rows["sourcedId"].eq(""), BLANK, "sourcedId")
    named = left.rows["sourcedId"].ne("")
    once = left.without(named & left.rows.duplicated(), TWICE, "sourcedId")
    again = once.rows["sourcedId"].ne("") & once.rows.duplicated("sourcedId", keep=False)
    return once.without(again, CONTRADICTS, "sourcedId")
