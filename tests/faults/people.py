"""Numbers that Excel ruined, pupils who are there twice, words that are names or grades."""

from collections.abc import Callable

from faults.clean import Clean, csv_of, with_cell, with_column, without
from faults.fault import FaultyFile, Must, aside, refused, whole


def _adno(change: Callable[[str], str], *left_out: str) -> Callable[[Clean], bytes]:
    return lambda clean: csv_of(without(with_column(clean.roll, "Adno", change), *left_out))


def _cell(heading: str, value: str) -> Callable[[Clean], bytes]:
    return lambda clean: csv_of(with_cell(clean.roll, heading, value))


def _grade(value: str) -> Callable[[Clean], bytes]:
    return lambda clean: csv_of(with_cell(clean.marks, "Latin Target", value))


def _attendance(name: str, number: Callable[[str], str]) -> Callable[[Clean], bytes]:
    """The summary of attendance with another number in place of the UPN."""

    def made(clean: Clean) -> bytes:
        numbers = [name, *(number(no) for no in clean.pupils["admission_no"])]
        return csv_of([[no, *row[1:]] for no, row in zip(numbers, clean.attendance, strict=True)])

    return made


WORDS = ["None", "NA", "N/A", "Null", "nan"]

FAULTS = [
    FaultyFile(
        "scientific.csv",
        "Excel made every admission number 1.2E+12.",
        _adno(lambda _: "1.2E+12"),
        Must("its number or name is in this file under another id too", everybody={"admission_no": "1.2E+12"}),
    ),
    FaultyFile(
        "scientific_alone.csv",
        "The same without UPNs.",
        _adno(lambda _: "1.2E+12", "UPN"),
        refused("a spreadsheet has shortened the numbers"),
    ),
    FaultyFile(
        "zeros_lost.csv",
        "Excel took the leading zeros off the admission numbers.",
        _attendance("Adno", lambda number: number.lstrip("0")),
        whole("although its leading zeros are lost"),
        of="attendance",
    ),
    FaultyFile(
        "point_zero.csv",
        "Admission numbers with a point and a zero.",
        _attendance("Adno", lambda number: f"{int(number)}.0"),
        aside(20, "is nobody on the rolls"),
        of="attendance",
    ),
    FaultyFile(
        "spaces_around.csv",
        "Spaces, fixed spaces and tabs around the admission numbers.",
        _attendance("Adno", lambda number: f" {number}\u00a0\t"),
        whole(),
        of="attendance",
    ),
    FaultyFile(
        "apostrophes.csv",
        "An apostrophe before each admission number, which keeps it text in Excel.",
        _attendance("Adno", lambda number: f"'{number}"),
        aside(20, "is nobody on the rolls"),
        of="attendance",
    ),
    FaultyFile("year_with_point.csv", "Year 7.0.", _cell("Year", "7.0"), whole(year_group="7.0")),
    FaultyFile(
        "year_in_words.csv",
        "Year groups as Year  7.",
        lambda clean: csv_of(with_column(clean.roll, "Year", lambda year: f"Year  {year}")),
        whole(),
    ),
    *(
        FaultyFile(
            f"surname_{word.replace('/', '-')}.csv", f"A pupil called {word}.", _cell("Legal Surname", word), whole(surname=word)
        )
        for word in WORDS
    ),
    *(
        FaultyFile(f"grade_{word.replace('/', '-')}.csv", f"A grade {word}.", _grade(word), whole(Latin=word), of="marks")
        for word in [*WORDS, "ABS", "U", "X"]
    ),
    FaultyFile("grade_blank.csv", "No grade: no row.", _grade(""), whole(Latin=""), of="marks"),
    FaultyFile(
        "sen_z.csv",
        "An SEN status that is no code.",
        _cell("SEN Status", "Z"),
        whole("is not a known SEN status", sen_status="Z"),
    ),
    FaultyFile("sen_blank.csv", "No SEN status: not known, never N.", _cell("SEN Status", ""), whole(sen_status="")),
    FaultyFile("unknown_sex.csv", "A sex that is no code.", _cell("Gender", "?"), whole("", sex="?")),
    FaultyFile(
        "twice_alike.csv",
        "A pupil stands twice, alike.",
        lambda clean: csv_of([*clean.roll, clean.roll[3]]),
        Must("is in this file twice, with the same values", accepted=20, set_aside=1),
    ),
    FaultyFile(
        "twice_otherwise.csv",
        "A pupil stands twice with two SEN statuses: none counts, the pupil stays.",
        lambda clean: csv_of([*with_cell(clean.roll, "SEN Status", "K"), with_cell(clean.roll, "SEN Status", "E")[1]]),
        Must("is in this file twice, with different values", accepted=20, set_aside=1, first={"sen_status": ""}),
    ),
    FaultyFile(
        "two_under_one.csv",
        "Two pupils under one UPN.",
        lambda clean: csv_of(with_cell(clean.roll, "UPN", clean.roll[2][0])),
        aside(2, "stands for two pupils"),
    ),
    FaultyFile(
        "wrong_letter.csv",
        "A UPN whose check letter is wrong.",
        lambda clean: csv_of(with_cell(clean.marks, "UPN", "A" + clean.marks[1][0][1:])),
        aside(1, "is nobody on the rolls"),
        of="marks",
    ),
    FaultyFile(
        "stranger.csv",
        "A pupil who is on no roll.",
        lambda clean: csv_of(with_cell(clean.behaviour, "UPN", "Z999999999999")),
        aside(1, "is nobody on the rolls"),
        of="behaviour",
    ),
    FaultyFile(
        "nobody.csv",
        "A row without a pupil.",
        lambda clean: csv_of(with_cell(clean.behaviour, "UPN", "")),
        aside(1, "names no pupil"),
        of="behaviour",
    ),
    FaultyFile(
        "other_term.csv",
        "A mark in the register of a day in another term.",
        lambda clean: csv_of(with_cell(clean.register, "Date", "03/09/2025")),
        aside(1, "are outside the term", sessions_possible="9", sessions_attended="9"),
        of="register",
    ),
    FaultyFile(
        "more_than_possible.csv",
        "More sessions attended than possible.",
        lambda clean: csv_of(with_cell(clean.attendance, "Present", "999")),
        aside(1, "possible"),
        of="attendance",
    ),
    FaultyFile(
        "infinite.csv",
        "Sessions without end.",
        lambda clean: csv_of(with_cell(clean.attendance, "Possible", "inf")),
        aside(1, "is not a number that fits here"),
        of="attendance",
    ),
]
