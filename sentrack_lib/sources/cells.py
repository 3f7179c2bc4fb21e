"""How the cells of a column are written, checked and read: text, codes, numbers, days, Y or N."""

from collections.abc import Callable, Iterator
from math import inf

import numpy as np
import pandas as pd
from pandas import Series
from pandera.pandas import Check, Column

from sentrack_lib.sources.codes import known_year_group
from sentrack_lib.sources.problems import KEPT, ROW_SET_ASIDE, Fault

TEXT, CODE, YEAR, NUMBER, DATE, TICK, SEX = "text", "code", "year group", "number", "date", "Y or N", "M or F"
_NOT_KNOWN = " The cell counts as not known."


def text(
    meaning: str, *checks: Check, required: bool = False, written: str = TEXT, how: str = "", blank: str = ROW_SET_ASIDE
) -> Column:
    """A column and what must hold of its cells: `written` is its kind, `how` says it to people, and `blank` what becomes of a row
    in which a required cell is blank."""
    given = [_not_blank(blank), *checks] if required else list(checks)
    return Column(str, given, required=required, description=meaning, metadata={"written": written, "how": how or written})


def words(meaning: str, *known: str) -> Column:
    """A required column that holds one of some words."""
    either = f"{', '.join(known[:-1])} or {known[-1]}"
    check = _check(lambda cells: cells.isin(known), "is not one of the words used here", f"Write {either}.", ROW_SET_ASIDE)
    return text(meaning, check, required=True, how=either)


def usual(meaning: str, *known: str, required: bool = False) -> Column:
    """A column that mostly holds one of some words; they are offered, and any other is kept as it is written."""
    column = text(meaning, required=required, how=f"{', '.join(known[:-1])}, {known[-1]} or other words")
    return _with(column, usual=known)


def account(meaning: str, required: bool = False) -> Column:
    """A column of sentences, which need room to be written."""
    return _with(text(meaning, required=required), long=True)


def code(meaning: str, test: Callable[[Series], Series], what: str, required: bool = False, written: str = CODE) -> Column:
    """A column of codes; an unknown or blank one keeps its row."""
    remedy = "The text is kept, and counts as not known. Correct it in the school's system."
    return text(meaning, _check(test, f"is not a known {what}", remedy), required=required, written=written, blank=KEPT)


def letter(meaning: str, written: str = TICK) -> Column:
    """A column of one letter or another, such as Y or N."""
    one, other = written.split(" or ")
    check = _check(lambda cells: cells.isin([one, other]), f"is neither {one} nor {other}", f"Write {written}.{_NOT_KNOWN}")
    return text(meaning, check, written=written)


def amount(meaning: str, required: bool = False, lowest: float = 0, highest: float = inf) -> Column:
    """A column of numbers between two ends; a row cannot stay without a required one."""
    span = f"{lowest:g} or more" if highest == inf else f"from {lowest:g} to {highest:g}"
    remedy = f"Write a plain number, {span}." + _NOT_KNOWN * (not required)
    effect = ROW_SET_ASIDE if required else KEPT
    check = _check(lambda cells: _read_numbers(cells).between(lowest, highest), "is not a number that fits here", remedy, effect)
    return text(meaning, check, required=required, written=NUMBER, how=f"number, {span}")


def day(meaning: str, required: bool = False) -> Column:
    """A column of days; a row cannot stay without a required one."""
    remedy = "Write year-month-day, such as 2025-09-03; `sentrack import` turns 03/09/2025 into that." + _NOT_KNOWN * (
        not required
    )
    effect = ROW_SET_ASIDE if required else KEPT
    check = _check(lambda cells: _read_days(cells).notna(), "is not a date", remedy, effect)
    return text(meaning, check, required=required, written=DATE, how="date, such as 2025-09-03")


def failures(column: Column, cells: Series) -> Iterator[tuple[Fault, np.ndarray]]:
    """Every check of a column that fails somewhere: the fault, and the places of the cells."""
    places, different = _different(cells)
    if not column.required and different.eq("").all():
        return
    for check in column.checks:
        wrong = ~check(different).check_output.to_numpy(dtype=bool)
        if wrong.any():
            yield Fault(check.title, check.description, check.name), np.flatnonzero(wrong[places])


def read(column: Column, cells: Series) -> Series:
    """The cells of a column as text, numbers or days; missing where blank, and where a number, day or letter cannot be read."""
    written = column.metadata["written"]
    if written in (TEXT, CODE):
        return _without_blanks(cells)
    places, different = _different(cells)
    # What fails a check of a required column was set aside before; a year group is text where it is no year group.
    for check in [] if column.required or written == YEAR else column.checks:
        different = different.mask(~check(different).check_output, "")
    values = _READERS.get(written, _read_texts)(different)
    return Series(values.array.take(places), index=cells.index, name=cells.name)


def _different(cells: Series) -> tuple[np.ndarray, Series]:
    """Each different cell once, and which of them each cell is: a long column holds few, and each is looked at once."""
    places, different = pd.factorize(cells)
    # On a few cells plain Python strings are several times as fast as pandas' own.
    return places, Series(different, dtype="object")


def _with(column: Column, **said: object) -> Column:
    """The column, with more said of it."""
    metadata = {**column.metadata, **said}
    return Column(str, column.checks, required=column.required, description=column.description, metadata=metadata)


def _check(test: Callable[[Series], Series], problem: str, remedy: str, effect: str = KEPT) -> Check:
    """A check of a column's non-blank cells: what is wrong, what to do, and whether the row can stay."""
    return Check(lambda cells: cells.eq("") | test(cells), name=effect, title=problem, description=remedy)


def _not_blank(effect: str) -> Check:
    remedy = "Fill it in. " + ("Until then it counts as not known." if effect == KEPT else "The row cannot be used without it.")
    return Check(lambda cells: cells.ne(""), name=effect, title="is blank", description=remedy)


def _without_blanks(cells: Series) -> Series:
    blank = cells.eq("")
    return cells.mask(blank) if blank.any() else cells


def _read_texts(cells: Series) -> Series:
    return _without_blanks(cells.astype("str"))


def _read_days(cells: Series) -> Series:
    """The days written as 2025-09-03; anything else is missing, never guessed."""
    written = cells.where(cells.str.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}"))
    # Where every cell is blank pandas would take another unit.
    return pd.to_datetime(written, format="%Y-%m-%d", errors="coerce").astype("datetime64[us]")


def _read_numbers(cells: Series) -> Series:
    """Plain numbers; anything else (`1e3`, `inf`, `12%`) is missing, never guessed."""
    written = cells.where(cells.str.fullmatch(r"[+-]?[0-9]{1,15}(\.[0-9]{1,15})?"))
    return pd.to_numeric(written, errors="coerce").astype("float64")


def _read_years(cells: Series) -> Series:
    """`Year 7`, `Y7` and `07` as 7; what is no year group stays as it is written."""
    return _read_texts(known_year_group(cells).fillna(cells))


_READERS: dict[str, Callable[[Series], Series]] = {NUMBER: _read_numbers, DATE: _read_days, YEAR: _read_years}
