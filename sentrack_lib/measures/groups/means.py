"""Plain means of a figure by group beside all others: what pupils attain, what they miss. Nothing is pooled or taken off."""

import numpy as np
import pandas as pd
from pandas import DataFrame, Series

from sentrack_lib.measures.groups.certainty import NO_SPREAD, SHOWN, TESTED, detectable, gap_of_means, mean_interval, q_values
from sentrack_lib.measures.groups.sums import cohort_sums
from sentrack_lib.measures.groups.verdicts import NEW, in_words, why_not
from sentrack_lib.sources.coded import coded, plain, rows_among, together
from sentrack_lib.sources.codes import known_year_group
from sentrack_lib.sources.scales import GRADED
from sentrack_lib.terms import Term

RELEVANT = 0.2
ALL, SESSIONS = "all", "share of sessions"
PLACE = ["year_group", "subject", "scale"]
QUESTION = ["family", *PLACE]
COLUMNS = [
    *QUESTION[:1], "group", *PLACE, "n", "mean", "sd", "low", "high", "n_rest", "mean_rest", "gap", "gap_low", "gap_high",
    "effect", "detectable", "q_value", "tested", "verdict", "why",
]  # fmt: skip


def attainment_and_absence(
    assessments: DataFrame, attendance: DataFrame, roll: DataFrame, groups: DataFrame, term: Term
) -> dict[str, DataFrame]:
    """`attainment`: what groups attain beside the others of the same year group, their latest actual marks of `term`, scale by
    scale. `absences`: the mean share of this year's sessions that they missed, each pupil counting once, for each year group and
    for the whole school (`year_group` all).

    `mean`, `sd` and the gap with its 95 % interval (Welch) are in points of the `scale`, plain; `effect` is the gap over
    the standard deviation within both, `detectable` likewise; `q_value` is over the groups of a family in one year group, subject
    and scale. Groups that start lower attain less: it is no judgement of the school. Groups under 5 show their number."""
    rows = coded({"marks": _marks(assessments, roll, term), "missed": _missed(attendance, roll)}, ["pupil_id", *PLACE])
    found = means(pd.concat(rows.values(), ignore_index=True), groups)
    of_sessions = found["scale"].eq(SESSIONS) & found["subject"].eq(ALL)
    tables = {"attainment": found[~of_sessions], "absences": found[of_sessions]}
    return {name: table.reset_index(drop=True) for name, table in tables.items()}


def _marks(assessments: DataFrame, roll: DataFrame, term: Term) -> DataFrame:
    """The latest actual mark of each pupil and subject."""
    of_term = assessments["term"].eq(str(term)) & assessments["kind"].eq("actual") & assessments["state"].eq(GRADED)
    marks = assessments.loc[of_term & assessments["points"].notna(), ["pupil_id", "subject", "scale", "points", "assessed_on"]]
    marks = marks.sort_values("assessed_on", kind="stable", na_position="first")
    marks = marks.drop_duplicates(["pupil_id", "subject"], keep="last").rename(columns={"points": "value"})
    return marks.drop(columns="assessed_on").assign(year_group=_year_of(marks, roll))


def _missed(attendance: DataFrame, roll: DataFrame) -> DataFrame:
    """The share of sessions each pupil missed, among the year group and among all."""
    missed = attendance[["pupil_id", "absence"]].rename(columns={"absence": "value"})
    missed = missed.assign(subject=ALL, scale=SESSIONS, year_group=_year_of(missed, roll))
    return pd.concat([missed.assign(year_group=ALL), missed], ignore_index=True)


def means(values: DataFrame, groups: DataFrame) -> DataFrame:
    """The mean `value` of each group beside the others of a `year_group`, `subject` and `scale`, as columns that
    `attainment_and_absence` explains."""
    rows = values.dropna(subset=["value", "year_group"])
    rows = rows.assign(cohort=together(*(rows[name] for name in PLACE)))
    # Squares about the cohort's mean: those of large points would drown small differences.
    rows = rows.assign(centre=rows.groupby("cohort")["value"].transform("mean"), drift=0.0)
    places = plain(rows.loc[~rows["cohort"].duplicated(), ["cohort", *PLACE, "centre"]], PLACE).set_index("cohort")
    table = cohort_sums(rows.assign(u=rows["value"] - rows["centre"]), groups)
    return _judged(_described(table.drop(columns="subject").join(places, on="cohort")))


def _year_of(values: DataFrame, roll: DataFrame) -> Series:
    """The year group of each row's pupil; missing where it is not known."""
    at = rows_among(values["pupil_id"], roll["pupil_id"])
    return Series(known_year_group(roll["year_group"]).array.take(at, allow_fill=True), values.index)


def _described(table: DataFrame) -> DataFrame:
    """Means, standard deviations and gaps, blank for groups too small to show."""
    some, rest = _moments(table, "", table["n"].ge(SHOWN)), _moments(table, "_rest", table["n_rest"].gt(0))
    gap = gap_of_means(some, rest)
    free = (some["n"] + rest["n"] - 2).where(lambda each: each.gt(0))
    squares = (some["n"] - 1) * some["variance"] + (rest["n"] - 1) * rest["variance"].fillna(0)
    within = (squares / free).pow(0.5).where(squares.gt(NO_SPREAD))
    shown = {"mean": some["mean"] + table["centre"], "mean_rest": (rest["mean"] + table["centre"]).where(some["mean"].notna())}
    own = mean_interval(some).add(table["centre"], axis=0)
    gaps = {"gap": gap["gap"], "gap_low": gap["low"], "gap_high": gap["high"], "p": gap["p"]}
    told = {
        "sd": np.sqrt(some["variance"]),
        "effect": gap["gap"] / within.where(within.gt(0)),
        "detectable": detectable(some["n"], rest["n"]),
    }
    return table.assign(**shown, **gaps, **told).join(own)


def _moments(table: DataFrame, side: str, shown: Series) -> DataFrame:
    n = table[f"n{side}"].where(shown).astype("float64")
    mean = table[f"total{side}"] / n
    variance = ((table[f"squares{side}"] - n * mean**2) / (n - 1).where(n.gt(1))).clip(lower=0)
    return DataFrame({"n": n, "mean": mean, "variance": variance})


def _judged(table: DataFrame) -> DataFrame:
    """q-values within each question, and the verdict in words."""
    large = table["n"].ge(TESTED) & table["n_rest"].ge(TESTED)
    question = Series(together(*(table[name] for name in QUESTION)), table.index)
    q = q_values(table["p"].where(large), [question])
    table = table.assign(q_value=q, tested=q.notna().groupby(question).transform("sum"), seen=NEW, gap_less_artefact=table["gap"])
    relevant = table["effect"].abs().ge(RELEVANT)
    verdict = in_words(table, relevant).str.removesuffix(f", {NEW}")
    table = table.assign(verdict=verdict, why=why_not(table, relevant)).astype({"tested": "int64"})
    return table.sort_values([*QUESTION, "group"], ignore_index=True)[COLUMNS]
