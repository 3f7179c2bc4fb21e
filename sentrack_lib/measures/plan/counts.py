"""The plan in a few counts, each with its whole: what those may see who are shown no pupil."""

from collections.abc import Mapping

from pandas import DataFrame

from sentrack_lib.measures.plan.pupils_to_plan import waiting_counts
from sentrack_lib.measures.provision.plans import NOT_YET
from sentrack_lib.measures.targets import OPEN_STATES

COUNTED = ["what", "count", "of"]


def plan_counts(pupils: DataFrame, tables: Mapping[str, DataFrame]) -> DataFrame:
    """A row a question: `what` is counted, the `count`, and the whole it is `of`. `pupils` is from `pupils_to_plan`; `tables` are
    those of planning (`planned`)."""
    waits, plans = waiting_counts(pupils), tables["separate_plans"]
    targets = tables["targets"].dropna(subset=["pupil_id"])
    still = targets["state"].isin(OPEN_STATES)
    met, due = tables["entitlements_met"], tables["due"]
    actions = due["kind"].eq("action")
    given = tables["provision_map"].dropna(subset=["sessions_given"])
    rows = [
        ("pupils flagged to act on for whom nothing is agreed", waits["waiting"], waits["flagged"]),
        ("pupils with SEN of whom provision, targets or outcomes are not recorded", plans["plan"].eq(NOT_YET).sum(), len(plans)),
        ("open targets of pupils that are past their day", targets["state"].eq("due").sum(), still.sum()),
        ("supports specified for single pupils that are not fully timetabled", (~met["state"].eq("met")).sum(), len(met)),
        ("agreed actions that are overdue, of those not done", (actions & due["state"].eq("overdue")).sum(), actions.sum()),
        ("sessions of provisions that were given, of those due", given["sessions_given"].sum(), given["sessions_due"].sum()),
    ]
    return DataFrame(rows, columns=COUNTED).astype({"count": "int64", "of": "int64"})
