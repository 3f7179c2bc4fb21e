"""Goals that are scored from -2 to +2 (goal attainment scaling): how many are met, and what a pupil's goals say together.

A score is agreed locally and two people who score the same goals differ: by up to 25 of the points of T (methods 3.6). So T stays
within one pupil, and no list is in its order. Sources: Kiresuk and Sherman 1968; methods 3.6.
"""

from collections.abc import Mapping
from datetime import date
from math import sqrt
from typing import Any

import numpy as np
import pandas as pd
from pandas import DataFrame, Series

from sentrack_lib.measures.recorded import recorded
from sentrack_lib.measures.targets.year_above import Calendar
from sentrack_lib.sources.coded import among
from sentrack_lib.terms import Term

SCORES = (-2, -1, 0, 1, 2)
FEWEST = 2
"""Goals of one pupil from which T is worked out."""
ALIKE = 0.3
"""How far the goals of one pupil are taken to go together."""
OWN, OTHER, NOT_SAID = "the one who sees to it", "somebody else", "not said"
EACH = [
    "target_id", "pupil_id", "subject", "what", "owner", "set_on", "on", "reviewed_by", "attained", "met", "scored_by", "caution",
]  # fmt: skip
COUNTS = ["minus_2", "minus_1", "at_0", "plus_1", "plus_2"]
OF_PUPIL = ["pupil_id", "goals", "met", *COUNTS, "t", "own_scores", "sentence"]


def goals(
    records: Mapping[str, DataFrame], roll: DataFrame, term: Term, calendar: Calendar | None, as_of: date
) -> dict[str, DataFrame]:  # fmt: skip
    """`goals`: a row a goal of a pupil on the `roll` that was scored in the school year up to a day, with its latest score.
    `goals_of_pupils`: a row a pupil.

    In `goals`, `attained` from -2, much less than expected, to 2, much more; `met` from 0 on; `scored_by` the one who sees to it,
    somebody else, or not said; `caution` where the score is worth less for it. In `goals_of_pupils`, how many `goals`, how many
    are `met`, how many at each score, `t` (50 is as expected; equal weights; from two goals on), `own_scores` how many were
    scored by the one who sees to them, and a `sentence`. A score that is no whole number from -2 to 2 is none."""
    scored = _scored(records, roll, term, calendar, as_of)
    rows = scored.assign(met=scored["attained"].ge(0), scored_by=_scored_by(scored))
    rows = rows.assign(caution=_caution(rows))[EACH].astype(dict.fromkeys(["scored_by", "caution"], "str"))
    found = [_of_pupil(mine) for _, mine in rows.groupby("pupil_id")]
    counts = dict.fromkeys(["goals", "met", *COUNTS, "own_scores"], "int64")
    kinds = {"pupil_id": "str", **counts, "t": "float64", "sentence": "str"}
    return {"goals": rows, "goals_of_pupils": DataFrame(found, columns=OF_PUPIL).astype(kinds)}


def _scored(
    records: Mapping[str, DataFrame], roll: DataFrame, term: Term, calendar: Calendar | None, as_of: date
) -> DataFrame:  # fmt: skip
    """The goals of pupils, in their newest version, with the latest score of the school year."""
    held = recorded(records, "targets", term).dropna(subset=["target_id", "pupil_id"])
    held = held[among(held["pupil_id"], roll["pupil_id"])]
    held = held.drop_duplicates("target_id", keep="last")
    reviews = recorded(records, "target_reviews", term)
    first, last = pd.Timestamp(Term(term.year, 0).dates(calendar)[0]), pd.Timestamp(as_of)
    reviews = reviews[reviews["on"].between(first, last) & reviews["attained"].isin(SCORES)]
    latest = reviews.sort_values("on", kind="stable").drop_duplicates("target_id", keep="last")
    rows = held.merge(latest[["target_id", "on", "attained", "reviewed_by"]], on="target_id")
    return rows.astype({"attained": "int64"}).sort_values(["pupil_id", "target_id"], kind="stable", ignore_index=True)


def _scored_by(rows: DataFrame) -> Series:
    owner, scorer = (rows[name].str.casefold() for name in ("owner", "reviewed_by"))
    told = np.select([scorer.isna().to_numpy(), owner.eq(scorer).fillna(False).to_numpy(dtype=bool)], [NOT_SAID, OWN], OTHER)
    return Series(told, rows.index, dtype="str")


def _caution(rows: DataFrame) -> Series:
    """Why a score is worth less: who gave it, and whether the goal was written before."""
    by = rows["scored_by"].map({OWN: f"Scored by {OWN}.", NOT_SAID: "It is not said who scored it.", OTHER: ""}).astype("str")
    late = rows["set_on"].ge(rows["on"])
    after = late.map({True: "It was not written before it was scored.", False: ""}).astype("str")
    return (by + " " + after).str.strip()


def _of_pupil(rows: DataFrame) -> dict[str, Any]:
    """The goals of one pupil together."""
    scores = rows["attained"].to_list()
    counts = {name: scores.count(score) for name, score in zip(COUNTS, SCORES, strict=True)}
    told = {"pupil_id": rows["pupil_id"].iloc[0], "goals": len(rows), "met": int(rows["met"].sum()), **counts, "t": t_of(scores)}
    own = int(rows["scored_by"].eq(OWN).sum())
    return told | {"own_scores": own, "sentence": _sentence(told["goals"], told["met"], told["t"], own)}


def t_of(scores: list[int]) -> float:
    """T of one pupil's goals, all of the same weight; missing under two: 50 + 10 sum x / sqrt(.7 n + .3 n^2)."""
    number = len(scores)
    return 50 + 10 * sum(scores) / sqrt((1 - ALIKE) * number + ALIKE * number**2) if number >= FEWEST else np.nan


def _sentence(number: int, met: int, t: float, own: int) -> str:
    if number == 1:
        found = "The only goal scored is met." if met else "The only goal scored is not met."
    else:
        side = "as expected" if round(t) == 50 else "more than expected" if t > 50 else "less than expected"
        found = f"{met} of {number} goals met; together {side} (T = {t:.0f})."
    return f"{found} {own} of {number} scored by {OWN}." if own else found
