"""Rows that do not fit their headings, and rows that are no pupils."""

from faults.clean import Clean, Rows, csv_of, text_of
from faults.fault import FaultyFile, Must, aside, refused, whole

BLANK = [""] * 10
TITLES = "what stands above was not read"


def _longer(rows: Rows, more: str) -> Rows:
    return [rows[0], *([*row, more] for row in rows[1:])]


def _before(clean: Clean, old: str, new: str, row: int = 3) -> bytes:
    """One line of the roll written otherwise."""
    lines = text_of(clean.roll, end="\n").splitlines()
    lines[row] = lines[row].replace(old, new, 1)
    return "\n".join([*lines, ""]).encode()


def _swallowing(clean: Clean) -> bytes:
    """A quotation mark opens a cell in one row and another three rows below: both rows are torn, those between are whole."""
    lines = text_of(clean.roll, end="\n").splitlines()
    for row in (3, 6):
        cells = lines[row].split(",")
        lines[row] = ",".join([*cells[:2], '"' + cells[2], *cells[3:]])
    return "\n".join([*lines, ""]).encode()


FAULTS = [
    FaultyFile(
        "all_longer.csv",
        "Every row has a cell more than there are headings.",
        lambda clean: csv_of(_longer(clean.roll, "x")),
        aside(20, "has 11 cells where there are 10 headings"),
    ),
    FaultyFile(
        "all_shorter.csv",
        "Every row has a cell less than there are headings.",
        lambda clean: csv_of([clean.roll[0], *(row[1:] for row in clean.roll[1:])]),
        aside(20, "has 9 cells where there are 10 headings"),
    ),
    FaultyFile("trailing_commas.csv", "A comma ends every row.", lambda clean: csv_of(_longer(clean.roll, "")), whole()),
    FaultyFile(
        "trailing_commas_everywhere.csv",
        "A comma ends every row and the headings.",
        lambda clean: csv_of([[*row, ""] for row in clean.roll]),
        whole(),
    ),
    FaultyFile(
        "one_longer.csv",
        "A comma that is not quoted in one name.",
        lambda clean: _before(clean, ",", ",and,"),
        aside(1, "has 11 cells where there are 10 headings"),
    ),
    FaultyFile(
        "title.csv",
        "A title above the headings.",
        lambda clean: csv_of([["Pupils of the school"], *clean.roll]),
        whole(TITLES),
    ),
    FaultyFile(
        "two_titles.csv",
        "Two titles and a blank row above the headings.",
        lambda clean: csv_of([["Pupils of the school", *BLANK[1:]], ["printed on 1 May 2026", *BLANK[1:]], BLANK, *clean.roll]),
        whole(TITLES),
    ),
    FaultyFile(
        "title_that_names_columns.csv",
        "A title that holds words which are headings too.",
        lambda clean: csv_of([["UPN and Year", "Reg"], *clean.roll]),
        whole(TITLES),
    ),
    FaultyFile(
        "blank_rows.csv",
        "Blank rows between the pupils.",
        lambda clean: csv_of([row for each in clean.roll for row in (each, BLANK)]),
        whole(),
    ),
    FaultyFile(
        "total.csv",
        "A row of totals below.",
        lambda clean: csv_of([*clean.roll, ["Total", "20", *BLANK[2:]]]),
        Must("rows that are not wanted", accepted=20, set_aside=1, exit_code=0),
    ),
    FaultyFile(
        "remark_below.csv",
        "A remark below the last row.",
        lambda clean: csv_of([*clean.roll, ["Report run by the office", *BLANK[1:]]]),
        Must("rows that are not wanted", accepted=20, set_aside=1, exit_code=0),
    ),
    FaultyFile(
        "swallowing.csv",
        "A quotation mark that is never closed, and another three rows below which seems to close it.",
        _swallowing,
        aside(2, "has a quotation mark that opens and never closes"),
    ),
    FaultyFile(
        "unclosed.csv",
        "A quotation mark that is never closed.",
        lambda clean: _before(clean, ",", ',"'),
        aside(1, "has a quotation mark that opens and never closes"),
    ),
    FaultyFile(
        "many_unclosed.csv",
        "Quotation marks that open and never close in every row.",
        lambda clean: csv_of(clean.roll[:1]) + b'a"b,"\n' * 3_000,
        refused("too many quotation marks that never close"),
    ),
    FaultyFile(
        "quote_within.csv",
        "A quotation mark in the middle of a cell.",
        lambda clean: csv_of(clean.roll).replace("Noël".encode(), 'No"ël'.encode()),
        whole(surname='No"ël’s'),
    ),
    FaultyFile(
        "quoted_newline.csv",
        "A cell of two lines.",
        lambda clean: csv_of(clean.roll).replace("Noël’s".encode(), '"Noël\n’s"'.encode()),
        whole(surname="Noël\n’s"),
    ),
    FaultyFile(
        "all_quoted.csv",
        "Every cell is quoted.",
        lambda clean: "\n".join(",".join(f'"{cell}"' for cell in row) for row in clean.roll).encode(),
        whole(),
    ),
    FaultyFile(
        "rows_quoted.csv",
        "Every row as a whole is quoted once more, so that it is one cell.",
        lambda clean: csv_of([[line] for line in text_of(clean.roll).splitlines()]),
        refused("do not say what it holds"),
    ),
    FaultyFile(
        "doubled_commas.csv",
        "Every comma stands twice.",
        lambda clean: text_of(clean.roll).replace(",", ",,").encode(),
        whole(),
    ),
    FaultyFile("no_final_newline.csv", "The last line does not end.", lambda clean: csv_of(clean.roll).rstrip(), whole()),
    FaultyFile("lone_returns.csv", "Lines end as on an old Mac.", lambda clean: csv_of(clean.roll, end="\r"), whole()),
    FaultyFile(
        "mixed_ends.csv",
        "Lines end in three ways.",
        lambda clean: "".join(
            line + end for line, end in zip(text_of(clean.roll).splitlines(), ["\n", "\r\n", "\r"] * 7, strict=True)
        ).encode(),
        whole(),
    ),
    FaultyFile("empty.csv", "Nothing in it.", lambda clean: b"", refused("is empty")),
    FaultyFile("only_line_ends.csv", "Only line ends.", lambda clean: b"\r\n" * 9, refused("is empty")),
    FaultyFile(
        "only_headings.csv",
        "Headings and no rows.",
        lambda clean: csv_of(clean.roll[:1]),
        Must("has headings but no rows", accepted=0),
    ),
    FaultyFile("one_pupil.csv", "A single row.", lambda clean: csv_of(clean.roll[:2], end="\n"), Must(accepted=1)),
]
