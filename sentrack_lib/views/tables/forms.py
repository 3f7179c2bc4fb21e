"""The forms for looking closer: what to look for in a lesson and in work, what to ask a pupil and a parent.

The numbers are those of the statements of the self-evaluation that an answer is evidence for."""

from pandas import DataFrame

from sentrack_lib.views.papers import Papers
from sentrack_lib.views.parts import Part, Table, Unseen

LESSON, WORK, ADULT, ASK = "Lesson", "Work", "Additional adult", "Ask the adults"
OFTEN = "not seen / sometimes / throughout"
OBSERVATION = [
    (41, LESSON, "Is the pupil given work as demanding as this pupil can manage?"),
    (41, LESSON, "Is the pupil thinking and taking part, and further on at the end than at the start?"),
    (42, LESSON, "Does the teacher find out what the pupil has understood, and act on it?"),
    (45, LESSON, "Is something done differently because of this pupil's need, and does it help with the learning?"),
    (41, WORK, "Is the latest work harder or better than that of the term's beginning?"),
    (42, WORK, "Does the marking say what to do next, and has the pupil done it?"),
    (45, WORK, "Can it be seen that tasks were fitted to the need, and still led to the same learning?"),
    (43, ADULT, "Is the adult where learning most needs it, and does the pupil need the adult less as time goes on?"),
    (16, ADULT, "Does the help bring the pupil into what the class is doing, not away from it?"),
    (17, ADULT, "Do teacher and adult each work with small groups, as the lesson was designed?"),
    (18, ADULT, "Is help given so quietly that nobody is made to feel different?"),
    (19, ADULT, "Is help given at chosen moments, for a purpose, and then taken away again?"),
    (20, ADULT, "Does the pupil try alone first, and gain confidence?"),
    (23, ADULT, "Are explanations and questions right for the subject and for the need?"),
    (24, ADULT, "Does the adult keep to the teacher's rules for this class?"),
    (25, ADULT, "Do pupil and teacher hear from the adult how the learning went?"),
    (21, ASK, "Did teacher and adult plan or talk over this lesson, and who does what, beforehand?"),
    (22, ASK, "Can the adult name the pupil's needs and targets, and what this lesson was to teach?"),
    (23, ASK, "Has the adult been trained for this kind of support?"),
]
PUPIL, PARENT = "Pupil", "Parent or carer"
CONVERSATION = [
    (37, PUPIL, "What is it like for you at this school?"),
    (41, PUPIL, "Which lessons make you think hard? Which are too easy, or too hard?"),
    (42, PUPIL, "Pick a subject. What are you getting better at? What will you work on next, and who told you?"),
    (45, PUPIL, "What do teachers do that helps you learn? What could they do that would help more?"),
    (20, PUPIL, "When do you get help from an adult? When would you rather try alone?"),
    (18, PUPIL, "How do you feel about being helped when others can see it?"),
    (39, PUPIL, "How do you get on with other pupils, in lessons and at break?"),
    (52, PUPIL, "Is there a club or an activity you would like to join? What would make it easier?"),
    (55, PUPIL, "Who do you talk to when something goes wrong? What happened the last time?"),
    (38, PUPIL, "If you could change one thing at school, what would it be?"),
    (61, PARENT, "How do you find out how your child is getting on? Does it come soon enough?"),
    (42, PARENT, "Do you know what your child will work on next?"),
    (45, PARENT, "What help does your child get? Is it the right help, and enough?"),
    (57, PARENT, "What would help you to help your child at home?"),
    (62, PARENT, "Have you ever told us of a worry? What happened then?"),
    (60, PARENT, "What should we keep doing? What should we change?"),
]
A_NAME, AN_ANSWER = 24, 44
"""How wide a column is kept that is filled in by hand, in spaces: a blank one is printed as narrow as its heading."""
NO_FORM = "The forms for lessons, work and conversations are for those who see the pupils."


def room_for(*columns: str, width: int = A_NAME) -> dict[str, str]:
    """Blank columns that keep their width on paper."""
    return dict.fromkeys(columns, "\N{NO-BREAK SPACE}" * width)


def observation() -> DataFrame:
    """What to look for in a lesson and in work, with room for what was seen."""
    form = DataFrame(
        [(where, prompt, statement) for statement, where, prompt in OBSERVATION], columns=["Look at", "Prompt", "Statement"]
    )
    return form.assign(**{"How often": OFTEN, "What was seen": "", "Next step": ""})


def conversation() -> DataFrame:
    """What to ask a pupil and a parent, with room for the answer."""
    form = DataFrame(
        [(who, question, statement) for statement, who, question in CONVERSATION], columns=["Ask", "Question", "Statement"]
    )
    return form.assign(**{"What was said": "", "Next step": ""})


def observation_form(papers: Papers) -> Part:
    """The form to take into a lesson and to lay beside the same pupil's work."""
    if not papers.has("roll"):
        return Unseen(NO_FORM)
    note = (
        "One copy for each visit, with pupil, date and observer on it. Write what was seen and heard, then judge. Not seen in "
        "one lesson does not mean that it never happens. Where no adult supports, leave those rows blank."
    )
    form = observation().assign(**room_for("What was seen", "Next step", width=AN_ANSWER))
    return Table(form, "Observation form: lesson and work of the same pupil", note)


def conversation_form(papers: Papers) -> Part:
    """Questions to a pupil and to a parent, in plain words."""
    if not papers.has("roll"):
        return Unseen(NO_FORM)
    note = (
        "Say first why you ask, that no answer is wrong, and who will read the answers. The pupil may point, draw, or bring a "
        "friend or an interpreter. Write the pupil's own words. If you hear of any harm, follow the safeguarding policy at once."
    )
    form = conversation().assign(**room_for("What was said", "Next step", width=AN_ANSWER))
    return Table(form, "Conversation form: a pupil and a parent", note)
