"""What the flags of a rule foretell, and of whom it came about in a term (methods, sections 6 and 12: back-test)."""

from collections.abc import Collection, Mapping

import numpy as np
import pandas as pd
from pandas import DataFrame, Index, Series

from sentrack_lib.measures.progress.taught import Codes, Numbers

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
WHO = ["term", "pupil_id"]
LAST_DIGITS = 1e-9
"""The last digits of a division never decide."""


def came_about(tables: Mapping[str, DataFrame], terms: Collection[str]) -> DataFrame:
    """A row a term and pupil who was on the roll then: `term` `pupil_id` `attended` (share of the term's sessions), and whether
    each outcome was so (1 or 0): `absent`, `sent_home` (first on the day `sent_on`), `low`; missing where it is not known.

    Nobody is known not to have been sent home where no term has any suspension or exclusion: they may not be recorded."""
    absence, growth = tables["absence_by_term"], tables["growth_by_term"]
    growth = growth[growth["subject"].eq("all")]
    rows = [each[each["term"].isin(terms)].drop_duplicates(WHO, keep="last") for each in (absence, growth)]
    here = pd.concat([each[WHO].astype("str") for each in rows]).drop_duplicates(ignore_index=True)
    missed, chance = (at(each[name], places(each, here)) for each, name in zip(rows, ("term_absence", "p_low"), strict=True))
    gone = tables["sent_home"].sort_values("on", kind="stable").drop_duplicates(WHO)
    sent = places(gone, here)
    told = {
        ABSENT: np.where(np.isnan(missed), np.nan, missed > ABSENT_ABOVE + LAST_DIGITS),
        SENT_HOME: np.where(sent >= 0, 1.0, 0.0 if len(gone) else np.nan),
        LOW: np.where(np.isnan(chance), np.nan, chance >= LOW_FROM - LAST_DIGITS),
    }
    sent_on = pd.to_datetime(gone["on"]).reset_index(drop=True).reindex(sent).array
    return here.assign(attended=(1 - missed).round(9), **told, sent_on=sent_on)


def places(rows: DataFrame, here: DataFrame, term: str = "term") -> Codes:
    """Where the pupil and `term` of each row of `here` stand in a table without doubles; -1 where they do not."""
    return Index(_keys(rows, "term")).get_indexer(Index(_keys(here, term)))


def at(values: Series, places: Codes) -> Numbers:
    """The values at some places as numbers; missing where there is none."""
    return np.append(values.to_numpy(dtype="float64", na_value=np.nan), np.nan)[places]


def _keys(rows: DataFrame, term: str) -> Series:
    return rows[term].astype("str") + "\n" + rows["pupil_id"].astype("str")
