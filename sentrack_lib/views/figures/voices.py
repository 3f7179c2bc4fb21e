"""What pupils and parents say, theme by theme: those with SEN beside the others, the lowest themes on top."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from pandas import DataFrame, Index

from sentrack_lib.views.figures.drawing import CLEAR, INK, PLAIN, finished, lines
from sentrack_lib.views.papers import ALL, Papers
from sentrack_lib.views.parts import Figure, Part, Unseen, follows
from sentrack_lib.views.words import said

QUESTION = "What do pupils and parents say?"
RESPONDENT = {"pupil": "Pupils", "parent": "Parents"}
EVERYONE, SEN, WITH, WITHOUT, YEAR = "all pupils", "SEN", "with SEN", "without SEN", "year group"
LOOKS = {WITHOUT: ("o", PLAIN, -0.15), WITH: ("D", CLEAR, 0.15)}
ROW = ["respondent", "theme"]


@follows("year_group")
def views(papers: Papers) -> Part:
    """The mean score of every theme with its interval: with SEN beside without; of one year group, that year beside the
    others."""
    if not papers.has("views"):
        return Unseen("What pupils and parents say is not for this page.")
    rows = papers.tables["views"]
    year = papers.year_group != ALL
    asked = rows["family"].eq(YEAR) & rows["group"].eq(f"Year {papers.year_group}") if year else rows["family"].eq(SEN)
    rows = rows[asked].dropna(subset=["mean"])
    if rows.empty:
        return Unseen(f"{QUESTION} Too few answers in any group to draw.")
    question = f"{QUESTION[:-1]} in Year {papers.year_group}?" if year else QUESTION
    order = rows.groupby(ROW)["mean"].min().sort_values(ascending=False, kind="stable").index
    return Figure.of(_draw(rows, order, question, year), _alternative(rows, order, question, year))


def _draw(rows: DataFrame, order: Index, question: str, year: bool) -> Axes:
    axes = lines([_named(rows, place) for place in order], question, tall=1 if year else 1.4)
    if year:
        _points(axes, rows, order, ("o", PLAIN, 0.0), "this year group")
        at = order.get_indexer(rows.set_index(ROW).index)
        axes.plot(rows["mean_rest"], at, "x", color=INK, markersize=7, label="other year groups")
    else:
        for group, look in LOOKS.items():
            _points(axes, rows[rows["group"].eq(group)], order, look, group)
    axes.set(xlim=(0.9, 5.1), xticks=range(1, 6))
    axes.grid(axis="x", color="#d3d3d3", linewidth=0.6)
    brackets = "answers" if year else "answers with SEN + without"
    return finished(axes, f"Mean score, 1 (worst) to 5 (best), with 95 % interval; in brackets: {brackets}")


def _points(axes: Axes, rows: DataFrame, order: Index, look: tuple[str, str, float], label: str) -> None:
    """One point a theme with its interval; filled where the difference from the others is clear, else hollow."""
    marker, colour, beside = look
    if rows.empty:
        return
    at, mean = order.get_indexer(rows.set_index(ROW).index) + beside, rows["mean"].to_numpy()
    spread = np.nan_to_num(np.abs(rows[["low", "high"]].to_numpy(dtype="float64").T - mean))
    axes.errorbar(mean, at, xerr=spread, fmt=marker, color=colour, capsize=3, markersize=7, markerfacecolor="white", label=label)
    clear = rows["verdict"].str.startswith("clear").to_numpy(dtype=bool)
    if clear.any():
        filled: dict[str, Any] = {"color": colour, "markersize": 7, "linestyle": "none", "zorder": 3}
        axes.plot(mean[clear], at[clear], marker, label=f"{label}, clear difference", **filled)


def _named(rows: DataFrame, place: tuple[str, str]) -> str:
    """`Pupils: feels safe (46 + 110)`: the answers behind the points, those with SEN first."""
    here = rows[rows["respondent"].eq(place[0]) & rows["theme"].eq(place[1])].set_index("group")["n"]
    numbers = " + ".join(str(here[group]) for group in (WITH, WITHOUT) if group in here) or str(here.iloc[0])
    return f"{RESPONDENT[place[0]]}: {place[1]} ({numbers})"


def _alternative(rows: DataFrame, order: Index, question: str, year: bool) -> str:
    """What the figure shows, in words, from its data."""
    places = rows.assign(place=order.get_indexer(rows.set_index(ROW).index)).sort_values(
        ["place", "group"], ascending=[False, True]
    )
    told = "; ".join(_told(row, year) for row in places.to_dict("records"))
    return f"{question} Mean scores from 1 to 5 with 95 % interval, the lowest theme first. {told}."


def _told(row: dict, year: bool) -> str:
    who = f"{RESPONDENT[row['respondent']]}, {row['theme']}{'' if year else ', ' + row['group']}"
    interval = f" ({row['low']:.1f} to {row['high']:.1f})" if pd.notna(row["low"]) else ""
    others = f", other year groups {row['mean_rest']:.1f}" if year and pd.notna(row["mean_rest"]) else ""
    return f"{who}: {row['mean']:.1f}{interval}, {said(row['n'], 'answer')}{others}, {row['verdict']}"
