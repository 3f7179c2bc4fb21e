"""Attendance: summaries of sessions a pupil, and registers of single marks, written downwards or across."""

from collections.abc import Mapping

import pandas as pd
from pandas import DataFrame, Series

from sentrack_lib.errors import BadInput
from sentrack_lib.sources.codes import code_rows
from sentrack_lib.sources.exports.registers import code_of, session_columns
from sentrack_lib.sources.exports.shapes.pupils import ROLL
from sentrack_lib.sources.exports.shapes.results import MARKSHEET
from sentrack_lib.sources.exports.shapes.shape import Drafted, Seen, Shape, columns_of

NO_SESSIONS = (
    "It is an attendance summary without the sessions possible and attended. Export both: from a percentage alone "
    "no sessions can be counted."
)
COUNTED = {"sessions_possible", "sessions_attended", "sessions_authorised", "sessions_unauthorised"}


def _is_summary(seen: Seen) -> bool:
    there = set(seen.found("attendance"))
    # A percentage often stands beside what a roll or a marksheet is for.
    return bool(there & COUNTED) or ("percentage" in there and not ROLL.is_it(seen) and not MARKSHEET.is_it(seen))


def _summary(seen: Seen) -> Drafted:
    there = seen.first("attendance")
    if not {"sessions_possible", "sessions_attended"} <= set(there):
        raise BadInput(NO_SESSIONS)
    columns = columns_of({name: heading for name, heading in there.items() if name.startswith("sessions_")})
    if "educational activity" in there and _adds_up(seen.cells, there):
        columns["sessions_attended"] = {"sum": [there["sessions_attended"], there["educational activity"]]}
    late = [there[name] for name in ("late before", "late after") if name in there]
    if late and "sessions_late" not in columns:
        columns["sessions_late"] = {"sum": late}
    return Drafted([{"table": "attendance", "columns": columns}])


def _adds_up(cells: DataFrame, there: Mapping[str, str]) -> bool:
    """Whether approved activities are counted beside those present: only then do the parts add up to what was possible."""
    parts = ["sessions_attended", "educational activity", "sessions_authorised", "sessions_unauthorised"]
    if not set(parts) <= set(there):
        return False
    numbers = cells[[there[name] for name in ["sessions_possible", *parts]]].apply(pd.to_numeric, errors="coerce").dropna()
    return bool(numbers.iloc[:, 0].eq(numbers.iloc[:, 1:].sum(axis=1)).mean() > 0.5)


def _is_register(seen: Seen) -> bool:
    there = seen.first("register")
    return {"on", "mark"} <= set(there) and _are_marks(seen.cells[there["mark"]].head(5_000))


def _register(seen: Seen) -> Drafted:
    return Drafted([{"table": "registers", "columns": columns_of(seen.first("register"))}])


def _is_wide_register(seen: Seen) -> bool:
    days = session_columns(seen.headings)
    return len(days) > 1 and _are_marks(pd.concat([seen.cells[heading] for heading in days["heading"]]))


def _wide_register(seen: Seen) -> Drafted:
    each = session_columns(seen.headings).rename(columns={"heading": "column"}).to_dict("records")
    columns = {"on": {"always": "{on}"}, "session": {"always": "{session}"}, "mark": {"from": "{column}"}}
    return Drafted([{"table": "registers", "each": each, "columns": columns}])


def _are_marks(cells: Series) -> bool:
    """Whether nearly all cells that say anything are attendance codes."""
    counted = code_of(cells.astype("str")).value_counts().drop("-", errors="ignore")
    known = counted.index.isin([row["code"] for row in code_rows("attendance")])
    return bool(len(counted)) and bool(counted[known].sum() > 0.8 * counted.sum())


SUMMARY = Shape("an attendance summary", _is_summary, _summary)
REGISTER = Shape("a register of attendance marks", _is_register, _register)
WIDE_REGISTER = Shape("a register with a column for each session", _is_wide_register, _wide_register)
