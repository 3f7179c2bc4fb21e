"""Marks as a package's gradebook: categories, line items, results and score scales."""

import re
from collections.abc import Mapping
from math import isnan, nan

import numpy as np
from pandas import DataFrame, Series

from sentrack_lib.sources.exports.oneroster.results import GRADE, SCALE, UNDATED
from sentrack_lib.sources.exports.oneroster.rosters import NOT_KNOWN
from sentrack_lib.sources.exports.oneroster.sourced_ids import PERIOD_ID, SCHOOL_ID, as_list, made_id, made_ids
from sentrack_lib.sources.loading import School
from sentrack_lib.sources.scales import Scale

STATUS = {
    "graded": "fully graded",
    "ungraded": "fully graded",
    "absent": "not submitted",
    "not entered": "not submitted",
    "not assessed": "exempt",
    "not understood": "submitted",
}
"""The standard's word for each state of a grade."""
ITEM = ["class", "kind", "scale", "on"]
"""Marks that are alike in these are results of one line item."""


def gradebook(school: School, marks: DataFrame, last_day: str, version: str) -> dict[str, DataFrame]:
    """The files of the gradebook for the marks of a term, each with the id of its `class` and of its pupil (`user`)."""
    dated = marks.assign(on=marks["assessed_on"].dt.strftime("%Y-%m-%d").fillna(""), kind=marks["kind"].astype("str"))
    scored = dated.assign(score=_scores(dated, school.scales), item=made_ids("item", dated[ITEM]))
    results = _results(scored, last_day, version)
    items = scored.drop_duplicates("item")
    lowest, highest = _ends(scored, school.scales)
    files = {
        "categories": _categories(scored["kind"]),
        "lineItems": _line_items(items, items["item"].map(lowest), items["item"].map(highest), last_day),
        "results": results,
    }
    return files | (_score_scales(items, scored, school.scales) if version == "1.2" else {})


def _worth(scale: Scale) -> dict[str, float]:
    """What each grade of a scale is as a number: its points; on a scale without points the number as it is written, where all
    grades are numbers, else its place in the order. A grade that has only a place among others with points has no number."""
    if scale.points:
        return dict(scale.points)
    if all(re.fullmatch(r"[0-9]{1,9}", grade) for grade in scale.ranks):
        return {grade: float(grade) for grade in scale.ranks}
    return {grade: float(place) for grade, place in scale.ranks.items()}


def _scores(marks: DataFrame, scales: Mapping[str, Scale]) -> Series:
    """Each grade as a number, missing where it has none."""
    pairs = marks[["scale", "grade"]].drop_duplicates().to_numpy().tolist()
    read = {(name, grade): _score(scales[name], grade) if name in scales else nan for name, grade in pairs}
    own = [read[pair] for pair in zip(marks["scale"], marks["grade"], strict=True)]
    return marks["points"].fillna(Series(own, index=marks.index, dtype="float64"))


def _score(scale: Scale, written: str) -> float:
    return _worth(scale).get(scale.grade(written) or "", nan)


def _results(marks: DataFrame, last_day: str, version: str) -> DataFrame:
    """One result a mark. A grade that is no plain number goes beside the score: version 1.1 has room for it in the comment and
    wants a score too, version 1.2 has a score in words."""
    score = marks["score"].map(_number)
    other = score.ne(marks["grade"])
    beside = {"textScore": marks["grade"].where(other, "")} if version == "1.2" else {}
    results = DataFrame(
        {
            "sourcedId": made_ids("result", marks[["item", "user"]]),
            "lineItemSourcedId": marks["item"],
            "studentSourcedId": marks["user"],
            "scoreStatus": marks["state"].astype("str").map(STATUS),
            "score": score.where(~other, "") if version == "1.2" else score,
            "scoreDate": marks["on"].where(marks["on"].ne(""), last_day),
            "comment": "" if version == "1.2" else (GRADE + marks["grade"]).where(other, ""),
            "classSourcedId": marks["class"],
            **beside,
        }
    )
    return results.assign(**dict.fromkeys(["inProgress", "incomplete", "late", "missing"], "false"))


def _categories(kinds: Series) -> DataFrame:
    titles = sorted(kinds.unique())
    return DataFrame({"sourcedId": [made_id("category", kind) for kind in titles], "title": titles}, dtype="str")


def _line_items(items: DataFrame, lowest: Series, highest: Series, last_day: str) -> DataFrame:
    """One line item for the marks of a class that are of one kind, scale and day."""
    undated = items["on"].eq("")
    on = items["on"].where(~undated, last_day)
    return DataFrame(
        {
            "sourcedId": items["item"],
            "title": items["subject"].astype("str") + " " + items["kind"],
            "description": Series(UNDATED, index=items.index).where(undated, "") + SCALE + items["scale"].astype("str"),
            "assignDate": on,
            "dueDate": on,
            "classSourcedId": items["class"],
            "categorySourcedId": items["kind"].map({kind: made_id("category", kind) for kind in items["kind"].unique()}),
            "gradingPeriodSourcedId": PERIOD_ID,
            "academicSessionSourcedId": PERIOD_ID,
            "resultValueMin": lowest.map(_number),
            "resultValueMax": highest.map(_number),
            "schoolSourcedId": SCHOOL_ID,
        }
    )


def _ends(marks: DataFrame, scales: Mapping[str, Scale]) -> tuple[Series, Series]:
    """The lowest and highest score of each line item: the ends of its scale, and whatever was scored beyond them."""
    ends = {
        name: (scales[name].lowest, scales[name].highest) if name in scales else (None, None) for name in marks["scale"].unique()
    }
    lowest, highest = (marks["scale"].map({name: pair[end] for name, pair in ends.items()}).astype("float64") for end in (0, 1))
    low = DataFrame({"item": marks["item"], "end": lowest, "score": marks["score"]}).groupby("item").min().min(axis=1).fillna(0)
    high = DataFrame({"item": marks["item"], "end": highest, "score": marks["score"]}).groupby("item").max().max(axis=1)
    return low, high.fillna(low)


def _score_scales(items: DataFrame, marks: DataFrame, scales: Mapping[str, Scale]) -> dict[str, DataFrame]:
    """A score scale for each scale a class is marked on, and which line items are marked on it."""
    owned = items.assign(owner=made_ids("scale", items[["class", "scale"]]))
    once = owned.drop_duplicates("owner")
    seen = marks.groupby("scale")["grade"].unique()
    values = {name: _values(scales.get(str(name)), sorted(map(str, seen[name]))) for name in once["scale"].unique()}
    return {
        "scoreScales": DataFrame(
            {
                "sourcedId": once["owner"],
                "title": once["scale"].astype("str"),
                "type": "grades",
                "orgSourcedId": SCHOOL_ID,
                "courseSourcedId": once["course"],
                "classSourcedId": once["class"],
                "scoreScaleValue": once["scale"].map(values),
            }
        ),
        "lineItemScoreScales": DataFrame(
            {
                "sourcedId": made_ids("link", owned[["item", "owner"]]),
                "title": owned["scale"].astype("str"),
                "lineItemSourcedId": owned["item"],
                "scoreScaleSourcedId": owned["owner"],
            }
        ),
    }


def _values(scale: Scale | None, seen: list[str]) -> str:
    """What each grade is worth, as the list `{points:grade}`; of numbers the ends; of an unknown scale what was given."""
    if scale is not None and (scale.ranks or scale.points):
        pairs = [(_number(number), grade) for grade, number in _worth(scale).items()]
    elif scale is not None and scale.numbers is not None:
        pairs = [(_number(end), _number(end)) for end in scale.numbers]
    else:
        pairs = [(grade, grade) for grade in seen]
    plain = [f"{{{left}:{right}}}" for left, right in pairs if not re.search(r"[{}:]", left + right)]
    return as_list(plain or [f"{{{NOT_KNOWN}:{NOT_KNOWN}}}"])


def _number(value: float) -> str:
    """A number as people write it; blank where there is none."""
    return "" if isnan(value) else np.format_float_positional(value, trim="-")
