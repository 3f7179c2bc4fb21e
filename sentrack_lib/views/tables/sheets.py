"""The sheets of a workbook: what a page rests on, unrounded, row by row; and what is taken along to look closer."""

from collections.abc import Callable
from functools import cache

from pandas import DataFrame

from sentrack_lib.views.papers import ALL, Papers
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


PLANNING = {
    "to plan for": "pupils_to_plan", "what may help": "suggestions", "provision map": "provision_map",
    "pupils in provision": "pupil_provision", "missing in the plan": "provision_gaps", "costs": "costs_by", "targets": "targets",
    "suggested targets": "suggested_targets", "specified and met": "entitlements_met", "adults' week": "adults_week",
    "work of adults": "deployment_checks", "due": "due",
}  # fmt: skip
"""The sheets of a page of plans, each with its table."""
NOT_PRINTED = [
    "chances", "now_points", "typical_points", "typical_score", "challenging_points", "challenging_score", "exceptional_points",
    "exceptional_score", "sem_growth", "applies_to", "start_term", "cohort_n",
]  # fmt: skip
"""What forms and checks read and no person: a sheet of all subjects of all pupils takes as long as a page."""


def planning(papers: Papers) -> dict[str, DataFrame]:
    """What plans rest on, row by row, as far as this audience is handed it; pupils by name."""
    if not papers.has("roll"):
        return {name: papers.tables[table] for name, table in {"in numbers": "plan_counts", "budget": "budget"}.items()}
    there = {name: _of_part(papers, table) for name, table in PLANNING.items() if papers.has(table)}
    names = called(papers)
    named = {name: _named(rows, names) for name, rows in there.items()}
    return {name: rows.drop(columns=[each for each in NOT_PRINTED if each in rows]) for name, rows in named.items()}


JUDGED = {
    "statements": "statements", "who rates what": "statement_ratings", "how far people agree": "statement_agreement",
    "counts": "statement_counts", "what comes first": "priorities", "areas of the school": "school_areas_standing",
}  # fmt: skip
"""The sheets of the page of the self-evaluation, each with its table."""


def judging(papers: Papers) -> dict[str, DataFrame]:
    """The self-evaluation row by row, as far as this audience is handed it."""
    return {name: papers.tables[table] for name, table in JUDGED.items() if papers.has(table)}


MONITORED = {
    "did it work": "impact", "by kind": "impact_of", "who is compared": "impact_pupils", "reading ages": "reading_ages",
    "single pupils": "single_case", "targets and progress": "targets_and_progress", "goals": "goals",
    "targets tested": "target_back_test", "flags scored": "flags_scored", "flags by group": "flags_fair",
    "flags followed": "flags_followed", "decisions": "decisions_followed", "agenda": "agenda",
}  # fmt: skip
"""The sheets of the page of monitoring and evaluating, each with its table."""


def monitoring(papers: Papers) -> dict[str, DataFrame]:
    """What is known of how the term went, row by row, as far as this audience is handed it; pupils by name."""
    there = {name: papers.tables[table] for name, table in MONITORED.items() if papers.has(table)}
    if not papers.has("roll"):
        return there or {"rates": papers.tables["rates"]}
    names = called(papers)
    return {name: _named(_of_part(papers, MONITORED[name]), names) for name in there}


def of_one_pupil(papers: Papers) -> dict[str, DataFrame]:
    """What is known of one pupil, row by row: flags, progress in each subject, and what is planned."""
    planned = {name: table for name, table in PLANNING.items() if papers.has(table) and "pupil_id" in papers.tables[table]}
    about = {name: papers.own(_printed_of(table)) for name, table in {"progress": "progress", **planned}.items()}
    return {"flags": papers.flags, **about}


@cache
def _printed_of(table: str) -> Callable[[Papers], DataFrame]:
    """Makes the rows of a table about pupils, as they are printed."""
    return lambda papers: papers.of_pupils(table).drop(columns=NOT_PRINTED, errors="ignore")


def _of_part(papers: Papers, table: str) -> DataFrame:
    """The rows about this part of the school; of a table that is about no pupil all."""
    rows = papers.tables[table]
    if "pupil_id" not in rows:
        return rows
    about = rows["pupil_id"].isna() | rows["pupil_id"].isin(papers.roll["pupil_id"])
    here = rows[about]
    return here[here["subject"].eq(papers.subject)] if papers.subject != ALL and table.endswith("targets") else here


def _named(rows: DataFrame, names: DataFrame) -> DataFrame:
    return names.merge(rows, on="pupil_id", how="right") if "pupil_id" in rows else rows


def _closer(papers: Papers, names: DataFrame) -> dict[str, DataFrame]:
    """The schedule and the forms, where pupils were drawn."""
    if not papers.has("closer"):
        return {}
    schedule = names.merge(chosen(papers), on="pupil_id").sort_values(["kind", "subject", "order"], ascending=[False, True, True])
    forms = {"observation form": observation(), "conversation form": conversation()}
    return {"look closer": schedule.assign(**TO_FILL_IN), **forms}


WORKBOOKS: dict[str, Callable[[Papers], dict[str, DataFrame]]] = {
    "1_self_evaluation": judging, "3_plan": planning, "4_implement": planning, "5_monitor": monitoring, "pupil": of_one_pupil,
}  # fmt: skip
"""What the workbook of a page holds; of any other the sheets of the review."""


def workbook(page: str, papers: Papers) -> dict[str, DataFrame]:
    """The sheets of the workbook beside a page, named as its notebook is."""
    return next((make for notebook, make in WORKBOOKS.items() if page.startswith(notebook)), sheets)(papers)
