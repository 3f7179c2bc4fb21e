"""What pupils and groups are to reach: how ambitious a target is, how those that were set stand, and what to mind about one."""

from sentrack_lib.measures.targets.back_test import back_test_of, challenging_reached
from sentrack_lib.measures.targets.beside_progress import targets_and_progress
from sentrack_lib.measures.targets.challenge import suggested_targets
from sentrack_lib.measures.targets.chances import chance_in, said, score_below
from sentrack_lib.measures.targets.checks import OPEN_STATES, target_warnings
from sentrack_lib.measures.targets.goals import goals
from sentrack_lib.measures.targets.plans import curricular_targets, plans_of_pupils
from sentrack_lib.measures.targets.set_targets import standing, targets_held

__all__ = [
    "OPEN_STATES", "back_test_of", "challenging_reached", "chance_in", "curricular_targets", "goals", "plans_of_pupils", "said",
    "score_below", "standing", "suggested_targets", "target_warnings", "targets_and_progress", "targets_held",
]  # fmt: skip
