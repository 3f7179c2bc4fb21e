"""The tables of a school as the systems of schools write them: a writer for each shape, and ways to save it."""

from pathlib import Path

import pandas as pd
from pandas import DataFrame, Series

TITLE = "Sampleton Invented School"


def british(days: Series) -> Series:
    """`2025-09-03` as 03/09/2025; a blank stays blank."""
    return pd.to_datetime(days, errors="coerce").dt.strftime("%d/%m/%Y").astype("str").fillna("")


def said(answers: Series, yes: str, no: str, unknown: str = "") -> Series:
    """Y and N in the words of a system."""
    return answers.map({"Y": yes, "N": no}).fillna(unknown).astype("str")


def as_csv(rows: DataFrame, file: Path, encoding: str = "utf-8-sig") -> Path:
    rows.to_csv(file, index=False, encoding=encoding)
    return file


def printed(rows: DataFrame, file: Path, encoding: str = "utf-8") -> Path:
    """A report: a title and a day above, blank rows around, totals below."""
    blank = [""] * rows.shape[1]
    total = ["Total", str(len(rows)), *blank[2:]]
    above = [[TITLE, *blank[1:]], ["Printed on 03/09/2025", *blank[1:]], blank]
    body = rows.to_numpy().tolist()
    half = len(body) // 2
    lines = [*above, list(rows), *body[:half], blank, *body[half:], blank, total]
    if file.suffix == ".xlsx":
        DataFrame(lines).to_excel(file, header=False, index=False, engine="xlsxwriter")
    else:
        DataFrame(lines).to_csv(file, index=False, header=False, encoding=encoding)
    return file


def as_workbook(rows: DataFrame, file: Path, above: int = 0) -> Path:
    """A workbook in which days are days and whole numbers are numbers, so that leading zeros are lost."""
    cells = rows.apply(_typed)
    with pd.ExcelWriter(file, engine="xlsxwriter", datetime_format="dd/mm/yyyy") as book:
        cells.to_excel(book, index=False, startrow=above)
        if above:
            book.sheets["Sheet1"].write(0, 0, TITLE)
    return file


def _typed(cells: Series) -> Series:
    days = pd.to_datetime(cells, format="%d/%m/%Y", errors="coerce")
    numbers = pd.to_numeric(cells, errors="coerce")
    return days.astype("object").where(days.notna(), numbers.astype("object").where(numbers.notna(), cells.replace("", None)))
