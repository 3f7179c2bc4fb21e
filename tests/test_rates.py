"""Shares of groups beside the others: each statistic beside scipy or statsmodels, and what is said of small and odd groups."""

import numpy as np
import pandas as pd
import pytest
from pandas import DataFrame
from scipy import stats
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint

from sentrack_lib.measures.groups.membership import groups_of
from sentrack_lib.measures.groups.rates import COLUMNS, compare_rates, happened, pupil_groups, rate_gaps
from sentrack_lib.terms import Term

TERM = Term.named("2025-26-spring")


def pupils(count: int) -> list[str]:
    return [f"P{each:04d}" for each in range(count)]


def told(happens, name: str = "suspension") -> DataFrame:
    return DataFrame({"pupil_id": pupils(len(happens)), name: pd.array(happens, dtype="boolean")})


def by(letters: str, family: str = "gender") -> DataFrame:
    drawn = DataFrame({"pupil_id": pupils(len(letters)), "family": family, "group": list(letters)})
    return drawn[drawn["group"].ne(" ")].astype("str")


@pytest.fixture(scope="module")
def letters() -> str:
    return "A" * 60 + "B" * 100 + "C" * 7 + "D" * 3 + " " * 30


@pytest.fixture(scope="module")
def yes(letters) -> np.ndarray:
    shares = {"A": 0.4, "B": 0.1, "C": 0.3, "D": 0.5, " ": 0.1}
    return np.random.default_rng(3).random(len(letters)) < np.array([shares[letter] for letter in letters])


@pytest.fixture(scope="module")
def compared(letters, yes) -> DataFrame:
    return compare_rates(told(yes), by(letters)).set_index("group")


def test_counts_shares_and_intervals_are_those_of_statsmodels(compared, letters, yes):
    for letter in "ABC":
        mine = np.array(list(letters)) == letter
        row = compared.loc[letter]
        assert (row["n"], row["count"], row["n_rest"], row["count_rest"]) == (
            mine.sum(), yes[mine].sum(), (~mine).sum(), yes[~mine].sum(),
        )  # fmt: skip
        assert row["mean"] == pytest.approx(yes[mine].mean(), abs=1e-9)
        interval = proportion_confint(yes[mine].sum(), mine.sum(), 2 * stats.norm.sf(1.96), method="wilson")
        assert row[["low", "high"]].to_list() == pytest.approx(interval, abs=1e-9)
        assert row["gap_less_artefact"] == pytest.approx(yes[mine].mean() - yes[~mine].mean(), abs=1e-9)


def test_q_values_are_fishers_test_adjusted_by_statsmodels(compared, letters, yes):
    p = []
    for letter in "AB":
        mine = np.array(list(letters)) == letter
        table = [[(yes & mine).sum(), (~yes & mine).sum()], [(yes & ~mine).sum(), (~yes & ~mine).sum()]]
        p.append(stats.fisher_exact(table).pvalue)
    assert compared.loc[["A", "B"], "q_value"].to_list() == pytest.approx(multipletests(p, method="fdr_bh")[1], abs=1e-9)
    assert set(compared["tested"]) == {2}


def test_a_group_of_five_to_nine_has_an_interval_and_no_verdict_and_a_smaller_one_its_number_alone(compared):
    assert compared.loc["C", ["low", "high"]].notna().all() and compared.loc["C", "verdict"] == "too few to say"
    assert compared.loc["C", "why"] == "Fewer than 10 pupils: an interval, no verdict."
    blank = ["mean", "low", "high", "gap_less_artefact", "ratio", "limit_low", "limit_high", "detectable", "q_value"]
    assert compared.loc["D", blank].isna().all() and compared.loc["D", "n"] == 3


def test_the_funnel_is_where_a_group_of_this_size_lies_if_it_is_like_all(compared, yes):
    share, n = yes.mean(), 60
    limits = share + np.array([-1, 1]) * stats.norm.ppf(0.975) * np.sqrt(share * (1 - share) / n)
    assert compared.loc["A", ["limit_low", "limit_high"]].to_list() == pytest.approx(limits, abs=1e-9)
    assert compared.loc["A", "mean"] > compared.loc["A", "limit_high"]


def test_a_clear_difference_says_its_direction_and_whether_it_was_seen_before(letters, yes):
    before = rate_gaps(told(yes), by(letters))
    assert compare_rates(told(yes), by(letters)).set_index("group").loc["A", "verdict"] == "clear difference: higher, new"
    again = compare_rates(told(yes), by(letters), before).set_index("group")
    assert again.loc["A", "verdict"] == "clear difference: higher, as last time"


def test_a_ratio_is_formed_only_with_five_events_on_both_sides():
    letters = "A" * 20 + "B" * 100
    few, enough = (compare_rates(told([each < k or 20 <= each < 25 for each in range(120)]), by(letters)) for k in (4, 5))
    assert few["ratio"].isna().all()
    assert enough.set_index("group").loc["A", "ratio"] == pytest.approx((5 / 20) / (5 / 100))


def test_a_gap_that_is_certain_but_small_is_not_spoken_of():
    letters, n = "A" * 20_000 + "B" * 20_000, 20_000
    yes = np.concatenate([np.arange(n) < 0.52 * n, np.arange(n) < 0.50 * n])
    row = compare_rates(told(yes), by(letters)).set_index("group").loc["A"]
    assert row["q_value"] < 0.01 and row["verdict"] == "no evidence of a difference"
    assert row["why"] == "There is a difference, but it is smaller than those that are spoken of."


def test_a_rare_thing_that_happens_half_as_often_again_is_spoken_of():
    letters, n = "A" * 20_000 + "B" * 20_000, 20_000
    yes = np.concatenate([np.arange(n) < 160, np.arange(n) < 60])
    assert compare_rates(told(yes), by(letters)).set_index("group").loc["A", "verdict"] == "clear difference: higher, new"


@pytest.mark.parametrize(
    ("happens", "letters", "why"),
    [
        ([False] * 40, "A" * 20 + "B" * 20, "All figures are alike, so there is nothing to test."),
        ([True] * 40, "A" * 20 + "B" * 20, "All figures are alike, so there is nothing to test."),
        ([True, False] * 20, "A" * 40, "Everyone with a figure is in this group, so there is nobody to compare with."),
        ([True, False] * 20, "A" * 35 + " " * 5, "Fewer than 10 others to compare with."),
        ([None] * 40, "A" * 20 + "B" * 20, "Nobody here has a figure."),
    ],
)
@pytest.mark.filterwarnings("error")
def test_where_there_is_no_verdict_there_is_a_sentence(happens, letters, why):
    found = compare_rates(told(happens), by(letters))
    assert set(found["why"]) == {why}
    assert not found["verdict"].str.startswith("clear").any()


@pytest.mark.filterwarnings("error")
def test_without_pupils_or_groups_the_table_is_empty_with_all_columns():
    assert list(compare_rates(told([True]).iloc[:0], by("A").iloc[:0])) == COLUMNS


# --- what happened --------------------------------------------------------------------------------


@pytest.fixture
def year(table) -> tuple[DataFrame, DataFrame, DataFrame]:
    roll = table("""
        pupil_id | year_group | sen_status | sex | ethnicity | sen_need | disability | pupil_premium | eal | looked_after
        A        | 8          | K          | F   |           | SLCN     |            |               |     |
        B        | 8          | N          | M   |           |          |            |               |     |
        C        | 9          |            |     |           |          |            |               |     |
    """)
    attended = table("""
        pupil_id | persistent | severe
        A        | True       | False
        B        | False      | False
    """)
    behaviour = table("""
        term           | pupil_id | kind
        2024-25-summer | B        | suspension
        2025-26-autumn | A        | suspension
        2025-26-spring | C        | sanction
        2025-26-summer | B        | suspension
    """)
    return roll, attended, behaviour


def test_what_happened_is_of_the_school_year_up_to_the_term(year):
    found = happened(*year, TERM).set_index("pupil_id")
    assert found["suspension"].to_dict() == {"A": True, "B": False, "C": False}
    assert found["sanction"].to_dict() == {"A": False, "B": False, "C": True}
    assert found["permanent exclusion"].to_list() == [False] * 3


def test_what_nobody_recorded_is_not_known_and_not_never(year):
    roll, attended, behaviour = year
    assert happened(roll, attended, behaviour, TERM)["reward"].isna().all()
    nothing = happened(roll, attended, behaviour.iloc[:0], TERM)
    assert nothing[["suspension", "permanent exclusion", "sanction", "reward"]].isna().all(axis=None)
    assert happened(roll, attended, behaviour, TERM).set_index("pupil_id")["persistent absence"].isna().to_dict()["C"]


def test_rates_are_of_pupils_not_of_lessons_and_year_groups_can_be_compared(year):
    lessons = DataFrame({"pupil_id": ["A", "B"], "subject": "Maths", "teaching_group": "8X", "set": "1"})
    groups = groups_of(year[0], lessons, [("gender", "year group"), ("set", "subject")])
    families = set(pupil_groups(year[0], groups)["family"])
    assert {"year group", "gender × year group"} <= families
    assert not {"teaching group", "set"} & families
