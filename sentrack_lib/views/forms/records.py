"""Forms: parts that are filled in. Each is made of sections, one for each record that a decision writes."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from secrets import token_hex
from typing import Any

import ipywidgets as widgets
from pandas import DataFrame

from sentrack_lib.errors import BadInput
from sentrack_lib.sources import schema
from sentrack_lib.views.forms.fields import Choices, Field, cell_of, fields_of, offer_again
from sentrack_lib.views.forms.saving import Saving, Tables
from sentrack_lib.views.parts import escape

Keep = Callable[[Tables], Any]


@dataclass(frozen=True)
class Section:
    """A record as part of a form: the fields a person sees, what is recorded unasked, and what other sections say."""

    table: str
    title: str
    only: tuple[str, ...] = ()
    given: Mapping[str, str] = field(default_factory=dict)
    """Cells that are recorded without being asked for."""
    shared: tuple[str, ...] = ()
    """Cells that are taken from a section before this one, such as the pupil."""
    mind: Callable[[Mapping[str, str]], Sequence[str]] | None = None
    """What is to be minded about the record as it is filled in, in sentences; it may be saved all the same."""
    completed: Callable[[Mapping[str, str]], dict[str, str]] | None = None
    """Fills up the cells that follow from those a person filled in."""


class Filled:
    """A section as it stands on a page."""

    def __init__(self, section: Section, choices: Choices, cells: Mapping[str, str] | None = None) -> None:
        """Shown with `cells` where there are some."""
        self.section, self._first = section, dict(cells or {})
        self.fields: list[Field] = fields_of(section.table, choices, section.only or _asked(section))
        self.inputs = {each.name: each.widget(self._first.get(each.name, "")) for each in self.fields}
        self.minded = widgets.HTML()
        self.minded.add_class("said")

    def widget(self) -> widgets.Widget:
        """The title and the fields; what each means goes with the title, and is put below its label by the page."""
        hints = escape(json.dumps([each.hint for each in self.fields]))
        heading = widgets.HTML(f'<h3 data-hints="{hints}">{self.section.title}</h3>')
        row = widgets.HBox(list(self.inputs.values()), layout=widgets.Layout(flex_flow="row wrap"))
        row.add_class("fields")
        return widgets.VBox([heading, row, self.minded] if self.section.mind else [heading, row])

    def tell(self, cells: Mapping[str, str]) -> None:
        """Say what is to be minded, once something is filled in."""
        if self.section.mind:
            lines = self.section.mind(cells) if self.touched else []
            self.minded.value = "".join(f"<p>{escape(line)}</p>" for line in lines)

    @property
    def cells(self) -> dict[str, str]:
        """What is filled in."""
        return {name: cell_of(each.value) for name, each in self.inputs.items()}

    @property
    def touched(self) -> bool:
        """Whether a person filled anything in."""
        return any(cell and cell != self._first.get(name, "") for name, cell in self.cells.items())

    def offer(self, name: str, cell: str) -> None:
        """Fill in a cell that can be chosen, as if it had stood there from the start."""
        if cell in {value for _, value in getattr(self.inputs[name], "options", ())}:
            self._first[name] = self.inputs[name].value = cell

    def clear(self) -> None:
        """Take out what was filled in, once it is saved."""
        for each in self.fields:
            self.inputs[each.name].value = each.widget(self._first.get(each.name, "")).value


class Form:
    """Sections and a Save button: all that is filled in is saved together, or nothing is."""

    def __init__(self, sections: Sequence[Section], choices: Choices, term: str, keep: Keep, kept: Callable[[], None]) -> None:
        """Blank; `keep` saves the tables, `kept` is called afterwards."""
        self.term = term
        self.sections = [Filled(section, choices) for section in sections]
        self.saving = Saving(self.rows, keep, lambda: self._kept(kept))
        for each in self.sections:
            for one in each.inputs.values():
                one.observe(self._mind, names="value")

    def widget(self) -> widgets.Widget:
        """The form."""
        whole = widgets.VBox([*(each.widget() for each in self.sections), self.saving.button, self.saving.answer])
        whole.add_class("form")
        return whole

    def renew(self, fresh: "Form") -> None:
        """Offer what a freshly made form offers; what is filled in stays."""
        for each, new in zip(self.sections, fresh.sections, strict=True):
            each.section = new.section
            for name, choice in each.inputs.items():
                offer_again(choice, new.inputs[name])

    def open_at(self, pupil: str) -> None:
        """Offer the pupil who is looked at."""
        for each in self.sections:
            if "pupil_id" in each.inputs:
                each.offer("pupil_id", pupil)

    def rows(self) -> dict[str, DataFrame]:
        """The records that were filled in, by table; `BadInput` where nothing was."""
        found: dict[str, list[dict[str, str]]] = {}
        for each, cells in self._filled():
            if each.touched:
                cells = each.section.completed(cells) if each.section.completed else cells
                found.setdefault(each.section.table, []).append({"term": self.term, **_named(each.section.table, cells)})
        if not found:
            raise BadInput("Nothing is filled in yet.")
        return {table: DataFrame(rows, dtype="str").fillna("") for table, rows in found.items()}

    def _filled(self) -> Iterator[tuple[Filled, dict[str, str]]]:
        """Each section with its cells, and what it takes from those before it."""
        said: dict[str, str] = {}
        for each in self.sections:
            own = each.cells
            taken = {name: said.get(name, "") for name in each.section.shared if not own.get(name)}
            cells = {**each.section.given, **own, **taken}
            said |= {name: cell for name, cell in cells.items() if cell}
            yield each, cells

    def _mind(self, _change: object) -> None:
        for each, cells in self._filled():
            each.tell(cells)

    def _kept(self, kept: Callable[[], None]) -> None:
        for each in self.sections:
            each.clear()
        kept()


OWN_IDS = {"actions": "action_id", "targets": "target_id", "evidence": "evidence_id", "meetings": "meeting_id",
           "entitlements": "entitlement_id", "school_areas": "area_id", "provisions": "provision_id"}  # fmt: skip
"""Records that a person does not have to name: they get a name of their own."""


def _asked(section: Section) -> list[str]:
    """What a person is asked for, where the section does not say: all that is not known already."""
    known = {OWN_IDS.get(section.table), *section.given, *section.shared}
    return [name for name in schema.columns(section.table) if name not in known]


def _named(table: str, cells: Mapping[str, str]) -> dict[str, str]:
    own = OWN_IDS.get(table)
    named = {own: token_hex(5)} if own and not cells.get(own) else {}
    return {name: cell for name, cell in {**cells, **named}.items() if name in schema.columns(table)}
