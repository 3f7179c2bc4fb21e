"""Support that is specified for single pupils, held against what is timetabled and what registers say was given."""

import numpy as np
import pandas as pd
from pandas import DataFrame, Series

from sentrack_lib.measures.adults.allotting import allotted
from sentrack_lib.measures.adults.timetable import NOTHING_RECORDED, Timetable, in_force
from sentrack_lib.measures.spoken import hours, surely, told
from sentrack_lib.measures.taking_part import is_there

MET, SHORT, NOTHING, NOT_KNOWN = "met", "short", "nothing timetabled", "not known"
ROUNDING = 0.05
"""Hours a week that may lack and are met all the same: what lessons lose that are written to hundredths of an hour."""
CALLED_OUT = 0.6
"""The share of what is specified under which what was given is called out."""
NO_REGISTER, TOO_EARLY = "No register is kept.", "Too early in the term to say what was given."
PART_REGISTER = "A register is kept for part of it only."
WEEK = 7
LINE = ["entitlement_id", "pupil_id", "provision_id"]
COLUMNS = [
    "entitlement_id", "pupil_id", "source", "what", "role", "place", "hours_week", "timetabled", "delivered", "short", "state",
    "delivered_share", "review_on", "review_overdue", "why", "sentence",
]  # fmt: skip


def entitlements_met(table: Timetable, beside: DataFrame, roll: DataFrame, as_of: pd.Timestamp) -> DataFrame:
    """A row an entitlement in force of a pupil on the roll: `entitlement_id` pupil_id source what role place; `hours_week`
    specified, `timetabled` (hours a week of adults with this pupil, or of provisions they are in, that fit role and place and
    count for no other entitlement), `delivered` (hours a week so far, from registers of the provisions timetabled for it),
    `short` (specified less timetabled), `state` (met, short, nothing timetabled, not known), `delivered_share` (of what is
    specified), `review_on`, `review_overdue`, `why` (what is not known) and a `sentence`.

    In force is what runs on `as_of`, or at the end of the term nearest to it. An adult with a whole class meets nobody's
    entitlement: what is specified for a pupil is to be assigned to the pupil (guidance, Section B). Weeks count from the first
    day of term, or of the entitlement, holidays included. `beside` is from `beside_each`."""
    rows = _in_force(table, roll, as_of)
    own = beside[~beside["shared"]]
    listed = own["adult_id"].map(table.adults.set_index("adult_id")["role"])
    given = allotted(rows, own.assign(own_role=listed))
    of = given.groupby("entitlement_id")
    recorded = len(table.of_term) > 0
    known = rows["entitlement_id"].map(of["allotted"].sum()).astype("float64")
    timetabled = known.fillna(0.0 if recorded else np.nan)
    untold = rows["entitlement_id"].map(of["untold"].sum()).fillna(0).astype("int64")
    rows = _measured(rows.assign(timetabled=timetabled, untold=untold), recorded)
    rows = rows.join(_delivered(rows, given, own, table, as_of))
    overdue = rows["review_on"].lt(as_of).astype("boolean").mask(rows["review_on"].isna())
    rows = rows.assign(
        delivered_share=rows["delivered"] / rows["hours_week"].where(rows["hours_week"].gt(0)), review_overdue=overdue
    )
    rows["why"] = Series([_why(row, recorded) for row in rows.to_dict("records")], rows.index, dtype="str")
    rows["sentence"] = Series([_sentence(row) for row in rows.to_dict("records")], rows.index, dtype="str")
    return rows.astype({"review_on": "datetime64[us]"})[COLUMNS]


def _in_force(table: Timetable, roll: DataFrame, as_of: pd.Timestamp) -> DataFrame:
    first, last = table.ends
    rows = in_force(table, "entitlements", min(max(as_of, first), last)).dropna(subset=["entitlement_id", "pupil_id"])
    rows = rows.drop_duplicates("entitlement_id", keep="last")
    return rows[rows["pupil_id"].isin(roll["pupil_id"].astype("str"))].reset_index(drop=True)


def _measured(rows: DataFrame, recorded: bool) -> DataFrame:
    """How much is short, and the state; both not known where a lesson without hours could be what lacks."""
    lacks = (rows["hours_week"] - rows["timetabled"]).clip(lower=0)
    met, unsure = lacks.le(ROUNDING), rows["untold"].gt(0)
    nothing = recorded & rows["timetabled"].eq(0) & ~unsure & ~rows["hours_week"].le(ROUNDING)
    states = np.select([nothing, met, lacks.isna() | unsure], [NOTHING, MET, NOT_KNOWN], SHORT)
    return rows.assign(short=lacks.mask(unsure & ~met), state=Series(states, rows.index, dtype="str"))


def _delivered(rows: DataFrame, given: DataFrame, own: DataFrame, table: Timetable, as_of: pd.Timestamp) -> DataFrame:
    """`delivered` hours a week, whether there is a `register` for any of what is timetabled, and whether it is too `early`."""
    first, last = table.ends
    since = rows["start"].where(rows["start"].gt(first), first)
    weeks = ((min(as_of, last) - since).dt.days + 1) / WEEK
    lines = given[given["allotted"].gt(0)].merge(rows[["entitlement_id", "pupil_id"]].assign(since=since), on="entitlement_id")
    lines = lines.groupby([*LINE, "since"], dropna=False)["allotted"].sum().reset_index()
    lines = lines.merge(_came(lines, table, as_of), how="left", on=LINE)
    whole = own.groupby(["pupil_id", "provision_id"])["hours"].sum().rename("whole")
    lines = lines.join(whole, on=["pupil_id", "provision_id"])
    # Two entitlements that are met by one provision share what was given of it as they share its hours.
    lines = lines.assign(came=lines["came"] * lines["allotted"] / lines["whole"], kept=lines["came"].notna())
    of = lines.groupby("entitlement_id")
    found = DataFrame({"some": of["kept"].any(), "every": of["kept"].all(), "came": of["came"].sum(min_count=1)})
    found = found.reindex(rows["entitlement_id"]).set_axis(rows.index)
    early = weeks.lt(1)
    delivered = (found["came"] / weeks.where(~early)).where(found["every"].eq(True)).astype("float64")
    return DataFrame({"delivered": delivered, "register": found["some"].eq(True), "early": early})


def _came(lines: DataFrame, table: Timetable, as_of: pd.Timestamp) -> DataFrame:
    """The hours for which each pupil came to each provision since the entitlement began; missing where one is not known."""
    rows = lines.dropna(subset=["provision_id"]).merge(_sessions(table, as_of), on=["pupil_id", "provision_id"])
    of = rows[rows["on"].ge(rows["since"])].assign(unknown=rows["came"].isna()).groupby(LINE)
    sums = of["came"].sum().mask(of["unknown"].any())
    return sums.reset_index()


def _sessions(table: Timetable, as_of: pd.Timestamp) -> DataFrame:
    """The sessions of the term to date, a row a pupil and day, and the hours in which the pupil `came`; missing where the minutes
    are not known."""
    first, last = table.ends
    rows = table.kept["provision_sessions"]
    rows = rows[rows["on"].between(first, min(as_of, last))]
    rows = rows.drop_duplicates(["provision_id", "pupil_id", "on"], keep="last")
    usual = table.kept["provisions"].set_index("provision_id")["minutes"]
    minutes = rows["minutes"].fillna(rows["provision_id"].map(usual).astype("float64"))
    return rows[["pupil_id", "provision_id", "on"]].assign(came=(minutes / 60).where(is_there(rows["attended"]), 0.0))


def _why(row: dict, recorded: bool) -> str:
    """What is not known of an entitlement, and why."""
    state = ""
    if not recorded:
        state = NOTHING_RECORDED
    elif pd.isna(row["hours_week"]):
        state = "It does not say how many hours a week."
    elif row["state"] == NOT_KNOWN:
        state = "Lessons without hours may be what lacks."
    if pd.notna(row["delivered"]) or not row["timetabled"] > 0:
        return state
    return told(state, TOO_EARLY if row["early"] else PART_REGISTER if row["register"] else NO_REGISTER)


def _sentence(row: dict) -> str:
    """How an entitlement stands."""
    wanted = f"{hours(row['hours_week'])} a week specified" if pd.notna(row["hours_week"]) else "No hours specified"
    there = f"{hours(row['timetabled'])} timetabled" if pd.notna(row["timetabled"]) else ""
    lacks = f"{hours(row['short'])} short" if row["state"] == SHORT else ""
    first = ", ".join(part for part in (wanted, there, lacks) if part) + "."
    given = f"{hours(row['delivered'])} a week given so far" if pd.notna(row["delivered"]) else ""
    little = f": only {row['delivered_share']:.0%}".replace("%", " %") + " of it" if row["delivered_share"] < CALLED_OUT else ""
    late = f"Its review was due on {row['review_on']:%d.%m.%Y}." if surely(row["review_overdue"]) else ""
    return told(first.capitalize(), f"{given}{little}.".capitalize() if given else "", row["why"], late)
