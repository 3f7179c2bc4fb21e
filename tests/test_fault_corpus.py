"""The fault corpus: each file is read, set aside row by row, or refused with a sentence, and nothing is lost, guessed or run."""

import csv
import io
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from faults import CORPUS, TERM, Clean, FaultyFile, clean_exports
from faults.cells import FORMULAS
from faults.clean import csv_of
from faults.measured import MOST_BYTES, MOST_SECONDS, measured
from faults.packed import zipped
from faults.workbooks import far_cell
from pandas import DataFrame

from sentrack_lib.cycle.packs.workbooks import workbook_of
from sentrack_lib.sources.exports.mapping import MOST_MADE
from sentrack_lib.sources.files import read_sheet
from sentrack_lib.sources.files.limits import MOST_CELLS, MOST_ROWS
from sentrack_lib.sources.files.opening import opened
from sentrack_lib.sources.imports import ImportReport, import_files

TABLE = {"roll": "pupils", "ctf": "pupils", "marks": "assessments", "register": "attendance"}


@pytest.fixture(scope="module")
def clean(sample: Path) -> Clean:
    return clean_exports(sample)


@pytest.fixture(scope="module")
def imported(clean: Clean, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Schools into which the clean exports were brought, by the export; and `before`, into which only the roll was."""
    desk = tmp_path_factory.mktemp("clean")
    (desk / "roll.csv").write_bytes(csv_of(clean.roll))
    import_files([desk / "roll.csv"], desk / "before", TERM)
    schools = {"before": desk / "before", "roll": desk / "before"}
    for name in ("marks", "attendance", "register", "behaviour"):
        shutil.copytree(desk / "before", desk / name)
        (desk / f"{name}.csv").write_bytes(csv_of(getattr(clean, name)))
        assert import_files([desk / f"{name}.csv"], desk / name, TERM).exit_code == 0
        schools[name] = desk / name
    (desk / "ctf.xml").write_bytes(clean.ctf.encode())
    import_files([desk / "ctf.xml"], desk / "ctf", TERM)
    return schools | {"ctf": desk / "ctf"}


def held(school: Path, table: str) -> DataFrame:
    file = school / TERM / f"{table}.csv"
    return read_sheet(file).cells.reset_index(drop=True) if file.exists() else DataFrame({"pupil_id": []}, dtype="str")


def add_up(report: ImportReport) -> None:
    """Every row that was read was accepted or set aside, and every row of a table was added, changed or as before."""
    files, tables = report.files, report.tables
    assert files["read"].eq(files["accepted"] + files["set_aside"]).all()
    assert tables["mapped"].eq(tables["accepted"] + tables["set_aside"]).all()
    assert tables["accepted"].eq(tables["added"] + tables["changed"] + tables["unchanged"]).all()
    assert files[["accepted", "set_aside"]].ge(0).all(axis=None) and tables.select_dtypes("number").ge(0).all(axis=None)


def whole_files(folder: Path) -> dict[str, bytes]:
    """Every file of a school but the reports of its imports; none is half written."""
    files = {file.relative_to(folder): file.read_bytes() for file in folder.rglob("*") if file.is_file()}
    assert not [file for file in files if file.name.startswith(".")]
    return {str(file): content for file, content in files.items() if "imported" not in file.parts}


@pytest.mark.parametrize("fault", CORPUS, ids=lambda fault: fault.name)
def test_a_file_with_this_fault_is_read_or_refused_as_it_must_be(
    fault: FaultyFile, clean: Clean, imported: dict[str, Path], tmp_path: Path
) -> None:
    school, must = tmp_path / "school", fault.must
    if fault.of not in ("roll", "ctf"):
        shutil.copytree(imported["before"], school)
    (tmp_path / fault.name).write_bytes(fault.make(clean))
    report = import_files([tmp_path / fault.name], school, TERM)
    add_up(report)
    rows = len(getattr(clean, fault.of)) - 1 if fault.of != "ctf" else len(clean.pupils)
    accepted = rows - must.set_aside if must.accepted is None else must.accepted
    told = " ".join(report.problems["problem"] + " " + report.problems["remedy"])
    assert must.says in told
    assert (report.files["accepted"].sum(), report.files["set_aside"].sum()) == (accepted, must.set_aside), told
    assert report.exit_code == (must.exit_code if must.exit_code is not None else int(must.refused or must.set_aside > 0)), told
    if must.refused:
        assert set(report.files["taken_for"]) == {"not understood"} and told.rstrip(". ")
        assert not (school / TERM / "pupils.csv").exists() or fault.of not in ("roll", "ctf")
    as_expected(fault, clean, imported[fault.of], school)
    nothing_runs(school)
    kept = whole_files(school) if school.exists() else {}
    again = import_files([tmp_path / fault.name], school, TERM)
    assert again.tables[["added", "changed"]].to_numpy().sum() == 0 and again.changes.empty
    assert (whole_files(school) if school.exists() else {}) == kept


def as_expected(fault: FaultyFile, clean: Clean, wanted: Path, school: Path) -> None:
    """What is held now is what a clean import holds, but for the cells and rows that the fault says."""
    table, must = TABLE.get(fault.of, fault.of), fault.must
    if must.refused:
        return
    first = clean.pupils["upn"][0]
    now, then = held(school, table), held(wanted, table)
    if fault.of == "marks":
        latin = now[now["pupil_id"].eq(first) & now["subject"].eq("Latin")]["grade"].tolist()
        assert not must.first or latin == [grade for grade in must.first.values() if grade]
        return
    if now.empty:
        return
    whole = then.assign(**{name: said for name, said in must.everybody.items()})
    for name, said in must.first.items():
        whole.loc[whole["pupil_id"].eq(first), name] = said
    compared = [name for name in whole if must.everybody.get(name) != "*" or name in must.first]
    found, expected = (rows.set_index("pupil_id").sort_index() for rows in (now, whole[compared]))
    assert set(found.index) <= set(expected.index)
    shared = [name for name in expected if name in found]
    rows = expected.loc[found.index] if must.everybody.get("forename") != "*" else expected.loc[[first]]
    assert found.loc[rows.index, shared].to_numpy().tolist() == rows[shared].to_numpy().tolist()
    assert all(name in found or not any(expected[name]) for name in expected)


def nothing_runs(school: Path) -> None:
    """No cell of any table that was written begins with what a spreadsheet runs; numbers may have their sign."""
    for file in school.rglob("*.csv"):
        if "originals" in file.parts:
            continue
        for row in csv.reader(io.StringIO(file.read_text(encoding="utf-8"), newline="")):
            live = [cell for cell in row if cell.strip()[:1] in set("=+-@＝＋－＠") - {""} or cell[:1] in set("\t\r\n") - {""}]
            assert not [cell for cell in live if not cell.lstrip("-").replace(".", "", 1).isdigit()], file


def test_the_corpus_is_large_and_each_fault_has_a_name_of_its_own() -> None:
    assert len(CORPUS) >= 80
    assert len({fault.name for fault in CORPUS}) == len(CORPUS)
    assert all(fault.wrong.endswith(".") for fault in CORPUS)


@pytest.mark.parametrize("name", FORMULAS)
def test_a_name_that_is_a_formula_is_text_in_every_workbook_and_comes_back_as_it_was(name: str) -> None:
    table = DataFrame({"surname": [FORMULAS[name]]})
    cells = openpyxl.load_workbook(io.BytesIO(workbook_of({"pupils": table})))["pupils"]["A"]
    assert [cell.value for cell in cells][1] == FORMULAS[name] and {cell.data_type for cell in cells} == {"s"}


# Folders and files that are not where they should be


def names(sources: list[Path]) -> list[str]:
    """What is found in some sources, files that could not be opened with the reason."""
    with opened(sources) as found:
        return [file.fault or file.name for file in found]


def test_in_a_folder_hidden_files_those_of_systems_and_links_in_a_circle_are_passed_over(clean: Clean, tmp_path: Path) -> None:
    folder = tmp_path / "exports"
    (folder / "autumn").mkdir(parents=True)
    (folder / ".git").mkdir()
    for name in (".hidden.csv", "Thumbs.db", "desktop.ini", "~$roll.xlsx", ".git/roll.csv"):
        (folder / name).write_bytes(b"UPN,Year\n1,7\n")
    (folder / "autumn" / "roll.csv").write_bytes(csv_of(clean.roll))
    (folder / "autumn" / "again").symlink_to(folder)
    (folder / "circle.csv").symlink_to(folder / "circle.csv")
    (folder / "gone.csv").symlink_to(folder / "nowhere.csv")
    assert names([folder]) == ["autumn/roll.csv"]
    report = import_files([folder], tmp_path / "school", TERM)
    assert report.exit_code == 0 and report.files["accepted"].tolist() == [20]


def test_a_folder_with_nothing_to_import_is_told(tmp_path: Path) -> None:
    (tmp_path / "exports").mkdir()
    report = import_files([tmp_path / "exports"], tmp_path / "school", TERM)
    assert report.exit_code == 1 and report.problems["problem"].str.contains("holds no files to import").all()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes here")
def test_what_is_no_file_is_told_and_never_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    (tmp_path / "circle.csv").symlink_to(tmp_path / "circle.csv")
    for name in ("pipe.csv", "circle.csv", "nowhere.csv"):
        report = import_files([tmp_path / name], tmp_path / "school", TERM)
        assert report.exit_code == 1 and report.problems["problem"].str.contains("There is no file").any()


def test_a_file_that_vanishes_before_it_is_read_is_told_and_the_others_go_on(clean: Clean, tmp_path: Path) -> None:
    for name in ("first.csv", "second.csv"):
        (tmp_path / name).write_bytes(csv_of(clean.roll))
    with opened([tmp_path / "first.csv", tmp_path / "second.csv"]):
        (tmp_path / "first.csv").unlink()
    report = import_files([tmp_path / "first.csv", tmp_path / "second.csv"], tmp_path / "school", TERM)
    assert report.files["accepted"].tolist() == [20, 0] and "There is no file" in report.problems["problem"][0]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="to root every file is open")
def test_a_file_that_must_not_be_read_is_told(clean: Clean, tmp_path: Path) -> None:
    (tmp_path / "roll.csv").write_bytes(csv_of(clean.roll))
    (tmp_path / "roll.csv").chmod(0)
    report = import_files([tmp_path / "roll.csv"], tmp_path / "school", TERM)
    assert report.exit_code == 1 and "cannot be opened" in report.problems["problem"][0]


def test_files_of_one_name_in_two_zips_keep_their_names_from_one_import_to_the_next(clean: Clean, tmp_path: Path) -> None:
    for place in ("a", "b"):
        (tmp_path / place).mkdir()
        (tmp_path / place / "term.zip").write_bytes(zipped({"roll.csv": csv_of(clean.roll)}))
    sources = [tmp_path / "a" / "term.zip", tmp_path / "b" / "term.zip"]
    assert names(sources) == names(sources) == ["term.zip/roll.csv (1)", "term.zip/roll.csv (2)"]


# Limits: whatever a file of 20 MB holds, importing it ends within a minute and a gigabyte, or it is refused

limited = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells and limits what a process holds")
LARGE = 20_000_000


def _filled(heading: str, row: Callable[[int], str], most: int = MOST_ROWS) -> bytes:
    """As many rows as 20 MB hold, and no more than `most`."""
    size = len(row(123_456).encode())
    return (heading + "".join(row(place) for place in range(min(LARGE // (size + 1), most - 9)))).encode()


def _large_roll(place: int) -> str:
    return f"{place:06d},Sur{place},Fore{place % 700},0{1 + place % 9}/04/2012,M,7,7A,N,WBRI\n"


def _large_marks(most: int) -> bytes:
    subjects = ["Maths", "English", "Science", "French", "Art", "Music", "History", "Geography", "German", "Latin"]
    headings = ",".join(f"{subject} {kind}" for subject in subjects for kind in ("CWG", "Target", "ATL"))
    return _filled(f"Adno,{headings}\n", lambda place: f"{place}{',5' * 30}\n", most)


READ: dict[str, Callable[[], bytes]] = {
    "roll.csv": lambda: _filled("Adno,Legal Surname,Legal Forename,DOB,Gender,Year,Reg,SEN Status,Ethnicity Code\n", _large_roll),
    "register.csv": lambda: _filled(
        "Adno,Date,Session,Mark\n", lambda place: f"{place // 120},{1 + place // 2 % 28}/6/2026,{'AP'[place % 2]}M,/\n"
    ),
    "marks.csv": lambda: _large_marks(MOST_MADE // 30),
    "one_cell.csv": lambda: b'UPN,Surname,Year,SEN\nA1,"' + b"x" * (LARGE - 99) + b'",7,N\n',
}
REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "rows.csv": (lambda: b"UPN,Sex\n" + b"A,M\n" * (LARGE // 5), "at most 500,000 rows"),
    "all_marks.csv": (lambda: _large_marks(MOST_CELLS // 31), "rows of assessments, more than a school has"),
    "nobody.csv": (lambda: _filled("UPN,Sex\n", lambda place: ",M\n"), "wrong in more than 100,000 rows"),
    "wrong_ids.csv": (
        lambda: _filled("UPN,Year,Sex,SEN\n", lambda place: f"A{place},x{place},y{place},z{place}\n"),
        "wrong in more than 100,000 rows",
    ),
    "cells.csv": (lambda: b"UPN,Sex" + b",x" * 200 + b"\n" + (b"A,M" + b"," * 200 + b"\n") * 90_000, "5,600,000 cells"),
    "one_row.csv": (lambda: b"a," * 2_000_000, "columns; at most 2,000 can be read"),
    "unclosed.csv": (lambda: b"UPN,Sex\n" + b'a"b,"\n' * (MOST_ROWS - 9), "quotation marks that never close"),
    "together.zip": (
        lambda: zipped({f"{place}.csv": b"UPN,Year,Sex,SEN,Reg\n" + b"A,7,M,N,7A\n" * 480_000 for place in range(2)}),
        "holds more than can be imported at once",
    ),
    "small_files.zip": (lambda: zipped({f"{place}.csv": b"UPN,Year\n" for place in range(500)}), "more files, or larger ones"),
    "too_short.csv": (lambda: b"UPN,Sex,Year\n" + b"A,M\n" * (MOST_ROWS - 9), "too many rows do not have as many cells"),
}


@limited
@pytest.mark.parametrize("name", READ)
def test_the_largest_files_are_imported_within_a_minute_and_a_gigabyte(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(READ[name]())
    assert (tmp_path / name).stat().st_size <= LARGE
    done = measured(tmp_path / name, tmp_path / "school")
    assert done.seconds < MOST_SECONDS
    assert done.read == done.accepted + done.set_aside > 0


@limited
@pytest.mark.parametrize("name", REFUSED)
def test_what_would_take_longer_or_more_is_refused_with_a_sentence(name: str, tmp_path: Path) -> None:
    content, said = REFUSED[name]
    (tmp_path / name).write_bytes(content())
    assert (tmp_path / name).stat().st_size <= LARGE
    done = measured(tmp_path / name, tmp_path / "school")
    assert said in done.told and done.read == 0
    assert done.seconds < MOST_SECONDS and done.bytes < MOST_BYTES


@limited
@pytest.mark.parametrize("place", ["XFD1048576", "B1048576", "XFD2"])
def test_one_cell_far_out_is_refused_within_two_seconds(place: str, clean: Clean, tmp_path: Path) -> None:
    (tmp_path / "far.xlsx").write_bytes(far_cell(place)(clean))
    done = measured(tmp_path / "far.xlsx", tmp_path / "school")
    assert "beyond row" in done.told and done.seconds < 2 and done.bytes < MOST_BYTES / 2
