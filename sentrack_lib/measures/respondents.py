"""Whose views are heard: the groups of every pupil on the roll, with the parents in the group of their child; and the
comments."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas import DataFrame, Index, Series

from sentrack_lib.measures.groups.counts import EVERYONE
from sentrack_lib.measures.groups.membership import YEAR_GROUP, groupings
from sentrack_lib.sources.coded import numbered, places_among
from sentrack_lib.sources.codes import has_sen
from sentrack_lib.terms import Term

RESPONDENTS = ("pupil", "parent")
SEN, WITH, WITHOUT = "SEN", "with SEN", "without SEN"
ABSENT, OFTEN, NOT_OFTEN = "persistent absence", "persistently absent", "not persistently absent"
ASKED = ("SEN status", "type of need", "gender", YEAR_GROUP, "pupil premium", "ethnicity")
FAMILIES = (EVERYONE, SEN, *ASKED, ABSENT)
Codes = NDArray[np.int64]


@dataclass(frozen=True)
class Respondents:
    """Every pupil on the rolls of some `terms` (`keys`: a number for term and pupil), all groups (`names`: `family`, `group`, in
    their order), and for each pupil the number of the group in each family; -1 where the answer is not known."""

    terms: Index
    pupils: Index
    keys: Index
    names: DataFrame
    groups: Codes

    @classmethod
    def of(cls, pupils: DataFrame, terms: Iterable[Term], attendance: DataFrame) -> "Respondents":
        """Those of some terms; `attendance` is the measure of one of them, in the others absence is not known."""
        named = Index([*map(str, terms)], dtype="str")
        when, who = places_among(pupils["term"], named), Index(numbered(pupils["pupil_id"])[1])
        order = np.flatnonzero(when >= 0)[np.argsort(when[when >= 0], kind="stable")]
        roll = pupils.iloc[order].drop_duplicates(["term", "pupil_id"], keep="last").reset_index(drop=True)
        keys = _keys(roll, named, who)
        absent = Series(attendance["persistent"].to_numpy(dtype=object), _keys(attendance, named, who)).reindex(keys)
        groups = _grouped(roll).assign(**{ABSENT: absent.map({True: OFTEN, False: NOT_OFTEN}).to_numpy()})
        return cls(named, who, Index(keys), *_numbered(groups))

    def places(self, rows: DataFrame) -> Codes:
        """Where the pupil of each row stands on the roll of its term; -1 where nowhere."""
        return self.keys.get_indexer(Index(_keys(rows, self.terms, self.pupils)))

    def of_term(self, term: Term) -> NDArray[np.bool_]:
        """Which of them are on the roll of a term."""
        return (self.keys.to_numpy() // max(len(self.pupils), 1)) == self.terms.get_indexer(Index([str(term)]))[0]


def _keys(rows: DataFrame, terms: Index, pupils: Index) -> Codes:
    """A number for each row's term and pupil; -1 where one of them is not among those known."""
    term, pupil = places_among(rows["term"], terms), places_among(rows["pupil_id"], pupils)
    return np.where((term < 0) | (pupil < 0), -1, term * len(pupils) + pupil)


def _grouped(roll: DataFrame) -> DataFrame:
    """The group of each pupil of a roll, a column a family."""
    found, sen = groupings(roll), has_sen(roll["sen_status"]).map({True: WITH, False: WITHOUT})
    columns = {EVERYONE: Series(EVERYONE, roll.index, dtype="str"), SEN: sen, **{family: found[family] for family in ASKED}}
    return DataFrame(columns)


def _numbered(found: DataFrame) -> tuple[DataFrame, Codes]:
    """All groups, family by family, Year 7 before Year 10; and their numbers in place of their names."""
    names: list[tuple[str, str]] = []
    numbers = []
    for family in FAMILIES:
        number, groups = pd.factorize(found[family])
        order = sorted(range(len(groups)), key=lambda place: (len(groups[place]) if family == YEAR_GROUP else 0, groups[place]))
        places = np.append(len(names) + np.argsort(order), -1)
        numbers.append(places[number])
        names += [(family, groups[place]) for place in order]
    return DataFrame(names, columns=["family", "group"]).astype("str"), np.column_stack(numbers).astype("int64")


def comments(views: DataFrame, respondents: Respondents, term: Term) -> DataFrame:
    """What was written in `term`: `respondent` `theme` `pupil_id` (blank: anonymous) `on` `score` `comment`, low scores first."""
    rows = views[views["term"].eq(str(term)) & views["comment"].notna()]
    rows = rows[rows["pupil_id"].isna() | (respondents.places(rows) >= 0)].astype(
        dict.fromkeys(["respondent", "theme", "pupil_id"], "str")
    )
    rows = rows.sort_values(["respondent", "theme", "score", "on"], ascending=[False, True, True, True], kind="stable")
    return rows[["respondent", "theme", "pupil_id", "on", "score", "comment"]].reset_index(drop=True)
