"""The sheets of a workbook: what a page rests on, unrounded, row by row."""

from pandas import DataFrame

from sentrack_lib.views.papers import Papers
from sentrack_lib.views.tables.pupils import called


def sheets(papers: Papers) -> dict[str, DataFrame]:
    """Flags, progress and comparisons of this part of the school; for readers who are shown no pupils, rates and comparisons."""
    if not papers.has("roll"):
        return {name: papers.tables[name] for name in ("rates", "comparisons")}
    names = called(papers)
    about_pupils = {"flags": papers.flags, "progress": papers.progress}
    named = {name: names.merge(rows, on="pupil_id") for name, rows in about_pupils.items()}
    return {**named, "comparisons": papers.comparisons}
