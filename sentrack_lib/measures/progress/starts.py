"""From where each pupil's progress is measured, and beside whom: start terms, prior attainment, cohorts."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas import DataFrame, Index, Series

from sentrack_lib.measures.progress.cohorts import Cohorts
from sentrack_lib.measures.progress.growth import SMALLEST_COHORT
from sentrack_lib.measures.progress.taught import (
    Codes,
    Grades,
    Marks,
    Mask,
    Numbers,
    Taught,
    first_of,
    latest_of,
    moment,
    moments,
    term_at,
)
from sentrack_lib.sources.coded import numbered, places_among, rows_among
from sentrack_lib.sources.scales import GRADED, Scale
from sentrack_lib.terms import SEASONS, Term

PRIOR = "prior"
STAGES = 10
"""More than there are key stages."""


@dataclass(frozen=True)
class Candidate:
    """A possible start: a term by name, or prior attainment; the years from it to now (missing for prior); the grades from it."""

    name: str
    years: float
    grades: Grades


@dataclass(frozen=True)
class Members:
    """Who is compared with whom, a row a place and cohort: pupils of one year group and subject with a grade on one scale now
    and a start on one scale; the points and the scale of the start."""

    cohorts: Cohorts
    place: Codes
    points: Numbers
    scale: Codes
    shown: Mask
    """Whose progress is shown from this start; the others have an earlier candidate, and are here to compare with."""


@dataclass(frozen=True)
class Starts:
    """Where each place starts: number of the candidate and of the scale (-1 none), points, pupils of the cohort (0 none)."""

    candidates: tuple[Candidate, ...]
    members: Members
    candidate: Codes
    points: Numbers
    scale: Codes
    pupils: Codes
    begins: Codes
    """The candidate that the cohort starts from; -1 where none has 60 of its pupils."""


def starts_of(taught: Taught, now: Grades, candidates: list[Candidate]) -> Starts:
    """Each cohort starts from the first candidate with 60 of its pupils; pupils in none show their first start."""
    pairs = _pairs(taught, now, candidates)
    group, _ = pd.factorize(pairs["cohort"] * len(candidates) + pairs["candidate"])
    sizes = np.where(pairs["cohort"] >= 0, np.bincount(group)[group], 0) if len(group) else group
    begins = _begins(pairs["cohort"], np.where(sizes >= SMALLEST_COHORT, pairs["candidate"], len(candidates)))
    settled = begins == pairs["candidate"]
    size = taught.size
    first, compared = first_of(pairs["place"], size), first_of(pairs["place"], size, settled)
    chosen = np.where(compared >= 0, compared, first)
    shown = np.zeros(len(group), dtype=bool)
    shown[compared[compared >= 0]] = True
    members = _members(pairs, np.where(settled, group, -1), shown)
    begins = np.where(begins < len(candidates), begins, -1)
    columns = ((pairs["candidate"], -1), (pairs["points"], np.nan), (pairs["scale"], -1), (sizes, 0), (begins, -1))
    return Starts(tuple(candidates), members, *(np.append(values, none)[chosen] for values, none in columns))


def candidates_for(
    taught: Taught, marks: Marks, priors: Grades, since: Term | None = None, from_prior: bool = False
) -> list[Candidate]:
    """`since`, or the same term a year earlier; then the other earlier terms, the earliest first; then prior attainment, or that
    alone. A `since` that is not before the term counts as not given.
    """
    if from_prior:
        return [Candidate(PRIOR, np.nan, priors)]
    wanted = moment(since if since and since < taught.term else taught.term.a_year_earlier())
    times = [at for at in pd.unique(marks.at).tolist() if at < moment(taught.term)]
    terms = [_from_term(taught, marks, at) for at in sorted(times, key=lambda at: (at != wanted, at))]
    return [*terms, Candidate(PRIOR, np.nan, priors)]


def prior_grades(tables: Mapping[str, DataFrame], taught: Taught, scales: Mapping[str, Scale]) -> Grades:
    """Prior attainment for each place: of the same subject at its latest stage, else the pupil's mean at their latest stage."""
    priors, pupil, stage = _priors(tables["prior_attainment"], taught, scales)
    own = priors.grades(taught.size, (priors.place >= 0) & np.isfinite(priors.points))
    ordered = priors.grades(taught.size, priors.place >= 0).ordered
    points, scale = (means[taught.pupil] for means in _means(priors, pupil, stage, len(taught.pupils), len(scales)))
    averaged = np.isnan(own.points) & np.isfinite(points)
    return Grades(np.where(averaged, points, own.points), np.where(averaged, scale, own.scale), ordered, averaged)


def _from_term(taught: Taught, marks: Marks, at: int) -> Candidate:
    grades = marks.grades(taught.size, marks.at == at)
    return Candidate(str(term_at(at)), (moment(taught.term) - at) / len(SEASONS), grades)


def _pairs(taught: Taught, now: Grades, candidates: list[Candidate]) -> dict[str, NDArray[Any]]:
    """Every place with points now and every start in points it has, candidate by candidate: `place` `candidate` `points` `scale`
    `cohort` (-1 where the year group is not known)."""
    places = [np.flatnonzero(np.isfinite(now.points) & np.isfinite(candidate.grades.points)) for candidate in candidates]
    grades = [candidate.grades for candidate in candidates]
    parts = [(at, start.points[at], start.scale[at]) for start, at in zip(grades, places, strict=True)]
    place, points, scale = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    year = taught.year_group[taught.pupil[place]]
    scales = 1 + max(now.scale.max(initial=0), scale.max(initial=0))
    cohort = ((year * len(taught.subjects) + taught.subject[place]) * scales + now.scale[place]) * scales + scale
    candidate = np.repeat(np.arange(len(candidates)), [len(at) for at in places])
    return {"place": place, "candidate": candidate, "points": points, "scale": scale, "cohort": np.where(year < 0, -1, cohort)}


def _begins(cohort: Codes, large_enough: Codes) -> Codes:
    """For each pair the first candidate that is large enough for its cohort."""
    code, cohorts = pd.factorize(cohort)
    first = np.full(len(cohorts), np.iinfo("int64").max)
    np.minimum.at(first, code, large_enough)
    return first[code]


def _members(pairs: dict[str, NDArray[Any]], group: Codes, shown: Mask) -> Members:
    """The members of the cohorts in which somebody is shown; `group` is -1 for pairs in none."""
    among = np.flatnonzero((group >= 0) & np.isin(group, group[shown]))
    among = among[np.argsort(group[among], kind="stable")]
    of, found = pd.factorize(group[among])
    place, points, scale = (pairs[name][among] for name in ("place", "points", "scale"))
    return Members(Cohorts(of, len(found)), place, points, scale, shown[among])


def _priors(table: DataFrame, taught: Taught, scales: Mapping[str, Scale]) -> tuple[Marks, Codes, Codes]:
    """Prior grades known by the term, the latest stage last, each with its pupil and stage; a later export of a grade wins."""
    pupil, at = rows_among(table["pupil_id"], taught.pupils), moments(table["term"])
    stage, scale = _stage_order(table["stage"]), places_among(table["scale"], Index(list(scales)))
    subject, subjects = numbered(table["subject"])
    known = (pupil >= 0) & (at <= moment(taught.term)) & table["state"].eq(GRADED).to_numpy(dtype=bool)
    rows = np.flatnonzero(known)[np.argsort(at[known], kind="stable")]
    grade, grades = pd.factorize(((pupil * STAGES + stage) * len(scales) + scale)[rows] * max(len(subjects), 1) + subject[rows])
    rows = rows[latest_of(grade, len(grades))]
    rows = rows[np.lexsort([scale[rows], stage[rows]])]
    points = table["points"].to_numpy(dtype=float)[rows]
    marks = Marks(taught.places(table)[rows], at[rows], scale[rows], points, np.ones(len(rows), dtype=bool), rows)
    return marks, pupil[rows], stage[rows]


def _stage_order(stages: Series) -> Codes:
    """Key stages by their number; what is none (a check in year 1 or 4, the early years) before them."""
    codes, seen = numbered(stages)
    key_stages = (re.match(r"(?i)\s*KS\s*(\d)", stage) for stage in seen)
    return np.array([int(found[1]) if found else 0 for found in key_stages] + [0])[codes]


def _means(priors: Marks, pupil: Codes, stage: Codes, pupils: int, scales: int) -> tuple[Numbers, Codes]:
    """Each pupil's mean points, and their scale: of the latest stage, and there of the scale with most subjects."""
    pointed = np.isfinite(priors.points)
    group, codes = pd.factorize(((pupil * STAGES + stage) * scales + priors.scale)[pointed])
    count = np.bincount(group, minlength=len(codes))
    means = np.bincount(group, priors.points[pointed], minlength=len(codes)) / np.maximum(count, 1)
    order = np.lexsort([-codes, count, codes // scales])
    best = latest_of(codes[order] // scales // STAGES, pupils)
    return np.append(means[order], np.nan)[best], np.append(codes[order] % scales, -1)[best]
