"""A pupil on one page: what is noted stands there, newest first, and what is not known yet says so."""

from datetime import date

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas import DataFrame

from sentrack_lib.measures.profile import COLUMNS, SAID, SECTIONS, profile, said_and_wanted
from sentrack_lib.sources.coded import coded
from sentrack_lib.terms import Term

NOW = "2025-26-spring"
TERM = Term.named(NOW)
DAY = date(2026, 3, 10)
ADULTS = DataFrame({"adult_id": ["D1"], "name": ["Kit Sample"], "hourly_cost": [14.2]})


def roll(status: str = "KEN") -> DataFrame:
    ids = [f"P{place:02d}" for place in range(1, len(status) + 1)]
    return DataFrame({"pupil_id": ids, "sen_status": list(status), "year_group": "9"})


@pytest.fixture
def records(table) -> dict[str, DataFrame]:
    evidence = table("""
        evidence_id | pupil_id | on         | kind             | source  | what              | term
        N1          | P01      | 2025-09-20 | pupil is good at | Robin   | Football          | 2025-26-autumn
        N2          | P01      | 2026-01-20 | pupil is good at | Robin   | Drawing maps      | 2025-26-spring
        N3          | P01      | 2025-02-20 | parents say      | Parents | Sleeps badly      | 2024-25-spring
        N4          | P01      | 2026-01-20 | Observation      | Teacher | Looks out         | 2025-26-spring
        N5          | P02      |            | Parents want     | Parents | More reading      | 2025-26-spring
        N6          | P03      | 2026-03-11 | pupil wants      | Sam     | A quiet seat      | 2025-26-spring
        N7          |          | 2026-01-20 | what helps       | Teacher | Short tasks       | 2025-26-spring
        N8          | gone     | 2026-01-20 | pupil wants      | Sam     | A quiet seat      | 2025-26-spring
    """)
    targets = table("""
        target_id | pupil_id | what                  | owner   | set_on     | by
        T1        | P01      | I read ten pages      | Tutor   | 2026-01-12 | 2026-03-20
        T2        | P01      | I put my hand up      | Tutor   | 2026-01-12 | 2026-02-20
        T3        | P03      | I come on time        | Tutor   | 2026-01-12 | 2026-03-20
    """)
    reviews = DataFrame({"target_id": ["T2"], "on": ["2026-02-21"], "result": ["reached"]})
    provisions = table("""
        provision_id | name      | wave      | staff
        V1           | Reading   | targeted  | Teaching assistant
        V2           | Breakfast | Universal | Everyone
    """)
    pupils = table("""
        provision_id | pupil_id | start      | end        | term
        V1           | P01      | 2026-01-12 |            | 2025-26-spring
        V2           | P01      | 2026-01-12 |            | 2025-26-spring
        V1           | P02      | 2025-09-12 | 2025-12-10 | 2025-26-autumn
        V9           | P02      | 2026-01-12 |            | 2025-26-spring
    """)
    deployments = table("""
        adult_id | role     | pupil_id | day    | starts | subject | term
        D2       | mentor   | P01      | Friday | 9:00   |         | 2025-26-spring
        D1       | mentor   | P01      | Monday | 9:00   | English | 2025-26-spring
        D1       | mentor   | P01      | Monday | 9:00   | English | 2025-26-autumn
        D3       |          | P02      |        |        |         | 2025-26-spring
        D1       | mentor   |          | Monday | 10:00  | English | 2025-26-spring
    """)
    return {
        "evidence": evidence, "targets": targets, "target_reviews": reviews, "provisions": provisions,
        "provision_pupils": pupils, "deployments": deployments,
    }  # fmt: skip


def of(records, pupil: str, section: str, **given_too) -> list[str]:
    rows = profile(records, roll(), TERM, DAY, **given_too)
    return rows.loc[rows["pupil_id"].eq(pupil) & rows["section"].eq(section), "text"].to_list()


def test_what_was_said_stands_in_its_section_newest_first(records):
    assert of(records, "P01", "What I am good at") == ["Drawing maps", "Football"]
    assert of(records, "P01", "What my parents say") == ["Sleeps badly"]
    assert of(records, "P02", "What my parents want") == ["More reading"]


def test_what_is_not_known_yet_says_so(records):
    assert of(records, "P01", "What helps me") == ["Not asked yet."]
    assert of(records, "P02", "My targets") == ["No target is set yet."]
    rows = profile(records, roll(), TERM, DAY)
    unknown = rows[~rows["known"]]
    assert unknown[["on", "source"]].isna().all(axis=None) and unknown["place"].eq(1).all()


def test_what_was_said_after_the_day_is_not_known_on_it(records):
    assert of(records, "P03", "What I want") == ["Not asked yet."]
    rows = profile(records, roll(), TERM, date(2026, 3, 11))
    assert "A quiet seat" in rows["text"].to_list()


def test_open_targets_stand_in_the_words_they_were_set_in(records):
    assert of(records, "P01", "My targets") == ["I read ten pages"]


def test_who_helps_and_when_is_by_provision_and_by_adult_of_this_term_and_not_what_is_for_everyone(records):
    names = of(records, "P01", "Who helps me, and when", adults=ADULTS)
    assert names == ["Reading", "Kit Sample, Monday, 9:00, English", "mentor, Friday, 9:00"]
    assert of(records, "P02", "Who helps me, and when") == ["V9", "An adult"]


def test_a_pupil_without_sen_has_a_page_when_something_is_noted(records):
    assert set(profile(records, roll(), TERM, DAY)["pupil_id"]) == {"P01", "P02", "P03"}
    assert set(profile({}, roll(), TERM, DAY)["pupil_id"]) == {"P01", "P02"}


def test_a_section_holds_a_few_entries_and_says_nothing_twice(records):
    many = DataFrame({"evidence_id": [f"M{place}" for place in range(9)], "pupil_id": "P01", "kind": "pupil wants"})
    notes = many.assign(what=["Same"] * 3 + [f"Wish {place}" for place in range(6)], on="2026-01-01")
    assert of({"evidence": notes}, "P01", "What I want") == ["Same", "Wish 0", "Wish 1"]


def test_nothing_recorded_and_nobody_on_the_roll_are_whole_tables(records):
    for kept, pupils in (({}, roll()), (records, roll().iloc[:0]), ({}, roll().iloc[:0])):
        rows = profile(kept, pupils, TERM, DAY)
        assert list(rows) == COLUMNS and not rows["known"].any()


def test_coded_tables_say_the_same_and_nothing_is_changed(records):
    before = {name: rows.copy() for name, rows in records.items()}
    codes = coded({**records, "roll": roll()})
    pd.testing.assert_frame_equal(profile(codes, codes["roll"], TERM, DAY), profile(records, roll(), TERM, DAY))
    for name, rows in records.items():
        pd.testing.assert_frame_equal(rows, before[name])


def test_it_is_counted_of_how_many_pupils_with_sen_a_view_of_their_own_and_of_their_parents_is_noted(records):
    """P01 spoke this year and the parents last year; P02's parents spoke on no day of this year's records; P03 has no SEN."""
    told = said_and_wanted(records, roll("KEN"), TERM, DAY)
    assert told[["respondent", "count", "n"]].to_numpy().tolist() == [["pupil", 1, 2], ["parent", 1, 2]]
    assert told["share"].isna().all() and told["why"].iloc[0] == "Too few pupils with SEN (2) to give a share."
    larger = said_and_wanted(records, roll("KEKKK"), TERM, DAY)
    assert larger["share"].to_list() == [1 / 5, 1 / 5] and set(larger["why"]) == {""}


def test_with_nothing_recorded_nobody_has_been_heard():
    assert said_and_wanted({}, roll("KKKKK"), TERM, DAY)["count"].to_list() == [0, 0]
    assert said_and_wanted({}, roll().iloc[:0], TERM, DAY)["n"].to_list() == [0, 0]


NOTE = st.tuples(st.sampled_from(["P01", "P02", "P03"]), st.sampled_from([*SAID, "observation"]), st.text(max_size=5))


@settings(max_examples=10)
@given(st.lists(NOTE, max_size=12))
def test_every_section_of_every_page_has_an_entry_and_no_more_than_a_few(drawn):
    notes = DataFrame(drawn, columns=["pupil_id", "kind", "what"])
    notes["evidence_id"] = [f"N{place}" for place in range(len(notes))]
    rows = profile({"evidence": notes}, roll(), TERM, DAY)
    sections = rows.groupby(["pupil_id", "section"])
    assert sections.ngroups == rows["pupil_id"].nunique() * len(SECTIONS)
    assert sections.size().max() <= 3 and sections["known"].nunique().eq(1).all()
    assert rows["text"].ne("").all() and rows["text"].notna().all()
