"""Suspensions and permanent exclusions: the sessions they cost, and whether their reasons are codes of their school year."""

from functools import cache

import pandas as pd
from pandas import Series

from sentrack_lib.errors import BadInput
from sentrack_lib.sources.codes import code_rows
from sentrack_lib.sources.exports.aliases import answers, recode
from sentrack_lib.sources.exports.days import iso_dates
from sentrack_lib.sources.exports.shapes.shape import Drafted, Seen, Shape, Written

AWAY = ("suspension", "permanent_exclusion")
LUNCHTIME = "lunch|lnch"
_CODE = r"^\s*([A-Za-z]{2})\s*(?:[-–:(].*)?$"
"""A reason that is written as a code, alone or with its meaning behind it."""
NO_KIND = "It lists exclusions, but not which are suspensions and which permanent. Export their category (SUSP, PERM, LNCH)."


def sessions_of(seen: Seen, kind: str, sessions: str) -> Written:
    """Sessions lost as the export says them, else two for each day; a suspension at lunchtime is one."""
    days = seen.first("suspension").get("days", "")
    said: Written = {"from": sessions} if sessions else {"sum": [days], "times": 2} if days else {"always": ""}
    lunch = _at_lunchtime(seen.cells[kind]) if kind else []
    if lunch:
        said["instead"] = [{"write": "1", "where": {kind: f"one of {', '.join(lunch)}"}}]
    return {"sessions_lost": said} if sessions or days or lunch else {}


def reason_of(seen: Seen, reason: str, on: str, kind: str) -> Written:
    """The reasons as they are. Codes of suspensions that are on no list of their school year are told as not understood: they
    are the ones that `recode` does not explain."""
    cells = seen.cells[reason]
    away = _are_away(seen.cells[kind]) if kind else Series(True, index=cells.index)
    odd = cells[away][_is_no_code_then(cells[away], seen.cells[on][away])].unique()
    if not len(odd):
        return {"from": reason}
    explained = [*(row["code"] for row in code_rows("suspension_reasons")), *cells[cells.ne("")].unique()]
    return {"from": reason, "recode": {text: text for text in dict.fromkeys(explained) if text not in odd}}


def _at_lunchtime(kinds: Series) -> list[str]:
    told = Series(kinds.unique(), dtype="str")
    return list(told[told.str.contains(LUNCHTIME, case=False) & _are_away(told) & ~told.str.contains(",", regex=False)])


def _are_away(kinds: Series) -> Series:
    """Whether each kind is a suspension or a permanent exclusion."""
    known = answers("kind")
    away = [text for text in map(str, kinds.unique()) if known.get(text.casefold()) in AWAY]
    return kinds.isin(away)


def _is_no_code_then(reasons: Series, on: Series) -> Series:
    """Whether each reason is written as a code, and is none of the school year of its day; without a day, of no year."""
    codes = reasons.str.extract(_CODE)[0].str.upper()
    odd = [_is_odd(code, year) for code, year in zip(codes, _school_year(on), strict=True)]
    return Series(odd, index=reasons.index, dtype=bool) & codes.notna()


def _is_odd(code: object, year: float) -> bool:
    span = _in_use().get(str(code))
    return span is None or not (pd.isna(year) or span[0] <= year <= span[1])


@cache
def _in_use() -> dict[str, tuple[int, int]]:
    """The first and last school year of each code, by the year in which it begins."""
    listed = code_rows("suspension_reasons")
    return {row["code"]: (int(row["first_year"][:4] or 0), int(row["last_year"][:4] or 9999)) for row in listed}


def _school_year(on: Series) -> Series:
    days = pd.to_datetime(iso_dates(on), format="%Y-%m-%d", errors="coerce")
    return days.dt.year - (days.dt.month < 9)


def _is_list(seen: Seen) -> bool:
    """A day, and a column that says mostly suspensions and exclusions; or a reason that is called one of a suspension."""
    there = seen.first("suspension")
    if "on" not in there:
        return False
    kinds = seen.cells[there["kind"]] if "kind" in there else Series(dtype="str")
    filled = kinds[kinds.ne("")]
    return "suspension reason" in there or bool(len(filled) and _are_away(filled).mean() > 0.8)


def _list(seen: Seen) -> Drafted:
    there = seen.first("suspension")
    kind = there.get("kind", "")
    if not kind:
        raise BadInput(NO_KIND)
    meant = recode(seen.cells[kind], answers("kind"))
    columns: Written = {"on": {"from": there["on"]}, "kind": {"from": kind, **({"recode": meant} if meant else {})}}
    if reason := there.get("suspension reason", there.get("reason", "")):
        columns["reason"] = reason_of(seen, reason, there["on"], kind)
    if points := seen.first("behaviour").get("points"):
        columns["points"] = {"from": points}
    return Drafted([{"table": "behaviour", "columns": columns | sessions_of(seen, kind, there.get("sessions", ""))}])


SUSPENSIONS = Shape("a list of suspensions", _is_list, _list)
