"""What the workbook of records says of itself: its first sheet, and the comment on each heading."""

from sentrack_lib.records.sheets_columns import LISTS, ONLY_READ, column_of
from sentrack_lib.sources import schema

_ABOUT = (
    (
        "What this is",
        "The records of the school: what was planned, agreed and noted. Each sheet is a table, each row a record.",
    ),
    ("To add", "Write in the first free row below the others: the term, such as 2025-26-autumn, and what you know."),
    ("", "Leave entry and version blank in a new row, also where you copy a row."),
    ("To change", "Write over the cell. Leave entry and version of the row as they are: by them the row is known again."),
    ("To take back", "Write Y in the column withdrawn. A row that is deleted here stays in the records as it is."),
    ("Headings", "Leave them as they are; their order does not matter. Rest the pointer on one to read what it means."),
    ("Colours", "Under an orange heading, with a star in its comment, a row must be filled in. Grey columns are left alone."),
    (
        "Words",
        f"Where a cell offers words, others may be written too, except for Y and N. The sheet {LISTS} shows whose id it is.",
    ),
    (
        "Days and numbers",
        "Days are dates of Excel, or text such as 2025-09-03. Numbers stand alone, without a sign for pounds.",
    ),
    ("Blank", "A blank cell means not known, never no."),
    ("Only to read", f"The sheets {' and '.join(ONLY_READ)} show what the runs found. What is changed there is not read."),
    (
        "What comes back",
        "Save it as .xlsx and read it in again: all of it is taken, or nothing, and each mistake is listed.",
    ),
    ("", "A mistake is named by its sheet, row and column. Correct it here, save, and read the workbook in once more."),
    ("Mind", "It names pupils: keep it where the school keeps such files, and delete it when it has been read in."),
)


def about() -> list[tuple[str, str]]:
    """The first sheet: what the workbook is, how it is filled in, what comes back; and the tables."""
    tables = [(table, str(described.description)) for table, described in schema.RECORDS.items()]
    return [*_ABOUT, ("", ""), ("Sheet", "What it holds"), *tables]


def explained(table: str, name: str) -> str:
    """The comment on a heading: whether it must be filled in, what it means and how it is written."""
    column = column_of(table, name)
    if table in ONLY_READ:
        return f"{column.description}. Only to read."
    return f"{'* Must be filled in. ' if column.required else ''}{column.description}.\nWritten as: {column.metadata['how']}."
