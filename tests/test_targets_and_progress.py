"""Target, actual and expected side by side: what is asked of each; every part shown to every reader at every part of a school."""

import re
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas import DataFrame

from sentrack_lib.cycle.papers.preparing import reviewed
from sentrack_lib.measures.reading_ages import reading_ages
from sentrack_lib.measures.single_case import single_case
from sentrack_lib.measures.targets import back_test_of, challenging_reached, goals, targets_and_progress
from sentrack_lib.measures.targets.beside_progress import AS_EXPECTED, COLUMNS, LOW, NOT_KNOWN, PERHAPS_LOW
from sentrack_lib.measures.targets.target_grades import target_grades
from sentrack_lib.privacy import for_audience
from sentrack_lib.records import recorded
from sentrack_lib.settings import Parameters, SchoolSettings
from sentrack_lib.sources.loading import load_school
from sentrack_lib.sources.scales import scales_of
from sentrack_lib.terms import Term
from sentrack_lib.views import figures, findings, tables
from sentrack_lib.views.papers import ALL, Papers
from sentrack_lib.views.parts import Sentences, Table, Unseen

PROJECT = Path(__file__).resolve().parents[1]
NOW = Term.named("2025-26-spring")
DAY = date(2026, 3, 27)
SCALES = scales_of(SchoolSettings(name="Nowhere School"))

TARGETS = """
target_id | kind       | pupil_id | subject | scale    | baseline | target | set_on     | by         | reviewed_on | outcome | state
T1        | individual | P01      | Maths   | gcse_9_1 | 3        | 5      | 2025-09-08 | 2026-07-06 |             |         | open
T2        | individual | P02      | Maths   | gcse_9_1 | 3        | 5      | 2025-09-08 | 2026-01-12 | 2026-01-12  | 4       | not reached
T3        | individual | P01      | English |          | 6        | 13     | 2025-09-08 | 2026-01-12 | 2025-10-06  | 14      | reached
T4        | group      |          | Maths   |          | 4        | 8      | 2025-09-08 | 2026-01-12 |             |         | open
T5        | individual | P02      |         |          | 4        | 8      | 2025-09-08 | 2026-01-12 |             |         | open
"""  # noqa: E501
PROGRESS = """
pupil_id | subject | growth_percentile | p_low | expected | why_not
P01      | Maths   | 55                | 0.10  | 4.4      |
P02      | Maths   | 8                 | 0.71  | 4.6      |
P01      | English |                   |       |          | Too few pupils.
"""
GRADES = """
pupil_id | subject | scale    | now | now_points
P01      | Maths   | gcse_9_1 | 4   | 4
P02      | Maths   | gcse_9_1 | 4   | 4
P01      | English | gcse_9_1 | 3   | 3
"""


@pytest.fixture
def school(table) -> dict[str, DataFrame]:
    words = ["target_id", "kind", "pupil_id", "subject", "what", "scale", "baseline", "target", "outcome", "state"]
    held = table(TARGETS).assign(what="I reach it")
    held = held.assign(**{name: held[name].map(lambda cell: f"{cell:g}" if isinstance(cell, float) else cell) for name in words})
    held = held.astype(dict.fromkeys(words, "str")).replace({name: {"nan": None} for name in words})
    days = {name: pd.to_datetime(held[name]) for name in ("set_on", "by", "reviewed_on")}
    now = table(GRADES).astype({"now": "str", "now_points": "float64"})
    return {"targets": held.assign(**days), "progress": table(PROGRESS), "suggested_targets": now}


def rows_of(school: dict[str, DataFrame], on: date = DAY) -> DataFrame:
    return targets_and_progress(school, SCALES, on).set_index("target_id")


def changed(school: dict[str, DataFrame], one: str, chance: float | None = None, **cells) -> dict[str, DataFrame]:
    """The school with other cells of one target, and another P(low growth) of its pupil in its subject."""
    held, progress = school["targets"].copy(), school["progress"].copy()
    mine = held["target_id"].eq(one)
    for name, cell in cells.items():
        held.loc[mine, name] = pd.Timestamp(cell) if name in ("set_on", "by", "reviewed_on") else cell
    if chance is not None:
        row = held[mine].iloc[0]
        progress.loc[progress["pupil_id"].eq(row["pupil_id"]) & progress["subject"].eq(row["subject"]), "p_low"] = chance
    return {**school, "targets": held, "progress": progress}


# --- three figures side by side --------------------------------------------------------------------


def test_target_actual_and_expected_of_a_grade_stand_in_one_row(school):
    """Expected are 4.4 points: the nearest grade is 4; of 4.6 points it is 5."""
    rows = rows_of(school)
    assert rows.loc["T1", ["target", "actual", "expected"]].to_list() == ["5", "4", "4"]
    assert rows.loc["T1", ["target_points", "actual_points", "expected_points"]].to_list() == [5, 4, 4.4]
    assert rows.loc["T2", "expected"] == "5"
    assert rows["scale"].to_list()[:2] == ["gcse_9_1", "gcse_9_1"]


def test_only_targets_of_one_pupil_in_a_subject_have_a_row(school):
    assert rows_of(school).index.to_list() == ["T1", "T2", "T3"]


def test_a_count_has_the_outcome_that_was_noted_and_nothing_is_expected_of_it(school):
    row = rows_of(school).loc["T3"]
    assert row["actual"] == "14" and pd.isna(row["scale"]) and pd.isna(row["expected"])
    assert np.isnan(row[["target_points", "actual_points", "expected_points"]].to_list()).all()


def test_a_number_on_no_named_scale_is_a_count_and_what_is_no_number_may_be_a_grade(school):
    plain = rows_of(changed(school, "T1", scale=None)).loc["T1"]
    assert pd.isna(plain["scale"]) and np.isnan(plain["target_points"])
    written = rows_of(changed(school, "T1", scale=None, target="5+")).loc["T1"]
    assert written["scale"] == "gcse_9_1" and written["target_points"] == pytest.approx(5.33)


def test_a_target_on_another_scale_than_the_grades_is_not_compared_with_them(school):
    row = rows_of(changed(school, "T1", scale="nc_level", target="5c")).loc["T1"]
    assert pd.isna(row["scale"]) and pd.isna(row["expected"]) and not row["met"]


@given(st.floats(1, 9), st.sampled_from([{"5": 3}, {"5+": 1, "4=": 2}]))
def test_the_expected_grade_is_the_nearest_in_the_writing_of_the_subject(points, written):
    from sentrack_lib.measures.targets.beside_progress import _Grades

    seen = DataFrame({"now": list(written), "scale_now": "gcse_9_1", "subject": "Maths"})
    grades = target_grades(SCALES["gcse_9_1"], written)
    told = _Grades(SCALES, seen).nearest("Maths", SCALES["gcse_9_1"], points)
    away = np.abs(grades.points - points)
    assert away[grades.written.index(told)] == pytest.approx(away.min(), abs=1e-6)


# --- progress beside it ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("chance", "told"), [(0.5, LOW), (0.49, PERHAPS_LOW), (0.3, PERHAPS_LOW), (0.29, AS_EXPECTED), (np.nan, NOT_KNOWN)]
)
def test_progress_is_said_by_the_chance_of_low_growth(school, chance, told):
    assert rows_of(changed(school, "T1", chance)).loc["T1", "progress"] == told


def test_where_progress_is_not_known_it_is_said_why(school):
    row = rows_of(school).loc["T3"]
    assert (row["progress"], row["why_not"]) == (NOT_KNOWN, "Too few pupils.")


# --- what is asked ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("chance", "asked"),
    [
        (0.1, "progress is as expected or better: question the target"),
        (0.4, "growth may be low: look at what is provided"),
        (0.7, "low growth is likely: look at what is provided"),
        (np.nan, "progress cannot be told"),
    ],
)
def test_a_missed_target_questions_the_target_or_what_is_provided_by_the_progress_beside_it(school, chance, asked):
    for state in ("not reached", "partly reached"):
        question = rows_of(changed(school, "T2", chance, state=state)).loc["T2", "question"]
        assert question.startswith(f"{state.capitalize()}, and {asked}")


@pytest.mark.parametrize(
    ("reviewed", "left", "asked"),
    [
        ("2025-10-06", 0.78, "Reached with more than half of the time left: ask for a harder one."),
        ("2025-12-15", 0.22, "Reached before its day: ask for a harder one."),
        ("2026-01-12", 0.0, ""),
        ("2026-01-20", 0.0, ""),
    ],
)
def test_a_target_met_early_asks_for_a_harder_one(school, reviewed, left, asked):
    """From 8 September to 12 January are 126 days; on 6 October 98 are left, on 15 December 28."""
    row = rows_of(changed(school, "T3", reviewed_on=reviewed)).loc["T3"]
    assert row["left"] == pytest.approx(left, abs=0.01)
    assert (row["met"], row["question"]) == (True, asked)


def test_a_target_reached_without_progress_may_not_have_been_hard_enough(school):
    row = rows_of(changed(school, "T3", 0.6, reviewed_on="2026-01-12")).loc["T3"]
    assert row["question"] == "Reached, and yet low growth is likely: was it hard enough?"


def test_a_grade_that_is_there_before_anybody_noted_it_is_to_be_reviewed(school):
    met = changed(school, "T1", target="4")
    assert (
        rows_of(met, date(2025, 10, 1))
        .loc["T1", "question"]
        .startswith("The grade is there with more than half of the time left")
    )
    assert rows_of(met, DAY).loc["T1", "question"] == "The grade is there before its day: review it and ask for a harder one."
    over = rows_of(met, date(2026, 7, 10)).loc["T1"]
    assert (over["left"], over["question"]) == (0, "The grade is there: review it and agree the next one.")


def test_what_is_noted_and_what_the_grade_says_are_held_against_each_other(school):
    missed = rows_of(changed(school, "T2", target="4")).loc["T2", "question"]
    assert missed == "Noted as not reached, but the grade is there now: look at it again."
    reached = rows_of(changed(school, "T2", state="reached")).loc["T2", "question"]
    assert reached == "Noted as reached, but the grade is below it now: check whether it holds."


def test_open_due_and_dropped_targets_ask_only_where_something_is_wrong(school):
    asked = {
        (state, chance): rows_of(changed(school, "T2", chance, state=state)).loc["T2", "question"]
        for state in ("open", "goes on", "due", "dropped")
        for chance in (0.1, 0.7)
    }
    assert [asked[state, 0.1] for state in ("open", "goes on", "dropped")] == ["", "", ""]
    assert asked["due", 0.1] == "Its day is past and nobody has looked at it: review it."
    assert asked["due", 0.7].endswith("low growth is likely.")
    assert "is what is provided enough" in asked["open", 0.7] and "what takes its place" in asked["dropped", 0.7]


def test_without_days_it_is_not_said_how_early_it_was(school):
    for cells in ({"by": None}, {"set_on": None}, {"reviewed_on": None}, {"by": "2025-09-08"}):
        row = rows_of(changed(school, "T3", **cells)).loc["T3"]
        assert np.isnan(row["left"]) and row["question"] == ""


def test_empty_tables_give_an_empty_table_of_the_same_shape(school):
    none = {name: rows.iloc[:0] for name, rows in school.items()}
    for some in (none, {**school, "targets": none["targets"]}, {**none, "targets": school["targets"]}):
        found = targets_and_progress(some, SCALES, DAY)
        assert list(found) == COLUMNS and len(found) in (0, 3)
        assert (found.dtypes.drop(["set_on", "by", "reviewed_on"]) == rows_of(school).reset_index().dtypes[found.columns].drop(
            ["set_on", "by", "reviewed_on"])).all()  # fmt: skip


def test_a_row_that_comes_twice_in_a_table_doubles_nothing_and_nothing_is_changed(school):
    twice = {
        **school,
        "progress": pd.concat([school["progress"]] * 2),
        "suggested_targets": pd.concat([school["suggested_targets"]] * 2),
    }
    before = {name: rows.copy() for name, rows in twice.items()}
    pd.testing.assert_frame_equal(targets_and_progress(twice, SCALES, DAY), targets_and_progress(school, SCALES, DAY))
    for name, rows in twice.items():
        pd.testing.assert_frame_equal(rows, before[name])


STATES = ["open", "goes on", "due", "dropped", "reached", "partly reached", "not reached"]


@given(st.sampled_from(STATES), st.one_of(st.none(), st.floats(0, 1)), st.sampled_from(["1", "4", "9", "U", "13 words"]))
@settings(max_examples=40)
def test_whatever_is_recorded_a_missed_target_is_always_asked_about(state, chance, target):
    held = {"target_id": ["T1"], "kind": ["individual"], "pupil_id": ["P1"], "subject": ["Maths"], "what": ["I reach it"]}
    held |= {"scale": ["gcse_9_1"], "baseline": ["3"], "target": [target], "outcome": [None], "state": [state]}
    days = {name: pd.to_datetime([day]) for name, day in (("set_on", "2025-09-08"), ("by", "2026-01-12"), ("reviewed_on", None))}
    now = DataFrame({"pupil_id": ["P1"], "subject": ["Maths"], "scale": ["gcse_9_1"], "now": ["4"], "now_points": [4.0]})
    said = {"growth_percentile": [50.0], "p_low": [np.nan if chance is None else chance], "expected": [4.0], "why_not": [None]}
    known = {"progress": now[["pupil_id", "subject"]].assign(**said), "suggested_targets": now}
    (row,) = targets_and_progress({"targets": DataFrame(held | days), **known}, SCALES, DAY).to_dict("records")
    assert row["met"] == (state == "reached" or target in ("1", "4"))
    assert bool(row["question"]) or state not in ("partly reached", "not reached", "due")
    assert not (state == "open" and row["met"]) or "review it" in row["question"]


# --- were challenging targets hard enough ----------------------------------------------------------


@pytest.fixture(scope="module")
def invented():
    return load_school(PROJECT / "data" / "sample")


def test_the_back_test_is_of_a_summer_and_says_what_it_lacks(invented):
    assert back_test_of(invented, Term.named("2025-26-spring")).empty
    found = back_test_of(invented, Term.named("2025-26-summer"))
    assert found[["subject", "n", "reached"]].to_numpy().tolist() == [["all", 0, 0]]
    assert found["why"].str.startswith("Nothing could have been suggested a year ago").all()
    assert list(found) == [*challenging_reached(invented.tables, invented.scales, Term.named("2025-26-summer")), "why"]


def of_a_summer() -> DataFrame:
    rows = {"subject": ["all", "English", "Maths"], "n": [90, 60, 30], "reached": [30, 27, 3], "share": [1 / 3, 0.45, 0.1]}
    ends = {"expected": 0.25, "low": [np.nan, 0.33, 0.03], "high": [np.nan, 0.58, 0.26]}
    said = ["", "Set too low: more than 1 in 4 were reached.", "About 1 in 4, as meant."]
    return DataFrame(rows).assign(**ends, sentence=said, why="")


# --- what is shown ---------------------------------------------------------------------------------


def papers(school: dict[str, DataFrame], **more: DataFrame) -> Papers:
    about = DataFrame({"term": [str(NOW)], "label": ["Spring 2026"], "school": ["Sampleton"], "as_of": [DAY.isoformat()]})
    one = {
        "surname": "Sampleton",
        "forename": ["Robin", "Kim"],
        "form": "9A",
        "sen_need": None,
        "sen_status": "K",
        "year_group": "9",
    }
    roll = DataFrame({"pupil_id": ["P01", "P02"], **one})
    groups = DataFrame(columns=["pupil_id", "subject", "teaching_group"])
    kept = targets_and_progress(school, SCALES, DAY)
    return Papers("inclusion", {"about": about, "roll": roll, "teaching_groups": groups, "progress": school["progress"],
                                "targets_and_progress": kept, **more})  # fmt: skip


def test_the_table_asks_first_where_low_growth_is_likely(school):
    shown = tables.targets_and_progress(papers(school))
    assert isinstance(shown, Table)
    assert shown.frame["Pupil"].to_list() == ["Sampleton, Kim", "Sampleton, Robin", "Sampleton, Robin"]
    assert shown.frame["Progress"].to_list() == [LOW, NOT_KNOWN, AS_EXPECTED]
    assert shown.frame.iloc[0][["From", "Target", "Actual", "Expected"]].to_list() == ["3", "5", "4", "5"]
    assert len(tables.targets_and_progress(papers(school).on(subject="English")).frame) == 1
    assert "no target of a pupil" in tables.targets_and_progress(papers(school).on(year_group="7")).html()


def test_the_findings_count_what_was_kept_and_what_the_missed_ones_ask(school):
    found = findings.targets_kept(papers(school, target_back_test=of_a_summer()))
    assert isinstance(found, Sentences)
    assert list(found.lines) == [
        "2 targets of pupils in a subject ended this school year: 1 reached, 0 partly reached, 1 not reached.",
        "Beside the only missed target low growth is likely: look at what is provided.",
        "1 target is reached with more than half of the time left: ask for harder ones.",
        "Of 90 challenging targets that would have been suggested a year ago, 30 were reached (33 in 100; 25 are meant). "
        "English: set too low: more than 1 in 4 were reached.",
    ]


def test_where_nothing_has_ended_or_nothing_may_be_seen_that_is_said(school):
    none = {**school, "targets": school["targets"].iloc[:0]}
    assert "No target of a pupil" in repr(findings.targets_kept(papers(none)))
    blind = Papers("governors", {"about": papers(none).tables["about"]})
    for part in (findings.targets_kept, tables.targets_and_progress, tables.back_test, tables.goals):
        assert isinstance(part(blind), Unseen)
    told = repr(findings.targets_kept(Papers("governors", {**blind.tables, "target_back_test": of_a_summer()})))
    assert told.startswith("Of 90 challenging targets")


def test_the_back_test_is_printed_subject_by_subject(school):
    whole = papers(school, target_back_test=of_a_summer())
    shown = tables.back_test(whole)
    assert shown.frame["Subject"].to_list() == ["all together", "English", "Maths"]
    assert shown.frame["Likely between"].to_list() == ["", "33 to 58", "3 to 26"]
    assert tables.back_test(whole.on(subject="Maths")).frame["Subject"].to_list() == ["all together", "Maths"]
    assert "each summer" in tables.back_test(papers(school, target_back_test=of_a_summer().iloc[:0])).html()


# --- every part, every reader, every part of the school ---------------------------------------------

PARTS = (
    figures.single_case, findings.targets_kept, tables.back_test, tables.goals, tables.reading_ages, tables.single_case,
    tables.targets_and_progress,
)  # fmt: skip


def more_of(found: dict[str, DataFrame], records, invented) -> dict[str, DataFrame]:
    """The tables of this room for the invented school, with scores and short measures of some of its pupils."""
    term, on, calendar = Term.named("2025-26-summer"), date(2026, 7, 20), invented.settings.calendar
    scored = found["targets"].query("kind == 'individual'").head(60)
    marks = {"target_id": scored["target_id"], "on": "2026-06-01", "attained": [place % 5 - 2 for place in range(len(scored))]}
    reviews = DataFrame(marks).assign(reviewed_by=scored["owner"], term="2025-26-summer")
    days = pd.date_range("2026-04-20", periods=10, freq="7D").strftime("%Y-%m-%d")
    numbers = {"phase": ["before"] * 4 + ["during"] * 6, "value": [3, 4, 3, 5, 6, 8, 7, 9, 8, 9], "better": "higher"}
    every = [
        DataFrame({"on": days, **numbers}).assign(pupil_id=pupil, measure="Words spelt")
        for pupil in found["roll"]["pupil_id"][:3]
    ]
    part = records["provision_pupils"].query("provision_id == 'PR02' and term.str.startswith('2025-26')")
    more = {"target_reviews": reviews, "short_measures": pd.concat(every).assign(term="2025-26-summer")}
    more["provision_pupils"] = part.assign(baseline="9:02", outcome="9:08")
    return {
        "targets_and_progress": targets_and_progress(found, invented.scales, on),
        "target_back_test": back_test_of(invented, term),
        "reading_ages": reading_ages({**records, **more}, found["roll"], term, calendar, on),
        **goals({**records, **more}, found["roll"], term, calendar, on),
        **single_case({**records, **more}, found["roll"], term, on),
    }


@pytest.fixture(scope="module")
def places(invented) -> list[Papers]:
    asked = Parameters(school=PROJECT / "data" / "sample", term="2025-26-summer")
    school = recorded(invented)
    found = reviewed(asked, school)
    more = more_of(found, school.records, invented)
    inclusion = Papers("inclusion", found | more)
    own = for_audience(found, "department", ["English"])
    department = Papers("department", own | {name: more[name] for name in more if name != "target_back_test"})
    governors = Papers("governors", for_audience(found, "governors") | {"target_back_test": more["target_back_test"]})
    pupil = str(more["single_case"]["pupil_id"].iloc[0])
    opened = [("9",), (ALL, "Science"), ("9", "English"), ("9", "English", "9/En3"), (ALL, ALL, ALL, pupil)]
    return [inclusion, *(inclusion.on(*place) for place in opened), department.on(ALL, "English"), governors]


def of_nobody(papers: Papers) -> Papers:
    empty = {name: table.iloc[:0] for name, table in papers.tables.items()}
    return Papers(papers.audience, {**empty, "about": papers.tables["about"]})


@pytest.mark.parametrize("part", PARTS, ids=lambda part: f"{part.__module__.split('.')[-2]}.{part.__name__}")
@pytest.mark.filterwarnings("error")
def test_every_part_is_shown_to_every_reader_everywhere_and_where_there_is_nobody(places, part):
    for papers in places:
        shown = part(papers)
        assert shown.html() and repr(shown).strip(), papers.title
        assert not re.search(r"\b(nan|None(?! of)|NaT|<NA>|inf)\b", repr(shown)), (papers.title, repr(shown))
        assert part(of_nobody(papers)).html()
    governors = places[-1]
    assert not re.search("|".join(places[0].roll["pupil_id"]), repr(part(governors)))
    assert part(places[0]).html() == part(places[0]).html()
