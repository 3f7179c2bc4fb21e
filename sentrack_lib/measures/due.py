"""What is due, and what is overdue: everything in the records that has a day and is not done."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import pandas as pd
from pandas import DataFrame, Series, Timedelta, Timestamp

from sentrack_lib.measures.recorded import for_each, recorded
from sentrack_lib.measures.self_evaluation.areas import answers, changing
from sentrack_lib.measures.self_evaluation.priorities import wanted
from sentrack_lib.measures.self_evaluation.ratings import ratings
from sentrack_lib.measures.self_evaluation.ratings import standing as rated
from sentrack_lib.measures.taking_part import Calendar
from sentrack_lib.measures.targets import OPEN_STATES, standing
from sentrack_lib.terms import Term

ACTION, TARGET, PROVISION, ENTITLEMENT = "action", "target", "provision review", "entitlement review"
ANNUAL, MEETING, NEXT = "annual review", "meeting", "next meeting"
RATED, AREA = "self-evaluation", "school area"
KINDS = (ACTION, TARGET, PROVISION, ANNUAL, MEETING, ENTITLEMENT, NEXT, RATED, AREA)
OVERDUE, THIS_WEEK, COMING, LATER = "overdue", "this week", "coming", "later"
STATES = (OVERDUE, THIS_WEEK, COMING, LATER)
AHEAD = 42
"""Days to look ahead: half a term, so that what is due before the next review meeting is seen at this one."""
REPORTS = "invitations and reports"
STEPS = {REPORTS: -14, "report to the local authority": 14, "decision of the local authority": 28}
"""Days from an annual review to what the law asks for before and after it (formats, section 7)."""
HALF_A_YEAR = Timedelta(days=182)
"""An annual review held within this time before an entitlement is to be reviewed has reviewed it: no two fall into it."""
CLOSED, GOES_ON = ("reached", "dropped"), "goes on"
NOBODY = "nobody named"
COLUMNS = [
    "kind", "step", "id", "table", "on", "pupil_id", "subject", "about", "owner", "state", "days", "waiting_days", "sentence",
]  # fmt: skip
TEXTS = ["kind", "step", "id", "table", "pupil_id", "subject", "about", "owner", "note"]
TABLES = (
    "actions", "targets", "target_reviews", "provisions", "provision_pupils", "meetings", "entitlements", "school_areas",
)  # fmt: skip
EFFECT = "looking at its effect"
"""The step of a change in an area of the school that comes after it: seeing whether it works (guidance, Next steps)."""
NO_DAY = "No day was set, so the last day of the term is taken."
NO_REVIEW_DAY = "No day was set for its review, so its last day is taken."
NEW_DAY = "It goes on, and no new day has been set."
NOT_CLOSED = "It leaves this list when its day is moved, or the question is answered anew."
NOT_NOTED = "What was agreed is not recorded."
Kept = Mapping[str, DataFrame]
LastDay = Callable[[object], Timestamp]


def due(
    records: Mapping[str, DataFrame],
    roll: DataFrame,
    term: Term,
    calendar: Calendar | None,
    as_of: date,
    ahead_days: int = AHEAD,
) -> DataFrame:
    """A row for everything with a day in the records up to `term` that is not done on `as_of`, earliest first: `kind` (of KINDS),
    `step` (of an annual review: one of STEPS; of a school area: EFFECT or blank; else blank), `id` in `table`, `on`, `pupil_id`
    `subject` `about` `owner` (missing where not given), `state`, `days` from `as_of` (negative: overdue), `waiting_days` (of
    overdue actions: since they were agreed), and a `sentence` that names no pupil. This week is the seven days from `as_of`,
    coming `ahead_days`.

    Done, and left out: an action that is done; a target reached or dropped, or looked at on its day or later unless it goes on; a
    provision past its day of which every pupil on the roll has an outcome or a rating; a meeting with something agreed, or that a
    later one of its kind about the same pupil, subject and year group has followed; a step of an annual review about which an
    action of that meeting is done; an entitlement that has ended, or whose pupil had an annual review in the half year before its
    day or later; what was to be done about a statement that has since been rated anew without it. An action or target without a
    day counts to the end of its term, a provision to its last day. Of a pupil who is not, or no longer, on the roll only actions
    are due: somebody still owes them. Sources: guidance, Section A steps 3 and 4, Section C; formats, section 7.
    """
    day = Timestamp(as_of)
    kept = {name: recorded(records, name, term) for name in TABLES}
    here = on_roll_on(roll, day)
    last_day = last_day_of(term, calendar)
    parts = [_actions(kept, day, last_day), _targets(kept, day, last_day), _provisions(kept, day, here), *_met(kept, day)]
    asked = [_self_evaluation(records, term), *_areas(kept)]
    rows = pd.concat([*parts, _entitlements(kept, day), *asked], ignore_index=True)
    of_here = rows["pupil_id"].isna() | rows["pupil_id"].isin(here) | rows["kind"].eq(ACTION)
    rows = rows[rows["on"].notna() & of_here].sort_values(["on", "kind", "id", "step"], kind="stable", ignore_index=True)
    days = (rows["on"] - day).dt.days.astype("int64")
    rows = rows.assign(days=days, state=_states(days, ahead_days))
    waiting = (day - rows["agreed_on"]).dt.days.where(rows["state"].eq(OVERDUE)).astype("Int64")
    sentences = Series([_sentence(row) for row in rows.to_dict("records")], rows.index, dtype="str")
    return rows.assign(waiting_days=waiting, sentence=sentences)[COLUMNS]


def responsible(due: DataFrame) -> DataFrame:
    """How much each owner has to see to: `owner` (nobody named where there is none), `count`, how many of these are `overdue`
    `this_week` `coming` `later`, and `longest`, the most days that one of them is overdue; those with most overdue first."""
    owner = due["owner"].fillna(NOBODY)
    by = owner.rename("owner")
    columns = {state.replace(" ", "_"): due["state"].eq(state) for state in STATES}
    table = DataFrame({"count": True, **columns}, index=due.index).groupby(by).sum().astype("int64")
    longest = (-due["days"]).where(due["days"].lt(0)).groupby(by).max().astype("Int64")
    table = table.assign(longest=longest).reset_index().astype({"owner": "str"})
    return table.sort_values(["overdue", "count", "owner"], ascending=[False, False, True], ignore_index=True)


def open_targets(targets: DataFrame, reviews: DataFrame, day: Timestamp) -> DataFrame:
    """The targets, set by `day`, that are open then, with the `result` of their last review. Both tables are from `recorded`."""
    stand = standing(targets, reviews, day)
    return stand[stand["state"].isin(OPEN_STATES) & ~stand["set_on"].gt(day)]


def said_day(day: date) -> str:
    """A day as it is said: `3 June 2026`."""
    return f"{day.day} {day:%B %Y}"


def last_day_of(term: Term, calendar: Calendar | None) -> LastDay:
    """The last day of the term of a row; of `term` where the row has none."""
    return lambda name: Timestamp((Term.named(name) if isinstance(name, str) else term).dates(calendar)[1])


def on_roll_on(roll: DataFrame, day: Timestamp) -> Series:
    """The `pupil_id` of everyone on a roll who has not left by a day, once each."""
    left = pd.to_datetime(roll["left_on"], errors="coerce") if "left_on" in roll else Series(pd.NaT, roll.index)
    return roll.loc[~left.lt(day), "pupil_id"].astype("str").drop_duplicates()


def _rows(found: DataFrame, kind: str | Series, table: str, id: str, **columns: Any) -> DataFrame:
    """Records as rows of what is due."""
    given = {"kind": kind, "table": table, "id": found[id], **columns}
    rows = found.drop(columns=[name for name in given if name in found]).assign(**given)
    rows = rows.reindex(columns=[*TEXTS, "on", "agreed_on"])
    days = {name: pd.to_datetime(rows[name]).astype("datetime64[us]") for name in ("on", "agreed_on")}
    rows = rows.astype(dict.fromkeys(TEXTS, "str")).assign(**days)
    return rows.assign(step=rows["step"].fillna(""), note=rows["note"].fillna(""))


def _dated(rows: DataFrame, last_day: LastDay) -> dict[str, Series]:
    """The day of each row, or the end of its term with a note."""
    ends = pd.to_datetime(rows["term"].map(last_day))
    return {"on": rows["by"].fillna(ends), "note": Series(NO_DAY, rows.index, dtype="str").where(rows["by"].isna(), "")}


def _actions(kept: Kept, day: Timestamp, last_day: LastDay) -> DataFrame:
    rows = kept["actions"]
    rows = rows[~rows["done_on"].le(day) & ~rows["agreed_on"].gt(day)]
    return _rows(rows, ACTION, "actions", "action_id", about=rows["what"].fillna(rows["about"]), **_dated(rows, last_day))


def _targets(kept: Kept, day: Timestamp, last_day: LastDay) -> DataFrame:
    rows = open_targets(kept["targets"], kept["target_reviews"], day)
    dated = _dated(rows, last_day)
    late = rows["result"].eq(GOES_ON) & rows["by"].lt(day)
    return _rows(rows, TARGET, "targets", "target_id", about=rows["what"], **dated | {"note": dated["note"].mask(late, NEW_DAY)})


def _provisions(kept: Kept, day: Timestamp, here: Series) -> DataFrame:
    """Provisions to be looked at again; of one past its day with outcomes of some pupils alone the note says of how many."""
    rows, pupils = kept["provisions"], kept["provision_pupils"]
    begun = for_each(pupils["provision_id"], rows.set_index("provision_id")["start"])
    pupils = pupils[pupils["pupil_id"].isin(here) & ~pupils["start"].lt(begun)]
    told = (pupils["outcome"].notna() | pupils["rating"].notna()).groupby([pupils["provision_id"], pupils["pupil_id"]]).any()
    of = told.groupby("provision_id").agg(["sum", "size"])
    have, whole = (for_each(rows["provision_id"], of[name]).fillna(0).astype("int64") for name in ("sum", "size"))
    on = rows["review_on"].fillna(rows["end"])
    note = Series(NO_REVIEW_DAY, rows.index, dtype="str").where(rows["review_on"].isna() & rows["end"].notna(), "")
    some = on.lt(day) & have.gt(0)
    note = note.mask(some, "Outcomes of " + have.astype("str") + " of " + whole.astype("str") + " pupils are recorded.")
    columns = {"on": on, "note": note, "about": rows["name"], "owner": rows["staff"]}
    return _rows(rows.assign(**columns)[~(some & have.eq(whole))], PROVISION, "provisions", "provision_id")


def _met(kept: Kept, day: Timestamp) -> list[DataFrame]:
    """Meetings not yet held, the next ones agreed, and what the law asks for around an annual review."""
    rows = kept["meetings"]
    alike = rows[["kind", "pupil_id", "subject", "year_group"]].fillna("").agg("\n".join, axis=1) if len(rows) else rows["kind"]
    held = rows["agreed"].notna()
    followed = rows["on"].lt(for_each(alike, rows["on"].where(held).groupby(alike).max()))
    kind = rows["kind"].str.casefold().where(rows["kind"].str.casefold().eq(ANNUAL), MEETING)
    waiting = rows[~held & ~followed]
    note = Series(NOT_NOTED, waiting.index, dtype="str").where(waiting["on"].lt(day), "")
    meetings = _rows(waiting, kind[waiting.index], "meetings", "meeting_id", note=note, about=_about(waiting))
    again = rows[rows["next_on"].notna() & ~rows["on"].lt(for_each(alike, rows["on"].groupby(alike).max()))]
    agreed = _rows(again, NEXT, "meetings", "meeting_id", on=again["next_on"], about=_about(again))
    return [meetings, agreed, *_steps(rows[kind.eq(ANNUAL) & ~followed], kept["actions"], day)]


def _about(meetings: DataFrame) -> Series:
    return meetings["about"].fillna(meetings["kind"])


def _steps(reviews: DataFrame, actions: DataFrame, day: Timestamp) -> list[DataFrame]:
    """The steps of annual reviews that no action of the meeting reports as done; what comes before a review ends with it."""
    done = actions[actions["done_on"].le(day)]
    reported = set(zip(done["meeting_id"], done["about"].str.casefold(), strict=True))
    found = []
    for step, days in STEPS.items():
        over = reviews["agreed"].notna() | reviews["on"].lt(day) if days < 0 else Series(False, reviews.index)
        known = reviews["meeting_id"].map(lambda meeting, step=step: (meeting, step) in reported).astype("bool")
        rows = reviews[~over & ~known]
        on = rows["on"] + Timedelta(days=days)
        found.append(_rows(rows, ANNUAL, "meetings", "meeting_id", step=step, on=on, about=step))
    return found


def _entitlements(kept: Kept, day: Timestamp) -> DataFrame:
    rows, meetings = kept["entitlements"], kept["meetings"]
    reviews = meetings[meetings["kind"].str.casefold().eq(ANNUAL) & meetings["agreed"].notna() & ~meetings["on"].gt(day)]
    last = for_each(rows["pupil_id"], reviews.groupby("pupil_id")["on"].max())
    reviewed = last.ge(rows["review_on"] - HALF_A_YEAR)
    rows = rows[~reviewed & ~rows["end"].lt(day)]
    return _rows(rows, ENTITLEMENT, "entitlements", "entitlement_id", on=rows["review_on"], about=rows["what"])


def _self_evaluation(records: Mapping[str, DataFrame], term: Term) -> DataFrame:
    """What is to be done about statements of the self-evaluation, each with its day."""
    rows = wanted(rated(ratings(records, term)))
    rows = rows[rows["action"].notna() & rows["by"].notna()]
    entry = "statement " + rows["statement"].astype("str") + ", " + rows["rated_by"]
    return _rows(rows.assign(entry=entry), RATED, "self_evaluation", "entry", on=rows["by"], about=rows["action"])


def _areas(kept: Kept) -> list[DataFrame]:
    """What is to change in areas of the school, and when one looks whether it works."""
    rows = answers(kept["school_areas"])
    rows = rows[changing(rows)]
    asked = [("", rows["by"]), (EFFECT, rows["monitored_on"])]
    return [
        _rows(rows, AREA, "school_areas", "area_id", step=step, on=on, about=rows["action"], note=NOT_CLOSED)
        for step, on in asked
    ]


def _states(days: Series, ahead: int) -> Series:
    state = Series(LATER, days.index, dtype="str")
    return state.mask(days.le(ahead), COMING).mask(days.lt(7), THIS_WEEK).mask(days.lt(0), OVERDUE)


def _sentence(row: Mapping[Any, Any]) -> str:
    """One row as a sentence: what, when, who, and what else is to be known of it."""
    what = ", ".join(filter(None, [row["kind"].capitalize(), row["step"]]))
    subject = f" in {row['subject']}" if isinstance(row["subject"], str) else ""
    owner = f"Owner: {row['owner']}." if isinstance(row["owner"], str) else "Nobody is named to see to it."
    days, many = row["days"], "s" * (abs(row["days"]) != 1)
    when = "today" if not days else f"in {days} day{many}" if days > 0 else f"{-days} day{many} overdue"
    return " ".join(filter(None, [f"{what}{subject}: {said_day(row['on'])}, {when}.", owner, row["note"]]))
