"""Did each provision work? Its pupils beside pupils who stood about the same, and what would have come about anyway."""

from sentrack_lib.measures.impact.places import draw_places, standing
from sentrack_lib.measures.impact.tables import impact_tables

__all__ = ["draw_places", "impact_tables", "standing"]
