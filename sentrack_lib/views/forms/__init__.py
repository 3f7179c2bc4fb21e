"""Forms: what people decide is written here and saved into the school's records, all of a decision together or nothing."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from pandas import DataFrame

from sentrack_lib.measures.closer import seed_of
from sentrack_lib.measures.impact import standing
from sentrack_lib.measures.meetings import closing
from sentrack_lib.measures.targets import target_warnings
from sentrack_lib.sources.agreed_tables import OUTCOMES
from sentrack_lib.terms import Term
from sentrack_lib.views.forms.changing import Changing
from sentrack_lib.views.forms.choices import choices_of
from sentrack_lib.views.forms.fields import Choices
from sentrack_lib.views.forms.lots import Lots, Wanted
from sentrack_lib.views.forms.records import Form, Keep, Section
from sentrack_lib.views.forms.self_evaluation import about_area, about_rating, judging_choices, ratings_called
from sentrack_lib.views.forms.sessions import Sessions
from sentrack_lib.views.papers import Papers
from sentrack_lib.views.tables.agenda import items_to_close
from sentrack_lib.views.tables.pupils import pupil_names
from sentrack_lib.views.tables.targets import from_here

__all__ = [
    "change_action", "change_deployment", "change_meeting", "change_provision", "change_rating", "change_school_area",
    "change_target", "close_item", "decision", "deployment", "draw_places", "entitlement", "meeting", "note", "provision",
    "rate_statement", "review_target", "school_area", "sessions", "short_measure", "target",
]  # fmt: skip

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
TARGET = Section("targets", "A target of a pupil, a group or a subject")
DEPLOYMENT = Section("deployments", "A place of an adult in the timetable, and how it is prepared")
TARGET_REVIEW = Section(
    "target_reviews", "How a target stands", ("target_id", "on", "result", "outcome", "attained", "note", "reviewed_by")
)
NOTE = Section("evidence", "What was seen, said or advised", ("pupil_id", "on", "kind", "subject", "source", "what"))
MEETING = (
    Section("meetings", "A meeting"),
    Section(
        "actions", "What was agreed there, if anything", ("what", "owner", "by"), shared=("meeting_id", "pupil_id", "subject")
    ),
)
CLOSING = Section("actions", "An item is closed", ("meeting_id", "item", "decision", "what", "owner", "by"))
SHORT_MEASURE = Section("short_measures", "A short measure of a pupil, taken again and again")
RATING = Section(
    "self_evaluation", "How far is it so?",
    ("statement", "rated_by", "rating", "evidence", "priority", "action", "owner", "by"),
)  # fmt: skip
AREA = Section("school_areas", "What was found in an area of the school, and what is to change")
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


def target(papers: Papers, keep: Keep, kept: Kept) -> Form:
    """A target of a pupil, of a group, or of the curriculum."""
    section = replace(TARGET, given={"set_on": papers.counted_to.isoformat()}, mind=_about_target(papers))
    return Form([section], choices_of(papers), papers.term, keep, kept)


def deployment(papers: Papers, keep: Keep, kept: Kept) -> Form:
    """A place of an adult in the timetable, with the ten questions about how it is prepared."""
    return Form([DEPLOYMENT], choices_of(papers), papers.term, keep, kept)


def review_target(papers: Papers, keep: Keep, kept: Kept) -> Form:
    """How a target stands."""
    return Form([TARGET_REVIEW], choices_of(papers), papers.term, keep, kept)


def note(papers: Papers, keep: Keep, kept: Kept) -> Form:
    """A note of a teacher, an adult or a specialist, or what a pupil or parents said."""
    return Form([NOTE], choices_of(papers), papers.term, keep, kept)


def meeting(papers: Papers, keep: Keep, kept: Kept) -> Form:
    """A meeting, and what was agreed there."""
    return Form(MEETING, {**choices_of(papers), "meeting_id": []}, papers.term, keep, kept)


def close_item(papers: Papers, keep: Keep, kept: Kept) -> Form:
    """An item of the agenda is closed with one of four outcomes and an owner."""
    rows, day = papers.tables["agenda"], papers.counted_to.isoformat()
    section = replace(CLOSING, completed=lambda cells: closing(cells, rows, day))
    choices = {**choices_of(papers), "item": items_to_close(papers), "decision": [(each, each) for each in OUTCOMES]}
    return Form([section], choices, papers.term, keep, kept)


def entitlement(papers: Papers, keep: Keep, kept: Kept) -> Form:
    """Support that a plan or statement specifies."""
    return Form([ENTITLEMENT], choices_of(papers), papers.term, keep, kept)


def short_measure(papers: Papers, keep: Keep, kept: Kept) -> Form:
    """A number of a pupil on a day, before, during or after something is provided."""
    return Form([SHORT_MEASURE], choices_of(papers), papers.term, keep, kept)


def rate_statement(papers: Papers, keep: Keep, kept: Kept) -> Form:
    """One person's view of one statement; what data show, and what others say, stands below it once it is chosen."""
    section = replace(RATING, given={"on": papers.counted_to.isoformat()}, mind=about_rating(papers))
    return Form([section], judging_choices(), papers.term, keep, kept)


def school_area(papers: Papers, keep: Keep, kept: Kept) -> Form:
    """What was found in an area of the school, and what is to change there."""
    return Form([replace(AREA, mind=about_area)], judging_choices(), papers.term, keep, kept)


def sessions(papers: Papers, keep: Keep, kept: Kept) -> Sessions:
    """A session of a provision: who was there."""
    given = papers.tables["pupil_provision"]
    names = pupil_names(papers)
    groups = {str(of): [(names.get(each, each), each) for each in rows] for of, rows in given.groupby("provision_id")["pupil_id"]}
    running = [(shown, own) for shown, own in choices_of(papers)["provision_id"] if own in groups]
    return Sessions(running, groups, papers.term, papers.counted_to, keep, kept)


def draw_places(papers: Papers, keep: Keep, kept: Kept) -> Lots:
    """Places drawn by lot. Of the whole school those can be ticked for whom it is suggested, of a part of it all pupils."""
    own, tables = pupil_names(papers), papers.tables
    suggested = tables["suggestions"][["provision_id", "pupil_id"]] if papers.has("suggestions") else DataFrame()
    subjects = dict(
        zip(tables["catalogue"]["provision_id"], tables["catalogue"]["subject"].astype("str").fillna(""), strict=True)
    )
    taking_part = tables["pupil_provision"]

    def wanted(provision: str) -> Wanted:
        first = set(suggested.loc[suggested["provision_id"].eq(provision), "pupil_id"]) if len(suggested) else set()
        there = set(taking_part.loc[taking_part["provision_id"].eq(provision), "pupil_id"])
        whole_school = papers.whole
        here = [each for each in papers.roll["pupil_id"] if each not in there and (each in first or not whole_school)]
        starts = standing(tables["points_by_term"], tables["roll"], subjects.get(provision, ""), Term.named(papers.term))
        pupils = sorted((own.get(each, each), each, each in first) for each in here)
        return Wanted(pupils, starts, seed_of(f"{tables['about']['school'].iloc[0]} {provision}", papers.term))

    return Lots(choices_of(papers)["provision_id"], wanted, papers.term, papers.counted_to, keep, kept)


def change_action(papers: Papers, keep: Keep, kept: Kept) -> Changing:
    """An action that is done, moved or taken back."""
    section = Section("actions", "Action", ("what", "owner", "by", "done_on", "result"))
    return _changing(section, papers, "what", keep, kept)


def change_provision(papers: Papers, keep: Keep, kept: Kept) -> Changing:
    """A provision of the map that changes."""
    return _changing(Section("provisions", "Provision"), papers, "name", keep, kept)


def change_target(papers: Papers, keep: Keep, kept: Kept) -> Changing:
    """A target that is revised: the old version is kept."""
    return _changing(Section("targets", "Target"), papers, "what", keep, kept)


def change_deployment(papers: Papers, keep: Keep, kept: Kept) -> Changing:
    """A place of an adult that changes, or of which the ten questions are answered."""
    return _changing(Section("deployments", "Place of an adult"), papers, "place", keep, kept)


def change_meeting(papers: Papers, keep: Keep, kept: Kept) -> Changing:
    """A meeting that is held, or moved: what was agreed is written here."""
    return _changing(Section("meetings", "Meeting"), papers, "kind", keep, kept)


def change_rating(papers: Papers, keep: Keep, kept: Kept) -> Changing:
    """A rating that somebody sees otherwise by now, or of which the action is done or moved."""
    rows = papers.tables["record_self_evaluation"]
    section = replace(RATING, title="Rating", only=RATING.only[2:])
    return Changing(section, rows, {"entry": ratings_called(rows)}, judging_choices(), keep, kept)


def change_school_area(papers: Papers, keep: Keep, kept: Kept) -> Changing:
    """A finding about an area of the school, or a change there, that goes on or is over."""
    return _changing(replace(AREA, title="Area of the school"), papers, "found", keep, kept, judging_choices())


def _changing(section: Section, papers: Papers, word: str, keep: Keep, kept: Kept, choices: Choices | None = None) -> Changing:
    rows = papers.tables[f"record_{section.table}"]
    choices = choices_of(papers) if choices is None else choices
    named = sorted(zip(_called(rows, word, choices), rows["entry"], rows["term"], strict=True))
    newest = sorted(named, key=lambda each: Term.named(str(each[2])), reverse=True)
    names = {"entry": [(shown, entry) for shown, entry, _ in newest]}
    return Changing(section, rows, names, choices, keep, kept)


def _called(rows: DataFrame, word: str, choices: Choices) -> list[str]:
    """What each record is called in a list: its word, and the term, day, adult and pupil where it has them."""
    shown = {name: dict((value, told) for told, value in choices.get(name, ())) for name in ("pupil_id", "adult_id")}
    parts = [rows[word].astype("str").fillna("").str.slice(0, 80)]
    parts += [rows[name].map(told).astype("str").fillna("") for name, told in shown.items() if name in rows]
    parts += [rows[name].astype("str").fillna("").str.slice(0, 10) for name in ("on", "day", "starts") if name in rows]
    return [" · ".join(filter(None, each)) for each in zip(*parts, rows["term"].astype("str"), strict=True)]
