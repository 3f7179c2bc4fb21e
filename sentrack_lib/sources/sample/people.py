"""The pupils of the invented school: who they are, what they need, when they come and go."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from pandas import DataFrame, Series

from sentrack_lib.sources.sample.calendar import chance, days_of, ordinal
from sentrack_lib.terms import Term

YEAR_GROUPS = (7, 8, 9, 10, 11)
FOREVER = 10**6
CHECK_LETTERS = np.array(list("ABCDEFGHJKLMNPQRTUVWXYZ"))
FORENAMES = (
    "Robin", "Alex", "Sam", "Charlie", "Jamie", "Kim", "Lee", "Max", "Nicky", "Pat", "Ash", "Bailey", "Casey", "Dale",
    "Eden", "Frankie", "Gabriel", "Harley", "Indigo", "Jody", "Kerry", "Logan", "Morgan", "Noa", "Ollie", "Parker", "Quinn",
    "Riley", "Sasha", "Taylor", "Val", "Wren", "Xen", "Yuri", "Zoë", "Siân", "André", "Noé", "Amal", "Imran", "Priya",
    "Wei", "Tomasz", "Chidi", "Aaliyah", "Oluwa",
)  # fmt: skip
SURNAMES = (
    "Sampleton", "Fictley", "Mockford", "Invently", "Testerson", "Placeholm", "Dummyworth", "Specimore", "Feignham",
    "Pretendley", "Notreal", "Madeupton", "Exampleby", "Imaginham", "Shamwell", "Loremsby", "Ipsumson", "Fabley",
    "Makebeliff", "Phantomley", "O'Placeholm", "Mockford-Fictley", "Imagié", "Stubbington-Null", "Trialton", "Draftley",
    "Seedling", "Randomby", "Blankford", "Nilsson-Null",
)  # fmt: skip
ETHNICITIES = {
    "WBRI": 0.68, "WOTH": 0.06, "APKN": 0.05, "AIND": 0.03, "BAFR": 0.04, "ABAN": 0.03, "MWBC": 0.025, "MWAS": 0.02,
    "BCRB": 0.015, "MOTH": 0.015, "OOTH": 0.01, "CHNE": 0.008, "WIRI": 0.007, "WROM": 0.005, "REFU": 0.005,
}  # fmt: skip
NEEDS = {
    "K": {"SLCN": 0.24, "SPLD": 0.20, "SEMH": 0.20, "MLD": 0.15, "ASD": 0.09, "NSA": 0.04, "OTH": 0.03, "HI": 0.02, "PD": 0.02,
          "VI": 0.01},
    "E": {"ASD": 0.34, "SEMH": 0.18, "SLCN": 0.16, "MLD": 0.12, "SPLD": 0.06, "SLD": 0.05, "PD": 0.04, "HI": 0.03, "DS": 0.02},
}  # fmt: skip
START_BELOW = {"N": 0.0, "K": 0.8, "E": 1.4}
"""How far pupils start below the others, in SD of entry points, by SEN provision; they grow like the others."""
ABSENCE = {"N": 0.073, "K": 0.131, "E": 0.157}
"""Mean share of sessions missed by SEN provision: England, secondary, 2024/25 (methods, section 10)."""


def everyone(pupils: int, terms: Sequence[Term], seed: int, differences: bool = True) -> DataFrame:
    """One row a pupil who is ever on a roll of `terms`; `pupils` of them are there on the very last day. Without `differences`
    pupils with SEN start lower, but are in school, behave and are called talented like the others."""
    people = _places(pupils, terms)
    rng = chance(seed, "people")
    people = people.assign(pupil_id=upns(people), sex=rng.choice(["F", "M"], len(people)))
    people = _named(people, rng)
    people = _with_needs(people, rng)
    people = _with_background(people, rng)
    return _coming_and_going(_with_traits(people, rng, differences), terms, rng)


def on_roll(people: DataFrame, term: Term) -> Series:
    """Whether each pupil is on the roll in a term."""
    years = term.year - people["intake"]
    here = people["joined"].le(ordinal(term)) & people["left"].ge(ordinal(term))
    return years.between(0, len(YEAR_GROUPS) - 1) & here


def upns(people: DataFrame) -> Series:
    """Unique pupil numbers with a right check letter and authority 000, which no real one has (formats, section 1)."""
    feeder, serial = people["place"] % 8 + people["place"] // 7200 * 8, people["place"] // 8 % 900 + 1
    digits = "000" + (2001 + feeder).astype(str) + (people["intake"] - 7).astype(str).str[-2:] + serial.astype(str).str.zfill(3)
    values = np.array([list(number) for number in digits], dtype=int)
    return Series(CHECK_LETTERS[values @ np.arange(2, 14) % 23], people.index).astype("str") + digits


def _places(pupils: int, terms: Sequence[Term]) -> DataFrame:
    """A place a pupil in every intake, leavers' places beside them."""
    intakes = range(terms[0].year - 4, terms[-1].year + 1)
    sizes = [pupils // 5 + (order % 5 < pupils % 5) + _movers(pupils) for order, _ in enumerate(intakes)]
    places = [DataFrame({"intake": intake, "place": np.arange(size)}) for intake, size in zip(intakes, sizes, strict=True)]
    people = pd.concat(places, ignore_index=True)
    left = people.groupby("intake")["place"].transform("max") - people["place"]
    return people.assign(comes_late=people["place"].lt(_movers(pupils)), goes_early=left.lt(_movers(pupils)))


def _movers(pupils: int) -> int:
    """How many of each intake come late, and how many leave early."""
    return max(1, round(pupils * 0.0025))


def _named(people: DataFrame, rng: np.random.Generator) -> DataFrame:
    names = len(FORENAMES) * len(SURNAMES)
    pairs = rng.permutation(names)[np.arange(len(people)) % names]
    eleven = pd.to_datetime((people["intake"] - 12).astype(str) + "-09-01")
    born = eleven + pd.to_timedelta(rng.integers(0, 365, len(people)), unit="D")
    return people.assign(
        forename=np.array(FORENAMES)[pairs % len(FORENAMES)],
        surname=np.array(SURNAMES)[pairs // len(FORENAMES)],
        date_of_birth=born.dt.strftime("%Y-%m-%d"),
        admission_no=(np.arange(len(people)) + 4001).astype(str),
    ).assign(admission_no=lambda named: named["admission_no"].str.zfill(6))


def _lowest(people: DataFrame, score: np.ndarray, share: float) -> Series:
    """The given share of every intake with the lowest scores: fixed numbers, so that no intake is empty by bad luck."""
    return Series(score, people.index).groupby(people["intake"]).rank(pct=True).le(share)


def _drawn(shares: dict[str, float], rank: Series) -> np.ndarray:
    """The name at each rank from 0 to 1 when the names take up the shares one after the other."""
    ends = np.cumsum(list(shares.values()))
    return np.array(list(shares))[np.searchsorted(ends[:-1] / ends[-1], rank, side="left")]


def _with_needs(people: DataFrame, rng: np.random.Generator) -> DataFrame:
    luck = rng.random(len(people)) - 0.08 * people["sex"].eq("M").to_numpy()
    status = Series(np.where(_lowest(people, luck, 0.04), "E", np.where(_lowest(people, luck, 0.17), "K", "N")), people.index)
    first, second = Series("", people.index), Series("", people.index)
    for provision, shares in NEEDS.items():
        ranks = Series(rng.random(len(people)), people.index)[status.eq(provision)].rank(pct=True)
        first[ranks.index] = _drawn(shares, ranks)
        second[ranks.index] = _drawn(shares, Series(rng.random(len(ranks))))
    second = second.where((rng.random(len(people)) < 0.25) & second.ne(first), "")
    return people.assign(sen_status=status, sen_need=first, sen_need_2=second)


def _with_background(people: DataFrame, rng: np.random.Generator) -> DataFrame:
    ethnicity = Series(_drawn(ETHNICITIES, Series(rng.random(len(people)))), people.index)
    elsewhere = rng.random(len(people)) - 0.4 * ~ethnicity.isin(["WBRI", "WIRI"]).to_numpy()
    poorer = rng.random(len(people)) - 0.12 * people["sen_status"].ne("N").to_numpy()
    disabled = people["sen_status"].map({"N": 0.02, "K": 0.2, "E": 0.6})
    return people.assign(
        ethnicity=ethnicity,
        pupil_premium=_ticks(_lowest(people, poorer, 0.25)),
        looked_after=_ticks(_lowest(people, poorer, 0.012)),
        eal=_ticks(_lowest(people, elsewhere, 0.15)),
        disability=_ticks(Series(rng.random(len(people)), people.index).lt(disabled)),
    )


def _ticks(yes: Series) -> Series:
    return yes.map({True: "Y", False: "N"})


def _with_traits(people: DataFrame, rng: np.random.Generator, differences: bool) -> DataFrame:
    """What no table shows: ability and unruliness in SD, the usual share of sessions missed."""
    below = people["sen_status"].map(START_BELOW) + 0.3 * people["pupil_premium"].eq("Y")
    ability = rng.standard_normal(len(people)) - below
    # A long tail: about 22 % of pupils without SEN miss a tenth or more, as nationally. 1.329 is the mean of E^1.5.
    absence = people["sen_status"].map(ABSENCE) if differences else ABSENCE["N"]
    missed = absence * rng.exponential(size=len(people)) ** 1.5 / 1.329
    return people.assign(
        ability=ability,
        missed=np.minimum(missed, 0.85),
        unruly=rng.standard_normal(len(people)) + 0.8 * (people["sen_need"].eq("SEMH") & differences),
        gifted_talented=np.where(_lowest(people, -ability if differences else rng.random(len(people)), 0.05), "Y", ""),
    )


def _coming_and_going(people: DataFrame, terms: Sequence[Term], rng: np.random.Generator) -> DataFrame:
    """Some join and some leave within a school year; some pupils' SEN was found only in these terms."""
    people = people.assign(joined=0, left=FOREVER, joined_on="", left_on="", sen_from=0)
    for intake, places in people.groupby("intake"):
        during = [term for term in terms if term.season and 0 <= term.year - int(str(intake)) < len(YEAR_GROUPS)]
        for moves, term_column in (("comes_late", "joined"), ("goes_early", "left")):
            for pupil in places.index[places[moves]]:
                term = during[rng.choice(len(during))]
                people.loc[pupil, [term_column, f"{term_column}_on"]] = ordinal(term), _day(term, rng)
    lately = people["sen_status"].ne("N") & (rng.random(len(people)) < 0.06)
    return people.assign(sen_from=np.where(lately, ordinal(terms[-1]) - rng.integers(0, 4, len(people)), 0))


def _day(term: Term, rng: np.random.Generator) -> str:
    """A school day in the first weeks of a term."""
    return str(np.busday_offset(days_of(term)[0], int(rng.integers(3, 25)), roll="forward"))
