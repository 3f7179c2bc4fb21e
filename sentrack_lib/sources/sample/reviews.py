"""What came of the targets of the invented school, when they were looked at."""

import numpy as np
from pandas import DataFrame, Series

from sentrack_lib.sources.sample.attainment import A_YEAR, ENTRY
from sentrack_lib.sources.sample.calendar import chance, days_of
from sentrack_lib.sources.sample.grades import grades
from sentrack_lib.sources.sample.measured import attained
from sentrack_lib.terms import Term

REACHED, PARTLY, NOT, GOES_ON = "reached", "partly reached", "not reached", "goes on"
HALF_WAY = 0.5
MOST = 1.15
"""How far beyond a target anyone gets, as a share of the way: so that nobody has more than all."""
SHARE_GOING_ON = 0.25
"""Share of the targets not reached that go on as they are."""
NOTES = {
    REACHED: ("We are pleased. The next step is set.", "Done, with less help each week.", ""),
    PARTLY: ("More than half of the way. The strategy stays.", "Good weeks and bad weeks. A shorter step comes next.", ""),
    NOT: ("Too far a step. A smaller one comes next.", "Often away. We begin again.", "Another way of doing it comes next."),
    GOES_ON: ("It needs more time.", "The strategy began late; it goes on for a term."),
}
REVIEWERS = ("Inclusion manager", "Form tutor", "Head of year")
COLUMNS = ["target_id", "on", "result", "outcome", "attained", "note", "reviewed_by"]


def target_reviews(set_before: DataFrame, roll: DataFrame, points: np.ndarray, set_in: Term, term: Term, seed: int) -> DataFrame:
    """Rows of the table `target_reviews` of a term: the targets `set_before`, in the term `set_in`, whose day has come in `term`;
    of pupils who are still on the `roll`. `points` are those at the end of `term`."""
    first, last = map(str, days_of(term))
    here = set_before["person"].isin(roll.index) | set_before["person"].lt(0)
    rows = set_before[set_before["by"].between(first, last) & here]
    rng = chance(seed, "target reviews", set_in, term)
    share, outcome = _so_far(rows, points, rng)
    result = np.select([share >= 1, rng.random(len(rows)) < SHARE_GOING_ON, share >= HALF_WAY], [REACHED, GOES_ON, PARTLY], NOT)
    note = [NOTES[name][turn % len(NOTES[name])] for name, turn in zip(result, rng.integers(0, 6, len(rows)), strict=True)]
    by = rng.choice(REVIEWERS, len(rows))
    scores = attained(share, (rows["course"].lt(0) & rows["pupil_id"].ne("")).to_numpy(), set_in, term, seed)
    return rows.assign(on=rows["by"], result=result, outcome=outcome, attained=scores, note=note, reviewed_by=by)[COLUMNS]


def _so_far(rows: DataFrame, points: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """The share of the way to each target that was made, and the count or grade reached."""
    counted = rows["course"].lt(0).to_numpy()
    start, aim = (_number(rows[name]).where(counted, 0).to_numpy() for name in ("baseline", "target"))
    made = np.clip(rng.normal(0.8, 0.45, len(rows)), -0.2, MOST)
    count = np.maximum(np.rint(start + made * (aim - start)), 0).astype(int)
    way = np.where(aim == start, 1, aim - start)
    now = points[np.where(counted, 0, rows["person"]), np.where(counted, 0, rows["course"])]
    # English, Maths and Science: no scale of theirs asks for what is expected.
    grade = grades(now, rows["scale"].to_numpy(), np.full(len(rows), ENTRY))
    by_grade = np.where(grade == rows["target"], 1.0, 1 - (rows["aim"].to_numpy() - now) / A_YEAR)
    return np.where(counted, (count - start) / way, by_grade), np.where(counted, count.astype(str), grade)


def _number(cells: Series) -> Series:
    return cells.where(cells.str.fullmatch("[0-9]+"), "0").astype(float)
