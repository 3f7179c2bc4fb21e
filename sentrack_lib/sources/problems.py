"""What is wrong with a file, said as a table: where, what, and what to do. Every reader and check adds to it."""

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd
from pandas import DataFrame

KEPT = "kept"
ROW_SET_ASIDE = "row set aside"
FILE_SET_ASIDE = "file set aside"
COLUMN_SET_ASIDE = "column set aside"
COLUMNS = ["file", "row", "column", "value", "problem", "remedy", "effect"]
MOST_ALIKE = 5
"""Problems of one kind in one file that are said on a screen; the table holds all."""

_WRITTEN = {column: "Int64" if column == "row" else "str" for column in COLUMNS}
_NONE = DataFrame(columns=COLUMNS).astype(_WRITTEN)


@dataclass(frozen=True)
class Fault:
    """One kind of thing that can be wrong: what it is, what to do, and what becomes of the row."""

    problem: str
    remedy: str
    effect: str = ROW_SET_ASIDE


def problem(file: str, fault: Fault, row: int | None = None, column: str = "", value: str = "") -> dict[str, object]:
    """One fault in a file as a row of a problems table."""
    place = {"file": file, "row": row, "column": column, "value": value}
    return {**place, "problem": fault.problem, "remedy": fault.remedy, "effect": fault.effect}


def problems_table(rows: Iterable[dict[str, object]] = ()) -> DataFrame:
    """One row a problem: `file`, `row` (as a spreadsheet counts, the heading is row 1; missing for a whole file), `column`,
    `value` as written, `problem` and `remedy` as sentences, and `effect`: kept, row set aside or file set aside."""
    told = list(rows)
    return DataFrame(told, columns=COLUMNS).astype(_WRITTEN) if told else _NONE


def all_problems(tables: Iterable[DataFrame]) -> DataFrame:
    """Several tables of problems as one, in the order given."""
    found = [table[COLUMNS] for table in tables if len(table)]
    if not found:
        return _NONE
    whole = pd.concat(found, ignore_index=True) if len(found) > 1 else found[0].reset_index(drop=True)
    return whole.astype(_WRITTEN)


def sets_aside(problems: DataFrame) -> bool:
    """Whether anything was left out, rather than only remarked on."""
    return bool(problems["effect"].ne(KEPT).any())


def sentences(problems: DataFrame) -> list[str]:
    """The problems as a person reads them; of many of one kind in one file the first few, and how many more there are."""
    kinds = problems.groupby(["file", "column", "problem", "remedy", "effect"], sort=False, dropna=False)
    return [line for _, alike in kinds for line in _of_one_kind(alike)]


def _of_one_kind(alike: DataFrame) -> list[str]:
    told = alike.head(MOST_ALIKE).astype("object").where(alike.notna(), "")
    more = len(alike) - len(told)
    lines = [_sentence(*row) for row in told[COLUMNS].to_numpy().tolist()]
    return [*lines, f"  … and {more:,} more rows like {'this' if len(told) == 1 else 'these'}."] if more else lines


def _sentence(file: str, row: int | str, column: str, value: str, problem: str, remedy: str, effect: str) -> str:
    """`2025-26-autumn/assessments.csv, row 14, grade "7?": is not a grade of its scale. What to do.`"""
    place = ", ".join(filter(None, [file, f"row {row}" if row else "", column]))
    written = f' "{value}"' if value and value != column else ""
    aside = f" ({effect})" if effect != KEPT else ""
    return f"{place}{written}: {problem.rstrip('.')}. {remedy}".rstrip() + aside
