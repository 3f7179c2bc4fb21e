"""Rows of an export that stand for one thing, as one row: a pupil's several needs, a provision's several pupils."""

import pandas as pd
from pandas import DataFrame

from sentrack_lib.sources.exports.exported import Exported
from sentrack_lib.sources.exports.profiles import Fold


def folded(table: DataFrame, fold: Fold, source: Exported, who: DataFrame) -> DataFrame:
    """Rows of one pupil alike in all columns but those of the fold as one: the different values, in order of rank, in these."""
    first = fold.columns[0]
    named = who.loc[table.index].add_prefix("who ")
    marked = pd.concat([table, named], axis=1)
    alike = [name for name in marked if name not in fold.columns]
    if first not in table or not marked.duplicated(alike).any():
        return table
    rank = source.cells(table.index, fold.by) if fold.by else None
    ordered = marked if rank is None else marked.loc[pd.to_numeric(rank, errors="coerce").sort_values(kind="stable").index]
    told = ordered[ordered[first].ne("")].drop_duplicates([*alike, first])
    place = told.groupby(alike, sort=False).cumcount()
    kept = marked[~marked.duplicated(alike)]
    for number, name in enumerate(fold.columns):
        values = told.loc[place.eq(number), [*alike, first]].rename(columns={first: name})
        kept = kept.drop(columns=name, errors="ignore").merge(values, "left", alike).set_index(kept.index)
    lost = int(place.ge(len(fold.columns)).sum())
    source.remark(
        f"has several rows a pupil: {len(table):,} rows became {len(kept):,}",
        f"{lost:,} values beyond the first {len(fold.columns)} were left out." if lost else "Nothing to do.",
    )
    return kept.drop(columns=list(named)).fillna("")


def one_of_each(table: DataFrame, name: str, source: Exported) -> DataFrame:
    """Rows with the same `name` as one, in the place of the first: the earliest `start`, the latest `end`, else what most of them
    say. A blank says nothing, and rows without a name stay as they are."""
    named = table[table[name].ne("")]
    kept = table[~table[name].duplicated() | table[name].eq("")]
    for column in table.columns.drop(name):
        said = named.loc[named[column].ne(""), [name, column]]
        if column in ("start", "end"):
            # What is no day says nothing beside days, and is told where no row has one.
            days = said.assign(day=said[column].str.fullmatch(r"\d{4}-\d\d-\d\d"))
            ordered = days.sort_values(["day", column], ascending=[False, column == "start"], kind="stable")
        else:
            ordered = said.groupby([name, column], sort=False).size().sort_values(ascending=False, kind="stable").reset_index()
            _note_differing(ordered, name, column, source)
        chosen = ordered.drop_duplicates(name).set_index(name)[column]
        kept = kept.assign(**{column: kept[column].where(kept[name].eq(""), kept[name].map(chosen).astype("str").fillna(""))})
    return kept


def _note_differing(ordered: DataFrame, name: str, column: str, source: Exported) -> None:
    differing = sorted(set(ordered.loc[ordered[name].duplicated(), name]))
    if differing:
        problem = f"differs between rows of one {name.removesuffix('_id')} ({len(differing):,} of them)"
        remedy = "What most rows say counts. Write it alike in all of them."
        source.remark(problem, remedy, column=column, value=", ".join(differing[:5]))
