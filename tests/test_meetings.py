"""Review meetings: the agenda is drawn from what was found, each item is closed with one of four outcomes, minutes tell it."""

from datetime import date

import pandas as pd
import pytest
from pandas import DataFrame

from sentrack_lib.errors import BadInput, WrongUse
from sentrack_lib.measures.collection import collection
from sentrack_lib.measures.meetings import agenda, closing
from sentrack_lib.sources import schema
from sentrack_lib.sources.agreed_tables import OUTCOMES
from sentrack_lib.sources.folders import settings_in
from sentrack_lib.terms import Term
from sentrack_lib.views.papers import Papers
from sentrack_lib.views.tables.agenda import agenda as shown
from sentrack_lib.views.tables.agenda import closed, items_to_close
from sentrack_lib.views.tables.meetings import held
from sentrack_lib.views.tables.minutes import feedback, minutes

TERM = Term.named("2025-26-summer")
DAY = "2026-07-01"


@pytest.fixture
def found(table) -> dict[str, DataFrame]:
    """What was found in a term: one of everything."""
    drawn = {
        "about": DataFrame([{"school": "Sampleton", "term": str(TERM), "label": "Summer 2026", "as_of": DAY}]),
        "groups_to_plan": table("""
            by             | family         | group | subject | n  | gap_less_artefact
            teaching group | teaching group | 9/En3 | English | 28 | -1.08
            type of need   | type of need   | SLCN  | Science | 20 | -0.79
            """),
        "provision_map": table("""
            provision_id | name      | wave      | subject | sessions_given | sessions_due
            PX1          | Reading   | targeted  | English | 12             | 20
            PX2          | For all   | universal |         |                |
            """),
        "impact": table("""
            provision_id | verdict     | why
            PX1          | cannot tell | Fewer than 8 pupils.
            """),
        "pupils_to_plan": table("""
            pupil_id | level | evidence      | agreed       | owner
            P2       | act   | Missed 40 %.  |              |
            P1       | act   | Low growth.   | Call home    | Mr Stub
            P3       | watch | Missed 6 %.   |              |
            """),
        "due": table("""
            table      | id  | step | kind             | state   | pupil_id | subject | about        | sentence
            actions    | A1  |      | action           | overdue |          |         | Ask everyone | Action: late.
            actions    | A2  |      | action           | overdue | P1       |         | Call home    | Action: 5 days late.
            actions    | A3  |      | action           | coming  |          |         | Not yet      | Action: to come.
            provisions | PX1 |      | provision review | overdue |          | English | Reading      | Review: 3 days late.
            """),
        "targets_and_progress": table("""
            pupil_id | subject | question
            P3       | Maths   | Missed with expected progress: was the target right?
            P1       | Maths   |
            """),
        "reflection": table("""
            step    | words
            monitor | Who understands the data?
            review  | Who collects them?
            """),
        "roll": table("""
            pupil_id | surname | forename | form | year_group | sen_status | sen_need
            P1       | Seedling | Noa     | 7A   | 7          | K          |
            P2       | Acorn    | Ulf     | 9B   | 9          | N          |
            P3       | Pip      | Ida     | 9B   | 9          | E          | ASD
            """),
    }  # fmt: skip
    numbers = ("n", "gap_less_artefact", "sessions_given", "sessions_due")
    return {name: rows.astype({each: "str" for each in rows if each not in numbers}) for name, rows in drawn.items()}


def actions(*rows: dict[str, str]) -> dict[str, DataFrame]:
    """The records, in which some actions stand."""
    table = DataFrame(list(rows), columns=["term", *schema.columns("actions")], dtype="str")
    return {"actions": table.assign(agreed_on=pd.to_datetime(table["agreed_on"]), by=pd.to_datetime(table["by"]))}


def an_action(item: str, decision: str, **cells: str) -> dict[str, str]:
    return {"term": str(TERM), "action_id": f"X{len(item)}", "item": item, "decision": decision, "what": "Do it", **cells}


def test_the_agenda_goes_from_the_school_over_subjects_and_classes_to_pupils(found):
    rows = agenda(found, actions(), TERM)
    assert rows[["part", "item"]].agg(" | ".join, axis=1).tolist() == [
        "school | overdue: actions A1",
        "school | question: Who understands the data?",
        "subject | provision: PX1",
        "subject | group that differs: type of need SLCN in Science",
        "teaching group | group that differs: teaching group 9/En3 in English",
        "pupil | pupil: P2",
        "pupil | pupil: P1",
        "pupil | pupil: P3",
    ]
    assert rows["state"].eq("open").all()


def test_an_item_tells_all_that_is_known(found):
    rows = agenda(found, actions(), TERM).set_index("item")["evidence"]
    assert rows["pupil: P1"].splitlines() == ["Low growth.", "Agreed: Call home (Mr Stub)", "Action: 5 days late."]
    assert rows["pupil: P3"] == "Maths: Missed with expected progress: was the target right?"
    lines = ["Effect: cannot tell: Fewer than 8 pupils.", "12 sessions given of 20 due", "Review: 3 days late."]
    assert rows["provision: PX1"].splitlines() == lines


def test_the_newest_action_of_the_term_closes_an_item(found):
    kept = actions(
        an_action("pupil: P2", "carry on", agreed_on="2026-05-01", owner="Ms Early"),
        an_action("pupil: P2", "do something new", agreed_on="2026-06-01", owner="Ms Later", action_id="X2"),
        an_action("pupil: P1", "wait and watch", term="2025-26-spring", agreed_on="2026-02-01", action_id="X3"),
        an_action("pupil: P3", "", agreed_on="2026-06-01", action_id="X4"),
    )
    rows = agenda(found, kept, TERM).set_index("item")
    assert rows.loc["pupil: P2", ["state", "decision", "owner"]].tolist() == ["closed", "do something new", "Ms Later"]
    assert rows.loc[["pupil: P1", "pupil: P3"], "state"].eq("open").all()


def test_where_nothing_was_found_the_agenda_is_empty(found):
    none = {name: rows.iloc[:0] if name != "about" else rows for name, rows in found.items()}
    assert agenda(none, {}, TERM).empty


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_closing_fills_up_what_follows_from_the_item(found, outcome):
    rows = agenda(found, actions(), TERM)
    made = closing({"item": "pupil: P2", "decision": outcome, "what": "", "owner": "Mr Stub"}, rows, DAY)
    assert made["pupil_id"] == "P2" and made["agreed_on"] == DAY and "about" not in made
    assert bool(made["what"]) == (outcome != "do something new")
    assert made.get("done_on", "") == (DAY if outcome in ("carry on", "no longer needed") else "")


def test_closing_an_item_about_a_group_names_the_group(found):
    rows = agenda(found, actions(), TERM)
    item = "group that differs: teaching group 9/En3 in English"
    made = closing({"item": item, "decision": "do something new", "what": "Look at the books"}, rows, DAY)
    assert (made["about"], made["subject"]) == ("9/En3", "English") and "pupil_id" not in made


@pytest.mark.parametrize(
    "cells", [{"item": "", "decision": "carry on"}, {"item": "pupil: P2"}, {"item": "gone", "decision": "x"}]
)
def test_an_item_is_not_closed_without_an_outcome(found, cells):
    with pytest.raises(BadInput, match="four outcomes"):
        closing(cells, agenda(found, actions(), TERM), DAY)


def meetings(*rows: dict[str, object]) -> DataFrame:
    table = DataFrame(list(rows), columns=["term", *schema.columns("meetings")])
    return table.assign(on=pd.to_datetime(table["on"]), next_on=pd.to_datetime(table["next_on"]))


HELD = {"meeting_id": "M1", "kind": "review meeting", "on": DAY, "present": "Ms Invented, Mr Stub"}


def met(papers: Papers, rows: DataFrame, kept: DataFrame) -> list[str]:
    return held(Papers("inclusion", {**papers.tables, "meetings": rows, "record_actions": kept}))["meeting_id"].tolist()


def test_a_meeting_is_held_once_something_is_agreed_there(papers):
    none, closed_one = actions()["actions"], actions(an_action("pupil: P2", "carry on", meeting_id="M1"))["actions"]
    other = {**HELD, "meeting_id": "M0", "on": "2026-06-01", "agreed": "All well"}
    assert met(papers, meetings(), none) == met(papers, meetings(HELD), none) == []
    assert met(papers, meetings(HELD, other), none) == ["M0"]
    assert met(papers, meetings(HELD, other), closed_one) == ["M1", "M0"]


@pytest.fixture
def papers(found) -> Papers:
    """The papers after a meeting at which two items were closed and one thing beside them was agreed."""
    kept = actions(
        an_action("pupil: P2", "do something new", meeting_id="M1", pupil_id="P2", owner="Mr Stub", by="2026-09-10", what="Read"),
        an_action("provision: PX1", "carry on", meeting_id="M1", action_id="X2", what="It goes on with Noa Seedling."),
        {"term": str(TERM), "action_id": "X3", "meeting_id": "M1", "what": "Book the room", "pupil_id": "P1"},
    )
    told = {"agenda": agenda(found, kept, TERM), "record_actions": kept["actions"], "meetings": meetings(HELD)}
    return Papers("inclusion", {**found, **told})


def test_minutes_tell_each_item_with_its_outcome_owner_and_day(papers):
    told = repr(minutes(papers)).splitlines()
    assert told[0] == "Sampleton, 1 July 2026" and told[1] == "Minutes: review meeting"
    assert "2 items of the agenda closed." in told
    assert told[told.index("Do something new") + 1] == "Pupil: Acorn, Ulf. Read. Mr Stub, by 10 September 2026."
    assert told[told.index("Carry on") + 1] == "Provision: PX1. It goes on with Noa Seedling. Nobody named."
    assert told[told.index("Who does what, until when") + 1] == "Book the room. Nobody named."


def test_minutes_can_be_carried_away_and_hold_no_markup_of_the_data(papers):
    hostile = papers.tables["record_actions"].assign(what="<img src=q onerror=alert(1)>")
    made = minutes(Papers("inclusion", {**papers.tables, "record_actions": hostile})).html()
    assert 'download="minutes 1 July 2026.html"' in made and "<img" not in made


def test_parents_are_told_of_their_own_child_alone(papers):
    told = repr(feedback(papers))
    assert "To the parents and carers of Ulf Acorn" in told and "Read. Mr Stub, by 10 September 2026." in told
    kept = papers.tables["record_actions"]
    kept = kept.assign(what=kept["what"].mask(kept["pupil_id"].eq("P2"), "Read with Noa Seedling"))
    told = repr(feedback(Papers("inclusion", {**papers.tables, "record_actions": kept})))
    assert "Read with" not in told and "names another child" in told


def test_what_is_closed_leaves_the_agenda(papers):
    assert "Acorn" not in repr(shown(papers)) and "Acorn" in repr(closed(papers))
    assert "Pupil: Acorn, Ulf, 9B" not in [name for name, _ in items_to_close(papers)]
    assert "Pupil: Pip, Ida, 9B" in [name for name, _ in items_to_close(papers)]


def test_a_year_group_has_its_own_agenda(papers):
    assert [name for name, _ in items_to_close(papers.on(year_group="7"))] == ["Pupil: Seedling, Noa, 7A"]


def test_data_are_late_after_their_day_only(table):
    counts = table("""
        term           | table       | accepted
        2025-26-summer | pupils      | 3
        2024-25-summer | views       | 7
        2024-25-summer | behaviour   | 5
        """)  # fmt: skip
    planned = {"assessments": (date(2026, 3, 1), date(2026, 6, 1)), "behaviour": (date(2026, 7, 10),)}
    rows = collection(counts, planned, TERM, None, date(2026, 7, 1)).set_index("table")
    assert rows["state"].to_dict() | {} == {
        **dict.fromkeys(schema.TABLES, "not planned"),
        **{"pupils": "collected", "assessments": "late", "behaviour": "to come", "views": "to come"},
    }
    assert rows.loc["assessments", "on"] == pd.Timestamp("2026-06-01")
    assert rows.loc["views", "on"] == pd.Timestamp(TERM.dates(None)[1])
    assert rows.loc["views", ["rows", "a_year_earlier"]].tolist() == [0, 7]


def test_a_timetable_names_tables_that_there_are(tmp_path):
    (tmp_path / "school.yml").write_text("name: Sampleton\ncollection: {assesments: 2026-06-01}\n", encoding="utf-8")
    with pytest.raises(WrongUse, match="no table is called assesments, under collection. Did you mean assessments?"):
        settings_in(tmp_path)
    (tmp_path / "school.yml").write_text("name: Sampleton\ncollection: {assessments: 2026-06-01}\n", encoding="utf-8")
    assert settings_in(tmp_path).collection == {"assessments": (date(2026, 6, 1),)}
