"""What every flag rule is made of: what is known of the pupils, levels from thresholds, and the words of the evidence.

A rule is a small frozen object: its fields are its thresholds, `reasons` says why they are what they are.

No rule reads ethnicity, sex, pupil premium or any other sign of who a pupil is (methods, section 6)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

import numpy as np
from numpy.typing import NDArray
from pandas import DataFrame, Series

from sentrack_lib.sources.scales import Scale

NO_GAP = "A fact, not a measurement: no gap is needed between entering and leaving."
GAP = "A gap between entering and leaving, so that a flag does not come and go with chance."


@dataclass(frozen=True)
class Known:
    """What is known of all pupils, term by term, up to the term under review (the last of `terms`)."""

    tables: Mapping[str, DataFrame]
    progress: DataFrame
    attendance: DataFrame
    terms: tuple[str, ...]
    scales: Mapping[str, Scale]

    def table(self, name: str) -> DataFrame:
        """The rows of a table that belong to these terms."""
        rows = self.tables[name]
        known = rows["term"].isin(self.terms)
        return rows if known.all() else rows[known]

    def named_now(self, rows: DataFrame) -> Series:
        """The subjects of `rows` in the term under review as one text per pupil."""
        now = rows[rows["term"].eq(self.terms[-1])].sort_values("subject")
        return now.groupby("pupil_id")["subject"].agg(", ".join)


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


def by_term(marks: Series, who: NDArray[Any], when: NDArray[Any], terms: int) -> NDArray[np.bool_]:
    """Marks as one row for each of `who` and one column a term (`when`); a term without a signal is unmarked."""
    grid = np.zeros((who.max(initial=-1) + 1, terms), dtype=bool)
    grid[who, when] = marks.to_numpy(dtype=bool)
    return grid


def at_least(values: Series, threshold: float | Series) -> Series:
    """Whether values reach a threshold; the last digits of a division never decide."""
    return values.astype("float64").add(1e-9).ge(threshold)


def judged(signals: DataFrame, rule: Any) -> DataFrame:
    """Signals with the levels that `value` enters and keeps by the rule's own thresholds."""
    fields = {"watch": rule.watch, "act": rule.act, "keeps_watch": rule.leave_watch, "keeps_act": rule.leave_act}
    return signals.assign(**{level: at_least(signals["value"], threshold) for level, threshold in fields.items()})


def counted(number: float, noun: str) -> str:
    """`1 removal`, `2 removals`."""
    return f"{number:.0f} {noun}{'' if number == 1 else 's'}"


def per_cent(share: float) -> str:
    """A share as `14 %`."""
    return f"{100 * share:.0f} %"
