"""Closing an item of a review meeting: one of four outcomes, with an owner, as an action."""

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd
from pandas import DataFrame

from sentrack_lib.errors import BadInput
from sentrack_lib.measures.meetings.items import PUPIL
from sentrack_lib.sources.agreed_tables import OUTCOMES

NEW, CARRY_ON, WATCH, OVER = OUTCOMES
CHOOSE = "Choose an item of the agenda, and one of the four outcomes."
SETTLED = (CARRY_ON, OVER)
"""Decisions after which nothing is to be done: the action is done on the day it is agreed."""
IN_WORDS = {
    CARRY_ON: "What is in place goes on.",
    WATCH: "Nothing new for now; looked at again at the next review.",
    OVER: "Nothing more is needed.",
}


def closing(cells: Mapping[str, str], agenda: DataFrame, on: str) -> dict[str, str]:
    """The cells of an action that closes an item of `agenda` on a day, filled up from the item: whom or what it is about, what is
    done where nothing was written, and that it is done already where nothing is to be done. `BadInput` where no item of the
    agenda or no outcome is chosen."""
    if not agenda["item"].eq(cells.get("item", "")).any() or not cells.get("decision"):
        raise BadInput(CHOOSE)
    rows = agenda[agenda["item"].eq(cells.get("item", ""))].head(1)
    about = {name: str(row) for row in rows.to_dict("records") for name, row in _place(row).items()}
    decision = cells.get("decision", "")
    what = cells.get("what") or IN_WORDS.get(decision, "")
    done = {"done_on": on, "result": decision} if decision in SETTLED else {}
    return {**cells, **about, "what": what, "agreed_on": on, **done}


def _place(row: Mapping[Hashable, Any]) -> dict[str, Any]:
    """What the action is about. About a pupil it answers all that is flagged, so it names no one thing."""
    told = {"pupil_id": row["pupil_id"], "subject": row["subject"]}
    named = {} if row["kind"] == PUPIL else {"about": row["about"]}
    return {name: value for name, value in {**told, **named}.items() if pd.notna(value)}
