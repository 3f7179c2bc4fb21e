"""Where a table begins in a file, what its columns are called, and what stands between its cells."""

import csv
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from io import StringIO
from itertools import islice

from sentrack_lib.errors import BadInput

DELIMITERS = {",": "a comma", ";": "a semicolon", "\t": "a tab", "|": "a bar"}
MOST_COLUMNS = 2_000
FIRST_ROWS = 50
_SAMPLE = 100_000


@dataclass(frozen=True)
class Headings:
    """The headings as written (blank where a column has none), the row they stand in, and the titles above them."""

    names: tuple[str, ...]
    row: int
    titles: tuple[str, ...]

    @property
    def named(self) -> int:
        """How many cells a row needs to reach the last column that has a name."""
        return max(place for place, name in enumerate(self.names, 1) if name)


@lru_cache(maxsize=20_000)
def normalised(heading: str) -> str:
    """A heading in lower case without spaces, punctuation or `_x0020_`, so that `Legal_x0020_Surname` is `Legal surname`."""
    return "".join(letter for letter in heading.casefold().replace("_x0020_", "") if letter.isalnum())


def likeliest_delimiter(text: str, known: Collection[str] = ()) -> str:
    """What stands between the cells: the delimiter that finds most `known` headings, else makes most rows equally wide."""
    sample = text[:_SAMPLE]
    whole = len(sample) == len(text)

    def score(delimiter: str) -> tuple[int, int, int]:
        rows = list(islice(csv.reader(StringIO(sample, newline=""), delimiter=delimiter), FIRST_ROWS))
        rows = rows if whole or len(rows) == FIRST_ROWS else rows[:-1] or rows
        widths = Counter(len(row) for row in rows if len(row) > 1)
        width, alike = max(widths.items(), key=lambda item: (item[1], item[0]), default=(1, 0))
        return max(_matches(rows, known), default=0), alike, width

    return max(DELIMITERS, key=score)


def find_headings(first: list[list[str]], known: Collection[str], file: str) -> Headings:
    """The headings among the first rows of a file: the row with most `known` ones, else the first that is as full as the rest."""
    place = _heading_place(first, known)
    if place is None:
        raise BadInput(f"{file} holds no headings. The first row of a table names its columns.")
    names = tuple(cell.strip() for cell in first[place])
    _refuse(names, file)
    titles = (" ".join(filter(None, map(str.strip, row))) for row in first[:place])
    return Headings(names, place + 1, tuple(filter(None, titles)))


@lru_cache(maxsize=100)
def _plain(known: frozenset[str]) -> frozenset[str]:
    return frozenset(normalised(word) for word in known) - {""}


def _matches(rows: list[list[str]], known: Collection[str]) -> list[int]:
    words = _plain(frozenset(known))
    # Each word counts once: a row that says Present in every cell holds no headings.
    return [len({normalised(cell) for cell in row} & words) for row in rows]


def _heading_place(first: list[list[str]], known: Collection[str]) -> int | None:
    filled = [sum(bool(cell.strip()) for cell in row) for row in first]
    matches = _matches(first, known)
    best = max(matches, default=0)
    if best and (best > 1 or best == filled[matches.index(best)]):
        return matches.index(best)
    # One row with too many cells must not pass for the headings, so the fullest tenth is not the measure.
    full = sorted(filter(None, filled))
    return next((place for place, cells in enumerate(filled) if cells and cells >= full[int(0.9 * (len(full) - 1))]), None)


def _refuse(names: tuple[str, ...], file: str) -> None:
    if len(names) > MOST_COLUMNS:
        raise BadInput(f"{file} has {len(names):,} columns; at most {MOST_COLUMNS:,} can be read. Export only those needed.")
    counted = Counter(_spelt(name) for name in names if name)
    twice = list(dict.fromkeys(name for name in names if counted[_spelt(name)] > 1))
    if twice:
        raise BadInput(f"{file} has more than one column called {', '.join(twice)}. Rename or remove one, then export again.")


def _spelt(name: str) -> str:
    """A heading without case and spaces: nobody could say which of two such columns is meant."""
    return "".join(name.casefold().replace("_x0020_", "").split())
