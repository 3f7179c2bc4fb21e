"""Feeds of data: sessions a pupil (Assembly), pupils with dotted headings (Wonde), and histories of SEN of a school's system."""

import pandas as pd
from pandas import DataFrame, Series

from written_as import said

WONDE = [
    *("upn", "admission_no", "mis_id", "surname", "forename", "date_of_birth", "sex", "year_group", "ethnicity", "sen_status"),
    *("pupil_premium", "eal", "looked_after"),
]


def attendance(sessions: DataFrame) -> DataFrame:
    named = {
        "possible_sessions": "sessions_possible",
        "attended_sessions": "sessions_attended",
        "late_sessions": "sessions_late",
        "authorised_absence_sessions": "sessions_authorised",
        "unauthorised_absence_sessions": "sessions_unauthorised",
    }
    days = {"start_date": "2026-04-14", "end_date": "2026-07-21"}
    return DataFrame({"upn": sessions["pupil_id"], **{heading: sessions[name] for heading, name in named.items()}, **days})


def students(pupils: DataFrame) -> DataFrame:
    return DataFrame(
        {
            "id": pupils["mis_id"],
            "upi": "invented",
            "upn": pupils["upn"],
            "surname": pupils["surname"],
            "forename": pupils["forename"],
            "gender": pupils["sex"],
            "date_of_birth.date": pupils["date_of_birth"] + " 00:00:00.000000",
            "education_details.admission_number": pupils["admission_no"],
            "education_details.current_nc_year": pupils["year_group"],
            "extended_details.sen_status": pupils["sen_status"],
            "extended_details.premium_pupil_indicator": said(pupils["pupil_premium"], "True", "False"),
            "extended_details.free_school_meals": "False",
            "extended_details.free_school_meals_6": "False",
            "extended_details.english_as_additional_language": said(pupils["eal"], "True", "False"),
            "extended_details.in_lea_care": said(pupils["looked_after"], "True", "False"),
            "extended_details.ever_in_care": "True",
            "extended_details.ethnicity": pupils["ethnicity"],
            "extended_details.first_language": "ENG",
            "extended_details.service_children_indicator": "False",
        }
    )


def needs(pupils: DataFrame) -> DataFrame:
    """Types of need with their first and last days: before those of today others that have ended, after them one to come."""
    now = [_need(pupils, pupils[name], rank, "2024-09-02", "") for rank, name in (("2", "sen_need_2"), ("1", "sen_need"))]
    once = _need(pupils, Series("MLD", index=pupils.index), "1", "2019-09-02", "2022-07-20")
    soon = _need(pupils, Series("PD", index=pupils.index), "1", "2027-09-01", "")
    return pd.concat([once, *now, soon]).sort_index(kind="stable")


def _need(pupils: DataFrame, codes: Series, rank: str, first: str, last: str) -> DataFrame:
    days = {"needstartdate": first, "needenddate": last}
    named = {"studentid": pupils["mis_id"], "rank": rank, "needtypecode": codes, "needtypedescription": "in words"}
    return DataFrame({**named, **days, "neednotes": "A note that was invented"})[codes.ne("")]


def provisions(pupils: DataFrame) -> DataFrame:
    """SEN provision with first and last days: today's, and before it SEN support that has ended."""
    today = _provision(pupils, pupils["sen_status"], "2025-09-01", "")
    once = _provision(pupils, Series("K", index=pupils.index), "2019-09-02", "2025-08-31")
    return pd.concat([once, today]).sort_index(kind="stable")


def _provision(pupils: DataFrame, codes: Series, first: str, last: str) -> DataFrame:
    days = {"senprovisionstartdate": first, "senprovisionenddate": last}
    return DataFrame({"studentid": pupils["mis_id"], "senprovisioncode": codes, "senprovisiondescription": "in words", **days})
