"""SIMS 7: the roll as a report, in CSV and in XML, with needs in one row or several."""

import pandas as pd
from pandas import DataFrame, Series

from written_as import british, said
from written_as.dfe import tag, told

ROLL = [
    *("upn", "admission_no", "surname", "forename", "date_of_birth", "sex", "year_group", "form", "ethnicity"),
    *("sen_status", "eal", "pupil_premium", "looked_after", "joined_on", "left_on"),
]


def roll(pupils: DataFrame) -> DataFrame:
    return DataFrame(
        {
            "Legal_x0020_Surname": pupils["surname"],
            "Legal_x0020_Forename": pupils["forename"],
            "UPN": pupils["upn"],
            "Adno": pupils["admission_no"],
            "DOB": british(pupils["date_of_birth"]),
            "Gender": pupils["sex"],
            "Year taught in Code": "Year  " + pupils["year_group"],
            "Reg": pupils["form"],
            "House": "Sample",
            "SEN Status": pupils["sen_status"],
            "Ethnicity Code": pupils["ethnicity"],
            "EAL": ticked(pupils["eal"]),
            "Pupil Premium Indicator": said(pupils["pupil_premium"], "True", "False"),
            "In Care": said(pupils["looked_after"], "T", "F"),
            "Date of Admission": british(pupils["joined_on"]),
            "Date of Leaving": british(pupils["left_on"]),
        }
    )


def ticked(flags: Series) -> Series:
    return said(flags, "T", "")


def roll_with_needs(pupils: DataFrame) -> DataFrame:
    """The roll with a report of needs below each pupil: a row for each need, the second before the first."""
    rows = roll(pupils)
    ranked = [(rank, pupils[name]) for rank, name in (("2", "sen_need_2"), ("1", "sen_need"))]
    needs = [rows.assign(**{"SEN Need Type": need, "SEN Need Rank": rank})[need.ne("")] for rank, need in ranked]
    without = rows[pupils["sen_need"].eq("") & pupils["sen_need_2"].eq("")]
    return pd.concat([*needs, without]).sort_index(kind="stable").fillna("")


def superstar(rows: DataFrame) -> str:
    """A report in XML: a heading's spaces are coded, and an absent value is an absent element."""
    names = {name: name.replace("_x0020_", " ").replace(" ", "_x0020_") for name in rows}
    records = (tag("Record", *(told(names[name], row[name]) for name in names)) for row in rows.to_dict("records"))
    return tag("SuperStarReport", *records)
