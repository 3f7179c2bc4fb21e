"""Who met about what in the invented school, what was agreed there, and what is planned for the term that comes."""

import numpy as np
import pandas as pd
from pandas import DataFrame

from sentrack_lib.sources.sample.aims import REVIEW_DAY
from sentrack_lib.sources.sample.calendar import LAST, chance, days_of, following, school_day
from sentrack_lib.sources.sample.plans import AIMS, area, day_in, reviewed, with_plan
from sentrack_lib.sources.sample.support import OFFERED
from sentrack_lib.terms import Term

REVIEW, ANNUAL, AGENCIES_MEET = "review meeting", "annual review", "multi-agency"
TOGETHER = 2
"""Pupils about whom several agencies meet in the last term."""
SEVERAL = "Educational psychology (invented); Youth counselling (invented)"
PRESENT = {
    REVIEW: "Inclusion manager, heads of year, deputy head",
    ANNUAL: "Pupil, parents, form tutor, inclusion manager",
    AGENCIES_MEET: "Parents, inclusion manager, head of year, one of each agency",
}
AGREED = {
    ANNUAL: ("The plan stays as it is.", "The plan stays; more of the hours in class.", "The outcome is written anew."),
    AGENCIES_MEET: ("One person keeps in touch with home, every second week.", "One plan for school and home, on one page."),
}
OF_THE_REVIEW = "Each flagged pupil was talked through; targets were looked at and set anew."
TO_DO = {
    REVIEW: (("Look at the register of this provision", "Two pupils had been missing; both come again."),
             ("Ask the adults what pupils can do alone by now", "Three pupils do the first task alone.")),
    ANNUAL: (("Send the new one-page profile to all teachers", "All teachers have it."),
             ("Ask the pupil which lessons to have help in", "Help moved from Art to Science."),
             ("Write to the agency for its advice", "The advice has come.")),
    AGENCIES_MEET: (("Agree on one page for school and home", "The page hangs in the kitchen."),
                    ("Call home every second week", "Four calls were made.")),
}  # fmt: skip
"""What is agreed at each kind of meeting, and what came of it where it was done."""
OWNERS = ("Inclusion manager", "Head of year", "Form tutor")
IN_TIME, LATE = 0.5, 0.2
"""Shares of actions done in time, and done late; the others are open."""
COLUMNS = [
    "meeting_id", "kind", "on", "about", "pupil_id", "present", "agencies", "outcome", "agreed", "next_on",
]  # fmt: skip
ACTIONS = ["action_id", "meeting_id", "about", "pupil_id", "what", "owner", "agreed_on", "by", "done_on", "result"]


def meetings(known: DataFrame, term: Term, seed: int) -> DataFrame:
    """The table `meetings` of a term, where these plans are `known`; in the last term, those of the next one as well, which have
    not been held."""
    held = pd.concat([_review(term), _annual(reviewed(known, term), term, seed), _together(known, term, seed)])
    if term != LAST:
        return held[COLUMNS].reset_index(drop=True)
    to_come = following(term)
    staying = known[known["intake"].gt(term.year - 4)]
    planned = pd.concat([_review(to_come), _annual(reviewed(staying, to_come), to_come, seed)]).assign(agreed="", next_on="")
    return pd.concat([held, planned], ignore_index=True)[COLUMNS]


def _review(term: Term) -> DataFrame:
    """The meeting at which the term is reviewed."""
    return DataFrame(
        {
            "meeting_id": [f"{term}-review"],
            "kind": REVIEW,
            "on": school_day(term, REVIEW_DAY),
            "about": "What the term before showed",
            "pupil_id": "",
            "present": PRESENT[REVIEW],
            "agencies": "",
            "outcome": "Every pupil below expectation has a plan that somebody sees to.",
            "agreed": OF_THE_REVIEW,
            "next_on": school_day(following(term), REVIEW_DAY),
        }
    )


def _annual(due: DataFrame, term: Term, seed: int) -> DataFrame:
    """The yearly reviews of a term, each on its day."""
    return DataFrame(
        {
            "meeting_id": (f"{term}-plan-" + due["admission_no"]).to_numpy(),
            "kind": ANNUAL,
            "on": day_in(due, term.year),
            "about": "The EHC plan",
            "pupil_id": due["pupil_id"].to_numpy(),
            "present": PRESENT[ANNUAL],
            "agencies": due["agency"].to_numpy(),
            "outcome": (area(due).map(AIMS) + ".").to_numpy(),
            "agreed": chance(seed, "annual reviews", term).choice(AGREED[ANNUAL], len(due)),
            "next_on": day_in(due, term.year + 1),
        }
    )


def _together(known: DataFrame, term: Term, seed: int) -> DataFrame:
    """The meetings of several agencies, in the last term: about pupils with a plan, by lot."""
    here = with_plan(known, term) if term == LAST else known.iloc[:0]
    chosen = here.sample(min(TOGETHER, len(here)), random_state=chance(seed, "multi-agency"))
    return DataFrame(
        {
            "meeting_id": [f"{term}-agencies-{place + 1}" for place in range(len(chosen))],
            "kind": AGENCIES_MEET,
            "on": [school_day(term, 18 + 7 * place) for place in range(len(chosen))],
            "about": "School and home go the same way",
            "pupil_id": chosen["pupil_id"].to_numpy(),
            "present": PRESENT[AGENCIES_MEET],
            "agencies": SEVERAL,
            "outcome": (area(chosen).map(AIMS) + ".").to_numpy(),
            "agreed": list(AGREED[AGENCIES_MEET][: len(chosen)]),
            "next_on": [school_day(following(term), 18 + 7 * place) for place in range(len(chosen))],
        }
    )


def actions(held: DataFrame, term: Term, seed: int) -> DataFrame:
    """Rows of the table `actions` of a term: what the `meetings` of it agreed; some done, some late, some open."""
    rng = chance(seed, "actions of meetings", term)
    held = held[held["agreed"].ne("")]
    each = held["kind"].map({REVIEW: 2, ANNUAL: 1, AGENCIES_MEET: 2}).to_numpy()
    rows = held.loc[held.index.repeat(each)]
    turn = np.where(rows["kind"].eq(ANNUAL), rng.integers(0, 6, len(rows)), rows.groupby("meeting_id").cumcount())
    said = [TO_DO[kind][place % len(TO_DO[kind])] for kind, place in zip(rows["kind"], turn, strict=True)]
    lot = rng.random(len(rows))
    by, done = _ends(rows["on"], lot, rng)
    provision = rng.choice([row[1] for row in OFFERED if row[3] == "targeted"], len(rows))
    return DataFrame(
        {
            "action_id": [f"{term}-M{place + 1:02d}" for place in range(len(rows))],
            "meeting_id": rows["meeting_id"].to_numpy(),
            "about": np.where(rows["kind"].eq(REVIEW), provision, rows["kind"]),
            "pupil_id": rows["pupil_id"].to_numpy(),
            "what": [what for what, _ in said],
            "owner": rng.choice(OWNERS, len(rows)),
            "agreed_on": rows["on"].to_numpy(),
            "by": by,
            "done_on": done,
            "result": np.where(done == "", "", [result for _, result in said]),
        }
    )[ACTIONS]


def _ends(agreed: pd.Series, lot: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """The day by which each action is to be done, and the day on which it was: blank where it is open, or not yet done on the
    last day of the school."""
    days, long = agreed.to_numpy(dtype="datetime64[D]"), rng.integers(15, 26, len(agreed))
    took = np.where(lot < IN_TIME, rng.integers(4, 15, len(agreed)), long + rng.integers(3, 12, len(agreed)))
    by, done = (np.busday_offset(days, count, roll="forward") for count in (long, took))
    is_done = (lot < IN_TIME + LATE) & (done <= np.datetime64(days_of(LAST)[1]))
    return by.astype(str), np.where(is_done, done.astype(str), "")
