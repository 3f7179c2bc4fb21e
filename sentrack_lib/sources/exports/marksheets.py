"""Reading the headings of a marksheet: which subject, term and kind of mark each column holds, and on which scale."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from math import isnan

from pandas import DataFrame, Series

from sentrack_lib.sources.exports.aliases import aliases, is_known
from sentrack_lib.sources.files.headings import normalised
from sentrack_lib.sources.scales import GRADED, NOT_UNDERSTOOD, Scale
from sentrack_lib.terms import SEASONS, Term

LONGEST_NAME = 4
"""Words in the longest name of a subject, kind or term."""
MOST = 0.9
"""The share of a column's grades that must be readable on a scale: a slip of the pen does not cost the column."""
FEW = 3
# Where grades could be on several scales, the first counts; the report shows the guess.
LOWER = {"nc_level": "p_scale", "gcse_9_1": "p_scale", "gcse_a_g": "p_scale", "ks2_ta": "pre_key_stage"}
"""The scale of pupils who work below another one; both stand in the same columns."""
LIKELIEST = ("gcse_9_1", "nc_level", "gcse_a_g", "percentage", "standardised", "ks2_ta", "p_scale", "pre_key_stage")


@dataclass(frozen=True)
class Mark:
    """What one column of a marksheet holds. `term` is blank where the heading names none; `half` is 1 or 2 within a term, else 0;
    `year` is the year group the heading names, else 0; `scale` is blank where none fits or before the grades are looked at;
    `of_years`: the year groups, as written in the sheet, whose grades in this column are on the scale; none means all."""

    heading: str
    subject: str
    kind: str
    season: str = ""
    half: int = 0
    year: int = 0
    scale: str = ""
    term: str = ""
    of_years: tuple[str, ...] = ()


def marks_of(
    cells: DataFrame, term: Term, scales: Mapping[str, Scale], subjects: Mapping[str, str], years: Series | None = None
) -> list[Mark]:
    """The marks in a sheet; `subjects` gives the school's own subjects, each with its scale (blank if not said); `years`, where
    the sheet says them, the year group of each row: older pupils may be graded otherwise in the same column."""
    read = [mark for heading in map(str, cells) if (mark := read_heading(heading, subjects)) is not None]
    newest = max((mark.year for mark in read), default=0)
    every = Series("", index=cells.index, dtype="str") if years is None else years
    guessed: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
    for mark in sorted(read, key=lambda mark: mark.kind != "actual"):
        beside = _beside(mark, read, guessed, every)
        guessed[mark.heading] = guess_scales(cells[mark.heading], every, mark, scales, subjects.get(mark.subject, ""), beside)
    return [
        replace(mark, scale=scale, of_years=of_years, term=_term_of(mark, term, newest))
        for mark in read
        for scale, of_years in guessed[mark.heading]
    ]


def _beside(
    mark: Mark, read: Iterable[Mark], guessed: Mapping[str, list[tuple[str, tuple[str, ...]]]], years: Series
) -> dict[str, str]:
    """For a target or a prediction the scale of what pupils of each year group attain in the subject."""
    if mark.kind not in ("target", "predicted"):
        return {}
    attained = [other.heading for other in read if other.subject == mark.subject and other.kind == "actual"]
    told = [(scale, of_years or set(years)) for heading in attained for scale, of_years in guessed[heading]]
    return {str(year): scale for scale, of_years in told for year in of_years if scale}


def read_heading(heading: str, subjects: Iterable[str] = ()) -> Mark | None:
    """What a heading such as `En Y9 Aut CWG` says, the subject by the school's own name; None where it names no mark."""
    if is_known(heading):
        return None
    named, left = _words(heading, subjects)
    subject = named.get("subject", "")
    if left and "kind" not in named:
        return None
    if left:
        subject = " ".join([subject, *left]).strip()
    season, _, half = named.get("term", "").partition(" ")
    mark = Mark(heading, subject, named.get("kind", "actual"), season, int(half or 0), int(named.get("year", 0)))
    return mark if subject else None


def guess_scales(
    grades: Series,
    years: Series,
    mark: Mark,
    scales: Mapping[str, Scale],
    usual: str = "",
    beside: Mapping[str, str] | None = None,
) -> list[tuple[str, tuple[str, ...]]]:
    """The scale on which nearly every grade of each year group in a column can be read: the one its heading names, else the
    one that stands `beside` it for the year group, else the `usual` one of its subject, else the likeliest; blank where there is
    none, or no grade. Where no scale fits all year groups, one for those it fits."""
    if mark.kind == "effort":
        return [("effort", ())]
    said = _words(mark.heading, ())[0].get("scale", "percentage" if "%" in mark.heading else "")
    first = ["ks2_scaled", "ks2_ta"] if mark.kind == "prior" else []
    listed = [name for name in dict.fromkeys([said, *first, usual, *LIKELIEST, *scales]) if name in scales]
    written = _by_year(grades, years)
    near_by = {} if said in scales else beside or {}
    sure = {said, usual, *near_by.values()}
    fits = lambda name, counted: _fits(counted, name, scales) and (name in sure or not _are_few(name, counted))  # noqa: E731
    alone = (name for name in listed if written and all(fits(name, counted) for counted in written.values()))
    if not near_by and (name := next(alone, "")):
        return [(name, ())]
    first_of = lambda year: [near_by[year], *listed] if near_by.get(year) in scales else listed  # noqa: E731
    likeliest = {year: next((name for name in first_of(year) if fits(name, written[year])), "") for year in written}
    # A few grades with a slip among them: on the scale that is named, or that another year group of the column is on.
    near = [name for name in listed if name in sure | set(likeliest.values())]
    for year in (year for year, scale in likeliest.items() if not scale):
        likeliest[year] = next((name for name in near if _fits(written[year], name, scales, slips=1)), "")
    split = {scale: tuple(year for year in likeliest if likeliest[year] == scale) for scale in likeliest.values()}
    return list(split.items()) if len(split) > 1 else [(next(iter(split), ""), ())]


def _by_year(grades: Series, years: Series) -> dict[str, dict[str, int]]:
    """How often each grade of a column is written in each year group that has any."""
    found: dict[str, dict[str, int]] = {}
    for (year, grade), often in Counter(zip(years.tolist(), grades.tolist(), strict=True)).items():
        if grade:
            found.setdefault(year, {})[grade] = often
    return {year: found[year] for year in sorted(found)}


def _are_few(name: str, counted: Mapping[str, int]) -> bool:
    """Whether grades would all be the lowest percentages: numbers up to 9 are rather grades 9 to 1."""
    return name == "percentage" and all(len(grade.strip("%. ")) < 2 for grade in counted)


def of_lower_scale(grades: Series, scale: str, scales: Mapping[str, Scale]) -> list[str]:
    """The grades in a column that are not on its scale but on the one for pupils who work below it, as P7 among levels."""
    lower = scales.get(LOWER.get(scale, ""))
    if lower is None:
        return []
    return [grade for grade in sorted(map(str, grades.unique())) if _is_lower(grade, scales[scale], lower)]


def _is_lower(grade: str, scale: Scale, lower: Scale | None) -> bool:
    own = scale.read(grade)
    return lower is not None and own.state in (GRADED, NOT_UNDERSTOOD) and isnan(own.points) and lower.read(grade).state == GRADED


def last_of_each(marks: Iterable[Mark]) -> list[Mark]:
    """Of the marks that would stand in one row, the last: the later half of the term, else the one further right."""
    placed = sorted(enumerate(marks), key=lambda item: (item[1].half, item[0]))
    kept = {(mark.subject, mark.kind, mark.scale, mark.term, mark.of_years): place for place, mark in placed}
    return [mark for place, mark in sorted(placed) if place in kept.values()]


def _words(heading: str, subjects: Iterable[str]) -> tuple[dict[str, str], list[str]]:
    """What a heading names (`subject`, `kind`, `term`, `scale`, `year`), and the words it says beside that."""
    lists = {name: aliases(name) for name in ("term", "kind", "scale", "subject")}
    own = {normalised(name): name for name in subjects}
    theirs = {lists["subject"].get(alias, ""): name for alias, name in own.items()}
    words = [word for word in re.split(r"[\s_:;|()/%–-]+", heading) if normalised(word)]
    named: dict[str, str] = {}
    left: list[str] = []
    while words:
        length, what, meaning = _longest(words, lists | {"subject": lists["subject"] | own})
        if not length or (what in named and what != "kind"):
            left.append(words[0])
        elif named.get(what, "actual") == "actual":
            named[what] = theirs.get(meaning, meaning) if what == "subject" else meaning
        words = words[max(length, 1) :]
    return named, left


def _longest(words: list[str], lists: Mapping[str, Mapping[str, str]]) -> tuple[int, str, str]:
    """How many of the first words together name something, what that is, and its name."""
    year = re.fullmatch(
        r"(?:y|yr|year)(\d{1,2})", "".join(map(normalised, words[: 1 + (normalised(words[0]) in ("yr", "year"))]))
    )
    if year:
        return 1 + (normalised(words[0]) in ("yr", "year")), "year", year[1]
    for length in range(min(LONGEST_NAME, len(words)), 0, -1):
        together = normalised("".join(words[:length]))
        for what, names in lists.items():
            if together in names:
                return length, what, names[together]
    return 0, "", ""


def _fits(counted: Mapping[str, int], name: str, scales: Mapping[str, Scale], slips: int = 0) -> bool:
    """Whether most grades (`counted`: how often each is written) can be read on a scale or on the one below it, at least one as a
    grade of the scale itself. Of more than `FEW` grades so many may be `slips` of the pen."""
    states = {grade: scales[name].read(grade).state for grade in counted}
    lower = scales.get(LOWER.get(name, ""))
    odd = sum(
        often for grade, often in counted.items() if states[grade] == NOT_UNDERSTOOD and not _is_lower(grade, scales[name], lower)
    )
    every = sum(counted.values())
    return GRADED in states.values() and odd <= max(every * (1 - MOST), slips if every > FEW else 0)


def _term_of(mark: Mark, given: Term, newest: int) -> str:
    """The term a mark is of, where its heading says: of several year groups the highest is this school year."""
    if not mark.season and (not mark.year or mark.year == newest):
        return ""
    season = SEASONS.index(mark.season) if mark.season else given.season
    return str(Term(given.year - (newest - mark.year if mark.year else 0), season))
