"""How statements are rated: by whom, whether they agree, what was agreed, and what has changed since the last time."""

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas import DataFrame, Series

from sentrack_lib.measures.progress.taught import moments, term_at
from sentrack_lib.measures.recorded import recorded
from sentrack_lib.sources.agreed_tables import PRIORITIES, RATINGS
from sentrack_lib.sources.statements import STATEMENTS, sections, statements
from sentrack_lib.terms import SEASONS, Term

AGREED = "agreed"
"""Who rates together, after the single ratings were talked through: the row of this name is the agreed rating."""
NOT_AGREED, NOT_RATED = "not agreed", "not rated"
LEVELS = (*RATINGS, NOT_AGREED, NOT_RATED)
ALL_SECTIONS = "all sections"
ALIKE, ONE_STEP, TWO_STEPS, ONE_RATER = "all agree", "one step apart", "two steps apart", "one rater"
BETTER, WORSE, SAME = "better", "worse", "same"
RATED = ["statement", "section", "words", "rated_by", "on", "term", "rating", "evidence", "priority", "action", "owner", "by"]
SUMMED = ["rated", "raters", "agreement", "before", "since", "change"]
Counts = NDArray[np.float64]
"""How often each thing (rows) was given each value (columns)."""
Steps = NDArray[np.integer]
COUNTS = ["section", "rating", "count", "of", "count_before"]


def ratings(records: Mapping[str, DataFrame], term: Term) -> DataFrame:
    """Every rating up to `term` that says which of the 65 statements it is of, earlier first and each term's own: the columns of
    the record `self_evaluation`, `rating` one of the guidance's three or missing where it is written in other words."""
    rows = recorded(records, "self_evaluation", term, each_term=True)
    number = rows["statement"]
    rows = rows[number.between(1, STATEMENTS) & number.mod(1).eq(0) & rows["rated_by"].notna()]
    own = {name: _known(rows[name], words) for name, words in (("rating", RATINGS), ("priority", PRIORITIES))}
    together = rows["rated_by"].str.casefold().eq(AGREED)
    return rows.assign(statement=rows["statement"].astype("int64"), rated_by=rows["rated_by"].mask(together, AGREED), **own)


def _known(cells: Series, words: Iterable[str]) -> Series:
    said = cells.astype("str").str.casefold().str.strip()
    return said.where(said.isin(list(words)))


def standing(rows: DataFrame) -> DataFrame:
    """Of `ratings`, those that hold: of each statement what was said since the beginning of the school year in which it was rated
    last, and of each rater the last word there. Who has not rated for a year is not counted on."""
    year = moments(rows["term"]) // len(SEASONS)
    rated = Series(year, rows.index).where(rows["rating"].notna(), -1)
    last = rated.groupby(rows["statement"]).transform("max")
    return rows[year >= last].drop_duplicates(["statement", "rated_by"], keep="last", ignore_index=True)


def summed(rows: DataFrame) -> DataFrame:
    """A row a statement, 1 to 65, as the index: `rated` (the agreed rating: that of the row rated by `agreed`, else the one
    all raters give, else not agreed, or not rated), how many `raters`, their `agreement`, the agreed rating `before` with the
    term `since` which it stood (missing where there was none), and the `change` since then: better, worse or same."""
    held = standing(rows)
    given = times_given(held)
    apart = steps_apart(given)
    now, (before, since) = _agreed(held), _earlier(rows, held)
    agreement = np.where(given.sum(axis=1) == 1, ONE_RATER, np.array([ALIKE, ONE_STEP, TWO_STEPS, ""])[apart])
    both = (now < len(RATINGS)) & (before < len(RATINGS))
    change = np.where(both, np.array([BETTER, SAME, WORSE])[np.sign(now - before) + 1], "")
    words = np.array([*RATINGS, "", ""])[before]
    told = {"agreement": agreement, "before": words, "since": since, "change": change}
    known = {name: Series(cells, dtype="object").where(cells != "") for name, cells in told.items()}
    found = DataFrame({"rated": np.array(LEVELS)[now], "raters": given.sum(axis=1).astype("int64"), **known})
    found.index = pd.RangeIndex(1, STATEMENTS + 1, name="statement")
    return found.astype({"rated": "str", **dict.fromkeys(told, "str")})[SUMMED]


def times_given(held: DataFrame) -> Counts:
    """How often each statement (65 rows) is given each rating (3 columns) by single raters."""
    single = held[held["rating"].notna() & held["rated_by"].ne(AGREED)]
    given = np.zeros((STATEMENTS, len(RATINGS)))
    np.add.at(given, (single["statement"].to_numpy() - 1, _steps(single)), 1)
    return given


def steps_apart(given: Counts) -> Steps:
    """Steps between the best and the worst rating of each statement; 3 where it is not rated."""
    said = given > 0
    worst = len(RATINGS) - 1 - said[:, ::-1].argmax(axis=1)
    return np.where(said.any(axis=1), worst - said.argmax(axis=1), len(RATINGS))


def _agreed(held: DataFrame) -> Steps:
    """The place among `LEVELS` of the agreed rating of every statement, from the ratings that hold."""
    given = times_given(held)
    alike, said = steps_apart(given) == 0, given.any(axis=1)
    levels = np.select([alike, said], [given.argmax(axis=1), len(RATINGS)], len(RATINGS) + 1).astype("int64")
    together = held[held["rated_by"].eq(AGREED) & held["rating"].notna()]
    levels[together["statement"].to_numpy() - 1] = _steps(together)
    return levels


def _earlier(rows: DataFrame, held: DataFrame) -> tuple[Steps, NDArray[np.object_]]:
    """Of each statement the agreed rating that stood before the term of its newest rating, the last there was, as a place among
    `LEVELS` (not rated where there was none); and the term in which it was given."""
    newest, when = _newest(held), moments(rows["term"])
    before, since = np.full(STATEMENTS, len(RATINGS) + 1), np.full(STATEMENTS, "", dtype=object)
    for at in sorted({*when.tolist()} - {-1}, reverse=True):
        then = standing(rows[when <= at])
        told, given = _agreed(then), _newest(then)
        fits = (told < len(RATINGS)) & (given < newest) & (before > len(RATINGS))
        before[fits], since[fits] = told[fits], [str(term_at(each)) if each >= 0 else "" for each in given[fits]]
    return before, since


def _newest(held: DataFrame) -> Steps:
    """The place in time of each statement's newest rating; -1 where there is none, or it has no term."""
    newest = np.full(STATEMENTS, -1)
    rated = held[held["rating"].notna()]
    np.maximum.at(newest, rated["statement"].to_numpy() - 1, moments(rated["term"]))
    return newest


def _steps(rows: DataFrame) -> Steps:
    """Ratings as steps: 0 fully in place, 1 partly, 2 in need of development."""
    return rows["rating"].map({word: step for step, word in enumerate(RATINGS)}).to_numpy(dtype="int64")


def with_words(rows: DataFrame) -> DataFrame:
    """The rows with the `section` and `words` of their statement."""
    return rows.merge(statements()[["statement", "section", "words"]], on="statement", how="left")


def counts(found: DataFrame) -> DataFrame:
    """How many statements of a `section`, and of all, have which `rating` (not agreed and not rated too): `count` of `of`, and
    `count_before`, how many had it the last time they were rated, missing where none of the section was rated before.
    `found` has `section`, `rated` and `before` of every statement."""
    each: dict[str, tuple[list[str], list[str]]] = {name: ([], []) for name in (*sections(), ALL_SECTIONS)}
    for section, now, then in zip(found["section"], found["rated"], found["before"].fillna(NOT_RATED), strict=True):
        for name in (section, ALL_SECTIONS):
            each[name][0].append(now)
            each[name][1].append(then)
    rows = [
        (name, level, now.count(level), len(now), then.count(level) if {*then} - {NOT_RATED} else None)
        for name, (now, then) in each.items()
        for level in LEVELS
    ]
    return DataFrame(rows, columns=COUNTS).astype({"count_before": "Int64"})


def rated_by_each(held: DataFrame) -> DataFrame:
    """The ratings that hold, in the order of the statements, with section and words; what was agreed comes first."""
    rows = with_words(held)
    rows = rows.assign(first=rows["rated_by"].ne(AGREED)).sort_values(["statement", "first", "rated_by"], kind="stable")
    return rows.reset_index(drop=True)[RATED]
