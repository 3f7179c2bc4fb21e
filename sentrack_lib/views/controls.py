"""The pickers and forms of a page, and the one way it shows its parts: still in a batch, repainted when something changes."""

import asyncio
import os
from collections.abc import Callable, Mapping
from functools import lru_cache
from html import escape
from typing import Any, Protocol

import ipywidgets as widgets
from pandas import DataFrame

from sentrack_lib.errors import BadInput
from sentrack_lib.views.forms.choices import pupils
from sentrack_lib.views.papers import ALL, Papers
from sentrack_lib.views.parts import Part, Unseen

DASHBOARD = "SENTRACK_DASHBOARD"
"""Set in the environment of a dashboard's kernels; a batch and JupyterLab show the same page without pickers."""

LABELS = {
    "year_group": ("Year group", "All year groups"),
    "subject": ("Subject", "Average over subjects"),
    "teaching_group": ("Teaching group", "All teaching groups"),
    "pupil": ("Pupil", "Choose a pupil"),
}
USUAL = ("year_group", "subject", "teaching_group")
"""The pickers of most pages."""
CHOOSE_FIRST = {"teaching_group": "Choose a subject first"}
FAILED = "This part could not be shown. Choose another, or reload the page."
BREATH = 0.002
"""Seconds between two parts in which a kernel hears of a later choice."""
MOST_KEPT = 400
"""Parts a page remembers as drawn, some ten megabytes; its papers never change, so none of them goes out of date."""


NAME_FIRST = "Write your name at the top of the page first: every record says who made it."
READ_HERE = "What is decided is written down on the dashboard, in JupyterLab or in the workbook of records; here it is read."


class Keeper(Protocol):
    """Who keeps the school's records for a page."""

    def save(self, tables: Mapping[str, DataFrame], by: str) -> Any:
        """Save rows of records, all or none; returns the save, with `at_clock` and `rows`."""
        ...

    def renewed(self, tables: Mapping[str, DataFrame]) -> dict[str, DataFrame]:
        """The tables of a page with what is recorded by now."""
        ...


class Page:
    """A page over papers: its parts are shown in place and follow the pickers; its forms write to the records."""

    def __init__(self, papers: Papers, keeper: Keeper | None = None) -> None:
        """Open at the part of the school that the papers are opened at; forms need who keeps the records."""
        self.keeper = keeper
        self._forms: list[tuple[Callable[..., Any], Any]] = []
        self._live = bool(os.environ.get(DASHBOARD))
        self.papers = papers.renewed(keeper.renewed(papers.tables)) if keeper and self._live else papers
        self._author = widgets.Text(description="Your name", placeholder="as it is to stand in the records", **_wide())
        self._author.add_class("author")
        self._slots: list[tuple[Callable[[Papers], Part], widgets.HTML]] = []
        self._paint = lru_cache(MOST_KEPT)(lambda part, *place: _painted(part, self.papers.on(*place)))
        self._offering = False
        self._repainting: asyncio.Task[None] | None = None
        self._said = widgets.HTML()
        self._said.add_class("said")
        self._pickers: dict[str, widgets.Dropdown] = {}

    def pickers(self, *columns: str) -> widgets.Widget | None:
        """The pickers of a dashboard; nothing elsewhere, and nothing where an audience has nothing to choose."""
        columns = columns or USUAL
        if not self._live or not any(self.papers.choices(column) for column in columns):
            return None
        self._pickers = {column: widgets.Dropdown(description=LABELS[column][0], **_wide()) for column in columns}
        self._offer()
        self._say_what_is_shown()
        for picker in self._pickers.values():
            picker.observe(self._changed, names="value")
        row = widgets.HBox(list(self._pickers.values()), layout=widgets.Layout(flex_flow="row wrap"))
        row.add_class("pickers")
        return widgets.VBox([row, self._said])

    def show(self, part: Callable[[Papers], Part]) -> Part | widgets.HTML:
        """A part of the page, drawn from its papers."""
        if not self._live and not self.keeper:
            return part(self.papers)
        slot = widgets.HTML(self._paint(part, *_place(self.papers, part)))
        self._slots.append((part, slot))
        return slot

    def author(self) -> widgets.Widget | None:
        """Who writes in the forms of this page."""
        return self._author if self.keeper else None

    def form(self, make: Callable[[Papers, Callable[..., Any], Callable[[], None]], Any]) -> Part | widgets.Widget:
        """A form of the page; where nothing can be written, a sentence that says where it can."""
        if not self.keeper:
            return Unseen(READ_HERE)
        made = make(self.papers, self._keep, self._kept)
        self._forms.append((make, made))
        return made.widget()

    def _keep(self, rows: Mapping[str, DataFrame]) -> Any:
        """Save what a form holds under the name of who wrote it."""
        if not self._author.value.strip():
            raise BadInput(NAME_FIRST)
        assert self.keeper, "a form is shown only where there is a keeper"
        return self.keeper.save(rows, self._author.value.strip())

    def _kept(self) -> None:
        """Show what is recorded by now."""
        assert self.keeper, "a form is shown only where there is a keeper"
        self.papers = self.papers.renewed(self.keeper.renewed(self.papers.tables))
        self._paint.cache_clear()
        for make, made in self._forms:
            made.renew(make(self.papers, self._keep, self._kept))
        self._begin_repaint()

    def _offer(self) -> None:
        """Put what can be chosen now into the pickers; these changes are ours, and start no repaint."""
        self._offering = True
        for column, picker in self._pickers.items():
            choices = _choices(self.papers, column)
            everything = LABELS[column][1] if choices else CHOOSE_FIRST.get(column, LABELS[column][1])
            options = ((everything, ALL), *choices)
            if picker.options != options:
                picker.options = options
            picker.value, picker.disabled = getattr(self.papers, column), not choices
        self._offering = False

    def _changed(self, change: dict[str, object]) -> None:
        """Open the papers at what was picked. Whatever goes wrong is said: a page in a meeting never fails in silence."""
        if self._offering:
            return
        try:
            self.papers = self._picked()
            self._offer()
            self._say(f"One moment: {self.papers.title} …")
            self._begin_repaint()
        except Exception:
            self._offering = False
            self._say(FAILED)

    def _picked(self) -> Papers:
        """The papers opened at what was picked; a teaching group or pupil is left when its subject or year group is."""
        picked = {column: str(picker.value or ALL) for column, picker in self._pickers.items()}
        opened = self.papers.on(**picked)
        gone = [column for column in ("teaching_group", "pupil") if picked.get(column, ALL) not in (ALL, *opened.choices(column))]
        return self.papers.on(**{**picked, **dict.fromkeys(gone, ALL)}) if gone else opened

    def _begin_repaint(self) -> None:
        """Repaint while the kernel goes on listening; a repaint that is still going on for an earlier choice is given up."""
        if self._repainting:
            self._repainting.cancel()
        try:
            kernel = asyncio.get_running_loop()
        except RuntimeError:  # nothing listens outside a kernel
            asyncio.run(self._repaint())
        else:
            self._repainting = kernel.create_task(self._repaint())

    async def _repaint(self) -> None:
        """Paint from the top, each part as soon as it is drawn; forms about a pupil open at the one who is looked at."""
        for _, made in self._forms:
            if self.papers.pupil != ALL and hasattr(made, "open_at"):
                made.open_at(self.papers.pupil)
        for part, slot in self._slots:
            slot.value = self._paint(part, *_place(self.papers, part))
            await asyncio.sleep(BREATH)
        self._say_what_is_shown()

    def _say_what_is_shown(self) -> None:
        self._say(f"Shown: {self.papers.title}.")

    def _say(self, words: str) -> None:
        self._said.value = f"<p>{escape(words)}</p>"


def _choices(papers: Papers, column: str) -> list[tuple[str, str]]:
    """What a picker offers: as it is shown, and as it is picked."""
    if column == "pupil" and papers.has("roll"):
        return pupils(papers.on(papers.year_group, papers.subject, papers.teaching_group))
    return [(name, name) for name in papers.choices(column)]


def _place(papers: Papers, part: Callable[[Papers], Part]) -> tuple[str, ...]:
    """What is picked, as far as the part follows it; a part that says nothing of it follows every picker."""
    followed = getattr(part, "follows", tuple(LABELS))
    return tuple(getattr(papers, column) if column in followed else ALL for column in LABELS)


def _painted(part: Callable[[Papers], Part], papers: Papers) -> str:
    """The part as HTML; where it cannot be drawn, one sentence, so that nothing fails in silence or in a traceback."""
    try:
        return part(papers).html()
    except Exception:  # whatever the fault, the other parts are still of use
        return f"<p role='alert'>{FAILED}</p>"


def _wide() -> dict[str, object]:
    return {"style": {"description_width": "initial"}, "layout": widgets.Layout(width="min(19rem, 100%)")}
