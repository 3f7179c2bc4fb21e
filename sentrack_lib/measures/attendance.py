"""How much each pupil misses: the school year to date, without the noise of its first weeks, and this term against the last."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from pandas import DataFrame, Series

from sentrack_lib.measures.progress.taught import Codes, Mask, Numbers, moment, moments, on_roll
from sentrack_lib.sources.coded import rows_among
from sentrack_lib.sources.codes import known_year_group
from sentrack_lib.terms import Term

SESSIONS_AS_USUAL = 40
"""How many sessions the usual rate weighs in the smoothed one (methods 6): a month of school."""

RECORDED = ("possible", "attended", "late")

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
    roll, now = on_roll(tables["pupils"], term), moment(term)
    marks = _countable(tables["attendance"], roll["pupil_id"])
    begun, last_year = moment(Term(term.year, 0)), moment(Term(term.year - 1, 0))
    to_date, rate = marks.totals(begun, now), marks.rate(begun, now)
    usual = marks.rate(last_year, begun - 1)
    usual = np.where(np.isnan(usual), _year_group_rate(to_date, roll["year_group"]), usual)
    term_absence, before = marks.rate(now, now), marks.rate(now - 1, now - 1)
    columns: dict[str, Any] = {
        "pupil_id": roll["pupil_id"],
        "term": pd.array([str(term)], dtype="str").take(np.zeros(len(roll), dtype=int)),
        "absence": rate,
        "smoothed": (usual * SESSIONS_AS_USUAL + to_date["missed"]) / (SESSIONS_AS_USUAL + to_date["possible"]),
        "persistent": _at_least(to_date, 10),
        "severe": _at_least(to_date, 2),
        "term_absence": term_absence,
        "last_term_absence": before,
        "drop": 100 * (term_absence - before),
        "why_not": pd.array([NO_SESSIONS], dtype="str").take(np.where(np.isnan(rate), 0, -1), allow_fill=True),
    }
    return DataFrame(to_date | columns)[COLUMNS]


@dataclass(frozen=True)
class _Marks:
    """Attendance of `pupils` pupils, a row a pupil (their place) and moment; sessions by name, `missed` among them."""

    pupils: int
    pupil: Codes
    at: Codes
    sessions: Mapping[str, Numbers]

    def totals(self, first: int, last: int) -> dict[str, Numbers]:
        """Sessions of each pupil from one moment to another; missing, not 0, where nothing was recorded."""
        among = (self.at >= first) & (self.at <= last)
        return {name: self._sums(among & ~np.isnan(numbers), numbers) for name, numbers in self.sessions.items()}

    def rate(self, first: int, last: int) -> Numbers:
        """The share of the sessions possible that each pupil missed from one moment to another."""
        totals = self.totals(first, last)
        return totals["missed"] / totals["possible"]

    def _sums(self, which: Mask, numbers: Numbers) -> Numbers:
        pupil = self.pupil[which]
        recorded = np.bincount(pupil, minlength=self.pupils) > 0
        return np.where(recorded, np.bincount(pupil, numbers[which], self.pupils), np.nan)


def _countable(table: DataFrame, pupils: Series) -> _Marks:
    """Rows of these `pupils` with sessions possible and attended; nobody misses less than none or more than all of them."""
    pupil = rows_among(table["pupil_id"], pupils)
    possible, attended, late = (table[f"sessions_{name}"].to_numpy(dtype="float64", na_value=np.nan) for name in RECORDED)
    counted = (possible > 0) & ~np.isnan(attended) & (pupil >= 0)
    possible, late = possible[counted], late[counted]
    attended = np.clip(attended[counted], 0, possible)
    named = {"possible": possible, "attended": attended, "missed": possible - attended, "late": late}
    return _Marks(len(pupils), pupil[counted], moments(table["term"])[counted], named)


def _year_group_rate(totals: Mapping[str, Numbers], year_groups: Series) -> Numbers:
    """The share of sessions that each pupil's year group missed; the whole school's where the year group is not known."""
    code, known = pd.factorize(known_year_group(year_groups))
    missed, possible = (np.nan_to_num(totals[name]) for name in ("missed", "possible"))
    school = missed.sum() / max(possible.sum(), 1)
    there = code >= 0
    of_year = [np.bincount(code[there], each[there], len(known)) for each in (missed, possible)]
    rates = np.divide(of_year[0], of_year[1], out=np.full(len(known), school), where=of_year[1] > 0)
    return np.append(rates, school)[code]


def _at_least(totals: Mapping[str, Numbers], of: int) -> Any:
    """Whether one session in `of` was missed, or more; in whole sessions, where a share such as 0.1 would not be exact."""
    missed, possible = totals["missed"], totals["possible"]
    return pd.arrays.BooleanArray(missed * of >= possible, np.isnan(missed))
