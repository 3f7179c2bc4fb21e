"""Expected against found: in what pupils with SEN take part, beside as many as if they did like the others."""

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from pandas import DataFrame

from sentrack_lib.views.figures.drawing import CLEAR, INK, PLAIN, finished, lines
from sentrack_lib.views.papers import ALL, Papers
from sentrack_lib.views.parts import Figure, Part, Unseen
from sentrack_lib.views.words import of, sentence

QUESTION = "Are pupils with SEN where the others are?"
MOST = 24
"""More rows cannot be read on one page."""


def representation(papers: Papers) -> Part:
    """Things to take part in, sets apart: the share of pupils with SEN with its interval, and the share expected."""
    if not papers.has("representation") or papers.year_group != ALL or papers.teaching_group != ALL:
        return Unseen("Who takes part in what is drawn for the whole school.")
    rows = papers.tables["representation"]
    rows = rows[rows["kind"].ne("set") & rows["expected"].notna()].dropna(subset=["share", "low", "high"])
    rows = rows if papers.subject == ALL else rows[rows["subject"].eq(papers.subject)]
    if rows.empty:
        return Unseen(f"{QUESTION} Nothing that may be drawn is recorded here.")
    clear = rows["verdict"].str.startswith("clear")
    order = (rows["excess"].abs() + clear).sort_values(ascending=False, kind="stable").index
    drawn = rows.loc[order].head(MOST).sort_values("excess", kind="stable")
    return Figure.of(_draw(drawn), _told(drawn, len(rows)))


def _draw(rows: DataFrame) -> Axes:
    """A circle found (a square where clear) with its interval, joined to the bar of what is expected."""
    axes = lines(rows["what"].map(sentence) + " (" + rows["n"].astype("str") + ")", QUESTION)
    at, found = np.arange(len(rows)), 100 * rows["share"].to_numpy()
    expected = 100 * (rows["expected"] / rows["n"]).to_numpy()
    spread = np.abs(100 * rows[["low", "high"]].to_numpy().T - found)
    axes.hlines(at, expected, found, color="#767676", linewidth=1)
    axes.plot(expected, at, "|", color=INK, markersize=14, markeredgewidth=2, label="expected")
    clear = rows["verdict"].str.startswith("clear").to_numpy(dtype=bool)
    for marker, colour, chosen, label in (("o", PLAIN, ~clear, "found"), ("s", CLEAR, clear, "clear difference")):
        if chosen.any():
            look: dict[str, Any] = {"fmt": marker, "color": colour, "capsize": 3, "markersize": 7, "label": label}
            axes.errorbar(found[chosen], at[chosen], xerr=spread[:, chosen], **look)
    axes.set(xlim=(0, max(20.0, 100 * rows["high"].max() + 3, expected.max() + 3)))
    return finished(axes, "Of 100 pupils with SEN who could take part")


def _told(rows: DataFrame, every: int) -> str:
    columns = zip(*(rows[name] for name in ("what", "count", "n", "expected", "verdict")), strict=True)
    told = "; ".join(
        f"{what}: {of(int(count), int(n))}, {expected:.1f} expected, {verdict}" for what, count, n, expected, verdict in columns
    )
    part = f" The {len(rows)} widest of {every}." if len(rows) < every else ""
    return f"{QUESTION} Pupils with SEN who take part, and how many if they did like the others of their years.{part} {told}."
