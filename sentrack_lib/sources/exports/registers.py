"""Registers: marks of single sessions counted into the `attendance` table, each by the codes in force on its day.

A new set of codes came in on 19 August 2024, so that the same letter may count otherwise before and after. Only the marks count;
columns such as IS_PRESENT, which a system has worked out from them, are not read. The codes are in `codes/attendance.csv`.
"""

import re
from collections.abc import Iterable
from datetime import date
from functools import cache
from typing import TypeVar

import numpy as np
import pandas as pd
from pandas import DataFrame, Series

from sentrack_lib.sources.codes import code_rows
from sentrack_lib.sources.problems import ROW_SET_ASIDE, Fault, all_problems, problem, problems_table

COUNTS = ["possible", "attended", "authorised", "unauthorised", "late"]
SESSIONS = [f"sessions_{name}" for name in COUNTS]
NO_CODE = "is no attendance code"
NOT_THEN = "is no attendance code of that day"
NO_DAY = "has no day that can be read, and codes differ by day"

TOLD_TWICE = Fault("is in this file twice", "The first counts. Remove the second.")
CONTRADICTS = Fault("is marked differently in this file for one session", "None of these marks is used. Keep the right one.")
NO_SESSION = Fault("is neither morning nor afternoon", "Export the statutory sessions (AM and PM), not lessons.")
TOO_MANY = Fault("has more than two marks on one day", "Export the session (AM or PM) as well, and no marks of lessons.")

_Rows = TypeVar("_Rows", DataFrame, Series)
_MONTH = r"(?:(?P<month>\d{1,2})|(?P<word>[A-Za-z]{3})[A-Za-z]*)"
_BRITISH = rf"(?P<day>\d{{1,2}})(?P<gap>[/. -]){_MONTH}(?P=gap)(?P<year>\d{{4}}|\d\d)(?!\d)"
_DAY = re.compile(rf"(?P<iso>\d{{4}}-\d\d-\d\d)|{_BRITISH}")
_SESSION = re.compile(r"\b(am|pm|a\.m|p\.m|morning|afternoon)(?![a-z])", re.IGNORECASE)
HALVES = ["", "AM", "PM"]
_HALVES = {"am": "AM", "morning": "AM", "pm": "PM", "afternoon": "PM"}


def counted(marks: DataFrame) -> tuple[DataFrame, DataFrame]:
    """Marks (`pupil_id`, `on` as 2025-09-03, `mark`) as sessions a pupil, in the columns of `attendance`; and the marks not
    understood (`mark`, `rows`, `why`), which are neither possible nor attended. A row without a pupil counts for nobody."""
    told = coded(marks)
    named = _where(told, told["pupil_id"].ne(""))
    (pupils, ids), (spelt, texts), (dated, days) = (_codes(named[name]) for name in ("pupil_id", "mark", "on"))
    meanings = _meanings(Series(texts, dtype="str"), Series(days, dtype="str"))
    meant = meanings[spelt, dated]
    codes = len(_counts())
    tally = np.bincount(pupils * (codes + 1) + meant, minlength=len(ids) * (codes + 1)).reshape(len(ids), codes + 1)
    sessions = DataFrame(tally[:, 1:] @ _counts(), columns=SESSIONS)
    sessions.insert(0, "pupil_id", Series(ids, dtype="str"))
    sessions = sessions[tally.sum(axis=1) > 0].reset_index(drop=True)
    return sessions, _not_understood(spelt, dated, meant, texts, days)


def coded(marks: DataFrame) -> DataFrame:
    """Marks with texts as categories: a register holds few different ones, and they are compared and copied as numbers."""
    texts = [name for name in ("pupil_id", "on", "session", "mark") if name in marks and marks[name].dtype != "category"]
    return marks.assign(**{name: marks[name].astype("str").fillna("").astype("category") for name in texts})


def _codes(cells: Series) -> tuple[np.ndarray, pd.Index]:
    """For each cell the place of its text among those known, in order; some may be no cell's."""
    return cells.cat.codes.to_numpy().astype("int64"), pd.Index(cells.cat.categories, dtype="str")


def session_columns(headings: Iterable[str]) -> DataFrame:
    """The headings that name a session, as `03/09/2025 AM` or `Wed 3 Sep 2025`: `heading`, `on` (ISO day), `session` (AM, PM or
    blank). Never month first."""
    found = [(heading, _day(heading), session) for heading, session in zip(headings, _sessions(headings), strict=True)]
    return DataFrame([row for row in found if row[1]], columns=["heading", "on", "session"], dtype="str")


def from_wide(rows: DataFrame, sessions: DataFrame) -> DataFrame:
    """A register of one column a session as one row a pupil and session: the other columns, `on`, `session` (where any heading
    says it), `mark`; the index stays the row of the sheet. `sessions` as `session_columns` gives them."""
    headings = list(sessions["heading"])
    who = [name for name in rows if name not in set(headings)]
    long = rows.melt(who, headings, "heading", "mark", ignore_index=False).drop(columns="heading").astype({"mark": "str"})
    places = np.repeat(np.arange(len(sessions)), len(rows))
    said = ["on", *(["session"] if sessions["session"].ne("").any() else [])]
    return long.assign(**{name: Series(sessions[name].array.take(places), index=long.index) for name in said})


def one_a_session(marks: DataFrame, file: str = "") -> tuple[DataFrame, DataFrame]:
    """Marks (`pupil_id`, `on`, `mark`, perhaps `session`; index = row of the sheet) without those written twice, those that
    contradict each other and those of lessons; and all these as problems. Blank marks are left out: nobody marked anything."""
    told = coded(marks)
    spelt, texts = _codes(told["mark"])
    filled = _where(told, Series((texts.str.strip() != "")[spelt], told.index))
    if "session" not in filled:
        days = _numbered(filled, ["pupil_id", "on"])
        crowded = days.groupby(days).transform("size").gt(2)
        return filled[~crowded], _told(filled[crowded], TOO_MANY, file)
    places, names = _codes(filled["session"])
    halves = np.array([HALVES.index(half) for half in _sessions(names)], dtype="int8")[places]
    half = Series(pd.Categorical.from_codes(halves, pd.Index(HALVES)), index=filled.index)
    whole = _where(filled.assign(session=half), half.ne(""))
    sessions = _numbered(whole, ["pupil_id", "on", "session"])
    again = (sessions * len(texts) + _codes(whole["mark"])[0]).duplicated()
    once = _where(whole, ~again)
    torn = _where(sessions, ~again).duplicated(keep=False)
    said: list[tuple[DataFrame, Fault]] = [
        (filled[half.eq("")], NO_SESSION),
        (whole[again], TOLD_TWICE),
        (once[torn], CONTRADICTS),
    ]
    return _where(once, ~torn), all_problems(_told(rows, fault, file) for rows, fault in said)


def _where(rows: _Rows, chosen: Series) -> _Rows:
    """The chosen rows; the same where all are, since copying a whole register takes longer than counting it."""
    return rows if chosen.all() else rows[chosen]


def _numbered(rows: DataFrame, columns: list[str]) -> Series:
    """For each row a number that stands for what it says in some columns; numbers are compared much faster than texts."""
    numbers = np.zeros(len(rows), dtype="int64")
    for name in columns:
        codes, different = _codes(rows[name])
        numbers = numbers * len(different) + codes
    return Series(numbers, index=rows.index)


def within(marks: DataFrame, first: date, last: date, file: str = "") -> tuple[DataFrame, DataFrame]:
    """The marks from the first to the last day of a term, and one problem that counts those outside it."""
    told_on, days = _codes(coded(marks)["on"])
    on = days.str.slice(0, 10)
    outside = Series(((on < first.isoformat()) | (on > last.isoformat()))[told_on], marks.index)
    fault = Fault("are outside the term and not counted", f"Only {first} to {last} counts here.", ROW_SET_ASIDE)
    told = [problem(file, fault, column="on", value=f"{outside.sum():,} marks")] if outside.any() else []
    return _where(marks, ~outside), problems_table(told)


@cache
def _counts() -> np.ndarray:
    """What each row of the code list counts as: a row a code, a column for each of `COUNTS`."""
    return DataFrame(code_rows("attendance"))[COUNTS].astype("int64").to_numpy()


def _meanings(texts: Series, days: Series) -> np.ndarray:
    """For each text and each day the row of the code list, from 1; 0 where it has none."""
    listed = DataFrame(code_rows("attendance"))
    first = pd.to_datetime(listed["valid_from"].replace("", "1900-01-01")).to_numpy()
    last = pd.to_datetime(listed["valid_to"].replace("", "2200-01-01")).to_numpy()
    on = _read(days).to_numpy()[:, None]
    in_force = (on >= first) & (on <= last)
    written = code_of(texts).to_numpy()[:, None] == listed["code"].to_numpy()
    # A code stands in the list once for each time it was in force, so at most one row fits.
    return (written.astype("int64") * np.arange(1, len(listed) + 1)) @ in_force.T.astype("int64")


def _read(days: Series) -> Series:
    return pd.to_datetime(days.str.slice(0, 10), format="%Y-%m-%d", errors="coerce")


def code_of(texts: Series) -> Series:
    """The code in each text: `I - Illness`, `i` and `I (illness)` are I; a blank is no mark."""
    bare = texts.str.strip().str.replace(r"^(\S{1,3})\s+[-–(:].*$", r"\1", regex=True)
    return bare.str.upper().replace("", "-")


def _not_understood(spelt: np.ndarray, dated: np.ndarray, meant: np.ndarray, texts: pd.Index, days: pd.Index) -> DataFrame:
    """The marks that no code in force stands for, most frequent first, with the reason."""
    odd = meant == 0
    unread = _read(Series(days, dtype="str")).isna().to_numpy()[dated[odd]]
    listed = code_of(Series(texts, dtype="str")).isin([row["code"] for row in code_rows("attendance")]).to_numpy()[spelt[odd]]
    why = np.select([~listed, unread], [NO_CODE, NO_DAY], NOT_THEN)
    marks = DataFrame({"mark": Series(texts, dtype="str").take(spelt[odd]).to_numpy(), "why": why}, dtype="str")
    rows = marks.groupby(["mark", "why"], sort=True).size().reset_index(name="rows").astype({"rows": "int64"})
    return rows.sort_values("rows", ascending=False, kind="stable", ignore_index=True)[["mark", "rows", "why"]]


def _day(heading: str) -> str:
    """The day a heading names as 2025-09-03, or blank."""
    if not (found := _DAY.search(heading)):
        return ""
    month = found["month"] or found["word"]
    year = found["year"] if not found["year"] or len(found["year"]) == 4 else f"20{found['year']}"
    written, form = (found["iso"], "%Y-%m-%d") if found["iso"] else (f"{found['day']} {month} {year}", "%d %m %Y")
    day = pd.to_datetime(written, format="%d %b %Y" if found["word"] else form, errors="coerce")
    return "" if pd.isna(day) else str(day)[:10]


def _sessions(texts: Iterable[str]) -> list[str]:
    """AM, PM or blank for each text, such as `03/09/2025 AM` or `MORNING`."""
    found = [_SESSION.search(text.replace("_", " ")) for text in texts]
    return [_HALVES[half[1].casefold().replace(".", "")] if half else "" for half in found]


def _told(marks: DataFrame, fault: Fault, file: str) -> DataFrame:
    said = {"file": file, "column": "mark", "problem": fault.problem, "remedy": fault.remedy, "effect": fault.effect}
    return DataFrame({"row": marks.index, "value": marks["mark"].to_numpy()}).assign(**said)
