"""Additional adults: a week counted by hand, what cannot be known never told as nothing, and no hour counted twice."""

from datetime import date
from functools import partial

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from pandas import DataFrame, Series
from statsmodels.stats.proportion import proportion_confint

from sentrack_lib.measures.adults import adults_tables
from sentrack_lib.measures.adults.allotting import allotted
from sentrack_lib.measures.adults.checks import ASKED, QUESTIONS, checks_by_statement, deployment_checks
from sentrack_lib.measures.adults.clashes import clashes_of
from sentrack_lib.measures.adults.costs import adults_cost
from sentrack_lib.measures.adults.each_pupil import beside_each, pupil_adults
from sentrack_lib.measures.adults.entitlements import entitlements_met
from sentrack_lib.measures.adults.roles import role_findings, roles
from sentrack_lib.measures.adults.times import slots
from sentrack_lib.measures.adults.timetable import timetable
from sentrack_lib.measures.adults.week import HOURS, adults_week, free_adults
from sentrack_lib.measures.pay import hourly_cost_on
from sentrack_lib.measures.taking_part import adults_beside, held
from sentrack_lib.sources.coded import coded
from sentrack_lib.terms import Term

NOW = "2025-26-spring"
TERM = Term.named(NOW)
CALENDAR = {NOW: (date(2026, 1, 5), date(2026, 3, 29))}
"""Twelve whole weeks."""
AS_OF = date(2026, 2, 1)
"""Four weeks in."""

ADULTS = """
adult_id | name        | role               | department | weekly_hours | hourly_cost | training
A1       | Ada Sample  | teaching assistant | English    | 6            | 10          | Reading
A2       | Bo Mockup   | learning mentor    | Pastoral   | 3            | 20          |
A3       | Cy Dummy    | teaching assistant |            | 10           |             |
A4       | Di Stub     | teaching assistant | Maths      |              | 10          |
"""
DEPLOYMENTS = """
adult_id | role               | pupil_id | teaching_group | subject | day | starts   | ends  | hours | place        | provision_id
A1       |                    | T0       | 8/En2          | English | Mon | 09:00    | 10:00 | 1     | in class     |
A1       |                    | T1       | 8/En2          | English | Mon | 09:00    | 10:00 | 1     | in class     |
A1       |                    |          | 8/En1          |         | Mon | 10:00    |       | 1     | In class     |
A1       |                    |          |                |         | Tue | 09:00    |       | 1     | small group  | P1
A1       |                    | T0       |                |         | Wed | P1       |       | 2     | one to one   |
A2       | learning mentor    | T0       |                |         | Mon | 09:30    | 10:30 |       | out of class |
A2       | learning mentor    | T2       |                | Maths   | Fri | Period 2 |       | 3     | playground   |
A4       | learning mentor    |          | 8/En1          | English | Thu | 11:00    |       |       | in class     |
"""
GROUPS = """
pupil_id | subject | teaching_group
T0       | English | 8/En2
T1       | English | 8/En2
T2       | English | 8/En1
T3       | English | 8/En1
T4       | English | 8/En1
"""
PROVISIONS = """
provision_id | name    | wave     | group_size | minutes
P1           | Reading | targeted | 2          | 30
"""
MEMBERS = """
provision_id | pupil_id | start      | end        | term
P1           | T1       | 2026-01-05 |            | 2025-26-spring
P1           | T2       | 2026-01-05 |            | 2025-26-spring
P1           | T3       |            |            | 2025-26-spring
P1           | T4       | 2026-01-05 | 2026-01-20 | 2025-26-spring
P1           | T9       | 2026-01-05 |            | 2025-26-spring
"""


@pytest.fixture
def school(table):
    """The records, the adults, the roll (T0 to T4) and the teaching groups of the term."""
    records = {
        "deployments": table(DEPLOYMENTS).assign(term=NOW),
        "provisions": table(PROVISIONS).assign(term=NOW),
        "provision_pupils": table(MEMBERS),
    }
    return {"records": records, "adults": table(ADULTS), "roll": roll(), "teaching_groups": table(GROUPS)}


def roll(pupils: int = 5) -> DataFrame:
    return DataFrame({"pupil_id": [f"T{place}" for place in range(pupils)]})


class Told:
    """The tables of a school, each worked out when it is asked for."""

    def __init__(self, school, as_of, calendar, department_of):
        self.roll, self.as_of, self.department_of = school["roll"], pd.Timestamp(as_of), department_of
        self.table = timetable(school["records"], school["adults"], school["teaching_groups"], TERM, calendar, as_of)

    def __getitem__(self, name: str) -> DataFrame:
        table, beside = self.table, partial(beside_each, self.table, self.roll)
        return {
            "clashes": lambda: clashes_of(table),
            "adults_week": lambda: adults_week(table, self["clashes"], self.department_of),
            "free_adults": lambda: free_adults(self["adults_week"], table.adults),
            "roles": lambda: roles(table),
            "role_findings": lambda: role_findings(table),
            "pupil_adults": lambda: pupil_adults(table, beside()),
            "entitlements_met": lambda: entitlements_met(table, beside(), self.roll, self.as_of),
            "deployment_checks": lambda: deployment_checks(table),
            "checks_by_statement": lambda: checks_by_statement(self["deployment_checks"]),
            "adults_cost": lambda: adults_cost(table),
        }[name]()


def found(school, as_of=AS_OF, calendar=CALENDAR, department_of=str, **records) -> Told:
    return Told({**school, "records": {**school["records"], **records}}, as_of, calendar, department_of)


def every(school, **records) -> dict[str, DataFrame]:
    here = [school[name] for name in ("adults", "roll", "teaching_groups")]
    return adults_tables({**school["records"], **records}, *here, TERM, CALENDAR, AS_OF)


def of(table: DataFrame, name: str, by: str = "adult_id"):
    return table.set_index(by).loc[name]


def yes(known) -> bool | None:
    return None if pd.isna(known) else bool(known)


def deployed(table, drawn: str) -> DataFrame:
    rows = table(drawn)
    return rows if "term" in rows else rows.assign(term=NOW)


def only(school, table, drawn: str, **records) -> Told:
    return found(school, deployments=deployed(table, drawn), **records)


# --- the week of an adult --------------------------------------------------------------------------


def test_a_lesson_with_several_pupils_is_one_hour(school):
    """A1: 2 in class (one with two pupils), 1 with a group, 2 one to one: 5 of 6."""
    told = of(found(school)["adults_week"], "A1")
    assert told[list(HOURS.values())].to_list() == [2, 1, 2, 0, 0]
    assert (told["deployed"], told["free_hours"], told["overloaded"]) == (5, 1, False)
    assert (told["places"], told["pupils"], told["cost_week"]) == (4, 2, 50)
    assert told["sentence"] == "Placed for 5 of 6 hours a week: 2 in class, 1 in a small group, 2 one to one."


def test_hours_that_are_not_written_come_from_the_times_and_a_place_in_other_words_is_not_said(school):
    told = of(found(school)["adults_week"], "A2")
    assert told[["hours_out_of_class", "hours_not_said", "deployed"]].to_list() == [1, 3, 4]
    assert yes(told["overloaded"]) is True and told["free_hours"] == 0
    assert "1 hour too many." in told["sentence"]


def test_a_quarter_of_an_hour_over_is_no_overload(school, table):
    rows = "adult_id | day | starts | hours | place\nA2 | Monday | 09:00 | {} | in class"
    assert not of(only(school, table, rows.format(3.25))["adults_week"], "A2")["overloaded"]
    assert of(only(school, table, rows.format(3.26))["adults_week"], "A2")["overloaded"]


def test_where_hours_are_missing_nothing_is_free_and_no_overload_is_denied(school, table):
    rows = """
        adult_id | day     | starts | hours | place
        A1       | Monday  | P1     |       | in class
        A1       | Tuesday | P1     | {}    | in class
    """
    told = of(only(school, table, rows.format(2))["adults_week"], "A1")
    assert told["deployed"] == 2 and told["without_hours"] == 1
    assert pd.isna(told["free_hours"]) and pd.isna(told["overloaded"]) and pd.isna(told["cost_week"])
    assert "1 lesson without hours" in told["sentence"]
    assert yes(of(only(school, table, rows.format(7))["adults_week"], "A1")["overloaded"]) is True


def test_an_adult_without_weekly_hours_is_not_known_to_be_free_or_overloaded(school):
    told = of(found(school)["adults_week"], "A4")
    assert pd.isna(told["free_hours"]) and pd.isna(told["overloaded"]) and told["places"] == 1


def test_without_any_timetable_hours_are_not_known(school):
    told = found(school, deployments=DataFrame())
    assert told["adults_week"][["deployed", "free_hours", *HOURS.values()]].isna().all(axis=None)
    assert told["adults_week"]["sentence"].str.startswith("No timetable of additional adults is recorded").all()
    assert told["free_adults"].empty and told["pupil_adults"].empty


def test_a_place_whose_last_day_is_written_down_in_a_later_term_does_not_go_on(school, table):
    drawn = """
        adult_id | pupil_id | day | starts | ends  | hours | place      | term           | start      | end
        A1       | T1       | Mon | 09:00  | 10:00 | 1     | one to one | 2025-26-autumn | 2025-09-08 |
        A2       | T1       | Mon | 09:00  | 10:00 | 1     | one to one | 2025-26-autumn | 2025-09-08 |
        A2       | T1       | Mon | 09:00  | 10:00 | 1     | one to one | 2025-26-spring | 2025-09-08 | 2025-12-19
    """
    assert only(school, table, drawn).table.week["adult_id"].to_list() == ["A1"]


def test_of_an_adult_with_no_place_of_work_it_is_said_that_none_is_recorded(school):
    told = found(school)
    assert of(told["adults_week"], "A3")[["deployed", "free_hours", "cost_week"]].to_list() == [0, 10, 0]
    assert of(told["free_adults"], "A3")["why"] == "No place of work is recorded."


def test_an_adult_who_is_on_no_list_is_shown_with_their_hours(school, table):
    told = only(school, table, "adult_id | role | day | starts | hours | place\nX9 | volunteer | Monday | 1 | 2 | in class")
    row = of(told["adults_week"], "X9")
    assert (row["role"], row["deployed"]) == ("volunteer", 2) and pd.isna(row["weekly_hours"])
    assert row["sentence"].startswith("Not on the list of adults of this term.")


def test_two_thirds_of_the_hours_in_the_own_department_are_attached(school, table):
    rows = """
        adult_id | teaching_group | subject | day     | starts | hours | place
        A1       | 8/En1          |         | Monday  | 1      | 2     | in class
        A1       |                | French  | Tuesday | 1      | {}    | in class
    """
    told = of(only(school, table, rows.format(1))["adults_week"], "A1")
    assert yes(told["attached"]) is True and told["departments_served"] == "English; French"
    assert yes(of(only(school, table, rows.format(1.1))["adults_week"], "A1")["attached"]) is False


def test_the_department_of_a_subject_is_what_the_school_says(school, table):
    rows = "adult_id | subject | day | starts | hours | place\nA1 | Drama | Monday | 1 | 2 | in class"
    told = found(school, deployments=deployed(table, rows), department_of={"Drama": "english "}.get)
    assert yes(of(told["adults_week"], "A1")["attached"]) is True


def test_whether_an_adult_is_attached_is_not_known_without_a_department_or_the_subject(school, table):
    rows = """
        adult_id | subject | day     | starts | hours | place
        {0}      | English | Monday  | 1      | 1     | in class
        {0}      |         | Tuesday | 1      | 1     | {1}
    """
    assert pd.isna(of(only(school, table, rows.format("A1", "in class"))["adults_week"], "A1")["attached"])
    # One to one without a subject is no lesson of any department.
    assert yes(of(only(school, table, rows.format("A1", "one to one"))["adults_week"], "A1")["attached"]) is False
    assert pd.isna(of(only(school, table, rows.format("A3", "in class"))["adults_week"], "A3")["attached"])


def test_without_a_time_each_group_and_pupil_is_a_lesson_of_its_own(school, table):
    rows = """
        adult_id | pupil_id | teaching_group | hours | place
        A1       | T0       |                | 2     | one to one
        A1       | T1       |                | 1     | one to one
        A1       | T0       | 8/En2          | 1     | in class
        A1       | T1       | 8/En2          | 1     | in class
    """
    assert of(only(school, table, rows)["adults_week"], "A1")[["deployed", "places"]].to_list() == [4, 3]


def test_what_ran_out_or_has_not_begun_is_not_in_the_week(school, table):
    rows = """
        adult_id | day    | starts | hours | place    | start      | end        | term
        A1       | Monday | 1      | 1     | in class | 2026-01-05 | 2026-01-20 | 2025-26-spring
        A1       | Monday | 2      | 1     | in class | 2026-01-21 | 2026-03-29 | 2025-26-spring
        A1       | Monday | 3      | 1     | in class | 2026-03-01 |            | 2025-26-spring
        A1       | Monday | 4      | 1     | in class |            |            | 2025-26-autumn
        A1       | Monday | 5      | 1     | in class | 2025-09-05 |            | 2025-26-autumn
        A1       | Monday | 5      | 1     | in class |            |            | 2025-26-spring
        A1       | Monday | 6      | 1     | in class |            |            | 2025-26-summer
    """
    assert of(only(school, table, rows)["adults_week"], "A1")["places"] == 2


def test_before_the_first_day_and_after_the_last_the_week_is_that_of_the_term(school, table):
    rows = """
        adult_id | day    | starts | hours | place    | start      | end
        A1       | Monday | 1      | 1     | in class | 2026-01-07 | 2026-03-27
    """
    for day in (date(2025, 8, 1), date(2026, 1, 5), date(2026, 7, 1)):
        told = found(school, day, deployments=deployed(table, rows))
        assert of(told["adults_week"], "A1")["deployed"] == 1


def test_every_other_week_is_half_of_the_time_it_lasts(school, table):
    rows = """
        adult_id | day      | starts | ends  | place
        A1       | Monday A | 9:00   | 10:00 | in class
        A1       | Tuesday  | 9:00   | 10:00 | in class
    """
    assert of(only(school, table, rows)["adults_week"], "A1")["deployed"] == 1.5


# --- clashes ---------------------------------------------------------------------------------------


def slot(first: str, second: str) -> str:
    """Two rows of A1, each `day, starts, ends, hours, group, pupil, place`."""
    head = "adult_id,day,starts,ends,hours,teaching_group,pupil_id,place".replace(",", " | ")
    return "\n".join([head, *("A1 | " + row.replace(",", " | ") for row in (first, second))])


@pytest.mark.parametrize(
    ("first", "second", "clash"),
    [
        ("Monday,09:00,10:00,1,8/En1,,in class", "Monday,09:30,10:30,1,8/En2,,in class", True),
        ("Monday,09:00,10:00,1,8/En1,,in class", "Monday,10:00,11:00,1,8/En2,,in class", False),
        ("Monday,09:00,,1,8/En1,,in class", "Mon,9.45,,1,8/En2,,in class", True),
        ("Monday,09:00,,,8/En1,,in class", "Monday,09:45,,1,8/En2,,in class", False),
        ("Monday,09:00,,,8/En1,,in class", "Monday,9:00 am,,1,8/En2,,in class", True),
        ("Monday,P1,,1,8/En1,,in class", "Monday,Period 1,,1,8/En2,,in class", True),
        ("Monday,P1,P3,3,8/En1,,in class", "Monday,3,,1,8/En2,,in class", True),
        ("Monday,P1,P3,3,8/En1,,in class", "Monday,P4,,1,8/En2,,in class", False),
        ("Monday,P1,,1,8/En1,,in class", "Monday,09:00,,1,8/En2,,in class", False),
        ("Monday,,,1,8/En1,,in class", "Monday,,,1,8/En2,,in class", False),
        (",P1,,1,8/En1,,in class", ",P1,,1,8/En2,,in class", False),
        ("Monday A,P1,,1,8/En1,,in class", "Monday B,P1,,1,8/En2,,in class", False),
        ("Monday A,P1,,1,8/En1,,in class", "Monday,P1,,1,8/En2,,in class", True),
        ("Monday,P1,,1,8/En1,T0,in class", "Monday,P1,,1,8/En1,T1,in class", False),
        ("Monday,Lunch,,1,,T0,one to one", "Monday,lunch,,1,,T1,one to one", True),
        ("Monday,P1,,1,8/En1,T0,small group", "Monday,P1,,1,8/En2,T1,small group", False),
        ("Monday,P1,,1,8/En1,,in class", "Monday,P1,,1,,T1,out of class", True),
        ("Monday,P1,,1,8/En1,,in class", "Tuesday,P1,,1,8/En2,,in class", False),
    ],
)
def test_an_adult_is_in_two_places_at_once_only_where_times_and_places_say_so(school, table, first, second, clash):
    told = only(school, table, slot(first, second))
    assert len(told["clashes"]) == of(told["adults_week"], "A1")["clashes"] == int(clash)


def test_two_provisions_at_once_are_two_places(school, table):
    rows = """
        adult_id | provision_id | day    | starts | hours | place
        A1       | P1           | Monday | P1     | 1     | small group
        A1       | P2           | Monday | P1     | 1     | small group
    """
    told = only(school, table, rows)
    assert told["clashes"].loc[0, ["what", "other"]].to_list() == ["in a small group for P1", "in a small group for P2"]
    assert of(told["adults_week"], "A1")["deployed"] == 1


def test_a_clash_says_who_when_and_what_and_names_no_pupil(school, table):
    told = only(school, table, slot("Monday,09:00,10:00,1,8/En1,,in class", "Monday,09:30,,1,,T0,one to one"))["clashes"]
    assert told["sentence"].to_list() == [
        "Ada Sample is in two places at once on Monday at 09:30: in class with 8/En1, and one to one with a pupil."
    ]
    assert told.loc[0, ["adult_id", "day", "starts"]].to_list() == ["A1", "Monday", "09:30"]


def test_two_adults_with_one_pupil_at_once_are_asked_about(school):
    """T0 has A1 in class from 9:00 and A2 out of class from 9:30."""
    told = found(school)["clashes"]
    assert told[["kind", "adult_id", "other_adult_id", "pupil_id", "starts"]].to_numpy().tolist() == [
        ["two adults", "A1", "A2", "T0", "09:30"]
    ]
    assert told["sentence"][0] == (
        "Ada Sample (in class with 8/En2) and Bo Mockup (out of class with a pupil) are put with one pupil at once "
        "on Monday at 09:30. The pupil can be in one place alone."
    )


def test_two_adults_in_the_same_place_would_be_one(school, table):
    rows = """
        adult_id | pupil_id | teaching_group | day    | starts | hours | place
        A1       | T0       | 8/En2          | Monday | P1     | 1     | in class
        A3       | T0       | 8/En2          | Monday | 1      | 1     | in class
    """
    told = only(school, table, rows)["clashes"]
    assert len(told) == 1 and told["sentence"][0].endswith("on Monday in period 1. Would one do?")


# --- roles -----------------------------------------------------------------------------------------


def test_hours_by_role_and_place_add_up_to_all(school):
    told = found(school)["roles"].set_index(["role", "place"])
    assert told.loc[("teaching assistant", "in class"), ["adults", "lessons", "hours", "share_of_role", "share"]].to_list() == [
        1, 2, 2, 2 / 5, 2 / 9,
    ]  # fmt: skip
    assert told.loc[("learning mentor", "in class"), "without_hours"] == 1
    assert told["share"].sum() == pytest.approx(1)


def test_what_is_not_clear_about_roles_is_asked(school):
    told = found(school)["role_findings"]
    assert told["kind"].to_list() == ["roles overlap", "another role", "no department"]
    assert told["sentence"].to_list() == [
        "In 8/En1 both learning mentor and teaching assistant work in class: is it agreed who does what?",
        "Di Stub is listed as teaching assistant and deployed as learning mentor.",
        "Cy Dummy belongs to no department: who plans with them, and where do they hear what comes next?",
    ]


def test_a_role_in_capitals_is_the_same_role(school, table):
    rows = "adult_id | role | teaching_group | day | starts | hours | place\n" + "\n".join(
        f"{adult} | {role} | 8/En1 | Monday | 1 | 1 | in class"
        for adult, role in [("A1", "Teaching Assistant"), ("A3", "teaching assistant")]
    )
    assert only(school, table, rows)["role_findings"]["kind"].to_list() == ["no department"]


# --- beside each pupil -----------------------------------------------------------------------------


def test_adults_of_a_pupils_own_and_those_of_the_whole_group_are_counted_apart(school):
    """T0: A1 an hour in class and 2 one to one, A2 an hour out of class. T3: half an hour in P1, whose 3 pupils are 2 groups."""
    told = found(school)["pupil_adults"]
    first = of(told, "T0", "pupil_id")
    assert first[[*HOURS.values(), "hours_week", "hours_shared"]].to_list() == [1, 0, 2, 1, 0, 4, 0]
    assert first[["adults", "main_adult", "share_one_adult", "share_outside"]].to_list() == [2, "A1", 0.75, 0.75]
    assert (first["isolated"], first["dependent"]) == (True, False)
    third = of(told, "T3", "pupil_id")
    assert third[["hours_small_group", "hours_week", "hours_shared", "adults"]].to_list() == [0.5, 0.5, 1, 1]
    assert "T9" not in set(told["pupil_id"])


def test_who_has_an_adult_only_with_the_whole_group_has_none_of_their_own(school):
    told = of(found(school)["pupil_adults"], "T4", "pupil_id")
    assert told[["hours_week", "hours_shared", "adults"]].to_list() == [0, 1, 0]
    assert pd.isna(told["share_one_adult"]) and pd.isna(told["dependent"]) and pd.isna(told["isolated"])
    assert told["sentence"] == "No adult is put with this pupil alone. 1 hour with the whole of a teaching group."


@pytest.mark.parametrize(("first", "second", "dependent"), [(5, 4.9, True), (4.9, 1, False), (5, 5, False), (6, 0, True)])
def test_a_pupil_depends_on_one_adult_who_gives_most_and_five_hours_at_least(school, table, first, second, dependent):
    rows = f"""
        adult_id | pupil_id | teaching_group | hours   | place
        A1       | T0       | 8/En2          | {first} | in class
        A2       | T0       | 8/En2          | {second} | in class
    """
    told = of(only(school, table, rows)["pupil_adults"], "T0", "pupil_id")
    assert yes(told["dependent"]) is dependent and yes(told["isolated"]) is False
    assert ("from Ada Sample." in told["sentence"]) is dependent


@pytest.mark.parametrize(
    ("inside", "outside", "unsaid", "isolated"), [(1, 1, 0, False), (1, 1.1, 0, True), (1, 1, 1, None), (3, 1, 1, False)]
)
def test_more_than_half_outside_the_class_is_apart_and_what_is_not_said_may_be_either(
    school, table, inside, outside, unsaid, isolated
):
    rows = f"""
        adult_id | pupil_id | day     | starts | hours     | place
        A1       | T0       | Monday  | 1      | {inside}  | in class
        A1       | T0       | Tuesday | 1      | {outside} | one to one
        A1       | T0       | Friday  | 1      | {unsaid}  |
    """
    told = of(only(school, table, rows)["pupil_adults"], "T0", "pupil_id")
    assert yes(told["isolated"]) is isolated


def test_shares_of_a_pupil_are_not_known_where_hours_are_missing(school, table):
    rows = """
        adult_id | pupil_id | day     | starts | hours | place
        A1       | T0       | Monday  | 1      | 6     | one to one
        A1       | T0       | Tuesday | 1      |       | one to one
    """
    told = of(only(school, table, rows)["pupil_adults"], "T0", "pupil_id")
    assert told[["share_one_adult", "share_outside", "dependent", "isolated"]].isna().all()
    assert "1 lesson without hours" in told["sentence"] and told["hours_week"] == 6


def test_an_adult_of_a_provision_for_everyone_is_nobodys_own(school, table):
    provisions = table("provision_id | name | wave\nP1 | Words | Universal").assign(term=NOW)
    told = found(school, provisions=provisions)["pupil_adults"]
    assert of(told, "T3", "pupil_id")[["hours_week", "hours_shared"]].to_list() == [0, 2]


def test_a_provision_counts_as_it_was_described_last(school, table):
    provisions = table("""
        provision_id | name  | wave      | group_size | term
        P1           | Words | Universal | 1          | 2025-26-autumn
        P1           | Words | Targeted  | 3          | 2025-26-spring
    """)
    assert of(found(school, provisions=provisions)["pupil_adults"], "T3", "pupil_id")["hours_small_group"] == 1


def test_of_two_groups_of_one_name_that_of_the_subject_is_meant(school, table):
    groups = table("pupil_id | subject | teaching_group\nT0 | English | 8A\nT1 | Maths | 8A\n")
    rows = deployed(table, "adult_id | teaching_group | subject | day | starts | hours | place\nA1|8A|Maths|Monday|1|1|in class")
    told = found(school | {"teaching_groups": groups}, deployments=rows)
    assert told["pupil_adults"]["pupil_id"].to_list() == ["T1"]


def test_hours_named_with_a_pupil_are_those_that_support_counts(school):
    kept = held(school["records"], TERM)
    told = of(found(school)["pupil_adults"], "T1", "pupil_id")
    assert adults_beside(kept, TERM, CALENDAR).loc["T1", "adult_hours_week"] == told["hours_in_class"] == 1


# --- entitlements ----------------------------------------------------------------------------------

ENTITLEMENTS = """
entitlement_id | pupil_id | source   | what   | hours_week | role            | place       | start      | end        | review_on
E1             | T0       | EHC plan | Mentor | 2          | Learning mentor |             |            |            | 2026-01-31
E2             | T0       | EHC plan | Help   | 3          |                 |             | 2025-09-01 |            | 2026-02-01
E3             | T0       | EHC plan | More   | 1          |                 |             |            |            |
E4             | T1       | EHC plan | Read   | 0.5        |                 | small group |            |            |
E5             | T4       | EHC plan | Read   | 1          |                 |             |            |            |
E6             | T1       | EHC plan | Old    | 1          |                 |             | 2025-09-01 | 2026-01-20 |
E7             | T9       | EHC plan | Left   | 1          |                 |             |            |            |
E8             | T1       | EHC plan | Some   |            |                 |             |            |            |
"""


@pytest.fixture
def entitled(table) -> DataFrame:
    return table(ENTITLEMENTS).assign(term=NOW)


def test_what_is_specified_is_held_against_hours_that_fit_and_count_once(school, entitled):
    """T0 has 1 + 2 hours of A1 and 1 of the mentor: 1 of 2 of E1, 3 of 3 of E2, none is left for E3."""
    told = found(school, entitlements=entitled)["entitlements_met"]
    assert told["entitlement_id"].to_list() == ["E1", "E2", "E3", "E4", "E5", "E8"]
    assert told["timetabled"].to_list() == [1, 3, 0, 0.5, 0, 1]
    assert told["state"].to_list() == ["short", "met", "nothing timetabled", "met", "nothing timetabled", "not known"]
    assert told["short"].to_list()[:5] == [1, 0, 1, 0, 1] and pd.isna(told["short"][5])


def test_a_review_is_overdue_from_the_day_after(school, entitled):
    told = of(found(school, entitlements=entitled)["entitlements_met"], ["E1", "E2", "E3"], "entitlement_id")
    assert told["review_overdue"].to_list()[:2] == [True, False] and pd.isna(told["review_overdue"].iloc[2])
    assert told["sentence"].iloc[0] == (
        "2 hours a week specified, 1 hour timetabled, 1 hour short. No register is kept. Its review was due on 31.01.2026."
    )


def test_what_was_given_is_counted_from_registers(school, entitled, table):
    """T1 came to 3 of 4 sessions of 30 minutes in four weeks: .375 hours a week of .5."""
    rows = """
        provision_id | pupil_id | on         | attended | minutes
        P1           | T1       | 2026-01-06 | Y        | 30
        P1           | T1       | 2026-01-13 | present  |
        P1           | T1       | 2026-01-20 | N        | 30
        P1           | T1       | 2026-01-27 | /        | 30
        P1           | T1       | 2026-01-27 | /        | 30
        P1           | T1       | 2026-02-03 | Y        | 30
        P1           | T1       | 2025-12-09 | Y        | 30
    """
    sessions = table(rows).assign(term=NOW)
    told = of(found(school, entitlements=entitled, provision_sessions=sessions)["entitlements_met"], "E4", "entitlement_id")
    assert told[["delivered", "delivered_share", "why"]].to_list() == [0.375, 0.75, ""]
    few = found(school, entitlements=entitled, provision_sessions=sessions[sessions["minutes"].notna()].head(1))
    little = of(few["entitlements_met"], "E4", "entitlement_id")
    assert little["delivered_share"] == 0.25 and "only 25 % of it." in little["sentence"]
    early = found(school, date(2026, 1, 9), entitlements=entitled, provision_sessions=sessions)
    assert of(early["entitlements_met"], "E4", "entitlement_id")["why"] == "Too early in the term to say what was given."


@pytest.mark.parametrize(("minutes", "little"), [(72, False), (71, True)])
def test_under_three_fifths_of_what_is_specified_is_called_out(school, table, minutes, little):
    """Half an hour a week for four weeks is 120 minutes."""
    entitled = table("entitlement_id | pupil_id | hours_week | place\nE1 | T1 | 0.5 | small group").assign(term=NOW)
    sessions = table(f"provision_id | pupil_id | on | attended | minutes\nP1 | T1 | 2026-01-06 | Y | {minutes}").assign(term=NOW)
    told = found(school, entitlements=entitled, provision_sessions=sessions)["entitlements_met"]
    assert (": only" in told["sentence"][0]) is little


def test_a_session_of_unknown_length_leaves_what_was_given_unknown(school, entitled, table):
    sessions = table("provision_id | pupil_id | on | attended\nP1 | T1 | 2026-01-06 | Y").assign(term=NOW)
    provisions = school["records"]["provisions"].drop(columns="minutes")
    told = found(school, entitlements=entitled, provision_sessions=sessions, provisions=provisions)["entitlements_met"]
    assert pd.isna(of(told, "E4", "entitlement_id")["delivered"])


def test_two_entitlements_share_what_one_provision_gave(school, table):
    entitled = table("entitlement_id | pupil_id | hours_week | place\nE1 | T1 | 0.3 | small group\nE2 | T1 | 0.2 | small group")
    sessions = table("provision_id | pupil_id | on | attended | minutes\nP1 | T1 | 2026-01-06 | Y | 60").assign(term=NOW)
    told = found(school, entitlements=entitled.assign(term=NOW), provision_sessions=sessions)["entitlements_met"]
    assert told["timetabled"].to_list() == pytest.approx([0.3, 0.2])
    assert told["delivered"].to_list() == pytest.approx([0.25 * 0.6, 0.25 * 0.4])


def test_a_register_of_a_part_does_not_say_how_much_was_given_of_the_whole(school, table):
    entitled = table("entitlement_id | pupil_id | hours_week\nE1 | T1 | 1.5").assign(term=NOW)
    sessions = table("provision_id | pupil_id | on | attended | minutes\nP1 | T1 | 2026-01-06 | Y | 60").assign(term=NOW)
    told = of(found(school, entitlements=entitled, provision_sessions=sessions)["entitlements_met"], "E1", "entitlement_id")
    assert told["timetabled"] == 1.5 and pd.isna(told["delivered"])
    assert told["why"] == "A register is kept for part of it only."


def test_without_a_timetable_nobody_is_said_to_be_short(school, entitled):
    told = found(school, entitlements=entitled, deployments=DataFrame())["entitlements_met"]
    assert set(told["state"]) == {"not known"} and told[["timetabled", "short"]].isna().all(axis=None)
    assert told["why"].str.startswith("No timetable of additional adults").all()


def test_a_lesson_without_hours_may_be_what_lacks(school, entitled, table):
    told = only(school, table, "adult_id | pupil_id | day | starts\nA1 | T0 | Monday | 1", entitlements=entitled)
    row = of(told["entitlements_met"], "E2", "entitlement_id")
    assert row["state"] == "not known" and pd.isna(row["short"]) and row["why"] == "Lessons without hours may be what lacks."


def test_an_adult_with_the_whole_class_meets_nobodys_entitlement(school, entitled):
    told = found(school, entitlements=entitled)
    assert of(told["pupil_adults"], "T4", "pupil_id")["hours_shared"] == 1
    assert of(told["entitlements_met"], "E5", "entitlement_id")["state"] == "nothing timetabled"


def test_hours_lost_in_rounding_lessons_are_not_short(school, table):
    entitled = table("entitlement_id | pupil_id | hours_week\nE1 | T0 | 5").assign(term=NOW)
    rows = "adult_id | pupil_id | day | starts | hours | place\nA1 | T0 | Monday | 1 | {} | in class"
    for hours, state in ((4.98, "met"), (4.9, "short")):
        told = only(school, table, rows.format(hours), entitlements=entitled)["entitlements_met"]
        assert told["state"].to_list() == [state]


# --- how a place is prepared -----------------------------------------------------------------------


def answered(**answers: str) -> DataFrame:
    row = {"adult_id": "A1", "teaching_group": "8/En1", "day": "Monday", "starts": "1", "term": NOW}
    return DataFrame([{**row, **answers}])


def test_each_place_of_work_says_what_is_not_yet_so(school):
    rows = pd.concat([
        answered(**dict.fromkeys(ASKED, "Y")),
        answered(day="Friday", with_peers="N", trained="y"),
        answered(teaching_group="8/En2", feeds_back="N", planned_together="N"),
    ])  # fmt: skip
    told = found(school, deployments=rows)["deployment_checks"].set_index("work")
    assert told.loc["8/En1", [*ASKED[:2], "answered", "yes", "missing"]].to_list() == ["N", "Y", 10, 9, 0]
    assert told.loc["8/En1", "sentence"] == "Not yet: learning together with the class (16)."
    assert told.loc["8/En2", "sentence"] == (
        "Not yet: planning it together (21) and passing on what is seen (25). 8 questions not answered."
    )
    assert (told["kind"] == "teaching group").all()


def test_a_place_of_work_is_a_group_else_a_provision_else_a_pupil(school):
    told = found(school)["deployment_checks"]
    assert told.loc[told["adult_id"].eq("A1"), ["kind", "work"]].to_numpy().tolist() == [
        ["provision", "P1"], ["pupil", "T0"], ["teaching group", "8/En1"], ["teaching group", "8/En2"],
    ]  # fmt: skip
    assert set(told["sentence"]) == {"None of the ten questions is answered."}


def test_yes_and_no_are_counted_by_statement_with_wilsons_interval(school):
    yes = [answered(teaching_group=f"G{place}", with_peers="Y", at_times="Y", independence="Y") for place in range(6)]
    rows = pd.concat([*yes, answered(teaching_group="G6", with_peers="N"), answered(teaching_group="G7", trained="Y")])
    told = found(school, deployments=rows)["checks_by_statement"].set_index("statement")
    low, high = proportion_confint(6, 7, alpha=0.05, method="wilson")
    assert told.loc[16, ["yes", "no", "not_answered"]].to_list() == [6, 1, 1]
    assert told.loc[16, ["share", "low", "high"]].to_list() == pytest.approx([6 / 7, low, high], abs=1e-4)
    assert told.loc[43, ["yes", "no", "not_answered"]].to_list() == [6, 1, 1]
    assert told.loc[23, ["yes", "no"]].to_list() == [1, 0] and told.loc[23, ["share", "low", "high"]].isna().all()
    assert told.index.to_list() == [*range(16, 26), 43]
    assert [number for number, *_ in QUESTIONS.values()] == [*range(16, 26)]


# --- what it costs ---------------------------------------------------------------------------------

RATES = """
adult_id | role               | start      | hourly_cost
         | Teaching assistant | 2025-09-01 | 12
         | teaching assistant | 2026-02-02 | 14
A1       |                    | 2026-01-01 | 15
A1       |                    | 2026-03-02 | 16
A1       |                    | 2026-03-02 | 17
A4       | teaching assistant | 2026-03-02 | 99
"""


@pytest.mark.parametrize(
    ("adult", "day", "rate"),
    [
        ("A1", "2025-12-31", 12),
        ("A1", "2026-01-01", 15),
        ("A1", "2026-04-01", 17),
        ("A3", "2026-02-01", 12),
        ("A3", "2026-02-02", 14),
        ("A3", "2025-08-31", None),
        ("A3", "2026-04-01", 14),
        ("A4", "2026-04-01", 99),
        ("A2", "2026-02-02", 20),
        ("A4", "2025-08-31", 10),
        ("X9", "2026-02-02", None),
        ("A2", None, None),
    ],
)
def test_an_hour_costs_the_newest_rate_of_the_adult_else_of_the_role_else_what_the_list_says(table, adult, day, rate):
    told = hourly_cost_on(Series([adult], index=[7]), Series([pd.Timestamp(day)], index=[7]), table(RATES), table(ADULTS))
    assert told.index.to_list() == [7] and told.name == "hourly_cost"
    assert pd.isna(told[7]) if rate is None else told[7] == rate


def test_without_rates_or_a_list_no_cost_is_known():
    asked = Series(["A1", None]), Series(pd.to_datetime(["2026-01-01", "2026-01-01"]))
    assert hourly_cost_on(*asked, DataFrame(), DataFrame()).isna().all()
    assert hourly_cost_on(asked[0].iloc[:0], asked[1].iloc[:0], DataFrame(), DataFrame()).empty


def test_the_term_costs_each_week_at_its_own_rate(school, table):
    """A1 is in class for 2 hours: 4 weeks until 1 February at 10 pounds, then 8 at 15."""
    rates = table("adult_id | start | hourly_cost\nA1 | 2026-02-02 | 15").assign(term=NOW)
    told = found(school, pay_rates=rates)["adults_cost"].set_index(["role", "place"])
    row = told.loc[("teaching assistant", "in class")]
    assert row[["adults", "hours_week", "cost_week", "cost_term", "weeks"]].to_list() == [1, 2, 20, 2 * (4 * 10 + 8 * 15), 12]


def test_a_lesson_costs_only_the_weeks_in_which_it_runs_and_once_with_several_pupils(school, table):
    rows = """
        adult_id | pupil_id | day    | starts | hours | place    | start      | end
        A1       | T0       | Monday | 1      | 1     | in class | 2026-01-05 | 2026-01-18
        A1       | T1       | Monday | 1      | 1     | in class | 2026-01-12 | 2026-01-25
        A1       | T1       | Friday | 1      | 1     | one to one |          |
    """
    told = only(school, table, rows)["adults_cost"].set_index("place")
    assert told.loc["in class", ["hours_week", "cost_week", "cost_term"]].to_list() == [0, 0, 30]
    assert told.loc["one to one", ["hours_week", "cost_week", "cost_term"]].to_list() == [1, 10, 120]


def test_a_part_of_a_week_costs_a_part(school, table):
    rows = "adult_id | day | starts | hours | place\nA1 | Monday | 1 | 7 | in class"
    ten_days = {NOW: (date(2026, 1, 5), date(2026, 1, 14))}
    told = found(school, calendar=ten_days, deployments=deployed(table, rows))["adults_cost"].iloc[0]
    assert told[["weeks", "cost_term"]].to_list() == pytest.approx([10 / 7, 70 + 30])


def test_what_a_cost_lacks_is_said(school, table):
    told = found(school)["adults_cost"].set_index(["role", "place"])
    lacking = told.loc[("learning mentor", "in class")]
    assert pd.isna(lacking["cost_term"]) and pd.isna(lacking["cost_week"])
    assert lacking["why"] == "1 lesson without hours. The cost is not known."
    rows = """
        adult_id | day    | starts | hours | place
        A1       | Monday | 1      | 1     | in class
        A3       | Monday | 1      | 1     | in class
    """
    part = only(school, table, rows)["adults_cost"].iloc[0]
    assert part[["cost_week", "without_rate"]].to_list() == [10, 1]
    assert part["why"] == "1 lesson of adults without a rate. The cost is higher than what is counted."


def test_who_is_free_is_listed_by_role_the_most_first(school):
    told = found(school)["free_adults"]
    assert told[["adult_id", "free_hours"]].to_numpy().tolist() == [["A3", 10], ["A1", 1]]
    assert of(told, "A1")["training"] == "Reading" and of(told, "A1")["why"] == ""


# --- whatever is recorded --------------------------------------------------------------------------


def test_coded_tables_say_the_same_and_nothing_given_is_changed(school, entitled):
    plain = every(school, entitlements=entitled)
    flat = {"roll": school["roll"], "teaching_groups": school["teaching_groups"], "adults": school["adults"]}
    given_tables = flat | {**school["records"], "entitlements": entitled}
    before = {name: table.copy() for name, table in given_tables.items()}
    faster = coded(given_tables)
    here = {name: faster.pop(name) for name in flat}
    told = every({**here, "records": faster})
    for name, table in told.items():
        pd.testing.assert_frame_equal(table, plain[name])
    for name, table in before.items():
        pd.testing.assert_frame_equal(table, given_tables[name])


def test_with_nothing_recorded_every_table_has_the_same_columns_and_types(school, entitled):
    full, one = every(school, entitlements=entitled), found(school, entitlements=entitled)
    for name, table in full.items():
        pd.testing.assert_frame_equal(table, one[name])
    empty = adults_tables({}, DataFrame(), roll(0), DataFrame(), TERM, None, AS_OF)
    for name, table in empty.items():
        assert table.dtypes.to_dict() == full[name].dtypes.to_dict(), name
    assert all(table.empty for name, table in empty.items() if name != "checks_by_statement")


def test_columns_that_are_all_missing_and_rows_that_come_twice_are_borne(school):
    rows = school["records"]["deployments"]
    twice = every(school, deployments=pd.concat([rows, rows], ignore_index=True))
    for name, table in every(school).items():
        pd.testing.assert_frame_equal(table, twice[name])
    bare = found(school, deployments=rows[["adult_id", "term"]].assign(note="kept", hours="1.5"))
    assert of(bare["adults_week"], "A1")["deployed"] == 1.5


def test_clocks_read_what_schools_write():
    written = ["09:00", "9.00", "9:00 pm", "12:30pm", "P1", "Period 1", "1", "Lesson 3", "Reg", None, " "]
    rows = DataFrame({"day": "Mon", "starts": written, "ends": None, "hours": 1.0}).astype({"starts": "str", "ends": "str"})
    told = slots(rows.assign(ends=Series(np.nan, rows.index, dtype="str")))
    assert told["begins"].to_list()[:9] == [540, 540, 1260, 750, 1, 1, 1, 3, 0]
    assert told["clock"].to_list() == ["time"] * 4 + ["period"] * 4 + ["reg", "", ""]
    assert told["timed"].to_list() == [True] * 9 + [False] * 2


BLANK = some.none()
ROWS = some.lists(
    some.fixed_dictionaries({
        "adult_id": some.sampled_from(["A1", "A2", "X9"]),
        "role": some.sampled_from(["teaching assistant", "mentor"]) | BLANK,
        "pupil_id": some.sampled_from(["T0", "T1", "T9"]) | BLANK,
        "teaching_group": some.sampled_from(["8/En1", "8/En2"]) | BLANK,
        "provision_id": some.sampled_from(["P1", "P2"]) | BLANK,
        "day": some.sampled_from(["Monday", "Monday A", "Tuesday", "Day 6"]) | BLANK,
        "starts": some.sampled_from(["09:00", "9:30", "P1", "Lunch"]) | BLANK,
        "ends": some.sampled_from(["10:00", "P2"]) | BLANK,
        "hours": some.floats(0, 10) | BLANK,
        "place": some.sampled_from(["in class", "small group", "one to one", "out of class", "gym"]) | BLANK,
        "start": some.sampled_from(["2025-09-01", "2026-02-20"]) | BLANK,
        "end": some.sampled_from(["2026-01-10", "2026-03-20"]) | BLANK,
        "term": some.sampled_from(["2025-26-autumn", NOW]),
    }),
    max_size=12,
)  # fmt: skip
WANTED = some.lists(
    some.fixed_dictionaries({
        "pupil_id": some.sampled_from(["T0", "T1"]),
        "hours_week": some.floats(0, 10) | BLANK,
        "role": some.sampled_from(["teaching assistant", "Mentor"]) | BLANK,
        "place": some.sampled_from(["in class", "one to one"]) | BLANK,
    }),
    min_size=1,
    max_size=6,
)  # fmt: skip


def records_of(rows, wanted) -> dict[str, DataFrame]:
    members = DataFrame({"provision_id": ["P1", "P1", "P2"], "pupil_id": ["T0", "T1", "T1"], "term": NOW})
    entitled = DataFrame(wanted).assign(entitlement_id=[f"E{place}" for place in range(len(wanted))], term=NOW)
    return {"deployments": DataFrame(rows), "provision_pupils": members, "entitlements": entitled}


@settings(max_examples=15)
@given(ROWS, WANTED)
def test_hours_by_place_add_up_and_no_hour_counts_twice(rows, wanted):
    adults = DataFrame({"adult_id": ["A1", "A2"], "role": ["mentor", "teaching assistant"], "weekly_hours": 5.0})
    groups = DataFrame({"pupil_id": ["T0", "T1"], "subject": "English", "teaching_group": ["8/En1", "8/En2"]})
    told = adults_tables(records_of(rows, wanted), adults, roll(2), groups, TERM, CALENDAR, AS_OF)
    week, pupils, met = told["adults_week"], told["pupil_adults"], told["entitlements_met"]
    recorded = week.dropna(subset=["deployed"])
    assert np.allclose(recorded[list(HOURS.values())].sum(axis=1), recorded["deployed"])
    assert told["roles"]["hours"].sum() == pytest.approx(recorded["deployed"].sum())
    assert told["adults_cost"]["hours_week"].sum() == pytest.approx(recorded["deployed"].sum())
    assert np.allclose(pupils[list(HOURS.values())].sum(axis=1), pupils["hours_week"])
    for name in ("share_one_adult", "share_outside"):
        assert pupils[name].dropna().between(0, 1 + 1e-9).all()
    timetabled = met.groupby("pupil_id")["timetabled"].sum()
    own = pupils.set_index("pupil_id")["hours_week"].reindex(timetabled.index).fillna(0)
    assert (timetabled <= own + 1e-6).all()
    assert (met["timetabled"] <= met["hours_week"] + 1e-6)[met["hours_week"].notna() & met["timetabled"].notna()].all()
    assert (
        not pd.concat([table.astype("str").stack() for table in told.values() if "sentence" in table]).str.contains(" nan").any()
    )


@settings(max_examples=30)
@given(WANTED, some.lists(some.floats(0, 5) | BLANK, min_size=1, max_size=6))
def test_what_is_left_of_a_lesson_goes_to_the_next_entitlement_and_never_more(wanted, hours):
    entitled = DataFrame(wanted).assign(entitlement_id=[f"E{place}" for place in range(len(wanted))])
    entitled = entitled.astype({"hours_week": "float64", "role": "str", "place": "str"})
    here = DataFrame({"pupil_id": "T0", "lesson": range(len(hours)), "role": "mentor", "own_role": "mentor", "place": "in class"})
    here = here.assign(provision_id=None, hours=Series(hours, dtype="float64"))
    taken = allotted(entitled, here)
    used = taken.groupby("lesson")["allotted"].sum().reindex(here["lesson"]).fillna(0)
    assert (used.to_numpy() <= here["hours"].fillna(0).to_numpy() + 1e-9).all()
    by = taken.groupby("entitlement_id")["allotted"].sum().reindex(entitled["entitlement_id"]).fillna(0)
    assert (by.to_numpy() <= entitled["hours_week"].fillna(np.inf).to_numpy() + 1e-9).all()
