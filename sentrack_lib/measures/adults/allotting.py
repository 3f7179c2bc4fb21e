"""Which hours of adults count for which entitlement, so that none counts twice."""

from typing import Any

import numpy as np
import pandas as pd
from pandas import DataFrame, Series

ALLOTTED = ["entitlement_id", "lesson", "provision_id", "allotted", "untold"]


def allotted(wanted: DataFrame, lessons: DataFrame) -> DataFrame:
    """A row an entitlement and lesson of its pupil that fits it: `entitlement_id` lesson provision_id, the hours a week
    `allotted` to it, and whether it is `untold` how long the lesson is.

    `wanted` has entitlement_id pupil_id hours_week role place, `lessons` pupil_id lesson role own_role place provision_id hours.
    A lesson fits where the entitlement names no role or that of the lesson or of the adult, and no place or that of the lesson.
    Those that name more choose first, then those that name hours, then in the order of the rows; what is left of a lesson goes to
    the next. An entitlement without hours takes all that is left."""
    ordered = wanted.assign(role=_plain(wanted["role"]), place=_plain(wanted["place"])).reset_index(drop=True)
    named = ordered["role"].ne("").astype("int64") + ordered["place"].ne("")
    order = np.lexsort((ordered.index, -named, ordered["hours_week"].isna()))
    here = lessons[lessons["pupil_id"].isin(ordered["pupil_id"])]
    here = here.assign(**{name: _plain(here[name]) for name in ("role", "own_role", "place")}).reset_index(drop=True)
    left = here["hours"].fillna(0.0).clip(lower=0).to_numpy(dtype="float64", copy=True)
    parts = [_taken(row, here, left) for row in ordered.iloc[order].itertuples(index=False)]
    empty = DataFrame(columns=ALLOTTED).astype({"entitlement_id": "str", "allotted": "float64", "untold": "bool"})
    return pd.concat(parts, ignore_index=True) if parts else empty


def _plain(words: Series) -> Series:
    return words.astype("str").str.strip().str.casefold().fillna("")


def _taken(row: Any, lessons: DataFrame, left: np.ndarray) -> DataFrame:
    """What one entitlement takes of what is `left` of each lesson, which is less afterwards."""
    fits = lessons["pupil_id"].eq(row.pupil_id)
    if row.role:
        fits &= lessons["role"].eq(row.role) | lessons["own_role"].eq(row.role)
    if row.place:
        fits &= lessons["place"].eq(row.place)
    places = np.flatnonzero(fits.to_numpy(dtype=bool))
    before = np.concatenate([[0.0], np.cumsum(left[places])[:-1]]) if len(places) else left[:0]
    room = np.inf if pd.isna(row.hours_week) else row.hours_week
    taken = np.clip(room - before, 0, left[places])
    left[places] -= taken
    found = lessons.iloc[places]
    told = {"allotted": taken, "untold": found["hours"].isna(), "entitlement_id": row.entitlement_id}
    return found[["lesson", "provision_id"]].assign(**told)[ALLOTTED]
