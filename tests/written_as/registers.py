"""Registers of marks, long and wide; and the marks that stand behind a term's sessions."""

from collections.abc import Iterable

import pandas as pd
from pandas import DataFrame

from written_as import british


def marks_on(days: Iterable[str], codes: Iterable[str], pupils: Iterable[str]) -> DataFrame:
    """A mark for every pupil, morning and afternoon, the codes going round."""
    round_and_round = list(codes)
    places = [(pupil, day, half) for pupil in pupils for day in days for half in ("AM", "PM")]
    rows = [(*place, round_and_round[number % len(round_and_round)]) for number, place in enumerate(places)]
    return DataFrame(rows, columns=["pupil_id", "on", "session", "mark"])


def behind(sessions: DataFrame, days: Iterable[str]) -> DataFrame:
    """Marks that make up the sessions of each pupil: so many late, ill, absent, the rest present."""
    places = [(day, half) for day in days for half in ("AM", "PM")]
    rows = [
        (row["pupil_id"], *place, mark)
        for row in sessions.to_dict("records")
        for place, mark in zip(places, _marks(row), strict=False)
    ]
    return DataFrame(rows, columns=["pupil_id", "on", "session", "mark"])


def _marks(row: dict[str, str]) -> list[str]:
    possible, attended, authorised, unauthorised, late = (
        int(row[f"sessions_{name}"]) for name in ("possible", "attended", "authorised", "unauthorised", "late")
    )
    before = min(late, attended)
    after = late - before
    assert attended + authorised + unauthorised == possible
    return ["L"] * before + ["/"] * (attended - before) + ["I"] * authorised + ["U"] * after + ["O"] * (unauthorised - after)


def long(marks: DataFrame) -> DataFrame:
    named = {"UPN": marks["pupil_id"], "Mark Date": british(marks["on"]), "Session": marks["session"]}
    return DataFrame({**named, "Mark": marks["mark"], "Comments": ""})


def wide(marks: DataFrame) -> DataFrame:
    """A column for each session; whoever has no mark has a dash."""
    heading = british(marks["on"]) + " " + marks["session"]
    across = marks.assign(heading=heading).pivot(index="pupil_id", columns="heading", values="mark")
    ordered = across[list(pd.unique(heading))].fillna("-")
    return ordered.reset_index().rename(columns={"pupil_id": "UPN"})
