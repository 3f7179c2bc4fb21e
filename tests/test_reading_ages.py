"""Reading ages and ratio gains: read as schools write them, worked out by hand, and none where it would mean nothing."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pandas import DataFrame

from sentrack_lib.measures.reading_ages import COLUMNS, NO_COMPARISON, age_in_months, age_written, reading_ages
from sentrack_lib.sources.sample import invent, school_of
from sentrack_lib.terms import Term
from sentrack_lib.views import tables
from sentrack_lib.views.papers import Papers
from sentrack_lib.views.parts import Table, Unseen

NOW = "2025-26-summer"
TERM = Term.named(NOW)
DAY = date(2026, 7, 21)


def roll(*pupils: str) -> DataFrame:
    ids = list(pupils or [f"P{place}" for place in range(1, 10)])
    names = {"surname": [f"Sampleton{place}" for place in ids], "forename": "Robin", "form": "9A", "sen_need": None}
    return DataFrame({"pupil_id": ids, "sen_status": "K", "year_group": "9", **names})


def row(baseline, outcome, pupil="P1", start="2025-09-15", end="2026-03-16", term="2025-26-spring", **more) -> DataFrame:
    """Six months of a provision, unless said otherwise."""
    one = {"provision_id": "R1", "pupil_id": pupil, "start": start, "end": end, "term": term}
    return DataFrame([{**one, "baseline": baseline, "outcome": outcome, "sessions_attended": 20, **more}])


def found(*rows: DataFrame, **records: DataFrame) -> DataFrame:
    held = {"provision_pupils": pd.concat(rows)} if rows else {}
    return reading_ages({**held, **records}, roll(), TERM, None, DAY)


def told(*rows: DataFrame, **records: DataFrame) -> pd.Series:
    return found(*rows, **records).iloc[0]


# --- how an age is read ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "written",
    ["8:03", "8:3", "08:03", "8;3", "8.03", "8y 3m", "8y3m", "8 y 3 m", "8 years 3 months", "8 Years, 3 Months", "8 yrs 3 mths",
     "08:03:00", " 8:03 "],
)  # fmt: skip
def test_eight_years_and_three_months_are_99_months_however_they_are_written(written):
    assert age_in_months(written) == 99


@pytest.mark.parametrize("written", ["8 years", "8y", "8:00", "8.00"])
def test_eight_years_are_96_months(written):
    assert age_in_months(written) == 96


@pytest.mark.parametrize(
    "written",
    ["8.5", "8.3", "8", "99", "8:12", "8.12", "3:11", "19:00", "103", "Level 3", "", "-8:03", "<8:03", "15:00+", "8:",
     "8:3:4"],
)  # fmt: skip
def test_what_may_be_something_else_is_not_read_as_an_age(written):
    assert np.isnan(age_in_months(written))


@given(st.integers(4 * 12, 18 * 12 + 11))
def test_an_age_that_is_written_is_read_back(months):
    assert age_in_months(age_written(months)) == months
    assert age_in_months(f"{months // 12}y {months % 12}m") == months


@given(st.text(max_size=12))
def test_whatever_is_written_is_an_age_in_its_range_or_none(written):
    months = age_in_months(written)
    assert np.isnan(months) or 48 <= months < 19 * 12


# --- the ratio -------------------------------------------------------------------------------------


def test_a_year_gained_in_half_a_year_is_a_ratio_of_two():
    """From 15 September to 16 March are 182 days, 5.98 months; 12 / 5.98 = 2.01."""
    one = told(row("8:03", "9y 3m"))
    assert one[["baseline", "outcome", "gained"]].to_list() == ["8:03", "9:03", 12]
    assert one["months"] == pytest.approx(182 / (365.25 / 12))
    assert one["ratio"] == pytest.approx(12 / one["months"]) and one["why"] == ""


def test_what_is_lost_is_a_ratio_below_nought():
    assert told(row("8:03", "8:00"))["ratio"] == pytest.approx(-3 / 5.98, abs=0.01)


@pytest.mark.parametrize(("end", "known"), [("2025-12-14", False), ("2025-12-16", True)])
def test_under_three_months_there_is_no_ratio(end, known):
    one = told(row("8:03", "8:09", end=end))
    assert bool(np.isfinite(one["ratio"])) == known
    assert known or one["why"] == "Only 3.0 months passed; at least 3 are needed."


@pytest.mark.parametrize(
    ("cells", "why"),
    [
        ({"outcome": None}, "No reading age at the end."),
        ({"baseline": None}, "No reading age at the start."),
        ({"outcome": "95"}, "“95” at the end is no reading age."),
        ({"outcome": "9.5"}, "“9.5” at the end is no reading age."),
        ({"baseline": "<6:00"}, "The age at the start lies beyond the table of the test."),
        ({"outcome": "15:00+"}, "The age at the end lies beyond the table of the test."),
        ({"outcome": "above 15:00"}, "The age at the end lies beyond the table of the test."),
        ({"end": None}, "The first or the last day is not recorded."),
        ({"start": None}, "The first or the last day is not recorded."),
    ],
)
def test_where_something_is_missing_it_is_said_what_and_no_ratio_is_shown(cells, why):
    one = told(row("8:03", "9:03").assign(**cells))
    assert np.isnan(one["ratio"]) and one["why"] == why


def test_scores_that_are_no_ages_have_no_row():
    assert found(row("82", "95"), row(None, None, pupil="P2"), row("good", "<100", pupil="P3")).empty


def test_terms_that_follow_each_other_are_one_stretch_from_the_first_age_to_the_last():
    autumn = row("8:00", "8:04", start="2025-09-15", end="2025-12-08", term="2025-26-autumn")
    spring = row("8:04", None, start="2026-01-12", end="2026-03-16")
    summer = row(None, "9:00", start="2026-04-20", end="2026-07-06", term=NOW)
    one = told(summer, autumn, spring)
    assert len(found(summer, autumn, spring)) == 1
    assert one[["baseline", "outcome", "gained"]].to_list() == ["8:00", "9:00", 12]
    assert (one["start"], one["end"]) == (pd.Timestamp("2025-09-15"), pd.Timestamp("2026-07-06"))


def test_last_year_who_left_and_a_later_term_are_in_no_row():
    last = row("8:03", "9:03", start="2024-09-15", end="2025-03-16", term="2024-25-spring")
    assert found(last, row("8:03", "9:03", pupil="P99"), row("8:03", "9:03", term="2026-27-autumn")).empty


# --- beside it -------------------------------------------------------------------------------------


def drawn(*waiting: str) -> DataFrame:
    return DataFrame({"provision_id": "R1", "pupil_id": ["P1", *waiting], "drawn": ["Y", *["N"] * len(waiting)], "term": NOW})


def test_without_others_there_is_no_comparison():
    assert told(row("8:03", "9:03"))["beside"] == NO_COMPARISON


def test_five_whom_the_draw_left_to_wait_are_the_comparison():
    """They gained 1 to 5 months in 5.98: the middle ratio is 0.5."""
    ids = [f"P{place}" for place in range(2, 7)]
    waited = [row("8:00", f"8:{months:02d}", pupil=each, sessions_attended=0) for months, each in enumerate(ids, 1)]
    rows = found(row("8:03", "9:03"), *waited, draws=drawn(*ids)).set_index("pupil_id")
    assert rows.loc["P1", "beside"] == "5 who waited: 0.5"
    assert rows["waiting"].to_dict() == {"P1": False, **dict.fromkeys(ids, True)}
    fewer = found(row("8:03", "9:03"), *waited[:4], draws=drawn(*ids[:4])).set_index("pupil_id")
    assert fewer.loc["P1", "beside"] == f"{NO_COMPARISON}: only 4 who waited"


def test_who_waited_and_then_came_is_no_comparison():
    rows = found(row("8:03", "9:03"), row("8:03", "9:03", pupil="P2"), draws=drawn("P2"))
    assert not rows["waiting"].any() and set(rows["beside"]) == {NO_COMPARISON}


def test_in_the_invented_school_reading_ages_grow_by_about_a_month_a_month():
    school = school_of(invent(600, 3, 1))
    term = school.terms[-1]
    pupils = school.tables["pupils"]
    rows = reading_ages(school.records, pupils[pupils["term"].eq(str(term))], term, school.settings.calendar, DAY)
    known = rows["ratio"].dropna()
    assert len(known) >= 5 and 0.6 < known.median() < 1.4
    assert set(rows["provision"]) == {"Reading together"} and set(rows["beside"]) == {NO_COMPARISON}


# --- shapes and what is shown -----------------------------------------------------------------------


def test_empty_tables_keep_their_columns_and_kinds():
    full = found(row("8:03", "9:03"))
    for nothing in (found(), found(row("8:03", "9:03").iloc[:0]), found(row("82", "95"))):
        assert nothing.empty and list(nothing) == COLUMNS and (nothing.dtypes == full.dtypes).all()
    assert np.isnan(told(row("8:03", "9:03").drop(columns=["start", "end", "sessions_attended"]))["ratio"])


def test_the_provision_is_called_by_its_name(table):
    provisions = table("""
        provision_id | name             | term
        R1           | Reading together | 2025-26-autumn
    """)
    assert told(row("8:03", "9:03"), provisions=provisions)["provision"] == "Reading together"
    assert told(row("8:03", "9:03"))["provision"] == "R1"


def papers(rows: DataFrame) -> Papers:
    about = DataFrame({"term": [NOW], "label": ["Summer 2026"], "school": ["Sampleton"], "as_of": [DAY.isoformat()]})
    empty = DataFrame(columns=["pupil_id", "subject", "teaching_group"])
    return Papers(
        "inclusion", {"about": about, "roll": roll(), "teaching_groups": empty, "progress": empty, "reading_ages": rows}
    )


def test_the_table_shows_the_ratio_what_is_beside_it_and_no_word_of_praise():
    shown = tables.reading_ages(papers(found(row("8:03", "9:03"), row("8:03", None, pupil="P2"))))
    assert isinstance(shown, Table)
    assert shown.frame["Ratio gain"].to_list() == ["2.0", ""]
    assert shown.frame["Months gained"].to_list() == ["+12", ""]
    assert shown.frame["Beside it"].to_list() == [NO_COMPARISON] * 2
    assert shown.frame["Why not"].to_list() == ["", "No reading age at the end."]
    assert "even without help" in shown.note and "nan" not in repr(shown)
    assert not any(word in shown.html() for word in ("remarkable", "substantial", "useful", "modest"))


def test_nothing_recorded_and_no_leave_to_see_are_sentences():
    none = papers(found())
    assert "no reading age is recorded" in tables.reading_ages(none).html()
    blind = Papers("governors", {name: table for name, table in none.tables.items() if name != "roll"})
    assert isinstance(tables.reading_ages(blind), Unseen)
