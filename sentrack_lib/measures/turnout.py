"""How often pupils come to what they take part in, with SEN beside the others (statement 52 of the self-evaluation)."""

import pandas as pd
from pandas import DataFrame

from sentrack_lib.measures.groups.certainty import SHOWN, gap_of_means, mean_interval, summaries
from sentrack_lib.sources.codes import has_sen

SELDOM = 0.5
"""Who comes to fewer than half of the sessions offered comes seldom."""
COLUMNS = ["kind", "n", "mean", "low", "high", "seldom", "n_rest", "mean_rest", "seldom_rest", "gap", "gap_low", "gap_high"]


def attended_activities(roll: DataFrame, activities: DataFrame) -> DataFrame:
    """A row a pupil and activity with sessions offered: `pupil_id` activity kind offered attended share (of 1) sen seldom."""
    rows = activities[activities["sessions_offered"].gt(0) & activities["sessions_attended"].notna()]
    sen = DataFrame({"pupil_id": roll["pupil_id"].astype("str"), "sen": has_sen(roll["sen_status"])})
    told = DataFrame({
        "pupil_id": rows["pupil_id"].astype("str"),
        "activity": rows["activity"].astype("str"),
        "kind": rows["kind"].astype("str").str.replace("_", " "),
        "offered": rows["sessions_offered"].astype("float64"),
        "attended": rows["sessions_attended"].astype("float64").clip(upper=rows["sessions_offered"].astype("float64")),
    })  # fmt: skip
    share = told["attended"] / told["offered"]
    return told.assign(share=share, seldom=share.lt(SELDOM)).merge(sen, on="pupil_id")


def turnout(attended: DataFrame) -> DataFrame:
    """One row a kind of activity: the mean share of sessions to which pupils with SEN come, beside the others.

    `n` takings part of pupils with SEN with their `mean` share and its 95 % interval, `n_rest` of others; the gap with Welch's
    interval; `seldom` how many come to fewer than half. Blank where there are fewer than 5. It describes; it is no test."""
    known = attended[attended["sen"].notna()].astype({"sen": "bool"})
    sums = summaries(known, ["kind", "sen"], "share")
    seldom = known.groupby(["kind", "sen"])["seldom"].sum().rename("seldom").reset_index()
    sums = sums.merge(seldom, on=["kind", "sen"])
    kinds = DataFrame({"kind": pd.Index(sorted(sums["kind"].unique()), dtype="str")})
    mine, rest = (
        kinds.merge(sums[sums["sen"].eq(side)], on="kind", how="left").fillna({"n": 0, "seldom": 0}) for side in (True, False)
    )
    shown, shown_rest = mine["n"].ge(SHOWN), rest["n"].ge(SHOWN)
    gap = gap_of_means(mine.where(shown), rest.where(shown_rest))
    table = kinds.assign(n=mine["n"], mean=mine["mean"], seldom=mine["seldom"], n_rest=rest["n"], mean_rest=rest["mean"])
    table = table.assign(seldom_rest=rest["seldom"], gap=gap["gap"], gap_low=gap["low"], gap_high=gap["high"])
    table = table.join(mean_interval(mine).clip(0, 1))
    blank = {name: table[name].where(shown) for name in ("mean", "low", "high")}
    whole = dict.fromkeys(["n", "seldom", "n_rest", "seldom_rest"], "int64")
    return table.assign(**blank, mean_rest=table["mean_rest"].where(shown_rest)).astype(whole)[COLUMNS]
