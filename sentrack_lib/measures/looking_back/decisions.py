"""What became of what was decided since the review of last term: actions, targets and provisions, each done or not."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pandas as pd
from pandas import DataFrame, Timestamp

from sentrack_lib.measures.due import ACTION, TARGET, said_day
from sentrack_lib.measures.looking_back.done import NOT_REACHED, NOT_YET, agreed_in, how_done
from sentrack_lib.measures.looking_back.provisions import PROVISION, provisions_followed
from sentrack_lib.measures.recorded import recorded
from sentrack_lib.measures.taking_part import Calendar
from sentrack_lib.measures.targets import OPEN_STATES, standing
from sentrack_lib.terms import Term

KINDS = (ACTION, TARGET, PROVISION)
REACHED = "reached"
COLUMNS = [
    "kind", "id", "term", "pupil_id", "subject", "what", "owner", "agreed_on", "by", "done_on", "state", "days", "sentence",
]  # fmt: skip
DATES = ("agreed_on", "by", "done_on")


def decisions_followed(
    records: Mapping[str, DataFrame], before: Term, term: Term, calendar: Calendar | None, as_of: date
) -> DataFrame:
    """A row an action, target or provision agreed in the terms from `before` to `term`: `COLUMNS`, earlier first.

    `by` is the day it was to be done (the last day of its term where none was set), `done_on` the day it was, up to `as_of`;
    `days` from the one to the other, or to `as_of` (negative: before its day). `state` of an action: done in time, done late, not
    yet done. Of a target: so, where it is reached; *ended but not reached* where it was reached in part, not reached or dropped.
    Of a provision: from `provisions_followed`. A `sentence` names no pupil. Nobody who agreed or owns is judged by it."""
    parts = [
        _actions(records, before, term, calendar, as_of),
        _targets(records, before, term, calendar, as_of),
        provisions_followed(records, before, term, calendar, as_of),
    ]
    rows = pd.concat([part.reindex(columns=[*COLUMNS, "note"]) for part in parts if len(part)] or [DataFrame(columns=COLUMNS)])
    types = dict.fromkeys(COLUMNS, "str") | dict.fromkeys(DATES, "datetime64[us]") | {"days": "Int64"}
    rows = rows.assign(place=rows["kind"].map(KINDS.index)).reset_index(drop=True)
    rows = rows.assign(sentence=[_sentence(row) for row in rows.to_dict("records")])
    return rows.sort_values(["term", "place", "by", "id"], kind="stable", ignore_index=True)[COLUMNS].astype(types)


def _actions(records: Mapping[str, DataFrame], before: Term, term: Term, calendar: Calendar | None, as_of: date) -> DataFrame:
    rows = recorded(records, "actions", term).dropna(subset=["action_id"])
    rows = rows[agreed_in(rows, rows["agreed_on"], before, term, calendar) & ~rows["agreed_on"].gt(Timestamp(as_of))]
    rows = how_done(rows, term, calendar, as_of)
    return rows.assign(kind=ACTION, id=rows["action_id"], by=rows["due"], note="")


def _targets(records: Mapping[str, DataFrame], before: Term, term: Term, calendar: Calendar | None, as_of: date) -> DataFrame:
    """Targets: done when a review says that they are reached."""
    rows = recorded(records, "targets", term).dropna(subset=["target_id"])
    rows = rows[agreed_in(rows, rows["set_on"], before, term, calendar) & ~rows["set_on"].gt(Timestamp(as_of))]
    rows = standing(rows.reset_index(drop=True), recorded(records, "target_reviews", term), Timestamp(as_of))
    stands = rows["state"]
    rows = how_done(rows.assign(done_on=rows["reviewed_on"].where(~stands.isin(OPEN_STATES))), term, calendar, as_of)
    ended = ~stands.isin([*OPEN_STATES, REACHED])
    state = rows["state"].mask(ended, NOT_REACHED)
    note = stands.where(ended, "")
    done = rows["done_on"]
    return rows.assign(
        kind=TARGET, id=rows["target_id"], by=rows["due"], state=state, note=note, agreed_on=rows["set_on"], done_on=done
    )


def _sentence(row: Mapping[Any, Any]) -> str:
    """One decision as a sentence: when it was agreed, by when it was to be done, and what became of it."""
    agreed = f" agreed on {said_day(row['agreed_on'])}" if pd.notna(row["agreed_on"]) else ""
    subject = f" in {row['subject']}" if isinstance(row["subject"], str) else ""
    return f"{row['kind'].capitalize()}{subject}{agreed}, for {said_day(row['by'])}: {_became(row)}."


def _became(row: Mapping[Any, Any]) -> str:
    state, days = row["state"], int(row["days"])
    told = f", {row['note']}" if row["note"] else ""
    if state == NOT_YET:
        return f"not yet done, {_late(days)}{told}" if days > 0 else f"not yet done, and not yet due{told}"
    if pd.isna(row["done_on"]):
        return f"{state}{told}"
    if state == NOT_REACHED:
        return f"looked at on {said_day(row['done_on'])}, {_late(days)}: {row['note']}"
    how = {TARGET: REACHED, PROVISION: "ended"}.get(row["kind"], "done")
    return f"{how} on {said_day(row['done_on'])}, {_late(days)}{told}"


def _late(days: int) -> str:
    """`on its day`, `3 days late`, `1 day before its day`."""
    many = f"{abs(days)} day{'s' * (abs(days) != 1)}"
    return "on its day" if not days else f"{many} late" if days > 0 else f"{many} before its day"
