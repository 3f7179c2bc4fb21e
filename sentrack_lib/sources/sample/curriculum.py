"""What the invented school teaches, to whom, in which teaching groups and by whom."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from pandas import DataFrame, Series

from sentrack_lib.sources.sample.calendar import chance, ordinal
from sentrack_lib.terms import Term

KEY_STAGE_4 = 10


@dataclass(frozen=True)
class Course:
    """A subject: its short name in teaching groups, its department, whether it has sets, its options block from Year 10."""

    name: str
    short: str
    department: str
    in_sets: bool = False
    group_size: int = 30
    block: str = ""
    share: float = 1.0
    """Share of a year group that takes it in Years 10 and 11."""


COURSES = (
    Course("English", "En", "English"),
    Course("Maths", "Ma", "Maths", in_sets=True),
    Course("Science", "Sc", "Science", in_sets=True),
    Course("PE", "Pe", "PE"),
    Course("History", "Hi", "Humanities", block="A", share=0.55),
    Course("Geography", "Gg", "Humanities", block="A", share=0.45),
    Course("French", "Fr", "Languages", block="B", share=0.40),
    Course("Computing", "Co", "Technology", block="B", share=0.60, group_size=25),
    Course("Art", "Ar", "Arts", block="C", share=0.35, group_size=25),
    Course("Music", "Mu", "Arts", block="C", share=0.25, group_size=25),
    Course("Design and Technology", "Dt", "Technology", block="C", share=0.40, group_size=25),
)
SUBJECTS = [course.name for course in COURSES]
TEACHERS = ("Ada", "Ben", "Cai", "Dot", "Eli", "Fay", "Gus", "Hal", "Ivy", "Jo", "Kit", "Liz", "Mo", "Ned", "Una", "Viv")
TEACHER_SURNAMES = ("Example", "Sample", "Mockup", "Pattern", "Standin", "Dummy", "Proxy", "Stub")
GROUPS_A_TEACHER = 5


def taught(people: DataFrame, year_group: Series, seed: int) -> np.ndarray:
    """Whether each pupil takes each subject (pupils x subjects): all to Year 9, then the core and one subject of each block."""
    chosen = np.ones((len(people), len(COURSES)), dtype=bool)
    for block in sorted({course.block for course in COURSES} - {""}):
        within = [number for number, course in enumerate(COURSES) if course.block == block]
        ends = np.cumsum([COURSES[number].share for number in within])
        choice = np.searchsorted(ends[:-1], chance(seed, "options", block).random(len(people)))
        chosen[:, within] = choice[:, None] == np.arange(len(within))
    return chosen | year_group.lt(KEY_STAGE_4).to_numpy()[:, None]


def lessons(people: DataFrame, standing: np.ndarray, year: int, seed: int) -> DataFrame:
    """Who is taught what in a school year, by row of `people` (`person`) and of `COURSES` (`course`): group, set, teacher."""
    year_group = 7 + year - people["intake"]
    here = year_group.between(7, 11) & people["joined"].le(ordinal(Term(year, 2))) & people["left"].ge(ordinal(Term(year, 0)))
    person, course = np.nonzero(taught(people, year_group, seed) & here.to_numpy()[:, None])
    rows = DataFrame({"person": person, "course": course, "year_group": year_group.to_numpy()[person]})
    return _in_groups(rows, _order(standing, year, seed)[person, course])


def _order(standing: np.ndarray, year: int, seed: int) -> np.ndarray:
    """Who sits with whom: sets by attainment with some judgement, other groups by lot."""
    lot = chance(seed, "groups", year).standard_normal(standing.shape)
    return np.where([course.in_sets for course in COURSES], -(standing + 2 * lot), lot)


def _in_groups(rows: DataFrame, order: np.ndarray) -> DataFrame:
    classes = rows.assign(order=order).groupby(["year_group", "course"])["order"]
    size = classes.transform("size")
    # Two pupils over the usual size make no further group: leavers and joiners share places.
    groups = np.ceil((size - 2) / np.array([course.group_size for course in COURSES])[rows["course"]]).clip(lower=1)
    number = np.ceil(classes.rank(method="first") * groups / size).astype(int)
    in_sets = np.array([course.in_sets for course in COURSES])[rows["course"]]
    short = np.array([course.short for course in COURSES])[rows["course"]]
    named = rows["year_group"].astype(str) + "/" + Series(short, rows.index).astype("str") + number.astype(str)
    return rows.assign(teaching_group=named, set=number.astype(str).where(in_sets, "")).pipe(_with_teachers)


def _with_teachers(rows: DataFrame) -> DataFrame:
    """Every five groups of a subject share a teacher."""
    groups = rows[["course", "teaching_group"]].drop_duplicates().sort_values(["course", "teaching_group"], ignore_index=True)
    slots = groups["course"] * 10_000 + groups.groupby("course").cumcount() // GROUPS_A_TEACHER
    numbers = pd.factorize(slots)[0]
    named = groups.assign(teacher=[teacher(int(number)) for number in numbers])
    return rows.merge(named, on=["course", "teaching_group"], how="left")


def teacher(number: int) -> str:
    """The name of the n-th teacher; after all pairs of names are used a numeral follows."""
    again, number = divmod(number, len(TEACHERS) * len(TEACHER_SURNAMES))
    # Both names move on with every teacher: 16 and 8 would repeat pairs early without the shift.
    surname = TEACHER_SURNAMES[(number + number // len(TEACHERS)) % len(TEACHER_SURNAMES)]
    return f"{TEACHERS[number % len(TEACHERS)]} {surname}{f' {again + 1}' if again else ''}"
