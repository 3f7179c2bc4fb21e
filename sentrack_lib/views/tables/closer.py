"""Who to look at more closely: the pupils drawn by lot, as a schedule with room for dates and names."""

from pandas import DataFrame, Series

from sentrack_lib.sources.codes import need_label
from sentrack_lib.views.papers import ALL, Papers
from sentrack_lib.views.parts import Part, Table, Unseen
from sentrack_lib.views.tables.forms import room_for
from sentrack_lib.views.tables.pupils import called

NO_DRAW = "The pupils drawn for a closer look are shown to the inclusion manager and to departments."
LESSON, CONVERSATION = "lesson and work", "conversation"
SAID = {"act": "look first", "watch": "watch"}
REPLACED = "Whoever cannot be seen stays on the list, with the reason, and is not exchanged for another."


def chosen(papers: Papers) -> DataFrame:
    """The rows about this part of the school: lessons of its subject and class, conversations of its pupils."""
    rows = papers.of_pupils("closer")
    for column, wanted in {"subject": papers.subject, "teaching_group": papers.teaching_group}.items():
        if wanted != ALL:
            rows = rows[rows[column].eq(wanted) | rows["kind"].eq(CONVERSATION)]
    return rows


def closer(papers: Papers) -> Part:
    """The schedule of lesson observation and work scrutiny: the same pupils for both."""
    if not papers.has("closer", "roll"):
        return Unseen(NO_DRAW)
    rows = _named(papers, LESSON)
    if (papers.year_group, papers.subject) == (ALL, ALL):
        return _by_subject(papers, rows)
    shown = DataFrame({
        **({"Subject": rows["subject"]} if papers.subject == ALL else {}),
        "Place": rows["order"],
        **{name: rows[name] for name in ("Pupil", "Form", "SEN")},
        "Teaching group": rows["teaching_group"],
        "Level": rows["level"].map(SAID).fillna("not flagged"),
        "Why this pupil": rows["because"],
        **room_for("Date", "Observer"),
    })  # fmt: skip
    note = f"See the lesson and the pupil's work of the same weeks, so that the two can be laid side by side. {REPLACED}"
    return Table(shown, f"Lessons and work to look at: {papers.title}", note, "nobody was drawn here.")


def _by_subject(papers: Papers, rows: DataFrame) -> Part:
    """Who is to be seen in which subject, in short: the whole schedule would fill a page a subject."""
    told = rows["Pupil"] + " (" + rows["level"].map(SAID).fillna("not flagged") + ")"
    beside = rows["need"].eq("No SEN")
    shown = DataFrame({
        "Subject": sorted(rows["subject"].unique()),
        "Pupils with SEN, in the order drawn": _together(told[~beside], rows),
        "To compare with": _together(told[beside], rows),
    })  # fmt: skip
    note = f"The schedule, with class, reason and room for dates, is in the workbook and in the pack of each subject. {REPLACED}"
    return Table(shown, f"Lessons and work to look at: {papers.title}", note, "nobody was drawn here.")


def _together(told: Series, rows: DataFrame) -> list[str]:
    subjects = sorted(rows["subject"].unique())
    return told.groupby(rows["subject"]).agg("; ".join).reindex(subjects).fillna("").tolist()


def conversations(papers: Papers) -> Part:
    """The pupils to talk with, and their parents."""
    if not papers.has("closer_balance", "roll"):
        return Unseen("The pupils drawn for conversations are shown to the inclusion manager.")
    rows = _named(papers, CONVERSATION)
    shown = DataFrame({
        "Place": rows["order"],
        **{name: rows[name] for name in ("Pupil", "Form", "SEN")},
        "Level": rows["level"].map(SAID).fillna("not flagged"),
        "Why this pupil": rows["because"],
        **room_for("Date", "Who talks", "Parent asked"),
    })  # fmt: skip
    note = f"Drawn from the whole school; one parent or carer of each pupil is asked too. {REPLACED}"
    return Table(shown, f"Pupils and parents to talk with: {papers.title}", note, "nobody was drawn here.")


def balance(papers: Papers) -> Part:
    """How well those drawn stand for all who could be: places found beside those aimed at."""
    if not papers.has("closer_balance"):
        return Unseen("How the draw is balanced over the whole school is shown to the inclusion manager.")
    if (papers.year_group, papers.subject, papers.teaching_group) != (ALL, ALL, ALL):
        return Unseen("The draw is balanced over the whole school: open that to see how well.")
    rows = papers.tables["closer_balance"]
    rows = rows[rows["margin"].ne("subject")]  # every subject has the same number of places
    shown = DataFrame({
        "Drawn for": rows["kind"],
        "By": rows["margin"],
        "Group": group_named(rows),
        "Could be drawn": rows["candidates"],
        "Places aimed at": rows["aimed"].round(1),
        "Places found": rows["found"],
    })  # fmt: skip
    note = (
        "For lessons and work a pupil can be drawn in every subject, so candidates are pupils times subjects. Subjects and "
        "levels get equal numbers of places, as far as there are pupils; all others their share. A need that few pupils have may "
        "not come up: whoever is added by choice is listed as chosen, not as drawn."
    )
    return Table(shown, "How the draw is balanced", note, "nobody could be drawn.")


def group_named(rows: DataFrame) -> Series:
    """Groups in words: years, levels, types of need."""
    need = rows["margin"].eq("need") & ~rows["group"].isin(["Disability"])
    years = ("Year " + rows["group"]).where(rows["margin"].eq("year group"), rows["group"])
    return years.replace({**SAID, "Disability": "Disability, no SEN known"}).mask(need, need_label(rows["group"]))


def _named(papers: Papers, kind: str) -> DataFrame:
    """The rows of one kind, with the pupils as they are called."""
    rows = chosen(papers)
    return called(papers).merge(rows[rows["kind"].eq(kind)], on="pupil_id").sort_values(["subject", "order"])
