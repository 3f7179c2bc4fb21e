"""The timetable of additional adults as a term has it, and as it stands on a day: the one reading of deployments."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from pandas import DataFrame, Series

from sentrack_lib.measures.adults.times import SLOT, length, slots
from sentrack_lib.measures.support import UNIVERSAL
from sentrack_lib.measures.taking_part import Calendar, as_last_recorded, held, running
from sentrack_lib.sources.record_tables import PLACES
from sentrack_lib.sources.schema import columns
from sentrack_lib.terms import Term

NOT_SAID = "not said"
"""The place of what is recorded without one, or in other words than the usual."""
ALL_PLACES = (*PLACES, NOT_SAID)
IN_CLASS, SMALL_GROUP, ONE_TO_ONE, OUT_OF_CLASS = PLACES
AT = {place: place for place in PLACES} | {SMALL_GROUP: "in a small group", NOT_SAID: "in a place not said"}
"""Each place as it is said after hours."""
NOTHING_RECORDED = "No timetable of additional adults is recorded for this term."
ASKED = {name: ["term", *columns(name)] for name in ("deployments", "provision_pupils", "provision_sessions", "entitlements")} | {
    "provisions": ["term", "provision_id", "name", "wave", "subject", "group_size", "minutes"],
    "pay_rates": ["term", *columns("pay_rates")],
}
ADULT = ["adult_id", "name", "role", "department", "training"]


@dataclass(frozen=True)
class Timetable:
    """Adults, their places in a term, and the other records that are read beside them."""

    kept: Mapping[str, DataFrame]
    """The records up to the term; each provision once, as it was described last."""
    adults: DataFrame
    """A row an adult: who is on the term's list, and who is not but is deployed (`listed`)."""
    teaching_groups: DataFrame
    term: Term
    calendar: Calendar | None
    on: pd.Timestamp
    """The day on which the week is looked at: as of when, but within the term and the days the timetable covers."""
    of_term: DataFrame
    """A row a place and pupil that runs for some of the term."""
    week: DataFrame
    """Those that run on the day."""

    @property
    def ends(self) -> tuple[pd.Timestamp, pd.Timestamp]:
        """The first and last day of the term."""
        first, last = self.term.dates(self.calendar)
        return pd.Timestamp(first), pd.Timestamp(last)


def timetable(
    records: Mapping[str, DataFrame],
    adults: DataFrame,
    teaching_groups: DataFrame,
    term: Term,
    calendar: Calendar | None,
    as_of: date,
) -> Timetable:
    """The timetable of a term; `adults` and `teaching_groups` are of the term, any table may be absent or empty.

    A row of `of_term` and `week` has the columns of `deployments`, those of `times.slots`, and `lesson`: rows of one adult at
    one time are one lesson, with whomever. A `place` in other words is not said; a `role` that is blank is the adult's own; a
    `subject` that is blank is that of the teaching group or the provision; `hours` that are missing come from the times."""
    kept = {name: rows.reset_index(drop=True) for name, rows in held(records, term, ASKED).items()}
    kept["provisions"] = kept["provisions"].drop_duplicates("provision_id", keep="last", ignore_index=True)
    rows = as_last_recorded(kept["deployments"].dropna(subset=["adult_id"]))
    rows = rows[running(rows, term, calendar)].reset_index(drop=True)
    groups = teaching_groups.reindex(columns=["pupil_id", "subject", "teaching_group"]).astype("str")
    known = _adults(adults, rows)
    read = _read(rows, known, groups, kept["provisions"])
    on = _day(rows, term, calendar, as_of)
    return Timetable(kept, known, groups, term, calendar, on, read, _once(read[on_day(read, on)], []))


def on_day(rows: DataFrame, on: pd.Timestamp) -> Series:
    """Whether each row with a `start` and an `end` runs on a day."""
    return ~rows["start"].gt(on) & ~rows["end"].lt(on)


def in_force(table: Timetable, name: str, on: pd.Timestamp) -> DataFrame:
    """The rows of one of the records that run in the term and on a day."""
    rows = table.kept[name]
    return rows[running(rows, table.term, table.calendar) & on_day(rows, on)]


def universal(provisions: DataFrame) -> pd.Index:
    """The provisions that are for everyone, whose adults are nobody's own."""
    return pd.Index(provisions.loc[provisions["wave"].str.strip().str.casefold().isin(UNIVERSAL), "provision_id"])


def lessons(rows: DataFrame, by: tuple[str, ...] = ("lesson",)) -> DataFrame:
    """A row a lesson, or a lesson and whatever else `by` names: `adult_id` role place subject teaching_group provision_id hours;
    the longest hours, and what is said first of the rest. An adult who is recorded in two places at once has worked one lesson,
    in the first."""
    known = rows.assign(place=rows["place"].where(rows["place"].ne(NOT_SAID)))
    said = ["adult_id", "role", "place", "subject", "teaching_group", "provision_id"]
    of = known.groupby([*by], sort=False)
    return of[said].first().assign(hours=of["hours"].max()).fillna({"place": NOT_SAID}).reset_index()


def _adults(adults: DataFrame, rows: DataFrame) -> DataFrame:
    known = adults.reindex(columns=[*ADULT, "weekly_hours", "hourly_cost"]).dropna(subset=["adult_id"])
    numbers = {name: pd.to_numeric(known[name], errors="coerce").astype("float64") for name in ("weekly_hours", "hourly_cost")}
    known = known.astype(dict.fromkeys(ADULT, "str")).assign(**numbers, listed=True).drop_duplicates("adult_id", keep="last")
    strange = rows.loc[~rows["adult_id"].isin(known["adult_id"]), ["adult_id", "role"]].drop_duplicates("adult_id")
    both = pd.concat([known, strange.assign(listed=False)], ignore_index=True).astype(dict.fromkeys(ADULT, "str"))
    return both.assign(called=both["name"].fillna(both["adult_id"])).astype({"listed": "bool", "called": "str"})


def _read(rows: DataFrame, adults: DataFrame, groups: DataFrame, provisions: DataFrame) -> DataFrame:
    place = rows["place"].str.strip().str.casefold()
    subject = rows["subject"].fillna(rows["teaching_group"].map(_only(groups, "teaching_group")).astype("str"))
    subject = subject.fillna(rows["provision_id"].map(_only(provisions, "provision_id")).astype("str"))
    role = rows["role"].fillna(rows["adult_id"].map(adults.set_index("adult_id")["role"]).astype("str"))
    rows = rows.assign(place=place.where(place.isin(PLACES), NOT_SAID), subject=subject, role=role)
    rows = rows.join(slots(rows))
    rows = rows.assign(hours=rows["hours"].fillna(length(rows))).astype({"place": "str", "subject": "str", "role": "str"})
    return _once(rows, ["start", "end"]).assign(lesson=_lesson)


def _only(rows: DataFrame, by: str) -> Series:
    """The subject of each group or provision that has one alone."""
    pairs = rows[[by, "subject"]].dropna().drop_duplicates()
    return pairs.drop_duplicates(by, keep=False).set_index(by)["subject"]


def _once(rows: DataFrame, days: list[str]) -> DataFrame:
    """Each place once, of those that come again the later."""
    key = ["adult_id", *SLOT, "pupil_id", "teaching_group", "provision_id"]
    return rows.drop_duplicates([*key, *days], keep="last", ignore_index=True)


def _lesson(rows: DataFrame) -> Series:
    """A number for each lesson: adult and time; where the time is not known, adult and what they are put with."""
    with_whom = rows["teaching_group"].fillna(rows["provision_id"])
    alone = with_whom.isna() | rows["place"].eq(ONE_TO_ONE)
    apart = [with_whom, rows["place"], rows["pupil_id"].where(alone)]
    untimed = [Series(np.where(rows["timed"], "", part.fillna("")), rows.index) for part in apart]
    return rows.groupby(["adult_id", *(rows[name] for name in SLOT), *untimed], dropna=False, sort=False).ngroup()


def _day(rows: DataFrame, term: Term, calendar: Calendar | None, as_of: date) -> pd.Timestamp:
    """As of when, but not before the term or its timetable begins, nor after they end."""
    first, last = map(pd.Timestamp, term.dates(calendar))
    begun = max(rows["start"].fillna(first).min(), first) if len(rows) else first
    over = min(rows["end"].fillna(last).max(), last) if len(rows) else last
    return min(max(pd.Timestamp(as_of), begun), over)
