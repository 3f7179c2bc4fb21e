"""Days as schools' systems write them, day first or with the month as a word, as 2025-09-03. A month first is never guessed."""

import re
from datetime import date

import pandas as pd
from pandas import Series

MOST_MONTH_FIRST = 0.05
"""Share of a column's days that can only be month first: more is a way of writing, less is a slip."""
_GAP = r"[/. -]"
_TIME = re.compile(r"[ T]+\d{1,2}:\d{2}.*$")
_NUMBERS = re.compile(rf"(\d{{1,2}})({_GAP})(\d{{1,2}})\2(\d{{4}})")
_MONTHS = "janfebmaraprmayjunjulaugsepoctnovdec"
_WORD = re.compile(rf"(?:[A-Za-z]{{3,9}},?\s+)?(\d{{1,2}}){_GAP}([A-Za-z]{{3}})[a-z]*{_GAP}(\d{{4}}|\d\d)")


def iso_dates(cells: Series) -> Series:
    """Days written 3/9/2025, 03-09-2025, 3 Sep 2025 or 03-Sep-25 as 2025-09-03, the time of day cut off; whatever is no such day
    stays as it is, and so do all days in numbers of a column that is written month first."""
    places, different = pd.factorize(cells)
    numbered = not is_month_first(cells)
    read = Series([_iso(str(text), numbered) for text in different], dtype="str")
    return Series(read.array.take(places), index=cells.index, name=cells.name)


def is_month_first(cells: Series) -> bool:
    """Whether a column holds days that can only be read month first, as 04/25/2025, and more than a slip would explain."""
    counted = cells.value_counts()
    shapes = [_NUMBERS.fullmatch(_TIME.sub("", str(text))) for text in counted.index]
    written = Series([found is not None for found in shapes], dtype=bool)
    month_first = Series([found is not None and int(found[1]) <= 12 < int(found[3]) <= 31 for found in shapes], dtype=bool)
    total, odd = (int(counted.to_numpy()[chosen.to_numpy()].sum()) for chosen in (written, month_first))
    return odd > MOST_MONTH_FIRST * total


def _iso(text: str, numbered: bool) -> str:
    bare = _TIME.sub("", text)
    if (found := _NUMBERS.fullmatch(bare)) and numbered:
        return day_of(found[4], found[3], found[1]) or text
    if found := _WORD.fullmatch(bare):
        return day_of(found[3], found[2], found[1]) or text
    return bare if re.fullmatch(r"\d{4}-\d\d-\d\d", bare) else text


def day_of(year: str, month: str, day: str) -> str:
    """2025-09-03 from `2025` or `25`, `9` or `Sep`, and `3`; blank where there is no such day."""
    number = _MONTHS.find(month[:3].casefold()) // 3 + 1 if month.isalpha() else int(month)
    try:
        return date(int(year) if len(year) == 4 else 2000 + int(year), number, int(day)).isoformat()
    except ValueError:
        return ""
