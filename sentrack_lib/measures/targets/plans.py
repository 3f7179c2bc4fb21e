"""The targets of each pupil's plan, and those of groups and of the curriculum, counted."""

from typing import Any

from pandas import DataFrame

from sentrack_lib.measures.targets.checks import MOST, OPEN_STATES
from sentrack_lib.measures.targets.set_targets import CURRICULAR, DUE, GROUP, INDIVIDUAL
from sentrack_lib.measures.targets.standing import rows_of

PLAN = ["pupil_id", "open", "due", "reached", "not_reached", "too_many", "sentence"]
COUNTED = ["subject", "kind", "n", "open", "due", "reached"]
NO_SUBJECT = "no subject"


def plans_of_pupils(held: DataFrame) -> DataFrame:
    """A row a pupil with open targets of their own: how many are open, of these due, and of this year's reached and not reached.

    `too_many` where more than four are open: an individual plan has three or four at most (guidance, Appendix A); `sentence` says
    it. `held` is from `targets_held`."""
    own = held[held["kind"].eq(INDIVIDUAL) & held["pupil_id"].notna()]
    found = _counts(own, ["pupil_id"])
    found = found[found["open"].gt(0)].reset_index(drop=True)
    found = found.assign(too_many=found["open"].gt(MOST))
    listed = rows_of(found)
    return found.assign(sentence=[_sentence(row) for row in listed]).astype({"sentence": "str"})[PLAN]


def curricular_targets(held: DataFrame) -> DataFrame:
    """A row a subject and kind, group and curricular: `n` targets, how many are open, of these due, and how many are reached."""
    rows = held[held["kind"].isin([GROUP, CURRICULAR])]
    return _counts(rows.assign(subject=rows["subject"].fillna(NO_SUBJECT)), ["subject", "kind"])[COUNTED]


def _counts(rows: DataFrame, by: list[str]) -> DataFrame:
    """How many targets there are, and how many in each state."""
    states = rows["state"]
    found = {"open": states.isin(OPEN_STATES), "due": states.eq(DUE), "reached": states.eq("reached")}
    marked = rows[by].assign(n=True, **found, not_reached=states.eq("not reached"))
    return marked.groupby(by).sum().astype("int64").reset_index()


def _sentence(row: dict[str, Any]) -> str:
    number = row["open"]
    parts = [f"{number} open target{'s' * (number != 1)}"]
    parts += [f"{row['due']} past the day and not reviewed"] * (row["due"] > 0)
    parts += [f"{row['reached']} reached"] * (row["reached"] > 0)
    parts += [f"{row['not_reached']} not reached"] * (row["not_reached"] > 0)
    many = " An individual plan has three or four at most: end or drop some." if row["too_many"] else ""
    return f"{', '.join(parts)}.{many}"
