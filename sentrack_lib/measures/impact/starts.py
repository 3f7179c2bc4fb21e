"""Who was offered which provision, since when and how much of it: provision recorded anew each term has one first start."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas import DataFrame, Series

from sentrack_lib.measures.progress.taught import moment, moments, term_at
from sentrack_lib.measures.recorded import recorded
from sentrack_lib.measures.taking_part import Calendar, between, single_sessions
from sentrack_lib.terms import Term

WHO = ["provision_id", "pupil_id"]
SUMS = ["planned", "attended"]
COLUMNS = [*WHO, "began", "at", "until", "stays", *SUMS, "baseline", "outcome", "rating", "now"]


@dataclass(frozen=True)
class Offers:
    """What is recorded of provision up to a term."""

    provisions: DataFrame
    """A row a provision of the school year, as it was last described, with provision_id as its index; one that only the list of
    its pupils names has its id as its name."""
    stays: DataFrame
    """A row a pupil and provision, of any year: `COLUMNS`."""
    draws: DataFrame
    """Places drawn by lot: provision_id pupil_id drawn (whether)."""


def offers(records: Mapping[str, DataFrame], term: Term, calendar: Calendar | None) -> Offers:
    """Provision of the school year up to `term`, everyone who was ever offered it, and who drew a place.

    `began` = the first day of a pupil in a provision, of the provision where the pupil has none, missing where neither is
    recorded; `at` = its term as a number, -1 where missing; a day in the holidays counts to the term after. `until` = the last
    day, missing where open. `stays` = how often it was recorded with a new start. `planned` and `attended` sessions of all stays,
    attended from the single sessions where no list gives them. `now` = took part in this school year."""
    provisions = recorded(records, "provisions", term).dropna(subset=["provision_id"])
    rows = recorded(records, "provision_pupils", term).dropna(subset=WHO)
    stays = _stays(rows, _started(records, term), provisions, recorded(records, "provision_sessions", term), term, calendar)
    of_now = provisions[_of_year(provisions, term, calendar)]
    named = pd.unique(pd.concat([of_now["provision_id"], stays.loc[stays["now"], "provision_id"]]))
    table = provisions.set_index("provision_id").reindex(pd.Index(named, dtype="str", name="provision_id"))
    table = table.assign(name=table["name"].fillna(table.index.to_series()))
    draws = recorded(records, "draws", term).dropna(subset=WHO)
    drawn = draws["drawn"].str.upper().str[:1].eq("Y").fillna(False).astype("bool")
    return Offers(table.sort_values("name", kind="stable"), stays, draws.assign(drawn=drawn)[[*WHO, "drawn"]])


def _started(records: Mapping[str, DataFrame], term: Term) -> Series:
    """The first day of each provision as each term records it, by term and provision."""
    rows = records.get("provisions", DataFrame()).reindex(columns=["term", "provision_id", "start"])
    rows = rows.dropna(subset=["provision_id"]).drop_duplicates(["term", "provision_id"], keep="last")
    days = pd.to_datetime(rows["start"], errors="coerce").dt.normalize()
    return days.set_axis(pd.MultiIndex.from_frame(rows[["term", "provision_id"]].astype("str")))


def _stays(
    rows: DataFrame, started: Series, provisions: DataFrame, sessions: DataFrame, term: Term, calendar: Calendar | None
) -> DataFrame:
    keys = pd.MultiIndex.from_frame(rows[["term", "provision_id"]].astype("str"))
    start = rows["start"].fillna(started.reindex(keys).set_axis(rows.index))
    end = rows["end"].mask(rows["end"] < start)
    whole = provisions.set_index("provision_id")["sessions_planned"]
    planned = rows["sessions_planned"].fillna(whole.reindex(rows["provision_id"]).set_axis(rows.index))
    rows = rows.assign(start=start, end=end, began=start, planned=planned, attended=rows["sessions_attended"])
    rows = rows.assign(now=_of_year(rows, term, calendar), until=end.fillna(pd.Timestamp.max.floor("D")))
    of = rows.sort_values("began", kind="stable", na_position="last").groupby(WHO, sort=False)
    ends = of.agg(began=("began", "min"), until=("until", "max"), stays=("planned", "size"), now=("now", "max"),
                  baseline=("baseline", "first"), outcome=("outcome", "last"), rating=("rating", "last"))  # fmt: skip
    found = ends.join(of[SUMS].sum(min_count=1)).join(_came(sessions)).reset_index()
    found["attended"] = found["attended"].fillna(found["came"])
    return found.assign(at=moments_of(found["began"], term, calendar))[COLUMNS]


def _came(sessions: DataFrame) -> Series:
    """How many single sessions of each provision each pupil attended; missing where none is recorded."""
    rows = single_sessions(sessions.dropna(subset=WHO)).groupby(WHO)["came"].sum()
    return rows.astype("float64").rename("came")


def _of_year(rows: DataFrame, term: Term, calendar: Calendar | None) -> Series:
    first, last = Term(term.year, 0).dates(calendar)[0], term.dates(calendar)[1]
    when = moments(rows["term"])
    this_year = Series((when >= moment(Term(term.year, 0))) & (when <= moment(term)), rows.index)
    return between(rows, first, last, this_year).astype("bool")


def moments_of(days: Series, term: Term, calendar: Calendar | None) -> NDArray[np.int64]:
    """The place in time of the term of each day, or of the term after where it lies between two; -1 where it is missing."""
    known = days.dropna()
    first = min(known.min().year - 1, term.year) if len(known) else term.year
    held = range(moment(Term(first, 0)), moment(term) + 2)
    last_days = np.array([np.datetime64(term_at(at).dates(calendar)[1]) for at in held])
    place = np.searchsorted(last_days, days.to_numpy().astype("datetime64[D]"))
    return np.where(days.isna(), -1, np.minimum(place, len(last_days) - 1) + held[0])
