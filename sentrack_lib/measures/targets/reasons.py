"""Why no target can be suggested to a pupil in a subject, in words, and what to do instead."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sentrack_lib.measures.progress.grounds import NOTHING
from sentrack_lib.measures.progress.grown import Grown
from sentrack_lib.measures.progress.growth import SMALLEST_COHORT
from sentrack_lib.measures.targets.year_above import Key, YearAbove, next_up, who_stood_there

Codes = NDArray[np.int64]
Numbers = NDArray[np.float64]
Texts = NDArray[Any]

GOAL = "Agree a goal that can be observed, with how one will see that it is reached."
NO_YEAR_GROUP = f"The year group is not known, so it is not known who is a year ahead. {GOAL}"
TOP = f"No grade of the scale is higher than this one. {GOAL}"


def why_none(found: Grown, above: Mapping[Key, YearAbove], places: Codes, ends: Numbers) -> Texts:
    """The first thing that each place lacks: a grade with points, a year group, a year above, a cohort that can tell, a start
    between its `ends`; none where nothing is lacking."""
    taught, points = found.taught, found.now.points[places]
    keys = [taught.year_group[taught.pupil[places]], taught.subject[places], found.now.scale[places]]
    codes, first = pd.factorize((keys[0] * len(taught.subjects) + keys[1]) * (len(found.scales) + 1) + keys[2])
    once = np.full(len(first), -1)
    once[codes[::-1]] = np.arange(len(codes))[::-1]
    few = who_stood_there(found)
    said = [_of_key(found, above, few, (year, subject, scale)) for year, subject, scale in np.stack(keys)[:, once].T.tolist()]
    of_key = np.array([*said, NOTHING], dtype=object)[codes]
    no_points = np.array([f"{why} {GOAL}" for why in found.no_points[places]], dtype=object)
    lacks = [np.isnan(points), pd.notna(of_key), points < ends[:, 0], points > ends[:, 1]]
    reasons: list[Any] = [no_points, of_key, _outside("low"), _outside("high")]
    return np.select(lacks, reasons, NOTHING)


def _of_key(found: Grown, above: Mapping[Key, YearAbove], few: Mapping[Key, int], key: Key) -> str | None:
    """What all pupils of a year group, subject and scale lack."""
    if key[0] < 0:
        return NO_YEAR_GROUP
    year, next_year = str(found.taught.year_groups[key[0]]), next_up(found)[key[0]]
    if next_year < 0:
        return f"Nobody on the roll is a year ahead of Year {year}, so nobody has shown what comes next. {GOAL}"
    ahead = str(found.taught.year_groups[next_year])
    if key in above:
        why = above[key].why_not
        return f"Year {ahead}, a year ahead: {why} {GOAL}" if why else None
    if few.get(key):
        stood = f"Too few pupils of Year {ahead} ({few[key]}) stood on this scale when they were in Year {year}"
        return f"{stood}: at least {SMALLEST_COHORT} are needed. {GOAL}"
    return f"The progress of Year {ahead} is not measured on this scale from when it was in Year {year}. {GOAL}"


def _outside(side: str) -> str:
    return f"Nobody in the year above stood so {side} a year before, so nothing says what comes next. {GOAL}"
