"""Did a provision work? By hand, beside statsmodels and scipy, and every condition that fails says so in a sentence."""

from datetime import date
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas import DataFrame
from scipy import stats

from sentrack_lib.errors import BadInput
from sentrack_lib.measures.impact import draw_places, impact_tables, standing
from sentrack_lib.measures.impact.estimates import adjusted, banded, by_shuffling, of_change
from sentrack_lib.measures.impact.months import months
from sentrack_lib.terms import Term
from sentrack_lib.views import figures, findings, tables
from sentrack_lib.views.forms.lots import NO_PROVISION, Lots, Wanted
from sentrack_lib.views.papers import Papers
from sentrack_lib.views.parts import Figure, Sentences, Unseen

TERM = Term.named("2025-26-summer")
TERMS = ["2024-25-spring", "2024-25-summer", "2025-26-autumn", "2025-26-summer"]
EARLIER, BEFORE, _, NOW = TERMS
PUPILS, TREATED = 60, 12


def ids(count: int, first: int = 0) -> list[str]:
    return [f"T{place:03d}" for place in range(first, first + count)]


def grades(effect: float = 0.0, seed: int = 1, treated: int = TREATED, scale: str = "standardised") -> DataFrame:
    """Grades of 60 pupils of Year 8 in Maths at three terms: what they know, and noise; the first `treated` gain more."""
    rng = np.random.default_rng(seed)
    knows = rng.normal(100, 13, PUPILS)
    rows = {term: knows + rng.normal(0, 5, PUPILS) for term in (EARLIER, BEFORE, NOW)}
    rows[NOW][:treated] += effect
    wide = DataFrame(rows, index=pd.Index(ids(PUPILS), name="pupil_id"))
    long = wide.reset_index().melt("pupil_id", var_name="term", value_name="points")
    return long.assign(subject="Maths", scale=scale)


def school(points: DataFrame, **changed: DataFrame) -> dict[str, DataFrame]:
    roll = DataFrame({"pupil_id": ids(PUPILS), "year_group": "8", "surname": "Oak", "forename": ids(PUPILS), "form": "8A",
                      "sen_status": "K", "sen_need": "MLD"})  # fmt: skip
    held = {
        "roll": roll, "points_by_term": points,
        "teaching_groups": DataFrame(columns=["pupil_id", "subject", "teaching_group", "teacher"]),
        "adults": DataFrame({"name": ["Ada Stub"], "role": ["teaching assistant"]}),
        "provision_map": DataFrame({"provision_id": ["P1"], "cost_a_pupil": [50.0]}),
    }  # fmt: skip
    return held | changed


def given_to(treated: int = TREATED, first: int = 0, **cells: object) -> dict[str, DataFrame]:
    """One provision of Maths since autumn, recorded in two terms, for the first pupils."""
    of_all = {"term": "2025-26-autumn", "provision_id": "P1"}
    about = {"name": "Number steps", "subject": "Maths", "wave": "targeted", "area_of_need": "Cognition and learning",
             "strategy": "Counters", "staff": "Teaching assistant", "chosen_by": "test", "start": "2025-09-10"}  # fmt: skip
    rows = DataFrame(
        {**of_all, "pupil_id": ids(treated, first), "start": "2025-09-10", "sessions_planned": 20.0, "sessions_attended": 15.0}
    )
    again = rows.assign(term=NOW, start="2026-04-20")
    return {
        "provisions": DataFrame([{**of_all, **about, **cells}]),
        "provision_pupils": pd.concat([rows, again], ignore_index=True),
    }


def told(points: DataFrame | None = None, records: dict | None = None, **changed: DataFrame) -> dict[str, DataFrame]:
    return impact_tables(
        school(grades() if points is None else points, **changed), given_to() if records is None else records, TERM
    )


def row(found: dict[str, DataFrame], provision: str = "P1") -> pd.Series:
    return found["impact"].set_index("provision_id").loc[provision]


def unknown(found: pd.Series) -> bool:
    """No effect, no months, no price, and no verdict."""
    numbers = ["effect", "low", "high", "months", "months_low", "months_high", "change", "p", "q_value", "cost_low", "cost_high"]
    return found[numbers].isna().all() and found["verdict"] == "cannot tell"


# --- the two estimates, beside other people's ------------------------------------------------------


@pytest.mark.parametrize("beside", [1, 3])
def test_the_effect_at_equal_start_is_that_of_statsmodels_with_hc3(beside):
    rng = np.random.default_rng(beside)
    treated, others = np.arange(40) < 13, rng.normal(size=(40, beside))
    y = rng.normal(size=40) + others[:, 0] + 0.4 * treated
    theirs = sm.OLS(y, sm.add_constant(np.column_stack([treated, others]))).fit(cov_type="HC3", use_t=True)
    ours = adjusted(y, treated, others)
    expected = [theirs.params[1], *theirs.conf_int()[1], theirs.pvalues[1]]
    assert list(ours) == pytest.approx(expected, abs=1e-9)


def test_the_change_since_the_earlier_baseline_is_welchs():
    change = np.random.default_rng(3).normal(size=30) * np.repeat([1.0, 3.0], [9, 21])
    treated = np.arange(30) < 9
    theirs = stats.ttest_ind(change[treated], change[~treated], equal_var=False)
    between = theirs.confidence_interval()
    gap = change[treated].mean() - change[~treated].mean()
    assert list(of_change(change, treated)) == pytest.approx([gap, between.low, between.high, theirs.pvalue], abs=1e-9)


def test_an_effect_that_other_columns_describe_wholly_cannot_be_told():
    treated = np.arange(20) < 8
    assert np.isnan(adjusted(np.arange(20.0), treated, treated[:, None].astype(float))).all()


def test_by_shuffling_an_effect_that_is_none_is_often_seen_and_a_large_one_never():
    rng = np.random.default_rng(5)
    start, treated = rng.normal(size=50), np.arange(50) % 5 == 0
    bands, y = banded(start, 5), start + rng.normal(0, 0.5, 50)
    assert by_shuffling(y, treated, start[:, None], bands, 1) > 0.05
    assert by_shuffling(y + 3 * treated, treated, start[:, None], bands, 1) == pytest.approx(1 / 2001)
    assert by_shuffling(y, treated, start[:, None], bands, 1) == by_shuffling(y, treated, start[:, None], bands, 1)


def test_shuffling_agrees_with_the_exact_test_where_all_ways_can_be_counted():
    y, treated = np.array([1.0, 2.0, 3.0, 4.0, 5.0, 9.0]), np.array([0, 0, 0, 0, 1, 1], dtype=bool)
    # Of the 15 pairs only 5 and 9 (mean 7) lie as far from the mean of all, 4, as these; the pair 1 and 2 does not.
    assert by_shuffling(y, treated, np.zeros((6, 0)), np.zeros(6, dtype=int), 7) == pytest.approx(1 / 15, abs=0.02)


def test_months_are_those_of_the_eef_table_at_its_edges():
    sizes = pd.Series([0.0, 0.019, 0.014, 0.02, 0.094, 0.096, 0.18, 0.19, 0.95, 0.96, 3.0, -0.27, np.nan])
    assert months(sizes).tolist()[:-1] == [0, 1, 0, 1, 1, 2, 2, 3, 11, 12, 12, -4] and months(sizes).isna().iloc[-1]


# --- one provision ---------------------------------------------------------------------------------


def test_the_row_of_a_provision_is_worked_out_as_by_hand():
    points = grades(8.0)
    found = row(told(points))
    wide = points.pivot(index="pupil_id", columns="term", values="points")
    treated = np.arange(PUPILS) < TREATED
    rest = wide[~treated]
    sd = rest[NOW].std(ddof=1)
    line = np.polyfit(rest[BEFORE], rest[NOW], 1)
    by_statsmodels = sm.OLS(wide[NOW] / sd, sm.add_constant(np.column_stack([treated, wide[BEFORE]]))).fit(
        cov_type="HC3", use_t=True
    )
    change = (wide[NOW] - wide[EARLIER]) / sd
    welch = stats.ttest_ind(change[treated], change[~treated], equal_var=False)
    ends = [*by_statsmodels.conf_int().loc["x1"], *welch.confidence_interval()]
    assert (found["n"], found["comparators"], found["offered"]) == (TREATED, PUPILS - TREATED, TREATED)
    assert found["raw_gain"] == pytest.approx((wide[NOW] - wide[BEFORE])[treated].mean(), abs=1e-9)
    start = wide[BEFORE][treated].mean()
    assert found["expected_gain"] == pytest.approx(np.polyval(line, start) - start, abs=1e-9)
    assert found["effect"] == pytest.approx(by_statsmodels.params["x1"], abs=1e-9)
    assert found[["low", "high"]].tolist() == pytest.approx([min(ends[0], ends[2]), max(ends[1], ends[3])], abs=1e-9)
    shown = max(by_statsmodels.pvalues["x1"], welch.pvalue, found["permutation_p"])
    assert found["p"] == pytest.approx(shown, abs=1e-9) == pytest.approx(found["q_value"], abs=1e-9)
    r2 = np.corrcoef(rest[BEFORE], rest[NOW])[0, 1] ** 2
    size = stats.t.ppf(0.975, PUPILS - 2) + stats.t.ppf(0.8, PUPILS - 2)
    assert found["detectable"] == pytest.approx(size * np.sqrt((1 - r2) * (1 / TREATED + 1 / (PUPILS - TREATED))), abs=1e-9)
    assert (found["earlier"], found["before"], found["began"]) == (EARLIER, BEFORE, "2025-26-autumn")


def test_a_large_effect_is_a_benefit_with_months_and_a_price_between_both_ends():
    found = row(told(grades(12.0)))
    assert found["verdict"] == "benefit" and found["rung"] == 4 and found["low"] > 0
    assert 0 < found["months_low"] <= found["months"] <= found["months_high"]
    # Two terms were recorded, each at 50 pounds.
    assert found["cost_per_pupil"] == 100
    assert [found["cost_low"], found["cost_high"]] == pytest.approx([10 / found["high"], 10 / found["low"]], abs=0.01)


def test_a_large_loss_is_harm_and_has_no_price_for_progress():
    found = row(told(grades(-12.0)))
    assert found["verdict"] == "harm" and found["high"] < 0 and found[["cost_low", "cost_high"]].isna().all()


def test_where_nothing_is_seen_it_cannot_be_told_and_says_from_what_size_it_could():
    found = row(told(grades(0.0, seed=2)))
    assert (
        found["verdict"] == "cannot tell" and found["low"] < 0 < found["high"] and f"{found['detectable']:.2f} SD" in found["why"]
    )
    assert found[["cost_low", "cost_high"]].isna().all() and found["cost_per_pupil"] == 100


def test_sessions_are_of_everyone_who_was_offered_it_and_the_share_with_most_is_a_description():
    records = given_to()
    records["provision_pupils"].loc[0, "sessions_attended"] = 20.0
    records["provision_pupils"].loc[12, "sessions_attended"] = 20.0
    found = row(told(records=records))
    assert (found["planned"], found["attended"]) == (TREATED * 40, TREATED * 30 + 10)
    assert found["mostly_there"] == pytest.approx(1 / TREATED) and found["attended_share"] == pytest.approx(370 / 480)


def test_sessions_are_counted_from_the_register_where_no_list_gives_them():
    records = given_to()
    records["provision_pupils"]["sessions_attended"] = np.nan
    days = DataFrame(
        {"term": NOW, "provision_id": "P1", "pupil_id": "T000", "on": ["2026-05-04", "2026-05-05"], "attended": ["Y", "N"]}
    )
    found = row(told(records=records | {"provision_sessions": days}))
    assert (found["planned"], found["attended"]) == (40, 1)


def test_a_pupils_first_start_counts_however_often_the_provision_is_recorded():
    records = given_to()
    assert row(told(records=records))["began"] == "2025-26-autumn"
    only = {**records, "provision_pupils": records["provision_pupils"].query("term == @NOW")}
    assert row(told(records=only))["began"] == NOW


def test_those_who_began_in_another_term_are_neither_counted_nor_compared_with():
    records = given_to()
    late = DataFrame({"term": NOW, "provision_id": "P1", "pupil_id": ids(3, TREATED), "start": "2026-04-20"})
    found = told(records=records | {"provision_pupils": pd.concat([records["provision_pupils"], late])})
    assert (row(found)["offered"], row(found)["n"], row(found)["comparators"]) == (15, 12, 45)
    pupils = found["impact_pupils"]
    assert set(pupils.loc[~pupils["counted"], "pupil_id"]) == set(ids(3, TREATED))


def test_pupils_of_another_provision_are_not_compared_with():
    records = given_to()
    other = records["provision_pupils"].assign(provision_id="P2", pupil_id=ids(12, 20) * 2)
    more = {"provisions": pd.concat([records["provisions"], records["provisions"].assign(provision_id="P2", name="Spelling")]),
            "provision_pupils": pd.concat([records["provision_pupils"], other])}  # fmt: skip
    found = told(records=more)
    assert row(found)["comparators"] == PUPILS - 24 and row(found)["beside"] == ""
    assert found["impact"]["q_value"].tolist() == pytest.approx(stats.false_discovery_control(found["impact"]["p"]).tolist())


def test_the_pupils_compared_are_listed_with_their_scores():
    points = grades()
    pupils = told(points)["impact_pupils"].set_index("pupil_id")
    assert pupils["side"].value_counts().to_dict() == {"comparator": 48, "treated": 12}
    wide = points.pivot(index="pupil_id", columns="term", values="points")
    for name, term in (("p0", EARLIER), ("p1", BEFORE), ("y", NOW)):
        assert pupils[name].to_dict() == pytest.approx(wide[term].to_dict())
    assert pupils.loc["T000", ["attended", "planned"]].tolist() == [30, 40] and pd.isna(pupils.loc["T030", "planned"])


# --- conditions that fail --------------------------------------------------------------------------


def test_a_provision_for_everyone_leaves_nobody_to_compare_with():
    found = row(told(records=given_to(wave="Universal")))
    assert unknown(found) and "for everyone" in found["why"]


def test_a_provision_of_which_nobody_wrote_down_the_pupils_says_so():
    found = row(told(records={"provisions": given_to()["provisions"]}))
    assert unknown(found) and found["why"] == "Who takes part is not recorded." and found["rung"] == 0


def test_without_a_day_it_cannot_be_said_which_grades_come_before():
    records = given_to(start=None)
    records["provision_pupils"] = records["provision_pupils"].assign(start=None)
    found = row(told(records=records))
    assert unknown(found) and "On which day it began" in found["why"] and found["offered"] == TREATED


def test_without_an_earlier_baseline_the_third_rung_is_reached_and_no_number_told():
    found = row(told(grades().query("term != @EARLIER")))
    assert unknown(found) and "no earlier baseline" in found["why"] and found["rung"] == 3


def test_without_a_grade_from_before_there_is_entry_and_exit_at_the_most():
    found = row(told(grades().query("term == @NOW")))
    assert unknown(found) and "no grades of its pupils from before" in found["why"] and found["rung"] == 0
    rated = given_to()
    rated["provision_pupils"] = rated["provision_pupils"].assign(rating="good")
    assert row(told(grades().query("term == @NOW"), rated))["rung"] == 1
    scored = {**rated, "provision_pupils": rated["provision_pupils"].assign(baseline="85", outcome="90")}
    found = row(told(grades().query("term == @NOW"), scored))
    assert (found["rung"], found["scored"], found["score_gain"], found["rated_good"]) == (2, 12, 5.0, 12) and unknown(found)


def test_fewer_than_eight_pupils_are_described_with_what_was_to_be_expected():
    found = row(told(records=given_to(7)))
    assert unknown(found) and "7 pupils have grades" in found["why"] and (found["rung"], found["n"]) == (2, 7)
    assert np.isfinite([found["raw_gain"], found["expected_gain"]]).all()


def test_where_there_are_not_two_comparators_for_each_the_chosen_are_unlike_everyone_else():
    found = row(told(records=given_to(21)))
    assert unknown(found) and "The chosen pupils are unlike everyone else here." in found["why"]


def test_where_nobody_started_alike_the_chosen_are_unlike_everyone_else():
    points = grades()
    points.loc[points["pupil_id"].isin(ids(TREATED)), "points"] -= 200
    found = row(told(points))
    assert unknown(found) and "unlike everyone else" in found["why"] and found["alike"] == 0


def test_grades_on_another_scale_than_before_are_never_subtracted():
    points = grades()
    points.loc[points["term"].eq(NOW), "scale"] = "gcse_9_1"
    assert unknown(row(told(points))) and "on one scale" in row(told(points))["why"]


def test_without_a_subject_the_mean_over_subjects_is_followed_and_only_on_one_scale():
    records = given_to(subject=None)
    both = pd.concat([grades(12.0), grades(12.0, seed=4).assign(subject="English")])
    assert row(told(both, records))["verdict"] == "benefit"
    mixed = both.assign(scale=both["subject"].map({"Maths": "standardised", "English": "nc_level"}))
    assert unknown(row(told(mixed, records))) and "several scales" in row(told(mixed, records))["why"]


def test_who_gives_it_and_judges_it_caps_the_verdict():
    taught = DataFrame({"pupil_id": ids(PUPILS), "subject": "Maths", "teaching_group": "8/Ma1", "teacher": "Ben Sample"})
    points, records = grades(12.0, scale="nc_level"), given_to(staff="Ben Sample")
    found = row(told(points, records, teaching_groups=taught))
    assert found["verdict"] == "cannot tell" and "not independent" in found["why"] and pd.isna(found["cost_low"])
    assert row(told(points, given_to(staff="Cai Mockup"), teaching_groups=taught))["verdict"] == "benefit"
    assert (
        row(told(grades(12.0), records, teaching_groups=taught))["verdict"] == "benefit"
    )  # a standardised test is nobody's opinion
    assert row(told(points, given_to(staff="Class teachers")))["verdict"] == "cannot tell"


def test_where_whole_classes_got_it_their_teachers_did_too():
    def taught(own: list[str]) -> DataFrame:
        return DataFrame({"pupil_id": ids(PUPILS), "subject": "Maths", "teaching_group": own, "teacher": "Ben Sample"})

    apart = taught(["8/Ma1"] * TREATED + ["8/Ma2"] * (PUPILS - TREATED))
    found = row(told(grades(12.0), teaching_groups=apart))
    assert found["verdict"] == "cannot tell" and "Whole classes got it" in found["why"] and found["low"] > 0
    mixed = taught(["8/Ma1", "8/Ma2"] * (PUPILS // 2))
    assert row(told(grades(12.0), teaching_groups=mixed))["verdict"] == "benefit"


def test_two_provisions_that_the_same_pupils_share_are_named_and_not_split():
    records = given_to()
    both = {name: pd.concat([rows, rows.assign(provision_id="P2")]) for name, rows in records.items()}
    both["provisions"] = both["provisions"].assign(name=["Number steps", "Spelling"])
    found = told(grades(12.0), both)
    assert all(unknown(row(found, each)) for each in ("P1", "P2"))
    assert "All its pupils are in Spelling too" in row(found)["why"] and "Number steps" in row(found, "P2")["why"]


def test_where_some_are_in_one_alone_both_are_told_by_one_regression():
    records = given_to(16)
    other = records["provision_pupils"].assign(provision_id="P2", pupil_id=ids(16, 8) * 2)
    both = {"provisions": pd.concat([records["provisions"], records["provisions"].assign(provision_id="P2", name="Spelling")]),
            "provision_pupils": pd.concat([records["provision_pupils"], other])}  # fmt: skip
    points = grades(0.0)
    points.loc[points["term"].eq(NOW) & points["pupil_id"].isin(ids(16)), "points"] += 15
    found = told(points, both)
    wide = points.pivot(index="pupil_id", columns="term", values="points")
    one, two = np.arange(PUPILS) < 16, (np.arange(PUPILS) >= 8) & (np.arange(PUPILS) < 24)
    theirs = sm.OLS(wide[NOW], sm.add_constant(np.column_stack([one, wide[BEFORE], two]))).fit()
    assert row(found)["effect"] == pytest.approx(theirs.params["x1"] / wide[NOW][~one].std(ddof=1), abs=1e-9)
    assert row(found)["beside"] == "Spelling" and row(found)["comparators"] == PUPILS - 16
    assert row(found)["verdict"] == "benefit" and row(found, "P2")["verdict"] == "cannot tell"


def test_several_year_groups_are_each_held_against_their_own():
    points = grades(0.0)
    older = points["pupil_id"].isin(ids(30, 6))
    points.loc[older, "points"] += 40 + 25 * points["term"].eq(NOW)
    year = pd.Series(np.where(np.isin(ids(PUPILS), ids(30, 6)), "9", "8"))
    found = row(told(points, roll=school(points)["roll"].assign(year_group=year)))
    # All of Year 9 gain 25 more: nothing that has to do with the provision.
    assert abs(found["effect"]) < 0.6 and found["verdict"] == "cannot tell" and found["n"] == 12


# --- by lot ----------------------------------------------------------------------------------------


def lots(waiting: int = 12) -> DataFrame:
    return DataFrame({"term": "2025-26-autumn", "provision_id": "P1", "pupil_id": ids(TREATED + waiting),
                      "drawn": ["Y"] * TREATED + ["N"] * waiting})  # fmt: skip


def test_where_lots_were_drawn_those_who_wait_are_the_comparators_and_one_estimate_suffices():
    found = told(grades(14.0).query("term != @EARLIER"), given_to() | {"draws": lots()})
    assert row(found)[["n", "comparators", "chosen_by", "verdict"]].tolist() == [12, 12, "lot", "benefit"]
    assert "by lot" in row(found)["why"] and pd.isna(row(found)["change"])
    assert row(found)[["low", "high"]].tolist() == row(found)[["alike_low", "alike_high"]].tolist()


def test_who_was_drawn_counts_whether_they_came_or_not():
    records = given_to()
    records["provision_pupils"] = records["provision_pupils"].query("pupil_id != 'T000'")
    assert row(told(records=records | {"draws": lots()}))["n"] == TREATED


def test_fewer_than_eight_who_wait_are_too_few():
    found = row(told(grades(14.0), given_to() | {"draws": lots(7)}))
    assert unknown(found) and "7 comparators" in found["why"]


# --- kinds -----------------------------------------------------------------------------------------


def kind(found: dict[str, DataFrame], by: str) -> DataFrame:
    return found["impact_of"].query("by == @by").set_index("group")


def test_two_small_provisions_of_a_kind_are_told_together():
    first, second = given_to(6), given_to(6, 6, provision_id="P2", name="Counting on", area_of_need="cognition and learning")
    second["provision_pupils"] = second["provision_pupils"].assign(provision_id="P2")
    found = told(grades(14.0), {name: pd.concat([first[name], second[name]]) for name in first})
    assert found["impact"]["effect"].isna().all()
    together = kind(found, "area of need").loc["Cognition and learning"]
    assert (together["provisions"], together["n"], together["verdict"]) == (2, 12, "benefit")
    assert kind(found, "strategy").loc["Counters", "n"] == 12 and kind(found, "given by").loc["Teaching assistant", "n"] == 12


@pytest.mark.parametrize("staff", ["Ada Stub", "ada stub", "Ada Stub, teaching assistant", "Mrs Nobody", "A. Stub"])
def test_of_an_adult_by_name_nothing_is_told(staff):
    found = told(grades(14.0), given_to(staff=staff))
    assert kind(found, "given by").empty and not kind(found, "wave").empty


# --- what must always hold -------------------------------------------------------------------------

NUMBERS = ["raw_gain", "expected_gain", "effect", "low", "high", "change", "p", "detectable"]


@settings(max_examples=4)
@given(st.integers(0, 10_000), st.floats(-300, 300), st.floats(0.1, 20))
def test_shifting_and_stretching_all_scores_changes_no_effect(seed, shift, stretch):
    points = grades(3.0, seed)
    changed = points.assign(points=points["points"] * stretch + shift)
    before, after = (row(told(each)) for each in (points, changed))
    known = NUMBERS[2:]
    assert after[known].astype(float).tolist() == pytest.approx(before[known].astype(float).tolist(), abs=1e-6)
    assert after["raw_gain"] == pytest.approx(before["raw_gain"] * stretch, abs=1e-6)


@settings(max_examples=4)
@given(st.integers(0, 10_000))
def test_the_order_of_rows_changes_nothing_and_a_verdict_agrees_with_its_range(seed):
    points = grades(6.0, seed)
    found, again = row(told(points)), row(told(points.sample(frac=1, random_state=seed)))
    assert found[NUMBERS].astype(float).tolist() == pytest.approx(again[NUMBERS].astype(float).tolist(), abs=1e-9)
    assert found["low"] <= found["effect"] <= found["high"]
    assert (found["verdict"] == "benefit") <= (found["low"] > 0) and (found["verdict"] == "harm") <= (found["high"] < 0)


def test_nothing_recorded_at_all_gives_empty_tables_with_all_columns_and_changes_nothing():
    found = impact_tables(school(grades().iloc[:0]), {}, TERM)
    assert all(len(table) == 0 and len(table.columns) > 5 for table in found.values())
    points, records = grades(), given_to()
    copies = points.copy(), {name: rows.copy() for name, rows in records.items()}
    told(points, records)
    pd.testing.assert_frame_equal(points, copies[0])
    for name, rows in records.items():
        pd.testing.assert_frame_equal(rows, copies[1][name])


def test_text_in_numbers_a_provision_nobody_described_and_pupils_who_left_are_taken_as_they_are():
    records = given_to()
    records["provision_pupils"] = records["provision_pupils"].assign(sessions_planned="20", sessions_attended="many")
    found = told(records=records | {"provisions": DataFrame(columns=["provision_id"])})
    assert row(found)["name"] == "P1" and pd.isna(row(found)["attended"])
    gone = school(grades())["roll"].iloc[5:]
    assert row(told(roll=gone))["n"] == 7


# --- drawing by lot --------------------------------------------------------------------------------

STARTS = DataFrame({"pupil_id": ids(23), "start": np.arange(23.0)})


def test_places_are_shared_out_over_bands_and_chance_decides_within_them():
    found = draw_places(STARTS, 12, seed=5)
    assert found["drawn"].value_counts().to_dict() == {"Y": 12, "N": 11}
    by_band = found.groupby("band")["drawn"].agg(lambda each: each.eq("Y").mean())
    assert list(by_band.index) == [1, 2, 3, 4] and by_band.between(0.4, 0.6 + 1e-9).all()
    lowest = STARTS.set_index("pupil_id")["start"].reindex(found["pupil_id"]).groupby(found["band"].to_numpy()).max()
    assert lowest.is_monotonic_increasing


def test_the_same_seed_draws_the_same_pupils_whatever_their_order_and_another_seed_others():
    one, again = draw_places(STARTS, 10, 5), draw_places(STARTS.sample(frac=1, random_state=1), 10, 5)
    pd.testing.assert_frame_equal(one, again)
    drawn = {seed: frozenset(draw_places(STARTS, 10, seed).query("drawn == 'Y'")["pupil_id"]) for seed in range(20)}
    assert len(set(drawn.values())) == 20


def test_over_many_seeds_every_pupil_is_drawn_as_often():
    times = sum(draw_places(STARTS, 12, seed).set_index("pupil_id")["drawn"].eq("Y").astype(int) for seed in range(100))
    assert times.between(100 * 12 / 23 - 25, 100 * 12 / 23 + 25).all()


@settings(max_examples=25)
@given(st.integers(2, 40), st.data())
def test_a_draw_gives_every_place_and_leaves_nobody_out_of_the_list(pupils, data):
    places = data.draw(st.integers(1, pupils - 1))
    starts = data.draw(st.lists(st.sampled_from([1.0, 2.0, 3.0, np.nan]), min_size=pupils, max_size=pupils))
    found = draw_places(DataFrame({"pupil_id": ids(pupils), "start": starts}), places, 1)
    assert found["drawn"].eq("Y").sum() == places and sorted(found["pupil_id"]) == ids(pupils)
    assert sorted(found["band"].unique()) == list(range(1, found["band"].max() + 1))


@pytest.mark.parametrize(("pupils", "places"), [(0, 1), (5, 0), (5, 5), (5, 9)])
def test_where_there_is_nothing_to_draw_a_sentence_says_so(pupils, places):
    with pytest.raises(BadInput):
        draw_places(STARTS.head(pupils), places, 1)


def test_where_a_pupil_stands_is_a_share_of_the_year_group_on_the_same_scale():
    points = DataFrame({"term": NOW, "pupil_id": ids(4), "subject": "Maths", "scale": "nc_level", "points": [20.0, 30, 25, 50]})
    roll = DataFrame({"pupil_id": ids(5), "year_group": ["8", "8", "8", "9", "8"]})
    found = standing(points, roll, "Maths", TERM).set_index("pupil_id")["start"]
    assert found.tolist()[:4] == pytest.approx([1 / 3, 1, 2 / 3, 1]) and pd.isna(found["T004"])


class Kept:
    """What a form saved."""

    def __init__(self) -> None:
        self.saves: list = []
        self.told = 0

    def keep(self, tables):
        self.saves.append(tables)
        return SimpleNamespace(rows=sum(map(len, tables.values())), at="2026-05-04T10:00:00+00:00")

    def kept(self) -> None:
        self.told += 1


def form(keeper: Kept) -> Lots:
    pupils = [(f"Oak, {each}", each, place < 20) for place, each in enumerate(ids(23))]
    return Lots([("Reading", "R1")], lambda _: Wanted(pupils, STARTS, 77), str(TERM), date(2026, 5, 4), keeper.keep, keeper.kept)


def test_a_draw_is_saved_with_the_places_it_gives_and_shows_its_seed():
    keeper = Kept()
    made = form(keeper)
    made.saving.button.click()
    assert NO_PROVISION in made.saving.said.value
    made.provision.value, made.places.value = "R1", "8"
    assert "Seed 77" in made.seed.value and sum(tick.value for tick in made.ticked.children) == 20
    made.ticked.children[0].value = False
    made.saving.button.click()
    draws, places = keeper.saves[0]["draws"], keeper.saves[0]["provision_pupils"]
    assert len(draws) == 19 and set(draws["seed"]) == {"77"} and set(draws["on"]) == {"2026-05-04"}
    assert set(places["pupil_id"]) == set(draws.loc[draws["drawn"].eq("Y"), "pupil_id"]) and len(places) == 8
    assert made.drawn.value.startswith("Drawn with seed 77: Oak, T") and keeper.told == 1 and made.provision.value == ""


@pytest.mark.parametrize("places", ["", "many", "0", "20", "-3"])
def test_a_number_of_places_that_draws_nobody_is_not_saved(places):
    keeper = Kept()
    made = form(keeper)
    made.provision.value, made.places.value = "R1", places
    made.saving.button.click()
    assert "Not saved." in made.saving.said.value and not keeper.saves


# --- as it is read ---------------------------------------------------------------------------------

PARTS = [findings.impact, tables.impact, tables.impact_pupils, tables.impact_of, figures.impact]


def papers(found: dict[str, DataFrame], audience: str = "inclusion") -> Papers:
    about = DataFrame({"school": ["Oak Invented School"], "term": [NOW], "label": ["Summer 2026"], "as_of": ["2026-07-01"]})
    return Papers(audience, {"about": about, "roll": school(grades())["roll"], **found})


def test_the_findings_begin_with_what_helps_and_say_what_was_to_be_expected_anyway():
    shown = findings.impact(papers(told(grades(12.0))))
    assert isinstance(shown, Sentences) and shown.lines[0] == "The only provision is found to help." and "SD" in shown.lines[1]
    none = findings.impact(papers(told(grades(0.5, seed=2))))
    assert "cannot yet be told" in none.lines[0] and 2 <= len(none.lines) <= 5


def test_the_figure_says_both_estimates_in_words():
    shown = figures.impact(papers(told(grades(12.0))))
    assert (
        isinstance(shown, Figure)
        and shown.alternative.count(" to ") >= 2
        and "Number steps, 12 pupils, benefit" in shown.alternative
    )
    assert isinstance(figures.impact(papers(told(records=given_to(5)))), Unseen)


def test_names_are_for_the_inclusion_manager_alone():
    found = told(grades(12.0))
    assert "Oak, T000" in repr(tables.impact_pupils(papers(found)))
    assert isinstance(tables.impact_pupils(papers(found, "department")), Unseen)


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.filterwarnings("error")
def test_every_part_is_shown_for_many_one_and_none_and_where_it_is_not_handed_out(part):
    found = told(grades(12.0))
    for each in (
        found,
        told(grades(-12.0)),
        told(records=given_to(3)),
        {name: rows.iloc[:0] for name, rows in found.items()},
        {},
    ):
        said = repr(part(papers(each)))
        assert said.strip() and not any(word in said.split() for word in ("nan", "None", "NaT", "<NA>", "inf"))
