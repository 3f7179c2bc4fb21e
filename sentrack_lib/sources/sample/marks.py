"""The mark sheets of the invented school: what teachers write down of what pupils attain, and the groups they teach."""

import numpy as np
from pandas import DataFrame

from sentrack_lib.sources.sample.attainment import A_YEAR, ENTRY, drawn_for, on_p_scale
from sentrack_lib.sources.sample.calendar import LAST, chance, days_of
from sentrack_lib.sources.sample.curriculum import SUBJECTS
from sentrack_lib.sources.sample.grades import grades, scale_of, whole_gcse_grades
from sentrack_lib.sources.sample.people import on_roll
from sentrack_lib.sources.sample.roll import days_here
from sentrack_lib.terms import Term

NOISE = 2.6
"""SD of points by which a teacher's grade misses the truth: reliability about .85 within a year group."""


Marks = tuple[str, np.ndarray, np.ndarray, np.ndarray]
"""A kind of mark: its name, and for each lesson the scale, the grade and whether it is given."""


def assessments(
    people: DataFrame, lessons: DataFrame, points: np.ndarray, term: Term, seed: int, luck: bool = False
) -> DataFrame:
    """The table `assessments` of a term: actual and effort always, target in autumn, predicted in Years 10 and 11."""
    rng = chance(seed, "marks", term)
    rows = _assessed(people, lessons, term)
    true = points[rows["person"], rows["course"]]
    expected = ENTRY + A_YEAR * (rows["year_group"].to_numpy() - 7 + (term.season + 1) / 3)
    scale = scale_of(rows)
    always, in_autumn = np.ones(len(rows), dtype=bool), np.full(len(rows), term.season == 0)
    missed = drawn_for(people, on_roll(people, term).to_numpy(), rng.standard_normal(points.shape), luck)
    noise, hope = NOISE * missed[rows["person"], rows["course"]], 3.5 + rng.standard_normal(len(rows))
    marks = [
        ("actual", scale, grades(true + noise, scale, expected), always),
        ("effort", np.full(len(rows), "effort"), _efforts(true - expected, rng), always),
        ("target", scale, grades(true + hope, scale, expected + 2), in_autumn),
        ("predicted", scale, _predicted(true, rows, term, rng), _to_predict(rows, scale, term)),
    ]
    # Days matter where two marks of a term compete: in the year under review. Without the others the files stay small.
    return _stacked(rows, marks, term.year == LAST.year, rng)


def _assessed(people: DataFrame, lessons: DataFrame, term: Term) -> DataFrame:
    """The lessons of a term that end in a mark: of pupils still at the school on the day, with that day."""
    first, last = days_of(term)
    person = lessons["person"].to_numpy()
    on = np.busday_offset(np.datetime64(last) - 18, np.arange(len(SUBJECTS)), roll="forward")[lessons["course"]]
    start, end = days_here(people, first, last)
    here = on_roll(people, term).to_numpy()[person] & (start[person] <= on) & (on <= end[person])
    pupil_id, p_scale = people["pupil_id"].to_numpy()[person], on_p_scale(people)[person]
    return lessons.assign(pupil_id=pupil_id, p_scale=p_scale, assessed_on=on.astype(str))[here]


def _efforts(ahead: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Effort 4 to 1, 1 the best: a little better for those ahead."""
    felt = 0.06 * ahead + 0.9 * rng.standard_normal(len(ahead))
    return np.array(["4", "3", "2", "1"])[np.searchsorted([-2.2, -1.3, 0.6], felt)]


def _predicted(true: np.ndarray, rows: DataFrame, term: Term, rng: np.random.Generator) -> np.ndarray:
    """Whole grades that teachers expect at the end of Year 11."""
    still_to_come = A_YEAR * (12 - rows["year_group"].to_numpy() - (term.season + 1) / 3)
    return whole_gcse_grades(true + still_to_come + 2 * rng.standard_normal(len(rows)))


def _to_predict(rows: DataFrame, scale: np.ndarray, term: Term) -> np.ndarray:
    """Year 11 is predicted from its spring, Year 10 in its summer."""
    return (scale == "gcse_9_1") & (rows["year_group"].to_numpy() + term.season >= 12)


def _stacked(rows: DataFrame, marks: list[Marks], dated: bool, rng: np.random.Generator) -> DataFrame:
    """The kinds of mark one under the other, pupil by pupil; a few marks were never written."""
    kept = [np.flatnonzero(wanted & (rng.random(len(rows)) > 0.025)) for *_, wanted in marks]
    place = np.concatenate(kept)
    kind = np.repeat([name for name, *_ in marks], [len(part) for part in kept])
    table = DataFrame(
        {
            "pupil_id": rows["pupil_id"].to_numpy()[place],
            "subject": np.array(SUBJECTS)[rows["course"]][place],
            "kind": kind,
            "scale": np.concatenate([scale[part] for (_, scale, _, _), part in zip(marks, kept, strict=True)]),
            "grade": np.concatenate([grade[part] for (_, _, grade, _), part in zip(marks, kept, strict=True)]),
            "assessed_on": np.where((kind == "actual") & dated, rows["assessed_on"].to_numpy()[place], ""),
        }
    )
    return table.iloc[np.argsort(place, kind="stable")].reset_index(drop=True)


def teaching_groups(people: DataFrame, lessons: DataFrame, term: Term) -> DataFrame:
    """The table `teaching_groups` of a term."""
    rows = lessons[on_roll(people, term).to_numpy()[lessons["person"]]]
    named = rows.assign(pupil_id=people["pupil_id"].to_numpy()[rows["person"]], subject=np.array(SUBJECTS)[rows["course"]])
    return named[["pupil_id", "subject", "teaching_group", "set", "teacher"]]
