"""The roll of a term, as the school's information system would print it."""

import numpy as np
from pandas import DataFrame, Series

from sentrack_lib.sources.sample.calendar import ordinal
from sentrack_lib.sources.sample.people import on_roll
from sentrack_lib.terms import Term

FORM_SIZE = 30
COLUMNS = [
    "pupil_id", "upn", "admission_no", "surname", "forename", "date_of_birth", "sex", "year_group", "form", "ethnicity",
    "sen_status", "sen_need", "sen_need_2", "disability", "pupil_premium", "eal", "looked_after", "gifted_talented",
    "joined_on", "left_on",
]  # fmt: skip
_BEFORE = {"K": "N", "E": "K"}


def roll(people: DataFrame, term: Term) -> DataFrame:
    """The table `pupils` of a term."""
    here = people[on_roll(people, term)]
    year_group = 7 + term.year - here["intake"]
    status = here["sen_status"].mask(here["sen_from"].gt(ordinal(term)), here["sen_status"].map(_BEFORE))
    known = status.ne("N")
    return here.assign(
        upn=here["pupil_id"],
        year_group=year_group,
        form=year_group.astype(str) + _letters(here),
        sen_status=status,
        sen_need=here["sen_need"].where(known, ""),
        sen_need_2=here["sen_need_2"].where(known, ""),
        left_on=here["left_on"].where(here["left"].eq(ordinal(term)), ""),
    )[COLUMNS]


def _letters(people: DataFrame) -> Series:
    """The letter of each pupil's form; with more than 26 forms a number follows."""
    forms = people.groupby("intake")["place"].transform(lambda places: -(-(places.max() + 1) // FORM_SIZE))
    number = people["place"] % forms
    letters = Series(np.array(list("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))[number % 26], people.index)
    return letters.astype("str") + (number // 26).astype(str).replace("0", "")


def days_here(people: DataFrame, first: object, last: object) -> tuple[np.ndarray, np.ndarray]:
    """First and last day of each pupil between two days, from when they joined to when they left."""
    joined, left = (_read(people[name]) for name in ("joined_on", "left_on"))
    start, end = np.datetime64(first, "D"), np.datetime64(last, "D")  # type: ignore[call-overload]
    return np.fmax(joined, start), np.fmin(left, end)


def _read(days: Series) -> np.ndarray:
    # Called for every table: as NumPy reads them a blank is NaT, and it takes a tenth of the time of pandas.
    written = days.to_numpy(dtype="U10")
    return np.where(written == "", "NaT", written).astype("datetime64[D]")
