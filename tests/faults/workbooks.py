"""Workbooks: made to overfill the memory, damaged, locked, or with cells that are no text."""

import io
import re
import zipfile
from collections.abc import Callable
from datetime import datetime

import xlsxwriter

from faults.clean import Clean, csv_of, workbook_of
from faults.fault import FaultyFile, Must, refused, whole

SHOWN = "has cells with an error such as #N/A"
NOT_READ = "cannot be read as a workbook"


def _book(clean: Clean) -> bytes:
    return workbook_of(("Roll", clean.roll))


def changed(book: bytes, part_of_name: str, change: Callable[[bytes], bytes]) -> bytes:
    """A workbook of which some parts are otherwise."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            content = old.read(part)
            new.writestr(part, change(content) if part_of_name in part else content)
    return out.getvalue()


def far_cell(place: str) -> Callable[[Clean], bytes]:
    """A workbook with one more cell, far out."""
    return lambda clean: changed(_book(clean), "sheet1.xml", lambda sheet: sheet.replace(b'r="B2"', f'r="{place}"'.encode()))


def _dated(clean: Clean, **options: object) -> bytes:
    """Dates of birth as real days, and numbers as numbers."""
    rows: list[list[object]] = [
        [*row[:4], datetime.strptime(row[4], "%d/%m/%Y"), row[5], int(row[6]), *row[7:]] for row in clean.roll[1:]
    ]
    return workbook_of(("Roll", [clean.roll[0], *rows]), **options)


def _with_error(error: str) -> Callable[[Clean], bytes]:
    cell = f'<c r="H2" t="e"><v>{error}</v></c>'.encode()

    def made(clean: Clean) -> bytes:
        return changed(_book(clean), "sheet1.xml", lambda sheet: re.sub(rb'<c r="H2"[^>]*>.*?</c>', cell, sheet))

    return made


def _chart_only(clean: Clean) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        chart = book.add_chart({"type": "column"})
        chart.add_series({"values": "=Chart!$A$1:$A$2"})
        book.add_chartsheet("Chart").set_chart(chart)
    return out.getvalue()


def _zipped(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts.items():
            packed.writestr(name, content)
    return out.getvalue()


FAULTS = [
    FaultyFile("clean.xlsx", "Nothing is wrong.", _book, whole()),
    FaultyFile("called_csv.csv", "A workbook called CSV.", _book, whole()),
    FaultyFile("real_days.xlsx", "Days as days, years as numbers.", _dated, whole()),
    FaultyFile("days_of_1904.xlsx", "Days counted from 1904, as on a Mac.", lambda clean: _dated(clean, date_1904=True), whole()),
    FaultyFile(
        "text_and_numbers.xlsx",
        "Admission numbers as numbers, which lost their zeros.",
        lambda clean: workbook_of(
            (
                "Sheet1",
                [
                    ["Adno", *clean.attendance[0][1:]],
                    *([int(no), *row[1:]] for no, row in zip(clean.pupils["admission_no"], clean.attendance[1:], strict=True)),
                ],
            )
        ),
        whole("although its leading zeros are lost"),
        of="attendance",
    ),
    FaultyFile(
        "truths.xlsx",
        "True and false in place of a form.",
        lambda clean: workbook_of(("Roll", [clean.roll[0], *([*row[:7], True, *row[8:]] for row in clean.roll[1:])])),
        Must(everybody={"form": "TRUE"}),
    ),
    FaultyFile("error_na.xlsx", "A cell that is #N/A.", _with_error("#N/A"), whole(SHOWN, form="")),
    FaultyFile("error_ref.xlsx", "A cell that is #REF!.", _with_error("#REF!"), whole(SHOWN, form="")),
    FaultyFile(
        "several_sheets.xlsx",
        "Three sheets, the roll first.",
        lambda clean: workbook_of(("Roll", clean.roll), ("Notes", [["a note"]]), ("Empty", [])),
        whole("has other sheets, which were not read: Notes"),
    ),
    FaultyFile(
        "hidden_sheet.xlsx",
        "A hidden sheet with a note, beside the roll.",
        lambda clean: workbook_of(("Roll", clean.roll), ("Hidden", [["UPN", "Year"], ["secret", "7"]]), hidden=["Hidden"]),
        whole(),
    ),
    FaultyFile(
        "empty_sheet_first.xlsx",
        "An empty sheet before the roll.",
        lambda clean: workbook_of(("Empty", []), ("Roll", clean.roll)),
        whole(),
    ),
    FaultyFile(
        "only_empty.xlsx",
        "A workbook with nothing in it.",
        lambda clean: workbook_of(("Empty", [])),
        refused("holds no headings"),
    ),
    FaultyFile(
        "titled.xlsx",
        "Titles and a blank row above the headings.",
        lambda clean: workbook_of(("Roll", [["Roll of the school"], [], *clean.roll])),
        whole("what stands above was not read"),
    ),
    FaultyFile("only_a_chart.xlsx", "Only a sheet with a chart.", _chart_only, refused(".")),
    FaultyFile(
        "far_corner.xlsx",
        "One cell in the last corner, which would lay out 17,000 million.",
        far_cell("XFD1048576"),
        refused("beyond row"),
    ),
    FaultyFile("far_down.xlsx", "One cell in the last row.", far_cell("B1048576"), refused("beyond row")),
    FaultyFile("far_right.xlsx", "One cell in the last column.", far_cell("XFD2"), refused("beyond row")),
    FaultyFile(
        "wide_sheet.xlsx",
        "A sheet of 600 columns.",
        lambda clean: workbook_of(("Roll", [[*row, *(str(place) for place in range(590))] for row in clean.roll])),
        refused("column 500"),
    ),
    FaultyFile(
        "inflated.xlsx",
        "A workbook of 300 kB that unpacks to 300 MB.",
        lambda clean: changed(_book(clean), "styles.xml", lambda content: content + b" " * 300_000_000),
        refused("unpacks to more than 200 MB"),
    ),
    FaultyFile(
        "utf_16_sheet.xlsx",
        "A sheet in UTF-16, in which a far cell could hide.",
        lambda clean: changed(
            _book(clean), "sheet1.xml", lambda sheet: sheet.decode().replace("UTF-8", "UTF-16").encode("utf-16")
        ),
        refused(NOT_READ),
    ),
    FaultyFile("cut.xlsx", "A workbook cut short.", lambda clean: _book(clean)[:-2_000], refused(NOT_READ)),
    FaultyFile(
        "hollow.xlsx",
        "A workbook without its sheets.",
        lambda clean: _zipped(**{"[Content_Types].xml": b"<Types/>"}),
        refused(NOT_READ),
    ),
    FaultyFile(
        "binary.xlsb",
        "A binary workbook, whose cells cannot be measured.",
        lambda clean: _zipped(**{"[Content_Types].xml": b"<Types/>", "xl/workbook.bin": b"\x83\x01"}),
        refused("binary workbook"),
    ),
    FaultyFile(
        "open.ods",
        "A sheet of LibreOffice.",
        lambda clean: _zipped(mimetype=b"application/vnd.oasis.opendocument.spreadsheet", **{"content.xml": b"<office/>"}),
        refused("OpenDocument"),
    ),
    FaultyFile(
        "locked.xlsx",
        "A workbook locked with a password.",
        lambda clean: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + "EncryptedPackage".encode("utf-16-le") + bytes(4_000),
        refused("locked with a password"),
    ),
    FaultyFile(
        "formula.xlsx",
        "A pupil whose name is a formula, and its value text.",
        lambda clean: workbook_of(("Roll", [clean.roll[0], [*clean.roll[1][:2], "=1+1", *clean.roll[1][3:]], *clean.roll[2:]])),
        whole(surname="=1+1"),
    ),
    FaultyFile(
        "entity.xlsx",
        "A sheet that declares an entity.",
        lambda clean: changed(
            _book(clean),
            "sharedStrings.xml",
            lambda text: text.replace(b"<sst", b'<!DOCTYPE s [<!ENTITY a "ha">]><sst').replace(b"Zo", b"&a;Zo"),
        ),
        refused(NOT_READ),
    ),
    FaultyFile("csv_called.xlsx", "A CSV file called a workbook.", lambda clean: csv_of(clean.roll), whole()),
]
