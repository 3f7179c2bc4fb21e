"""What matters first when plans are made: who waits, which groups lag, what is missing in the plan, and what it costs."""

import pandas as pd

from sentrack_lib.measures.plan import waiting_counts
from sentrack_lib.views.papers import Papers
from sentrack_lib.views.parts import Part, Sentences, Unseen
from sentrack_lib.views.words import are, have, of, pounds, said, sentence

NOT_SHOWN = "Plans are made by the inclusion manager."


def plan(papers: Papers) -> Part:
    """The few things that a plan must answer, the bottom line first."""
    if not papers.has("pupils_to_plan", "provision_map"):
        return Sentences([_targets(papers)]) if papers.has("targets", "roll") else Unseen(NOT_SHOWN)
    return Sentences([_waiting(papers), _groups(papers), _map(papers), *_money(papers), _targets(papers), *_adults(papers)])


def _waiting(papers: Papers) -> str:
    """For how many of those flagged nothing is agreed, and for how many of them for more than a term."""
    counts = waiting_counts(papers.of_pupils("pupils_to_plan"))
    if not counts["flagged"]:
        return "No pupil here is flagged to act on."
    if not counts["waiting"]:
        return f"For every pupil flagged to act on ({counts['flagged']:,}) something is agreed."
    longer = counts["longer"]
    whole = of(counts["waiting"], counts["flagged"], "pupil flagged to act on", "pupils flagged to act on")
    since = "more than this term" if longer else "this term"
    age = f"for {longer or 'none'} of them the flag has stood for more than this term"
    tail = age if counts["waiting"] > 1 else f"the flag has stood for {since}"
    if counts["waiting"] == counts["flagged"] > 1:
        return f"Nothing is agreed yet for any of the {counts['flagged']:,} pupils flagged to act on; {tail}."
    return f"For {whole} nothing is agreed; {tail}."


def _groups(papers: Papers) -> str:
    rows = papers.tables["groups_to_plan"]
    open_ = int(rows["action_id"].isna().sum())
    if rows.empty:
        return "No group shows a clear difference to the worse in progress; smaller ones may exist."
    told = sentence(said(len(rows), "group progresses", "groups progress"))
    agreed = (
        f"for {of(open_, len(rows), 'group', 'groups')} nothing is agreed" if open_ < len(rows) else "nothing is agreed for any"
    )
    return f"{told} clearly less than others; {agreed}."


def _map(papers: Papers) -> str:
    """How much of the plan is there, and what is missing in it."""
    rows, gaps = papers.tables["provision_map"], papers.tables["provision_gaps"]
    if rows.empty:
        return "No provision is recorded for this term, so nobody can say what pupils receive."
    undated = gaps.loc[gaps["gap"].eq("review date"), "name"].tolist()
    lacking = gaps["provision_id"].nunique()
    dates = f" {' and '.join(undated[:2])} {have(len(undated))} no review date." if 0 < len(undated) <= 2 else ""
    dates = f" {len(undated)} have no review date." if len(undated) > 2 else dates
    whole = of(lacking, len(rows), "provision", "provisions")
    return (
        f"In {whole} something is missing or late.{dates}"
        if lacking
        else f"All of {said(len(rows), 'provision')} are fully described."
    )


def _money(papers: Papers) -> list[str]:
    """What the plan costs as projected, and what is left of the budget."""
    rows = papers.tables["budget"].set_index("funding")
    if rows.empty or not rows["provisions"].sum():
        return []
    whole = rows.to_dict("index")["all"]
    unknown = int(whole["not_costed"])
    beside = f" (without {said(unknown, 'provision')} whose cost is not known)" if unknown else ""
    told = f"As projected, provision costs {pounds(whole['cost_projected']) or 'an amount that is not known'}{beside}"
    if pd.isna(whole["budget"]):
        return [f"{told}; no budget is given in the parameters file to hold it against."]
    over = rows[(rows["cost_projected"] > rows["budget"]) & (rows.index != "all")]
    more = f" More than there is: {', '.join(over.index)}." if len(over) else ""
    return [f"{told}, of a budget of {pounds(whole['budget'])}.{more}"]


def _targets(papers: Papers) -> str:
    rows = papers.of_pupils("targets")
    still = rows[rows["state"].isin(["open", "due", "goes on"])]
    late = int(still["state"].eq("due").sum())
    if still.empty:
        return "No target of a pupil is open."
    told = f"{sentence(said(len(still), 'target'))} of pupils {are(len(still))} open"
    return f"{told}, {late or 'none'} past the day and not looked at{_too_many(papers)}."


def _too_many(papers: Papers) -> str:
    if not papers.has("plans_of_pupils"):
        return ""
    many = int(papers.of_pupils("plans_of_pupils")["too_many"].fillna(False).astype("bool").sum())
    return f"; {said(many, 'pupil')} {have(many)} more than four at once"


def _adults(papers: Papers) -> list[str]:
    """Who has hours to give, and who has too many."""
    rows = papers.tables["adults_week"]
    if rows.empty:
        return []
    free = rows["free_hours"].where(rows["free_hours"].gt(0))
    over = rows[rows["overloaded"].fillna(False).astype("bool")]
    names = f": {', '.join(over['name'].fillna(over['adult_id']))}" if 0 < len(over) <= 3 else ""
    loaded = f"{sentence(said(len(over), 'adult'))} {are(len(over))} timetabled for more than the contract{names}."
    count = int(free.notna().sum())
    together = f", {free.sum():g} a week together" if count else ""
    return [f"{sentence(said(count, 'adult'))} {have(count)} free hours{together}. {loaded}"]
