"""Drawing by lot so that the few who are drawn resemble the many: minimisation (Pocock and Simon, Biometrics 31, 1975).

Pupils stand in an order of chance that a seed fixes. The first places go by that order alone, so that nobody is left out for
ever, however rare the need; then, of the next few in the order, the one is taken who brings the margins (year group, need,
class …) closest to their shares among all who could be drawn."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b
from heapq import nsmallest
from typing import Any, NamedTuple

from pandas import DataFrame

NEXT = 10
"""How many are held against each other for a place: fewer leave the margins uneven, more leave nothing to chance."""
MOST_TIMES = 3
"""How often one pupil is drawn at most, over all subjects."""

Margin = tuple[str, str, str]


class Lot(NamedTuple):
    """One who can be drawn: the row, the level, the margins that are added to, and the place in the order of chance."""

    row: Any
    pupil_id: str
    level: str
    margins: tuple[Margin, ...]
    place: bytes


def drawn(
    candidates: DataFrame, places: int, margins: Sequence[str], levels: Sequence[str], seed: int, times: Counter[str]
) -> DataFrame:
    """The rows drawn, with `order` from 1: up to `places` of every subject, `levels` in turn as far as there are, the first
    of each by chance alone.

    Margins are kept within each subject and over all of them; without `levels` the level plays no part. `candidates` has one row
    a pupil and subject; `times` counts how often each pupil is drawn, and goes on from one draw to the next. The order of rows
    is of no account: the place of each by chance is a hash of seed, subject and pupil."""
    lots = _lots(candidates, margins, seed)
    share, filled = _shares(lots), defaultdict[Margin, float](float)
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
    rows = candidates.loc[[row for row, _ in taken]].assign(order=[order for _, order in taken])
    return rows.astype({"order": "int64"}).sort_values(["subject", "order"], ignore_index=True)


def _lots(candidates: DataFrame, margins: Sequence[str], seed: int) -> dict[str, list[Lot]]:
    """The lots of every subject."""
    found = defaultdict(list)
    columns = [candidates[name].tolist() for name in ("pupil_id", "subject", "level", *margins)]
    for row, pupil, subject, level, *groups in zip(candidates.index, *columns, strict=True):
        within = zip(margins, groups, strict=True)
        own = tuple((scope, margin, group) for margin, group in within for scope in (subject, ""))
        found[subject].append(Lot(row, pupil, level, own, place_by_chance(seed, subject, pupil)))
    return dict(found)


def place_by_chance(seed: int, subject: str, pupil: str) -> bytes:
    """A place by chance that is the same on every machine and in every version of every library."""
    return blake2b(f"{seed}\n{subject}\n{pupil}".encode(), digest_size=8).digest()


def _shares(lots: dict[str, list[Lot]]) -> dict[Margin, float]:
    """The share of each margin among those who can be drawn, within its subject or over all."""
    sizes = {subject: len(own) for subject, own in lots.items()}
    sizes[""] = sum(sizes.values())
    found = Counter(margin for own in lots.values() for lot in own for margin in lot.margins)
    return {margin: count / sizes[margin[0]] for margin, count in found.items()}


def _next(lots: Iterable[Lot], level: str, times: Counter[str], few: int) -> list[Lot]:
    """The next few of a level, of any where there are none, of those who are drawn least often so far."""
    free = [lot for lot in lots if times[lot.pupil_id] < MOST_TIMES]
    wanted = [lot for lot in free if lot.level == level] or free
    fewest = min((times[lot.pupil_id] for lot in wanted), default=0)
    return nsmallest(few, (lot for lot in wanted if times[lot.pupil_id] == fewest), key=lambda lot: lot.place)


def _best(lots: Sequence[Lot], filled: Mapping[Margin, float], share: Mapping[Margin, float]) -> Lot | None:
    """The one whose margins are furthest behind their shares; of those alike, the first by chance."""
    return min(lots, key=lambda lot: sum(filled.get(margin, 0) - share[margin] for margin in lot.margins), default=None)
