"""What an hour of the invented school's teaching assistants costs, and from which day on it costs more."""

import numpy as np
from pandas import DataFrame

from sentrack_lib.sources.sample.calendar import days_of, school_day
from sentrack_lib.sources.sample.plans import ROLE
from sentrack_lib.terms import Term

BEFORE, AFTER = 14.20, 14.75


def pay_rates(term: Term) -> DataFrame:
    """The table `pay_rates` of the last term: all teaching assistants earn more from the middle of it on."""
    first, last = days_of(term)
    middle = school_day(term, int(np.busday_count(first, last)) // 2)
    start = [school_day(Term(term.year, 0), 0), middle]
    return DataFrame({"role": ROLE, "start": start, "hourly_cost": [f"{BEFORE:.2f}", f"{AFTER:.2f}"]})
