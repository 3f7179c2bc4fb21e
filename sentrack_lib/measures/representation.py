"""Are pupils with SEN where the others are: options, clubs, council, enrichment, gifted and talented lists, sets?

The statements 29, 36, 47, 50 and 52 of the self-evaluation ask for it.
"""

import numpy as np
import pandas as pd
from pandas import DataFrame, Series

from sentrack_lib.measures.groups.certainty import SHOWN, TESTED, fisher, q_values
from sentrack_lib.measures.groups.shares import beside_rest, far_apart
from sentrack_lib.measures.groups.verdicts import TOO_FEW, in_words, seen, why_not
from sentrack_lib.measures.progress.taught import Codes
from sentrack_lib.measures.sets import Sides, sets
from sentrack_lib.sources.coded import plain, rows_among, together
from sentrack_lib.sources.codes import has_sen, known_year_group

SET, OPTION, GIFTED = "set", "option", "gifted and talented"
KINDS = {
    "option": (29, OPTION), "pathway": (29, "pathway"), "work_experience": (29, "work experience"), "council": (36, "council"),
    "club": (52, "club"), "enrichment": (52, "enrichment"), "peer_support": (52, "peer support"),
}  # fmt: skip
"""Kinds of activities, with the statement of the self-evaluation that asks after them."""
STATEMENTS = {SET: 47, GIFTED: 50, OPTION: 29}
OPTION_YEARS = ("10", "11")
NEARLY_ALL = 0.9
"""A subject that so many of a year group take is no option there."""
FEW_STARTS = f"Of fewer than {TESTED} pupils with SEN the start is known beside others of the same start: no verdict on sets."
THING = ["statement", "kind", "what", "subject", "year_group"]
COLUMNS = [
    *THING, "n", "count", "share", "low", "high", "expected", "n_same", "count_same", "expected_same_start", "expected_in_order",
    "excess", "n_rest", "count_rest", "share_rest", "gap", "gap_low", "gap_high", "detectable", "q_value", "tested", "verdict",
    "seen", "why", "not_known",
]  # fmt: skip


def representation(
    roll: DataFrame, teaching_groups: DataFrame, activities: DataFrame, progress: DataFrame, previous: DataFrame | None = None
) -> DataFrame:
    """One row a thing to take part in: `count` of `n` pupils with SEN who could, beside `count_rest` of `n_rest` others.

    All tables are of one term; `previous` is this table of the term before. Who could take part: the pupils of the year groups in
    which anybody does; in a set, those who have a set in the subject. `expected` is the count if they took part as the others of
    their year groups do. `share` with its Wilson interval, the `gap` to the others with Newcombe's; q over the kind from
    Fisher's test. Who starts lower is rightly in a lower set, so sets are judged beside others of the same start: see `sets` for
    `n_same`, `count_same`, `expected_same_start`, `expected_in_order` (blank for all else). `excess` is the share beyond the one
    expected, and judged. `not_known` counts pupils who take part and whose SEN status is not known; they are in neither group."""
    rows = _beside_expected(_rows(roll, teaching_groups, activities, progress))
    return _judged(_described(rows), previous).sort_values(THING, ignore_index=True)[COLUMNS]


def excesses(roll: DataFrame, teaching_groups: DataFrame, activities: DataFrame, progress: DataFrame) -> DataFrame:
    """The `excess` of every thing in a term: all that `representation` asks of `previous`."""
    rows = _beside_expected(_rows(roll, teaching_groups, activities, progress))
    return rows[THING].assign(excess=rows["gap_less_artefact"])


def _rows(roll: DataFrame, teaching_groups: DataFrame, activities: DataFrame, progress: DataFrame) -> DataFrame:
    """Counts, and what is expected, of everything there is to take part in."""
    pupils = _pupils(roll)
    asked = (_options(pupils, teaching_groups), _activities(pupils, activities), _gifted(roll))
    things = pd.concat(asked, ignore_index=True)
    seats = sets(pupils, teaching_groups, progress)
    what = seats["subject"] + ", Set " + seats["set"]
    seats = seats.assign(statement=STATEMENTS[SET], kind=SET, what=what, year_group=seats["year"])
    return pd.concat([seats, _counted(things, pupils)], ignore_index=True)


def _pupils(roll: DataFrame) -> DataFrame:
    sen, years = has_sen(roll["sen_status"]), known_year_group(roll["year_group"])
    return DataFrame({"pupil_id": roll["pupil_id"], "year": years, "sen": sen.astype("boolean")})


def _activities(pupils: DataFrame, activities: DataFrame) -> DataFrame:
    """Which pupil (`at`: the place among the pupils, -1 who is none of them) takes part in what."""
    rows = activities[activities["kind"].isin(list(KINDS))].drop_duplicates(["pupil_id", "activity", "kind"])
    kinds = rows["kind"].astype("str")
    told = {"statement": kinds.map(lambda kind: KINDS[kind][0]), "kind": kinds.map(lambda kind: KINDS[kind][1])}
    return DataFrame({"at": _places(pupils, rows), **told, "what": rows["activity"].astype("str")})


def _places(pupils: DataFrame, rows: DataFrame) -> Codes:
    return rows_among(rows["pupil_id"], pupils["pupil_id"])


def _options(pupils: DataFrame, teaching_groups: DataFrame) -> DataFrame:
    """Who takes which subject that not nearly everybody of the last two year groups takes."""
    at = _places(pupils, teaching_groups)
    older = np.append(pupils["year"].isin(OPTION_YEARS), False)[at]
    taken = DataFrame({"at": at[older], "subject": teaching_groups["subject"].array[older]}).dropna().drop_duplicates()
    year, _ = pd.factorize(pupils["year"].array[taken["at"]])
    place = together(taken["subject"], Series(year))
    # Each pupil counts once among those taught, in however many subjects.
    taught = np.bincount(year[~taken["at"].duplicated().to_numpy()], minlength=year.max(initial=0) + 1)[year]
    rows = plain(taken[np.bincount(place, minlength=1)[place] < NEARLY_ALL * taught], ["subject"])
    return rows[["at", "subject"]].assign(statement=STATEMENTS[OPTION], kind=OPTION, what=rows["subject"])


def _gifted(roll: DataFrame) -> DataFrame:
    listed = np.flatnonzero(roll["gifted_talented"].eq("Y"))
    return DataFrame({"at": listed}).assign(statement=STATEMENTS[GIFTED], kind=GIFTED, what=GIFTED)


def _counted(things: DataFrame, pupils: DataFrame) -> DataFrame:
    """Counts of each thing with and without SEN, and what is expected, year group by year group."""
    thing = ["statement", "kind", "what"]
    # A subject chosen and an activity of the same name are one thing, and nobody takes it twice.
    here = things[things["at"].ge(0)]
    here = here.assign(number=together(*(here[name] for name in thing), in_order=True))
    rows = here.drop_duplicates(["at", "number"])
    year, years = pd.factorize(pupils["year"])
    sums = _summed(rows["number"].to_numpy(), rows["at"].to_numpy(), year, max(len(years), 1), pupils["sen"])
    named = rows.drop_duplicates("number").set_index("number")[[*thing, "subject"]]
    return sums.join(named).assign(year_group="").reset_index(drop=True).astype({"subject": "str"})


def _summed(thing: Codes, at: Codes, year: Codes, years: int, sen: Series) -> DataFrame:
    """The sums of each thing, over the year groups (numbers below `years`) of which anybody takes it: `at` says who does."""
    mine = sen.to_numpy(dtype="float64", na_value=np.nan)
    known, placed = ~np.isnan(mine) & (year >= 0), year[at] >= 0
    thing, at = thing[placed], at[placed]
    met, cell = np.unique(thing * years + year[at], return_inverse=True)
    told = known[at]
    count, count_rest = Sides.of(mine[at][told], cell[told], len(met))
    n, n_rest = (side[met % years] for side in Sides.of(mine[known], year[known], years))
    columns = {
        "count": count,
        "n": n,
        "count_rest": count_rest,
        "n_rest": n_rest,
        "not_known": np.bincount(cell, ~told, len(met)),
    }
    columns["expected"] = n * count_rest / np.where(n_rest > 0, n_rest, np.nan)
    things, of = np.unique(met // years, return_inverse=True)
    return DataFrame({name: np.bincount(of, values, len(things)) for name, values in columns.items()}, index=things)


def _beside_expected(table: DataFrame) -> DataFrame:
    """The share found (`mine`) and the one that is fair to expect, blank for groups too small to show."""
    n, same = (table[column].where(table[column].ge(SHOWN)) for column in ("n", "n_same"))
    is_set = table["kind"].eq(SET)
    mine = (table["count_same"] / same).where(is_set, table["count"] / n)
    fair = table["fair"].where(same.notna()).where(is_set, table["expected"] / n)
    return table.assign(mine=mine, fair=fair, gap_less_artefact=mine - fair)


def _described(table: DataFrame) -> DataFrame:
    """Shares and gaps with their intervals, blank for groups too small to show, and the p that is judged."""
    exact = fisher(table["count"], table["n"], table["count_rest"], table["n_rest"])
    return table.assign(p=table["p"].where(table["kind"].eq(SET), exact)).join(beside_rest(table))


def _judged(table: DataFrame, previous: DataFrame | None) -> DataFrame:
    """q-values over the kind, the verdict, and whether the term before saw the same."""
    some = (table["count"] + table["count_rest"]).gt(0) & (table["count"] + table["count_rest"]).lt(table["n"] + table["n_rest"])
    unknown = table["kind"].eq(SET) & table["n"].ge(TESTED) & table["n_rest"].ge(TESTED) & ~table["n_same"].ge(TESTED)
    large = table["n"].ge(TESTED) & table["n_rest"].ge(TESTED) & ~unknown
    table = table.assign(q_value=q_values(table["p"].where(large & some), [table["kind"]]))
    before = None if previous is None else previous.assign(gap_less_artefact=previous["excess"])
    table = table.assign(seen=seen(table, before, ["kind", "what", "year_group"]))
    relevant = far_apart(table["mine"].clip(0, 1), table["fair"].clip(0, 1))
    verdict = in_words(table, relevant).str.replace(": lower", ": fewer").str.replace(": higher", ": more")
    why = why_not(table, relevant).mask(unknown, FEW_STARTS)
    table = table.assign(verdict=verdict.mask(unknown, TOO_FEW), why=why, excess=table["gap_less_artefact"])
    tested = table["q_value"].notna().groupby(table["kind"]).transform("sum")
    whole = ["n", "count", "n_rest", "count_rest", "not_known"]
    return table.assign(tested=tested).astype({**dict.fromkeys(whole, "int64"), "tested": "int64"})
