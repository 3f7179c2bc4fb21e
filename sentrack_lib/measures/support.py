"""What support each pupil receives to date, and who is below expectation without any, or in spite of much."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from pandas import DataFrame, Index, Series

from sentrack_lib.measures.groups.certainty import SHOWN, wilson
from sentrack_lib.measures.groups.counts import EVERYONE
from sentrack_lib.measures.respondents import WITH, WITHOUT
from sentrack_lib.measures.taking_part import Calendar, adults_beside, held, taking_part
from sentrack_lib.sources.coded import among
from sentrack_lib.sources.codes import has_sen
from sentrack_lib.terms import Term

NOTHING, SOME, MUCH, NOT_RECORDED = "nothing", "some", "much", "not recorded"
AMOUNTS = (NOTHING, SOME, MUCH)
BELOW, NOT_BELOW, NOT_KNOWN = "below expectation", "as expected or better", "not known"
EXPECTATIONS = (BELOW, NOT_BELOW, NOT_KNOWN)
SEN_NOT_KNOWN = "SEN not known"
UNIVERSAL = ("universal", "wave 1", "1")
MANY, TOP = 2, 0.75
"""Provisions, and the place among the hours of all who receive any, from which support is much: a quarter of the pupils at
most, for what a school can give differs from school to school; two provisions, for one that has run for long is not yet much
tried."""
MANY_HOURS = 10.0
"""Hours a week of an adult beside the pupil that are much, whatever the provisions: two in five of a week of 25."""
COLUMNS = [
    "pupil_id", "sen", "provisions", "number", "sessions_planned", "sessions_attended", "hours", "adult_hours_week", "amount",
    "expectation", "level", "since_term",
]  # fmt: skip
SIDES = ["sen", "expectation", "amount"]
COUNTS = ["group", "expectation", "amount", "count", "of"]
STANDING = [
    "provision_id", "name", "wave", "area_of_need", "pupils", "n", "count", "share", "low", "high", "sessions_attended",
    "sessions_planned",
]  # fmt: skip


def supported(
    records: Mapping[str, DataFrame],
    roll: DataFrame,
    progress: DataFrame,
    flags: DataFrame,
    term: Term,
    calendar: Calendar | None = None,
) -> dict[str, DataFrame]:
    """`support`, `support_counts` and `provision_standing` of a term; `roll`, `progress` and `flags` are of the term."""
    kept = held(records, term)
    own, adults = taking_part(kept, roll, term, calendar), adults_beside(kept, term, calendar)
    recorded = len(kept["provision_pupils"]) > 0 or len(adults) > 0
    found = support(own, adults, roll, progress, flags, recorded)
    return {"support": found, "support_counts": support_counts(found), "provision_standing": provision_standing(own, found)}


def support(
    taking_part: DataFrame, adults: DataFrame, roll: DataFrame, progress: DataFrame, flags: DataFrame, recorded: bool = True
) -> DataFrame:
    """A row a pupil on the roll: what is received in the school year to date, beside how progress stands against expectation.

    `provisions` by name and their `number`, without universal ones, which are for everyone; `sessions_attended` of
    `sessions_planned`, `hours` (sessions times minutes), `adult_hours_week` of adults put with the pupil this term. `amount` is
    much with two provisions or more and hours in the top quarter of those who receive any, or with an adult for ten hours a
    week; nothing where there is neither provision nor adult, or no session of any was attended; else some; not recorded where
    nothing is `recorded` of any pupil. `expectation` is below where progress is flagged (its `level` and `since_term`), not
    known where progress over all subjects cannot be told. `taking_part` and `adults` are from the functions of these names; the
    other tables are of the term."""
    table = roll[["pupil_id"]].astype("str").drop_duplicates(ignore_index=True)
    own = taking_part[~taking_part["wave"].str.strip().str.casefold().isin(UNIVERSAL)]
    of = own.groupby("pupil_id")
    given = of[["sessions_planned", "sessions_attended", "hours"]].sum(min_count=1).assign(number=of.size())
    given["untold"] = own["sessions_attended"].isna().groupby(own["pupil_id"]).any()
    given["provisions"] = own.sort_values("name", kind="stable").groupby("pupil_id")["name"].agg("; ".join)
    table = table.join(given, on="pupil_id").join(adults, on="pupil_id")
    table = table.assign(
        number=table["number"].fillna(0).astype("int64"), provisions=table["provisions"].astype("str").fillna("")
    )
    amount = _amount(table) if recorded else Series(NOT_RECORDED, table.index, dtype="str")
    status = Series(has_sen(roll["sen_status"]).map({True: WITH, False: WITHOUT}).to_numpy(), roll["pupil_id"].astype("str"))
    sen = table["pupil_id"].map(status[~status.index.duplicated()]).fillna(SEN_NOT_KNOWN)
    return _expected(table.assign(amount=amount, sen=sen), progress, flags).astype({"sen": "str"})[COLUMNS]


def _amount(table: DataFrame) -> Series:
    """Nothing, some or much."""
    received = table["hours"].where(table["hours"].gt(0))
    much = table["number"].ge(MANY) & table["hours"].ge(received.quantile(TOP)) | table["adult_hours_week"].ge(MANY_HOURS)
    never = (table["sessions_attended"].eq(0) & table["untold"].ne(True)) | table["number"].eq(0)
    nothing = never & (table["adults"].isna() | table["adult_hours_week"].eq(0))
    return Series(np.select([much, nothing], [MUCH, NOTHING], SOME), table.index, dtype="str")


def _expected(table: DataFrame, progress: DataFrame, flags: DataFrame) -> DataFrame:
    """How each pupil's progress stands against expectation, and since when it is below."""
    flagged = (
        flags.loc[flags["rule"].eq("progress"), ["pupil_id", "level", "since_term"]].astype("str").drop_duplicates("pupil_id")
    )
    table = table.merge(flagged, how="left", on="pupil_id")
    told = progress.loc[progress["subject"].eq("all") & progress["growth_percentile"].notna(), "pupil_id"].astype("str")
    below, known = table["level"].notna(), among(table["pupil_id"], told)
    expectation = Series(np.select([below, known], [BELOW, NOT_BELOW], NOT_KNOWN), table.index, dtype="str")
    return table.assign(expectation=expectation, level=table["level"].fillna(""), since_term=table["since_term"].fillna(""))


def support_counts(support: DataFrame) -> DataFrame:
    """How many pupils receive how much: `count` `of` all of the `group` (all pupils, with and without SEN) and `expectation`, a
    row each with the `amount`; a pupil whose SEN status is not known is one of all pupils alone. `support` is from
    `support`."""
    recorded = not support["amount"].eq(NOT_RECORDED).any()
    names = [(EVERYONE, WITH, WITHOUT), EXPECTATIONS, AMOUNTS if recorded else (NOT_RECORDED,)]
    sen, *beside = (
        Index(each).get_indexer(Index(support[name])) for each, name in zip([names[0][1:], *names[1:]], SIDES, strict=True)
    )
    cells = np.zeros((len(names[0]), len(names[1]), len(names[2])), dtype="int64")
    np.add.at(cells, (sen, *beside), 1)  # -1, of whom it is not known, is the last
    counts = np.stack([cells.sum(axis=0), *cells[:-1]])
    table = pd.MultiIndex.from_product(names, names=COUNTS[:3]).to_frame(index=False).astype("str")
    return table.assign(count=counts.ravel(), of=counts.sum(axis=2).repeat(len(names[2])))


def provision_standing(taking_part: DataFrame, support: DataFrame) -> DataFrame:
    """A row a provision with pupils in the school year to date: how many of its `pupils` are below expectation.

    `count` of the `n` whose progress can be told, as a `share` with Wilson's interval `low` to `high`, blank under 5; sessions
    attended of those planned, of the pupils for whom both are recorded. It is no judgement of effect: pupils are chosen for a
    provision because they are behind."""
    rows = taking_part.merge(support[["pupil_id", "expectation"]], on="pupil_id")
    both = rows["sessions_planned"].notna() & rows["sessions_attended"].notna()
    counted: dict[str, Any] = {"n": rows["expectation"].ne(NOT_KNOWN), "count": rows["expectation"].eq(BELOW), "pupils": True}
    sessions = {name: rows[name].where(both) for name in ("sessions_attended", "sessions_planned")}
    of = rows.assign(**counted, **sessions).groupby(STANDING[:4], dropna=False, sort=False)
    sums = of[["pupils", "n", "count"]].sum().astype("int64").join(of[list(sessions)].sum(min_count=1)).reset_index()
    shown = sums["n"].where(sums["n"].ge(SHOWN))
    count = sums["count"].where(shown.notna())
    told = sums.assign(count=count.astype("Int64"), share=count / shown).join(wilson(count, shown))
    return told.sort_values(["name", "provision_id"], ignore_index=True)[STANDING]
