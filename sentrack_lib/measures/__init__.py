"""Tables in, tables out: what the school's data say. The whole chain stands here."""

from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import version
from typing import Any

import pandas as pd
from pandas import DataFrame

from sentrack_lib.errors import BadInput
from sentrack_lib.measures.attendance import attendance
from sentrack_lib.measures.benchmarks import beside_benchmarks
from sentrack_lib.measures.changes import changes
from sentrack_lib.measures.closer import look_closer, seed_of
from sentrack_lib.measures.flags import raise_flags, rules_from
from sentrack_lib.measures.groups.beside_others import beside_others
from sentrack_lib.measures.groups.counts import rates
from sentrack_lib.measures.groups.membership import groupings, groups_of
from sentrack_lib.measures.imports import corrected, imported_problems, imports, of_term
from sentrack_lib.measures.progress import FOLLOWED, PLAIN, Markbook, followed, grown, progress_in_codes
from sentrack_lib.measures.progress.taught import in_term
from sentrack_lib.measures.representation import excesses, representation
from sentrack_lib.measures.support import supported
from sentrack_lib.measures.transfer import ASKED_AGAIN, below_primary, known_of_arrivals, since_primary, transfer, year_7
from sentrack_lib.measures.trend_changes import trend_changes
from sentrack_lib.measures.trends import sums_by_term, trends
from sentrack_lib.measures.turnout import attended_activities, turnout
from sentrack_lib.measures.voices import voices
from sentrack_lib.settings import Threshold
from sentrack_lib.sources.benchmarks import benchmarks_of
from sentrack_lib.sources.coded import among, coded, in_small_tables, plain
from sentrack_lib.sources.loading import School
from sentrack_lib.sources.scales import Scale
from sentrack_lib.terms import Term


@in_small_tables
def review(
    school: School,
    term: Term,
    since: Term | None = None,
    thresholds: Mapping[str, Threshold] | None = None,
    intersections: Iterable[Sequence[str]] = (),
    seed: int | None = None,
) -> dict[str, DataFrame]:
    """Every table of the review of a term, by name; `BadInput` where the school has no roll for it, or for `since`."""
    terms = _up_to(school, term)
    if since and since not in terms:
        raise BadInput(f"{school.folder} has no roll for {since}, from which progress is to be measured.")
    attended = {each: attendance(school.codes, each) for each in terms}
    absences = pd.concat(attended.values(), ignore_index=True)
    tables, grown, growth = _grown(school.codes, school.scales, terms, since)
    held = {each: _held(tables, each) for each in terms[-2:]}
    now = held[term]
    flags = raise_flags(tables, growth, absences, terms, rules_from(thresholds or {}), school.scales)
    known = {"progress": plain(grown[term], PLAIN), "attendance": plain(attended[term], ["pupil_id"]), "flags": flags}
    return {
        "about": _about(school, terms),
        "roll": _rows(school.tables["pupils"], term),
        "teaching_groups": _rows(school.tables["teaching_groups"], term),
        **known,
        "rates": rates(now["pupils"], attended[term], flags, now["behaviour"], grown[term]),
        **beside_others(tables, held, grown, attended, intersections),
        **_over_time(tables, growth, absences),
        **_evidence(school, tables, {**now, **known}, term),
        **_taking_part(held, grown),
        **_arrivals(school, tables, now["pupils"], term),
        **look_closer(now["pupils"], now["teaching_groups"], grown[term], flags, _seed(school, term, seed)),
        **_about_data(school, terms),
    }


def _grown(
    tables: Mapping[str, DataFrame], scales: Mapping[str, Scale], terms: Sequence[Term], since: Term | None
) -> tuple[dict[Any, DataFrame], dict[Term, DataFrame], DataFrame]:
    """The tables, with the codes that progress has; the progress of the last two terms, the last measured from `since`, and what
    is followed of those before; and what is followed, of all terms together."""
    book = Markbook.of(tables["assessments"], scales)
    by_term: dict[Any, DataFrame] = {each: followed(grown(tables, scales, each, book=book)) for each in terms[:-2]}
    for each in terms[-2:]:
        by_term[each] = progress_in_codes(grown(tables, scales, each, since if each == terms[-1] else None, book=book))
    alike = coded({**tables, **by_term})
    growth = pd.concat([alike[each][[*FOLLOWED]] for each in terms], ignore_index=True)
    return {name: alike[name] for name in tables}, {each: alike[each] for each in terms}, growth


def _over_time(tables: Mapping[str, DataFrame], growth: DataFrame, absences: DataFrame) -> dict[str, DataFrame]:
    """Every headline figure term by term, what changed by more than chance, and each pupil's figures behind it."""
    by_term = sums_by_term(growth, absences, tables["behaviour"], tables["pupils"])
    changed = {"trends": trends(by_term), "trend_changes": trend_changes(by_term)}
    shown = {"growth_by_term": plain(growth, set(PLAIN) & set(FOLLOWED))}
    return {**changed, **shown, "absence_by_term": plain(absences, ["pupil_id", "term"])}


def _evidence(school: School, tables: Mapping[str, DataFrame], now: Mapping[str, DataFrame], term: Term) -> dict[str, DataFrame]:
    """What England publishes, what pupils and parents say, and what support there is."""
    published, calendar = benchmarks_of(school.folder), school.settings.calendar
    return {
        "benchmarks": beside_benchmarks(now["pupils"], now["attendance"], tables["behaviour"], published, term),
        **voices(tables, now["attendance"], term, school.records["actions"], calendar),
        **supported(school.records, now["pupils"], now["progress"], now["flags"], term, calendar),
    }


def _seed(school: School, term: Term, asked: int | None) -> int:
    """The number that a draw can be repeated with: the one asked for, else one of this school and term."""
    return seed_of(school.name, str(term)) if asked is None else asked


def _taking_part(held: Mapping[Term, Mapping[str, DataFrame]], grown: Mapping[Term, DataFrame]) -> dict[str, DataFrame]:
    """Who takes part in what, held against the term before, and how often they come."""
    names = ("pupils", "teaching_groups", "activities")
    known = [[*(tables[name] for name in names), grown[term]] for term, tables in held.items()]
    before = excesses(*known[0]) if len(known) > 1 else None
    roll, lessons, activities, growth = known[-1]
    came = attended_activities(roll, activities)
    found = representation(roll, lessons, activities, growth, before)
    return {"representation": found, "attended_activities": came, "turnout": turnout(came)}


def _arrivals(school: School, tables: Mapping[str, DataFrame], roll: DataFrame, term: Term) -> dict[str, DataFrame]:
    """What is known of Year 7, and its progress since primary school."""
    pupils = year_7(roll)
    known = known_of_arrivals(tables, pupils, term)
    names = ("pupils", "assessments", "prior_attainment", "teaching_groups")
    only = {name: tables[name][among(tables[name]["pupil_id"], pupils["pupil_id"])] for name in names}
    progress = progress_in_codes(grown(only, school.scales, term, from_prior=True))
    here = roll[among(roll["pupil_id"], pupils["pupil_id"])]
    answers = {family: groups for family, groups in groupings(here).items() if family in ASKED_AGAIN}
    groups = groups_of(here, only["teaching_groups"].iloc[:0], answers=answers)
    since = {"since_primary": since_primary(progress, groups), "below_primary": below_primary(progress)}
    return {"arrivals": known, "transfer": transfer(known), **since}


def _held(tables: Mapping[str, DataFrame], term: Term) -> dict[str, DataFrame]:
    """The tables that are looked at term by term, as they were in one."""
    return {name: _rows(tables[name], term) for name in ("pupils", "teaching_groups", "behaviour", "activities")}


def _rows(table: DataFrame, term: Term) -> DataFrame:
    return in_term(table, term).reset_index(drop=True)


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
