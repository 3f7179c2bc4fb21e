"""Plain means: exactly those that a published study would report."""

import numpy as np
import pandas as pd
import pytest
from pandas import DataFrame
from scipy import stats

from sentrack_lib.measures.groups.means import COLUMNS, attainment_and_absence
from sentrack_lib.terms import Term

TERM = Term.named("2025-26-summer")
NO_MARKS = DataFrame(columns=["term", "kind", "state", "points", "pupil_id", "subject", "scale", "assessed_on"])


def attainment(marks: DataFrame, roll: DataFrame, groups: DataFrame, term: Term) -> DataFrame:
    """What is said of attainment where nothing is known of absence."""
    nobody = DataFrame({"pupil_id": pd.array([], dtype="str"), "absence": np.array([], dtype=float)})
    return attainment_and_absence(marks, nobody, roll, groups, term)["attainment"]


def absence(attendance: DataFrame, roll: DataFrame, groups: DataFrame) -> DataFrame:
    """What is said of absence where there are no marks."""
    return attainment_and_absence(NO_MARKS, attendance, roll, groups, TERM)["absences"]


@pytest.fixture(scope="module")
def school() -> tuple[DataFrame, DataFrame, DataFrame]:
    rng = np.random.default_rng(6)
    ids = [f"P{each:03d}" for each in range(120)]
    roll = DataFrame({"pupil_id": ids, "year_group": np.repeat(["7", "8"], 60)})
    alike = {"term": str(TERM), "kind": "actual", "scale": "percentage", "state": "graded", "assessed_on": pd.NaT}
    drawn = {"pupil_id": ids * 2, "subject": np.repeat(["Art", "Maths"], 120), "points": rng.normal(500, 30, 240).round()}
    marks = DataFrame(drawn).assign(**alike)
    groups = DataFrame({"pupil_id": ids, "family": "gender", "group": np.tile(["Boys", "Girls", "Girls"], 40), "subject": None})
    return marks, roll, groups.astype("str").assign(subject=pd.array([None] * 120, dtype="str"))


def test_means_and_gaps_are_exactly_the_plain_ones(school):
    marks, roll, groups = school
    found = attainment(*school, TERM).set_index(["group", "year_group", "subject"])
    rows = marks.merge(roll).merge(groups[["pupil_id", "group"]])
    for (year, subject), here in rows.groupby(["year_group", "subject"]):
        boys, girls = (here.loc[here["group"].eq(name), "points"] for name in ("Boys", "Girls"))
        row = found.loc[("Boys", year, subject)]
        assert (row["n"], row["n_rest"]) == (len(boys), len(girls))
        assert row[["mean", "sd", "mean_rest"]].to_list() == pytest.approx([boys.mean(), boys.std(), girls.mean()], abs=1e-9)
        test = stats.ttest_ind(boys, girls, equal_var=False)
        assert row[["gap_low", "gap_high"]].to_list() == pytest.approx([*test.confidence_interval()], abs=1e-9)
        both = np.sqrt((boys.var() * (len(boys) - 1) + girls.var() * (len(girls) - 1)) / (len(here) - 2))
        assert row["effect"] == pytest.approx((boys.mean() - girls.mean()) / both, abs=1e-9)
        low, high = stats.t.interval(0.95, len(boys) - 1, boys.mean(), stats.sem(boys))
        assert row[["low", "high"]].to_list() == pytest.approx([low, high], abs=1e-9)


def test_only_the_latest_actual_mark_that_has_points_counts(school):
    marks, roll, groups = school
    extra = marks.head(2).assign(points=[1000.0, 5.0], assessed_on=pd.Timestamp("2026-06-01"), kind=["actual", "target"])
    ungraded = marks.iloc[[2]].assign(state="absent", points=np.nan, assessed_on=pd.Timestamp("2026-06-02"))
    found = attainment(pd.concat([extra, marks, ungraded]), roll, groups, TERM)
    one = found[found["group"].eq("Boys") & found["subject"].eq("Art") & found["year_group"].eq("7")]
    plain = marks.head(60)["points"].copy()
    plain.iloc[0] = 1000.0
    assert one["mean"].item() == pytest.approx(plain[groups["group"].head(60).eq("Boys")].mean(), abs=1e-9)


def test_absence_is_compared_in_the_whole_school_and_in_each_year_group(school):
    _, roll, groups = school
    missed = np.random.default_rng(1).random(120) / 5
    found = absence(DataFrame({"pupil_id": roll["pupil_id"], "absence": missed}), roll, groups).set_index(["group", "year_group"])
    boys = groups["group"].eq("Boys").to_numpy()
    assert found.loc[("Boys", "all"), "mean"] == pytest.approx(missed[boys].mean(), abs=1e-9)
    assert found.loc[("Girls", "8"), "mean"] == pytest.approx(missed[60:][~boys[60:]].mean(), abs=1e-9)
    assert found.loc[("Girls", "8"), "scale"] == "share of sessions"


@pytest.mark.filterwarnings("error")
def test_odd_tables_have_their_sentence(school):
    marks, roll, groups = school
    alike = attainment(marks.assign(points=3.0), roll, groups, TERM)
    assert set(alike["why"]) == {"All figures are alike, so there is nothing to test."}
    assert set(attainment(marks, roll, groups.assign(group="Boys"), TERM)["why"]) == {
        "Everyone with a figure is in this group, so there is nobody to compare with."
    }
    few = attainment(marks[marks["pupil_id"].isin(roll["pupil_id"].head(8))], roll, groups, TERM)
    assert few.loc[few["n"].lt(5), "mean"].isna().all() and set(few["verdict"]) == {"too few to say"}
    assert list(attainment(marks.iloc[:0], roll, groups, TERM)) == COLUMNS


@pytest.mark.parametrize("known", [240, 0])
def test_neither_changes_what_is_said_of_the_other(school, known):
    marks, roll, groups = school
    missed = DataFrame({"pupil_id": roll["pupil_id"], "absence": np.random.default_rng(2).random(120) / 5})
    found = attainment_and_absence(marks.head(known), missed, roll, groups, TERM)
    alone = {"attainment": attainment(marks.head(known), roll, groups, TERM), "absences": absence(missed, roll, groups)}
    for name, table in alone.items():
        pd.testing.assert_frame_equal(found[name], table, check_dtype=False, rtol=1e-12)
    assert len(alone["absences"]) and bool(len(alone["attainment"])) == bool(known)
