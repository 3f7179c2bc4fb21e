"""The provision map: what runs in a term and who takes part, what is missing in it, and whose plan it may replace."""

from datetime import date

import pandas as pd
import pytest
from pandas import DataFrame

from sentrack_lib.measures.provision import provision_tables
from sentrack_lib.sources.coded import coded
from sentrack_lib.terms import Term

NOW = "2025-26-spring"
TERM = Term.named(NOW)
TODAY = date(2026, 2, 27)
COLUMNS = {
    "provision_map": (
        "provision_id name area_of_need wave strategy intended_outcome subject staff group_size pupils groups sessions_planned "
        "sessions_due sessions_given minutes start end review_on funding chosen_by aligned_with monitored_how "
        "cost_hour resources_cost cost_planned "
        "cost_to_date cost_projected cost_a_pupil unused costed_by why"
    ),
    "pupil_provision": (
        "pupil_id provision_id name wave area_of_need start end sessions_planned sessions_due sessions_attended attended_share "
        "low baseline outcome rating cost_planned cost_to_date cost_projected"
    ),
    "costs_by": "by group pupils cost_planned cost_to_date cost_projected cost_a_pupil not_known",
    "separate_plans": "pupil_id recorded provision targets outcomes reviews open_targets plan why",
    "provision_gaps": "provision_id name gap sentence",
}

PROVISIONS = """
provision_id | name     | wave      | minutes | sessions_planned | start      | end        | review_on  | hourly_cost | intended_outcome | term
P1           | Reading  | targeted  | 30      | 20               | 2026-01-12 | 2026-03-20 | 2026-03-27 | 20          | Reads on         | 2025-26-spring
P2           | Number   | targeted  | 30      | 10               | 2025-09-08 | 2025-12-12 | 2025-12-15 | 20          | Counts on        | 2025-26-autumn
P3           | Speech   |           |         |                  |            |            |            |             |                  | 2025-26-spring
P4           | Signs    | universal | 10      | 50               | 2025-09-08 |            | 2026-07-01 | 0           | Signs            | 2025-26-autumn
P5           | Drums    | targeted  | 30      | 10               | 2026-05-04 |            | 2026-07-01 | 20          | Drums            | 2025-26-spring
P6           | Backward | targeted  | 30      | 10               | 2026-03-20 | 2026-01-12 | 2026-02-01 | 20          | Turns round      | 2025-26-spring
"""  # noqa: E501
PUPILS = """
provision_id | pupil_id | start      | end        | sessions_planned | sessions_attended | baseline | outcome | rating | term
P1           | Ash      | 2026-01-12 | 2026-02-06 | 8                | 4                 | 4c       |         |        | 2025-26-spring
P1           | Ash      | 2026-02-16 |            |                  | 3                 | 4b       | 5c      |        | 2025-26-spring
P1           | Fir      | 2025-09-08 | 2025-12-12 | 20               | 20                |          |         |        | 2025-26-autumn
P1           | Elm      |            |            |                  |                   |          |         |        | 2025-26-autumn
P1           | Yew      |            |            |                  |                   |          |         | good   | 2025-26-spring
P6           | Fir      | 2026-03-20 | 2026-01-12 |                  |                   |          |         |        | 2025-26-spring
P6           | Yew      | 2026-03-20 |            |                  |                   |          |         | some   | 2025-26-spring
P9           | Yew      |            |            |                  |                   |          |         |        | 2025-26-spring
P3           | Oak      |            |            |                  |                   |          |         |        | 2025-26-spring
"""  # noqa: E501
ROLL = """
pupil_id | year_group | sen_status | sen_need
Ash      | 7          | K          | SLCN
Elm      | 7          | N          |
Fir      | 8          | E          | ASD
Yew      | 8          | K          |
"""


@pytest.fixture
def records(table) -> dict[str, DataFrame]:
    return {"provisions": table(PROVISIONS), "provision_pupils": table(PUPILS)}


@pytest.fixture
def roll(table) -> DataFrame:
    return table(ROLL)


def told(records, roll, as_of=TODAY, term=TERM) -> dict[str, DataFrame]:
    return provision_tables(records, roll, DataFrame(), term, None, as_of)


def plan_of(found: dict[str, DataFrame], pupil: str):
    return found["separate_plans"].set_index("pupil_id").loc[pupil]


def gaps_of(found: dict[str, DataFrame]) -> dict[str, list[str]]:
    return found["provision_gaps"].groupby("provision_id")["gap"].agg(list).to_dict()


# --- the map ---------------------------------------------------------------------------------------


def test_the_map_holds_what_touches_the_term_even_what_only_the_list_of_pupils_names(records, roll):
    here = told(records, roll)["provision_map"]
    assert here["name"].to_list() == ["Backward", "P9", "Reading", "Signs", "Speech"]
    autumn = told(records, roll, term=Term.named("2025-26-autumn"))["provision_map"]
    assert autumn["name"].to_list() == ["Number", "P1", "Signs"]  # in autumn Reading was not yet described


def test_of_a_provision_recorded_again_the_newest_row_holds(records, roll, table):
    again = table("""
        provision_id | name         | minutes | sessions_planned | start      | end        | hourly_cost | term
        P2           | Number again | 30      | 10               | 2026-01-12 | 2026-03-20 | 20          | 2025-26-spring
    """)
    found = told(records | {"provisions": pd.concat([again, records["provisions"]])}, roll)
    here = found["provision_map"].set_index("provision_id").loc["P2"]
    assert here[["name", "cost_planned"]].to_list() == ["Number again", 100]


def test_a_pupil_who_left_and_came_back_has_one_row_with_both_stays(records, roll):
    """8 of their own in the first stay, all due; then the group's sessions in weeks 6 to 10: 10 of 20, 4 of them due."""
    ash = told(records, roll)["pupil_provision"].set_index("pupil_id").loc["Ash"]
    assert ash[["sessions_planned", "sessions_due", "sessions_attended", "low"]].to_list() == [18, 12, 7, True]
    assert ash["attended_share"] == pytest.approx(7 / 12)
    assert ash[["baseline", "outcome"]].to_list() == ["4c", "5c"]
    assert (ash["start"], ash["end"]) == (pd.Timestamp("2026-01-12"), pd.Timestamp("2026-03-20"))


def test_last_terms_stay_is_none_in_this_terms_provision(records, roll):
    rows = told(records, roll)["pupil_provision"]
    assert rows.loc[rows["provision_id"].eq("P1"), "pupil_id"].to_list() == ["Ash", "Yew"]


@pytest.mark.parametrize(("came", "low"), [(8, True), (9, False)], ids=["under", "at"])
def test_attendance_is_low_under_three_in_five(records, roll, came, low):
    """15 sessions are due by Wednesday of week 8."""
    rows = records["provision_pupils"].query("pupil_id == 'Yew' and provision_id == 'P1'").assign(sessions_attended=came)
    found = told(records | {"provision_pupils": rows}, roll, as_of=date(2026, 3, 4))["pupil_provision"]
    assert found[["sessions_due", "low"]].to_numpy().tolist() == [[15, low]]


def test_attendance_is_not_low_while_few_sessions_are_due(records, roll):
    rows = records["provision_pupils"].query("pupil_id == 'Yew' and provision_id == 'P1'").assign(sessions_attended=0)
    low = [told(records | {"provision_pupils": rows}, roll, as_of=day)["pupil_provision"]["low"].item()
           for day in (date(2026, 1, 23), date(2026, 1, 27))]  # fmt: skip
    assert low == [False, True]  # 4 and 5 due


def test_attended_sessions_that_no_list_gives_are_counted_within_the_stay_up_to_the_day(records, roll, table):
    sessions = table("""
        provision_id | pupil_id | on         | attended
        P1           | Yew      | 2025-11-03 | Y
        P1           | Yew      | 2026-02-03 | Y
        P1           | Yew      | 2026-02-03 | Y
        P1           | Yew      | 2026-02-05 | N
        P1           | Yew      | 2026-03-03 | Y
    """)
    rows = told(records | {"provision_sessions": sessions}, roll)["pupil_provision"].set_index(["pupil_id", "provision_id"])
    assert rows.loc[("Yew", "P1"), "sessions_attended"] == 1


# --- what is missing -------------------------------------------------------------------------------


def test_what_is_missing_is_listed_once_for_each_thing(records, roll):
    assert gaps_of(told(records, roll)) == {
        "P3": ["outcome", "sessions", "cost", "review date"],
        "P6": ["dates", "review overdue"],
        "P9": ["description"],
    }


def test_a_gap_is_said_in_a_sentence(records, roll):
    said = told(records, roll)["provision_gaps"].set_index(["provision_id", "gap"])["sentence"]
    assert said[("P6", "dates")] == "It is recorded as beginning on 20 March 2026 and ending before, on 12 January 2026."
    assert said[("P6", "review overdue")] == (
        "Its review was due on 1 February 2026; of its pupils, 1 of 2 have neither outcome nor rating."
    )
    assert said[("P3", "cost")].startswith("What it costs is not known. Neither an adult")
    assert said.str.endswith(".").all()


def test_nobody_need_be_listed_for_what_is_for_everyone(records, roll):
    gaps = gaps_of(told({"provisions": records["provisions"]}, roll))
    assert "P4" not in gaps and gaps["P1"] == ["pupils"]


@pytest.mark.parametrize(("number", "gap"), [(8, True), (9, False)], ids=["under", "at"])
def test_few_sessions_given_are_a_gap(records, roll, number, gap):
    """15 are due by Wednesday of week 8."""
    days = pd.date_range("2026-01-12", periods=number).strftime("%Y-%m-%d")
    sessions = DataFrame({"on": days, "provision_id": "P1", "pupil_id": "Yew", "attended": "Y"})
    found = told(records | {"provision_sessions": sessions}, roll, as_of=date(2026, 3, 4))
    assert ("given" in gaps_of(found).get("P1", [])) == gap


# --- whose plan the map may replace ----------------------------------------------------------------


def targets(*numbers: int, pupil: str = "Yew", by: str | None = "2026-04-01") -> DataFrame:
    return DataFrame({"target_id": [f"T{number}" for number in numbers], "pupil_id": pupil, "by": by, "what": "Reads on"})


def test_without_sen_there_is_no_row_and_a_blank_status_is_not_sen(records, roll):
    more = pd.concat([roll, DataFrame({"pupil_id": ["Zed"], "year_group": ["7"], "sen_status": [None]})])
    assert told(records, more)["separate_plans"]["pupil_id"].to_list() == ["Ash", "Fir", "Yew"]


def test_the_map_is_enough_where_provision_targets_outcomes_and_reviews_are_in_it(records, roll):
    found = plan_of(told(records | {"targets": targets(1, 2, 3, 4)}, roll), "Yew")
    assert found.to_list() == [True, True, True, True, True, 4, "provision map is enough",
                               "Provision, targets, outcomes and reviews are recorded in the map."]  # fmt: skip


def test_an_outcome_is_missing_once_the_day_of_review_is_past(records, roll):
    """P6 was to be looked at on 1 February; P1 is on 27 March, and P9 has no such day and goes on."""
    unrated = records["provision_pupils"].assign(rating=None)
    found = plan_of(told(records | {"targets": targets(1), "provision_pupils": unrated}, roll), "Yew")
    assert (found["outcomes"], found["plan"]) == (False, "not known yet")


def test_what_the_map_lacks_is_said(records, roll):
    found = plan_of(told(records, roll), "Ash")
    assert (found["plan"], found["why"]) == (
        "not known yet",
        "The map lacks targets: record this, and keep the individual plan until then.",
    )
    nothing = plan_of(told({}, roll), "Ash")
    assert nothing["why"].startswith("The map lacks provision, targets, outcomes that are due and a day of review:")


def test_more_than_four_open_targets_need_a_plan_and_one_that_is_reached_is_not_open(records, roll, table):
    many = {"targets": targets(1, 2, 3, 4, 5)}
    found = plan_of(told(records | many, roll), "Yew")
    assert (found["plan"], found["open_targets"]) == ("separate plan", 5)
    assert found["why"] == "5 targets are open; a map follows 4 at most."
    reviews = table("""
        target_id | on         | result
        T1        | 2026-02-02 | goes on
        T1        | 2026-02-20 | Reached
        T2        | 2026-03-20 | reached
    """)
    assert plan_of(told(records | many | {"target_reviews": reviews}, roll), "Yew")["open_targets"] == 4


def test_a_target_whose_day_is_past_without_a_review_is_an_outcome_that_is_missing(records, roll):
    kept = records["provision_pupils"].query("provision_id == 'P1'")
    found = plan_of(told(records | {"targets": targets(1, by="2026-02-01"), "provision_pupils": kept}, roll), "Yew")
    assert (found["outcomes"], found["plan"]) == (False, "not known yet")


def test_an_ehc_plan_or_specified_hours_need_a_plan_of_their_own(records, roll, table):
    entitlements = table("""
        entitlement_id | pupil_id | source          | hours_week | end
        E1             | Yew      | individual plan | 5          |
        E2             | Ash      | statement       |            | 2025-12-31
    """)
    found = told(records | {"entitlements": entitlements}, roll)
    assert plan_of(found, "Fir")["why"] == "An EHC plan or statement is planned and reviewed on its own."
    assert plan_of(found, "Yew")["why"] == "Hours of support are specified for this pupil."
    assert plan_of(found, "Ash")["plan"] == "not known yet"  # that statement ended with the year
    assert found["separate_plans"].set_index("pupil_id")["plan"].drop("Ash").eq("separate plan").all()


def test_what_is_for_everyone_is_no_provision_for_a_pupil_with_sen(records, roll):
    rows = DataFrame({"provision_id": ["P4"], "pupil_id": ["Yew"], "term": [NOW]})
    assert not plan_of(told(records | {"provision_pupils": rows}, roll), "Yew")["provision"]


# --- whatever comes --------------------------------------------------------------------------------


def test_tables_have_their_columns_where_nothing_is_recorded_and_nobody_is_on_the_roll(records, roll):
    nothing = {name: DataFrame() for name in ("provisions", "provision_pupils", "deployments", "pay_rates", "targets")}
    for found in (told(records, roll), told({}, roll), told(nothing, DataFrame()), told(records, DataFrame())):
        assert {name: " ".join(rows.columns) for name, rows in found.items()} == COLUMNS
    assert told({}, DataFrame())["provision_map"].empty


def test_coded_tables_numbers_written_as_text_and_doubled_rows_say_the_same(records, roll):
    plain = told(records, roll)
    faster = coded(records | {"roll": roll})
    written = {name: rows.astype("str") for name, rows in records.items()}
    twice = {name: pd.concat([rows, rows]) for name, rows in records.items()}
    for here in (told(faster, faster["roll"]), told(written, pd.concat([roll, roll])), told(twice, roll)):
        for name, rows in here.items():
            pd.testing.assert_frame_equal(rows, plain[name])


def test_columns_that_are_missing_throughout_are_no_fault(records, roll):
    blank = {
        name: rows.assign(**dict.fromkeys(["start", "end", "minutes", "sessions_planned"])) for name, rows in records.items()
    }
    here = told(blank, roll)["provision_map"]
    assert here["cost_planned"].isna().all() and here["why"].ne("").all()
