"""Every table and column a school's folder may hold: its meaning, its checks, and what to do when a check fails.

The data dictionary (`data/README.md`) is generated from here. Cells are checked as the text they are written in.
"""

from collections.abc import Iterable, Iterator

import numpy as np
from pandas import DataFrame
from pandera.pandas import Column

from sentrack_lib.sources import cells
from sentrack_lib.sources.cells import CODE, YEAR
from sentrack_lib.sources.problems import ROW_SET_ASIDE, Fault
from sentrack_lib.sources.record_tables import RECORDS as RECORDS
from sentrack_lib.sources.record_tables import REGISTERS
from sentrack_lib.sources.sums import ROW_RULES
from sentrack_lib.sources.tables import TABLES as TABLES

IMPORTED = {**TABLES, **RECORDS, **REGISTERS}
"""Everything an export can be turned into."""
_AS_READ = {cells.NUMBER: "float64", cells.DATE: "datetime64[us]"}
"""The types of what is read, where it is not text: a table that is absent has them without anything being read."""


def columns(table: str) -> list[str]:
    """The canonical columns of a table, in order."""
    return list(IMPORTED[table].columns)


def key(table: str) -> list[str]:
    """The columns that name a row; none where every row is an event of its own."""
    return list((IMPORTED[table].metadata or {})["key"])


def required(table: str) -> list[str]:
    """The columns a table must have."""
    return [name for name, column in IMPORTED[table].columns.items() if column.required]


def days(table: str, names: Iterable[str]) -> list[str]:
    """Those of some columns of a table that hold days."""
    return [name for name in names if _written(table, name) == cells.DATE]


def _written(table: str, name: str) -> str:
    """How the cells of a column are written."""
    return str((IMPORTED[table].columns[name].metadata or {})["written"])


def failures(table: str, rows: DataFrame) -> Iterator[tuple[str, Fault, np.ndarray]]:
    """What is wrong with single cells, and with cells of one row beside each other: column, fault, and the places of the rows."""
    for name, column in IMPORTED[table].columns.items():
        yield from ((name, fault, places) for fault, places in cells.failures(column, rows[name]))
    rules = ROW_RULES.get(table, ())
    read = typed(table, rows) if rules else rows
    yield from ((rule.column, rule.fault, np.flatnonzero(rule.fails(read))) for rule in rules)


def typed(table: str, rows: DataFrame) -> DataFrame:
    """The table's cells as numbers, days and text; blank, and what cannot be read, is missing. Other columns stay as they are."""
    if rows.empty:
        return rows.astype({name: _AS_READ.get(_written(table, name), "str") for name in columns(table)})
    read = {name: cells.read(column, rows[name]) for name, column in IMPORTED[table].columns.items()}
    return DataFrame({name: read.get(name, rows[name]) for name in rows}, index=rows.index, copy=False)


def dictionary() -> str:
    """The data dictionary as Markdown, made from the tables above."""
    listed, records = ("\n".join(map(_listed, some)) for some in (TABLES, RECORDS))
    tables = [_described(name) for name in TABLES]
    return "\n\n".join([_HEAD, listed, *tables, _RECORDS, records, *map(_described, RECORDS), _FOOT]) + "\n"


def _listed(name: str) -> str:
    return f"- [{name}.csv](#{name}csv): {IMPORTED[name].description}"


def _described(name: str) -> str:
    """One table of the dictionary."""
    schema = IMPORTED[name]
    named = " + ".join(f"`{part}`" for part in key(name))
    one_row = f"One row for each {named}." if named else "Every row is an event of its own."
    rows = [_described_column(title, column) for title, column in schema.columns.items()]
    titles = ["| column | written as | meaning | where it is written otherwise |", "|---|---|---|---|"]
    return "\n".join([f"## {name}.csv", "", f"{schema.description} {one_row}", "", *titles, *rows])


def _described_column(name: str, column: Column) -> str:
    title = f"**`{name}`** *" if column.required else f"`{name}`"
    return f"| {title} | {column.metadata['how']} | {column.description}. | {_otherwise(column)} |"


def _otherwise(column: Column) -> str:
    """What becomes of a row whose cell is blank or wrong."""
    aside = any(check.name == ROW_SET_ASIDE for check in column.checks)
    if aside:
        return "the row is set aside"
    if column.metadata["written"] in (CODE, YEAR):
        return "the text is kept, and counts as not known"
    return "the cell counts as not known" if column.checks else ""


_HEAD = """# What a school's folder holds

This page is generated (`sentrack dictionary > data/README.md`). Do not edit it by hand.

A school's folder holds `school.yml` and one folder a term, such as `2025-26-autumn`, with the tables below. `data/sample` is an
invented school to look at. A school's own data is never committed.

- Each table is a CSV file: UTF-8, a comma between cells, the names of the columns in its first row.
- A column in **bold** with a `*` must be there. The others may be absent, and so may any table but `pupils.csv`.
- A blank cell means *not known*, never *no*. A grade that was not given is a row with `ABS`, `X`, `N/A` or `U`, never a 0.
- Keep leading zeros: every id is text.
- A row that cannot be used is set aside; the others are used. `sentrack check` lists each with its row and what to do, and counts
  the rows read, used and set aside.
- Exports of the school's system need not look like this: `sentrack import` turns them into these tables.

## The tables"""

_RECORDS = """## Provision, adults' time and what was agreed

These tables lie in the folder `records/` of the term and are checked like those above; any may be absent. `sentrack import`
writes provision maps, intervention registers and timetables of additional adults there. What goes on for several terms is in the
folder of each of them. A register (`provision_sessions`) and a count (`sessions_attended` in `provision_pupils`) may tell of the
same sessions: they are never added up. Beside `records/` lie `originals/` (the untouched files), `imported/` (what was read of
each of them) and, in the school's folder, `profiles/` (which column of a marksheet is what; correct it there)."""

_FOOT = """## Scales

A grade is read on the scale that its row names: `nc_level`, `p_scale`, `ks2_scaled`, `ks2_ta`, `pre_key_stage`, `gcse_9_1`,
`gcse_a_g`, `standardised`, `percentage`, or one that the school describes in `school.yml` under `scales`.

## Published figures

The figures of England that a review is set beside come with sentrack, each with its year and source. A school that prefers others
puts `benchmarks.csv` in its folder, beside `school.yml`, with the columns `measure`, `group`, `year`, `value`, `unit`, `source`,
`verified` (yes or no), `basis`, `p25`, `p75`, `n_areas` and `note`; its list is then used instead of the one that comes along."""
