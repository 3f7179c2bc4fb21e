"""The invented school: believable, the same every time, and with truths in it that can be found."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from pandas import DataFrame, Series
from scipy.stats import fisher_exact, ttest_ind

from sentrack_lib.errors import WrongUse
from sentrack_lib.sources.loading import School, load_school
from sentrack_lib.sources.problems import KEPT
from sentrack_lib.sources.sample import invent, school_of, write_sample

COMMITTED = Path(__file__).resolve().parents[1] / "data" / "sample"
LAST, A_YEAR_AGO, FIRST_OF_YEAR = "2025-26-summer", "2024-25-summer", "2025-26-autumn"
REMARKS = {
    "unknown need": "is not a known type of need",
    "unknown grade": "is not a grade of its scale",
    "date outside the term": "is outside the term",
    "not on the roll": "is not on the roll of this term",
    "exact duplicate": "is in this file twice, with the same values",
    "contradiction": "is in this file twice, with different values",
}


@pytest.fixture(scope="module")
def school() -> School:
    return load_school(COMMITTED)


@pytest.fixture(scope="module")
def planted() -> dict:
    return yaml.safe_load((COMMITTED / "truths.yml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def roll(school) -> DataFrame:
    return school.tables["pupils"].query("term == @LAST").set_index("pupil_id")


@pytest.fixture(scope="module")
def growth(school, roll) -> DataFrame:
    """Growth of every pupil and subject in the last year, beside that of pupils of the year group who started alike, in SD."""
    marks = school.tables["assessments"].query("kind == 'actual' and state == 'graded' and scale != 'p_scale'")
    marks = marks.groupby(["term", "pupil_id", "subject"], as_index=False)["points"].mean()
    pairs = marks[marks["term"].eq(LAST)].assign(year_group=lambda rows: rows["pupil_id"].map(roll["year_group"]))
    since = pairs["year_group"].eq("7").map({True: FIRST_OF_YEAR, False: A_YEAR_AGO})
    pairs = pairs.assign(since=since).merge(
        marks, left_on=["since", "pupil_id", "subject"], right_on=["term", "pupil_id", "subject"], suffixes=("", "_then")
    )
    sd = pairs.groupby(["year_group", "subject"])[["points_then", "points"]].apply(_residuals)
    return pairs.assign(growth=sd.reset_index(level=[0, 1], drop=True))


def _residuals(cohort: DataFrame) -> Series:
    straight = np.polynomial.Polynomial.fit(cohort["points_then"], cohort["points"], 1)
    left = cohort["points"] - straight(cohort["points_then"])
    return left / left.std(ddof=0)


def _gap(growth: DataFrame, group: Series) -> tuple[float, float]:
    """The mean of the group less that of the rest, and Welch's t."""
    inside, outside = growth.loc[group, "growth"], growth.loc[~group, "growth"]
    return inside.mean() - outside.mean(), ttest_ind(inside, outside, equal_var=False).statistic


def _truth(planted: dict, kind: str) -> dict:
    return next(truth for truth in planted["truths"] if truth["kind"] == kind)


def _files(folder: Path) -> dict[str, bytes]:
    # Only what the sample is made of: a run may have left a store beside it.
    made = [file for file in folder.rglob("*") if file.suffix in (".csv", ".yml", ".md") and file.is_file()]
    return {str(file.relative_to(folder)): file.read_bytes() for file in made}


def test_the_committed_school_is_written_again_to_the_byte(tmp_path):
    write_sample(tmp_path)
    again, committed = _files(tmp_path), _files(COMMITTED)
    assert set(again) == set(committed)
    assert [name for name, content in again.items() if content != committed[name]] == []


def test_another_seed_invents_other_pupils_and_a_repeated_one_the_same(tmp_path):
    for name, seed in (("one", 1), ("again", 1), ("two", 2)):
        write_sample(tmp_path / name, pupils=40, terms=1, seed=seed)
    assert _files(tmp_path / "one") == _files(tmp_path / "again")
    assert _files(tmp_path / "one") != _files(tmp_path / "two")


@pytest.mark.parametrize(("pupils", "terms"), [(20, 1), (33, 4), (70, 7)])
def test_small_and_large_numbers_of_pupils_and_terms_make_a_school_that_loads(tmp_path, pupils, terms):
    write_sample(tmp_path, pupils, terms)
    school = load_school(tmp_path)
    assert len(school.terms) == terms and str(school.terms[-1]) == LAST
    staying = school.tables["pupils"].query("term == @LAST and left_on.isna()")
    assert len(staying) == pupils


@pytest.mark.parametrize(("pupils", "terms"), [(3, 6), (600, 0)])
def test_a_school_without_pupils_or_terms_is_refused_in_a_sentence(tmp_path, pupils, terms):
    with pytest.raises(WrongUse, match="needs 20 pupils and 1 term"):
        write_sample(tmp_path, pupils, terms)


def test_the_committed_school_is_small():
    assert sum(map(len, _files(COMMITTED).values())) < 7_000_000


def test_upns_have_the_right_check_letter_and_an_authority_that_does_not_exist(school):
    letters = "ABCDEFGHJKLMNPQRTUVWXYZ"
    for upn in school.tables["pupils"]["upn"].unique():
        total = sum(int(digit) * place for place, digit in enumerate(upn[1:], 2))
        assert upn[0] == letters[total % 23] and upn[1:4] == "000"


def test_no_pupil_is_twice_on_a_roll_and_no_two_pupils_share_a_upn(school):
    pupils = school.tables["pupils"]
    assert not pupils.duplicated(["term", "pupil_id"]).any()
    assert pupils.groupby("upn")["date_of_birth"].nunique().eq(1).all()


def test_pupils_move_up_a_year_and_the_oldest_leave(school):
    years = school.tables["pupils"].set_index(["term", "pupil_id"])["year_group"].astype(int)
    then, now = years[A_YEAR_AGO], years[LAST]
    both = then.index.intersection(now.index)
    assert (now[both] - then[both]).eq(1).all()
    assert then[then.eq(11)].index.intersection(now.index).empty
    assert now[now.eq(7)].index.intersection(then.index).empty


def test_the_roll_looks_like_an_english_secondary(roll):
    shares = {"K": 0.13, "E": 0.04}
    for status, share in shares.items():
        assert roll["sen_status"].eq(status).mean() == pytest.approx(share, abs=0.015)
    assert roll["pupil_premium"].eq("Y").mean() == pytest.approx(0.25, abs=0.02)
    assert roll["eal"].eq("Y").mean() == pytest.approx(0.15, abs=0.02)
    assert roll["sen_need_2"].notna().any() and roll["disability"].eq("Y").any()


def test_teaching_groups_hold_a_class(school):
    groups = school.tables["teaching_groups"].query("term == @LAST")
    assert groups.groupby("teaching_group").size().between(13, 32).all()
    assert groups.groupby("teaching_group")["teacher"].nunique().eq(1).all()
    assert groups.query("subject in ['Maths', 'Science']")["set"].notna().all()


def test_some_options_of_the_upper_years_are_too_small_for_a_cohort_and_the_core_is_not(school, roll):
    groups = school.tables["teaching_groups"].query("term == @LAST")
    groups = groups.assign(year=groups["pupil_id"].map(roll["year_group"]))
    sizes = groups[groups["year"].isin(["10", "11"])].groupby(["subject", "year"]).size()
    assert sizes.lt(60).any() and sizes[["English", "Maths", "Science", "PE"]].ge(60).all()


def test_sessions_add_up_and_pupils_with_sen_miss_more(school, roll):
    sessions = school.tables["attendance"]
    parts = sessions["sessions_attended"] + sessions["sessions_authorised"] + sessions["sessions_unauthorised"]
    assert parts.eq(sessions["sessions_possible"]).all()
    last = sessions.query("term == @LAST").set_index("pupil_id")
    missed = (1 - last["sessions_attended"] / last["sessions_possible"]).groupby(roll["sen_status"]).mean()
    assert missed["N"] == pytest.approx(0.073, abs=0.015) and missed[["K", "E"]].gt(0.11).all()


def test_everything_planted_in_the_files_is_noticed_and_nothing_else(school, planted):
    wrong = [blot for blot in planted["mess"] if blot["problem"]]
    assert {blot["kind"] for blot in wrong} == set(REMARKS)
    noticed = school.problems.drop_duplicates(["problem", "value", "column"])
    assert sorted(noticed["problem"]) == sorted(REMARKS[blot["kind"]] for blot in wrong)
    assert set(school.problems["file"]) == {blot["file"] for blot in wrong}
    assert school.problems["effect"].eq(KEPT).sum() == 2


def test_names_with_accents_and_comments_like_formulas_come_through_unharmed(school):
    assert school.tables["pupils"]["forename"].isin(["Zoë", "Siân"]).any()
    assert school.tables["pupils"]["surname"].eq("O'Placeholm").any()
    assert school.tables["views"]["comment"].str.startswith("=").sum() == 1
    assert b"'=better than last year" in (COMMITTED / LAST / "views.csv").read_bytes()


def test_reasons_for_no_grade_are_no_grades(school):
    marks = school.tables["assessments"]
    assert marks.loc[marks["grade"].isin(["ABS", "X", "N/A"]), "points"].isna().all()
    assert {"absent", "not entered", "not assessed"} <= set(marks["state"])


def test_the_teaching_group_that_lags_can_be_seen(school, growth, planted):
    truth = _truth(planted, "teaching group behind")
    taught = school.tables["teaching_groups"].query("term == @LAST and subject == 'English'")
    year = growth[growth["subject"].eq("English") & growth["year_group"].eq("9")]
    group = year["pupil_id"].map(taught.set_index("pupil_id")["teaching_group"]).eq(truth["teaching_group"])
    gap, t = _gap(year, group)
    assert group.sum() >= 24 and -1.3 < gap < -0.6 and t < -3


def test_the_need_that_is_held_back_is_so_in_its_subject_and_in_no_other(growth, roll, planted):
    truth = _truth(planted, "need held back")
    needs = growth["pupil_id"].map(roll["sen_need"]).eq(truth["need"])
    here = growth["subject"].eq(truth["subject"])
    gap, t = _gap(growth[here], needs[here])
    assert needs[here].sum() >= 18 and gap < -0.6 and t < -3
    assert abs(_gap(growth[~here], needs[~here])[0]) < 0.25


def test_pupils_in_decline_can_be_seen_over_all_subjects(growth, planted):
    pupils = _truth(planted, "decline")["pupil_ids"]
    mean = growth.groupby("pupil_id")["growth"].mean()
    assert len(pupils) == 8 and mean[pupils].mean() < -1.2
    assert mean.rank()[pupils].median() <= 12


def test_one_pupil_is_out_of_line_in_one_subject(growth, planted):
    truth = _truth(planted, "one subject out of line")
    own = growth[growth["pupil_id"].eq(truth["pupil_ids"][0])].set_index("subject")["growth"]
    assert own.idxmin() == truth["subject"] and own.min() < -2.5
    assert own.drop(truth["subject"]).mean() > -1


def test_where_nothing_was_planted_there_is_nothing(growth, roll):
    mean = growth.groupby("pupil_id", as_index=False)["growth"].mean()
    for column, value in (("eal", "Y"), ("sex", "F"), ("pupil_premium", "Y"), ("sen_status", "K"), ("sen_status", "E")):
        gap, t = _gap(mean, mean["pupil_id"].map(roll[column]).eq(value))
        assert abs(t) < 1.6, f"{column} {value}: {gap:.2f}"
    for subject, rows in growth.groupby("subject"):
        assert abs(_gap(rows, rows["pupil_id"].map(roll["eal"]).eq("Y"))[1]) < 1.6, subject


def test_five_pupils_stop_coming_and_four_are_suspended(school, planted):
    absent, suspended = (_truth(planted, kind)["pupil_ids"] for kind in ("attendance falls", "suspensions"))
    sessions = school.tables["attendance"].set_index(["pupil_id", "term"])
    attended = (sessions["sessions_attended"] / sessions["sessions_possible"]).unstack().loc[absent]
    assert len(absent) == 5 and (attended[A_YEAR_AGO] - attended[LAST]).gt(0.15).all()
    events = school.tables["behaviour"].query("term == @LAST and kind == 'suspension'")
    assert len(suspended) == 4 and set(suspended) <= set(events["pupil_id"])


def test_growth_agrees_between_subjects_and_points_last_over_a_year_as_in_real_schools(growth):
    between = growth.pivot(index="pupil_id", columns="subject", values="growth").corr(min_periods=60)
    above = between.to_numpy()[np.triu_indices(len(between), 1)]
    assert 0.3 < np.nanmean(above) < 0.4
    whole_year = growth[growth["since"].eq(A_YEAR_AGO)].groupby(["year_group", "subject"])[["points", "points_then"]]
    lasting = pd.Series({cohort: rows.corr().iloc[0, 1] for cohort, rows in whole_year if len(rows) >= 60})
    assert 0.7 < lasting.mean() < 0.82


def test_pupils_named_in_one_truth_are_in_no_other(planted):
    named = [pupil for truth in planted["truths"] if truth["kind"] != "support missing" for pupil in truth["pupil_ids"]]
    assert len(named) == len(set(named)) > 20
    assert _truth(planted, "support missing")["pupil_ids"] == _truth(planted, "decline")["pupil_ids"]


def _chance(inside: Series, yes: Series) -> float:
    """Fisher's p for `yes` being as frequent inside a group as outside."""
    return fisher_exact(pd.crosstab(inside, yes)).pvalue


def _with_sen(roll: DataFrame) -> Series:
    return roll["sen_status"].ne("N")


def test_pupils_of_one_need_are_suspended_far_more_often(school, roll, planted):
    truth = next(truth for truth in planted["truths"] if truth["about"] == "suspended")
    events = school.tables["behaviour"].query("term >= @FIRST_OF_YEAR and kind == 'suspension'")
    suspended, needs = roll.index.isin(events["pupil_id"]), roll["sen_need"].eq(truth["need"])
    assert suspended[needs].mean() > 0.3 and suspended[~needs].mean() < 0.03
    assert _chance(needs, pd.Series(suspended, roll.index)) < 1e-6


def test_pupils_with_sen_are_persistently_absent_more_often(school, roll):
    year = school.tables["attendance"].query("term >= @FIRST_OF_YEAR").groupby("pupil_id").sum(numeric_only=True)
    absent = (year["sessions_attended"] / year["sessions_possible"]).reindex(roll.index).le(0.9)
    assert absent[_with_sen(roll)].mean() > 1.5 * absent[~_with_sen(roll)].mean() and _chance(_with_sen(roll), absent) < 0.001


def test_pupils_with_sen_hardly_go_to_one_club_and_to_the_others_like_everybody(school, roll, planted):
    club = _truth(planted, "under-represented")["about"]
    rows = school.tables["activities"].query("term == @LAST and kind in ['club', 'council', 'enrichment']")
    chances = {
        what: _chance(_with_sen(roll), roll.index.to_series().isin(who["pupil_id"])) for what, who in rows.groupby("activity")
    }
    assert chances.pop(club) < 0.001 and min(chances.values()) > 0.05 and len(chances) == 6


def test_pupils_with_sen_and_their_parents_feel_less_listened_to_and_otherwise_like_the_others(school, roll, planted):
    theme = _truth(planted, "views")["about"]
    views = school.tables["views"].query("term == @LAST").assign(sen=lambda rows: rows["pupil_id"].map(_with_sen(roll)))
    for (respondent, asked), rows in views.groupby(["respondent", "theme"]):
        with_sen, others = (rows.loc[rows["sen"].eq(told), "score"] for told in (True, False))
        lower = ttest_ind(with_sen, others, equal_var=False).pvalue < 0.01 and with_sen.mean() - others.mean() < -0.6
        assert lower == (asked == theme), f"{respondent}: {asked}"


def test_pupils_with_sen_and_their_parents_answer_more_often(school, roll):
    for _, rows in school.tables["views"].query("term == @LAST").groupby("respondent"):
        assert _chance(_with_sen(roll), roll.index.to_series().isin(rows["pupil_id"])) < 0.01


def test_new_pupils_with_sen_are_supported_at_transfer_and_of_a_few_nothing_is_known(school, roll, planted):
    truth, new = _truth(planted, "transfer"), roll[roll["year_group"].eq("7")]
    helped = school.tables["activities"].query("term == @LAST and kind == 'transfer_support'")["pupil_id"]
    assert _chance(_with_sen(new), new.index.to_series().isin(helped)) < 0.01
    without = set(new.index) - set(school.tables["prior_attainment"]["pupil_id"])
    assert set(truth["pupil_ids"]) <= without and len(truth["pupil_ids"]) == 5


def test_most_pupils_with_sen_are_in_a_provision_and_those_who_stand_low_without_one_are_named(school, roll, planted):
    number = (
        school.records["provision_pupils"].query("term == @LAST").groupby("pupil_id").size().reindex(roll.index, fill_value=0)
    )
    assert 0.55 < number[_with_sen(roll)].gt(0).mean() < 0.7 and number.max() == 4  # three by need, one by lot
    assert number[_truth(planted, "support missing")["pupil_ids"]].eq(0).all()
    assert number[_truth(planted, "support without progress")["pupil_ids"]].eq(3).all()


def test_pupils_who_receive_much_and_still_fall_behind_can_be_seen(growth, planted):
    pupils = _truth(planted, "support without progress")["pupil_ids"]
    assert len(pupils) == 3 and growth.groupby("pupil_id")["growth"].mean()[pupils].max() < -0.8


def test_the_records_name_what_is_there(school):
    pupils, adults, provisions = (school.tables["pupils"], school.tables["adults"], school.records["provisions"])
    for name, column, known in (
        ("provision_pupils", "provision_id", provisions),
        ("deployments", "provision_id", provisions),
        ("deployments", "adult_id", adults),
        ("deployments", "pupil_id", pupils),
        ("deployments", "teaching_group", school.tables["teaching_groups"]),
        ("entitlements", "pupil_id", pupils),
        ("targets", "pupil_id", pupils),
        ("evidence", "pupil_id", pupils),
    ):
        rows = school.records[name][["term", column]].dropna()
        assert len(rows) and len(rows.merge(known[["term", column]].drop_duplicates())) == len(rows), column


def test_adults_for_the_whole_school_are_deployed_for_all_their_hours_and_those_for_single_pupils_for_the_most_of_them(
    school, planted
):
    hours = school.records["deployments"].groupby(["term", "adult_id"])["hours"].sum()
    adults = school.tables["adults"].set_index(["term", "adult_id"])
    left = (adults["weekly_hours"] - hours).drop((LAST, _truth(planted, "adult overloaded")["about"]))
    with_one = adults["training"].eq("Working with one pupil").reindex(left.index)
    assert left[~with_one].abs().max() < 0.1 and left[with_one].min() > 0 and with_one.any()


def test_something_is_agreed_about_themes_of_the_term_before_and_some_of_it_is_overdue(school):
    views, agreed = school.tables["views"], school.records["actions"]
    agreed = agreed[~agreed["action_id"].str.contains("-M")]
    assert set(agreed["about"]) <= set(views["theme"]) and set(agreed["term"]) == set(views["term"]) - {"2024-25-autumn"}
    overdue = agreed["done_on"].isna() & agreed["by"].lt("2026-07-21")
    assert overdue.any() and agreed["done_on"].notna().any() and agreed["result"].isna().eq(agreed["done_on"].isna()).all()


def test_a_school_made_in_memory_is_the_one_that_is_loaded_from_its_files(tmp_path):
    write_sample(tmp_path, pupils=60, terms=2, seed=3)
    loaded, made = load_school(tmp_path), school_of(invent(60, 2, 3))
    for name, table in {**loaded.tables, **loaded.records}.items():
        pd.testing.assert_frame_equal({**made.tables, **made.records}[name], table)
    pd.testing.assert_frame_equal(made.problems, loaded.problems)
    pd.testing.assert_frame_equal(made.counts, loaded.counts)
    assert (made.name, made.settings, made.terms) == (loaded.name, loaded.settings, loaded.terms)


def test_a_school_without_planted_truths_has_none_and_its_groups_differ_by_luck_alone():
    invented = invent(600, 1, 5, planted=False, luck=True)
    tables = invented.clean(invented.terms[-1])
    roll = tables["pupils"].set_index("pupil_id")
    assert invented.truths == ()
    missed = tables["attendance"].set_index("pupil_id").eval("1 - sessions_attended / sessions_possible")
    assert ttest_ind(missed[_with_sen(roll)], missed[~_with_sen(roll)], equal_var=False).pvalue > 0.05
    for yes in (roll["gifted_talented"].eq("Y"), roll.index.to_series().isin(tables["views"]["pupil_id"])):
        assert _chance(_with_sen(roll), yes) > 0.05


def test_luck_moves_the_marks_of_a_group_and_nothing_else():
    fair, lucky = (invent(200, 1, 5, planted=False, luck=luck) for luck in (False, True))
    one, two = (each.clean(each.terms[-1]) for each in (fair, lucky))
    assert [name for name in one if not one[name].equals(two[name])] == ["assessments"]
    apart = lucky.points[lucky.terms[-1]] - fair.points[fair.terms[-1]]
    assert abs(apart[fair.people["sex"].eq("F")].mean() - apart[fair.people["sex"].eq("M")].mean()) > 0.01
