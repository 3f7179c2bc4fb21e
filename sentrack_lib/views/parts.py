"""What a page is made of: sentences, figures and tables, each readable on a screen, on paper and by a screen reader.

Every text that comes from data is escaped here or by the library that draws it; nothing else on a page writes HTML.
"""

import base64
import io
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from html import escape as _escape
from numbers import Integral
from typing import TYPE_CHECKING, TypeVar

from jinja2 import Environment
from pandas import NA, DataFrame

from sentrack_lib.views.reading import legible

if TYPE_CHECKING:
    from matplotlib.axes import Axes

STYLE = (
    "font-family: system-ui, 'Segoe UI', Arial, sans-serif; line-height: 1.5; color: #1a1a1a; background: #fff; max-width: 60rem;"
)


def escape(text: str) -> str:
    """A text from data as HTML that says the same."""
    return _escape(legible(text))


_TABLE = Environment(autoescape=True).from_string(
    """<div role="region" tabindex="0" aria-label="{{ title }}" style="overflow-x: auto; background: #fff"><style>
#{{ id }} { width: 100%; border-collapse: collapse; border-bottom: 2px solid #767676; 
  font: 14px/1.4 system-ui, 'Segoe UI', Arial, sans-serif; }
#{{ id }} caption { padding: .3em 8px; color: #1a1a1a; font-size: 16px; font-weight: bold; text-align: left; }
#{{ id }} thead { border: solid #767676; border-width: 2px 0; }
#{{ id }} th, #{{ id }} td { padding: 6px 8px; color: #1a1a1a; background: #fff; text-align: left; vertical-align: top; }
#{{ id }} td { white-space: pre-line; }
#{{ id }} th { vertical-align: bottom; font-weight: bold; }
#{{ id }} tbody tr { border-top: 1px solid #d3d3d3; }
#{{ id }} .number { text-align: right; font-variant-numeric: tabular-nums; }
#{{ id }} + .note { margin: .4em 8px 0; color: #1a1a1a; font-size: 13px; }
#{{ id }} .day { white-space: nowrap; }
@media screen { #{{ id }} :is(.text, .phrase) { min-width: 4em; } #{{ id }} .long { min-width: 12em; } }
@media screen and (max-width: 48rem) {
#{{ id }} .phrase { min-width: 8em; } #{{ id }} .long { min-width: 14em; }
#{{ id }} caption span { display: inline-block; position: sticky; left: 8px; max-width: calc(100vw - 4rem); }
#{{ id }}.cards :is(tbody, tr, td) { display: block; } #{{ id }}.cards thead { display: none; }
#{{ id }}.cards tr { padding: .5em 0; border-top-width: 2px; } #{{ id }}.cards td { padding: 1px 8px; text-align: left; }
#{{ id }}.cards td:not(.long) { display: inline-block; } #{{ id }}.cards td:empty { display: none; }
#{{ id }}.cards td::before { content: attr(data-of) ": "; font-weight: bold; }
#{{ id }}:not(.cards) tr > :first-child { position: sticky; left: 0; z-index: 1; box-shadow: 1px 0 #d3d3d3; } }
@media print { #{{ id }} { font-size: {{ 8 if many else 9 }}pt; } #{{ id }} :is(th, td) { padding: 4px {{ 3 if many else 5 }}px; }
#{{ id }} .phrase { min-width: 4.5em; } #{{ id }} .long { min-width: 6em; }
#{{ id }} td:is(.phrase, .long) { overflow-wrap: anywhere; }{% if many %} #{{ id }} .day { white-space: pre-line; }{% endif %} }
</style><table id="{{ id }}"{% if cards %} class="cards"{% endif %}><caption><span>{{ title }}</span></caption>
<thead><tr>{% for name, kind, share in columns %}<th scope="col" class="{{ kind }}"
{%- if share %} style="width: {{ share }}%"{% endif %}>{{ name }}</th>{% endfor %}</tr></thead>
<tbody>{% for row in rows %}
<tr>{% for cell, opens in row %}{% set name, kind, _ = columns[loop.index0] -%}
<td class="{{ kind }}"{% if cards %} data-of="{{ name }}"{% endif %}>
{%- if opens %}<button type="button" data-opens="{{ opens }}" aria-label="{{ cell }}: open">{{ cell }}</button>
{%- else %}{{ cell }}{% endif -%}
</td>{% endfor %}</tr>{% endfor %}
</tbody></table>{% if note %}<p class="note">{{ note | safe }}</p>{% endif %}</div>"""
)
_DAY = re.compile(r"(\d{1,2} [A-Z][a-z]+ \d{4})?")
_PHRASE, _LONG = 16, 36
"""Letters of a line from which a column is of several words, and of sentences: these need room to be read."""
_MANY = 9
"""Columns from which a table is printed in smaller type, so that it is no wider than a sheet of paper."""
_NUMBER = re.compile(r"[+\N{MINUS SIGN}-]?£?[\d.,]*( %| to \d+)?")
_TYPED = re.compile(r"`((?:sentrack |intersections|seed:|budget:)[^`]*)`")
"""What is to be typed as our own sentences name it; a backtick in a name is one."""
Opens = Callable[[Mapping[str, str]], Mapping[str, str]]
"""Of a row, by its headings, what each of its cells opens in a dashboard, as the browser sends it back."""
PIXELS = 110
"""An inch of a figure on a screen, so that its smallest words are as large as those of a table."""
LEAST = 0.75
"""How far a figure may shrink before its words are too small; on a phone it scrolls sideways instead."""


class Part(ABC):
    """One thing on a page."""

    @abstractmethod
    def html(self) -> str:
        """The part as HTML that is safe to show."""

    def _repr_html_(self) -> str:
        return self.html()


@dataclass(frozen=True)
class Sentences(Part):
    """What was found, in sentences; the first is the bottom line."""

    lines: Sequence[str]

    def html(self) -> str:
        """A list, so that a screen reader says how many there are; one sentence alone is a paragraph."""
        if len(self.lines) == 1:
            return f'<p style="{STYLE}">{_words(self.lines[0])}</p>'
        items = "".join(f"<li style='margin: 0 0 .4em'>{_words(line)}</li>" for line in self.lines)
        return f'<ul style="{STYLE} padding-left: 1.2em">{items}</ul>'

    def __repr__(self) -> str:
        return "\n".join(self.lines)


@dataclass(frozen=True)
class Figure(Part):
    """A picture and, in words, what it shows."""

    svg: bytes
    alternative: str
    width: float
    """In pixels of a screen."""

    @classmethod
    def of(cls, axes: "Axes", alternative: str) -> "Figure":
        """The finished axes as a picture that is sharp on paper and at any size."""
        picture = io.BytesIO()
        axes.figure.savefig(picture, format="svg", metadata={"Date": None, "Creator": None})  # type: ignore[union-attr]
        svg = legible(picture.getvalue().decode()).encode()
        return cls(svg, alternative, axes.figure.bbox_inches.width * PIXELS)  # type: ignore[union-attr]

    def html(self) -> str:
        """The picture inline, so that the page stands alone, in a frame that scrolls sideways on a phone."""
        code = base64.b64encode(self.svg).decode()
        told, least = escape(self.alternative), LEAST * self.width
        size = f"width: {self.width:.0f}px; max-width: 100%; min-width: {least:.0f}px; height: auto"
        picture = f'<img style="{size}" alt="{told}" src="data:image/svg+xml;base64,{code}">'
        return f'<div class="drawn" role="group" aria-label="Figure" tabindex="0" style="overflow-x: auto">{picture}</div>'

    def __repr__(self) -> str:
        return self.alternative


@dataclass(frozen=True)
class Table(Part):
    """A printed table: `frame` as it is shown, its `title`, and a `note` on how to read it."""

    frame: DataFrame
    title: str
    note: str = ""
    nothing: str = "There is nothing to list."

    def html(self, opens: Opens | None = None) -> str:
        """The table in a frame that scrolls sideways on a phone; a sentence where there is nothing to list."""
        if self.frame.empty:
            return Sentences([f"{self.title}: {self.nothing}"]).html()
        columns = _set(self._said)
        place = re.sub(r"\W+", "-", self.title.lower()).strip("-")
        rows = [_cells(dict(zip(self._said, row, strict=True)), opens) for row in self._rows]
        # On a phone a row with sentences is a card, for beside other columns they would be one word wide.
        cards = any(kind == "long" for _, kind, _ in columns)
        shown = {"columns": columns, "rows": rows, "cards": cards, "many": len(columns) >= _MANY}
        return _TABLE.render(id=f"table-{place}", title=legible(self.title), note=_words(self.note), **shown)

    def __repr__(self) -> str:
        return "\n".join([self.title, *(" | ".join(row) for row in [self._said, *self._rows])])

    @cached_property
    def _said(self) -> dict[str, list[str]]:
        """The columns as they are read aloud."""
        columns = zip(map(str, self.frame), self.frame.to_numpy(dtype="object").T.tolist(), strict=True)
        return {name: [_said(value) for value in cells] for name, cells in columns}

    @property
    def _rows(self) -> list[tuple[str, ...]]:
        return list(zip(*self._said.values(), strict=True))


@dataclass(frozen=True)
class Several(Part):
    """Parts one below the other that are read as one, such as a long table in sections."""

    parts: Sequence[Part]

    def html(self) -> str:
        """The parts with some room between them."""
        return "".join(f'<div style="margin: 0 0 1.4em">{part.html()}</div>' for part in self.parts)

    def __repr__(self) -> str:
        return "\n\n".join(map(repr, self.parts))


@dataclass(frozen=True)
class Unseen(Part):
    """A part that this audience is not shown, and why."""

    why: str

    def html(self) -> str:
        """One sentence in place of the part."""
        return f'<p class="unseen" style="{STYLE}"><em>{_words(self.why)}</em></p>'

    def __repr__(self) -> str:
        return self.why


@dataclass(frozen=True)
class Told(Part):
    """A part in which there is nothing to see, for a reason that is given further up on the page; nothing is said again."""

    def html(self) -> str:
        """Nothing that is seen or read aloud, marked like a part that is not shown."""
        return '<p class="unseen" hidden></p>'

    def __repr__(self) -> str:
        return ""


Drawn = TypeVar("Drawn", bound=Callable[..., Part])


def follows(*pickers: str) -> Callable[[Drawn], Drawn]:
    """Marks a part that looks the same whatever is picked in the other pickers, so that it need not be drawn again for them."""

    def marked(part: Drawn) -> Drawn:
        part.follows = pickers  # type: ignore[attr-defined]
        return part

    return marked


def _set(said: Mapping[str, Sequence[str]]) -> list[tuple[str, str, int]]:
    """Each column with how it is set and, where it holds sentences, its share of the width: browsers give these too little."""
    kinds = {name: _kind(cells) for name, cells in said.items()}
    rooms = {name: _room(name, cells) for name, cells in said.items()}
    whole = sum(rooms.values())
    return [(legible(name), kind, round(100 * rooms[name] / whole) if kind == "long" else 0) for name, kind in kinds.items()]


def _room(name: str, cells: Sequence[str]) -> float:
    """How much room a column wants beside others: less than in proportion to what stands in it."""
    written = sum(map(len, cells)) / len(cells)
    return float(max(6, written, max(map(len, name.split()), default=0)) ** 0.7)


def _kind(cells: Sequence[str]) -> str:
    """How a column is set, by what stands in it."""
    if all(map(_NUMBER.fullmatch, cells)):
        return "number"
    if all(map(_DAY.fullmatch, cells)):
        return "day"
    longest = max((len(line) for cell in cells for line in cell.splitlines()), default=0)
    return "long" if longest >= _LONG else "phrase" if longest >= _PHRASE else "text"


def _words(line: str) -> str:
    """A line as HTML that is safe to show; what is to be typed, between backticks, is set apart."""
    return _TYPED.sub(r"<code>\1</code>", escape(line))


def _cells(row: Mapping[str, str], opens: Opens | None) -> list[tuple[str, str]]:
    """Each cell of a row, and what it opens."""
    found = opens(row) if opens else {}
    return [(cell, found.get(name, "")) for name, cell in row.items()]


def _said(value: object) -> str:
    """A cell as it is read aloud: blank for missing, whole numbers without a point."""
    if value is None or value is NA or value != value:
        return ""
    if isinstance(value, Integral) and not isinstance(value, bool):
        return f"{value:,}"
    return f"{value:g}" if isinstance(value, float) else legible(str(value))
