"""Forms: what people decide is written here and saved into the school's records, all of a decision together or nothing."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from sentrack_lib.measures.targets import target_warnings
from sentrack_lib.views.forms.changing import Changing
from sentrack_lib.views.forms.choices import choices_of
from sentrack_lib.views.forms.records import Form, Keep, Section
from sentrack_lib.views.forms.sessions import Sessions
from sentrack_lib.views.papers import Papers
from sentrack_lib.views.tables.pupils import called
from sentrack_lib.views.tables.targets import from_here

__all__ = [
    "change_action",
    "change_provision",
    "decision",
    "entitlement",
    "meeting",
    "note",
    "provision",
    "review_target",
    "sessions",
]

Kept = Callable[[], None]

DECISION = (
    Section("actions", "What is agreed", ("pupil_id", "what", "owner", "by"), {"about": "flags"}),
    Section(
        "provision_pupils", "A provision to take part in, if any",
        ("provision_id", "start", "end", "sessions_planned", "baseline"), shared=("pupil_id",),
    ),
    Section(
        "targets", "A target, if any",
        ("subject", "what", "measured_by", "baseline", "target", "by", "strategy", "owner", "challenge", "reason"),
        {"kind": "individual"}, shared=("pupil_id", "provision_id", "owner", "by"),
    ),
    Section(
        "deployments", "An adult beside the pupil, if any",
        ("adult_id", "day", "starts", "hours", "place", "subject"), shared=("pupil_id", "provision_id", "start", "end"),
    ),
)  # fmt: skip
PROVISION = Section("provisions", "A provision")
TARGET_REVIEW = Section("target_reviews", "How a target stands", ("target_id", "on", "result", "outcome", "note", "reviewed_by"))
NOTE = Section("evidence", "What was seen, said or advised", ("pupil_id", "on", "kind", "subject", "source", "what"))
MEETING = (
    Section("meetings", "A meeting"),
    Section(
        "actions", "What was agreed there, if anything", ("what", "owner", "by"), shared=("meeting_id", "pupil_id", "subject")
    ),
)
ENTITLEMENT = Section("entitlements", "Support that is specified for a pupil")


def decision(papers: Papers, keep: Keep, kept: Kept) -> Form:
    """A decision for a pupil: what is agreed, and with it a provision, a target and an adult where there are any."""
    day = papers.counted_to.isoformat()
    today = {"actions": {"agreed_on": day}, "targets": {"set_on": day}}
    sections = [replace(each, given={**each.given, **today.get(each.table, {})}) for each in DECISION]
    sections = [replace(each, mind=_about_target(papers)) if each.table == "targets" else each for each in sections]
    return Form(sections, choices_of(papers), papers.term, keep, kept)


def _about_target(papers: Papers) -> Callable[[Mapping[str, str]], list[str]]:
    """What to mind about a target: what would be ambitious from where the pupil stands, and what is missing or unlikely."""
    suggested, held = papers.tables["suggested_targets"], papers.tables["targets"]

    def minded(cells: Mapping[str, str]) -> list[str]:
        mine = suggested[suggested["pupil_id"].eq(cells.get("pupil_id", "")) & suggested["subject"].eq(cells.get("subject", ""))]
        return [*map(from_here, mine.to_dict("records")), *target_warnings(cells, mine, held)]

    return minded


def provision(papers: Papers, keep: Keep, kept: Kept) -> Form:
    """A provision of the school's map."""
    return Form([PROVISION], {**choices_of(papers), "provision_id": []}, papers.term, keep, kept)


def review_target(papers: Papers, keep: Keep, kept: Kept) -> Form:
    """How a target stands."""
    return Form([TARGET_REVIEW], choices_of(papers), papers.term, keep, kept)


def note(papers: Papers, keep: Keep, kept: Kept) -> Form:
    """A note of a teacher, an adult or a specialist, or what a pupil or parents said."""
    return Form([NOTE], choices_of(papers), papers.term, keep, kept)


def meeting(papers: Papers, keep: Keep, kept: Kept) -> Form:
    """A meeting, and what was agreed there."""
    return Form(MEETING, {**choices_of(papers), "meeting_id": []}, papers.term, keep, kept)


def entitlement(papers: Papers, keep: Keep, kept: Kept) -> Form:
    """Support that a plan or statement specifies."""
    return Form([ENTITLEMENT], choices_of(papers), papers.term, keep, kept)


def sessions(papers: Papers, keep: Keep, kept: Kept) -> Sessions:
    """A session of a provision: who was there."""
    given = papers.tables["pupil_provision"]
    names = dict(zip(called(papers.on())["pupil_id"], called(papers.on())["Pupil"], strict=True))
    groups = {str(of): [(names.get(each, each), each) for each in rows] for of, rows in given.groupby("provision_id")["pupil_id"]}
    running = [(shown, own) for shown, own in choices_of(papers)["provision_id"] if own in groups]
    return Sessions(running, groups, papers.term, papers.counted_to, keep, kept)


def change_action(papers: Papers, keep: Keep, kept: Kept) -> Changing:
    """An action that is done, moved or taken back."""
    section = Section("actions", "Action", ("what", "owner", "by", "done_on", "result"))
    return _changing(section, papers, "what", keep, kept)


def change_provision(papers: Papers, keep: Keep, kept: Kept) -> Changing:
    """A provision of the map that changes."""
    return _changing(Section("provisions", "Provision"), papers, "name", keep, kept)


def _changing(section: Section, papers: Papers, word: str, keep: Keep, kept: Kept) -> Changing:
    rows = papers.tables[f"record_{section.table}"]
    told = rows[word].astype("str").str.slice(0, 80).str.cat(rows["term"].astype("str"), sep=" · ")
    names = {"entry": sorted(zip(told, rows["entry"], strict=True))}
    return Changing(section, rows, names, choices_of(papers), keep, kept)
