"""The same pupils across their subjects: where pupils with SEN stand beside their own other subjects."""

import numpy as np
from matplotlib.axes import Axes
from pandas import DataFrame

from sentrack_lib.views.figures.drawing import CLEAR, INK, PLAIN, finished, lines
from sentrack_lib.views.needs import of_all_needs
from sentrack_lib.views.papers import ALL, NO_CLASSES, Papers
from sentrack_lib.views.parts import Figure, Part, Unseen

QUESTION = "In which subjects do pupils with SEN grow less than in their other subjects?"
LOOKS = {"SEN support": ("o", PLAIN, 0.14), "EHC plan": ("^", INK, -0.14)}


@of_all_needs
def own_by_subject(papers: Papers) -> Part:
    """Pupils with SEN in each subject beside their own other subjects."""
    if not papers.has("teaching_groups"):
        return Unseen(NO_CLASSES)
    if papers.subject != ALL or papers.year_group != ALL:
        return Unseen("The same pupils across their subjects: open the whole school to see the subjects side by side.")
    rows = papers.about_here("beside own average")
    rows = rows[rows["by"].eq("SEN status") & rows["group"].isin(list(LOOKS))].dropna(subset=["pooled", "low", "high"])
    if rows.empty:
        return Unseen(f"{QUESTION} Too few pupils with SEN have three other subjects.")
    return Figure.of(_draw(rows), _told(rows))


def _draw(rows: DataFrame) -> Axes:
    """One line a subject, a mark for each status: a circle or a triangle, a square where the difference is clear."""
    subjects = sorted(rows["subject"].unique(), reverse=True)
    axes = lines(subjects, QUESTION)
    for status, (marker, colour, above) in LOOKS.items():
        mine = rows[rows["group"].eq(status)]
        at, clear = np.array([subjects.index(each) for each in mine["subject"]]) + above, mine["verdict"].str.startswith("clear")
        spread = np.abs(mine[["low", "high"]].to_numpy().T - mine["pooled"].to_numpy())
        axes.errorbar(mine["pooled"], at, xerr=spread, fmt=marker, color=colour, capsize=3, markersize=6, label=status)
        axes.plot(mine.loc[clear, "pooled"], at[clear], "s", color=CLEAR, markersize=8)
    axes.plot([], [], "s", color=CLEAR, label="clear difference")
    axes.axvline(0, color=INK, linewidth=0.8, linestyle=":")
    widest = max(0.8, rows[["low", "high"]].abs().max().max() * 1.1)
    axes.set(xlim=(-widest, widest))
    return finished(axes, "less than in their other subjects   |   more than in their other subjects   (standard deviations)")


def _told(rows: DataFrame) -> str:
    columns = zip(*(rows[name] for name in ("subject", "group", "pooled", "low", "high", "n", "verdict")), strict=True)
    told = "; ".join(
        f"{subject}, {group} {mean:+.2f} ({low:+.2f} to {high:+.2f}), {n} pupils, {verdict}"
        for subject, group, mean, low, high, n, verdict in columns
    )
    return f"{QUESTION} Growth beside the pupil's own other subjects, in standard deviations with 95 % interval. {told}."
