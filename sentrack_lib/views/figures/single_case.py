"""One pupil measured again and again, as such numbers are drawn: by day, the phases apart, the middle of each as a line."""

from typing import Any

import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Sheet
from pandas import DataFrame, Timestamp

from sentrack_lib.measures.due import said_day
from sentrack_lib.sources.record_tables import PHASES
from sentrack_lib.views.figures.drawing import CLEAR, INK, PLAIN
from sentrack_lib.views.papers import Papers
from sentrack_lib.views.parts import Figure, Part, Unseen
from sentrack_lib.views.tables.one_pupil import name_of, of_one
from sentrack_lib.views.tables.single_case import NOT_SHOWN

QUESTION = "Did the numbers change?"
MOST_PICTURES = 4
WIDE, HIGH, ABOVE, BELOW, SIDE = 7.2, 2.6, 0.45, 0.4, 0.6
"""Inches: the sheet, one picture, the room for the question and for the legend, and beside a picture."""
MOST_DAYS = 6
MARKERS = dict(zip(PHASES, ("o", "s", "^"), strict=True))


@of_one
def single_case(papers: Papers) -> Part:
    """Points and lines of each measure of the pupil by day, the phases parted by dashed lines, the middle of each phase."""
    if not papers.has("single_case", "short_measures"):
        return Unseen(NOT_SHOWN)
    points, cases = papers.of_pupils("short_measures"), papers.of_pupils("single_case")
    cases = cases[cases["measure"].isin(points["measure"])]
    if cases.empty:
        return Unseen(f"{QUESTION} No short measure of {name_of(papers)} is recorded.")
    shown = [(case, points[points["measure"].eq(case["measure"])]) for case in cases.head(MOST_PICTURES).to_dict("records")]
    left = len(cases) - len(shown)
    fewer = [f"{left} more in the table."] if left else []
    told = " ".join([*(_in_words(case, rows) for case, rows in shown), *fewer])
    return Figure.of(_drawn(f"{QUESTION} {name_of(papers)}", shown), f"{QUESTION} {name_of(papers)}. {told}")


def _drawn(question: str, shown: list[tuple[dict[Any, Any], DataFrame]]) -> Axes:
    """A picture a measure, one under the other, the question above and the legend below; returns the last one."""
    high = HIGH * len(shown) + ABOVE + BELOW
    sheet = Sheet(figsize=(WIDE, high))
    sheet.text(0.1 / WIDE, 1 - 0.2 / high, question, fontsize=12, fontweight="bold", verticalalignment="center")
    for place, (case, rows) in enumerate(shown):
        foot = high - ABOVE - (place + 1) * HIGH
        axes = sheet.add_axes((SIDE / WIDE, (foot + 0.45) / high, (WIDE - SIDE - 0.2) / WIDE, (HIGH - 1.1) / high))
        _phases(axes, rows)
        _days(axes, rows)
        axes.set_title(f"{case['measure']} ({case['better']} is better)" if pd.notna(case["better"]) else case["measure"],
                       loc="left", fontsize=9.5, fontweight="bold", pad=16)  # fmt: skip
    handles, names = sheet.axes[-1].get_legend_handles_labels()
    named = dict(zip(names, handles, strict=True))
    corner: dict[str, Any] = {"loc": "lower left", "bbox_to_anchor": (0.3 / WIDE, 0)}
    sheet.legend([*named.values()], [*named], ncols=2, fontsize=9, frameon=False, **corner)
    return sheet.axes[-1]


def _phases(axes: Axes, rows: DataFrame) -> None:
    """The numbers of each phase, joined within it alone, its middle, its name, and a dashed line to the next."""
    parts = [(phase, mine) for phase in PHASES if len(mine := rows[rows["phase"].eq(phase)])]
    for phase, mine in parts:
        first, last, middle = mine["on"].min(), mine["on"].max(), mine["value"].median()
        axes.plot(mine["on"], mine["value"], marker=MARKERS[phase], color=PLAIN, markersize=5, linewidth=1.2, label="measured")
        # A phase of one day still has a middle to be seen.
        ends = [first - pd.Timedelta(days=1), last + pd.Timedelta(days=1)]
        axes.plot(ends, [middle, middle], color=CLEAR, linewidth=2, linestyle=(0, (6, 1.5)), label="middle of the phase")
        place: dict[str, Any] = {"transform": axes.get_xaxis_transform(), "ha": "center", "va": "bottom"}
        axes.text(first + (last - first) / 2, 1.02, phase, fontsize=9, **place)
    for (_, one), (_, other) in zip(parts, parts[1:], strict=False):
        last, first = one["on"].max(), other["on"].min()
        if last < first:
            axes.axvline(last + (first - last) / 2, color=INK, linewidth=1, linestyle="--")


def _days(axes: Axes, rows: DataFrame) -> None:
    """Some of the days on which was measured, so that the axis names none that there is not; numbers from nought where near."""
    days = rows["on"].drop_duplicates().sort_values().to_list()
    step = -(-len(days) // MOST_DAYS)
    some = days[::step]
    axes.set_xticks(some, [f"{day.day} {day:%b}\n{day.year}" for day in some])
    axes.tick_params(labelsize=8.5)
    axes.locator_params(axis="y", nbins=5)
    lowest, highest = rows["value"].min(), rows["value"].max()
    room = 0.12 * (highest - lowest) or max(abs(highest) * 0.1, 1.0)
    axes.set_ylim(lowest - room, highest + room)
    sns.despine(ax=axes)


def _in_words(case: dict[Any, Any], rows: DataFrame) -> str:
    """What the picture shows: from when to when, from what to what in each phase, and what that says."""
    told = [_of_phase(phase, mine) for phase in PHASES if len(mine := rows[rows["phase"].eq(phase)])]
    return f"{case['measure']}, by day: {'; '.join(told)}. {case['sentence']}"


def _of_phase(phase: str, rows: DataFrame) -> str:
    first, last = (said_day(Timestamp(day)) for day in (rows["on"].min(), rows["on"].max()))
    numbers = ", ".join(f"{value:g}" for value in rows["value"])
    return f"{phase}, {first} to {last}: {numbers}" if first != last else f"{phase}, {first}: {numbers}"
