"""The minutes of a meeting as a document, and what parents are told of it, to print, to sign and to send."""

import base64
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any

import pandas as pd
from pandas import DataFrame

from sentrack_lib.measures.due import said_day
from sentrack_lib.privacy import for_parent
from sentrack_lib.sources.agreed_tables import OUTCOMES
from sentrack_lib.views.letters import Printed
from sentrack_lib.views.papers import Papers
from sentrack_lib.views.parts import Part, Sentences, Unseen, escape
from sentrack_lib.views.tables.agenda import item_called
from sentrack_lib.views.tables.meetings import NOT_SHOWN, NOTHING_HELD, held
from sentrack_lib.views.tables.pupils import CAPACITY, pupil_names
from sentrack_lib.views.words import said, sentence

NO_PUPIL = "At the last meeting nothing was agreed about a single pupil, so there is nothing to tell parents."
_DOCUMENT = (
    '<!doctype html><html lang="en-GB"><head><meta charset="utf-8"><title>{title}</title></head><body>{page}</body></html>'
)
Row = Mapping[Hashable, Any]


@dataclass(frozen=True)
class Document(Part):
    """A page to be printed that can be carried away as a file of its own, and sent."""

    page: Printed
    file: str

    def html(self) -> str:
        """The page, and a link that saves it."""
        whole = _DOCUMENT.format(title=escape(f"{self.page.title}, {self.page.top}"), page=self.page.html())
        code = base64.b64encode(whole.encode()).decode()
        link = f'<a download="{escape(self.file)}" href="data:text/html;base64,{code}">Save this as a document</a>'
        return f'{self.page.html()}<p class="save">{link}</p>'

    def __repr__(self) -> str:
        return repr(self.page)


def _of_the_last(make: Callable[[Papers, Row, DataFrame], Part]) -> Callable[[Papers], Part]:
    """A part about the meeting held last in this part of the school and what was agreed there; a sentence where there is none."""

    @wraps(make)
    def part(papers: Papers) -> Part:
        if not papers.has("meetings", "record_actions", "roll"):
            return Unseen(NOT_SHOWN)
        rows, actions = held(papers).head(1), papers.tables["record_actions"]
        if rows.empty:
            return Sentences([NOTHING_HELD])
        (meeting,) = rows.to_dict("records")
        return make(papers, meeting, actions[actions["meeting_id"].eq(meeting["meeting_id"])])

    return part


@_of_the_last
def minutes(papers: Papers, meeting: Row, agreed: DataFrame) -> Part:
    """The minutes of the meeting held last in this part of the school: who was there, how each item of the agenda was closed, and
    who does what until when."""
    sections: list[tuple[str, list[str]]] = [
        ("Present", [_text(meeting, "present") or "Not recorded."]),
        ("Agencies", [_text(meeting, "agencies")]),
        ("What we work for", [_text(meeting, "outcome")]),
        ("What was agreed", [_text(meeting, "agreed")]),
        *((sentence(name), _lines(papers, agreed[agreed["decision"].eq(name)])) for name in OUTCOMES),
        ("Who does what, until when", _besides(papers, agreed)),
        ("When we meet again", [said_day(meeting["next_on"]) if pd.notna(meeting["next_on"]) else "No day is set."]),
    ]
    told = [(heading, lines) for heading, lines in sections if any(lines)]
    day = said_day(meeting["on"])
    page = Printed("letter", _top(papers, day), f"Minutes: {meeting['kind']}", _opening(papers, meeting, agreed), told)
    return Document(page, f"minutes {day}.html")


@_of_the_last
def feedback(papers: Papers, meeting: Row, agreed: DataFrame) -> Part:
    """What the parents of each pupil talked about at the last meeting may be told, drafted; it names no other child."""
    about = agreed[agreed["pupil_id"].isin(papers.roll["pupil_id"])]
    if about.empty:
        return Sentences([NO_PUPIL])
    pupils = about["pupil_id"].drop_duplicates().head(CAPACITY)
    told = [(_to_parents(papers, pupil), _told(papers, pupil, about)) for pupil in pupils]
    day = said_day(meeting["on"])
    opening = ["Drafts: read each once more, and change what its parents would not understand."]
    page = Printed("letter", _top(papers, day), "What parents are told of the meeting", opening, told)
    return Document(page, f"to parents {day}.html")


def _top(papers: Papers, day: str) -> str:
    return f"{papers.tables['about']['school'].iloc[0]}, {day}"


def _opening(papers: Papers, meeting: Row, agreed: DataFrame) -> list[str]:
    whom = pupil_names(papers).get(meeting["pupil_id"]) or _text(meeting, "about") or "the school"
    closed = int(agreed["decision"].notna().sum())
    return [f"About: {whom}.", *([f"{sentence(said(closed, 'item'))} of the agenda closed."] if closed else [])]


def _besides(papers: Papers, agreed: DataFrame) -> list[str]:
    """What was agreed beside the agenda; that nothing is recorded only where nothing was agreed at all."""
    return _lines(papers, agreed[agreed["decision"].isna()]) or ["No action is recorded."] * agreed.empty


def _lines(papers: Papers, agreed: DataFrame) -> list[str]:
    """`Pupil: Surname, Forename. Read together twice a week. Mr Stub, by 3 May 2026.`"""
    return [_line(item_called(papers, row["item"]), row) for row in agreed.to_dict("records")]


def _line(item: str, row: Row) -> str:
    by: str = f", by {said_day(row['by'])}" if pd.notna(row["by"]) else ""
    done = f" Done on {said_day(row['done_on'])}." if pd.notna(row.get("done_on")) and not _text(row, "decision") else ""
    parts = [item, _text(row, "what").rstrip("."), f"{_text(row, 'owner') or 'Nobody named'}{by}"]
    return ". ".join(filter(None, parts)) + f".{done}"


def _to_parents(papers: Papers, pupil: str) -> str:
    row = papers.tables["roll"].set_index("pupil_id").loc[[pupil]].iloc[0]
    names = [str(row[name]) for name in ("forename", "surname") if pd.notna(row[name])]
    return "To the parents and carers of " + (" ".join(names) or pupil)


def _told(papers: Papers, pupil: str, about: DataFrame) -> Sequence[str]:
    """What was agreed about one child, as the gate for parents lets it through."""
    known = {name: papers.tables[name] for name in ("about", "roll")}
    handed = for_parent({**known, "agreed": about}, pupil)["agreed"]
    forename = papers.tables["roll"].set_index("pupil_id").loc[[pupil], "forename"].iloc[0]
    name = str(forename) if pd.notna(forename) else "your child"
    opening = f"At our review we talked about how {name} is getting on. This is what we agreed:"
    closing = "Please tell us what you think, and what helps at home."
    return [opening, *(_line("", row) for row in handed.to_dict("records")), closing]


def _text(row: Row, name: str) -> str:
    return str(row[name]) if pd.notna(row.get(name)) else ""
