"""Whatever a file was saved as, its table comes in whole, and what does not fit is told by its row."""

import codecs
import csv
import gzip
import io
import zipfile
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xlsxwriter
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from sentrack_lib.errors import BadInput
from sentrack_lib.sources.files import Sheet, read_sheet, write_table, write_whole
from sentrack_lib.sources.files.delimited import all_at_once, one_by_one
from sentrack_lib.sources.files.headings import Headings, normalised
from sentrack_lib.sources.files.texts import UTF_8, as_text
from sentrack_lib.sources.problems import KEPT, ROW_SET_ASIDE

HEADINGS = ["pupil_id", "surname", "grade"]
ROLL = "pupil_id,surname,grade\nT1,Aamodt,5b\nT2,Ürnbach,4a\n"
letters = st.text(st.characters(codec="cp1252", exclude_categories=["Cc"]), max_size=8)
cells = st.one_of(letters, st.sampled_from(["", "=1+1", "'=x", "''", "-5", "+44", "@x", 'a"b', "a,b", "x\ny", "x;y", "N/A"]))
rows = st.lists(st.tuples(cells, cells, cells), max_size=8)
many = settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])


def saved(folder: Path, content: str | bytes, name: str = "roll.csv") -> Path:
    """A file in a folder."""
    file = folder / name
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return file


def read(folder: Path, content: str | bytes, name: str = "roll.csv", known: list[str] = HEADINGS) -> Sheet:
    """What is read from a file with this content."""
    return read_sheet(saved(folder, content, name), known)


def says(sheet: Sheet) -> str:
    """All problems of a sheet in one line."""
    return " ".join(sheet.problems["problem"])


def set_aside(sheet: Sheet) -> list[int]:
    """The rows that were set aside."""
    return sheet.problems.loc[sheet.problems["effect"].eq(ROW_SET_ASIDE), "row"].tolist()


def test_a_plain_file_is_read_as_text_under_the_row_numbers_of_a_spreadsheet(tmp_path: Path) -> None:
    sheet = read(tmp_path, "pupil_id,surname,grade\n0012, Aamodt ,N/A\n007,Null,\n")
    assert sheet.cells.to_dict("list") == {"pupil_id": ["0012", "007"], "surname": ["Aamodt", "Null"], "grade": ["N/A", ""]}
    assert sheet.cells.index.tolist() == [2, 3]
    assert (sheet.read, len(sheet.problems)) == (2, 0)
    assert set(map(str, sheet.cells.dtypes)) == {"str"}


@pytest.mark.parametrize(
    ("encoding", "said"),
    [
        ("utf-8", ""),
        ("utf-8-sig", ""),
        ("cp1252", "Windows-1252"),
        ("utf-16", "UTF-16"),
        ("utf-16-le", "UTF-16"),
        ("utf-16-be", "UTF-16"),
    ],
)
def test_an_encoding_is_recognised_and_said(tmp_path: Path, encoding: str, said: str) -> None:
    sheet = read(tmp_path, ROLL.encode(encoding))
    assert sheet.cells["surname"].tolist() == ["Aamodt", "Ürnbach"]
    assert said in says(sheet)
    assert bool(said) == bool(len(sheet.problems))
    assert set(sheet.problems["effect"]) <= {KEPT}


def test_signs_of_no_width_are_not_read_and_a_cell_of_nothing_else_is_blank(tmp_path: Path) -> None:
    sheet = read(tmp_path, "UPN,Surname\n\ufeffA1,Sam\u200bple\n\u2060,Dummy\n")
    assert sheet.cells.to_numpy().tolist() == [["A1", "Sample"], ["", "Dummy"]]


def test_names_garbled_by_an_earlier_conversion_are_pointed_out(tmp_path: Path) -> None:
    assert "wrong conversion" in says(read(tmp_path, ROLL.replace("Ü", "Ãœ")))


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_other_delimiters_are_read_and_remarked_on(tmp_path: Path, delimiter: str) -> None:
    sheet = read(tmp_path, ROLL.replace(",", delimiter))
    assert sheet.cells["grade"].tolist() == ["5b", "4a"]
    assert "between its cells" in says(sheet)


def test_a_tab_is_no_surprise_in_a_tsv_file(tmp_path: Path) -> None:
    assert read(tmp_path, ROLL.replace(",", "\t"), "roll.tsv").problems.empty


def test_titles_above_the_headings_are_not_read_and_said(tmp_path: Path) -> None:
    sheet = read(tmp_path, "Roll of Nowhere School,,\nprinted today,,\n\n" + ROLL)
    assert sheet.cells.index.tolist() == [5, 6]
    assert sheet.problems["value"].tolist() == ["Roll of Nowhere School"]
    assert sheet.read == 2


def test_headings_are_found_by_what_they_mean_not_by_how_they_are_spelt(tmp_path: Path) -> None:
    sheet = read(tmp_path, "a,b,c,d\nLegal_x0020_Surname,Pupil ID,,\nAamodt,T1,,\n", known=["legal surname", "pupil_id"])
    assert sheet.cells.columns.tolist() == ["Legal_x0020_Surname", "Pupil ID"]
    assert normalised("% Late-ness") == "lateness"


def test_without_known_headings_the_first_full_row_names_the_columns(tmp_path: Path) -> None:
    sheet = read(tmp_path, "Report\nname,mark\nAamodt,3\nBarnsey,4,5\nCoopertz,5\n", known=[])
    assert sheet.cells.columns.tolist() == ["name", "mark"]
    assert set_aside(sheet) == [4]


def test_blank_rows_are_no_rows_and_do_not_shift_the_numbers(tmp_path: Path) -> None:
    sheet = read(tmp_path, "pupil_id,surname,grade\n\nT1,Aamodt,5b\n,,\n , ,\nT2,Barnsey,4a\n\n\n")
    assert sheet.cells.index.tolist() == [3, 6]
    assert (sheet.read, len(sheet.problems)) == (2, 0)


def test_rows_that_do_not_fit_are_set_aside_by_number_and_the_others_go_on(tmp_path: Path) -> None:
    sheet = read(tmp_path, ROLL + "T3,Coopertz\nT4,Dunnock,5c,extra\nT5,Egglet,3a,\n")
    assert sheet.cells["pupil_id"].tolist() == ["T1", "T2", "T5"]
    assert set_aside(sheet) == [4, 5]
    assert sheet.read == 5
    assert sheet.problems["remedy"].str.len().gt(0).all()


def test_a_quotation_mark_that_never_closes_spoils_one_row_only(tmp_path: Path) -> None:
    sheet = read(tmp_path, ROLL + 'T3,"Coopertz,5c\nT4,Dunnock,5c\n')
    assert sheet.cells["pupil_id"].tolist() == ["T1", "T2", "T4"]
    assert set_aside(sheet) == [4]
    assert "never closes" in says(sheet)


def test_a_file_whose_rows_mostly_do_not_fit_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="too many rows"):
        read(tmp_path, "pupil_id,surname,grade\n" + "T1,Aamodt\n" * 1_500)


def test_a_column_without_heading_or_cells_is_nothing_and_one_with_cells_is_said(tmp_path: Path) -> None:
    sheet = read(tmp_path, "pupil_id,,grade,\nT1,note,5b,\nT2,,4a,\n")
    assert sheet.cells.columns.tolist() == ["pupil_id", "column 2", "grade"]
    assert "without a heading" in says(sheet)


def test_headings_alone_are_a_table_without_rows_and_said(tmp_path: Path) -> None:
    sheet = read(tmp_path, "pupil_id,surname,grade\n")
    assert (sheet.cells.columns.tolist(), sheet.read, says(sheet)) == (HEADINGS, 0, "has headings but no rows")


@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (b"", "roll.csv", "empty"),
        (b" \r\n \n", "roll.csv", "empty"),
        (b",,\n,,\n", "roll.csv", "no headings"),
        (b"a,b,A\n1,2,3\n", "roll.csv", "more than one column called a, A"),
        (b"%PDF-1.7 ...", "roll.csv", "a PDF"),
        (b"\x89PNG\r\n\x1a\n\0\0", "roll.csv", "a picture"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "roll.xlsx", "old Excel"),
        (b"PK\x03\x04 and then nothing", "roll.xlsx", "cannot be read as a workbook"),
        (bytes(range(256)) * 9, "roll.csv", "not a table"),
        (codecs.BOM_UTF16_LE + b"abc", "roll.csv", "damaged"),
        (gzip.compress(b"a,b\n1,2\n" * 99, mtime=0)[:-20], "roll.csv.gz", "damaged"),
        (",".join(map(str, range(2_001))).encode(), "roll.csv", "2,001 columns"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_sentence(tmp_path: Path, content: bytes, name: str, sentence: str) -> None:
    with pytest.raises(BadInput, match=sentence):
        read(tmp_path, content, name)


def test_a_folder_or_a_missing_file_is_refused_with_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="is a folder"):
        read_sheet(tmp_path)
    with pytest.raises(BadInput, match="There is no file"):
        read_sheet(tmp_path / "nowhere.csv")


def test_files_beyond_200_megabytes_are_refused_packed_or_not(tmp_path: Path) -> None:
    file = tmp_path / "large.csv"
    with file.open("wb") as out:
        out.truncate(200_000_001)
    with pytest.raises(BadInput, match="200 MB"):
        read_sheet(file)
    with pytest.raises(BadInput, match="200 MB"):
        read(tmp_path, gzip.compress(b"a" * 200_000_001, 1, mtime=0), "large.csv.gz")


def test_a_gzipped_file_is_unpacked(tmp_path: Path) -> None:
    assert read(tmp_path, gzip.compress(ROLL.encode()), "roll.csv.gz").cells["pupil_id"].tolist() == ["T1", "T2"]


def workbook(folder: Path, fill: str = "") -> Path:
    """A small workbook with a title, dates, numbers kept as text and a second sheet."""
    file = folder / "roll.xlsx"
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet("Roll")
        sheet.write(0, 0, "Roll of Nowhere School")
        sheet.write_row(2, 0, ["pupil_id", "born", "marks", "share", "sen"])
        sheet.write_string(3, 0, "0012")
        sheet.write_datetime(3, 1, date(2012, 4, 3), book.add_format({"num_format": "dd/mm/yyyy"}))
        sheet.write_row(3, 2, [7, 0.25, True])
        book.add_worksheet("Notes").write(0, 0, fill or "a note")
    return file


def test_a_workbook_is_read_as_its_cells_would_be_written(tmp_path: Path) -> None:
    sheet = read_sheet(workbook(tmp_path), ["pupil_id", "born"])
    assert sheet.cells.to_dict("list") == {
        "pupil_id": ["0012"],
        "born": ["2012-04-03"],
        "marks": ["7"],
        "share": ["0.25"],
        "sen": ["TRUE"],
    }
    assert sheet.cells.index.tolist() == [4]
    assert "other sheets, which were not read: Notes" in says(sheet)


def test_a_sheet_is_read_by_name_and_an_unknown_one_refused(tmp_path: Path) -> None:
    assert read_sheet(workbook(tmp_path), sheet="Notes").cells.columns.tolist() == ["a note"]
    with pytest.raises(BadInput, match='no sheet called "Nots". It has: Roll, Notes'):
        read_sheet(workbook(tmp_path), sheet="Nots")


def rewritten(file: Path, change: dict[bytes, bytes], pad: int = 0) -> bytes:
    """A workbook whose sheets have bytes replaced, or spaces added."""
    changed = io.BytesIO()
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            content = old.read(part)
            for before, after in change.items() if "worksheets" in part else ():
                content = content.replace(before, after)
            new.writestr(part, content + b" " * pad)
    return changed.getvalue()


@pytest.mark.parametrize("far", [b"XFD1048576", b"A1048576", b"XFD4"])
def test_a_workbook_with_one_cell_far_out_is_refused(tmp_path: Path, far: bytes) -> None:
    bomb = rewritten(workbook(tmp_path), {b'r="E4"': b'r="' + far + b'"'})
    with pytest.raises(BadInput, match="beyond row"):
        read(tmp_path, bomb, "bomb.xlsx")


def test_a_workbook_that_unpacks_beyond_200_megabytes_is_refused(tmp_path: Path) -> None:
    bomb = rewritten(workbook(tmp_path), {}, pad=30_000_000)
    assert len(bomb) < 2_000_000
    with pytest.raises(BadInput, match="unpacks to more than 200 MB"):
        read(tmp_path, bomb, "bomb.xlsx")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows)
def test_any_rows_that_were_written_come_back(
    tmp_path: Path, encoding: str, delimiter: str, written: list[tuple[str, ...]]
) -> None:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter).writerows([HEADINGS, *written])
    data = out.getvalue().encode(encoding)
    assume(encoding != "cp1252" or not reads_as_utf_8(data) or data.isascii())
    sheet = read(tmp_path, data)
    expected = [[bare(cell) for cell in row] for row in written]
    assert sheet.cells.to_numpy().tolist() == [row for row in expected if any(row)]
    assert sheet.read == len(sheet.cells)


def reads_as_utf_8(data: bytes) -> bool:
    """Whether nothing in some bytes tells that they were not saved as UTF-8, as with Â before a fixed space in Windows-1252."""
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def bare(cell: str) -> str:
    """A cell as it is meant: without spaces around it, without the apostrophe that shields a formula."""
    cell = cell.strip()
    return cell[1:] if cell.startswith("'") and cell.lstrip("'")[:1] in set("=+-@＝＋－＠\n") - {""} and cell.strip("'") else cell


@many
@given(st.lists(st.lists(cells, max_size=5), max_size=8).map(lambda table: "\n".join(",".join(row) for row in table)))
@example('a,"b"c,d\n"x\r\ny",z,w\rq,r,s')
def test_the_fast_and_the_careful_reader_agree(below: str) -> None:
    headings = Headings(tuple(HEADINGS), 1, ())
    fast = all_at_once(below, headings, ",")
    careful = one_by_one(below, headings, ",", "roll.csv")
    if fast is not None:
        assert fast.cells.to_pylist() == careful.cells.to_pylist()
        assert fast.numbers.tolist() == careful.numbers.tolist()
        assert not careful.misfits


@many
@given(st.lists(st.tuples(st.integers(0, 400), st.integers(0, 255)), min_size=1, max_size=12), st.booleans(), st.integers(0, 400))
def test_damaged_bytes_are_read_or_refused_and_every_row_is_counted(
    tmp_path: Path, harm: list[tuple[int, int]], cut: bool, end: int
) -> None:
    content = bytearray((ROLL + "T3,Coopertz,5c\n" * 20).encode())
    for place, value in harm:
        content[place % len(content)] = value
    try:
        sheet = read(tmp_path, bytes(content[: end if cut else None]))
    except BadInput as refusal:
        assert str(refusal).endswith(".")
    else:
        assert sheet.read == len(sheet.cells) + len(set_aside(sheet))


@many
@given(st.lists(st.tuples(st.integers(0, 9_000), st.integers(0, 255)), min_size=1, max_size=12))
def test_a_damaged_workbook_is_read_or_refused(tmp_path: Path, harm: list[tuple[int, int]]) -> None:
    content = bytearray(workbook(tmp_path).read_bytes())
    for place, value in harm:
        content[place % len(content)] = value
    try:
        sheet = read(tmp_path, bytes(content), "harmed.xlsx")
    except BadInput:
        return
    assert sheet.read == len(sheet.cells) + len(set_aside(sheet))


@many
@given(st.binary(max_size=300))
def test_any_bytes_are_text_or_are_refused(data: bytes) -> None:
    try:
        assert as_text(data, "roll.csv").encoding in {UTF_8, "UTF-16", "Windows-1252"}
    except BadInput as refusal:
        assert "roll.csv" in str(refusal)


@many
@given(rows)
@example([("=cmd|' /C calc'!A0", "+1+1", "-1+1"), ("'=x", "\ta", "@SUM(A1)"), ("-5", "a\rb", "＝x")])
def test_a_table_that_is_written_and_read_is_the_same(tmp_path: Path, written: list[tuple[str, ...]]) -> None:
    stripped = [[cell.rstrip() if cell.startswith("\t") else cell.strip() for cell in row] for row in written]
    table = pd.DataFrame(stripped, columns=HEADINGS, dtype="str")
    table = table[table.ne("").any(axis=1)]
    write_table(table, tmp_path / "table.csv")
    assert read_sheet(tmp_path / "table.csv", HEADINGS).cells.to_numpy().tolist() == table.to_numpy().tolist()


def test_no_text_that_a_spreadsheet_would_run_is_written_and_numbers_stay_numbers(tmp_path: Path) -> None:
    table = pd.DataFrame({"note": ["=1+1", "@x", "-2+3", None], "points": [-2.5, 1, np.nan, 0]})
    before = table.copy()
    write_table(table, tmp_path / "table.csv")
    assert (tmp_path / "table.csv").read_text() == "note,points\n'=1+1,-2.5\n'@x,1.0\n'-2+3,\n,0.0\n"
    pd.testing.assert_frame_equal(table, before)


def test_days_are_written_as_iso_dates(tmp_path: Path) -> None:
    write_table(pd.DataFrame({"on": pd.to_datetime(["2025-09-03", None])}), tmp_path / "table.csv")
    assert (tmp_path / "table.csv").read_text() == 'on\n2025-09-03\n""\n'


def test_a_file_that_cannot_be_written_whole_leaves_the_old_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = saved(tmp_path, "old")
    monkeypatch.setattr("os.replace", lambda *_: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError):
        write_whole("new", file)
    assert file.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["roll.csv"]
