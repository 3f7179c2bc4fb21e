"""What the flags of a rule foretell, and of whom it came about in a term (methods, sections 6 and 12: back-test)."""

from collections.abc import Collection, Mapping

from pandas import DataFrame

ABSENT, SENT_HOME, LOW = "absent", "sent_home", "low"
OUTCOMES = {
    "attendance": ABSENT,
    "attendance drop": ABSENT,
    "behaviour": SENT_HOME,
    "exclusion": SENT_HOME,
    "progress": LOW,
    "effort": LOW,
}
"""Which outcome answers to which rule. The others have none: one subject far behind is a question to the subject, missing grades
are a question to those who mark, and a provision not attended is a fact about the provision."""
WORDS = {
    ABSENT: "missed more than 10 % of the term's sessions",
    SENT_HOME: "suspended or excluded in the term",
    LOW: "low growth likely over all subjects",
}
ABSENT_ABOVE, LOW_FROM = 0.10, 0.5
LAST_DIGITS = 1e-9
"""The last digits of a division never decide."""


def came_about(tables: Mapping[str, DataFrame], terms: Collection[str]) -> DataFrame:
    """A row a term and pupil who was on the roll then: `term` `pupil_id` `attended` (share of the term's sessions), and whether
    each outcome was so: `absent`, `sent_home` (first on the day `sent_on`), `low`; missing where it is not known.

    Nobody is known not to have been sent home where no term has any suspension or exclusion: they may not be recorded."""
    absence = tables["absence_by_term"].reindex(columns=["term", "pupil_id", "term_absence"])
    growth = tables["growth_by_term"]
    growth = growth.loc[growth["subject"].eq("all"), ["term", "pupil_id", "p_low"]]
    both = [rows[rows["term"].isin(terms)].astype({"term": "str", "pupil_id": "str"}) for rows in (absence, growth)]
    once = [rows.drop_duplicates(["term", "pupil_id"], keep="last") for rows in both]
    found = once[0].merge(once[1], how="outer", on=["term", "pupil_id"])
    gone, any_known = _sent_home(tables)
    found = found.merge(gone, how="left", on=["term", "pupil_id"])
    missed, chance = (found[name].astype("float64") for name in ("term_absence", "p_low"))
    told = {
        ABSENT: missed.gt(ABSENT_ABOVE + LAST_DIGITS).astype("boolean").mask(missed.isna()),
        SENT_HOME: found["sent"].eq(True).astype("boolean").mask(~found["sent"].eq(True) & (not any_known)),
        LOW: chance.ge(LOW_FROM - LAST_DIGITS).astype("boolean").mask(chance.isna()),
    }
    return found.assign(attended=(1 - missed).round(9), **told)[["term", "pupil_id", "attended", *told, "sent_on"]]


def _sent_home(tables: Mapping[str, DataFrame]) -> tuple[DataFrame, bool]:
    """The first day of each pupil's in a term, missing where it has none; and whether any is recorded in any term."""
    rows = tables["sent_home"]
    first = rows.astype({"term": "str", "pupil_id": "str"}).groupby(["term", "pupil_id"])["on"].min()
    return first.rename("sent_on").reset_index().assign(sent=True), len(rows) > 0
