"""What is known of a school when a statement is looked at, and how it is said: number and whole together, never a rating."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from pandas import DataFrame, Series

from sentrack_lib.measures.groups.certainty import SHOWN
from sentrack_lib.measures.progress.taught import ALL
from sentrack_lib.measures.recorded import recorded
from sentrack_lib.measures.spoken import of, sentence
from sentrack_lib.sources.codes import has_sen
from sentrack_lib.terms import Term

Groups = dict[str, tuple[float, float]]
"""Of a group the count and the whole."""
WITH_SEN = ["SEN support", "EHC plan"]
TAKEN_PART = ["statement", "what", "n", "count", "n_rest", "count_rest", "verdict"]
MOST_NAMED = 4
"""Things that are named in a sentence; of more it is only said how many they are."""
MOST_TOLD = 2
"""Things to take part in that are told one by one."""


@dataclass(frozen=True)
class Known:
    """The tables of the review and of the plan, and the records, of one term."""

    tables: Mapping[str, DataFrame]
    records: Mapping[str, DataFrame]
    term: Term

    def has(self, names: tuple[str, ...]) -> bool:
        """Whether all these tables are there, and the first of them has a row."""
        return all(name in self.tables for name in names) and not (names and self.tables[names[0]].empty)

    def __getitem__(self, name: str) -> DataFrame:
        """A table; without rows and columns where there is none of this name."""
        return self.tables.get(name, DataFrame())

    @cached_property
    def sen(self) -> Series:
        """The pupils with SEN on the roll."""
        roll = self.tables["roll"]
        return roll.loc[has_sen(roll["sen_status"]).fillna(False).to_numpy(dtype=bool), "pupil_id"].astype("str")

    @cached_property
    def progress(self) -> DataFrame:
        """Each pupil's progress on average over subjects."""
        rows = self["progress"]
        return rows[rows["subject"].eq(ALL)]

    @cached_property
    def meetings(self) -> DataFrame:
        """The meetings of the school year that were held: something was agreed there."""
        rows = self._of_year("meetings")
        return rows[rows["agreed"].notna()].assign(kind=rows["kind"].str.casefold())

    @cached_property
    def notes(self) -> DataFrame:
        """What was noted this school year."""
        rows = self._of_year("evidence")
        return rows.assign(kind=rows["kind"].str.casefold())

    @cached_property
    def areas(self) -> DataFrame:
        """What was noted about areas of the school up to the term."""
        return recorded(self.records, "school_areas", self.term)

    @cached_property
    def _sides(self) -> dict[str, dict[tuple[str, str], Groups]]:
        return {}

    def sides(self, name: str, one: str, other: str, count: str, whole: str) -> dict[tuple[str, str], Groups]:
        """Of a table of groups what is counted of pupils with SEN and without, by two of its columns; looked up once."""
        if name not in self._sides:
            rows = self[name]
            rows = rows[rows["family"].eq("SEN")]
            numbers = rows[[count, whole]].to_numpy(dtype="float64", na_value=np.nan).tolist()
            found: dict[tuple[str, str], Groups] = {}
            for first, second, group, (some, all_of) in zip(rows[one], rows[other], rows["group"], numbers, strict=True):
                found.setdefault((str(first), str(second)), {})[str(group)] = (some, all_of)
            self._sides[name] = found
        return self._sides[name]

    @cached_property
    def taken_part(self) -> dict[int, list[dict[Hashable, Any]]]:
        """The rows about what there is to take part in, by the statement that asks after it."""
        found: dict[int, list[dict[Hashable, Any]]] = {}
        for row in self["representation"][TAKEN_PART].to_dict("records"):
            found.setdefault(int(row["statement"]), []).append(row)
        return found

    @cached_property
    def answered_at(self) -> dict[int, tuple[int, int, int]]:
        """Of each statement about adults, at how many places of work the answer is yes, no, and not given."""
        rows = self["checks_by_statement"]
        numbers = zip(rows["yes"].tolist(), rows["no"].tolist(), rows["not_answered"].tolist(), strict=True)
        return dict(zip(rows["statement"].tolist(), numbers, strict=True))

    def _of_year(self, name: str) -> DataFrame:
        rows = recorded(self.records, name, self.term)
        return rows[rows["term"].isna() | rows["term"].str.startswith(self.term.school_year).fillna(False).astype("bool")]


@dataclass(frozen=True)
class Evidence:
    """What the data of a school say about one statement, and what they cannot say. Nothing here rates: people do."""

    statement: int
    asks: tuple[str, ...]
    """The tables it is read from; without a row in the first, nothing is recorded."""
    shows: Callable[[Known], str]
    nothing: str
    """What is said where nothing is recorded, which is worth knowing as well."""
    not_shown: str


def beside(about: str, mine: str, rest: str) -> str:
    """Pupils with SEN and the others in one sentence; the others are left out where there is nobody."""
    return f"{sentence(about)}: with SEN {mine or 'nobody'}" + (f", without {rest}." if rest else ".")


def answers(known: Known, respondent: str, *words: str) -> str:
    """How many with SEN, beside the others, agree to each question whose theme has one of these words; a sentence each, and one
    that says so where no question has."""
    asked = known.sides("views", "respondent", "theme", "positive", "n")
    told = [
        beside(f"“{theme}”, {respondent}s who agree", *_said(groups, SHOWN))
        for (who, theme), groups in sorted(asked.items())
        if who == respondent and any(word in theme.casefold() for word in words)
    ]
    return " ".join(told) or f"No question that {respondent}s answered is about it."


def answered(known: Known, respondent: str) -> str:
    """How many with SEN, beside the others, answered."""
    asked = known.sides("responses", "respondent", "family", "count", "n")
    return beside(f"{respondent}s who answered a questionnaire", *_said(asked.get((respondent, "SEN"), {})))


def rate(known: Known, measure: str) -> str:
    """How many with SEN, beside the others, a measure of the school's rates counts."""
    asked = known.sides("rates", "measure", "family", "count", "of")
    return beside(measure, *_said(asked.get((measure, "SEN"), {})))


def _said(groups: Groups, fewest: int = 0) -> list[str]:
    """The group with SEN and the one without, as they are said."""
    return [_number_of(*groups.get(group, (np.nan, np.nan)), fewest) for group in ("with SEN", "without SEN")]


def _number_of(count: float, whole: float, fewest: int) -> str:
    if count != count:
        return "not known"
    return "too few to say" if whole < fewest else of(int(count), int(whole))


def taken_part(known: Known, statement: int, things: str) -> str:
    """Of the things to take part in that a statement asks after: each by itself where they are few; else in how many pupils with
    SEN are clearly fewer or more than the others, which, and of how many that is too few to say."""
    rows = known.taken_part.get(statement, [])
    if not rows:
        return f"No {things} are recorded."
    if len(rows) <= MOST_TOLD:
        return " ".join(map(_thing, rows))
    fewer, more = (_which([str(row["what"]) for row in rows if word in str(row["verdict"])]) for word in ("fewer", "more"))
    few = sum(str(row["verdict"]).startswith("too few") for row in rows)
    told = f"Of {len(rows)} {things}, pupils with SEN are clearly fewer than others in {fewer}, clearly more in {more}"
    return f"{told}; of {few} it is too few to say." if few else f"{told}."


def _thing(row: Mapping[Hashable, Any]) -> str:
    verdict = f" ({row['verdict']})" if isinstance(row["verdict"], str) and row["verdict"] else ""
    return f"{_of_both(str(row['what']), row)[:-1]}{verdict}."


def _which(found: list[str]) -> str:
    names = sorted(set(found))
    named = f" ({', '.join(names)})" if 0 < len(names) <= MOST_NAMED else ""
    return f"{len(found) or 'none'}{named}"


def transferred(known: Known, statement: int) -> str:
    """What is known or done of Year 7, pupils with SEN beside the others, item by item."""
    rows = known["transfer"]
    told = [_of_both(f"Year 7, {row['item']}", row) for row in rows[rows["statement"].eq(statement)].to_dict("records")]
    return " ".join(told) or "Nothing of it is recorded for Year 7."


def _of_both(about: str, row: Mapping[Hashable, Any]) -> str:
    both = [(row["count"], row["n"]), (row["count_rest"], row["n_rest"])]
    return beside(about, *(of(int(count), int(whole)) if count == count and whole else "" for count, whole in both))
