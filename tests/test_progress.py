"""Progress of pupils: from where it is measured, beside whom, what is said when it cannot be."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas import DataFrame
from pandas.testing import assert_frame_equal

from sentrack_lib.measures.progress.each_pupil import COLUMNS, progress
from sentrack_lib.measures.progress.growth import TOO_NOISY, growth
from sentrack_lib.settings import SchoolSettings
from sentrack_lib.sources.coded import coded
from sentrack_lib.sources.scales import read_grades, scales_of
from sentrack_lib.terms import Term

SETTINGS = SchoolSettings(
    name="Nowhere School",
    reliability={"percentage": 0.95, "standardised": 0.95, "ks2_scaled": 0.95},
    scales={"steps": {"lowest": 0, "highest": 60, "a_year": 3}},  # type: ignore[dict-item]
)
SCALES = scales_of(SETTINGS)
NOW = Term.named("2025-26-spring")
YEAR_EARLIER, AUTUMN, FIRST = (Term.named(name) for name in ("2024-25-spring", "2025-26-autumn", "2024-25-autumn"))


def pupils_named(number: int, prefix: str = "P") -> list[str]:
    return [f"{prefix}{place:04d}" for place in range(number)]


def marks(ids, points, term=NOW, subject="Maths", kind="actual", scale="percentage", on=None) -> DataFrame:
    """One mark a pupil; `points` are numbers or what was written instead."""
    grades = [written if isinstance(written, str) else f"{written:g}" for written in points]
    columns = {"term": str(term), "pupil_id": list(ids), "subject": subject, "kind": kind, "scale": scale, "grade": grades}
    return DataFrame(columns).assign(assessed_on=pd.Timestamp(on) if on else pd.NaT)


def priors(ids, points, subject="Maths", stage="KS2", scale="ks2_scaled", term=NOW) -> DataFrame:
    return marks(ids, points, term, subject, scale=scale).drop(columns=["kind", "assessed_on"]).assign(stage=stage)


def school(
    *parts: DataFrame, roll: DataFrame | None = None, prior: list[DataFrame] | None = None, groups: DataFrame | None = None
):
    """The tables of a school in which every pupil with a mark is on the roll of this term, in year 8."""
    assessments = pd.concat(parts, ignore_index=True).astype({"assessed_on": "datetime64[ns]"})
    ids = sorted(set(assessments["pupil_id"]))
    texts = ["term", "pupil_id", "subject", "scale", "grade"]
    empty_priors = DataFrame(columns=[*texts, "stage"], dtype="str")
    empty_groups = DataFrame(columns=["term", "pupil_id", "subject", "teaching_group"], dtype="str")
    return {
        "pupils": (DataFrame({"pupil_id": ids, "year_group": "8"}) if roll is None else roll).assign(term=str(NOW)).astype("str"),
        "assessments": read_grades(assessments.astype(dict.fromkeys([*texts, "kind"], "str")), SCALES),
        "prior_attainment": read_grades(pd.concat([empty_priors, *(prior or [])], ignore_index=True).astype("str"), SCALES),
        "teaching_groups": empty_groups if groups is None else groups.assign(term=str(NOW)).astype("str"),
    }


def two_terms(pupils: int, seed: int = 1, start: Term = YEAR_EARLIER, subject: str = "Maths", prefix: str = "P"):
    """Marks of a cohort in percent at the start and now."""
    chance, ids = np.random.default_rng(seed), pupils_named(pupils, prefix)
    then = np.round(chance.normal(50, 8, pupils))
    now = np.round(0.5 * then + 30 + chance.normal(0, 8, pupils))
    return marks(ids, then, start, subject), marks(ids, now, NOW, subject)


def of_maths(found: DataFrame, pupil: str | None = None):
    rows = found[found["subject"].eq("Maths")].set_index("pupil_id")
    return rows if pupil is None else rows.loc[pupil]


def test_from_prior_attainment_alone_no_earlier_grade_counts():
    then, now = two_terms(80)
    before = priors(now["pupil_id"], np.random.default_rng(3).integers(80, 121, 80))
    tables = school(then, now, prior=[before])
    found = of_maths(progress(tables, SCALES, NOW, from_prior=True))
    without = school(now, prior=[before])
    assert_frame_equal(found, of_maths(progress(without, SCALES, NOW)))
    assert found["start_term"].eq("prior").all()
    assert found["scaled_residual"].notna().all()
    assert of_maths(progress(tables, SCALES, NOW))["start_term"].eq(str(YEAR_EARLIER)).all()


def test_from_prior_attainment_alone_a_pupil_without_it_has_no_start():
    found = of_maths(progress(school(*two_terms(80)), SCALES, NOW, from_prior=True))
    assert found["why_not"].str.startswith("No start").all()
    assert found["start_term"].isna().all()


def test_a_cohort_is_measured_from_the_same_term_a_year_earlier():
    then, now = two_terms(80)
    found = of_maths(progress(school(then, now), SCALES, NOW))
    known = growth(then["grade"].astype(float).to_numpy(), now["grade"].astype(float).to_numpy(), 0, 100)
    assert found["start_term"].eq("2024-25-spring").all()
    assert np.allclose(found["scaled_residual"], known.residual)
    assert np.allclose(found["expected"], known.expected)
    assert np.allclose(found["growth_percentile"], known.percentile)
    assert found["cohort_n"].eq(80).all()
    assert found["why_not"].isna().all()
    assert (found["band_low"] < found["band_high"]).all()
    assert found["basis"].iloc[0] == "percentage now, percentage in 2024-25-spring; reliability 0.95 (school’s) / 0.95 (school’s)"
    assert found["cohort"].iloc[0] == "8/Maths/percentage/percentage"


def test_the_table_has_the_contract_columns_sorted_by_pupil_and_subject():
    found = progress(school(*two_terms(70), *two_terms(70, 2, subject="Biology")), SCALES, NOW)
    assert tuple(found.columns) == COLUMNS
    assert found["subject"].head(3).tolist() == ["Biology", "Maths", "all"]
    assert found["pupil_id"].is_monotonic_increasing
    assert found["term"].eq("2025-26-spring").all()


@pytest.mark.parametrize(("pupils", "told"), [(59, "Too few pupils (59)"), (60, None)])
def test_59_pupils_are_too_few_and_their_start_is_shown_all_the_same(pupils, told):
    then, now = two_terms(pupils)
    found = of_maths(progress(school(then, now), SCALES, NOW), "P0003")
    assert found["start"] == float(then["grade"][3])
    assert found["points"] == float(now["grade"][3])
    assert found["cohort_n"] == pupils
    assert found["why_not"].startswith(told) if told else pd.isna(found["why_not"])
    assert pd.isna(found["expected"]) == pd.isna(found["p_low"]) == bool(told)


def test_since_moves_the_start_and_a_since_that_is_not_before_the_term_does_not():
    then, now = two_terms(70)
    autumn = marks(pupils_named(70), np.arange(70) % 40 + 20, AUTUMN)
    tables = school(then, autumn, now)
    assert of_maths(progress(tables, SCALES, NOW, AUTUMN))["start_term"].eq("2025-26-autumn").all()
    assert of_maths(progress(tables, SCALES, NOW, NOW))["start_term"].eq("2024-25-spring").all()


def test_without_60_a_year_earlier_the_earliest_term_with_60_is_the_start_and_then_prior_attainment():
    ids = pupils_named(70)
    then, now = two_terms(70)
    first, autumn = marks(ids, np.arange(70) % 40 + 20, FIRST), marks(ids, np.arange(70) % 37 + 20, AUTUMN)
    before = [priors(ids, np.arange(70) % 30 + 90)]
    few = then.head(59)
    starts = [
        of_maths(progress(school(*parts, now, prior=before), SCALES, NOW))["start_term"].unique().tolist()
        for parts in ([few, first, autumn], [few, first.head(59), autumn], [few, first.head(59), autumn.head(20)])
    ]
    assert starts == [["2024-25-autumn"], ["2025-26-autumn"], ["prior"]]


def test_a_pupil_new_this_year_is_compared_from_prior_attainment_with_everyone_who_has_it():
    then, now = two_terms(80)
    ids = pupils_named(80)
    found = of_maths(progress(school(then.iloc[1:], now, prior=[priors(ids, np.arange(80) % 30 + 90)]), SCALES, NOW))
    assert found["start_term"].value_counts().to_dict() == {"2024-25-spring": 79, "prior": 1}
    assert found["cohort_n"]["P0000"] == 80
    assert found["cohort_n"]["P0001"] == 79
    assert found["cohort"]["P0000"] == "8/Maths/percentage/ks2_scaled"
    assert np.isfinite(found["growth_percentile"]["P0000"])


def test_a_pupil_without_a_grade_from_the_cohorts_start_is_told_so():
    then, now = two_terms(80)
    autumn = marks(pupils_named(80), np.arange(80) % 40 + 20, AUTUMN)
    found = of_maths(progress(school(then.iloc[1:], autumn, now), SCALES, NOW), "P0000")
    assert found["why_not"] == "No grade from 2024-25-spring, from when this cohort's progress is measured."
    assert found["start_term"] == "2025-26-autumn"
    assert np.isnan(found["scaled_residual"])


def test_prior_attainment_is_the_subjects_own_at_its_latest_stage_else_the_mean_of_the_pupils_priors():
    ids = pupils_named(62)
    now = [marks(ids, np.arange(62) % 50 + 20, subject=subject) for subject in ("Maths", "History")]
    before = [
        priors(ids, np.arange(62) % 20 + 85),
        priors(ids, np.arange(62) % 20 + 95, subject="Reading"),
        priors(ids, ["2b"] * 62, stage="KS1", scale="nc_level"),
        priors(ids, ["EXS"] * 62, scale="ks2_ta"),
    ]
    found = progress(school(*now, prior=before), SCALES, NOW)
    first = found[found["pupil_id"].eq("P0000")].set_index("subject")
    assert first["start"].tolist()[:2] == [90, 85]
    assert "in prior attainment (mean of the pupil's subjects);" in first["basis"]["History"]
    assert "in prior attainment;" in first["basis"]["Maths"]


def test_a_later_export_of_prior_attainment_replaces_an_earlier_and_one_of_a_later_term_is_not_known_yet():
    ids = pupils_named(1)
    before = [
        priors(ids, [score], term=term) for term, score in ((FIRST, 90.0), (AUTUMN, 95.0), (Term.named("2025-26-summer"), 99.0))
    ]
    assert of_maths(progress(school(marks(ids, [50.0]), prior=before), SCALES, NOW), "P0000")["start"] == 95


def test_the_grade_of_a_term_is_the_latest_given_by_day_then_by_row(table):
    drawn = table("""
        pupil_id | grade | assessed_on
        P1       | 40    | 2026-02-20
        P1       | 30    | 2026-02-01
        P2       | 50    | 2026-02-01
        P2       | 55    | 2026-02-01
        P3       | 60    |
        P3       | 61    | 2026-01-10
        P4       | 70    | 2026-01-10
        P4       | ABS   | 2026-02-10
    """).assign(term=str(NOW), subject="Maths", kind="actual", scale="percentage")
    tables = school(drawn.assign(assessed_on=pd.to_datetime(drawn["assessed_on"])))
    assert of_maths(progress(tables, SCALES, NOW))["points"].tolist() == [40, 55, 61, 70]


def test_what_stands_in_place_of_a_grade_is_said(table):
    groups = table("""
        pupil_id | subject
        P1       | Maths
        P2       | Maths
        P3       | Maths
    """)
    written = marks(["P1", "P2"], ["ABS", "N/A"])
    earlier = marks(["P1", "P2", "P3"], [50, 51, 52], YEAR_EARLIER)
    found = of_maths(progress(school(written, earlier, groups=groups), SCALES, NOW))
    assert found["why_not"].tolist() == [
        "No grade this term: absent.",
        "No grade this term: not assessed.",
        "No grade this term.",
    ]
    assert found["points"].isna().all()


def test_a_scale_without_points_has_an_order_only():
    now = pd.concat([marks(["P1"], ["P6"], scale="p_scale"), marks(["P2"], [50.0]), marks(["P3"], [50.0])])
    earlier = marks(["P1", "P2"], ["P5", "P5"], YEAR_EARLIER, scale="p_scale")
    found = of_maths(progress(school(now, earlier), SCALES, NOW))["why_not"]
    assert "has an order but no points" in found["P1"]
    assert found["P2"].startswith("No start: the earlier grade is on a scale that has an order but no points")
    assert found["P3"] == "No start: no earlier grade and no prior attainment to measure from."


def test_a_pupil_whose_year_group_is_not_known_has_no_cohort():
    then, now = two_terms(61)
    roll = DataFrame({"pupil_id": pupils_named(61), "year_group": ["purple"] + ["8"] * 60})
    found = progress(school(then, now, roll=roll), SCALES, NOW)
    lost = found[found["pupil_id"].eq("P0000")]
    assert lost["why_not"].str.startswith("The year group is not known").all()
    assert lost["start"].notna().tolist() == [True, False]
    assert of_maths(found)["cohort_n"].drop("P0000").eq(60).all()


@pytest.mark.parametrize(("at_the_floor", "told"), [(9, False), (10, True)])
def test_a_cohort_of_which_more_than_15_per_cent_start_at_the_floor_cannot_be_compared(at_the_floor, told):
    then, now = two_terms(60)
    then.loc[: at_the_floor - 1, "grade"] = "0"
    why_not = of_maths(progress(school(then, now), SCALES, NOW))["why_not"]
    assert why_not.str.startswith("Floor").eq(True).all() == told


def test_growth_too_noisy_to_see_keeps_its_percentile_and_loses_its_band():
    then, now = (part.assign(scale="steps") for part in two_terms(80))
    now["grade"] = (then["grade"].astype(float) + np.arange(80) % 5).clip(0, 60).map("{:g}".format)
    then["grade"] = then["grade"].astype(float).clip(0, 60).map("{:g}".format)
    found = of_maths(progress(school(then, now), SCALES, NOW))
    assert found["why_not"].eq(TOO_NOISY).all()
    assert found["growth_percentile"].notna().all()
    assert found[["band_low", "band_high", "p_low"]].isna().all(axis=None)


def test_two_scales_are_never_subtracted():
    """Starts on another scale may be written in any units: every figure but the start itself stays."""
    _, now = two_terms(80)
    start = np.arange(80) % 30 + 90
    near, far = (
        progress(school(now, prior=[part]), SCALES, NOW)
        for part in (priors(pupils_named(80), start), priors(pupils_named(80), (start - 85) / 2, scale="steps"))
    )
    assert (of_maths(near)["start"] - of_maths(far)["start"]).abs().min() > 40
    same = ["points", "expected", "scaled_residual", "growth_percentile", "yearly", "yearly_gap"]
    assert np.allclose(of_maths(near)[same], of_maths(far)[same], equal_nan=True)
    assert of_maths(far)["yearly"].isna().all()


def test_the_points_expected_by_now_are_those_of_the_start_and_the_years_since():
    then, now = (part.assign(scale="steps") for part in (marks(["P1"], [20.0], FIRST), marks(["P1"], [25.0])))
    found = of_maths(progress(school(then, now, prior=[priors(["P2"], [20.0], scale="steps")]), SCALES, NOW), "P1")
    assert found["yearly"] == pytest.approx(20 + 3 * 4 / 3)
    assert found["yearly_gap"] == pytest.approx(1)


def test_nothing_a_year_is_expected_from_prior_attainment_or_on_two_scales():
    now = marks(["P1", "P2"], [25.0, 25.0], scale="steps")
    earlier = marks(["P2"], [40.0], YEAR_EARLIER)
    found = progress(school(now, earlier, prior=[priors(["P1"], [20.0], scale="steps")]), SCALES, NOW)
    assert of_maths(found)["start"].tolist() == [20, 40]
    assert found["yearly"].isna().all()


def test_the_target_is_the_teachers_latest_on_the_scale_of_the_grade():
    parts = [
        marks(["P1", "P2", "P3"], [50.0, 50.0, 50.0]),
        marks(["P1", "P2"], [60.0, 61.0], AUTUMN, kind="target"),
        marks(["P1"], [65.0], kind="target"),
        marks(["P2"], [55.0], scale="steps", kind="target"),
        marks(["P3"], [70.0], FIRST, kind="target"),
        marks(["P3"], [99.0], Term.named("2025-26-summer"), kind="target"),
        marks(["P3"], [98.0], kind="predicted"),
    ]
    found = of_maths(progress(school(*parts), SCALES, NOW))
    assert found["target"].tolist() == [65, 61, 70]
    assert found["target_gap"].tolist() == [-15, -11, -20]


def three_subjects(pupils: int = 80, agree: float = 1.0):
    """Marks of three subjects in which a pupil's growth has a common part."""
    chance, ids = np.random.default_rng(5), pupils_named(pupils)
    common = chance.normal(0, 5, pupils)
    parts = []
    for subject, sign in (("Art", 1), ("Biology", agree), ("Maths", agree)):
        then = np.round(chance.normal(50, 8, pupils))
        now = np.round(0.5 * then + 30 + sign * common + chance.normal(0, 5, pupils))
        parts += [marks(ids, then, YEAR_EARLIER, subject), marks(ids, now, NOW, subject)]
    return parts


def test_the_average_is_that_of_the_pupils_own_subjects_compared_within_the_year_group():
    found = progress(school(*three_subjects()), SCALES, NOW)
    wide = found[found["subject"].ne("all")].pivot(index="pupil_id", columns="subject", values="scaled_residual")
    average = found[found["subject"].eq("all")].set_index("pupil_id")
    mean, agreement = wide.mean(axis=1), wide.corr().to_numpy()[np.triu_indices(3, 1)].mean()
    scaled, g = mean / mean.std(ddof=0), 3 * agreement / (1 + 2 * agreement)
    assert np.allclose(average["scaled_residual"], scaled)
    assert np.allclose(average["growth_percentile"], (100 * (scaled.rank() - 0.5) / 80).clip(1, 99))
    half = (average["band_high"] - average["band_low"]).median()
    assert 100 * 2 * np.sqrt(1 - g) * 0.3 < half < 100 * 2 * np.sqrt(1 - g) * 0.4
    assert average["n_subjects"].eq(3).all()
    assert average["cohort_n"].eq(80).all()
    assert average["why_not"].isna().all()
    assert average[["start_term", "start", "points", "expected", "target"]].isna().all(axis=None)
    assert average["basis"].iloc[0] == f"mean of 3 subjects; they agree by {agreement:.2f}"


def test_one_subject_makes_no_average_and_none_makes_none():
    parts = three_subjects()
    alone = [part[~(part["pupil_id"].eq("P0000") & part["subject"].ne("Maths"))] for part in parts]
    nowhere = [part[part["pupil_id"].ne("P0001") | part["term"].ne(str(NOW))] for part in alone]
    found = progress(school(*nowhere), SCALES, NOW)
    average = found[found["subject"].eq("all")].set_index("pupil_id")
    assert average["why_not"]["P0000"].startswith("Only one subject")
    assert average["why_not"]["P0001"].startswith("No subject")
    assert average["cohort_n"].eq(78).all()


def test_subjects_that_do_not_agree_have_no_average():
    found = progress(school(*three_subjects(agree=-1)[:4]), SCALES, NOW)
    average = found[found["subject"].eq("all")]
    assert average["why_not"].str.startswith("The subjects do not agree").all()
    assert average[["scaled_residual", "growth_percentile", "p_low"]].isna().all(axis=None)


def test_subjects_with_too_few_pupils_in_common_have_no_average():
    parts = [*two_terms(70, 1, subject="Art", prefix="A"), *two_terms(70, 2, subject="Maths", prefix="M")]
    both = [part.replace({"pupil_id": {f"M{place:04d}": f"A{place:04d}" for place in range(59)}}) for part in parts]
    found = progress(school(*both), SCALES, NOW)
    average = found[found["subject"].eq("all") & found["n_subjects"].eq(2)]
    assert len(average) == 59
    assert average["why_not"].str.startswith("Too few pupils (59)").all()


def test_pupils_who_are_not_on_the_roll_of_the_term_take_no_part():
    then, now = two_terms(61)
    roll = DataFrame({"pupil_id": pupils_named(60), "year_group": "8"})
    found = progress(school(then, now, roll=roll), SCALES, NOW)
    assert "P0060" not in set(found["pupil_id"])
    assert of_maths(found)["cohort_n"].eq(60).all()


def test_a_subject_that_is_called_all_does_not_hide_the_average():
    found = progress(school(*two_terms(70), marks(["P0000"], [50.0], subject="all")), SCALES, NOW)
    average = found[found["pupil_id"].eq("P0000") & found["subject"].eq("all")]
    assert len(average) == 1
    assert average["points"].isna().all()


def test_a_school_without_marks_still_has_a_row_for_every_pupil():
    roll = DataFrame({"pupil_id": ["P1", "P2"], "year_group": "8"})
    found = progress(school(marks([], []), roll=roll), SCALES, NOW)
    assert found["subject"].tolist() == ["all", "all"]
    assert found["why_not"].notna().all()
    assert progress(school(marks([], []), roll=roll.head(0)), SCALES, NOW).empty


def any_school(seed: int):
    """A school of chance: gaps, states, several scales, unknown year groups, subjects only in teaching groups."""
    chance = np.random.default_rng(seed)
    ids = pupils_named(int(chance.integers(1, 200)))
    roll = DataFrame({"pupil_id": ids, "year_group": chance.choice(["7", "8", "?"], len(ids), p=[0.3, 0.65, 0.05])})
    parts, ability = [], chance.normal(50, 10, len(ids))
    for term in (FIRST, YEAR_EARLIER, AUTUMN, NOW):
        for subject in ("Art", "Maths"):
            here = np.flatnonzero(chance.random(len(ids)) < chance.choice([0.4, 0.97]))
            points = np.round(ability[here] + chance.normal(0, 6, len(here))).clip(1, 60)
            written = [str(chance.choice(["ABS", "N/A", "U"])) if chance.random() < 0.05 else f"{value:g}" for value in points]
            scale = chance.choice(["percentage", "steps", "p_scale"], len(here), p=[0.9, 0.08, 0.02])
            parts.append(marks([ids[place] for place in here], written, term, subject).assign(scale=scale))
            parts.append(marks([ids[place] for place in here], points + 5, term, subject, kind="target"))
    half = ids[: len(ids) // 2]
    before = [priors(half, np.round(100 + (ability[: len(half)] - 50) / 2), subject=subject) for subject in ("Maths", "Reading")]
    groups = DataFrame({"pupil_id": ids, "subject": chance.choice(["Art", "Drama"], len(ids))})
    return school(*parts, roll=roll, prior=before, groups=groups)


@settings(max_examples=20)
@given(st.integers(0, 10_000))
def test_every_pupil_has_one_row_a_subject_and_a_reason_exactly_where_a_figure_is_missing(seed):
    tables = any_school(seed)
    found = progress(tables, SCALES, NOW)
    here = tables["assessments"][tables["assessments"]["term"].eq(str(NOW)) & tables["assessments"]["kind"].eq("actual")]
    taught = pd.concat([here, tables["teaching_groups"]])
    wanted = set(zip(taught["pupil_id"], taught["subject"], strict=True))
    rows = list(zip(found["pupil_id"], found["subject"], strict=True))
    assert sorted(rows) == rows == sorted(wanted | {(pupil, "all") for pupil in tables["pupils"]["pupil_id"]})
    missing = found["scaled_residual"].isna() | found["p_low"].isna()
    assert (found["why_not"].notna() == missing).all()
    assert found["growth_percentile"].dropna().between(1, 99).all()
    assert found["p_low"].dropna().between(0, 1).all()
    assert (found["scaled_residual"].notna() == found["growth_percentile"].notna()).all()
    assert (found["band_low"].notna() == found["p_low"].notna()).all()


@settings(max_examples=15)
@given(st.integers(0, 10_000))
def test_the_order_of_the_rows_does_not_matter_and_no_table_is_changed(seed):
    tables = any_school(seed)
    kept = {name: part.copy(deep=True) for name, part in tables.items()}
    shuffled = {name: part.sample(frac=1, random_state=seed) for name, part in tables.items()}
    assert_frame_equal(progress(tables, SCALES, NOW), progress(shuffled, SCALES, NOW))
    for name, part in kept.items():
        assert_frame_equal(part, tables[name])


@pytest.mark.parametrize("as_codes", [False, True])
def test_rows_of_several_terms_may_stand_mixed_as_texts_and_as_codes(as_codes):
    ids = pupils_named(70)
    lessons = DataFrame({"pupil_id": ids, "subject": "Music", "teaching_group": "8x"})
    tables = school(*two_terms(70), groups=lessons)
    twice = ("pupils", "teaching_groups")
    tables |= {name: pd.concat([tables[name], tables[name].assign(term=str(AUTUMN))], ignore_index=True) for name in twice}
    mixed = {name: table.sample(frac=1, random_state=6) for name, table in tables.items()}
    found = progress(coded(mixed) if as_codes else mixed, SCALES, NOW)
    assert set(found["subject"]) == {"Maths", "Music", "all"}
    assert_frame_equal(found, progress(tables, SCALES, NOW))
