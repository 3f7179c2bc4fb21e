"""What every flag rule is made of: what is known of the pupils, levels from thresholds, and the words of the evidence.

A rule is a small frozen object: its fields are its thresholds, `reasons` says why they are what they are.

No rule reads ethnicity, sex, pupil premium or any other sign of who a pupil is (methods, section 6)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas import Categorical, DataFrame, Index, Series

from sentrack_lib.measures.progress.taught import Codes, Mask
from sentrack_lib.sources.coded import places_among
from sentrack_lib.sources.scales import Scale

NO_GAP = "A fact, not a measurement: no gap is needed between entering and leaving."
GAP = "A gap between entering and leaving, so that a flag does not come and go with chance."


@dataclass(frozen=True)
class Known:
    """What is known of all pupils, term by term, up to the term under review (the last of `terms`).

    The texts that come again and again are codes, the same in every table (`coded`)."""

    tables: Mapping[str, DataFrame]
    progress: DataFrame
    attendance: DataFrame
    terms: tuple[str, ...]
    scales: Mapping[str, Scale]

    def table(self, name: str) -> DataFrame:
        """The rows of a table that belong to these terms."""
        return of_terms(self.tables[name], self.terms)

    @property
    def size(self) -> int:
        """How many places there are: one for every term and pupil."""
        return len(self._named("term")) * len(self._named("pupil_id"))

    def places(self, rows: DataFrame) -> Codes:
        """The place of each row's term and pupil."""
        term, pupil = (rows[column].cat.codes.to_numpy(dtype="int64") for column in ("term", "pupil_id"))
        return term * len(self._named("pupil_id")) + pupil

    def subjects_of(self, rows: DataFrame) -> Mask:
        """For every place (in rows) and subject (in columns) whether these rows name them together."""
        named = np.zeros((self.size, len(self._named("subject"))), dtype=bool)
        named[self.places(rows), rows["subject"].cat.codes] = True
        return named

    def year_groups(self) -> Codes:
        """A number for the term and year group of each place; -1 where the pupil is not on the roll."""
        roll = self.table("pupils")
        year_group, names = pd.factorize(roll["year_group"])
        numbers = np.full(self.size, -1)
        numbers[self.places(roll)] = roll["term"].cat.codes.to_numpy(dtype="int64") * (len(names) + 1) + year_group + 1
        return numbers

    def at(self, places: Codes) -> dict[str, Categorical]:
        """The term and pupil of some places."""
        terms, pupils = self._named("term"), self._named("pupil_id")
        term, pupil = np.divmod(places, max(len(pupils), 1))
        return {"term": Categorical.from_codes(term, terms), "pupil_id": Categorical.from_codes(pupil, pupils)}

    def named_at(self, places: Codes, subjects: Mask) -> Series:
        """The subjects of each place that is of the term under review as one text; missing elsewhere."""
        names, now = self._named("subject").to_numpy(dtype=object), self.at(places)["term"] == self.terms[-1]
        said: dict[int, list[str]] = {}
        for place, subject in zip(*np.nonzero(subjects & now[:, np.newaxis]), strict=True):
            said.setdefault(place, []).append(names[subject])
        return Series({place: ", ".join(named) for place, named in said.items()}, dtype="str").reindex(np.arange(len(places)))

    def _named(self, column: str) -> Index:
        return self.tables["assessments"][column].cat.categories


class Rule(Protocol):
    """A rule as the machinery of `flags` uses it."""

    name: ClassVar[str]
    reasons: ClassVar[dict[str, str]]

    def __call__(self, known: Known) -> DataFrame:
        """Signals, at most one a pupil and term (and `subject`, where the rule is about one): `pupil_id`, `term`, `value`, and
        whether the value enters a level (`watch`, `act`) or keeps it (`keeps_watch`, `keeps_act`); `act_value` where the two
        levels rest on two numbers; and what the evidence needs."""
        ...

    def evidence(self, row: Any) -> str:
        """One signal as a sentence, with its number and its whole."""
        ...


def of_terms(rows: DataFrame, terms: Sequence[str]) -> DataFrame:
    """The rows of a table that belong to some terms."""
    known = places_among(rows["term"], Index(terms)) >= 0
    return rows if known.all() else rows[known]


def by_term(marks: Series, who: NDArray[Any], when: NDArray[Any], terms: int) -> NDArray[np.bool_]:
    """Marks as one row for each of `who` and one column a term (`when`); a term without a signal is unmarked."""
    grid = np.zeros((who.max(initial=-1) + 1, terms), dtype=bool)
    grid[who, when] = marks.to_numpy(dtype=bool)
    return grid


def at_least(values: Series, threshold: float | Series) -> Series:
    """Whether values reach a threshold; the last digits of a division never decide."""
    return _raised(values).ge(threshold)


def _raised(values: Series) -> Series:
    return values.astype("float64").add(1e-9)


def judged(signals: DataFrame, rule: Any) -> DataFrame:
    """Signals with the levels that `value` enters and keeps by the rule's own thresholds."""
    fields = {"watch": rule.watch, "act": rule.act, "keeps_watch": rule.leave_watch, "keeps_act": rule.leave_act}
    values = _raised(signals["value"])
    return signals.assign(**{level: values.ge(threshold) for level, threshold in fields.items()})


def counted(number: float, noun: str) -> str:
    """`1 removal`, `2 removals`."""
    return f"{number:.0f} {noun}{'' if number == 1 else 's'}"


def in_a_hundred(chance: float) -> str:
    """A probability as `62 in 100`; what is estimated is never certain."""
    if chance > 0.99:
        return "more than 99 in 100"
    return f"{100 * chance:.0f} in 100" if chance >= 0.01 else "less than 1 in 100"


def per_cent(share: float) -> str:
    """A share as `14 %`."""
    return f"{100 * share:.0f} %"
