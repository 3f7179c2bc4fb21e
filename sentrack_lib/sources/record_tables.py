"""Provision, adults' time and what was agreed, in the shape in which they are recorded; and registers, which are only counted."""

from pandera.pandas import DataFrameSchema

from sentrack_lib.sources.cells import amount, day, text
from sentrack_lib.sources.tables import PUPIL, SUBJECT, table

_PROVISION = "The provision, by its id or name"
_WHEN = "The first day", "The last day"

RECORDS: dict[str, DataFrameSchema] = {
    "provisions": table(
        "What the school provides beyond its ordinary teaching, planned with an outcome.",
        ("provision_id",),
        provision_id=text(_PROVISION, required=True),
        name=text("Its name", required=True),
        area_of_need=text("The broad area of need it is for"),
        wave=text("universal, targeted or specialist"),
        strategy=text("What is done"),
        intended_outcome=text("What pupils are to reach by it"),
        subject=text(SUBJECT),
        staff=text("Who gives it"),
        group_size=amount("Pupils in a group", highest=400),
        sessions_planned=amount("Sessions planned in all", highest=2000),
        minutes=amount("Minutes a session", highest=600),
        start=day(_WHEN[0]),
        end=day(_WHEN[1]),
        review_on=day("When it is to be looked at again"),
        funding=text("Where the money comes from"),
        hourly_cost=amount("Cost of an hour of it in pounds"),
        resources_cost=amount("Cost of its resources in pounds"),
        total_cost=amount("Cost of it in all in pounds, where no cost of an hour is known"),
        chosen_by=text("How its pupils were chosen: test, judgement or lot"),
    ),
    "provision_pupils": table(
        "Who takes part in a provision, from when to when, and where they stood before and after.",
        ("provision_id", "pupil_id", "start"),
        provision_id=text(_PROVISION, required=True),
        pupil_id=text(PUPIL, required=True),
        start=day(_WHEN[0]),
        end=day(_WHEN[1]),
        sessions_planned=amount("Sessions planned for this pupil", highest=2000),
        sessions_attended=amount("Sessions this pupil attended", highest=2000),
        baseline=text("The score or grade at the start"),
        outcome=text("The score or grade at the end"),
        rating=text("How an adult rates the effect"),
    ),
    "provision_sessions": table(
        "Single sessions of a provision, one row a pupil and day.",
        ("provision_id", "pupil_id", "on"),
        provision_id=text(_PROVISION, required=True),
        pupil_id=text(PUPIL, required=True),
        on=day("The day", required=True),
        attended=text("Y or N, or what the register says"),
        minutes=amount("Minutes", highest=600),
        note=text("What was noted"),
    ),
    "deployments": table(
        "Which adult is where, with whom and when: a timetable of additional adults.",
        ("adult_id", "day", "starts", "pupil_id", "teaching_group"),
        adult_id=text("The adult", required=True),
        role=text("In which role"),
        pupil_id=text(PUPIL + "; blank where the adult is with a whole group"),
        teaching_group=text("The teaching group"),
        subject=text(SUBJECT),
        day=text("The day of the week"),
        starts=text("When it starts: a time or a period"),
        ends=text("When it ends"),
        hours=amount("Hours a week", highest=168),
        place=text("in class, small group, one to one, or out of class"),
        provision_id=text(_PROVISION),
        start=day(_WHEN[0]),
        end=day(_WHEN[1]),
    ),
    "actions": table(
        "What was agreed: by whom, until when, and what came of it.",
        ("action_id",),
        action_id=text("The action", required=True),
        meeting_id=text("The meeting at which it was agreed"),
        about=text("What it is about, such as a theme of a questionnaire, a flag or a provision"),
        pupil_id=text(PUPIL + "; blank where it is about no single pupil"),
        subject=text(SUBJECT),
        what=text("What is to be done", required=True),
        owner=text("Who sees to it"),
        agreed_on=day("The day it was agreed"),
        by=day("The day until which it is to be done"),
        done_on=day("The day it was done; blank where it is not done"),
        result=text("What came of it"),
    ),
}
"""Written to a term's folder `records/`, one file a table."""

REGISTERS: dict[str, DataFrameSchema] = {
    "registers": table(
        "Marks of single sessions. They are counted into `attendance` and not kept.",
        (),
        pupil_id=text(PUPIL, required=True),
        on=day("The day", required=True),
        session=text("Morning or afternoon"),
        mark=text("The attendance code"),
    ),
}
