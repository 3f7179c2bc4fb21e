"""One pupil: what is flagged, progress subject by subject, what is provided, and what goes home."""

from collections.abc import Callable

from pandas import DataFrame

from sentrack_lib.terms import Term
from sentrack_lib.views.letters import letter_of, profile_of
from sentrack_lib.views.papers import ALL, Papers
from sentrack_lib.views.parts import Part, Table, Unseen
from sentrack_lib.views.tables.adults import entitlements_met, timetable
from sentrack_lib.views.tables.due import due
from sentrack_lib.views.tables.meetings import meetings
from sentrack_lib.views.tables.notes import notes
from sentrack_lib.views.tables.plan import days
from sentrack_lib.views.tables.pupils import SOFT, called
from sentrack_lib.views.tables.targets import targets
from sentrack_lib.views.words import band, pounds

CHOOSE, NO_PUPILS = "Choose a pupil.", "Single pupils are shown to the inclusion manager and to departments."


def of_one(make: Callable[[Papers], Part]) -> Callable[[Papers], Part]:
    """A part about one pupil: a sentence where none is chosen, or where the audience is shown none."""

    def part(papers: Papers) -> Part:
        if not papers.has("roll"):
            return Unseen(NO_PUPILS)
        return Unseen(CHOOSE) if papers.pupil == ALL else make(papers)

    part.__name__, part.__doc__ = make.__name__, make.__doc__
    return part


def name_of(papers: Papers) -> str:
    """The pupil as they are called."""
    return str(papers.told(called)[0]["Pupil"])


@of_one
def own_flags(papers: Papers) -> Part:
    """What is flagged about the pupil, since when, and who sees to it."""
    shown, _ = papers.listed(_flags, _flags_printed)
    return Table(
        shown, f"What is flagged: {name_of(papers)}", "A flag is a reason to look, not a judgement.", "nothing is flagged."
    )


def _flags(papers: Papers) -> DataFrame:
    return papers.flags


def _flags_printed(papers: Papers, rows: DataFrame) -> DataFrame:
    return DataFrame({
        "Flag": rows["rule"],
        "Level": rows["level"].map({"act": "look first", "watch": "watch"}),
        "Why": rows["evidence"],
        "Since": rows["since_term"].map(lambda term: Term.named(term).label),
        "Owner": rows["owner"].astype("str").fillna("nobody yet"),
    })  # fmt: skip


@of_one
def own_progress(papers: Papers) -> Part:
    """The pupil's growth in each subject, with its band, and why it cannot be told."""
    shown, _ = papers.listed(_progress, _progress_printed)
    return Table(shown, f"Progress subject by subject: {name_of(papers)}", SOFT, "no subject is known.")


def _progress(papers: Papers) -> DataFrame:
    return papers.of_pupils("progress").assign(first=lambda row: row["subject"].ne(ALL)).sort_values(["first", "subject"])


def _progress_printed(papers: Papers, rows: DataFrame) -> DataFrame:
    return DataFrame({
        "Subject": rows["subject"].replace(ALL, "on average"),
        "Start": rows["start"].round(1),
        "Now": rows["points"].round(1),
        "Growth percentile": rows["growth_percentile"].round(0),
        "Likely between": band(rows["band_low"], rows["band_high"]),
        "Why not": rows["why_not"].astype("str").fillna(""),
    })  # fmt: skip


@of_one
def own_provision(papers: Papers) -> Part:
    """The provisions the pupil takes part in, sessions, outcome and cost."""
    if not papers.has("pupil_provision"):
        return Unseen("Provision is shown to those who plan it.")
    shown, _ = papers.listed(_provision, _provision_printed)
    return Table(shown, f"What is provided: {name_of(papers)}", "", "no provision is recorded.")


def _provision(papers: Papers) -> DataFrame:
    return papers.of_pupils("pupil_provision")


def _provision_printed(papers: Papers, rows: DataFrame) -> DataFrame:
    came = rows["sessions_attended"].round(0).astype("Int64").astype("str").fillna("not recorded")
    due = rows["sessions_due"].round(0).astype("Int64").astype("str").fillna("not known")
    cost = {"Projected": rows["cost_projected"].map(pounds)} if "cost_projected" in rows else {}
    return DataFrame({
        "Provision": rows["name"],
        "Wave": rows["wave"],
        "From": days(rows["start"]),
        "To": days(rows["end"]),
        "Attended, of due": came + " of " + due,
        "At the start": rows["baseline"],
        "At the end": rows["outcome"],
        "Rated": rows["rating"],
        **cost,
    })  # fmt: skip


@of_one
def own_profile(papers: Papers) -> Part:
    """The one-page profile."""
    return profile_of(papers.for_parents)


@of_one
def own_letter(papers: Papers) -> Part:
    """The letter to the parents, as it would go home."""
    return letter_of(papers.for_parents, papers.counted_to)


own_entitlements, own_timetable, own_targets = map(of_one, (entitlements_met, timetable, targets))
own_due, own_meetings, own_notes = map(of_one, (due, meetings, notes))
