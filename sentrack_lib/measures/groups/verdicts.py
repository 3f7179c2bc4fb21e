"""What a comparison says in words, and why it says nothing where it does not: never `no difference`."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from pandas import DataFrame, Series

from sentrack_lib.measures.groups.certainty import QUESTIONED, SHOWN, TESTED
from sentrack_lib.sources.coded import together

CLEAR, NO_EVIDENCE, TOO_FEW = "clear difference", "no evidence of a difference", "too few to say"
NEW, AS_BEFORE = "new", "as last time"

NOBODY = "Nobody here has a figure."
UNSHOWN = f"Fewer than {SHOWN} pupils: no figures."
UNTESTED = f"Fewer than {TESTED} pupils: an interval, no verdict."
ALL_HERE = "Everyone with a figure is in this group, so there is nobody to compare with."
FEW_OTHERS = f"Fewer than {TESTED} others to compare with."
ALIKE = "All figures are alike, so there is nothing to test."
UNSURE_START = "How reliable the starting points are is not known, so what they alone would show cannot be taken off."
SMALL = "There is a difference, but it is smaller than those that are spoken of."
_REASONS = (NOBODY, UNSHOWN, UNTESTED, ALL_HERE, FEW_OTHERS, UNSURE_START, ALIKE, SMALL)


def seen(table: DataFrame, previous: DataFrame | None, row: Sequence[str]) -> Series:
    """Whether the period before saw a gap of the same sign."""
    if previous is None:
        return Series(NEW, index=table.index)
    number = together(*(pd.concat([table[name], previous[name]], ignore_index=True) for name in row))
    before = Series(previous["gap_less_artefact"].to_numpy(), number[len(table) :]).reindex(number[: len(table)])
    same = np.sign(before.to_numpy()) == np.sign(table["gap_less_artefact"].to_numpy())
    return Series(np.where(same, AS_BEFORE, NEW), index=table.index)


def in_words(table: DataFrame, relevant: Series, questioned: float = QUESTIONED) -> Series:
    """The verdict on each row's `gap_less_artefact`, from its `q_value`, whether it is `relevant`, and what was `seen` before."""
    direction = np.where(table["gap_less_artefact"].lt(0), f"{CLEAR}: lower, ", f"{CLEAR}: higher, ").astype(object)
    large = table["n"].ge(TESTED) & table["n_rest"].ge(TESTED)
    clear = table["q_value"].le(questioned) & relevant
    said = np.select([~large, ~clear], [TOO_FEW, NO_EVIDENCE], direction + table["seen"].to_numpy(dtype=object))
    return Series(said, index=table.index, dtype="str")


def why_not(table: DataFrame, relevant: Series) -> Series:
    """A sentence for each row that could not be tested, or whose difference is too small to matter; blank for the others."""
    n, rest = table["n"], table["n_rest"]
    unsure = table["artefact"].isna() if "artefact" in table else pd.Series(False, index=table.index)
    faults = [n.eq(0), n.lt(SHOWN), n.lt(TESTED), rest.eq(0), rest.lt(TESTED), unsure, table["q_value"].isna()]
    faults.append(table["q_value"].le(QUESTIONED) & ~relevant)
    return Series(np.select([fault.to_numpy() for fault in faults], _REASONS, ""), index=table.index, dtype="str")
