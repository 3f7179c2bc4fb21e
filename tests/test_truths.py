"""The main path on the invented school: what was planted is found, and where nothing was planted nothing is."""

from pathlib import Path

import pytest
import yaml
from pandas import DataFrame

from sentrack_lib.measures import review
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
