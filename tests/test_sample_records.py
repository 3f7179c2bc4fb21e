"""What people of the invented school recorded: it hangs together, and each planted truth is there once and nowhere else."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
import yaml
from pandas import DataFrame, Series

from sentrack_lib.sources.sample import invent, write_sample
from sentrack_lib.sources.sample.recorded import RECORDED

COMMITTED = Path(__file__).resolve().parents[1] / "data" / "sample"
LAST, BEFORE = "2025-26-summer", "2025-26-spring"
LAST_DAY = "2026-07-21"
OTHERS = {"small": (150, 1, 3), "large": (1000, 2, 5), "long": (60, 15, 4)}
"""Pupils, terms and seed of schools of other sizes."""
ANSWERS = [
    "with_peers", "small_group", "discreet", "at_times", "independence", "planned_together", "knows_pupils", "trained",
    "ground_rules", "feeds_back",
]  # fmt: skip
TABLES = {
    "provisions", "provision_pupils", "deployments", "entitlements", "targets", "target_reviews", "evidence", "meetings",
    "actions",
}  # fmt: skip


class Written(dict):
    """The tables of a folder as plain text, by name and term, each read once."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.terms = sorted(
            (each.name for each in folder.iterdir() if each.is_dir()),
            key=lambda name: (name[:7], ["autumn", "spring", "summer"].index(name[8:])),
        )

    def __missing__(self, key: tuple[str, str]) -> DataFrame:
        name, term = key
        places = [self.folder / term / "records" / f"{name}.csv", self.folder / term / f"{name}.csv"]
        found = next((place for place in places if place.exists()), None)
        self[key] = DataFrame() if found is None else pd.read_csv(found, dtype=str, keep_default_na=False)
        return self[key]

    def every(self, name: str) -> DataFrame:
        return pd.concat([self[name, term].assign(term=term) for term in self.terms], ignore_index=True)


def in_days(cells: Series) -> Series:
    return pd.to_datetime(cells)


def hours(rows: DataFrame) -> Series:
    return rows["hours"].astype(float)


def the_truth(written: Written, kind: str) -> dict:
    told = yaml.safe_load((written.folder / "truths.yml").read_text(encoding="utf-8"))["truths"]
    (found,) = (truth for truth in told if truth["kind"] == kind)
    assert found["term"] == LAST and found["sentence"].endswith(".")
    return found


@pytest.fixture(scope="module")
def committed() -> Written:
    return Written(COMMITTED)


@pytest.fixture(scope="module")
def invented(tmp_path_factory) -> Callable[[str], Written]:
    """Schools of other sizes, each written once: few and many pupils, one term and five years."""
    made: dict[str, Written] = {}

    def write(size: str) -> Written:
        if size not in made:
            write_sample(tmp_path_factory.mktemp(size), *OTHERS[size])
            made[size] = Written(tmp_path_factory.getbasetemp() / f"{size}0")
        return made[size]

    return write


@pytest.fixture(params=OTHERS)
def another(request, invented) -> Written:
    return invented(request.param)


@pytest.fixture(params=["committed", *OTHERS])
def written(request, committed, invented) -> Written:
    return committed if request.param == "committed" else invented(request.param)


def of_status(written: Written, term: str, *status: str) -> set[str]:
    roll = written["pupils", term]
    return set(roll.loc[roll["sen_status"].isin(status), "pupil_id"])


def specified(written: Written, term: str) -> Series:
    rows = written["entitlements", term]
    return rows["hours_week"].astype(float).groupby(rows["pupil_id"]).sum() if len(rows) else Series(dtype=float)


def timetabled(written: Written, term: str) -> Series:
    rows = written["deployments", term]
    return hours(rows).groupby(rows["pupil_id"]).sum().drop("", errors="ignore")


def at_once(rows: DataFrame, who: str) -> list[tuple[str, str]]:
    """Who is in two places at a time, and on which day."""
    found = []
    for (name, day), places in rows[rows[who].ne("")].groupby([who, "day"]):
        order = places.sort_values("starts")
        if (order["starts"].iloc[1:].to_numpy() < order["ends"].iloc[:-1].to_numpy()).any():
            found.append((name, day))
    return found


# The records hang together.


def test_every_term_of_the_committed_school_has_every_record(committed):
    for term in committed.terms:
        absent = {name for name in TABLES if committed[name, term].empty}
        assert absent == ({"target_reviews"} if term == committed.terms[0] else set())
    assert [term for term in committed.terms if len(committed["provision_sessions", term])] == [BEFORE, LAST]
    assert [term for term in committed.terms if len(committed["pay_rates", term])] == [LAST]


def test_what_is_recorded_is_about_pupils_adults_provisions_and_groups_of_the_term(written):
    for term in written.terms:
        known = {name: set(written[table, term][name]) for name, table in (
            ("pupil_id", "pupils"), ("adult_id", "adults"), ("provision_id", "provisions"), ("teaching_group", "teaching_groups"),
        )}  # fmt: skip
        for name in [*TABLES, "provision_sessions"]:
            rows = written[name, term]
            for column in set(rows) & set(known):
                assert set(rows[column]) - {""} <= known[column], (term, name, column)


def test_an_id_names_one_record_in_the_whole_school(written):
    for name, column in (
        ("targets", "target_id"),
        ("evidence", "evidence_id"),
        ("meetings", "meeting_id"),
        ("actions", "action_id"),
    ):
        assert written.every(name)[column].is_unique, name
    assert set(written.every("actions")["meeting_id"]) <= set(written.every("meetings")["meeting_id"])


def test_every_pupil_with_an_ehc_plan_has_an_entitlement_in_halves_of_an_hour(written):
    for term in written.terms:
        rows = written["entitlements", term]
        with_plan = of_status(written, term, "E")
        if rows.empty:
            assert not with_plan
            continue
        assert sorted(rows.loc[rows["source"].eq("EHC plan"), "pupil_id"]) == sorted(with_plan)
        amount = rows["hours_week"].astype(float)
        assert amount.between(2.5, 15).all() and (amount * 2 % 1).eq(0).all()
        assert (in_days(rows["start"]) < in_days(rows["review_on"])).all()
        assert rows.drop(columns=["agency", "role", "place"], errors="ignore").ne("").all(axis=None)


def test_plans_differ_and_some_name_an_agency(committed):
    rows = committed["entitlements", LAST]
    assert rows["hours_week"].nunique() > 8 and rows["outcome"].nunique() >= 3
    assert 0.2 < rows["agency"].ne("").mean() < 0.8


def test_a_plan_is_reviewed_every_year_and_a_few_are_overdue_at_the_end(committed):
    plans = committed["entitlements", LAST].query("source == 'EHC plan'")
    overdue = plans[plans["review_on"].lt(LAST_DAY)]
    assert 1 <= len(overdue) <= 3
    reviewed = committed["meetings", LAST].query("kind == 'annual review' and agreed != ''")
    assert not set(overdue["pupil_id"]) & set(reviewed["pupil_id"])
    assert (in_days(plans["review_on"]) < pd.Timestamp(LAST_DAY) + pd.Timedelta(days=366)).all()
    for term in committed.terms[:-1]:
        last_day = yaml.safe_load((COMMITTED / "school.yml").read_text(encoding="utf-8"))["calendar"][term]["end"]
        assert committed["entitlements", term]["review_on"].gt(str(last_day)).all()


def test_the_register_of_a_provision_has_as_many_days_attended_as_its_list_says(written):
    for term in [term for term in written.terms if term in (BEFORE, LAST)]:
        listed, days = written["provision_pupils", term], written["provision_sessions", term]
        if listed.empty:
            continue
        came = days["attended"].eq("Y").groupby([days["provision_id"], days["pupil_id"]]).sum()
        said = listed.set_index(["provision_id", "pupil_id"])["sessions_attended"].astype(int)
        assert came.reindex(said.index).fillna(0).eq(said).all() and set(came.index) <= set(said.index)
        assert set(days["attended"]) <= {"Y", "N"} and not days.duplicated(["provision_id", "pupil_id", "on"]).any()


def test_sessions_are_on_school_days_between_the_start_and_the_end_of_taking_part(written):
    for term in [term for term in written.terms if term in (BEFORE, LAST)]:
        listed, days = written["provision_pupils", term], written["provision_sessions", term]
        if listed.empty:
            continue
        both = days.merge(listed, on=["provision_id", "pupil_id"])
        assert len(both) == len(days) and both["on"].between(both["start"], both["end"]).all()
        assert in_days(both["on"]).dt.day_of_week.lt(5).all()
        assert set(written["provisions", term].query("wave != 'universal'")["provision_id"]) >= set(days["provision_id"])


def test_few_sessions_carry_a_note(committed):
    assert 0 < committed["provision_sessions", LAST]["note"].ne("").mean() < 0.05


def test_every_pupil_with_sen_has_one_to_four_targets_that_can_be_measured(written):
    for term in written.terms:
        rows = written["targets", term]
        own = rows[rows["kind"].eq("individual")]
        with_sen = of_status(written, term, "K", "E")
        assert set(own["pupil_id"]) == with_sen
        assert own.groupby("pupil_id").size().between(1, 4).all()
        filled = ["what", "measured_by", "baseline", "target", "strategy", "owner", "set_on", "by", "challenge"]
        assert rows[filled].ne("").all(axis=None) and rows["set_on"].lt(rows["by"]).all()
        counted = rows[rows["scale"].eq("")]
        assert counted["baseline"].ne(counted["target"]).all()
        assert all(target in what for what, target in zip(rows["what"], rows["target"], strict=True))
        assert rows["reason"].ne("").eq(rows["challenge"].eq("exceptional")).all()


def test_groups_and_subjects_have_targets_too(committed):
    kinds = committed["targets", LAST]["kind"].value_counts()
    assert kinds["group"] == 2 and kinds["curricular"] == 1
    assert committed["targets", LAST].query("kind == 'group'")[["teaching_group", "subject"]].ne("").all(axis=None)
    assert committed["targets", LAST].query("kind == 'curricular'")[["year_group", "subject"]].ne("").all(axis=None)


def test_targets_of_earlier_terms_were_looked_at_on_their_day_and_those_to_come_were_not(written):
    targets, reviews = written.every("targets"), written.every("target_reviews")
    if reviews.empty:
        return
    assert reviews["target_id"].is_unique
    both = reviews.merge(targets, on="target_id", suffixes=("", "_set"))
    assert len(both) == len(reviews) and both["on"].eq(both["by"]).all()
    assert set(both["result"]) <= {"reached", "partly reached", "not reached", "goes on"}
    open_yet = targets[~targets["target_id"].isin(reviews["target_id"])]
    staying = set(written["pupils", LAST]["pupil_id"]) | {""}
    assert not (open_yet["by"].le(LAST_DAY) & open_yet["pupil_id"].isin(staying) & open_yet["pupil_id"].ne("")).any()
    counted = both[both["scale"].eq("")]
    start, aim, end = (counted[name].astype(float) for name in ("baseline", "target", "outcome"))
    assert ((end - start) / (aim - start)).ge(1).eq(counted["result"].eq("reached")).all()


def test_targets_are_reached_and_missed(committed):
    shares = committed.every("target_reviews")["result"].value_counts(normalize=True)
    assert len(shares) == 4 and shares.between(0.05, 0.7).all()


def test_notes_about_pupils_with_sen_are_of_many_kinds_and_vary(committed):
    rows = committed.every("evidence")
    assert rows["kind"].nunique() == 9 and rows["what"].nunique() > 40
    assert rows[["what", "source", "on"]].ne("").all(axis=None)
    for term in committed.terms:
        notes = committed["evidence", term]
        assert set(notes["pupil_id"]) <= of_status(committed, term, "K", "E")
        assert not notes.duplicated(["pupil_id", "kind"]).any()


def test_every_term_has_a_review_meeting_and_the_next_is_planned(written):
    for term in written.terms:
        rows = written["meetings", term]
        held = rows[rows["agreed"].ne("")]
        assert (held["kind"].eq("review meeting").sum() == 1) and held["next_on"].ne("").all()
        planned = rows[rows["agreed"].eq("")]
        assert planned["on"].gt(LAST_DAY).all() and (len(planned) > 0) == (term == LAST)


def test_pupils_with_a_plan_have_their_annual_review_in_its_term_and_two_are_met_about_by_agencies(committed):
    rows = committed.every("meetings")
    held = rows[rows["kind"].eq("annual review") & rows["agreed"].ne("")]
    for term, here in held.groupby("term"):
        assert set(here["pupil_id"]) <= of_status(committed, term, "E")
    year = held[held["term"].str.startswith("2025-26")]
    assert year["pupil_id"].is_unique and len(year) >= 12
    assert rows["kind"].eq("multi-agency").sum() == 2
    assert rows.loc[rows["kind"].eq("multi-agency"), "agencies"].ne("").all()
    after = held[held["term"].eq(LAST)].merge(committed["entitlements", LAST], on="pupil_id")
    assert after["next_on"].eq(after["review_on"]).all()


def test_of_what_was_agreed_some_is_done_in_time_some_late_and_some_is_overdue(committed):
    rows = committed.every("actions")
    done = rows["done_on"].ne("")
    assert rows["result"].ne("").eq(done).all() and rows.loc[done, "done_on"].le(LAST_DAY).all()
    assert (done & rows["done_on"].le(rows["by"])).sum() > 5 and (done & rows["done_on"].gt(rows["by"])).sum() > 5
    assert (~done & rows["by"].lt(LAST_DAY)).sum() > 5
    assert rows["agreed_on"].le(rows["by"]).all()


def test_teaching_assistants_earn_more_from_the_middle_of_the_last_term_on(written):
    rows = written["pay_rates", LAST]
    assert list(rows["role"]) == ["teaching assistant"] * 2 and rows["hourly_cost"].astype(float).is_monotonic_increasing
    assert pd.Timestamp("2026-05-20") < pd.Timestamp(rows["start"].iloc[1]) < pd.Timestamp("2026-06-10")


def test_most_places_of_adults_say_how_they_are_prepared_and_some_do_not(committed):
    rows = committed.every("deployments")
    blank = rows[ANSWERS].eq("").all(axis=1)
    assert 0.05 < blank.mean() < 0.2 and rows.loc[~blank, ANSWERS].isin(["Y", "N"]).all(axis=None)
    assert rows.loc[~blank, ANSWERS].nunique().eq(2).all()


def test_nobody_is_in_two_places_at_a_time(committed):
    for term in committed.terms:
        rows = committed["deployments", term]
        assert at_once(rows, "adult_id") == [] and at_once(rows, "pupil_id") == []


def test_no_adult_is_in_two_places_at_a_time_in_schools_of_other_sizes(another):
    for term in another.terms:
        assert at_once(another["deployments", term], "adult_id") == []


def test_an_adult_in_class_is_with_a_pupil_in_a_group_of_the_pupil(written):
    for term in written.terms:
        rows = written["deployments", term]
        rows = rows[rows["pupil_id"].ne("") & rows["place"].eq("in class")]
        both = rows.merge(written["teaching_groups", term], on=["pupil_id", "teaching_group", "subject"])
        assert len(both) == len(rows)


def test_a_pupil_is_with_an_adult_for_a_provision_only_where_the_pupil_takes_part_in_it(written):
    for term in written.terms:
        rows = written["deployments", term].query("pupil_id != '' and provision_id != ''")
        assert len(rows.merge(written["provision_pupils", term], on=["pupil_id", "provision_id"])) == len(rows)


def test_the_same_records_are_invented_again_and_others_with_another_seed():
    one, again, two = (school.records(school.terms[-1]) for school in (invent(100, 1, seed) for seed in (1, 1, 2)))
    for name, table in one.items():
        pd.testing.assert_frame_equal(table, again[name])
    assert not any(one[name].equals(two[name]) for name in ("provision_sessions", "deployments", "targets", "evidence"))


def test_a_school_without_planted_truths_has_none_in_its_records():
    school = invent(300, 1, 4, planted=False)
    tables = school.records(school.terms[-1])
    adults = school.clean(school.terms[-1])["adults"].set_index("adult_id")["weekly_hours"]
    assert tables["provisions"]["review_on"].ne("").all() and set(tables["entitlements"]["source"]) == {"EHC plan"}
    assert (tables["deployments"].groupby("adult_id")["hours"].sum() - adults).max() < 0.01
    given = tables["provision_sessions"].groupby("provision_id")["on"].nunique()
    assert given.eq(tables["provisions"].set_index("provision_id")["sessions_planned"][given.index]).all()


# What is planted is there, and nowhere else.


def test_one_statement_is_under_delivered_and_no_other(committed):
    truth = the_truth(committed, "statement under-delivered")
    for term in committed.terms:
        missing = specified(committed, term) - timetabled(committed, term).reindex(specified(committed, term).index).fillna(0)
        short = missing[missing.gt(0.01)]
        assert list(short.index) == (truth["pupil_ids"] if term == LAST else [])
    (pupil,) = truth["pupil_ids"]
    assert specified(committed, LAST)[pupil] == 10 and timetabled(committed, LAST)[pupil] == pytest.approx(4)


def test_in_schools_of_other_sizes_at_most_the_planted_statement_is_under_delivered(another):
    told = yaml.safe_load((another.folder / "truths.yml").read_text(encoding="utf-8"))["truths"]
    planted = {pupil for truth in told if truth["kind"] == "statement under-delivered" for pupil in truth["pupil_ids"]}
    for term in another.terms:
        wanted = specified(another, term)
        missing = wanted - timetabled(another, term).reindex(wanted.index).fillna(0)
        assert set(missing[missing.gt(0.01)].index) == (planted if term == LAST else set())


def test_one_adult_is_deployed_six_hours_more_than_contracted_and_no_other(written):
    truth = the_truth(written, "adult overloaded")
    for term in written.terms:
        rows = written["deployments", term]
        contract = written["adults", term].set_index("adult_id")["weekly_hours"].astype(float)
        beyond = (hours(rows).groupby(rows["adult_id"]).sum() - contract).round(2)
        over = beyond[beyond.gt(0.1)]
        assert list(over.index) == ([truth["about"]] if term == LAST else [])
        assert over.eq(6.0).all()


def test_one_targeted_provision_has_no_review_date_and_no_other(committed):
    truth = the_truth(committed, "provision without a review date")
    rows = committed.every("provisions")
    without = rows[rows["review_on"].eq("")]
    assert list(zip(without["term"], without["provision_id"], without["wave"], strict=True)) == [
        (LAST, truth["about"], "targeted")
    ]


def test_one_pupil_is_supported_by_one_adult_alone_out_of_class_and_no_other(written):
    truth = the_truth(written, "support by one adult alone")
    for term in written.terms:
        rows = written["deployments", term]
        rows = rows[rows["pupil_id"].ne("") & ~rows["pupil_id"].isin(set(written["provision_pupils", term]["pupil_id"]))]
        of = rows.groupby("pupil_id")
        outside = rows["place"].isin(["one to one", "out of class"]).groupby(rows["pupil_id"]).all()
        alone = of["adult_id"].nunique().eq(1) & outside
        found = set(alone.index[alone])
        assert found == (set(truth["pupil_ids"]) if term == LAST else set()), term
    own = written["deployments", LAST].query("pupil_id in @truth['pupil_ids']")
    assert set(own["adult_id"]) == {truth["about"]} and hours(own).sum() == 5 and "Y" not in set(own["with_peers"])


def test_one_provision_is_seldom_given_and_no_other(committed):
    truth = the_truth(committed, "provision seldom given")
    for term in (BEFORE, LAST):
        days = committed["provision_sessions", term]
        planned = committed["provisions", term].set_index("provision_id")["sessions_planned"].astype(float)
        # Both ways to count: days on which there is a register, and days on which anybody came.
        for rows in (days, days[days["attended"].eq("Y")]):
            share = rows.groupby("provision_id")["on"].nunique() / planned
            assert list(share.index[share.lt(0.6)]) == ([truth["about"]] if term == LAST else [])
    listed = (
        committed["provision_pupils", LAST].set_index("provision_id")[["sessions_attended", "sessions_planned"]].astype(float)
    )
    sums = listed.groupby(level=0).sum().eval("sessions_attended / sessions_planned")
    assert list(sums.index[sums.lt(0.6)]) == [truth["about"]]


def test_pupils_whose_support_is_missing_have_no_adult_no_provision_and_nothing_specified(committed):
    told = yaml.safe_load((COMMITTED / "truths.yml").read_text(encoding="utf-8"))["truths"]
    (missing,) = (set(truth["pupil_ids"]) for truth in told if truth["kind"] == "support missing")
    for name in ("deployments", "provision_pupils", "provision_sessions", "entitlements"):
        assert not set(committed.every(name)["pupil_id"]) & missing, name


def test_truths_about_records_touch_no_mark():
    school = invent(150, 1, 3)
    kinds = {truth.kind for truth in school.truths}
    assert {"statement under-delivered", "adult overloaded", "support by one adult alone"} <= kinds
    without = replace(school, truths=tuple(truth for truth in school.truths if truth.kind not in RECORDED))
    assert len(without.truths) < len(school.truths)
    (one, _), (two, _) = (each.tables(each.terms[-1]) for each in (school, without))
    assert {name for name in one if not one[name].equals(two[name])} <= {"adults"}
