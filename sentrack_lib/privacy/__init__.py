"""The one gate for personal data: what an audience may not see is not in the tables it is handed."""

from collections.abc import Collection, Mapping

from pandas import DataFrame

from sentrack_lib.privacy.department import for_department
from sentrack_lib.privacy.governors import SMALLEST_SHOWN, for_governors, rounded
from sentrack_lib.privacy.parent import for_parent

__all__ = ["SMALLEST_SHOWN", "for_audience", "for_department", "for_governors", "for_parent", "rounded"]


def for_audience(
    tables: Mapping[str, DataFrame], audience: str, subjects: Collection[str] = (), pupil_id: str = ""
) -> dict[str, DataFrame]:
    """The tables an audience may see: inclusion all; a department its own pupils and `subjects`; a parent one child, `pupil_id`;
    governors no pupil at all."""
    if audience == "inclusion":
        return dict(tables)
    if audience == "department":
        return for_department(tables, subjects)
    if audience == "parent":
        return for_parent(tables, pupil_id)
    return for_governors(tables)
