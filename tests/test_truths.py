"""The main path on the invented school: what was planted is found, and where nothing was planted nothing is."""

from pathlib import Path

import pytest
import yaml
from pandas import DataFrame

from sentrack_lib.cycle.papers.preparing import reviewed
from sentrack_lib.measures import review
from sentrack_lib.measures.impact import impact_tables
from sentrack_lib.records import recorded
from sentrack_lib.settings import Parameters
from sentrack_lib.sources.loading import load_school
from sentrack_lib.terms import Term

SAMPLE = Path(__file__).resolve().parents[1] / "data" / "sample"


@pytest.fixture(scope="module")
def tables() -> dict[str, DataFrame]:
    return review(load_school(SAMPLE), Term.named("2025-26-summer"))


@pytest.fixture(scope="module")
def truths() -> dict[str, dict]:
    written = yaml.safe_load((SAMPLE / "truths.yml").read_text(encoding="utf-8"))
    return {truth["kind"]: truth for truth in written["truths"]}


def clear(tables: dict[str, DataFrame]) -> DataFrame:
    """The comparisons with a clear difference."""
    return tables["comparisons"][tables["comparisons"]["verdict"].str.startswith("clear difference")]


def flagged(tables: dict[str, DataFrame], rule: str) -> set[str]:
    return set(tables["flags"].loc[tables["flags"]["rule"].eq(rule), "pupil_id"])


def test_the_class_that_lags_and_the_need_that_is_held_back_are_the_only_clear_differences(tables, truths):
    lagging, held_back = truths["teaching group behind"], truths["need held back"]
    found = {(row.family, row.group, row.subject) for row in clear(tables).itertuples() if "lower" in row.verdict}
    assert ("teaching group", lagging["teaching_group"], lagging["subject"]) in found
    assert ("type of need", held_back["need"], held_back["subject"]) in found
    # Their years and statuses may be seen to suffer with them; nothing else may be found.
    assert {subject for _, _, subject in found} <= {lagging["subject"], held_back["subject"]}


def test_where_nothing_was_planted_no_difference_is_claimed(tables):
    assert not clear(tables)["family"].isin(["EAL", "gender", "ethnicity", "pupil premium"]).any()


def test_pupils_in_decline_are_flagged_for_progress(tables, truths):
    assert set(truths["decline"]["pupil_ids"]) <= flagged(tables, "progress")


def test_pupils_whose_attendance_falls_are_flagged_for_it(tables, truths):
    assert set(truths["attendance falls"]["pupil_ids"]) <= flagged(tables, "attendance drop")


def test_suspended_pupils_are_flagged_for_it(tables, truths):
    assert set(truths["suspensions"]["pupil_ids"]) <= flagged(tables, "exclusion")


def test_a_pupil_out_of_line_in_one_subject_is_told_from_one_who_is_behind(tables, truths):
    truth = next(truth for kind, truth in truths.items() if "subject" in kind)
    flags = tables["flags"][tables["flags"]["pupil_id"].isin(truth["pupil_ids"]) & tables["flags"]["rule"].eq("one subject")]
    assert truth["subject"] in set(flags["subject"])


def test_pupils_who_receive_much_and_still_fall_behind_are_flagged_for_progress(tables, truths):
    assert set(truths["support without progress"]["pupil_ids"]) <= flagged(tables, "progress")


def test_every_pupil_on_the_roll_has_a_row_for_each_subject_taught_and_one_for_the_average(tables):
    taught = tables["teaching_groups"][["pupil_id", "subject"]].drop_duplicates()
    rows = tables["progress"][["pupil_id", "subject"]]
    assert not rows.duplicated().any()
    assert len(taught.merge(rows)) == len(taught)
    assert set(rows.loc[rows["subject"].eq("all"), "pupil_id"]) == set(tables["roll"]["pupil_id"])


def test_where_progress_cannot_be_told_the_reason_is(tables):
    rows = tables["progress"]
    assert rows.loc[rows["scaled_residual"].isna() | rows["p_low"].isna(), "why_not"].notna().all()


def truth_about(kind: str, about: str) -> dict:
    written = yaml.safe_load((SAMPLE / "truths.yml").read_text(encoding="utf-8"))
    return next(truth for truth in written["truths"] if truth["kind"] == kind and truth["about"] == about)


def rate(tables: dict[str, DataFrame], measure: str, by: str, group: str) -> dict:
    rows = tables["rate_comparisons"].query("measure == @measure and by == @by and group == @group")
    return rows.iloc[0].to_dict()


def test_pupils_of_the_need_that_is_suspended_more_often_are_found(tables):
    need = truth_about("rate difference", "suspended")["need"]
    found = rate(tables, "suspension", "type of need", need)
    assert found["verdict"].startswith("clear difference: higher") and found["ratio"] > 10


def test_pupils_with_sen_are_found_to_be_more_often_absent_and_those_without_less(tables):
    assert truth_about("rate difference", "persistently absent")
    assert rate(tables, "persistent absence", "SEN status", "SEN support")["verdict"].startswith("clear difference: higher")
    assert rate(tables, "persistent absence", "SEN status", "No SEN")["verdict"].startswith("clear difference: lower")


def test_the_club_to_which_pupils_with_sen_do_not_go_is_the_only_thing_out_of_line(tables):
    things = tables["representation"]
    clear = things[things["kind"].ne("set") & things["verdict"].str.startswith("clear")]
    assert clear["what"].to_list() == [truth_about("under-represented", "Coding club")["about"]]
    assert clear["verdict"].str.contains("fewer").all()


def test_the_theme_on_which_pupils_with_sen_feel_unheard_is_found(tables):
    views = tables["views"].query("respondent == 'pupil' and family == 'SEN' and group == 'with SEN'").set_index("theme")
    about = truth_about("views", "is listened to")["about"]
    assert views.loc[about, "verdict"].startswith("clear difference: lower")
    assert views["verdict"].str.startswith("clear").sum() == 1


def test_pupils_in_decline_without_support_are_named_and_those_with_much_as_well(tables, truths):
    support = tables["support"].set_index("pupil_id")
    missing, much = (list(truths[kind]["pupil_ids"]) for kind in ("support missing", "support without progress"))
    assert set(support.loc[missing, "amount"]) == {"nothing"}
    assert set(support.loc[missing, "expectation"]) == {"below expectation"} == set(support.loc[much, "expectation"])
    assert support.loc[much, "number"].ge(3).all()


def test_pupils_of_year_7_with_sen_are_found_to_be_supported_in_moving_up_more_often(tables):
    row = tables["transfer"].set_index("item").loc["support in moving up"]
    assert row["share"] > row["share_rest"] and row["verdict"] == "clear difference: more"


@pytest.fixture(scope="module")
def impact() -> dict[str, DataFrame]:
    asked = Parameters(school=SAMPLE, term="2025-26-summer")
    school = recorded(load_school(asked.school))
    return impact_tables(reviewed(asked, school), school.records, Term.named(asked.term), school.settings.calendar)


def test_the_one_provision_that_helps_is_found_and_no_other_is_called_a_benefit(impact, truths):
    verdicts = impact["impact"].set_index("provision_id")["verdict"]
    assert verdicts[verdicts.ne("cannot tell")].to_dict() == {truths["provision that helps"]["about"]: "benefit"}


def test_the_pupils_of_the_provision_that_helps_are_held_against_those_who_were_not_drawn(impact, truths):
    rows = impact["impact_pupils"].query("provision_id == @truths['provision that helps']['about']")
    named = {side: set(some["pupil_id"]) for side, some in rows.groupby("side")}
    assert named["treated"] == set(truths["provision that helps"]["pupil_ids"])
    assert named["comparator"] <= set(truths["waiting for a place"]["pupil_ids"]) and len(named["comparator"]) >= 16
