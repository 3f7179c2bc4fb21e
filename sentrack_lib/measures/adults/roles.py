"""Which role works where, and where roles are not told apart: guidance, Section B, asks for roles that do not overlap."""

import numpy as np
import pandas as pd
from pandas import DataFrame, Series

from sentrack_lib.measures.adults.timetable import AT, NOT_SAID, Timetable, lessons
from sentrack_lib.measures.adults.week import own_department

NO_ROLE = "no role recorded"
COLUMNS = ["role", "place", "adults", "lessons", "without_hours", "hours", "share_of_role", "share"]
FINDINGS = ["kind", "adult_id", "role", "other_role", "teaching_group", "place", "sentence"]
OVERLAP, OTHER_ROLE, WITHOUT_DEPARTMENT = "roles overlap", "another role", "no department"


def roles(table: Timetable) -> DataFrame:
    """A row a role and place of the week: `role` `place` `adults` `lessons` `without_hours` `hours` (a week, of those whose hours
    are known), `share_of_role` (of the hours of the role) and `share` (of all hours). Methods, 8."""
    rows = lessons(table.week)
    rows = rows.assign(role=rows["role"].fillna(NO_ROLE), without=rows["hours"].isna())
    of = rows.groupby(["role", "place"])
    found = of.agg(
        adults=("adult_id", "nunique"), lessons=("lesson", "size"), without_hours=("without", "sum"), hours=("hours", "sum")
    ).reset_index()
    whole = found.groupby("role")["hours"].transform("sum")
    shares = {
        "share_of_role": found["hours"] / whole.where(whole.gt(0)),
        "share": found["hours"] / (found["hours"].sum() or np.nan),
    }
    whole_numbers = dict.fromkeys(["adults", "lessons", "without_hours"], "int64")
    return found.assign(**shares).astype(whole_numbers)[COLUMNS]


def role_findings(table: Timetable) -> DataFrame:
    """What is not clear about roles, a row each: `kind` `adult_id` `role` `other_role` `teaching_group` `place` `sentence`.

    Roles overlap: two roles do the same kind of place in one teaching group. Another role: an adult is deployed in a role that
    the list of adults does not give them. No department: an adult is attached to none. Columns a finding does not have are
    missing."""
    found = [_overlaps(table.week), _other_roles(table), _without_department(table)]
    return pd.concat(found, ignore_index=True).reindex(columns=FINDINGS).astype("str")


def _plain(roles_named: Series) -> Series:
    return roles_named.str.strip().str.casefold()


def _overlaps(rows: DataFrame) -> DataFrame:
    rows = rows[rows["place"].ne(NOT_SAID)].dropna(subset=["teaching_group", "role"])
    each = rows.assign(plain=_plain(rows["role"])).drop_duplicates(["teaching_group", "place", "plain"])
    each = each[["teaching_group", "place", "role", "plain"]]
    pairs = each.merge(each, on=["teaching_group", "place"], suffixes=("", "_other"))
    pairs = pairs[pairs["plain"] < pairs["plain_other"]].rename(columns={"role_other": "other_role"})
    pairs = pairs.sort_values(["teaching_group", "place", "plain", "plain_other"])
    words = (
        "In "
        + pairs["teaching_group"]
        + " both "
        + pairs["role"]
        + " and "
        + pairs["other_role"]
        + " work "
        + _at(pairs["place"])
    )
    return pairs.drop(columns=["plain", "plain_other"]).assign(kind=OVERLAP, sentence=words + ": is it agreed who does what?")


def _at(places: Series) -> Series:
    return places.map(AT)


def _other_roles(table: Timetable) -> DataFrame:
    listed = table.adults.loc[table.adults["listed"], ["adult_id", "called", "role"]]
    rows = table.week[["adult_id", "role"]].rename(columns={"role": "other_role"}).merge(listed, on="adult_id")
    rows = rows.dropna(subset=["role", "other_role"])
    rows = rows[_plain(rows["role"]).ne(_plain(rows["other_role"]))].drop_duplicates(["adult_id", "other_role"])
    words = rows["called"] + " is listed as " + rows["role"] + " and deployed as " + rows["other_role"] + "."
    return rows.drop(columns="called").assign(kind=OTHER_ROLE, sentence=words)


def _without_department(table: Timetable) -> DataFrame:
    adults = table.adults[table.adults["listed"]]
    rows = adults.loc[~adults["adult_id"].isin(own_department(adults)), ["adult_id", "called", "role"]]
    words = rows["called"] + " belongs to no department: who plans with them, and where do they hear what comes next?"
    return rows.drop(columns="called").assign(kind=WITHOUT_DEPARTMENT, sentence=words)
