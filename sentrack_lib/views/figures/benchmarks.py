"""Persistent absence of the school's groups beside where half of England's local authorities lie."""

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from pandas import DataFrame

from sentrack_lib.views.figures.drawing import CLEAR, INK, PLAIN, finished, lines
from sentrack_lib.views.papers import Papers
from sentrack_lib.views.parts import Figure, Part, Unseen
from sentrack_lib.views.tables.benchmarks import not_beside, of_group, published
from sentrack_lib.views.words import of

QUESTION = "Is persistent absence like that elsewhere in England?"
BELOW = "Pupils in 100 who missed a tenth or more of their sessions (here: this year up to the term)"
BAND, GREYED = "#c9d6e3", "#efefef"
OUTSIDE = ("above", "below")


def benchmarks(papers: Papers) -> Part:
    """Each group with its interval, and the band in which half of the local authorities lie."""
    if why := not_beside(papers):
        return Unseen(why)
    rows = papers.tables["benchmarks"]
    rows = rows[rows["measure"].eq("persistent absence")].dropna(subset=["value", "low", "high"])
    if rows.empty:
        return Unseen(f"{QUESTION} There is no group large enough to draw for these readers; the counts stand in the table.")
    groups = of_group(rows["group"]) + np.where(rows["verified"].astype(bool), "", ", not verified")
    rows = rows.assign(name=groups).iloc[::-1]
    return Figure.of(_draw(rows), _told(rows))


def _draw(rows: DataFrame) -> Axes:
    """A point a group with its interval, over the band and the published figure; bands that are not verified are hatched."""
    axes = lines(rows["name"] + " (" + rows["of"].astype("str") + ")", QUESTION)
    at, share = np.arange(len(rows)), 100 * rows["value"].to_numpy()
    _bands(axes, rows, at)
    spread = np.abs(100 * rows[["low", "high"]].to_numpy().T - share)
    outside = rows["told"].str.startswith(OUTSIDE).to_numpy(dtype=bool)
    for marker, colour, chosen, label in (("o", PLAIN, ~outside, "here"), ("s", CLEAR, outside, "here, clearly outside")):
        if chosen.any():
            look: dict[str, Any] = {"fmt": marker, "color": colour, "capsize": 3, "markersize": 7, "label": label}
            axes.errorbar(share[chosen], at[chosen], xerr=spread[:, chosen], **look)
    axes.set(xlim=(-1.5, max(30.0, 100 * rows[["high", "p75"]].max().max() + 3)))
    return finished(axes, BELOW)


def _bands(axes: Axes, rows: DataFrame, at: np.ndarray) -> None:
    """Where half of the local authorities lie, and a line at the published figure."""
    low, high = (100 * rows[name].to_numpy() for name in ("p25", "p75"))
    sure = rows["verified"].to_numpy(dtype=bool)
    for chosen, look in ((sure, {"color": BAND, "label": "half of local authorities"}), (~sure, _HATCHED)):
        if chosen.any():
            axes.barh(at[chosen], (high - low)[chosen], left=low[chosen], height=0.6, **look)
    national = 100 * rows["national"].to_numpy()
    axes.plot(national, at, "|", color=INK, markersize=15, markeredgewidth=1.5, label="published")


_HATCHED: dict[str, Any] = {"color": GREYED, "edgecolor": "#9a9a9a", "hatch": "///", "label": "not verified"}


def _told(rows: DataFrame) -> str:
    """What the figure shows, in words, from its data."""
    low, high, p25, p75 = ((100 * rows[name]).round(0) for name in ("low", "high", "p25", "p75"))
    columns = zip(rows["name"], rows["count"], rows["of"], low, high, published(rows), p25, p75, rows["told"], strict=True)
    told = [
        f"{name} {of(int(count), int(whole))} ({least:.0f} to {most:.0f} in 100); published {there}, "
        f"half of local authorities {first:.0f} to {third:.0f}; {verdict}"
        for name, count, whole, least, most, there, first, third, verdict in columns
    ]
    return f"{QUESTION} Shares with 95 % interval. {'. '.join(told[::-1])}."
