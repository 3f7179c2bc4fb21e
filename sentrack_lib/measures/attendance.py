"""How much each pupil misses: the school year to date, without the noise of its first weeks, and this term against the last."""

from collections.abc import Mapping
from typing import Any

from pandas import DataFrame, Series

from sentrack_lib.sources.codes import known_year_group
from sentrack_lib.terms import SEASONS, Term

SESSIONS_AS_USUAL = 40
"""How many sessions the usual rate weighs in the smoothed one (methods 6): a month of school."""

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
    marks = _countable(tables["attendance"])
    to_date = _totals(marks, _school_year(term.year, term.season)).reindex(roll.index)
    rate = _rate(to_date)
    usual = _rate(_totals(marks, _school_year(term.year - 1))).reindex(roll.index).fillna(_year_group_rate(to_date, roll))
    now, before = (_rate(_totals(marks, [each])).reindex(roll.index) for each in (term, _term_before(term)))
    columns: dict[str, Any] = {
        "term": str(term),
        "absence": rate,
        "smoothed": (usual * SESSIONS_AS_USUAL + to_date["missed"]) / (SESSIONS_AS_USUAL + to_date["possible"]),
        "persistent": _at_least(to_date, 10).where(rate.notna()),
        "severe": _at_least(to_date, 2).where(rate.notna()),
        "term_absence": now,
        "last_term_absence": before,
        "drop": 100 * (now - before),
        "why_not": Series(NO_SESSIONS, roll.index, dtype="str").where(rate.isna()),
    }
    return to_date.assign(**columns).reset_index()[COLUMNS]


def _roll(pupils: DataFrame, term: Term) -> DataFrame:
    return pupils[pupils["term"].eq(str(term))].drop_duplicates("pupil_id", keep="last").set_index("pupil_id").sort_index()


def _countable(table: DataFrame) -> DataFrame:
    """Rows with sessions possible and attended, by `missed`; nobody misses less than none or more than all of them."""
    rows = table[table["sessions_possible"].gt(0) & table["sessions_attended"].notna()]
    attended = rows["sessions_attended"].clip(0, rows["sessions_possible"])
    named = {"possible": rows["sessions_possible"], "attended": attended, "missed": rows["sessions_possible"] - attended}
    return rows[["term", "pupil_id"]].assign(**named, late=rows["sessions_late"])


def _totals(marks: DataFrame, terms: list[Term]) -> DataFrame:
    """Sessions of each pupil over some terms; missing, not 0, where nothing was recorded."""
    rows = marks[marks["term"].isin([str(term) for term in terms])]
    return rows.groupby("pupil_id")[["possible", "attended", "missed", "late"]].sum(min_count=1)


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


def _school_year(year: int, last: int = len(SEASONS) - 1) -> list[Term]:
    return [Term(year, season) for season in range(last + 1)]


def _term_before(term: Term) -> Term:
    return Term(term.year, term.season - 1) if term.season else Term(term.year - 1, len(SEASONS) - 1)
