"""Were last year's challenging targets as hard as they were meant to be? Each summer, one in four is reached."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from pandas import DataFrame

from sentrack_lib.measures.groups.certainty import SHOWN, wilson
from sentrack_lib.measures.progress.taught import ALL
from sentrack_lib.measures.targets.challenge import suggested_targets
from sentrack_lib.measures.targets.chances import AMBITIONS, CHALLENGING
from sentrack_lib.measures.targets.year_above import Calendar
from sentrack_lib.sources.loading import School
from sentrack_lib.sources.scales import GRADED, Scale
from sentrack_lib.terms import SEASONS, Term

EXPECTED = 1 - AMBITIONS[CHALLENGING]
KEY = ["pupil_id", "subject", "target_scale"]
NO_YEAR = (
    "Nothing could have been suggested a year ago: the marks of two school years before this one are needed, of 60 pupils or "
    "more of a year group and subject."
)
COLUMNS = ["subject", "n", "reached", "share", "expected", "low", "high", "sentence"]


def challenging_reached(
    tables: Mapping[str, DataFrame], scales: Mapping[str, Scale], term: Term, calendar: Calendar | None = None
) -> DataFrame:
    """A row a subject, and `all`: of the challenging targets that a year ago would have been suggested to pupils who have a grade
    now, `n`, how many are `reached`, the `share` with Wilson's interval `low` to `high` (blank under 5), and what it says.

    25 % are expected; where the interval lies to one side, targets are set too low or too high. Of `all` there is no interval:
    one pupil's subjects go up and down together. Empty where no target would have been suggested. Source: methods 5."""
    then = suggested_targets(tables, scales, term.a_year_earlier(), calendar=calendar)
    points = _now(tables["assessments"], term)
    rows = then[then[CHALLENGING].notna()].astype({"subject": "str", "pupil_id": "str"}).join(points, on=KEY)
    rows = rows[rows["points"].notna()]
    rows = rows.assign(reached=rows["points"] >= rows[f"{CHALLENGING}_points"] - 1e-9)
    of = rows.groupby("subject")["reached"].agg(n="size", reached="sum").astype("int64").reset_index()
    if of.empty:
        return DataFrame(columns=COLUMNS)
    found = pd.concat([DataFrame({"subject": [ALL], "n": of["n"].sum(), "reached": of["reached"].sum()}), of], ignore_index=True)
    told = found["n"].where(found["n"].ge(SHOWN))
    ends = wilson(found["reached"], told.where(found["subject"].ne(ALL)))
    found = found.assign(share=found["reached"] / told, expected=EXPECTED).join(ends)
    sides = [found["low"] > EXPECTED, found["high"] < EXPECTED, found["low"].notna()]
    said = [
        "Set too low: more than 1 in 4 were reached.",
        "Set too high: fewer than 1 in 4 were reached.",
        "About 1 in 4, as meant.",
    ]
    return found.assign(sentence=np.select(sides, said, "")).astype({"sentence": "str", "subject": "str"})[COLUMNS]


def _now(marks: DataFrame, term: Term) -> pd.Series:
    """The points of the latest actual grade of each pupil, subject and scale in a term."""
    rows = marks[marks["term"].eq(str(term)) & marks["kind"].eq("actual") & marks["state"].eq(GRADED) & marks["points"].notna()]
    rows = rows.sort_values("assessed_on", kind="stable", na_position="first")
    rows = rows[["pupil_id", "subject", "scale", "points"]].astype({"pupil_id": "str", "subject": "str", "scale": "str"})
    latest = rows.drop_duplicates(["pupil_id", "subject", "scale"], keep="last").rename(columns={"scale": "target_scale"})
    return latest.set_index(KEY)["points"]


def back_test_of(school: School, term: Term) -> DataFrame:
    """`challenging_reached` of a summer term, with `why` where there is nothing to tell; empty in other terms, when the year is
    not over. It needs the marks of all terms, so that it is worked out when a page is prepared, and laid out as a small table."""
    if SEASONS[term.season] != "summer":
        return DataFrame(columns=[*COLUMNS, "why"])
    found = challenging_reached(school.tables, school.scales, term, school.settings.calendar)
    if found.empty:
        return DataFrame([dict.fromkeys(COLUMNS) | {"subject": ALL, "n": 0, "reached": 0, "sentence": "", "why": NO_YEAR}])
    return found.assign(why="")
