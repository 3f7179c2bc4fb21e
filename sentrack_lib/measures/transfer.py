"""How Year 7 arrived from primary school: what is known of each pupil, who is supported, progress since (statements 56 to 58)."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from pandas import DataFrame, Series

from sentrack_lib.measures.groups.certainty import TESTED, fisher, q_values
from sentrack_lib.measures.groups.comparisons import PROGRESS, Asked, compared
from sentrack_lib.measures.groups.outcomes import outcomes
from sentrack_lib.measures.groups.shares import beside_rest, everyone, far_apart
from sentrack_lib.measures.groups.verdicts import NEW, in_words, why_not
from sentrack_lib.measures.progress.taught import ALL, moment, moments
from sentrack_lib.sources.coded import among, rows_among
from sentrack_lib.sources.codes import has_sen, known_year_group
from sentrack_lib.terms import Term

YEAR = "7"
SINCE = " since primary school"
ASKED_AGAIN = ("SEN status", "type of need")
ENGLISH, MATHS = ("read", "engl", "writ", "literacy"), ("math", "numer")
RESULT_ENGLISH, RESULT_MATHS = "a primary result in English or reading", "a primary result in mathematics"
SUPPORTED, NEED_KNOWN, PARENTS = "support in moving up", "the type of need", "an answer of the parents this school year"
STATEMENTS = {RESULT_ENGLISH: 56, RESULT_MATHS: 56, NEED_KNOWN: 56, SUPPORTED: 58, PARENTS: 57}
COLUMNS = [
    "item", "statement", "n", "count", "share", "low", "high", "n_rest", "count_rest", "share_rest", "gap", "gap_low", "gap_high",
    "detectable", "q_value", "verdict", "why",
]  # fmt: skip


def year_7(roll: DataFrame) -> DataFrame:
    """The pupils of Year 7: `pupil_id`, whether they have SEN (`sen`, missing where not known), and their `need`."""
    here = roll[known_year_group(roll["year_group"]).eq(YEAR).fillna(False).to_numpy(dtype=bool)]
    sen = has_sen(here["sen_status"])
    return DataFrame({"pupil_id": here["pupil_id"].astype("str"), "sen": sen, "need": here["sen_need"]}).reset_index(drop=True)


def known_of_arrivals(tables: Mapping[str, DataFrame], pupils: DataFrame, term: Term) -> DataFrame:
    """For each pupil of `year_7` what is known and done: one column an item, missing where it is not asked of the pupil.

    Primary results of any term count, whatever their stage; support and the parents' answers of the school year to date."""
    ids, blank = pupils["pupil_id"], Series(pd.NA, index=pupils.index)
    supported, heard = (_of_year(tables[name], term) for name in ("activities", "views"))
    results = tables["prior_attainment"].dropna(subset=["subject", "grade"])
    told = {
        RESULT_ENGLISH: _among(ids, results[_starts_with(results["subject"], ENGLISH)]),
        RESULT_MATHS: _among(ids, results[_starts_with(results["subject"], MATHS)]),
        NEED_KNOWN: pupils["need"].notna().where(pupils["sen"].fillna(False).astype(bool)),
        SUPPORTED: _among(ids, supported[supported["kind"].eq("transfer_support")]) if len(supported) else blank,
        PARENTS: _among(ids, heard[heard["respondent"].eq("parent")]) if len(heard) else blank,
    }
    return pupils[["pupil_id", "sen"]].assign(**{item: column.astype("boolean") for item, column in told.items()})


def _among(ids: Series, rows: DataFrame) -> Series:
    """Whether each pupil has one of these rows."""
    at = rows_among(rows["pupil_id"], ids)
    return Series(np.bincount(at[at >= 0], minlength=len(ids)) > 0, index=ids.index)


def _starts_with(subjects: Series, beginnings: tuple[str, ...]) -> Series:
    """Whether each subject begins so, in small letters or capitals; worked out once for each subject there is."""
    names = subjects.drop_duplicates().astype("str")
    return subjects.isin(names[names.str.lower().str.startswith(beginnings)])


def _of_year(table: DataFrame, term: Term) -> DataFrame:
    at = moments(table["term"])
    return table[(at >= moment(Term(term.year, 0))) & (at <= moment(term))]


def transfer(known: DataFrame) -> DataFrame:
    """One row an item: of how many pupils of Year 7 with SEN (`count` of `n`), and of the others, it is there.

    Shares with Wilson's interval, the gap with Newcombe's, Fisher's test q over the items; a group under 5 shows its number."""
    rows = [_counts(item, known[item], known["sen"]) for item in STATEMENTS]
    table = DataFrame(rows, columns=["item", "statement", "n", "count", "n_rest", "count_rest"])
    table = table.join(beside_rest(table))
    return _judged(table.assign(gap_less_artefact=table["gap"], seen=NEW))[COLUMNS]


def _counts(item: str, here: Series, sen: Series) -> tuple[str, int, int, int, int, int]:
    with_sen, without = (here[sen.eq(side).fillna(False).astype(bool)].dropna() for side in (True, False))
    return item, STATEMENTS[item], len(with_sen), int(with_sen.sum()), len(without), int(without.sum())


def _judged(table: DataFrame) -> DataFrame:
    large = table["n"].ge(TESTED) & table["n_rest"].ge(TESTED) & everyone(table).between(0, 1, inclusive="neither")
    p = fisher(table["count"], table["n"], table["count_rest"], table["n_rest"]).where(large)
    table = table.assign(q_value=q_values(p, [Series(0, index=table.index)]))
    relevant = far_apart(table["share"], table["share_rest"]) & (table["gap_low"].gt(0) | table["gap_high"].lt(0))
    verdict = in_words(table, relevant).str.replace(": lower, new", ": fewer").str.replace(": higher, new", ": more")
    return table.assign(verdict=verdict, why=why_not(table, relevant))


def since_primary(progress: DataFrame, groups: DataFrame) -> DataFrame:
    """Growth of Year 7 since primary school, on average over subjects, by SEN status and type of need; columns as `compare`.

    `progress` is measured from prior attainment alone, `groups` as from `groups_of`; families: `… since primary school`."""
    pupils = year_7_of(progress)
    groups = groups[groups["family"].isin(ASKED_AGAIN) & among(groups["pupil_id"], pupils)]
    grown = outcomes(progress[among(progress["pupil_id"], pupils)])
    asked = Asked(PROGRESS, grown[grown["subject"].eq(ALL)], groups.assign(family=groups["family"].map(f"{{}}{SINCE}".format)))
    return compared([asked])


def year_7_of(progress: DataFrame) -> Series:
    """The pupils whose cohort is of Year 7."""
    rows = progress["cohort"].astype("str").str.startswith(f"{YEAR}/").fillna(False)
    return progress.loc[rows, "pupil_id"].drop_duplicates()


def below_primary(progress: DataFrame) -> DataFrame:
    """Of pupils of Year 7 whose mark is on the scale of their primary result: `subject`, `below` of `n` who stand below it."""
    rows = progress[among(progress["pupil_id"], year_7_of(progress))].dropna(subset=["start", "points", "cohort"])
    parts = rows["cohort"].astype("str").str.rsplit("/", n=2)
    same = rows[parts.str[1].eq(parts.str[2])]
    found = same.assign(below=same["points"].lt(same["start"])).groupby("subject", observed=True)["below"].agg(["sum", "size"])
    return found.set_axis(["below", "n"], axis=1).reset_index().astype({"subject": "str"})
