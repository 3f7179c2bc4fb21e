"""Every pupil a dot: growth of pupils with SEN and of the others, for those who may see pupils."""

import numpy as np
import seaborn as sns
from matplotlib.axes import Axes
from pandas import DataFrame

from sentrack_lib.sources.codes import has_sen
from sentrack_lib.views.figures.drawing import CLEAR, INK, PLAIN, finished, lines
from sentrack_lib.views.papers import Papers
from sentrack_lib.views.parts import Figure, Part, Unseen
from sentrack_lib.views.words import said

QUESTION = "How do pupils grow beside pupils of the same start?"
SIDES = {"Without SEN": ("o", PLAIN, 3.0), "With SEN": ("D", CLEAR, 4.0)}


def pupils(papers: Papers) -> Part:
    """The growth percentile of every pupil of this part of the school, those with SEN beside the others."""
    if not papers.has("roll"):
        return Unseen("Pupils as dots are for readers who may see pupils.")
    sen = has_sen(papers.roll["sen_status"]).map({True: "With SEN", False: "Without SEN"})
    rows = papers.progress[["pupil_id", "growth_percentile"]].merge(papers.roll[["pupil_id"]].assign(side=sen), on="pupil_id")
    rows = rows.dropna()
    if rows.empty:
        return Unseen(f"{QUESTION} Nobody here has a growth percentile and a known SEN status.")
    return Figure.of(_draw(rows), _told(rows))


def _draw(rows: DataFrame) -> Axes:
    """One line a side; dots lie beside each other by a fixed pattern, so that the same pupils always look the same."""
    sides = [side for side in reversed(SIDES) if rows["side"].eq(side).any()]
    axes = lines([f"{side} ({rows['side'].eq(side).sum()})" for side in sides], QUESTION, tall=2.4)
    for line, side in enumerate(sides):
        marker, colour, size = SIDES[side]
        shown = np.sort(rows.loc[rows["side"].eq(side), "growth_percentile"].to_numpy())
        beside = 0.32 * np.sin(np.arange(len(shown)) * 2.399963)  # the golden angle spreads neighbours apart
        axes.plot(shown, line + beside, marker, color=colour, markersize=size, alpha=0.6, markeredgewidth=0, linestyle="none")
        axes.plot([np.median(shown)] * 2, [line - 0.42, line + 0.42], color=INK, linewidth=2)
    axes.plot([], [], color=INK, linewidth=2, label="middle pupil")
    axes.axvline(50, color=INK, linewidth=0.8, linestyle=":", label="typical")
    axes.set(xlim=(0, 100))
    sns.despine(ax=axes, left=True)
    return finished(axes, "Growth percentile: how many of 100 pupils with the same start grew less")


def _told(rows: DataFrame) -> str:
    sides = {side: rows.loc[rows["side"].eq(side), "growth_percentile"] for side in SIDES}
    told = "; ".join(
        f"{side.lower()}: {said(len(shown), 'pupil')}, middle pupil at {shown.median():.0f}, {shown.lt(25).sum()} below 25"
        for side, shown in sides.items()
        if len(shown)
    )
    return f"{QUESTION} Each pupil a dot. {told}."
