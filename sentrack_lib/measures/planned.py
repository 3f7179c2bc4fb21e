"""Everything that rests on what people decided: owners of flags, support, the provision map, targets, adults, what is due.

It is worked out anew whenever something is recorded, from the tables of the review that do not change by it."""

from collections.abc import Mapping
from datetime import date

from pandas import DataFrame

from sentrack_lib.measures.adults import adults_tables
from sentrack_lib.measures.agencies import agencies
from sentrack_lib.measures.due import due
from sentrack_lib.measures.plan import budget, catalogue, groups_to_plan, plan_counts, pupils_to_plan, suggestions, with_owners
from sentrack_lib.measures.profile import profile, said_and_wanted
from sentrack_lib.measures.provision import RULES, provision_tables
from sentrack_lib.measures.support import supported
from sentrack_lib.measures.taking_part import Calendar
from sentrack_lib.measures.targets import curricular_targets, plans_of_pupils, targets_held
from sentrack_lib.settings import SchoolSettings
from sentrack_lib.sources.coded import in_small_tables
from sentrack_lib.sources.scales import scales_of
from sentrack_lib.terms import Term

Tables = Mapping[str, DataFrame]
SHOWN = ("meetings", "actions", "provisions", "targets", "deployments", "self_evaluation", "school_areas", "runs")
"""Records that a page changes as they stand, under `record_…`."""


def asked_for(tables: Tables, adults: DataFrame, as_of: date, shared_by: str, given: Mapping[str, float]) -> dict[str, DataFrame]:
    """What `planned` needs beside the review: the term's `adults`, the day up to which is counted, how an adult's hour is shared
    (`RULES`), and the budget as it is `given`, in pounds by source of funding."""
    about = tables["about"].assign(as_of=as_of.isoformat(), shared_by=shared_by, shared_rule=RULES[shared_by])
    return {"about": about, "adults": adults, "budget_given": DataFrame({"funding": list(given), "pounds": list(given.values())})}


@in_small_tables
def planned(tables: Tables, records: Tables, settings: SchoolSettings) -> dict[str, DataFrame]:
    """The tables of planning and carrying out for the term of `tables` (a review and what was `asked_for`).

    `flags` with their owners, `support` and its counts, `provision_map` and what rests on it, `targets` and the plans of pupils,
    adults' time, `due`, `profile`, `pupils_to_plan`, `groups_to_plan`, `suggestions`, `catalogue`, `budget`."""
    about = tables["about"].iloc[0]
    term, as_of, calendar = Term.named(about["term"]), date.fromisoformat(about["as_of"]), settings.calendar
    roll, adults = tables["roll"], tables["adults"]
    flags = with_owners(tables["flags"], records["actions"], term, calendar)
    support = supported(records, roll, tables["progress"], flags, term, calendar)
    provision = provision_tables(records, roll, adults, term, calendar, as_of, about["shared_by"])
    targets = _targets(tables, records, settings, term, as_of)
    groups = tables["teaching_groups"]
    beside = adults_tables(records, adults, roll, groups, term, calendar, as_of, settings.department)
    decided = _decided(tables, records, flags, support["support"], targets["targets"], provision["provision_map"], term)
    noted = _noted(records, roll, adults, term, calendar, as_of)
    counts = plan_counts(decided["pupils_to_plan"], {**provision, **targets, **beside, **noted})
    return {"flags": flags, **support, **provision, **targets, **beside, **decided, **noted, "plan_counts": counts}


def _noted(
    records: Tables, roll: DataFrame, adults: DataFrame, term: Term, calendar: Calendar, as_of: date
) -> dict[str, DataFrame]:  # fmt: skip
    """What is due, what was said, seen and agreed."""
    return {
        "due": due(records, roll, term, calendar, as_of),
        "profile": profile(records, roll, term, as_of, calendar, adults),
        "said_and_wanted": said_and_wanted(records, roll, term, as_of, calendar),
        "agencies": agencies(records, term),
        "evidence": records["evidence"],
        "meetings": records["meetings"],
        **{f"record_{name}": records[name] for name in SHOWN},
    }


def _targets(tables: Tables, records: Tables, settings: SchoolSettings, term: Term, as_of: date) -> dict[str, DataFrame]:
    """The targets set, how they stand, and what they add up to."""
    scales = scales_of(settings)
    held = targets_held(records, tables["roll"], tables["suggested_targets"], term, settings.calendar, as_of, scales)
    return {"targets": held, "plans_of_pupils": plans_of_pupils(held), "curricular_targets": curricular_targets(held)}


def _decided(
    tables: Tables, records: Tables, flags: DataFrame, support: DataFrame, targets: DataFrame, given: DataFrame, term: Term
) -> dict[str, DataFrame]:
    """From flags to a plan."""
    pupils = pupils_to_plan(flags, support, targets, records["actions"], term)
    offered = catalogue(records, given, term)
    money = dict(zip(tables["budget_given"]["funding"], tables["budget_given"]["pounds"], strict=True))
    return {
        "pupils_to_plan": pupils,
        "catalogue": offered,
        "suggestions": suggestions(pupils, tables["roll"], offered),
        "groups_to_plan": groups_to_plan(tables["comparisons"], given, records["actions"]),
        "budget": budget(given, money),
    }


def day_counted_to(term: Term, settings: SchoolSettings, today: date) -> date:
    """The day up to which costs and sessions are counted: today, or the nearest day of the term."""
    first, last = term.dates(settings.calendar)
    return min(max(today, first), last)
