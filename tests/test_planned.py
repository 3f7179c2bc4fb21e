"""Everything that rests on what people decided, on the invented school: its planted truths are found, and nothing else."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
import yaml
from pandas import DataFrame

from sentrack_lib.cycle.papers.preparing import reviewed
from sentrack_lib.measures.agencies import agencies
from sentrack_lib.measures.planned import day_counted_to, planned
from sentrack_lib.records import recorded
from sentrack_lib.settings import Parameters, SchoolSettings
from sentrack_lib.sources.loading import School, load_school
from sentrack_lib.terms import Term
from sentrack_lib.views import tables as parts
from sentrack_lib.views.papers import Papers

SAMPLE = Path(__file__).resolve().parents[1] / "data" / "sample"
TERM = "2025-26-summer"
WHO = "M000200415011"


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> School:
    """The invented school as its sheets have it, whatever was recorded on this machine."""
    loaded = load_school(SAMPLE)
    return replace(loaded, records=recorded(replace(loaded, folder=tmp_path_factory.mktemp("no store"))).records)


@pytest.fixture(scope="module")
def found(school: School) -> dict[str, DataFrame]:
    return reviewed(Parameters(school=SAMPLE, term=TERM), school)


def truth(kind: str) -> dict:
    told = yaml.safe_load((SAMPLE / "truths.yml").read_text(encoding="utf-8"))["truths"]
    (one,) = [each for each in told if each["kind"] == kind]
    return one


# --- the planted truths ----------------------------------------------------------------------------


def test_the_statement_that_is_under_delivered_is_found_and_no_other(found) -> None:
    rows = found["entitlements_met"]
    short = rows[rows["state"].ne("met")]
    assert short["pupil_id"].tolist() == truth("statement under-delivered")["pupil_ids"]
    assert short[["hours_week", "timetabled", "short"]].to_numpy().tolist() == [[10, 4, 6]]
    assert "6 hours short" in short["sentence"].iloc[0] and len(rows) > 15


def test_the_adult_who_is_overloaded_is_found_and_no_other(found) -> None:
    rows = found["adults_week"]
    over = rows[rows["overloaded"].fillna(False).astype("bool")]
    assert over["adult_id"].tolist() == ["A003"] and truth("adult overloaded")["about"] in ("", "A003")
    assert (over["deployed"] - over["weekly_hours"]).tolist() == pytest.approx([6])


def test_the_provision_without_a_review_date_is_found_and_no_other(found) -> None:
    gaps = found["provision_gaps"]
    assert gaps.loc[gaps["gap"].eq("review date"), "provision_id"].tolist() == ["PR03"]


def test_the_pupil_who_has_one_adult_alone_is_found_and_no_other(found) -> None:
    rows = found["pupil_adults"]
    alone = rows[rows["share_one_adult"].ge(1) & rows["share_outside"].ge(1) & rows["hours_week"].ge(3)]
    assert alone["pupil_id"].tolist() == truth("support by one adult alone")["pupil_ids"]
    assert alone[["dependent", "isolated"]].astype("bool").all(axis=None)


def test_the_provision_that_is_seldom_given_is_found_and_no_other(found) -> None:
    rows = found["provision_map"]
    low = rows[rows["sessions_given"] / rows["sessions_due"] < 0.6]
    assert low["provision_id"].tolist() == ["PR11"]


# --- what holds of all of it -----------------------------------------------------------------------


def test_costs_add_up_in_whatever_way_they_are_looked_at(found) -> None:
    whole = found["provision_map"]["cost_projected"].sum()
    for by, rows in found["costs_by"].groupby("by"):
        assert rows["cost_projected"].sum() == pytest.approx(whole, abs=0.005), by
    assert found["budget"].set_index("funding").loc["all", "cost_projected"] == pytest.approx(whole)


def test_working_it_out_again_gives_the_same_and_changes_nothing(found, school) -> None:
    before = {name: table.copy() for name, table in found.items()}
    again = planned(found, school.records, school.settings)
    for name, table in again.items():
        pd.testing.assert_frame_equal(table, found[name])
    for name, table in found.items():
        pd.testing.assert_frame_equal(table, before[name])


def test_a_decision_answers_a_flag_and_takes_the_pupil_off_the_list(found, school) -> None:
    pupil = found["pupils_to_plan"]["pupil_id"].iloc[0]
    row = {"term": TERM, "action_id": "new", "pupil_id": pupil, "about": "flags", "what": "Meet", "owner": "Ms Stub"}
    actions = pd.concat([school.records["actions"], DataFrame([{**row, "agreed_on": pd.Timestamp("2026-07-01")}])])
    after = planned(found, {**school.records, "actions": actions}, school.settings)
    assert not after["pupils_to_plan"].set_index("pupil_id").loc[pupil, "waiting"]
    assert set(after["flags"].loc[after["flags"]["pupil_id"].eq(pupil), "owner"]) == {"Ms Stub"}
    counted = [rows["plan_counts"].set_index("what")["count"].iloc[0] for rows in (found, after)]
    assert counted[0] - counted[1] == 1


def test_a_school_that_records_nothing_has_every_table_and_says_so(found, school) -> None:
    nothing = {name: table.iloc[:0] for name, table in school.records.items()}
    empty = planned(found, nothing, school.settings)
    assert empty.keys() == planned(found, school.records, school.settings).keys()
    assert empty["provision_map"].empty and empty["targets"].empty and empty["pupils_to_plan"]["waiting"].any()
    assert set(empty["separate_plans"]["plan"]) <= {"separate plan", "not known yet"}


@pytest.mark.parametrize(
    ("today", "counted"), [("2026-05-04", "2026-05-04"), ("2030-01-01", "2026-07-21"), ("2020-01-01", "2026-04-14")]
)
def test_costs_are_counted_to_today_or_the_nearest_day_of_the_term(today: str, counted: str) -> None:
    day = day_counted_to(Term.named(TERM), SchoolSettings.read(SAMPLE), date.fromisoformat(today))
    assert day.isoformat() == counted


# --- meetings and agencies -------------------------------------------------------------------------


def test_agencies_are_told_apart_and_a_meeting_yet_to_be_held_is_no_contact(table) -> None:
    meetings = table("""
        meeting_id | kind         | on         | pupil_id | agencies                 | outcome  | agreed | term
        M1         | multi-agency | 2026-05-04 | A        | Speech therapy; Social care | Talks | Yes    | 2025-26-summer
        M2         | multi-agency | 2026-06-04 | B        | Speech therapy           | Talks    |        | 2025-26-summer
        M3         | annual review| 2026-05-05 | A        |                          |          | Yes    | 2025-26-summer
    """)
    plans = table("""
        entitlement_id | pupil_id | source   | what | agency         | outcome | term
        E1             | B        | EHC plan | Help | Speech therapy | Listens | 2025-26-summer
    """)
    rows = agencies({"meetings": meetings, "entitlements": plans}, Term.named(TERM))
    assert sorted(rows["agency"].unique()) == ["Social care", "Speech therapy"]
    assert rows.loc[rows["pupil_id"].eq("B"), "on"].isna().all() and rows["on"].notna().sum() == 2
    assert agencies({}, Term.named(TERM)).empty


def test_minutes_say_who_met_what_was_agreed_and_who_does_it(found) -> None:
    papers = Papers("inclusion", found)
    told = repr(parts.minutes(papers))
    newest = found["meetings"][found["meetings"]["agreed"].notna()].sort_values(["on", "meeting_id"]).iloc[-1]
    assert newest["agreed"] in told and newest["present"] in told and "Who does what, until when" in told
    assert "No meeting is recorded" in repr(parts.minutes(papers.on(pupil=_without_meeting(found))))


def test_the_minutes_of_a_pupil_are_those_of_a_meeting_about_the_pupil(found) -> None:
    rows = found["meetings"].dropna(subset=["pupil_id", "agreed"])
    here = rows[rows["pupil_id"].isin(found["roll"]["pupil_id"])].sort_values(["on", "meeting_id"]).iloc[-1]
    assert here["agreed"] in repr(parts.minutes(Papers("inclusion", found).on(pupil=here["pupil_id"])))


def _without_meeting(found: dict[str, DataFrame]) -> str:
    return str(found["roll"].loc[~found["roll"]["pupil_id"].isin(found["meetings"]["pupil_id"]), "pupil_id"].iloc[0])


def test_the_timetable_of_a_pupil_names_no_other(found) -> None:
    papers = Papers("inclusion", found).on(pupil=WHO)
    told = repr(parts.timetable(papers))
    others = found["roll"].loc[found["roll"]["pupil_id"].ne(WHO), ["surname", "forename"]].agg(", ".join, axis=1)
    assert "Notreal, Kerry" in told and not [name for name in others if name != "Notreal, Kerry" and name in told]
    assert repr(parts.timetable(papers.on())).count("(in class)") > 50
