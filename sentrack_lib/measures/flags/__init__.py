"""Who needs attention now: the rules, and the flags that stand."""

from sentrack_lib.measures.flags.raising import RULES, raise_flags, rules_from, standard_thresholds, written_thresholds

__all__ = ["RULES", "raise_flags", "rules_from", "standard_thresholds", "written_thresholds"]
