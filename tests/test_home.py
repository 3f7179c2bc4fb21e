"""Where the school stands in the cycle: each stage in a sentence, for none, one and many; which data have come; the last run."""

import pandas as pd
import pytest
from pandas import DataFrame

from sentrack_lib.views.findings.stages import stages
from sentrack_lib.views.papers import Papers
from sentrack_lib.views.tables.home import collection, last_run, next_meetings

TERM = "2025-26-summer"


def standing(flagged: int = 0, waiting: int = 0, provisions: int = 0, known: int = 0, items: int = 0, rated: int = 0) -> Papers:
    """A school in which so much was found and done."""
    pupils = DataFrame({"level": ["act"] * flagged, "waiting": [place < waiting for place in range(flagged)]}, dtype="object")
    given = DataFrame({"sessions_given": [1.0] * provisions, "sessions_due": [2.0] * provisions})
    verdicts = DataFrame({"verdict": ["benefit"] * known + ["cannot tell"] * (provisions - known)}, dtype="str")
    agenda = DataFrame({"state": ["closed"] * (items > 1) + ["open"] * (items - (items > 1))}, dtype="str")
    tables = {
        "about": DataFrame([{"school": "Sampleton", "term": TERM, "label": "Summer 2026"}]),
        "roll": DataFrame({"pupil_id": [f"P{number}" for number in range(1200)]}),
        "pupils_to_plan": pupils.assign(terms=1),
        "provision_map": given,
        "due": DataFrame({"state": ["overdue"] * flagged}, dtype="str"),
        "impact": verdicts,
        "agenda": agenda,
        "statements": DataFrame({"raters": [2] * rated + [0] * (65 - rated)}),
    }
    return Papers("inclusion", tables)


def test_each_stage_says_what_was_found_there() -> None:
    told = repr(stages(standing(flagged=40, waiting=12, provisions=11, known=2, items=60, rated=50))).splitlines()
    assert "1,200 pupils on the roll; 40 pupils are to be looked at first." in told
    assert "Nobody has acted yet for 12 of 40 pupils to be looked at first." in told
    assert "A register is kept of 11 of 11 provisions." in told and "40 things are overdue." in told
    assert "Of 2 of 11 provisions it can be said whether it worked." in told
    assert "1 of 60 items of the agenda has been closed." in told
    assert "50 of 65 statements have been rated." in told


def test_one_of_everything_reads_well_and_so_does_none() -> None:
    one = repr(stages(standing(flagged=1, waiting=1, provisions=1, known=1, items=1, rated=1)))
    assert "1 pupil is to be looked at first." in one and "1 thing is overdue." in one
    assert "Nobody has acted yet for the only pupil to be looked at first." in one
    none = repr(stages(standing()))
    assert "Nobody is flagged to act on." in none and "No provision is recorded for this term." in none
    assert "There is nothing to talk about yet." in none and "None of 65 statements have been rated." in none


def test_the_stages_lead_to_their_pages_and_are_for_the_inclusion_manager() -> None:
    shown = stages(standing(1, 1, 1, 1, 1, 1)).html()
    assert [f'href="{page}.ipynb"' in shown for page in ("2_review", "3_plan", "4_implement", "5_monitor", "1_self_evaluation")]
    others = Papers("governors", {"about": standing().tables["about"]})
    assert [part(others).html().count("unseen") for part in (stages, collection, last_run, next_meetings)] == [1, 1, 1, 1]


@pytest.fixture
def ran() -> DataFrame:
    started = ["2026-07-20T08:00:00+00:00", "2026-07-21T15:30:00+00:00", "2026-03-01T08:00:00+00:00"]
    ended = ["2026-07-20T08:01:00+00:00", "2026-07-21T15:31:00+00:00", "2026-03-01T08:01:00+00:00"]
    terms = [TERM, TERM, "2025-26-spring"]
    return DataFrame({"term": terms, "started_at": started, "ended_at": ended, "status": ["done", "failed", "done"]})


def test_the_last_run_of_the_term_is_told(ran: DataFrame) -> None:
    about = standing().tables["about"]
    told = repr(last_run(Papers("inclusion", {"about": about, "record_runs": ran})))
    assert told == "The batch of this term was run last on 21 July 2026 at 15:31 UTC; some of its pages failed."
    told = repr(last_run(Papers("inclusion", {"about": about, "record_runs": ran.iloc[2:]})))
    assert "has not been run yet" in told


def test_the_next_meetings_are_those_to_come() -> None:
    due = DataFrame({
        "kind": ["meeting", "annual review", "annual review", "action", "meeting"],
        "step": ["", "", "invitations and reports", "", ""],
        "days": [3, 5, 1, 2, -4],
        "on": pd.to_datetime(["2026-07-04", "2026-07-06", "2026-07-02", "2026-07-03", "2026-06-27"]),
        "about": ["Year 9", None, None, "Call", "Old"],
    })  # fmt: skip
    rows = next_meetings(Papers("inclusion", {"about": standing().tables["about"], "due": due})).frame
    assert rows["When"].tolist() == ["4 July 2026", "6 July 2026"] and rows["About"].tolist() == ["Year 9", ""]
