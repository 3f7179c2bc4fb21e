"""The provision map (guidance, Appendix A): who gets what, when, at what cost, towards what, and with what outcome."""

from sentrack_lib.measures.provision.map import provision_tables
from sentrack_lib.measures.provision.sharing import RULES

__all__ = ["RULES", "provision_tables"]
