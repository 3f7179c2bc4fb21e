"""Invented cohorts in which what a provision does is known, its pupils chosen in one of four ways; and what is told of it."""

import numpy as np
from pandas import DataFrame

from sentrack_lib.measures.impact.comparing import Cohort, compared, sides_of
from sentrack_lib.measures.impact.judging import verdict

PUPILS, TREATED, RELIABILITY, LASTING = 200, 20, 0.85, 0.953
"""`LASTING` = correlation of what pupils truly know before and after: then the lowest tenth gains 0.33 SD without help (methods,
section 2), and a gain since the earlier baseline is 0.08 SD too high (section 7)."""
MISJUDGED = 0.5
"""SD by which a teacher who knows pupils well misses what they truly know."""
LOT, TEST, MIXED, TEACHER = "by lot", "lowest on the test", "test and judgement", "a teacher who knows them"
CHOICES = (LOT, TEST, MIXED, TEACHER)


def cohort(chosen: str, effect: float, chance: np.random.Generator) -> Cohort:
    """A cohort of 200 with 20 in the provision, scores in SD."""
    knows = np.sqrt(RELIABILITY) * chance.standard_normal(PUPILS)
    later = LASTING * knows + np.sqrt(RELIABILITY * (1 - LASTING**2)) * chance.standard_normal(PUPILS)
    p0, p1, y = (true + np.sqrt(1 - RELIABILITY) * chance.standard_normal(PUPILS) for true in (knows, knows, later))
    judged = knows + MISJUDGED * chance.standard_normal(PUPILS)
    order = {LOT: chance.random(PUPILS), TEST: p1, MIXED: (p1 + knows) / 2, TEACHER: judged}[chosen]
    treated = np.zeros(PUPILS, dtype=bool)
    treated[np.argsort(order)[:TREATED]] = True
    none = np.zeros((PUPILS, 0), dtype=bool)
    return Cohort(np.arange(PUPILS), np.zeros(PUPILS, dtype=int), treated, ~treated, ~treated, p0, p1, y + effect * treated, none)


def told(chosen: str, effect: float, seed: int) -> dict[str, object]:
    """What is said of one provision: the verdict, whether each estimate alone would say that it works, and so would the gain."""
    made = cohort(chosen, effect, np.random.default_rng([seed, CHOICES.index(chosen), round(100 * effect)]))
    sides = sides_of(made)
    found = compared(sides, seed)
    # The effect that is there, in the units in which it is told: SD of the untreated pupils' scores.
    true = effect / made.y[made.untreated].std(ddof=1)
    gain = (made.y - made.p1)[made.treated]
    return {
        "chosen": chosen, "effect": effect, "verdict": verdict(found, found.p, ""), "alike": found.alike.low > 0,
        "covered": found.alike.low <= true <= found.alike.high, "error": found.alike.effect - true,
        "error_earlier": found.earlier.effect - true, "raw": sides.raw_gain - effect, "expected": sides.expected_gain,
        "gained": gain.mean() > 2.093 * gain.std(ddof=1) / np.sqrt(len(gain)), "detectable": sides.detectable,
    }  # fmt: skip


def rates(chosen: str, effect: float, draws: int) -> DataFrame:
    """What is said in some draws, a row each."""
    return DataFrame([told(chosen, effect, seed) for seed in range(draws)])
