"""What the plan costs beside what there is to spend."""

from collections.abc import Mapping

import pandas as pd
from pandas import DataFrame

NOT_SAID = "not said"
COSTS = ["cost_planned", "cost_to_date", "cost_projected"]


def budget(provision_map: DataFrame, given: Mapping[str, float]) -> DataFrame:
    """A row a source of funding: `provisions`, how many of them are `not_costed`, their costs in pounds planned, to date and
    projected, the `budget` as `given` (pounds, by source), and what is `left` of it after what is projected; a last row `all`.

    What is left is not known where a provision of the source has no cost, or no budget is given (methods, section 7, Cost)."""
    funded = provision_map.assign(
        funding=provision_map["funding"].astype("str").fillna(NOT_SAID), not_costed=provision_map["cost_planned"].isna()
    )
    of = funded.groupby("funding")
    rows = of[COSTS].sum(min_count=1).assign(provisions=of.size(), not_costed=of["not_costed"].sum())
    rows = rows.reindex(rows.index.union(list(given), sort=False)).fillna({"provisions": 0, "not_costed": 0})
    rows["budget"] = pd.Series(dict(given), dtype="float64").reindex(rows.index)
    whole = rows.sum(min_count=1).to_frame("all").T
    whole["budget"] = rows["budget"].sum() if len(given) else float("nan")
    table = pd.concat([rows, whole]).rename_axis("funding").reset_index()
    left = table["budget"] - table["cost_projected"].fillna(0)
    counted = {name: table[name].fillna(0).astype("int64") for name in ("provisions", "not_costed")}
    return table.assign(left=left.where(table["not_costed"].fillna(0).eq(0)), **counted)[
        ["funding", "provisions", "not_costed", *COSTS, "budget", "left"]
    ]
