"""How ambitious a target is: what the year above reached from where a pupil stands now."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas import DataFrame

from sentrack_lib.measures.progress.grounds import NOTHING
from sentrack_lib.measures.progress.grown import Grown, grown
from sentrack_lib.measures.progress.taught import latest_of
from sentrack_lib.measures.targets.chances import AMBITIONS
from sentrack_lib.measures.targets.reasons import why_none
from sentrack_lib.measures.targets.target_grades import TargetGrades, target_grades
from sentrack_lib.measures.targets.told import NUMBERS, TEXTS, Told, told_by
from sentrack_lib.measures.targets.year_above import Calendar, Key, YearAbove, years_above
from sentrack_lib.sources.scales import Scale
from sentrack_lib.terms import Term

Codes = NDArray[np.int64]
Numbers = NDArray[np.float64]

COUNTS = ["applies_to", "cohort_n"]
COLUMNS = [
    "pupil_id", "year_group", "subject", "scale", "now", "now_points", "target_scale",
    *(f"{ambition}{what}" for ambition in AMBITIONS for what in ("", "_points", "_chance", "_score")),
    "realistic_low", "realistic_high", "sem_growth", "measurable_from", "applies_to", "start_term", "cohort_n", "chances",
    "advice", "why_not",
]  # fmt: skip


def suggested_targets(
    tables: Mapping[str, DataFrame],
    scales: Mapping[str, Scale],
    term: Term,
    since: Term | None = None,
    calendar: Calendar | None = None,
) -> DataFrame:
    """A row a pupil on the roll and subject taught: the targets that pupils with the same grade a school year ago would support.

    They are the year group above, whose progress of the term starts when it was in this pupil's year group. `typical`,
    `challenging` and `exceptional` are the next grades at or above the scores (`typical_score` …) below which half, 3 in 4 and 9
    in 10 of those pupils stay, in the subject's own writing, with their points and the `chance` (0 to 1) of reaching them; the
    highest grade where there is none above. A target from `realistic_low` to `realistic_high` has a chance of 15 to 40 %.
    `now` and `now_points` are on `scale`, all targets on `target_scale`. A target is `measurable_from` the grade that is more
    than `sem_growth` points above now (missing where the scales differ). It is to be reached in `applies_to` days. `cohort_n`
    pupils say so, from `start_term` on; `chances` holds the chance of each grade (`chances.chance_in` reads it). `advice` says
    what to mind; `why_not` why there is no suggestion, and a goal is to be agreed instead. Nothing here is set by itself.

    The chance of a grade counts whoever scores nearer to it than to the grade below, as scores are graded: counted from the
    grade's own points it came out at 19 % where 25 % reached it. Source: methods 5 and 3.6."""
    found = grown(tables, scales, term, since)
    above = years_above(found)
    places = np.flatnonzero(~found.taught.average)
    points, of = found.now.points[places], _cohort_of(found, places, list(above))
    ends = np.array([(each.lowest, each.highest) for each in above.values()] + [(np.nan, np.nan)])[of]
    fit = np.array([not each.why_not for each in above.values()] + [False])[of]
    cell, told = _told(found, tables, above, np.where(fit & (points >= ends[:, 0]) & (points <= ends[:, 1]), of, -1), calendar)
    why_not = np.where(cell < 0, why_none(found, above, places, ends), np.append(told["why_not"], NOTHING)[cell])
    cell = np.where(pd.isna(why_not), cell, -1)
    columns = _now(found, tables, places) | {name: _placed(name, values, cell) for name, values in told.items()}
    return DataFrame(columns | {"why_not": pd.array(why_not, dtype="str")})[COLUMNS]


def _cohort_of(found: Grown, places: Codes, keys: list[Key]) -> Codes:
    """The number of the cohort above each place, among `keys`; -1 where there is none."""
    taught = found.taught
    at = np.full((len(taught.year_groups) + 1, len(taught.subjects), len(found.scales) + 1), -1, dtype="int64")
    for number, key in enumerate(keys):
        at[key] = number
    # Where the year group or the scale is not known, -1 is the last, which no key names.
    return at[taught.year_group[taught.pupil[places]], taught.subject[places], found.now.scale[places]]


def _told(
    found: Grown, tables: Mapping[str, DataFrame], above: Mapping[Key, YearAbove], of: Codes, calendar: Calendar | None
) -> tuple[Codes, Told]:
    """What is told once to all pupils of one cohort and grade: the number of it for each place (-1: nothing), and the columns."""
    points, cell = found.now.points[~found.taught.average], np.full(len(of), -1)
    grades, parts, number = _grades(found, tables, above), [], 0
    order = np.argsort(of, kind="stable")
    ends = np.searchsorted(of[order], np.arange(len(above) + 1))
    for place, (key, each) in enumerate(above.items()):
        rows = order[ends[place] : ends[place + 1]]
        starts, which = np.unique(points[rows], return_inverse=True)
        days = (found.taught.term.dates(calendar)[1] - each.begun.dates(calendar)[1]).days
        parts.append(told_by(each, found.scales[each.scale].name, starts, grades[key], days))
        cell[rows] = number + which
        number += len(starts)
    blank: Told = {name: np.array([], dtype=object if name in TEXTS else float) for name in [*TEXTS, *NUMBERS]}
    return cell, {name: np.concatenate([none, *(part[name] for part in parts)]) for name, none in blank.items()}


def _grades(found: Grown, tables: Mapping[str, DataFrame], above: Mapping[Key, YearAbove]) -> dict[Key, TargetGrades]:
    """The grades that targets can be, from the grades of the term as each subject writes them on the scale of the target."""
    marks = found.written.only(found.written.given)
    codes, seen = pd.factorize(tables["assessments"]["grade"].take(marks.row))
    subject = found.taught.subject[marks.place]
    wanted = {(key[1], each.scale) for key, each in above.items()}
    size = max(len(seen), 1)
    group = (subject * (len(found.scales) + 1) + marks.scale) * size + codes
    groups, counts = np.unique(group, return_counts=True)
    often: dict[tuple[int, int], dict[str, int]] = {each: {} for each in wanted}
    for rest, count in zip(groups.tolist(), counts.tolist(), strict=True):
        where, grade = divmod(rest, size)
        own = divmod(where, len(found.scales) + 1)
        if own in often:
            often[own][str(seen[grade])] = count
    listed = {each: target_grades(found.scales[each[1]], written) for each, written in often.items()}
    return {key: listed[key[1], each.scale] for key, each in above.items()}


def _now(found: Grown, tables: Mapping[str, DataFrame], places: Codes) -> dict[str, Any]:
    """Who, in what, and the grade now as it was written."""
    taught, marks = found.taught, found.written.only(found.written.given)
    row = np.append(marks.row, -1)[latest_of(marks.place, taught.size)[places]]
    years = pd.array(list(map(str, taught.year_groups)), dtype="str")
    scales = pd.array([scale.name for scale in found.scales], dtype="str")
    grades = tables["assessments"]["grade"].array
    return {
        "pupil_id": taught.pupils.array.take(taught.pupil[places]),
        "year_group": years.take(taught.year_group[taught.pupil[places]], allow_fill=True),
        "subject": taught.subjects.take(taught.subject[places]),
        "scale": scales.take(found.now.scale[places], allow_fill=True),
        "now": grades.take(row, allow_fill=True),
        "now_points": found.now.points[places],
    }


def _placed(name: str, values: NDArray[Any], cell: Codes) -> Any:
    """What is told, at the places to which it is told."""
    if name in TEXTS:
        return pd.array(values, dtype="str").take(cell, allow_fill=True)
    numbers = np.append(values, np.nan)[cell]
    return pd.array(numbers, dtype="Int64") if name in COUNTS else numbers
