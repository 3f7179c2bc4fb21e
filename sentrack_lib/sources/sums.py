"""What must hold between the numbers of one row, such as sessions attended and sessions possible."""

from collections.abc import Callable
from dataclasses import dataclass

from pandas import DataFrame, Series

from sentrack_lib.sources.problems import KEPT, Fault


@dataclass(frozen=True)
class RowRule:
    """What must hold between the columns of one row, tested on the typed table."""

    fails: Callable[[DataFrame], Series]
    column: str
    fault: Fault


def _more_than(part: str, whole: str) -> Callable[[DataFrame], Series]:
    return lambda table: table[part] > table[whole]


def _does_not_add_up(table: DataFrame) -> Series:
    parts = table[["sessions_attended", "sessions_authorised", "sessions_unauthorised"]].sum(axis=1, skipna=False)
    return parts.notna() & parts.ne(table["sessions_possible"])


ROW_RULES: dict[str, tuple[RowRule, ...]] = {
    "attendance": (
        RowRule(
            _more_than("sessions_attended", "sessions_possible"),
            "sessions_attended",
            Fault("is more than the sessions possible", "Check both numbers; no percentage above 100 is formed."),
        ),
        RowRule(
            _does_not_add_up,
            "sessions_possible",
            Fault(
                "is not the sum of sessions attended, authorised and unauthorised",
                "Used as it stands: absence is possible less attended. Check one pupil by hand.",
                KEPT,
            ),
        ),
    ),
    "activities": (
        RowRule(
            _more_than("sessions_attended", "sessions_offered"),
            "sessions_attended",
            Fault("is more than the sessions offered", "Check both numbers."),
        ),
    ),
}
