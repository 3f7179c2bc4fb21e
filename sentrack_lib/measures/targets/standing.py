"""What is suggested from where a pupil stood when a target was set."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from pandas import DataFrame

from sentrack_lib.measures.targets.challenge import COLUMNS
from sentrack_lib.measures.targets.chances import AMBITIONS, chance_in
from sentrack_lib.settings import SchoolSettings
from sentrack_lib.sources.scales import Scale, scales_of

Target = Mapping[str, object]
Suggestion = Mapping[str, Any]

BUILT_IN = scales_of(SchoolSettings(name="any"))
_START = ["year_group", "subject", "scale", "now_points"]


class Suggestions:
    """The suggestions of a term by pupil and subject, and by where a pupil of a year group may stand."""

    def __init__(self, suggested: DataFrame, scales: Mapping[str, Scale]) -> None:
        self.scales = scales
        suggested = suggested.reindex(columns=COLUMNS)
        told = suggested[suggested["why_not"].isna() & suggested["chances"].notna()]
        once = rows_of(told.drop_duplicates(_START))
        self._from = {tuple(row[name] for name in _START): row for row in once}
        keys = zip(suggested["pupil_id"].astype("str"), suggested["subject"].astype("str"), strict=True)
        self._row = {key: place for place, key in enumerate(keys)}
        self._suggested = suggested
        self._asked: dict[tuple[str, str], Suggestion] = {}

    def now(self, target: Target) -> Suggestion | None:
        """The row of the target's pupil and subject, where it has both."""
        key = written(target, "pupil_id"), written(target, "subject")
        if key in self._row and key not in self._asked:
            self._asked[key] = {str(name): value for name, value in self._suggested.iloc[self._row[key]].items()}
        return self._asked.get(key)

    def when_set(self, target: Target) -> Suggestion | None:
        """What is suggested from the target's baseline, or from now where it has none; nothing where nobody can tell."""
        now = self.now(target)
        if now is None:
            return None
        scale = self.scales.get(written(now, "scale"))
        start = scale.read(written(target, "baseline")).points if scale and written(target, "baseline") else now["now_points"]
        return self._from.get((now["year_group"], now["subject"], now["scale"], start))

    def chance(self, target: Target) -> float:
        """The share of the pupils who stood at the target's baseline that reached its grade; missing where it is not known."""
        found = self.when_set(target)
        if found is None or not written(target, "target") or self.scale_of(target, found) != found["target_scale"]:
            return np.nan
        return chance_in(found["chances"], written(target, "target"), self.scales.get(found["target_scale"]))

    def ambition(self, target: Target) -> str:
        """How ambitious a target is, by the highest of the suggested grades that it comes up to; blank where not known."""
        found = self.when_set(target)
        scale = self.scales.get("" if found is None else found["target_scale"])
        if found is None or scale is None or self.scale_of(target, found) != scale.name:
            return ""
        points = scale.read(written(target, "target")).points
        return next((each for each in reversed(AMBITIONS) if points >= found[f"{each}_points"] - 1e-9), "")

    @staticmethod
    def scale_of(target: Target, found: Suggestion | None) -> str:
        """The scale of a target: its own, or the one on which the suggestion is."""
        return written(target, "scale") or ("" if found is None else written(found, "target_scale"))


def rows_of(table: DataFrame) -> list[dict[str, Any]]:
    """The rows of a table, each by column."""
    return [{str(name): value for name, value in row.items()} for row in table.to_dict("records")]


def written(row: Mapping[str, Any], name: str) -> str:
    """A cell as text; blank where it is missing."""
    value = row.get(name)
    return "" if value is None or pd.isna(value) else str(value).strip()
