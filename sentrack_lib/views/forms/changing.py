"""Changing what is recorded: the record is chosen, changed and saved as a new version; the old one is kept."""

from collections.abc import Callable

import ipywidgets as widgets
from pandas import DataFrame

from sentrack_lib.errors import BadInput
from sentrack_lib.records.sheets_columns import as_texts
from sentrack_lib.sources import schema
from sentrack_lib.views.forms.fields import Choices, offer_again, wide
from sentrack_lib.views.forms.records import Filled, Keep, Section
from sentrack_lib.views.forms.saving import Saving

CHOOSE_FIRST = "Choose first what to change."
HIDDEN = ("entry", "version", "term")


class Changing:
    """A picker of what is recorded, and below it the record to be changed or taken back."""

    def __init__(
        self, section: Section, rows: DataFrame, names: Choices, choices: Choices, keep: Keep, kept: Callable[[], None]
    ) -> None:
        """`rows` are the records with their `entry`, `version` and `term`; `names` says under `entry` how each is called."""
        self.section, self.choices, self.rows = section, choices, rows
        self.picker = widgets.Dropdown(options=[("", ""), *names["entry"]], value="", description=section.title, **wide(40))
        self.picker.observe(self._chosen, names="value")
        self.back = widgets.Checkbox(description="Take it back: it was recorded by mistake", indent=False)
        self.place = widgets.VBox()
        self.filled: Filled | None = None
        self.saving = Saving(self.changed, keep, kept, "Save the change")

    def widget(self) -> widgets.Widget:
        """The form."""
        whole = widgets.VBox([self.picker, self.place, self.saving.answer])
        whole.add_class("form")
        return whole

    def changed(self) -> dict[str, DataFrame]:
        """The record as it is to be; `BadInput` where none is chosen."""
        if not self.filled:
            raise BadInput(CHOOSE_FIRST)
        row = self._row()
        withdrawn = {"withdrawn": "Y"} if self.back.value else {}
        cells = {**{name: row[name] for name in schema.columns(self.section.table)}, **self.filled.cells, **withdrawn}
        return {self.section.table: DataFrame([{**{name: row[name] for name in HIDDEN}, **cells}], dtype="str")}

    def _row(self) -> dict[str, str]:
        """The record that is chosen, each cell as it is written in its sheet."""
        rows = as_texts(self.section.table, self.rows[self.rows["entry"].eq(self.picker.value)])
        return {str(name): str(cell) for name, cell in rows.iloc[0].items()}

    def _chosen(self, _change: object) -> None:
        """Show the record that was chosen, as it is now."""
        self.saving.said.value, self.back.value = "", False
        self.filled = Filled(self.section, self.choices, self._row()) if self.picker.value else None
        self._show()

    def _show(self) -> None:
        parts = [self.filled.widget(), self.back, self.saving.button] if self.filled else []
        self.place.children = tuple(parts)

    def renew(self, fresh: "Changing") -> None:
        """Offer the records of a freshly made form; the one that is chosen stays open, from now on in its newest version."""
        self.rows, self.choices = fresh.rows, fresh.choices
        self.picker.unobserve(self._chosen, names="value")
        offer_again(self.picker, fresh.picker)
        self.picker.observe(self._chosen, names="value")
        if self.filled and not self.picker.value:  # it was taken back, or is another entry now
            self.filled = None
            self._show()
