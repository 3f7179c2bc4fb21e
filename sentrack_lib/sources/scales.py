"""What a grade is worth: the scales schools use, and the marks that stand where no grade was given."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property, lru_cache
from math import nan
from typing import NamedTuple

import pandas as pd
from pandas import DataFrame

from sentrack_lib.settings import OwnScale, SchoolSettings
from sentrack_lib.sources.codes import code_rows

GRADED = "graded"
NOT_UNDERSTOOD = "not understood"
STATES = (GRADED, "absent", "not entered", "not assessed", "ungraded", NOT_UNDERSTOOD)
USUAL_RELIABILITY = 0.70
"""Assumed for a scale of the school's own where `school.yml` gives no reliability."""


class Reading(NamedTuple):
    """What one grade was read as: points and rank (missing unless graded) and the state."""

    points: float
    rank: float
    state: str


@cache
def marks_of(name: str) -> dict[str, str]:
    """The state behind each mark of a scale (`any`: of every scale), by its plain form; nothing written is nothing assessed."""
    listed = [row for row in code_rows("marks") if row["scale"] == name]
    states = {_plain(text): row["state"] for row in listed for text in [row["mark"], *row["also"].split("|")]}
    return states | {"": "not assessed"}


@dataclass(frozen=True)
class Scale:
    """A scale of grades: `points` and `ranks` by grade, its ends in points, points expected in a year, reliability of a grade.

    `ranks` alone orders a scale whose points nobody has settled; `between` holds grades between two grades, in points;
    `numbers` is the range of numbers taken as grades; `also` and `marks` are keyed by the plain form of what is written.
    """

    name: str
    label: str
    points: Mapping[str, float]
    ranks: Mapping[str, int]
    lowest: float | None
    highest: float | None
    a_year: float | None
    reliability: float
    assumed: bool
    between: Mapping[str, float] = field(default_factory=dict)
    numbers: tuple[float, float] | None = None
    also: Mapping[str, str] = field(default_factory=dict)
    marks: Mapping[str, str] = field(default_factory=lambda: marks_of("any"))

    def read(self, written: str) -> Reading:
        """What a written grade says; the scale's own grades win over numbers, and both over marks such as `ABS`."""
        grade = self.grade(written)
        if grade is not None:
            points = self.points.get(grade, self.between.get(grade, nan))
            return Reading(points, float(self.ranks.get(grade, points)), GRADED)
        number = _number(_plain(written), self.numbers)
        if number is not None:
            return Reading(self._within_ends(number), self._within_ends(number), GRADED)
        return Reading(nan, nan, self.marks.get(_plain(written), NOT_UNDERSTOOD))

    def grade(self, written: str) -> str | None:
        """The scale's own writing of a grade (`4C ` is `4c`), or nothing where it is not on the list."""
        exact = written.strip()
        return exact if exact in self.ranks or exact in self.points else self._grades.get(_plain(written))

    @cached_property
    def _grades(self) -> dict[str, str]:
        listed = {**self.between, **self.points, **self.ranks}
        return {**self.also, **{_plain(grade): grade for grade in listed}}

    def _within_ends(self, number: float) -> float:
        at_least = number if self.lowest is None else max(self.lowest, number)
        return at_least if self.highest is None else min(self.highest, at_least)


def scales_of(settings: SchoolSettings) -> dict[str, Scale]:
    """Every scale by name: the nine built in and the school's own, which win; reliability from `school.yml` where it is given."""
    built_in = {row["name"]: _built_in(row, settings.reliability) for row in code_rows("scales")}
    return built_in | {name: _own(name, scale, settings.reliability) for name, scale in settings.scales.items()}


def read_grades(table: DataFrame, scales: Mapping[str, Scale]) -> DataFrame:
    """The table (`scale`, `grade`) with `points` and `rank` (missing unless graded) and `state`, one of `STATES`."""
    scale_places, names = pd.factorize(table["scale"].astype("str").fillna(""))
    grade_places, grades = pd.factorize(table["grade"].astype("str").fillna(""))
    places, pairs = pd.factorize(scale_places * max(len(grades), 1) + grade_places)
    apart = [divmod(pair, len(grades)) for pair in pairs.tolist()]
    readings = [_reading(scales.get(names[scale]), grades[grade]) for scale, grade in apart]
    read = DataFrame(readings, columns=list(Reading._fields)).astype({"points": float, "rank": float, "state": "str"})
    return pd.concat([table.drop(columns=read.columns, errors="ignore"), read.take(places).set_axis(table.index)], axis="columns")


def _reading(scale: Scale | None, written: str) -> Reading:
    """A grade read on its scale; a letter on an unknown scale says nothing, so none of it is understood."""
    return Reading(nan, nan, NOT_UNDERSTOOD) if scale is None else scale.read(written)


def _built_in(row: Mapping[str, str], reliability: Mapping[str, float]) -> Scale:
    """A scale of the package's lists."""
    name, grades = row["name"], _grades(row["name"])
    return Scale(
        name,
        row["label"],
        points={grade["grade"]: float(grade["points"]) for grade in grades if grade["points"] and grade["rank"]},
        ranks={grade["grade"]: int(grade["rank"]) for grade in grades if grade["rank"]},
        lowest=_optional(row["lowest"]),
        highest=_optional(row["highest"]),
        a_year=_optional(row["a_year"]),
        reliability=reliability.get(name, float(row["reliability"])),
        assumed=name not in reliability,
        between={grade["grade"]: float(grade["points"]) for grade in grades if not grade["rank"]},
        numbers=_range(_optional(row["number_from"]), _optional(row["number_to"])),
        also={_plain(text): grade["grade"] for grade in grades for text in grade["also"].split("|") if text},
        marks=marks_of("any") | marks_of(name),
    )


def _own(name: str, own: OwnScale, reliability: Mapping[str, float]) -> Scale:
    """A scale of the school's own; without grades it is a range of numbers."""
    numbers = None if own.grades else _range(own.lowest, own.highest)
    ends = (min(own.points), max(own.points)) if own.points else numbers or (None, None)
    return Scale(
        name,
        label=name,
        points=dict(zip(own.grades, own.points, strict=False)),
        ranks={grade: place for place, grade in enumerate(own.grades, 1)},
        lowest=ends[0],
        highest=ends[1],
        a_year=own.a_year,
        reliability=reliability.get(name, USUAL_RELIABILITY),
        assumed=name not in reliability,
        numbers=numbers,
    )


def _range(lowest: float | None, highest: float | None) -> tuple[float, float] | None:
    return None if lowest is None or highest is None else (lowest, highest)


@cache
def _grades(name: str) -> list[dict[str, str]]:
    return [row for row in code_rows("grades") if row["scale"] == name]


@lru_cache(maxsize=100_000)
def _plain(written: str) -> str:
    """Without spaces and case, one kind of dash, `5.0` as `5`."""
    together = re.sub("[‐-―−]", "-", "".join(written.split()).casefold())
    return re.sub(r"^(-?[0-9]+)\.0+$", r"\1", together)


def _number(plain: str, numbers: tuple[float, float] | None) -> float | None:
    """The number written, where numbers within a range are grades; a range of 0 to 100 may carry a percent sign."""
    if numbers is None:
        return None
    bare = plain.removesuffix("%") if numbers == (0, 100) else plain
    number = float(bare) if re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", bare) else nan
    return number if numbers[0] <= number <= numbers[1] else None


def _optional(text: str) -> float | None:
    return float(text) if text else None
