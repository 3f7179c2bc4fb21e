"""The flags that runs kept of earlier terms, each as it was told then, and the terms of which they were kept."""

from collections.abc import Mapping, Sequence

from pandas import DataFrame

from sentrack_lib.measures.recorded import recorded
from sentrack_lib.sources import schema
from sentrack_lib.terms import Term

FLAG = ["pupil_id", "rule", "subject"]
"""What makes a flag the same flag in two terms."""


def kept_terms(records: Mapping[str, DataFrame], term: Term) -> list[str]:
    """The terms before `term` of which a run kept the flags, earlier first; one without any flag is known by its run."""
    names = [records[name]["term"] for name in ("flags", "runs") if "term" in records.get(name, DataFrame())]
    found = {str(name) for column in names for name in column.dropna().unique()}
    return sorted((name for name in found if Term.is_named(name) and Term.named(name) < term), key=Term.named)


def kept_flags(records: Mapping[str, DataFrame], terms: Sequence[str]) -> DataFrame:
    """The flags kept of some terms: `term` and the columns of a record of `flags`, typed."""
    flags = records.get("flags", DataFrame()).reindex(columns=["term", *schema.columns("flags")])
    known = {"flags": flags[flags["term"].isin(terms)]}
    found = recorded(known, "flags", max(map(Term.named, terms), default=Term(0, 0)), each_term=True)
    return found.dropna(subset=["pupil_id", "rule"]).reset_index(drop=True)
