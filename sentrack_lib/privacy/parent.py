"""What the parents of one child are handed: that child's rows, and of these what parents may see."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from pandas import DataFrame

from sentrack_lib.errors import WrongUse
from sentrack_lib.privacy.by_pupil import ByPupil
from sentrack_lib.privacy.naming import Names

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
Tables = Mapping[str, DataFrame]


def for_parent(tables: Tables, pupil_id: str) -> dict[str, DataFrame]:
    """Of one child on the roll: its row there, progress, attendance, targets, provision, one-page profile, and the meetings about
    it. A text that names another child of the roll (forename and surname, or id) is handed out as a sentence that says so.
    `WrongUse` where no pupil is named, or none of this name is on the roll."""
    return Parents(tables).of(pupil_id)


class Parents:
    """The gate for the parents of each child of a roll: who is called what, and whose each row is, is looked up once for all."""

    def __init__(self, tables: Tables) -> None:
        """`tables` are those of a term."""
        self._tables, self._names = tables, Names(tables["roll"])
        self._rows: dict[str, tuple[ByPupil, list[str]]] = {}

    def of(self, pupil_id: str) -> dict[str, DataFrame]:
        """The tables of one child, as `for_parent` hands them out."""
        if pupil_id not in self._names.of:
            raise WrongUse(f"There is no pupil {pupil_id} on the roll." if pupil_id else "Say whose parents: name one pupil.")
        return {
            "about": self._tables["about"],
            **{name: self._own(name, pupil_id) for name in COLUMNS if name in self._tables},
        }

    def _own(self, name: str, pupil_id: str) -> DataFrame:
        """The rows of one child, with a sentence in place of each text that names another."""
        if name not in self._rows:
            self._rows[name] = _shown(name, self._tables[name])
        of_each, texts = self._rows[name]
        rows = of_each.of(pupil_id).reset_index(drop=True)
        cells = dict(zip(rows, rows.to_numpy(dtype="object").T.tolist(), strict=True)) if len(rows) and texts else {}
        told = {text: [self._names.others_in(cell, pupil_id) for cell in cells[text]] for text in texts if cells}
        return rows.assign(**{text: rows[text].mask(np.array(of), ANOTHER_CHILD) for text, of in told.items() if any(of)})


def _shown(name: str, rows: DataFrame) -> tuple[ByPupil, list[str]]:
    """Of a table what parents may see, child by child, and the columns in which somebody may have written of another child.
    Categories would carry the names of all others along: only texts are handed out."""
    if name == "due":
        rows = rows[rows["kind"].isin(MEETINGS)]
    own = rows[[column for column in COLUMNS[name] if column in rows]]
    own = own.astype({column: "str" for column in own if isinstance(own[column].dtype, pd.CategoricalDtype)})
    texts = [] if name in NO_NOTES else own.select_dtypes(["str", "object"]).columns.tolist()
    return ByPupil(own, rows["pupil_id"]), texts
