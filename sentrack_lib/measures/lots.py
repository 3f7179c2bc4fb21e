"""Drawing by lot so that the few who are drawn resemble the many: minimisation (Pocock and Simon, Biometrics 31, 1975).

Pupils stand in an order of chance that a seed fixes. The first places go by that order alone, so that nobody is left out for
ever, however rare the need; then, of the next few in the order, the one is taken who brings the margins (year group, need,
class …) closest to their shares among all who could be drawn."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from hashlib import blake2b
from itertools import islice
from operator import attrgetter
from typing import Any, NamedTuple

import numpy as np
from pandas import DataFrame

NEXT = 10
"""How many are held against each other for a place: fewer leave the margins uneven, more leave nothing to chance."""
MOST_TIMES = 3
"""How often one pupil is drawn at most, over all subjects."""

Margin = tuple[str, int, str]
"""A subject ("" for all of them), which of the margins, and a group."""


class Lot(NamedTuple):
    """One who can be drawn: the row, who it is, the level, the group in each margin, and the place in the order of chance."""

    row: Any
    subject: str
    pupil_id: str
    level: str
    groups: tuple[str, ...]
    place: bytes

    @property
    def margins(self) -> Iterator[Margin]:
        """What is added to where it is drawn: few are held against others, so they are worked out when asked for."""
        return ((scope, which, group) for which, group in enumerate(self.groups) for scope in (self.subject, ""))


def drawn(
    candidates: DataFrame, places: int, margins: Sequence[str], levels: Sequence[str], seed: int, times: Counter[str]
) -> DataFrame:
    """The rows drawn, with `order` from 1: up to `places` of every subject, `levels` in turn as far as there are, the first
    of each by chance alone.

    Margins are kept within each subject and over all of them; without `levels` the level plays no part. `candidates` has one row
    a pupil and subject; `times` counts how often each pupil is drawn, and goes on from one draw to the next. The order of rows
    is of no account: the place of each by chance is a hash of seed, subject and pupil."""
    lots = _lots(candidates, margins, seed)
    share, filled = _shares(candidates, margins), defaultdict[Margin, float](float)
    taken: list[tuple[Any, int]] = []
    for order in range(1, places + 1):  # every subject gets one before any gets its second
        level = levels[(order - 1) % len(levels)] if levels else ""
        few = NEXT if order > max(1, len(levels)) else 1
        for subject in sorted(lots):
            best = _best(_next(lots[subject], level, times, few), filled, share)
            if best is None:
                continue
            taken.append((best.row, order))
            lots[subject].remove(best)
            times[best.pupil_id] += 1
            for margin in best.margins:
                filled[margin] += 1 / (places * (len(lots) if margin[0] == "" else 1))
    rows = candidates.loc[[row for row, _ in taken]].assign(order=np.array([order for _, order in taken], dtype="int64"))
    return rows.sort_values(["subject", "order"], ignore_index=True)


def _lots(candidates: DataFrame, margins: Sequence[str], seed: int) -> dict[str, list[Lot]]:
    """The lots of every subject, in the order of chance."""
    found = defaultdict(list)
    subjects, pupils, levels = (candidates[name].tolist() for name in ("subject", "pupil_id", "level"))
    groups = zip(*(candidates[name].tolist() for name in margins), strict=True)
    for row, subject, pupil, level, own in zip(candidates.index, subjects, pupils, levels, groups, strict=True):
        found[subject].append(Lot(row, subject, pupil, level, own, place_by_chance(seed, subject, pupil)))
    return {subject: sorted(lots, key=attrgetter("place")) for subject, lots in found.items()}


def place_by_chance(seed: int, subject: str, pupil: str) -> bytes:
    """A place by chance that is the same on every machine and in every version of every library."""
    return blake2b(f"{seed}\n{subject}\n{pupil}".encode(), digest_size=8).digest()


def _shares(candidates: DataFrame, margins: Sequence[str]) -> dict[Margin, float]:
    """The share of each margin among those who can be drawn, within its subject or over all."""
    subjects, found = candidates["subject"].tolist(), Counter[Margin]()
    for which, name in enumerate(margins):
        for (subject, group), count in Counter(zip(subjects, candidates[name].tolist(), strict=True)).items():
            for scope in (subject, ""):  # the same where no subject is drawn for: filled twice, too
                found[scope, which, group] += count
    sizes = {**Counter(subjects), "": len(subjects)}
    return {margin: count / sizes[margin[0]] for margin, count in found.items()}


def _next(lots: Sequence[Lot], level: str, times: Counter[str], few: int) -> list[Lot]:
    """The next few of a level, of any where there are none, of those who are drawn least often so far."""
    free = [lot for lot in lots if times[lot.pupil_id] < MOST_TIMES]
    wanted = [lot for lot in free if lot.level == level] or free
    fewest = min((times[lot.pupil_id] for lot in wanted), default=0)
    return [*islice((lot for lot in wanted if times[lot.pupil_id] == fewest), few)]


def _best(lots: Sequence[Lot], filled: Mapping[Margin, float], share: Mapping[Margin, float]) -> Lot | None:
    """The one whose margins are furthest behind their shares; of those alike, the first by chance."""
    return min(lots, key=lambda lot: sum(filled.get(margin, 0) - share[margin] for margin in lot.margins), default=None)
