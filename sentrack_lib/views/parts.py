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
from html import escape
from numbers import Integral
from typing import TYPE_CHECKING, TypeVar

from jinja2 import Environment
from pandas import NA, DataFrame

if TYPE_CHECKING:
    from matplotlib.axes import Axes

STYLE = (
    "font-family: system-ui, 'Segoe UI', Arial, sans-serif; line-height: 1.5; color: #1a1a1a; background: #fff; max-width: 60rem;"
)


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
</style><table id="{{ id }}"><caption>{{ title }}</caption>
<thead><tr>{% for name, kind in columns %}<th scope="col" class="{{ kind }}">{{ name }}</th>{% endfor %}</tr></thead>
<tbody>{% for row in rows %}
<tr>{% for cell, opens in row %}<td class="{{ columns[loop.index0][1] }}">
{%- if opens %}<button type="button" data-opens="{{ opens }}" aria-label="{{ cell }}: open">{{ cell }}</button>
{%- else %}{{ cell }}{% endif -%}
</td>{% endfor %}</tr>{% endfor %}
</tbody></table>{% if note %}<p style="margin: .4em 8px 0; color: #1a1a1a; font-size: 13px">{{ note }}</p>{% endif %}</div>"""
)
_NUMBER = re.compile(r"[+\N{MINUS SIGN}-]?£?[\d.,]*( %| to \d+)?")
Opens = Callable[[Mapping[str, str]], Mapping[str, str]]
"""Of a row, by its headings, what each of its cells opens in a dashboard, as the browser sends it back."""
PIXELS = 110
"""An inch of a figure on a screen, so that its smallest words are as large as those of a table."""


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
            return f'<p style="{STYLE}">{escape(self.lines[0])}</p>'
        items = "".join(f"<li style='margin: 0 0 .4em'>{escape(line)}</li>" for line in self.lines)
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
        return cls(picture.getvalue(), alternative, axes.figure.bbox_inches.width * PIXELS)  # type: ignore[union-attr]

    def html(self) -> str:
        """The picture inline, so that the page stands alone."""
        code = base64.b64encode(self.svg).decode()
        told = escape(self.alternative)
        size = f"width: {self.width:.0f}px; max-width: 100%; height: auto"
        return f'<img style="{size}" alt="{told}" src="data:image/svg+xml;base64,{code}">'

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
        columns = [(name, "number" if all(map(_NUMBER.fullmatch, cells)) else "text") for name, cells in self._said.items()]
        place = re.sub(r"\W+", "-", self.title.lower()).strip("-")
        rows = [_cells(dict(zip(self._said, row, strict=True)), opens) for row in self._rows]
        return _TABLE.render(id=f"table-{place}", title=self.title, note=self.note, columns=columns, rows=rows)

    def __repr__(self) -> str:
        return "\n".join([self.title, *(" | ".join(row) for row in [self._said, *self._rows])])

    @cached_property
    def _said(self) -> dict[str, list[str]]:
        """The columns as they are read aloud."""
        return {name: [_said(value) for value in self.frame[name]] for name in map(str, self.frame)}

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
        return f'<p class="unseen" style="{STYLE}"><em>{escape(self.why)}</em></p>'

    def __repr__(self) -> str:
        return self.why


Drawn = TypeVar("Drawn", bound=Callable[..., Part])


def follows(*pickers: str) -> Callable[[Drawn], Drawn]:
    """Marks a part that looks the same whatever is picked in the other pickers, so that it need not be drawn again for them."""

    def marked(part: Drawn) -> Drawn:
        part.follows = pickers  # type: ignore[attr-defined]
        return part

    return marked


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
    return f"{value:g}" if isinstance(value, float) else str(value)
