"""The tables a term's folder may hold, column by column: what each means, how it is written, what must hold of it."""

from pandera.pandas import Column, DataFrameSchema

from sentrack_lib.sources import codes
from sentrack_lib.sources.cells import SEX, YEAR, amount, code, day, letter, text, words


def table(meaning: str, key: tuple[str, ...], **columns: Column) -> DataFrameSchema:
    """A table: what it holds, the columns that name a row (none where every row is an event of its own), and all columns."""
    return DataFrameSchema(columns, description=meaning, metadata={"key": key})


PUPIL = "The pupil: the UPN where the roll has it, else the admission number, else the id of the school's system"
SUBJECT = "The subject, by the school's own name for it"

TABLES: dict[str, DataFrameSchema] = {
    "pupils": table(
        "The roll of the term: every pupil of the school, not only those with SEN.",
        ("pupil_id",),
        pupil_id=text(PUPIL, required=True),
        upn=text("Unique pupil number"),
        admission_no=text("Admission number, with its leading zeros"),
        mis_id=text("The pupil's id in the school's information system"),
        surname=text("Surname"),
        forename=text("Forename"),
        date_of_birth=day("Date of birth"),
        sex=letter("Sex as on the roll", SEX),
        year_group=code("National Curriculum year, such as 7", codes.is_year_group, "year group", required=True, written=YEAR),
        form=text("Form or tutor group"),
        ethnicity=code("Ethnicity code of the school census", codes.is_ethnicity, "ethnicity code"),
        sen_status=code("SEN status: N, K, E; historic A, P, S, Q", codes.is_sen_status, "SEN status", required=True),
        sen_need=code("First type of need, such as SLCN", codes.is_need, "type of need"),
        sen_need_2=code("Second type of need", codes.is_need, "type of need"),
        disability=letter("Whether the pupil is disabled"),
        pupil_premium=letter("Whether the school receives the pupil premium for the pupil"),
        eal=letter("Whether English is an additional language"),
        looked_after=letter("Whether the pupil is looked after by a local authority"),
        gifted_talented=letter("Whether the pupil is on the gifted and talented list"),
        joined_on=day("First day at the school"),
        left_on=day("Last day at the school"),
    ),
    "prior_attainment": table(
        "Where pupils started: results from before this school.",
        ("pupil_id", "subject", "stage", "scale"),
        pupil_id=text(PUPIL, required=True),
        subject=text(SUBJECT, required=True),
        stage=text("The key stage it is from, such as KS2", required=True),
        scale=text("The scale the grade is on", required=True),
        grade=text("The grade or score as exported", required=True),
    ),
    "assessments": table(
        "Marks of the term: what pupils attain, are set as targets, are predicted, and how they apply themselves.",
        ("pupil_id", "subject", "kind", "scale", "assessed_on"),
        pupil_id=text(PUPIL, required=True),
        subject=text(SUBJECT, required=True),
        kind=words("What kind of mark it is", "actual", "target", "predicted", "effort"),
        scale=text("The scale the grade is on", required=True),
        grade=text("The grade as exported; absent, not entered, not assessed and ungraded are rows and never 0", required=True),
        assessed_on=day("When it was assessed"),
    ),
    "teaching_groups": table(
        "Who is taught what, in which group.",
        ("pupil_id", "subject", "teaching_group"),
        pupil_id=text(PUPIL, required=True),
        subject=text(SUBJECT, required=True),
        teaching_group=text("The teaching group (class)", required=True),
        set=text("The set, where the subject is set by attainment"),
        teacher=text("Who teaches the group"),
    ),
    "attendance": table(
        "Sessions (half days) of the term, one row a pupil.",
        ("pupil_id",),
        pupil_id=text(PUPIL, required=True),
        sessions_possible=amount("Sessions that the pupil could attend", required=True, highest=400),
        sessions_attended=amount("Sessions attended", required=True, highest=400),
        sessions_authorised=amount("Sessions missed with leave", highest=400),
        sessions_unauthorised=amount("Sessions missed without leave", highest=400),
        sessions_late=amount("Sessions late, before or after the register closed (L and U)", highest=400),
    ),
    "behaviour": table(
        "Rewards, sanctions, incidents, suspensions and exclusions, one row each.",
        (),
        pupil_id=text(PUPIL, required=True),
        on=day("The day", required=True),
        kind=words("What it was", "reward", "sanction", "incident", "suspension", "permanent_exclusion"),
        reason=text("Why, as the school records it"),
        points=amount("Points given; signed where the school signs them", lowest=-1000, highest=1000),
        sessions_lost=amount("Sessions lost; a suspension at lunchtime is one", highest=400),
    ),
    "views": table(
        "What pupils and parents say: questionnaire scores and comments.",
        (),
        respondent=words("Who answered", "pupil", "parent"),
        pupil_id=text(PUPIL + "; blank where the answer was anonymous"),
        on=day("The day", required=True),
        theme=text("What was asked about", required=True),
        score=amount("1 (worst) to 5 (best)", required=True, lowest=1, highest=5),
        comment=text("What they wrote"),
    ),
    "activities": table(
        "Clubs, council, enrichment, options, pathways, work experience, support at transfer and from peers.",
        ("pupil_id", "activity", "kind"),
        pupil_id=text(PUPIL, required=True),
        activity=text("The activity", required=True),
        kind=words(
            "What kind of activity",
            "club",
            "council",
            "enrichment",
            "option",
            "pathway",
            "work_experience",
            "transfer_support",
            "peer_support",
        ),
        sessions_offered=amount("Sessions offered"),
        sessions_attended=amount("Sessions attended"),
    ),
    "adults": table(
        "Additional adults: teaching assistants, mentors, therapists and others who support pupils.",
        ("adult_id",),
        adult_id=text("The adult", required=True),
        name=text("Name"),
        role=text("Role", required=True),
        department=text("The department or team they belong to"),
        weekly_hours=amount("Hours a week", required=True, highest=168),
        hourly_cost=amount("Cost of an hour in pounds"),
        training=text("Training they have had"),
    ),
}
