"""How much each pupil misses: the school year to date, without the noise of its first weeks, and this term against the last."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pandas import DataFrame, Index, Series

from sentrack_lib.measures.progress.taught import moment, moments, places_among
from sentrack_lib.sources.codes import known_year_group
from sentrack_lib.terms import Term

SESSIONS_AS_USUAL = 40
"""How many sessions the usual rate weighs in the smoothed one (methods 6): a month of school."""

SESSIONS = ("possible", "attended", "missed", "late")

NO_SESSIONS = "No sessions possible are recorded, so no percentage can be formed."

COLUMNS = [
    "pupil_id", "term", "possible", "attended", "absence", "smoothed", "persistent", "severe",
    "term_absence", "last_term_absence", "drop", "late", "why_not",
]  # fmt: skip


def attendance(tables: Mapping[str, DataFrame], term: Term) -> DataFrame:
    """Attendance of every pupil on the roll of `term`, in the school year to date.

    `possible`, `attended` and `late` are sessions; `absence`, `smoothed`, `term_absence` and `last_term_absence` shares of the
    sessions possible; `drop` the percentage points by which attendance fell since the term before; `persistent` is 10 % missed or
    more, `severe` 50 %. `smoothed` leans on last year's rate while few sessions are known (methods 6).
    """
    roll = _roll(tables["pupils"], term)
    marks, now = _countable(tables["attendance"], roll.index), moment(term)
    begun, last_year = moment(Term(term.year, 0)), moment(Term(term.year - 1, 0))
    to_date = _totals(marks, roll.index, begun, now)
    rate = _rate(to_date)
    usual = _rate(_totals(marks, roll.index, last_year, begun - 1)).fillna(_year_group_rate(to_date, roll))
    term_absence, before = (_rate(_totals(marks, roll.index, at, at)) for at in (now, now - 1))
    columns: dict[str, Any] = {
        "term": str(term),
        "absence": rate,
        "smoothed": (usual * SESSIONS_AS_USUAL + to_date["missed"]) / (SESSIONS_AS_USUAL + to_date["possible"]),
        "persistent": _at_least(to_date, 10).where(rate.notna()),
        "severe": _at_least(to_date, 2).where(rate.notna()),
        "term_absence": term_absence,
        "last_term_absence": before,
        "drop": 100 * (term_absence - before),
        "why_not": Series(NO_SESSIONS, roll.index, dtype="str").where(rate.isna()),
    }
    return to_date.assign(**columns).reset_index()[COLUMNS]


def _roll(pupils: DataFrame, term: Term) -> DataFrame:
    roll = pupils.loc[pupils["term"].eq(str(term)), ["pupil_id", "year_group"]].drop_duplicates("pupil_id", keep="last")
    return roll.astype({"pupil_id": "str"}).set_index("pupil_id").sort_index()


def _countable(table: DataFrame, pupils: Index) -> DataFrame:
    """Rows of these `pupils` (their place, and the moment of the term) with sessions possible and attended, by `missed`; nobody
    misses less than none or more than all of them."""
    pupil = places_among(table["pupil_id"], pupils)
    counted = table["sessions_possible"].gt(0) & table["sessions_attended"].notna() & (pupil >= 0)
    rows = table.loc[counted, ["sessions_possible", "sessions_attended", "sessions_late"]]
    possible, attended, late = rows.to_numpy(dtype="float64").T
    attended = np.clip(attended, 0, possible)
    named = {"possible": possible, "attended": attended, "missed": possible - attended, "late": late}
    return DataFrame({"pupil": pupil[counted], "at": moments(table["term"])[counted], **named})


def _totals(marks: DataFrame, pupils: Index, first: int, last: int) -> DataFrame:
    """Sessions of each pupil from one moment to another; missing, not 0, where nothing was recorded."""
    rows = marks[marks["at"].between(first, last)]
    return DataFrame({name: _sums(rows["pupil"], rows[name], len(pupils)) for name in SESSIONS}, index=pupils)


def _sums(pupil: Series, sessions: Series, pupils: int) -> NDArray[np.float64]:
    known = sessions.notna().to_numpy()
    at, numbers = pupil.to_numpy()[known], sessions.to_numpy()[known]
    return np.where(np.bincount(at, minlength=pupils) > 0, np.bincount(at, numbers, pupils), np.nan)


def _rate(totals: DataFrame) -> Series:
    return totals["missed"] / totals["possible"]


def _year_group_rate(totals: DataFrame, roll: DataFrame) -> Series:
    """The share of sessions that each pupil's year group missed; the whole school's where the year group is not known."""
    sums = totals[["missed", "possible"]].groupby(known_year_group(roll["year_group"])).transform("sum")
    school = totals["missed"].sum() / max(totals["possible"].sum(), 1)
    return _rate(sums).where(sums["possible"] > 0).fillna(school)


def _at_least(totals: DataFrame, of: int) -> Series:
    """Whether one session in `of` was missed, or more; in whole sessions, where a share such as 0.1 would not be exact."""
    return (totals["missed"] * of >= totals["possible"]).astype("boolean")
