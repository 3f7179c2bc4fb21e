"""Who takes part in which provision, and beside whom adults are put: what the records of support say of a school year to date."""

from collections.abc import Mapping
from datetime import date

import numpy as np
import pandas as pd
from pandas import DataFrame, Series

from sentrack_lib.measures.progress.taught import moment, moments
from sentrack_lib.sources.coded import among, mapped
from sentrack_lib.terms import Term

COLUMNS = {
    "provisions": ["term", "provision_id", "name", "wave", "area_of_need", "minutes", "sessions_planned"],
    "provision_pupils": ["term", "provision_id", "pupil_id", "start", "end", "sessions_planned", "sessions_attended"],
    "provision_sessions": ["term", "provision_id", "pupil_id", "on", "attended"],
    "deployments": [
        "term", "adult_id", "day", "starts", "pupil_id", "teaching_group", "provision_id", "hours", "start", "end",
    ],
}  # fmt: skip
"""What is asked of the records; any of it may be absent."""
NUMBERS = (
    "minutes", "sessions_planned", "sessions_attended", "hours", "group_size", "hourly_cost", "resources_cost", "total_cost",
    "hours_week",
)  # fmt: skip
DAYS = ("start", "end", "on", "review_on", "set_on", "by")
WHO = ["pupil_id", "provision_id"]
CAME = ("Y", "/", "\\", "P", "L")
Calendar = Mapping[str, tuple[date, date]]


def taking_part(kept: Mapping[str, DataFrame], roll: DataFrame, term: Term, calendar: Calendar | None = None) -> DataFrame:
    """A row a pupil on the roll and provision of the school year up to `term`: `pupil_id` `provision_id` `name` `wave`
    `area_of_need` `sessions_planned` `sessions_attended` `hours`.

    Sessions attended that no list of pupils gives are counted from the single sessions; sessions planned are the provision's
    where the pupil has no number of their own. What is not recorded is missing. Of a row that comes again in a later term the
    later holds. `kept` is from `held`."""
    rows = kept["provision_pupils"]
    on_roll = among(rows["pupil_id"], roll["pupil_id"])
    rows = rows[_in_year(rows, term, calendar) & on_roll]
    rows = rows.drop_duplicates([*WHO, "start"], keep="last")
    given = kept["provisions"].drop_duplicates("provision_id", keep="last")
    rows = rows.merge(given.drop(columns="term"), how="left", on="provision_id", suffixes=("", "_all"))
    attended = rows["sessions_attended"].fillna(_counted(rows, kept["provision_sessions"], term, calendar))
    planned = rows["sessions_planned"].fillna(rows["sessions_planned_all"])
    hours = attended * rows["minutes"] / 60
    rows = rows.assign(
        sessions_attended=attended, sessions_planned=planned, hours=hours, name=rows["name"].fillna(rows["provision_id"])
    )
    words = [*WHO, "name", "wave", "area_of_need"]
    numbers = ["sessions_planned", "sessions_attended", "hours"]
    return rows.groupby(words, sort=False, dropna=False)[numbers].sum(min_count=1).reset_index()


def held(records: Mapping[str, DataFrame], term: Term, asked: Mapping[str, list[str]] = COLUMNS) -> dict[str, DataFrame]:
    """The tables of the records up to a term, earlier rows first, each with every column that is `asked` of it: `term` and
    others. A number or a day that cannot be read is missing."""
    return {name: _held(records.get(name, DataFrame()).reindex(columns=columns), term) for name, columns in asked.items()}


def _held(rows: DataFrame, term: Term) -> DataFrame:
    rows = DataFrame({str(name): _typed(str(name), rows[name]) for name in rows})
    when = moments(rows["term"])  # a row without a term is as old as any
    order = np.argsort(when, kind="stable")
    return rows.iloc[order[when[order] <= moment(term)]]


def _typed(name: str, values: Series) -> Series:
    if name in NUMBERS:
        return pd.to_numeric(values, errors="coerce").astype("float64")
    return pd.to_datetime(values, errors="coerce") if name in DAYS else values.astype("str")


def _in_year(rows: DataFrame, term: Term, calendar: Calendar | None) -> Series:
    """Whether what has a `start` and an `end` falls in the school year up to the end of a term; without days the row's term
    decides."""
    first, last = (Term(term.year, at).dates(calendar)[end] for at, end in ((0, 0), (term.season, 1)))
    return between(rows, first, last, rows["term"].str.startswith(term.school_year).fillna(False).astype("bool"))


def between(rows: DataFrame, first: date, last: date, recorded: Series) -> Series:
    """Whether what has a `start` and an `end` touches the days from `first` to `last`; without days it does where it was
    `recorded` then, or without a term."""
    begun, over = rows["start"].le(pd.Timestamp(last)), rows["end"].lt(pd.Timestamp(first))
    recorded = recorded | rows["term"].isna()
    # A provision that has begun and has no last day still runs.
    return (begun & ~over) | (rows["start"].isna() & ~over & (recorded | rows["end"].notna()))


def _counted(rows: DataFrame, sessions: DataFrame, term: Term, calendar: Calendar | None) -> Series:
    """How many of the single sessions of the year each row's pupil attended; missing where no session of theirs is recorded."""
    sessions = sessions[_in_year(sessions.assign(start=sessions["on"], end=sessions["on"]), term, calendar)]
    counts = single_sessions(sessions).groupby(WHO)["came"].sum().rename("sessions").astype("float64")
    return rows.join(counts, on=WHO)["sessions"]


def single_sessions(sessions: DataFrame) -> DataFrame:
    """Each pupil's single sessions of a provision once a day, the later row holds, with whether the pupil `came`."""
    return sessions.assign(came=is_there(sessions["attended"])).drop_duplicates([*WHO, "on"], keep="last")


def is_there(attended: Series) -> Series:
    """Whether the mark of a session says that the pupil came: Y, present, late or a stroke."""
    return mapped(attended, lambda mark: mark.strip().upper().startswith(CAME), "bool")


def running(rows: DataFrame, term: Term, calendar: Calendar | None = None) -> Series:
    """Whether each row runs for some of the term, by its `start` and `end`; one without days runs in the term that records it."""
    first, last = map(pd.Timestamp, term.dates(calendar))
    undated = rows["start"].isna() & rows["end"].isna()
    of_now = rows["term"].isna() | rows["term"].eq(str(term))
    return (undated & of_now) | (~undated & ~rows["start"].gt(last) & ~rows["end"].lt(first))


def as_last_recorded(deployments: DataFrame) -> DataFrame:
    """The places of adults, earlier ones first, without those that are recorded again later from the same first day: one that
    ends by then does not go on for having had no end before."""
    place = ["adult_id", "day", "starts", "pupil_id", "teaching_group", "provision_id", "start"]
    again = deployments.duplicated(place, keep="last")
    return deployments[deployments["start"].isna() | ~again]


def adults_beside(kept: Mapping[str, DataFrame], term: Term, calendar: Calendar | None = None) -> DataFrame:
    """Hours a week, and number of lines, of the timetable of adults beside each pupil, as it was at the end of the term."""
    rows = as_last_recorded(kept["deployments"].dropna(subset=["pupil_id"]))
    rows = rows[running(rows, term, calendar)]
    of = rows.drop_duplicates(["adult_id", "day", "starts", "pupil_id"], keep="last").groupby("pupil_id")
    return DataFrame({"adult_hours_week": of["hours"].sum(min_count=1), "adults": of.size()})
