"""Intervals and tests, each beside scipy or statsmodels to nine digits."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas import Series
from scipy import stats
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.power import NormalIndPower
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from sentrack_lib.measures.groups.certainty import (
    detectable_share,
    fisher,
    funnel,
    gap_of_means,
    gap_of_shares,
    mean_interval,
    q_values,
    summaries,
    wilson,
)

COUNTS = Series([0, 1, 5, 12, 40, 30, 0, 7])
WHOLE = Series([10, 10, 9, 30, 40, 200, 0, 1200])


def test_wilson_is_that_of_statsmodels():
    found = wilson(COUNTS, WHOLE)
    alpha = 2 * stats.norm.sf(1.96)
    for row in COUNTS.index[WHOLE.gt(0)]:
        theirs = proportion_confint(COUNTS[row], WHOLE[row], alpha, method="wilson")
        assert found.loc[row].to_list() == pytest.approx(theirs, abs=1e-9)
    assert found.loc[6].isna().all()


def test_the_gap_of_two_shares_is_newcombes():
    count, n, count_rest, n_rest = Series([5, 0, 30]), Series([20, 12, 40]), Series([30, 9, 10]), Series([90, 60, 40])
    found = gap_of_shares(count, n, count_rest, n_rest)
    for row in range(3):
        args = (count[row], n[row], count_rest[row], n_rest[row])
        # Theirs takes z from alpha; Wilson here is rounded to 1.96 by its definition.
        theirs = confint_proportions_2indep(*args, method="newcomb", alpha=2 * stats.norm.sf(1.96))
        assert found.loc[row, ["low", "high"]].to_list() == pytest.approx(theirs, abs=1e-9)


@settings(max_examples=150)
@given(st.integers(0, 60), st.integers(0, 60), st.integers(0, 400), st.integers(0, 400))
def test_fisher_is_that_of_scipy(count, others, count_rest, others_rest):
    ours = fisher(*(Series([value]) for value in (count, count + others, count_rest, count_rest + others_rest)))
    theirs = stats.fisher_exact([[count, others], [count_rest, others_rest]]).pvalue
    assert ours[0] == pytest.approx(theirs, abs=1e-9)


def test_fisher_over_many_rows_is_that_of_each():
    rows = pd.DataFrame(np.random.default_rng(1).integers(0, 90, (60, 4)), columns=list("abcd"))
    found = fisher(rows["a"], rows["a"] + rows["b"], rows["c"], rows["c"] + rows["d"])
    theirs = [stats.fisher_exact([[row.a, row.b], [row.c, row.d]]).pvalue for row in rows.itertuples()]
    assert found.to_list() == pytest.approx(theirs, abs=1e-9)
    assert fisher(*[Series([], dtype=float)] * 4).empty


def test_means_and_their_gap_are_those_of_scipy():
    rng = np.random.default_rng(2)
    one, other = rng.normal(1, 2, 14), rng.normal(0, 1, 60)
    rows = pd.DataFrame({"who": ["a"] * 14 + ["b"] * 60, "u": [*one, *other]})
    sums = summaries(rows, ["who"], "u")
    some, rest = (sums[sums["who"].eq(who)].reset_index(drop=True) for who in "ab")
    theirs = stats.ttest_ind(one, other, equal_var=False)
    found = gap_of_means(some, rest).loc[0]
    assert found["p"] == pytest.approx(theirs.pvalue, abs=1e-9)
    assert found[["low", "high"]].to_list() == pytest.approx([*theirs.confidence_interval()], abs=1e-9)
    low, high = stats.t.interval(0.95, len(one) - 1, one.mean(), stats.sem(one))
    assert mean_interval(some).loc[0].to_list() == pytest.approx([low, high], abs=1e-9)


def test_where_nothing_varies_there_is_no_test():
    same = pd.DataFrame({"n": [20], "mean": [1.0], "variance": [0.0]})
    assert gap_of_means(same, same)[["low", "high", "p"]].isna().all(axis=None)


def test_q_values_are_those_of_statsmodels_within_each_family():
    p = Series([0.001, 0.04, np.nan, 0.03, 0.5, 0.02])
    family = Series(["a", "a", "a", "b", "b", "b"])
    found = q_values(p, [family])
    assert found[[0, 1]].to_list() == pytest.approx(multipletests(p[[0, 1]], method="fdr_bh")[1], abs=1e-9)
    assert found[[3, 4, 5]].to_list() == pytest.approx(multipletests(p[[3, 4, 5]], method="fdr_bh")[1], abs=1e-9)
    assert np.isnan(found[2])


def test_a_detectable_gap_of_shares_is_found_four_times_in_five():
    share, n, rest = Series([0.2]), Series([50.0]), Series([150.0])
    gap = detectable_share(share, n, rest)[0]
    effect = gap / np.sqrt(0.2 * 0.8)
    assert NormalIndPower().power(effect, 50, 0.05, ratio=3) == pytest.approx(0.8, abs=1e-4)


def test_funnel_limits_are_by_the_normal_distribution():
    found = funnel(Series([0.2]), Series([100])).loc[0]
    assert found.to_list() == pytest.approx([*stats.norm.interval(0.95, 0.2, 0.04)], abs=1e-9)
