"""Which of the school's own provisions may help a flagged pupil: small rules, each of which gives a reason."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from pandas import DataFrame, Series

from sentrack_lib.sources.codes import broad_need

SEVERAL = 3
"""Suggestions for a pupil: so few that each is weighed."""
FEELINGS = "Social, emotional and mental health"
WAVES = {"targeted": 0, "specialist": 1}
"""What asks least of a pupil comes first; what is for everyone is no suggestion."""
COLUMNS = [
    "pupil_id", "place", "provision_id", "name", "wave", "area_of_need", "reasons", "group_size", "pupils", "free_places",
    "cost_a_pupil", "known",
]  # fmt: skip


class Reason(Protocol):
    """A rule over pairs of pupil and provision: `holds` says for which, `words` why."""

    @property
    def words(self) -> str:
        """Why, as it is said."""
        ...

    def holds(self, pairs: DataFrame) -> Series:
        """Whether it holds, pair by pair."""
        ...


@dataclass(frozen=True)
class ForTheNeed:
    """The provision is for the broad area of the pupil's first or second need."""

    words: str = "it is for this pupil's need"

    def holds(self, pairs: DataFrame) -> Series:
        """Same broad area of need."""
        area = pairs["area_of_need"].str.casefold()
        return area.eq(pairs["need_area"].str.casefold()) | area.eq(pairs["need_area_2"].str.casefold())


@dataclass(frozen=True)
class ForTheSubject:
    """The provision is in a subject in which the pupil is flagged."""

    words: str = "the pupil is flagged in its subject"

    def holds(self, pairs: DataFrame) -> Series:
        """The provision's subject is among those flagged."""
        told = zip(pairs["subject"].fillna(""), pairs["subjects"].fillna(""), strict=True)
        return Series([bool(one) and one in many.split("; ") for one, many in told], pairs.index, dtype="bool")


@dataclass(frozen=True)
class ForFeelings:
    """The provision is for feelings and conduct, and attendance, behaviour or an exclusion is flagged."""

    words: str = "attendance or behaviour is flagged"
    rules: tuple[str, ...] = ("attendance", "attendance drop", "behaviour", "exclusion")

    def holds(self, pairs: DataFrame) -> Series:
        """Such a flag, and such a provision."""
        flagged = pairs["rules"].str.split("; ").map(lambda told: bool({*told} & {*self.rules}))
        return flagged.astype("bool") & pairs["area_of_need"].str.casefold().eq(FEELINGS.casefold())


REASONS: tuple[Reason, ...] = (ForTheNeed(), ForTheSubject(), ForFeelings())


def suggestions(pupils: DataFrame, roll: DataFrame, catalogue: DataFrame, reasons: Sequence[Reason] = REASONS) -> DataFrame:
    """At most three provisions for each pupil of `pupils` (`pupils_to_plan`), best first, with the `reasons` for each.

    More reasons come first, then what asks less of the pupil (targeted before specialist), then a free place, then the lower
    `cost_a_pupil` in pounds. Never what the pupil is in already, and nothing without a reason. `catalogue` is a row a provision
    the school has (`catalogue`); `known` says what is known of its effect. A suggestion is for people to weigh."""
    offered = catalogue[catalogue["wave"].str.casefold().isin(list(WAVES))]
    pairs = _who(pupils, roll).merge(offered, how="cross")
    if pairs.empty:
        return DataFrame(columns=COLUMNS)
    held = np.column_stack([reason.holds(pairs).fillna(False).to_numpy(dtype=bool) for reason in reasons])
    inside = [name in given.split("; ") for name, given in zip(pairs["name"], pairs["provisions"], strict=True)]
    found = pairs.assign(
        reasons=_in_words(held, reasons), many=-held.sum(axis=1), wave_order=pairs["wave"].str.casefold().map(WAVES)
    )
    found = found[held.any(axis=1) & ~np.array(inside, dtype=bool)]
    full = found["free_places"].le(0)
    best = found.assign(full=full).sort_values(["many", "wave_order", "full", "cost_a_pupil", "provision_id"], kind="stable")
    placed = best.assign(place=best.groupby("pupil_id").cumcount() + 1)
    kept = placed[placed["place"].le(SEVERAL)]
    order = kept["pupil_id"].map({pupil: at for at, pupil in enumerate(pupils["pupil_id"])})
    return kept.assign(order=order).sort_values(["order", "place"], ignore_index=True)[COLUMNS]


def _who(pupils: DataFrame, roll: DataFrame) -> DataFrame:
    """Flagged pupils with the broad areas of their needs."""
    known = roll.drop_duplicates("pupil_id").set_index("pupil_id")
    areas = {"need_area": broad_need(known["sen_need"]), "need_area_2": broad_need(known["sen_need_2"])}
    told = pupils[["pupil_id", "rules", "subjects", "provisions"]]
    told = told.join(DataFrame(areas), on="pupil_id").astype({"pupil_id": "str"})  # two kinds of text are joined as objects
    return told.fillna({"need_area": "", "need_area_2": ""})


def _in_words(held: np.ndarray, reasons: Sequence[Reason]) -> list[str]:
    return ["; ".join(reason.words for reason, holds in zip(reasons, row, strict=True) if holds) for row in held]
