"""Headline figures over the terms, one small picture each: pupils with SEN and the others, with intervals."""

from typing import Any

import numpy as np
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Sheet
from pandas import DataFrame, Series

from sentrack_lib.views.figures.drawing import CLEAR, INK, PLAIN
from sentrack_lib.views.headlines import CALLED, MARKS, followed, label, last_terms, not_followed, told
from sentrack_lib.views.papers import ALL, Papers
from sentrack_lib.views.parts import Figure, Part, Unseen
from sentrack_lib.views.words import sentence

QUESTION = "What became more, or less, over the terms?"
DRAWN = ["low progress", "growth", "missed a tenth", "missed half", "suspended or excluded", "sanction"]
"""Of the headline figures those that are drawn for the whole school; the others stand in the table."""
LOOKS: dict[str, dict[str, Any]] = {
    "with SEN": {"marker": "s", "color": CLEAR, "linestyle": "-"},
    "without SEN": {"marker": "o", "color": PLAIN, "linestyle": "--"},
}
APART = 0.09
"""How far the groups stand beside each other, so that neither hides the other's interval."""
MOST_PICTURES = 6
ACROSS = 2
WIDE, HIGH, ABOVE, BELOW, LINE = 4.0, 2.2, 0.45, 0.4, 0.16
"""Inches: one picture, the room for the question and for the legend, and a line of words above a picture."""
UNITS = {"growth": "standard deviations", "absence": "of 100 sessions"}
IN_100 = "pupils in 100"
Picture = tuple[tuple[str, str], DataFrame]


def trends(papers: Papers) -> Part:
    """Each headline figure over the terms; what changed by more than noise is written into its picture."""
    if why := not_followed(papers):
        return Unseen(why)
    rows = followed(papers, "trends")
    rows = rows[rows["group"].isin(list(LOOKS)) & rows["value"].notna()]
    whole = rows["subject"].eq(ALL)
    rows = rows[whole & rows["figure"].isin(DRAWN)] if whole.any() else rows
    if rows.empty:
        return Unseen(f"{QUESTION} There are no figures that can be drawn for these readers; the counts stand in the table.")
    grouped = rows.groupby(["subject", "figure"], sort=False)
    pictures = [((str(key[0]), str(key[1])), mine) for key, mine in grouped][:MOST_PICTURES]  # type: ignore[index]
    marks = followed(papers, "trend_changes")
    marks = marks[marks["mark"].isin(MARKS)]
    return Figure.of(_drawn(pictures, marks, last_terms(rows)), _alternative(pictures, marks))


def _drawn(pictures: list[Picture], marks: DataFrame, terms: list[str]) -> Axes:
    """The pictures in two columns, the question above and the legend below; returns the last one."""
    across = min(ACROSS, len(pictures))
    down = -(-len(pictures) // across)
    lines = max(len(_of_picture(marks, figure, subject)) for (subject, figure), _ in pictures)
    tall = HIGH + LINE * lines
    wide, high = max(WIDE * across, 6.0), tall * down + ABOVE + BELOW
    sheet = Sheet(figsize=(wide, high))
    sheet.text(0.1 / wide, 1 - 0.2 / high, QUESTION, fontsize=12, fontweight="bold", verticalalignment="center")
    for place, ((subject, figure), rows) in enumerate(pictures):
        left, foot = place % across * wide / across, high - ABOVE - (place // across + 1) * tall
        box = ((left + 0.5) / wide, (foot + 0.5) / high, (wide / across - 0.65) / wide, (HIGH - 1.05) / high)
        axes = sheet.add_axes(box)
        _lines(axes, rows, terms)
        _headed(axes, figure, subject, _of_picture(marks, figure, subject))
    drawn = {name: handle for axes in sheet.axes for handle, name in zip(*axes.get_legend_handles_labels(), strict=True)}
    corner: dict[str, Any] = {"loc": "lower left", "bbox_to_anchor": (0.3 / wide, 0)}
    sheet.legend([*drawn.values()], [*drawn], ncols=2, fontsize=9, frameon=False, **corner)
    return sheet.axes[-1]


def _lines(axes: Axes, rows: DataFrame, terms: list[str]) -> None:
    """A line of points with their intervals for each group."""
    scale = 1 if rows["figure"].eq("growth").all() else 100
    for number, (group, look) in enumerate(LOOKS.items()):
        mine = rows[rows["group"].eq(group) & rows["term"].isin(terms)]
        if len(mine):
            at = np.array([terms.index(term) for term in mine["term"]]) + (number - 0.5) * APART * 2
            middle, ends = scale * mine["value"].to_numpy(), scale * mine[["low", "high"]].to_numpy().T
            spread = np.nan_to_num(np.abs(ends - middle))
            axes.errorbar(at, middle, yerr=spread, capsize=2, markersize=5, linewidth=1.2, label=sentence(group), **look)
    axes.set_xlim(-0.5, len(terms) - 0.5)
    axes.set_xticks(range(len(terms)), [label(term).replace(" ", "\n") for term in terms], fontsize=8)
    if scale == 100:
        axes.set_ylim(0, max(5.0, 108 * rows["high"].fillna(rows["value"]).max()))
    else:
        axes.set_ylim(*_reaching(rows))
        axes.axhline(0, color=INK, linewidth=0.8, linestyle=":")


def _reaching(rows: DataFrame) -> tuple[float, float]:
    """At least half a standard deviation either way, so that small differences look small."""
    widest = max(0.5, 1.08 * rows[["low", "high", "value"]].abs().max().max())
    return -widest, widest


def _headed(axes: Axes, figure: str, subject: str, changes: list[str]) -> None:
    """What the picture shows, in which unit, and what changed by more than noise: a line each, from the bottom up."""
    name = CALLED[figure] + (f" in {subject}" if subject != ALL else "")
    inch = 1 / (axes.bbox.height / axes.figure.dpi)  # type: ignore[union-attr]
    place: dict[str, Any] = {"transform": axes.transAxes, "verticalalignment": "bottom"}
    headings = [(name, 9.5, "bold", INK), (UNITS.get(figure, IN_100), 8.5, "normal", INK)]
    headings += [(change, 8.5, "bold", CLEAR) for change in changes]
    for line, (words, fontsize, weight, colour) in enumerate(reversed(headings)):
        axes.text(0, 1 + (0.04 + LINE * line) * inch, words, fontsize=fontsize, fontweight=weight, color=colour, **place)
    axes.tick_params(axis="y", labelsize=8.5)
    axes.locator_params(axis="y", nbins=4)
    sns.despine(ax=axes)


def _of_picture(marks: DataFrame, figure: str, subject: str) -> list[str]:
    """`with SEN more than in Spring 2026 and Summer 2025`, for what changed in a picture by more than noise."""
    rows = marks[marks["figure"].eq(figure) & marks["subject"].eq(subject) & marks["group"].isin(list(LOOKS))]
    changes = rows["group"] + " " + rows["mark"] + " than in "
    since: Series = rows["since"].map(label).groupby(changes, sort=False).agg(" and ".join)
    return [f"{change}{terms}" for change, terms in since.items()]


def _alternative(pictures: list[Picture], marks: DataFrame) -> str:
    """Everything the pictures show, in words."""
    parts = [_in_words(figure, subject, rows, _of_picture(marks, figure, subject)) for (subject, figure), rows in pictures]
    return f"{QUESTION} With 95 % intervals. {' '.join(parts)}"


def _in_words(figure: str, subject: str, rows: DataFrame, changes: list[str]) -> str:
    name = CALLED[figure] + (f" in {subject}" if subject != ALL else "")
    points = rows["term"].map(label) + " " + told(rows).str.replace("\n", ", ")
    groups: Series = points.groupby(rows["group"], sort=False).agg("; ".join)
    said = ". ".join(f"{sentence(str(group))}: {line}" for group, line in groups.items())
    return f"{name}, {UNITS.get(figure, IN_100)}. {said}. " + (f"More than noise: {'; '.join(changes)}." if changes else "")
