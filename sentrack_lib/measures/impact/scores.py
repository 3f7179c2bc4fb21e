"""Grades of a roll as one block of numbers, term by term, each subject on each scale; and the mean over subjects on one scale."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas import DataFrame, Index

from sentrack_lib.measures.impact.estimates import Numbers
from sentrack_lib.measures.progress.taught import moment, moments
from sentrack_lib.sources.codes import known_year_group
from sentrack_lib.terms import Term

Codes = NDArray[np.int64]
COLLECTED = 0.1
"""Share of the pupils of a subject's fullest term who must have a grade for a term to count as one in which grades were
collected: a single late mark makes no test."""


@dataclass(frozen=True)
class Scores:
    """The points of every pupil on a roll (`pupils`, with `year` as a number) in each term (`at`), by subject and scale."""

    pupils: Index
    year: Codes
    at: Codes
    subjects: Index
    scales: Index
    points: Numbers
    """Subjects x scales x pupils x terms, missing where there is no grade."""
    _means: dict[int, Numbers] = field(default_factory=dict, repr=False, compare=False)

    def of(self, subject: str, scale: int) -> Numbers:
        """Pupils x terms: points of a subject on a scale; of no subject the mean over subjects."""
        if not subject:
            if scale not in self._means:
                self._means[scale] = self._over_subjects(scale)
            return self._means[scale]
        place = self.subjects.get_indexer(Index([subject]))[0]
        return self.points[place, scale] if place >= 0 else np.full(self.points.shape[2:], np.nan)

    def collected(self, block: Numbers) -> NDArray[np.bool_]:
        """In which terms the grades of a block were collected."""
        count = np.isfinite(block).sum(axis=0)
        return count >= max(COLLECTED * count.max(initial=0), 1)

    def _over_subjects(self, scale: int) -> Numbers:
        """The mean over a pupil's subjects of points in SD of the year group, in terms in which all are on this one scale."""
        known = np.isfinite(self.points)
        alone = ~np.delete(known, scale, axis=1).any(axis=(0, 1))
        whole, count = np.zeros(alone.shape), np.zeros(alone.shape)
        for block in self.points[:, scale]:
            there = np.isfinite(block)
            whole += np.where(there, self._in_sd(block), 0)
            count += there
        return np.divide(whole, count, out=np.full(whole.shape, np.nan), where=alone & (count > 0))

    def _in_sd(self, block: Numbers) -> Numbers:
        found = np.zeros(block.shape)
        for year in np.unique(self.year):
            rows = block[self.year == year]
            there = np.isfinite(rows)
            count = np.maximum(there.sum(axis=0), 1)
            away = rows - np.where(there, rows, 0).sum(axis=0) / count
            sd = np.sqrt((np.where(there, away, 0) ** 2).sum(axis=0) / count)
            found[self.year == year] = away / np.where(sd > 0, sd, 1)
        return found


def scores_of(points_by_term: DataFrame, roll: DataFrame, term: Term) -> Scores:
    """The block of a roll from `points_by_term` (term pupil_id subject scale points), of terms up to `term`; a pupil whose year
    group is not known is left out. Of a grade that comes again the last holds."""
    people = roll[["pupil_id", "year_group"]].astype("str").dropna().drop_duplicates("pupil_id", keep="last")
    years = known_year_group(people["year_group"])
    pupils, year = Index(people["pupil_id"][years.notna()]), pd.factorize(years.dropna())[0]
    rows = points_by_term.dropna(subset=["term", "pupil_id", "subject", "scale", "points"])
    when, who = moments(rows["term"]), pupils.get_indexer(Index(rows["pupil_id"]))
    kept = (who >= 0) & (when <= moment(term))
    rows, at = rows[kept], np.unique(np.append(when[kept], moment(term)))
    (subject, subjects), (scale, scales) = (pd.factorize(rows[name]) for name in ("subject", "scale"))
    points = np.full((len(subjects), len(scales), len(pupils), len(at)), np.nan)
    points[subject, scale, who[kept], np.searchsorted(at, when[kept])] = rows["points"].to_numpy(dtype="float64")
    return Scores(pupils, year.astype("int64"), at, Index(subjects, dtype="str"), Index(scales, dtype="str"), points)
