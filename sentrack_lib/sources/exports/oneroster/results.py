"""Marks: the results of a package as assessments, on the scale that its line items name, else on one that fits."""

import re
from collections.abc import Mapping

import pandas as pd
from pandas import DataFrame, Series

from sentrack_lib.settings import SchoolSettings
from sentrack_lib.sources.exports.aliases import aliases
from sentrack_lib.sources.exports.days import iso_dates
from sentrack_lib.sources.exports.export import Export
from sentrack_lib.sources.exports.marksheets import Mark, guess_scales
from sentrack_lib.sources.exports.oneroster.packages import Part, Parts, days, is_of_term, looked_up, rows_of
from sentrack_lib.sources.exports.oneroster.rosters import NO_SUBJECT, classes_of, who_of, year_groups
from sentrack_lib.sources.files.headings import normalised
from sentrack_lib.sources.problems import KEPT, Fault
from sentrack_lib.sources.scales import Scale, scales_of

KINDS = ("actual", "target", "predicted", "effort")
NOT_ASSESSED = "N/A"
SCALE, UNDATED, GRADE = "Scale: ", "Undated. ", "Grade: "
"""How a line item's description names its scale and says that its marks have no day, and how a comment gives the grade as it is
written where the standard has room for a number only."""
NO_SCALE = Fault(
    "is on no scale that is known", "Write Scale: and its name, such as Scale: gcse_9_1, as the description of the line item."
)
_DESCRIPTION = re.compile(f"^({re.escape(UNDATED)})?{SCALE}(.+)", re.DOTALL)


def read_results(
    parts: Parts,
    term: str,
    within: tuple[pd.Timestamp, pd.Timestamp],
    sessions: Mapping[str, bool],
    version: str,
    settings: SchoolSettings,
) -> Export:
    """The marks of the term."""
    items = _line_items(parts, sessions)
    part = parts["results"]
    about = items.loc[part.rows["lineItemSourcedId"]].set_index(part.rows.index)
    on = days(part.rows["scoreDate"])
    part = part.leaving(~about["of_term"] | on.lt(within[0]) | on.gt(within[1]))
    part = _graded(part)
    about = about.loc[part.rows.index]
    part = part.without(about["subject"].eq(""), NO_SUBJECT, "lineItemSourcedId")
    about = about.loc[part.rows.index].assign(grade=_grades(part.rows), pupil=part.rows["studentSourcedId"])
    about = about.assign(scale=_scales(about, year_groups(parts), settings))
    part = part.without(about["scale"].eq(""), NO_SCALE, "lineItemSourcedId")
    about = about.loc[part.rows.index]
    dated = iso_dates(part.rows["scoreDate"]).where(~about["undated"], "")
    table = about[["subject", "kind", "scale", "grade"]].assign(assessed_on=dated).astype("str")
    tables = {(term, "assessments"): table} if len(table) else {}
    return part.export(version, tables=tables, who=who_of(part.rows["studentSourcedId"], parts))


def _line_items(parts: Parts, sessions: Mapping[str, bool]) -> DataFrame:
    """Of each line item (index: its sourcedId) what its results are."""
    rows, groups = rows_of(parts, "lineItems"), classes_of(parts)
    described = (
        rows["description"].str.extract(_DESCRIPTION.pattern, flags=re.DOTALL).fillna("").set_axis(["undated", "scale"], axis=1)
    )
    own = rows["academicSessionSourcedId"].where(rows["academicSessionSourcedId"].ne(""), rows["gradingPeriodSourcedId"])
    of_class = is_of_term(looked_up(rows["classSourcedId"], rows_of(parts, "classes"), "termSourcedIds"), sessions)
    title = looked_up(rows["categorySourcedId"], rows_of(parts, "categories"), "title")
    lowest, highest = (pd.to_numeric(rows[name], errors="coerce") for name in ("resultValueMin", "resultValueMax"))
    items = DataFrame(
        {
            "subject": rows["classSourcedId"].map(groups["subject"]),
            "kind": title.map({said: _kind(said) for said in title.unique()}),
            "title": rows["title"],
            "scale": described["scale"].str.strip(),
            "undated": described["undated"].ne(""),
            "named": _named_scale(parts, rows["sourcedId"]),
            "of_term": is_of_term(own, sessions).where(own.isin(list(sessions)), of_class).astype(bool),
            "of_hundred": ~lowest.ne(0).where(lowest.notna(), False) & highest.eq(100),
            "of_other": highest.notna() & highest.ne(100),
        }
    )
    return items.set_axis(pd.Index(rows["sourcedId"], dtype="str"))


def _named_scale(parts: Parts, items: Series) -> Series:
    """The title of the score scale that is linked to each line item."""
    links = rows_of(parts, "lineItemScoreScales")
    scale = looked_up(items, links, "scoreScaleSourcedId", by="lineItemSourcedId")
    return looked_up(scale, rows_of(parts, "scoreScales"), "title")


def _kind(title: str) -> str:
    """The kind of mark a category's title names, as a whole or in one of its words; else it is what pupils attained."""
    known = {alias: kind for alias, kind in aliases("kind").items() if kind in KINDS}
    words = [title, *re.split(r"[\W_]+", title)]
    named = [known[normalised(word)] for word in words if normalised(word) in known]
    return next((kind for kind in named if kind != "actual"), "actual")


def _graded(part: Part) -> Part:
    """The file without results that hold no grade."""
    none = _grades(part.rows).eq("")
    if not none.any():
        return part
    said = Fault(
        f"has {int(none.sum()):,} results without a grade, which were passed over", "Nothing to do if that is right.", KEPT
    )
    return part.leaving(none).remarked(said)


def _grades(rows: DataFrame) -> Series:
    """The grade of each result: the one a comment spells out, else the score, else the score in words, else a comment of one
    word. Where pupils were exempt or handed nothing in, a score is none, and 0 least of all."""
    comment = rows["comment"].str.strip()
    spelt = comment.str.removeprefix(GRADE).where(comment.str.startswith(GRADE), "").str.strip()
    missing = rows["scoreStatus"].str.casefold().str.strip().isin(["exempt", "not submitted"])
    word = comment.where(comment.str.fullmatch(r"\S{1,20}").astype(bool), "").mask(missing, NOT_ASSESSED)
    grade = spelt
    for other in (rows["score"].mask(missing, ""), rows["textScore"], word):
        grade = grade.where(grade.ne(""), other)
    return grade.astype("str")


def _scales(marks: DataFrame, years: Series, settings: SchoolSettings) -> Series:
    """The scale of each mark: the one that its line item's description or score scale names, else one that fits its grades."""
    scales = scales_of(settings)
    named = marks["scale"].where(marks["scale"].ne("") | ~marks["named"].isin(list(scales)), marks["named"])
    unsaid = marks[named.eq("")]
    year = unsaid["pupil"].map(years).fillna("").astype("str")
    said = [_guessed(alike, year.loc[alike.index], scales, settings) for _, alike in unsaid.groupby(["subject", "kind", "title"])]
    guessed = pd.concat(said) if said else Series(dtype="str")
    return named.where(named.ne(""), guessed.reindex(named.index).fillna("")).astype("str")


def _guessed(alike: DataFrame, years: Series, scales: Mapping[str, Scale], settings: SchoolSettings) -> Series:
    """The likeliest scale of marks of one subject, kind and title: numbers out of 100 are percentages, those out of 20 not."""
    first = alike.iloc[0]
    usual = settings.subjects[first["subject"]].scale if first["subject"] in settings.subjects else ""
    usual = "percentage" if alike["of_hundred"].all() else usual
    mark = Mark(first["title"], first["subject"], first["kind"])
    found = Series("", index=alike.index, dtype="str")
    for scale, of_years in guess_scales(alike["grade"], years, mark, scales, usual):
        found = found.mask(years.isin(of_years), scale) if of_years else Series(scale, index=alike.index, dtype="str")
    return found.mask(found.eq("percentage") & alike["of_other"], "")
