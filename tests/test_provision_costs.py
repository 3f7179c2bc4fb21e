"""What provision costs, and who bears how much of it: worked by hand to the penny, and adding up whatever is recorded."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas import DataFrame

from sentrack_lib.errors import WrongUse
from sentrack_lib.measures.provision import RULES, provision_tables
from sentrack_lib.terms import Term

NOW = "2025-26-spring"
TERM = Term.named(NOW)
FIGURES = ["cost_planned", "cost_to_date", "cost_projected"]
FRIDAY_OF_WEEK_7 = date(2026, 2, 27)
LAST_DAY = date(2026, 3, 20)

# All three run for ten weeks of five days, Monday 12 January to Friday 20 March: 50 school days.
PROVISIONS = """
provision_id | name    | wave       | minutes | sessions_planned | group_size | resources_cost | total_cost | funding
P1           | Reading | targeted   | 30      | 20               | 4          | 40.01          |            | SEN budget
P2           | Speech  | Wave 3     | 60      | 12               |            | 90             | 500        |
P3           | Mentor  | specialist | 30      | 10               | 1          |                |            | SEN budget
"""
# Yew joins at the beginning of week 6.
PUPILS = """
provision_id | pupil_id | start      | end        | sessions_planned | sessions_attended
P1           | Ash      | 2026-01-12 | 2026-03-20 | 20               | 12
P1           | Fir      | 2026-01-12 |            |                  | 6
P1           | Yew      | 2026-02-16 |            |                  |
P2           | Ash      |            |            |                  |
P2           | Fir      |            |            |                  |
P2           | Yew      | 2026-01-12 |            |                  |
P3           | Yew      | 2026-01-12 |            |                  |
"""
# A2 is with Elm as well at the hour of Thursday.
DEPLOYMENTS = """
adult_id | role               | day      | starts | hours | pupil_id | provision_id | start      | end
A1       | teaching assistant | Tuesday  | 09:00  | 0.5   | Ash      | P1           | 2026-01-12 | 2026-03-20
A1       | teaching assistant | Tuesday  | 09:00  | 0.5   | Fir      | P1           | 2026-01-12 | 2026-03-20
A1       | teaching assistant | Thursday | 09:00  | 0.5   |          | P1           | 2026-01-12 | 2026-03-20
A2       | teaching assistant | Tuesday  | 09:00  | 0.5   |          | P1           | 2026-01-12 | 2026-03-20
A2       | teaching assistant | Thu      | 09:00  | 0.5   |          | P1           | 2026-01-12 | 2026-03-20
A2       | teaching assistant | Thursday | 09:00  | 0.5   | Elm      |              | 2026-01-12 | 2026-03-20
"""
# A1 has a rate of their own and a rise on Monday of week 6; A2 has that of the role.
PAY = """
adult_id | role               | start      | hourly_cost
         | Teaching Assistant | 2025-09-01 | 14.00
         | Teaching Assistant | 2026-09-01 | 99.00
A1       |                    | 2025-09-01 | 12.00
A1       |                    | 2026-02-16 | 12.60
"""
ROLL = """
pupil_id | year_group | sen_status | sen_need
Ash      | 7          | K          | SLCN
Elm      | 7          | N          |
Fir      | 8          | E          |
Yew      | 8          | K          | SLCN
"""


@pytest.fixture
def records(table) -> dict[str, DataFrame]:
    drawn = {"provisions": PROVISIONS, "provision_pupils": PUPILS, "deployments": DEPLOYMENTS, "pay_rates": PAY}
    tables = {name: table(text).assign(term=NOW, recorded_by="B. Invented") for name, text in drawn.items()}
    return tables | {"provisions": tables["provisions"].assign(start="2026-01-12", end="2026-03-20")}


@pytest.fixture
def roll(table) -> DataFrame:
    return table(ROLL).assign(term=NOW)


def adults() -> DataFrame:
    return DataFrame({"adult_id": ["A1", "A2", "A3"], "role": "teaching assistant", "hourly_cost": [50.0, 50.0, 10.0]})


def told(records, roll, as_of=FRIDAY_OF_WEEK_7, shared_by="planned sessions", calendar=None) -> dict[str, DataFrame]:
    return provision_tables(records, roll, adults(), TERM, calendar, as_of, shared_by)


def of(found: dict[str, DataFrame], provision: str):
    return found["provision_map"].set_index("provision_id").loc[provision]


def borne(found: dict[str, DataFrame], provision: str, figure: str) -> list[float]:
    rows = found["pupil_provision"]
    return rows.loc[rows["provision_id"].eq(provision)].sort_values("pupil_id")[figure].to_list()


def one(minutes=60, sessions_planned=10.0, **said) -> dict[str, DataFrame]:
    """A provision of an hour a week for ten weeks, on Wednesdays, and one pupil."""
    row = {"provision_id": "P1", "name": "One", "start": "2026-01-12", "end": "2026-03-20", "term": NOW}
    provisions = DataFrame([row | {"minutes": minutes, "sessions_planned": sessions_planned} | said])
    return {"provisions": provisions, "provision_pupils": DataFrame([{"provision_id": "P1", "pupil_id": "Ash", "term": NOW}])}


def timetable(*rows: tuple[str, str, str], **said) -> DataFrame:
    return DataFrame(rows, columns=["adult_id", "day", "starts"]).assign(provision_id="P1", hours=1.0, term=NOW, **said)


# --- the worked example ----------------------------------------------------------------------------


def test_an_hour_costs_the_adults_who_are_timetabled_for_it(records, roll):
    """20 sessions in 50 days are due on Tuesdays and Thursdays. On a Tuesday there are A1 (12.00; from week 6 12.60) and A2
    (14.00), on a Thursday A1 and half of A2 (7.00), for half an hour each, so an hour costs
        (26.00 + 19.00) / 2 = 22.50, and from week 6 on (26.60 + 19.60) / 2 = 23.10.
    Planned: 20 x 1/2 x 22.50 + 40.01 = 265.01.
    To date, 14 sessions due by Friday of week 7: 10 x 1/2 x 22.50 + 4 x 1/2 x 23.10 + 40.01 = 112.50 + 46.20 + 40.01 = 198.71.
    Projected: 112.50 + 10 x 1/2 x 23.10 + 40.01 = 268.01."""
    here = of(told(records, roll), "P1")
    assert here[FIGURES].to_list() == [265.01, 198.71, 268.01]
    assert here[["cost_hour", "costed_by", "why"]].to_list() == [pytest.approx(23.10), "adults' rates", ""]
    assert here[["pupils", "groups", "sessions_planned", "sessions_due"]].to_list() == [3, 1, 20, 14]
    assert np.isnan(here["sessions_given"])
    assert (here["cost_a_pupil"], here["unused"]) == (89.34, 0)  # 268.01 / 3 = 89.336...


def test_a_total_cost_is_spread_over_the_sessions_and_holds_the_resources(records, roll):
    """12 sessions in 50 days: the 8th is due on day 7.5 x 50 / 12 = 31.25, the 9th on 35.4; 35 days have passed by Friday of
    week 7. To date: 500 x 8 / 12 = 333.33. 12 sessions of an hour: 500 / 12 an hour."""
    here = of(told(records, roll), "P2")
    assert here[FIGURES].to_list() == [500, 333.33, 500]
    assert here[["cost_hour", "costed_by", "sessions_due"]].to_list() == [pytest.approx(500 / 12), "total", 8]


def test_a_cost_that_cannot_be_told_is_missing_with_a_reason(records, roll):
    found = told(records, roll)
    here = of(found, "P3")
    assert here[[*FIGURES, "cost_hour", "cost_a_pupil", "unused"]].isna().all()
    assert here["why"] == "Neither an adult timetabled for it, nor a cost of an hour, nor a total cost is recorded."
    assert np.isnan(borne(found, "P3", "cost_projected")[0])


def test_by_planned_sessions_who_joins_half_way_bears_half(records, roll):
    """Ash, Fir and Yew are planned 20, 20 and 10 of 50.
    Planned 265.01: 106.004, 106.004, 53.002; down 265.00; the penny left goes to the first of those who lost most.
    To date they are due 14, 14 and 4 of 32; of 158.70 that is 69.43125, 69.43125, 19.8375, with the resources (16.004, 16.004,
    8.002) 85.43525, 85.43525, 27.8395; down 198.69; two pennies, to Yew (.95) and Ash (.525).
    Projected 268.01: 107.204, 107.204, 53.602; one penny, to Ash."""
    found = told(records, roll)
    assert borne(found, "P1", "cost_planned") == [106.01, 106.00, 53.00]
    assert borne(found, "P1", "cost_to_date") == [85.44, 85.43, 27.84]
    assert borne(found, "P1", "cost_projected") == [107.21, 107.20, 53.60]
    assert borne(found, "P2", "cost_planned") == [166.67, 166.67, 166.66]
    own = found["pupil_provision"].query("provision_id == 'P1'")
    assert own["sessions_planned"].to_list() == [20, 20, 10] and own["sessions_due"].to_list() == [14, 14, 4]


def test_by_places_what_empty_places_cost_is_used_by_nobody(records, roll):
    """4 places of 20 sessions are 80; 50 are taken, 30 are not.
    Planned 265.01: 66.2525, 66.2525, 33.12625, nobody 99.37875; two pennies, to nobody and Yew.
    To date 56, of which 14, 14, 4 are taken and 24 not; of 158.70: 39.675, 39.675, 11.33571, 68.01429; with resources (10.0025,
    10.0025, 5.00125, 15.00375) 49.6775, 49.6775, 16.33696, 83.01804; three pennies, to nobody, Ash and Fir.
    Projected 268.01: 67.0025, 67.0025, 33.50125, nobody 100.50375; one penny, to nobody."""
    found = told(records, roll, shared_by="places")
    assert borne(found, "P1", "cost_planned") == [66.25, 66.25, 33.13]
    assert borne(found, "P1", "cost_to_date") == [49.68, 49.68, 16.33]
    assert borne(found, "P1", "cost_projected") == [67.00, 67.00, 33.50]
    assert of(found, "P1")["unused"] == 100.51
    assert of(found, "P2")["unused"] == 0  # a group without a size has no empty places
    nobody = found["costs_by"].set_index(["by", "group"]).loc[("SEN status", "not shared to a pupil")]
    assert nobody[FIGURES].to_list() == [99.38, 83.02, 100.51] and nobody["pupils"] == 0


def test_by_attended_sessions_who_came_bears_it_and_where_that_is_not_known_those_due_count(records, roll):
    """12, 6 and, of Yew, the 4 due, of 22. Planned 265.01: 144.55091, 72.27545, 48.18364; one penny, to Fir.
    To date 198.71: 108.38727, 54.19364, 36.12909; one penny, to Ash (.727). Nothing is known of P2: planned sessions."""
    found = told(records, roll, shared_by="attended sessions")
    assert borne(found, "P1", "cost_planned") == [144.55, 72.28, 48.18]
    assert borne(found, "P1", "cost_to_date") == [108.39, 54.19, 36.13]
    assert borne(found, "P2", "cost_planned") == [166.67, 166.67, 166.66]


def test_costs_by_group_are_worked_by_hand(records, roll):
    """Ash 107.21 + 166.67, Fir 107.20 + 166.67, Yew 53.60 + 166.66; P3 is in no sum."""
    by = told(records, roll)["costs_by"].set_index(["by", "group"])
    assert by.loc[("SEN status", "EHC plan"), "cost_projected"] == 273.87
    assert by.loc[("SEN status", "SEN support"), ["pupils", "cost_projected", "cost_a_pupil"]].to_list() == [2, 494.14, 247.07]
    assert by.loc[("type of need", "no need recorded"), "cost_projected"] == 273.87
    assert by.loc[("year group", "8"), "cost_projected"] == 494.13
    assert by.loc[("wave", "specialist"), ["pupils", "cost_projected", "not_known"]].to_list() == [3, 500, 1]
    assert by.loc[("funding", "SEN budget"), ["cost_projected", "not_known"]].to_list() == [268.01, 1]
    assert by.loc[("area of need", "not recorded"), "cost_projected"] == 768.01
    assert by.loc[("school year", "2025-26"), ["pupils", "cost_projected", "not_known"]].to_list() == [3, 768.01, 1]


def test_each_way_to_share_is_said_in_words_and_no_other_is_taken(records, roll):
    assert list(RULES) == ["planned sessions", "places", "attended sessions"]
    assert all(sentence.endswith(".") and len(sentence) > 60 for sentence in RULES.values())
    with pytest.raises(WrongUse, match="planned sessions, places, attended sessions"):
        told(records, roll, shared_by="age")


# --- what an hour costs ----------------------------------------------------------------------------


def test_the_own_cost_of_an_hour_gives_way_to_the_rate_of_its_staff_from_its_day_on(roll):
    """10 hours on Wednesdays: 5 at 20, from Monday of week 6 on 5 at 22."""
    pay = DataFrame({"role": ["therapist"], "start": ["2026-02-16"], "hourly_cost": [22.0], "term": NOW})
    found = told(one(hourly_cost=20.0, staff=" Therapist ") | {"pay_rates": pay}, roll)
    assert of(found, "P1")[FIGURES].to_list() == [200, 5 * 20 + 2 * 22, 210]
    assert of(found, "P1")["costed_by"] == "own hourly cost"


def test_an_adult_whose_rate_is_not_known_gives_way_to_the_own_cost_of_an_hour(roll):
    unknown = timetable(("A9", "Monday", "9"), ("A3", "Monday", "9"))
    here = of(told(one(hourly_cost=20.0) | {"deployments": unknown}, roll), "P1")
    assert here[["cost_planned", "costed_by"]].to_list() == [200, "own hourly cost"]
    here = of(told(one() | {"deployments": unknown}, roll), "P1")
    assert np.isnan(here["cost_planned"]) and "adults who are timetabled" in here["why"]


def test_an_adult_without_a_rate_of_their_own_or_of_the_role_costs_what_the_table_of_adults_says(roll):
    assert of(told(one() | {"deployments": timetable(("A3", "Monday", "9"))}, roll), "P1")["cost_planned"] == 100


def test_adults_at_other_times_take_turns_and_at_one_time_are_together(roll):
    """A1 costs 50, A3 10: together 60, by turns 30; where their time is not recorded they are taken as together."""
    for rows, hour in [
        ((("A1", "Monday", "9"), ("A3", "Monday", "9")), 60),
        ((("A1", "Monday", "9"), ("A3", "Tuesday", "9")), 30),
        ((("A1", None, None), ("A3", None, None)), 60),
    ]:
        assert of(told(one() | {"deployments": timetable(*rows)}, roll), "P1")["cost_hour"] == hour


def test_two_adults_at_one_time_have_a_group_each_where_there_are_two_groups(roll):
    records = one(group_size=1) | {"deployments": timetable(("A1", "Monday", "9"), ("A3", "Monday", "9"))}
    pupils = DataFrame({"provision_id": "P1", "pupil_id": ["Ash", "Fir"], "term": NOW})
    here = of(told(records | {"provision_pupils": pupils}, roll), "P1")
    assert here[["groups", "cost_hour", "cost_planned"]].to_list() == [2, 30, 2 * 10 * 30]


def test_an_adult_in_two_provisions_at_one_time_is_split_equally(roll):
    rows = pd.concat([timetable(("A3", "Monday", "9")), timetable(("A3", "Mon", "9")).assign(provision_id="P2")])
    assert of(told(one() | {"deployments": rows}, roll), "P1")["cost_hour"] == 5
    at_other_times = pd.concat([timetable(("A3", None, None)), timetable(("A3", None, None)).assign(provision_id="P2")])
    assert of(told(one() | {"deployments": at_other_times}, roll), "P1")["cost_hour"] == 10


def test_a_timetable_goes_on_until_the_next_is_recorded(roll):
    """A1 (50) until the end of week 4; nobody in weeks 5 and 6; A3 (10) from week 7 on: 6 weeks at 50, 4 at 10."""
    rows = timetable(("A1", "Monday", "9"), ("A3", "Monday", "9")).assign(
        start=["2026-01-19", "2026-02-23"], end=["2026-02-06", None]
    )
    here = of(told(one() | {"deployments": rows}, roll, as_of=LAST_DAY), "P1")
    assert here[FIGURES].to_list() == [500, 340, 340]


# --- what was given, and what remains --------------------------------------------------------------


def single(days, pupils=("Ash",), **said) -> DataFrame:
    rows = [(day, pupil) for day in days for pupil in pupils]
    return DataFrame(rows, columns=["on", "pupil_id"]).assign(provision_id="P1", attended="Y", term=NOW, **said)


def test_single_sessions_are_what_was_given_and_a_missed_one_is_not_made_up(roll):
    """5 of 7 due were given at 20; 3 remain."""
    days = ["2026-01-14", "2026-01-21", "2026-01-28", "2026-02-04", "2026-02-25", "2026-03-04"]
    here = of(told(one(hourly_cost=20.0) | {"provision_sessions": single(days)}, roll), "P1")
    assert here[["sessions_due", "sessions_given"]].to_list() == [7, 5]
    assert here[FIGURES].to_list() == [200, 100, 160]


def test_sessions_given_before_their_time_are_not_given_again(roll):
    days = pd.date_range("2026-02-02", periods=9).strftime("%Y-%m-%d")
    here = of(told(one(hourly_cost=20.0) | {"provision_sessions": single(days)}, roll), "P1")
    assert here[FIGURES].to_list() == [200, 180, 200]


def test_groups_that_meet_on_one_day_are_sessions_of_their_own(roll):
    """Two groups of two: on the first day all four come, on the second two of them."""
    pupils = DataFrame({"provision_id": "P1", "pupil_id": ["Ash", "Elm", "Fir", "Yew"], "term": NOW})
    days = pd.concat([single(["2026-01-14"], ["Ash", "Elm", "Fir", "Yew"]), single(["2026-01-15"], ["Ash", "Elm"])])
    records = one(hourly_cost=20.0, group_size=2) | {"provision_pupils": pupils, "provision_sessions": days}
    here = of(told(records, roll), "P1")
    assert here[["groups", "sessions_planned", "sessions_due", "sessions_given", "cost_to_date"]].to_list() == [2, 20, 14, 3, 60]


def test_a_session_costs_its_own_minutes_where_they_are_recorded(roll):
    days = pd.concat([single(["2026-01-14"], minutes=30), single(["2026-01-15"])])
    assert of(told(one(hourly_cost=20.0) | {"provision_sessions": days}, roll), "P1")["cost_to_date"] == 30


def test_without_planned_sessions_only_what_was_given_can_be_costed(roll):
    records = one(hourly_cost=20.0, sessions_planned=None) | {"provision_sessions": single(["2026-01-14"])}
    here = of(told(records, roll), "P1")
    assert here["cost_to_date"] == 20 and here[["cost_planned", "cost_projected"]].isna().all()
    assert here["why"] == "How many sessions are planned is not recorded."
    here = of(told({name: rows for name, rows in records.items() if name != "provision_sessions"}, roll), "P1")
    assert here[FIGURES].isna().all()


def test_a_total_without_sessions_is_spread_over_the_school_days(roll):
    here = of(told(one(minutes=None, sessions_planned=None, total_cost=100.0), roll), "P1")
    assert here[FIGURES].to_list() == [100, 70, 100]


def test_a_pupil_who_takes_the_place_of_another_makes_no_new_group(roll):
    pupils = DataFrame({"provision_id": "P1", "pupil_id": ["Ash", "Fir"], "term": NOW})
    pupils = pupils.assign(start=["2026-01-12", "2026-02-16"], end=["2026-02-13", None])
    found = told(one(hourly_cost=20.0, group_size=1) | {"provision_pupils": pupils}, roll, shared_by="places")
    assert of(found, "P1")[["pupils", "groups", "cost_planned", "unused"]].to_list() == [2, 1, 200, 0]
    assert borne(found, "P1", "cost_planned") == [100, 100]


def test_resources_count_to_date_once_the_provision_has_begun(roll):
    records = one(hourly_cost=20.0, resources_cost=30.0)
    assert of(told(records, roll, as_of=date(2026, 1, 11)), "P1")[FIGURES].to_list() == [230, 0, 230]
    assert of(told(records, roll, as_of=date(2026, 1, 12)), "P1")[FIGURES].to_list() == [230, 30, 230]


def test_what_nobody_takes_part_in_is_shared_to_nobody(roll):
    found = told({"provisions": one(hourly_cost=20.0)["provisions"]}, roll)
    assert of(found, "P1")["unused"] == 200 and found["pupil_provision"].empty
    nobody = found["costs_by"].set_index(["by", "group"]).loc[("SEN status", "not shared to a pupil")]
    assert nobody[FIGURES].to_list() == [200, 140, 200]


def test_the_share_of_a_pupil_who_has_left_the_roll_is_borne_by_no_other(roll):
    pupils = DataFrame({"provision_id": "P1", "pupil_id": ["Ash", "Oak"], "term": NOW})
    found = told(one(hourly_cost=20.0) | {"provision_pupils": pupils}, roll)
    assert borne(found, "P1", "cost_planned") == [100]
    by = found["costs_by"].set_index(["by", "group"])
    assert by.loc[("year group", "not on the roll"), "cost_planned"] == 100


def test_holidays_of_the_calendar_have_no_sessions(roll):
    """From 12 January to 13 February, then from 23 February to 20 March 45 days: the 25 before are gone by the holiday."""
    calendar = {NOW: (date(2026, 1, 5), date(2026, 2, 13))} | {"2025-26-summer": (date(2026, 2, 23), date(2026, 7, 20))}
    records = one(hourly_cost=20.0, sessions_planned=9.0)
    found = {day: of(told(records, roll, as_of=day, calendar=calendar), "P1") for day in (date(2026, 2, 13), date(2026, 2, 22))}
    assert [here["sessions_due"] for here in found.values()] == [5, 5]


def test_two_school_years_are_told_apart_by_the_days_of_the_sessions(roll):
    """From Monday 17 August to Friday 11 September 2026 there are 20 days, 11 of them in August: 10 sessions, one every second
    day, the 6th on day 11 (0, 1, ...), 1 September: 5 in one year, 5 in the other."""
    records = one(hourly_cost=20.0, start="2026-08-17", end="2026-09-11")
    found = provision_tables(records, roll, adults(), Term.named("2025-26-summer"), None, date(2026, 8, 31))
    by = found["costs_by"].query("by == 'school year'").set_index("group")
    assert by["cost_planned"].to_dict() == {"2025-26": 100, "2026-27": 100}
    assert by["cost_to_date"].to_dict() == {"2025-26": 100, "2026-27": 0}


# --- whatever is recorded --------------------------------------------------------------------------

DAYS = st.dates(date(2025, 9, 1), date(2026, 6, 30)).map(str)
MAYBE = {
    "amount": st.none() | st.floats(0, 300, allow_nan=False).map(lambda value: round(value, 2)),
    "many": st.none() | st.integers(0, 40),
    "size": st.none() | st.integers(1, 5),
    "day": st.none() | DAYS,
}
PROVISION = st.fixed_dictionaries(
    {
        "provision_id": st.sampled_from(["P1", "P2", "P3"]),
        "wave": st.sampled_from(["wave 1", "targeted", None]),
        "funding": st.sampled_from(["SEN budget", None]),
        "minutes": MAYBE["many"],
        "sessions_planned": MAYBE["many"],
        "group_size": MAYBE["size"],
        "start": MAYBE["day"],
        "end": MAYBE["day"],
        "hourly_cost": MAYBE["amount"],
        "resources_cost": MAYBE["amount"],
        "total_cost": MAYBE["amount"],
        "term": st.just(NOW),
    }
)
STAY = st.fixed_dictionaries(
    {
        "provision_id": st.sampled_from(["P1", "P2", "P3", "P4"]),
        "pupil_id": st.sampled_from(["Ash", "Elm", "Fir", "Yew", "Oak"]),
        "start": MAYBE["day"],
        "end": MAYBE["day"],
        "sessions_planned": MAYBE["many"],
        "sessions_attended": MAYBE["many"],
        "term": st.sampled_from([NOW, "2025-26-autumn", None]),
    }
)
SESSION = st.fixed_dictionaries(
    {
        "provision_id": st.sampled_from(["P1", "P2"]),
        "pupil_id": st.sampled_from(["Ash", "Elm", "Fir"]),
        "on": DAYS,
        "attended": st.sampled_from(["Y", "N", None]),
        "term": st.just(NOW),
    }
)
PLACE = st.fixed_dictionaries(
    {
        "adult_id": st.sampled_from(["A1", "A3", "A9"]),
        "provision_id": st.sampled_from(["P1", "P2", None]),
        "pupil_id": st.sampled_from(["Ash", None]),
        "day": st.sampled_from(["Monday", "Tuesday", None]),
        "starts": st.sampled_from(["09:00", None]),
        "hours": st.sampled_from([0.5, 1.0, 0.0, None]),
        "start": MAYBE["day"],
        "end": MAYBE["day"],
        "term": st.sampled_from([NOW, "2025-26-autumn"]),
    }
)
RATE = st.fixed_dictionaries(
    {"adult_id": st.sampled_from(["A1", "A9"]), "start": DAYS, "hourly_cost": st.floats(0, 60), "term": st.just(NOW)}
)
EVERYTHING = st.fixed_dictionaries(
    {
        "provisions": st.lists(PROVISION, max_size=3),
        "provision_pupils": st.lists(STAY, max_size=6),
        "provision_sessions": st.lists(SESSION, max_size=5),
        "deployments": st.lists(PLACE, max_size=4),
        "pay_rates": st.lists(RATE, max_size=3),
    }
).map(lambda tables: {name: DataFrame(rows) for name, rows in tables.items()})
LEFT = ["not on the roll", "not shared to a pupil"]
PEOPLE = DataFrame({"pupil_id": ["Ash", "Elm", "Fir", "Yew"], "year_group": "7", "sen_status": ["K", "N", "E", None]})


def in_pennies(pounds) -> int:
    return round(pounds * 100)


@settings(max_examples=10)
@given(EVERYTHING, st.dates(date(2025, 8, 1), date(2026, 8, 1)), st.sampled_from(list(RULES)))
def test_shares_and_every_way_to_look_at_costs_add_up_to_the_penny(records, as_of, rule):
    found = told(records, PEOPLE, as_of, rule)
    here, own, by = found["provision_map"], found["pupil_provision"], found["costs_by"]
    for figure in FIGURES:
        total = in_pennies(here[figure].sum())
        assert {in_pennies(rows[figure].sum()) for _, rows in by.groupby("by")} <= {total}
        beside = by.loc[by["by"].eq("SEN status") & by["group"].isin(LEFT), figure].sum()
        assert in_pennies(own[figure].sum() + beside) == total
        assert (own[figure].dropna() >= 0).all()
        pence = own[figure].dropna() * 100
        assert np.allclose(pence, pence.round(), atol=1e-6)
    assert here.loc[here[FIGURES].isna().any(axis=1), "why"].ne("").all()
    assert here.loc[here[FIGURES].notna().all(axis=1), "why"].eq("").all()


@settings(max_examples=10)
@given(EVERYTHING, st.sampled_from(list(RULES)))
def test_when_all_is_over_what_was_projected_has_been_spent(records, rule):
    found = told(records, PEOPLE, date(2026, 7, 1), rule)
    for name in ("provision_map", "pupil_provision"):
        over = found[name][found[name]["cost_projected"].notna()]
        assert over["cost_projected"].to_list() == over["cost_to_date"].to_list()


@settings(max_examples=10)
@given(EVERYTHING, st.dates(date(2025, 8, 1), date(2026, 8, 1)))
def test_where_no_rate_changes_and_nothing_else_is_recorded_it_costs_what_was_planned(records, as_of):
    kept = {name: rows for name, rows in records.items() if name not in ("provision_sessions", "pay_rates", "deployments")}
    here = told(kept, PEOPLE, as_of)["provision_map"]
    pd.testing.assert_series_equal(here["cost_planned"], here["cost_projected"], check_names=False)


def test_nothing_is_changed_and_the_same_comes_out_again(records, roll):
    before = {name: rows.copy() for name, rows in records.items()}
    first, again = told(records, roll), told(records, roll)
    for name, rows in records.items():
        pd.testing.assert_frame_equal(rows, before[name])
    for name, rows in first.items():
        pd.testing.assert_frame_equal(rows, again[name])
