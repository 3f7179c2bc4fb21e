"""Findings as sentences: computed from the papers, with number and whole, the bottom line first."""

from sentrack_lib.views.findings.about_data import data
from sentrack_lib.views.findings.groups import groups, known, subject_or_pupil
from sentrack_lib.views.findings.opening import about, review
from sentrack_lib.views.findings.trends import changed, trends

__all__ = ["about", "changed", "data", "groups", "known", "review", "subject_or_pupil", "trends"]
