"""The sheets of a workbook: what a page rests on, unrounded, row by row; and what is taken along to look closer."""

from pandas import DataFrame

from sentrack_lib.views.papers import Papers
from sentrack_lib.views.tables.closer import chosen
from sentrack_lib.views.tables.forms import conversation, observation
from sentrack_lib.views.tables.pupils import called

TO_FILL_IN = dict.fromkeys(("Date", "Observer", "What was seen", "Next step"), "")


def sheets(papers: Papers) -> dict[str, DataFrame]:
    """Flags, progress and comparisons of this part of the school, whom to look at more closely and the forms for it; for readers
    who are shown no pupils, rates and comparisons."""
    if not papers.has("roll"):
        return {name: papers.tables[name] for name in ("rates", "comparisons")}
    names = called(papers)
    about_pupils = {"flags": papers.flags, "progress": papers.progress}
    named = {name: names.merge(rows, on="pupil_id") for name, rows in about_pupils.items()}
    return {**named, "comparisons": papers.comparisons, **_closer(papers, names)}


def _closer(papers: Papers, names: DataFrame) -> dict[str, DataFrame]:
    """The schedule and the forms, where pupils were drawn."""
    if not papers.has("closer"):
        return {}
    schedule = names.merge(chosen(papers), on="pupil_id").sort_values(["kind", "subject", "order"], ascending=[False, True, True])
    forms = {"observation form": observation(), "conversation form": conversation()}
    return {"look closer": schedule.assign(**TO_FILL_IN), **forms}
