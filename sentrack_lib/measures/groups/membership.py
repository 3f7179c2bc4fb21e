"""Which groups pupils belong to: SEN status, type of need, ethnicity and the other questions a school asks of its figures."""

from collections.abc import Iterable, Mapping, Sequence
from functools import reduce

import numpy as np
import pandas as pd
from pandas import Categorical, DataFrame, Index, Series

from sentrack_lib.errors import WrongUse
from sentrack_lib.measures.groups.certainty import SHOWN
from sentrack_lib.settings import nearest
from sentrack_lib.sources.coded import coded, different, mapped, numbered, shared
from sentrack_lib.sources.codes import NOT_KNOWN, ethnic_group, has_sen, known_year_group, need, sen_group

FAMILIES = (
    "SEN status", "type of need", "ethnicity", "gender", "pupil premium",
    "EAL", "looked after", "disability", "SEN by year group", "teaching group",
)  # fmt: skip
"""The questions that are always asked."""
YEAR_GROUP, SET, SUBJECT = "year group", "set", "subject"
SUBJECT_BOUND = ("teaching group", SET)
"""Groups in which a pupil is for one subject."""
ALL = "all"
CROSSED = " × "
COLUMNS = ["pupil_id", "family", "group", "subject"]


def groups_of(
    roll: DataFrame,
    teaching_groups: DataFrame,
    intersections: Iterable[Sequence[str]] = (),
    answers: Mapping[str, Series] | None = None,
) -> DataFrame:
    """One row a pupil and group: `pupil_id` `family` `group`, `subject` where the group is of one, all as codes; both tables are
    of one term.

    Where the answer is not known, a pupil is in no group of that family: one of the others that each group is compared with. An
    intersection, such as type of need × year group, is one more family; without `subject` it is asked of the average alone.
    `answers` are `groupings` of the roll, where they are at hand."""
    answers = answers or groupings(roll)
    crossed = dict.fromkeys(_asked(intersections))
    known = {part: _members(part, roll, teaching_groups, answers).astype("str") for family in crossed for part in _parts(family)}
    always = {family: answers[family] for family in FAMILIES if family in answers}
    parts = [_of_roll(roll, always), _of_lessons(teaching_groups, "teaching group")]
    parts += [_crossed(family, known) for family in crossed]
    return pd.concat(coded(dict(enumerate(parts)), COLUMNS).values(), ignore_index=True)[COLUMNS]


def groupings(roll: DataFrame) -> dict[str, Series]:
    """The group of each pupil of the roll, by family; missing where it is not known."""
    status = sen_group(roll["sen_status"])
    years = "Year " + known_year_group(roll["year_group"])
    return {
        "SEN status": _known(status),
        # A need left on the record of a pupil who no longer has SEN is history.
        "type of need": _known(need(roll["sen_need"])).where(status.ne("No SEN")),
        "ethnicity": _known(ethnic_group(roll["ethnicity"])),
        "gender": roll["sex"].map({"M": "Boys", "F": "Girls"}),
        "pupil premium": _ticked(roll["pupil_premium"], "Pupil premium", "Not pupil premium"),
        "EAL": _ticked(roll["eal"], "EAL", "Not EAL"),
        "looked after": _ticked(roll["looked_after"], "Looked after", "Not looked after"),
        "disability": _ticked(roll["disability"], "Disability", "No disability"),
        "SEN by year group": years.where(has_sen(roll["sen_status"]).fillna(False)),
        YEAR_GROUP: years,
    }


def known_of(roll: DataFrame, answers: Mapping[str, Series] | None = None) -> DataFrame:
    """For each question about a pupil of whom it is known: `family`, pupils `known` `of` all, and how many `groups` there are."""
    answers = answers or groupings(roll)
    asked = {family: answers[family] for family in FAMILIES if family in answers and family != "SEN by year group"}
    # A pupil without SEN has no type of need to be known.
    needed = sen_group(roll["sen_status"]).ne("No SEN")
    rows = [
        (family, groups.notna().sum(), needed.sum() if family == "type of need" else len(roll), groups.nunique())
        for family, groups in asked.items()
    ]
    return DataFrame(rows, columns=["family", "known", "of", "groups"]).astype({"known": "int64", "of": "int64"})


def small_groups(answers: Mapping[str, Series], roll: DataFrame) -> DataFrame:
    """Who is in a group too small for any figure, fewer than 5 on the roll: one row a `family`, `group` and `pupil_id`."""
    asked = {family: answers[family] for family in FAMILIES if family in answers}
    rows = _of_roll(roll, asked)[["family", "group", "pupil_id"]]
    size = rows.groupby(["family", "group"], observed=True)["pupil_id"].transform("size")
    return rows[size.lt(SHOWN)].astype("str").reset_index(drop=True)


def _ticked(flags: Series, yes: str, no: str) -> Series:
    """Y and N in words; in a column that holds nothing but Y a blank is N."""
    written = different(flags)
    blank = no if "Y" in written and "N" not in written else None
    return mapped(flags, {"Y": yes, "N": no, "": blank}.get)


def _known(groups: Series) -> Series:
    return groups.mask(groups.eq(NOT_KNOWN))


def _members(family: str, roll: DataFrame, teaching_groups: DataFrame, answers: Mapping[str, Series]) -> DataFrame:
    if family in SUBJECT_BOUND:
        return _of_lessons(teaching_groups, family)
    return _of_roll(roll, {family: answers[family]})


def _of_roll(roll: DataFrame, answers: Mapping[str, Series]) -> DataFrame:
    """The groups of every pupil, family by family."""
    pupil, pupils = numbered(roll["pupil_id"])
    groups = shared(answers)
    names = groups[next(iter(groups))].categories
    number = np.concatenate([codes.codes for codes in groups.values()])
    columns = {
        "pupil_id": Categorical.from_codes(np.tile(pupil, len(answers)), pupils),
        "family": Categorical.from_codes(np.repeat(np.arange(len(answers)), len(roll)), Index([*answers], dtype="str")),
        "group": Categorical.from_codes(number, names),
    }
    return DataFrame(columns)[number >= 0].assign(subject=None)


def _of_lessons(teaching_groups: DataFrame, family: str) -> DataFrame:
    rows = teaching_groups[["pupil_id", "subject", family.replace(" ", "_")]].set_axis(["pupil_id", "subject", "group"], axis=1)
    rows = rows[rows["group"].notna()].drop_duplicates().assign(family=family)
    return rows.assign(group="Set " + rows["group"].astype("str")) if family == SET else rows


def _parts(family: str) -> list[str]:
    """The questions that are asked together in a family."""
    return [part for part in family.split(CROSSED) if part != SUBJECT]


def _crossed(family: str, known: dict[str, DataFrame]) -> DataFrame:
    """The groups of a family; of an intersection, those of its parts put together."""
    parts = _parts(family)
    groups = reduce(_both, [known[part] for part in parts])
    if CROSSED in family and SUBJECT not in family.split(CROSSED):
        groups = groups.assign(subject=groups["subject"].where(groups["subject"].notna(), ALL))
    return groups.assign(family=CROSSED.join(parts))


def _both(one: DataFrame, other: DataFrame) -> DataFrame:
    """Pupils who are in a group of each; where both are of a subject, of the same."""
    on = ["pupil_id", "subject"] if one["subject"].notna().any() and other["subject"].notna().any() else ["pupil_id"]
    pairs = one.merge(other, on=on, suffixes=("", "_too"))
    if "subject_too" in pairs:
        pairs = pairs.assign(subject=pairs["subject"].where(pairs["subject"].notna(), pairs["subject_too"]))
    named = pairs["group"].astype("str") + ", " + pairs["group_too"].astype("str")
    return pairs.assign(group=named)[["pupil_id", "group", "subject"]]


def _asked(intersections: Iterable[Sequence[str]]) -> list[str]:
    """The intersections as families; `WrongUse` names every part that is no question, and those that say nothing."""
    known = [*FAMILIES, YEAR_GROUP, SET, SUBJECT]
    asked = [tuple(dict.fromkeys(parts)) for parts in intersections]
    strange = [part for parts in asked for part in parts if part not in known]
    faults = [f"intersections: there is no question {part}.{nearest(part, known)}" for part in strange]
    faults += [f"intersections: {', '.join(parts) or 'nothing'}: {_SAYS_NOTHING}" for parts in asked if _empty(parts)]
    if faults:
        raise WrongUse("\n".join(faults))
    return [CROSSED.join(parts) for parts in asked if set(parts) - {SUBJECT} not in map(lambda family: {family}, FAMILIES)]


_SAYS_NOTHING = "progress is measured inside each year group and subject, so this compares nobody. Name another question with it."


def _empty(parts: Sequence[str]) -> bool:
    return not set(parts) - {YEAR_GROUP, SUBJECT}
