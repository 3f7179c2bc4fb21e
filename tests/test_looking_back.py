"""Looking back: were flags right, what happened to each, what changed, what became of decisions; counted by hand."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas import DataFrame
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from sentrack_lib.measures.flags import RULES
from sentrack_lib.measures.looking_back import looking_back
from sentrack_lib.measures.looking_back.came_about import OUTCOMES
from sentrack_lib.measures.looking_back.cases import ALL_RULES
from sentrack_lib.measures.looking_back.changed import EVERYONE, STATES
from sentrack_lib.measures.looking_back.earned import DOES_NOT, EARNS, NOT_KNOWN, NOT_SCORED
from sentrack_lib.measures.looking_back.fair import FALSE_ALARMS, MISSES, TOO_FEW
from sentrack_lib.measures.looking_back.scored import EVER, LAST
from sentrack_lib.sources.coded import coded
from sentrack_lib.terms import Term
from sentrack_lib.views import figures, findings, tables
from sentrack_lib.views.papers import Papers
from sentrack_lib.views.parts import Figure, Sentences, Table, Unseen
from sentrack_lib.views.tables.looking_back import nothing_kept

AUTUMN, SPRING, SUMMER = (f"2025-26-{season}" for season in ("autumn", "spring", "summer"))
TERM, DAY = Term.named(SUMMER), date(2026, 7, 20)
CALENDAR = {
    AUTUMN: (date(2025, 9, 1), date(2025, 12, 19)),
    SPRING: (date(2026, 1, 5), date(2026, 3, 27)),
    SUMMER: (date(2026, 4, 14), date(2026, 7, 21)),
}
KNOWN = ("flags_scored", "flags_fair", "flags_followed", "flags_since", "flags_changed", "decisions_followed")
FLAG_TEXTS = ("term", "pupil_id", "rule", "subject", "level", "since_term")


def flags_of(drawn: DataFrame) -> DataFrame:
    """Flags as tables hold them, from those drawn."""
    found = drawn.reindex(columns=[*FLAG_TEXTS, "evidence", "value", "threshold"]).astype(dict.fromkeys(FLAG_TEXTS, "object"))
    found = found.assign(level=found["level"].fillna("act"), since_term=found["since_term"].fillna(found["term"]))
    return found.astype(dict.fromkeys([*FLAG_TEXTS, "evidence"], "str"))


def absence_of(drawn: DataFrame) -> DataFrame:
    """Percentages missed, a column a term, as one row a pupil and term; a dash is a pupil who is not on the roll."""
    rows = drawn.melt("pupil_id", var_name="season", value_name="missed")
    rows = rows[rows["missed"].ne("-")]
    share = pd.to_numeric(rows["missed"]) / 100
    return DataFrame({"pupil_id": rows["pupil_id"], "term": "2025-26-" + rows["season"], "term_absence": share}).astype(
        {"pupil_id": "str", "term": "str"}
    )


def growth_of(drawn: DataFrame | None, absence: DataFrame) -> DataFrame:
    """P(low) over all subjects by term; where none is drawn, unlikely for everyone."""
    if drawn is None:
        return absence[["pupil_id", "term"]].assign(subject="all", p_low=0.1)
    rows = drawn.melt("pupil_id", var_name="season", value_name="p_low")
    return rows.assign(term="2025-26-" + rows["season"], subject="all").drop(columns="season")


def sent_of(*rows: tuple[str, str]) -> DataFrame:
    """Suspensions: pupil and day, in the term of the day. One of a pupil of no roll shows that they are recorded."""
    found = DataFrame([*rows, ("P-gone", "2025-09-02")], columns=["pupil_id", "on"])
    on = pd.to_datetime(found["on"])
    term = [next(name for name, (first, last) in CALENDAR.items() if first <= day.date() <= last) for day in on]
    return DataFrame({"term": term, "pupil_id": found["pupil_id"], "on": on, "kind": "suspension"})


def roll_of(pupils, **columns) -> DataFrame:
    ids = list(pupils)
    plain = {"surname": "Sampleton", "forename": [f"Robin{each}" for each in ids], "year_group": "9", "form": "9A"}
    asked = dict.fromkeys(["pupil_premium", "eal", "looked_after", "disability", "sen_need", "ethnicity", "sex", "left_on"])
    return DataFrame({"pupil_id": ids, "sen_status": "N", **plain, **asked, **columns}).astype({"pupil_id": "str"})


def school(absence: DataFrame, growth: DataFrame | None = None, sent=(), flags: DataFrame | None = None, roll=None):
    known = absence_of(absence)
    now = flags_of(DataFrame(columns=["pupil_id", "rule"]) if flags is None else flags)
    here = roll_of(known.loc[known["term"].eq(SUMMER), "pupil_id"]) if roll is None else roll
    changes = DataFrame(columns=["table", "pupil_id", "column", "before", "after"], dtype="str")
    return {
        "absence_by_term": known, "growth_by_term": growth_of(growth, known), "sent_home": sent_of(*sent), "flags": now,
        "roll": here, "changes": changes,
    }  # fmt: skip


def looked(here: dict[str, DataFrame], kept: DataFrame | None = None, on: date = DAY, **records: DataFrame):
    known = {"flags": flags_of(kept)} if kept is not None else {}
    return looking_back(here, {**known, **records}, TERM, CALENDAR, on)


def scores(found: dict[str, DataFrame], rule: str, over: str = LAST) -> pd.Series:
    rows = found["flags_scored"]
    return rows[rows["rule"].eq(rule) & rows["over"].eq(over)].iloc[0]


# --- were flags right --------------------------------------------------------------------------------


@pytest.fixture
def attended(table) -> DataFrame:
    """P1, P2, P3 were flagged; it came to P1, P4; P3 and P5 had it already; P6 left, P7 came later."""
    return table("""
        pupil_id | spring | summer
        P1       | 8      | 15
        P2       | 9      | 10
        P3       | 20     | 20
        P4       | 2      | 11
        P5       | 30     | 2
        P6       | 9      | -
        P7       | -      | 50
        P8       | 1      | 1
    """)


@pytest.fixture
def kept(table) -> DataFrame:
    return table(f"""
        term     | pupil_id | rule       | level | since_term
        {SPRING} | P1       | attendance | act   | {AUTUMN}
        {SPRING} | P2       | attendance | act   | {SPRING}
        {SPRING} | P3       | attendance | act   | {AUTUMN}
        {SPRING} | P6       | attendance | act   | {SPRING}
        {SPRING} | P4       | attendance | watch | {SPRING}
    """)


def test_a_flag_is_right_where_it_came_next_term_to_somebody_to_whom_it_had_not_come_yet(attended, kept):
    row = scores(looked(school(attended), kept), "attendance")
    assert row[["term", "in_term"]].to_list() == [SPRING, SUMMER]
    assert row[["flagged_all", "already", "not_known", "flagged", "right"]].to_list() == [4, 1, 1, 2, 1]  # P3, P6; P1 of P1 P2
    assert row[["n", "events"]].to_list() == [4, 2]  # P1 P2 P4 P8; P1 P4
    assert pd.isna(row["precision"]) and "not known yet" in row["sentence"]  # 2 and 2 are too few for a share


def test_ten_per_cent_is_not_above_ten_per_cent(table):
    absence = table("pupil_id | spring | summer\nP1 | 5 | 10\nP2 | 10 | 10.1")
    row = scores(looked(school(absence), DataFrame({"term": [SPRING], "pupil_id": "P1", "rule": "attendance"})), "attendance")
    assert row[["n", "events", "flagged", "right"]].to_list() == [2, 1, 1, 0]  # P2 was not above it in spring


def test_shares_have_wilsons_intervals_from_five_on():
    pupils = [f"P{place:02d}" for place in range(30)]
    absence = DataFrame({"pupil_id": pupils, "spring": 5, "summer": [20] * 12 + [0] * 18})
    flagged = DataFrame({"term": SPRING, "pupil_id": [*pupils[:8], *pupils[28:]], "rule": "attendance"})
    row = scores(looked(school(absence), flagged), "attendance")
    for name, count, whole in (("precision", 8, 10), ("recall", 8, 12)):
        low, high = proportion_confint(count, whole, alpha=2 * stats.norm.sf(1.96), method="wilson")
        assert row[[name, f"{name}_low", f"{name}_high"]].to_list() == pytest.approx([count / whole, low, high])


def test_a_pupil_flagged_for_one_of_many_subjects_counts_once_and_watch_does_not_count(table):
    absence = table("pupil_id | spring | summer\nP1 | 5 | 20\nP2 | 5 | 5")
    flagged = table(f"""
        term     | pupil_id | rule            | subject | level
        {SPRING} | P1       | attendance      |         | act
        {SPRING} | P1       | attendance drop |         | act
        {SPRING} | P2       | attendance      |         | watch
        {SPRING} | P1       | one subject     | Art     | act
        {SPRING} | P1       | one subject     | Music   | act
    """)
    found = looked(school(absence), flagged)
    assert scores(found, ALL_RULES)[["flagged_all", "flagged", "right", "events"]].to_list() == [1, 1, 1, 1]
    subject = scores(found, "one subject")
    assert subject["flagged_all"] == 1 and pd.isna(subject["n"]) and subject["earns"] == NOT_SCORED
    assert subject["sentence"] == "No outcome is defined for this rule, so it is not scored."


def test_every_outcome_is_of_a_rule_that_there_is():
    assert set(OUTCOMES) <= {rule.name for rule in RULES}


def test_growth_over_all_subjects_answers_for_progress_and_effort(table):
    absence = table("pupil_id | spring | summer\nP1 | 0 | 0\nP2 | 0 | 0\nP3 | 0 | 0\nP4 | 0 | 0")
    growth = table("pupil_id | spring | summer\nP1 | 0.45 | 0.5\nP2 | 0.5 | 0.9\nP3 | 0.1 | 0.49\nP4 | 0.1 |")
    flagged = DataFrame({"term": SPRING, "pupil_id": ["P1", "P2", "P3", "P4"], "rule": "progress"})
    row = scores(looked(school(absence, growth), flagged), "progress")
    assert row[["flagged_all", "already", "not_known", "flagged", "right", "events"]].to_list() == [4, 1, 1, 2, 1, 1]


def test_together_any_outcome_counts_for_pupils_of_whom_all_are_known(table):
    absence = table("pupil_id | spring | summer\nP1 | 0 | 20\nP2 | 0 | 0\nP3 | 0 | 0\nP4 | 0 | 20")
    growth = table("pupil_id | spring | summer\nP1 | 0.1 | 0.1\nP2 | 0.1 | 0.1\nP3 | 0.1 | 0.7\nP4 | 0.1 |")
    flagged = DataFrame({"term": SPRING, "pupil_id": ["P1", "P2"], "rule": ["progress", "behaviour"]})
    row = scores(looked(school(absence, growth, sent=[("P2", "2026-05-01")]), flagged), ALL_RULES)
    assert row[["n", "events", "flagged", "right"]].to_list() == [3, 3, 2, 2]  # P4's growth is not known
    unknown = growth.assign(summer=np.nan)  # of nobody: then it is not asked for
    row = scores(looked(school(absence, unknown), flagged), ALL_RULES)
    assert row[["n", "events", "right"]].to_list() == [4, 2, 1]


def test_where_no_suspension_was_ever_recorded_nobody_is_known_not_to_have_been_suspended(attended):
    here = school(attended)
    flagged = DataFrame({"term": [SPRING], "pupil_id": ["P8"], "rule": ["behaviour"]})
    assert scores(looked(here, flagged), "behaviour")[["not_known", "flagged", "n"]].to_list() == [0, 1, 6]
    none = {**here, "sent_home": here["sent_home"].iloc[:0]}
    row = scores(looked(none, flagged), "behaviour")
    assert row[["not_known", "flagged", "n"]].to_list() == [1, 0, 0]
    assert row["sentence"] == "Of nobody who was flagged is it known what came."


def test_a_rule_that_flags_only_what_is_so_already_says_so(attended):
    flagged = DataFrame({"term": SPRING, "pupil_id": ["P3", "P5"], "rule": "attendance drop"})
    found = looked(school(attended), flagged)
    assert scores(found, "attendance drop")["sentence"].endswith("the rule says what is so, not what comes.")
    assert scores(found, "attendance")["sentence"] == "Nobody was flagged by it, so there is nothing to score."


def test_an_outcome_is_looked_for_in_the_next_term_that_is_known():
    absence = DataFrame({"pupil_id": ["P1", "P2"], "autumn": [0, 0], "spring": [20, 0], "summer": [0, 20]})
    flagged = DataFrame({"term": AUTUMN, "pupil_id": ["P1", "P2"], "rule": "attendance"})
    row = scores(looked(school(absence), flagged), "attendance")
    assert row["in_term"] == SPRING and row[["flagged", "right"]].to_list() == [2, 1]
    row = scores(looked(school(absence.drop(columns="spring")), flagged), "attendance")
    assert row["in_term"] == SUMMER and row[["flagged", "right"]].to_list() == [2, 1]


def test_all_terms_so_far_are_added_up_and_the_flags_of_this_term_are_not_among_them():
    absence = DataFrame({"pupil_id": ["P1", "P2"], "autumn": [0, 0], "spring": [20, 0], "summer": [0, 20]})
    flagged = DataFrame({"term": [AUTUMN, SPRING, SUMMER], "pupil_id": ["P1", "P2", "P2"], "rule": "attendance"})
    found = looked(school(absence), flagged)
    assert scores(found, "attendance")[["terms", "n", "flagged", "right", "events"]].to_list() == [1, 1, 1, 1, 1]
    whole = scores(found, "attendance", EVER)
    assert whole[["term", "in_term"]].to_list() == [AUTUMN, SUMMER]
    assert whole[["terms", "n", "flagged", "right", "events"]].to_list() == [2, 3, 2, 2, 2]


# --- how early, how many, against a simpler rule -----------------------------------------------------


def test_lead_is_in_days_from_the_end_of_the_flags_first_term_to_the_first_day_sent_home(attended):
    flagged = DataFrame({"term": SPRING, "pupil_id": ["P1", "P2"], "rule": "behaviour", "since_term": [SPRING, AUTUMN]})
    sent = [("P1", "2026-05-26"), ("P1", "2026-04-16"), ("P2", "2026-04-20")]
    row = scores(looked(school(attended, sent=sent), flagged), "behaviour")
    # 27 March to 16 April is 20 days; 19 December to 20 April is 122.
    assert row[["lead", "lead_low", "lead_high"]].to_list() == [71, 45.5, 96.5] and row["lead_unit"] == "days"


def test_lead_is_in_terms_where_the_outcome_is_known_at_the_end_of_a_term(attended, kept):
    row = scores(looked(school(attended), kept), "attendance")
    assert row["lead"] == 2 and row["lead_unit"] == "terms"  # P1, since autumn
    blank = kept.assign(since_term=np.nan)
    assert scores(looked(school(attended), blank), "attendance")["lead"] == 1


def test_alerts_a_week_are_pupils_flagged_by_the_weeks_of_the_term(attended, kept):
    row = scores(looked(school(attended), kept), "attendance")
    assert row["alerts_week"] == pytest.approx(4 / (82 / 7))  # 5 January to 27 March are 82 days


def test_the_simple_list_is_as_long_and_those_who_attend_alike_share_its_last_places(attended, kept):
    row = scores(looked(school(attended), kept), "attendance")
    assert row[["simple_listed", "simple_right"]].to_list() == [2, 1]  # P2 (9 %) and P1 (8 %), of whom it came to P1
    alike = attended.assign(spring=attended["spring"].replace({"8": "5", "9": "5", "2": "5"}))
    row = scores(looked(school(alike), kept), "attendance")
    assert row["simple_right"] == pytest.approx(2 * 2 / 3)  # P1 P2 P4 share two places; it came to two of them


def test_who_has_no_attendance_is_never_on_the_simple_list():
    absence = DataFrame({"pupil_id": ["P1", "P2"], "spring": ["", "3"], "summer": ["20", "20"]})
    flagged = DataFrame({"term": SPRING, "pupil_id": ["P1", "P2"], "rule": "attendance"})
    row = scores(looked(school(absence), flagged), "attendance")
    assert row[["flagged", "right", "simple_listed", "simple_right"]].to_list() == [2, 2, 1, 1]


def hundred(right_of_flagged: int, right_of_lowest: int) -> pd.Series:
    """40 flagged who attend well, 40 who attend worse and are not, 20 others; so many of each it came to."""
    pupils = [f"P{place:03d}" for place in range(100)]
    came = [20] * right_of_flagged + [0] * (40 - right_of_flagged) + [20] * right_of_lowest + [0] * (60 - right_of_lowest)
    absence = DataFrame({"pupil_id": pupils, "spring": [1] * 40 + [8] * 40 + [1] * 20, "summer": came})
    flagged = DataFrame({"term": SPRING, "pupil_id": pupils[:40], "rule": "attendance"})
    return scores(looked(school(absence), flagged), "attendance")


@pytest.mark.parametrize(
    ("right", "lowest", "earns", "words"),
    [
        (30, 5, EARNS, "named 5 rightly: the rule earns its place."),
        (5, 30, DOES_NOT, "named 30 rightly: the rule does not earn its place."),
        (15, 15, NOT_KNOWN, "no evidence of a difference"),
        (12, 0, NOT_KNOWN, "Of fewer than 20, how often these flags are right here is not known yet."),
    ],
)
def test_a_rule_earns_its_place_if_it_names_more_rightly_than_as_many_of_the_lowest_attenders(right, lowest, earns, words):
    row = hundred(right, lowest)
    assert row[["right", "simple_right"]].to_list() == [right, lowest]
    assert row["earns"] == earns and words in row["sentence"]


def test_two_lists_that_name_the_same_pupils_say_nothing_of_which_is_better():
    pupils = [f"P{place:03d}" for place in range(60)]
    absence = DataFrame({"pupil_id": pupils, "spring": [9] * 30 + [1] * 30, "summer": [20] * 25 + [0] * 35})
    row = scores(
        looked(school(absence), DataFrame({"term": SPRING, "pupil_id": pupils[:30], "rule": "attendance"})), "attendance"
    )
    assert row[["right", "simple_right"]].to_list() == [25, 25] and row["earns"] == NOT_KNOWN
    assert "nearly the same pupils" in row["sentence"]


def test_only_pupils_on_one_of_the_two_lists_tell_which_is_better():
    pupils = [f"P{place:03d}" for place in range(80)]
    # On both lists 20, right of all; flagged alone 20, right of 14; among the lowest alone 20, right of 4.
    came = [20] * 34 + [0] * 6 + [20] * 4 + [0] * 36
    absence = DataFrame({"pupil_id": pupils, "spring": [9] * 20 + [1] * 20 + [8] * 20 + [0] * 20, "summer": came})
    row = scores(
        looked(school(absence), DataFrame({"term": SPRING, "pupil_id": pupils[:40], "rule": "attendance"})), "attendance"
    )
    assert row[["right", "simple_right"]].to_list() == [34, 24] and row["earns"] == EARNS


@settings(max_examples=15)
@given(st.integers(0, 2**32 - 1), st.integers(0, 30))
def test_counts_add_up_whatever_happened(seed, pupils):
    chance = np.random.default_rng(seed)
    ids = [f"P{place}" for place in range(pupils)]
    absence = DataFrame({"pupil_id": ids, **{name: chance.integers(0, 25, pupils) for name in ("autumn", "spring", "summer")}})
    growth = DataFrame({"pupil_id": ids, **{name: chance.random(pupils).round(2) for name in ("autumn", "spring", "summer")}})
    kept = DataFrame([
        {"term": term, "pupil_id": each, "rule": rule, "level": chance.choice(["act", "watch"])}
        for term in (AUTUMN, SPRING) for each in ids for rule in ("attendance", "progress", "no data") if chance.random() < 0.4
    ], columns=["term", "pupil_id", "rule", "level"])  # fmt: skip
    found = looked(school(absence, growth), kept)
    rows = found["flags_scored"][found["flags_scored"]["earns"].ne(NOT_SCORED)].dropna(subset=["n"])
    assert (rows["flagged_all"] == rows["already"] + rows["not_known"] + rows["flagged"]).all()
    assert (rows["right"] <= rows[["flagged", "events"]].min(axis=1)).all() and (rows["events"] <= rows["n"]).all()
    assert rows["simple_listed"].to_list() == pytest.approx(rows["flagged"].to_list())
    for share, whole in (("precision", "flagged"), ("recall", "events")):
        known = rows.dropna(subset=[share])
        assert (known[share] * known[whole]).to_list() == pytest.approx(known["right"].to_list())
        assert known[share].between(known[f"{share}_low"] - 1e-12, known[f"{share}_high"] + 1e-12).all()
    last = kept[kept["term"].eq(kept["term"].max())]
    assert sorted(found["flags_followed"]["pupil_id"] + found["flags_followed"]["rule"]) == sorted(
        last["pupil_id"] + last["rule"]
    )
    both = set(last["pupil_id"] + last["rule"])
    since = found["flags_since"]
    assert set(since["pupil_id"] + since["rule"]) == both and len(since) == len(both)


# --- are groups treated alike ------------------------------------------------------------------------


def test_false_alarms_and_misses_are_counted_by_group_where_there_are_ten_events_on_both_sides():
    pupils = [f"P{place:03d}" for place in range(120)]
    boys, event = [place < 60 for place in range(120)], [place % 60 < 30 for place in range(120)]
    absence = DataFrame({"pupil_id": pupils, "spring": 5, "summer": [20 if each else 0 for each in event]})
    # Of the 30 boys it came to 25 were flagged, of the girls 10; of the 30 boys to whom it did not 6, of the girls 6.
    flagged = [*pupils[:25], *pupils[30:36], *pupils[60:70], *pupils[90:96]]
    roll = roll_of(
        pupils,
        sex=["M" if each else "F" for each in boys],
        sen_status=["K" if place < 9 or 30 <= place < 41 else "N" for place in range(120)],
    )
    rows = looked(school(absence, roll=roll), DataFrame({"term": SPRING, "pupil_id": flagged, "rule": "attendance"}))[
        "flags_fair"
    ]
    rows = rows[rows["over"].eq(LAST)].set_index(["measure", "group"])
    missed = rows.loc[(MISSES, "Girls")]
    assert missed[["count", "n", "count_rest", "n_rest", "events"]].to_list() == [20, 30, 5, 30, 30]
    assert missed["gap"] == pytest.approx(15 / 30) and missed["verdict"] == "clear difference: more often"
    assert rows.loc[(MISSES, "Boys"), "verdict"] == "clear difference: less often"
    alarm = rows.loc[(FALSE_ALARMS, "Boys")]
    assert alarm[["count", "n"]].to_list() == [6, 30] and alarm["verdict"] == "no evidence of a difference"
    few = rows.loc[(FALSE_ALARMS, "SEN support")]
    assert (
        few[["events", "n"]].to_list() == [9, 11] and few["verdict"] == TOO_FEW and few[["share", "gap", "q_value"]].isna().all()
    )


def test_a_pupil_whose_group_is_not_known_is_in_none_and_is_nobodys_rest():
    pupils = [f"P{place:03d}" for place in range(60)]
    absence = DataFrame({"pupil_id": pupils, "spring": 5, "summer": 20})
    roll = roll_of(pupils, sex=["M"] * 20 + ["F"] * 20 + [None] * 20)
    rows = looked(school(absence, roll=roll), DataFrame({"term": SPRING, "pupil_id": pupils[:5], "rule": "attendance"}))[
        "flags_fair"
    ]
    boys = rows[rows["group"].eq("Boys") & rows["measure"].eq(MISSES) & rows["over"].eq(LAST)].iloc[0]
    assert boys[["count", "n", "count_rest", "n_rest"]].to_list() == [15, 20, 20, 20]


# --- what happened to each flag ----------------------------------------------------------------------


@pytest.fixture
def actions(table) -> DataFrame:
    return table(f"""
        action_id | term     | pupil_id | about            | what  | owner      | agreed_on  | by         | done_on    | decision
        A1        | {SPRING} | P1       | flag: attendance | Ring  | Year head  | 2026-03-20 | 2026-04-20 | 2026-04-18 | carry on
        A2        | {SUMMER} | P2       |                  | Talk  | Form tutor | 2026-04-16 | 2026-04-30 | 2026-05-02 |
        A3        | {SUMMER} | P3       | attendance       | Write |            | 2026-05-01 | 2026-06-01 |            |
        A4        | {AUTUMN} | P6       |                  | Early | Form tutor | 2025-10-01 | 2025-11-01 |            |
        A5        | {SUMMER} | P4       | progress         | Other | Form tutor | 2026-05-01 | 2026-06-01 |            |
    """)


def test_each_flag_is_followed_to_its_action_its_owner_and_whether_it_still_stands(attended, kept, actions, table):
    now = table("""
        pupil_id | rule       | level | since_term
        P1       | attendance | act   | 2025-26-autumn
        P3       | attendance | watch | 2025-26-autumn
        P8       | attendance | act   | 2025-26-summer
    """)
    rows = looked(school(attended, flags=now), kept, actions=actions)["flags_followed"].set_index("pupil_id")
    told = rows[["now", "level_now", "acted", "owner", "state", "decision", "outcome"]].fillna("").T.to_dict("list")
    assert told == {
        "P1": ["still flagged", "act", True, "Year head", "done in time", "carry on", "came about"],
        "P2": ["cleared", "", True, "Form tutor", "done late", "", "did not come about"],
        "P3": ["still flagged", "watch", True, "", "not yet done", "", "so already"],
        "P6": ["left", "", False, "", "", "", "not known"],
        "P4": ["cleared", "", False, "", "", "", ""],
    }
    # P1's flag has stood since autumn (to 19 December), P2's since spring (to 27 March).
    assert rows["days"].fillna(-1).to_dict() == {"P1": 91, "P2": 20, "P3": 133, "P6": -1, "P4": -1}


def test_what_became_of_a_flag_is_a_sentence_that_names_no_pupil(attended, kept, actions):
    found = looked(school(attended), kept, actions=actions)["flags_followed"].set_index("pupil_id")["sentence"]
    assert found["P2"] == (
        "Flagged for attendance: taken on by Form tutor 20 days after the end of Spring 2026, done late; cleared."
    )
    assert found["P6"] == "Flagged for attendance: no action is recorded; the pupil has left."
    assert found["P3"].startswith("Flagged for attendance: taken on by somebody who is not named 133 days after")


def test_an_action_agreed_in_the_flags_first_term_was_agreed_at_once(attended, kept, actions):
    soon = actions.assign(agreed_on="2026-02-01")
    rows = looked(school(attended), kept, actions=soon)["flags_followed"].set_index("pupil_id")
    assert rows.loc["P2", "days"] == 0 and "before the end of Spring 2026" in rows.loc["P2", "sentence"]


def test_who_left_during_the_term_has_left(attended, kept):
    roll = roll_of(["P1", "P2", "P3", "P4"], left_on=["2026-05-01", "2026-09-01", None, None])
    rows = looked(school(attended, roll=roll), kept)["flags_followed"].set_index("pupil_id")
    assert rows["now"].to_dict() == {"P1": "left", "P2": "cleared", "P3": "cleared", "P6": "left", "P4": "cleared"}


# --- what changed ------------------------------------------------------------------------------------


def test_flags_are_new_still_stand_are_cleared_or_left_and_terms_in_a_row_are_counted(attended, table):
    kept = table(f"""
        term     | pupil_id | rule        | subject
        {AUTUMN} | P1       | attendance  |
        {SPRING} | P1       | attendance  |
        {AUTUMN} | P2       | attendance  |
        {SPRING} | P3       | one subject | Art
        {SPRING} | P4       | attendance  |
        {AUTUMN} | P4       | attendance  |
        {SPRING} | P6       | attendance  |
    """)
    now = table("""
        pupil_id | rule        | subject | level
        P1       | attendance  |         | act
        P2       | attendance  |         | watch
        P3       | one subject | Music   | act
    """)
    roll = roll_of(["P1", "P2", "P3", "P4"], sen_status=["K", "N", "E", None])
    found = looked(school(attended, flags=now, roll=roll), kept)
    rows = found["flags_since"].fillna({"subject": ""}).set_index(["pupil_id", "subject"])
    assert rows[["state", "terms"]].T.to_dict("list") == {
        ("P1", ""): ["still flagged", 3],
        ("P2", ""): ["newly flagged", 1],  # it did not stand in spring
        ("P3", "Art"): ["cleared", 1],
        ("P3", "Music"): ["newly flagged", 1],
        ("P4", ""): ["cleared", 2],
        ("P6", ""): ["left", 1],
    }
    assert set(rows["before"]) == {SPRING}
    counts = found["flags_changed"].set_index(["group", "rule", "state"])[["flags", "pupils", "act"]]
    assert counts.loc[(EVERYONE, ALL_RULES, "newly flagged")].to_list() == [2, 2, 1]
    assert counts.loc[("with SEN", ALL_RULES)].to_numpy().tolist() == [[1, 1, 1], [1, 1, 1], [1, 1, 1], [0, 0, 0]]
    assert counts.loc[("without SEN", ALL_RULES, "newly flagged")].to_list() == [1, 1, 0]
    assert counts.loc[(EVERYONE, "one subject", "cleared")].to_list() == [1, 1, 1]
    assert counts.loc[(EVERYONE, ALL_RULES), "flags"].sum() == len(rows)
    assert list(counts.loc[(EVERYONE, ALL_RULES)].index) == list(STATES)


def test_a_term_in_which_a_run_flagged_nobody_is_a_term_of_which_flags_are_kept(attended, table):
    now = table("pupil_id | rule       | level\nP1 | attendance | act")
    runs = DataFrame({"term": [SPRING], "run_id": ["R1"]})
    found = looked(school(attended, flags=now), runs=runs)
    assert found["flags_since"]["state"].to_list() == ["newly flagged"]
    assert scores(found, "attendance")[["flagged", "events"]].to_list() == [0, 2]


# --- what became of decisions ------------------------------------------------------------------------


def decided(**records: DataFrame) -> DataFrame:
    absence = DataFrame({"pupil_id": ["P1"], "spring": [0], "summer": [0]})
    return looked(school(absence), **records)["decisions_followed"].set_index("id")


def test_an_action_is_done_in_time_done_late_or_not_yet_done(actions, table):
    more = table(f"""
        action_id | term     | what       | agreed_on  | by         | done_on
        B1        | {SUMMER} | Order them | 2026-06-01 |            | 2026-07-21
        B2        | {SUMMER} | Ask again  | 2026-06-01 | 2026-07-20 | 2026-07-22
        B3        | {SUMMER} | Tomorrow   | 2026-07-21 | 2026-08-20 |
        B4        |          | No term    | 2026-06-01 | 2026-08-20 |
        B5        |          | Long ago   | 2024-06-01 | 2024-08-20 |
    """)
    rows = decided(actions=pd.concat([actions, more]))
    assert rows[["state", "days"]].T.to_dict("list") == {
        "A1": ["done in time", -2], "A2": ["done late", 2], "A3": ["not yet done", 49], "A5": ["not yet done", 49],
        "B1": ["not yet done", -1], "B2": ["not yet done", 0], "B4": ["not yet done", -31],
    }  # fmt: skip
    assert (
        rows.loc["A1", "sentence"]
        == "Action agreed on 20 March 2026, for 20 April 2026: done on 18 April 2026, 2 days before its day."
    )
    assert rows.loc["B4", "sentence"].endswith("not yet done, and not yet due.")
    assert "A4" not in rows.index  # of autumn


def test_a_target_is_done_when_it_is_reached_and_ended_but_not_reached_otherwise(table):
    targets = table(f"""
        target_id | term     | pupil_id | subject | what   | set_on     | by
        T1        | {SPRING} | P1       | English | Read   | 2026-01-12 | 2026-04-20
        T2        | {SPRING} | P1       | Maths   | Count  | 2026-01-12 | 2026-04-20
        T3        | {SPRING} | P1       |         | Speak  | 2026-01-12 | 2026-04-20
        T4        | {SPRING} |          |         | All    | 2026-01-12 | 2026-04-20
        T5        | {SPRING} | P1       |         | Listen | 2026-01-12 | 2026-04-20
        T6        | {SPRING} | P1       |         | Early  | 2026-01-12 | 2026-09-20
    """)
    reviews = table(f"""
        target_id | term     | on         | result
        T1        | {SUMMER} | 2026-04-20 | reached
        T2        | {SUMMER} | 2026-04-24 | Reached
        T3        | {SUMMER} | 2026-04-20 | partly reached
        T4        | {SUMMER} | 2026-04-20 | dropped
        T5        | {SUMMER} | 2026-04-20 | goes on
        T6        | {SUMMER} | 2026-04-20 | partly reached
    """)
    rows = decided(targets=targets, target_reviews=reviews)
    assert rows["state"].to_dict() == {
        "T1": "done in time", "T2": "done late", "T3": "ended but not reached", "T4": "ended but not reached",
        "T5": "not yet done", "T6": "not yet done",
    }  # fmt: skip
    assert (
        rows.loc["T2", "sentence"]
        == "Target in Maths agreed on 12 January 2026, for 20 April 2026: reached on 24 April 2026, 4 days late."
    )
    assert rows.loc["T3", "sentence"].endswith("looked at on 20 April 2026, on its day: partly reached.")


PROVISIONS = f"""
    provision_id | term     | name       | staff  | start      | end        | sessions_planned
    R1           | {SPRING} | Reading    | A. Lee | 2026-01-12 | 2026-03-20 | 20
    R1           | {SUMMER} | Reading    | A. Lee | 2026-04-20 | 2026-07-10 | 20
    R2           | {SPRING} | Number     |        | 2026-01-12 | 2026-03-20 | 20
    R3           | {SPRING} | Speech     | B. Moe | 2026-01-12 | 2026-03-20 | 20
    R4           | {SPRING} | Typing     | B. Moe | 2026-01-12 | 2026-03-20 | 20
    R5           | {SPRING} | Drawing    |        | 2026-01-12 | 2026-03-20 | 20
    R6           | {SUMMER} | Garden     | B. Moe | 2026-06-01 |            | 20
    R7           | {SUMMER} | Holidays   | B. Moe | 2026-09-01 | 2026-10-01 |
    R8           | {SPRING} | Later      |        | 2026-01-12 | 2026-03-20 |
    R8           | {SUMMER} | Later      |        | 2026-04-20 | 2026-07-10 |
"""


@pytest.fixture
def support(table) -> dict[str, DataFrame]:
    sessions = table(f"""
        provision_id | term     | pupil_id | on         | attended
        R1           | {SPRING} | P1       | 2026-01-13 | Y
        R1           | {SPRING} | P2       | 2026-01-13 | Y
        R1           | {SPRING} | P1       | 2026-03-27 | Y
        R1           | {SUMMER} | P1       | 2026-04-21 | N
        R3           | {SPRING} | P1       | 2026-01-13 | N
        R6           | {SUMMER} | P1       | 2026-06-02 | Y
        R8           | {SUMMER} | P1       | 2026-04-21 | Y
    """)
    pupils = table(f"""
        provision_id | term     | pupil_id | start      | sessions_attended | outcome
        R5           | {SPRING} | P1       | 2026-01-12 | 3                 |
    """)
    return {"provisions": table(PROVISIONS), "provision_sessions": sessions, "provision_pupils": pupils}


def test_a_provision_without_any_session_attended_never_started_but_is_not_known_where_nothing_is_noted(support):
    rows = decided(**support).reset_index().set_index(["id", "term"])
    assert rows["state"].to_dict() == {
        ("R1", SPRING): "done late",  # its last session was a week after its end
        ("R1", SUMMER): "never started",  # one session is noted, and nobody came
        ("R2", SPRING): "never started",
        ("R3", SPRING): "never started",
        ("R4", SPRING): "not known",
        ("R5", SPRING): "done in time",
        ("R6", SUMMER): "not yet done",
        ("R7", SUMMER): "not yet done",
        ("R8", SPRING): "never started",  # what was given in summer is of the summer
        ("R8", SUMMER): "done in time",
    }
    assert rows.loc[("R1", SPRING), ["days", "done_on"]].to_list() == [7, pd.Timestamp("2026-03-27")]
    told = rows["sentence"]
    assert told[("R1", SPRING)].endswith("7 days late, sessions attended on 2 days, 20 planned for each group.")
    assert told[("R2", SPRING)].endswith("never started, no session attended is recorded and no adult is named.")
    assert told[("R3", SPRING)].endswith("never started, no session attended is recorded.")
    assert told[("R4", SPRING)].endswith("not known, an adult is named, but no session is recorded.")
    assert told[("R7", SUMMER)].endswith("not yet done, and not yet due, it is to begin later.")


def test_an_adult_in_the_timetable_is_an_adult(support):
    placed = DataFrame({"term": [SPRING], "adult_id": ["A1"], "provision_id": ["R2"], "hours": [2.0]})
    rows = decided(**support, deployments=placed).reset_index().set_index(["id", "term"])
    assert rows.loc[("R2", SPRING), "state"] == "not known"


# --- whatever is missing -----------------------------------------------------------------------------


def test_without_kept_flags_there_is_nothing_but_what_was_decided(attended, actions):
    found = looked(school(attended), actions=actions)
    assert set(found) == set(KNOWN)
    assert all(found[name].empty for name in KNOWN[:5]) and len(found["decisions_followed"])


def test_an_empty_school_can_be_looked_back_at(attended, kept):
    here = {name: rows.iloc[:0] for name, rows in school(attended).items()}
    for records in ({}, {"kept": kept}):
        found = looked(here, **records)
        assert all(list(found[name]) for name in KNOWN)
    assert looked(here, kept)["flags_followed"]["now"].eq("left").all()


def test_types_are_the_same_with_rows_and_without(attended, kept, actions, support):
    empty, full = looked(school(attended)), looked(school(attended), kept, actions=actions, **support)
    for name in KNOWN:
        assert full[name].dtypes.astype("str").to_dict() == empty[name].dtypes.astype("str").to_dict(), name


def test_texts_and_codes_say_the_same_and_nothing_is_changed(attended, kept, actions, support):
    here = school(attended)
    before = {name: rows.copy() for name, rows in here.items()}
    plain = looked(here, kept, actions=actions, **support)
    for name, rows in here.items():
        pd.testing.assert_frame_equal(rows, before[name])
    told = looked(coded(here), kept, actions=actions, **support)
    for name in KNOWN:
        pd.testing.assert_frame_equal(told[name], plain[name])


def test_days_and_numbers_written_as_texts_are_read(attended, kept, actions):
    texts = {"actions": actions.astype("str").replace("nan", None)}
    days = {"actions": actions.assign(**{name: pd.to_datetime(actions[name]) for name in ("agreed_on", "by", "done_on")})}
    one, other = (looked(school(attended), kept, **records) for records in (texts, days))
    for name in KNOWN:
        pd.testing.assert_frame_equal(one[name], other[name])


def test_a_record_that_comes_twice_counts_once(attended, kept, actions):
    one = looked(school(attended), kept, actions=actions)
    twice = looked(school(attended), pd.concat([kept, kept]), actions=pd.concat([actions, actions]))
    for name in KNOWN:
        pd.testing.assert_frame_equal(twice[name], one[name])


# --- what people see ---------------------------------------------------------------------------------

PARTS = [
    findings.flags_right, findings.changed_since, figures.flags_right, tables.flags_scored, tables.flags_fair,
    tables.flags_followed, tables.flags_changed, tables.decisions_followed,
]  # fmt: skip
NAMES = [f"{part.__module__.split('.')[-2]} {part.__name__}" for part in PARTS]


def papers(here: dict[str, DataFrame], found: dict[str, DataFrame], audience: str = "inclusion", only=None) -> Papers:
    about = DataFrame(
        [{"school": "Invented", "term": SUMMER, "label": "Summer 2026", "before": "Spring 2026", "as_of": "2026-07-20"}]
    )
    subjects = DataFrame({"pupil_id": here["roll"]["pupil_id"], "subject": "English", "teaching_group": "9/En1"})
    taught = {"teaching_groups": subjects, "progress": subjects[["pupil_id", "subject"]]}
    every = {**here, **taught, **found}
    handed = {name: rows for name, rows in every.items() if only is None or name in only}
    return Papers(audience, {"about": about, **handed})


@pytest.fixture
def many() -> tuple[dict[str, DataFrame], dict[str, DataFrame]]:
    """A school of 100 in which the rule is mostly right and finds boys more often than girls."""
    pupils = [f"P{place:03d}" for place in range(100)]
    came = [20] * 30 + [0] * 10 + [20] * 25 + [0] * 35
    absence = DataFrame({"pupil_id": pupils, "spring": [1] * 40 + [8] * 40 + [1] * 20, "summer": came})
    flagged = DataFrame({"term": SPRING, "pupil_id": pupils[:40], "rule": "attendance"})
    now = DataFrame({"pupil_id": pupils[:20], "rule": "attendance", "level": "act", "since_term": SPRING})
    here = school(absence, flags=now, roll=roll_of(pupils, sex=["M"] * 40 + ["F"] * 60))
    return here, looked(here, flagged)


@pytest.mark.parametrize("part", PARTS, ids=NAMES)
def test_a_part_that_an_audience_may_not_see_says_so_in_a_sentence(part, many):
    told = part(papers(*many, audience="governors", only=()))
    assert isinstance(told, Unseen) and repr(told).endswith(".")


@pytest.mark.parametrize("part", PARTS, ids=NAMES)
@pytest.mark.filterwarnings("error")
def test_a_part_can_be_read_for_the_school_a_year_a_subject_a_pupil_and_for_nobody(part, many, attended, kept, actions, support):
    small = school(attended)
    nobody = {name: rows.iloc[:0] for name, rows in small.items()}
    schools = [many, (small, looked(small, kept, actions=actions, **support)), (small, looked(small)), (nobody, looked(nobody))]
    for here, found in schools:
        for place in ((), ("9",), ("8",), ("9", "English"), ("all", "all", "all", "P1")):
            told = part(papers(here, found).on(*place))
            assert told.html() and not any(word in repr(told) for word in ("nan", "NaT", "<NA>", "None"))


def test_the_findings_say_how_many_were_right_what_a_simple_list_does_and_who_is_missed(many):
    told = findings.flags_right(papers(*many))
    assert isinstance(told, Sentences) and list(told.lines) == [
        "30 of 40 pupils flagged in Spring 2026 came by Summer 2026 to what was foretold (likely 60 to 86 in 100).",
        "Of 55 pupils to whom it came 30 had been flagged; a list of as many of the lowest attenders would have named 25.",
        "Held against a list of the lowest attenders, over all terms so far, of 6 rules it is not known yet.",
        "Clear differences in how flags treat groups: false alarms more often among boys; false alarms less often among girls; "
        "misses less often among boys; misses more often among girls.",
    ]


def test_the_findings_say_that_it_is_too_early_to_tell(attended, kept):
    here = school(attended)
    lines = findings.flags_right(papers(here, looked(here, kept))).lines
    assert lines[0].startswith("1 of 2 pupils flagged in Spring 2026 came by Summer 2026 to what was foretold; 1 more had come")
    assert lines[1].startswith("It came to fewer than 20 pupils, 2: how often these flags are right here is not known yet.")
    one = looked(here, kept[kept["pupil_id"].eq("P1")])
    assert findings.flags_right(papers(here, one)).lines[0].startswith("The only pupil flagged in Spring 2026 came by")
    none = looked(here, kept[kept["pupil_id"].eq("P3")])
    assert findings.flags_right(papers(here, none)).lines[0] == (
        "Nobody was flagged in Spring 2026 of whom something was foretold that had not come yet. The only pupil flagged had come "
        "to it by then."
    )


def test_where_no_flags_are_kept_it_is_said_once_on_the_page_and_nothing_stands_in_place_of_the_rest(attended):
    here = school(attended)
    handed = papers(here, looked(here))
    said = [repr(part(handed)) for part in PARTS[:-1]]
    assert said[0].startswith("No flags are kept of a term before Summer 2026: ") and "No flags" not in "".join(said[1:])
    assert said[1].startswith("No decision of last term") and not any(said[2:])
    assert all(part(handed).html() == '<p class="unseen" hidden></p>' for part in PARTS[2:-1])


def test_who_is_shown_no_score_of_flags_reads_with_what_changed_that_none_are_kept(attended):
    here = school(attended)
    handed = papers(here, looked(here), "governors", only=("flags_changed",))
    assert findings.changed_since(handed).lines == [nothing_kept(handed)]


def test_what_changed_is_told_with_what_was_done_and_corrected(attended, kept, actions, table):
    here = school(attended, flags=table("pupil_id | rule | level\nP1 | attendance | act\nP8 | attendance | watch"))
    here = {**here, "changes": DataFrame([("assessments", "P1", "English", "4", "5")], columns=list(here["changes"]))}
    told = findings.changed_since(papers(here, looked(here, kept, actions=actions)))
    assert list(told.lines) == [
        "Flags since Spring 2026: 1 new, 1 still standing, 3 cleared, 1 of pupils who left.",
        "An action is recorded for 3 of 5 flags of Spring 2026.",
        "Of 4 decisions of last term and this: 2 not yet done, 1 done in time, 1 done late. Of those not yet done 2 are past "
        "their day.",
        "Prior attainment of no pupils and marks of 1 pupil were corrected.",
    ]


def test_governors_read_counts_alone_and_a_hidden_one_stays_hidden(many):
    here, found = many
    hidden = found["flags_changed"].astype({"flags": "Int64"})
    hidden = hidden.assign(flags=hidden["flags"].mask(hidden["state"].eq("cleared")))
    handed = papers(here, {**found, "flags_changed": hidden}, "governors", only=("flags_changed",))
    assert findings.changed_since(handed).lines == (
        ["Flags since Spring 2026: 0 new, 20 still standing, too few to show cleared, 0 of pupils who left."]
    )
    assert isinstance(tables.flags_changed(handed), Table)


def test_flags_that_nobody_took_on_are_listed_first_by_name(attended, kept, actions):
    here = school(attended)
    shown = tables.flags_followed(papers(here, looked(here, kept, actions=actions)))
    assert isinstance(shown, Table) and shown.frame["Pupil"].to_list()[-1] == "Sampleton, RobinP4"  # at watch
    assert shown.frame["What became of it"].iloc[0].endswith("; cleared.") and "P6" not in repr(shown)  # who left is not listed


def test_the_figure_says_every_number_it_shows_and_draws_no_rule_that_flagged_nobody(many):
    drawn = figures.flags_right(papers(*many))
    assert isinstance(drawn, Figure)
    assert "Attendance, right of those flagged: 30 of 40 pupils (60 to 86 in 100); the simple list 62 in 100" in drawn.alternative
    assert "Attendance, found of those it came to: 30 of 55 pupils" in drawn.alternative
    assert "Behaviour" not in drawn.alternative


def test_the_table_of_scores_shows_number_and_whole_and_no_share_of_too_few(attended, kept):
    here = school(attended)
    rows = tables.flags_scored(papers(here, looked(here, kept))).frame.set_index(["Rule", "Over"])
    row = rows.loc[("Attendance", "Last term")]
    assert row[["Right", "Right, likely, in 100", "Found", "How early"]].to_list() == ["1 of 2", "", "1 of 2", "2 terms (2 to 2)"]
    assert rows.loc[("Behaviour", "Last term"), "Right"] == ""


def test_groups_without_events_enough_are_named_without_a_figure(many):
    rows = tables.flags_fair(papers(*many)).frame.set_index(["What", "Group"])
    assert rows.loc[("Misses", "Boys"), "Here"] == "0 of 30" and rows.loc[("Misses", "No SEN"), "Here"] == ""
    assert rows.loc[("Misses", "No SEN"), "Verdict"] == TOO_FEW


def test_what_is_not_done_is_on_top_of_the_decisions(attended, actions):
    here = school(attended)
    shown = tables.decisions_followed(papers(here, looked(here, actions=actions))).frame
    assert shown["Entry"].to_list() == ["A3", "A5", "A2", "A1"]
    assert shown["Pupil"].to_list()[:2] == ["Sampleton, RobinP3", "Sampleton, RobinP4"]
