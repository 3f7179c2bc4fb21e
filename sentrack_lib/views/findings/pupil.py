"""One pupil in a few sentences: how progress stands, what is flagged, who sees to it, and what is in place."""

from typing import Any

import pandas as pd

from sentrack_lib.measures.due import said_day
from sentrack_lib.terms import Term
from sentrack_lib.views.papers import ALL, Papers
from sentrack_lib.views.parts import Part, Sentences
from sentrack_lib.views.tables.one_pupil import of_one
from sentrack_lib.views.tables.plan import in_place
from sentrack_lib.views.tables.pupils import called
from sentrack_lib.views.words import are, said, sentence


@of_one
def pupil(papers: Papers) -> Part:
    """What matters first about the pupil who is chosen."""
    return Sentences([_who(papers), _progress(papers), *_flags(papers), *_in_place(papers), *_next(papers)])


def _who(papers: Papers) -> str:
    (row,) = called(papers).to_dict("records")
    return ", ".join(filter(None, [row["Pupil"], str(row["Form"]), row["SEN"]])) + "."


def _progress(papers: Papers) -> str:
    """Growth on average over subjects, or why it cannot be told."""
    rows = papers.of_pupils("progress")
    (row,) = rows[rows["subject"].eq(ALL)].head(1).to_dict("records") or [{"growth_percentile": float("nan"), "why_not": ""}]
    if pd.isna(row["growth_percentile"]):
        return sentence(f"progress on average cannot be told{_because(row['why_not'])}.")
    likely = f"likely between {row['band_low']:.0f} and {row['band_high']:.0f}"
    return f"On average over subjects the growth percentile is {row['growth_percentile']:.0f}, {likely}."


def _because(why: Any) -> str:
    return f": {str(why).rstrip('.')}" if isinstance(why, str) and why else ""


def _flags(papers: Papers) -> list[str]:
    """How many flags stand, since when, and who sees to them."""
    rows = papers.flags
    if rows.empty:
        return ["Nothing is flagged."]
    act, oldest = int(rows["level"].eq("act").sum()), min(map(Term.named, rows["since_term"]))
    told = f"{sentence(said(len(rows), 'flag'))} {'stands' if len(rows) == 1 else 'stand'}, {act or 'none'} to look at first"
    owners = sorted(rows["owner"].dropna().unique())
    seen = (
        f"{' and '.join(owners)} {are(len(owners))} to see to it"
        if owners
        else f"nobody has taken {'it' if len(rows) == 1 else 'them'} on"
    )
    return [f"{told}, the oldest since {oldest.label}; {seen}."]


def _in_place(papers: Papers) -> list[str]:
    """What the pupil has already."""
    if not papers.has("pupils_to_plan"):
        return []
    rows = papers.of_pupils("pupils_to_plan")
    return [f"In place: {told}." for told in in_place(rows)]


def _next(papers: Papers) -> list[str]:
    """What is overdue about the pupil, and what comes next."""
    if not papers.has("due"):
        return []
    rows = papers.of_pupils("due")
    late, coming = int(rows["state"].eq("overdue").sum()), rows[rows["state"].ne("overdue")].head(1)
    told = [f"{sentence(said(late, 'thing'))} {are(late)} overdue."] if late else []
    return [*told, *(f"Next: {row['kind']} on {said_day(row['on'])}." for row in coming.to_dict("records"))]
