"""Works out counts from what governors are handed, as somebody would who knows how they were rounded and hang together."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from pandas import DataFrame
from scipy.optimize import Bounds, LinearConstraint, milp
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
