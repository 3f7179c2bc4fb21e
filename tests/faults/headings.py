"""Headings that are doubled, split, blank or missing, and other signs between cells."""

from faults.clean import csv_of, text_of, without
from faults.fault import FaultyFile, Must, refused, whole


def _renamed(rows: list[list[str]], **names: str) -> list[list[str]]:
    return [[names.get(name.replace(" ", "_"), name) for name in rows[0]], *rows[1:]]


FAULTS = [
    FaultyFile(
        "doubled_heading.csv",
        "A heading stands twice.",
        lambda clean: csv_of(_renamed(clean.roll, Reg="Year")),
        refused("more than one column called Year"),
    ),
    FaultyFile(
        "heading_in_other_case.csv",
        "Two headings differ only in case.",
        lambda clean: csv_of(_renamed(clean.roll, Reg="YEAR")),
        refused("more than one column called Year, YEAR"),
    ),
    FaultyFile(
        "heading_with_spaces.csv",
        "Two headings differ only in spaces.",
        lambda clean: csv_of(_renamed(clean.roll, Reg="Legal  Surname ")),
        refused("more than one column called Legal Surname, Legal  Surname"),
    ),
    FaultyFile(
        "headings_in_capitals.csv",
        "Headings in capitals with spaces around.",
        lambda clean: csv_of([[f" {name.upper()}\u00a0" for name in clean.roll[0]], *clean.roll[1:]]),
        whole(),
    ),
    FaultyFile(
        "merged_headings.csv",
        "Headings of two rows, the upper ones merged over several columns.",
        lambda clean: csv_of([["Pupil", "", "Name", "", "Details", *[""] * 5], *clean.roll]),
        whole("what stands above was not read"),
    ),
    FaultyFile(
        "headings_in_two_rows.csv",
        "Each heading is broken over two rows.",
        lambda clean: csv_of(
            [
                ["Unique", "Adm", "Legal", "Legal", *[""] * 6],
                ["Pupil No", "No", "Sur", "Fore", *clean.roll[0][4:]],
                *clean.roll[1:],
            ]
        ),
        refused("names pupils by no UPN"),
    ),
    FaultyFile(
        "blank_heading.csv",
        "A column without a heading.",
        lambda clean: csv_of(_renamed(clean.roll, Ethnicity_Code="")),
        Must("is a column without a heading", everybody={"ethnicity": ""}),
    ),
    FaultyFile(
        "headings_again.csv",
        "The headings stand again in the middle, as at the top of each printed page.",
        lambda clean: csv_of([*clean.roll[:11], clean.roll[0], *clean.roll[11:]]),
        whole("repeats its headings in row 12"),
    ),
    FaultyFile(
        "no_headings.csv", "No headings at all.", lambda clean: csv_of(clean.roll[1:]), refused("do not say what it holds")
    ),
    FaultyFile(
        "headings_of_nothing.csv",
        "Headings that say nothing.",
        lambda clean: csv_of([[f"Field {place}" for place in range(10)], *clean.roll[1:]]),
        refused("--profile"),
    ),
    FaultyFile(
        "nobody_named.csv",
        "A roll that does not say who is who.",
        lambda clean: csv_of(without(clean.roll, "UPN", "Adno", "Legal Forename")),
        refused("names pupils by no UPN"),
    ),
    FaultyFile(
        "semicolons.csv",
        "Semicolons, as Excel writes them in other countries.",
        lambda clean: csv_of(clean.roll, ";"),
        whole("has a semicolon between its cells"),
    ),
    FaultyFile(
        "excel_separator.csv",
        "A first line that tells Excel what stands between the cells.",
        lambda clean: b"sep=;\r\n" + csv_of(clean.roll, ";"),
        whole("has a semicolon between its cells"),
    ),
    FaultyFile(
        "excel_comma.csv",
        "The same with a comma.",
        lambda clean: b"sep=,\r\n" + csv_of(clean.roll),
        whole("what stands above was not read"),
    ),
    FaultyFile(
        "tabs.csv", "Tabs in a file called CSV.", lambda clean: csv_of(clean.roll, "\t"), whole("has a tab between its cells")
    ),
    FaultyFile("tabs.txt", "Tabs.", lambda clean: csv_of(clean.roll, "\t"), whole()),
    FaultyFile("bars.csv", "Bars.", lambda clean: csv_of(clean.roll, "|"), whole("has a bar between its cells")),
    FaultyFile(
        "columns_beyond_counting.csv",
        "Ten thousand columns.",
        lambda clean: csv_of([[*row, *(f"{place}" for place in range(10_000))] for row in clean.roll]),
        refused("10,010 columns; at most 2,000 can be read"),
    ),
    FaultyFile(
        "spaces_after_commas.csv",
        "A space after each comma.",
        lambda clean: text_of(clean.roll).replace(",", ", ").encode(),
        whole(),
    ),
]
