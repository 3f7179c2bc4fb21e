"""What is noted of pupils with SEN in the invented school: what they are good at and find hard, what they and parents say."""

import numpy as np
from pandas import DataFrame

from sentrack_lib.sources.sample.calendar import chance
from sentrack_lib.sources.sample.curriculum import SUBJECTS
from sentrack_lib.sources.sample.life import school_days
from sentrack_lib.sources.sample.plans import AGENCIES, area
from sentrack_lib.sources.sample.support import COGNITION, FEELINGS, SENSES, TALK
from sentrack_lib.terms import Term

PARENTS, PUPIL = "Parents", "Pupil"
NOTED = {
    "pupil is good at": ("Drawing plans of castles that were never built.", "Telling jokes about the school's invented goat.",
                         "Mending things, the paper clock above all.", "Helping younger pupils find their room.",
                         "Remembering every rule of a game.", "Counting in steps of seven."),
    "what helps": ("One step at a time, written on a card.", "A seat near the door.", "A minute to think before the answer.",
                   "The new words before the lesson.", "A partner who reads the question aloud.", "Knowing what comes next."),
    "pupil wants": ("To be asked in a quiet voice.", "To do the practical part first.", "To show the work to a grandmother.",
                    "To have the same place every week.", "To try without help, and ask then."),
    "parents say": ("Mornings are easier since the plan hangs in the kitchen.", "Homework takes the whole evening.",
                    "There is more talk about school than last year.", "The bus makes it a long day."),
    "parents want": ("A call when something went well.", "Homework that is begun at school.", "One person to write to.",
                     "To hear early when something changes."),
    "teacher's note": ("Answers aloud, writes little.", "Began without being asked, three lessons in a row.",
                       "Copies from the board, and misses what is said.", "Explained the task to a neighbour."),
    "adult's note": ("Did the second half alone today.", "Waits for me before beginning.", "Used the card without being told.",
                     "Asked the teacher, and not me."),
}  # fmt: skip
"""Kinds of notes, and what is written in them."""
HARD = {
    COGNITION: (
        "Reading long questions.",
        "Holding three steps in mind.",
        "Spelling under time.",
        "Tables and telling the time.",
    ),
    TALK: (
        "Following a talk in a group.",
        "Words with two meanings.",
        "Saying that something is not clear.",
        "Retelling in order.",
    ),
    FEELINGS: ("Losing a game.", "Waiting for a turn.", "Coming in after lunch.", "A change of teacher."),
    SENSES: (
        "Small print on a grey sheet.",
        "Noise from the corridor.",
        "Stairs with a full bag.",
        "Writing for more than a page.",
    ),
}
ADVICE = {
    COGNITION: ("Overlearn: five minutes of the same, every day.", "Read the question with a finger, then say it."),
    TALK: ("Show the task before you tell it.", "Wait ten seconds for an answer."),
    FEELINGS: ("Agree on a sign for a break.", "Name what went well before what did not."),
    SENSES: ("Black on cream, fourteen point.", "Face the pupil, and say names first."),
}
HARDER, ADVISED = "pupil finds hard", "specialist's advice"
SOURCES = {"pupil is good at": "Form tutor", "what helps": PUPIL, "pupil wants": PUPIL, "parents say": PARENTS,
           "parents want": PARENTS, "adult's note": "Teaching assistant", HARDER: PUPIL}  # fmt: skip
KINDS = (*NOTED, HARDER, ADVISED)
MANY = (0.3, 0.4, 0.2, 0.1)
"""Shares of pupils with SEN of whom nothing, one thing, two and three things are noted in a term."""
COLUMNS = ["evidence_id", "pupil_id", "on", "kind", "subject", "source", "what"]


def evidence(people: DataFrame, roll: DataFrame, term: Term, seed: int) -> DataFrame:
    """The table `evidence` of a term: a few notes about pupils with SEN on its `roll`."""
    rng = chance(seed, "evidence", term)
    with_sen = people.loc[roll.index[roll["sen_status"].ne("N")]]
    rows = with_sen.loc[with_sen.index.repeat(rng.choice(len(MANY), len(with_sen), p=MANY))]
    turn = rows.groupby(level=0).cumcount().to_numpy()
    # Kinds one after the other from one by lot on, so that no pupil has the same kind twice in a term.
    first = rng.integers(0, len(KINDS), len(people))[people.index.get_indexer(rows.index)]
    kinds = np.array(KINDS)[(first + 2 * turn) % len(KINDS)]
    subject = np.where(kinds == "teacher's note", rng.choice(SUBJECTS[:4], len(rows)), "")
    of, lot = area(rows).to_numpy(), rng.integers(0, 60, len(rows))
    return DataFrame(
        {
            "evidence_id": [f"{term}-V{place + 1:03d}" for place in range(len(rows))],
            "pupil_id": rows["pupil_id"].to_numpy(),
            "on": school_days(rows, term, rng),
            "kind": kinds,
            "subject": subject,
            "source": [_source(*each) for each in zip(kinds, of, subject, strict=True)],
            "what": [_said(*each) for each in zip(kinds, of, lot, strict=True)],
        }
    )[COLUMNS]


def _source(kind: str, of: str, subject: str) -> str:
    """Who said, saw or advised it."""
    return f"{subject} teacher" if subject else AGENCIES[of] if kind == ADVISED else SOURCES[kind]


def _said(kind: str, of: str, lot: int) -> str:
    choice = HARD[of] if kind == HARDER else ADVICE[of] if kind == ADVISED else NOTED[kind]
    return choice[lot % len(choice)]
