"""Clean exports of the invented school, and how tables are written as files."""

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

import pandas as pd
import xlsxwriter
from pandas import DataFrame

from sentrack_lib.sources.files import read_sheet

Rows = list[list[str]]
TERM = "2025-26-summer"
PUPILS = 20
FIRST = {"surname": "Noël’s", "forename": "Zoé"}
"""What the first pupil of every clean export is called: an accent and a curly quotation mark."""


@dataclass(frozen=True, repr=False)
class Clean:
    """Exports with nothing wrong in them, headings first: a roll, a marksheet, a summary of attendance, a register with a row for
    each mark, a list of behaviour; and a Common Transfer File. `pupils`: those they are about, as in the school's own tables."""

    pupils: DataFrame
    roll: Rows
    marks: Rows
    attendance: Rows
    register: Rows
    behaviour: Rows
    ctf: str


def clean_exports(sample: Path) -> Clean:
    """Exports of some pupils of an invented school."""
    everybody = read_sheet(sample / TERM / "pupils.csv").cells
    pupils = everybody[everybody["left_on"].eq("")].head(PUPILS).reset_index(drop=True)
    for name, said in FIRST.items():
        pupils.loc[0, name] = said
    upns = pupils["upn"].tolist()
    counted = [[upn, "120", str(110 + at % 9), str(10 - at % 9), "0", "1"] for at, upn in enumerate(upns)]
    marked = [[upn, f"{day:02d}/06/2026", half, "/"] for upn in upns for day in range(1, 6) for half in ("AM", "PM")]
    events = [[upn, f"{1 + at:02d}/06/2026", "Achievement", "Good work", "1"] for at, upn in enumerate(upns)]
    subjects = ["Latin", "Maths", "French", "Art"]
    graded = [[upn, *(str(1 + (at + place) % 8) for place in range(len(subjects)))] for at, upn in enumerate(upns)]
    return Clean(
        pupils=pupils,
        roll=_roll(pupils),
        marks=[["UPN", *(f"{subject} Target" for subject in subjects)], *graded],
        attendance=[["UPN", "Possible", "Present", "Authorised", "Unauthorised", "Lates"], *counted],
        register=[["UPN", "Date", "Session", "Mark"], *marked],
        behaviour=[["UPN", "Date", "Incident Type", "Reason", "Points"], *events],
        ctf=_ctf(pupils),
    )


HEADINGS = {
    "UPN": "upn",
    "Adno": "admission_no",
    "Legal Surname": "surname",
    "Legal Forename": "forename",
    "DOB": "date_of_birth",
    "Gender": "sex",
    "Year": "year_group",
    "Reg": "form",
    "SEN Status": "sen_status",
    "Ethnicity Code": "ethnicity",
}


def _roll(pupils: DataFrame) -> Rows:
    shown = pupils.assign(date_of_birth=pd.to_datetime(pupils["date_of_birth"]).dt.strftime("%d/%m/%Y"))
    return [list(HEADINGS), *shown[list(HEADINGS.values())].to_numpy().tolist()]


def _ctf(pupils: DataFrame) -> str:
    tags = {"UPN": "upn", "Surname": "surname", "Forename": "forename", "DOB": "date_of_birth", "Sex": "sex"}
    said = [
        "<Pupil>"
        + "".join(f"<{tag}>{escape(row[name])}</{tag}>" for tag, name in tags.items())
        + f"<BasicDetails><NCyearActual>{row['year_group']}</NCyearActual></BasicDetails>"
        + f"<SENhistory><SEN><SENprovision>{row['sen_status']}</SENprovision></SEN></SENhistory></Pupil>"
        for row in pupils.to_dict("records")
    ]
    head = "<Header><CTFversion>25.0</CTFversion></Header>"
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<CTfile>{head}<CTFpupilData>{"".join(said)}</CTFpupilData></CTfile>'


def text_of(rows: Sequence[Sequence[str]], delimiter: str = ",", end: str = "\r\n") -> str:
    """Rows as the text of a CSV file."""
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter, lineterminator=end).writerows(rows)
    return out.getvalue()


def csv_of(rows: Sequence[Sequence[str]], delimiter: str = ",", end: str = "\r\n", encoding: str = "utf-8") -> bytes:
    """Rows as the bytes of a CSV file."""
    return text_of(rows, delimiter, end).encode(encoding)


def with_cell(rows: Rows, heading: str, value: str, row: int = 1) -> Rows:
    """The same rows with another value in one cell, if not said otherwise that of the first pupil."""
    place = rows[0].index(heading)
    return [[*each[:place], value, *each[place + 1 :]] if number == row else each for number, each in enumerate(rows)]


def with_column(rows: Rows, heading: str, change: Callable[[str], str]) -> Rows:
    """The same rows with every cell of a column changed."""
    place = rows[0].index(heading)
    return [rows[0], *([*row[:place], change(row[place]), *row[place + 1 :]] for row in rows[1:])]


def without(rows: Rows, *headings: str) -> Rows:
    """The same rows without some columns."""
    places = [place for place, name in enumerate(rows[0]) if name not in headings]
    return [[row[place] for place in places] for row in rows]


def workbook_of(*sheets: tuple[str, Sequence[Sequence[object]]], hidden: Sequence[str] = (), **options: object) -> bytes:
    """Sheets as the bytes of a workbook; text stays text."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"strings_to_formulas": False, "strings_to_urls": False, **options}) as book:
        days = book.add_format({"num_format": "dd/mm/yyyy"})
        for name, rows in sheets:
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                for place, value in enumerate(row):
                    write = sheet.write_string if isinstance(value, str) else sheet.write
                    write(number, place, value, *([days] if hasattr(value, "year") else []))
            if name in hidden:
                sheet.hide()
    return out.getvalue()
