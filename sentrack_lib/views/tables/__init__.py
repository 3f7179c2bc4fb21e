"""Tables as they are printed: in the school's words, pupils by name, numbers rounded, missing left blank."""

from sentrack_lib.views.tables.attainment import absences, attainment
from sentrack_lib.views.tables.benchmarks import benchmarks
from sentrack_lib.views.tables.changed import changed
from sentrack_lib.views.tables.classes import own_by_subject, subject_or_pupil, within_classes
from sentrack_lib.views.tables.closer import balance, closer, conversations
from sentrack_lib.views.tables.data import changes, codes, columns, coverage, files, imports, made, problems
from sentrack_lib.views.tables.down import next_down
from sentrack_lib.views.tables.due import due, responsible
from sentrack_lib.views.tables.forms import conversation_form, observation_form
from sentrack_lib.views.tables.groups import by_background, by_class, by_intersection, by_need, by_sen, by_subject, by_year, rates
from sentrack_lib.views.tables.pupils import look_first, pupils
from sentrack_lib.views.tables.representation import representation, sets, taking_part
from sentrack_lib.views.tables.shares import rates_by_sen, rates_that_differ
from sentrack_lib.views.tables.sheets import sheets
from sentrack_lib.views.tables.small_groups import small_groups
from sentrack_lib.views.tables.support import provisions, support_missing, support_without_progress
from sentrack_lib.views.tables.transfer import dip, transfer
from sentrack_lib.views.tables.trends import trends
from sentrack_lib.views.tables.voices import asked_before, comments, responses, views, views_that_differ

__all__ = [
    "absences", "asked_before", "attainment", "balance", "benchmarks", "by_background", "by_class", "by_intersection",
    "by_need", "by_sen", "by_subject", "by_year", "changed", "changes", "closer", "codes", "columns", "comments",
    "conversation_form", "conversations", "coverage", "dip", "due", "files", "imports", "look_first", "made", "next_down",
    "observation_form", "own_by_subject", "problems", "provisions", "pupils", "rates", "rates_by_sen", "rates_that_differ",
    "representation", "responses", "responsible", "sets", "sheets", "small_groups", "subject_or_pupil", "support_missing",
    "support_without_progress", "taking_part", "transfer", "trends", "views", "views_that_differ", "within_classes",
]  # fmt: skip
