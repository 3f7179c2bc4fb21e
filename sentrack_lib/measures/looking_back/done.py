"""Was what was agreed done: in time, late, not yet, never begun; said alike of actions, targets and provisions."""

from datetime import date

import numpy as np
import pandas as pd
from pandas import DataFrame, Series, Timestamp

from sentrack_lib.measures.due import last_day_of
from sentrack_lib.measures.progress.taught import moment, moments
from sentrack_lib.measures.taking_part import Calendar
from sentrack_lib.terms import Term

IN_TIME, LATE, NOT_YET, NEVER = "done in time", "done late", "not yet done", "never started"
NOT_REACHED, NOT_KNOWN = "ended but not reached", "not known"
STATES = (IN_TIME, LATE, NOT_YET, NEVER, NOT_REACHED, NOT_KNOWN)


def how_done(rows: DataFrame, term: Term, calendar: Calendar | None, as_of: date) -> DataFrame:
    """Rows with `term` `by` `done_on` (days), with `due` (`by`, else the last day of the row's term, or of `term`), `state` (done
    in time, done late, not yet done) and `days` after it: to the day it was done, else to `as_of`; before it they are negative.
    What is done after `as_of` is not yet done."""
    today = Timestamp(as_of)
    due = rows["by"].fillna(pd.to_datetime(rows["term"].map(last_day_of(term, calendar))))
    done = rows["done_on"].where(rows["done_on"].le(today))
    state = np.select([done.le(due), done.notna()], [IN_TIME, LATE], NOT_YET)
    days = (done.fillna(today) - due).dt.days
    return rows.assign(due=due, done_on=done, state=Series(state, rows.index, dtype="str"), days=days.astype("Int64"))


def agreed_in(rows: DataFrame, day: Series, before: Term, term: Term, calendar: Calendar | None) -> Series:
    """Whether rows were agreed in the terms from one to another: by the term they were recorded for, by their day without one."""
    when = Series(moments(rows["term"]), rows.index)
    first, last = Timestamp(before.dates(calendar)[0]), Timestamp(term.dates(calendar)[1])
    return when.between(moment(before), moment(term)) | (when.lt(0) & day.between(first, last))
