"""Looking back: were last term's flags right, what happened to each, what changed since, what became of decisions."""

from collections.abc import Mapping
from datetime import date

from pandas import DataFrame

from sentrack_lib.measures.looking_back.came_about import came_about
from sentrack_lib.measures.looking_back.cases import cases, pairs_of
from sentrack_lib.measures.looking_back.changed import flags_changed, flags_since
from sentrack_lib.measures.looking_back.decisions import decisions_followed
from sentrack_lib.measures.looking_back.fair import flags_fair
from sentrack_lib.measures.looking_back.followed import flags_followed
from sentrack_lib.measures.looking_back.kept import kept_flags, kept_terms
from sentrack_lib.measures.looking_back.scored import flags_scored
from sentrack_lib.measures.progress.taught import moment, term_at
from sentrack_lib.measures.taking_part import Calendar
from sentrack_lib.terms import Term

__all__ = ["looking_back"]


def looking_back(
    tables: Mapping[str, DataFrame], records: Mapping[str, DataFrame], term: Term, calendar: Calendar | None, as_of: date
) -> dict[str, DataFrame]:
    """What is known at `as_of` of the terms before `term`: `flags_scored`, `flags_fair`, `flags_followed`, `flags_since` (a row a
    flag), `flags_changed` (its counts), `decisions_followed`; what is in each is in the function of that name.

    `tables` are those of the review: `roll` `flags` `growth_by_term` `absence_by_term` `sent_home`. Flags are kept by the run of
    a term; where none are, the tables about flags are empty.
    Decisions are those of the term before and of this one. Sources: methods, sections 6 and 12; guidance, Section A, step 4."""
    terms = kept_terms(records, term)
    known = tables["absence_by_term"]["term"].dropna().astype("str").unique()
    pairs = pairs_of(terms, known, term)
    kept = kept_flags(records, terms)
    flags, roll = tables["flags"], tables["roll"]
    found = cases(kept, came_about(tables, {name for pair in pairs for name in pair}), pairs)
    last = kept[kept["term"].eq(terms[-1])] if terms else kept
    since = flags_since(kept, terms, flags, roll, as_of)
    return {
        "flags_scored": flags_scored(kept, found, pairs, calendar),
        "flags_fair": flags_fair(found, pairs, roll),
        "flags_followed": flags_followed(last, found, flags, records, roll, term, calendar, as_of),
        "flags_since": since,
        "flags_changed": flags_changed(since, roll),
        "decisions_followed": decisions_followed(records, term_at(moment(term) - 1), term, calendar, as_of),
    }
