"""What the parents of one child are handed: that child's rows, and of these what parents may see."""

from collections.abc import Mapping

import pandas as pd
from pandas import DataFrame, Series

from sentrack_lib.errors import WrongUse

COLUMNS = {
    "roll": ["pupil_id", "surname", "forename", "year_group", "form"],
    "progress": ["pupil_id", "subject", "term", "start_term", "growth_percentile", "band_low", "band_high", "why_not"],
    "attendance": ["pupil_id", "term", "possible", "attended", "absence", "persistent", "late", "why_not"],
    "targets": [
        "target_id", "pupil_id", "subject", "what", "measured_by", "scale", "baseline", "target", "strategy", "owner", "set_on",
        "by", "result", "outcome", "reviewed_on", "note",
    ],
    "pupil_provision": [
        "pupil_id", "provision_id", "name", "subject", "strategy", "intended_outcome", "staff", "minutes", "start", "end",
        "review_on", "sessions_planned", "sessions_attended", "hours", "baseline", "outcome", "rating",
    ],
    "profile": ["pupil_id", "section", "order", "place", "text", "on", "source", "known"],
    "agreed": ["pupil_id", "what", "owner", "by"],
    "due": ["kind", "step", "id", "table", "on", "pupil_id", "subject", "about", "state", "days", "sentence"],
}  # fmt: skip
"""The tables parents are handed, and of each the columns: a column that comes to be known of a pupil is not theirs by itself.
Flags are not among them: what the school acts on stands in targets and provision, and a level or a place beside other pupils is
no answer to what a child needs. Nor is what an adult costs."""
NO_NOTES = ("roll", "progress", "attendance")
"""Tables in which nobody writes what comes to mind: no text of theirs can be about another child."""
MEETINGS = ("meeting", "annual review", "next meeting")
ANOTHER_CHILD = "This note names another child, so it stands only in school."
FEWEST_LETTERS = 6
"""An id of fewer letters may be any number in a text, such as a mark."""
Tables = Mapping[str, DataFrame]


def for_parent(tables: Tables, pupil_id: str) -> dict[str, DataFrame]:
    """Of one child on the roll: its row there, progress, attendance, targets, provision, one-page profile, and the meetings about
    it. A text that names another child of the roll (forename and surname, or id) is handed out as a sentence that says so.
    `WrongUse` where no pupil is named, or none of this name is on the roll."""
    roll = tables["roll"]
    if not pupil_id or not _of(roll, pupil_id).any():
        raise WrongUse(f"There is no pupil {pupil_id} on the roll." if pupil_id else "Say whose parents: name one pupil.")
    others = _names(roll[~_of(roll, pupil_id)]) - _names(roll[_of(roll, pupil_id)])
    handed = {name: _own(tables[name], columns, pupil_id) for name, columns in COLUMNS.items() if name in tables}
    if "due" in handed:
        handed["due"] = handed["due"][handed["due"]["kind"].isin(MEETINGS)].reset_index(drop=True)
    shown = {name: rows if name in NO_NOTES else _without(rows, others) for name, rows in handed.items()}
    return {"about": tables["about"], **shown}


def _of(rows: DataFrame, pupil_id: str) -> Series:
    return rows["pupil_id"].astype("str").eq(pupil_id).fillna(False).astype("bool")


def _own(rows: DataFrame, columns: list[str], pupil_id: str) -> DataFrame:
    """The rows of one child. Categories would carry the names of all others along: only texts are handed out."""
    own = rows.loc[_of(rows, pupil_id), [name for name in columns if name in rows]].reset_index(drop=True)
    return own.astype({name: "str" for name in own if isinstance(own[name].dtype, pd.CategoricalDtype)})


def _names(roll: DataFrame) -> set[str]:
    """What the pupils of a roll may be called in a text: both orders of their names, and their ids; in small letters."""
    ids = [roll[column].dropna().astype("str") for column in ("pupil_id", "upn", "admission_no", "mis_id") if column in roll]
    long = {each for column in ids for each in column if len(each) >= FEWEST_LETTERS}
    known = roll.reindex(columns=["forename", "surname"]).dropna().astype("str")
    people = zip(known["forename"], known["surname"], strict=True)
    return {name.casefold() for one, other in people for name in (f"{one} {other}", f"{other}, {one}", f"{other} {one}")} | {
        each.casefold() for each in long
    }


def _without(rows: DataFrame, names: set[str]) -> DataFrame:
    texts = rows.select_dtypes(["str", "object"]).columns
    return rows.assign(**{str(column): rows[column].map(lambda cell: _said(cell, names)) for column in texts})


def _said(cell: object, names: set[str]) -> object:
    written = cell.casefold() if isinstance(cell, str) else ""
    return ANOTHER_CHILD if written and any(name in written for name in names) else cell
