"""What pupils with SEN, groups and years of the invented school are to reach: targets that can be measured."""

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd
from pandas import DataFrame

from sentrack_lib.sources.sample.attainment import A_YEAR, ENTRY, on_p_scale
from sentrack_lib.sources.sample.calendar import chance, following, school_day
from sentrack_lib.sources.sample.curriculum import SUBJECTS
from sentrack_lib.sources.sample.grades import grades, scale_of
from sentrack_lib.sources.sample.plans import area
from sentrack_lib.sources.sample.support import COGNITION, FEELINGS, SENSES, TALK
from sentrack_lib.terms import Term

REVIEW_DAY = 5
"""The school day of a term on which the review meeting is held, targets of the term before are looked at, and new ones set."""
CHALLENGES = ("typical", "challenging", "exceptional")
HOW_FAR = {"typical": 0.3, "challenging": 0.5, "exceptional": 0.8}
"""The share of the way from the baseline to the best possible that a target asks for."""
AHEAD = {"typical": 3.0, "challenging": 4.5, "exceptional": 6.0}
"""Points of a subject that a target of the year asks for."""
MANY = (0.5, 0.35, 0.15)
"""Shares of pupils with one, two and three targets of the term."""
SHARE_OF_THE_YEAR = 0.5
"""Share of pupils who have a target of the year in a subject as well."""
Kind = tuple[str, str, str, str, str, int, int, int]
"""What is to be reached, how it is measured, what is done, the subject, who sees to it; lowest and highest start, the best."""
OF_THE_TERM: dict[str, tuple[Kind, ...]] = {
    COGNITION: (
        ("I read a page aloud with {} slips or fewer.", "slips on a page, counted on three days", "Reading aloud in turns",
         "English", "Teaching assistant", 9, 18, 0),
        ("I spell {} of the 20 words of the term.", "a test of 20 words", "Ten words a week, each written three ways",
         "English", "English teacher", 4, 11, 20),
        ("I know {} of 40 number facts in two minutes.", "a sheet of 40 facts, timed", "Number facts with counters",
         "Maths", "Maths teacher", 10, 24, 40),
    ),
    TALK: (
        ("I say something in {} of 20 lessons without being asked.", "a tick a lesson", "Time to think, then a partner first",
         "", "Form tutor", 2, 9, 20),
        ("I use {} of the 15 new words of the topic in my writing.", "words in a piece of writing", "New words before the lesson",
         "Science", "Science teacher", 2, 7, 15),
        ("I retell a story with {} of its 10 steps.", "steps told, heard by an adult", "Talk about pictures, then retell",
         "English", "Teaching assistant", 2, 6, 10),
    ),
    FEELINGS: (
        ("I stay in {} of 25 lessons a week to the end.", "lessons marked in the register", "A card to show when it is too much",
         "", "Head of year", 14, 20, 25),
        ("I begin within five minutes in {} of 20 lessons.", "a tick a lesson", "The first step on a card",
         "", "Form tutor", 5, 12, 20),
        ("I leave a lesson {} times a term or fewer.", "times counted by the head of year", "A quiet word at the door",
         "", "Learning mentor", 8, 16, 0),
    ),
    SENSES: (
        ("I type {} words in a minute.", "a minute of typing, best of three", "Touch typing twice a week",
         "Computing", "Teaching assistant", 8, 15, 35),
        ("I have all I need on my desk in {} of 20 lessons.", "a tick a lesson", "A list in the bag",
         "", "Form tutor", 6, 12, 20),
        ("I ask for larger print or a better seat in {} of 10 lessons where I need it.", "lessons noted by the pupil",
         "A card that says it for me", "", "Form tutor", 1, 5, 10),
    ),
}  # fmt: skip
OF_A_GROUP = (
    (
        "All of us hand in {} of 10 pieces of homework.",
        "pieces in the mark book",
        "Homework begun in the lesson",
        "Class teacher",
        4,
        7,
        10,
    ),
    ("All of us use {} of the 12 key words of the topic.", "a test of 12 words", "Words on the wall", "Class teacher", 3, 6, 12),
)
OF_A_YEAR_GROUP = (
    "{} % of the year group write a whole page without help.",
    "a page a term, marked by another teacher",
    40,
    60,
    90,
)
WHY_EXCEPTIONAL = "The pupil asks for more, and home helps."
COLUMNS = [
    "target_id", "kind", "pupil_id", "teaching_group", "year_group", "provision_id", "subject", "what", "measured_by", "scale",
    "baseline", "target", "strategy", "owner", "set_on", "by", "challenge", "reason",
]  # fmt: skip
BESIDE = {"person": -1, "course": -1, "aim": 0.0}


def targets(
    people: DataFrame, roll: DataFrame, groups: DataFrame, taking_part: DataFrame, points: np.ndarray, term: Term, seed: int
) -> DataFrame:
    """The table `targets` of a term, and beside it `person` (row of `people`, -1 for none), `course` (-1 for none) and `aim`, the
    points to be reached, by which the review tells what came of it. `points` are those of the term; `roll` its `pupils`."""
    rng = chance(seed, "targets", term)
    with_sen = roll.index[roll["sen_status"].ne("N")]
    parts = [_of_the_term(people.loc[with_sen], taking_part, rng)]
    if term.season == 0:
        parts.append(_of_the_year(people, with_sen, points, term, rng))
    parts += [_of_groups(groups, rng), _of_a_year_group(rng)]
    rows = pd.concat(parts, ignore_index=True).reindex(columns=[*COLUMNS, *BESIDE]).fillna(BESIDE)
    numbers = [f"{term}-T{place + 1:03d}" for place in range(len(rows))]
    rows = rows.assign(target_id=numbers, set_on=school_day(term, REVIEW_DAY))
    oldest = people["intake"].reindex(rows["person"]).eq(term.year - 4).to_numpy() & (term.season == 2)
    by = np.select([rows["course"].ge(0), oldest], [_end_of_year(term), school_day(term, -2)], _next_review(term))
    rows = rows.assign(by=by).astype({"person": "int64", "course": "int64"})
    return rows.assign(**{name: rows[name].astype("object").fillna("").astype("str") for name in COLUMNS})


def _next_review(term: Term) -> str:
    return school_day(following(term), REVIEW_DAY)


def _end_of_year(term: Term) -> str:
    return school_day(Term(term.year, 2), -10)


def _of_the_term(with_sen: DataFrame, taking_part: DataFrame, rng: np.random.Generator) -> DataFrame:
    """One to three targets a pupil, of the area of the first need; the first is what the pupil's provision works towards."""
    number = rng.choice(len(MANY), len(with_sen), p=MANY) + 1
    who = with_sen.iloc[np.repeat(np.arange(len(with_sen)), number)]
    turn = who.groupby(level=0).cumcount().to_numpy()
    first = np.repeat(rng.integers(0, 3, len(with_sen)), number)
    kinds = [OF_THE_TERM[name][place % 3] for name, place in zip(area(who), first + turn, strict=True)]
    provision = taking_part.drop_duplicates("pupil_id").set_index("pupil_id")["provision_id"]
    rows = DataFrame({"person": who.index, "pupil_id": who["pupil_id"].to_numpy(), "kind": "individual"})
    given = rows["pupil_id"].map(provision).fillna("").where(turn == 0, "")
    told = DataFrame(kinds, columns=["what", "measured_by", "strategy", "subject", "owner", "low", "high", "best"])
    counts = _counts(told["what"], [told[name].to_numpy(dtype=int) for name in ("low", "high", "best")], rng)
    return rows.join(told[["measured_by", "strategy", "subject", "owner"]]).assign(provision_id=given, **counts)


def _counts(what: Iterable[str], ends: Sequence[np.ndarray], rng: np.random.Generator) -> dict[str, np.ndarray | list[str]]:
    """Counts at the start and to be reached, the sentence with the second, how ambitious it is; `ends` are the lowest and highest
    start, and the best."""
    low, high, best = ends
    challenge = rng.choice(CHALLENGES, len(low), p=[0.5, 0.4, 0.1])
    baseline = rng.integers(low, high + 1)
    way = best - baseline
    share = np.array([HOW_FAR[name] for name in challenge])
    # At least one step, away from the baseline.
    target = (baseline + np.sign(way) * np.maximum(np.rint(np.abs(way) * share), 1)).astype(int)
    return {
        "what": [said.format(count) for said, count in zip(what, target, strict=True)],
        "baseline": baseline.astype(str),
        "target": target.astype(str),
        "challenge": challenge,
        "reason": np.where(challenge == "exceptional", WHY_EXCEPTIONAL, ""),
    }


def _of_the_year(people: DataFrame, with_sen: pd.Index, points: np.ndarray, term: Term, rng: np.random.Generator) -> DataFrame:
    """A grade to be reached by the end of the year, in English, Maths or Science."""
    chosen = with_sen[rng.random(len(with_sen)) < SHARE_OF_THE_YEAR]
    who = people.index.get_indexer(chosen)
    course, challenge = rng.integers(0, 3, len(who)), rng.choice(CHALLENGES, len(who), p=[0.5, 0.4, 0.1])
    rows = DataFrame({"person": chosen, "course": course, "year_group": 7 + term.year - people["intake"].to_numpy()[who]})
    rows = rows.assign(p_scale=on_p_scale(people)[who])
    now, scale = points[who, course], scale_of(rows)
    aim = now + [AHEAD[name] for name in challenge]
    expected = ENTRY + A_YEAR * (rows["year_group"].to_numpy() - 7 + 1 / 3)
    subject = np.array(SUBJECTS)[course]
    target = grades(aim, scale, expected)
    return rows.drop(columns=["year_group", "p_scale"]).assign(
        kind="individual",
        pupil_id=people["pupil_id"].to_numpy()[who],
        subject=subject,
        what=[f"I reach {grade} in {name} by the end of the year." for grade, name in zip(target, subject, strict=True)],
        measured_by="the teacher's grade at the end of the year",
        scale=scale,
        baseline=grades(now, scale, expected),
        target=target,
        strategy="Time with the teacher on the step that comes next",
        owner=[f"{name} teacher" for name in subject],
        challenge=challenge,
        reason=np.where(challenge == "exceptional", WHY_EXCEPTIONAL, ""),
        aim=aim,
    )


def _of_groups(groups: DataFrame, rng: np.random.Generator) -> DataFrame:
    """Two teaching groups, by lot."""
    named = groups.drop_duplicates("teaching_group").sample(frac=1, random_state=rng).head(len(OF_A_GROUP))
    what, measured, strategy, owner, *ends = zip(*OF_A_GROUP[: len(named)], strict=True)
    counts = _counts(what, [np.array(end) for end in ends], rng)
    told = {"measured_by": list(measured), "strategy": list(strategy), "owner": list(owner)}
    return named[["teaching_group", "subject"]].reset_index(drop=True).assign(kind="group", **told, **counts)


def _of_a_year_group(rng: np.random.Generator) -> DataFrame:
    """English of a year group, by lot."""
    what, measured, *ends = OF_A_YEAR_GROUP
    counts = _counts([what], [np.array([end]) for end in ends], rng)
    year_group = [str(rng.integers(7, 12))]
    told = {"measured_by": measured, "strategy": "Writing frames that are taken away bit by bit", "owner": "Head of English"}
    return DataFrame({"kind": ["curricular"], "year_group": year_group, "subject": "English", **told, **counts})
