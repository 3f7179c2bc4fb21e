"""How many pupils of how many: the counts behind every share that is spoken of."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from pandas import DataFrame, Series

from sentrack_lib.sources.codes import sen_group

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
    away = behaviour.loc[behaviour["kind"].isin(["suspension", "permanent_exclusion"]), "pupil_id"]
    measured = {
        "on the roll": Series(True, index=pupils.index, dtype="boolean"),
        "persistently absent": pupils["persistent"].astype("boolean"),
        "severely absent": pupils["severe"].astype("boolean"),
        "suspended or excluded this term": pupils["pupil_id"]
        .isin(away)
        .astype("boolean")
        .mask(pd.Series(behaviour.empty, pupils.index)),
        "likely to make low progress": pupils["pupil_id"].isin(low).astype("boolean").mask(~pupils["pupil_id"].isin(told)),
    }
    families = _families(pupils)
    return pd.concat([_by_group(measure, found, families) for measure, found in measured.items()], ignore_index=True)


def _families(pupils: DataFrame) -> dict[str, Series]:
    status = sen_group(pupils["sen_status"])
    everyone = Series(EVERYONE, index=pupils.index)
    return {EVERYONE: everyone, "SEN": status.map(EITHER), "SEN status": status, "year group": pupils["year_group"]}


def _by_group(measure: str, found: Series, families: Mapping[str, Series]) -> DataFrame:
    parts = [_counts(found, groups).assign(family=family) for family, groups in families.items()]
    # Year 7 before Year 10: shorter names first.
    parts[-1] = parts[-1].sort_values("group", key=lambda years: years.astype("str").str.zfill(2))
    return pd.concat(parts).assign(measure=measure)[["measure", "family", "group", "count", "of"]]


def _counts(found: Series, groups: Series) -> DataFrame:
    """`count` of those `of` whom it is known, group by group, in the order of the alphabet."""
    number, names = pd.factorize(groups, sort=True)
    known, yes = (found.notna() & (number >= 0)).to_numpy(dtype=bool), found.fillna(False).to_numpy(dtype=bool)
    counts = {
        "count": np.bincount(number[known & yes], minlength=len(names)),
        "of": np.bincount(number[known], minlength=len(names)),
    }
    return DataFrame({"group": pd.Index(names).astype("str"), **counts}).astype({"count": "Int64", "of": "int64"})
