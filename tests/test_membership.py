"""Intersections that a school asks for, and how many pupils a question can be asked of."""

import pytest
from pandas import DataFrame

from sentrack_lib.errors import WrongUse
from sentrack_lib.measures.groups.membership import groupings, groups_of, known_of, small_groups


@pytest.fixture
def roll(table) -> DataFrame:
    return table("""
        pupil_id | year_group | sex | ethnicity | sen_status | sen_need | disability | pupil_premium | eal | looked_after
        P01      | Y7         | F   | WBRI      | N          |          |            | Y             | N   |
        P02      | Y7         | M   | APKN      | K          | SPLD     | Y          |               | Y   |
        P03      | Y8         |     |           | E          |          |            | Y             |     |
        P04      | Y8         | M   | REFU      |            | MLD      |            |               | N   |
    """)


@pytest.fixture
def taught(table) -> DataFrame:
    return table("""
        pupil_id | subject | teaching_group | set
        P01      | Maths   | 7X1            | A
        P02      | Maths   | 7X2            | B
        P02      | English | 7Y             |
    """)


def members(groups: DataFrame, family: str) -> dict[tuple, list[str]]:
    rows = groups[groups["family"].eq(family)].fillna({"subject": ""})
    return rows.groupby(["group", "subject"])["pupil_id"].agg(list).to_dict()


def test_an_intersection_puts_its_parts_together(roll, taught):
    groups = groups_of(roll, taught, [("type of need", "year group", "subject")]).astype("str")
    assert members(groups, "type of need × year group") == {("SPLD, Year 7", ""): ["P02"], ("MLD, Year 8", ""): ["P04"]}


def test_without_subject_it_is_asked_of_the_average_alone(roll, taught):
    groups = groups_of(roll, taught, [("gender", "year group")])
    assert set(members(groups, "gender × year group")) == {
        ("Girls, Year 7", "all"),
        ("Boys, Year 7", "all"),
        ("Boys, Year 8", "all"),
    }


def test_what_is_of_a_lesson_stays_in_its_subject(roll, taught):
    groups = groups_of(roll, taught, [("set",), ("gender", "set"), ("set", "teaching group")])
    assert members(groups, "set") == {("Set A", "Maths"): ["P01"], ("Set B", "Maths"): ["P02"]}
    assert members(groups, "gender × set") == {("Girls, Set A", "Maths"): ["P01"], ("Boys, Set B", "Maths"): ["P02"]}
    assert members(groups, "set × teaching group") == {("Set A, 7X1", "Maths"): ["P01"], ("Set B, 7X2", "Maths"): ["P02"]}


def test_a_question_that_is_always_asked_is_not_asked_twice(roll, taught):
    once = groups_of(roll, taught)
    assert groups_of(roll, taught, [("type of need", "subject")]).equals(once)


@pytest.mark.parametrize(
    ("parts", "sentence"),
    [
        (("type of need", "subjct"), "there is no question subjct. Did you mean subject"),
        (("year group", "subject"), "compares nobody"),
        (("subject",), "compares nobody"),
    ],
)
def test_an_intersection_that_cannot_be_asked_is_said(roll, taught, parts, sentence):
    with pytest.raises(WrongUse, match=sentence):
        groups_of(roll, taught, [parts])


def test_of_whom_a_question_is_not_known_is_counted(roll):
    known = known_of(roll).set_index("family")
    assert known.loc["ethnicity"].to_list() == [2, 4, 2]
    assert known.loc["type of need"].to_list() == [2, 3, 2]
    assert known.loc["looked after"].to_list() == [0, 4, 0]
    assert "SEN by year group" not in known.index and "teaching group" not in known.index


def test_who_is_in_a_group_of_fewer_than_five_is_named(roll):
    found = small_groups(groupings(roll), roll)
    assert found.groupby(["family", "group"])["pupil_id"].agg(list).to_dict()[("type of need", "SPLD")] == ["P02"]
    assert "SEN by year group" in set(found["family"])
    many = roll.iloc[[0] * 5].assign(pupil_id=[*"ABCDE"])
    assert small_groups(groupings(many), many).empty
