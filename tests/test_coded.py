"""Texts as codes: the same values, the same order, and numbers for rows that are alike."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pandas import DataFrame

from sentrack_lib.sources.coded import coded, plain, rows_among, together

CELLS = st.lists(st.tuples(st.sampled_from(["Art", "Biology", "Chemistry"]), st.sampled_from(["7", "8", "10"])), max_size=30)


def table_of(cells) -> DataFrame:
    return DataFrame(cells, columns=["subject", "year_group"]).astype("str")


@given(CELLS, st.booleans(), st.booleans())
def test_rows_alike_have_one_number_as_groupby_numbers_them(cells, in_order, as_codes):
    table = table_of(cells)
    asked = coded({"one": table}, ["subject"])["one"] if as_codes else table
    found = together(asked["subject"], asked["year_group"], in_order=in_order)
    assert found.tolist() == table.groupby(["subject", "year_group"], sort=in_order).ngroup().tolist()


def test_what_is_missing_is_alike_and_like_nothing_else():
    subject = pd.Series(["Art", None, "Biology", None, "Art"], dtype="str")
    assert together(subject, pd.Series(["7", "7", "7", "7", None], dtype="str")).tolist() == [0, 1, 2, 1, 3]


@given(CELLS, CELLS)
def test_codes_are_shared_by_all_tables_and_become_the_same_texts_again(one, other):
    tables = {"one": table_of(one), "other": table_of(other)}
    found = coded(tables, ["subject"])
    categories = [each["subject"].cat.categories for each in found.values()]
    assert categories[0].equals(categories[1]) and categories[0].is_monotonic_increasing
    for name, table in tables.items():
        pd.testing.assert_frame_equal(plain(found[name], ["subject"]), table)


def test_numbers_are_the_texts_they_are_written_as():
    found = coded({"one": DataFrame({"year_group": [7, 10]}), "other": table_of([("Art", "8")])}, ["year_group"])
    assert [each["year_group"].tolist() for each in found.values()] == [["7", "10"], ["8"]]


TEXTS = st.lists(st.sampled_from(["Art", "Biology", "Chemistry", "Drama", None]), max_size=20)


@given(TEXTS, TEXTS, st.booleans(), st.booleans())
def test_each_value_is_found_in_the_last_row_that_holds_it(values, column, one_as_codes, other_as_codes):
    tables = {name: DataFrame({"subject": pd.Series(texts, dtype="str")}) for name, texts in (("one", values), ("other", column))}
    codes = coded(tables, ["subject"])
    asked, among = ((codes if of else tables)[name]["subject"] for name, of in (("one", one_as_codes), ("other", other_as_codes)))
    last = {text: row for row, text in enumerate(column) if text is not None}
    assert rows_among(asked, among).tolist() == [last.get(text, -1) for text in values]


@pytest.mark.parametrize("columns", [["subject"], ["subject", "year_group"]])
def test_tables_that_are_codes_already_stay_as_they_are(columns):
    found = coded({"one": table_of([("Art", "7")])}, columns)
    assert coded(found, columns)["one"] is found["one"]
