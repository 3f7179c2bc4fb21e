"""Tables as they are printed: in the school's words, pupils by name, numbers rounded, missing left blank."""

from sentrack_lib.views.tables.attainment import absences, attainment
from sentrack_lib.views.tables.benchmarks import benchmarks
from sentrack_lib.views.tables.changed import changed
from sentrack_lib.views.tables.classes import own_by_subject, subject_or_pupil, within_classes
from sentrack_lib.views.tables.data import changes, codes, columns, coverage, files, imports, made, problems
from sentrack_lib.views.tables.groups import by_background, by_class, by_intersection, by_need, by_sen, by_subject, by_year, rates
from sentrack_lib.views.tables.pupils import look_first, pupils
from sentrack_lib.views.tables.shares import rates_by_sen, rates_that_differ
from sentrack_lib.views.tables.sheets import sheets
from sentrack_lib.views.tables.trends import trends

__all__ = [
    "absences", "attainment", "benchmarks", "by_background", "by_class", "by_intersection", "by_need", "by_sen", "by_subject", "by_year",
    "changed", "changes", "codes", "columns", "coverage", "files", "imports", "look_first", "made", "own_by_subject", "problems", "pupils",
    "rates", "rates_by_sen", "rates_that_differ", "sheets", "subject_or_pupil", "trends", "within_classes",
]  # fmt: skip
