"""Groups beside the rest: every statistic against another library or a hand calculation, and what a school must not be told."""

import numpy as np
import pandas as pd
import pytest
from pandas import DataFrame
from scipy import stats
from statsmodels.stats.meta_analysis import combine_effects
from statsmodels.stats.multitest import multipletests

from sentrack_lib.measures.groups.certainty import detectable
from sentrack_lib.measures.groups.comparisons import COLUMNS, compare
from sentrack_lib.measures.groups.membership import groups_of

CONTRACT = ["family", "group", "subject", "n", "mean", "pooled", "low", "high", "q_value"]
CONTRACT += ["artefact", "gap_less_artefact", "detectable", "verdict"]


def progress_of(u: np.ndarray, start: np.ndarray | None = None, now: np.ndarray | None = None, **others) -> DataFrame:
    """Progress of one cohort in Maths; where no starts are given, all start alike for all groups."""
    start = np.tile([-1.0, 1.0], len(u))[: len(u)] if start is None else start
    now = start if now is None else now
    drawn = DataFrame({"pupil_id": [f"P{each:04d}" for each in range(len(u))], "subject": "Maths", "start": start, "points": now,
                       "expected": now - 0.5, "scaled_residual": u, "cohort": "8/Maths", "rho_start": 1.0})  # fmt: skip
    return drawn.assign(expected=now - np.where(np.arange(len(u)) % 4 < 2, 0.5, -0.5)).assign(**others)


def groups_by(letters, family: str = "ethnicity") -> DataFrame:
    """Each pupil's group, in the order of the pupils; a blank is in no group."""
    pupils = [f"P{each:04d}" for each in range(len(letters))]
    drawn = DataFrame({"pupil_id": pupils, "family": family, "group": list(letters), "subject": None})
    return drawn[drawn["group"].ne(" ")].astype("str")


@pytest.fixture(scope="module")
def random_groups() -> tuple[DataFrame, str]:
    letters = "A" * 40 + "B" * 25 + "C" * 12 + "D" * 8 + "E" * 4 + "F" * 60
    ahead = np.array([{"A": 0.4, "C": -0.8}.get(letter, 0) for letter in letters])
    return progress_of(np.random.default_rng(7).normal(size=len(letters)) * 1.1 + ahead), letters


@pytest.fixture(scope="module")
def compared(random_groups) -> DataFrame:
    progress, letters = random_groups
    return compare(progress, groups_by(letters)).set_index("group")


def samples(random_groups) -> dict[str, np.ndarray]:
    progress, letters = random_groups
    u, each = progress["scaled_residual"].to_numpy(), np.array(list(letters))
    return {letter: u[each == letter] for letter in dict.fromkeys(letters)}


# --- each statistic beside another library --------------------------------------------------------


def test_the_columns_are_those_of_the_contract_and_eight_more(compared):
    assert [*CONTRACT, "n_rest", "mean_rest", "q_all", "tested", "seen", "why", "measure", "by"] == COLUMNS
    assert list(compared.reset_index()[COLUMNS]) == COLUMNS


def test_means_and_numbers_are_the_plain_ones_and_groups_under_five_have_only_their_number(compared, random_groups):
    for letter, values in samples(random_groups).items():
        assert compared.loc[letter, "n"] == len(values)
        assert compared.loc[letter, "n_rest"] == 149 - len(values)
        if letter != "E":
            assert compared.loc[letter, "mean"] == pytest.approx(values.mean(), abs=1e-9)
    blank = ["mean", "pooled", "low", "high", "q_value", "artefact", "gap_less_artefact", "detectable"]
    assert compared.loc["E", blank].isna().all()


def test_q_values_are_welch_tests_of_scipy_adjusted_by_statsmodels(compared, random_groups):
    values = samples(random_groups)
    tested = ["A", "B", "C", "F"]
    rest = {letter: np.concatenate([other for name, other in values.items() if name != letter]) for letter in tested}
    p = [stats.ttest_ind(values[letter], rest[letter], equal_var=False).pvalue for letter in tested]
    assert compared.loc[tested, "q_value"].to_numpy() == pytest.approx(multipletests(p, method="fdr_bh")[1], abs=1e-9)
    assert compared.loc[["D", "E"], "q_value"].isna().all()


def test_pooling_agrees_with_the_between_group_variance_of_statsmodels(compared, random_groups):
    values = {letter: each for letter, each in samples(random_groups).items() if len(each) >= 5}
    sizes, means = np.array([len(each) for each in values.values()]), np.array([each.mean() for each in values.values()])
    variances = np.array([each.var(ddof=1) for each in values.values()])
    together = (variances * (sizes - 1)).sum() / (sizes - 1).sum()
    v = np.where(sizes >= 15, variances, together) / sizes
    theirs = combine_effects(means, v, method_re="dl")
    b = theirs.tau2 / (theirs.tau2 + v)
    sd = np.sqrt(b * v + (1 - b) ** 2 * theirs.sd_eff_w_re**2)
    pooled = theirs.mean_effect_re + b * (means - theirs.mean_effect_re)
    assert theirs.tau2 > 0
    ours = compared.loc[list(values)]
    assert ours["pooled"].to_numpy() == pytest.approx(pooled, abs=1e-9)
    assert ours["low"].to_numpy() == pytest.approx(pooled - stats.norm.ppf(0.975) * sd, abs=1e-9)
    assert ours["high"].to_numpy() == pytest.approx(pooled + stats.norm.ppf(0.975) * sd, abs=1e-9)


def test_pooling_by_hand():
    """Three groups of five with variance 0.5 each, so v = 0.1 and w = 10; means 0, 1 and 2.

    mu = 1, Q = 10 (1 + 0 + 1) = 20, t2 = (20 - 2) / (30 - 300 / 30) = 0.9, B = 0.9 / (0.9 + 0.1) = 0.9,
    so 0 becomes 1 - 0.9 = 0.1; variance of mu = 1 / 3, sd = sqrt(0.9 * 0.1 + 0.01 / 3) = 0.305505."""
    spread = np.array([-1, -0.0, 0.0, 0.0, 1])  # variance 0.5
    found = compare(progress_of(np.concatenate([spread, spread + 1, spread + 2])), groups_by("AAAAABBBBBCCCCC"))
    assert found["pooled"].to_list() == pytest.approx([0.1, 1.0, 1.9], abs=1e-9)
    assert (found["high"] - found["pooled"]).to_list() == pytest.approx([1.959964 * 0.305505] * 3, abs=1e-5)
    assert set(found["verdict"]) == {"too few to say"}


def test_the_detectable_size_is_found_four_times_in_five():
    n, rest = pd.Series([10.0, 30.0, 60.0]), pd.Series([10.0, 90.0, 150.0])
    freedom = n + rest - 2
    expected = (stats.t.ppf(0.975, freedom) + stats.t.ppf(0.8, freedom)) * np.sqrt(1 / n + 1 / rest)
    assert detectable(n, rest).to_numpy() == pytest.approx(expected.to_numpy(), abs=1e-9)
    power = stats.nct.sf(stats.t.ppf(0.975, freedom), freedom, expected / np.sqrt(1 / n + 1 / rest))
    assert power == pytest.approx([0.8, 0.8, 0.8], abs=0.01)


# --- different starting points --------------------------------------------------------------------


def test_the_artefact_is_the_formula_added_up_per_cohort():
    rng = np.random.default_rng(3)
    cohorts, letters = np.repeat(["8/Maths", "9/Maths"], 100), rng.choice(list("AB"), 200, p=[0.3, 0.7])
    start = rng.normal(size=200) + (letters == "A") * -0.7 + (cohorts == "9/Maths") * 5
    now = 0.8 * start + rng.normal(size=200)
    expected = 0.7 * start
    progress = progress_of(rng.normal(size=200), start, now, cohort=cohorts, expected=expected, rho_start=0.8)
    by_hand = 0.0
    for cohort in set(cohorts):
        here, group = cohorts == cohort, letters == "A"
        slope, spread = np.polyfit(start[here], now[here], 1)[0], (now - expected)[here]
        gap = start[here & group].mean() - start[here & ~group].mean()
        by_hand += (here & group).sum() / group.sum() * 0.25 * slope * gap / np.sqrt(np.mean(spread**2))
    found = compare(progress, groups_by(letters)).set_index("group").loc["A"]
    u = progress["scaled_residual"].to_numpy()
    assert found["artefact"] == pytest.approx(by_hand, abs=1e-9)
    assert found["gap_less_artefact"] == pytest.approx(u[letters == "A"].mean() - u[letters == "B"].mean() - by_hand, abs=1e-9)


def simulated(rho: float, pupils: int = 200_000) -> DataFrame:
    """True levels correlate .9; one pupil in twenty truly starts 1 sd lower; from the same start all grow alike (methods, 4)."""
    rng = np.random.default_rng(11)
    lower = np.arange(pupils) % 20 == 0
    before = rng.normal(size=pupils) - lower
    levels = before, 0.9 * before + np.sqrt(0.19) * rng.normal(size=pupils)
    start, now = (np.sqrt(rho) * each + np.sqrt(1 - rho) * rng.normal(size=pupils) for each in levels)
    slope, level = np.polyfit(start, now, 1)
    residual = now - level - slope * start
    progress = progress_of(residual / residual.std(), start, now, expected=level + slope * start, rho_start=rho)
    return compare(progress, groups_by(np.where(lower, "L", "R"))).set_index("group").loc["L"]


@pytest.mark.parametrize(("rho", "formula"), [(0.85, -0.19), (0.70, -0.29)])
def test_a_group_that_starts_lower_seems_to_grow_less_and_the_artefact_takes_it_away(rho, formula):
    found = simulated(rho)
    assert found["artefact"] == pytest.approx(formula, abs=0.01)
    assert found["gap_less_artefact"] == pytest.approx(0, abs=0.02)
    assert found["verdict"] == "no evidence of a difference"


def test_without_the_reliability_of_the_start_no_difference_is_clear():
    u = np.concatenate([np.random.default_rng(0).normal(-2, 1, 50), np.random.default_rng(1).normal(0, 1, 150)])
    found = compare(progress_of(u, rho_start=np.nan), groups_by("A" * 50 + "B" * 150))
    assert found["artefact"].isna().all()
    assert set(found["verdict"]) == {"no evidence of a difference"}


def test_the_average_takes_the_mean_of_the_artefacts_of_the_subjects():
    rng = np.random.default_rng(5)
    start = rng.normal(size=100)
    single = [progress_of(rng.normal(size=100), start, 0.8 * start + rng.normal(size=100), subject=subject, cohort=subject,
                          expected=0.8 * start, rho_start=0.7) for subject in ("Art", "Maths")]  # fmt: skip
    mean = (single[0]["scaled_residual"] + single[1]["scaled_residual"]) / 2
    blank = dict.fromkeys(["start", "points", "expected", "rho_start"], np.nan)
    average = single[0].assign(subject="all", cohort="8/all", scaled_residual=mean / mean.std(ddof=0), **blank)
    found = compare(pd.concat([*single, average], ignore_index=True), groups_by("A" * 30 + " " * 70)).set_index("subject")
    expected = found.loc[["Art", "Maths"], "artefact"].mean() / mean.std(ddof=0)
    assert found.loc["all", "artefact"] == pytest.approx(expected, abs=1e-9)


# --- verdicts -------------------------------------------------------------------------------------


def two_groups(gap: float, n: int = 40, seed: int = 0) -> DataFrame:
    """A group of n and a rest of 100 whose means differ by exactly `gap`."""
    group, rest = (stats.zscore(np.random.default_rng(seed + each).normal(size=size)) for each, size in enumerate((n, 100)))
    return compare(progress_of(np.concatenate([group + gap, rest])), groups_by("A" * n + " " * 100))


@pytest.mark.parametrize(
    ("gap", "n", "verdict"),
    [
        (-0.8, 40, "clear difference: lower, new"),
        (0.8, 40, "clear difference: higher, new"),
        (-0.1, 40, "no evidence of a difference"),
        (-3.0, 10, "clear difference: lower, new"),
        (-3.0, 9, "too few to say"),
        (-3.0, 4, "too few to say"),
    ],
)
def test_the_verdict_says_which_way_or_that_nothing_is_evident_or_that_they_are_too_few(gap, n, verdict):
    assert two_groups(gap, n)["verdict"].to_list() == [verdict]


def test_a_gap_that_is_certain_but_small_is_not_spoken_of():
    u = np.concatenate([stats.zscore(np.random.default_rng(each).normal(size=3000)) for each in (0, 1)])
    groups = groups_by("A" * 3000 + " " * 3000)
    verdicts = {gap: compare(progress_of(u - np.repeat([gap, 0], 3000)), groups).loc[0] for gap in (0.19, 0.21)}
    assert verdicts[0.19]["q_value"] < 0.001
    assert verdicts[0.19]["verdict"] == "no evidence of a difference"
    assert verdicts[0.19]["why"] == "There is a difference, but it is smaller than those that are spoken of."
    assert verdicts[0.21]["verdict"] == "clear difference: lower, new"


def test_a_rest_under_ten_is_too_few_as_well():
    u = np.concatenate([np.random.default_rng(0).normal(size=50), np.full(9, 9.0)])
    assert set(compare(progress_of(u), groups_by("A" * 50 + "B" * 9))["verdict"]) == {"too few to say"}


@pytest.mark.parametrize(("before", "seen"), [(-0.3, "as last time"), (0.3, "new")])
def test_a_difference_is_new_unless_the_period_before_had_the_same_sign(before, seen):
    u = np.concatenate([np.full(20, -1.0), np.zeros(40)]) + np.tile([-0.5, 0.5], 30)
    found = compare(progress_of(u), groups_by("A" * 20 + " " * 40), previous=two_groups(before))
    assert found["seen"].to_list() == [seen]
    assert found["verdict"].to_list() == [f"clear difference: lower, {seen}"]


def test_in_a_school_without_differences_hardly_any_group_is_called_different():
    """Forty schools, each with twelve groups of 10 to 30 and no real difference: at q = .10 about a tenth of the schools may say
    anything at all; unadjusted tests would speak in nearly half of them."""
    rng = np.random.default_rng(20)
    letters = "".join(letter * size for letter, size in zip("ABCDEFGHIJKL", np.linspace(10, 30, 12).astype(int), strict=True))
    schools = [compare(progress_of(rng.normal(size=len(letters))), groups_by(letters)) for _ in range(40)]
    assert sum(school["verdict"].str.startswith("clear").any() for school in schools) <= 8


# --- odd tables -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("u", "letters"),
    [
        (np.zeros(40), "A" * 20 + "B" * 20),
        (np.repeat([0.0, 1.0], 20), "A" * 20 + "B" * 20),
        (np.random.default_rng(0).normal(size=40), "A" * 40),
        (np.full(40, np.nan), "A" * 20 + "B" * 20),
        (np.where(np.arange(40) % 2, np.nan, 1.5), "A" * 30 + "B" * 10),
        (np.random.default_rng(0).normal(size=40), "A" + " " * 39),
    ],
    ids=["no variance", "no variance but a gap", "all in one group", "no outcomes", "half the outcomes missing", "one pupil"],
)
@pytest.mark.filterwarnings("error")
def test_odd_tables_give_a_row_for_each_group_and_no_clear_difference(u, letters):
    found = compare(progress_of(u), groups_by(letters))
    assert found["group"].to_list() == sorted(set(letters) - {" "})
    assert found["n"].sum() == (np.isfinite(u) & (np.array(list(letters)) != " ")).sum()
    assert not found["verdict"].str.startswith("clear").any()


@pytest.mark.filterwarnings("error")
def test_no_pupils_give_an_empty_table_with_all_columns():
    found = compare(progress_of(np.zeros(4)).iloc[:0], groups_by("AB").iloc[:0])
    assert found.empty
    assert list(found) == COLUMNS


def test_a_group_is_compared_only_with_others_of_its_own_cohorts():
    u, cohorts = np.concatenate([np.zeros(20), np.ones(20), np.full(60, 9.0)]), ["8/Maths"] * 40 + ["9/Maths"] * 60
    found = compare(progress_of(u, cohort=cohorts), groups_by("A" * 20 + " " * 80)).loc[0]
    assert found["n_rest"] == 20
    assert found["gap_less_artefact"] == pytest.approx(-1 - found["artefact"])


def test_comparing_changes_neither_table(random_groups):
    progress, groups = random_groups[0].copy(), groups_by(random_groups[1])
    kept = progress.copy(deep=True), groups.copy(deep=True)
    compare(progress, groups)
    pd.testing.assert_frame_equal(progress, kept[0])
    pd.testing.assert_frame_equal(groups, kept[1])


# --- groups ---------------------------------------------------------------------------------------


@pytest.fixture
def groups(table) -> DataFrame:
    roll = table("""
        pupil_id | year_group | sex | ethnicity | sen_status | sen_need | disability | pupil_premium | eal | looked_after
        P01      | Y7         | F   | WBRI      | N          |          |            | Y             | N   | Y
        P02      | Y7         | M   | APKN      | K          | SPLD     | Y          |               | Y   | N
        P03      | Y8         |     |           | E          | BESD     |            | Y             |     |
        P04      | Y8         | M   | REFU      |            | MLD      |            |               | N   | N
        P05      | Y8         | F   | WBRI      | N          | MLD      |            |               | N   | N
    """)
    taught = table("""
        pupil_id | subject | teaching_group
        P01      | Maths   | 7X1
        P02      | Maths   |
        P03      | Maths   | 8X1
    """)
    return groups_of(roll, taught)


def members(groups: DataFrame, family: str) -> dict[str, list[str]]:
    return groups[groups["family"].eq(family)].groupby("group")["pupil_id"].agg(list).to_dict()


def test_groups_follow_the_codes_and_a_pupil_not_known_is_in_none(groups):
    assert members(groups, "SEN status") == {"EHC plan": ["P03"], "No SEN": ["P01", "P05"], "SEN support": ["P02"]}
    assert members(groups, "gender") == {"Boys": ["P02", "P04"], "Girls": ["P01", "P05"]}
    assert members(groups, "ethnicity") == {"Asian": ["P02"], "White": ["P01", "P05"]}


def test_pupils_with_sen_are_looked_at_year_by_year_and_year_groups_themselves_are_not(groups):
    assert members(groups, "SEN by year group") == {"Year 7": ["P02"], "Year 8": ["P03"]}
    assert members(groups, "year group") == {}


def test_a_need_counts_for_pupils_with_sen_and_under_its_name_of_today(groups):
    assert members(groups, "type of need") == {"MLD": ["P04"], "SEMH": ["P03"], "SPLD": ["P02"]}


def test_a_blank_is_no_where_a_column_holds_only_ticks_and_not_known_elsewhere(groups):
    assert members(groups, "pupil premium") == {"Pupil premium": ["P01", "P03"], "Not pupil premium": ["P02", "P04", "P05"]}
    assert members(groups, "looked after") == {"Looked after": ["P01"], "Not looked after": ["P02", "P04", "P05"]}
    assert members(groups, "disability")["Disability"] == ["P02"]


def test_a_teaching_group_belongs_to_its_subject(groups):
    assert members(groups, "teaching group") == {"7X1": ["P01"], "8X1": ["P03"]}
    assert groups.loc[groups["family"].eq("teaching group"), "subject"].eq("Maths").all()
    assert groups.loc[groups["family"].ne("teaching group"), "subject"].isna().all()
