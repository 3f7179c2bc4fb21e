"""The sections of the self-evaluation: how many statements are fully, partly or not yet in place, now and the last time."""

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator
from pandas import DataFrame

from sentrack_lib.measures.self_evaluation.ratings import ALL_SECTIONS, NOT_AGREED, NOT_RATED
from sentrack_lib.views.figures.drawing import INK, finished, lines
from sentrack_lib.views.papers import Papers
from sentrack_lib.views.parts import Figure, Part, Unseen, follows
from sentrack_lib.views.tables.self_evaluation import NOT_SHOWN

QUESTION = "How much is in place, section by section?"
LOOKS = {
    "fully in place": ("#2b5c8a", ""), "partly in place": ("#a9c4dd", ""), "in need of development": ("#ffffff", "///"),
    NOT_AGREED: ("#e6e6e6", "..."), NOT_RATED: ("#ffffff", ""),
}  # fmt: skip
DARK = "fully in place"


@follows()
def self_evaluation(papers: Papers) -> Part:
    """A bar a section by rating, and below it one for the last time where it was rated then."""
    if not papers.has("statement_counts"):
        return Unseen(NOT_SHOWN)
    rows = papers.tables["statement_counts"]
    rows = rows[rows["section"].ne(ALL_SECTIONS)]
    if rows.loc[rows["rating"].ne(NOT_RATED), "count"].sum() == 0:
        return Unseen(f"{QUESTION} No statement is rated yet.")
    bars = _bars(rows)
    return Figure.of(_draw(bars), _alternative(bars))


def _bars(rows: DataFrame) -> DataFrame:
    """A row a bar, from the bottom up: its `name` and a column a rating."""
    found = []
    for section in rows["section"].unique():
        here = rows[rows["section"].eq(section)].set_index("rating")
        found.append({"name": f"{section} ({int(here['of'].iloc[0])})", "now": True, **here["count"].to_dict()})
        if here["count_before"].notna().all():
            found.append({"name": "the last time", "now": False, **here["count_before"].astype("int64").to_dict()})
    return DataFrame(found[::-1]).fillna(0)


def _draw(bars: DataFrame) -> Axes:
    axes = lines(bars["name"], QUESTION, tall=1.0)
    left = np.zeros(len(bars))
    high = np.where(bars["now"], 0.74, 0.5)
    for rating, (colour, hatch) in LOOKS.items():
        width = bars[rating].to_numpy(dtype="float64")
        look: dict[str, Any] = {"color": colour, "hatch": hatch, "edgecolor": INK, "linewidth": 0.7}
        if not width.any():
            continue
        there = np.flatnonzero(width)
        axes.barh(there, width[there], left=left[there], height=high[there], label=rating, **look)
        for line in there:
            _number(axes, left[line] + width[line] / 2, int(line), int(width[line]), rating == DARK)
        left = left + width
    axes.set(xlim=(0, max(left)))
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=10))
    return finished(axes, "Statements; the last time also not rated where nothing was agreed")


def _number(axes: Axes, across: float, line: int, count: int, dark: bool) -> None:
    plate: dict[str, Any] = {} if dark else {"bbox": {"facecolor": "white", "edgecolor": "none", "pad": 1.2}}
    axes.text(across, line, f"{count}", ha="center", va="center", fontsize=9, color="white" if dark else INK, **plate)


def _alternative(bars: DataFrame) -> str:
    """What the figure shows, in words, from its data."""
    told = []
    for row in bars[::-1].to_dict("records"):
        parts = ", ".join(f"{int(row[rating])} {rating}" for rating in LOOKS if row[rating])
        told.append(f"{row['name']}: {parts}")
    return f"{QUESTION} {'; '.join(told)}."
