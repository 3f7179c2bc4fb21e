"""The plan drawn: what provisions cost, what was given of the sessions due, and where adults spend their hours."""

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from pandas import DataFrame

from sentrack_lib.views.figures.drawing import CLEAR, INK, PLAIN, finished, lines
from sentrack_lib.views.papers import Papers
from sentrack_lib.views.parts import Figure, Part, Unseen
from sentrack_lib.views.words import pounds

COST, GIVEN, WEEK = "What does each provision cost?", "Is the agreed support being given?", "Where do adults spend their hours?"
PLACES = {
    "hours_in_class": ("in class", "#2b5c8a", ""), "hours_small_group": ("small group", "#a9c4dd", ""),
    "hours_one_to_one": ("one to one", "#ffffff", "///"), "hours_out_of_class": ("out of class", "#a33b00", ""),
    "hours_not_said": ("not said", "#d3d3d3", "..."),
}  # fmt: skip
EDGE: dict[str, Any] = {"edgecolor": INK, "linewidth": 0.7}


def costs(papers: Papers) -> Part:
    """A bar a provision: what it costs to date, and as projected to its end."""
    if not papers.has("provision_map"):
        return Unseen("Costs are shown to the inclusion manager.")
    rows = papers.tables["provision_map"].dropna(subset=["cost_projected"]).sort_values("cost_projected", kind="stable")
    rows = rows[rows["cost_projected"].gt(0)]
    if rows.empty:
        return Unseen(f"{COST} No cost is known.")
    axes = lines(rows["name"], COST)
    places = np.arange(len(rows))
    axes.barh(places, rows["cost_projected"], height=0.6, color="white", hatch="///", label="still to come, as projected", **EDGE)
    axes.barh(places, rows["cost_to_date"].fillna(0), height=0.6, color=PLAIN, label="to date", **EDGE)
    axes.set_xlim(0)
    pairs = zip(rows["name"][::-1], rows["cost_to_date"][::-1], rows["cost_projected"][::-1], strict=True)
    told = "; ".join(f"{name}: {pounds(now) or 'not known'} to date, {pounds(whole)} as projected" for name, now, whole in pairs)
    return Figure.of(finished(axes, "Pounds"), f"{COST} {told}.")


def sessions(papers: Papers) -> Part:
    """A line a provision with a register: the share of the sessions due that was given, beside what is called out."""
    if not papers.has("provision_map"):
        return Unseen("Sessions are shown to those who plan provision.")
    rows = papers.tables["provision_map"]
    rows = rows[rows["sessions_given"].notna() & rows["sessions_due"].gt(0)]
    if rows.empty:
        return Unseen(f"{GIVEN} No register of sessions is kept.")
    rows = rows.assign(share=100 * rows["sessions_given"] / rows["sessions_due"]).sort_values(
        "share", ascending=False, kind="stable"
    )
    return Figure.of(_drawn_sessions(rows), _told_sessions(rows))


def _drawn_sessions(rows: DataFrame) -> Axes:
    due = rows["sessions_due"].round(0).astype("int64").astype("str")
    axes = lines(rows["name"] + " (" + rows["sessions_given"].round(0).astype("int64").astype("str") + " of " + due + ")", GIVEN)
    places, low = np.arange(len(rows)), rows["share"].lt(60).to_numpy()
    looks: list[tuple[Any, str, str, str]] = [(~low, PLAIN, "", "60 in 100 and more"), (low, CLEAR, "///", "under 60 in 100")]
    for which, colour, hatch, label in looks:
        if which.any():
            axes.barh(places[which], rows["share"][which], height=0.6, color=colour, hatch=hatch, label=label, **EDGE)
    axes.axvline(100, color=INK, linewidth=1)
    axes.set_xlim(0, max(105.0, float(rows["share"].max()) + 5))
    return finished(axes, "Sessions given, of 100 due by now")


def _told_sessions(rows: DataFrame) -> str:
    told = "; ".join(f"{name}: {share:.0f} of 100" for name, share in zip(rows["name"][::-1], rows["share"][::-1], strict=True))
    return f"{GIVEN} Sessions given of those due by now. {told}."


def adults(papers: Papers) -> Part:
    """A bar an adult: hours a week by place, and a mark where the contract ends."""
    if not papers.has("adults_week"):
        return Unseen("Adults' time is shown to those who plan it.")
    rows = papers.tables["adults_week"].dropna(subset=["deployed"]).sort_values("name", ascending=False, kind="stable")
    rows = rows.assign(name=rows["name"].fillna(rows["adult_id"]))
    if rows.empty:
        return Unseen(f"{WEEK} No timetable of adults is recorded.")
    axes, left = lines(rows["name"], WEEK), np.zeros(len(rows))
    places = np.arange(len(rows))
    for column, (label, colour, hatch) in PLACES.items():
        wide = rows[column].fillna(0).to_numpy()
        if wide.any():
            axes.barh(places, wide, left=left, height=0.6, color=colour, hatch=hatch, label=label, **EDGE)
        left = left + wide
    axes.plot(rows["weekly_hours"], places, linestyle="none", marker="|", markersize=18, color=INK, label="contract")
    axes.set_xlim(0)
    return Figure.of(finished(axes, "Hours a week"), f"{WEEK} {'; '.join(map(_told_week, rows[::-1].to_dict('records')))}.")


def _told_week(row: dict[Any, Any]) -> str:
    parts = [f"{row[column]:g} {label}" for column, (label, _, _) in PLACES.items() if row[column] > 0]
    return f"{row['name']}: {', '.join(parts) or 'nothing timetabled'}; contract {row['weekly_hours']:g}"
