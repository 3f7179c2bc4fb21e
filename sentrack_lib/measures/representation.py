"""Are pupils with SEN where the others are: options, clubs, council, enrichment, gifted and talented lists, sets?

The statements 29, 36, 47, 50 and 52 of the self-evaluation ask for it.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from pandas import DataFrame, Series
from scipy import stats

from sentrack_lib.measures.groups.certainty import SHOWN, TESTED, detectable_share, fisher, gap_of_shares, q_values, wilson
from sentrack_lib.measures.groups.verdicts import in_words, seen, why_not
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
STRATA = 10
"""Pupils are held against those of the same tenth of the start; coarser, and who starts lower in a part would seem misplaced."""
SMALLEST_EFFECT = 0.2
"""Cohen's h, the difference of shares in standard deviations, from which a gap is spoken of."""
THING = ["statement", "kind", "what", "subject", "year_group"]
COLUMNS = [
    *THING, "n", "count", "share", "low", "high", "expected", "expected_same_start", "n_same", "excess", "n_rest", "count_rest",
    "share_rest", "gap", "gap_low", "gap_high", "detectable", "q_value", "tested", "verdict", "seen", "why", "not_known",
]  # fmt: skip


def representation(
    roll: DataFrame, teaching_groups: DataFrame, activities: DataFrame, progress: DataFrame, previous: DataFrame | None = None
) -> DataFrame:
    """One row a thing to take part in: `count` of `n` pupils with SEN who could, beside `count_rest` of `n_rest` others.

    All tables are of one term; `previous` is this table of the term before. Who could take part: the pupils of the year groups in
    which anybody does; in a set, those who have a set in the subject. `expected` is the count if they took part as the others of
    their year groups do; for sets `expected_same_start` as the others who started in the same tenth. `share` with its Wilson
    interval, the `gap` to the others with Newcombe's; q over the kind from Fisher's test, for sets from Cochran, Mantel and
    Haenszel's over the tenths of the start: who starts lower is rightly in a lower set. `not_known` counts pupils who take part
    and whose SEN status is not known; they are in neither group.
    `excess` is the share beyond the one expected, and judged; for sets that of the `n_same` with others of their start."""
    pupils = _pupils(roll)
    things = pd.concat([_activities(activities), _options(pupils, teaching_groups), _gifted(roll)], ignore_index=True)
    rows = pd.concat([_counted(things, pupils), _sets(pupils, teaching_groups, progress)], ignore_index=True)
    rows = rows.reindex(columns=[*dict.fromkeys([*rows, "expected_same_start", "n_same", "count_same", "p"])])
    return _judged(_described(rows), previous).sort_values(THING, ignore_index=True)[COLUMNS]


def _pupils(roll: DataFrame) -> DataFrame:
    sen, years = has_sen(roll["sen_status"]), known_year_group(roll["year_group"])
    return DataFrame({"pupil_id": roll["pupil_id"].astype("str"), "year": years, "sen": sen.astype("boolean")})


def _activities(activities: DataFrame) -> DataFrame:
    rows = activities[activities["kind"].isin(list(KINDS))].drop_duplicates(["pupil_id", "activity", "kind"])
    kinds = rows["kind"].astype("str")
    told = {"statement": kinds.map(lambda kind: KINDS[kind][0]), "kind": kinds.map(lambda kind: KINDS[kind][1])}
    return DataFrame({"pupil_id": rows["pupil_id"].astype("str"), **told, "what": rows["activity"].astype("str")})


def _options(pupils: DataFrame, teaching_groups: DataFrame) -> DataFrame:
    """Who takes which subject that not nearly everybody of the last two year groups takes."""
    taken = teaching_groups[["pupil_id", "subject"]].dropna().astype("str").drop_duplicates()
    taken = taken.merge(pupils[pupils["year"].isin(OPTION_YEARS)], on="pupil_id")
    taught = taken.groupby("year")["pupil_id"].nunique()
    share = taken.groupby(["subject", "year"]).size() / taught.reindex(
        taken.groupby(["subject", "year"]).size().index, level="year"
    )
    chosen = share.index[share.lt(NEARLY_ALL)].to_frame(index=False)
    rows = taken.merge(chosen, on=["subject", "year"])
    return rows[["pupil_id"]].assign(statement=STATEMENTS[OPTION], kind=OPTION, what=rows["subject"], subject=rows["subject"])


def _gifted(roll: DataFrame) -> DataFrame:
    listed = roll.loc[roll["gifted_talented"].eq("Y"), ["pupil_id"]].astype("str")
    return listed.assign(statement=STATEMENTS[GIFTED], kind=GIFTED, what=GIFTED)


def _counted(things: DataFrame, pupils: DataFrame) -> DataFrame:
    """Counts of each thing with and without SEN, and what is expected, year group by year group."""
    rows = things.merge(pupils, on="pupil_id")
    thing = ["statement", "kind", "what"]
    sides = rows.groupby([*thing, "year"])["sen"].agg(count="sum", known="count", everybody="size").reset_index()
    whole = pupils.groupby("year")["sen"].agg(n="sum", known_here="count").reset_index()
    cells = sides.merge(whole, on="year").assign(
        count_rest=lambda each: each["known"] - each["count"], n_rest=lambda each: each["known_here"] - each["n"]
    )
    numbers = ["count", "n", "count_rest", "n_rest"]
    cells = cells.astype(dict.fromkeys(numbers, "float64"))
    cells = cells.assign(
        expected=cells["n"] * cells["count_rest"] / cells["n_rest"].where(cells["n_rest"].gt(0)),
        not_known=cells["everybody"] - cells["known"],
    )
    subject = rows.drop_duplicates(thing).set_index(thing).get("subject", Series(dtype="str"))
    told = cells.groupby(thing)[[*numbers, "not_known"]].sum().join(cells.groupby(thing)["expected"].agg(_all_known))
    return told.assign(subject=subject, p=np.nan, year_group="").reset_index().astype({"subject": "str"})


def _all_known(expected: Series) -> float:
    return expected.sum(skipna=False)


def _sets(pupils: DataFrame, teaching_groups: DataFrame, progress: DataFrame) -> DataFrame:
    """Counts of every set of a subject and year group, and what is expected at the same start."""
    rows = teaching_groups[["pupil_id", "subject", "set"]].dropna().astype("str").drop_duplicates(["pupil_id", "subject"])
    rows = rows.merge(pupils.dropna(subset=["year"]), on="pupil_id")
    rows = rows.merge(_tenths(progress), on=["pupil_id", "subject"], how="left")
    lost = rows[rows["sen"].isna()].groupby(["subject", "year", "set"]).size().rename("not_known")
    known = rows[rows["sen"].notna()].assign(n=lambda each: each["sen"].astype("float64"))
    place = ["subject", "year"]
    of_set, of_all = _sides(known, [*place, "set"]), _sides(known, place)
    cells = of_set.reset_index().merge(of_all.add_prefix("all_").reset_index(), on=place)
    cells = cells.assign(count=cells["n"], count_rest=cells["n_rest"], n=cells["all_n"], n_rest=cells["all_n_rest"])
    cells = cells.assign(expected=cells["n"] * cells["count_rest"] / cells["n_rest"].where(cells["n_rest"].gt(0)))
    cells = cells.merge(_same_start(known.dropna(subset=["tenth"])), on=[*place, "set"], how="left")
    cells = cells.merge(lost.reset_index(), on=[*place, "set"], how="left").fillna({"not_known": 0})
    what = cells["subject"] + ", Set " + cells["set"]
    return cells.assign(statement=STATEMENTS[SET], kind=SET, what=what, year_group=cells["year"])


def _tenths(progress: DataFrame) -> DataFrame:
    """The tenth of its cohort in which each pupil started, by subject; cohorts have one scale of the start."""
    rows = progress.dropna(subset=["start", "cohort"])
    place = rows.groupby("cohort", observed=True)["start"].rank(pct=True)
    tenth = np.ceil(place * STRATA).clip(1, STRATA).astype("int64").astype("str")
    told = {"pupil_id": rows["pupil_id"].astype("str"), "subject": rows["subject"].astype("str")}
    return DataFrame({**told, "tenth": rows["cohort"].astype("str") + "/" + tenth})


def _sides(known: DataFrame, by: Sequence[str]) -> DataFrame:
    """How many with (`n`) and without SEN (`n_rest`)."""
    found = known.groupby([*by])["n"].agg(["sum", "size"])
    return DataFrame({"n": found["sum"], "n_rest": found["size"] - found["sum"]})


def _same_start(known: DataFrame) -> DataFrame:
    """For every set the count expected of pupils with SEN if they sat there as others of the same tenth, and the test's p."""
    place = ["subject", "year"]
    strata = _sides(known, [*place, "tenth"]).add_prefix("all_").reset_index()
    sets = known[[*place, "set"]].drop_duplicates()
    cells = sets.merge(strata, on=place).merge(_sides(known, [*place, "set", "tenth"]).reset_index(), how="left").fillna(0.0)
    return _mantel_haenszel(cells, [*place, "set"])


def _mantel_haenszel(cells: DataFrame, by: list[str]) -> DataFrame:
    """Cochran, Mantel and Haenszel's test that having SEN and being in the set have nothing to do with each other anywhere.

    `cells` has for each stratum `n` of `all_n` with SEN who are in it, and `n_rest` of `all_n_rest` others."""
    whole, inside = cells["all_n"] + cells["all_n_rest"], cells["n"] + cells["n_rest"]
    both = cells["all_n"].gt(0) & cells["all_n_rest"].gt(0)
    by_chance = cells["all_n"] * inside / whole
    variance = cells["all_n"] * cells["all_n_rest"] * inside * (whole - inside) / (whole**2 * (whole - 1).where(whole.gt(1)))
    expected = cells["all_n"] * cells["n_rest"] / cells["all_n_rest"].where(cells["all_n_rest"].gt(0))
    parts = {"excess": cells["n"] - by_chance, "variance": variance, "expected_same_start": expected}
    parts |= {"count_same": cells["n"], "n_same": cells["all_n"]}
    summed = DataFrame({name: part.where(both, 0).fillna(0) for name, part in parts.items()})
    found = summed.groupby([cells[name] for name in by]).sum().reset_index()
    square = found["excess"] ** 2 / found["variance"].where(found["variance"].gt(0))
    return found.drop(columns=["excess", "variance"]).assign(p=stats.chi2.sf(square, 1))


def _described(table: DataFrame) -> DataFrame:
    """Shares and gaps with their intervals, blank for groups too small to show; the gap that is judged, and its p."""
    shown = table["n"].ge(SHOWN)
    n, rest = table["n"].where(shown), table["n_rest"].where(table["n_rest"].gt(0))
    count = table["count"].where(shown)
    gap = gap_of_shares(count, n, table["count_rest"], rest).set_axis(["gap", "gap_low", "gap_high"], axis=1)
    is_set = table["kind"].eq(SET)
    exact = fisher(table["count"], table["n"], table["count_rest"], table["n_rest"])
    everyone = (table["count"] + table["count_rest"]) / (table["n"] + table["n_rest"]).replace(0, np.nan)
    same = table["n_same"].where(is_set & table["n_same"].ge(SHOWN))
    fair = (table["expected_same_start"] / same).where(is_set, table["expected"] / n)
    mine = (table["count_same"] / same).where(is_set, count / n)
    told = {"share": count / n, "share_rest": (table["count_rest"] / rest).where(shown), "fair": fair, "mine": mine}
    table = table.assign(**told, gap_less_artefact=mine - fair, p=table["p"].where(is_set, exact))
    return table.join(wilson(count, n)).join(gap).assign(detectable=detectable_share(everyone, n, rest))


def _judged(table: DataFrame, previous: DataFrame | None) -> DataFrame:
    """q-values over the kind, the verdict, and whether the term before saw the same."""
    large = table["n"].ge(TESTED) & table["n_rest"].ge(TESTED)
    some = (table["count"] + table["count_rest"]).gt(0) & (table["count"] + table["count_rest"]).lt(table["n"] + table["n_rest"])
    table = table.assign(q_value=q_values(table["p"].where(large & some), [table["kind"]]))
    before = None if previous is None else previous.assign(gap_less_artefact=previous["excess"])
    table = table.assign(seen=seen(table, before, ["kind", "what", "year_group"]))
    angle, fair = (2 * np.arcsin(np.sqrt(table[column].clip(0, 1))) for column in ("mine", "fair"))
    relevant = (angle - fair).abs().ge(SMALLEST_EFFECT)
    verdict = in_words(table, relevant).str.replace(": lower", ": fewer").str.replace(": higher", ": more")
    table = table.assign(verdict=verdict, why=why_not(table, relevant), excess=table["gap_less_artefact"])
    tested = table["q_value"].notna().groupby(table["kind"]).transform("sum")
    whole = ["n", "count", "n_rest", "count_rest", "not_known"]
    return table.assign(tested=tested).astype({**dict.fromkeys(whole, "int64"), "tested": "int64"})
