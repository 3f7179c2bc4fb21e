"""From flags to an agreed plan: for whom nobody has acted, what is in place, what may help, and what it costs."""

from sentrack_lib.measures.plan.budget import budget
from sentrack_lib.measures.plan.catalogue import catalogue
from sentrack_lib.measures.plan.counts import plan_counts
from sentrack_lib.measures.plan.groups_to_plan import groups_to_plan
from sentrack_lib.measures.plan.owners import with_owners
from sentrack_lib.measures.plan.pupils_to_plan import pupils_to_plan, waiting_counts
from sentrack_lib.measures.plan.suggestions import suggestions

__all__ = [
    "budget",
    "catalogue",
    "groups_to_plan",
    "plan_counts",
    "pupils_to_plan",
    "suggestions",
    "waiting_counts",
    "with_owners",
]
