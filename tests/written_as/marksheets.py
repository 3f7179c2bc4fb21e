"""Marksheets: one row a pupil, a column for each aspect and set of results, with details of pupils switched on."""

import pandas as pd
from pandas import DataFrame

KINDS = {"actual": "CWG", "target": "Target", "predicted": "Forecast", "effort": "ATL"}
CARRIED = ["pupil_id", "subject", "kind", "scale", "grade"]


def marksheet(marks: DataFrame, pupils: DataFrame, heading: str = "{subject} {kind} Summer") -> DataFrame:
    """A column for each subject and kind, called by the pattern; pupils without any of the marks are not in it."""
    named = zip(marks["subject"], marks["kind"].map(KINDS), strict=True)
    headings = [heading.format(subject=subject, kind=kind) for subject, kind in named]
    wide = marks.assign(heading=headings).pivot(index="pupil_id", columns="heading", values="grade").fillna("")
    who = pupils.set_index("pupil_id").reindex(wide.index).fillna("")
    details = {"Adno": who["admission_no"], "SEN": who["sen_status"], "PP": who["pupil_premium"]}
    known = {"UPN": wide.index, "Surname": who["surname"], "Forename": who["forename"], "Year": "Year  " + who["year_group"]}
    return pd.concat([DataFrame({**known, **details}, index=wide.index), wide], axis=1).reset_index(drop=True)
