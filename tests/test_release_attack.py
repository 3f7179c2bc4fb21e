"""What governors are handed over three terms, attacked with all that hangs together in it: no hidden count is found.

A count is hidden if it is one to seven. The attacker takes every published number for what it says (two more or less), every
blank as one to seven, and knows how counts hang together: parts and wholes, across tables and terms. The stronger attacker knows
the roll too: schools publish how many pupils with SEN they have.
"""

import math
from collections.abc import Mapping
from itertools import combinations
from typing import Any

import pandas as pd
import pytest
from attacking import HIDDEN, MOST, Attack, Cell, Sums
from pandas import DataFrame

from sentrack_lib.cycle.papers.keeping import with_records
from sentrack_lib.cycle.papers.preparing import reviewed
from sentrack_lib.privacy import for_governors
from sentrack_lib.settings import Parameters
from sentrack_lib.sources.codes import has_sen
from sentrack_lib.sources.sample import write_sample

TERMS = ("2025-26-autumn", "2025-26-spring", "2025-26-summer")
PUPILS = (240, 340)
"""A school whose year groups are too small to say what growth is typical, so small numbers everywhere; and one of which all is
told that can be."""
SIDES = ("with SEN", "without SEN")
NARROWEST = 3
"""The least difference between the most and the least that a hidden count may be: four of its seven values remain, so that even
who knows all children but one cannot tell whether that one is counted."""
ROLL, TOLD = "on the roll", "progress told"
EQUAL = {"suspended or excluded": "suspended or excluded this term"}
"""Figures of two tables that count the same."""
RATED = {"persistent absence": "persistently absent", "severe absence": "severely absent"}
"""Questions asked of groups whose counts stand in the rates."""
COUNTS = {
    "rates": {"count", "of"}, "trends": {"count", "n"}, "benchmarks": {"count", "of"}, "support_counts": {"count", "of"},
    "plan_counts": {"count", "of"}, "comparisons": {"n"}, "representation": {"count", "n"},
    "transfer": {"count", "n", "count_rest", "n_rest"}, "views": {"n", "n_rest"}, "asked_before": {"n", "n_then"},
    "impact": {"n", "offered", "comparators"},
}  # fmt: skip
"""What governors are told that counts pupils: all of it is attacked here."""
SIZES_OF_EFFECTS = {
    "comparisons": {"mean", "mean_rest", "low", "high", "pooled", "artefact", "gap_less_artefact", "detectable"},
    "views": {"mean", "mean_rest", "low", "high", "gap", "gap_low", "gap_high", "detectable", "change", "change_low",
              "change_high"},
    "asked_before": {"mean", "mean_then", "change", "change_low", "change_high"},
    "impact": {"effect", "low", "high", "months_low", "months_high"},
}  # fmt: skip
"""Means of ten pupils or more, to one decimal, and what follows from them; single values are looked for behind them here."""
OF_NO_PUPILS = {
    "budget": {"provisions", "not_costed", "cost_planned", "cost_to_date", "cost_projected", "budget", "left"},
    "benchmarks": {"national", "p25", "p75"}, "statements": {"statement"}, "priorities": {"statement"},
    "statement_counts": {"count", "count_before", "of"}, "representation": {"statement", "tested"}, "transfer": {"statement"},
    "impact": {"rung"}, "asked_before": {"actions", "done", "overdue"}, "comparisons": {"tested", "q_value", "q_all"},
    "views": {"tested", "q_value", "change_q"}, "rate_comparisons": {"tested"},
}  # fmt: skip
"""Pounds that are spent on ten pupils or more; the country; statements, actions and questions, and how likely chance is, to one
decimal."""
Tables = Mapping[str, DataFrame]


class Release:
    """One term's release and what it was made from; adds to an attack what the release says and how its counts hang together."""

    def __init__(self, term: str, made_from: Tables, attack: Attack) -> None:
        self.term, self.true, self.attack = term, made_from, attack
        self.released = for_governors(made_from)
        self.roll = made_from["roll"].assign(side=has_sen(made_from["roll"]["sen_status"]).map({True: SIDES[0], False: SIDES[1]}))

    def attacked(self) -> None:
        for group in SIDES:
            for year in sorted(self.roll["year_group"].unique()):
                self.attack.count((self.term, "year", year, group), self.in_year(year, group))
        for add in (self.rates, self.trends, self.benchmarks, self.support, self.plan, self.compared, self.represented):
            add()
        for add in (self.arrived, self.views, self.asked_before, self.worked, self.rated):
            add()
        for group in SIDES:
            years = [(self.term, "year", year, group) for year in sorted(self.roll["year_group"].unique())]
            self.attack.together(years, (self.term, ROLL, group))
            self.attack.part_of((self.term, "severely absent", group), (self.term, "persistently absent", group))

    def in_year(self, year: str, group: str) -> int:
        return int((self.roll["year_group"].eq(year) & self.roll["side"].eq(group)).sum())

    def part(self, cell: Cell, whole: Cell, row: Mapping[str, Any], true: Mapping[str, Any], names: tuple[str, str]) -> None:
        """A published count of a published whole."""
        self.attack.see(whole, row[names[1]], true[names[1]])
        self.attack.see(cell, row[names[0]], true[names[0]])
        self.attack.part_of(cell, whole)

    def rates(self) -> None:
        true = self.true["rates"].set_index(["measure", "group"])
        for row in self.released["rates"].query("family == 'SEN'").to_dict("records"):
            whole = (self.term, TOLD if "progress" in row["measure"] else ROLL, row["group"])
            self.part(
                (self.term, row["measure"], row["group"]), whole, row, true.loc[(row["measure"], row["group"])], ("count", "of")
            )
        for group in SIDES:
            self.attack.part_of((self.term, TOLD, group), (self.term, ROLL, group))

    def trends(self) -> None:
        true = self.true["trends"].query("subject == 'all'").set_index(["figure", "group", "term"])
        rows = self.released["trends"]
        for row in rows[rows["group"].isin(SIDES)].to_dict("records"):
            figure, group, term = row["figure"], row["group"], row["term"]
            whole = (term, TOLD if figure == "low progress" else ROLL, group)
            cell = (term, EQUAL.get(figure, figure), group)
            self.part(cell, whole, row, true.loc[(figure, group, term)], ("n", "count")[::-1])

    def benchmarks(self) -> None:
        equal = {"persistent absence": "persistently absent", "severe absence": "severely absent"}
        true = self.true["benchmarks"].set_index(["measure", "group"])
        for row in self.released["benchmarks"].query("group == 'without SEN' and of == of").to_dict("records"):
            cell = (self.term, equal.get(row["measure"], row["measure"]), row["group"])
            self.part(cell, (self.term, ROLL, row["group"]), row, true.loc[(row["measure"], row["group"])], ("count", "of"))

    def support(self) -> None:
        key = ["group", "expectation", "amount"]
        true = self.true["support_counts"].set_index(key)["count"]
        rows = self.released["support_counts"].query("group in @SIDES", local_dict={"SIDES": SIDES}).set_index(key)["count"]
        cells = {place: self.attack.see((self.term, "support", *place), count, true[place]) for place, count in rows.items()}
        for group in SIDES:
            told = [cell for place, cell in cells.items() if place[0] == group and place[1] != "not known"]
            rest = [cell for place, cell in cells.items() if place[0] == group and place[1] == "not known"]
            if rest:
                self.attack.together(told + rest, (self.term, ROLL, group))
            if sum(self.attack.truth[cell] for cell in told) <= self.attack.truth[(self.term, TOLD, group)]:
                self.attack.together(told, (self.term, TOLD, group))  # who was flagged long ago may have no figure now

    def plan(self) -> None:
        true = self.true["plan_counts"].set_index("what")
        for row in self.released["plan_counts"].to_dict("records"):
            both, what = true.loc[row["what"]], row["what"]
            about_sen = what.startswith("pupils with SEN")
            whole = (self.term, ROLL, SIDES[0]) if about_sen else (self.term, "of", what)
            cell = self.attack.see((self.term, "plan", what), row["count"], both["count"])
            if pd.notna(row["of"]):
                self.attack.see(whole, row["of"], both["of"])
                self.attack.part_of(cell, whole)

    def compared(self) -> None:
        """Groups of ten or more are named; of those that are not named it is known that they are smaller."""
        true = self.true["comparisons"].query("measure == 'progress' and subject == 'all' and family != 'teaching group'")
        true = true[~true["by"].str.contains(" × ")].set_index(["family", "group"])
        shown = self.released["comparisons"].set_index(["family", "group"])
        wholes = {side: (self.term, TOLD, side) for side in SIDES}
        everyone = self.attack.count((self.term, TOLD, "everyone"), sum(self.attack.truth[cell] for cell in wholes.values()))
        self.attack.together(wholes.values(), everyone)
        for family, groups in true.groupby(level="family"):
            cells = {group: self.named((str(family), str(group)), row, shown) for (_, group), row in groups.iterrows()}
            if family == "SEN status":
                self.attack.together([cells["No SEN"]], wholes[SIDES[1]])
                self.attack.together([cells["SEN support"], cells["EHC plan"]], wholes[SIDES[0]])
            else:
                self.attack.together(
                    cells.values(), wholes[SIDES[0]] if family in ("type of need", "SEN by year group") else everyone
                )

    def named(self, place: tuple[str, str], true: Mapping[str, Any], shown: DataFrame) -> Cell:
        cell = (self.term, "grown", *place)
        if place not in shown.index:
            return self.attack.count(cell, true["n"], 0, 9)
        look = self.attack.see if place[1] == "No SEN" else self.coarse
        look(cell, shown.loc[place, "n"], true["n"])
        self.attack.sharper(cell, true["detectable"], 0.05)
        self.attack.sharper(cell, true["high"] - true["low"], 0.1)
        return self.attack.count(cell, true["n"], 10)

    def coarse(self, cell: Cell, published: Any, true: Any) -> None:
        """A published size, to the nearest ten."""
        half = 5 if pd.notna(published) and published else 0
        low, high = (1, 9) if pd.isna(published) else (int(published) - half, int(published) + max(0, half - 1))
        self.attack.count(cell, true, low, high)

    def represented(self) -> None:
        true = self.true["representation"].set_index(["kind", "what", "year_group"])
        rows = self.released["representation"]
        for row in rows.to_dict("records"):
            place = (row["kind"], row["what"], row["year_group"])
            whole, cell = self.offered_to(true.loc[place]), (self.term, *map(str, place))
            if true.loc[place, "n"] == self.attack.truth[(self.term, ROLL, SIDES[0])]:
                self.attack.see(whole, row["n"], true.loc[place, "n"])
            self.attack.see(cell, row["count"], true.loc[place, "count"])
            self.attack.part_of(cell, whole)
        options = rows[rows["kind"].eq("option")]
        cells = [
            (self.term, "option", what, str(year)) for what, year in zip(options["what"], options["year_group"], strict=True)
        ]
        if cells:  # everybody chose three
            three = self.attack.count((self.term, "choices"), sum(self.attack.truth[cell] for cell in cells))
            self.attack.together(cells, three)
            whole = next(terms for terms, _, _ in self.attack.sums[::-1] if cells[0] in terms and cells[1] not in terms)
            (pupils,) = [cell for cell, by in whole.items() if by < 0]
            self.attack.sums.append(({pupils: 3, three: -1}, 0, 0))

    def offered_to(self, true: Mapping[str, Any]) -> Cell:
        """Those with SEN in the year groups to which a thing is offered, as everybody in the school knows."""
        years = sorted(self.roll["year_group"].unique())
        some = [each for size in range(1, 6) for each in combinations(years, size)]
        sizes = {SIDES[0]: true["n"], SIDES[1]: true["n_rest"]}
        fits = [each for each in some if all(sum(self.in_year(year, side) for year in each) == n for side, n in sizes.items())]
        cell = (
            self.attack.count((self.term, "offered to", *fits[0]), true["n"]) if fits else (self.term, "offered", str(true.name))
        )
        if not fits:
            return self.attack.count(cell, true["n"])
        self.attack.together([(self.term, "year", year, SIDES[0]) for year in fits[0]], cell)
        return cell

    def arrived(self) -> None:
        true = self.true["transfer"].set_index("item")
        for row in self.released["transfer"].to_dict("records"):
            for side, names in zip(SIDES, (("count", "n"), ("count_rest", "n_rest")), strict=True):
                if true.loc[row["item"], names[1]]:
                    self.part((self.term, row["item"], side), (self.term, "year", "7", side), row, true.loc[row["item"]], names)

    def views(self) -> None:
        key = ["respondent", "theme", "group"]
        true, rows = (
            tables["views"].query("family in ('SEN', 'all pupils')").set_index(key) for tables in (self.true, self.released)
        )
        for (respondent, theme), groups in rows.groupby(level=[0, 1]):
            cells = {}
            for (_, _, group), row in groups.iterrows():
                cell = (self.term, "answered", str(respondent), str(theme), str(group))
                both = true.loc[(respondent, theme, group)]
                cells[group] = self.attack.see(cell, row["n"], both["n"])
                self.attack.count(cell, both["n"], 10)
                self.attack.sharper(cell, both["high"] - both["low"], 0.1)
            self.attack.together([cells[side] for side in SIDES], cells["all pupils"])

    def asked_before(self) -> None:
        """All who answered now and in the term before, which the views of both may tell too."""
        true = self.true["asked_before"].set_index(["respondent", "theme"])
        for row in self.released["asked_before"].to_dict("records"):
            place = (row["respondent"], row["theme"])
            for term, name in ((self.term, "n"), (row["since"], "n_then")):
                cell = (term, "answered", *place, "all pupils")
                self.attack.see(cell, row[name], true.loc[place, name])
                self.attack.count(cell, true.loc[place, name], 10)

    def worked(self) -> None:
        """Of those offered a provision some are counted; and an interval tells how many they are and those beside them."""
        true = self.true["impact"].set_index("provision_id")
        for row in self.released["impact"].to_dict("records"):
            both = true.loc[row["provision_id"]]
            cells = {name: (self.term, "impact", row["provision_id"], name) for name in ("n", "offered", "comparators")}
            for name, cell in cells.items():
                self.coarse(cell, row[name], both[name])
                self.attack.count(cell, both[name], 10)
            for name in ("n", "comparators"):
                self.attack.sharper(cells[name], both["high"] - both["low"], 0.1)
            self.attack.part_of(cells["n"], cells["offered"])

    def rated(self) -> None:
        """Of groups of ten or more it is told in words what was found, and in the same words of all whose counts are small."""
        true = self.true["rate_comparisons"]
        shown = self.released["rate_comparisons"].set_index(["measure", "by", "group"])["verdict"]
        for (measure, by), groups in true[~true["by"].str.contains(" × ")].groupby(["measure", "by"]):
            known = groups.dropna(subset="count").to_dict("records")
            cells = {row["group"]: self.found((measure, by, row["group"]), row, shown) for row in known}
            (whole,) = {*(groups["count"] + groups["count_rest"]).where(groups["n_rest"].gt(0)).dropna().astype(int)} or {None}
            if whole is not None:
                self.attack.together(cells.values(), self.attack.count((self.term, "rated", measure, "everyone", by), whole))
            figure = RATED.get(measure)
            if figure and by == "SEN status":
                with_sen = [cells[group] for group in ("SEN support", "EHC plan") if group in cells]
                self.attack.together(with_sen, (self.term, figure, SIDES[0]))
                self.attack.together([cells["No SEN"]], (self.term, figure, SIDES[1]))

    def found(self, place: tuple[str, str, str], row: Mapping[str, Any], shown: pd.Series) -> Cell:
        cell = (self.term, "rated", *place)
        if place not in shown.index:
            return self.attack.count(cell, row["count"], 0, 9)
        if shown[place] != "too few to say":
            return self.attack.count(cell, row["count"], 8 if row["count"] else 0, MOST if row["count"] else 0)
        return self.attack.count(cell, row["count"], *(HIDDEN if 1 <= row["count"] <= 7 else ()))


@pytest.fixture(scope="module", params=PUPILS)
def measured(request, tmp_path_factory) -> dict[str, dict[str, DataFrame]]:
    """All tables of three terms of an invented school."""
    folder = tmp_path_factory.mktemp("attacked") / "school"
    write_sample(folder, request.param, 6)
    asked = {term: Parameters(school=folder, term=term) for term in TERMS}
    return {term: reviewed(parameters, with_records(parameters)) for term, parameters in asked.items()}


@pytest.fixture(scope="module")
def attack(measured) -> Attack:
    """The releases of three terms in one attack."""
    known = Attack()
    for term, tables in measured.items():
        Release(term, tables, known).attacked()
    return known


def test_no_hidden_count_of_three_terms_is_found(attack):
    found = attack.narrowed(attack.small)
    assert len(found) > 80 and found["true"].between(found["low"], found["high"]).all()
    assert (found["high"] - found["low"]).min() >= NARROWEST, found[found["high"] - found["low"] < NARROWEST].to_string()


def test_who_knows_the_roll_beside_finds_no_hidden_count_either(attack):
    knowing = Attack(dict(attack.within), list(attack.sums), dict(attack.truth))
    for cell in [(term, ROLL, side) for term in TERMS for side in SIDES]:
        knowing.count(cell, knowing.truth[cell], knowing.truth[cell], knowing.truth[cell])
    found = knowing.narrowed(knowing.small)
    assert (found["high"] > found["low"]).all(), found[found["high"].eq(found["low"])].to_string()


def test_every_number_that_governors_are_handed_is_attacked_or_tells_of_no_pupil(measured):
    for tables in measured.values():
        for name, rows in for_governors(tables).items():
            known = set().union(*(columns.get(name, set()) for columns in (COUNTS, SIZES_OF_EFFECTS, OF_NO_PUPILS)))
            assert {*rows.select_dtypes("number").dropna(axis=1, how="all")} <= known, name


GROWTH = 3.0
"""Standard deviations: of all pupils hardly one lies farther out."""


def told_of_the_same(tables: Tables) -> list[DataFrame]:
    """The groups that governors are told of, those of one question and of the same pupils together: `mean_told` `rest_told`."""
    place = ["family", "group"]
    shown = for_governors(tables)["comparisons"].set_index(place)[["mean", "mean_rest"]]
    true = tables["comparisons"].query("measure == 'progress' and subject == 'all'")
    told = true.join(shown.set_axis(["mean_told", "rest_told"], axis=1), on=place, how="inner").dropna(subset="mean_rest")
    total = (told["n"] * told["mean"] + told["n_rest"] * told["mean_rest"]).round(6)
    return [groups for _, groups in told.assign(total=total).groupby(["family", "total"])]


def not_told(groups: DataFrame) -> tuple[int, float]:
    """How many are in none of the groups told of one question, and how far apart the ends are between which all their growth
    together may lie."""
    first = groups.iloc[0]
    sums, everyone = Sums(GROWTH), int(first["n"] + first["n_rest"])
    rows = groups.to_dict("records")
    cells = {row["group"]: sums.sum_of((row["group"],), row["n"], row["mean"]) for row in rows}
    rest = everyone - int(groups["n"].sum())
    if not rest:
        return 0, math.inf
    others = sums.sum_of(("others",), rest, (first["total"] - sum(sums.truth.values())) / rest)
    for row in rows:
        sums.see([cells[row["group"]]], row["n"], row["mean"], row["mean_told"], 0.05)
        beside = [others, *(cell for group, cell in cells.items() if group != row["group"])]
        sums.see(beside, row["n_rest"], row["mean_rest"], row["rest_told"], 0.05)
    return rest, sums.width([others])


def test_no_growth_of_a_pupil_is_found_behind_the_means_of_groups_and_of_all_others(measured):
    """Even by who knows how many are in each group, and how each but one in the groups that are not told has grown."""
    found = [not_told(groups) for tables in measured.values() for groups in told_of_the_same(tables)]
    few = [width for rest, width in found if 0 < rest < 10]
    assert len(few) >= 3 or len(measured[TERMS[0]]["roll"]) < PUPILS[1] - 50
    assert min(few, default=math.inf) >= 2


def test_the_growth_of_one_pupil_would_be_found_behind_exact_means():
    groups = DataFrame({"group": ["nine", "ten"], "n": [9, 10], "n_rest": [11, 10], "mean": [0.3, -0.1]})
    groups = groups.assign(total=0.3 * 9 - 0.1 * 10 + 1.2)
    groups = groups.assign(mean_rest=(groups["total"] - groups["n"] * groups["mean"]) / groups["n_rest"])
    exact = groups.assign(mean_told=groups["mean"], rest_told=groups["mean_rest"])
    assert not_told(exact) == (1, pytest.approx(0.1 * 19, abs=0.01))
    assert not_told(exact.assign(rest_told=float("nan"), mean_told=float("nan"))) == (1, pytest.approx(6))


def hand_worked(whole: int | None, exact: bool) -> DataFrame:
    """A whole of fifteen in a part of twelve, which is published, and one of three, which is hidden."""
    attack = Attack()
    attack.see(("whole",), 15, 15) if whole is None else attack.count(("whole",), 15, whole, whole)
    attack.count(("shown",), 12, 12, 12) if exact else attack.see(("shown",), 10, 12)
    attack.see(("hidden",), None, 3)
    attack.together([("shown",), ("hidden",)], ("whole",))
    return attack.narrowed([("hidden",)])


def test_the_attack_finds_what_is_hidden_behind_exact_numbers_and_less_behind_rounded_ones():
    assert hand_worked(15, exact=True)[["low", "high"]].to_numpy().tolist() == [[3, 3]]
    assert hand_worked(15, exact=False)[["low", "high"]].to_numpy().tolist() == [[3, 7]]
    assert hand_worked(None, exact=False)[["low", "high"]].to_numpy().tolist() == [[1, 7]]


def test_the_attack_refuses_to_take_for_known_what_is_not_so():
    with pytest.raises(AssertionError, match="is 12, not"):
        Attack().see(("cell",), 5, 12)
