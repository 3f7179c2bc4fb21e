"""How counts, hours and lists are said in the sentences that measures hand on."""

from collections.abc import Iterable
from typing import Any

import pandas as pd


def amount(value: float) -> str:
    """A number without needless digits: `2.5`, `3`."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def hours(value: float) -> str:
    """`1 hour`, `2.5 hours`, `no hours`."""
    said = amount(value)
    return "no hours" if said == "0" else f"{said} {'hour' if said == '1' else 'hours'}"


def of(count: int, whole: int, one: str = "", many: str = "") -> str:
    """`12 of 30 pupils`, `none of 30 pupils`."""
    return f"{f'{count:,}' if count else 'none'} of {whole:,}" + (f" {one if whole == 1 else many or one + 's'}" if one else "")


def sentence(text: str) -> str:
    """The text with a capital letter in front."""
    return text[:1].upper() + text[1:]


def listed(items: Iterable[str], last: str = "and") -> str:
    """`a`, `a and b`, `a, b and c`."""
    *most, end = [*items] or [""]
    return f"{', '.join(most)} {last} {end}" if most else end


def surely(known: Any) -> bool:
    """Whether something is known to be so: no for what is not known."""
    return bool(pd.notna(known) and known)


def counted(count: int, one: str, many: str = "") -> str:
    """`1 adult`, `2 adults`."""
    return f"{count} {one if count == 1 else many or one + 's'}"


def told(*parts: str) -> str:
    """Some sentences one after the other, without the blank ones."""
    return " ".join(part for part in parts if part)
