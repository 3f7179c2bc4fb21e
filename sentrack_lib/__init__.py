"""sentrack makes sure that pupils with special educational needs and disabilities progress.

The names a notebook may use:

- `open_papers(school, term, audience, …)`: the tables of a term that the page's audience may see, opened at a part of the school;
- `open_records(school, audience)`: who keeps the school's records, for a page on which decisions are written down;
- `Page(papers, records)`: shows parts of the page, still in a batch and following the pickers on a dashboard;
- `forms`: where people write what they decide;
- `findings`: what was found, as sentences;
- `figures`: pictures with their words;
- `tables`: tables as they are printed;
- `certainty`: intervals and tests, for questions of one's own.
"""

from importlib import import_module

_WHERE = {
    "Page": "sentrack_lib.views.controls",
    "certainty": "sentrack_lib.measures.groups",
    "figures": "sentrack_lib.views",
    "findings": "sentrack_lib.views",
    "forms": "sentrack_lib.views",
    "open_records": "sentrack_lib.cycle.papers.keeping",
    "open_papers": "sentrack_lib.cycle.papers.opening",
    "tables": "sentrack_lib.views",
}
__all__ = ["Page", "certainty", "figures", "findings", "forms", "open_papers", "open_records", "tables"]


def __getattr__(name: str) -> object:
    """A name of the map, found when it is first asked for: most commands need few of them, and drawing libraries load slowly."""
    if name not in _WHERE:
        raise AttributeError(f"sentrack_lib has no {name}; its map names {', '.join(__all__)}.")
    where = import_module(_WHERE[name])
    return getattr(where, name, None) or import_module(f"{_WHERE[name]}.{name}")
