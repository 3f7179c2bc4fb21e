"""The deployment of additional adults: who is where, with whom, at what cost, and how it is prepared (guidance, Section B)."""

from collections.abc import Callable, Mapping
from datetime import date

import pandas as pd
from pandas import DataFrame

from sentrack_lib.measures.adults.checks import checks_by_statement, deployment_checks
from sentrack_lib.measures.adults.clashes import clashes_of
from sentrack_lib.measures.adults.costs import adults_cost
from sentrack_lib.measures.adults.each_pupil import beside_each, pupil_adults
from sentrack_lib.measures.adults.entitlements import entitlements_met
from sentrack_lib.measures.adults.roles import role_findings, roles
from sentrack_lib.measures.adults.timetable import timetable
from sentrack_lib.measures.adults.week import adults_week, free_adults
from sentrack_lib.measures.taking_part import Calendar
from sentrack_lib.terms import Term


def adults_tables(
    records: Mapping[str, DataFrame],
    adults: DataFrame,
    roll: DataFrame,
    teaching_groups: DataFrame,
    term: Term,
    calendar: Calendar | None,
    as_of: date,
    department_of: Callable[[str], str] = str,
) -> dict[str, DataFrame]:
    """`adults_week`, `clashes`, `roles`, `role_findings`, `pupil_adults`, `entitlements_met`, `deployment_checks`,
    `checks_by_statement`, `free_adults` and `adults_cost` of a term, as they stand on a day.

    `adults`, `roll` and `teaching_groups` are of the term; of the `records` any may be absent, and none is changed. Nothing here
    says how pupils progress with one adult: need decides who has help, so it could not be told (methods, 8)."""
    table = timetable(records, adults, teaching_groups, term, calendar, as_of)
    clashes, beside = clashes_of(table), beside_each(table, roll)
    week, checks = adults_week(table, clashes, department_of), deployment_checks(table)
    return {
        "adults_week": week,
        "clashes": clashes,
        "roles": roles(table),
        "role_findings": role_findings(table),
        "pupil_adults": pupil_adults(table, beside),
        "entitlements_met": entitlements_met(table, beside, roll, pd.Timestamp(as_of)),
        "deployment_checks": checks,
        "checks_by_statement": checks_by_statement(checks),
        "free_adults": free_adults(week, table.adults),
        "adults_cost": adults_cost(table),
    }
