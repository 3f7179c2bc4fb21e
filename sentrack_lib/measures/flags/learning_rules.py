"""Flag rules on learning: growth, effort, one subject far behind the others, and grades that are missing."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import nan
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from pandas import DataFrame, Series

from sentrack_lib.measures.flags.rules import GAP, NO_GAP, Known, at_least, by_term, counted, in_a_hundred, judged
from sentrack_lib.measures.progress.taught import Mask
from sentrack_lib.sources.coded import places_among
from sentrack_lib.sources.scales import Scale


@dataclass(frozen=True)
class LowProgress:
    """Low growth is likely over the pupil's subjects together, or has been in most of the last terms (methods, 3.3 and 6)."""

    watch: float = 0.3
    act: float = 0.5
    leave_watch: float = 0.25
    leave_act: float = 0.4
    subjects: float = 3
    times: float = 2
    of_terms: float = 3
    name: ClassVar[str] = "progress"
    reasons: ClassVar[dict[str, str]] = {
        "watch": "P(low growth) from which a pupil's growth is worth a second look.",
        "act": "From here low growth is more likely than not; about two in three pupils flagged so truly grow slowly.",
        "leave_watch": GAP,
        "leave_act": GAP,
        "subjects": "One or two subjects are too noisy to act on: with fewer than this the highest P counts, as watch at most.",
        "times": "Low in this many of the last terms is a pattern, whatever the subjects.",
        "of_terms": "How many terms back a pattern is looked for: a school year.",
    }

    def __call__(self, known: Known) -> DataFrame:
        """One signal a pupil and term: P(low) over all subjects, or the highest of one or two."""
        rows = known.progress[["term", "pupil_id", "subject", "p_low", "n_subjects", "growth_percentile"]]
        rows = rows.rename(columns={"p_low": "value"})
        average, place = rows["subject"].eq("all"), known.places(rows)
        measured = np.zeros(known.size, dtype=bool)
        measured[place[average & rows["n_subjects"].ge(self.subjects).fillna(False)]] = True
        many = Series(measured[place], index=rows.index)
        few = rows[~average & ~many].sort_values("value", ascending=False, kind="stable")
        highest = few.drop_duplicates(["term", "pupil_id"])
        signals = pd.concat([rows[average & many].assign(many=True), highest.assign(many=False)])
        signals = signals.rename(columns={"subject": "highest_in"})
        return self._judged(signals.assign(low_terms=self._low_terms(signals, known.terms)))

    def _low_terms(self, signals: DataFrame, terms: tuple[str, ...]) -> Series:
        """In how many of the last terms, this one included, low growth was likely."""
        who, _ = pd.factorize(signals["pupil_id"])
        when = places_among(signals["term"], pd.Index(terms))
        so_far = by_term(at_least(signals["value"], self.act), who, when, len(terms)).cumsum(axis=1)
        before = np.pad(so_far, ((0, 0), (int(self.of_terms), 0)))[:, : len(terms)]
        return Series((so_far - before)[who, when], index=signals.index, dtype="float64")

    def _judged(self, signals: DataFrame) -> DataFrame:
        levels = judged(signals, self)
        pattern = signals["low_terms"].ge(self.times) & signals["value"].notna()
        return levels.assign(act=levels["act"] & signals["many"] | pattern, keeps_act=levels["keeps_act"] & signals["many"])

    def evidence(self, row: Any) -> str:
        """How likely low growth is, over how many subjects, and the growth percentile."""
        over = f"over {counted(row.n_subjects, 'subject')}" if row.many else f"in {row.highest_in}, one of few subjects measured"
        terms = f" It was likely in {row.low_terms:.0f} of the last {self.of_terms:.0f} terms."
        pattern = terms if row.low_terms >= self.times else ""
        likely = "likely" if row.value >= self.act else "possible" if row.value >= self.leave_watch else "not likely now"
        return (
            f"Low growth is {likely} ({in_a_hundred(row.value)}) {over}; growth percentile {row.growth_percentile:.0f}.{pattern}"
        )


@dataclass(frozen=True)
class OneSubject:
    """One subject is far behind the pupil's own other subjects: a question to the subject rather than to the pupil."""

    watch: float = 2.0
    act: float = 2.5
    leave_watch: float = 1.5
    leave_act: float = 2.0
    others: float = 3
    name: ClassVar[str] = "one subject"
    reasons: ClassVar[dict[str, str]] = {
        "watch": "In standard deviations of growth; between one subject and the mean of the others chance seldom gives so much.",
        "act": "Seen about once in a thousand pupils and subjects by chance.",
        "leave_watch": GAP,
        "leave_act": GAP,
        "others": "Fewer other subjects give no steady mean to compare with.",
    }

    def __call__(self, known: Known) -> DataFrame:
        """One signal a pupil, subject and term: how far growth lies behind the mean of the pupil's other subjects."""
        rows = known.progress[["pupil_id", "term", "subject", "scaled_residual"]]
        rows = rows[rows["scaled_residual"].notna() & rows["subject"].ne("all")]
        place, own = known.places(rows), rows["scaled_residual"].to_numpy()
        others = np.bincount(place)[place] - 1
        mean = (np.bincount(place, own)[place] - own) / np.maximum(others, 1)
        signals = rows.assign(value=mean - own, number=others)
        return judged(signals[others >= self.others], self)

    def evidence(self, row: Any) -> str:
        """How far behind, and where to look."""
        behind = f"{row.value:.1f} standard deviations behind the mean of the pupil's {row.number} other subjects"
        return f"Growth in {row.subject} is {behind}: look at the subject, not the pupil."


@dataclass(frozen=True)
class LowEffort:
    """Effort is in the lower half of its scale in several subjects."""

    watch: float = 3
    act: float = 5
    leave_watch: float = 2
    leave_act: float = 4
    name: ClassVar[str] = "effort"
    reasons: ClassVar[dict[str, str]] = {
        "watch": "Subjects with low effort; one or two may be the lesson, three are the pupil's term.",
        "act": "About half of a timetable.",
        "leave_watch": GAP,
        "leave_act": GAP,
    }

    def __call__(self, known: Known) -> DataFrame:
        """One signal a pupil and term with effort grades: the number of subjects in the lower half of the scale."""
        low, graded = (known.subjects_of(rows) for rows in self._grades(known))
        places = np.flatnonzero(graded.any(axis=1))
        numbers = {"value": low[places].sum(axis=1), "subjects": graded[places].sum(axis=1)}
        return judged(DataFrame(known.at(places) | numbers).assign(named=known.named_at(places, low[places])), self)

    def _grades(self, known: Known) -> tuple[DataFrame, DataFrame]:
        """The latest effort grade of each term, pupil and subject: those in the lower half of their scale, and all."""
        columns = ["term", "pupil_id", "subject", "kind", "state", "scale", "points", "rank", "assessed_on"]
        grades = known.table("assessments")[columns]
        grades = grades[grades["kind"].eq("effort") & grades["state"].eq("graded")]
        grades = grades.sort_values("assessed_on", na_position="first", kind="stable")
        grades = grades.drop_duplicates(["term", "pupil_id", "subject"], keep="last")
        return grades[in_lower_half(grades, known.scales)], grades

    def evidence(self, row: Any) -> str:
        """In how many of how many subjects, and which."""
        return f"Effort is in the lower half of its scale in {row.value:.0f} of {counted(row.subjects, 'subject')}: {row.named}."


def in_lower_half(grades: DataFrame, scales: Mapping[str, Scale]) -> Series:
    """Whether a grade lies below the middle of its scale: by the order of the grades, on scales without grades by points."""
    middles = {name: _middle(scale) for name, scale in scales.items()}
    by_points = grades["scale"].map({name: not scale.ranks for name, scale in scales.items()}).eq(True)
    return grades["points"].where(by_points, grades["rank"]).lt(grades["scale"].map(middles).astype("float64"))


def _middle(scale: Scale) -> float:
    """The middle of a scale in ranks, where its grades are listed, else in points; missing where it has no ends."""
    ends = (min(scale.ranks.values()), max(scale.ranks.values())) if scale.ranks else (scale.lowest, scale.highest)
    return nan if ends[0] is None or ends[1] is None else (ends[0] + ends[1]) / 2


@dataclass(frozen=True)
class NoData:
    """No grade in subjects in which others of the year group have one, or no attendance record: nothing can be said there."""

    watch: float = 2
    act: float = 3
    act_share: float = 0.5
    name: ClassVar[str] = "no data"
    reasons: ClassVar[dict[str, str]] = {
        "watch": "One missing grade happens; two want a question. " + NO_GAP,
        "act": "Subjects without a grade, so that a short timetable alone does not raise the flag.",
        "act_share": "With half of the subjects blank no other flag can be trusted for this pupil.",
    }

    def __call__(self, known: Known) -> DataFrame:
        """One signal a pupil and term: the number of subjects without a grade."""
        taught, missing = self._taught(known)
        recorded, no_record = _attendance_records(known)
        places = np.flatnonzero(taught.any(axis=1) | recorded)
        numbers = {"value": missing[places].sum(axis=1, dtype=float), "subjects": taught[places].sum(axis=1, dtype=float)}
        named = {"named": known.named_at(places, missing[places]), "no_record": no_record[places]}
        return self._judged(DataFrame(known.at(places) | numbers | named))

    def _taught(self, known: Known) -> tuple[Mask, Mask]:
        """Each pupil's subjects of each term in which others of the year group have a grade, and where the pupil's is missing."""
        marks, groups = (known.table(name) for name in ("assessments", "teaching_groups"))
        marks = marks[["term", "pupil_id", "subject", "kind", "state"]]
        marks = marks[marks["kind"].eq("actual")]
        graded = known.subjects_of(marks[marks["state"].eq("graded")])
        taught = known.subjects_of(marks) | known.subjects_of(groups)
        # A subject without one grade in the year group has not been assessed this term: no pupil is missing.
        year_group = known.year_groups()
        assessed = np.zeros((year_group.max(initial=0) + 2, graded.shape[1]), dtype=bool)
        place, subject = np.nonzero(graded & (year_group >= 0)[:, np.newaxis])
        assessed[year_group[place], subject] = True
        taught &= assessed[year_group]
        return taught, taught & ~graded

    def _judged(self, signals: DataFrame) -> DataFrame:
        watch = at_least(signals["value"], self.watch) | signals["no_record"]
        act = at_least(signals["value"], self.act) & at_least(signals["value"], self.act_share * signals["subjects"])
        return signals.assign(watch=watch, keeps_watch=watch, act=act, keeps_act=act)

    def evidence(self, row: Any) -> str:
        """What is missing of what."""
        grades = [f"No grade this term in {row.value:.0f} of {counted(row.subjects, 'subject')}: {row.named}."] * (row.value > 0)
        return " ".join(grades + ["No attendance record this term."] * row.no_record)


def _attendance_records(known: Known) -> tuple[Mask, Mask]:
    """By place: who stands in the attendance of a term that has records, and who has none there."""
    rows = known.attendance
    recorded = rows["term_absence"].notna()
    others = recorded.groupby(rows["term"], observed=True).transform("any")
    found = np.zeros((2, known.size), dtype=bool)
    for stands, which in zip(found, (others, others & ~recorded), strict=True):
        stands[known.places(rows[which])] = True
    return found[0], found[1]
