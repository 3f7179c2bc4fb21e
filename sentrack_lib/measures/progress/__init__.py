"""Is each pupil making expected progress? Starts, cohorts, growth percentiles, and the average over subjects."""

from sentrack_lib.measures.progress.each_pupil import FOLLOWED, PLAIN, followed, progress, progress_in_codes
from sentrack_lib.measures.progress.grown import grown
from sentrack_lib.measures.progress.taught import Markbook

__all__ = ["FOLLOWED", "PLAIN", "Markbook", "followed", "grown", "progress", "progress_in_codes"]
