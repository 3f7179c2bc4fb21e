"""What governors were handed before, and what may stand beside it.

Two roundings of one count, a child apart, tell both counts to whoever knows that one child came: of 10 and of 15 the only such
counts are 12 and 13. So a figure of a term that was published stays as it was published, unless so much has changed that no few
children can stand behind the change.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
from pandas import DataFrame

from sentrack_lib.privacy.rounding import ROUNDED_TO, SIZES_TO

LEAST_CHANGE = 2 * ROUNDED_TO
"""The least difference of two roundings of one count: then six pupils or more lie between the counts, and it cannot be told how
many. Of a mean it is the difference times the pupils: no one pupil's growth or answer moves a mean so far."""
LEAST_CHANGE_OF_SIZE = 2 * SIZES_TO
"""Likewise of sizes, which are rounded more coarsely: 10 and 20 may be a child apart."""
Row = Mapping[str, Any]
Place = tuple[str, ...]
"""The term, the table, and what names a row in it."""


@dataclass(frozen=True)
class Figures:
    """What is published in one table: what names a row, the counts in it, and each mean with the count of pupils behind it."""

    key: tuple[str, ...]
    counts: tuple[str, ...]
    means: Mapping[str, str] = field(default_factory=dict)
    whole_rows: bool = True
    """Whether the other columns of a row go with its counts; else they are about the whole country, or made anew."""
    sizes: tuple[str, ...] = ()
    """Those of the counts that are rounded to the nearest ten."""
    parts: Mapping[str, str] = field(default_factory=dict)
    """Counts with the count that each is a part of."""


PUBLISHED = {
    "rates": Figures(("measure", "group"), ("count", "of"), parts={"count": "of"}),
    "trends": Figures(("figure", "group", "subject"), ("count", "n"), parts={"count": "n"}),
    "benchmarks": Figures(("measure", "group"), ("count", "of"), whole_rows=False, parts={"count": "of"}),
    "comparisons": Figures(("measure", "by", "family", "group", "subject"), ("n",), {"mean": "n"}, sizes=("n",)),
    "representation": Figures(("kind", "what", "subject", "year_group"), ("count", "n"), parts={"count": "n"}),
    "transfer": Figures(
        ("item",), ("count", "n", "count_rest", "n_rest"), parts={"count": "n", "count_rest": "n_rest"}
    ),
    "views": Figures(("respondent", "theme", "family", "group"), ("n", "n_rest"), {"mean": "n", "mean_rest": "n_rest"}),
    "asked_before": Figures(("respondent", "theme"), ("n", "n_then"), {"mean": "n", "mean_then": "n_then"}),
    "support_counts": Figures(("group", "expectation", "amount"), ("count",), whole_rows=False),
    "plan_counts": Figures(("what",), ("count", "of"), parts={"count": "of"}),
    "impact": Figures(
        ("provision_id",), ("n", "offered", "comparators"), {"effect": "n"}, sizes=("n", "offered", "comparators"),
        parts={"n": "offered"},
    ),
}  # fmt: skip
"""Every table in which governors are handed counts or means of pupils."""


@dataclass(frozen=True)
class Released:
    """Every row that governors of a school were handed, with each version of it, oldest first."""

    rows: Mapping[Place, Sequence[Row]] = field(default_factory=dict)

    def standing(self, name: str, table: DataFrame, term: str) -> DataFrame:
        """The rows of a table as they may stand beside all that was published before."""
        if name not in PUBLISHED or table.empty or not self.rows:
            return table
        rows = [_beside(name, row, self.rows.get(place, ())) for place, row in _placed(name, table, term)]
        return DataFrame(rows, index=table.index, columns=table.columns).astype(table.dtypes.to_dict())

    def last(self, place: Place) -> Row:
        """What was published last in a place; nothing where nothing was."""
        return (self.rows.get(place) or [{}])[-1]

    def new(self, handed: Mapping[str, DataFrame]) -> dict[Place, Row]:
        """Of the tables that are handed out now, the rows that were not published so before."""
        term = str(handed["about"]["term"].iloc[0])
        rows = {place: row for name in handed if name in PUBLISHED for place, row in _placed(name, handed[name], term)}
        return {
            place: row for place, row in rows.items() if not any(_same(place[1], row, old) for old in self.rows.get(place, ()))
        }

    def kept(self, handed: Mapping[str, DataFrame], untouched: Mapping[str, DataFrame]) -> list[Place]:
        """Where what is handed out is not what the data of today would give."""
        term = str(handed["about"]["term"].iloc[0])
        now = {place: row for name in untouched if name in PUBLISHED for place, row in _placed(name, untouched[name], term)}
        shown = {place: row for name in handed if name in PUBLISHED for place, row in _placed(name, handed[name], term)}
        return [place for place, row in shown.items() if place in now and not _same(place[1], row, now[place])]


def plain_rows(table: DataFrame) -> list[Row]:
    """The rows, missing values as none, so that they can be compared and written down."""
    return table.astype("object").where(table.notna(), None).to_dict("records")  # type: ignore[return-value]


def _placed(name: str, table: DataFrame, term: str) -> list[tuple[Place, Row]]:
    """Each row with its place."""
    key = PUBLISHED[name].key
    return [((str(row.get("term", term)), name, *(str(row.get(each)) for each in key)), row) for row in plain_rows(table)]


def _beside(name: str, row: Row, before: Sequence[Row]) -> Row:
    """The row itself where it is new, as it was before, or far from all that was published; else the last that was.

    In a row that has changed by much, a count that has not stands all the same."""
    if not before or any(_same(name, row, old) for old in before):
        return row
    figures, last = PUBLISHED[name], before[-1]
    stands = [column for column in figures.counts if any(_near(figures, column, row, old) for old in before)]
    mixed = {**row, **{column: last[column] for column in stands}}
    if all(_far(name, row, old) for old in before) and _adds_up(figures, mixed, row):
        return mixed
    columns = row if figures.whole_rows else figures.counts
    return {**row, **{column: last[column] for column in columns if column in last}}


def _adds_up(figures: Figures, mixed: Row, now: Row) -> bool:
    """Whether each part with its whole is as the data of today would give them, or no part is more than its whole."""
    return all(
        (mixed.get(part), mixed.get(whole)) == (now.get(part), now.get(whole)) or _within(mixed.get(part), mixed.get(whole))
        for part, whole in figures.parts.items()
    )


def _within(part: float | None, whole: float | None) -> bool:
    """Whether so many can be among so many: who is hidden is somebody, and fewer than any count that is shown."""
    return not part if whole is None else (1 if part is None else part) <= whole


def _least(figures: Figures, column: str) -> int:
    return LEAST_CHANGE_OF_SIZE if column in figures.sizes else LEAST_CHANGE


def _near(figures: Figures, column: str, row: Row, old: Row) -> bool:
    """Whether a count differs from one that was published, and by little."""
    if column not in row or column not in old:
        return False
    return 0 < abs(_size(row[column]) - _size(old[column])) < _least(figures, column)


def _far(name: str, row: Row, old: Row) -> bool:
    """Whether two versions of a row are so far apart that no few children can stand between them."""
    figures = PUBLISHED[name]
    counted = [column for column in figures.counts if column in row and column in old]
    moved = [abs(_size(row[column]) - _size(old[column])) >= _least(figures, column) for column in counted]
    means = [
        abs(row[mean] - old[mean]) * min(_size(row.get(size)), _size(old.get(size))) >= LEAST_CHANGE
        for mean, size in figures.means.items()
        if row.get(mean) is not None and old.get(mean) is not None
    ]
    return not (moved or means) or any([*moved, *means])


def _size(count: Any) -> float:
    """A count as published; a blank is as far from nobody as from ten."""
    return ROUNDED_TO if count is None or pd.isna(count) else float(count)


def _same(name: str, row: Row, old: Row) -> bool:
    figures = PUBLISHED[name]
    return all(row.get(column) == old.get(column) for column in (*figures.counts, *figures.means))
