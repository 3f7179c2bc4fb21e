"""What pupils did: one list of all, and lists of suspensions and exclusions in days or in sessions."""

import pandas as pd
from pandas import DataFrame

from written_as import british

TYPES = {"reward": "Achievement", "incident": "Behaviour", "sanction": "Detention"}
CATEGORIES = {"suspension": "SUSP", "permanent_exclusion": "PERM"}


def everything(events: DataFrame) -> DataFrame:
    """Rewards, incidents, sanctions, suspensions and exclusions together, points signed as the school signs them."""
    return DataFrame(
        {
            "UPN": events["pupil_id"],
            "Date": british(events["on"]),
            "Incident Type": events["kind"].map(TYPES | {"suspension": "Fixed Period Exclusion", "permanent_exclusion": "PERM"}),
            "Reason": events["reason"],
            "Points": events["points"],
            "Sessions Lost": events["sessions_lost"],
            "Location": "Room 0",
            "Lesson": "Maths",
            "Recorded By": "Una Dummy",
            "Action/Outcome": "Letter",
            "Comments": "",
        }
    )


def suspensions(events: DataFrame) -> DataFrame:
    """Suspensions as they go into the census: a category, a coded reason, first and last day, days and half days."""
    days = pd.to_numeric(events["sessions_lost"]) / 2
    return DataFrame(
        {
            "UPN": events["pupil_id"],
            "Category": events.get("category", events["kind"].map(CATEGORIES)),
            "Reason": events["reason"],
            "Start Date": british(events["on"]),
            "End Date": british(events["on"]),
            "Number of Days": days.map("{:g}".format, na_action="ignore").astype("str").fillna(""),
        }
    )
