"""What governors are told of money: no sum that is spent on few pupils, nor what is left of a total without it."""

import pandas as pd
from pandas import DataFrame, Series

from sentrack_lib.privacy.rounding import SIZES_TO

NOT_SAID, ALL = "not said", "all"
OTHERS = "other sources together"
COSTS = ["cost_planned", "cost_to_date", "cost_projected"]


def without_costs_of_few(budget: DataFrame, provisions: DataFrame, taking_part: DataFrame) -> DataFrame:
    """The budget by source, where sources that pay for fewer than ten pupils stand together under no name of their own: a source
    may be called after the pupil it pays for, and a pupil's support has a price. With them stands the smallest of the others
    where they are too few even so; where all are, no cost is told."""
    sources = budget.loc[budget["funding"].ne(ALL), "funding"]
    pupils = _pupils(provisions, taking_part)
    few = _few(pupils.groupby("funding")["pupil_id"].nunique().reindex(sources, fill_value=0), pupils)
    together = budget["funding"].where(~budget["funding"].isin(few), OTHERS)
    told = budget.drop(columns="left").groupby(together, sort=False).sum(min_count=1, numeric_only=True).reset_index()
    if pupils["pupil_id"].nunique() in range(1, SIZES_TO):
        told[COSTS] = float("nan")
    left = (told["budget"] - told["cost_projected"].fillna(0)).where(told["not_costed"].eq(0) & ~_untold(told))
    return told.assign(left=left)[list(budget)].astype(budget.dtypes.to_dict())


def _untold(told: DataFrame) -> Series:
    return told["provisions"].gt(told["not_costed"]) & told["cost_projected"].isna()


def _pupils(provisions: DataFrame, taking_part: DataFrame) -> DataFrame:
    """Who takes part in what each source pays for: `funding` `pupil_id`."""
    paid = provisions[["provision_id"]].assign(funding=provisions["funding"].astype("str").fillna(NOT_SAID))
    return taking_part[["pupil_id", "provision_id"]].merge(paid, on="provision_id")[["funding", "pupil_id"]].drop_duplicates()


def _few(sizes: Series, pupils: DataFrame) -> list[str]:
    """The sources that are not told by themselves."""
    few = list(sizes.index[sizes.between(1, SIZES_TO - 1)])
    others = pd.Index(sizes[sizes.ge(SIZES_TO)].sort_values(kind="stable").index)
    while few and len(others) and pupils.loc[pupils["funding"].isin(few), "pupil_id"].nunique() < SIZES_TO:
        few, others = [*few, others[0]], others[1:]
    return few
