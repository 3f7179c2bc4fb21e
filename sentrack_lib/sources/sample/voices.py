"""What pupils and parents of the invented school say, and the additional adults who work there."""

from collections.abc import Sequence

import numpy as np
from pandas import DataFrame

from sentrack_lib.sources.sample.calendar import chance
from sentrack_lib.sources.sample.curriculum import teacher
from sentrack_lib.sources.sample.differences import HEARD, LISTENED_TO, RATE, SCORED_LOWER, VIEWS
from sentrack_lib.sources.sample.life import school_days
from sentrack_lib.sources.sample.people import on_roll
from sentrack_lib.sources.sample.truths import Truth, is_planted
from sentrack_lib.terms import Term

THEMES = {
    "pupil": ("feels safe", "enjoys lessons", "gets help when stuck", "knows the next target", LISTENED_TO),
    "parent": ("child is happy", "child makes progress", "needs are understood", "is kept informed", LISTENED_TO),
}
SHARE_ASKED = {"pupil": 0.12, "parent": 0.10}
COMMENTS = (
    "More time to finish, please.",
    "The homework club helps a lot.",
    "I would like to sit nearer the front.",
    'My teacher says "try once more", and it works.',
    "Too noisy in the corridor, mostly after lunch.",
    "We would like to hear more often how things go.",
)
ROLES = (
    ("teaching assistant", "Learning support", 27.5, 14.20, "Safeguarding"),
    ("teaching assistant", "Learning support", 30.0, 14.20, "Safeguarding; speech and language programme"),
    ("teaching assistant", "English", 25.0, 14.20, "Reading intervention"),
    ("teaching assistant", "Maths", 25.0, 14.20, "Number intervention"),
    ("teaching assistant", "Science", 20.0, 14.20, ""),
    ("higher level teaching assistant", "Learning support", 32.5, 17.60, "Autism awareness; access arrangements"),
    ("learning mentor", "Pastoral", 32.5, 16.90, "Emotional literacy support"),
    ("one-to-one assistant", "Learning support", 30.0, 14.80, "Moving and handling"),
    ("speech and language therapist", "Visiting", 6.0, 48.00, "Qualified therapist"),
    ("specialist teacher", "Visiting", 4.0, 45.00, "Hearing impairment"),
    ("EAL assistant", "Languages", 15.0, 14.20, "EAL strategies"),
    ("volunteer", "English", 3.0, 0.00, "Reading partners"),
)
PUPILS_AN_ADULT = 50


def views(people: DataFrame, truths: Sequence[Truth], term: Term, terms: Sequence[Term], seed: int) -> DataFrame:
    """The table `views` of a term: five answers from each who was asked, a comment from few."""
    rng = chance(seed, "views", term)
    here = people[on_roll(people, term)]
    # Pupils with SEN are asked twice as often: their views are what the school wants to know most.
    weight = np.where(here["sen_status"].ne("N") & is_planted(truths, RATE, HEARD), 2, 1)
    asked = {who: here[rng.random(len(here)) < share * weight] for who, share in SHARE_ASKED.items()}
    lower = SCORED_LOWER * (is_planted(truths, VIEWS, LISTENED_TO) and term == terms[-1])
    return _together([_answers(people, who, term, lower, rng) for who, people in asked.items()])


def _together(answers: list[DataFrame]) -> DataFrame:
    columns = {column: np.concatenate([part[column].to_numpy() for part in answers]) for column in answers[0]}
    return DataFrame(columns)


def _answers(people: DataFrame, who: str, term: Term, lower: float, rng: np.random.Generator) -> DataFrame:
    """One respondent's answers lean the same way; of pupils with SEN one theme is scored `lower`."""
    themes = THEMES[who]
    comments = np.where(rng.random((len(people), len(themes))) < 0.02, rng.choice(COMMENTS, (len(people), len(themes))), "")
    return DataFrame(
        {
            "respondent": who,
            "pupil_id": np.repeat(people["pupil_id"].to_numpy(), len(themes)),
            "on": np.repeat(school_days(people, term, rng), len(themes)),
            "theme": np.tile(themes, len(people)),
            "score": _scores(people, who, lower, rng).ravel(),
            "comment": comments.ravel(),
        }
    )


def _scores(people: DataFrame, who: str, lower: float, rng: np.random.Generator) -> np.ndarray:
    """Scores 1 to 5 (people x themes)."""
    leaning = 3.8 + 0.7 * rng.standard_normal((len(people), 1)) + 0.6 * rng.standard_normal((len(people), len(THEMES[who])))
    felt = lower * np.outer(people["sen_status"].ne("N"), [theme == LISTENED_TO for theme in THEMES[who]])
    return np.clip(np.rint(leaning - felt), 1, 5).astype(int)


def adults(people: DataFrame, term: Term) -> DataFrame:
    """The table `adults` of a term: one for every fifty pupils, in turn through the roles."""
    number = range(max(1, int(on_roll(people, term).sum()) // PUPILS_AN_ADULT))
    columns = ["role", "department", "weekly_hours", "hourly_cost", "training"]
    rows = DataFrame([ROLES[place % len(ROLES)] for place in number], columns=columns)
    # Adults are named from the far end of the teachers' list, so that no name is both.
    names = {"adult_id": [f"A{place + 1:03d}" for place in number], "name": [teacher(127 - place % 60) for place in number]}
    return DataFrame(names).join(rows)
