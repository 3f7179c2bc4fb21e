"""One pupil in a few sentences: how progress stands, what is flagged, who sees to it, and what is in place."""

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd
from pandas import DataFrame

from sentrack_lib.measures.due import said_day
from sentrack_lib.terms import Term
from sentrack_lib.views.papers import ALL, Papers
from sentrack_lib.views.parts import Part, Sentences
from sentrack_lib.views.tables.one_pupil import of_one
from sentrack_lib.views.tables.plan import in_place
from sentrack_lib.views.tables.pupils import called
from sentrack_lib.views.words import are, said, sentence

Row = Mapping[Hashable, Any]


@of_one
def pupil(papers: Papers) -> Part:
    """What matters first about the pupil who is chosen."""
    return Sentences([_who(papers), _progress(papers), *_flags(papers), *_in_place(papers), *_next(papers)])


def _who(papers: Papers) -> str:
    (row,) = papers.told(called)
    return ", ".join(filter(None, [row["Pupil"], str(row["Form"]), row["SEN"]])) + "."


def _progress(papers: Papers) -> str:
    """Growth on average over subjects, or why it cannot be told."""
    row: Row = next(iter(papers.told(_on_average)), {"growth_percentile": float("nan"), "why_not": ""})
    if pd.isna(row["growth_percentile"]):
        return sentence(f"progress on average cannot be told{_because(row['why_not'])}.")
    likely = f"likely between {row['band_low']:.0f} and {row['band_high']:.0f}"
    return f"On average over subjects the growth percentile is {row['growth_percentile']:.0f}, {likely}."


def _on_average(papers: Papers) -> DataFrame:
    rows = papers.of_pupils("progress")
    return rows.loc[rows["subject"].eq(ALL), ["pupil_id", "growth_percentile", "band_low", "band_high", "why_not"]]


def _because(why: Any) -> str:
    return f": {str(why).rstrip('.')}" if isinstance(why, str) and why else ""


def _flags(papers: Papers) -> list[str]:
    """How many flags stand, since when, and who sees to them."""
    rows = papers.told(_flagged)
    if not rows:
        return ["Nothing is flagged."]
    act, oldest = sum(row["level"] == "act" for row in rows), min(Term.named(row["since_term"]) for row in rows)
    told = f"{sentence(said(len(rows), 'flag'))} {'stands' if len(rows) == 1 else 'stand'}, {act or 'none'} to look at first"
    owners = sorted({row["owner"] for row in rows if pd.notna(row["owner"])})
    seen = (
        f"{' and '.join(owners)} {are(len(owners))} to see to it"
        if owners
        else f"nobody has taken {'it' if len(rows) == 1 else 'them'} on"
    )
    return [f"{told}, the oldest since {oldest.label}; {seen}."]


def _flagged(papers: Papers) -> DataFrame:
    return papers.flags[["pupil_id", "level", "since_term", "owner"]]


def _in_place(papers: Papers) -> list[str]:
    """What the pupil has already."""
    return [f"In place: {row['told']}." for row in papers.told(_planned_for)] if papers.has("pupils_to_plan") else []


def _planned_for(papers: Papers) -> DataFrame:
    rows = papers.of_pupils("pupils_to_plan")
    return DataFrame({"pupil_id": rows["pupil_id"], "told": in_place(rows)})


def _next(papers: Papers) -> list[str]:
    """What is overdue about the pupil, and what comes next."""
    rows = papers.told(_due) if papers.has("due") else []
    late, coming = sum(row["state"] == "overdue" for row in rows), [row for row in rows if row["state"] != "overdue"]
    told = [f"{sentence(said(late, 'thing'))} {are(late)} overdue."] if late else []
    return [*told, *(f"Next: {row['kind']} on {said_day(row['on'])}." for row in coming[:1])]


def _due(papers: Papers) -> DataFrame:
    return papers.of_pupils("due")[["pupil_id", "state", "kind", "on"]]
