"""The headings and answers schools' exports use, from `codes/headings.csv` and `codes/answers.csv`: the place to add one."""

from collections.abc import Iterable, Mapping
from functools import cache
from types import MappingProxyType

from pandas import Series

from sentrack_lib.errors import WrongUse
from sentrack_lib.settings import nearest
from sentrack_lib.sources.codes import code_rows
from sentrack_lib.sources.files.headings import normalised

WORDS = ("subject", "kind", "term", "scale")
"""Lists of words within the headings of a marksheet; the other lists are of whole headings."""


@cache
def aliases(table: str) -> dict[str, str]:
    """The column (or subject, kind, term, scale) behind each heading of one list, by the heading's normalised form."""
    return {normalised(row["heading"]): row["column"] for row in code_rows("headings") if row["table"] == table}


@cache
def answers(column: str) -> dict[str, str]:
    """What each answer in a column such as `flag` or `sex` means, by the answer in lower case."""
    return {row["written"].casefold(): row["meaning"] for row in code_rows("answers") if row["column"] == column}


@cache
def known_headings() -> frozenset[str]:
    """Every whole heading there is an alias for, which helps to find the heading row of a file."""
    return frozenset(row["heading"] for row in code_rows("headings") if row["table"] not in WORDS)


def with_own(table: str, own: Mapping[str, str]) -> dict[str, str]:
    """The same with the school's own headings before all others, those that name a column of this list."""
    listed = aliases(table)
    known = set(listed.values())
    mine = {normalised(heading): column for heading, column in own.items()}
    return {heading: column for heading, column in (mine | listed | mine).items() if column in known}


def check_own(own: Mapping[str, str]) -> None:
    """`WrongUse` where the school says of a heading that it is a column which no list has."""
    known = sorted({row["column"] for row in code_rows("headings") if row["table"] not in WORDS})
    for heading, column in own.items():
        if column not in known:
            raise WrongUse(f"school.yml: headings, {heading}: there is no column {column}.{nearest(column, known)}")


def found(table: str, headings: Iterable[str], own: Mapping[str, str] = MappingProxyType({})) -> dict[str, list[str]]:
    """The columns of one list that a file has: each with its headings as written, the likeliest first; `own` are the school's."""
    written = {normalised(heading): heading for heading in headings}
    there: dict[str, list[str]] = {}
    for alias, column in (with_own(table, own) if own else aliases(table)).items():
        if alias in written:
            there.setdefault(column, []).append(written[alias])
    return there


def is_known(heading: str) -> bool:
    """Whether a whole heading is on any list."""
    return normalised(heading) in _plain_headings()


@cache
def _plain_headings() -> frozenset[str]:
    return frozenset(map(normalised, known_headings()))


def recode(cells: Series, meanings: Mapping[str, str]) -> dict[str, str]:
    """How the answers in a column are to be read: nothing where each is already written as sentrack writes it."""
    seen = [value for value in map(str, cells.unique()) if value.casefold() in meanings]
    meant = {value: meanings[value.casefold()] for value in seen}
    return meant if any(value != meaning for value, meaning in meant.items()) else {}


def flag_recode(cells: Series) -> dict[str, str]:
    """How a column of Y and N is to be read; in a column of ticks alone a blank is N."""
    yes_no = answers("flag")
    meant = recode(cells, yes_no)
    seen = {yes_no.get(value.casefold(), "?") for value in map(str, cells.unique()) if value}
    return {**(meant or {"Y": "Y"}), "": "N"} if seen == {"Y"} and cells.eq("").any() else meant
