"""What provisions changed: both estimates with their intervals beside nought, a line a provision."""

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from pandas import DataFrame

from sentrack_lib.views.figures.drawing import CLEAR, INK, PLAIN, finished, lines
from sentrack_lib.views.papers import Papers
from sentrack_lib.views.parts import Figure, Part, Unseen, follows
from sentrack_lib.views.tables.impact import NOT_SHOWN
from sentrack_lib.views.words import band_of, number, said

QUESTION = "Did provision change anything?"
NARROWEST = 1.0
"""The axis reaches at least this far either way, so that small effects look small."""
MOST = 12
"""Provisions drawn: those with the most pupils; the words tell of the same."""
GAP = 3 * "\N{NO-BREAK SPACE}"
DIRECTION = f"\N{LEFTWARDS ARROW} less than others{GAP}|{GAP}more than others \N{RIGHTWARDS ARROW}{GAP}(standard deviations)"
ESTIMATES = (
    ("effect", "alike", "against pupils of like start", "s", CLEAR, 0.16),
    ("change", "change", "change since the earlier baseline", "o", PLAIN, -0.16),
)
"""Of each: its column, the beginning of those of its ends, its name, marker, colour, and how far from the line it is drawn."""


@follows()
def impact(papers: Papers) -> Part:
    """Both intervals of each provision of which there is an effect to tell."""
    if not papers.has("impact"):
        return Unseen(NOT_SHOWN)
    rows = papers.tables["impact"].dropna(subset=["alike_low", "alike_high"])
    if rows.empty:
        return Unseen(f"{QUESTION} For no provision are there enough pupils and comparators to draw.")
    drawn = rows.sort_values("n", ascending=False, kind="stable").head(MOST).sort_values("effect", kind="stable")
    return Figure.of(_draw(drawn), _alternative(drawn[::-1], len(rows)))


def _draw(rows: DataFrame) -> Axes:
    axes = lines(rows["name"] + " (" + rows["n"].astype("str") + "): " + rows["verdict"], QUESTION, tall=1.5)
    at, widest = np.arange(len(rows)), NARROWEST
    for column, ends, label, marker, colour, aside in ESTIMATES:
        middle, low, high = (rows[name].to_numpy() for name in (column, f"{ends}_low", f"{ends}_high"))
        there = np.isfinite(middle + low + high)
        if not there.any():
            continue
        look: dict[str, Any] = {"fmt": marker, "color": colour, "capsize": 3, "markersize": 7, "label": label}
        spread = np.vstack([middle - low, high - middle])[:, there]
        axes.errorbar(middle[there], at[there] + aside, xerr=spread, **look)
        widest = max(widest, float(np.abs([low[there], high[there]]).max()) * 1.05)
    axes.axvline(0, color=INK, linewidth=0.8, linestyle=":")
    axes.set(xlim=(-widest, widest))
    return finished(axes, DIRECTION)


def _alternative(rows: DataFrame, whole: int) -> str:
    """What the figure shows, in words, from its data."""
    ends = {name: band_of(rows[f"{name}_low"], rows[f"{name}_high"]) for _, name, *_ in ESTIMATES}
    told = [
        f"{name}, {said(n, 'pupil')}, {verdict}: against pupils of like start {number(effect)} ({alike})"
        + (f", change since the earlier baseline {number(change)} ({changed})" if changed else "")
        for name, n, verdict, effect, change, alike, changed in zip(
            *(rows[column] for column in ("name", "n", "verdict", "effect", "change")),
            *ends.values(),
            strict=True,
        )
    ]
    fewer = f" The {len(rows)} with the most pupils of {whole}." if len(rows) < whole else ""
    return f"{QUESTION} Effects with their 95 % intervals, in standard deviations. {'; '.join(told)}.{fewer}"
