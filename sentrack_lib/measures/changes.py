"""What is different from the term before in what was already known: the roll, pupils' details, prior attainment."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from pandas import DataFrame, Index, Series

from sentrack_lib.measures.progress.taught import in_term, latest_of
from sentrack_lib.sources.coded import places_among, together
from sentrack_lib.sources.imported import CHANGE as COLUMNS
from sentrack_lib.terms import Term

NOT_DETAILS = ("term", "pupil_id", "form")
"""Forms are remade so often that a new one says nothing."""
ON_ROLL, NOT_ON_ROLL = "on the roll", "not on the roll"
RESULT = ["pupil_id", "subject", "stage", "scale"]


def changes(tables: Mapping[str, DataFrame], term: Term, previous: Term | None) -> DataFrame:
    """A row a change between two terms: `table` `pupil_id` `column` `before` `after`, all text, a blank where nothing was known.

    Joiners and leavers (column `roll`), pupils' details, corrected grades of prior attainment. Moving up a year is no change."""
    if previous is None:
        return DataFrame(columns=COLUMNS, dtype="str")
    before, after = (_one_a_pupil(tables["pupils"], each) for each in (previous, term))
    expected = ["year_group"] if previous.school_year != term.school_year else []
    details = [column for column in map(str, after) if column not in [*NOT_DETAILS, *expected]]
    corrected = _corrected(tables["prior_attainment"], previous, term)
    found: DataFrame = pd.concat([_roll(before.index, after.index), _details(before, after, details), corrected])
    return found.astype("str").sort_values(COLUMNS, ignore_index=True)[COLUMNS]


def _one_a_pupil(pupils: DataFrame, term: Term) -> DataFrame:
    return in_term(pupils, term).drop_duplicates("pupil_id", keep="last").set_index("pupil_id", drop=False)


def _roll(before: Index, after: Index) -> DataFrame:
    """Joiners and leavers."""
    moves = [(after.difference(before), NOT_ON_ROLL, ON_ROLL), (before.difference(after), ON_ROLL, NOT_ON_ROLL)]
    parts = [DataFrame({"pupil_id": pupils, "column": "roll", "before": was, "after": now}) for pupils, was, now in moves]
    return pd.concat(parts).assign(table="pupils")


def _details(before: DataFrame, after: DataFrame, columns: Sequence[str]) -> DataFrame:
    """What is written differently of pupils on both rolls."""
    both = before.index.intersection(after.index)
    before, after = before.loc[both, [*columns]], after.loc[both, [*columns]]
    written = [column for column in columns if not before[column].equals(after[column])]
    parts = [_differing(_as_text(before[column]), _as_text(after[column])).assign(column=column) for column in written]
    nothing = DataFrame(columns=["before", "after", "column"], index=both[:0], dtype="str")
    return pd.concat([nothing, *parts]).rename_axis("pupil_id").reset_index().assign(table="pupils")


def _corrected(prior_attainment: DataFrame, previous: Term, term: Term) -> DataFrame:
    """Grades that differ between two terms; a result that is new or gone is no correction."""
    at = places_among(prior_attainment["term"], Index([str(previous), str(term)]))
    rows, at = prior_attainment[at >= 0], at[at >= 0]
    result = together(*(rows[name] for name in RESULT))
    many = int(result.max(initial=-1)) + 1
    was, now = (latest_of(np.where(at == side, result, many), many + 1)[:many] for side in (0, 1))
    both = (was >= 0) & (now >= 0)
    grades = _as_text(rows["grade"])
    before, after = (grades.take(each[both]).reset_index(drop=True) for each in (was, now))
    found = _differing(before, after)
    where = rows.take(now[both][found.index])
    found = found.assign(pupil_id=where["pupil_id"].array, column=(where["subject"] + ", " + where["stage"]).array)
    return found.assign(table="prior_attainment")


def _differing(before: Series, after: Series) -> DataFrame:
    both = DataFrame({"before": before, "after": after})
    return both[both["before"].ne(both["after"])]


def _as_text(values: Series) -> Series:
    """Values as they are written in a file; a blank where they are missing."""
    written = values.dt.strftime("%Y-%m-%d") if pd.api.types.is_datetime64_any_dtype(values) else values
    return written.astype("str").fillna("")
