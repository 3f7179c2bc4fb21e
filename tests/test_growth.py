"""The growth of one cohort, against hand-worked numbers, reference libraries and simulations."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm, rankdata, spearmanr

from sentrack_lib.measures.progress.cohorts import Cohorts, percentiles
from sentrack_lib.measures.progress.growth import (
    ALONE,
    NO_SPREAD,
    average_reliability,
    band,
    chance_of_low,
    growth,
    growth_reliability,
    growths,
)


def cohort(pupils: int, seed: int = 1, step: float = 1) -> tuple[np.ndarray, np.ndarray]:
    chance = np.random.default_rng(seed)
    start = np.round(chance.normal(100, 12, pupils) / step) * step
    return start, np.round(20 + 0.8 * start + chance.normal(0, 1, pupils) * (3 + start / 20))


def reference(start: np.ndarray, now: np.ndarray, powers: int) -> tuple[np.ndarray, np.ndarray]:
    """Methods 3.1 written down once more, with statsmodels for both regressions and the leverage."""
    z = (start - start.mean()) / start.std()
    fit = sm.OLS(now, np.column_stack([z**power for power in range(powers)])).fit()
    stretched = fit.resid / np.sqrt(1 - fit.get_influence().hat_matrix_diag)
    width = np.exp(sm.OLS(np.log(np.abs(stretched) + 0.05 * stretched.std()), sm.add_constant(z)).fit().fittedvalues)
    u = stretched / width
    return fit.fittedvalues, u / np.sqrt(np.mean(u**2))


@pytest.mark.parametrize(("pupils", "powers"), [(60, 2), (119, 2), (120, 3), (400, 3)])
def test_the_regression_is_the_one_of_statsmodels(pupils, powers):
    start, now = cohort(pupils)
    grown, (expected, residual) = growth(start, now), reference(start, now, powers)
    assert np.allclose(grown.expected, expected, rtol=0, atol=1e-9)
    assert np.allclose(grown.residual, residual, rtol=0, atol=1e-9)
    assert grown.correlation == pytest.approx(np.corrcoef(start, now)[0, 1], abs=1e-12)


@pytest.mark.parametrize("seed", range(5))
def test_many_ties_in_the_start_change_nothing_in_the_regression(seed):
    start, now = cohort(150, seed, step=6)
    assert np.allclose(growth(start, now).residual, reference(start, now, 3)[1], rtol=0, atol=1e-9)


def test_a_cohort_worked_by_hand():
    """Thirty pupils start at 0 and reach 10, give or take 1; thirty start at 10 and reach 30, give or take 2."""
    start = np.repeat([0.0, 10.0], 30)
    now = np.concatenate([np.tile([9.0, 11.0], 15), np.tile([28.0, 32.0], 15)])
    grown = growth(start, now, lowest=-50, highest=50)
    narrow, wide = 1 / (1 + 0.05 * np.sqrt(2.5)), 2 / (2 + 0.05 * np.sqrt(2.5))
    size = np.array([narrow, wide]) / np.sqrt((narrow**2 + wide**2) / 2)
    assert np.allclose(grown.expected, np.repeat([10.0, 30.0], 30))
    assert np.allclose(grown.residual, np.concatenate([np.tile([-size[0], size[0]], 15), np.tile([-size[1], size[1]], 15)]))
    assert np.allclose(grown.percentile, np.concatenate([np.tile([37.5, 62.5], 15), np.tile([12.5, 87.5], 15)]))


def unlike_cohorts() -> list[tuple[np.ndarray, np.ndarray, float, float]]:
    """Starts, scores now, and ends of the scale: large and small, every kind that cannot tell, and one with a pupil alone."""
    usual = [cohort(pupils, seed) for seed, pupils in enumerate([60, 119, 120, 400, 59, 1])]
    start, now = cohort(90)
    flat = [(np.full(90, 5.0), now), (start, np.full(90, 5.0)), (start, 3 * start + 1)]
    pair = np.repeat([50.0, 51.0], 60)
    alone = np.append(pair, 90.0), np.append(pair + np.tile([-2.0, 0.0, 2.0], 40), 70.0)
    at_an_end = [(np.maximum(start, 105.0), now, 105.0, 300.0), (np.minimum(start, 95.0), now, 0.0, 95.0)]
    return [(*each, 0.0, 300.0) for each in [*usual, *flat, alone, cohort(90, step=12)]] + at_an_end


def test_a_cohort_among_many_grows_as_it_does_alone():
    parts = unlike_cohorts()
    sizes = [len(start) for start, *_ in parts]
    start, now = (np.concatenate([part[column] for part in parts]) for column in (0, 1))
    ends = (np.repeat([part[column] for part in parts], sizes) for column in (2, 3))
    found = growths(Cohorts(np.repeat(np.arange(len(parts)), sizes), len(parts)), start, now, *ends)
    alone = [growth(*part) for part in parts]
    assert found.why_not.tolist() == [each.why_not for each in alone]
    assert [why_not.split()[0] for why_not in found.why_not if why_not] == ["Too"] * 2 + ["No"] * 3 + ["Floor:", "Ceiling:"]
    assert np.array_equal(found.percentile, np.concatenate([each.percentile for each in alone]), equal_nan=True)
    for name in ("expected", "residual"):
        together = np.concatenate([getattr(each, name) for each in alone])
        assert np.allclose(getattr(found, name), together, rtol=1e-12, atol=1e-12, equal_nan=True)
    assert np.allclose(found.correlation, [each.correlation for each in alone], rtol=0, atol=1e-12, equal_nan=True)


def test_no_cohorts_and_no_pupils_have_no_growth():
    nothing = np.zeros(0)
    assert growths(Cohorts(np.zeros(0, dtype="int64"), 0), *[nothing] * 4).percentile.size == 0
    assert growth(nothing, nothing).why_not.startswith("Too few pupils (0)")


def test_percentiles_are_ranks_in_the_own_cohort():
    values, of = np.random.default_rng(3).normal(size=200).round(1), np.repeat([0, 1, 2], [100, 60, 40])
    ranked = [np.clip(100 * (rankdata(values[of == each]) - 0.5) / (of == each).sum(), 1, 99) for each in range(3)]
    assert np.allclose(percentiles(values, Cohorts(of, 3)), np.concatenate(ranked))


def test_percentiles_are_middle_ranks_kept_within_1_and_99():
    residual = np.round(np.random.default_rng(2).normal(size=500), 1)
    assert np.allclose(percentiles(residual, Cohorts.one(500)), np.clip(100 * (rankdata(residual) - 0.5) / 500, 1, 99))
    assert percentiles(residual, Cohorts.one(500)).min() == 1
    assert percentiles(residual, Cohorts.one(500)).max() == 99


def test_a_difference_of_rounding_is_a_tie_and_a_missing_residual_has_no_percentile():
    found = percentiles(np.array([0.5, 0.5 + 1e-13, np.nan, 1.0]), Cohorts.one(4))
    assert found[[0, 1, 3]] == pytest.approx([100 / 3, 100 / 3, 250 / 3])
    assert np.isnan(found[2])


def test_59_pupils_are_too_few_and_60_are_enough():
    start, now = cohort(60)
    short = growth(start[:59], now[:59])
    assert short.why_not.startswith("Too few pupils (59)")
    assert np.isnan(short.residual).all()
    assert growth(start, now).why_not == ""


@pytest.mark.parametrize(("at_the_floor", "told"), [(9, ""), (10, "Floor: 17 %")])
def test_more_than_15_per_cent_at_the_floor_is_too_many(at_the_floor, told):
    start, now = cohort(60)
    assert growth(np.where(np.arange(60) < at_the_floor, 10.0, start), now, 10, 200).why_not.startswith(told)
    assert growth(np.where(np.arange(60) < at_the_floor, 190.0, start), now, 0, 190).why_not.startswith(
        told.replace("Floor", "Ceiling")
    )


def test_a_scale_without_ends_has_its_floor_at_the_lowest_start_seen():
    start, now = cohort(60)
    assert growth(np.maximum(start, np.sort(start)[12]), now).why_not.startswith("Floor")


@pytest.mark.parametrize("flat", ["start", "now", "growth"])
def test_without_spread_nothing_can_be_compared(flat):
    start, now = cohort(60)
    now = {"start": now, "now": np.full(60, 7.0), "growth": 3 * start + 1}[flat]
    assert growth(np.full(60, 5.0) if flat == "start" else start, now, 0, 300).why_not == NO_SPREAD


def test_a_pupil_whose_start_stands_alone_has_no_residual_and_the_others_keep_theirs():
    start = np.append(np.repeat([50.0, 51.0], 60), 90.0)
    now = np.append(start[:-1] + np.tile([-2.0, 0.0, 2.0], 40), 70.0)
    grown = growth(start, now, 0, 100)
    assert np.isnan(grown.residual[-1])
    assert np.isnan(grown.percentile[-1])
    assert np.isfinite(grown.residual[:-1]).all()
    assert np.mean(grown.residual[:-1] ** 2) == pytest.approx(1)
    assert ALONE.endswith(".")


def test_the_line_says_again_what_its_pupils_were_told():
    start, now = cohort(200)
    grown = growth(start, now)
    assert grown.line is not None
    assert np.allclose(grown.line.expected(start), grown.expected)
    leverage = 1 - ((now - grown.expected) / grown.line.spread(start) / grown.residual) ** 2
    assert leverage.sum() == pytest.approx(3)


@settings(max_examples=30)
@given(st.integers(60, 160), st.integers(0, 1000), st.integers(-500, 500), st.sampled_from([0.01, 0.5, 3, 100]), st.booleans())
def test_other_units_of_start_or_now_change_no_residual(pupils, seed, shift, factor, in_start):
    start, now = cohort(pupils, seed)
    moved = growth(start * factor + shift, now) if in_start else growth(start, now * factor + shift)
    assert np.allclose(moved.residual, growth(start, now).residual, atol=1e-7)


@settings(max_examples=20)
@given(st.integers(60, 160), st.integers(0, 1000))
def test_the_order_of_the_pupils_does_not_matter(pupils, seed):
    start, now = cohort(pupils, seed)
    order = np.random.default_rng(seed).permutation(pupils)
    shuffled, plain = growth(start[order], now[order]), growth(start, now)
    assert np.allclose(shuffled.residual, plain.residual[order], atol=1e-9)
    assert np.array_equal(shuffled.percentile, plain.percentile[order])


def test_reliability_of_growth_is_the_formula_of_the_methods():
    assert growth_reliability(np.array([0.765]), np.array([0.85]), np.array([0.85]))[0] == pytest.approx(0.43, abs=0.005)
    assert growth_reliability(np.array([0.8]), np.array([0.9]), np.array([0.7]))[0] == pytest.approx(
        1 - (0.1 + 0.64 * 0.3) / 0.36
    )
    assert average_reliability(0.4, np.array([1, 4])) == pytest.approx([0.4, 1.6 / 2.2])


def test_probability_and_band_agree_with_scipy():
    residual, g = np.linspace(-3, 3, 13), 0.43
    known = norm(loc=g * residual, scale=np.sqrt(g * (1 - g)))
    assert np.allclose(chance_of_low(residual, np.full(13, g)), known.cdf(norm.ppf(0.25) * np.sqrt(g)))
    low, high = band(residual, np.full(13, g))
    assert np.allclose(low, 100 * norm.cdf((g * residual - np.sqrt(g * (1 - g))) / np.sqrt(g)))
    assert np.allclose(high, 100 * norm.cdf((g * residual + np.sqrt(g * (1 - g))) / np.sqrt(g)))


@pytest.mark.parametrize("reliability", [0.1, -2.0, np.nan])
def test_growth_that_cannot_be_seen_has_neither_band_nor_probability(reliability):
    one, g = np.array([0.5]), np.array([reliability])
    assert np.isnan([*band(one, g), chance_of_low(one, g)]).all()


def test_growth_without_any_noise_is_known_for_certain():
    residual, certain = np.array([-0.7, -0.6]), np.array([1.0, 1.0])
    assert chance_of_low(residual, certain).tolist() == [1, 0]
    assert np.allclose(band(residual, certain)[0], band(residual, certain)[1])


@pytest.mark.parametrize(("rho", "alike"), [(0.85, 0.9), (0.9, 0.7)])
def test_of_the_pupils_given_a_probability_of_low_growth_that_share_truly_grew_little(rho, alike):
    """`rho` is the reliability of both tests, `alike` the correlation of what they truly measure."""
    chance = np.random.default_rng(7)
    true_start, other = chance.normal(size=(2, 60_000))
    true_now = alike * true_start + np.sqrt(1 - alike**2) * other
    start, now = (np.sqrt(rho) * true + np.sqrt(1 - rho) * chance.normal(size=60_000) for true in (true_start, true_now))
    grown = growth(start, now)
    given_rho = np.full(60_000, rho)
    p_low = chance_of_low(grown.residual, growth_reliability(np.full(60_000, grown.correlation), given_rho, given_rho))
    true_growth = np.sqrt(rho) * (true_now - grown.correlation * true_start)
    low = true_growth <= np.quantile(true_growth, 0.25)
    together = (
        pd.DataFrame({"said": p_low, "was": low}).groupby(pd.cut(p_low, [0, 0.1, 0.2, 0.4, 0.6, 0.8, 1]), observed=True).mean()
    )
    assert len(together) == 6
    assert (together["said"] - together["was"]).abs().max() < 0.025


@pytest.mark.parametrize("pupils", [200, 1000])
def test_growth_percentiles_are_close_to_those_of_the_reference_program(shared, pupils):
    folder = shared / "data" / "growth_reference"
    known = pd.read_csv(folder / f"synth_{pupils}_priors1_percentiles.csv")
    scores = pd.read_csv(folder / f"synth_{pupils}_input.csv").merge(known[["ID", "SGP_ORDER_1"]], on="ID").dropna()
    grown = growth(scores["Y8"].to_numpy(), scores["Y9"].to_numpy())
    assert grown.why_not == ""
    assert spearmanr(grown.percentile, scores["SGP_ORDER_1"]).statistic > 0.9
    assert np.sqrt(np.mean((grown.percentile - scores["SGP_ORDER_1"]) ** 2)) < 10
