"""The fields of a form, made from the one description of a record: a new column of it is a new field."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

import ipywidgets as widgets

from sentrack_lib.sources import cells, schema
from sentrack_lib.views.words import sentence

Choices = Mapping[str, Sequence[tuple[str, str]]]
"""For a column, such as `pupil_id`, what can be chosen: as it is shown, and as it is recorded."""
NOT_CHOSEN = ""
LABELS = {
    "hours_week": "Hours a week",
    "hourly_cost": "Cost an hour, pounds",
    "resources_cost": "Cost of resources, pounds",
    "total_cost": "Cost in all, pounds",
    "with_peers": "Learns with the class",
    "small_group": "Takes turns with a small group",
    "discreet": "Draws no attention",
    "at_times": "Steps back at times",
    "independence": "Leads to doing it alone",
    "knows_pupils": "Knows pupils and targets",
    "trained": "Trained for it",
    "ground_rules": "Knows the rules of the class",
    "feeds_back": "Passes on what is seen",
}
"""Columns whose own name says too little to somebody who fills them in."""


@dataclass(frozen=True)
class Field:
    """One cell of a record that a person fills in."""

    name: str
    label: str
    hint: str
    """What is meant, in a sentence: read below the label."""
    meaning: str
    """The same, and how it is written."""
    written: str
    required: bool = False
    usual: tuple[str, ...] = ()
    long: bool = False
    choices: tuple[tuple[str, str], ...] = ()

    def widget(self, cell: str = "") -> widgets.Widget:
        """What is filled in, holding a cell; nothing else is written here than what the sheet of the record takes."""
        wishes: dict[str, Any] = {"description": self.label + " *" * self.required, "tooltip": self.meaning, **wide()}
        if self.choices:
            offered = [("", NOT_CHOSEN), *self.choices]
            known = cell in {value for _, value in offered}
            return widgets.Dropdown(options=offered if known else [*offered, (cell, cell)], value=cell, **wishes)
        if self.written == cells.TICK:
            return widgets.Dropdown(options=[("", ""), ("yes", "Y"), ("no", "N")], value=cell, **wishes)
        if self.written == cells.DATE:
            return widgets.DatePicker(value=date.fromisoformat(cell) if cell else None, **wishes)
        if self.usual:
            return widgets.Combobox(options=self.usual, value=cell, ensure_option=False, **wishes)
        return (widgets.Textarea if self.long else widgets.Text)(value=cell, continuous_update=False, **wishes)


@cache
def wide(rems: int = 28) -> dict[str, Any]:
    """How wide a field is, on a phone no wider than the page: one layout for all, made in the kernel that shows it.

    A layout made when this is imported would belong to the parent of the kernels, where nobody hears a browser ask for
    it; one that misses an answer waits for ever."""
    return {"style": {"description_width": "initial"}, "layout": widgets.Layout(width=f"min({rems}rem, 100%)")}


def fields_of(table: str, choices: Choices, only: Sequence[str] = ()) -> list[Field]:
    """The fields of a record of `table`, in the order of its description; `only` some of them, in the order given."""
    names = only or schema.columns(table)
    return [_field(table, name, tuple(choices.get(name, ()))) for name in names]


def _field(table: str, name: str, choices: tuple[tuple[str, str], ...]) -> Field:
    column = schema.IMPORTED[table].columns[name]
    said = column.metadata or {}
    usual, long = tuple(said.get("usual", ())), bool(said.get("long"))
    label = LABELS.get(name, sentence(name.removesuffix("_id").replace("_", " ")))
    needed = bool(column.required)
    # What can be chosen is seen; the description says how it is written in a sheet.
    told = [] if choices else [f"{column.description}."]
    hint, meaning = " ".join([*told, *["Needed."] * needed]), f"{column.description} ({said['how']})."
    return Field(name, label, hint, meaning, said["written"], needed, usual, long, choices)


def offer_again(choice: widgets.Widget, fresh: widgets.Widget) -> None:
    """Offer what a freshly made input offers, and keep what is chosen where it is still there."""
    if not isinstance(choice, widgets.Dropdown) or choice.options == fresh.options:
        return
    chosen = choice.value
    choice.options = fresh.options
    choice.value = chosen if chosen in {value for _, value in fresh.options} else NOT_CHOSEN


def cell_of(value: Any) -> str:
    """What a person chose or wrote as the text of a cell."""
    return value.isoformat() if isinstance(value, date) else "" if value is None else str(value).strip()
