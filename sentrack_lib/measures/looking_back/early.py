"""How early flags that were right told of what came."""

from pandas import DataFrame, Series, Timestamp

from sentrack_lib.measures.looking_back.came_about import OUTCOMES, SENT_HOME
from sentrack_lib.measures.progress.taught import moments, term_at
from sentrack_lib.measures.taking_part import Calendar

DAYS, TERMS = "days", "terms"
QUARTILES = {"lead_low": 0.25, "lead": 0.5, "lead_high": 0.75}


def lead_times(cases: DataFrame, calendar: Calendar | None) -> DataFrame:
    """For each rule that was right: the median `lead` of its right flags, the quartiles `lead_low` `lead_high`, and `lead_unit`.

    From the end of the first term in which the flag stood; to the first day on which the pupil was sent home, in days; what is
    known at the end of a term alone, in terms. Of all rules together in terms. `cases` are from the module of that name."""
    right = cases[cases["flagged"] & cases["event"]]
    rule = right["rule"].astype("str")
    ends = {each: Timestamp(term_at(int(each)).dates(calendar)[1]) for each in right["since"].unique()}
    days = (right["sent_on"] - right["since"].map(ends).astype("datetime64[us]")).dt.days.astype("float64")
    terms = Series(moments(right["in_term"]) - right["since"], right.index)
    lead = days.where(rule.map(OUTCOMES).eq(SENT_HOME), terms).groupby(rule)
    found = DataFrame({name: lead.quantile(at) for name, at in QUARTILES.items()}).rename_axis("rule").reset_index()
    return found.assign(lead_unit=found["rule"].map(lambda rule: DAYS if OUTCOMES.get(rule) == SENT_HOME else TERMS))
