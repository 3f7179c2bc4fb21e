"""The machinery of the flags: levels through the terms, order, thresholds of the school's own, and what no rule may read."""

from dataclasses import FrozenInstanceError

import numpy as np
import pandas as pd
import pytest
from pandas import DataFrame

from sentrack_lib.errors import WrongUse
from sentrack_lib.measures.flags.raising import COLUMNS, RULES, raise_flags, rules_from, run_through, standard_thresholds
from sentrack_lib.settings import SchoolSettings, Threshold
from sentrack_lib.sources.coded import coded
from sentrack_lib.sources.scales import read_grades, scales_of
from sentrack_lib.terms import Term

TERMS = [Term(2025, season) for season in range(3)]
SCALES = scales_of(SchoolSettings(name="Nowhere School", scales={"effort": ["poor", "low", "middling", "good", "splendid"]}))
WHO_A_PUPIL_IS = ["sex", "ethnicity", "pupil_premium", "eal", "looked_after", "disability"]
WHO_A_PUPIL_IS += ["sen_status", "sen_need", "sen_need_2", "gifted_talented"]
SUBJECTS = DataFrame({"subject": ["Art", "French", "Maths", "Music", "Science", "all"]})
KINDS = ["reward", "sanction", "incident", "suspension", "permanent_exclusion"]


@pytest.fixture(scope="module")
def school() -> dict[str, DataFrame]:
    """An invented school in which every rule finds somebody."""
    rng = np.random.default_rng(4)
    roll = DataFrame([(f"P{each:03d}", str(7 + each % 5)) for each in range(120)], columns=["pupil_id", "year_group"])
    pupils = DataFrame({"term": list(map(str, TERMS))}).merge(roll, how="cross")
    pupils = pupils.assign(**{column: rng.choice(["Y", "N", "F", "M", "WBRI"], len(pupils)) for column in WHO_A_PUPIL_IS})
    places = pupils[["term", "pupil_id"]].merge(SUBJECTS, how="cross")
    return {
        "pupils": pupils,
        "progress": _progress(places, rng),
        "attendance": _attendance(pupils[["term", "pupil_id"]], rng.beta(1, 12, len(pupils))),
        "behaviour": _behaviour(pupils.sample(400, replace=True, random_state=1), rng),
        "assessments": _assessments(places, rng),
        "teaching_groups": places.assign(teaching_group="X1"),
    }


def _progress(places: DataFrame, rng: np.random.Generator) -> DataFrame:
    number = pd.array(np.where(places["subject"].eq("all"), 5, None), dtype="Int64")
    chance = rng.random(len(places)) ** 2
    return places.assign(scaled_residual=rng.normal(size=len(places)), p_low=chance, growth_percentile=50.0, n_subjects=number)


def _attendance(places: DataFrame, missed: np.ndarray) -> DataFrame:
    to_date = places.assign(possible=120.0, attended=120 * (1 - missed), absence=missed, smoothed=missed)
    return to_date.assign(term_absence=missed, last_term_absence=0.02, drop=100 * (missed - 0.02))


def _behaviour(events: DataFrame, rng: np.random.Generator) -> DataFrame:
    first = pd.to_datetime(pd.Series([Term.named(term).dates()[0] for term in events["term"]]))
    kinds, reasons = rng.choice(KINDS, 400, p=[0.3, 0.4, 0.25, 0.04, 0.01]), rng.choice(["Isolation", "Homework"], 400)
    rows = events[["term", "pupil_id"]].reset_index(drop=True)
    return rows.assign(on=first + pd.to_timedelta(rng.integers(0, 90, 400), "D"), kind=kinds, reason=reasons, sessions_lost=2.0)


def _assessments(places: DataFrame, rng: np.random.Generator) -> DataFrame:
    efforts = places.assign(kind="effort", scale="effort", grade=rng.choice(["poor", "good"], len(places)))
    actual = places.sample(frac=0.8, random_state=2).assign(kind="actual", scale="percentage", grade="60")
    return read_grades(pd.concat([efforts, actual], ignore_index=True).assign(assessed_on=pd.NaT), SCALES)


def flags_of(school: dict[str, DataFrame], terms: list[Term] = TERMS, rules=RULES) -> DataFrame:
    return raise_flags(school, school["progress"], school["attendance"], terms, rules, SCALES)


def test_no_rule_reads_who_a_pupil_is(school):
    without = school | {"pupils": school["pupils"].drop(columns=WHO_A_PUPIL_IS)}
    assert set(flags_of(school)["rule"]) == {rule.name for rule in RULES}
    pd.testing.assert_frame_equal(flags_of(school), flags_of(without))


def test_flags_have_the_columns_of_the_contract_and_leave_owner_and_action_blank(school):
    flags = flags_of(school)
    assert list(flags) == COLUMNS
    assert flags[["owner", "action_id"]].isna().all(axis=None)
    assert flags["level"].isin(["watch", "act"]).all()
    assert flags["evidence"].str.match(r"[A-Z0-9].*\.$").all()
    assert flags["subject"].notna().eq(flags["rule"].eq("one subject")).all()
    assert not flags.duplicated(["pupil_id", "rule", "subject"]).any()


def test_tables_of_codes_raise_the_flags_of_tables_of_texts(school):
    pd.testing.assert_frame_equal(flags_of(coded(school)), flags_of(school))


def test_later_terms_are_not_known_in_an_earlier_one(school):
    cut = {name: table[table["term"].ne(str(TERMS[2]))] for name, table in school.items()}
    pd.testing.assert_frame_equal(flags_of(school, TERMS[:2]), flags_of(cut, TERMS[:2]))


def test_raising_flags_changes_no_table(school):
    before = {name: table.copy(deep=True) for name, table in school.items()}
    flags_of(school)
    for name, table in school.items():
        pd.testing.assert_frame_equal(table, before[name])


def test_a_school_without_any_rows_has_no_flags_but_all_columns(school):
    nothing = {name: table.iloc[:0] for name, table in school.items()}
    flags = flags_of(nothing)
    assert flags.empty
    assert list(flags) == COLUMNS


def test_pupils_are_looked_at_in_the_order_of_act_then_watch_then_low_growth_then_id(school):
    flags = flags_of(school)
    low = school["progress"].query("term == @TERMS[2].__str__() and subject == 'all'").set_index("pupil_id")["p_low"]
    rules = flags.drop_duplicates(["pupil_id", "rule", "level"]).groupby("pupil_id")["level"]
    counts = DataFrame({level: rules.apply(lambda each, level=level: each.eq(level).sum()) for level in ("act", "watch")})
    expected = sorted(counts.index, key=lambda pupil: (-counts["act"][pupil], -counts["watch"][pupil], -low[pupil], pupil))
    assert list(flags.drop_duplicates("pupil_id")["pupil_id"]) == expected
    assert flags.groupby("pupil_id")["rank"].nunique().eq(1).all()
    assert list(flags["rank"].unique()) == list(range(1, len(expected) + 1))


def test_levels_run_through_the_terms_as_one_pupil_at_a_time_would():
    rng = np.random.default_rng(1)
    value = rng.random((300, 6))
    grids = [value >= threshold for threshold in (0.6, 0.8, 0.4, 0.7)]
    stands, acting, since = run_through(*grids)
    for pupil, values in enumerate(value):
        level, start = "", 0
        for term, now in enumerate(values):
            before = level
            acts, watched = now >= 0.8 or (before == "act" and now >= 0.7), now >= 0.6 or (before and now >= 0.4)
            level = "act" if acts else "watch" if watched else ""
            start = start if before else term
        assert (bool(stands[pupil]), bool(acting[pupil])) == (level != "", level == "act")
        assert not level or since[pupil] == start


def test_every_field_of_every_rule_has_its_reason_and_a_rule_cannot_be_changed():
    for rule in RULES:
        thresholds = standard_thresholds()[rule.name]
        assert set(rule.reasons) == set(thresholds) - {"reason"}
        assert all(f"{field}: " in thresholds["reason"] for field in rule.reasons)
        with pytest.raises(FrozenInstanceError):
            rule.act = 99


def test_the_standard_thresholds_written_out_and_read_back_are_the_standard_rules():
    written = {name: Threshold.model_validate(values) for name, values in standard_thresholds().items()}
    assert rules_from(written) == list(RULES)
    assert rules_from({}) == list(RULES)


def test_a_school_sets_its_own_thresholds(school):
    rules = rules_from({"attendance": Threshold.model_validate({"act": 0.15, "reason": "As agreed."})})
    ours = flags_of(school, rules=rules).query("rule == 'attendance'")
    usual = flags_of(school).query("rule == 'attendance'")
    assert ours["level"].eq("act").sum() < usual["level"].eq("act").sum()
    assert set(ours.loc[ours["level"].eq("act"), "threshold"]) == {0.15}


@pytest.mark.parametrize(
    ("rule", "values", "said"),
    [
        ("atendance", {"act": 0.1}, "no flag rule called atendance. Did you mean attendance?"),
        ("attendance", {"ackt": 0.1}, "attendance: ackt is not one of its fields. Did you mean act?"),
        ("attendance", {"act": "10 %"}, "attendance: act is '10 %', which is not a number."),
        ("attendance", {"act": True}, "attendance: act is True, which is not a number."),
        ("attendance", {"leave_act": 0.2}, "attendance: leave_act is 0.2, above act, which is 0.1."),
    ],
)
def test_a_misspelt_or_impossible_threshold_stops_with_a_sentence(rule, values, said):
    with pytest.raises(WrongUse, match=said.replace("?", r"\?")):
        rules_from({rule: Threshold.model_validate(values)})


def test_all_wrong_thresholds_are_said_at_once():
    with pytest.raises(WrongUse) as fault:
        rules_from({"effort": Threshold.model_validate({"wach": 1, "act": "x"}), "rumour": Threshold()})
    assert len(str(fault.value).splitlines()) == 3


def test_the_thresholds_in_the_parameters_of_the_invented_school_are_the_standard_ones():
    from pathlib import Path

    from sentrack_lib.measures.flags import RULES, rules_from, written_thresholds
    from sentrack_lib.settings import Parameters

    file = Path(__file__).resolve().parents[1] / "parameters" / "sample.yml"
    assert file.read_text(encoding="utf-8").endswith(written_thresholds())
    assert tuple(rules_from(Parameters.read(file).thresholds)) == RULES
