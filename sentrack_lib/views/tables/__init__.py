"""Tables as they are printed: in the school's words, pupils by name, numbers rounded, missing left blank."""

from sentrack_lib.views.tables.data import changes, codes, columns, coverage, files, imports, made, problems
from sentrack_lib.views.tables.groups import by_class, by_need, by_sen, by_subject, by_year, rates
from sentrack_lib.views.tables.pupils import look_first, pupils
from sentrack_lib.views.tables.sheets import sheets

__all__ = [
    "by_class", "by_need", "by_sen", "by_subject", "by_year", "changes", "codes", "columns", "coverage", "files", "imports",
    "look_first", "made", "problems", "pupils", "rates", "sheets",
]  # fmt: skip
