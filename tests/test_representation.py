"""Who takes part in what: expected and found by hand, tests beside scipy and statsmodels, odd schools."""

import numpy as np
import pandas as pd
import pytest
from pandas import DataFrame
from scipy import stats
from statsmodels.stats.contingency_tables import StratifiedTable
from statsmodels.stats.multitest import multipletests

from sentrack_lib.measures.representation import COLUMNS, FEW_STARTS, THING, excesses, representation
from sentrack_lib.measures.sets import sets
from sentrack_lib.measures.turnout import attended_activities, turnout
from sentrack_lib.privacy.governors import _who_takes_part
from sentrack_lib.views import figures, findings, tables
from sentrack_lib.views.papers import Papers

NO_LESSONS = DataFrame({"pupil_id": [], "subject": [], "teaching_group": [], "set": []}, dtype="str")
NO_ACTIVITIES = DataFrame({"pupil_id": [], "activity": [], "kind": []}, dtype="str").assign(
    sessions_offered=pd.Series(dtype="float64"), sessions_attended=pd.Series(dtype="float64")
)
NO_PROGRESS = DataFrame({"pupil_id": [], "subject": [], "cohort": []}, dtype="str").assign(start=pd.Series(dtype="float64"))


def roll_of(statuses: str, years: str = "7", gifted: str = "") -> DataFrame:
    """A roll of one letter a pupil (a blank status is not known); year groups are taken in turn."""
    ids = [f"P{each:03d}" for each in range(len(statuses))]
    year = [years[each % len(years)] for each in range(len(ids))]
    listed = pd.Series([*gifted.ljust(len(ids)).replace(" ", "N")][: len(ids)], dtype="str")
    return DataFrame({"pupil_id": ids, "year_group": year, "sen_status": pd.Series([*statuses], dtype="str").replace(" ", pd.NA),
                      "gifted_talented": listed})  # fmt: skip


def going(pupils, activity: str = "Chess", kind: str = "club") -> DataFrame:
    return DataFrame(
        {"pupil_id": list(pupils), "activity": activity, "kind": kind, "sessions_offered": 10.0, "sessions_attended": 6.0}
    )


def found(roll: DataFrame, activities: DataFrame = NO_ACTIVITIES, **more) -> DataFrame:
    lessons, progress = more.pop("lessons", NO_LESSONS), more.pop("progress", NO_PROGRESS)
    return representation(roll, lessons, activities, progress, **more)


def test_counts_shares_and_what_is_expected_are_by_hand():
    roll = roll_of("K" * 20 + "N" * 80)
    club = going([*roll["pupil_id"][:2], *roll["pupil_id"][20:52]])
    row = found(roll, club).iloc[0]
    assert row[["statement", "kind", "what"]].to_list() == [52, "club", "Chess"]
    assert row[["n", "count", "n_rest", "count_rest"]].to_list() == [20, 2, 80, 32]
    assert row["expected"] == pytest.approx(20 * 32 / 80) and row["share"] == pytest.approx(0.1)
    assert row["verdict"] == "clear difference: fewer, new"


def test_expected_is_worked_out_year_by_year_where_anybody_takes_part():
    roll = roll_of("KN" * 60, years="7788")
    eighth = roll[roll["year_group"].eq("8")]
    row = found(roll, going(eighth["pupil_id"][eighth["sen_status"].eq("N")].head(6))).iloc[0]
    assert (row["n"], row["n_rest"]) == (30, 30)
    assert row["expected"] == pytest.approx(6)


def test_q_values_are_fishers_test_adjusted_within_the_kind():
    roll, rng = roll_of("K" * 30 + "N" * 100), np.random.default_rng(3)
    clubs = [going(roll["pupil_id"][rng.random(130) < share], name) for name, share in (("A", 0.2), ("B", 0.4), ("C", 0.1))]
    rows = found(roll, pd.concat(clubs)).set_index("what")
    p = [stats.fisher_exact([[row["count"], 30 - row["count"]], [row["count_rest"], 100 - row["count_rest"]]]).pvalue
         for _, row in rows.iterrows()]  # fmt: skip
    assert rows["q_value"].to_list() == pytest.approx(multipletests(p, method="fdr_bh")[1], abs=1e-9)


def sets_of(seed: int, pupils: int = 240, lower: float = 0.0) -> tuple[DataFrame, DataFrame, DataFrame]:
    """Two sets by start with judgement in it; pupils with SEN start lower, and `lower` more of them sit in the second set."""
    rng = np.random.default_rng(seed)
    sen = rng.random(pupils) < 0.25
    start = rng.normal(size=pupils) - 0.8 * sen
    second = start + 0.7 * rng.normal(size=pupils) - lower * sen < np.median(start)
    roll = roll_of("".join(np.where(sen, "K", "N")))
    lessons = DataFrame(
        {"pupil_id": roll["pupil_id"], "subject": "Maths", "teaching_group": "7X", "set": np.where(second, "2", "1")}
    )
    progress = DataFrame({"pupil_id": roll["pupil_id"], "subject": "Maths", "cohort": "7/Maths", "start": start})
    return roll, lessons, progress


def test_sets_are_tested_as_statsmodels_tests_strata():
    roll, lessons, progress = sets_of(1)
    row = seated(roll, lessons, progress).loc["2"]
    tenth = np.ceil(progress["start"].rank(pct=True) * 10)
    sen, second = roll["sen_status"].eq("K"), lessons["set"].eq("2")
    strata, expected = [], 0.0
    for part in sorted(tenth.unique()):
        here = tenth.eq(part)
        table = np.array([[(sen & second & here).sum(), (sen & ~second & here).sum()],
                          [(~sen & second & here).sum(), (~sen & ~second & here).sum()]])  # fmt: skip
        if table.sum(axis=1).all():
            strata.append(table)
            expected += table[0].sum() * table[1, 0] / table[1].sum()
    both = StratifiedTable(strata).test_null_odds(correction=False).pvalue
    assert row["p_same"] == pytest.approx(both, abs=1e-9)
    assert row["expected_same_start"] == pytest.approx(expected, abs=1e-9)
    assert row["n_same"] == sum(table[0].sum() for table in strata)


def seated(roll: DataFrame, lessons: DataFrame, progress: DataFrame) -> DataFrame:
    pupils = DataFrame(
        {"pupil_id": roll["pupil_id"], "year": roll["year_group"], "sen": roll["sen_status"].eq("K").astype("boolean")}
    )
    return sets(pupils, lessons, progress).set_index("set")


@pytest.mark.parametrize("steps", [1000, 2])
def test_seats_in_the_order_of_the_start_are_those_of_a_queue(steps):
    roll, lessons, progress = sets_of(4)
    progress = progress.assign(start=(progress["start"] * steps).round())
    lessons = lessons.assign(set=np.where(lessons["set"].eq("1") & (lessons.index % 3 == 0), "0", lessons["set"]))
    row, sen = seated(roll, lessons, progress), roll["sen_status"].eq("K").to_numpy()
    queue = [*lessons.assign(start=progress["start"]).groupby("set")["start"].mean().sort_values(ascending=False).index]
    seats = np.array([queue.index(each) for each in np.repeat(queue, [lessons["set"].eq(each).sum() for each in queue])])
    start = progress["start"].to_numpy()
    order = np.argsort(-start, kind="stable")
    tenth = np.ceil(progress["start"].rank(pct=True) * 10)
    both = tenth.isin([each for each in tenth.unique() if 0 < sen[tenth.eq(each)].mean() < 1]).to_numpy()
    for place, name in enumerate(queue):
        taken = np.empty(len(roll))
        taken[order] = seats == place
        taken = DataFrame({"start": start, "taken": taken}).groupby("start")["taken"].transform("mean").to_numpy()
        beyond = lessons["set"].eq(name).to_numpy() - taken
        assert row.loc[name, "expected_in_order"] == pytest.approx(taken[sen & both].sum(), abs=1e-9)
        p = stats.ttest_ind(beyond[sen & both], beyond[~sen & both], equal_var=False).pvalue
        assert row.loc[name, "p_order"] == pytest.approx(p, abs=1e-9)
        same, ordered = row.loc[name, "count_same"] - row.loc[name, ["expected_same_start", "expected_in_order"]]
        assert row.loc[name, "p"] == pytest.approx(max(p, row.loc[name, "p_same"]) if same * ordered >= 0 else 1.0)


def test_sets_by_an_unreliable_start_are_not_called_different():
    claimed = 0
    for seed in range(20):
        roll, lessons, progress = sets_of(seed)
        noisy = progress["start"] + np.random.default_rng(seed).normal(size=len(progress)) * 0.7
        rows = found(roll, lessons=lessons, progress=progress.assign(start=noisy))
        claimed += rows["verdict"].str.startswith("clear").any()
    assert claimed <= 2


def test_without_known_starts_nothing_is_said_of_sets():
    roll, lessons, progress = sets_of(5)
    rows = found(roll, lessons=lessons, progress=progress.assign(start=np.nan))
    assert set(rows["verdict"]) == {"too few to say"} and set(rows["why"]) == {FEW_STARTS} and rows["q_value"].isna().all()


def test_a_subject_that_is_listed_as_an_activity_too_counts_once():
    roll = roll_of("K" * 20 + "N" * 80).assign(year_group="10")
    lessons = DataFrame({"pupil_id": roll["pupil_id"], "subject": "English", "teaching_group": "10E", "set": None})
    art = lessons.iloc[10:60].assign(subject="Art")
    row = found(roll, going(roll["pupil_id"][5:60], "Art", "option"), lessons=pd.concat([lessons, art])).iloc[0]
    assert (row["count"], row["count_rest"], row["subject"]) == (15, 40, "Art")


def test_what_the_term_before_is_asked_for_is_the_same_as_its_whole_table():
    roll, lessons, progress = sets_of(6)
    club = going(roll["pupil_id"][::3])
    short = excesses(roll, lessons, club, progress)
    whole = found(roll, club, lessons=lessons, progress=progress)
    pd.testing.assert_frame_equal(short.sort_values(THING, ignore_index=True), whole[[*THING, "excess"]])


def test_who_starts_lower_is_rightly_in_a_lower_set():
    roll, lessons, progress = sets_of(2)
    row = found(roll, lessons=lessons, progress=progress).set_index("what").loc["Maths, Set 2"]
    assert row["share"] > row["share_rest"] + 0.1 and row["verdict"] == "no evidence of a difference"


def test_who_sits_lower_than_others_of_the_same_start_is_found():
    roll, lessons, progress = sets_of(3, pupils=600, lower=1.2)
    rows = found(roll, lessons=lessons, progress=progress).set_index("what")["verdict"]
    assert rows["Maths, Set 2"] == "clear difference: more, new" and rows["Maths, Set 1"] == "clear difference: fewer, new"


def test_an_option_is_a_subject_that_not_nearly_all_of_the_last_two_years_take():
    roll = roll_of("K" * 20 + "N" * 80).assign(year_group="10")
    everyone = DataFrame({"pupil_id": roll["pupil_id"], "subject": "English", "teaching_group": "10E", "set": None})
    some = everyone.iloc[10:60].assign(subject="Art")
    younger = everyone.iloc[:30].assign(subject="Latin")
    rows = found(roll.assign(year_group=["10"] * 70 + ["9"] * 30), lessons=pd.concat([everyone, some, younger.iloc[:0]]))
    assert rows["what"].to_list() == ["Art"] and rows["statement"].to_list() == [29]


def test_gifted_and_talented_lists_count_as_well():
    rows = found(roll_of("K" * 20 + "N" * 80, gifted="Y" * 30))
    assert rows.loc[0, ["statement", "kind", "count", "count_rest"]].to_list() == [50, "gifted and talented", 20, 10]
    assert rows.loc[0, "verdict"] == "clear difference: more, new"


def test_a_difference_the_term_before_saw_too_says_so():
    roll = roll_of("K" * 20 + "N" * 80)
    club = going(roll["pupil_id"][20:60])
    assert found(roll, club, previous=found(roll, club))["verdict"].to_list() == ["clear difference: fewer, as last time"]


def test_who_has_no_known_status_is_in_neither_group_and_counted():
    roll = roll_of(" " * 10 + "K" * 20 + "N" * 70)
    row = found(roll, going(roll["pupil_id"][:40])).iloc[0]
    assert (row["n"], row["n_rest"], row["not_known"]) == (20, 70, 10)


@pytest.mark.parametrize(
    ("statuses", "why"),
    [("K" * 40, "Everyone with a figure is in this group, so there is nobody to compare with."),
     ("N" * 40, "Nobody here has a figure."),
     (" " * 40, "Nobody here has a figure."), ("K" * 7 + "N" * 40, "Fewer than 10 pupils: an interval, no verdict."),
     ("K" * 3 + "N" * 40, "Fewer than 5 pupils: no figures."), ("K" * 20 + "N" * 5, "Fewer than 10 others to compare with.")],
)  # fmt: skip
@pytest.mark.filterwarnings("error")
def test_where_there_is_no_verdict_there_is_a_sentence(statuses, why):
    roll = roll_of(statuses)
    row = found(roll, going(roll["pupil_id"][::2])).iloc[0]
    assert row["verdict"] == "too few to say" and row["why"] == why


@pytest.mark.filterwarnings("error")
def test_without_anything_to_take_part_in_the_table_is_empty_with_all_columns():
    assert list(found(roll_of("KN" * 20))) == COLUMNS and found(roll_of("KN" * 20)).empty
    assert found(roll_of("KN" * 20).iloc[:0]).empty


def test_how_often_they_come_is_by_hand():
    roll = roll_of("K" * 6 + "N" * 8 + " ")
    rows = going(roll["pupil_id"]).assign(sessions_attended=[1, 2, 3, 10, 10, 10, *[5] * 8, 9], sessions_offered=10)
    came = attended_activities(roll, rows)
    row = turnout(came).iloc[0]
    assert row[["n", "seldom", "n_rest", "seldom_rest"]].to_list() == [6, 3, 8, 0]
    assert row["mean"] == pytest.approx(0.6) and row["mean_rest"] == pytest.approx(0.5)
    low, high = stats.t.interval(0.95, 5, 0.6, stats.sem([0.1, 0.2, 0.3, 1, 1, 1]))
    assert row[["low", "high"]].to_list() == pytest.approx([low, min(high, 1.0)])


def test_fewer_than_five_have_no_mean_and_sessions_not_recorded_count_for_nothing():
    roll = roll_of("K" * 3 + "N" * 8)
    row = turnout(attended_activities(roll, going(roll["pupil_id"]))).iloc[0]
    assert np.isnan(row["mean"]) and row["n"] == 3
    assert turnout(attended_activities(roll, going(roll["pupil_id"]).assign(sessions_offered=np.nan))).empty


def papers_of(rows: DataFrame, audience: str = "inclusion", **at) -> Papers:
    about = DataFrame([{"school": "Ours", "term": "2025-26-summer", "label": "Summer 2026", "before": "", "version": ""}])
    return Papers(audience, {"about": about, "representation": rows}).on(**at)


def test_findings_are_said_for_none_one_and_many():
    roll = roll_of("K" * 20 + "N" * 80)
    nobody, some = going(roll["pupil_id"][20:60]), going(roll["pupil_id"][::2], "Choir")
    assert repr(findings.representation(papers_of(found(roll)))) == "What pupils take part in is not recorded."
    alone = repr(findings.representation(papers_of(found(roll, some))))
    assert alone == "In the only thing compared there are not clearly fewer or more pupils with SEN than expected."
    both = repr(findings.representation(papers_of(found(roll, pd.concat([nobody, some])))))
    assert "In 1 of 2 things compared there are" in both
    assert "None of 20 pupils with SEN take part, 10 would if they did as others do." in both
    few = repr(findings.representation(papers_of(found(roll_of("K" * 7 + "N" * 80), some.iloc[:9]))))
    assert few == "Of 1 thing it cannot be said whether pupils with SEN are fewer or more than expected: too few to say."


def test_the_table_says_why_nothing_can_be_said_and_the_figure_says_all_it_shows():
    roll = roll_of("K" * 7 + "N" * 80)
    papers = papers_of(found(roll, going(roll["pupil_id"][::2])))
    shown = repr(tables.representation(papers))
    assert "too few to say. Fewer than 10 pupils: an interval, no verdict." in shown and "4\xa0of\xa07" in shown
    assert "Chess: 4 of 7 pupils" in repr(figures.representation(papers))
    assert "whole school" in repr(tables.representation(papers_of(found(roll), year_group="7")))


def test_governors_see_rounded_counts_and_no_sizes():
    roll = roll_of("K" * 20 + "N" * 80)
    handed = _who_takes_part(found(roll, going(roll["pupil_id"][3:60])), 20)
    shown = tables.representation(papers_of(handed, "governors"))
    assert shown.frame.columns.to_list() == ["What", "Kind", "Statement", "With SEN", "Verdict"] and "Rounded" in shown.note
    assert "Nothing that may be drawn" in repr(figures.representation(papers_of(handed, "governors")))
