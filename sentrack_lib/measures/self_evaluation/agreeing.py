"""How far those who rate agree, over the statements of a section and over all of them."""

import numpy as np
from pandas import DataFrame

from sentrack_lib.measures.self_evaluation.ratings import ALL_SECTIONS, Counts, steps_apart, times_given
from sentrack_lib.sources.agreed_tables import RATINGS
from sentrack_lib.sources.statements import sections, statements

FEWEST_COMPARED = 10
"""Statements rated by two people or more, below which it is not said how far they agree beyond chance (our judgement)."""
AGREEMENT = ["section", "statements", "alike", "one_step", "two_steps", "same_pairs", "by_chance", "alpha"]


def agreement(held: DataFrame) -> DataFrame:
    """How far raters agree, by `section` and over all: `statements` rated by two people or more, on how many of them all are
    `alike`, `one_step` or `two_steps` apart; of pairs of ratings of one statement the share that is the same (`same_pairs`), the
    share that would be if ratings were dealt out anew (`by_chance`), and Krippendorff's `alpha` (nominal), which is 1 where all
    agree and 0 where they agree no more than that; blank under 10 statements. `held` is from `standing`.

    Source: K. Krippendorff, Computing Krippendorff's alpha-reliability (2011): raters may be missing, and may differ."""
    given = times_given(held)
    where = statements()["section"].to_numpy()
    rows = [(ALL_SECTIONS, given), *((name, given[where == name]) for name in sections())]
    types = dict.fromkeys(AGREEMENT[1:5], "int64")
    return DataFrame([[name, *_of_raters(some)] for name, some in rows], columns=AGREEMENT).astype(types)


def _of_raters(given: Counts) -> list[float]:
    several = given[given.sum(axis=1) >= 2]
    apart = steps_apart(several)
    same, chance = pairs_alike(given)
    shown = (same, chance, (same - chance) / (1 - chance) if chance < 1 else np.nan)
    blank = (np.nan,) * 3
    return [
        len(several),
        *((apart == far).sum() for far in range(len(RATINGS))),
        *(shown if len(several) >= FEWEST_COMPARED else blank),
    ]


def pairs_alike(given: Counts) -> tuple[float, float]:
    """Of all pairs of values of one thing the share that is the same, each thing weighed by its values; and the share that is
    the same of pairs of any things. Missing where nothing has two values."""
    several = given[given.sum(axis=1) >= 2]
    if not len(several):
        return np.nan, np.nan
    whole = several.sum(axis=1)
    n, of = whole.sum(), several.sum(axis=0)
    same = (several * (several - 1)).sum(axis=1) / (whole - 1)
    return float(same.sum() / n), float((of * (of - 1)).sum() / (n * (n - 1)))
