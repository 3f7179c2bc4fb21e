"""Reading the headings of a marksheet: which subject, term and kind of mark each column holds, and on which scale."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import pandas as pd
from pandas import DataFrame, Series

from sentrack_lib.sources.exports.aliases import aliases, is_known
from sentrack_lib.sources.files.headings import normalised
from sentrack_lib.sources.scales import GRADED, NOT_UNDERSTOOD, Scale
from sentrack_lib.terms import SEASONS, Term

LONGEST_NAME = 4
"""Words in the longest name of a subject, kind or term."""
MOST = 0.9
"""The share of a column's grades that must be readable on a scale: a slip of the pen does not cost the column."""
# Where grades could be on several scales, the first counts; the report shows the guess.
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
    return [
        replace(mark, scale=scale, of_years=of_years, term=_term_of(mark, term, newest))
        for mark in read
        for scale, of_years in guess_scales(cells[mark.heading], every, mark, scales, subjects.get(mark.subject, ""))
    ]


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
    grades: Series, years: Series, mark: Mark, scales: Mapping[str, Scale], usual: str = ""
) -> list[tuple[str, tuple[str, ...]]]:
    """The scale on which nearly every grade of each year group in a column can be read: the one its heading names, else the
    `usual` one of its subject, else the likeliest; blank where there is none, or no grade. Where no scale fits all year groups,
    one for those it fits."""
    if mark.kind == "effort":
        return [("effort", ())]
    said = _words(mark.heading, ())[0].get("scale", "percentage" if "%" in mark.heading else "")
    first = ["ks2_scaled", "ks2_ta"] if mark.kind == "prior" else []
    listed = [name for name in dict.fromkeys([said, *first, usual, *LIKELIEST, *scales]) if name in scales]
    filled = grades[grades.ne("")]
    written = {str(year): of_year.value_counts() for year, of_year in filled.groupby(years.loc[filled.index])}
    sure = {said, usual}
    fits = lambda name, counted: _fits(counted, scales[name]) and (name in sure or not _are_few(name, counted))  # noqa: E731
    if alone := next((name for name in listed if written and all(fits(name, counted) for counted in written.values())), ""):
        return [(alone, ())]
    likeliest = {year: next((name for name in listed if fits(name, counted)), "") for year, counted in written.items()}
    split = {scale: tuple(year for year in likeliest if likeliest[year] == scale) for scale in likeliest.values()}
    return list(split.items()) if len(split) > 1 else [(next(iter(split), ""), ())]


def _are_few(name: str, counted: Series) -> bool:
    """Whether grades would all be the lowest percentages: numbers up to 9 are rather grades 9 to 1."""
    numbers = pd.to_numeric(Series(counted.index), errors="coerce")
    return name == "percentage" and not numbers.gt(9).any()


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


def _fits(grades: Series, scale: Scale) -> bool:
    """Whether most grades (`grades`: how often each is written) can be read on a scale, at least one as a grade."""
    states = grades.groupby([scale.read(str(grade)).state for grade in grades.index]).sum()
    return GRADED in states and states.get(NOT_UNDERSTOOD, 0) <= grades.sum() * (1 - MOST)


def _term_of(mark: Mark, given: Term, newest: int) -> str:
    """The term a mark is of, where its heading says: of several year groups the highest is this school year."""
    if not mark.season and (not mark.year or mark.year == newest):
        return ""
    season = SEASONS.index(mark.season) if mark.season else given.season
    return str(Term(given.year - (newest - mark.year if mark.year else 0), season))
