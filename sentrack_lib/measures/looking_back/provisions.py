"""What became of each provision that was planned: did it begin at all, and did it run to its end."""

from collections.abc import Mapping
from datetime import date

import pandas as pd
from pandas import DataFrame, Series, Timestamp

from sentrack_lib.measures.looking_back.done import NEVER, NOT_KNOWN, NOT_YET, agreed_in, how_done
from sentrack_lib.measures.recorded import recorded
from sentrack_lib.measures.taking_part import COLUMNS, Calendar, held, single_sessions
from sentrack_lib.terms import Term

PROVISION, ID = "provision", "provision_id"
SESSIONS, PLACES = "provision_sessions", "deployments"
AHEAD = "it is to begin later"
NO_SESSION, NO_ADULT = "no session attended is recorded", "no session attended is recorded and no adult is named"
NOT_NOTED = "an adult is named, but no session is recorded"
FAR_OFF = Timestamp("2262-01-01")


def provisions_followed(
    records: Mapping[str, DataFrame], before: Term, term: Term, calendar: Calendar | None, as_of: date
) -> DataFrame:
    """A row a provision recorded for a term from `before` to `term`: `kind` `id` `term` `subject` `what` `owner` `by` (its last
    day, else that of the term) `done_on` (the day of its last session; its last day where single sessions are not recorded)
    `state` `days` `note`.

    Of a provision recorded again for the next term each is one, and its sessions are those from its first day to the next one's.
    Begun, without a session that any pupil attended, an outcome or a rating: never started; but not known where an adult is named
    and no session is recorded at all, for nothing recorded is not nothing given."""
    rows = recorded(records, "provisions", term, each_term=True).dropna(subset=[ID])
    rows = _with_days(rows, term, calendar)
    rows = rows[agreed_in(rows, rows["start"], before, term, calendar)].reset_index(drop=True)
    rows = rows.join([_sessions(rows, records, term, as_of), _lists(rows, records, term)])
    rows = rows.assign(adult=_adult(rows, records, term), started=rows["days_given"].gt(0) | rows["told"])
    today = Timestamp(as_of)
    ended = rows["started"] & rows["last"].le(today)
    done = rows["last_session"].fillna(rows["last"]).where(ended)
    rows = how_done(rows.assign(by=rows["last"], done_on=done), term, calendar, as_of)
    idle = rows["first"].le(today) & ~rows["started"]
    known = rows["marked"] | rows["counted"] | ~rows["adult"]
    state = rows["state"].mask(idle & known, NEVER).mask(idle & ~known, NOT_KNOWN)
    told = {"id": rows[ID], "what": rows["name"], "owner": rows["staff"], "state": state, "note": _note(rows, state, today)}
    return rows.assign(kind=PROVISION, **told)


def _with_days(rows: DataFrame, term: Term, calendar: Calendar | None) -> DataFrame:
    """The provisions with their `first` and `last` day, and the first day of the `next` of the same name."""
    days = {name: Term.named(name).dates(calendar) for name in rows["term"].dropna().unique()}
    first, last = (pd.to_datetime(rows["term"].map({name: both[at] for name, both in days.items()})) for at in (0, 1))
    end = rows["end"].mask(rows["end"] < rows["start"]).fillna(last).fillna(Timestamp(term.dates(calendar)[1]))
    rows = rows.assign(first=rows["start"].fillna(first), last=end).sort_values("first", kind="stable")
    return rows.assign(next=rows.groupby(ID)["first"].shift(-1).fillna(FAR_OFF))


def _of(rows: DataFrame, found: DataFrame, on: str) -> DataFrame:
    """What is recorded of provisions, each row with the `place` of the provision it belongs to by its day."""
    whole = rows.reset_index(names="place")[["place", ID, "term", "first", "next"]]
    both = found.dropna(subset=[ID]).merge(whole, on=ID, suffixes=("_noted", ""))
    within = both[on].ge(both["first"]) & both[on].lt(both["next"])
    return both[within | (both[on].isna() & both["term_noted"].eq(both["term"]))]


def _sessions(rows: DataFrame, records: Mapping[str, DataFrame], term: Term, as_of: date) -> DataFrame:
    """Of each provision on how many `days_given` a pupil came, the `last_session`, and whether any mark is `marked`."""
    noted = single_sessions(held(records, term, {SESSIONS: COLUMNS[SESSIONS]})[SESSIONS])
    found = _of(rows, noted[noted["on"].le(Timestamp(as_of))], "on")
    came = found[found["came"]].groupby("place")["on"].agg(["nunique", "max"])
    given = came["nunique"].reindex(rows.index, fill_value=0)
    return DataFrame(
        {"days_given": given, "last_session": came["max"].reindex(rows.index), "marked": rows.index.isin(found["place"])}
    )


def _lists(rows: DataFrame, records: Mapping[str, DataFrame], term: Term) -> DataFrame:
    """Whether the list of pupils says that somebody came, or what came of it (`told`), and whether it counts sessions
    (`counted`)."""
    found = _of(rows, recorded(records, "provision_pupils", term), "start")
    told = found["sessions_attended"].gt(0) | found["outcome"].notna() | found["rating"].notna()
    return DataFrame({
        "told": rows.index.isin(found.loc[told, "place"]),
        "counted": rows.index.isin(found.loc[found["sessions_attended"].notna(), "place"]),
    }, index=rows.index)  # fmt: skip


def _adult(rows: DataFrame, records: Mapping[str, DataFrame], term: Term) -> Series:
    """Whether an adult is named, in the plan or in the timetable."""
    placed = held(records, term, {PLACES: ["term", "adult_id", ID]})[PLACES].dropna(subset=["adult_id"])[ID]
    return rows["staff"].notna() | rows[ID].isin(placed.dropna())


def _note(rows: DataFrame, state: Series, today: Timestamp) -> Series:
    given = "sessions attended on " + rows["days_given"].astype("str") + " days"
    planned = (
        rows["sessions_planned"].map(lambda many: "" if pd.isna(many) else f", {many:.0f} planned for each group").astype("str")
    )
    note = (given + planned).where(rows["days_given"].gt(0), "")
    note = note.mask(state.eq(NEVER), NO_SESSION).mask(state.eq(NEVER) & ~rows["adult"], NO_ADULT)
    return note.mask(state.eq(NOT_KNOWN), NOT_NOTED).mask(state.eq(NOT_YET) & rows["first"].gt(today), AHEAD)
