"""Agencies outside the school: for whom they work, towards which outcome, and when they last met with the school."""

from collections.abc import Mapping

import pandas as pd
from pandas import DataFrame

from sentrack_lib.measures.recorded import recorded
from sentrack_lib.terms import Term

COLUMNS = ["agency", "pupil_id", "outcome", "on"]
SEVERAL = r"\s*[;,]\s*"
"""What stands between agencies that are named in one cell."""


def agencies(records: Mapping[str, DataFrame], term: Term) -> DataFrame:
    """A row an agency, pupil and outcome it works for, from meetings and entitlements up to `term`: `agency` `pupil_id`
    `outcome` (missing where not recorded), and the day `on` which a meeting with it was held (missing for an entitlement, and
    for a meeting yet to be held). Source: guidance, statement 44 and Section C."""
    meetings, plans = recorded(records, "meetings", term), recorded(records, "entitlements", term)
    meetings = meetings.assign(agency=meetings["agencies"].str.split(SEVERAL, regex=True)).explode("agency")
    meetings = meetings.assign(on=meetings["on"].where(meetings["agreed"].notna()))
    plans = plans.assign(on=pd.Series(pd.NaT, plans.index, dtype="datetime64[us]"))
    rows = pd.concat([meetings[COLUMNS], plans[COLUMNS]], ignore_index=True)
    named = rows["agency"].astype("str").str.strip()
    return rows.assign(agency=named)[named.notna() & named.ne("")].drop_duplicates(ignore_index=True)
