"""Who is counted in what: of those taught, how many can be judged."""

import numpy as np
from matplotlib.axes import Axes
from pandas import DataFrame

from sentrack_lib.views.figures.drawing import PLAIN, finished, lines
from sentrack_lib.views.papers import ALL, Papers
from sentrack_lib.views.parts import Figure, Part, Unseen


def coverage(papers: Papers) -> Part:
    """For each subject, how many of those taught have a mark, and a growth percentile."""
    if not papers.has("progress"):
        return Unseen("This page is for readers who are shown no pupils.")
    rows = papers.tables["progress"]
    rows = rows[rows["subject"].ne(ALL)]
    if rows.empty:
        return Unseen("Nobody is taught or assessed in any subject.")
    columns = {"taught": ("pupil_id", "size"), "mark": ("points", "count"), "judged": ("growth_percentile", "count")}
    counts = rows.groupby("subject").agg(**columns).sort_values("taught", kind="stable")
    question = "In which subjects can progress be judged, and for how many?"
    told = "; ".join(
        f"{row.Index} {row.judged} of {row.taught} taught, {row.mark} with a mark" for row in counts[::-1].itertuples()
    )
    return Figure.of(_bars(counts, question), f"{question} {told}.")


def _bars(counts: DataFrame, question: str) -> Axes:
    """One line a subject: narrower and darker bars lie within the wider and lighter ones they are part of."""
    axes = lines(counts.index, question)
    for column, colour, height, label in (
        ("taught", "#d9d9d9", 0.8, "taught"),
        ("mark", "#8fb4d9", 0.55, "with a mark"),
        ("judged", PLAIN, 0.3, "with a growth percentile"),
    ):
        axes.barh(np.arange(len(counts)), counts[column], height=height, color=colour, label=label)
    return finished(axes, "Pupils")
