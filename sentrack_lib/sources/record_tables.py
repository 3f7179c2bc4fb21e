"""Provision and adults' time, in the shape in which they are recorded; and registers, which are only counted.

One description of a record serves the form on a page, the sheet of a workbook, the store and the checks: a new field is one line.
"""

from pandera.pandas import DataFrameSchema

from sentrack_lib.sources.agreed_tables import AGREED
from sentrack_lib.sources.cells import account, amount, day, letter, text, usual
from sentrack_lib.sources.tables import PUPIL, SUBJECT, table

_PROVISION = "The provision, by its id or name"
_WHEN = "The first day", "The last day"
AREAS_OF_NEED = (
    "Cognition and learning",
    "Communication and interaction",
    "Social, emotional and mental health",
    "Sensory and/or physical",
)
WAVES = ("universal", "targeted", "specialist")
PHASES = ("before", "during", "after")
PLACES = ("in class", "small group", "one to one", "out of class")

SUPPORT: dict[str, DataFrameSchema] = {
    "provisions": table(
        "What the school provides beyond its ordinary teaching, planned with an outcome.",
        ("provision_id",),
        provision_id=text(_PROVISION, required=True),
        name=text("Its name", required=True),
        area_of_need=usual("The broad area of need it is for", *AREAS_OF_NEED),
        wave=usual("For everyone, for some who need more, or for single pupils", *WAVES),
        strategy=account("What is done"),
        intended_outcome=account("What pupils are to reach by it"),
        subject=text(SUBJECT),
        staff=text("Who gives it"),
        group_size=amount("Pupils in a group", highest=400),
        sessions_planned=amount("Sessions planned in all, for each group", highest=2000),
        minutes=amount("Minutes a session", highest=600),
        start=day(_WHEN[0]),
        end=day(_WHEN[1]),
        review_on=day("When it is to be looked at again"),
        funding=usual("Where the money comes from", "SEN budget", "pupil premium", "local authority", "school budget"),
        hourly_cost=amount("Cost of an hour of it in pounds"),
        resources_cost=amount("Cost of its resources in pounds"),
        total_cost=amount("Cost of it in all in pounds, where no cost of an hour is known"),
        chosen_by=usual("How its pupils were chosen", "test", "judgement", "lot"),
        aligned_with=text("The whole-school initiative it goes with"),
        monitored_how=account("How one will see whether it works"),
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
        rating=usual("How an adult rates the effect", "none", "some", "good"),
    ),
    "provision_sessions": table(
        "Single sessions of a provision, one row a pupil and day.",
        ("provision_id", "pupil_id", "on"),
        provision_id=text(_PROVISION, required=True),
        pupil_id=text(PUPIL, required=True),
        on=day("The day", required=True),
        attended=text("Y or N, or what the register says"),
        minutes=amount("Minutes", highest=600),
        note=account("What was noted"),
    ),
    "short_measures": table(
        "Short measures of one pupil, taken again and again before, during and after something is provided.",
        ("pupil_id", "measure", "on"),
        pupil_id=text(PUPIL, required=True),
        measure=text("What is measured, such as words read in a minute", required=True),
        on=day("The day", required=True),
        phase=usual("Before, during or after it is provided", *PHASES, required=True),
        value=amount("The number", required=True, lowest=-1000),
        better=usual("Whether more of it is better, or less", "higher", "lower"),
        provision_id=text(_PROVISION),
    ),
    "draws": table(
        "Places drawn by lot among pupils who stood about the same: who takes part, and who waits.",
        ("provision_id", "pupil_id"),
        provision_id=text(_PROVISION, required=True),
        pupil_id=text(PUPIL, required=True),
        on=day("The day of the draw"),
        seed=amount("The number with which the draw can be repeated"),
        band=amount("The band of pupils, from the lowest start, within which places were drawn"),
        drawn=letter("Whether the pupil was drawn"),
    ),
    "deployments": table(
        "Which adult is where, with whom and when: a timetable of additional adults, and how each place is prepared.",
        ("adult_id", "day", "starts", "pupil_id", "teaching_group"),
        adult_id=text("The adult", required=True),
        role=text("In which role"),
        pupil_id=text(PUPIL + "; blank where the adult is with a whole group"),
        teaching_group=text("The teaching group"),
        subject=text(SUBJECT),
        day=usual("The day of the week", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday"),
        starts=text("When it starts: a time or a period"),
        ends=text("When it ends"),
        hours=amount("Hours a week", highest=168),
        place=usual("Where it is", *PLACES),
        provision_id=text(_PROVISION),
        start=day(_WHEN[0]),
        end=day(_WHEN[1]),
        with_peers=letter("Whether the pupil learns with the others of the class (statement 16)"),
        small_group=letter("Whether teacher and adult take turns with a small group (statement 17)"),
        discreet=letter("Whether the support draws no attention to the pupil (statement 18)"),
        at_times=letter("Whether the adult steps back for some of the lesson (statement 19)"),
        independence=letter("Whether it is arranged so that the pupil needs it less and less (statement 20)"),
        planned_together=letter("Whether teacher and adult planned it or talked about it before (statement 21)"),
        knows_pupils=letter("Whether the adult knows needs, targets and what the lesson is to reach (statement 22)"),
        trained=letter("Whether the adult is trained for it and knows the subject (statement 23)"),
        ground_rules=letter("Whether the adult knows the rules of the class (statement 24)"),
        feeds_back=letter("Whether what the adult sees reaches teacher and pupil (statement 25)"),
    ),
    "entitlements": table(
        "Support that is specified for one pupil, in a statement, a plan or by agreement.",
        ("entitlement_id",),
        entitlement_id=text("The entitlement", required=True),
        pupil_id=text(PUPIL, required=True),
        source=usual("Where it is specified", "EHC plan", "statement", "individual plan", required=True),
        what=account("What is specified", required=True),
        hours_week=amount("Hours a week, where they are specified", highest=168),
        role=text("The role of who is to give it"),
        place=usual("Where it is to be given", *PLACES),
        outcome=account("The outcome it is for"),
        agency=text("The agency that advises on it, or gives it"),
        start=day(_WHEN[0]),
        end=day(_WHEN[1]),
        review_on=day("When it is to be reviewed, at the latest"),
    ),
    "pay_rates": table(
        "What an hour of an adult, or of all adults of a role, costs from a day on.",
        ("adult_id", "role", "start"),
        adult_id=text("The adult; blank where it is the rate of a role"),
        role=text("The role; blank where it is the rate of one adult"),
        start=day("From which day on", required=True),
        hourly_cost=amount("Cost of an hour in pounds", required=True),
    ),
}
RECORDS: dict[str, DataFrameSchema] = {**SUPPORT, **AGREED}
"""What people decide. Sheets of it may lie in a term's folder `records/`, one file a table."""

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
