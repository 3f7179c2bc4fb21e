"""Were flags right: of those flagged how many came to it, of those who came to it how many were flagged, a simple list beside."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from pandas import DataFrame

from sentrack_lib.measures.looking_back.scored import EVER
from sentrack_lib.views.figures.drawing import INK, PLAIN, finished, lines
from sentrack_lib.views.papers import Papers
from sentrack_lib.views.parts import Figure, Part, Told, Unseen, follows
from sentrack_lib.views.tables.looking_back import NOT_SCORED
from sentrack_lib.views.words import of, sentence

QUESTION = "Were flags right, and did they find those they should?"
ASKED = {"precision": ("right", "flagged", "right of those flagged"), "recall": ("right", "events", "found of those it came to")}
APART = 0.18


@follows()
def flags_right(papers: Papers) -> Part:
    """Two lines a rule that flagged anybody it had not come to yet: how many of its flags were right, how many of those it
    came to it found; beside both the simple list."""
    if not papers.has("flags_scored"):
        return Unseen(NOT_SCORED)
    rows = papers.tables["flags_scored"]
    if rows.empty:
        return Told()
    points = _points(rows[rows["over"].eq(EVER)])
    if points.empty:
        return Unseen(f"{QUESTION} Too few pupils to draw.")
    return Figure.of(_draw(points), _told(points))


def _points(rows: DataFrame) -> DataFrame:
    """A row a line, from the bottom up: its `name`, and the share and interval of the flags and of the simple list."""
    parts = []
    for place, (share, (count, whole, words)) in enumerate(ASKED.items()):
        columns = {"count": count, "whole": whole, "share": share, "low": f"{share}_low", "high": f"{share}_high"}
        simple = {"simple": f"simple_{share}", "simple_low": f"simple_{share}_low", "simple_high": f"simple_{share}_high"}
        part = DataFrame({name: rows[column] for name, column in {**columns, **simple}.items()})
        parts.append(part.assign(name=rows["rule"].map(sentence) + ", " + words, place=place, rule=range(len(rows))))
    points = pd.concat(parts)[pd.concat([rows["flagged"].gt(0)] * len(ASKED))].dropna(subset=["share"])
    return points.sort_values(["rule", "place"], ascending=False, ignore_index=True)


def _draw(points: DataFrame) -> Axes:
    """Filled circles for the flags, hollow squares for the simple list, each with its interval."""
    axes = lines(points["name"] + " (" + points["whole"].astype("Int64").astype("str") + ")", QUESTION, tall=1.3)
    at = np.arange(len(points))
    looks = (("", APART, "o", PLAIN, PLAIN, "flags"), ("simple", -APART, "s", INK, "white", "lowest attenders, as many"))
    for side, above, marker, colour, inside, label in looks:
        share, low, high = (100 * points[name].to_numpy(dtype="float64") for name in _columns(side))
        known = ~np.isnan(share)
        spread = np.abs(np.array([low, high]) - share)[:, known]
        look: dict[str, Any] = {
            "fmt": marker,
            "color": colour,
            "markerfacecolor": inside,
            "capsize": 3,
            "markersize": 7,
            "label": label,
        }
        axes.errorbar(share[known], (at + above)[known], xerr=spread, **look)
    axes.axvline(0, color=INK, linewidth=0.8)
    axes.set(xlim=(0, 100))
    return finished(axes, "Of 100 pupils, all terms so far (in brackets: of how many)")


def _columns(side: str) -> tuple[str, str, str]:
    return ("simple", "simple_low", "simple_high") if side else ("share", "low", "high")


def _told(points: DataFrame) -> str:
    """What the figure shows, in words, from its data."""
    told = [
        f"{row['name']}: {of(int(row['count']), int(row['whole']))}{_interval(row['low'], row['high'])}; {_simple(row)}"
        for row in points.iloc[::-1].to_dict("records")
    ]
    return f"{QUESTION} Shares with 95 % interval, over all terms so far. {'. '.join(told)}."


def _interval(low: float, high: float) -> str:
    return f" ({100 * low:.0f} to {100 * high:.0f} in 100)"


def _simple(row: dict) -> str:
    if pd.isna(row["simple"]):
        return "the simple list is too short to say"
    return f"the simple list {100 * row['simple']:.0f} in 100{_interval(row['simple_low'], row['simple_high'])}"
