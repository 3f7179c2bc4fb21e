"""The codes of a pupil's record, as schools print them."""

import csv

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pandas import Series

from sentrack_lib.sources import codes

OWN_WORDS = ("prompts", "statements")
"""Lists in words of our own, with the numbers of the guidance: they take no code from elsewhere."""
LISTS = sorted(file.stem for file in codes.FOLDER.glob("*.csv"))
CODE_LISTS = ["ethnicity", "sen_need", "sen_status", "year_group"]
AREAS = {
    "Communication and interaction",
    "Cognition and learning",
    "Social, emotional and mental health",
    "Sensory and/or physical",
    "Uncategorised",
    "Not known",
}


def read(file) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def pairs(drawn: str) -> tuple[Series, list[str]]:
    cells = [[cell.strip() for cell in line.split("|")] for line in drawn.strip().splitlines()]
    return Series([cell[0] for cell in cells], dtype="str"), [cell[1] for cell in cells]


def test_every_printed_form_of_a_sen_status_finds_its_group():
    written, groups = pairs("""
        N                                      | No SEN
        No SEN                                 | No SEN
        no special educational need            | No SEN
        O                                      | No SEN
        K                                      | SEN support
        k                                      | SEN support
        SEN Support                            | SEN support
        K - SEN Support                        | SEN support
        SEN support (K)                        | SEN support
        A                                      | SEN support
        School Action +                        | SEN support
        Q                                      | SEN support
        E                                      | EHC plan
        EHCP                                   | EHC plan
        EHC Plan                               | EHC plan
        E - Education, Health and Care Plan    | EHC plan
        Education, Health & Care Plan (EHCP)   | EHC plan
        S                                      | EHC plan
        Statement                              | EHC plan
                                               | Not known
        ?                                      | Not known
        N/A                                    | Not known
        Z                                      | Not known
    """)
    assert codes.sen_group(written).tolist() == groups


def test_a_blank_sen_status_is_not_known_and_no_fault():
    blanks = Series(["", "  ", None], dtype="str")
    assert codes.sen_group(blanks).eq("Not known").all()
    assert codes.is_sen_status(blanks).all()
    assert codes.is_sen_status(Series(["K", "EHCP", "?", "Z", "N/A"])).tolist() == [True, True, True, False, False]


def test_a_need_is_todays_code_however_it_was_printed():
    written, needs = pairs("""
        SpLD                                            | SPLD
        NSA*                                            | NSA
        ASD - Autistic Spectrum Disorder                | ASD
        Autism                                          | ASD
        BESD                                            | SEMH
        sebd                                            | SEMH
        Speech, Language & Communication Needs          | SLCN
        Visual impairment                               | VI
        Specific Learning Difficulties (dyslexia)       | SPLD
        Profound and Multiple Learning Difficulty       | PMLD
        Other Difficulty/Disability                     | OTH
        Down's Syndrome                                 | DS
                                                        | Not known
        shy                                             | Not known
    """)
    assert codes.need(written).tolist() == needs
    assert codes.is_need(Series(["besd", "", "shy"])).tolist() == [True, True, False]


def test_a_need_has_todays_name_and_its_area():
    written = Series(["BESD", "SLCN", "DS", "VI", "?", None])
    assert codes.need_label(written).tolist() == [
        "Social, emotional and mental health",
        "Speech, language and communication needs",
        "Down syndrome",
        "Vision impairment",
        "Not known",
        "Not known",
    ]
    assert codes.broad_need(written).tolist()[:4] == [
        "Social, emotional and mental health",
        "Communication and interaction",
        "Uncategorised",
        "Sensory and/or physical",
    ]


def test_an_ethnicity_finds_its_group_by_code_or_by_label():
    written, groups = pairs("""
        WBRI                                | White
        White - British                     | White
        WBRI - White British                | White
        WENG                                | White
        Gypsy / Roma                        | White
        Mixed - White and Asian             | Mixed
        Black or Black British - African    | Black
        BSOM                                | Black
        Bangladeshi                         | Asian
        CHNE                                | Chinese
        CHKC                                | Chinese
        Any other ethnic group              | Any other ethnic group
        REFU                                | Not known
        ?                                   | Not known
        NOBT                                | Not known
        QQQQ                                | Not known
                                            | Not known
    """)
    assert codes.ethnic_group(written).tolist() == groups
    assert codes.is_ethnicity(written).tolist() == [text != "QQQQ" for text in written]


def test_a_school_may_count_chinese_pupils_as_asian():
    written = Series(["CHNE", "AIND", "WBRI"])
    assert codes.ethnic_group(written, chinese_in_asian=True).tolist() == ["Asian", "Asian", "White"]
    assert codes.ethnicity_label(written).tolist() == ["Chinese", "Indian", "White British"]


def test_a_year_group_is_one_text_however_it_was_printed():
    written, years = pairs("""
        7            | 7
        07           | 7
        7.0          | 7
        Year 7       | 7
        Year  7      | 7
        y7           | 7
        Yr 10        | 10
        NC Year 11   | 11
        14           | 14
        R            | R
        Reception    | R
        n2           | N2
        X            | X
    """)
    assert codes.known_year_group(written).tolist() == years
    assert codes.known_year_group(Series([7.0, np.nan, 11.0])).tolist()[::2] == ["7", "11"]


def test_an_unknown_year_group_is_missing_and_listed_but_a_blank_is_only_missing():
    written = Series(["15", "0", "7A", "Year", "", None])
    assert codes.known_year_group(written).isna().all()
    assert codes.is_year_group(written).tolist() == [False, False, False, False, True, True]


def test_a_year_group_belongs_to_its_key_stage():
    written = Series(["N1", "R", "2", "6", "7", "Year 9", "10", "11", "12", "X", "?", None])
    stages = ["EYFS", "EYFS", "KS1", "KS2", "KS3", "KS3", "KS4", "KS4", "KS5", "Not known", "Not known", "Not known"]
    assert codes.key_stage(written).tolist() == stages


def test_the_rows_keep_their_place_and_the_column_its_name():
    roll = Series(["E", "N"], index=[7, 3], name="sen_status", dtype="str")
    grouped = codes.sen_group(roll)
    assert grouped.index.tolist() == [7, 3] and grouped.name == "sen_status" and grouped.dtype == "str"
    assert codes.sen_group(Series([], dtype="str")).empty


@given(st.lists(st.text() | st.none(), max_size=8))
def test_any_text_at_all_has_an_answer_in_every_list(texts):
    written = Series(texts, dtype="str")
    assert codes.sen_group(written).isin(codes.SEN_GROUPS).all()
    assert codes.broad_need(written).isin(AREAS).all()
    assert codes.need_label(written).notna().all() and codes.ethnicity_label(written).notna().all()
    assert codes.known_year_group(written).notna().equals(codes.is_year_group(written) & written.fillna("").str.strip().ne(""))


@given(st.sampled_from(CODE_LISTS), st.data(), st.sampled_from(["", " ", "  \t", "\u00a0"]))
def test_case_and_spaces_around_change_nothing(name, data, space):
    row = data.draw(st.sampled_from(codes.code_rows(name)))
    text = data.draw(st.sampled_from([row["code"], row["label"], *filter(None, row["also"].split("|"))]))
    for written in (text, text.upper(), text.lower(), space + text + space):
        assert codes._code(written, name) == row["code"]


@pytest.mark.parametrize("name", CODE_LISTS)
def test_a_code_before_or_after_its_label_is_understood(name):
    for row in codes.code_rows(name):
        for written in (f"{row['code']} - {row['label']}", f"{row['label']} ({row['code']})", f"{row['code']}: {row['label']}"):
            assert codes._code(written, name) == row["code"]


@pytest.mark.parametrize("name", CODE_LISTS)
def test_no_two_codes_share_a_way_of_writing(name):
    forms = [
        (codes._plain(text), row["code"])
        for row in codes.code_rows(name)
        for text in (row["code"], row["label"], *row["also"].split("|"))
    ]
    known = pd.DataFrame({form for form in forms if form[0]}, columns=["form", "code"])
    assert not known["form"].duplicated().any()


@pytest.mark.parametrize("name", [name for name in LISTS if name not in OWN_WORDS])
def test_every_row_of_every_list_says_where_it_comes_from(name):
    assert all(row["source"].strip() for row in codes.code_rows(name))


def test_sen_statuses_agree_with_the_reference_list(shared):
    theirs = read(shared / "codesets" / "sen_provision.csv")
    groups = [row["sen_group"].replace("Unknown", "Not known") for row in theirs]
    assert codes.sen_group(Series([row["code"] for row in theirs])).tolist() == groups
    assert codes.sen_group(Series([row["label"] for row in theirs])).tolist() == groups


def test_needs_agree_with_the_reference_list(shared):
    theirs = read(shared / "codesets" / "sen_type.csv")
    for column in ("code", "label"):
        assert codes.broad_need(Series([row[column] for row in theirs])).tolist() == [row["broad_area"] for row in theirs]
    current = [row["code"] for row in theirs if row["current"] == "1"]
    assert codes.need(Series(current)).tolist() == current and len(current) == 14


def test_ethnicities_agree_with_the_reference_list_under_both_settings(shared):
    theirs = read(shared / "codesets" / "ethnicity.csv")
    written = Series([row["code"] for row in theirs])
    for asian, column in ((False, "major_group_dfe"), (True, "major_group_chinese_in_asian")):
        groups = [row[column].replace("Unclassified", "Not known") for row in theirs]
        assert codes.ethnic_group(written, chinese_in_asian=asian).tolist() == groups
    assert codes.is_ethnicity(Series([row["label"] for row in theirs])).all()
    mains = [row["minor_group_code"].replace("UNCL", "") for row in theirs]
    assert [row["main_code"] for row in codes.code_rows("ethnicity")] == mains
