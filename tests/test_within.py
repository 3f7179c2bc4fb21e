"""Inside classes and beside the pupil's own average: is it the class, the subject, or the pupil?"""

import tracemalloc

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from pandas import DataFrame

from sentrack_lib.measures.groups.comparisons import compare_own, compared
from sentrack_lib.measures.groups.outcomes import beside_own, outcomes
from sentrack_lib.measures.groups.within import COLUMNS, within_classes


def drawn(pupils: int = 240, seed: int = 4, gap: float = 0.0, rho: float = 0.8) -> tuple[DataFrame, DataFrame, DataFrame]:
    """Progress in Art and Maths, a roll, and classes of about 30; classes differ, and pupils with SEN sit in the weaker ones."""
    rng = np.random.default_rng(seed)
    ids, room = [f"P{each:03d}" for each in range(pupils)], np.arange(pupils) // 30
    sen = rng.random(pupils) < 0.1 + 0.05 * room
    roll = DataFrame({"pupil_id": ids, "sen_status": np.where(sen, "K", "N")})
    parts, lessons = [], []
    for subject in ("Art", "Maths"):
        start = rng.normal(size=pupils) - 0.3 * sen
        u = rng.normal(size=pupils) - 0.3 * room + gap * sen
        numbers = {"start": start, "points": start + rng.normal(size=pupils), "expected": 0.5 * start, "scaled_residual": u}
        parts.append(DataFrame({"pupil_id": ids, "subject": subject, **numbers, "cohort": f"8/{subject}", "rho_start": rho}))
        lessons.append(DataFrame({"pupil_id": ids, "subject": subject, "teaching_group": [f"{subject}{each}" for each in room]}))
    return pd.concat(parts, ignore_index=True), roll, pd.concat(lessons, ignore_index=True)


def classes_of(**how) -> tuple[DataFrame, DataFrame]:
    progress, roll, lessons = drawn(**how)
    return within_classes(outcomes(progress), roll, lessons)


def test_the_gap_within_classes_is_that_of_a_regression_with_a_term_for_every_class():
    progress, roll, lessons = drawn()
    found = within_classes(outcomes(progress), roll, lessons)[1].set_index("subject")
    rows = outcomes(progress).merge(roll).merge(lessons, on=["pupil_id", "subject"])
    for subject in ("Art", "Maths"):
        mine = rows[rows["subject"].eq(subject)].assign(sen=lambda each: each["sen_status"].eq("K").astype(float))
        raw = smf.ols("u ~ sen + C(teaching_group)", mine).fit()
        drift = smf.ols("drift ~ sen + C(teaching_group)", mine).fit()
        assert found.loc[subject, "gap"] == pytest.approx(raw.params["sen"], abs=1e-9)
        assert found.loc[subject, "artefact"] == pytest.approx(drift.params["sen"], abs=1e-9)
        low, high = raw.conf_int().loc["sen"] - drift.params["sen"]
        assert found.loc[subject, ["low", "high"]].to_list() == pytest.approx([low, high], abs=1e-9)


def test_what_is_so_of_whole_classes_has_no_part_in_it():
    progress, roll, lessons = drawn(rho=1.0)
    lower = progress.merge(lessons, on=["pupil_id", "subject"])["teaching_group"].isin(["Art1", "Art3", "Maths6"]).to_numpy()
    shifted = progress.assign(scaled_residual=progress["scaled_residual"] - 2 * lower)
    one, other = (within_classes(outcomes(each), roll, lessons)[1] for each in (progress, shifted))
    pd.testing.assert_frame_equal(one, other, rtol=1e-9)


def test_a_gap_inside_classes_is_found_and_none_is_found_where_there_is_none():
    found = classes_of(gap=-1.0, rho=1.0)[1]
    assert set(found["verdict"]) == {"clear difference: lower"}
    assert set(classes_of(rho=1.0)[1]["verdict"]) == {"no evidence of a difference"}


def test_class_by_class_pupils_with_sen_stand_beside_the_others_of_their_class():
    progress, roll, lessons = drawn()
    by_class = compared([within_classes(outcomes(progress), roll, lessons)[0]]).set_index(["subject", "group"])
    rows = progress.merge(roll).merge(lessons, on=["pupil_id", "subject"])
    for (subject, group), here in rows.groupby(["subject", "teaching_group"]):
        mine = here[here["sen_status"].eq("K")]["scaled_residual"]
        row = by_class.loc[(subject, group)]
        assert (row["n"], row["n_rest"]) == (len(mine), len(here) - len(mine))
        if len(mine) >= 5:
            assert row["mean"] == pytest.approx(mine.mean(), abs=1e-9)
            assert row["mean_rest"] == pytest.approx(here[here["sen_status"].eq("N")]["scaled_residual"].mean(), abs=1e-9)
        if len(mine) < 10:
            assert row["verdict"] == "too few to say"


def test_without_the_reliability_of_the_start_nothing_is_clear():
    found = classes_of(gap=-2.0, rho=np.nan)[1]
    assert found["artefact"].isna().all() and not found["verdict"].str.startswith("clear").any()


@pytest.mark.parametrize("change", [lambda roll: roll.assign(sen_status="N"), lambda roll: roll.assign(sen_status="K"),
                                    lambda roll: roll.assign(sen_status=None), lambda roll: roll.iloc[:0]])  # fmt: skip
@pytest.mark.filterwarnings("error")
def test_where_all_or_none_have_sen_nothing_is_compared(change):
    progress, roll, lessons = drawn()
    over = within_classes(outcomes(progress), change(roll), lessons)[1]
    assert list(over) == COLUMNS and not over["verdict"].str.startswith("clear").any()


# --- beside the pupil's own average ---------------------------------------------------------------


def four_subjects(u: np.ndarray) -> DataFrame:
    """Growth of pupils (rows) in Art, English, Maths and Science, all from one start."""
    subjects = ["Art", "English", "Maths", "Science"]
    ids = [f"P{each:03d}" for each in range(len(u))]
    rows = DataFrame({"pupil_id": np.repeat(ids, 4), "subject": subjects * len(u), "scaled_residual": u.ravel()})
    start = np.repeat(np.resize([-1.0, 1.0], len(u)), 4)
    return rows.assign(start=start, points=start, expected=start - 0.5, rho_start=1.0, cohort="8/" + rows["subject"])


def test_growth_beside_the_own_average_is_by_hand():
    found = beside_own(outcomes(four_subjects(np.array([[1.0, 2.0, 3.0, 6.0]]))))
    assert found["u"].to_list() == pytest.approx([1 - 11 / 3, 2 - 10 / 3, 3 - 3, 6 - 2])


def test_with_fewer_than_three_other_subjects_there_is_no_own_average():
    assert beside_own(outcomes(four_subjects(np.array([[1.0, 2.0, 3.0, np.nan]])))).empty


def test_a_class_out_of_line_is_told_from_a_class_of_pupils_who_are():
    rng = np.random.default_rng(0)
    u = rng.normal(size=(90, 4))
    u[:30] -= 1.2  # pupils who grow less in every subject
    u[30:60, 2] -= 1.5  # a class that grows less in Maths alone
    groups = DataFrame({"pupil_id": [f"P{each:03d}" for each in range(90)], "family": "teaching group", "subject": "Maths",
                        "group": np.repeat(["slow pupils", "slow class", "others"], 30)})  # fmt: skip
    found = compare_own(four_subjects(u), groups).set_index("group")
    assert set(found["family"]) == {"teaching group beside own average"}
    assert found.loc["slow class", "verdict"] == "clear difference: lower, new"
    assert not found.loc["slow pupils", "verdict"].startswith("clear difference: lower")


def test_the_memory_for_all_classes_grows_with_the_pupils_and_not_with_their_square():
    few, many = 4_000, 32_000
    assert memory_for(many) / memory_for(few) < 1.5 * many / few


def memory_for(pupils: int) -> int:
    """The bytes held at most while classes of so many pupils are compared; what they are made of is not counted."""
    asked, _ = classes_of(pupils=pupils)
    tracemalloc.start()
    compared([asked])
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return most
