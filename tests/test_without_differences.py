"""In schools where nothing differs but by luck, hardly anything is called different, however many groups are looked at."""

from concurrent.futures import ProcessPoolExecutor

import pandas as pd
import pytest
from generated_schools import without_differences
from pandas import DataFrame

SCHOOLS = 200


@pytest.fixture(scope="module")
def schools() -> DataFrame:
    with ProcessPoolExecutor() as pool:
        return pd.concat(pool.map(without_differences, range(1, SCHOOLS + 1)), ignore_index=True)


def test_every_school_was_asked_every_question(schools):
    assert schools["seed"].nunique() == SCHOOLS
    assert {"progress", "beside own average", "persistent absence", "suspension"} <= set(schools["measure"])


def test_fewer_than_one_school_in_ten_shows_a_clear_difference_in_a_family(schools):
    claimed = schools.groupby(["measure", "family", "subject"])["clear"].agg(["mean", "size"])
    by_question = schools.groupby(["measure", "family"])["clear"].mean()
    assert by_question.max() < 0.10, by_question.sort_values().tail(5)
    # A single family is one of several hundred here: the worst of them is allowed the luck of so many draws.
    assert claimed.loc[claimed["size"].ge(SCHOOLS / 2), "mean"].quantile(0.9) < 0.12


def test_the_opening_of_a_page_claims_something_in_fewer_than_one_school_in_ten(schools):
    opening = schools[schools["measure"].eq("progress")].groupby("seed")["opening"].any()
    assert opening.mean() < 0.10
