"""Support beside progress: of pupils below expectation and of the others, how many receive nothing, some or much."""

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from pandas import DataFrame

from sentrack_lib.views.figures.drawing import INK, finished, lines
from sentrack_lib.views.papers import Papers
from sentrack_lib.views.parts import Figure, Part, Unseen
from sentrack_lib.views.tables.support import NOT_RECORDED, UNRECORDED, amounts
from sentrack_lib.views.words import said, sentence

QUESTION = "Do those who are below expectation receive support?"
LOOKS = {"nothing": ("#ffffff", "///"), "some": ("#a9c4dd", ""), "much": ("#2b5c8a", "")}
NAMES = {"nothing": "nothing recorded", "some": "some", "much": "much"}
GROUPS, EXPECTATIONS = ["with SEN", "without SEN"], ["below expectation", "as expected or better", "not known"]
WIDE_ENOUGH = 5
"""Narrower parts of a bar, in 100, have no room for their number."""


def support(papers: Papers) -> Part:
    """A bar for pupils with and without SEN below expectation and as expected: nothing recorded, some, much."""
    if not papers.has("support") and not papers.has("support_counts"):
        return Unseen("What support pupils receive is not for this page.")
    rows = amounts(papers)
    if rows["amount"].eq(UNRECORDED).any():
        return Unseen(NOT_RECORDED)
    cells = _cells(rows, counted_here=papers.has("support"))
    if cells.empty:
        return Unseen(f"{QUESTION} Too few pupils to draw.")
    return Figure.of(_draw(cells), _alternative(cells))


def _cells(rows: DataFrame, counted_here: bool) -> DataFrame:
    """A row a bar, from the bottom up: its `name`, its `whole` and a column an amount; no bar where a number may not be shown."""
    rows = rows[rows["group"].isin(GROUPS) & rows["of"].gt(0)]
    cells = rows.pivot(index=["expectation", "group"], columns="amount", values="count").reindex(columns=list(LOOKS))
    # In a table that was handed out whole, what is missing may not be shown; counted here, who is not found is nobody.
    cells = (cells.fillna(0) if counted_here else cells.dropna()).astype("int64").reset_index()
    cells = cells.assign(place=cells["expectation"].map(EXPECTATIONS.index), other=cells["group"].map(GROUPS.index))
    cells = cells.sort_values(["place", "other"], ascending=False, ignore_index=True)
    name = cells["expectation"].replace("not known", "progress not known").map(sentence) + ", " + cells["group"]
    return cells.assign(name=name, whole=cells[list(LOOKS)].sum(axis=1))


def _draw(cells: DataFrame) -> Axes:
    axes = lines(cells["name"] + " (" + cells["whole"].astype("str") + ")", QUESTION, tall=1.3)
    left = np.zeros(len(cells))
    for amount, (colour, hatch) in LOOKS.items():
        width = (100 * cells[amount] / cells["whole"]).to_numpy()
        look: dict[str, Any] = {"color": colour, "hatch": hatch, "edgecolor": INK, "linewidth": 0.7}
        axes.barh(np.arange(len(cells)), width, left=left, height=0.62, label=NAMES[amount], **look)
        for line, (across, wide, count) in enumerate(zip(left + width / 2, width, cells[amount], strict=True)):
            if wide >= WIDE_ENOUGH:
                _number(axes, across, line, count, dark=amount == "much")
        left = left + width
    axes.set(xlim=(0, 100))
    return finished(axes, "Of 100 pupils (the numbers in the bars are pupils)")


def _number(axes: Axes, across: float, line: int, count: int, dark: bool) -> None:
    plate: dict[str, Any] = {} if dark else {"bbox": {"facecolor": "white", "edgecolor": "none", "pad": 1.5}}
    axes.text(across, line, f"{count:,}", ha="center", va="center", fontsize=10, color="white" if dark else INK, **plate)


def _alternative(cells: DataFrame) -> str:
    """What the figure shows, in words, from its data."""
    told = [
        f"{name}, {said(whole, 'pupil')}: {nothing} nothing recorded, {some} some, {much} much"
        for name, whole, nothing, some, much in zip(*(cells[name][::-1] for name in ("name", "whole", *LOOKS)), strict=True)
    ]
    return f"{QUESTION} Support recorded this school year. {'; '.join(told)}."
