"""Targets: what the year above reached from the same grade, how those that were set stand, and what to mind before saving one."""

import json
from datetime import date
from functools import cache

import numpy as np
import pandas as pd
import pytest
from generated_schools import tables_of_terms
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas import DataFrame
from pandas.testing import assert_frame_equal

from sentrack_lib.measures.groups.certainty import wilson
from sentrack_lib.measures.targets import (
    challenging_reached,
    chance_in,
    curricular_targets,
    plans_of_pupils,
    said,
    score_below,
    suggested_targets,
    target_warnings,
    targets_held,
)
from sentrack_lib.measures.targets.chances import kept_chances
from sentrack_lib.measures.targets.set_targets import COLUMNS
from sentrack_lib.measures.targets.target_grades import target_grades
from sentrack_lib.settings import SchoolSettings
from sentrack_lib.sources.sample import invent
from sentrack_lib.sources.scales import read_grades, scales_of
from sentrack_lib.terms import Term

OWN = {"steps": {"grades": ["Emerging", "Secure", "Above"], "points": [1, 2, 3]}}
SCALES = scales_of(SchoolSettings(name="Nowhere School", scales=OWN))  # type: ignore[arg-type]
NOW, THEN = Term.named("2025-26-spring"), Term.named("2024-25-spring")
TODAY = date(2026, 3, 20)
GOAL = "Agree a goal that can be observed, with how one will see that it is reached."


# --- a school of two year groups, drawn by hand -----------------------------------------------------


def marks(prefix: str, points, term: Term = NOW, scale: str = "percentage") -> DataFrame:
    """One mark a pupil (`B000`, `B001` …) in Maths; `points` are numbers or what was written instead."""
    written = [each if isinstance(each, str) else f"{each:g}" for each in points]
    ids = [f"{prefix}{place:03d}" for place in range(len(written))]
    row = {"term": str(term), "pupil_id": ids, "subject": "Maths", "kind": "actual", "scale": scale, "grade": written}
    return DataFrame(row).assign(assessed_on=pd.NaT)


def school(*parts: DataFrame, years=None) -> dict[str, DataFrame]:
    """The tables of a school: pupils A in Year 9, pupils B in Year 8, unless `years` says otherwise."""
    texts = ["term", "pupil_id", "subject", "kind", "scale", "grade"]
    assessments = pd.concat(parts, ignore_index=True).astype(dict.fromkeys(texts, "str") | {"assessed_on": "datetime64[ns]"})
    pupils = DataFrame({"pupil_id": sorted(set(assessments["pupil_id"])), "term": str(NOW)}, dtype="str")
    pupils["year_group"] = pupils["pupil_id"].str[0].map(years or {"A": "9", "B": "8"}).astype("str")
    no_priors = DataFrame(columns=["term", "pupil_id", "subject", "stage", "scale", "grade"], dtype="str")
    no_groups = DataFrame(columns=["term", "pupil_id", "subject", "teaching_group"], dtype="str")
    return {
        "pupils": pupils,
        "assessments": read_grades(assessments, SCALES),
        "prior_attainment": read_grades(no_priors, SCALES),
        "teaching_groups": no_groups,
    }


def ahead(pupils: int = 100, seed: int = 1) -> tuple[DataFrame, DataFrame]:
    """What the year above had a year ago and has now, in per cent."""
    chance = np.random.default_rng(seed)
    then = np.clip(np.round(chance.normal(50, 10, pupils)), 20, 80)
    return marks("A", then, THEN), marks("A", np.clip(np.round(0.8 * then + 18 + chance.normal(0, 6, pupils)), 1, 99))


def of_year_8(tables: dict[str, DataFrame]) -> DataFrame:
    found = suggested_targets(tables, SCALES, NOW)
    return found[found["pupil_id"].str.startswith("B")].set_index("pupil_id")


# --- what the year above reached --------------------------------------------------------------------


@cache
def invented():
    invention = invent(600, 4, 2)
    term = invention.terms[-1]
    return tables_of_terms(invention, (term.a_year_earlier(), term), SCALES), term


@cache
def suggested() -> DataFrame:
    return suggested_targets(*[invented()[0], SCALES, invented()[1]])


def cohorts_by_hand():
    """Each cohort a year above, and the pupils below it: everything looked up once more, with plain pandas."""
    tables, term = invented()
    actual = tables["assessments"][tables["assessments"]["kind"].eq("actual")].astype({"pupil_id": "str", "subject": "str"})
    actual = actual[actual["points"].notna()].drop_duplicates(["term", "pupil_id", "subject"], keep="last")
    roll = tables["pupils"][tables["pupils"]["term"].eq(str(term))]
    year = roll.set_index(roll["pupil_id"].astype("str"))["year_group"].astype(int)
    who = ["pupil_id", "subject"]
    marks = actual.astype({"scale": "str", "term": "str"})[["term", *who, "scale", "points"]]
    now, then = (marks[marks["term"].eq(str(each))].drop(columns="term") for each in (term, term.a_year_earlier()))
    both = now.merge(then, how="left", on=who, suffixes=("", "_then")).assign(year=lambda rows: rows["pupil_id"].map(year))
    for key, cohort in both.dropna().groupby(["year", "subject", "scale_then", "scale"]):
        if len(cohort) >= 60:
            below = both[both["year"].eq(key[0] - 1) & both["subject"].eq(key[1]) & both["scale"].eq(key[2])]
            yield cohort["points_then"].to_numpy(), cohort["points"].to_numpy(), below.set_index("pupil_id")["points"], key


def fitted_by_hand(x: np.ndarray, y: np.ndarray):
    """Methods 3.1 with nothing but numpy: the usual score and the spread from a start, and the ordered u."""
    powers = 3 if len(x) >= 120 else 2
    powers_of = np.vander((x - x.mean()) / x.std(), powers, increasing=True)
    b = np.linalg.solve(powers_of.T @ powers_of, powers_of.T @ y)
    h = np.diag(powers_of @ np.linalg.inv(powers_of.T @ powers_of) @ powers_of.T)
    e = (y - powers_of @ b) / np.sqrt(1 - h)
    a = np.polyfit(powers_of[:, 1], np.log(np.abs(e) + 0.05 * e.std()), 1)
    c = 1 / np.sqrt(np.mean((e / np.exp(np.polyval(a, powers_of[:, 1]))) ** 2))

    def around(start: float) -> tuple[float, float]:
        z = (start - x.mean()) / x.std()
        return float(b @ z ** np.arange(powers)), float(np.exp(np.polyval(a, z)) * c)

    return around, np.sort([value / around(start)[1] for value, start in zip(e, x, strict=True)])


def test_the_targets_of_every_pupil_are_those_of_the_formula_worked_out_once_more():
    found = {(row["pupil_id"], row["subject"]): row for row in suggested().to_dict("records")}
    compared = 0
    for x, y, below, key in cohorts_by_hand():
        around, u = fitted_by_hand(x, y)
        cuts = np.quantile(u, [0.5, 0.75, 0.9])
        for pupil, start in below.items():
            row = found[pupil, key[1]]
            if pd.isna(row["challenging_score"]):
                assert row["why_not"]
                continue
            expected, spread = around(start)
            scores = [row[f"{name}_score"] for name in ("typical", "challenging", "exceptional")]
            assert np.abs(scores - (expected + spread * cuts)).max() < 1e-9
            compared += 1
    assert compared == suggested()["challenging_score"].notna().sum() > 3000


def test_the_chance_is_a_plain_count_of_the_pupils_who_stood_there():
    """A grade counts as reached from midway to the grade below on: there, a score is graded so."""
    found = {(row["pupil_id"], row["subject"]): row for row in suggested().to_dict("records")}
    for x, y, below, key in cohorts_by_hand():
        around, u = fitted_by_hand(x, y)
        rows = [(start, found[pupil, key[1]]) for pupil, start in below.items()]
        step = {"nc_level": 2, "percentage": 1, "gcse_9_1": None}[key[3]]
        for start, row in rows[:20] if step else []:
            if pd.notna(row["challenging"]) and row["challenging"] != "EP":
                expected, spread = around(start)
                count = sum(value >= (row["challenging_points"] - step / 2 - expected) / spread - 1e-9 for value in u)
                assert row["challenging_chance"] == count / len(u)


def test_the_target_is_the_next_grade_in_the_schools_own_writing():
    found = suggested()
    told = found[found["challenging"].notna()]
    for name in ("typical", "challenging", "exceptional"):
        points = [SCALES[scale].read(grade).points for scale, grade in zip(told["target_scale"], told[name], strict=True)]
        assert np.allclose(points, told[f"{name}_points"])
        assert (told[f"{name}_points"] >= told[f"{name}_score"] - 1e-9).mean() > 0.99
    fine = told[told["target_scale"].eq("gcse_9_1")]["challenging"]
    assert fine.str.contains("[-=+]$").all()
    assert told[told["target_scale"].eq("nc_level")]["challenging"].str.fullmatch("[1-8][abc]|EP").all()


def test_between_the_two_ends_a_target_is_realistic_and_outside_it_is_not():
    told = suggested().dropna(subset=["realistic_low", "chances"]).drop_duplicates(["year_group", "subject", "now"])
    assert len(told) > 300
    for row in told.to_dict("records"):
        scale = SCALES[row["target_scale"]]
        low, high = (scale.read(row[end]).points for end in ("realistic_low", "realistic_high"))
        grades = {grade: scale.read(grade).points for grade in json.loads(row["chances"])}
        for grade, points in grades.items():
            assert (low <= points <= high) == (0.15 <= round(chance_in(row["chances"], grade, scale), 4) <= 0.40)


def test_a_target_applies_to_the_same_length_of_time_as_the_year_above_had():
    assert set(suggested()["applies_to"].dropna()) == {365}
    assert set(suggested()["start_term"].dropna()) == {str(invented()[1].a_year_earlier())}


def test_what_a_score_and_a_chance_mean_is_said():
    assert score_below("challenging") == "3 in 4 pupils with this start score below this."
    assert said(0.3) == "about 3 in 10 pupils who stood here reached it"
    assert said(0.25) == "about 3 in 10 pupils who stood here reached it"
    assert said(0.02) == "fewer than 1 in 20 pupils who stood here reached it"
    assert said(0.06) == "about 1 in 10 pupils who stood here reached it"
    assert said(1) == "nearly all pupils who stood here reached it"
    assert said(np.nan) == ""


@given(st.lists(st.floats(0, 1), min_size=2, max_size=9))
@settings(max_examples=60)
def test_kept_chances_are_read_as_they_were_kept_and_between_two_grades_the_upper_counts(chances):
    falling = sorted((round(chance, 4) for chance in chances), reverse=True)
    grades = [str(place * 10) for place in range(1, len(falling) + 1)]
    kept = kept_chances(grades, falling)
    for grade, chance in zip(grades, falling, strict=True):
        assert chance_in(kept, grade, SCALES["percentage"]) == chance
        assert chance_in(kept, f" {grade}.0", SCALES["percentage"]) == chance
    for place, grade in enumerate(grades[:-1]):
        assert chance_in(kept, f"{grade}.5", SCALES["percentage"]) == falling[place + 1]


# --- a target that is set is reached by as many as was said -----------------------------------------


@cache
def a_year_later() -> DataFrame:
    """Schools without any difference but luck: what was suggested a year ago to all pupils, beside what they have now."""
    return pd.concat([_later(seed) for seed in range(1, 7)], ignore_index=True)


@cache
def generated(seed: int):
    invention = invent(500, 7, seed, planted=False, luck=True)
    term = invention.terms[-1]
    then = term.a_year_earlier()
    return tables_of_terms(invention, (then.a_year_earlier(), then, term), SCALES), term


def _later(seed: int) -> DataFrame:
    tables, term = generated(seed)
    then = suggested_targets(tables, SCALES, term.a_year_earlier())
    now = tables["assessments"]
    now = now[now["term"].eq(str(term)) & now["kind"].eq("actual") & now["points"].notna()]
    now = now[["pupil_id", "subject", "scale", "points"]].astype({name: "str" for name in ("pupil_id", "subject", "scale")})
    rows = then.dropna(subset=["challenging"]).merge(now.rename(columns={"scale": "target_scale"}))
    return rows.assign(seed=seed)


def test_of_challenging_targets_set_a_year_ago_one_in_four_is_reached():
    rows = a_year_later()
    reached = rows["points"] >= rows["challenging_points"] - 1e-9
    assert len(rows) > 10_000
    assert abs(reached.mean() - 0.25) < 0.03
    of = reached.groupby([rows["seed"], rows["year_group"], rows["subject"]]).agg(["sum", "size"])
    ends = wilson(of["sum"], of["size"])
    # The cohort that says it is a sample as well: its quantile is as uncertain as the share, so that fewer than 95 % contain it.
    assert ((ends["low"] <= 0.25) & (ends["high"] >= 0.25)).mean() > 0.75


@pytest.mark.parametrize("ambition", ["typical", "challenging", "exceptional"])
def test_as_many_reach_a_target_as_was_said(ambition):
    rows = a_year_later()
    reached = rows["points"] >= rows[f"{ambition}_points"] - 1e-9
    assert abs(reached.mean() - rows[f"{ambition}_chance"].mean()) < 0.03


def test_the_back_test_counts_the_same_subject_by_subject():
    tables, term = generated(1)
    found = challenging_reached(tables, SCALES, term).set_index("subject")
    rows = a_year_later()[a_year_later()["seed"].eq(1)]
    reached = (rows["points"] >= rows["challenging_points"] - 1e-9).groupby(rows["subject"]).agg(["size", "sum"])
    assert found.loc["all", ["n", "reached"]].tolist() == [len(rows), reached["sum"].sum()]
    assert np.isnan(found.loc["all", "low"])
    for subject, count in reached.iterrows():
        assert found.loc[subject, ["n", "reached"]].tolist() == count.tolist()
        inside = found.loc[subject, "low"] <= 0.25 <= found.loc[subject, "high"]
        assert inside == (found.loc[subject, "sentence"] == "About 1 in 4, as meant.")


def test_a_school_with_no_earlier_year_has_no_back_test():
    assert challenging_reached(school(*ahead()), SCALES, NOW).empty


# --- where nothing can be suggested it is said why --------------------------------------------------


def test_the_oldest_have_nobody_ahead_of_them():
    found = suggested_targets(school(*ahead()), SCALES, NOW)
    why = f"Nobody on the roll is a year ahead of Year 9, so nobody has shown what comes next. {GOAL}"
    assert found["why_not"].tolist() == [why] * 100
    assert found["challenging"].isna().all()


def test_a_year_above_of_59_is_too_small_and_one_of_60_is_not():
    few = of_year_8(school(*ahead(59), marks("B", [50])))
    said_of = "Too few pupils of Year 9 (59) stood on this scale when they were in Year 8: at least 60 are needed."
    assert few.loc["B000", "why_not"] == f"{said_of} {GOAL}"
    enough = of_year_8(school(*ahead(60), marks("B", [50])))
    assert pd.isna(enough.loc["B000", "why_not"]) and enough.loc["B000", "cohort_n"] == 60


def test_a_start_outside_those_of_the_year_above_says_nothing():
    found = of_year_8(school(*ahead(), marks("B", [2, 50, 97])))
    assert (
        found.loc["B000", "why_not"]
        == f"Nobody in the year above stood so low a year before, so nothing says what comes next. {GOAL}"
    )
    assert pd.isna(found.loc["B001", "why_not"])
    assert found.loc["B002", "why_not"].startswith("Nobody in the year above stood so high")


def test_without_a_grade_or_on_a_scale_without_points_there_are_goals_only():
    parts = marks("B", ["ABS", "50"]), marks("C", ["P6"], scale="p_scale"), marks("D", ["PK4"], scale="pre_key_stage")
    years = {"A": "9", "B": "8", "C": "8", "D": "8"}
    found = suggested_targets(school(*ahead(), *parts, years=years), SCALES, NOW).set_index("pupil_id")
    assert found.loc["B000", "why_not"] == f"No grade this term: absent. {GOAL}"
    for pupil in ("C000", "D000"):
        assert "has an order but no points" in found.loc[pupil, "why_not"] and found.loc[pupil, "why_not"].endswith(GOAL)


def test_where_the_year_group_is_not_known_nobody_is_ahead():
    found = of_year_8(school(*ahead(), marks("B", [50]), years={"A": "9", "B": "Lower School"}))
    assert found.loc["B000", "why_not"].startswith("The year group is not known")


def test_a_year_above_that_is_measured_from_this_school_year_was_never_in_the_year_below():
    then, now = ahead()
    found = of_year_8(school(then.assign(term="2025-26-autumn"), now, marks("B", [50])))
    assert found.loc["B000", "why_not"].startswith(
        "The progress of Year 9 is not measured on this scale from when it was in Year 8."
    )


def test_a_year_above_that_started_at_the_floor_cannot_tell():
    then, now = ahead()
    then.loc[:40, "grade"] = "0"
    found = of_year_8(school(then, now, marks("B", [50])))
    assert found.loc["B000", "why_not"].startswith("Year 9, a year ahead: Floor: 41 %")


def test_at_the_top_of_the_scale_there_is_no_higher_grade():
    then, now = ahead()
    then.loc[0, "grade"] = "100"
    found = of_year_8(school(then, now, marks("B", [100])))
    assert found.loc["B000", "why_not"] == f"No grade of the scale is higher than this one. {GOAL}"
    assert pd.isna(found.loc["B000", "typical"])


def test_a_target_is_measurable_beyond_one_error_of_growth():
    then, now = ahead()
    now["grade"] = [f"{float(grade) - 10:g}" for grade in now["grade"]]
    row = of_year_8(school(then, now, marks("B", [50]))).loc["B000"]
    x, y = (part["grade"].astype(float).to_numpy() for part in (then, now))
    noise = np.sqrt(x.var() * 0.3 + y.var() * 0.3)  # the reliability of a percentage is .70
    assert row["sem_growth"] == pytest.approx(noise)
    assert row["measurable_from"] == str(int(np.floor(50 + noise)) + 1)
    assert row["challenging_points"] - 50 < noise
    assert row["advice"].endswith("give it more time, or agree a goal that can be observed.")


def test_advice_to_take_more_time_is_given_exactly_where_the_challenging_target_is_within_that_error():
    told = suggested().dropna(subset=["challenging_points", "sem_growth"])
    near = told["challenging_points"] - told["now_points"] <= told["sem_growth"]
    assert (told["advice"].notna() == near).all() and 0 < near.mean() < 1


def test_between_two_scales_nothing_is_subtracted():
    then, now = ahead()
    grades = (now["grade"].astype(float) // 12 + 1).astype(int).astype(str)
    row = of_year_8(school(then, now.assign(scale="gcse_9_1", grade=grades), marks("B", [50]))).loc["B000"]
    assert (row["scale"], row["target_scale"]) == ("percentage", "gcse_9_1")
    assert row["challenging"] in list("123456789")
    assert row[["sem_growth", "measurable_from", "advice"]].isna().all()


def test_an_empty_school_has_no_suggestion_and_all_columns():
    tables = school(marks("B", [50]))
    empty = {name: table.iloc[:0] for name, table in tables.items()}
    found = suggested_targets(empty, SCALES, NOW)
    assert found.empty and list(found.columns) == list(suggested().columns)


def test_neither_the_tables_nor_the_order_of_their_rows_matters():
    tables = school(*ahead(), marks("B", range(30, 70)))
    copies = {name: table.copy() for name, table in tables.items()}
    found = suggested_targets(tables, SCALES, NOW)
    for name, table in tables.items():
        assert_frame_equal(table, copies[name])
    turned = {name: table.iloc[::-1].reset_index(drop=True) for name, table in tables.items()}
    assert_frame_equal(suggested_targets(turned, SCALES, NOW), found)


def test_grades_are_offered_as_a_subject_writes_them():
    written = lambda scale, *grades: target_grades(SCALES[scale], dict.fromkeys(grades, 1)).written  # noqa: E731
    assert written("nc_level", "4", "5") == ("W", "1", "2", "3", "4", "5", "6", "7", "8", "EP")
    assert written("nc_level", "4c", "5A")[:4] == ("W", "1c", "1b", "1a")
    assert written("gcse_9_1", "5", "6") == tuple("123456789")
    assert written("gcse_9_1") == tuple("123456789")
    assert "5+" in written("gcse_9_1", "5+", "5=") and "5" not in written("gcse_9_1", "5+", "5=")
    assert written("gcse_9_1", "5-4", "5-5")[-3:] == ("8-8", "9-8", "9-9")
    assert written("steps", "Secure") == ("Emerging", "Secure", "Above")
    assert written("percentage")[-2:] == ("99", "100")


# --- targets that were set --------------------------------------------------------------------------

TARGETS = """
target_id | kind       | pupil_id | teaching_group | subject | what        | measured_by | scale      | baseline | target | strategy | owner | set_on     | by         | term
T1        | individual | B000     |                | Maths   | Tables      | a test      | percentage | 50       | 63     | daily    | Ms X  | 2025-11-01 | 2026-11-01 | 2025-26-autumn
T2        | individual | B000     |                | Maths   | Fractions   | a test      | percentage | 50       | 60     | weekly   | Ms X  | 2025-09-10 | 2026-03-01 | 2025-26-autumn
T3        | individual | B000     |                |         | Ask for help | a count    |            | 1        | 5      | a card   | Ms X  | 2025-09-10 | 2026-03-01 | 2025-26-autumn
T4        | individual | B000     |                |         | Plan a week | a list      |            | 0        | 4      | a card   | Ms X  | 2025-09-10 | 2026-03-01 | 2025-26-autumn
T5        |            |          | 8/Ma1          | Maths   | Show work   | a sample    |            | 3        | 9      | modelled | Mr Y  | 2025-09-10 | 2026-07-01 | 2025-26-autumn
T6        | curricular |          |                | Maths   | Reason      |             |            |          |        |          |       |            |            | 2025-26-autumn
T7        | individual | Z999     |                | Maths   | Left        | a test      |            | 1        | 2      | x        | Mr Y  | 2025-09-10 | 2026-03-01 | 2025-26-autumn
T8        | individual | B000     |                | Maths   | Old and done | a test      |            | 1        | 2      | x        | Mr Y  | 2024-09-10 | 2025-03-01 | 2024-25-autumn
T9        | individual | B000     |                | Maths   | Old and open | a test      |            | 1        | 2      | x        | Mr Y  | 2024-09-10 | 2025-03-20 | 2024-25-autumn
T10       | individual | B000     |                | Maths   | Next term's | a test      |            | 1        | 2      | x        | Mr Y  | 2026-05-10 | 2026-09-01 | 2025-26-summer
"""  # fmt: skip  # noqa: E501
REVIEWS = """
target_id | on         | result      | outcome | term
T2        | 2026-01-10 | goes on     |         | 2025-26-spring
T2        | 2026-03-05 | Reached     | 61      | 2025-26-spring
T2        | 2026-04-01 | not reached |         | 2025-26-spring
T3        | 2026-01-10 | goes on     |         | 2025-26-spring
T4        | 2026-03-10 | goes on     |         | 2025-26-spring
T8        | 2025-03-01 | reached     | 2       | 2024-25-spring
"""


@cache
def year_8() -> dict[str, DataFrame]:
    return school(*ahead(), marks("B", [50, 51, 52]))


@cache
def year_8_suggested() -> DataFrame:
    return suggested_targets(year_8(), SCALES, NOW)


def held(targets: DataFrame, reviews: DataFrame | None = None, roll: DataFrame | None = None) -> DataFrame:
    records = {"targets": targets} | ({} if reviews is None else {"target_reviews": reviews})
    here = year_8()["pupils"] if roll is None else roll
    return targets_held(records, here, year_8_suggested(), NOW, None, TODAY, SCALES)


@pytest.fixture
def found(table) -> DataFrame:
    return held(table(TARGETS), table(REVIEWS)).set_index("target_id")


def test_how_a_target_stands_is_what_its_last_review_up_to_the_day_says(found):
    states = {"T1": "open", "T2": "reached", "T3": "due", "T4": "goes on", "T5": "open", "T6": "open", "T9": "due"}
    assert found["state"].to_dict() == states
    assert (found.loc["T2", "outcome"], found.loc["T2", "reviewed_on"]) == ("61", pd.Timestamp("2026-03-05"))
    assert found["overdue_days"].dropna().to_dict() == {"T3": 19, "T9": 365}


def test_on_its_day_a_target_is_not_yet_overdue(table):
    today = table(TARGETS).query("target_id == 'T1'").assign(by=str(TODAY))
    assert held(today)["state"].tolist() == ["open"]
    assert held(today.assign(by="2026-03-19"))["overdue_days"].tolist() == [1]


def test_pupils_who_left_targets_ended_last_year_and_those_of_next_term_are_not_held(found):
    assert not {"T7", "T8", "T10"} & set(found.index)


def test_who_a_target_is_for_says_its_kind_where_nobody_wrote_it(found):
    assert found["kind"].to_dict() == dict.fromkeys(["T1", "T2", "T3", "T4", "T9"], "individual") | {
        "T5": "group",
        "T6": "curricular",
    }


def test_what_a_target_lacks_is_named(found):
    assert found.loc["T1", "gaps"] == ""
    lacks = "where it starts, what is to be reached, how it is measured, what is done, by when, who sees to it"
    assert found.loc["T6", "gaps"] == lacks
    assert found.loc["T6", "advice"] == f"One cannot say yet whether it is reached. It lacks: {lacks}."


def test_the_chance_is_that_of_the_pupils_who_stood_at_the_baseline(found):
    start = year_8_suggested().set_index("pupil_id").loc["B000"]
    for target, grade in (("T1", "63"), ("T2", "60")):
        assert found.loc[target, "chance"] == chance_in(start["chances"], grade, SCALES["percentage"]) > 0
    assert found.loc[["T3", "T5", "T9"], "chance"].isna().all()


def test_what_to_do_next_is_said_of_targets_whose_day_is_past(found):
    assert found.loc["T3", "advice"] == "Its day is past: review it."
    assert found.loc["T4", "advice"] == "It goes on, but its day is past: set a new one."
    assert found.loc["T2", "advice"] == ""


def test_an_ended_target_wants_its_outcome(table):
    reviews = table("target_id | on | result | term\nT2 | 2026-03-05 | partly reached | 2025-26-spring")
    row = held(table(TARGETS), reviews).set_index("target_id").loc["T2"]
    assert (row["state"], row["advice"]) == ("partly reached", "Write down the outcome: the grade, score or count reached.")


def test_a_review_in_other_words_leaves_the_target_as_it_was(table):
    reviews = table("target_id | on | result | term\nT1 | 2026-03-05 | fine so far | 2025-26-spring")
    row = held(table(TARGETS), reviews).set_index("target_id").loc["T1"]
    assert row["state"] == "open" and "“fine so far” does not say how it stands" in row["advice"]


def test_of_two_versions_the_newer_holds(table):
    changed = table(TARGETS).query("target_id == 'T1'").assign(target="70", term="2025-26-spring")
    both = held(pd.concat([changed, table(TARGETS)]))
    assert both.set_index("target_id").loc["T1", "target"] == "70"
    later = held(pd.concat([table(TARGETS), changed.assign(target="80", term="2025-26-summer")]))
    assert later.set_index("target_id").loc["T1", "target"] == "63"


def test_without_records_there_are_no_targets_and_all_columns():
    for records in ({}, {"targets": DataFrame()}):
        nothing = targets_held(records, year_8()["pupils"], year_8_suggested(), NOW, None, TODAY, SCALES)
        assert nothing.empty and list(nothing.columns) == COLUMNS
        assert plans_of_pupils(nothing).empty and curricular_targets(nothing).empty


def test_targets_are_held_where_nothing_is_suggested_and_where_days_are_missing(table):
    bare = table(TARGETS).assign(set_on=None, by="some day")
    nothing = DataFrame(columns=year_8_suggested().columns)
    kept = targets_held({"targets": bare}, year_8()["pupils"], nothing, NOW, None, TODAY, SCALES)
    assert set(kept["state"]) == {"open"} and kept["chance"].isna().all() and kept["overdue_days"].isna().all()
    assert kept["gaps"].str.contains("by when").all()


# --- plans and curricular targets -------------------------------------------------------------------


def test_a_plan_counts_a_pupils_open_targets(found):
    plan = plans_of_pupils(found.reset_index()).set_index("pupil_id").loc["B000"]
    assert plan[["open", "due", "reached", "not_reached", "too_many"]].tolist() == [4, 2, 1, 0, False]
    assert plan["sentence"] == "4 open targets, 2 past the day and not reviewed, 1 reached."


def test_five_open_targets_are_too_many_for_a_plan(table):
    plan = plans_of_pupils(held(table(TARGETS))).set_index("pupil_id").loc["B000"]
    assert (plan["open"], plan["too_many"]) == (6, True)
    assert plan["sentence"].endswith("An individual plan has three or four at most: end or drop some.")


def test_group_and_curricular_targets_are_counted_by_subject(found):
    counted = curricular_targets(found.reset_index())
    assert counted.to_dict("list") == {
        "subject": ["Maths", "Maths"], "kind": ["curricular", "group"],
        "n": [1, 1], "open": [1, 1], "due": [0, 0], "reached": [0, 0],
    }  # fmt: skip


# --- what is said before a target is saved ----------------------------------------------------------

GOOD = {
    "target_id": "new", "kind": "individual", "pupil_id": "B000", "subject": "Maths", "what": "Reach the next stage",
    "measured_by": "a test", "scale": "percentage", "baseline": "50", "target": "66", "strategy": "daily", "owner": "Ms X",
    "set_on": pd.Timestamp("2026-03-20"), "by": pd.Timestamp("2027-03-20"), "reason": "Has caught up since Christmas",
}  # fmt: skip


def warned(**changed) -> list[str]:
    nobody = held(DataFrame())
    return target_warnings(GOOD | changed, year_8_suggested(), changed.pop("held", nobody), SCALES)


def test_a_good_target_is_saved_without_a_word():
    assert warned() == []


def test_each_fault_of_a_target_has_its_sentence():
    assert warned(strategy=None, owner=" ") == [
        "One cannot say yet whether it is reached. It lacks: what is done, who sees to it."
    ]
    assert warned(target="45") == ["The target 45 is not above 50, where it starts."]
    assert warned(target="6b") == ["“6b” is not a grade of Percentage."]
    fewer = "The target 6 is not above 9, where it starts. If fewer is better, write it so: 6 or fewer."
    assert warned(scale="", baseline="9", target="6") == [fewer]
    assert warned(scale="", baseline="9", target="6 or fewer") == []
    (near,) = warned(target="53")
    assert near.startswith("3 points more are within the ") and near.endswith("or agree a goal that can be observed.")
    assert warned(by="2026-06-20") == ["They had 12 months for it; this target has 3."]


def test_outside_the_realistic_range_a_reason_is_asked_for_with_the_chance():
    start = year_8_suggested().set_index("pupil_id").loc["B000"]
    low, high = (int(start[end]) for end in ("realistic_low", "realistic_high"))
    hard = warned(target=str(high + 1), reason="")
    assert hard[-1].startswith("Hardly anybody reaches this: about 1 in 10 pupils who stood here reached it.")
    assert warned(target="90", reason=None) == [
        "Hardly anybody reaches this: fewer than 1 in 20 pupils who stood here reached it. Write down the reason for it."
    ]
    easy = warned(target=str(low - 1), reason="")
    assert easy[-1].startswith("Many reach this: about 4 in 10 pupils who stood here reached it.")
    for inside in (low, high):
        assert not any("reason" in sentence for sentence in warned(target=str(inside), reason=""))


def test_the_fifth_open_target_is_one_too_many(table):
    four = held(table(TARGETS), table(REVIEWS))
    assert four["state"].isin(["open", "due", "goes on"])[four["pupil_id"].eq("B000")].sum() == 4
    assert target_warnings(GOOD, year_8_suggested(), four, SCALES) == [
        "With this one the pupil has 5 open targets. An individual plan has three or four at most: end or drop one."
    ]
    again = GOOD | {"target_id": "T1"}
    assert target_warnings(again, year_8_suggested(), four, SCALES) == []


def test_a_count_may_go_down_and_a_scale_without_points_has_an_order():
    assert warned(scale="", subject="", baseline="5 a week", target="1 a week") == []
    assert warned(scale="p_scale", subject="", baseline="P5", target="P6") == []
    assert warned(scale="p_scale", subject="", baseline="P6", target="P5") == ["The target P5 is not above P6, where it starts."]
    assert warned(scale="p_scale", subject="", baseline="P6", target="P6") == ["The target P6 is not above P6, where it starts."]


def test_a_target_for_nobody_and_an_empty_form_are_told_what_they_lack():
    (lacking,) = target_warnings({}, year_8_suggested(), held(DataFrame()), SCALES)
    assert lacking.startswith("One cannot say yet whether it is reached. It lacks: for whom it is, where it starts")
    assert target_warnings(GOOD, DataFrame(), DataFrame()) == []
