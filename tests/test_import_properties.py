"""However an export is damaged, importing it ends in a report in which every number adds up, or in a sentence.

A hundred examples by default, always the same; `SENTRACK_EXAMPLES=10000 make test` draws as many others.
"""

import os
import random
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from faults import TERM, Clean, clean_exports
from faults.clean import Rows, csv_of, text_of, workbook_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sentrack_lib.errors import BadInput, SentrackError
from sentrack_lib.sources import schema
from sentrack_lib.sources.files import read_sheet
from sentrack_lib.sources.files.texts import as_text
from sentrack_lib.sources.imports import ImportReport, import_files
from sentrack_lib.sources.problems import KEPT

EXAMPLES = int(os.environ.get("SENTRACK_EXAMPLES", "0"))
SHAPES = ["roll", "marks", "attendance", "register", "behaviour", "ctf"]
HOSTILE = [
    "", " ", "None", "NA", "nan", "inf", "-1", "1e400", "1.2E+12", "007", "7.0", "N", "K", "E", "Y", "ABS", "X", "U", "/", "L",
    "03/04/2012", "04/25/2012", "31/02/2012", "2012-04-03", "12/13/2011", "3 Apr 2012", "40000", "0", "٣/٤/٢٠١٢",
    "=1+1", "'=1+1", "''", "+44", "-2+3", "@a", "＝1", "\t=1", "\r=1", '"', '""', 'a"b', "a,b", "a;b|c", "x\ny", "x\r\ny",
    "<img src=q onerror=alert(1)>", "\u202eabc", "\u200b", "\ufeff", "\u00a0", "é", "Ã©", "😀", "{column}", "{term}",
    "one of a, b",     "x" * 3_000, "UPN", "Total", "Average:", "Year 7", "%",
]  # fmt: skip
BYTES = [
    b"",
    b"\0",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"\xc3",
    b'"',
    b",",
    b";;",
    b"\t",
    b"\r",
    b"\n\n",
    b"'",
    b"\x1a",
    b"]]>",
    b"</",
]
ENCODINGS = ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-be", "utf-7", "cp037"]
Reshape = Callable[[Rows, random.Random], Rows]
Harm = Callable[[bytes, random.Random], bytes]


def spoil_cells(rows: Rows, chance: random.Random) -> Rows:
    """Cells hold what they should not, or what another cell should hold."""
    spoilt = [list(row) for row in rows]
    for _ in range(chance.choice([1, 3, 20])):
        row = chance.choice(spoilt[chance.choice([0, 1, 1, 1]) :] or [[]])
        if row:
            other = chance.choice(chance.choice([row for row in rows if row] or [[""]]))
            row[chance.randrange(len(row))] = chance.choice([chance.choice(HOSTILE), chance.choice(HOSTILE), other])
    return spoilt


def spoil_a_column(rows: Rows, chance: random.Random) -> Rows:
    """Every cell of a column holds what it should not."""
    place = chance.randrange(len(rows[0]))
    texts = chance.sample(HOSTILE, 2)
    return [rows[0], *([*row[:place], chance.choice(texts), *row[place + 1 :]] for row in rows[1:])]


def shuffle_rows(rows: Rows, chance: random.Random) -> Rows:
    """Rows stand in another order; some are there again, some are lost."""
    kept = [row for row in rows[1:] for _ in range(chance.choice([0, 1, 1, 1, 1, 2]))]
    return [rows[0], *chance.sample(kept, len(kept))]


def lose_or_double_a_column(rows: Rows, chance: random.Random) -> Rows:
    """A column is missing, or there twice."""
    place, times = chance.randrange(len(rows[0])), chance.choice([0, 0, 2])
    return [row[:place] + row[place : place + 1] * times + row[place + 1 :] for row in rows]


def rename_columns(rows: Rows, chance: random.Random) -> Rows:
    """Headings stand above other columns than they should, or are others."""
    names = list(rows[0])
    if chance.random() < 0.5:
        return [chance.sample(names, len(names)), *rows[1:]]
    names[chance.randrange(len(names))] = chance.choice(
        [
            "Year",
            "DOB",
            "Surname",
            "ID",
            "Mark",
            "Date",
            "SEN Need",
            "Name",
            "Rank",
            "Maths",
            "Subject",
            "Maths Target",
            "",
            "Other",
        ]
    )
    return [names, *rows[1:]]


def misfit_rows(rows: Rows, chance: random.Random) -> Rows:
    """Some rows are longer or shorter than the headings."""
    return [rows[0], *(chance.choice([row, row, row, row[:-1], [*row, "x"], [*row, ""], row[1:]]) for row in rows[1:])]


def frame(rows: Rows, chance: random.Random) -> Rows:
    """Titles, blank rows, headings again and totals, as reports have them."""
    middle = chance.randrange(1, len(rows) + 1)
    titles = chance.choice([[], [["Invented School"]], [["Invented School"], [""] * len(rows[0])]])
    total = chance.choice([[], [["Total", str(len(rows))]], [["printed today", *[""] * (len(rows[0]) - 1)]]])
    return [*titles, *rows[:middle], *chance.choice([[], [rows[0]], [[]]]), *rows[middle:], *total]


def write_month_first(rows: Rows, chance: random.Random) -> Rows:
    """Days are written month first, all or some of them."""
    often = chance.choice([1.0, 0.5, 0.02])
    turned = lambda cell: re.sub(r"^(\d\d)/(\d\d)/", r"\2/\1/", cell) if chance.random() < often else cell  # noqa: E731
    return [rows[0], *([turned(cell) for cell in row] for row in rows[1:])]


def flip(content: bytes, chance: random.Random) -> bytes:
    """Some bytes become others."""
    flipped = bytearray(content)
    for _ in range(chance.choice([1, 5, 50])):
        flipped[chance.randrange(len(flipped))] = chance.randrange(256)
    return bytes(flipped)


def cut(content: bytes, chance: random.Random) -> bytes:
    """The file ends too early, or its beginning is lost."""
    place = chance.randrange(len(content))
    return content[:place] if chance.random() < 0.7 else content[place:]


def insert(content: bytes, chance: random.Random) -> bytes:
    """Something that does not belong there stands in between, or a piece stands twice."""
    place = chance.randrange(len(content))
    piece = chance.choice([*BYTES, content[place : place + chance.randrange(200)]])
    return content[:place] + piece * chance.choice([1, 3]) + content[place:]


def encode_otherwise(content: bytes, chance: random.Random) -> bytes:
    """Saved in another encoding, or in two of them."""
    half = len(content) // 2 if chance.random() < 0.3 else 0
    return content[:half] + content[half:].decode(errors="replace").encode(chance.choice(ENCODINGS), errors="replace")


RESHAPES: list[Reshape] = [
    spoil_cells, spoil_cells, spoil_a_column, shuffle_rows, lose_or_double_a_column, rename_columns, misfit_rows, frame,
    write_month_first,
]  # fmt: skip
HARMS: list[Harm] = [flip, cut, insert, encode_otherwise]


def damaged(clean: Clean, shape: str, seed: int) -> tuple[str, bytes, set[str]]:
    """A damaged export by its name, its bytes, and every day that stands in it day first or as ISO."""
    chance = random.Random(seed)
    harms = chance.choice([[], [], [chance.choice(HARMS)], [chance.choice(HARMS), chance.choice(HARMS)]])
    if shape == "ctf":
        text = chance.choice([clean.ctf, clean.ctf.replace("</Pupil>", "</Pupil><Pupil/>", 2)])
        name, content = "transfer.xml", text.encode()
        harms = harms or [chance.choice(HARMS)]
    else:
        rows = getattr(clean, shape)
        for reshape in chance.sample(RESHAPES, chance.choice([0, 1, 1, 2, 3]) if harms else chance.choice([1, 1, 2, 3])):
            rows = reshape(rows, chance) if rows and rows[0] else rows
        text = text_of(rows, chance.choice(",,,,;\t|"), chance.choice(["\n", "\r\n", "\r"]))
        as_book = chance.random() < 0.15 and all(len(cell) < 30_000 for row in rows for cell in row)
        name, content = (f"{shape}.xlsx", workbook_of((shape, rows))) if as_book else (f"{shape}.csv", text.encode())
    for harm in harms:
        content = harm(content, chance) if content else content
    return name, content, days_in(f"{text} {_as_text(content)}")


def _as_text(content: bytes) -> str:
    try:
        return as_text(content, "export").text
    except BadInput:
        return ""


def days_in(text: str) -> set[str]:
    """Every day that stands in a text day first, with a month as a word, or as ISO."""
    first = re.findall(r"(?=(?<!\d)(\d{1,2})[/. -](\d{1,2})[/. -](\d{4}))", text)
    iso = re.findall(r"(?=(\d{4}-\d\d-\d\d))", text)
    return {f"{year}-{int(month):02d}-{int(day):02d}" for day, month, year in first} | set(iso) | {"2012-04-03"}


@pytest.fixture(scope="module")
def clean(sample: Path) -> Clean:
    """Clean exports of a few pupils; the days are such that no month is taken for a day."""
    whole = clean_exports(sample)
    few = {name: getattr(whole, name)[:9] for name in ("roll", "marks", "attendance", "behaviour")}
    return replace(whole, **few, register=whole.register[:61])


@pytest.fixture(scope="module")
def before(clean: Clean, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A school that has the roll; each example works on a copy."""
    desk = tmp_path_factory.mktemp("before")
    (desk / "roll.csv").write_bytes(csv_of(clean.roll))
    import_files([desk / "roll.csv"], desk / "school", TERM)
    return desk / "school"


def tables_of(school: Path) -> dict[str, bytes]:
    """Every file of a school but the reports of its imports."""
    files = [file for file in school.rglob("*") if file.is_file() and "imported" not in file.parts] if school.exists() else []
    assert not [file.name for file in files if file.name.startswith(".")], "a half-written file"
    return {str(file.relative_to(school)): file.read_bytes() for file in files}


def check_numbers(report: ImportReport) -> None:
    """Every row is accounted for, file by file and table by table, and what was set aside is told."""
    files, tables = report.files, report.tables
    assert files["read"].eq(files["accepted"] + files["set_aside"]).all(), files
    assert tables["mapped"].eq(tables["accepted"] + tables["set_aside"]).all(), tables
    assert tables["accepted"].eq(tables["added"] + tables["changed"] + tables["unchanged"]).all(), tables
    assert files[["read", "accepted", "set_aside"]].ge(0).all(axis=None), files
    assert tables.select_dtypes("number").ge(0).all(axis=None), tables
    assert report.problems[["file", "problem", "remedy", "effect"]].notna().all(axis=None)
    assert report.exit_code == int(report.problems["effect"].ne(KEPT).any()) and str(report)


def check_tables(school: Path, known_days: set[str], held: set[str]) -> None:
    """What was written is read again without a fault, and no day was read month first."""
    for file in (school / TERM).glob("*.csv"):
        sheet = read_sheet(file, schema.columns(file.stem))
        assert sheet.problems["effect"].eq(KEPT).all(), sheet.problems
        for name in schema.days(file.stem, list(sheet.cells)):
            read = set(sheet.cells[name][sheet.cells[name].str.fullmatch(r"\d{4}-\d\d-\d\d")])
            assert read <= known_days | held, f"read month first: {read - known_days - held}"


def bring_in(clean: Clean, shape: str, seed: int, desk: Path, before: Path | None) -> None:
    """Import one damaged export twice, and look at all that came of it."""
    name, content, days = damaged(clean, shape, seed)
    file, school = desk / name, desk / "school"
    desk.mkdir(exist_ok=True)
    file.write_bytes(content)
    if before is not None:
        shutil.copytree(before, school, dirs_exist_ok=True)
    try:
        check_numbers(import_files([file], school, TERM))
        check_tables(school, days, set(clean.pupils["date_of_birth"]) if before is not None else set())
        after = tables_of(school)
        again = import_files([file], school, TERM)
        check_numbers(again)
        assert again.tables[["added", "changed"]].to_numpy().sum() == 0 and again.changes.empty, again.changes
        assert tables_of(school) == after
    except SentrackError as refusal:
        assert str(refusal)
        tables_of(school)
    finally:
        shutil.rmtree(desk)


@settings(
    max_examples=EXAMPLES or 100,
    derandomize=not EXAMPLES,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.sampled_from(SHAPES), st.booleans(), st.integers(0, 2**32))
def test_a_damaged_export_is_imported_or_refused_and_every_number_adds_up(
    clean: Clean, before: Path, tmp_path: Path, shape: str, empty: bool, seed: int
) -> None:
    bring_in(clean, shape, seed, tmp_path / f"{shape}-{seed}", None if empty else before)
