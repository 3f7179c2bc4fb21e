"""Preparing papers: the one place beside the batch where the whole school is read and measured for a page."""

import json
import sys
from collections.abc import Collection, Mapping
from datetime import date
from pathlib import Path
from typing import get_args

from pandas import DataFrame

from sentrack_lib.cycle.papers.keeping import with_records
from sentrack_lib.cycle.papers.opening import lay_out
from sentrack_lib.cycle.papers.releases import publish, register_of, released
from sentrack_lib.errors import SentrackError, WrongUse
from sentrack_lib.measures import review
from sentrack_lib.measures.evaluated import of_all_terms, planned_and_evaluated
from sentrack_lib.measures.planned import asked_for, day_counted_to
from sentrack_lib.measures.targets import back_test_of, suggested_targets
from sentrack_lib.settings import Audience, Parameters, SchoolSettings, nearest, project_root
from sentrack_lib.sources.coded import in_small_tables
from sentrack_lib.sources.loading import School
from sentrack_lib.terms import Term
from sentrack_lib.views.papers import ALL


def prepare(parameters: Parameters, audience: str, folder: Path, subject: str = ALL, published: bool = False) -> Path:
    """Load the school, measure the term, and lay out the papers of one audience; returns their folder. What governors are handed
    stands beside what they were handed before; where it is `published` by this, it is written into the register of releases."""
    if audience not in get_args(Audience):
        raise WrongUse(f"There is no audience {audience}.{nearest(audience, get_args(Audience))}")
    if audience == "department" and subject == ALL:
        raise WrongUse("Say for which department: name one of its subjects.")
    school = with_records(parameters)
    tables = reviewed(parameters, school)
    taught = subjects_of(tables)
    if subject not in (ALL, *taught):
        raise WrongUse(f"There is no subject {subject}.{nearest(subject, taught)}")
    before = released(register_of(parameters)) if audience == "governors" else None
    if before and published:
        publish(parameters, tables, "dashboards")
    return lay_out(tables, audience, department_subjects(school.settings, taught, subject), folder, before)


def reviewed(parameters: Parameters, school: School) -> dict[str, DataFrame]:
    """Every table of the review that the parameters ask for, and of what is planned on it."""
    term, since = Term.named(parameters.term), Term.named(parameters.since) if parameters.since else None
    found = review(school, term, since, parameters.thresholds, parameters.intersections, parameters.seed)
    found |= suggested(school, term, since) | of_all_terms(school, term)
    day = parameters.as_of or day_counted_to(term, school.settings, date.today())
    adults = school.tables["adults"][school.tables["adults"]["term"].eq(str(term))]
    asked = {**found, **asked_for(found, adults, day, parameters.shared_by, parameters.budget)}
    return asked | planned_and_evaluated(asked, school.records, school.settings)


@in_small_tables
def suggested(school: School, term: Term, since: Term | None) -> dict[str, DataFrame]:
    """What would be ambitious for each pupil in each subject, and each summer whether that was right a year ago."""
    ambitious = suggested_targets(school.tables, school.scales, term, since, school.settings.calendar)
    return {"suggested_targets": ambitious, "target_back_test": back_test_of(school, term)}


def subjects_of(tables: Mapping[str, DataFrame]) -> list[str]:
    """Every subject that is taught or assessed in the term under review."""
    return sorted(set(tables["progress"]["subject"]) - {ALL})


def department_subjects(settings: SchoolSettings, taught: Collection[str], subject: str) -> list[str]:
    """Of the subjects taught, those of the department of one subject; all where none is named."""
    return [each for each in taught if subject == ALL or settings.department(each) == settings.department(subject)]


def _main(wanted: str, folder: str) -> None:
    asked = json.loads(wanted)
    root = project_root(Path.cwd() / "page")
    parameters = Parameters(school=root / asked["school"], term=str(Term.named(asked["term"])), out=root / "outputs")
    prepare(parameters, asked["audience"], Path(folder), asked["subject"])


if __name__ == "__main__":
    try:
        _main(*sys.argv[1:])
    except SentrackError as fault:
        sys.stdout.write(str(fault))
        sys.exit(fault.exit_code)
