"""What pupils and parents say: every figure by hand or by scipy, who did not answer said aloud, and nothing told of too few."""

import numpy as np
import pandas as pd
import pytest
from pandas import DataFrame
from scipy import stats
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint

from sentrack_lib.measures.voices import voices
from sentrack_lib.sources.coded import coded
from sentrack_lib.terms import Term
from sentrack_lib.views import papers as of_papers
from sentrack_lib.views.figures import voices as figures
from sentrack_lib.views.findings import voices as findings
from sentrack_lib.views.parts import Sentences, Table, Unseen
from sentrack_lib.views.tables import voices as tables

NOW, BEFORE, LONG_AGO = "2025-26-autumn", "2024-25-summer", "2024-25-autumn"
TERM = Term.named(NOW)
DETAILS = ("sen_need", "ethnicity", "sex", "pupil_premium", "eal", "looked_after", "disability", "surname", "forename", "form")
ACTIONS = ["action_id", "about", "what", "owner", "agreed_on", "by", "done_on", "result"]


def roll(pupils: int, terms=(NOW,), sen=lambda place: place % 3 == 0, **columns) -> DataFrame:
    """Pupils T000, T001 …, every third of them with SEN, in Years 7 and 8 by turns."""
    ids = [f"T{place:03d}" for place in range(pupils)]
    status = ["K" if sen(place) else "N" for place in range(pupils)]
    years = ["7" if place % 2 else "8" for place in range(pupils)]
    one = DataFrame({"pupil_id": ids, "year_group": years, "sen_status": status} | dict.fromkeys(DETAILS, None))
    one = one.assign(**columns).astype(dict.fromkeys(["pupil_id", "year_group", "sen_status", *DETAILS], "str"))
    return pd.concat([one.assign(term=term) for term in terms], ignore_index=True)


def answers(scores, term=NOW, respondent="pupil", theme="feels safe", pupils=None, comment=None) -> DataFrame:
    """One answer a pupil, T000 first; a pupil None is anonymous."""
    pupils = [f"T{place:03d}" for place in range(len(scores))] if pupils is None else pupils
    rows = {"term": term, "respondent": respondent, "pupil_id": pupils, "on": pd.Timestamp("2025-10-01"), "theme": theme}
    drawn = DataFrame(rows | {"score": np.asarray(scores, dtype="float64"), "comment": comment}, index=range(len(scores)))
    return drawn.astype(dict.fromkeys(["term", "respondent", "pupil_id", "theme", "comment"], "str"))


def absent(pupils: DataFrame, often=()) -> DataFrame:
    now = pupils.loc[pupils["term"].eq(NOW), ["pupil_id", "term"]]
    return now.assign(persistent=now["pupil_id"].isin(often).astype("boolean"))


def heard(views: DataFrame, pupils: DataFrame, often=(), actions=None) -> dict[str, DataFrame]:
    return voices({"views": views, "pupils": pupils}, absent(pupils, often), TERM, actions)


def row(table: DataFrame, **wanted):
    found = table
    for column, value in wanted.items():
        found = found[found[column].eq(value)]
    assert len(found) == 1
    return found.iloc[0]


@pytest.fixture(scope="module")
def asked() -> tuple[DataFrame, DataFrame]:
    """Ninety pupils, thirty with SEN; those with SEN feel less safe now, all felt safer before; parents asked now only."""
    rng, pupils = np.random.default_rng(4), roll(90, (BEFORE, NOW))
    sen = np.arange(90) % 3 == 0
    parts = [
        answers(np.clip(rng.integers(2, 6, 90) - 1 * sen, 1, 5)),
        answers(rng.integers(1, 6, 90), theme="enjoys lessons"),
        answers(rng.integers(4, 6, 90), term=BEFORE),
        answers(rng.integers(1, 6, 40), respondent="parent", theme="is kept informed"),
    ]
    return pd.concat(parts, ignore_index=True), pupils


@pytest.fixture(scope="module")
def found(asked) -> dict[str, DataFrame]:
    return heard(*asked)


@pytest.fixture(scope="module")
def silence(asked) -> dict[str, DataFrame]:
    return heard(answers([]), asked[1])


# --- each figure beside scipy and statsmodels ------------------------------------------------------


def test_a_mean_its_interval_and_its_gap_are_those_of_scipy(asked, found):
    scores = asked[0].query("theme == 'feels safe' and term == @NOW")["score"].to_numpy()
    mine, rest = scores[::3], np.delete(scores, np.arange(0, 90, 3))
    told = row(found["views"], theme="feels safe", group="with SEN")
    low, high = stats.t.interval(0.95, 29, mine.mean(), stats.sem(mine))
    welch = stats.ttest_ind(mine, rest, equal_var=False)
    gap = welch.confidence_interval()
    ours = told[["n", "n_rest", "mean", "mean_rest", "low", "high", "gap", "gap_low", "gap_high"]].to_numpy(dtype="float64")
    theirs = [30, 60, mine.mean(), rest.mean(), low, high, mine.mean() - rest.mean(), gap.low, gap.high]
    assert ours == pytest.approx(np.array(theirs), abs=1e-9)
    assert told["verdict"] == "clear difference: lower, new"


def test_q_values_are_over_all_themes_and_groups_of_a_respondent_and_family(asked, found):
    p = []
    for theme in ("enjoys lessons", "feels safe"):
        scores = asked[0].loc[asked[0]["theme"].eq(theme) & asked[0]["term"].eq(NOW), "score"].to_numpy()
        mine, rest = scores[::3], np.delete(scores, np.arange(0, 90, 3))
        p += [stats.ttest_ind(mine, rest, equal_var=False).pvalue] * 2
    ours = found["views"].query("family == 'SEN' and respondent == 'pupil'")
    assert ours["q_value"].to_numpy() == pytest.approx(multipletests(p, method="fdr_bh")[1], abs=1e-9)
    assert set(ours["tested"]) == {4}


def test_the_share_of_good_scores_has_wilsons_interval(asked, found):
    scores = asked[0].query("theme == 'feels safe' and term == @NOW")["score"].to_numpy()[::3]
    told = row(found["views"], theme="feels safe", group="with SEN")
    count = int((scores >= 4).sum())
    z = 2 * stats.norm.sf(1.96)
    assert told["positive"] == count
    low, high = proportion_confint(count, 30, alpha=z, method="wilson")
    assert told[["share", "share_low", "share_high"]].to_numpy(dtype="float64") == pytest.approx(
        np.array([count / 30, low, high])
    )


def test_what_could_be_seen_is_in_points_of_score(asked, found):
    scores = asked[0].query("theme == 'feels safe' and term == @NOW")["score"].to_numpy()
    mine, rest = scores[::3], np.delete(scores, np.arange(0, 90, 3))
    within = np.sqrt((29 * mine.var(ddof=1) + 59 * rest.var(ddof=1)) / 88)
    size = (stats.t.ppf(0.975, 88) + stats.t.ppf(0.8, 88)) * np.sqrt(1 / 30 + 1 / 60) * within
    assert row(found["views"], theme="feels safe", group="with SEN")["detectable"] == pytest.approx(size, abs=1e-9)


def test_a_change_since_the_last_time_is_welchs_and_named_where_it_is_more_than_chance(asked, found):
    now, then = (asked[0].query("theme == 'feels safe' and term == @term")["score"] for term in (NOW, BEFORE))
    welch = stats.ttest_ind(now, then, equal_var=False)
    told = row(found["views"], theme="feels safe", family="all pupils")
    ours = told[["change", "change_low", "change_high", "change_q"]].to_numpy(dtype="float64")
    interval = welch.confidence_interval()
    assert ours == pytest.approx(np.array([now.mean() - then.mean(), interval.low, interval.high, welch.pvalue]), abs=1e-9)
    assert (told["since"], told["mark"]) == (BEFORE, "lower")


def test_a_theme_that_is_new_has_no_change(found):
    told = row(found["views"], theme="enjoys lessons", family="all pupils")
    assert (told["since"], told["mark"]) == ("", "") and np.isnan(told["change"])


def test_the_last_term_that_asked_is_the_one_before_in_time_not_in_the_alphabet():
    pupils = roll(12, (LONG_AGO, "2024-25-spring", BEFORE, NOW))
    told = heard(pd.concat([answers([5] * 12, LONG_AGO), answers([4] * 12, "2024-25-spring"), answers([3] * 12)]), pupils)
    assert set(told["views"]["since"]) == {"2024-25-spring"}


def test_coded_tables_say_the_same(asked, found):
    views, pupils = coded({"views": asked[0], "pupils": asked[1]}).values()
    for name, table in heard(views, pupils).items():
        pd.testing.assert_frame_equal(table, found[name])


# --- who counts, and how often ---------------------------------------------------------------------


def test_of_one_respondent_who_answers_twice_the_mean_counts():
    views = pd.concat([answers([1, 3, 3, 3, 3, 3]), answers([5])])
    told = row(heard(views, roll(6))["views"], family="all pupils")
    assert (told["n"], told["mean"], told["positive"]) == (6, 3.0, 0)


def test_anonymous_answers_count_among_all_pupils_and_in_no_group():
    views = pd.concat([answers([2] * 9), answers([5] * 6, pupils=[None] * 6)])
    found = heard(views, roll(9))
    assert row(found["views"], family="all pupils")["n"] == 15
    assert row(found["views"], group="with SEN")[["n", "n_rest"]].to_list() == [3, 6]
    everyone = row(found["responses"], family="all pupils")
    assert (everyone["count"], everyone["n"], everyone["anonymous"]) == (9, 9, 6)


def test_where_all_are_anonymous_nobody_is_said_to_have_kept_silent():
    found = heard(answers([2] * 12, pupils=[None] * 12), roll(60))
    assert row(found["views"], family="all pupils")["n"] == 12
    assert found["responses"]["count"].isna().all() and found["responses"]["q_value"].isna().all()
    asked = found["responses"].query("family == 'SEN'")
    assert set(asked["why"]) == {"All answers are anonymous, so nobody can say who answered."}


def test_a_pupil_who_is_not_on_the_roll_is_not_counted():
    found = heard(answers([2] * 8), roll(6))
    assert row(found["views"], family="all pupils")["n"] == row(found["responses"], family="all pupils")["count"] == 6


def test_parents_stand_in_the_group_of_their_child():
    found = heard(answers([1, 5, 5] * 10, respondent="parent"), roll(30))
    told = row(found["views"], group="with SEN")
    assert (told["respondent"], told["n"], told["mean"], told["mean_rest"]) == ("parent", 10, 1.0, 5.0)


# --- too few, all alike, nobody --------------------------------------------------------------------


def test_under_five_answers_there_is_only_their_number_and_under_ten_no_verdict():
    found = heard(answers(np.tile([1, 2, 4, 5], 9)), roll(36, sex=["M"] * 4 + ["F"] * 32, pupil_premium=["Y"] * 7 + ["N"] * 29))
    boys, some = (row(found["views"], group=group) for group in ("Boys", "Pupil premium"))
    assert (boys["n"], boys["why"]) == (4, "Fewer than 5 answers: no figures.")
    assert boys[["mean", "low", "gap", "positive", "detectable", "change"]].isna().all()
    assert some["low"] < some["mean"] < some["high"]
    assert (some["verdict"], np.isnan(some["q_value"])) == ("too few to say", True)


def test_the_others_are_not_told_where_they_are_under_five():
    found = heard(answers(np.tile([1, 2, 4, 5], 9)), roll(36, sex=["M"] * 4 + ["F"] * 32))
    assert np.isnan(row(found["views"], group="Girls")["mean_rest"])


def test_scores_all_alike_are_not_certain():
    told = row(heard(answers([3] * 30), roll(30))["views"], group="with SEN")
    assert np.isnan(told["low"]) and told["verdict"] == "no evidence of a difference"
    assert told["why"] == "All figures are alike, so there is nothing to test."


@pytest.mark.parametrize("views", [answers([]), answers([3, 4], term=BEFORE)], ids=["never", "not this term"])
def test_where_nobody_was_asked_there_is_no_row_and_a_sentence(views):
    pupils = roll(12, (BEFORE, NOW))
    found = heard(views, pupils)
    assert found["views"].empty and found["responses"].empty
    told = " ".join(findings.views(papers(found, pupils)).lines)
    assert "No answers of parents in any term up to now." in told
    assert ("No answers of pupils this term, last in Summer 2025." in told) == bool(len(views))


@pytest.mark.parametrize("sen", [lambda _: True, lambda _: False], ids=["all", "nobody"])
def test_all_with_sen_or_nobody_has_nobody_to_be_beside(sen):
    found = heard(answers([1, 4] * 15), roll(30, sen=sen))
    only = found["views"].query("family == 'SEN'")
    assert set(only["why"]) == {"Everyone with a figure is in this group, so there is nobody to compare with."}
    assert len(only) == 1 and only["q_value"].isna().all()


# --- who answered ----------------------------------------------------------------------------------


def test_those_who_answered_are_held_against_those_who_did_not_by_fisher():
    """Of 30 with SEN 20 answer, of 60 others 10."""
    pupils = roll(90)
    whose = [f"T{place:03d}" for place in [*range(0, 60, 3), *range(1, 31, 3)]]
    found = heard(answers([3] * 30, pupils=whose), pupils, often=whose[:3])
    told = row(found["responses"], group="with SEN")
    assert (told["count"], told["n"], told["count_rest"], told["n_rest"]) == (20, 30, 10, 60)
    assert (told["among_answered"], told["among_others"]) == (pytest.approx(20 / 30), pytest.approx(10 / 60))
    assert told["q_value"] == pytest.approx(stats.fisher_exact([[20, 10], [10, 50]]).pvalue, abs=1e-9)
    assert told["verdict"] == "clear difference: higher"
    low, high = proportion_confint(20, 30, alpha=2 * stats.norm.sf(1.96), method="wilson")
    assert (told["low"], told["high"]) == (pytest.approx(low), pytest.approx(high))
    [line] = [line for line in findings.views(papers(found, pupils)).lines if line.startswith("Read what follows with care")]
    assert "pupils with SEN are 67 in 100 of the pupils who answered and 17 in 100 of the others" in line


def test_absence_is_one_of_the_questions_asked_of_those_who_answered():
    pupils = roll(60)
    often = [f"T{place:03d}" for place in range(20)]
    found = heard(answers([3] * 20), pupils, often)
    told = row(found["responses"], group="persistently absent")
    assert (told["count"], told["n"], told["verdict"]) == (20, 20, "clear difference: higher")


def test_other_groups_have_a_rate_and_no_test(found):
    others = found["responses"][~found["responses"]["family"].isin(["SEN", "year group", "pupil premium", "persistent absence"])]
    assert others["share"].notna().any() and others["q_value"].isna().all() and set(others["verdict"]) == {""}


# --- what was asked before -------------------------------------------------------------------------


def done_about(*rows) -> DataFrame:
    return DataFrame(rows, columns=ACTIONS)


@pytest.mark.parametrize(
    ("actions", "state"),
    [
        ([], "nothing recorded"),
        ([("a", "another theme", "x", "Ash", "2025-09-10", "2025-10-01", None, None)], "nothing recorded"),
        ([("a", " Feels SAFE ", "x", "Ash", "2025-09-10", "2025-10-01", "2025-10-01", "y")], "done"),
        ([("a", "feels safe", "x", "Ash", "2025-09-10", "2025-10-01", None, None)], "overdue"),
        ([("a", "feels safe", "x", "Ash", "2025-09-10", "2026-02-01", None, None)], "not done"),
        ([("a", "feels safe", "x", "Ash", "2025-09-10", None, None, None)], "not done"),
        ([("a", "feels safe", "x", "Ash", "2025-09-10", "2026-02-01", "2026-01-20", None)], "not done"),
        ([("a", "feels safe", "x", "Ash", "2026-01-10", "2026-02-01", None, None)], "nothing recorded"),
        ([("a", "feels safe", "x", "Ash", "2023-01-10", "2023-02-01", "2023-02-01", None)], "nothing recorded"),
        ([("a", "feels safe", "x", "Ash", "2023-01-10", "2023-02-01", None, None)], "overdue"),
        (
            [
                ("a", "feels safe", "x", "Ash", "2025-09-10", "2025-10-01", None, None),
                ("a", "feels safe", "x", "Ash", "2025-09-10", "2025-10-01", "2025-09-20", "y"),
            ],
            "done",
        ),
    ],
    ids=[
        "none", "of another", "done", "overdue", "open", "no day", "done later", "agreed later", "of long ago", "still open",
        "newer row",
    ],
)  # fmt: skip
def test_what_was_agreed_is_told_as_it_stood_on_the_last_day_of_the_term(asked, actions, state):
    told = row(heard(*asked, actions=done_about(*actions))["asked_before"], theme="feels safe")
    assert told["state"] == state
    assert (told["actions"] > 0) == (state != "nothing recorded")


def test_what_was_said_then_and_now_stand_side_by_side(asked, found):
    told = row(found["asked_before"], theme="feels safe")
    now, then = (asked[0].query("theme == 'feels safe' and term == @term")["score"] for term in (NOW, BEFORE))
    assert (told["n"], told["n_then"], told["since"]) == (90, 90, BEFORE)
    assert (told["mean"], told["mean_then"]) == (pytest.approx(now.mean()), pytest.approx(then.mean()))
    assert told["mark"] == "lower" and told["change_high"] < 0


def test_a_theme_that_is_not_asked_again_stays_on_the_list():
    pupils = roll(12, (BEFORE, NOW))
    views = pd.concat([answers([4] * 12), answers([2] * 12, BEFORE, theme="is listened to")])
    found = heard(views, pupils)
    told = row(found["asked_before"], theme="is listened to")
    assert (told["n"], told["mean_then"], told["mark"]) == (0, 2.0, "cannot be told") and np.isnan(told["mean"])
    assert "not asked again" in repr(tables.asked_before(papers(found, pupils)))


# --- what people see -------------------------------------------------------------------------------


def papers(found: dict[str, DataFrame], pupils: DataFrame, audience: str = "inclusion", only=None) -> of_papers.Papers:
    about = DataFrame([{"school": "Invented", "term": NOW, "label": "Autumn 2025", "before": "", "version": "0"}])
    now = pupils[pupils["term"].eq(NOW)].drop(columns="term").reset_index(drop=True)
    handed = {name: table for name, table in found.items() if only is None or name in only}
    return of_papers.Papers(audience, {"about": about, "roll": now, **handed})


PARTS = [
    findings.views, figures.views, tables.views, tables.views_that_differ, tables.responses, tables.comments, tables.asked_before,
]  # fmt: skip


@pytest.mark.parametrize("part", PARTS, ids=lambda part: f"{part.__module__.split('.')[-2]} {part.__name__}")
def test_a_part_that_an_audience_may_not_see_says_so_in_a_sentence(part, found, asked):
    told = part(papers(found, asked[1], "department", only=()))
    assert isinstance(told, Unseen) and repr(told).endswith(".")


@pytest.mark.parametrize("part", PARTS, ids=lambda part: f"{part.__module__.split('.')[-2]} {part.__name__}")
@pytest.mark.parametrize("year", ["all", "7", "9"])
def test_a_part_can_be_read_for_the_school_for_a_year_and_for_nobody(part, year, found, silence, asked):
    for here in (found, silence):
        told = part(papers(here, asked[1]).on(year_group=year))
        assert told.html() and "nan" not in repr(told).lower() and "<NA>" not in repr(told)


def test_comments_are_for_the_inclusion_manager_alone_and_the_lowest_score_comes_first():
    views = pd.concat([answers([4, 2], comment="kept in"), answers([1], pupils=[None], comment="no name given")])
    pupils = roll(6, surname="Oak", forename="Ash")
    found = heard(views, pupils)
    told = tables.comments(papers(found, pupils))
    assert isinstance(told, Table) and told.frame["Score"].to_list() == [1, 2, 4]
    assert told.frame["Pupil"].to_list() == ["anonymous", "Oak, Ash", "Oak, Ash"]
    year = tables.comments(papers(found, pupils).on(year_group="8"))
    assert isinstance(year, Table) and year.frame["Score"].to_list() == [4]
    assert isinstance(tables.comments(papers(found, pupils, "department", only=("views", "asked_before"))), Unseen)


def test_the_figure_says_all_it_shows_the_lowest_theme_first(found, asked):
    told = figures.views(papers(found, asked[1])).alternative
    lowest = found["views"].query("family == 'SEN'").sort_values("mean").iloc[0]
    assert f"{lowest['theme']}, {lowest['group']}: {lowest['mean']:.1f}" in told.split(";")[0]
    assert told.count("clear difference") == 2 and told.count(";") == len(found["views"].query("family == 'SEN'")) - 1


def test_sentences_tell_number_and_whole_for_none_one_and_many(found, asked):
    told = findings.views(papers(found, asked[1]))
    assert isinstance(told, Sentences)
    assert told.lines[0] == "90 of 90 pupils answered; a parent answered for 40 of 90 pupils."
    assert any(
        line.startswith("Pupils with SEN answer clearly differently from the others in 1 of 2 themes") for line in told.lines
    )
    assert "Nothing is recorded as agreed about 1 theme asked before." in told.lines
    one = roll(1)
    single = findings.views(papers(heard(answers([4]), one), one)).lines
    assert single[0] == "Pupils: too few to show how many answered."
    assert "Pupils: too few answers to show what they say." in single


def test_who_gave_no_name_is_said_to_be_heard_and_no_pupil_to_have_kept_silent():
    pupils = roll(30)
    named = findings.views(papers(heard(pd.concat([answers([4]), answers([2] * 6, pupils=[None] * 6)]), pupils), pupils)).lines
    nobody = findings.views(papers(heard(answers([2] * 6, pupils=[None] * 6), pupils), pupils)).lines
    assert named[0] == "1 of 30 pupils answered, and at least 6 more without a name."
    assert nobody[0] == "Pupils: at least 6 answered, all without a name."
    assert nobody[1] == "Whether those who answered are like those who did not cannot be told."


def test_who_is_not_handed_small_groups_is_not_told_that_there_are_none(asked, silence):
    told = findings.views(papers(silence, asked[1], "department", only=("views", "asked_before"))).lines
    assert told == [
        "No answers of pupils this term, or too few to show.",
        "No answers of parents this term, or too few to show.",
        "There is no earlier term in which anybody was asked, or too few answered to show.",
    ]


def test_of_two_groups_that_are_each_others_rest_the_lower_is_listed_and_both_are_counted(found, asked):
    told = tables.views_that_differ(papers(found, asked[1]))
    assert isinstance(told, Table) and told.frame["Group"].to_list() == ["With SEN", "No SEN", "SEN support"][:1] + [
        "SEN support"
    ]
    assert told.note.startswith(f"4 of {found['views']['q_value'].notna().sum()} comparisons are clear")


def test_a_change_among_those_with_sen_is_told_even_where_all_together_have_not_changed():
    pupils = roll(60, (BEFORE, NOW))
    then, now = np.tile([4.0, 3, 5, 4], 15), np.tile([4.0, 3, 5, 4], 15)
    now[::3], now[1::3] = np.clip(now[::3] - 2, 1, 5), np.clip(now[1::3] + 1, 1, 5)
    now[2::3] = np.clip(now[2::3] + 1, 1, 5)
    told = findings.views(papers(heard(pd.concat([answers(then, BEFORE), answers(now)]), pupils), pupils)).lines
    assert "Pupils: since the last time none of 1 theme has changed by more than chance does." in told
    assert any(line.startswith("Pupils with SEN: since the last time the only theme has changed") for line in told)
