"""Who has taken on what was flagged: the newest action that answers a flag."""

from collections.abc import Mapping
from datetime import date

import pandas as pd
from pandas import DataFrame, Series

from sentrack_lib.terms import Term

Calendar = Mapping[str, tuple[date, date]]
_ALL_FLAGS = r"^flags?\b[ :]*"
"""What an action is about may be written as `flag: attendance`, or as `flags` for all of a pupil's."""
ABOUT = ["action_id", "pupil_id", "subject", "about", "owner", "agreed_on", "term"]


def with_owners(flags: DataFrame, actions: DataFrame, term: Term, calendar: Calendar | None = None) -> DataFrame:
    """The flags with `owner` and `action_id` of the newest action that answers each (guidance, Section A, step 2).

    An action answers a flag of its pupil if it is about that rule, or about no one thing; where both name a subject, the same
    one. It must have been agreed, in a term up to `term`, since the flag has stood: what was agreed before did not help."""
    told = actions.reindex(columns=ABOUT).dropna(subset=["pupil_id"])
    if flags.empty or told.empty:
        return flags.assign(**{name: Series(pd.NA, flags.index, dtype="str") for name in ("owner", "action_id")})
    numbered = flags.assign(flag=range(len(flags)))[["flag", "pupil_id", "rule", "subject", "since_term"]].astype(
        {"pupil_id": "str"}
    )
    pairs = numbered.merge(told, on="pupil_id", suffixes=("", "_agreed"))
    answers = pairs[_is_about(pairs) & _in_time(pairs, term, calendar)]
    newest = answers.sort_values(["agreed_on", "action_id"], kind="stable").drop_duplicates("flag", keep="last").set_index("flag")
    named = {name: newest[name].reindex(range(len(flags))).astype("str").to_numpy() for name in ("owner", "action_id")}
    return flags.assign(**named).astype(dict.fromkeys(named, "str"))


def _is_about(pairs: DataFrame) -> Series:
    about = pairs["about"].astype("str").fillna("").str.strip().str.casefold()
    named = about.str.replace(_ALL_FLAGS, "", regex=True)
    one_subject = pairs["subject"].isna() | pairs["subject_agreed"].isna() | pairs["subject"].eq(pairs["subject_agreed"])
    return (named.eq("") | named.eq(pairs["rule"].astype("str").str.casefold())) & one_subject


def _in_time(pairs: DataFrame, term: Term, calendar: Calendar | None) -> Series:
    """Whether an action was agreed between the first day of the flag's first term and the last day of `term`."""
    first = pairs["since_term"].map(lambda name: pd.Timestamp(Term.named(name).dates(calendar)[0]))
    agreed = pd.to_datetime(pairs["agreed_on"])
    of_term = pairs["term"].map(lambda name: pd.Timestamp(Term.named(name).dates(calendar)[0]), na_action="ignore")
    day = agreed.fillna(pd.to_datetime(of_term))
    return day.ge(first) & day.le(pd.Timestamp(term.dates(calendar)[1]))
