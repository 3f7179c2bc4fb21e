"""What is due and what is done: rules as drawn tables, days counted by hand."""

from datetime import date, timedelta

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas import DataFrame

from sentrack_lib.measures.due import COLUMNS, STATES, due, responsible
from sentrack_lib.sources.coded import coded
from sentrack_lib.terms import Term
from sentrack_lib.views import findings, tables
from sentrack_lib.views.papers import Papers
from sentrack_lib.views.parts import Sentences, Table, Unseen

NOW = "2025-26-spring"
TERM = Term.named(NOW)
DAY = date(2026, 2, 10)
CALENDAR = {NOW: (date(2026, 1, 5), date(2026, 3, 27))}


def roll(*pupils: str) -> DataFrame:
    ids = list(pupils or ("P01", "P02"))
    names = {"surname": "Sampleton", "forename": [f"Robin{place}" for place in ids], "form": "9A", "sen_need": None}
    return DataFrame({"pupil_id": ids, "sen_status": "K", "year_group": "9", "left_on": None, **names})


def found(on: date = DAY, pupils: DataFrame | None = None, ahead: int = 42, **records: DataFrame) -> DataFrame:
    return due(records, roll() if pupils is None else pupils, TERM, CALENDAR, on, ahead)


def ids(rows: DataFrame) -> list[str]:
    return rows["id"].to_list()


@pytest.fixture
def actions(table) -> DataFrame:
    return table("""
        action_id | pupil_id | subject | what             | owner        | agreed_on  | by         | done_on    | term
        A1        | P01      | English | Ring home        | Head of year | 2026-01-20 | 2026-02-01 |            | 2025-26-spring
        A2        |          |         | Order the books  |              | 2026-01-20 | 2026-02-10 |            | 2025-26-spring
        A3        |          |         | Talk to tutors   | Head of year | 2026-01-20 | 2026-02-17 |            | 2025-26-spring
        A4        |          |         | Ask the therapist| SENCO        | 2026-01-20 | 2026-03-24 |            | 2025-26-spring
        A5        |          |         | Visit the class  | SENCO        | 2026-01-20 | 2026-03-25 |            | 2025-26-spring
        A6        |          |         | Done long ago    | SENCO        | 2026-01-20 | 2026-02-01 | 2026-02-10 | 2025-26-spring
        A7        |          |         | Without a day    | SENCO        | 2026-01-20 |            |            | 2025-26-spring
        A8        |          |         | Agreed tomorrow  | SENCO        | 2026-02-11 | 2026-02-20 |            | 2025-26-spring
        A9        |          |         | Of a later term  | SENCO        | 2026-01-20 | 2026-02-01 |            | 2025-26-summer
    """)


# --- days and states -------------------------------------------------------------------------------


def test_what_is_not_done_is_overdue_due_this_week_coming_or_later(actions):
    rows = found(actions=actions)
    assert list(zip(rows["id"], rows["days"], rows["state"], strict=True)) == [
        ("A1", -9, "overdue"), ("A2", 0, "this week"), ("A3", 7, "coming"), ("A4", 42, "coming"), ("A5", 43, "later"),
        ("A7", 45, "later"),
    ]  # fmt: skip
    assert list(rows) == COLUMNS and rows["waiting_days"].fillna(-1).to_list() == [21, -1, -1, -1, -1, -1]


def test_an_action_without_a_day_counts_to_the_end_of_its_term_and_says_so(actions):
    last = found(actions=actions).iloc[-1]
    assert last["on"] == pd.Timestamp("2026-03-27") and last["sentence"].endswith("the last day of the term is taken.")
    undated = actions.drop(columns=["term", "by"]).query("action_id == 'A7'")
    assert found(actions=undated)["on"].to_list() == [pd.Timestamp("2026-03-27")]


def test_what_is_done_after_the_day_was_not_done_on_it(actions):
    assert "A6" in ids(found(date(2026, 2, 9), actions=actions)) and "A6" not in ids(found(actions=actions))


def test_a_sentence_says_what_when_and_who_and_names_no_pupil(actions):
    first, second, *_ = found(actions=actions)["sentence"]
    assert first == "Action in English: 1 February 2026, 9 days overdue. Owner: Head of year."
    assert second == "Action: 10 February 2026, today. Nobody is named to see to it."
    assert not found(actions=actions)["sentence"].str.contains("Robin|P01|Ring").any()


def test_the_later_row_of_an_action_holds(actions):
    later = DataFrame({"action_id": ["A1"], "what": ["Ring home"], "done_on": ["2026-02-03"], "term": [NOW]})
    assert "A1" not in ids(found(actions=pd.concat([actions, later])))


# --- what is done ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("result", "on", "is_due"),
    [
        ("reached", "2026-01-20", False),
        ("dropped", "2026-01-20", False),
        ("partly reached", "2026-01-20", True),
        ("partly reached", "2026-02-06", False),
        ("Not reached", "2026-02-05", False),
        ("goes on", "2026-02-06", True),
        ("", "2026-02-06", True),
        ("reached", "2026-02-11", True),
    ],
)
def test_a_target_is_done_when_it_was_reached_or_looked_at_on_its_day(result, on, is_due):
    targets = DataFrame({"target_id": ["T1"], "pupil_id": ["P01"], "what": ["Ten words"], "by": ["2026-02-05"], "term": [NOW]})
    reviews = DataFrame({"target_id": ["T1"], "on": [on], "result": [result], "term": [NOW]})
    rows = found(targets=targets, target_reviews=reviews)
    assert ids(rows) == ["T1"] * is_due
    assert rows["sentence"].str.contains("no new day").to_list() == [result == "goes on"] * is_due


def test_of_two_reviews_of_a_target_the_latest_holds():
    targets = DataFrame({"target_id": ["T1"], "pupil_id": ["P01"], "what": ["Ten words"], "by": ["2026-02-05"]})
    reviews = DataFrame({"target_id": "T1", "on": ["2026-02-08", "2026-02-06"], "result": ["goes on", "reached"]})
    assert ids(found(targets=targets, target_reviews=reviews)) == ["T1"]


@pytest.mark.parametrize(
    ("outcomes", "is_due", "said"),
    [(["12", "14"], False, ""), (["12", ""], True, "Outcomes of 1 of 2 pupils are recorded."), (["", ""], True, "")],
    ids=["all", "one of two", "none"],
)
def test_a_provision_past_its_day_is_done_when_all_its_pupils_have_outcomes(outcomes, is_due, said):
    provisions = DataFrame({"provision_id": ["V1"], "name": ["Reading"], "staff": ["TA"], "review_on": ["2026-02-05"]})
    pupils = DataFrame({"provision_id": "V1", "pupil_id": ["P01", "P02", "gone"], "outcome": [*outcomes, ""]})
    rows = found(provisions=provisions.assign(start="2026-01-05"), provision_pupils=pupils.assign(start="2026-01-12"))
    assert ids(rows) == ["V1"] * is_due and all(rows["sentence"].str.contains(said, regex=False))
    if is_due:
        assert rows.iloc[0][["kind", "about", "owner"]].to_list() == ["provision review", "Reading", "TA"]


def test_outcomes_of_an_earlier_round_of_a_provision_do_not_review_the_one_that_runs():
    provisions = DataFrame({"provision_id": ["V1"], "name": ["Reading"], "review_on": ["2026-02-05"], "start": ["2026-01-05"]})
    pupils = DataFrame({"provision_id": ["V1"], "pupil_id": ["P01"], "outcome": ["12"], "start": ["2025-10-01"]})
    assert ids(found(provisions=provisions, provision_pupils=pupils)) == ["V1"]


def test_a_provision_with_outcomes_before_its_day_is_still_to_be_looked_at():
    provisions = DataFrame({"provision_id": ["V1"], "name": ["Reading"], "end": ["2026-02-20"]})
    pupils = DataFrame({"provision_id": ["V1"], "pupil_id": ["P01"], "rating": ["good"]})
    rows = found(provisions=provisions, provision_pupils=pupils)
    assert ids(rows) == ["V1"] and "its last day is taken" in rows["sentence"].iloc[0]


def test_an_entitlement_is_reviewed_by_an_annual_review_of_half_a_year_before_its_day(table):
    entitlements = table("""
        entitlement_id | pupil_id | source   | what     | review_on  | end
        E1             | P01      | EHC plan | 10 hours | 2026-02-05 |
        E2             | P02      | EHC plan | 10 hours | 2026-02-05 |
        E3             | P01      | EHC plan | 10 hours | 2026-09-30 |
        E4             | P02      | EHC plan | 10 hours | 2026-02-05 | 2026-01-31
    """)
    meetings = table("""
        meeting_id | kind          | on         | pupil_id | agreed
        M1         | annual review | 2026-01-15 | P01      | Goes on
        M2         | with parents  | 2026-01-15 | P02      | Goes on
    """)
    rows = found(entitlements=entitlements, meetings=meetings)
    assert ids(rows[rows["kind"].eq("entitlement review")]) == ["E2", "E3"]


# --- meetings --------------------------------------------------------------------------------------


@pytest.fixture
def meetings(table) -> DataFrame:
    return table("""
        meeting_id | kind           | on         | pupil_id | subject | agreed    | next_on
        M1         | annual review  | 2026-03-02 | P01      |         |           |
        M2         | review meeting | 2026-01-15 |          | English | Two books | 2026-03-05
        M3         | review meeting | 2026-01-15 |          | Maths   |           |
        M4         | with parents   | 2025-11-15 | P02      |         |           |
        M5         | with parents   | 2026-01-20 | P02      |         | Fine      | 2026-02-12
        M6         | with parents   | 2026-02-12 | P02      |         |           |
    """)


def test_a_meeting_is_due_until_something_is_agreed_or_a_later_one_was_held(meetings):
    rows = found(meetings=meetings.query("kind != 'annual review'")).set_index("id")
    assert rows["kind"].to_dict() == {"M3": "meeting", "M6": "meeting", "M2": "next meeting"}
    assert rows.loc["M3", "state"] == "overdue" and "What was agreed is not recorded." in rows.loc["M3", "sentence"]


def test_an_annual_review_brings_the_days_the_law_sets_before_and_after_it(meetings):
    rows = found(meetings=meetings.query("meeting_id == 'M1'"))
    assert list(zip(rows["step"], rows["on"].dt.strftime("%Y-%m-%d"), strict=True)) == [
        ("invitations and reports", "2026-02-16"), ("", "2026-03-02"), ("report to the local authority", "2026-03-16"),
        ("decision of the local authority", "2026-03-30"),
    ]  # fmt: skip
    assert set(rows["kind"]) == {"annual review"} and set(rows["pupil_id"]) == {"P01"}


def test_other_meetings_bring_no_such_days(meetings):
    assert set(found(meetings=meetings.query("kind != 'annual review'"))["step"]) == {""}


def test_a_step_is_done_when_an_action_of_the_meeting_says_so_and_invitations_end_with_the_meeting(meetings):
    held = meetings.query("meeting_id == 'M1'").assign(agreed="Plan goes on")
    report = DataFrame({"action_id": ["A1"], "meeting_id": ["M1"], "about": ["Report to the local authority"], "what": ["Send"]})
    day = date(2026, 3, 20)
    assert found(day, meetings=held)["step"].to_list() == ["report to the local authority", "decision of the local authority"]
    rows = found(day, meetings=held, actions=report.assign(done_on="2026-03-10"))
    assert rows["step"].to_list() == ["decision of the local authority"]
    assert "report to the local authority" in found(day, meetings=held, actions=report)["step"].to_list()


def test_a_later_annual_review_that_was_held_takes_the_steps_of_the_earlier_with_it(meetings):
    last_year = meetings.query("meeting_id == 'M1'").assign(meeting_id="M0", on="2025-03-02", agreed="Plan goes on")
    this_year = last_year.assign(meeting_id="M1", on="2026-03-02")
    assert set(found(date(2026, 3, 5), meetings=pd.concat([last_year, this_year]))["id"]) == {"M1"}


# --- who, and nothing ------------------------------------------------------------------------------


def test_of_a_pupil_who_left_only_actions_are_due(actions, meetings):
    gone = roll().assign(left_on=["2026-01-31", None])
    rows = found(pupils=gone, actions=actions, meetings=meetings)
    assert set(rows.loc[rows["pupil_id"].eq("P01"), "kind"]) == {"action"}
    assert "P02" in set(rows["pupil_id"])


def test_each_owner_is_told_how_much_is_due_and_what_nobody_owns_is_counted_too(actions):
    told = responsible(found(actions=actions)).set_index("owner")
    assert told.loc["Head of year"].to_list() == [2, 1, 0, 1, 0, 9]
    assert told.loc["nobody named", ["count", "this_week"]].to_list() == [1, 1]
    assert told.index[0] == "Head of year" and told["count"].sum() == len(found(actions=actions))


def test_nothing_recorded_is_nothing_due():
    for pupils in (roll(), roll().iloc[:0]):
        empty = found(pupils=pupils)
        assert empty.empty and list(empty) == COLUMNS and responsible(empty).empty
    blank = DataFrame({"action_id": ["A1"], "what": [None], "by": ["soon"], "owner": [None]})
    assert found(actions=blank).iloc[0][["on", "state"]].to_list() == [pd.Timestamp("2026-03-27"), "later"]


def test_coded_tables_say_the_same_and_nothing_is_changed(actions, meetings):
    before = actions.copy()
    plain = found(actions=actions, meetings=meetings)
    codes = coded({"actions": actions, "meetings": meetings, "roll": roll()})
    again = found(pupils=codes["roll"], actions=codes["actions"], meetings=codes["meetings"])
    pd.testing.assert_frame_equal(again, plain)
    pd.testing.assert_frame_equal(actions, before)


DAYS = st.integers(-400, 400).map(lambda days: DAY + timedelta(days=days))


@settings(max_examples=20)
@given(st.lists(st.tuples(DAYS, st.none() | DAYS), max_size=8), st.integers(0, 100))
def test_every_action_is_due_or_done_and_stands_in_one_state(drawn, ahead):
    rows = [{"action_id": f"A{place}", "what": "x", "by": by, "done_on": done} for place, (by, done) in enumerate(drawn)]
    told = found(ahead=ahead, actions=DataFrame(rows, columns=["action_id", "what", "by", "done_on"]))
    done = {row["action_id"] for row in rows if row["done_on"] and row["done_on"] <= DAY}
    assert set(told["id"]) == {row["action_id"] for row in rows} - done and told["id"].is_unique
    assert told["days"].is_monotonic_increasing and told["state"].isin(STATES).all()
    assert told["state"].eq("overdue").equals(told["days"].lt(0))
    assert responsible(told)["overdue"].sum() == told["days"].lt(0).sum()


# --- what people see -------------------------------------------------------------------------------


def papers(rows: DataFrame | None, audience: str = "inclusion") -> Papers:
    about = DataFrame([{"school": "Invented", "term": NOW, "label": "Spring 2026", "before": "", "version": "0"}])
    taught = DataFrame({"pupil_id": ["P01"], "subject": ["English"], "teaching_group": ["9/En1"]})
    handed = {"about": about, "roll": roll(), "teaching_groups": taught, "progress": taught.drop(columns="teaching_group")}
    return Papers(audience, handed if rows is None else {**handed, "due": rows})


@pytest.mark.parametrize("part", [tables.due, tables.responsible, findings.due])
def test_a_page_that_is_not_handed_what_is_due_says_so(part):
    assert isinstance(part(papers(None)), Unseen)


@pytest.mark.parametrize("part", [tables.due, tables.responsible, findings.due])
def test_what_is_due_can_be_read_for_a_school_a_year_a_subject_and_nobody(part, actions, meetings):
    for rows in (found(actions=actions, meetings=meetings), found()):
        for place in (("all",), ("9",), ("7",), ("all", "English")):
            told = part(papers(rows).on(*place))
            assert told.html() and "nan" not in repr(told).lower() and "<NA>" not in repr(told)


def test_the_list_names_the_pupil_and_says_what_when_and_who(actions):
    told = tables.due(papers(found(actions=actions)))
    assert isinstance(told, Table)
    first = told.frame.iloc[0].to_dict()
    assert first == {
        "When": "1 February 2026", "State": "overdue, 9 days", "What": "Action: Ring home", "Pupil": "Sampleton, RobinP01",
        "Subject": "English", "Owner": "Head of year", "Entry": "A1",
    }  # fmt: skip


def test_an_action_about_a_pupil_who_left_keeps_its_id_for_a_name(actions):
    rows = found(pupils=roll("P02"), actions=actions)
    assert tables.due(papers(rows.assign(pupil_id="P77"))).frame["Pupil"].iloc[0] == "P77 (not on the roll)"


def test_of_a_subject_what_is_due_is_about_its_pupils_or_itself(actions, meetings):
    rows = found(actions=actions, meetings=meetings)
    told = tables.due(papers(rows).on(subject="English")).frame
    assert set(told["Entry"]) == {"A1", "M1", "M2"}


@pytest.mark.parametrize(
    ("wanted", "first"),
    [
        ([], "Nothing with a day is open in the records."),
        (["A5"], "Nothing is overdue. Nothing is due within seven days."),
        (["A1"], "1 thing is overdue, by up to 9 days. Nothing is due within seven days."),
        (["A1", "A2", "A3"], "1 thing is overdue, by up to 9 days. 1 thing is due within seven days."),
    ],
    ids=["none", "later", "one", "many"],
)
def test_the_first_sentence_says_what_is_overdue_and_what_this_week_brings(actions, wanted, first):
    told = findings.due(papers(found(actions=actions[actions["action_id"].isin(wanted)])))
    assert isinstance(told, Sentences) and told.lines[0] == first


def test_what_nobody_is_named_for_is_said(actions):
    told = findings.due(papers(found(actions=actions)))
    assert "For 1 of 6 things nobody is named." in told.lines
