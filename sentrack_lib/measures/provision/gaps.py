"""What is missing in the provision map, so that it can be put right (guidance, Appendix A: its five duties)."""

from datetime import date

import pandas as pd
from pandas import DataFrame, Series

from sentrack_lib.measures.provision.breakdown import UNIVERSAL, wave_of
from sentrack_lib.measures.provision.costs import FIGURES
from sentrack_lib.measures.provision.running import ID
from sentrack_lib.measures.provision.sessions import LOW_FROM, LOW_SHARE

COLUMNS = [ID, "name", "gap", "sentence"]


def provision_gaps(here: DataFrame, runs: DataFrame, people: DataFrame, as_of: date) -> DataFrame:
    """A row a provision and thing that is missing or late, by name: `provision_id` `name` `gap` (a short word) `sentence`.

    `gap` is one of: description (only the list of pupils names it), pupils (nobody takes part; not asked of what is for
    everyone), outcome (what pupils are to reach), sessions, cost, review date, dates (the last day before the first), review
    overdue (the review day is past, and pupils have neither an outcome nor a rating), given (under 60 % of at least 5 sessions
    due were given, as far as single sessions are recorded). `here` is `provision_map`."""
    rows = here.set_index(ID)
    listed = runs["listed"].reindex(rows.index)
    found = [_rows(rows, "description", ~listed, "Only the list of its pupils names it: describe it.")]
    for gap, (where, sentence) in {**_missing(rows, runs), **_late(rows, runs, people, as_of)}.items():
        found.append(_rows(rows, gap, where.reindex(rows.index) & listed, sentence))
    table = pd.concat(found, ignore_index=True)
    return table.sort_values(["name", ID], kind="stable", ignore_index=True)[COLUMNS]


def _missing(rows: DataFrame, runs: DataFrame) -> dict[str, tuple[Series, "str | Series"]]:
    """What is not recorded: by gap, where, and the sentence."""
    of_all = wave_of(rows["wave"]).eq(UNIVERSAL)
    return {
        "pupils": (rows["pupils"].eq(0) & ~of_all, "Nobody is recorded as taking part."),
        "outcome": (rows["intended_outcome"].isna(), "What pupils are to reach by it is not recorded."),
        "sessions": (runs["sessions"].isna(), "How many sessions are planned is not recorded."),
        "cost": (rows[list(FIGURES)].isna().any(axis=1), "What it costs is not known. " + rows["why"]),
        "review date": (rows["review_on"].isna(), "When it is to be looked at again is not recorded."),
    }


def _late(rows: DataFrame, runs: DataFrame, people: DataFrame, as_of: date) -> dict[str, tuple[Series, Series]]:
    """What cannot be right, or was not done: by gap, where, and the sentence."""
    open_ended = people[people[["outcome", "rating"]].isna().all(axis=1)].groupby(ID).size().reindex(rows.index, fill_value=0)
    overdue = rows["review_on"].lt(pd.Timestamp(as_of)) & open_ended.gt(0)
    of = open_ended.astype("str") + " of " + rows["pupils"].astype("str")
    few = rows["sessions_given"].lt(LOW_SHARE * rows["sessions_due"]) & rows["sessions_due"].ge(LOW_FROM)
    given, due = (rows[name].fillna(0).astype("int64").astype("str") for name in ("sessions_given", "sessions_due"))
    dates = "It is recorded as beginning on " + _said(rows["start"]) + " and ending before, on " + _said(rows["end"]) + "."
    review = "Its review was due on " + _said(rows["review_on"]) + "; of its pupils, " + of + " have neither outcome nor rating."
    return {
        "dates": (rows["end"].lt(rows["start"]), dates),
        "review overdue": (overdue, review),
        "given": (few, given + " of the " + due + " sessions due by now are recorded as given."),
    }


def _rows(rows: DataFrame, gap: str, where: Series, sentence: "str | Series") -> DataFrame:
    table = rows[["name"]].assign(gap=gap, sentence=sentence).astype({"gap": "str", "sentence": "str"})
    return table[where.to_numpy(dtype=bool)].reset_index()


def _said(days: Series) -> Series:
    return days.dt.day.astype("Int64").astype("str") + days.dt.strftime(" %B %Y")
