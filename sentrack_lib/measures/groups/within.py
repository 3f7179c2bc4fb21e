"""Pupils with SEN beside the other pupils of the same teaching group: does the gap lie inside classes, or between them?"""

from typing import Any

import numpy as np
import pandas as pd
from pandas import DataFrame, Series
from scipy import stats

from sentrack_lib.measures.groups.certainty import NO_SPREAD, TESTED, q_values
from sentrack_lib.measures.groups.comparisons import RELEVANT, Asked
from sentrack_lib.measures.groups.sums import MOSTLY
from sentrack_lib.measures.groups.verdicts import NEW, in_words, why_not
from sentrack_lib.sources.coded import numbered, places_among
from sentrack_lib.sources.codes import has_sen

WITHIN = "within classes"
FAMILY = "SEN within teaching groups"
COLUMNS = [
    "subject", "classes", "n", "n_rest", "gap", "artefact", "gap_less_artefact", "low", "high", "q_value", "tested", "verdict",
    "why",
]  # fmt: skip


def within_classes(outcomes: DataFrame, roll: DataFrame, teaching_groups: DataFrame) -> tuple[Asked, DataFrame]:
    """Growth of pupils with SEN beside the others of their own class: class by class, and over all classes of each subject.

    `outcomes` as from `outcomes`. The first is to be `compared`: there `group` is the class, `n` and `mean` are of its pupils
    with SEN, `n_rest` and `mean_rest` of the others in it; its intervals are of the mean of those with SEN. The second has
    one row a subject: the gap within classes, as a regression of growth on SEN with a term for every class gives it, less the
    artefact; 95 % interval. What is so of a whole class, teaching as well as setting, has no part in it. Pupils without a known
    status are left out."""
    rows = _in_classes(outcomes, roll, teaching_groups)
    mine = rows[rows["sen"]]
    groups = mine[["pupil_id", "subject"]].assign(family=FAMILY, group=mine["class"])
    return Asked(WITHIN, rows, groups), _over_classes(rows.dropna(subset=["u"]))


def _in_classes(outcomes: DataFrame, roll: DataFrame, teaching_groups: DataFrame) -> DataFrame:
    """Outcomes with the pupil's class of the subject and whether the pupil has SEN; one class a pupil, and it is the cohort."""
    sen = has_sen(roll["sen_status"])
    pupils, subjects = pd.Index(roll["pupil_id"].astype("str")[sen.notna()]), pd.Index(outcomes["subject"].unique()).astype("str")
    lessons = teaching_groups[["pupil_id", "subject", "teaching_group"]].dropna().drop_duplicates(["pupil_id", "subject"])
    # One number for a pupil and subject: to join by it takes a fifth of the time of joining by their names.
    taught, asked = (_meeting(rows, pupils, subjects) for rows in (lessons, outcomes))
    of_lesson = pd.Series(np.arange(len(lessons)), taught)[taught >= 0].reindex(asked[asked >= 0])
    rows = outcomes[asked >= 0][of_lesson.notna().to_numpy()]
    lesson = lessons["teaching_group"].array[of_lesson.dropna().to_numpy(dtype="int64")]
    mine = sen[sen.notna()].to_numpy(dtype=bool)[places_among(rows["pupil_id"], pupils)]
    (place, names), (subject, _) = numbered(Series(lesson)), numbered(rows["subject"])
    return rows.assign(**{"class": lesson, "sen": mine, "cohort": pd.factorize(subject * len(names) + place)[0]})


def _meeting(rows: DataFrame, pupils: pd.Index, subjects: pd.Index) -> np.ndarray:
    """The number of each row's pupil and subject; -1 where one of them is not asked for."""
    pupil, subject = places_among(rows["pupil_id"], pupils), places_among(rows["subject"], subjects)
    return np.where((pupil < 0) | (subject < 0), -1, pupil * len(subjects) + subject)


def _over_classes(rows: DataFrame) -> DataFrame:
    """The gap within classes, subject by subject: each class weighs n1 n0 / (n1 + n0)."""
    sums = _cells(rows).groupby("subject").sum().reset_index()
    weight, free = sums["weight"].where(sums["weight"].gt(0)), (sums["free"] - 1).where(sums["free"].gt(1))
    gap = sums["gap"] / weight
    artefact = (sums["artefact"] / weight).where(sums["sure"] >= MOSTLY * (sums["n"] + sums["n_rest"]))
    # What the classes leave unexplained, less what the gap itself explains.
    variance = ((sums["left"] - gap**2 * weight) / free).where(lambda each: each.gt(NO_SPREAD))
    error, less = np.sqrt(variance / weight), gap - artefact
    spread = Series(stats.t.ppf(0.975, free), index=sums.index) * error
    p = Series(2 * stats.t.sf(np.minimum((gap / error).abs(), (less / error).abs()), free), index=sums.index)
    table = sums.assign(gap=gap, artefact=artefact, gap_less_artefact=less, low=less - spread, high=less + spread)
    return _judged(table.astype({"n": "int64", "n_rest": "int64", "classes": "int64"}), p)


def _judged(table: DataFrame, p: Series) -> DataFrame:
    """q-values over the subjects, and the verdict."""
    large = table["n"].ge(TESTED) & table["n_rest"].ge(TESTED)
    table = table.assign(q_value=q_values(p.where(large), [Series(FAMILY, index=table.index)]), seen=NEW)
    relevant = table["gap_less_artefact"].abs().ge(RELEVANT) & np.sign(table["gap_less_artefact"]).eq(np.sign(table["gap"]))
    verdict = in_words(table, relevant).str.removesuffix(f", {NEW}")
    tested = int(table["q_value"].notna().sum())
    return table.assign(verdict=verdict, why=why_not(table, relevant), tested=tested)[COLUMNS]


def _cells(rows: DataFrame) -> DataFrame:
    """For each class its weight, weighted gap and artefact; `left`, squares about its mean; `free`, its degrees of freedom."""
    mine, u, drift = rows["sen"].astype("float64"), rows["u"], rows["drift"]
    values: dict[str, Any] = {
        "mine": mine,
        "u": u,
        "u_mine": u * mine,
        "drift": drift,
        "drift_mine": drift * mine,
        "squares": u**2,
    }
    values |= {"sure": drift.notna().astype("int64"), "all": 1}
    cells = DataFrame(values).groupby(rows["cohort"], sort=False).sum()
    subject = rows.drop_duplicates("cohort").set_index("cohort")["subject"].astype("str")
    n, rest = cells["mine"], cells["all"] - cells["mine"]
    both = n.gt(0) & rest.gt(0)
    weight = (n * rest / cells["all"]).where(both, 0)

    def gap(of: str) -> Series:
        return (cells[f"{of}_mine"] / n.where(both) - (cells[of] - cells[f"{of}_mine"]) / rest.where(both)).fillna(0) * weight

    told = {"weight": weight, "gap": gap("u"), "artefact": gap("drift"), "classes": both.astype("int64")}
    squares = (cells["squares"] - cells["u"] ** 2 / cells["all"]).where(both, 0)
    whole = {"n": n.where(both, 0), "n_rest": rest.where(both, 0), "left": squares, "free": (cells["all"] - 1).where(both, 0)}
    whole["sure"] = cells["sure"].where(both, 0)
    return DataFrame({"subject": subject, **told, **whole})
