"""Tables as they are printed: in the school's words, pupils by name, numbers rounded, missing left blank."""

from sentrack_lib.views.tables.adults import (
    adults_cost,
    adults_week,
    checks_by_statement,
    clashes,
    entitlements_met,
    free_adults,
    leaning,
    timetable,
    unprepared,
)
from sentrack_lib.views.tables.agenda import agenda, closed, to_reflect
from sentrack_lib.views.tables.attainment import absences, attainment
from sentrack_lib.views.tables.benchmarks import benchmarks
from sentrack_lib.views.tables.changed import changed
from sentrack_lib.views.tables.classes import own_by_subject, subject_or_pupil, within_classes
from sentrack_lib.views.tables.closer import balance, closer, conversations
from sentrack_lib.views.tables.data import changes, codes, columns, coverage, files, imports, made, problems
from sentrack_lib.views.tables.down import next_down
from sentrack_lib.views.tables.due import due, due_soon, responsible
from sentrack_lib.views.tables.forms import conversation_form, observation_form
from sentrack_lib.views.tables.groups import by_background, by_class, by_intersection, by_need, by_sen, by_subject, by_year, rates
from sentrack_lib.views.tables.home import collection, last_run, next_meetings
from sentrack_lib.views.tables.impact import impact, impact_grounds, impact_of, impact_pupils
from sentrack_lib.views.tables.looking_back import decisions_followed, flags_changed, flags_fair, flags_followed, flags_scored
from sentrack_lib.views.tables.meetings import agencies, heard, meetings
from sentrack_lib.views.tables.minutes import feedback, minutes
from sentrack_lib.views.tables.notes import notes
from sentrack_lib.views.tables.one_pupil import (
    own_due,
    own_entitlements,
    own_flags,
    own_letter,
    own_meetings,
    own_notes,
    own_profile,
    own_progress,
    own_provision,
    own_targets,
    own_timetable,
)
from sentrack_lib.views.tables.plan import budget, decided, groups_to_plan, plan_counts, waiting, whole_plan
from sentrack_lib.views.tables.provision import (
    cost_a_pupil,
    costs_by,
    provision_gaps,
    seldom_there,
    separate_plans,
    sessions_given,
)
from sentrack_lib.views.tables.pupils import look_first, pupils
from sentrack_lib.views.tables.reading_ages import reading_ages
from sentrack_lib.views.tables.representation import representation, sets, taking_part
from sentrack_lib.views.tables.self_evaluation import (
    areas,
    disagreements,
    moved,
    open_questions,
    priorities,
    ratings,
    reflection,
    statements,
)
from sentrack_lib.views.tables.shares import rates_by_sen, rates_that_differ
from sentrack_lib.views.tables.sheets import judging, planning, sheets, workbook
from sentrack_lib.views.tables.single_case import single_case
from sentrack_lib.views.tables.small_groups import small_groups
from sentrack_lib.views.tables.support import provisions, support_missing, support_without_progress
from sentrack_lib.views.tables.targets import curricular_targets, suggested_targets, targets, too_many_targets
from sentrack_lib.views.tables.targets_kept import back_test, goals, targets_and_progress
from sentrack_lib.views.tables.trail import trail
from sentrack_lib.views.tables.transfer import dip, transfer
from sentrack_lib.views.tables.trends import trends
from sentrack_lib.views.tables.voices import asked_before, comments, responses, views, views_that_differ

__all__ = [
    "absences", "adults_cost", "adults_week", "agencies", "agenda", "areas", "asked_before", "attainment", "back_test",
    "balance", "benchmarks", "budget", "by_background", "by_class", "by_intersection", "by_need", "by_sen", "by_subject",
    "by_year", "changed", "changes", "checks_by_statement", "clashes", "closed", "closer", "codes", "collection",
    "columns", "comments", "conversation_form", "conversations", "cost_a_pupil", "costs_by", "coverage",
    "curricular_targets", "decided", "decisions_followed", "dip", "disagreements", "due", "due_soon", "entitlements_met",
    "feedback", "files", "flags_changed", "flags_fair", "flags_followed", "flags_scored", "free_adults", "goals",
    "groups_to_plan", "heard", "impact", "impact_grounds", "impact_of", "impact_pupils", "imports", "judging", "last_run",
    "leaning", "look_first", "made", "meetings", "minutes", "moved", "next_down", "next_meetings", "notes",
    "observation_form", "open_questions", "own_by_subject", "own_due", "own_entitlements", "own_flags", "own_letter",
    "own_meetings", "own_notes", "own_profile", "own_progress", "own_provision", "own_targets", "own_timetable",
    "plan_counts", "planning", "priorities", "problems", "provision_gaps", "provisions", "pupils", "rates",
    "rates_by_sen", "rates_that_differ", "ratings", "reading_ages", "reflection", "representation", "responses",
    "responsible", "seldom_there", "separate_plans", "sessions_given", "sets", "sheets", "single_case", "small_groups",
    "statements", "subject_or_pupil", "suggested_targets", "support_missing", "support_without_progress", "taking_part",
    "targets", "targets_and_progress", "timetable", "to_reflect", "too_many_targets", "trail", "transfer", "trends",
    "unprepared",
    "views", "views_that_differ", "waiting", "whole_plan", "within_classes", "workbook",
]  # fmt: skip
