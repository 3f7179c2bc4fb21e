"""Published figures of England to set beside the school's own; a school may keep its own list in its folder."""

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import pandas as pd
from pandas import DataFrame, Series

from sentrack_lib.errors import BadInput
from sentrack_lib.settings import nearest
from sentrack_lib.sources.codes import FOLDER, NOT_KNOWN, need
from sentrack_lib.sources.files import read_sheet
from sentrack_lib.sources.problems import KEPT

FILE = "benchmarks.csv"
ABSENCE, PERSISTENT, SEVERE = "absence", "persistent absence", "severe absence"
OF_THE_YEAR = (ABSENCE, PERSISTENT, SEVERE)
SUSPENDED, EXCLUDED = "suspended in", "permanently excluded in"
SEASONAL = tuple(f"{what} {season}" for what in (SUSPENDED, EXCLUDED) for season in ("autumn", "spring", "summer"))
WITH_SEN, WITH_PLAN, AT_SUPPORT, BOYS, MAIN_NEED = "with SEN", "with an EHC plan", "at SEN support", "boys", "main need"
OF_THE_ROLL = (WITH_SEN, WITH_PLAN, AT_SUPPORT, BOYS)
"""Shares of the pupils of a group; so is `main need`, followed by the code of a type of need."""
GROUPS = ("all pupils", "with SEN", "without SEN", "SEN support", "EHC plan")
"""And every type of need, by its code or name: pupils with SEN whose main need it is."""
COLUMNS = ["measure", "group", "year", "value", "unit", "source", "verified", "basis", "p25", "p75", "n_areas", "note"]
REQUIRED = ["measure", "group", "year", "value", "source", "verified"]
NUMBERS = ["value", "p25", "p75", "n_areas"]
ROW = ["measure", "group", "year"]


def benchmarks_of(folder: Path) -> DataFrame:
    """One row a `measure`, `group` and school `year` (2024/25): the published `value` in pupils (or sessions) in 100.

    `p25` to `p75` is where half of the `n_areas` local authorities lie; `verified` whether the figure was found in what was
    published (the `source`, `basis` and `note` say where and how). It is the list in `benchmarks.csv` of the school's folder
    where there is one, else the one that comes with sentrack; `BadInput` tells everything that is wrong with it at once."""
    own = Path(folder) / FILE
    file = own if own.is_file() else FOLDER / FILE
    return _read(file, file.stat().st_mtime_ns, file.stat().st_size).copy()


@lru_cache(maxsize=8)
def _read(file: Path, written: int, size: int) -> DataFrame:
    """The list in a file, read anew where it was `written` since, or has another size."""
    sheet = read_sheet(file, COLUMNS)
    lost = [column for column in REQUIRED if column not in sheet.cells]
    if lost:
        raise BadInput(f"{FILE} has no column {', '.join(lost)}. Its columns are {', '.join(COLUMNS)}.")
    cells = sheet.cells.reindex(columns=COLUMNS, fill_value="").astype("str").fillna("")
    cells = cells.assign(group=_by_code(cells["group"]), year=cells["year"].str.replace("-", "/"))
    lost_rows = sheet.problems[sheet.problems["effect"].ne(KEPT)].dropna(subset=["row"])
    aside = [f"{FILE}, row {row}: {what}." for row, what in lost_rows[["row", "problem"]].itertuples(index=False)]
    faults = [*aside, *(f"{FILE}, row {row}, {said}" for row, said in sorted(_faults(cells)))]
    if faults:
        raise BadInput("\n".join(faults))
    numbers = {column: pd.to_numeric(cells[column], errors="coerce").astype("float64") for column in NUMBERS}
    return cells.assign(**numbers, verified=cells["verified"].str.lower().eq("yes")).reset_index(drop=True)


def main_needs(measures: Series) -> Series:
    """The code of the type of need in a measure such as `main need ASD`; missing in all others."""
    return measures.where(measures.str.startswith(f"{MAIN_NEED} ")).str.removeprefix(f"{MAIN_NEED} ")


def _by_code(groups: Series) -> Series:
    """Types of need by today's code; other groups as they are written."""
    codes = need(groups)
    return groups.where(groups.isin(GROUPS) | codes.eq(NOT_KNOWN), codes)


def _faults(cells: DataFrame) -> Iterator[tuple[int, str]]:
    """Everything that is wrong with the cells: the row, and the column with a sentence."""
    measures = (*OF_THE_YEAR, *SEASONAL, *OF_THE_ROLL)
    needed = main_needs(cells["measure"])
    strange = ~cells["measure"].isin(measures) & need(needed.fillna("")).eq(NOT_KNOWN)
    for row, name in cells.loc[strange, "measure"].items():
        yield _fault(row, "measure", name, f"is not a measure sentrack sets beside its own.{nearest(name, measures)}")
    groups = ~cells["group"].isin(GROUPS) & need(cells["group"]).eq(NOT_KNOWN)
    for row, name in cells.loc[groups, "group"].items():
        yield _fault(row, "group", name, f"is not a group, nor a type of need.{nearest(name, GROUPS)}")
    for row, name in cells.loc[~cells["year"].map(_is_year), "year"].items():
        yield _fault(row, "year", name, "is not a school year. Write it as 2024/25.")
    for row, name in cells.loc[~cells["verified"].str.lower().isin(["yes", "no"]), "verified"].items():
        yield _fault(row, "verified", name, "is neither yes nor no.")
    for row, name in cells.loc[cells.duplicated(ROW), "measure"].items():
        yield _fault(row, "measure", name, "stands there twice for this group and year. Keep one.")
    yield from _about_numbers(cells)


def _about_numbers(cells: DataFrame) -> Iterator[tuple[int, str]]:
    for column in ("value", "p25", "p75"):
        blank = cells[column].eq("") & (column != "value")
        odd = ~pd.to_numeric(cells[column], errors="coerce").between(0, 100) & ~blank
        for row, name in cells.loc[odd, column].items():
            yield _fault(row, column, name, "is not a number from 0 to 100. Write pupils (or sessions) in 100.")
    low, high = (pd.to_numeric(cells[column], errors="coerce") for column in ("p25", "p75"))
    for row, name in cells.loc[low.gt(high) | cells["p25"].eq("").ne(cells["p75"].eq("")), "p25"].items():
        yield _fault(row, "p25", name, "does not go with p75. Give both, the smaller first, or neither.")


def _fault(row: object, column: str, value: str, said: str) -> tuple[int, str]:
    return int(str(row)), f'{column} "{value}" {said}'


def _is_year(written: str) -> bool:
    found = re.fullmatch(r"((?:19|20)[0-9]{2})/([0-9]{2})", written)
    return bool(found) and int(found[2]) == (int(found[1]) + 1) % 100  # type: ignore[index]
