"""What is found of a provision, or of several together, as the figures and the verdict of a row."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from pandas import DataFrame, Series

from sentrack_lib.measures.groups.certainty import q_values
from sentrack_lib.measures.impact.comparing import Estimate, Found, Sides
from sentrack_lib.measures.impact.judging import because, verdict
from sentrack_lib.measures.impact.months import months

NUMBERS = [
    "detectable", "effect", "low", "high", "alike_low", "alike_high", "change", "change_low", "change_high", "p", "permutation_p",
]  # fmt: skip
MONTHS = {"months": "effect", "months_low": "low", "months_high": "high"}


@dataclass(frozen=True)
class Result:
    """The two sides, and what was found, or in a sentence why there is nothing to tell (`refused`)."""

    sides: Sides | None
    found: Found | None
    refused: str
    doubt: str = ""
    """Why no verdict is given although something was found."""
    told: str = ""
    """What is said beside the reason."""


def figures(result: Result) -> dict[str, float]:
    """The numbers of one row; missing where there is nothing to tell. Counts are of those with scores."""
    sides, found = result.sides, result.found
    counts = {"n": sides.n, "comparators": sides.comparators, "alike": sides.alike} if sides else {}
    if sides is None or found is None:
        return dict.fromkeys(("n", "comparators", "alike"), 0) | dict.fromkeys(NUMBERS, np.nan) | counts
    alike, earlier = found.alike, found.earlier
    values = (sides.detectable, alike.effect, found.low, found.high, *_ends(alike), earlier.effect, *_ends(earlier), found.p)
    return counts | dict(zip(NUMBERS, (*values, found.shuffled), strict=True))


def _ends(estimate: Estimate) -> tuple[float, float]:
    return estimate.low, estimate.high


def with_verdicts(table: DataFrame, results: Sequence[Result], family: Series) -> DataFrame:
    """The table with `q_value` over each family, months, `verdict` and `why`."""
    q = q_values(table["p"], [family])
    rows = [
        (verdict(None, each, ""), result.refused)
        if result.found is None or result.sides is None
        else _judged(result, result.found, result.sides, each)
        for result, each in zip(results, q.tolist(), strict=True)
    ]
    verdicts, why = zip(*rows, strict=True) if rows else ((), ())
    told = {"verdict": Series(verdicts, table.index, dtype="str"), "why": Series(why, table.index, dtype="str")}
    return table.assign(q_value=q, **{name: months(table[of]) for name, of in MONTHS.items()}, **told)


def _judged(result: Result, found: Found, sides: Sides, q: float) -> tuple[str, str]:
    said = verdict(found, q, result.doubt)
    return said, f"{because(found, sides, said, q, result.doubt)} {result.told}".strip()
