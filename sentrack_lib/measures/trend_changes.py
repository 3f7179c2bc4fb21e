"""Which headline figures changed by more than noise since the term before and since the same term a year earlier (methods, 4)."""

import numpy as np
from pandas import DataFrame, Series

from sentrack_lib.measures.groups.certainty import QUESTIONED, SHOWN, TESTED, fisher, gap_of_means, gap_of_shares, q_values
from sentrack_lib.measures.trends import ALL, MEANS, PLACE, moments, unit_of
from sentrack_lib.terms import Term

MORE, FEWER, HIGHER, LOWER = "more", "fewer", "higher", "lower"
CHANCE, TOO_FEW, UNTOLD = "within what chance does", "too few to say", "cannot be told"
NOT_KNOWN = "In one of the two terms it is not known for any pupil."
FEW = f"In one of the two terms it is known for fewer than {TESTED} pupils."
ALIKE = "All pupils are alike in both terms, so there is nothing to test."

COLUMNS = [*PLACE, "term", "since", "n", "n_since", "change", "low", "high", "q_value", "mark", "tested", "why", "unit"]


def trend_changes(sums: DataFrame) -> DataFrame:
    """The last term against the term before and against the same term a year earlier: one row a figure, group and subject.

    `n` and `n_since` are the pupils known in the two terms; `change` is the difference of two shares (interval by Newcombe, test
    by Fisher) or means (Welch); `q_value` is over all changes `since` the same term, `tested` how many those are. The two terms
    are treated as independent samples: most pupils are in both, so this is the cautious reading. `mark` says more, fewer, higher
    or lower only where the q-value is 0.10 or less and the 95 % interval leaves nought out; with ten pupils or more in both terms
    it is else within what chance does. `why` tells why there is no test."""
    terms = sorted(sums["term"].unique(), key=Term.named)
    earlier = {*terms[-2:-1], *(str(Term.named(term).a_year_earlier()) for term in terms[-1:])}
    now, then = sums[sums["term"].isin(terms[-1:])], sums[sums["term"].isin(earlier)]
    pairs = now.merge(then.rename(columns={"term": "since"}), on=PLACE, suffixes=("", "_since"))
    return _changed(pairs.sort_values("since", ascending=False, kind="stable"))[COLUMNS]


def _changed(pairs: DataFrame) -> DataFrame:
    """The changes of all figures, each between its `term` and the one it is held against."""
    pairs = pairs[pairs["n"].gt(0) | pairs["n_since"].gt(0) | pairs["subject"].eq(ALL)].reset_index(drop=True)
    means, shares = gap_of_means(moments(pairs), moments(pairs, "_since")), _of_shares(pairs)
    gap = shares.where(~pairs["figure"].isin(MEANS), means[list(shares)])
    large = pairs["n"].ge(TESTED) & pairs["n_since"].ge(TESTED)
    found = pairs.assign(change=gap["gap"], low=gap["low"], high=gap["high"], unit=unit_of(pairs))
    found = found.assign(q_value=q_values(gap["p"].where(large), [found["since"]]))
    tested = found["q_value"].notna().groupby(found["since"]).transform("sum").astype("int64")
    return found.assign(tested=tested, mark=_marked(found, large), why=_why(found, large))


def _of_shares(pairs: DataFrame) -> DataFrame:
    """The gap of two shares with its interval, and Fisher's p where not all pupils fare alike."""
    counted = pairs[~pairs["figure"].isin(MEANS)]
    n, rest = (counted[name].where(counted[name].ge(SHOWN)) for name in ("n", "n_since"))
    together, whole = counted["total"] + counted["total_since"], counted["n"] + counted["n_since"]
    differs = counted[together.gt(0) & together.lt(whole)]
    p = fisher(*(differs[name] for name in ("total", "n", "total_since", "n_since")))
    return gap_of_shares(counted["total"], n, counted["total_since"], rest).assign(p=p).reindex(pairs.index)


def _marked(found: DataFrame, large: Series) -> Series:
    """What a change is called: only where it is more than noise has it a direction."""
    clear = found["q_value"].le(QUESTIONED) & (found["low"].gt(0) | found["high"].lt(0))
    means, up = found["figure"].isin(MEANS), found["change"].gt(0)
    said = np.where(means, np.where(up, HIGHER, LOWER), np.where(up, MORE, FEWER))
    untested = found["q_value"].isna() & found["change"].ne(0)
    nobody = found["n"].eq(0) | found["n_since"].eq(0)
    cases = np.select([nobody, ~large, untested, clear], [UNTOLD, TOO_FEW, UNTOLD, said], CHANCE)
    return Series(cases, index=found.index, dtype="str")


def _why(found: DataFrame, large: Series) -> Series:
    """A sentence for each change that could not be tested; blank for the others."""
    cases = [found["n"].eq(0) | found["n_since"].eq(0), ~large, found["q_value"].isna()]
    return Series(np.select(cases, [NOT_KNOWN, FEW, ALIKE], ""), index=found.index, dtype="str")
