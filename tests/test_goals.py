"""Goals scored from -2 to +2: T by the published formula and by hand, within one pupil, and never a list in its order."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas import DataFrame

from sentrack_lib.measures.targets import goals
from sentrack_lib.measures.targets.goals import COUNTS, EACH, NOT_SAID, OF_PUPIL, OTHER, OWN, SCORES, t_of
from sentrack_lib.sources.sample import invent
from sentrack_lib.terms import Term
from sentrack_lib.views import findings, tables
from sentrack_lib.views.papers import Papers
from sentrack_lib.views.parts import Table, Unseen

NOW = "2025-26-spring"
TERM = Term.named(NOW)
DAY = date(2026, 3, 27)

TARGETS = """
target_id | pupil_id | subject | what      | owner      | set_on     | term
G1        | P01      | English | I say it  | Form tutor | 2025-09-08 | 2025-26-autumn
G2        | P01      |         | I stay    | Form tutor | 2025-09-08 | 2025-26-autumn
G3        | P01      | Maths   | I count   | Maths      | 2025-09-08 | 2025-26-autumn
G4        | P02      |         | I ask     |            | 2026-01-12 | 2025-26-spring
G5        |          | Maths   | All of us | Maths      | 2026-01-12 | 2025-26-spring
G6        | P09      |         | I left    | Form tutor | 2026-01-12 | 2025-26-spring
"""
REVIEWS = """
target_id | on         | attained | reviewed_by  | term
G1        | 2026-02-02 | 1        | Head of year | 2025-26-spring
G2        | 2025-12-01 | 2        | Form tutor   | 2025-26-autumn
G2        | 2026-02-02 | -1       | form tutor   | 2025-26-spring
G3        | 2026-02-02 | 0        |              | 2025-26-spring
G4        | 2026-01-12 | -2       | Head of year | 2025-26-spring
G5        | 2026-02-02 | 1        | Head of year | 2025-26-spring
G6        | 2026-02-02 | 1        | Head of year | 2025-26-spring
"""


def roll(*pupils: str) -> DataFrame:
    ids = list(pupils or ("P01", "P02"))
    names = {"surname": [f"Sampleton{place}" for place in ids], "forename": "Robin", "form": "9A", "sen_need": None}
    return DataFrame({"pupil_id": ids, "sen_status": "K", "year_group": "9", **names})


@pytest.fixture
def records(table) -> dict[str, DataFrame]:
    return {"targets": table(TARGETS), "target_reviews": table(REVIEWS)}


def found(records: dict[str, DataFrame], on: date = DAY, term: Term = TERM) -> dict[str, DataFrame]:
    return goals(records, roll(), term, None, on)


def more(records, *rows: dict) -> dict[str, DataFrame]:
    return {**records, "target_reviews": pd.concat([records["target_reviews"], DataFrame(list(rows)).assign(term=NOW)])}


# --- T ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("scores", "t"),
    [([0, 0], 50), ([1, 1], 50 + 20 / 2.6**0.5), ([1, 0, -1, 2], 50 + 20 / 7.6**0.5), ([2, 2, 2], 50 + 60 / 4.8**0.5)],
)
def test_t_is_worked_out_by_the_formula_of_kiresuk_and_sherman(scores, t):
    """With n goals of equal weight the root is of .7 n + .3 n²: 2.6 for two, 4.8 for three, 7.6 for four."""
    assert t_of(scores) == pytest.approx(t)


def test_one_goal_has_no_t():
    assert np.isnan(t_of([2])) and np.isnan(t_of([]))


@given(st.lists(st.sampled_from(SCORES), min_size=2, max_size=8))
def test_t_is_50_as_expected_and_its_mirror_image_is_as_far_on_the_other_side(scores):
    assert t_of([0] * len(scores)) == 50
    assert t_of(scores) + t_of([-each for each in scores]) == pytest.approx(100)
    assert (t_of(scores) > 50) == (sum(scores) > 0)
    assert t_of(scores) == t_of(sorted(scores))


# --- what is counted -------------------------------------------------------------------------------


def test_each_goal_of_a_pupil_counts_with_its_latest_score(records):
    rows = found(records)["goals"]
    assert rows[["target_id", "attained", "met"]].to_numpy().tolist() == [
        ["G1", 1, True], ["G2", -1, False], ["G3", 0, True], ["G4", -2, False],
    ]  # fmt: skip


def test_the_goals_of_a_pupil_together(records):
    """P01: 1, -1 and 0: two of three met, T exactly 50; one of them scored by the one who sees to it."""
    row = found(records)["goals_of_pupils"].set_index("pupil_id").loc["P01"]
    assert row[["goals", "met", *COUNTS, "own_scores"]].to_list() == [3, 2, 0, 1, 1, 1, 0, 1]
    assert row["t"] == 50
    assert row["sentence"] == "2 of 3 goals met; together as expected (T = 50). 1 of 3 scored by the one who sees to it."


def test_an_only_goal_is_met_or_not_and_has_no_t(records):
    row = found(records)["goals_of_pupils"].set_index("pupil_id").loc["P02"]
    assert np.isnan(row["t"]) and row["sentence"] == "The only goal scored is not met."


def test_who_scored_a_goal_is_said_and_so_is_one_written_when_it_was_scored(records):
    rows = found(records)["goals"].set_index("target_id")
    assert rows["scored_by"].to_dict() == {"G1": OTHER, "G2": OWN, "G3": NOT_SAID, "G4": OTHER}
    assert rows["caution"].to_dict() == {
        "G1": "", "G2": f"Scored by {OWN}.", "G3": "It is not said who scored it.",
        "G4": "It was not written before it was scored.",
    }  # fmt: skip


def test_only_whole_scores_from_minus_2_to_2_are_scores(records):
    odd = [{"target_id": "G3", "on": f"2026-03-0{day}", "attained": each} for day, each in enumerate((3, 0.5, "good", None), 1)]
    assert found(more(records, *odd))["goals"].set_index("target_id").loc["G3", "attained"] == 0


def test_scores_of_last_year_and_of_days_to_come_do_not_count(records):
    moved = more(
        records,
        {"target_id": "G3", "on": "2026-03-28", "attained": 2},
        {"target_id": "G4", "on": "2025-07-01", "attained": 2},
    )
    assert found(moved)["goals"]["attained"].to_list() == [1, -1, 0, -2]
    assert found(records, on=date(2026, 1, 20))["goals"]["target_id"].to_list() == ["G2", "G4"]


def test_a_goal_that_is_revised_counts_once_in_its_newest_version(records):
    again = records["targets"].iloc[[0]].assign(what="I say it twice", term=NOW)
    rows = found({**records, "targets": pd.concat([records["targets"], again])})["goals"]
    assert rows["what"].to_list()[0] == "I say it twice" and len(rows) == 4


def test_empty_tables_keep_their_columns_and_kinds(records):
    full = found(records)
    for nothing in ({}, {"targets": records["targets"]}, {"target_reviews": records["target_reviews"]},
                    {name: rows.iloc[:0] for name, rows in records.items()}):  # fmt: skip
        told = found(nothing)
        assert list(told["goals"]) == EACH and list(told["goals_of_pupils"]) == OF_PUPIL
        assert told["goals"].empty and told["goals_of_pupils"].empty
        assert (told["goals_of_pupils"].dtypes == full["goals_of_pupils"].dtypes).all()
    assert found({**records, "target_reviews": records["target_reviews"].drop(columns="attained")})["goals"].empty


def test_records_are_not_changed(records):
    before = {name: rows.copy() for name, rows in records.items()}
    found(records)
    for name, rows in records.items():
        pd.testing.assert_frame_equal(rows, before[name])


@given(st.lists(st.tuples(st.sampled_from(["P01", "P02"]), st.sampled_from(SCORES)), max_size=12))
@settings(max_examples=25)
def test_every_score_is_in_exactly_one_place(scored):
    ids = [f"G{place}" for place in range(len(scored))]
    one = {"term": NOW, "owner": "Form tutor", "set_on": "2025-09-08", "what": "I try"}
    held = DataFrame({"target_id": ids, "pupil_id": [pupil for pupil, _ in scored]}, dtype="str").assign(**one)
    seen = DataFrame({"target_id": ids, "attained": [score for _, score in scored]}).assign(on="2026-02-02", term=NOW)
    rows = found({"targets": held, "target_reviews": seen})["goals_of_pupils"]
    assert rows["goals"].sum() == rows[COUNTS].to_numpy().sum() == len(scored)
    assert rows["met"].sum() == sum(score >= 0 for _, score in scored)


def test_some_goals_of_the_invented_school_are_scored_as_they_were_reached():
    school = invent(200, 3, 2)
    rows = pd.concat([school.records(term).get("target_reviews", DataFrame()) for term in school.terms])
    scored = rows[rows["attained"].ne("")]
    assert set(scored["attained"]) == {str(score) for score in SCORES} and 0.1 < len(scored) / len(rows) < 0.5
    assert scored["attained"].astype(int).ge(0).eq(scored["result"].eq("reached")).all()


# --- what is shown ---------------------------------------------------------------------------------


def papers(records: dict[str, DataFrame]) -> Papers:
    about = DataFrame({"term": [NOW], "label": ["Spring 2026"], "school": ["Sampleton"], "as_of": [DAY.isoformat()]})
    empty = DataFrame(columns=["pupil_id", "subject", "teaching_group"])
    return Papers("inclusion", {"about": about, "roll": roll(), "teaching_groups": empty, "progress": empty, **found(records)})


def test_pupils_stand_in_the_order_of_their_names_whatever_their_scores(records):
    for flip in (1, -1):
        reviews = records["target_reviews"].assign(attained=flip * records["target_reviews"]["attained"])
        shown = tables.goals(papers({**records, "target_reviews": reviews}))
        assert isinstance(shown, Table)
        assert shown.frame["Pupil"].to_list() == ["SampletonP01, Robin", "SampletonP02, Robin"]
        assert shown.frame["T"].to_list() == ["50", ""]
    assert "says nothing about one pupil beside another" in shown.note
    assert "nan" not in repr(shown)


def test_the_findings_count_goals_and_who_scored_them(records):
    kept = {"targets_and_progress": DataFrame(columns=["pupil_id", "subject", "standing", "met", "left"])}
    told = findings.targets_kept(Papers("inclusion", {**papers(records).tables, **kept}))
    assert "2 of 4 scored goals of 2 pupils are met." in repr(told)
    assert "For 1 of 4 goals the score is that of the one who sees to it: ask a second person." in repr(told)


def test_no_goal_and_no_leave_to_see_are_sentences():
    none = papers({})
    assert "no goal has been scored this school year" in tables.goals(none).html()
    blind = Papers("governors", {name: table for name, table in none.tables.items() if name != "goals_of_pupils"})
    assert isinstance(tables.goals(blind), Unseen)


def test_a_long_list_is_cut_by_name_and_says_so():
    ids = [f"P{place:02d}" for place in range(50)]
    one = {"term": NOW, "owner": "Form tutor", "set_on": "2025-09-08", "what": "I try"}
    held = DataFrame({"target_id": ids, "pupil_id": ids}).assign(**one)
    seen = DataFrame({"target_id": ids, "attained": 1}).assign(on="2026-02-02", term=NOW)
    told = goals({"targets": held, "target_reviews": seen}, roll(*ids), TERM, None, DAY)
    shown = tables.goals(Papers("inclusion", {**papers({}).tables, "roll": roll(*ids), **told}))
    assert len(shown.frame) == 40 and "The first 40 of 50 by name" in shown.note
