"""What an hour of an adult, or of a role, costs on a day."""

import pandas as pd
from pandas import DataFrame, Series

RATES = ["adult_id", "role", "start", "hourly_cost"]
LISTED = ["adult_id", "role", "hourly_cost"]


def hourly_cost_on(
    adult_ids: Series, days: Series, pay_rates: DataFrame, adults: DataFrame, roles: Series | None = None
) -> Series:
    """The cost of an hour, in pounds, of each adult on each day (columns with the same index).

    It is the newest rate of the adult in `pay_rates` that has begun by the day, else the newest of the adult's role, else
    `hourly_cost` of `adults`; of two that begin on one day the later row holds, and one without a day has always held. The role
    is that of `adults`, else the one given in `roles`. Missing where none of these says it, or the day is not known. Either
    table may be empty or lack columns."""
    rates, known = _typed(pay_rates, RATES), _typed(adults, LISTED).dropna(subset=["adult_id"])
    known = known.drop_duplicates("adult_id", keep="last").set_index("adult_id")
    ids = adult_ids.astype("str")
    on = pd.to_datetime(days).astype("datetime64[us]")
    own = _newest(ids, on, rates.dropna(subset=["hourly_cost"]), "adult_id")
    role = ids.map(known["role"]).astype("str")
    of_role = role_cost_on(role if roles is None else role.fillna(roles), on, pay_rates)
    listed = ids.map(known["hourly_cost"]).astype("float64").where(on.notna())
    return own.fillna(of_role).fillna(listed).astype("float64").rename("hourly_cost")


def role_cost_on(roles: Series, days: Series, pay_rates: DataFrame) -> Series:
    """The newest rate of each role that has begun by each day, in pounds an hour; missing where there is none. A rate that names
    an adult is the adult's alone."""
    rates = _typed(pay_rates, RATES).dropna(subset=["hourly_cost"])
    of_role = rates[rates["adult_id"].isna()].assign(role=_plain(rates["role"]))
    return _newest(_plain(roles.astype("str").str.strip()), pd.to_datetime(days).astype("datetime64[us]"), of_role, "role")


def _typed(table: DataFrame, columns: list[str]) -> DataFrame:
    """The columns asked for, ids and roles as text with blanks missing."""
    rows = table.reindex(columns=columns)
    words = {name: rows[name].astype("str").str.strip() for name in ("adult_id", "role") if name in columns}
    words = {name: text.mask(text.eq("")) for name, text in words.items()}
    rows = rows.assign(**words, hourly_cost=pd.to_numeric(rows["hourly_cost"], errors="coerce").astype("float64"))
    return rows.assign(start=pd.to_datetime(rows["start"], errors="coerce").astype("datetime64[us]")) if "start" in rows else rows


def _plain(roles: Series) -> Series:
    return roles.str.casefold()


def _newest(whose: Series, on: Series, rates: DataFrame, by: str) -> Series:
    """The newest rate that has begun, of each of `whose`; missing where there is none."""
    rates = rates.dropna(subset=[by]).assign(start=rates["start"].fillna(pd.Timestamp(1900, 1, 1)))
    asked = DataFrame({by: whose.to_numpy(), "on": on.to_numpy(), "at": range(len(whose))}).astype({by: "str"}).dropna()
    rates = rates.sort_values("start", kind="stable").drop_duplicates([by, "start"], keep="last")
    found = pd.merge_asof(asked.sort_values("on", kind="stable"), rates, left_on="on", right_on="start", by=by)
    return Series(found["hourly_cost"].to_numpy(), found["at"]).reindex(range(len(whose))).set_axis(whose.index)
