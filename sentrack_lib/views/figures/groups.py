"""Groups beside all others of the same start: the best estimate with its interval, and a square where the difference is clear."""

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from pandas import DataFrame

from sentrack_lib.sources.codes import need_label
from sentrack_lib.views.figures.drawing import CLEAR, INK, PLAIN, finished, lines
from sentrack_lib.views.needs import of_all_needs
from sentrack_lib.views.papers import ALL, NO_CLASSES, ONE_YEAR, Papers
from sentrack_lib.views.parts import Figure, Part, Unseen

NARROWEST = 0.8
"""The axis reaches at least this far either way, so that small differences look small."""
GAP = 3 * "\N{NO-BREAK SPACE}"
DIRECTION = f"\N{LEFTWARDS ARROW} less progress{GAP}|{GAP}more progress \N{RIGHTWARDS ARROW}{GAP}(standard deviations)"
MOST_GROUPS = 24
"""More rows than this cannot be read on one page; the widest gaps are drawn, and the words say so."""


def by_sen(papers: Papers) -> Part:
    """Pupils with SEN beside the rest."""
    return _intervals(
        papers,
        papers.sen_family,
        "Do pupils with SEN progress like others of the same start?",
    )


@of_all_needs
def by_need(papers: Papers) -> Part:
    """Types of need."""
    return _intervals(papers, "type of need", "Is any type of need held back?")


@of_all_needs
def by_year(papers: Papers) -> Part:
    """Pupils with SEN in each year group."""
    if papers.year_group != ALL:
        return Unseen(ONE_YEAR)
    return _intervals(papers, "SEN by year group", "In which year groups are pupils with SEN held back?")


@of_all_needs
def by_class(papers: Papers) -> Part:
    """Teaching groups of the subject looked at."""
    if not papers.has("teaching_groups"):
        return Unseen(NO_CLASSES)
    if papers.subject == ALL:
        return Unseen("Choose a subject to see its teaching groups side by side.")
    return _intervals(papers, "teaching group", f"Is any teaching group out of line in {papers.subject}?")


def _intervals(papers: Papers, family: str, question: str) -> Part:
    rows = papers.comparisons[papers.comparisons["family"].eq(family)].dropna(subset=["pooled", "low", "high"])
    if rows.empty:
        return Unseen(f"{question} Too few pupils in any group to draw.")
    drawn = rows.loc[rows["pooled"].abs().sort_values(ascending=False, kind="stable").index].head(MOST_GROUPS)
    drawn = drawn.sort_values("pooled", kind="stable")
    names = need_label(drawn["group"]) if family == "type of need" else drawn["group"]
    return Figure.of(_draw(drawn.assign(name=names), question), _alternative(drawn.assign(name=names), question, len(rows)))


def _draw(rows: DataFrame, question: str) -> Axes:
    """One line a group: best estimate (a square where the difference is clear), 95 % interval, and a cross as measured."""
    axes = lines(rows["name"].astype("str") + " (" + rows["n"].astype("str") + ")", question)
    clear = rows["verdict"].str.startswith("clear").to_numpy(dtype=bool)
    at, pooled = np.arange(len(rows)), rows["pooled"].to_numpy()
    spread = np.abs(rows[["low", "high"]].to_numpy().T - pooled)
    axes.plot(rows["mean"], at, "x", color=INK, markersize=6, label="as measured")
    for marker, colour, chosen, label in (("o", PLAIN, ~clear, "best estimate"), ("s", CLEAR, clear, "clear difference")):
        if chosen.any():
            look: dict[str, Any] = {"fmt": marker, "color": colour, "capsize": 3, "markersize": 7, "label": label}
            axes.errorbar(pooled[chosen], at[chosen], xerr=spread[:, chosen], **look)
    axes.axvline(0, color=INK, linewidth=0.8, linestyle=":")
    widest = max(NARROWEST, rows[["low", "high", "mean"]].abs().max().max() * 1.1)
    axes.set(xlim=(-widest, widest))
    return finished(axes, DIRECTION)


def _alternative(rows: DataFrame, question: str, of: int) -> str:
    """What the figure shows, in words, from its data."""
    columns = zip(*(rows[name] for name in ("name", "pooled", "low", "high", "n", "verdict")), strict=True)
    told = "; ".join(
        f"{name} {mean:+.2f} ({low:+.2f} to {high:+.2f}), {n} pupils, {verdict}" for name, mean, low, high, n, verdict in columns
    )
    part = f" The {len(rows)} widest of {of} gaps." if len(rows) < of else ""
    return f"{question} Progress in standard deviations with 95 % interval.{part} {told}."
