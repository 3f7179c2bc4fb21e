"""Days: read day first or as ISO, otherwise not at all and told."""

from collections.abc import Callable
from datetime import datetime

from faults.clean import Clean, csv_of, with_cell, with_column
from faults.fault import FaultyFile, Must, whole

NO_DATE = "is not a date"
UNREAD = {"date_of_birth": "*"}


def _every_day(change: Callable[[datetime], str]) -> Callable[[Clean], bytes]:
    return lambda clean: csv_of(with_column(clean.roll, "DOB", lambda day: change(datetime.strptime(day, "%d/%m/%Y"))))


def _first_day(value: str) -> Callable[[Clean], bytes]:
    return lambda clean: csv_of(with_cell(clean.roll, "DOB", value))


def _mixed(day: datetime) -> str:
    return f"{day:%d/%m/%Y}" if day.day % 2 else f"{day:%Y-%m-%d}"


FAULTS = [
    FaultyFile("iso_days.csv", "Days as ISO writes them.", _every_day("{:%Y-%m-%d}".format), whole()),
    FaultyFile("days_in_words.csv", "Months as words.", _every_day("{:%d %B %Y}".format), whole()),
    FaultyFile("days_with_times.csv", "A time of day behind each day.", _every_day("{:%d/%m/%Y 00:00:00}".format), whole()),
    FaultyFile("mixed_days.csv", "Some days as ISO, some day first.", _every_day(_mixed), whole()),
    FaultyFile(
        "month_first.csv",
        "Every day is written month first.",
        _every_day("{:%m/%d/%Y}".format),
        Must("written month first", everybody=UNREAD),
    ),
    FaultyFile(
        "month_first_with_times.csv",
        "Month first with a time of day.",
        _every_day("{:%m/%d/%Y 12:00 AM}".format),
        Must("written month first", everybody=UNREAD),
    ),
    FaultyFile("no_such_day.csv", "31 February.", _first_day("31/02/2012"), whole(NO_DATE, date_of_birth="31/02/2012")),
    FaultyFile("two_digit_year.csv", "A year of two digits.", _first_day("03/04/12"), whole(NO_DATE, date_of_birth="03/04/12")),
    FaultyFile("serial_day.csv", "A day as Excel counts it.", _first_day("41002"), whole(NO_DATE, date_of_birth="41002")),
    FaultyFile("born_1900.csv", "Born in 1900.", _first_day("01/01/1900"), whole("", date_of_birth="1900-01-01")),
    FaultyFile("born_2099.csv", "Born in 2099.", _first_day("01/01/2099"), whole("", date_of_birth="2099-01-01")),
    FaultyFile("no_day.csv", "No date of birth.", _first_day(""), whole("", date_of_birth="")),
    FaultyFile(
        "other_numerals.csv",
        "A day in Arabic numerals.",
        _first_day("٠٣/٠٤/٢٠١٢"),
        whole("", date_of_birth="2012-04-03"),
    ),
]
