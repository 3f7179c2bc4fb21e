"""Monitoring and evaluating: what rests on earlier terms as well, whether provision worked, whether flags were right.

Like what is planned, it is worked out anew whenever something is recorded, from tables that do not change by it."""

from collections.abc import Mapping
from datetime import date

from pandas import DataFrame

from sentrack_lib.measures.collection import collection
from sentrack_lib.measures.impact import impact_tables
from sentrack_lib.measures.looking_back import looking_back
from sentrack_lib.measures.meetings import agenda
from sentrack_lib.measures.planned import planned
from sentrack_lib.measures.reading_ages import reading_ages
from sentrack_lib.measures.recorded import ReadOnce
from sentrack_lib.measures.self_evaluation import self_evaluation_tables
from sentrack_lib.measures.single_case import single_case
from sentrack_lib.measures.targets import goals, targets_and_progress
from sentrack_lib.settings import SchoolSettings
from sentrack_lib.sources.coded import in_small_tables
from sentrack_lib.sources.loading import School
from sentrack_lib.sources.scales import GRADED, scales_of
from sentrack_lib.terms import Term

Tables = Mapping[str, DataFrame]
LATEST = ["term", "pupil_id", "subject", "scale"]
SENT_HOME = ("suspension", "permanent_exclusion")


def of_all_terms(school: School, term: Term) -> dict[str, DataFrame]:
    """What `evaluated` needs of the terms up to `term`: `points_by_term` (`term pupil_id subject scale points`, the latest actual
    grade of a term) and `sent_home` (`term pupil_id on kind`, suspensions and exclusions)."""
    terms = [str(each) for each in school.terms if each <= term]
    marks, behaviour = (school.tables[name] for name in ("assessments", "behaviour"))
    actual = marks["kind"].eq("actual") & marks["state"].eq(GRADED) & marks["points"].notna() & marks["term"].isin(terms)
    rows = marks[actual].sort_values("assessed_on", kind="stable", na_position="first")
    latest = rows.drop_duplicates(LATEST, keep="last")[[*LATEST, "points"]]
    gone = behaviour[behaviour["kind"].isin(SENT_HOME) & behaviour["term"].isin(terms)]
    return {
        "points_by_term": latest.reset_index(drop=True),
        "sent_home": gone[["term", "pupil_id", "on", "kind"]].reset_index(drop=True),
    }


def planned_and_evaluated(tables: Tables, records: Tables, settings: SchoolSettings) -> dict[str, DataFrame]:
    """Everything that rests on what people decided: what is planned, and what is known of how it went."""
    once = ReadOnce(records)
    found = planned(tables, once, settings)
    return found | evaluated({**tables, **found}, once, settings)


@in_small_tables
def evaluated(tables: Tables, records: Tables, settings: SchoolSettings) -> dict[str, DataFrame]:
    """The tables of monitoring and evaluating for the term of `tables` (a review, what is planned on it, and `of_all_terms`)."""
    about, calendar, roll = tables["about"].iloc[0], settings.calendar, tables["roll"]
    term, as_of = Term.named(about["term"]), date.fromisoformat(about["as_of"])
    found = {
        **impact_tables(tables, records, term, calendar),
        **looking_back(tables, records, term, calendar, as_of),
        **single_case(records, roll, term, as_of),
        "reading_ages": reading_ages(records, roll, term, calendar, as_of),
        **goals(records, roll, term, calendar, as_of),
        "targets_and_progress": targets_and_progress(tables, scales_of(settings), as_of),
        **self_evaluation_tables(tables, records, term, as_of),
        "collection": collection(tables["counts"], settings.collection, term, calendar, as_of),
    }
    return found | {"agenda": agenda({**tables, **found}, records, term)}
