"""Arbor: reports a school puts together itself, and the tables of its connector, which know pupils by STUDENT_ID alone."""

import pandas as pd
from pandas import DataFrame, Series

from written_as import british, said

ROLL = [
    *("upn", "admission_no", "mis_id", "surname", "forename", "date_of_birth", "sex", "year_group", "form", "sen_status"),
    *("sen_need", "sen_need_2", "ethnicity", "pupil_premium", "eal", "joined_on", "left_on"),
]
PRESENT = {"/": "PRESENT_AM", "\\": "PRESENT_PM", "L": "LATE", "I": "ILLNESS", "O": "UNAUTHORIZED_ABSENT"}


def roll(pupils: DataFrame) -> DataFrame:
    needs = pupils["sen_need"] + ("; " + pupils["sen_need_2"]).where(pupils["sen_need_2"].ne(""), "")
    return DataFrame(
        {
            "Arbor Student ID": pupils["mis_id"],
            "Student": pupils["surname"] + ", " + pupils["forename"],
            "UPN": pupils["upn"],
            "Admission Number": pupils["admission_no"],
            "Date of Birth": british(pupils["date_of_birth"]),
            "Sex": pupils["sex"],
            "Year Group": "Year " + pupils["year_group"],
            "Registration Form": pupils["form"],
            "SEN Status": pupils["sen_status"],
            "SEN Needs": needs,
            "Ethnicity": pupils["ethnicity"],
            "Pupil Premium Eligible": said(pupils["pupil_premium"], "Yes", "No"),
            "EAL": said(pupils["eal"], "Yes", "No"),
            "Admission Date": british(pupils["joined_on"]),
            "Leaving Date": british(pupils["left_on"]),
            "% Attendance": "93.4%",
        }
    )


def students(ids: Series, pupils: DataFrame) -> Series:
    return ids.map(pupils.set_index("pupil_id")["mis_id"]).astype("str")


def attendance(marks: DataFrame, pupils: DataFrame) -> DataFrame:
    """`marks`: pupil_id, on, session (AM, PM), mark. What the connector works out of them is wrong on purpose: marks count."""
    return DataFrame(
        {
            "STUDENT_ID": students(marks["pupil_id"], pupils),
            "APPLICATION_ID": "1",
            "RAW_MARK": marks["mark"],
            "MARK_CODE": marks["mark"].map(PRESENT).fillna("OTHER"),
            "MINUTES_LATE": "0",
            "PERIOD": marks["session"].map({"AM": "MORNING", "PM": "AFTERNOON"}),
            "DATE": marks["on"] + " 00:00:00",
            "IS_PRESENT": "0",
            "IS_AUTHORIZED_ABSENT": "0",
            "IS_UNAUTHORIZED_ABSENT": "0",
            "IS_POSSIBLE_ATTENDANCE": "0",
        }
    )


def behaviour_incidents(events: DataFrame, pupils: DataFrame) -> DataFrame:
    """Incidents alone; `reason` is written as the severity, the one thing the table says of an incident in a word."""
    numbers = Series(range(1, len(events) + 1), index=events.index).astype("str")
    return DataFrame(
        {
            "BEHAVIOUR_INCIDENT_INVOLVEMENT_ID": numbers,
            "BEHAVIOUR_INCIDENT_ID": numbers,
            "STUDENT_ID": students(events["pupil_id"], pupils),
            "SEVERITY": events["reason"],
            "INCIDENT_DT": events["on"] + " 10:15:00",
            "RESOLVED_DT": events["on"] + " 15:30:00",
            "LOGGED_BY_STAFF_ID": "77",
            "NARRATIVE": "Something that was invented, at length, and names Una Dummy",
        }
    )


def exclusions(events: DataFrame, pupils: DataFrame) -> DataFrame:
    """Exclusions by STUDENT_ID, with codes of the census."""
    codes = {"suspension": "SUSP", "permanent_exclusion": "PERM"}
    return DataFrame(
        {
            "STUDENT_ID": students(events["pupil_id"], pupils),
            "EXCLUSION_TYPE": events["kind"].map(codes),
            "EXCLUSION_REASON": events["reason"],
            "START_DT": events["on"] + " 00:00:00",
            "NUMBER_OF_SESSIONS": events["sessions_lost"],
        }
    )


def enrolments(pupils: DataFrame) -> DataFrame:
    days = {"ENROLMENT_START_DATE": pupils["joined_on"], "ENROLMENT_END_DATE": pupils["left_on"]}
    return DataFrame({"STUDENT_ID": pupils["mis_id"], **days})


def attendance_report(sessions: DataFrame) -> DataFrame:
    """Sessions a pupil, with activities out of school counted beside those present, and a percentage nobody needs."""
    numbers = sessions.drop(columns="pupil_id").apply(pd.to_numeric)
    elsewhere = numbers["sessions_attended"].clip(upper=2)
    late_after = numbers[["sessions_late", "sessions_unauthorised"]].min(axis=1)
    share = (100 * numbers["sessions_attended"] / numbers["sessions_possible"]).round(1).astype("str")
    written = {
        "Possible": numbers["sessions_possible"],
        "Present": numbers["sessions_attended"] - elsewhere,
        "AEA": elsewhere,
        "Authorised": numbers["sessions_authorised"],
        "Unauthorised": numbers["sessions_unauthorised"],
        "Late Before": numbers["sessions_late"] - late_after,
        "Late After": late_after,
    }
    counts = {heading: cells.astype("str") for heading, cells in written.items()}
    return DataFrame({"UPN": sessions["pupil_id"], "Reg": "7A", **counts, "% Attendance": share})
