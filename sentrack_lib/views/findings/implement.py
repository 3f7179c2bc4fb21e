"""What matters first while plans are carried out: what is given of what was planned, what is not met, what is late."""

from typing import Any

from sentrack_lib.views.papers import Papers
from sentrack_lib.views.parts import Part, Sentences, Unseen
from sentrack_lib.views.words import are, have, of, said, sentence

NOT_SHOWN = "How plans are carried out is followed by the inclusion manager."
CALLED_OUT = 0.6
"""A provision is named from which fewer of the sessions due were given (methods, section 6)."""


def implement(papers: Papers) -> Part:
    """Whether the agreed support is being given, the bottom line first."""
    if not papers.has("provision_map", "entitlements_met"):
        return Unseen(NOT_SHOWN)
    return Sentences(
        [_sessions(papers), _pupils(papers), _entitlements(papers), _late(papers), _leaning(papers), *_adults(papers)]
    )


def _sessions(papers: Papers) -> str:
    """Of provisions with a register, how many gave under 60 % of what was due."""
    rows = papers.tables["provision_map"]
    kept = rows[rows["sessions_given"].notna() & rows["sessions_due"].gt(0)]
    if rows.empty:
        return "No provision is recorded for this term."
    if kept.empty:
        return f"For none of {said(len(rows), 'provision')} a register is kept, so nobody can say what was given."
    low = kept[kept["sessions_given"] / kept["sessions_due"] < CALLED_OUT]
    names = f": {', '.join(low['name'])}" if 0 < len(low) <= 3 else ""
    told = of(len(low), len(kept), "provision with a register", "provisions with a register")
    return f"{sentence(told)} gave under 60 in 100 of the sessions due by now{names}."


def _pupils(papers: Papers) -> str:
    rows = papers.of_pupils("pupil_provision")
    known = rows[rows["attended_share"].notna()]
    low = known.loc[known["low"].fillna(False).astype("bool"), "pupil_id"].nunique()
    whole = known["pupil_id"].nunique()
    if not whole:
        return "Whether pupils had their sessions is not recorded for anybody here."
    return f"{sentence(of(low, whole))} in a provision had under 60 in 100 of the sessions due."


def _entitlements(papers: Papers) -> str:
    """What is specified for single pupils and not timetabled, with its hours."""
    rows = papers.of_pupils("entitlements_met")
    if rows.empty:
        return "No support is specified for a single pupil here."
    short = rows[rows["state"].isin(["short", "nothing timetabled"])]
    hours = f", {short['short'].sum():g} hours a week in all" if len(short) else ""
    unknown = int(rows["state"].eq("not known").sum())
    beside = f" Of {unknown} it is not known." if unknown else ""
    told = of(len(short), len(rows), "specified support", "supports specified for single pupils")
    return f"{sentence(told)} {are(len(short))} not fully timetabled{hours}.{beside}"


def _late(papers: Papers) -> str:
    if not papers.has("due"):
        return "What is due is not for this page."
    rows = papers.tables["due"]
    late = rows[rows["state"].eq("overdue")]
    actions = int(late["kind"].eq("action").sum())
    return f"{sentence(said(len(late), 'thing'))} {are(len(late))} overdue, {actions or 'none'} of them agreed actions."


def _leaning(papers: Papers) -> str:
    rows = papers.of_pupils("pupil_adults")
    one, apart = (int(rows[name].fillna(False).astype("bool").sum()) for name in ("dependent", "isolated"))
    whole = sentence(of(one, len(rows), "pupil with adults beside them", "pupils with adults beside them"))
    away = f"{apart or 'none'} {have(apart)} more than half away from the class"
    return f"{whole} {have(one)} more than half of that time from one adult; {away}."


def _adults(papers: Papers) -> list[str]:
    rows = papers.tables["checks_by_statement"]
    asked = rows[["yes", "no"]].sum(axis=1)
    if not asked.sum():
        return [
            "How the work of adults is prepared is not recorded: ten questions in the timetable of adults wait for an answer."
        ]
    weakest = rows[asked.ge(5)].sort_values("share", kind="stable").head(1)
    return [_least(row) for row in weakest.to_dict("records")]


def _least(row: dict[Any, Any]) -> str:
    places = f"in {row['yes']:.0f} of {row['yes'] + row['no']:.0f} places of work"
    asked = f"statement {row['statement']:.0f}: {row['question']}"
    return f"Of the ten questions the one answered yes most seldom, {places}, is that of {asked}"
