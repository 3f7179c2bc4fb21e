"""Works out counts and sums from what governors are handed, as one would who knows how all were rounded and hang together."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from pandas import DataFrame
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import csr_array

HIDDEN = (1, 7)
HALF = 2
"""How far a count may lie from what it was rounded to."""
MOST = 2_000
Cell = tuple[str, ...]


@dataclass
class Attack:
    """Counts, what each may be, and what is known of their sums. The true counts lie beside, so that the attack is not of a straw
    man: it takes nothing for known that is not so."""

    within: dict[Cell, tuple[int, int]] = field(default_factory=dict)
    sums: list[tuple[dict[Cell, int], float, float]] = field(default_factory=list)
    truth: dict[Cell, int] = field(default_factory=dict)

    def count(self, cell: Cell, true: Any, low: int = 0, high: int = MOST) -> Cell:
        """A count that lies within these bounds, and within all that were said of it before."""
        assert self.truth.setdefault(cell, int(true)) == int(true), f"{cell} is {int(true)} and {self.truth[cell]}"
        before = self.within.get(cell, (0, MOST))
        self.within[cell] = (max(low, before[0]), min(high, before[1]))
        assert self.within[cell][0] <= int(true) <= self.within[cell][1], f"{cell} is {true}, not {self.within[cell]}"
        return cell

    def see(self, cell: Cell, published: Any, true: Any) -> Cell:
        """A published count: a blank is one to seven, zero is nobody, all else may be two more or less."""
        if pd.isna(published):
            return self.count(cell, true, *HIDDEN)
        half = HALF if published else 0
        return self.count(cell, true, int(published) - half, int(published) + half)

    def sharper(self, cell: Cell, width: float, off: float) -> None:
        """A size that the width of an interval tells, which goes with one over its root: as near as rounding leaves the width,
        and as if all else that makes an interval wide were known."""
        if not width > off:
            return
        true = self.truth[cell]
        self.count(cell, true, math.floor(true * (width / (width + off)) ** 2), math.ceil(true * (width / (width - off)) ** 2))

    def part_of(self, part: Cell, whole: Cell) -> None:
        """Some of those that another counts; the rest of them is a count too."""
        rest = self.count((*whole, "but not", *part), self.truth[whole] - self.truth[part])
        self.together([part, rest], whole)

    def together(self, parts: Iterable[Cell], whole: Cell) -> None:
        """Counts that add up to another, or, where some are of no part, to less."""
        terms = {**{part: 1 for part in parts}, whole: -1}
        less = sum(by * self.truth[cell] for cell, by in terms.items())
        assert less <= 0, f"{whole} is less than its parts"
        self.sums.append((terms, 0 if less == 0 else -np.inf, 0))

    @property
    def small(self) -> list[Cell]:
        """Every count of one to seven, published as a blank or not at all."""
        return [cell for cell, true in self.truth.items() if HIDDEN[0] <= true <= HIDDEN[1]]

    def narrowed(self, cells: Iterable[Cell]) -> DataFrame:
        """The least and the most that each of these counts can be, of all counts that agree with what is known: `cell` `true`
        `low` `high`."""
        places = {cell: place for place, cell in enumerate(self.within)}
        known = [(row, places[cell], by) for row, (terms, _, _) in enumerate(self.sums) for cell, by in terms.items()]
        rows, columns, by = zip(*known, strict=True)
        matrix = csr_array((by, (rows, columns)), shape=(len(self.sums), len(places)))
        constraints = LinearConstraint(matrix, [low for _, low, _ in self.sums], [high for _, _, high in self.sums])
        bounds = Bounds(*np.array(list(self.within.values()), dtype=float).T)

        def end(cell: Cell, sign: int) -> int:
            wanted = np.zeros(len(places))
            wanted[places[cell]] = sign
            found = milp(wanted, constraints=constraints, bounds=bounds, integrality=np.ones(len(places)))
            assert found.success, f"{cell}: {found.message}"
            return sign * round(found.fun)

        ends = [(cell, self.truth[cell], end(cell, 1), end(cell, -1)) for cell in cells]
        return DataFrame(ends, columns=["cell", "true", "low", "high"])


@dataclass
class Sums:
    """Sums of what pupils scored, each between two ends, and what is known of them together: how many pupils stand behind each is
    taken to be known, as the strongest attacker may."""

    most: float
    """No pupil scores more than this, or less than its opposite."""
    within: dict[Cell, tuple[float, float]] = field(default_factory=dict)
    rows: list[tuple[dict[Cell, int], float, float]] = field(default_factory=list)
    truth: dict[Cell, float] = field(default_factory=dict)

    def sum_of(self, cell: Cell, n: int, mean: float) -> Cell:
        self.truth[cell] = n * mean
        self.within[cell] = (-n * self.most, n * self.most)
        return cell

    def see(self, parts: Iterable[Cell], n: int, mean: float, published: float, half: float) -> None:
        """The mean of these together, as published; a blank says nothing."""
        if pd.isna(published):
            return
        assert abs(mean - published) <= half + 1e-9
        parts = list(parts)
        assert abs(sum(self.truth[part] for part in parts) - n * mean) < 1e-6 * n
        self.rows.append((dict.fromkeys(parts, 1), n * (published - half), n * (published + half)))

    def width(self, cells: Iterable[Cell]) -> float:
        """How far apart the least and the most are that these together may have scored."""
        places = {cell: place for place, cell in enumerate(self.within)}
        matrix = np.zeros((len(self.rows), len(places)))
        for row, (terms, _, _) in enumerate(self.rows):
            for cell, by in terms.items():
                matrix[row, places[cell]] = by
        ends = np.array([(low, high) for _, low, high in self.rows]).reshape(-1, 2)
        wanted = np.zeros(len(places))
        wanted[[places[cell] for cell in cells]] = 1
        above, below = np.vstack([matrix, -matrix]), np.concatenate([ends[:, 1], -ends[:, 0]])
        both = [linprog(sign * wanted, above, below, bounds=[*self.within.values()]) for sign in (1, -1)]
        assert all(found.success for found in both), both[0].message
        return float(-both[1].fun - both[0].fun)
