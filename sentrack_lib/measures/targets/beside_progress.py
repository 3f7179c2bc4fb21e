"""Target, actual and expected side by side: how a target stands, how the pupil progresses, and what to ask about the two."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from pandas import DataFrame, Series

from sentrack_lib.measures.flags.learning_rules import LowProgress
from sentrack_lib.measures.targets.checks import OPEN_STATES
from sentrack_lib.measures.targets.set_targets import DUE, INDIVIDUAL
from sentrack_lib.measures.targets.standing import rows_of, written
from sentrack_lib.measures.targets.target_grades import EVEN, target_grades
from sentrack_lib.sources.scales import Scale

LOW, PERHAPS_LOW, AS_EXPECTED, NOT_KNOWN = "low growth is likely", "low growth is possible", "as expected or better", "not known"
PROGRESS = (AS_EXPECTED, PERHAPS_LOW, LOW, NOT_KNOWN)
REACHED, PARTLY, MISSED, DROPPED = "reached", "partly reached", "not reached", "dropped"
MUCH_LEFT = 0.5
"""The share of its time that is left when a target was reached so early that a harder one is asked for."""
HELD = ["target_id", "pupil_id", "subject", "what", "baseline", "target", "set_on", "by", "reviewed_on", "outcome", "state"]
FOUND = ["growth_percentile", "p_low", "expected", "why_not"]
COLUMNS = [
    "target_id", "pupil_id", "subject", "what", "scale", "baseline", "target", "target_points", "actual", "actual_points",
    "expected", "expected_points", "standing", "set_on", "by", "reviewed_on", "left", "growth_percentile", "p_low", "progress",
    "why_not", "met", "question",
]  # fmt: skip
NUMBERS = ["target_points", "actual_points", "expected_points", "left", "growth_percentile", "p_low"]
MISSED_AND = {
    AS_EXPECTED: "progress is as expected or better: question the target, which may have been set too high or not fit.",
    PERHAPS_LOW: "growth may be low: look at what is provided, and again at the end of the next term.",
    LOW: "low growth is likely: look at what is provided and how it is taught, before the pupil.",
    NOT_KNOWN: "progress cannot be told: ask those who teach the pupil what stood in the way.",
}
HARDER = "ask for a harder one"
KEYS = ["pupil_id", "subject"]


def targets_and_progress(tables: Mapping[str, DataFrame], scales: Mapping[str, Scale], as_of: date) -> DataFrame:
    """A row a target of one pupil in a subject: `target`, `actual` and `expected`, each as a grade and in points of the `scale`
    of the target; `standing` (its state), `progress` in that subject, and what to ask about the two.

    `tables` has `targets`, `progress`, and `suggested_targets` for grades as they are written. Where the target is a count, or
    a grade of another scale than the pupil is graded on, `scale` and the points are missing and `actual` is the outcome noted;
    nothing is then said of `expected`. A number on no named scale is taken as a count. `progress` is low growth likely (P of
    .5 or more) or possible (.3), as expected or better, or not known (`why_not`). `left` is the share (0 to 1) of the target's
    time that was left when it was reached, or is left on `as_of` where the grade is there already; `met` whether it is reached,
    or its grade is. Progress is measured over a span of its own, which need not be the target's. Sources: guidance, Section A,
    step 4; methods 3.3 and 5."""
    held = tables["targets"]
    rows = held[held["kind"].eq(INDIVIDUAL) & held["pupil_id"].notna() & held["subject"].notna()]
    rows = rows[[*HELD, "scale"]].reset_index(drop=True).rename(columns={"state": "standing"})
    rows = rows.merge(_once(tables["progress"], FOUND), how="left", on=KEYS)
    now = tables["suggested_targets"].rename(columns={"scale": "scale_now"})
    rows = rows.merge(_once(now, ["now", "now_points", "scale_now"]), how="left", on=KEYS)
    grades = _Grades(scales, now)
    read = DataFrame([grades.beside(row) for row in rows_of(rows)], index=rows.index, columns=list(grades.READ))
    rows = rows.drop(columns=["scale", "expected"]).join(read)
    rows = rows.assign(progress=_progress(rows["p_low"]), met=_met(rows))
    rows = rows.assign(left=_left(rows, pd.Timestamp(as_of)))
    asked = rows.assign(question=[_question(row) for row in rows_of(rows)])[COLUMNS]
    words = [name for name in COLUMNS if name not in [*NUMBERS, "met", "set_on", "by", "reviewed_on"]]
    return asked.astype({**dict.fromkeys(words, "str"), **dict.fromkeys(NUMBERS, "float64"), "met": "bool"})


def _once(rows: DataFrame, columns: list[str]) -> DataFrame:
    """The first row of each pupil and subject."""
    return rows[[*KEYS, *columns]].astype(dict.fromkeys(KEYS, "str")).drop_duplicates(KEYS)


class _Grades:
    """Grades and their points, in the writing of each subject."""

    READ = ("scale", "target_points", "actual", "actual_points", "expected", "expected_points")

    def __init__(self, scales: Mapping[str, Scale], now: DataFrame) -> None:
        self.scales = scales
        seen = now.dropna(subset=["now", "scale_now", "subject"])
        self._seen = {key: rows["now"] for key, rows in seen.groupby(["subject", "scale_now"])}
        self._asked: dict[tuple[str, str], Any] = {}

    def beside(self, row: Mapping[str, Any]) -> tuple[Any, ...]:
        """What `READ` says of one target."""
        name, target, expected = written(row, "scale_now"), written(row, "target"), row["expected"]
        scale = self.scales.get(name)
        named = written(row, "scale") or ("" if target.isdecimal() else name)
        points = scale.read(target).points if scale and target and named == name else np.nan
        if scale is None or np.isnan(points):
            return None, np.nan, row["outcome"], np.nan, None, np.nan
        return name, points, row["now"], row["now_points"], self.nearest(written(row, "subject"), scale, expected), expected

    def nearest(self, subject: str, scale: Scale, points: float) -> str | None:
        """The grade that some points come closest to."""
        key = subject, scale.name
        if key not in self._asked:
            counts = self._seen[key].value_counts() if key in self._seen else Series(dtype="int64")
            self._asked[key] = target_grades(scale, {str(grade): int(count) for grade, count in counts.items()})
        grades = self._asked[key]
        if pd.isna(points) or not len(grades.written):
            return None
        place = int(np.searchsorted(grades.from_points, points + EVEN, side="right")) - 1
        return str(grades.written[max(place, 0)])


def _progress(chance: Series) -> Series:
    rule = LowProgress()
    told = np.select([chance.ge(rule.act), chance.ge(rule.watch), chance.notna()], [LOW, PERHAPS_LOW, AS_EXPECTED], NOT_KNOWN)
    return Series(told, chance.index, dtype="str")


def _met(rows: DataFrame) -> Series:
    return rows["standing"].eq(REACHED) | rows["actual_points"].ge(rows["target_points"] - EVEN)


def _left(rows: DataFrame, today: pd.Timestamp) -> Series:
    """The share of the time that was left when a target was met; missing where it is not, or where a day is."""
    when = rows["reviewed_on"].where(rows["standing"].eq(REACHED), today)
    whole = (rows["by"] - rows["set_on"]).dt.days
    share = (rows["by"] - when).dt.days / whole.where(whole.gt(0))
    return share.clip(0, 1).where(rows["met"])


def _question(row: Mapping[str, Any]) -> str:
    """What to ask about a target and the progress beside it; blank where there is nothing to ask."""
    standing, progress = row["standing"], row["progress"]
    if standing == REACHED:
        return _about_reached(row)
    if row["met"] and standing in OPEN_STATES:
        if not row["left"] > 0:
            return "The grade is there: review it and agree the next one."
        early = "with more than half of the time left" if row["left"] > MUCH_LEFT else "before its day"
        return f"The grade is there {early}: review it and {HARDER}."
    if standing in (PARTLY, MISSED):
        if row["met"]:
            return f"Noted as {standing}, but the grade is there now: look at it again."
        return f"{standing.capitalize()}, and {MISSED_AND[progress]}"
    low = progress == LOW
    if standing == DUE:
        return "Its day is past and nobody has looked at it: review it" + (", low growth is likely." if low else ".")
    if standing == DROPPED:
        return "Dropped, and low growth is likely: what takes its place?" if low else ""
    return "Open, and low growth is likely: is what is provided enough to reach it?" if low else ""


def _about_reached(row: Mapping[str, Any]) -> str:
    short = row["actual_points"] < row["target_points"] - EVEN
    if short:
        return "Noted as reached, but the grade is below it now: check whether it holds."
    if row["left"] > MUCH_LEFT:
        return f"Reached with more than half of the time left: {HARDER}."
    if row["progress"] == LOW:
        return "Reached, and yet low growth is likely: was it hard enough?"
    return f"Reached before its day: {HARDER}." if row["left"] > 0 else ""
