"""The pickers and forms of a page, and the one way it shows its parts: still in a batch, repainted when something changes."""

import os
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache, partial
from typing import Any, Protocol

import ipywidgets as widgets
from IPython.display import display
from pandas import DataFrame

from sentrack_lib.errors import BadInput
from sentrack_lib.views.doors import Doors
from sentrack_lib.views.forms.choices import pupils
from sentrack_lib.views.forms.fields import wide
from sentrack_lib.views.forms.saving import Reversible
from sentrack_lib.views.needs import need_names
from sentrack_lib.views.painting import Line, Painter
from sentrack_lib.views.papers import ALL, Papers
from sentrack_lib.views.parts import Opens, Part, Table, Told, Unseen, escape

DASHBOARD = "SENTRACK_DASHBOARD"
"""Set in the environment of a dashboard's kernels; a batch and JupyterLab show the same page without pickers."""
AUTHOR = "SENTRACK_AUTHOR"
"""Behind the school's sign-on, set in the environment of a page's kernel: who opened it, as the sign-on names them."""

LABELS = {
    "year_group": ("Year group", "All year groups"),
    "subject": ("Subject", "Average over subjects"),
    "teaching_group": ("Teaching group", "All teaching groups"),
    "need": ("Type of need", "All pupils"),
    "pupil": ("Pupil", "Choose a pupil"),
}
USUAL = ("year_group", "subject", "teaching_group", "need")
"""The pickers of most pages."""
CHOOSE_FIRST = {"teaching_group": "Choose a subject first"}
FAILED = "This part could not be shown. Choose another, or reload the page."
PICKER = 19
"""How wide a picker is, in rems."""
MOST_KEPT = 400
"""Parts a page remembers as drawn, some ten megabytes; its papers never change, so none of them goes out of date."""


NAME_FIRST = "Write your name at the top of the page first: every record says who made it."
READ_HERE = "What is decided is written down on the dashboard of who keeps the records, or in their workbook; here it is read."


class Keeper(Protocol):
    """Who keeps the school's records for a page."""

    def save(self, tables: Mapping[str, DataFrame], by: str) -> Any:
        """Save rows of records, all or none; returns the save, with `at_clock` and `rows`."""
        ...

    def take_back(self, saved: Any, by: str) -> Any:
        """Let the rows of a save stand as they did before it; returns the save that does so."""
        ...

    def renewed(self, tables: Mapping[str, DataFrame]) -> Mapping[str, DataFrame]:
        """The tables of a page with what is recorded by now."""
        ...

    def trail(self) -> DataFrame:
        """What people changed in the records, cell by cell, oldest first."""
        ...


class Page:
    """A page over papers: its parts are shown in place and follow the pickers; its forms write to the records."""

    def __init__(self, papers: Papers, keeper: Keeper | None = None) -> None:
        """Open at the part of the school that the papers are opened at; forms need who keeps the records."""
        self.keeper = keeper
        self._forms: list[tuple[Callable[..., Any], Any]] = []
        self._live = bool(os.environ.get(DASHBOARD))
        self.papers = papers.renewed(keeper.renewed(papers.tables)) if keeper and self._live else papers
        known = os.environ.get(AUTHOR, "")
        told = {"value": known, "disabled": bool(known), "placeholder": "as it is to stand in the records"}
        self._author = widgets.Text(description="Your name", **told, **wide(PICKER))
        self._author.add_class("author")
        self._painter, self._line = Painter(self._painted), Line(self._heard)
        self._paint = lru_cache(MOST_KEPT)(self._paint_at)
        self._offering = self._referred = False
        self._doors: Doors | None = None
        self._said = widgets.HTML()
        self._said.add_class("said")
        self._pickers: dict[str, widgets.Dropdown] = {}
        if self._live and self._painter.listening:
            display(self._line.widget())

    def pickers(self, *columns: str) -> widgets.Widget | None:
        """The pickers of a dashboard; nothing elsewhere, and nothing where an audience has nothing to choose."""
        columns = columns or USUAL
        if not self._live or not any(self.papers.choices(column) for column in columns):
            return None
        self._pickers = {column: widgets.Dropdown(description=LABELS[column][0], **wide(PICKER)) for column in columns}
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
        return self._painter.place(partial(self._drawn, part))

    def _paint_at(self, part: Callable[[Papers], Part], *place: str) -> str:
        papers = self.papers.on(**dict(zip(LABELS, place, strict=True)))
        if not self._live:
            return _painted(part, papers)
        pickers = set(self._pickers)
        if not self._doors or self._doors.papers.tables is not papers.tables or self._doors.pickers != pickers:
            self._doors = Doors(papers, pickers)
        return _painted(part, papers, self._doors.at(papers))

    def _drawn(self, part: Callable[[Papers], Part]) -> str:
        return str(self._paint(part, *_place(self.papers, part)))

    def live(self, part: Callable[[Papers], Part]) -> Part | widgets.HTML | None:
        """A part that is true only while the page is open, such as when the batch was run last; nothing in a batch."""
        return self.show(part) if self._live or self.keeper else None

    def kept(self, part: Callable[[Papers, DataFrame], Part]) -> widgets.HTML | Part | None:
        """A part about the records themselves: who changed what; nothing where a page does not write."""
        keeper = self.keeper
        return self.show(lambda papers: part(papers, keeper.trail())) if keeper else None

    def author(self) -> widgets.Widget | None:
        """Who writes in the forms of this page."""
        return self._author if self.keeper else None

    def form(self, make: Callable[[Papers, Callable[..., Any], Callable[[], None]], Any]) -> Part | widgets.Widget:
        """A form of the page; where nothing can be written, a sentence that says where it can, once on a page."""
        if not self.keeper:
            told, self._referred = self._referred, True
            return Told() if told else Unseen(READ_HERE)
        made = make(self.papers, self._keep, self._kept)
        self._forms.append((make, made))
        return made.widget()

    def _keep(self, rows: Mapping[str, DataFrame]) -> Any:
        """Save what a form holds under the name of who wrote it."""
        if not self._author.value.strip():
            raise BadInput(NAME_FIRST)
        assert self.keeper, "a form is shown only where there is a keeper"
        saved = self.keeper.save(rows, self._author.value.strip())
        return Reversible(saved, partial(self._take_back, saved), self._kept)

    def _take_back(self, saved: Any) -> Any:
        """Take back a save under the name of who does so."""
        if not self._author.value.strip():
            raise BadInput(NAME_FIRST)
        assert self.keeper, "a form is shown only where there is a keeper"
        return self.keeper.take_back(saved, self._author.value.strip())

    def _kept(self) -> None:
        """Show what is recorded by now. Meanwhile nothing is chosen in a list of a form: a browser tells the place in the list,
        and what stands there may be another when it is heard."""
        assert self.keeper, "a form is shown only where there is a keeper"
        self._tell(renewing=True)
        try:
            self.papers = self.papers.renewed(self.keeper.renewed(self.papers.tables))
            self._paint.cache_clear()
            for make, made in self._forms:
                made.renew(make(self.papers, self._keep, self._kept))
        finally:
            self._tell()
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
        picked = {column: str(picker.value or ALL) for column, picker in self._pickers.items()}
        if not self._offering:
            self._open(lambda: self._left(self.papers.on(**picked)))

    def _open(self, choose: Callable[[], Papers]) -> None:
        """Open the papers at a choice."""
        try:
            self.papers = choose()
            self._offer()
            self._say(f"One moment: {self.papers.title} …")
            self._begin_repaint()
        except Exception:
            self._offering = False
            self._say(FAILED)
            self._tell("all")

    def _left(self, opened: Papers) -> Papers:
        """A teaching group or pupil is left when its subject or year group is."""
        at = opened.place
        gone = [column for column in ("teaching_group", "pupil") if at[column] not in (ALL, *opened.choices(column))]
        return opened.on(**{**at, **dict.fromkeys(gone, ALL)}) if gone else opened

    def _heard(self, seen: Sequence[int], wish: Mapping[str, str] | None) -> None:
        """The browser says what it shows, and may ask for a part of the school that was picked on another page, or in a table."""
        self._painter.look_at(seen)
        known = {column: value for column, value in (wish or {}).items() if column in self._pickers}
        if known:
            self._open(lambda: self._opened(known))
        elif wish is not None:
            self._tell()

    def _opened(self, wish: Mapping[str, str]) -> Papers:
        """The papers opened at each wish that can be chosen there, one after the other."""
        opened = self.papers
        for column in (column for column in LABELS if column in wish):
            if wish[column] in (ALL, *opened.choices(column)):
                opened = opened.on(**{**opened.place, column: wish[column]})
        return self._left(opened)

    def _begin_repaint(self) -> None:
        """Repaint what follows the pickers; forms about a pupil open at the one who is looked at."""
        for _, made in self._forms:
            if self.papers.pupil != ALL and hasattr(made, "open_at"):
                made.open_at(self.papers.pupil)
        self._painter.begin()

    def _painted(self, how_far: str) -> None:
        """What is on the screen is painted, or everything is."""
        self._tell(how_far)
        if how_far == "all":
            self._say_what_is_shown()

    def _tell(self, painted: str = "", renewing: bool = False) -> None:
        picked = {column: getattr(self.papers, column) for column in self._pickers}
        self._line.tell(picked=picked, painted=painted, renewing=renewing, turn=self._line.turn)

    def _say_what_is_shown(self) -> None:
        self._say(f"Shown: {self.papers.title}.")

    def _say(self, words: str) -> None:
        self._said.value = f"<p>{escape(words)}</p>"


def _choices(papers: Papers, column: str) -> list[tuple[str, str]]:
    """What a picker offers: as it is shown, and as it is picked."""
    if column == "pupil" and papers.has("roll"):
        return pupils(papers.on(**{**papers.place, "pupil": ALL}))
    if column == "need":
        return list(zip(need_names(papers.choices(column)), papers.choices(column), strict=True))
    return [(name, name) for name in papers.choices(column)]


def _place(papers: Papers, part: Callable[[Papers], Part]) -> tuple[str, ...]:
    """What is picked, as far as the part follows it; a part that says nothing of it follows every picker."""
    followed = getattr(part, "follows", tuple(LABELS))
    return tuple(getattr(papers, column) if column in followed else ALL for column in LABELS)


def _painted(part: Callable[[Papers], Part], papers: Papers, opens: Opens | None = None) -> str:
    """The part as HTML; where it cannot be drawn, one sentence, so that nothing fails in silence or in a traceback."""
    try:
        drawn = part(papers)
        return drawn.html(opens) if isinstance(drawn, Table) else drawn.html()
    except Exception:  # whatever the fault, the other parts are still of use
        return f"<p role='alert'>{FAILED}</p>"
