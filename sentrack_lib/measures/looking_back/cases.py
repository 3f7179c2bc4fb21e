"""Every pupil of whom a flag could have been right or wrong: rule by rule, from the term of the flag to the next."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas import Categorical, DataFrame, Series

from sentrack_lib.measures.looking_back.came_about import OUTCOMES, WHO, at, places
from sentrack_lib.measures.progress.taught import Mask, Numbers, moments
from sentrack_lib.terms import Term

ALL_RULES = "all rules"
RULES = (ALL_RULES, *OUTCOMES)
COLUMNS = [
    "term", "in_term", "rule", "pupil_id", "named", "already", "known", "n", "flagged", "event", "since", "sent_on", "simple",
]  # fmt: skip
Pair = tuple[str, str]


def pairs_of(kept: Iterable[str], known: Collection[str], term: Term) -> list[Pair]:
    """Each term of which flags are kept, with the next term that is known, up to `term`."""
    later = sorted({Term.named(name) for name in known if Term.is_named(name)} | {term})
    return [(name, str(next(each for each in later if each > Term.named(name)))) for name in kept]


def cases(kept: DataFrame, came: DataFrame, pairs: Sequence[Pair]) -> DataFrame:
    """A row a rule with an outcome (and all of them together), pair of terms, and pupil on the roll of the first: `COLUMNS`.

    `named`: flagged at level act. `already`: the outcome was so in the flag's term. `known`: it is known of the next term. `n`:
    counted, that is known and not already so; of these `flagged` and `event` (it came about). `simple` is the weight (0 to 1)
    with which the pupil stands on the list of the simple rule: as many of the lowest attenders of the flag's term as are
    flagged; those who attend alike share the last places. `since` is the first term (`moment`) in which the first flag stood;
    `sent_on` the first day sent home. Together: any outcome, of pupils of whom every outcome is known that is known of anyone in
    that term. `came` is from `came_about`."""
    act = kept[kept["level"].eq("act") & kept["rule"].isin(list(OUTCOMES))]
    seen = _Seen.of(act, came, pairs)
    stood = DataFrame({"rule": act["rule"], "place": places(seen.rows, act), "since": _since(act)})
    parts = [_of_rule(rule, stood[stood["rule"].eq(rule) | (rule == ALL_RULES)], seen) for rule in RULES]
    told = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    rows = seen.rows.iloc[np.tile(np.arange(len(seen.rows)), len(RULES))].reset_index(drop=True)
    rule = Categorical(np.repeat(RULES, len(seen.rows)), categories=RULES)
    return rows.assign(rule=rule, **told)[COLUMNS]


@dataclass(frozen=True)
class _Seen:
    """Pupils in a term of flags and the next, a row a pupil and pair: `rows`, and whether each outcome was so `before` and
    `after` (1, 0, or not known)."""

    rows: DataFrame
    before: dict[str, Numbers]
    after: dict[str, Numbers]

    @classmethod
    def of(cls, act: DataFrame, came: DataFrame, pairs: Sequence[Pair]) -> "_Seen":
        here = pd.concat([came[WHO], act[WHO]]).drop_duplicates(ignore_index=True)
        here = here[here["term"].isin([then for then, _ in pairs])].reset_index(drop=True)
        here = here.assign(in_term=here["term"].map(dict(pairs)))
        then, now = (places(came, here, name) for name in ("term", "in_term"))
        sides = ({name: at(came[name], each) for name in dict.fromkeys(OUTCOMES.values())} for each in (then, now))
        sent_on = came["sent_on"].reset_index(drop=True).reindex(now).array
        return cls(here.assign(attended=at(came["attended"], then), sent_on=sent_on), *sides)

    @property
    def pair(self) -> NDArray[np.int64]:
        """A number for the pair of terms of each row."""
        return pd.factorize(self.rows["term"])[0]


def _of_rule(rule: str, flags: DataFrame, seen: _Seen) -> dict[str, NDArray]:
    since = np.full(len(seen.rows), np.inf)
    np.minimum.at(since, flags["place"], flags["since"])
    outcomes = list(seen.after) if rule == ALL_RULES else [OUTCOMES[rule]]
    event, known = _any(seen.after, outcomes), _known(seen, outcomes)
    named, already = np.isfinite(since), _any(seen.before, outcomes)
    counted = known & ~already
    told = {
        "named": named,
        "already": already,
        "known": known,
        "n": counted,
        "flagged": named & counted,
        "event": event & counted,
    }
    attended = Series(np.where(counted, seen.rows["attended"], np.nan))
    return {**told, "since": np.where(named, since, np.nan), "simple": _simple(attended, named & counted, seen.pair)}


def _since(flags: DataFrame) -> Numbers:
    """The first term (`moment`) in which each flag stood; its own where none is written, or a later one."""
    own = moments(flags["term"])
    begun = moments(flags["since_term"].where(flags["since_term"].map(_is_term, na_action="ignore").eq(True)))
    return np.where((begun < 0) | (begun > own), own, begun).astype("float64")


def _is_term(name: object) -> bool:
    return Term.is_named(str(name))


def _any(side: dict[str, Numbers], outcomes: Sequence[str]) -> Mask:
    return np.any([side[name] == 1 for name in outcomes], axis=0)


def _known(seen: _Seen, outcomes: Sequence[str]) -> Mask:
    """Of whom each outcome is known that is known of anyone in the term, if any is."""
    told = np.array([~np.isnan(seen.after[name]) for name in outcomes]).reshape(len(outcomes), -1)
    asked = np.array([np.bincount(seen.pair, each, minlength=1)[seen.pair] > 0 for each in told]).reshape(told.shape)
    return (told | ~asked).all(axis=0) & asked.any(axis=0)


def _simple(attended: Series, flagged: Mask, pair: NDArray[np.int64]) -> Numbers:
    """The weight of each pupil on a list of the lowest attenders that is as long as the list of those flagged."""
    ranked = attended.groupby(pair)
    first, last = (ranked.rank(method=method).to_numpy() for method in ("min", "max"))
    many = np.bincount(pair, flagged, minlength=1)[pair]
    return np.nan_to_num(np.clip((many - first + 1) / (last - first + 1), 0, 1))
