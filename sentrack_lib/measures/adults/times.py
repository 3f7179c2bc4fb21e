"""When a place of work is: which weekday of which week, from when to when, and whether two places are at the same time."""

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from pandas import DataFrame, Series

from sentrack_lib.sources.exports.shapes.timetables import day_of

TIME, PERIOD = "time", "period"
MINUTES = 60
_TIME = re.compile(r"(\d{1,2})[:.](\d\d)(?:[:.]\d\d)?\s*(am|pm)?", re.IGNORECASE)
_PERIOD = re.compile(r"(?:p|per|period|l|lesson|s|session)?[ .]*(\d{1,2})", re.IGNORECASE)
SLOT = ["weekday", "week", "clock", "begins"]
"""What names a moment of the week; places with the same are at the same time."""


def slots(rows: DataFrame) -> DataFrame:
    """When each row is: `weekday`, `week` (blank where it is every week), `clock`, `begins`, `until`, `timed`.

    The clock is minutes of the day for a time, numbers for a period (P1, Period 1 and 1 are one), and the word itself for
    anything else, such as lunch: only what is on one clock can be held against each other. `until` comes from `ends`, else from
    `hours` for a time, and a period lasts to the next; `timed` says whether day and start are both known."""
    days = [day.partition(" ") for day in _each(rows["day"], lambda text: day_of(text.strip()) or text.strip().casefold())]
    begins, ends = (_moments(rows[name]) for name in ("starts", "ends"))
    told = DataFrame({"weekday": [day[0] for day in days], "week": [day[2] for day in days]}, index=rows.index, dtype="str")
    told = told.assign(clock=begins["clock"], begins=begins["at"])
    ended = ends["at"].where(ends["clock"].eq(told["clock"]) & ends["at"].ge(told["begins"]))
    time, period = told["clock"].eq(TIME), told["clock"].eq(PERIOD)
    lasts = told["begins"] + rows["hours"] * MINUTES
    until = ended.where(ended.gt(told["begins"])).fillna(lasts).where(time, (ended.fillna(told["begins"]) + 1))
    timed = told["weekday"].ne("") & told["clock"].ne("")
    return told.assign(until=until.where(time | period, 1.0), timed=timed)


def length(rows: DataFrame) -> Series:
    """Hours a week of rows with the columns of `slots`, where both their ends are times: half of it where it is every other week;
    else missing."""
    between = (_moments(rows["ends"])["at"] - rows["begins"]) / MINUTES
    known = rows["clock"].eq(TIME) & _moments(rows["ends"])["clock"].eq(TIME) & between.gt(0)
    return (between * np.where(rows["week"].ne(""), 0.5, 1.0)).where(known)


def together(one: DataFrame, other: DataFrame) -> Series:
    """Whether the slots of two tables with the same rows overlap; a weekly place meets those of either week."""
    weeks = one["week"].eq(other["week"]) | one["week"].eq("") | other["week"].eq("")
    same = one["weekday"].eq(other["weekday"]) & one["clock"].eq(other["clock"]) & one["timed"] & other["timed"]
    # Where it is not known how long a place lasts, only one that begins at the same moment is sure to meet it.
    over = one["begins"].lt(other["until"]) & other["begins"].lt(one["until"])
    return weeks & same & (over | one["begins"].eq(other["begins"]))


def _each(cells: Series, read: Callable[[str], Any]) -> list[Any]:
    """What each different text is read as; blank cells as a blank."""
    known = {text: read(text) for text in cells.dropna().unique()}
    return [known.get(text, "") for text in cells]


def _moments(cells: Series) -> DataFrame:
    """The `clock` and the place `at` on it, of each start or end; blank and missing where nothing is said."""
    found = _each(cells, _moment)
    clock = Series([each[0] if each else "" for each in found], cells.index, dtype="str")
    return DataFrame(
        {"clock": clock, "at": Series([each[1] if each else np.nan for each in found], cells.index, dtype="float64")}
    )


def _moment(text: str) -> tuple[str, float]:
    text = " ".join(text.split()).casefold()
    if time := _TIME.fullmatch(text):
        noon = 12 * (time[3] == "pm" and int(time[1]) < 12)
        return TIME, float((int(time[1]) + noon) * MINUTES + int(time[2]))
    if period := _PERIOD.fullmatch(text):
        return PERIOD, float(period[1])
    return text, 0.0


def said_when(rows: DataFrame) -> Series:
    """When each row is, as it is said: `on Monday at 09:00`, `on Monday A in period 1`, or blank where it is not known."""
    day = ("on " + rows["weekday"] + " " + rows["week"]).str.strip()
    clock = pd.to_timedelta(rows["begins"], unit="m").astype("str").str[-8:-3]
    period = "in period " + rows["begins"].fillna(0).astype("int64").astype("str")
    at = ("at " + clock).where(rows["clock"].eq(TIME), period.where(rows["clock"].eq(PERIOD), "at " + rows["clock"]))
    return (day + " " + at).where(rows["timed"], "").astype("str")
