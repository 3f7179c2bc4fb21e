"""Headline figures term by term: each statistic beside scipy or statsmodels, and no change told that is not there."""

import numpy as np
import pandas as pd
import pytest
from pandas import DataFrame
from scipy import stats
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from sentrack_lib.measures.attendance import COLUMNS as ATTENDED
from sentrack_lib.measures.trend_changes import COLUMNS as CHANGES
from sentrack_lib.measures.trend_changes import trend_changes
from sentrack_lib.measures.trends import COLUMNS, FIGURES, GROUPS, sums_by_term, trends
from sentrack_lib.sources.coded import coded

LAST_YEAR, SPRING, NOW = "2024-25-summer", "2025-26-spring", "2025-26-summer"
TERMS = [LAST_YEAR, SPRING, NOW]
Tables = dict[str, DataFrame]


def school(statuses: str, absence: dict, growth: dict | None = None, events: list | None = None) -> Tables:
    """Pupils by a letter of SEN status each, the same in every term; `absence` and `growth` by term, pupil by pupil."""
    ids = [f"P{each:04d}" for each in range(len(statuses))]
    statuses_of = [None if letter == " " else letter for letter in statuses]
    pupils = pd.concat([DataFrame({"term": term, "pupil_id": ids, "sen_status": statuses_of}) for term in absence])
    attended = [DataFrame({"term": term, "pupil_id": ids, "term_absence": missed}) for term, missed in absence.items()]
    grown = [progress_of(term, ids, u) for term, u in (growth or dict.fromkeys(absence, np.full(len(ids), np.nan))).items()]
    rows = DataFrame(events or [], columns=["term", "pupil_id", "kind"]).astype("str")
    attendance = pd.concat(attended, ignore_index=True).reindex(columns=[*ATTENDED])
    return {
        "progress": pd.concat(grown, ignore_index=True),
        "attendance": attendance,
        "behaviour": rows,
        "pupils": pupils.reset_index(drop=True).astype({"sen_status": "str", "pupil_id": "str", "term": "str"}),
    }


def progress_of(term: str, ids: list, u: np.ndarray) -> DataFrame:
    known = np.isfinite(u)
    average = DataFrame({"term": term, "pupil_id": ids, "subject": "all", "scaled_residual": u})
    average = average.assign(
        p_low=np.where(known, np.where(u < -1, 0.5, 0.49), np.nan), growth_percentile=np.where(known, 50.0, np.nan)
    )
    return pd.concat([average, average.assign(subject="Maths", scaled_residual=u + 1)])


def row_of(table: DataFrame, figure: str, group: str, term: str = NOW, subject: str = "all") -> pd.Series:
    [row] = table[
        table["figure"].eq(figure) & table["group"].eq(group) & table["term"].eq(term) & table["subject"].eq(subject)
    ].to_dict("records")
    return pd.Series(row)


def change_of(table: DataFrame, figure: str, group: str, since: str = SPRING, subject: str = "all") -> pd.Series:
    return row_of(table[table["since"].eq(since)], figure, group, NOW, subject)


@pytest.fixture(scope="module")
def drawn() -> Tables:
    """150 pupils of whom 50 have SEN, 40 at support; in the last term those with SEN miss more and grow less."""
    random = np.random.default_rng(5)
    statuses = "K" * 40 + "E" * 10 + "N" * 95 + " " * 5
    sen = np.array([letter in "KE" for letter in statuses])
    absence = {term: random.choice([0.0, 0.05, 0.1, 0.6], 150, p=[0.3, 0.5, 0.15, 0.05]) for term in TERMS}
    absence[NOW] = np.where(sen & (random.random(150) < 0.7), 0.1, absence[NOW])
    growth = {term: random.normal(size=150) - sen * (1.2 if term == NOW else 0) for term in TERMS}
    growth[SPRING] = np.where(np.arange(150) % 7 == 0, np.nan, growth[SPRING])
    when, whom = random.choice(TERMS[1:], 90), random.integers(0, 60, 90)
    happened = zip(when, whom, random.choice(["sanction", "suspension"], 90), strict=True)
    return school(statuses, absence, growth, [(term, f"P{pupil:04d}", kind) for term, pupil, kind in happened])


@pytest.fixture(scope="module")
def sums(drawn) -> DataFrame:
    return sums_by_term(**drawn)


def values(drawn: Tables, term: str) -> DataFrame:
    """Pupil by pupil what the trend adds up, got by plain joins."""
    pupils = drawn["pupils"][drawn["pupils"]["term"].eq(term)]
    absent = drawn["attendance"][drawn["attendance"]["term"].eq(term)][["pupil_id", "term_absence"]]
    grown = drawn["progress"][drawn["progress"]["term"].eq(term) & drawn["progress"]["subject"].eq("all")].drop(columns="term")
    return pupils.merge(absent, on="pupil_id").merge(grown, on="pupil_id", how="left")


def of_group(rows: DataFrame, group: str) -> DataFrame:
    letters = {"all pupils": None, "with SEN": "KE", "without SEN": "N", "SEN support": "K", "EHC plan": "E"}[group]
    return rows if letters is None else rows[rows["sen_status"].isin(list(letters))]


def test_counts_means_and_intervals_are_those_of_statsmodels_and_scipy(sums, drawn):
    table = trends(sums)
    assert list(table) == COLUMNS
    for group in GROUPS:
        for term in TERMS:
            mine = of_group(values(drawn, term), group)
            row, yes = row_of(table, "missed a tenth", group, term), (mine["term_absence"] >= 0.1).sum()
            assert (row["n"], row["count"], row["value"]) == (len(mine), yes, pytest.approx(yes / len(mine), abs=1e-9))
            interval = proportion_confint(yes, len(mine), 2 * stats.norm.sf(1.96), method="wilson")
            assert (row["low"], row["high"]) == pytest.approx(interval, abs=1e-9)
            row, missed = row_of(table, "absence", group, term), mine["term_absence"]
            ends = stats.t.interval(0.95, len(missed) - 1, missed.mean(), stats.sem(missed))
            assert (row["value"], row["low"], row["high"]) == pytest.approx((missed.mean(), *np.clip(ends, 0, 1)), abs=1e-9)
            assert pd.isna(row["count"])


def test_growth_low_progress_and_coverage_are_of_those_whose_progress_can_be_told(sums, drawn):
    table, mine = trends(sums), of_group(values(drawn, SPRING), "with SEN")
    told = mine.dropna(subset=["p_low"])
    assert len(told) < len(mine)
    low, growth, known = (row_of(table, figure, "with SEN", SPRING) for figure in ("low progress", "growth", "progress told"))
    assert (low["n"], low["count"]) == (len(told), (told["p_low"] >= 0.5).sum())
    assert growth["value"] == pytest.approx(told["scaled_residual"].mean(), abs=1e-9)
    assert (growth["n"], growth["unit"]) == (len(told), "SD")
    assert (known["n"], known["count"]) == (len(mine), len(told))


def test_growth_has_no_row_for_all_pupils_and_by_subject_it_is_of_pupils_with_sen(sums, drawn):
    table = trends(sums)
    assert table[table["figure"].eq("growth") & table["group"].eq("all pupils")].empty
    assert set(table.loc[table["subject"].ne("all"), "group"]) == {"with SEN"}
    mine = of_group(values(drawn, NOW), "with SEN")["scaled_residual"] + 1
    assert row_of(table, "growth", "with SEN", NOW, "Maths")["value"] == pytest.approx(mine.mean(), abs=1e-9)


def test_behaviour_counts_pupils_once_and_a_term_without_records_is_not_known(sums, drawn):
    table, rows = trends(sums), drawn["behaviour"]
    for figure, kind in (("suspended or excluded", "suspension"), ("sanction", "sanction")):
        whom = rows.loc[rows["term"].eq(NOW) & rows["kind"].eq(kind), "pupil_id"]
        assert whom.duplicated().any()
        row = row_of(table, figure, "all pupils")
        assert (row["n"], row["count"]) == (150, whom.nunique())
        assert row_of(table, figure, "all pupils", LAST_YEAR)["n"] == 0
    assert row_of(table, "reward", "all pupils")["n"] == 0


def test_changes_of_shares_are_newcombe_and_fisher_and_those_of_means_welch(sums, drawn):
    table = trend_changes(sums)
    assert list(table) == CHANGES
    p = []
    for row in table[table["since"].eq(SPRING) & table["q_value"].notna()].to_dict("records"):
        now, then = (of_sums(sums, row, term) for term in (NOW, SPRING))
        if row["figure"] in ("growth", "absence"):
            p.append(stats.ttest_ind_from_stats(*now["moments"], *then["moments"], equal_var=False).pvalue)
            continue
        tables = [[each["total"], each["n"] - each["total"]] for each in (now, then)]
        p.append(stats.fisher_exact(tables)[1])
        counts = (now["total"], now["n"], then["total"], then["n"])
        ends = confint_proportions_2indep(*counts, method="newcomb", compare="diff", alpha=2 * stats.norm.sf(1.96))
        assert (row["low"], row["high"]) == pytest.approx(ends, abs=1e-9)
    tested = table[table["since"].eq(SPRING) & table["q_value"].notna()]
    assert tested["q_value"].to_numpy() == pytest.approx(multipletests(p, method="fdr_bh")[1], abs=1e-9)
    assert set(table.loc[table["since"].eq(SPRING), "tested"]) == {len(p)}


def of_sums(sums: DataFrame, row: dict, term: str) -> dict:
    same = [sums[name].eq(row[name]) for name in ("figure", "group", "subject")]
    [found] = sums[np.logical_and.reduce(same) & sums["term"].eq(term)].to_dict("records")
    n, mean = found["n"], found["total"] / found["n"]
    return {**found, "moments": (mean, np.sqrt((found["squares"] - n * mean**2) / (n - 1)), n)}


def test_welchs_interval_of_a_change_is_scipys(sums, drawn):
    now, then = (of_group(values(drawn, term), "with SEN")["scaled_residual"].dropna() for term in (NOW, LAST_YEAR))
    ends = stats.ttest_ind(now, then, equal_var=False).confidence_interval()
    row = change_of(trend_changes(sums), "growth", "with SEN", LAST_YEAR)
    assert (row["change"], row["low"], row["high"]) == pytest.approx((now.mean() - then.mean(), *ends), abs=1e-9)


def test_a_planted_change_has_its_direction_and_the_others_are_within_what_chance_does(sums):
    table = trend_changes(sums)
    for since in (SPRING, LAST_YEAR):
        assert change_of(table, "missed a tenth", "with SEN", since)["mark"] == "more"
        assert change_of(table, "growth", "with SEN", since)["mark"] == "lower"
        assert change_of(table, "growth", "with SEN", since, "Maths")["mark"] == "lower"
        assert change_of(table, "missed a tenth", "without SEN", since)["mark"] == "within what chance does"
    less = school("N" * 60, {SPRING: np.full(60, 0.3), NOW: np.linspace(0, 0.06, 60)})
    assert change_of(trend_changes(sums_by_term(**less)), "missed a tenth", "all pupils")["mark"] == "fewer"


def test_what_is_not_known_in_a_term_cannot_be_told_and_few_pupils_are_too_few(sums):
    table = trend_changes(sums)
    row = change_of(table, "sanction", "all pupils", LAST_YEAR)
    assert (row["mark"], row["why"]) == ("cannot be told", "In one of the two terms it is not known for any pupil.")
    missed = {SPRING: np.arange(43) / 50, NOW: np.arange(43) / 60}
    small = trend_changes(sums_by_term(**school("K" * 9 + "E" * 4 + "N" * 30, missed)))
    nine, four = (change_of(small, "absence", group) for group in ("SEN support", "EHC plan"))
    assert (nine["mark"], four["mark"]) == ("too few to say", "too few to say")
    assert pd.notna(nine["low"]) and pd.isna(nine["q_value"]) and pd.isna(four["change"]) and pd.isna(four["low"])


def test_groups_under_five_show_their_number_alone():
    table = trends(sums_by_term(**school("K" * 5 + "E" * 4 + "N" * 30, {NOW: np.arange(39) / 50})))
    four = row_of(table, "missed a tenth", "EHC plan")
    assert four["n"] == 4 and four[["count", "value", "low", "high"]].isna().all()
    assert row_of(table, "missed a tenth", "SEN support")[["count", "value", "low", "high"]].notna().all()


def test_a_tenth_of_the_sessions_is_a_tenth_however_it_is_divided():
    possible = np.array([10, 30, 70, 110, 120, 190, 370, 10, 30, 120])
    missed = possible / 10 - (np.arange(10) >= 7)
    table = trends(sums_by_term(**school("N" * 10, {NOW: missed / possible})))
    assert row_of(table, "missed a tenth", "all pupils")["count"] == 7


def test_pupils_who_are_all_alike_give_no_interval_of_a_mean_and_no_test():
    table = sums_by_term(**school("N" * 20, {SPRING: np.full(20, 0.25), NOW: np.full(20, 0.5)}))
    row = row_of(trends(table), "absence", "all pupils")
    assert row["value"] == 0.5 and pd.isna(row["low"])
    change = change_of(trend_changes(table), "absence", "all pupils")
    assert (change["mark"], change["why"]) == (
        "cannot be told", "All pupils are alike in both terms, so there is nothing to test.",
    )  # fmt: skip
    assert change_of(trend_changes(table), "missed a tenth", "all pupils")["mark"] == "within what chance does"


def test_a_first_term_has_a_trend_and_no_changes():
    table = sums_by_term(**school("K" * 12, {NOW: np.arange(12) / 20}))
    assert set(trends(table)["term"]) == {NOW}
    found = trend_changes(table)
    assert found.empty and list(found) == CHANGES
    assert (str(found["n"].dtype), str(found["q_value"].dtype), str(found["mark"].dtype)) == ("int64", "float64", "str")


def test_a_school_without_pupils_or_with_none_or_all_with_sen_has_every_figure(drawn):
    nobody = {name: table.iloc[:0] for name, table in drawn.items()}
    assert trends(sums_by_term(**nobody)).empty and trend_changes(sums_by_term(**nobody)).empty
    for letters, group in (("N" * 12, "with SEN"), ("K" * 12, "without SEN"), ("N", "with SEN")):
        table = trends(sums_by_term(**school(letters, {NOW: np.arange(len(letters)) / 20})))
        assert set(table["figure"]) == set(FIGURES)
        assert row_of(table, "missed a tenth", group)["n"] == 0


def test_a_pupil_whose_status_changes_counts_in_each_term_as_the_roll_of_that_term_says(drawn):
    moved = drawn["pupils"].assign(sen_status=drawn["pupils"]["sen_status"].mask(drawn["pupils"]["term"].eq(NOW), "N"))
    table = trends(sums_by_term(**{**drawn, "pupils": moved}))
    assert row_of(table, "absence", "with SEN", SPRING)["n"] == 50 and row_of(table, "absence", "with SEN")["n"] == 0


def test_texts_and_codes_give_the_same_and_nothing_is_changed(drawn, sums):
    before = {name: table.copy() for name, table in drawn.items()}
    as_codes = sums_by_term(**{**coded(drawn)})
    pd.testing.assert_frame_equal(as_codes, sums)
    for name, table in before.items():
        pd.testing.assert_frame_equal(table, drawn[name])


def test_rows_of_pupils_who_are_on_no_roll_and_of_other_terms_count_nowhere(drawn, sums):
    stranger = drawn["behaviour"].assign(pupil_id="Z9", kind="suspension")
    later = drawn["pupils"].assign(term="2026-27-autumn")
    more = {"behaviour": pd.concat([drawn["behaviour"], stranger]), "pupils": pd.concat([drawn["pupils"], later])}
    pd.testing.assert_frame_equal(sums_by_term(**{**drawn, **more}), sums)


def test_where_nothing_changes_fewer_than_one_school_in_ten_is_told_that_something_did():
    random, told, statuses = np.random.default_rng(11), 0, "K" * 30 + "E" * 10 + "N" * 160
    for _ in range(60):
        absence = {term: random.choice([0.02, 0.06, 0.12, 0.55], 200, p=[0.5, 0.25, 0.2, 0.05]) for term in (SPRING, NOW)}
        growth = {term: random.normal(size=200) for term in (SPRING, NOW)}
        found = trend_changes(sums_by_term(**school(statuses, absence, growth)))
        told += found["mark"].isin(["more", "fewer", "higher", "lower"]).any()
    assert told < 6
