"""What was imported for a term: the files, what came of their rows, and what they corrected."""

from collections.abc import Mapping

from pandas import DataFrame

from sentrack_lib.sources.imported import CHANGE, ORIGINALS, summary
from sentrack_lib.sources.problems import COLUMNS
from sentrack_lib.terms import Term

Imported = Mapping[str, DataFrame]


def of_term(rows: DataFrame, term: Term) -> DataFrame:
    """The rows of a list that are of one term, without the term."""
    here = rows if rows.empty else rows[rows["term"].eq(str(term))]
    return here.drop(columns="term").reset_index(drop=True)


def imports(imported: Imported, term: Term) -> DataFrame:
    """What came of each file imported for a term, as `summary` says it."""
    return summary({name: of_term(rows, term) for name, rows in imported.items()})


def imported_problems(imported: Imported) -> DataFrame:
    """What was wrong with the files as they were imported, beside what is wrong with the tables themselves."""
    told = imported["problems"]
    return told.assign(file=told["term"] + f"/{ORIGINALS}/" + told["file"])[COLUMNS]


def corrected(imported: Imported, term: Term) -> DataFrame:
    """Cells of a term that a later file of the same term changed: `table` `pupil_id` `column` `before` `after`."""
    return of_term(imported["changes"], term)[CHANGE]
