"""What became of each flag of last term: who took it on, when, was that done, and does it still stand."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pandas as pd
from pandas import DataFrame, Series, Timestamp

from sentrack_lib.measures.due import on_roll_on
from sentrack_lib.measures.looking_back.came_about import OUTCOMES
from sentrack_lib.measures.looking_back.cases import ALL_RULES
from sentrack_lib.measures.looking_back.done import how_done
from sentrack_lib.measures.looking_back.kept import FLAG
from sentrack_lib.measures.plan import with_owners
from sentrack_lib.measures.recorded import recorded
from sentrack_lib.measures.taking_part import Calendar
from sentrack_lib.terms import Term

STILL, CLEARED, LEFT = "still flagged", "cleared", "left"
CAME, DID_NOT, ALREADY, UNKNOWN, NO_OUTCOME = "came about", "did not come about", "so already", "not known", ""
COLUMNS = [
    *FLAG, "level", "term", "since_term", "now", "level_now", "acted", "action_id", "owner", "agreed_on", "days", "state",
    "decision", "outcome", "sentence",
]  # fmt: skip
TEXTS = [name for name in COLUMNS if name not in ("acted", "agreed_on", "days")]
ACTION = ["action_id", "agreed_on", "state", "decision"]


def flags_followed(
    kept: DataFrame,
    cases: DataFrame,
    flags: DataFrame,
    records: Mapping[str, DataFrame],
    roll: DataFrame,
    term: Term,
    calendar: Calendar | None,
    as_of: date,
) -> DataFrame:
    """A row a flag `kept` of the last term, in its order: `COLUMNS`.

    `now`: still flagged (the same pupil, rule and subject, at `level_now`), cleared, or left (not on the `roll` of the term).
    `acted`: an action answers it (`with_owners`: about the pupil, agreed since the flag has stood); of the newest, `owner`,
    `days` from the end of the flag's first term to the day it was agreed (0 if it was agreed before that end; missing without a
    day), how it stands (`state`, from `how_done`), and with which `decision` the item was closed. `outcome`: whether what the
    rule foretells came about in the next term; blank for a rule without an outcome and for a flag at watch."""
    rows = with_owners(
        kept.drop(columns=["owner", "action_id"], errors="ignore"), recorded(records, "actions", term), term, calendar
    )
    actions = how_done(recorded(records, "actions", term), term, calendar, as_of)[ACTION].drop_duplicates(
        "action_id", keep="last"
    )
    rows = rows.merge(actions, how="left", on="action_id").assign(acted=rows["action_id"].notna().to_numpy())
    rows = rows.assign(days=_days(rows, calendar), outcome=_outcome(rows, cases), **_now(rows, flags, roll, as_of))
    rows = rows.assign(sentence=[_sentence(row) for row in rows.to_dict("records")])
    types = dict.fromkeys(TEXTS, "str") | {"acted": "bool", "days": "Int64", "agreed_on": "datetime64[us]"}
    return rows.reindex(columns=COLUMNS).astype(types)


def _days(rows: DataFrame, calendar: Calendar | None) -> Series:
    """Days from the end of the term since which a flag stands to the day on which its action was agreed."""
    ends = {name: Term.named(name).dates(calendar)[1] for name in rows["since_term"].dropna().unique()}
    days = (rows["agreed_on"] - pd.to_datetime(rows["since_term"].map(ends))).dt.days
    return days.clip(lower=0).astype("Int64")


def _now(rows: DataFrame, flags: DataFrame, roll: DataFrame, as_of: date) -> dict[str, Series]:
    """Where each flag stands now, and at which level."""
    known = flags.astype(dict.fromkeys([*FLAG, "level"], "str")).drop_duplicates(FLAG)[[*FLAG, "level"]]
    level = rows[FLAG].merge(known, how="left", on=FLAG)["level"].set_axis(rows.index)
    here = rows["pupil_id"].isin(on_roll_on(roll, Timestamp(as_of)))
    now = Series(CLEARED, rows.index, dtype="str").mask(level.notna(), STILL).mask(~here, LEFT)
    return {"now": now, "level_now": level.where(here)}


def _outcome(rows: DataFrame, cases: DataFrame) -> Series:
    """Whether what each flag at act foretells came about."""
    mine = cases[cases["rule"].ne(ALL_RULES) & cases["named"] & cases["term"].isin(rows["term"].unique())]
    told = Series(UNKNOWN, mine.index, dtype="str").mask(mine["known"], DID_NOT)
    told = told.mask(mine["event"], CAME).mask(mine["already"], ALREADY)
    key = ["pupil_id", "rule"]
    known = mine[key].assign(told=told).astype("str")
    found = rows[key].merge(known, how="left", on=key)["told"].set_axis(rows.index)
    asked = rows["level"].eq("act") & rows["rule"].isin(list(OUTCOMES))
    return found.fillna(UNKNOWN).where(asked, NO_OUTCOME)


def _sentence(row: Mapping[Any, Any]) -> str:
    """One flag as a sentence that names no pupil: what, who took it on, how that stands, and whether it still stands."""
    subject = f" in {row['subject']}" if isinstance(row["subject"], str) else ""
    told = f"Flagged for {row['rule']}{subject}"
    return f"{told}: {_taken_on(row)}; {_stands(row)}."


def _taken_on(row: Mapping[Any, Any]) -> str:
    if not row["acted"]:
        return "no action is recorded"
    who = row["owner"] if isinstance(row["owner"], str) else "somebody who is not named"
    days = row["days"]
    when = "" if pd.isna(days) else _after(int(days), Term.named(row["since_term"]).label)
    return f"taken on by {who}{when}, {row['state']}"


def _after(days: int, label: str) -> str:
    return f" {days} day{'s' * (days != 1)} after the end of {label}" if days else f" before the end of {label}"


def _stands(row: Mapping[Any, Any]) -> str:
    if row["now"] == STILL and row["level_now"] != row["level"]:
        return f"{STILL}, now at {row['level_now']}"
    return {LEFT: "the pupil has left"}.get(row["now"], row["now"])
