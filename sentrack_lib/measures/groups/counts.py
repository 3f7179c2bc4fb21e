"""How many pupils of how many: the counts behind every share that is spoken of."""

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
    return pd.concat([_by_group(measure, found, pupils) for measure, found in measured.items()], ignore_index=True)


def _by_group(measure: str, found: Series, pupils: DataFrame) -> DataFrame:
    status = sen_group(pupils["sen_status"])
    families = {
        EVERYONE: Series(EVERYONE, index=pupils.index),
        "SEN": status.map(EITHER),
        "SEN status": status,
        "year group": pupils["year_group"],
    }
    parts = [
        found.groupby(groups.rename("group")).agg(count="sum", of="count").reset_index().assign(family=family)
        for family, groups in families.items()
    ]
    # Year 7 before Year 10: shorter names first.
    parts[-1] = parts[-1].sort_values("group", key=lambda years: years.astype("str").str.zfill(2))
    return pd.concat(parts).assign(measure=measure)[["measure", "family", "group", "count", "of"]]
