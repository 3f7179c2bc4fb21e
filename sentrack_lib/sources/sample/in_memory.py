"""The invented school loaded without a file: the same tables, the same checks."""

from collections.abc import Iterator
from pathlib import Path

from pandas import DataFrame

from sentrack_lib.settings import SchoolSettings
from sentrack_lib.sources.checking import fit_columns
from sentrack_lib.sources.files.writing import TEXT
from sentrack_lib.sources.imported import imported_in
from sentrack_lib.sources.loading import School, Written, checked_school, file_of
from sentrack_lib.sources.problems import problems_table
from sentrack_lib.sources.sample.invention import Invention
from sentrack_lib.sources.sample.paper import NAME, settings_of
from sentrack_lib.terms import Term


def school_of(invention: Invention) -> School:
    """The school that would be loaded from the folder of an invention, mess and all."""
    settings = SchoolSettings.model_validate(settings_of(invention))
    return checked_school(Path(NAME), settings, list(_written(invention)), problems_table(), imported_in(Path(NAME), ()))


def _written(invention: Invention) -> Iterator[Written]:
    """Every table of every term, in the order in which its files are read."""
    for term, tables, _ in invention.every_term():
        yield from (_one(term, name, table) for name, table in {**tables, **invention.records(term)}.items())


def _one(term: Term, name: str, table: DataFrame) -> Written:
    """One table as a file of it would be read: text, the heading in row 1."""
    file = file_of(term, name)
    rows = table.set_axis(range(2, len(table) + 2))
    cells, problems = fit_columns(name, rows.astype(TEXT), file)
    return Written(name, term, file, cells, len(cells), problems)
