"""How a figure is drawn: lines with names, what the axis means, colours that differ in grey as well; nothing is computed here."""

from collections.abc import Iterable

import matplotlib as mpl
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Sheet
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path

from sentrack_lib.views.reading import legible

INK, CLEAR, PLAIN = "#1a1a1a", "#a33b00", "#2b5c8a"
sns.set_theme(style="white", rc={"text.color": INK, "axes.labelcolor": INK, "xtick.color": INK})
mpl.rcParams.update({
    "text.parse_math": False,  # a group called `$\frac{$` is a name, not a formula
    "svg.fonttype": "none",  # words stay words, in the reader's own font
    "svg.hashsalt": "sentrack",  # the same figure is the same to the byte
})  # fmt: skip
LINE, ABOVE, BELOW, AXIS = 0.34, 0.5, 1.0, 5.4
"""Inches: the height of a line, room for the question and for the legend, the width of the axis."""
LONGEST = 60
"""Letters of a name."""


def lines(names: Iterable[str], question: str, tall: float = 1) -> Axes:
    """Blank axes with a line for each name, from the bottom up, and the question above."""
    names = [_short(name) for name in names]
    longest = text_to_path.get_text_width_height_descent(max(names, key=len), FontProperties(size=10), False)[0] / 72
    # Everything has its place from the start: looking for room, as matplotlib can, means drawing twice.
    wide, high = longest + AXIS + 0.4, ABOVE + LINE * tall * len(names) + BELOW
    sheet = Sheet(figsize=(wide, high))
    sheet.text(0.1 / wide, 1 - 0.2 / high, question, fontsize=12, fontweight="bold", verticalalignment="center")
    axes = sheet.add_axes(((longest + 0.2) / wide, BELOW / high, AXIS / wide, LINE * tall * len(names) / high))
    axes.set(ylim=(-0.5, len(names) - 0.5))
    axes.yaxis.set_visible(False)
    axes.locator_params(axis="x", nbins=6)
    for line, name in enumerate(names):
        axes.text(-0.1 / AXIS, line, name, transform=axes.get_yaxis_transform(), fontsize=10, ha="right", va="center")
    return axes


def _short(name: str) -> str:
    """A name that leaves room for the figure."""
    whole = " ".join(legible(name).split())
    return whole if len(whole) <= LONGEST else f"{whole[: LONGEST - 1]}…"


def finished(axes: Axes, below: str) -> Axes:
    """What the axis means and the legend below, no more ink than is read."""
    inch = 1 / (axes.bbox.height / axes.figure.dpi)  # type: ignore[union-attr]
    axes.tick_params(labelsize=10)
    axes.set_xlabel(below, fontsize=10, verticalalignment="top")
    axes.xaxis.set_label_coords(0.5, -0.32 * inch)
    axes.legend(loc="upper left", bbox_to_anchor=(0.0, -0.55 * inch), ncols=3, fontsize=9, frameon=False)
    sns.despine(ax=axes, left=True)
    return axes
