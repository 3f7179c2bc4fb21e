"""Who answers and who does not, and whether those who answered are like those who did not."""

import numpy as np
import pandas as pd
from pandas import DataFrame, Series

from sentrack_lib.measures.groups.certainty import SHOWN, TESTED, detectable_share, fisher, q_values, wilson
from sentrack_lib.measures.groups.counts import EVERYONE
from sentrack_lib.measures.groups.membership import YEAR_GROUP
from sentrack_lib.measures.groups.shares import far_apart
from sentrack_lib.measures.groups.verdicts import NEW, in_words, why_not
from sentrack_lib.measures.respondents import ABSENT, RESPONDENTS, SEN, Respondents
from sentrack_lib.sources.coded import together
from sentrack_lib.terms import Term

BIAS = (SEN, YEAR_GROUP, "pupil premium", ABSENT)
"""The questions by which those who answered are held against those who did not; every other would be one more chance to err."""
ALL_ANONYMOUS = "All answers are anonymous, so nobody can say who answered."
COLUMNS = [
    "respondent", "family", "group", "n", "count", "share", "low", "high", "anonymous", "n_rest", "count_rest", "among_answered",
    "among_others", "detectable", "q_value", "tested", "verdict", "why",
]  # fmt: skip


def responses(views: DataFrame, respondents: Respondents, term: Term) -> DataFrame:
    """One row a respondent who was heard in `term`, family and group: for how many pupils on the roll there is an answer.

    `count` of `n` pupils, as a `share` with Wilson's interval `low` to `high`; beside them at least `anonymous` people
    answered: as many as answered any one theme (in the row of all pupils; blank in the others). `among_answered` is the share
    that the group has of all who answered, `among_others` of all who did not; Fisher's test asks whether they differ, `q_value`
    is over the family, `tested` how many groups that is; from 0.2 in Cohen's h it is spoken of. `n_rest` and `count_rest` are
    of all others of whom the question is known. Under 5 pupils all is blank but their number."""
    given = views[views["term"].eq(str(term)) & views["score"].notna()]
    parts = [_counted(given[given["respondent"].eq(who)], respondents, term).assign(respondent=who) for who in RESPONDENTS]
    table = pd.concat(parts, ignore_index=True)
    heard = (table["count"] + table["anonymous"]).groupby(table["respondent"]).transform("max").gt(0)
    return _judged(_described(table[heard & table["n"].gt(0)].reset_index(drop=True)))[COLUMNS]


def _counted(given: DataFrame, respondents: Respondents, term: Term) -> DataFrame:
    """Pupils of each group, for how many there is an answer, and (`_rest`) the same of all others of the family."""
    places = respondents.places(given)
    heard = np.zeros(len(respondents.keys), dtype=bool)
    heard[places[places >= 0]] = True
    here = respondents.of_term(term)
    counts = {"n": here, "count": here & heard}
    names = respondents.names
    found = names.assign(**{name: _in_groups(respondents.groups[each], len(names)) for name, each in counts.items()})
    rest = found.groupby("family", sort=False)[["n", "count"]].transform("sum") - found[["n", "count"]]
    unnamed = given[given["pupil_id"].isna()].groupby("theme", observed=True).size().max()
    return found.join(rest.add_suffix("_rest")).assign(anonymous=0 if pd.isna(unnamed) else unnamed)


def _in_groups(groups: np.ndarray, many: int) -> np.ndarray:
    return np.bincount(groups[groups >= 0], minlength=many).astype("int64")


def _described(table: DataFrame) -> DataFrame:
    """Shares with their intervals; blank for groups too small to show, and where nobody gave a name."""
    answered = table["count"] + table["count_rest"]
    others = table["n"] + table["n_rest"] - answered
    shown = table["n"].where(table["n"].ge(SHOWN) & answered.gt(0))
    count, beside = table["count"].where(shown.notna()), shown.notna() & table["n_rest"].gt(0)
    told = {
        "count": count.astype("Int64"),
        "share": count / shown,
        "share_rest": table["count_rest"] / table["n_rest"].where(beside),
        "among_answered": (count / answered).where(beside),
        "among_others": ((table["n"] - count) / others.where(others.gt(0))).where(beside),
        "detectable": detectable_share(answered / (answered + others), shown, table["n_rest"]),
        "anonymous": table["anonymous"].where(table["family"].eq(EVERYONE)).astype("Int64"),
    }
    return table.assign(**told, named=answered.gt(0), differs=answered.gt(0) & others.gt(0)).join(wilson(count, shown))


def _judged(table: DataFrame) -> DataFrame:
    """q-values within each respondent and family of those asked about bias, and the verdict; the others have none."""
    asked = table["family"].isin(BIAS)
    tests = table[asked & table["differs"] & table["n"].ge(TESTED) & table["n_rest"].ge(TESTED)]
    p = fisher(tests["count"].astype("int64"), tests["n"], tests["count_rest"], tests["n_rest"]).reindex(table.index)
    family = Series(together(table["respondent"], table["family"]), table.index)
    q = q_values(p, [family])
    found = table.assign(q_value=q, tested=q.notna().groupby(family).transform("sum").astype("int64"), seen=NEW)
    found = found.assign(gap_less_artefact=found["share"] - found["share_rest"])
    relevant = far_apart(found["share"], found["share_rest"])
    verdict = in_words(found, relevant).str.removesuffix(f", {NEW}")
    why = why_not(found, relevant).mask(~found["named"], ALL_ANONYMOUS)
    return found.assign(verdict=verdict.where(asked, ""), why=why.where(asked, ""))
