"""Types of need as a part of the school that pages are opened at."""

from collections.abc import Iterable
from functools import wraps
from typing import Any, cast

import pandas as pd
from pandas import DataFrame, Series

from sentrack_lib.sources.codes import NOT_KNOWN, has_sen, need, need_label
from sentrack_lib.views.parts import Drawn, Part, follows

PLACE = ("year_group", "subject", "teaching_group", "pupil", "need")
"""What papers can be opened at."""
NEED = "type of need"
"""What the comparisons of types of need are called."""


def of_all_needs(part: Drawn) -> Drawn:
    """Marks a part that compares groups with each other, and so shows all types of need whichever is picked."""

    @follows(*(name for name in PLACE if name != "need"))
    @wraps(part)
    def shown(papers: Any) -> Part:
        return part(papers.of_all_needs)

    return cast(Drawn, shown)


def need_names(codes: Iterable[str]) -> list[str]:
    """Types of need as they are called."""
    return [str(name) for name in need_label(Series(list(codes), dtype="str"))]


def main_need(pupils: DataFrame) -> Series:
    """The type of need of each pupil with SEN, by today's code; missing for the others, and where it is not known."""
    if not {"sen_need", "sen_status"} <= set(pupils):
        return Series(pd.NA, pupils.index, dtype="str")
    found = need(pupils["sen_need"])
    return found.where(has_sen(pupils["sen_status"]).fillna(False) & found.ne(NOT_KNOWN))


def names_part(groups: Series, part: str) -> Series:
    """Whether each group, such as `SLCN, Year 9`, is this one or one where it meets others."""
    return groups.str.split(", ").map(lambda parts: part in parts).astype(bool)
