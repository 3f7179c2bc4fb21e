"""Findings as sentences: computed from the papers, with number and whole, the bottom line first."""

from sentrack_lib.views.findings.about_data import data
from sentrack_lib.views.findings.closer import closer
from sentrack_lib.views.findings.due import due
from sentrack_lib.views.findings.groups import groups, known, subject_or_pupil
from sentrack_lib.views.findings.impact import impact
from sentrack_lib.views.findings.implement import implement
from sentrack_lib.views.findings.looking_back import changed_since, flags_right
from sentrack_lib.views.findings.monitor import monitor
from sentrack_lib.views.findings.opening import about, review
from sentrack_lib.views.findings.plan import plan
from sentrack_lib.views.findings.pupil import pupil
from sentrack_lib.views.findings.representation import representation, transfer
from sentrack_lib.views.findings.self_evaluation import self_evaluation
from sentrack_lib.views.findings.stages import stages
from sentrack_lib.views.findings.support import support
from sentrack_lib.views.findings.targets_kept import targets_kept
from sentrack_lib.views.findings.trends import changed, trends
from sentrack_lib.views.findings.voices import views

__all__ = [
    "about", "changed", "changed_since", "closer", "data", "due", "flags_right", "groups", "impact", "implement", "known",
    "monitor", "plan", "pupil", "representation", "review", "self_evaluation", "stages", "subject_or_pupil", "support",
    "targets_kept", "transfer", "trends", "views",
]  # fmt: skip
