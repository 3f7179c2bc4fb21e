"""Terms: how they are written, in which order they come, when they begin and end."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentrack_lib.errors import WrongUse
from sentrack_lib.terms import SEASONS, Term

terms = st.builds(Term, st.integers(1900, 2098), st.integers(0, 2))


@given(terms)
def test_a_term_that_is_written_and_read_is_the_same(term: Term) -> None:
    assert Term.named(str(term)) == term and Term.is_named(str(term))


@given(st.text() | st.from_regex(r"\d{4}-\d{2}-(autumn|spring|summer)", fullmatch=True))
def test_what_is_read_as_a_term_is_written_the_same_and_all_else_is_refused_in_a_sentence(name: str) -> None:
    if Term.is_named(name):
        term = Term.named(name)
        assert str(term) == name and len(term.dates()) == 2
    else:
        with pytest.raises(WrongUse, match="Write it as 2025-26-autumn"):
            Term.named(name)


@pytest.mark.parametrize(
    "name", ["2025-26-Autumn", "2025-25-autumn", "2025-autumn", "2025-26-autumn ", "0000-01-spring", "9999-00-autumn", ""]
)
def test_a_term_is_written_in_one_way(name: str) -> None:
    assert not Term.is_named(name)


def test_the_school_year_runs_over_the_turn_of_a_century() -> None:
    assert str(Term.named("1999-00-spring")) == "1999-00-spring" and Term(1999, 1).label == "Spring 2000"


def test_a_term_is_said_with_the_calendar_year_it_is_in() -> None:
    assert [Term(2025, season).label for season in range(3)] == ["Autumn 2025", "Spring 2026", "Summer 2026"]


@given(terms, terms)
def test_terms_sort_by_time(one: Term, other: Term) -> None:
    assert (one < other) == (one.dates()[0] < other.dates()[0])


@given(terms)
def test_a_year_earlier_is_the_same_season_of_the_year_before(term: Term) -> None:
    assert term.a_year_earlier() < term and term.a_year_earlier().season == term.season


def test_without_a_calendar_terms_follow_each_other_without_a_gap() -> None:
    spans = [Term(year, season).dates() for year in range(2023, 2026) for season in range(len(SEASONS))]
    assert spans[0][0] == date(2023, 9, 1)
    assert all(before[1] + timedelta(days=1) == after[0] for before, after in pairwise(spans))


def test_the_schools_calendar_wins_for_the_terms_it_names() -> None:
    calendar = {"2025-26-autumn": (date(2025, 9, 3), date(2025, 12, 19))}
    assert Term(2025, 0).dates(calendar) == (date(2025, 9, 3), date(2025, 12, 19))
    assert Term(2025, 1).dates(calendar) == Term(2025, 1).dates() == (date(2026, 1, 1), date(2026, 4, 15))
