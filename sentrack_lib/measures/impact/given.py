"""What is recorded of those a provision was offered to: sessions, ratings, scores at entry and exit; and who they are."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from pandas import DataFrame

from sentrack_lib.measures.impact.cohorts import Case
from sentrack_lib.measures.impact.scores import Scores
from sentrack_lib.measures.impact.starts import Offers
from sentrack_lib.measures.impact.told import Result

MOSTLY = 0.8
"""Share of the sessions planned from which a pupil was mostly there: a description, never the effect."""
SUMS = ["planned", "attended", "rated", "rated_good", "scored"]
PUPILS = ["provision_id", "pupil_id", "side", "p0", "p1", "y", "attended", "planned", "alike", "counted"]
TYPES = dict.fromkeys(PUPILS[:3], "str") | dict.fromkeys(PUPILS[3:8], "float64") | dict.fromkeys(PUPILS[8:], "bool")
TREATED, COMPARATOR = "treated", "comparator"
SCORES = ("p0", "p1", "y")


def in_records(found: Offers) -> DataFrame:
    """By provision, of those it was offered to this school year: sessions `planned` and `attended` (of pupils of whom both are
    recorded), `attended_share`, `mostly_there` (share of pupils with 80 % or more), pupils `rated` by an adult, `rated_good`,
    `scored` at entry and exit, and their mean `score_gain`. Counts are 0 and amounts missing where nothing is recorded."""
    rows = found.stays[found.stays["now"]]
    both = rows["planned"].gt(0) & rows["attended"].notna()
    entry, leaving = (pd.to_numeric(rows[name], errors="coerce") for name in ("baseline", "outcome"))
    gain, rating = leaving - entry, rows["rating"].str.casefold()
    planned, attended = rows["planned"].where(both), rows["attended"].where(both)
    mostly = attended.ge(MOSTLY * planned - 1e-9).astype("float64").where(both)
    each = {"planned": planned, "attended": attended, "rated": rating.notna(), "rated_good": rating.eq("good").fillna(False)}
    of = rows.assign(**each, scored=gain.notna(), score_gain=gain, mostly_there=mostly).groupby("provision_id")
    table = of[SUMS].sum(min_count=1).join(of[["score_gain", "mostly_there"]].mean()).astype("float64")
    table = table.reindex(found.provisions.index)
    table[SUMS[2:]] = table[SUMS[2:]].fillna(0)
    return table.assign(attended_share=table["attended"] / table["planned"])


def pupils(held: Sequence[Case], results: Sequence[Result], scores: Scores) -> DataFrame:
    """A row a pupil and side of each provision: everyone it was offered to, and where there is an effect to tell, those they are
    held against: `PUPILS`, scores in points; `alike` = a comparator who started alike, `counted` = is part of the comparison."""
    parts = [_of_case(case, result, scores) for case, result in zip(held, results, strict=True)]
    columns: dict[str, Any] = {name: np.concatenate([part[name] for part in parts]) if parts else [] for name in PUPILS}
    return DataFrame(columns).astype(TYPES)


def _of_case(case: Case, result: Result, scores: Scores) -> dict[str, np.ndarray]:
    sides, own = result.sides, case.offered
    against = sides.pupil[~sides.treated] if sides and result.found else np.zeros(0, dtype="int64")
    place = np.concatenate([own["place"].to_numpy(), against]).astype("int64")
    counted, near = np.zeros((2, len(scores.pupils) + 1), dtype="bool")  # the last is for who is not on the roll
    if sides:
        counted[sides.pupil], near[sides.pupil] = True, sides.near
    sizes, none = (len(own), len(against)), np.full(len(against), np.nan)
    return {
        "provision_id": np.full(sum(sizes), case.provision.name, dtype=object),
        "pupil_id": np.concatenate([own["pupil_id"].to_numpy(dtype=object), scores.pupils[against].to_numpy(dtype=object)]),
        "side": np.repeat([TREATED, COMPARATOR], sizes),
        **{name: _scored(case, name, len(scores.pupils))[place] for name in SCORES},
        **{name: np.concatenate([own[name].to_numpy(), none]) for name in ("attended", "planned")},
        "alike": near[place] & (np.arange(sum(sizes)) >= sizes[0]),
        "counted": counted[place],
    }


def _scored(case: Case, name: str, size: int) -> np.ndarray:
    """One score of every pupil of the cohort; missing for others."""
    found = np.full(size + 1, np.nan)
    if case.cohort:
        found[case.cohort.pupil] = getattr(case.cohort, name)
    return found
