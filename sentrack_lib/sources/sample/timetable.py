"""Where the additional adults of the invented school are: in class, with a small group, or with one pupil."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
from pandas import DataFrame, Series

from sentrack_lib.sources.sample.calendar import chance, days_of
from sentrack_lib.sources.sample.people import on_roll
from sentrack_lib.sources.sample.support import OFFERED
from sentrack_lib.terms import Term

HALVES = ("09:00", "13:15")
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
IN_CLASS, SMALL_GROUP, ONE_TO_ONE = "in class", "small group", "one to one"
USUAL = (IN_CLASS, IN_CLASS, SMALL_GROUP, IN_CLASS, ONE_TO_ONE)
BY_ROLE = {
    "one-to-one assistant": (ONE_TO_ONE,) * 5,
    "learning mentor": (SMALL_GROUP, ONE_TO_ONE, IN_CLASS, SMALL_GROUP, ONE_TO_ONE),
    "speech and language therapist": (SMALL_GROUP, ONE_TO_ONE),
    "specialist teacher": (ONE_TO_ONE, ONE_TO_ONE),
    "volunteer": (SMALL_GROUP,),
}
"""What an adult does from Monday on, day by day; at noon to another group or pupil."""
COLUMNS = ["adult_id", "role", "pupil_id", "teaching_group", "subject", "day", "starts", "hours", "place", "provision_id"]


def half_days(people: DataFrame, groups: DataFrame, adults: DataFrame, term: Term, seed: int) -> DataFrame:
    """Where every adult of `adults` is in each half day of a term, from its `teaching_groups`."""
    rng = chance(seed, "deployments", term)
    rows = _days(adults)
    small = [row[0] for row in OFFERED if row[3] == "targeted"]
    filled = {
        "teaching_group": _in_turn(_with_most_sen(groups, people), rows["place"].eq(IN_CLASS), rng),
        "provision_id": _in_turn(small, rows["place"].eq(SMALL_GROUP), rng),
        "pupil_id": _in_turn(_with_an_adult(people, term), rows["place"].eq(ONE_TO_ONE), rng),
    }
    taught = groups.drop_duplicates("teaching_group").set_index("teaching_group")["subject"]
    subject = Series(filled["teaching_group"], rows.index).map(taught).fillna("")
    first, last = map(str, days_of(term))
    return _apart(rows.assign(**filled, subject=subject)[COLUMNS]).assign(start=first, end=last)


def _apart(rows: DataFrame) -> DataFrame:
    """The rows with no pupil beside two adults at once, where another pupil of the second adult can come instead."""
    when, who = list(zip(rows["day"], rows["starts"], strict=True)), rows["pupil_id"].to_list()
    taken = Counter(zip(when, who, strict=True))
    for place in np.flatnonzero(rows["pupil_id"].ne("") & rows.duplicated(["day", "starts", "pupil_id"])):
        one = who[place]
        alike = rows["adult_id"].eq(rows["adult_id"].iloc[place]) & rows["hours"].eq(rows["hours"].iloc[place])
        for other in np.flatnonzero(alike & rows["pupil_id"].ne("")):
            two = who[other]
            if two != one and not taken[when[place], two] and not taken[when[other], one]:
                taken.subtract([(when[place], one), (when[other], two)])
                taken.update([(when[place], two), (when[other], one)])
                who[place], who[other] = two, one
                break
    return rows.assign(pupil_id=who)


def _days(adults: DataFrame) -> DataFrame:
    """A row an adult and half day at work, with its hours."""
    slots = [
        (adult, role, DAYS[number], starts, round(hours / len(HALVES) / len(days), 2), place)
        for adult, role, hours in zip(adults["adult_id"], adults["role"], adults["weekly_hours"], strict=True)
        for days in [BY_ROLE.get(role, USUAL)]
        for number, place in enumerate(days)
        for starts in HALVES
    ]
    return DataFrame(slots, columns=["adult_id", "role", "day", "starts", "hours", "place"])


def _in_turn(names: Sequence[str], where: Series, rng: np.random.Generator) -> np.ndarray:
    """The names one after the other, from one by lot on, in the rows `where` they belong; blank in the others."""
    turn = where.cumsum().to_numpy() - 1 + int(rng.integers(max(len(names), 1)))
    return np.where(where, np.array([*names, *[""] * (not names)])[turn % max(len(names), 1)], "")


def _with_most_sen(groups: DataFrame, people: DataFrame) -> list[str]:
    """The teaching groups with the most pupils with SEN, a quarter of all."""
    with_sen = people.loc[people["sen_status"].ne("N"), "pupil_id"]
    count = groups["pupil_id"].isin(with_sen).groupby(groups["teaching_group"]).sum().sort_values(ascending=False, kind="stable")
    return list(count.index[: -(-len(count) // 4)])


def _with_an_adult(people: DataFrame, term: Term) -> list[str]:
    """Pupils with an EHC plan, who may have an adult to themselves."""
    return list(people.loc[on_roll(people, term) & people["sen_status"].eq("E"), "pupil_id"])
