"""How many pupils of how many: the counts behind every share that is spoken of."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas import DataFrame, Series

from sentrack_lib.measures.progress.taught import Mask
from sentrack_lib.sources.coded import among
from sentrack_lib.sources.codes import sen_group

Codes = NDArray[np.int64]
EVERYONE = "all pupils"
EITHER = {"SEN support": "with SEN", "EHC plan": "with SEN", "No SEN": "without SEN", "Not known": "SEN not known"}
"""The coarser question, for readers to whom single statuses would be too small to show."""


def rates(roll: DataFrame, attendance: DataFrame, flags: DataFrame, behaviour: DataFrame, progress: DataFrame) -> DataFrame:
    """One row for each measure and group: `measure`, `family`, `group`, `count` pupils `of` so many for whom it is known.

    Groups are all pupils, those with and without SEN, SEN status and year group. The tables are of
    one term, `flags` as raised. A pupil without a figure of progress counts in none; without records of behaviour nobody does."""
    pupils = roll[["pupil_id", "year_group", "sen_status"]].merge(
        attendance[["pupil_id", "persistent", "severe"]], on="pupil_id", how="left"
    )
    told = progress.loc[progress["subject"].eq("all") & progress["growth_percentile"].notna(), "pupil_id"]
    low = flags.loc[flags["rule"].eq("progress") & flags["level"].eq("act"), "pupil_id"]
    ids = pupils["pupil_id"]
    away = behaviour.loc[behaviour["kind"].isin(["suspension", "permanent_exclusion"]), "pupil_id"]
    measured = {
        "on the roll": Series(True, index=pupils.index, dtype="boolean"),
        "persistently absent": pupils["persistent"].astype("boolean"),
        "severely absent": pupils["severe"].astype("boolean"),
        "suspended or excluded this term": _whether(among(ids, away), np.full(len(ids), not behaviour.empty)),
        "likely to make low progress": _whether(among(ids, low), among(ids, told)),
    }
    names, groups = _numbered(_families(pupils))
    parts = [names.assign(measure=measure, **_counts(found, groups, len(names))) for measure, found in measured.items()]
    return pd.concat(parts, ignore_index=True)[["measure", "family", "group", "count", "of"]].astype({"count": "Int64"})


def _whether(so: Mask, known: Mask) -> Series:
    return Series(pd.arrays.BooleanArray(so, ~known))


def _families(pupils: DataFrame) -> dict[str, Series]:
    status = sen_group(pupils["sen_status"])
    everyone = Series(EVERYONE, index=pupils.index)
    return {EVERYONE: everyone, "SEN": status.map(EITHER), "SEN status": status, "year group": pupils["year_group"]}


def _numbered(families: Mapping[str, Series]) -> tuple[DataFrame, Codes]:
    """All groups, family by family, in the order of the alphabet; and the number of each pupil's group in each family."""
    names: list[tuple[str, str]] = []
    numbers = []
    for family, groups in families.items():
        code, found = pd.factorize(groups)
        # Year 7 before Year 10: shorter names first.
        order = sorted(range(len(found)), key=lambda place: str(found[place]).zfill(2))
        numbers.append(np.append(len(names) + np.argsort(order), -1)[code])
        names += [(family, found[place]) for place in order]
    return DataFrame(names, columns=["family", "group"]).astype("str"), np.array(numbers, dtype="int64")


def _counts(found: Series, groups: Codes, many: int) -> dict[str, Codes]:
    """`count` of those `of` whom it is known, group by group."""
    known, yes = found.notna().to_numpy(), found.fillna(False).to_numpy(dtype=bool)
    told = {"count": groups[:, yes], "of": groups[:, known]}
    return {name: np.bincount(number[number >= 0], minlength=many) for name, number in told.items()}
