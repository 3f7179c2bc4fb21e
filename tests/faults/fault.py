"""One file with something wrong with it, and what importing it must do."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from faults.clean import Clean


@dataclass(frozen=True)
class Must:
    """What import must say (`says`, within one sentence of the report), how many rows it accepts and sets aside, and which cells
    of the first pupil (`first`; of a marksheet the grades by subject) and of all (`everybody`; * is anything) are otherwise than
    in a clean import. The exit code is 1 where something is set aside, if not said otherwise."""

    says: str = ""
    accepted: int | None = None
    set_aside: int = 0
    refused: bool = False
    first: Mapping[str, str] = field(default_factory=dict)
    everybody: Mapping[str, str] = field(default_factory=dict)
    exit_code: int | None = None


@dataclass(frozen=True)
class FaultyFile:
    """A file by its name, what is wrong with it in a sentence, the bytes made from clean exports, and what import must do.

    `of`: the export it was before. A roll is brought into an empty school, anything else into one that has the roll."""

    name: str
    wrong: str
    make: Callable[[Clean], bytes]
    must: Must
    of: str = "roll"


def whole(says: str = "", **first: str) -> Must:
    """Every row is read; only the cells named of the first pupil are otherwise."""
    return Must(says, first=first)


def aside(rows: int, says: str, **first: str) -> Must:
    """So many rows are set aside, the others read."""
    return Must(says, set_aside=rows, first=first)


def refused(says: str) -> Must:
    """Nothing is read, and the sentence says why."""
    return Must(says, accepted=0, refused=True)
