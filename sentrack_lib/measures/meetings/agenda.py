"""The agenda of a review meeting, drawn from everything that was found: subject by subject, year by year, class by class, pupil
by pupil (guidance, Section A, step 4)."""

from collections.abc import Mapping

import pandas as pd
from pandas import DataFrame, Series

from sentrack_lib.measures.meetings.items import SOURCES
from sentrack_lib.measures.recorded import recorded
from sentrack_lib.terms import Term

SCHOOL, SUBJECT, YEAR, CLASS, PUPIL = PARTS = ("school", "subject", "year group", "teaching group", "pupil")
OPEN, CLOSED = "open", "closed"
CLOSING = ["decision", "what", "owner", "by", "agreed_on", "action_id", "meeting_id"]
PLACE = ["subject", "year_group", "teaching_group", "pupil_id"]
COLUMNS = ["item", "part", "kind", *PLACE, "about", "evidence", "state", *CLOSING]
_TYPES = dict.fromkeys(COLUMNS, "str") | dict.fromkeys(["by", "agreed_on"], "datetime64[us]")


def agenda(tables: Mapping[str, DataFrame], records: Mapping[str, DataFrame], term: Term) -> DataFrame:
    """A row an item, in the order in which it is talked through: `item` (by which the action that closes it names it), `part` (of
    PARTS), `kind`, the `subject` `year_group` `teaching_group` `pupil_id` it is about (missing where it is about none), `about`
    (in words; of a pupil the id), `evidence` (a line each), `state` (open or closed), and how it was closed: `decision` `what`
    `owner` `by` `agreed_on` `action_id` `meeting_id`.

    Drawn up anew each time: groups that clearly differ, provision, pupils flagged to act on or with something late or a target
    in question, what else is overdue, questions to reflect on. An item is closed by the newest action of `term` that names it
    and a decision; one that nothing speaks for any more is gone."""
    items = [source(tables) for source in SOURCES]
    rows = pd.concat([each for each in items if len(each)] or [DataFrame(columns=COLUMNS)], ignore_index=True)
    rows = rows.reindex(columns=["item", "kind", *PLACE, "about", "evidence"]).drop_duplicates("item")
    rows = rows.merge(_closed(records, term), on="item", how="left")
    rows = rows.assign(part=_part(rows), state=rows["decision"].notna().map({True: CLOSED, False: OPEN}))
    return rows.astype(_TYPES)[COLUMNS].iloc[_order(rows)].reset_index(drop=True)


def _closed(records: Mapping[str, DataFrame], term: Term) -> DataFrame:
    """The newest action of the term that closes each item."""
    rows = recorded(records, "actions", term)
    rows = rows[rows["item"].notna() & rows["decision"].notna() & rows["term"].eq(str(term))]
    newest = rows.sort_values("agreed_on", kind="stable", na_position="first").drop_duplicates("item", keep="last")
    return newest[["item", *CLOSING]]


def _part(rows: DataFrame) -> Series:
    """The smallest part of the school that an item is about."""
    named = [("pupil_id", PUPIL), ("teaching_group", CLASS), ("year_group", YEAR), ("subject", SUBJECT)]
    part = Series(SCHOOL, rows.index, dtype="str")
    for column, name in reversed(named):
        part = part.mask(rows[column].notna(), name)
    return part


def _order(rows: DataFrame) -> Series:
    """The places of the rows: part by part, within a part by subject, year and class, pupils as they were ranked."""
    year = pd.to_numeric(rows["year_group"], errors="coerce")
    of_pupil = rows["part"].eq(PUPIL)
    keys = rows.assign(place=rows["part"].map(PARTS.index), year=year.mask(of_pupil), number=range(len(rows)))
    keys[["subject", "teaching_group"]] = keys[["subject", "teaching_group"]].mask(of_pupil).fillna("")
    return keys.sort_values(["place", "subject", "year", "teaching_group", "number"], kind="stable")["number"]
