"""Review meetings: what there is to talk about, and how each item was closed."""

from sentrack_lib.measures.meetings.agenda import CLOSED, OPEN, PARTS, agenda
from sentrack_lib.measures.meetings.closing import closing

__all__ = ["CLOSED", "OPEN", "PARTS", "agenda", "closing"]
