"""Lists schools keep themselves: clubs and activities, staff, answers to questionnaires."""

from pandas import DataFrame

from written_as import british

KINDS = {
    "club": "Club",
    "council": "School Council",
    "enrichment": "Enrichment",
    "option": "Option",
    "pathway": "Pathway",
    "work_experience": "Work experience",
    "transfer_support": "Transition support",
    "peer_support": "Peer support",
}


def activities(rows: DataFrame) -> DataFrame:
    numbers = {"Sessions Offered": rows["sessions_offered"], "Sessions Attended": rows["sessions_attended"]}
    return DataFrame({"UPN": rows["pupil_id"], "Activity": rows["activity"], "Type": rows["kind"].map(KINDS), **numbers})


def clubs(rows: DataFrame) -> DataFrame:
    return DataFrame({"UPN": rows["pupil_id"], "Club Name": rows["activity"]})


def staff(adults: DataFrame) -> DataFrame:
    return DataFrame(
        {
            "Staff Code": adults["adult_id"],
            "Staff Name": adults["name"],
            "Job Title": adults["role"],
            "Department": adults["department"],
            "Hours per Week": adults["weekly_hours"],
            "Hourly Rate": adults["hourly_cost"],
            "Training": adults["training"],
        }
    )


def questionnaire(views: DataFrame) -> DataFrame:
    words = {"1": "Strongly disagree", "2": "Disagree", "3": "Neither agree nor disagree", "4": "Agree", "5": "Strongly agree"}
    return DataFrame(
        {
            "Timestamp": british(views["on"]) + " 10:15:00",
            "Completed By": views["respondent"].map({"pupil": "Student", "parent": "Parent/Carer"}),
            "UPN": views["pupil_id"],
            "Question": views["theme"],
            "Answer": views["score"].map(words),
            "Comments": views["comment"],
        }
    )
