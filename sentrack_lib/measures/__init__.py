"""Tables in, tables out: what the school's data say. The whole chain stands here."""

from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import version

import pandas as pd
from pandas import DataFrame

from sentrack_lib.errors import BadInput
from sentrack_lib.measures.attendance import attendance
from sentrack_lib.measures.benchmarks import beside_benchmarks
from sentrack_lib.measures.changes import changes
from sentrack_lib.measures.coded import coded
from sentrack_lib.measures.flags import raise_flags, rules_from
from sentrack_lib.measures.groups.beside_others import beside_others
from sentrack_lib.measures.groups.counts import rates
from sentrack_lib.measures.imports import corrected, imported_problems, imports, of_term
from sentrack_lib.measures.progress import progress
from sentrack_lib.measures.trend_changes import trend_changes
from sentrack_lib.measures.trends import sums_by_term, trends
from sentrack_lib.settings import Threshold
from sentrack_lib.sources.benchmarks import benchmarks_of
from sentrack_lib.sources.loading import School
from sentrack_lib.terms import Term


def review(
    school: School,
    term: Term,
    since: Term | None = None,
    thresholds: Mapping[str, Threshold] | None = None,
    intersections: Iterable[Sequence[str]] = (),
) -> dict[str, DataFrame]:
    """Every table of the review of a term, by name; `BadInput` where the school has no roll for it, or for `since`."""
    terms = _up_to(school, term)
    if since and since not in terms:
        raise BadInput(f"{school.folder} has no roll for {since}, from which progress is to be measured.")
    rules = rules_from(thresholds or {})
    now = {name: table[table["term"].eq(str(term))].reset_index(drop=True) for name, table in school.tables.items()}
    tables = coded(school.tables)
    grown = {each: progress(tables, school.scales, each, since if each == term else None) for each in terms}
    attended = {each: attendance(tables, each) for each in terms}
    growth, absences = (pd.concat(each.values(), ignore_index=True) for each in (grown, attended))
    flags = raise_flags(tables, growth, absences, terms, rules, school.scales)
    by_term = sums_by_term(growth, absences, tables["behaviour"], tables["pupils"])
    return {
        "about": _about(school, terms),
        "roll": now["pupils"],
        "teaching_groups": now["teaching_groups"],
        "progress": grown[term],
        "attendance": attended[term],
        "flags": flags,
        **beside_others({**tables, **_plain(school)}, grown, attended, intersections),
        "rates": rates(now["pupils"], attended[term], flags, now["behaviour"], grown[term]),
        "trends": trends(by_term),
        "trend_changes": trend_changes(by_term),
        "benchmarks": beside_benchmarks(now["pupils"], attended[term], tables["behaviour"], benchmarks_of(school.folder), term),
        **_about_data(school, terms),
    }


def _plain(school: School) -> dict[str, DataFrame]:
    """The small tables as texts: groups are put together from them more often than compared."""
    return {name: school.tables[name] for name in ("pupils", "teaching_groups")}


def _about_data(school: School, terms: tuple[Term, ...]) -> dict[str, DataFrame]:
    """What was read and imported for the last of some terms, what is wrong with it, and what changed."""
    term, before = terms[-1], terms[-2] if len(terms) > 1 else None
    changed = [changes(school.tables, term, before), corrected(school.imported, term)]
    return {
        "changes": pd.concat(changed, ignore_index=True),
        "problems": pd.concat([school.problems, imported_problems(school.imported)], ignore_index=True),
        "counts": school.counts,
        "imports": imports(school.imported, term),
        "import_columns": of_term(school.imported["columns"], term),
        "import_codes": of_term(school.imported["not_understood"], term),
    }


def _up_to(school: School, term: Term) -> tuple[Term, ...]:
    if term not in school.terms:
        known = ", ".join(map(str, school.terms)) or "none"
        raise BadInput(f"{school.folder} has no roll for {term}. Terms with a roll: {known}.")
    return tuple(each for each in school.terms if each <= term)


def _about(school: School, terms: tuple[Term, ...]) -> DataFrame:
    """The school, the term under review, and the term before it as it is said (blank where there is none)."""
    now, before = terms[-1], terms[-2].label if len(terms) > 1 else ""
    about = {"school": school.name, "term": str(now), "label": now.label, "before": before, "version": version("sentrack")}
    return DataFrame([about])
