"""The one gate for personal data: what an audience may not see is not in the tables it is handed."""

from collections.abc import Collection, Mapping

from pandas import DataFrame

from sentrack_lib.privacy.by_pupil import ByPupil, by_pupil, rows_of_each
from sentrack_lib.privacy.department import for_department
from sentrack_lib.privacy.governors import for_governors
from sentrack_lib.privacy.parent import Parents, for_parent
from sentrack_lib.privacy.releases import Released
from sentrack_lib.privacy.rounding import SMALLEST_SHOWN, rounded

__all__ = [
    "SMALLEST_SHOWN", "ByPupil", "Parents", "Released", "by_pupil", "for_audience", "for_department", "for_governors",
    "for_parent", "rounded", "rows_of_each",
]  # fmt: skip


def for_audience(
    tables: Mapping[str, DataFrame],
    audience: str,
    subjects: Collection[str] = (),
    pupil_id: str = "",
    before: Released | None = None,
) -> dict[str, DataFrame]:
    """The tables an audience may see: inclusion all; a department its own pupils and `subjects`; a parent one child, `pupil_id`;
    governors no pupil at all, and figures that may stand beside what they were handed `before`."""
    if audience == "inclusion":
        return dict(tables)
    if audience == "department":
        return for_department(tables, subjects)
    if audience == "parent":
        return for_parent(tables, pupil_id)
    return for_governors(tables, before)
