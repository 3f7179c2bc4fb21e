"""Who misses a tenth of sessions or more: each group with its interval, beside where it would lie if it were like the school."""

import numpy as np
from matplotlib.axes import Axes
from pandas import DataFrame

from sentrack_lib.sources.codes import need_label
from sentrack_lib.views.figures.drawing import CLEAR, INK, PLAIN, finished, lines
from sentrack_lib.views.papers import ALL, Papers
from sentrack_lib.views.parts import Figure, Part, Unseen, follows
from sentrack_lib.views.words import of

QUESTION = "In which groups do more pupils miss a tenth of their sessions or more?"
ASKED = ["SEN status", "type of need", "SEN by year group"]


@follows("year_group")
def persistent_absence(papers: Papers) -> Part:
    """Groups of pupils with SEN, with the share that is persistently absent."""
    if not papers.has("rate_comparisons") or "mean" not in papers.tables["rate_comparisons"]:
        return Unseen("Absence by group is drawn for the inclusion manager.")
    rows = papers.tables["rate_comparisons"]
    rows = rows[rows["measure"].eq("persistent absence") & rows["by"].isin(ASKED)].dropna(subset=["mean", "low", "high"])
    if papers.year_group != ALL:
        rows = rows[rows["group"].eq(f"Year {papers.year_group}")]
    if rows.empty:
        return Unseen(f"{QUESTION} Too few pupils in any group to draw.")
    needs = rows["by"].eq("type of need")
    years = "With SEN, " + rows["group"]
    names = rows["group"].where(~needs, need_label(rows["group"])).mask(rows["by"].eq("SEN by year group"), years)
    rows = rows.assign(name=names).sort_values("mean", kind="stable")
    return Figure.of(_draw(rows), _told(rows))


def _draw(rows: DataFrame) -> Axes:
    """A point a group with its interval, a square where it is clear; a grey bar where it lies if it is like the whole school."""
    axes = lines(rows["name"] + " (" + rows["n"].astype("str") + ")", QUESTION)
    at, share = np.arange(len(rows)), 100 * rows["mean"].to_numpy()
    limits = 100 * rows[["limit_low", "limit_high"]].to_numpy().T
    axes.barh(at, limits[1] - limits[0], left=limits[0], height=0.5, color="#e3e3e3", label="if like the whole school")
    spread = np.abs(100 * rows[["low", "high"]].to_numpy().T - share)
    clear = rows["verdict"].str.startswith("clear").to_numpy(dtype=bool)
    for marker, colour, chosen, label in (("o", PLAIN, ~clear, "share of pupils"), ("s", CLEAR, clear, "clear difference")):
        if chosen.any():
            axes.errorbar(
                share[chosen], at[chosen], xerr=spread[:, chosen], fmt=marker, color=colour, capsize=3, markersize=7, label=label
            )
    axes.axvline(0, color=INK, linewidth=0.8)
    axes.set(xlim=(0, max(30.0, 100 * rows["high"].max() + 3)))
    return finished(axes, "Pupils in 100 who missed a tenth or more of this year's sessions")


def _told(rows: DataFrame) -> str:
    columns = zip(*(rows[name] for name in ("name", "count", "n", "low", "high", "verdict")), strict=True)
    told = "; ".join(
        f"{name} {of(int(count), int(n))} ({100 * low:.0f} to {100 * high:.0f} in 100), {verdict}"
        for name, count, n, low, high, verdict in list(columns)[::-1]
    )
    return f"{QUESTION} Shares with 95 % interval. {told}."
