"""The provision map as it is read: what is missing, sessions planned and given, costs, and who needs a plan of their own."""

import pandas as pd
from pandas import DataFrame, Series

from sentrack_lib.views.papers import Papers
from sentrack_lib.views.parts import Part, Table, Unseen
from sentrack_lib.views.tables.pupils import MOST_PUPILS, called
from sentrack_lib.views.words import pounds

NOT_SHOWN = "Provision is shown to those who plan it."
NO_NUMBER = "not recorded"


def provision_gaps(papers: Papers) -> Part:
    """What is missing in the provision map, or late."""
    if not papers.has("provision_gaps"):
        return Unseen(NOT_SHOWN)
    rows = papers.tables["provision_gaps"]
    shown = DataFrame(
        {"Provision": rows["name"].fillna(rows["provision_id"]), "Missing or late": rows["gap"], "What": rows["sentence"]}
    )
    return Table(
        shown, f"What is missing in the plan: {papers.label}", "", "every provision is fully described, and none is late."
    )


def sessions_given(papers: Papers) -> Part:
    """Each provision: sessions planned, due by now, and given."""
    if not papers.has("provision_map"):
        return Unseen(NOT_SHOWN)
    rows = papers.tables["provision_map"]
    share = rows["sessions_given"] / rows["sessions_due"].where(rows["sessions_due"].gt(0))
    shown = DataFrame({
        "Provision": rows["name"],
        "Given by": rows["staff"],
        "Pupils": rows["pupils"],
        "Planned": rows["sessions_planned"],
        "Due by now": rows["sessions_due"],
        "Given": _whole(rows["sessions_given"]),
        "Of those due": _percent(share),
    })  # fmt: skip
    note = "Sessions of all groups together. Given is counted from the register of single sessions, where one is kept."
    return Table(shown, f"Sessions planned and given: {papers.label}", note, "no provision is recorded.")


def seldom_there(papers: Papers) -> Part:
    """Pupils who had under 60 % of the sessions that were due."""
    if not papers.has("pupil_provision"):
        return Unseen(NOT_SHOWN)
    rows = papers.of_pupils("pupil_provision")
    rows = rows[rows["low"].fillna(False).astype("bool")].sort_values("attended_share", kind="stable")
    some = rows.head(MOST_PUPILS).merge(called(papers), on="pupil_id", sort=False)
    shown = some[["Pupil", "Form", "SEN"]].assign(**{
        "Provision": some["name"],
        "Attended": _whole(some["sessions_attended"]),
        "Due by now": _whole(some["sessions_due"]),
        "Of those due": _percent(some["attended_share"]),
    })  # fmt: skip
    note = "Under 60 in 100 of at least five sessions. Ask why before you conclude that the provision does not help."
    return Table(shown, f"Pupils who had few of their sessions: {papers.title}", note, "nobody had few of the sessions due.")


def costs_by(papers: Papers) -> Part:
    """Cost by wave, need, year group and the like."""
    if not papers.has("costs_by"):
        return Unseen("Costs are shown to the inclusion manager.")
    rows = papers.tables["costs_by"]
    rows = rows[rows["by"].ne("funding")]
    # Year 7 before Year 10, each question where it was.
    asked = rows["by"].map({name: place for place, name in enumerate(rows["by"].unique())})
    year = rows["group"].where(rows["by"].eq("year group")).astype("str").str.len().fillna(0)
    rows = rows.assign(asked=asked, long=year).sort_values(["asked", "long"], kind="stable")
    shown = DataFrame({
        "By": rows["by"].where(rows["by"].ne(rows["by"].shift()), ""),
        "Which": rows["group"],
        "Pupils": _whole(rows["pupils"]),
        "Planned": rows["cost_planned"].map(pounds),
        "To date": rows["cost_to_date"].map(pounds),
        "Projected": rows["cost_projected"].map(pounds),
        "A pupil": rows["cost_a_pupil"].map(pounds),
    })  # fmt: skip
    return Table(shown, f"What provision costs, and for whom: {papers.label}", _rule(papers), "no provision is recorded.")


def _rule(papers: Papers) -> str:
    """How one adult's hour is shared."""
    return f"Pounds. {papers.tables['about']['shared_rule'].iloc[0]}"


def cost_a_pupil(papers: Papers) -> Part:
    """What the provision of each pupil costs, the dearest first."""
    if not papers.has("pupil_provision") or "cost_planned" not in papers.tables["pupil_provision"]:
        return Unseen("Costs are shown to the inclusion manager.")
    rows = papers.of_pupils("pupil_provision")
    of = rows.groupby("pupil_id")
    sums = of[["cost_planned", "cost_to_date", "cost_projected"]].sum(min_count=1).assign(
        provisions=of["name"].agg("; ".join), untold=rows["cost_projected"].isna().groupby(rows["pupil_id"]).sum()
    )  # fmt: skip
    sums = sums.sort_values("cost_projected", ascending=False, kind="stable")
    some = sums.head(MOST_PUPILS).reset_index().merge(called(papers), on="pupil_id", sort=False)
    shown = some[["Pupil", "Form", "SEN"]].assign(**{
        "Provisions": some["provisions"],
        "Planned": some["cost_planned"].map(pounds),
        "To date": some["cost_to_date"].map(pounds),
        "Projected": some["cost_projected"].map(pounds),
        "Without a known cost": some["untold"],
    })  # fmt: skip
    fewer = f" The {MOST_PUPILS} dearest of {len(sums)} pupils." if len(sums) > MOST_PUPILS else ""
    return Table(
        shown, f"What each pupil's provision costs: {papers.title}", f"{_rule(papers)}{fewer}", "nobody is in a provision."
    )


def separate_plans(papers: Papers) -> Part:
    """Which pupils need an individual plan beside the provision map, and why; the others are counted."""
    if not papers.has("separate_plans"):
        return Unseen("Individual plans are the inclusion manager's.")
    rows = papers.of_pupils("separate_plans")
    asked = rows[rows["plan"].ne(ENOUGH)].merge(called(papers), on="pupil_id")
    some = asked.sort_values(["plan", "Pupil"], ascending=[False, True], kind="stable").head(MOST_PUPILS)
    shown = some[["Pupil", "Form", "SEN"]].assign(**{"Plan": some["plan"], "Why": some["why"]})
    enough = int(rows["plan"].eq(ENOUGH).sum())
    whole = f"For {enough} of {len(rows)} pupils with SEN the provision map is enough"
    note = f"{whole}: provision, targets and outcomes are recorded there."
    return Table(shown, f"Who needs a plan of their own: {papers.title}", note, "the provision map is enough for everyone.")


ENOUGH = "provision map is enough"


def _whole(numbers: Series) -> Series:
    """Whole numbers; a word where there is none."""
    told = pd.to_numeric(numbers, errors="coerce").round(0).astype("Int64").astype("str")
    return told.where(numbers.notna(), NO_NUMBER)


def _percent(shares: Series) -> Series:
    told = (100 * shares).round(0).astype("Float64").astype("Int64").astype("str") + " %"
    return told.where(shares.notna(), "")
