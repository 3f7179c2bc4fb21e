"""One pupil measured again and again: published examples, cases worked by hand, and what must hold whatever the numbers."""

import itertools
import re
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas import DataFrame
from scipy import stats

from sentrack_lib.measures.overlap import chance_alone, less_trend, nap, nap_interval, tau, tau_u, trend
from sentrack_lib.measures.single_case import (
    BETTER,
    COLUMNS,
    NO_CHANGE,
    ON_ITS_WAY,
    ONE_PUPIL,
    POINTS,
    TOO_FEW,
    WORSE,
    single_case,
)
from sentrack_lib.sources.record_tables import PHASES
from sentrack_lib.sources.sample import invent, school_of
from sentrack_lib.sources.sample.measured import CHANGED, MEASURED, UNCHANGED
from sentrack_lib.sources.sample.measured import TOO_FEW as FEW
from sentrack_lib.terms import Term
from sentrack_lib.views import figures, forms, tables
from sentrack_lib.views.papers import Papers
from sentrack_lib.views.parts import Figure, Table, Unseen

NOW = "2025-26-spring"
TERM = Term.named(NOW)
LATE = date(2026, 8, 31)
FIRST = date(2026, 1, 5)
WORDS = "Words read in a minute"


def row_of(*numbers: float) -> np.ndarray:
    return np.array(numbers, dtype=float)


def weekly(before, during, after=(), pupil="P01", measure=WORDS, better="higher") -> DataFrame:
    """Numbers a week apart."""
    phases = [phase for phase, some in zip(PHASES, (before, during, after), strict=True) for _ in some]
    values = [*before, *during, *after]
    days = [(FIRST + timedelta(weeks=week)).isoformat() for week in range(len(values))]
    one = {"pupil_id": pupil, "measure": measure, "better": better, "provision_id": "PR1", "term": NOW}
    return DataFrame({"on": days, "phase": phases, "value": values}).assign(**one)


def roll(*pupils: str) -> DataFrame:
    ids = list(pupils or ("P01", "P02"))
    names = {"surname": "Sampleton", "forename": [f"Robin{place}" for place in ids], "form": "9A", "sen_need": None}
    return DataFrame({"pupil_id": ids, "sen_status": "K", "year_group": "9", **names})


def found(*rows: DataFrame, pupils: DataFrame | None = None, as_of: date = LATE) -> dict[str, DataFrame]:
    records = {"short_measures": pd.concat(rows)} if rows else {}
    return single_case(records, roll() if pupils is None else pupils, TERM, as_of)


def case(*rows: DataFrame) -> pd.Series:
    return found(*rows)["single_case"].iloc[0]


# --- published examples ----------------------------------------------------------------------------


def test_the_example_of_parker_vannest_and_davis_gives_their_nap_and_tau():
    """In 42 pairs 37 are better, 2 worse and 3 tied: NAP 38.5 / 42, Tau 35 / 42."""
    before, during = row_of(20, 20, 26, 25, 22, 23), row_of(28, 25, 24, 27, 30, 30, 29)
    assert nap(before, during) == pytest.approx(38.5 / 42)
    assert tau(before, during) == pytest.approx(35 / 42)


def test_its_interval_is_the_one_that_the_r_package_for_single_cases_prints():
    assert nap_interval(38.5 / 42, 6, 7) == pytest.approx((0.5973406, 0.9860176), abs=1e-4)


def test_phases_that_do_not_overlap_at_all_have_an_interval_too_and_more_numbers_a_narrower_one():
    few, many = nap_interval(1, 3, 5), nap_interval(1, 12, 20)
    assert few[1] == many[1] == 1
    assert 0.3 < few[0] < 0.7 < many[0] < 0.95
    assert nap_interval(0, 3, 5) == pytest.approx((0, 1 - few[0]))


def test_the_first_example_of_non_overlap_of_all_pairs_is_96_in_100():
    before, during = row_of(4, 3, 4, 3, 4, 7, 5, 2, 3, 2), row_of(5, 9, 7, 9, 7, 5, 9, 11, 11, 10, 9)
    assert nap(before, during) == pytest.approx(0.96, abs=0.005)


def test_the_example_of_tau_u_takes_the_trend_before_off():
    """S of the pairs is 16 of 20; the numbers before have S 5, so that 11 of 20 are left."""
    before, during = row_of(3, 3, 4, 5), row_of(4, 5, 6, 7, 7)
    assert (tau(before, during), tau_u(before, during)) == pytest.approx((16 / 20, 11 / 20))


def test_of_a_line_that_merely_goes_on_tarlows_correction_leaves_nothing_and_tau_u_much():
    before, during = row_of(1, 2, 3, 4, 5), row_of(6, 7, 8, 9, 10)
    days = np.arange(10.0)
    assert (tau(before, during), tau_u(before, during)) == pytest.approx((1, 0.6))
    assert tau(*less_trend((days[:5], days[5:]), (before, during))) == 0


# --- chance alone ----------------------------------------------------------------------------------


def test_the_smallest_p_of_three_and_five_numbers_is_two_ways_in_56():
    assert chance_alone(row_of(1, 2, 3), row_of(4, 5, 6, 7, 8)) == pytest.approx(2 / 56)


@given(st.permutations(range(9)), st.integers(1, 8))
def test_without_ties_p_is_that_of_mann_and_whitney(numbers, before):
    values = row_of(*numbers)
    exact = stats.mannwhitneyu(values[before:], values[:before], method="exact").pvalue
    assert chance_alone(values[:before], values[before:]) == pytest.approx(exact)


@given(st.lists(st.integers(0, 3), min_size=3, max_size=8), st.data())
@settings(max_examples=40)
def test_with_ties_p_is_the_share_of_all_ways_to_divide_the_numbers(numbers, data):
    values, before = row_of(*numbers), data.draw(st.integers(1, len(numbers) - 1))
    ranks = stats.rankdata(values)
    away = [abs(sum(some) - before * ranks.mean()) for some in itertools.combinations(ranks, before)]
    seen = abs(ranks[:before].sum() - before * ranks.mean())
    assert chance_alone(values[:before], values[before:]) == pytest.approx(np.mean([each >= seen - 1e-9 for each in away]))


def test_many_numbers_are_nearly_as_exact():
    numbers = np.random.default_rng(3).normal(size=82)
    exact = stats.mannwhitneyu(numbers[40:], numbers[:40], method="exact").pvalue
    assert chance_alone(numbers[:40], numbers[40:]) == pytest.approx(exact, abs=0.01)


def test_a_phase_without_numbers_says_nothing():
    none, some = row_of(), row_of(1, 2, 3)
    assert all(np.isnan(each(none, some)) and np.isnan(each(some, none)) for each in (nap, tau, tau_u, chance_alone))
    assert np.isnan(nap_interval(0.5, 0, 3)).all()


# --- what must hold --------------------------------------------------------------------------------

SOME = st.lists(st.integers(-50, 50).map(float), min_size=1, max_size=9).map(np.array)


@given(SOME, SOME)
def test_numbers_turned_round_with_their_direction_say_the_same_and_changed_places_the_opposite(before, during):
    assert nap(-during[::-1], -before[::-1]) == pytest.approx(nap(before, during))
    assert nap(during, before) == pytest.approx(1 - nap(before, during))
    assert tau(before, during) == pytest.approx(2 * nap(before, during) - 1)
    assert chance_alone(during, before) == pytest.approx(chance_alone(before, during))


@given(SOME, SOME)
def test_another_scale_of_the_same_order_leaves_nap_tau_u_and_p(before, during):
    bent = [lambda x: 3 * x + 7, lambda x: x**3, lambda x: np.exp(x / 20)]
    for each in bent:
        assert nap(each(before), each(during)) == pytest.approx(nap(before, during))
        assert tau_u(each(before), each(during)) == pytest.approx(tau_u(before, during))
        assert chance_alone(each(before), each(during)) == pytest.approx(chance_alone(before, during))


@given(st.floats(0, 1), st.integers(3, 30), st.integers(5, 30))
def test_the_interval_holds_its_share_and_stays_within_all_and_nothing(share, before, during):
    low, high = nap_interval(share, before, during)
    assert 0 <= low <= share <= high <= 1


@given(st.lists(st.integers(-20, 20), min_size=3, max_size=8), st.integers(-9, 9))
def test_a_steady_rise_added_is_added_to_the_trend(numbers, a_week):
    days = 7.0 * np.arange(len(numbers))
    assert trend(days, row_of(*numbers) + a_week * days / 7) == pytest.approx(trend(days, row_of(*numbers)) + a_week)


@given(st.lists(st.integers(0, 40), min_size=3, max_size=6), st.lists(st.integers(0, 40), min_size=5, max_size=8))
@settings(max_examples=40)
def test_a_measure_of_which_less_is_better_is_judged_as_its_mirror_image(before, during):
    up, down = case(weekly(before, during)), case(weekly([-x for x in before], [-x for x in during], better="lower"))
    same = ["verdict", "nap", "nap_low", "nap_high", "tau_u", "tau_less_trend", "p", "p_less_trend", "n_before", "n_during"]
    pd.testing.assert_series_equal(up[same], down[same], check_names=False)
    assert up["median_during"] == -down["median_during"]
    assert up["trend_before"] == pytest.approx(-down["trend_before"])


# --- verdicts --------------------------------------------------------------------------------------


def test_numbers_that_all_lie_above_those_before_are_clearly_better_and_the_sentence_says_what_that_is_worth():
    """Before 20, 22, 21; during 30 to 34: all of 15 pairs are better, p = 2/56."""
    told = case(weekly([20, 22, 21], [30, 33, 31, 34, 32], [33, 35]))
    assert (told["n_before"], told["n_during"], told["n_after"]) == (3, 5, 2)
    assert (told["median_before"], told["median_during"], told["mean_before"], told["median_after"]) == (21, 32, 21, 34)
    assert (told["nap"], told["tau"], told["p"]) == pytest.approx((1, 1, 2 / 56))
    assert told["verdict"] == BETTER
    assert told["sentence"] == (
        "Words read in a minute: 3 before (middle 21), 5 during (middle 32), 2 after (middle 34). Of 15 pairs of one before and "
        f"one during, 15 are better during, a tie counted half: clearly better than before. {ONE_PUPIL}"
    )


def test_where_less_is_better_more_is_clearly_worse():
    told = case(weekly([4, 4, 3, 4], [8, 9, 7, 9, 8], measure="Times out of class", better="lower"))
    assert (told["verdict"], told["nap"]) == (WORSE, 0)
    assert "0 are better during" in told["sentence"] and "clearly worse than before" in told["sentence"]


def test_what_goes_up_and_down_as_before_is_no_evidence_of_a_change():
    told = case(weekly([20, 26, 21, 24], [22, 25, 20, 27, 23, 24]))
    assert told["verdict"] == NO_CHANGE and told["p"] > 0.05
    assert "no evidence of a change." in told["sentence"] and ONE_PUPIL in told["sentence"]


def test_numbers_that_were_rising_already_and_went_on_cannot_be_told_from_a_change():
    told = case(weekly([20, 22, 24, 26], [28, 30, 32, 34, 36, 38]))
    assert (told["trend_before"], told["p"] < 0.05, told["tau_less_trend"]) == (2, True, 0)
    assert told["verdict"] == ON_ITS_WAY
    assert "they were getting better before it began" in told["sentence"]


def test_a_trend_to_the_worse_before_takes_nothing_from_a_change_to_the_better():
    assert case(weekly([26, 24, 22], [30, 33, 31, 34, 32]))["verdict"] == BETTER


@pytest.mark.parametrize(("before", "during"), [(2, 9), (9, 4), (0, 6), (6, 0)])
def test_fewer_than_three_before_or_five_during_are_described_and_not_judged(before, during):
    told = case(weekly(range(before), range(10, 10 + during)))
    assert (told["verdict"], np.isnan(told["nap"]), np.isnan(told["p"])) == (TOO_FEW, True, True)
    assert told["why"] == "At least 3 numbers before and 5 during are needed."
    assert "Not judged" in told["sentence"] and (f"{before} before" in told["sentence"]) == (before > 0)


def test_three_before_and_five_during_are_enough():
    assert case(weekly([1, 2, 1], [5, 6, 5, 6, 7]))["verdict"] == BETTER


def test_without_a_direction_or_with_two_nothing_is_judged():
    rows = weekly([1, 2, 1], [5, 6, 5, 6, 7])
    for better in (None, ["higher"] * 4 + ["lower"] * 4, "sideways"):
        told = case(rows.assign(better=better))
        assert told["verdict"] == TOO_FEW and "more or less of it is better" in told["why"]


def test_a_direction_that_is_written_once_is_enough():
    assert case(weekly([1, 2, 1], [5, 6, 5, 6, 7]).assign(better=["Higher"] + [None] * 7))["verdict"] == BETTER


def test_phases_that_run_into_each_other_are_to_be_corrected_first():
    rows = weekly([1, 2, 1, 2], [5, 6, 5, 6, 7])
    told = case(rows.assign(phase=["before", "before", "during", "before", *["during"] * 5]))
    assert told["verdict"] == TOO_FEW and "correct the phases" in told["why"]


# --- what is recorded ------------------------------------------------------------------------------


def test_rows_that_cannot_be_placed_are_left_out_and_counted():
    rows = weekly([20, 22, 21], [30, 33, 31, 34, 32]).astype({"value": "object"})
    odd = [{"on": None}, {"phase": "later"}, {"phase": None}, {"value": "many"}, {"value": None}]
    spoilt = [
        rows.iloc[[0]].assign(on=(FIRST - timedelta(days=day)).isoformat()).assign(**each) for day, each in enumerate(odd, 1)
    ]
    told = found(rows, *spoilt)
    assert told["single_case"]["left_out"].to_list() == [5]
    assert told["single_case"]["verdict"].to_list() == [BETTER] and len(told["short_measures"]) == 8


def test_numbers_written_as_text_and_phases_in_capitals_count():
    rows = weekly([20, 22, 21], [30, 33, 31, 34, 32])
    assert case(rows.assign(value=rows["value"].astype("str"), phase=rows["phase"].str.upper()))["verdict"] == BETTER


def test_a_number_that_is_recorded_again_for_its_day_is_corrected():
    rows = weekly([20, 22, 21], [30, 33, 31, 34, 32])
    again = rows.iloc[[0]].assign(value=24)
    assert case(rows, again)["median_before"] == 22


def test_one_measure_in_two_writings_is_one_and_two_pupils_are_two():
    rows = weekly([20, 22, 21], [30, 33, 31, 34, 32])
    other = rows.assign(measure=["words read in a minute"] * 4 + [WORDS] * 4, pupil_id="P02")
    told = found(rows, other)["single_case"]
    assert told[["pupil_id", "n_before", "n_during"]].to_numpy().tolist() == [["P01", 3, 5], ["P02", 3, 5]]


def test_who_has_left_and_what_lies_ahead_is_in_no_table():
    rows = weekly([20, 22, 21], [30, 33, 31, 34, 32])
    told = found(rows, rows.assign(pupil_id="P99"), as_of=FIRST + timedelta(weeks=4))
    assert told["single_case"][["pupil_id", "n_before", "n_during"]].to_numpy().tolist() == [["P01", 3, 2]]
    later = found(rows.assign(term="2025-26-summer"))
    assert later["single_case"].empty and later["short_measures"].empty


def test_the_provision_is_called_by_its_name_where_it_has_one(table):
    provisions = table("""
        provision_id | name    | term
        PR1          | Reading | 2025-26-autumn
    """)
    rows = weekly([20, 22, 21], [30, 33, 31, 34, 32])
    records = {"short_measures": rows, "provisions": provisions}
    assert single_case(records, roll(), TERM, LATE)["single_case"]["provision"].to_list() == ["Reading"]
    assert case(rows)["provision"] == "PR1"
    assert pd.isna(case(rows.assign(provision_id=None))["provision"])


def test_nothing_recorded_gives_empty_tables_of_the_same_shape():
    for nothing in ([], [weekly([], [])], [weekly([1], [2]).iloc[:0]]):
        told = found(*nothing)
        assert told["single_case"].empty and list(told["single_case"]) == COLUMNS
        assert told["short_measures"].empty and list(told["short_measures"]) == POINTS
    full = found(weekly([20, 22, 21], [30, 33, 31, 34, 32]))
    for name, table in full.items():
        assert (table.dtypes == found()[name].dtypes).all()


def test_records_are_not_changed_and_columns_may_be_missing():
    rows = weekly([20, 22, 21], [30, 33, 31, 34, 32])
    before = rows.copy()
    found(rows)
    pd.testing.assert_frame_equal(rows, before)
    assert case(rows.drop(columns=["better", "provision_id"]))["verdict"] == TOO_FEW


# --- the invented school ----------------------------------------------------------------------------


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_change_that_was_planted_is_found_and_where_none_was_none_is(seed):
    school = school_of(invent(200, 3, seed))
    planted = {truth.pupil_ids[0]: truth.kind for truth in school_truths(seed)}
    last = school.terms[-1]
    pupils = school.tables["pupils"]
    told = single_case(school.records, pupils[pupils["term"].eq(str(last))], last, LATE)["single_case"]
    meant = {CHANGED: BETTER, UNCHANGED: NO_CHANGE, FEW: TOO_FEW}
    assert planted and {row.pupil_id: row.verdict for row in told.itertuples()} == {
        pupil: meant[kind] for pupil, kind in planted.items()
    }


def school_truths(seed: int):
    return [truth for truth in invent(200, 3, seed).truths if truth.kind in MEASURED]


def test_a_school_without_the_term_in_which_it_is_measured_claims_nothing():
    assert not [truth for truth in invent(60, 2, 1).truths if truth.kind in MEASURED]


# --- what is shown ---------------------------------------------------------------------------------


def papers(*rows: DataFrame, audience="inclusion") -> Papers:
    about = DataFrame({"term": [NOW], "label": ["Spring 2026"], "school": ["Sampleton"], "as_of": ["2026-03-27"]})
    empty = DataFrame(columns=["pupil_id", "subject", "teaching_group"])
    return Papers(audience, {"about": about, "roll": roll(), "teaching_groups": empty, "progress": empty, **found(*rows)})


def test_the_table_lists_the_clearest_change_first_and_says_why_another_is_not_judged():
    few, clear = weekly([1], [2], pupil="P01"), weekly([20, 22, 21], [30, 33, 31, 34, 32.5], pupil="P02")
    shown = tables.single_case(papers(few, clear))
    assert isinstance(shown, Table)
    assert shown.frame["Pupil"].to_list() == ["Sampleton, RobinP02", "Sampleton, RobinP01"]
    assert shown.frame["What it shows"].to_list() == [BETTER, TOO_FEW]
    assert shown.frame["Middle during (numbers)"].to_list() == ["32.5 (5)", "2 (1)"]
    assert shown.frame["Better pairs in 100"].to_list() == ["100", ""]
    assert shown.frame["Why not"].to_list() == ["", "At least 3 numbers before and 5 during are needed."]
    assert "nobody to be compared with" in shown.note and shown.html()
    assert not re.search(r"\bnan|None|NaT|<NA>", repr(shown))


def test_the_figure_is_of_the_pupil_who_is_chosen_and_says_in_words_what_it_draws():
    few, clear = weekly([1], [2], pupil="P01"), weekly([20, 22, 21], [30, 33, 31, 34, 32], [33], pupil="P02")
    both = papers(few, clear)
    assert repr(figures.single_case(both)) == "Choose a pupil."
    shown = figures.single_case(both.on(pupil="P02"))
    assert isinstance(shown, Figure)
    assert shown.alternative.startswith(
        "Did the numbers change? Sampleton, RobinP02. Words read in a minute, by day: before, 5 January 2026 to 19 January 2026: "
        "20, 22, 21; during, 26 January 2026 to 23 February 2026: 30, 33, 31, 34, 32; after, 2 March 2026: 33."
    )
    assert ONE_PUPIL in shown.alternative and "Not judged" in repr(figures.single_case(both.on(pupil="P01")))
    for phase in PHASES:
        assert f">{phase}<".encode() in shown.svg


def test_no_line_crosses_from_one_phase_into_the_next_and_a_dashed_one_parts_them():
    from sentrack_lib.views.figures.single_case import _drawn

    told = found(weekly([20, 22, 21], [30, 33, 31, 34, 32]))
    axes = _drawn("?", [(told["single_case"].iloc[0].to_dict(), told["short_measures"])])
    joined = [line.get_ydata() for line in axes.get_lines() if line.get_label() == "measured"]
    assert [list(each) for each in joined] == [[20, 22, 21], [30, 33, 31, 34, 32]]
    middles = [set(line.get_ydata()) for line in axes.get_lines() if line.get_label() == "middle of the phase"]
    assert middles == [{21}, {32}]
    (parting,) = [line for line in axes.get_lines() if line.get_linestyle() == "--" and line.get_label().startswith("_")]
    assert pd.Timestamp("2026-01-19") < pd.Timestamp(parting.get_xdata()[0]) < pd.Timestamp("2026-01-26")


def test_who_may_not_see_pupils_and_where_there_is_nothing_gets_a_sentence():
    none = papers()
    assert "no short measure" in tables.single_case(none).html()
    assert "No short measure of Sampleton, RobinP01 is recorded." in repr(figures.single_case(none.on(pupil="P01")))
    for name in ("single_case", "roll"):
        blind = Papers("governors", {key: table for key, table in none.tables.items() if key != name})
        assert isinstance(tables.single_case(blind), Unseen) and isinstance(figures.single_case(blind), Unseen)


def test_a_short_measure_is_written_down_in_a_form():
    made = forms.short_measure(papers(), None, lambda: None)
    made.sections[0].inputs["measure"].value = WORDS
    assert list(made.sections[0].inputs) == ["pupil_id", "measure", "on", "phase", "value", "better", "provision_id"]
    (rows,) = made.rows().values()
    assert rows["measure"].to_list() == [WORDS]


def test_hostile_words_are_only_words():
    shown = figures.single_case(papers(weekly([1], [2], measure="<script>$\\frac{$")).on(pupil="P01"))
    assert "<script>" not in shown.html() and "&lt;script&gt;" in shown.html()
