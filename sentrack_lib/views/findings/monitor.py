"""What matters first at the end of a term: did provision work, were targets and flags right, what changed, what is open."""

from sentrack_lib.measures.meetings import OPEN
from sentrack_lib.views.findings.impact import impact
from sentrack_lib.views.findings.looking_back import changed_since, flags_right
from sentrack_lib.views.findings.targets_kept import targets_kept
from sentrack_lib.views.papers import Papers
from sentrack_lib.views.parts import Part, Sentences, Unseen
from sentrack_lib.views.tables.agenda import agenda_here
from sentrack_lib.views.words import are, said, sentence

NOT_SHOWN = "How a term went is followed by the inclusion manager, by departments, and in numbers by governors."
PARTS = (impact, targets_kept, flags_right, changed_since)


def monitor(papers: Papers) -> Part:
    """The bottom line of each section of the page, as far as these readers are shown it."""
    parts = [part(papers) for part in PARTS]
    lines = [part.lines[0] for part in parts if isinstance(part, Sentences)]
    lines += [_agenda(papers)] if papers.has("agenda", "roll") else []
    return Sentences(list(dict.fromkeys(lines))) if lines else Unseen(NOT_SHOWN)


def _agenda(papers: Papers) -> str:
    """How many items the meeting has before it."""
    left = len(agenda_here(papers, OPEN))
    return f"{sentence(said(left, 'item'))} of the agenda {are(left)} still open."
