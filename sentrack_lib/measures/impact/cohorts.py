"""The cohort of a provision: its pupils who began together, with their scores, and everybody they might be held against."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas import DataFrame, Index, Series

from sentrack_lib.measures.impact.comparing import Cohort, Mask, Numbers, Sides, sides_of
from sentrack_lib.measures.impact.scores import Scores
from sentrack_lib.measures.impact.starts import Offers
from sentrack_lib.measures.support import UNIVERSAL

LOT = "lot"


@dataclass(frozen=True)
class Case:
    """A provision: all it was `offered` to this school year, its cohort and sides where there are scores.

    `entry` are the sides without asking for an earlier test; `at` the terms (as numbers) of p0, p1 and of the start, -1 where
    there is none; `others` the provisions of the columns `beside`; `drawn` how many had a place in a draw that is recorded."""

    provision: Series
    offered: DataFrame
    scale: str = ""
    at: tuple[int, int, int] = (-1, -1, -1)
    cohort: Cohort | None = None
    sides: Sides | None = None
    entry: Sides | None = None
    others: tuple[str, ...] = ()

    @property
    def n(self) -> int:
        """Pupils with every score that is asked for."""
        return self.sides.n if self.sides else 0

    @property
    def by_lot(self) -> bool:
        """Whether chance decided who takes part."""
        return bool(self.cohort and self.cohort.lot)

    @property
    def inseparable(self) -> tuple[str, ...]:
        """Other provisions of all the treated that no comparator has: what both did cannot be told apart."""
        if self.sides is None or not self.n:
            return ()
        beside, treated = self.sides.beside > 0, self.sides.treated
        both = np.atleast_1d(beside[treated].all(axis=0) & ~beside[~treated].any(axis=0))
        return tuple(np.array(self.others, dtype=object)[both])


@dataclass(frozen=True)
class Wave:
    """Those who began in one term: their scores of three moments on one scale."""

    scale: int
    at: tuple[int, int, int]
    p0: Numbers
    p1: Numbers
    y: Numbers

    def complete(self, who: NDArray[np.int64]) -> tuple[int, int, int]:
        """How many have all three scores, how many the last two; the later the better."""
        entry = np.isfinite(self.p1[who] + self.y[who])
        return int((entry & np.isfinite(self.p0[who])).sum()), int(entry.sum()), self.at[2]


def cases(found: Offers, scores: Scores) -> list[Case]:
    """A case a provision of the school year, in the order of their names."""
    stays = found.stays.assign(place=scores.pupils.get_indexer(Index(found.stays["pupil_id"])))
    universal = found.provisions.index[found.provisions["wave"].str.casefold().isin(UNIVERSAL)]
    beside = stays[~stays["provision_id"].isin(universal) & (stays["place"] >= 0)]
    by_id = dict(iter(stays.groupby("provision_id")))
    drawn = dict(iter(found.draws.groupby("provision_id")))
    rows = ((row, by_id.get(str(own), stays.iloc[:0])) for own, row in found.provisions.iterrows())
    return [_case(row, own, beside, drawn.get(str(row.name)), scores) for row, own in rows]


def _case(provision: Series, stays: DataFrame, beside: DataFrame, draws: DataFrame | None, scores: Scores) -> Case:
    offered = stays[stays["now"]]
    bare = Case(provision, offered)
    here = offered[(offered["place"] >= 0) & (offered["at"] >= 0)]
    subject = str(provision["subject"]) if pd.notna(provision["subject"]) else ""
    wave = _fullest(here, subject, scores)
    if wave is None:
        return bare
    who = here.loc[here["at"].eq(wave.at[2]), "place"].to_numpy()
    since = here.loc[here["at"].eq(wave.at[2]), "began"].min()
    treated, ever = np.zeros((2, len(scores.pupils)), dtype="bool")
    treated[who], ever[stays.loc[stays["place"] >= 0, "place"]] = True, True
    known = treated & np.isfinite(wave.p1 + wave.y)
    other = beside[beside["provision_id"].ne(str(provision.name)) & ~(beside["until"] < since)]
    names, columns = _others(other, known, len(ever))
    cohort = _cohort(scores, wave, treated, ever, columns, other, _lot(provision, draws, scores))
    names = () if cohort.lot else names
    entry = sides_of(replace(cohort, lot=True))
    return Case(provision, offered, str(scores.scales[wave.scale]), wave.at, cohort, sides_of(cohort), entry, names)


def _fullest(here: DataFrame, subject: str, scores: Scores) -> Wave | None:
    """Of those who began in one term, with scores on one scale, the most; nothing where nobody has scores before and after."""
    best, most = None, (0, 0, 0)
    for scale in range(len(scores.scales)):
        block = scores.of(subject, scale)
        there = scores.collected(block)
        for at in here["at"].unique():
            before = np.flatnonzero(there & (scores.at < at))
            if not len(before) or int(at) > int(scores.at[-1]):
                continue
            none = np.full(len(block), np.nan)
            p0 = block[:, before[-2]] if len(before) > 1 else none
            terms = (int(scores.at[before[-2]]) if len(before) > 1 else -1, int(scores.at[before[-1]]), int(at))
            wave = Wave(scale, terms, p0, block[:, before[-1]], block[:, -1])
            count = wave.complete(here.loc[here["at"].eq(at), "place"].to_numpy())
            if count[1] and count > most:
                best, most = wave, count
    return best


def _others(other: DataFrame, known: Mask, pupils: int) -> tuple[tuple[str, ...], NDArray[np.bool_]]:
    """The other provisions of some of the treated, and who is in each."""
    names = tuple(sorted(other.loc[known[other["place"]], "provision_id"].unique()))
    columns = np.zeros((pupils, len(names)), dtype="bool")
    place = Index(names).get_indexer(Index(other["provision_id"])) if names else np.full(len(other), -1)
    columns[other["place"].to_numpy()[place >= 0], place[place >= 0]] = True
    return names, columns


@dataclass(frozen=True)
class Lot:
    """Whether places were drawn; where the draw is recorded, who was drawn and who waits."""

    by_lot: bool
    recorded: bool
    drawn: Mask
    waiting: Mask


def _lot(provision: Series, draws: DataFrame | None, scores: Scores) -> Lot:
    drawn, waiting = np.zeros((2, len(scores.pupils)), dtype="bool")
    if draws is None:
        return Lot(str(provision["chosen_by"]).casefold() == LOT, False, drawn, waiting)
    place = scores.pupils.get_indexer(Index(draws["pupil_id"]))
    drawn[place[(place >= 0) & draws["drawn"].to_numpy()]] = True
    waiting[place[(place >= 0) & ~draws["drawn"].to_numpy()]] = True
    return Lot(True, True, drawn, waiting & ~drawn)


def _cohort(
    scores: Scores, wave: Wave, began: Mask, ever: Mask, beside: NDArray[np.bool_], other: DataFrame, lot: Lot
) -> Cohort:  # fmt: skip
    """The year groups of the treated. Free are those in no other provision but one that some of the treated are in as well; where
    a draw is recorded, those who wait, and treated are all who were drawn, whether they came or not."""
    known = np.isfinite(wave.p1 + wave.y)
    offered = lot.drawn & (began | ~ever) if lot.recorded else began
    treated, untreated = offered & known, ~ever & ~lot.drawn & known
    free = untreated & (lot.waiting if lot.recorded else ~_elsewhere(other, beside))
    here = known & np.isin(scores.year, scores.year[treated])
    year = np.unique(scores.year[here], return_inverse=True)[1].astype("int64")
    columns = beside[:, :0] if lot.by_lot else beside
    each = (treated[here], free[here], untreated[here], wave.p0[here], wave.p1[here], wave.y[here], columns[here])
    return Cohort(np.flatnonzero(here), year, *each, lot.by_lot)


def _elsewhere(other: DataFrame, beside: NDArray[np.bool_]) -> Mask:
    """Who is in a provision that none of the treated are in."""
    once = other.drop_duplicates(["provision_id", "place"])
    return np.bincount(once["place"], minlength=len(beside)) > beside.sum(axis=1)
