"""Is each pupil making expected progress? Starts, cohorts, growth percentiles, and the average over subjects."""

from sentrack_lib.measures.progress.each_pupil import progress

__all__ = ["progress"]
