"""From flags to an agreed plan, as it is read around a table: for whom nobody has acted, what is in place, what may help."""

import pandas as pd
from pandas import DataFrame, Series

from sentrack_lib.terms import Term
from sentrack_lib.views.papers import Papers
from sentrack_lib.views.parts import Part, Table, Unseen
from sentrack_lib.views.tables.pupils import CAPACITY, called
from sentrack_lib.views.words import number, pounds, said

NO_PLAN = "Plans for single pupils are made by the inclusion manager."
NOTHING, NO_IDEA = "nothing recorded", "nothing in the school's own list is for this: say what else"


def waiting(papers: Papers) -> Part:
    """Flagged pupils for whom nobody has acted, longest first, with what is in place and what the school has to offer."""
    if not papers.has("pupils_to_plan"):
        return Unseen(NO_PLAN)
    rows = papers.of_pupils("pupils_to_plan")
    rows = rows[rows["waiting"]]
    some = rows.head(CAPACITY).merge(called(papers), on="pupil_id")
    shown = some[["Pupil", "Form", "SEN"]].assign(**{
        "Why": some["evidence"],
        "For": _ages(some),
        "In place": in_place(some),
        "What may help": _ideas(papers, some["pupil_id"]),
    })  # fmt: skip
    note = (
        f"{len(some)} of {len(rows)} pupils flagged to act on for whom nothing is agreed yet, longest first. What may help is "
        "taken from the school's own provisions; no effect of them has been measured. All stand in the workbook."
    )
    return Table(shown, f"Nobody has acted yet: {papers.title}", note, "for every flagged pupil something is agreed.")


def decided(papers: Papers) -> Part:
    """Flagged pupils for whom something is agreed: what, who sees to it, and until when."""
    if not papers.has("pupils_to_plan"):
        return Unseen(NO_PLAN)
    rows = papers.of_pupils("pupils_to_plan")
    rows = rows[rows["action_id"].notna()].merge(called(papers), on="pupil_id")
    shown = rows[["Pupil", "Form", "SEN"]].assign(**{
        "Flagged": rows["rules"],
        "Agreed": rows["agreed"],
        "Owner": rows["owner"],
        "By": days(rows["by"]),
        "In place": in_place(rows),
        "Still open": rows["waiting"].map({True: "a flag nobody has answered", False: ""}),
    })  # fmt: skip
    return Table(shown, f"What is agreed for flagged pupils: {papers.title}", "", "nothing is agreed for a flagged pupil yet.")


def groups_to_plan(papers: Papers) -> Part:
    """Groups that clearly progress less than others, and what is in place for them."""
    if not papers.has("groups_to_plan"):
        return Unseen("Plans for groups are made by the inclusion manager.")
    rows = papers.tables["groups_to_plan"]
    shown = DataFrame({
        "Group": rows["group"],
        "Subject": rows["subject"].replace("all", "on average"),
        "Pupils": rows["n"],
        "Grows less by": rows["gap_less_artefact"].map(lambda gap: number(-gap, signed=False)),
        "Provisions for it": rows["provisions"].fillna("").replace("", NOTHING),
        "Agreed": rows["agreed"].astype("str").fillna("").replace("", "nothing yet"),
        "Owner": rows["owner"],
    })  # fmt: skip
    note = "In standard deviations of growth, less what the different starting points alone would show."
    return Table(shown, f"Groups to plan for: {papers.label}", note, "no group shows a clear difference to the worse.")


def whole_plan(papers: Papers) -> Part:
    """The whole-school plan: each provision with its outcome, adults, cost, and when it is looked at again."""
    if not papers.has("provision_map"):
        return Unseen("The plan of provisions is shown to the inclusion manager.")
    rows = papers.tables["provision_map"]
    shown = DataFrame({
        "Provision": rows["name"],
        "For": rows["area_of_need"].fillna("").str.cat(rows["subject"].fillna(""), sep=", ").str.strip(", "),
        "Wave": rows["wave"],
        "Pupils": rows["pupils"],
        "Intended outcome": rows["intended_outcome"].fillna("not written down"),
        "Given by": rows["staff"],
        "Planned": rows["cost_planned"].map(pounds),
        "To date": rows["cost_to_date"].map(pounds),
        "Projected": rows["cost_projected"].map(pounds),
        "Paid from": rows["funding"],
        "Looked at again": days(rows["review_on"]).replace("", "no date"),
    })  # fmt: skip
    return Table(
        shown, f"The plan: {papers.label}", "Costs in pounds; blank where a cost is not known.", "no provision is recorded."
    )


_SAID = {"How one will see": "monitored_how", "Goes with": "aligned_with"}


def budget(papers: Papers) -> Part:
    """What the plan costs beside what there is to spend."""
    if not papers.has("budget"):
        return Unseen("The budget is shown to the inclusion manager and governors.")
    rows = papers.tables["budget"]
    shown = DataFrame({
        "Paid from": rows["funding"],
        "Provisions": rows["provisions"],
        "Without a known cost": rows["not_costed"],
        **{name: rows[column].map(pounds) for name, column in _COSTS.items()},
        "Budget": rows["budget"].map(pounds),
        "Left": rows["left"].map(pounds),
    })  # fmt: skip
    note = "Pounds. A budget is one line for each source in the parameters file, such as `budget: {SEN budget: 40000}`."
    return Table(shown, f"Cost and budget: {papers.label}", note, "no provision is recorded.")


def plan_counts(papers: Papers) -> Part:
    """The plan in a few counts."""
    if not papers.has("plan_counts"):
        return Unseen("The plan in counts is for the inclusion manager and governors.")
    rows = papers.tables["plan_counts"]
    number = rows[["count", "of"]].astype("Int64").astype("str").fillna("")
    told = (number["count"] + " of " + number["of"]).where(rows["count"].notna(), "too few to show")
    note = "Numbers are to the nearest 5; 1 to 7 are not shown." if papers.audience == "governors" else ""
    return Table(DataFrame({"What": rows["what"], "How many": told}), f"The plan in numbers: {papers.label}", note)


_COSTS = {"Planned": "cost_planned", "To date": "cost_to_date", "Projected": "cost_projected"}


def in_place(rows: DataFrame) -> Series:
    """What a pupil has already: provisions, adults, targets."""
    hours = rows["adult_hours_week"].map(lambda each: f"an adult for {each:g} hours a week" if each > 0 else "")
    targets = rows["targets"].map(lambda each: said(int(each), "open target") if each else "")
    told = [filter(None, each) for each in zip(rows["provisions"].fillna(""), hours, targets, strict=True)]
    return Series(["; ".join(each) or NOTHING for each in told], rows.index, dtype="str")


def _ages(rows: DataFrame) -> Series:
    """`3 terms, since Autumn 2025`."""
    pairs = zip(rows["terms"], rows["since_term"], strict=True)
    return Series([f"{said(terms, 'term')}, since {Term.named(since).label}" for terms, since in pairs], rows.index, dtype="str")


def _ideas(papers: Papers, pupils: Series) -> Series:
    """The suggestions for each pupil, a line each, with cost and free places."""
    rows = papers.tables["suggestions"]
    told = rows.assign(told=[_idea(row) for row in rows.to_dict("records")]).groupby("pupil_id")["told"].agg("\n".join)
    return pupils.map(told).fillna(NO_IDEA).astype("str")


def _idea(row: dict) -> str:  # type: ignore[type-arg]
    free = row["free_places"]
    places = "" if pd.isna(free) else ", full" if free <= 0 else f", {said(int(free), 'free place')}"
    cost = "" if pd.isna(row["cost_a_pupil"]) else f", {pounds(row['cost_a_pupil'])} a pupil"
    return f"{row['place']}. {row['name']} ({row['wave']}{places}{cost}): {row['reasons']}"


def days(when: Series) -> Series:
    """Days as 4 May 2026; blank where missing."""
    return pd.to_datetime(when).map(lambda day: "" if pd.isna(day) else f"{day.day} {day:%B %Y}").astype("str")
