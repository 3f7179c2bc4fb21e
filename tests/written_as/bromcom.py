"""Bromcom: files begin with names, admission number, UPN, and say Male and Female in full."""

from pandas import DataFrame

from written_as import british, said

ROLL = [
    *("upn", "admission_no", "surname", "forename", "date_of_birth", "sex", "year_group", "form", "sen_status"),
    *("sen_need", "sen_need_2", "disability", "pupil_premium", "looked_after", "gifted_talented"),
]


def roll(pupils: DataFrame) -> DataFrame:
    return DataFrame(
        {
            "Last Name": pupils["surname"],
            "First Name": pupils["forename"],
            "Admission Number": pupils["admission_no"],
            "UPN": pupils["upn"],
            "Gender": pupils["sex"].map({"M": "Male", "F": "Female", "": ""}),
            "Date of Birth": british(pupils["date_of_birth"]) + " 00:00:00",
            "Year Group": pupils["year_group"],
            "Tutor Group": pupils["form"],
            "SEN Stage": pupils["sen_status"],
            "Primary Need": pupils["sen_need"],
            "Secondary Need": pupils["sen_need_2"],
            "Disabled": said(pupils["disability"], "1", "0"),
            "PP": said(pupils["pupil_premium"], "x", ""),
            "LAC": said(pupils["looked_after"], "Y", "N"),
            "G&T": said(pupils["gifted_talented"], "✓", ""),
        }
    )
