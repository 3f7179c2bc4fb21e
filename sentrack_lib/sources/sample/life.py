"""School life beside the marks: attendance, behaviour, what pupils take part in."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from pandas import DataFrame, Series

from sentrack_lib.sources.sample.calendar import chance, days_of, ordinal
from sentrack_lib.sources.sample.differences import (
    CLUB,
    IN_CLUB,
    IN_CLUB_WITH_SEN,
    MOVED_UP,
    MOVED_UP_WITH_SEN,
    MOVING_UP,
    OFTEN_SUSPENDED,
    RATE,
    SUSPENDED,
    SUSPENSIONS_MORE,
    TAKES_NO_PART,
    TRANSFER,
)
from sentrack_lib.sources.sample.people import on_roll
from sentrack_lib.sources.sample.roll import days_here
from sentrack_lib.sources.sample.truths import Truth, is_last_year, is_planted, pupils_of
from sentrack_lib.terms import Term

SESSIONS = (130, 120, 130)
"""Sessions of the autumn, spring and summer term."""
FALLING = {0: 0.33, 1: 0.14}
"""Share of sessions missed in the last term and the one before by pupils whose attendance falls; `USUAL` earlier."""
USUAL = 0.03
EVENTS = {"reward": 0.7, "sanction": 0.3, "incident": 0.06, "suspension": 0.004}
"""Mean number a pupil and term."""
REASONS = {
    "reward": ["Effort", "Kindness", "Excellent work", "Helping others", "Perseverance"],
    "sanction": ["Late to lesson", "No homework", "Disruption", "Disruption", "No equipment", "Removal"],
    "incident": ["Argument", "Damage", "Out of lesson", "Unkind words"],
    "suspension": ["Persistent disruptive behaviour", "Verbal abuse against an adult", "Physical assault against a pupil"],
}
POINTS = {"reward": ["1", "2", "3"], "sanction": ["-1", "-2"], "incident": ["-3", "-4"], "suspension": ["-10"]}
ACTIVITIES = (
    ("Chess club", "club"), ("Choir", "club"), ("Football", "club"), (CLUB, "club"), ("School council", "council"),
    ("Museum visits", "enrichment"), ("Homework club", "enrichment"),
    ("Reading buddies", "peer_support"), ("Mentors", "peer_support"),
)  # fmt: skip
BY_YEAR_GROUP = {
    7: (MOVING_UP, "transfer_support"),
    10: ("Work experience", "work_experience"),
    11: ("College taster", "pathway"),
}


def attendance(people: DataFrame, truths: Sequence[Truth], term: Term, terms: Sequence[Term], seed: int) -> DataFrame:
    """The table `attendance` of a term: sessions possible = attended + authorised + unauthorised."""
    rng = chance(seed, "attendance", term)
    spread, luck, unexcused, late = rng.standard_normal((4, len(people)))
    usual = np.clip(people["missed"].to_numpy() * np.exp(0.3 * spread - 0.045), 0, 0.95)
    falling = people["pupil_id"].isin(pupils_of(truths, "attendance falls")).to_numpy()
    share = np.where(falling, FALLING.get(ordinal(terms[-1]) - ordinal(term), USUAL), usual)
    possible = np.rint(SESSIONS[term.season] * _share_here(people, term))
    missed = np.clip(np.rint(possible * share + np.sqrt(possible * share * (1 - share)) * luck), 0, possible)
    unauthorised = np.rint(missed * np.clip(0.35 + 0.2 * unexcused, 0, 1))
    counts = {
        "possible": possible,
        "attended": possible - missed,
        "authorised": missed - unauthorised,
        "unauthorised": unauthorised,
        "late": np.minimum(np.rint(np.clip(2 * late, 0, None)), possible - missed),
    }
    sessions = {f"sessions_{name}": count.astype(int) for name, count in counts.items()}
    return DataFrame({"pupil_id": people["pupil_id"]} | sessions)[on_roll(people, term)]


def _share_here(people: DataFrame, term: Term) -> np.ndarray:
    """The share of the term's days between joining and leaving."""
    first, last = days_of(term)
    start, end = days_here(people, first, last)
    return np.clip(np.busday_count(start, np.maximum(start, end) + 1) / np.busday_count(first, np.datetime64(last) + 1), 0.05, 1)


def behaviour(people: DataFrame, truths: Sequence[Truth], term: Term, terms: Sequence[Term], seed: int) -> DataFrame:
    """The table `behaviour` of a term, by day."""
    rng = chance(seed, "behaviour", term)
    here = on_roll(people, term)
    parts = [_events(people[here], kind, rng, term) for kind in EVENTS]
    if term == terms[-1]:
        sent_home = people[people["pupil_id"].isin(pupils_of(truths, "suspensions"))]
        parts.append(_rows(pd.concat([sent_home, sent_home.head(2)]), "suspension", rng, term))
    if is_planted(truths, RATE, SUSPENDED) and is_last_year(term, terms):
        parts.append(_more_suspensions(people[here & people["sen_need"].eq(OFTEN_SUSPENDED)], term, seed))
    return pd.concat(parts).sort_values(["on", "pupil_id", "kind"], kind="stable", ignore_index=True)


def _events(people: DataFrame, kind: str, rng: np.random.Generator, term: Term) -> DataFrame:
    """Events of one kind: the unruly have more sanctions and fewer rewards."""
    lean = -0.3 if kind == "reward" else 0.8
    usual = EVENTS[kind] * np.exp(lean * people["unruly"] - lean**2 / 2)
    return _rows(people.loc[people.index.repeat(rng.poisson(usual))], kind, rng, term)


def _more_suspensions(people: DataFrame, term: Term, seed: int) -> DataFrame:
    rng = chance(seed, "suspended", term)
    return _rows(people.loc[people.index.repeat(rng.poisson(SUSPENSIONS_MORE, len(people)))], "suspension", rng, term)


def _rows(people: DataFrame, kind: str, rng: np.random.Generator, term: Term) -> DataFrame:
    lost = rng.integers(1, 4, len(people)) * 2
    return DataFrame(
        {
            "pupil_id": people["pupil_id"].to_numpy(),
            "on": school_days(people, term, rng),
            "kind": kind,
            "reason": rng.choice(REASONS[kind], len(people)),
            "points": rng.choice(POINTS[kind], len(people)),
            "sessions_lost": lost.astype(str) if kind == "suspension" else "",
        }
    )


def school_days(people: DataFrame, term: Term, rng: np.random.Generator) -> np.ndarray:
    """A school day of the term for each row, within the time the pupil was there."""
    start, end = days_here(people, *days_of(term))
    ahead = np.floor(rng.random(len(people)) * np.maximum(np.busday_count(start, end), 1)).astype(int)
    return np.minimum(np.busday_offset(start, ahead, roll="forward"), end).astype(str)


def activities(people: DataFrame, truths: Sequence[Truth], term: Term, terms: Sequence[Term], seed: int) -> DataFrame:
    """The table `activities` of a term."""
    rng = chance(seed, "activities", term)
    here = people[on_roll(people, term)].assign(year_group=lambda people: 7 + term.year - people["intake"])
    joining = here[rng.random(len(here)) < 0.25]
    chosen = np.array(ACTIVITIES)[rng.integers(0, len(ACTIVITIES), len(joining))]
    for_all = here[(rng.random(len(here)) < _share_of_all(here, truths)) & here["year_group"].isin(list(BY_YEAR_GROUP))]
    given = np.array([BY_YEAR_GROUP[year_group] for year_group in for_all["year_group"]]).reshape(-1, 2)
    rows = pd.concat([_taken_part(joining["pupil_id"], chosen, rng), _taken_part(for_all["pupil_id"], given, rng)])
    if is_planted(truths, TAKES_NO_PART, CLUB) and term == terms[-1]:
        rows = pd.concat([rows[rows["activity"].ne(CLUB)], _club(here, seed)])
    return rows.sort_values("pupil_id", kind="stable", ignore_index=True)


def _share_of_all(here: DataFrame, truths: Sequence[Truth]) -> np.ndarray:
    """How likely each pupil takes part in what there is for the whole year group."""
    often = here["year_group"].eq(7) & here["sen_status"].ne("N") & is_planted(truths, TRANSFER, MOVING_UP)
    return np.where(often, MOVED_UP_WITH_SEN, MOVED_UP)


def _club(here: DataFrame, seed: int) -> DataFrame:
    rng = chance(seed, CLUB)
    share = np.where(here["sen_status"].eq("N"), IN_CLUB, IN_CLUB_WITH_SEN)
    joining = here.loc[rng.random(len(here)) < share, "pupil_id"]
    return _taken_part(joining, np.array([(CLUB, "club")] * len(joining)).reshape(-1, 2), rng)


def _taken_part(pupils: Series, what: np.ndarray, rng: np.random.Generator) -> DataFrame:
    offered = rng.integers(6, 13, len(pupils))
    attended = np.rint(offered * np.clip(1 - rng.exponential(0.2, len(pupils)), 0, 1)).astype(int)
    columns = {"activity": what[:, 0], "kind": what[:, 1], "sessions_offered": offered, "sessions_attended": attended}
    return DataFrame({"pupil_id": pupils.to_numpy()} | columns)
