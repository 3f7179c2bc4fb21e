"""Registers of the invented school's provisions: who was at which session."""

from collections.abc import Sequence

import numpy as np
from pandas import DataFrame, Index

from sentrack_lib.sources.sample.calendar import chance
from sentrack_lib.sources.sample.roll import days_here
from sentrack_lib.sources.sample.support import BY_LOT, OFFERED, SELDOM_GIVEN, SHARE_GIVEN
from sentrack_lib.sources.sample.truths import Truth, told_of
from sentrack_lib.terms import Term

PLANNED = {row[0]: row[9] for row in (*OFFERED, BY_LOT)}
NOTES = ("Came late from assembly.", "Another adult took the group.", "Worked well, left early.", "Asked for more of it.")
SHARE_NOTED = 0.02
COLUMNS = ["provision_id", "pupil_id", "on", "attended", "note"]


def provision_sessions(people: DataFrame, taking_part: DataFrame, truths: Sequence[Truth], term: Term, seed: int) -> DataFrame:
    """The table `provision_sessions` of a term, from its `provision_pupils`: a row a pupil and day on which the provision was
    given; as many days with Y as sessions are said to be attended."""
    rng = chance(seed, "registers", term)
    seldom = told_of(truths, SELDOM_GIVEN, term)
    days = {name: _given(rows, name in seldom, rng) for name, rows in taking_part.groupby("provision_id")}
    each = taking_part["provision_id"].map({name: len(on) for name, on in days.items()}).to_numpy(dtype=int)
    on = np.concatenate([days[name] for name in taking_part["provision_id"]] or [np.array([], dtype="datetime64[D]")])
    rows = taking_part.loc[taking_part.index.repeat(each), ["provision_id", "pupil_id", "sessions_attended", "start", "end"]]
    rows = rows.reset_index(drop=True).assign(on=on.astype(str))
    place = rows.assign(lot=rng.random(len(rows)) + _away(rows, people, on)).groupby(["provision_id", "pupil_id"])["lot"].rank()
    came = place.le(rows["sessions_attended"])
    note = np.where(came & (rng.random(len(rows)) < SHARE_NOTED), rng.choice(NOTES, len(rows)), "")
    return rows.assign(attended=np.where(came, "Y", "N"), note=note)[COLUMNS]


def _given(rows: DataFrame, seldom: bool, rng: np.random.Generator) -> np.ndarray:
    """The days on which a provision was given, of those for which it is planned: on as few days of the week as will do."""
    first, last = (np.datetime64(rows[side].iloc[0], "D") for side in ("start", "end"))
    possible = np.arange(first, last + 1)
    possible = possible[np.is_busday(possible)]
    weekday = rng.permutation(5)[(possible.astype("int64") + 3) % 7]
    planned = np.sort(possible[np.argsort(weekday, kind="stable")][: PLANNED[rows["provision_id"].iloc[0]]])
    return planned[1 :: round(1 / SHARE_GIVEN)] if seldom else planned


def _away(rows: DataFrame, people: DataFrame, on: np.ndarray) -> np.ndarray:
    """Whether a pupil is not yet, or no more, at the school on a day."""
    if rows.empty:
        return np.zeros(0, dtype=bool)
    start, end = days_here(people, rows["start"].min(), rows["end"].max())
    who = Index(people["pupil_id"]).get_indexer(rows["pupil_id"])
    return (on < start[who]) | (on > end[who])
