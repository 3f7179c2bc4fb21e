"""Figures: each draws finished tables and computes nothing; its title is the question, its words say what it shows."""

from collections.abc import Iterable
from typing import Any

import matplotlib as mpl
import numpy as np
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Sheet
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path
from pandas import DataFrame

from sentrack_lib.sources.codes import need_label
from sentrack_lib.views.papers import ALL, Papers
from sentrack_lib.views.parts import Figure, Part, Unseen

INK, CLEAR, PLAIN = "#1a1a1a", "#a33b00", "#2b5c8a"
sns.set_theme(style="white", rc={"text.color": INK, "axes.labelcolor": INK, "xtick.color": INK})
mpl.rcParams.update({
    "text.parse_math": False,  # a group called `$\frac{$` is a name, not a formula
    "svg.fonttype": "none",  # words stay words, in the reader's own font
    "svg.hashsalt": "sentrack",  # the same figure is the same to the byte
})  # fmt: skip
LINE, ABOVE, BELOW, AXIS = 0.34, 0.5, 1.0, 5.4
"""Inches: the height of a line, room for the question and for the legend, the width of the axis."""
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
        "SEN status" if papers.year_group == ALL else "SEN by year group",
        "Do pupils with SEN progress like others of the same start?",
    )


def by_need(papers: Papers) -> Part:
    """Types of need."""
    return _intervals(papers, "type of need", "Is any type of need held back?")


def by_year(papers: Papers) -> Part:
    """Pupils with SEN in each year group."""
    return _intervals(papers, "SEN by year group", "In which year groups are pupils with SEN held back?")


def by_class(papers: Papers) -> Part:
    """Teaching groups of the subject looked at."""
    if papers.subject == ALL:
        return Unseen("Choose a subject to see its teaching groups side by side.")
    return _intervals(papers, "teaching group", f"Is any teaching group out of line in {papers.subject}?")


def _intervals(papers: Papers, family: str, question: str) -> Part:
    rows = papers.comparisons[papers.comparisons["family"].eq(family)].dropna(subset=["pooled", "low", "high"])
    if rows.empty:
        return Unseen(f"{question} Too few pupils in any group to draw.")
    drawn = rows.loc[rows["pooled"].abs().sort_values(ascending=False).index].head(MOST_GROUPS).sort_values("pooled")
    names = need_label(drawn["group"]) if family == "type of need" else drawn["group"]
    return Figure.of(_draw(drawn.assign(name=names), question), _alternative(drawn.assign(name=names), question, len(rows)))


def _draw(rows: DataFrame, question: str) -> Axes:
    """One line a group: best estimate (a square where the difference is clear), 95 % interval, and a cross as measured."""
    axes = _lines(rows["name"].astype("str") + " (" + rows["n"].astype("str") + ")", question)
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
    return _finished(axes, DIRECTION)


def _lines(names: Iterable[str], question: str) -> Axes:
    """Blank axes with a line for each name, from the bottom up, and the question above."""
    names = list(names)
    longest = text_to_path.get_text_width_height_descent(max(names, key=len), FontProperties(size=10), False)[0] / 72
    # Everything has its place from the start: looking for room, as matplotlib can, means drawing twice.
    wide, high = longest + AXIS + 0.4, ABOVE + LINE * len(names) + BELOW
    sheet = Sheet(figsize=(wide, high))
    sheet.text(0.1 / wide, 1 - 0.2 / high, question, fontsize=12, fontweight="bold", verticalalignment="center")
    axes = sheet.add_axes(((longest + 0.2) / wide, BELOW / high, AXIS / wide, LINE * len(names) / high))
    axes.set(ylim=(-0.5, len(names) - 0.5))
    axes.yaxis.set_visible(False)
    axes.locator_params(axis="x", nbins=6)
    for line, name in enumerate(names):
        axes.text(-0.1 / AXIS, line, name, transform=axes.get_yaxis_transform(), fontsize=10, ha="right", va="center")
    return axes


def _finished(axes: Axes, below: str) -> Axes:
    """What the axis means and the legend below, no more ink than is read."""
    inch = 1 / (axes.bbox.height / axes.figure.dpi)  # type: ignore[union-attr]
    axes.tick_params(labelsize=10)
    axes.set_xlabel(below, fontsize=10, verticalalignment="top")
    axes.xaxis.set_label_coords(0.5, -0.32 * inch)
    axes.legend(loc="upper left", bbox_to_anchor=(0.0, -0.55 * inch), ncols=3, fontsize=9, frameon=False)
    sns.despine(ax=axes, left=True)
    return axes


def _alternative(rows: DataFrame, question: str, of: int) -> str:
    """What the figure shows, in words, from its data."""
    columns = zip(*(rows[name] for name in ("name", "pooled", "low", "high", "n", "verdict")), strict=True)
    told = "; ".join(
        f"{name} {mean:+.2f} ({low:+.2f} to {high:+.2f}), {n} pupils, {verdict}" for name, mean, low, high, n, verdict in columns
    )
    part = f" The {len(rows)} widest of {of} gaps." if len(rows) < of else ""
    return f"{question} Progress in standard deviations with 95 % interval.{part} {told}."


def coverage(papers: Papers) -> Part:
    """For each subject, how many of those taught have a mark, and a growth percentile."""
    if not papers.has("progress"):
        return Unseen("This page is for readers who are shown no pupils.")
    rows = papers.tables["progress"]
    rows = rows[rows["subject"].ne(ALL)]
    if rows.empty:
        return Unseen("Nobody is taught or assessed in any subject.")
    columns = {"taught": ("pupil_id", "size"), "mark": ("points", "count"), "judged": ("growth_percentile", "count")}
    counts = rows.groupby("subject").agg(**columns).sort_values("taught")
    question = "In which subjects can progress be judged, and for how many?"
    told = "; ".join(
        f"{row.Index} {row.judged} of {row.taught} taught, {row.mark} with a mark" for row in counts[::-1].itertuples()
    )
    return Figure.of(_bars(counts, question), f"{question} {told}.")


def _bars(counts: DataFrame, question: str) -> Axes:
    """One line a subject: narrower and darker bars lie within the wider and lighter ones they are part of."""
    axes = _lines(counts.index, question)
    for column, colour, height, label in (
        ("taught", "#d9d9d9", 0.8, "taught"),
        ("mark", "#8fb4d9", 0.55, "with a mark"),
        ("judged", PLAIN, 0.3, "with a growth percentile"),
    ):
        axes.barh(np.arange(len(counts)), counts[column], height=height, color=colour, label=label)
    return _finished(axes, "Pupils")
