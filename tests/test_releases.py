"""What governors were handed once stands: two roundings of one figure never tell of one child."""

import json
from itertools import combinations

import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pandas import DataFrame, Series

from sentrack_lib.cycle.papers.preparing import prepare
from sentrack_lib.cycle.papers.releases import publish, register_of, released, said_of
from sentrack_lib.errors import BadInput
from sentrack_lib.privacy import Released, for_governors, rounded
from sentrack_lib.privacy.rounding import coarse
from sentrack_lib.settings import Parameters

TERM, NEXT = "2025-26-spring", "2025-26-summer"
SIDES = ("with SEN", "without SEN")


def tables(term: str = TERM, absent: int = 12, roll: int = 40, others: int = 60, mean: float = -0.2) -> dict[str, DataFrame]:
    """As little as governors can be handed: a roll, an absence, a term's trend and a group compared."""
    measures = [("on the roll", roll, 200), ("persistently absent", absent, others)]
    rates = [
        {"measure": measure, "family": "SEN", "group": group, "count": count, "of": of}
        for measure, *counts in measures
        for group, count, of in zip(SIDES, counts, (roll, 200), strict=True)
    ]
    trend = {"figure": "missed a tenth", "subject": "all", "unit": "share", "value": 0.1, "low": 0.0, "high": 0.2}
    sides = zip(SIDES, (absent, others), (roll, 200), strict=True)
    trends = [{**trend, "term": TERM, "group": group, "count": count, "n": of} for group, count, of in sides]
    compared = {"measure": "progress", "by": "gender", "family": "gender", "group": "Girls", "subject": "all"}
    return {
        "about": DataFrame([{"term": term, "school": "Invented"}]),
        "rates": DataFrame(rates),
        "trends": DataFrame(trends),
        "comparisons": DataFrame([{**compared, "n": 118, "n_rest": 120, "mean": mean}]),
    }


@pytest.fixture
def asked(tmp_path) -> Parameters:
    return Parameters(school=tmp_path / "invented", term=TERM, out=tmp_path / "out")


def absent_in(handed: dict[str, DataFrame], group: str = SIDES[0], name: str = "rates") -> object:
    rows = handed[name]
    count = rows.loc[rows["group"].eq(group) & rows.iloc[:, 0].isin(["persistently absent", "missed a tenth"]), "count"].iloc[0]
    return None if pd.isna(count) else int(count)


def after(asked: Parameters, *counts: int) -> dict[str, DataFrame]:
    """What is handed out last, when these counts were known one after another."""
    for number, count in enumerate(counts):
        publish(asked, tables(absent=count), str(number))
    return for_governors(tables(absent=counts[-1]), released(register_of(asked)))


@pytest.mark.parametrize(
    "first, then, shown",
    [
        (12, 13, 10),  # 10 and 15 would tell of both
        (7, 8, None),
        (8, 7, 10),
        (0, 1, 0),
        (3, 0, None),
        (12, 18, 20),  # six or more children stand between
        (12, 17, 10),
        (7, 13, 15),
        (12, 11, 10),
    ],
)
def test_a_figure_stands_as_published_unless_much_has_changed(asked, first, then, shown):
    assert absent_in(after(asked, first, then)) == shown


def test_a_figure_is_checked_against_everything_that_was_ever_published(asked):
    assert absent_in(after(asked, 10, 20, 15)) == 20  # 15 is near both
    assert absent_in(after(asked, 10)) == 10  # and may come back


def test_a_total_is_made_of_what_stands(asked):
    publish(asked, tables(absent=12, others=57), "first")
    handed = for_governors(tables(absent=13, others=58), released(register_of(asked)))
    assert (absent_in(handed), absent_in(handed, SIDES[1]), absent_in(handed, "all shown")) == (10, 55, 65)


def test_a_term_that_is_told_again_in_the_next_stands_too(asked):
    publish(asked, tables(TERM, absent=12), "first")
    handed = for_governors(tables(NEXT, absent=13), released(register_of(asked)))
    assert absent_in(handed, name="trends") == 10  # the trend is of the term before
    assert absent_in(handed) == 15  # the rate is of another term


def test_a_mean_stands_unless_more_than_one_child_must_have_moved_it(asked):
    publish(asked, tables(mean=-0.2), "first")
    before = released(register_of(asked))
    assert for_governors(tables(mean=-0.1), before)["comparisons"]["mean"].tolist() == [-0.1]  # twelve standard deviations
    few = {**tables(mean=-0.2), "comparisons": tables()["comparisons"].assign(n=11)}
    publish(asked, few, "second")
    now = {**few, "comparisons": few["comparisons"].assign(mean=-0.5)}
    assert for_governors(now, released(register_of(asked)))["comparisons"]["mean"].tolist() == [-0.2]


def test_what_stands_is_told_to_those_who_made_the_run_and_the_register_does_not_grow(asked):
    assert publish(asked, tables(absent=12), "first") == []
    files = sorted(register_of(asked).iterdir())
    stands = publish(asked, tables(absent=13), "second")
    assert {f"{TERM}, rates, persistently absent, with SEN", f"{TERM}, trends, missed a tenth, with SEN, all"} <= set(stands)
    assert not any("without SEN" in figure for figure in stands)
    assert sorted(register_of(asked).iterdir()) == files
    assert "stand as published before" in said_of(stands) and said_of([]) == ""


def test_the_register_holds_what_was_published_when_and_by_which_run_and_nothing_more(asked):
    publish(asked, {**tables(absent=3), "roll": DataFrame({"pupil_id": ["P1"], "surname": ["Fictley"]})}, "a run")
    (file,) = register_of(asked).iterdir()
    written = json.loads(file.read_text(encoding="utf-8"))
    assert (written["term"], written["run_id"]) == (TERM, "a run") and written["at"]
    counts = [row["row"].get("count") for row in written["rows"]]
    assert None in counts and 3 not in counts and "Fictley" not in file.read_text(encoding="utf-8")


@pytest.mark.parametrize("damage", ["", "[]", '{"rows": 3}', '{"rows": [{}]}', "\x00"])
def test_without_the_whole_register_nothing_is_handed_to_governors(asked, damage):
    publish(asked, tables(), "first")
    next(register_of(asked).iterdir()).write_text(damage, encoding="utf-8")
    with pytest.raises(BadInput, match="put its copy back"):
        publish(asked, tables(), "second")


def test_the_tables_are_as_they_were_without_a_register_and_keep_their_kinds_with_one(asked):
    plain = for_governors(tables(absent=12))
    publish(asked, tables(absent=12), "first")
    for absent in (12, 13):
        handed = for_governors(tables(absent=absent), released(register_of(asked)))
        for name, table in plain.items():
            pd.testing.assert_frame_equal(handed[name], table)


def narrowest(shown: object) -> tuple[int, int]:
    if shown is None:
        return (1, 7)
    return (int(str(shown)) - 2, int(str(shown)) + 2) if shown else (0, 0)


def released_one_after_another(name: str, versions: list[DataFrame]) -> list[DataFrame]:
    """What is handed out of a table each time, beside what was handed out before."""
    before, handed = Released(), []
    for table in versions:
        handed.append(before.standing(name, table, TERM))
        new = before.new({"about": DataFrame({"term": [TERM]}), name: handed[-1]})
        before = Released({**before.rows, **{place: [*before.rows.get(place, ()), row] for place, row in new.items()}})
    return handed


def shown_in(table: DataFrame, column: str) -> object:
    count = table[column].iloc[0]
    return None if pd.isna(count) else int(count)


@settings(max_examples=25)
@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), min_size=2, max_size=8))
@example([(1, 7), (0, 0)])
@example([(0, 1), (8, 0)])
@example([(0, 13), (8, 0), (1, 0)])
def test_no_two_published_versions_tell_of_fewer_than_six_children(counts):
    versions = [
        DataFrame({"measure": ["x"], "group": ["y"], "count": rounded(Series([part])), "of": rounded(Series([part + rest]))})
        for part, rest in counts
    ]
    handed = released_one_after_another("rates", versions)
    for column in ("count", "of"):
        for one, two in combinations([shown_in(table, column) for table in handed], 2):
            (_, high), (low, _) = sorted([narrowest(one), narrowest(two)])
            assert one == two or low - high >= 6
    for table in handed:
        part, whole = (narrowest(shown_in(table, column)) for column in ("count", "of"))
        assert part[0] <= whole[1]


@settings(max_examples=25)
@given(st.lists(st.tuples(st.integers(10, 70), st.floats(-2, 2)), min_size=2, max_size=8))
def test_no_two_published_sizes_of_those_who_took_part_tell_of_fewer_than_six_children(sizes):
    versions = [
        DataFrame({"provision_id": ["x"], "n": n, "offered": n, "comparators": n, "effect": round(effect, 1)}).assign(
            n=lambda row: coarse(row["n"]), offered=lambda row: coarse(row["offered"]), comparators=20
        )
        for n, effect in sizes
    ]
    shown = [shown_in(table, "n") for table in released_one_after_another("impact", versions)]
    for one, two in combinations(shown, 2):
        (_, high), (low, _) = sorted((int(str(each)) - 5, int(str(each)) + 4) for each in (one, two))
        assert one == two or low - high >= 6


def test_what_worked_stands_as_published_where_one_pupil_more_took_part():
    def impact(n: int, effect: float, verdict: str) -> DataFrame:
        counts = {"n": coarse(Series([n])), "offered": coarse(Series([n])), "comparators": coarse(Series([20]))}
        return DataFrame({"provision_id": ["PR1"], **counts, "effect": [effect], "verdict": [verdict]})

    first, second, third = released_one_after_another(
        "impact", [impact(14, 0.4, "cannot tell"), impact(15, 0.5, "benefit"), impact(30, 0.6, "benefit")]
    )
    assert first.equals(second) and third["n"].tolist() == [30] and third["verdict"].tolist() == ["benefit"]


def heard(term: str, n: int, mean: float, since: str | None = None, change: float | None = None) -> DataFrame:
    rows = [("all pupils", "all pupils", n, 0), ("SEN", "with SEN", 12, n - 12), ("SEN", "without SEN", n - 12, 12)]
    told = [{"family": family, "group": group, "n": size, "n_rest": rest} for family, group, size, rest in rows]
    interval = {"change_low": -0.1, "change_high": 0.9, "mean_rest": float("nan")}
    more = {"respondent": "pupil", "theme": "safe", "since": since, "mean": mean, "change": change, "mark": "higher"}
    return DataFrame(told).assign(**more, **interval).astype({"since": "str", "change": "float64"})


def test_a_questionnaire_that_comes_in_late_is_not_the_difference_of_two_terms(asked):
    publish(asked, {**tables(), "views": heard(TERM, 42, 3.8)}, "first")
    then = {"n_then": [43], "mean_then": [4.2], "n": [50], "mean": [4.0], "change": [-0.2], "change_low": [-0.6]}
    about = {"respondent": ["pupil"], "theme": ["safe"], "since": [TERM], "agreed": ["x"], "result": ["y"], "change_high": [0.2]}
    now = {**tables(NEXT), "views": heard(NEXT, 50, 4.0, TERM, -0.2), "asked_before": DataFrame({**about, **then})}
    fresh, stands = for_governors(now), for_governors(now, released(register_of(asked)))
    assert fresh["asked_before"][["n_then", "mean_then", "change"]].to_numpy().tolist() == [[45, 4.2, -0.2]]
    assert stands["asked_before"][["n_then", "mean_then", "change"]].to_numpy().tolist() == [[40, 3.8, 0.2]]
    assert stands["views"]["change"].tolist() == [0.2, 0.2, 0.2]
    assert stands["asked_before"]["change_low"].isna().all() and stands["views"]["change_low"].isna().all()


def test_dashboards_for_governors_are_a_release_too(sample, tmp_path):
    asked = Parameters(school=sample, term=NEXT, out=tmp_path / "out")
    prepare(asked, "governors", tmp_path / "shown", published=True)
    (file,) = register_of(asked).iterdir()
    assert json.loads(file.read_text(encoding="utf-8"))["run_id"] == "dashboards"
