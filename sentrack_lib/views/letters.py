"""What goes home and hangs on a wall: a letter to the parents of one child, and the child's one-page profile, to print on A4.

Both pass the gate for parents before a word is written. The letter is in short sentences and plain words, so that a reading age
of twelve follows it; it names no other child and no diagnosis, and says what is not known."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from jinja2 import Environment
from pandas import DataFrame, Timestamp

from sentrack_lib.measures.due import said_day
from sentrack_lib.measures.profile import HELPERS, SAID, TARGETS
from sentrack_lib.privacy import for_parent
from sentrack_lib.views import plain
from sentrack_lib.views.parts import STYLE, Part, Unseen
from sentrack_lib.views.reading import as_read
from sentrack_lib.views.words import sentence

Tables = Mapping[str, DataFrame]
NO_PROFILE = "The one-page profile is not part of these papers."
GOOD, HARD, ASKED = (SAID[kind] for kind in ("pupil is good at", "pupil finds hard", "parents say"))
_PAGE = Environment(autoescape=True, finalize=as_read).from_string(
    """<article class="printed {{ kind }}" lang="en-GB" style="{{ style }}"><style>
@page { size: A4; margin: 16mm; }
.printed { padding: 1em 0; }
.printed h3 { margin: 0 0 .4em; font-size: 1.5rem; }
.printed h4 { margin: 1.1em 0 .3em; font-size: 1.1rem; break-after: avoid; }
.printed p { margin: 0 0 .4em; }
.printed section { break-inside: avoid; }
.printed ul { margin: 0; padding-left: 1.2em; }
.profile .sections { display: grid; grid-template-columns: 1fr 1fr; gap: .8em; }
.profile section { min-height: 8em; padding: 0 .8em .8em; border: 1px solid #767676; }
.profile h4 { margin-top: .6em; }
.profile .unknown { font-style: italic; }
@media print {
  .printed { max-width: none !important; padding: 0; }
  .letter { font-size: 10.5pt; line-height: 1.3 !important; }
  .letter p { margin-bottom: .15em; }
}
</style><header><p>{{ top }}</p><h3>{{ title }}</h3></header>
{% for line in opening %}<p>{{ line }}</p>
{% endfor %}<div class="sections">{% for heading, lines in sections %}
<section><h4>{{ heading }}</h4>{% if kind == "letter" %}{% for line in lines %}<p>{{ line }}</p>{% endfor %}{% else %}<ul>
{% for line in lines %}<li{% if line in unknown %} class="unknown"{% endif %}>{{ line }}</li>
{% endfor %}</ul>{% endif %}</section>
{% endfor %}</div></article>"""
)


@dataclass(frozen=True)
class Printed(Part):
    """A page to be printed: a line at the `top`, a `title`, what opens it, and headed sections of sentences."""

    kind: str
    top: str
    title: str
    opening: Sequence[str]
    sections: Sequence[tuple[str, Sequence[str]]]
    unknown: Sequence[str] = ()
    """Sentences that say that something is not known yet."""

    def html(self) -> str:
        """The page with everything that comes from data escaped."""
        parts = {"kind": self.kind, "top": self.top, "title": self.title, "opening": self.opening, "sections": self.sections}
        return _PAGE.render(style=STYLE, unknown=self.unknown, **parts)

    def __repr__(self) -> str:
        told = ["\n".join([heading, *lines]) for heading, lines in self.sections]
        return "\n\n".join(["\n".join([self.top, self.title, *self.opening]), *told])


def letter(tables: Tables, pupil_id: str, day: date) -> Part:
    """A letter of `day` to the parents of one child: what goes well, where we worry, what we cannot say yet, what we do, what
    they can do, when we meet and whom to ask. `tables` are those of a term, or of `privacy.for_parent`; what is not among them
    counts as not recorded. `WrongUse` where the child is not on the roll. Source: guidance, Section A steps 3 and 4, Section C,
    statement 61."""
    return letter_of(for_parent(tables, pupil_id), day)


def letter_of(handed: Tables, day: date) -> Part:
    """The letter to the parents who are handed these tables."""
    rows = {name: _rows(table) for name, table in handed.items()}
    child, about, entries = rows["roll"][-1], rows["about"][0], rows.get("profile", [])
    name, full = _forename(child), _full_name(child)
    going = plain.progress(name, rows.get("progress", []))
    there = plain.attendance(name, rows.get("attendance", []))
    sections = [
        (f"What {name} does well", [*_noted(entries, GOOD), *going.well, *there.well] or [plain.NOTHING_GOOD.format(name=name)]),
        ("What goes as usual", going.usual),
        ("Where we worry", [*going.worry, *there.worry, *_noted(entries, HARD)] or [plain.no_worry(bool(going.known))]),
        ("What we cannot say yet", [*going.unknown, *there.unknown]),
        ("What we do now", _done_now(name, rows, day)),
        ("What you can do", plain.to_do(name, bool(there.worry), bool(_noted(entries, ASKED)))),
        ("When we meet", plain.meetings(name, rows.get("due", []), day)),
        ("Who to ask", plain.to_ask(name, child.get("form"))),
    ]
    opening = [f"Dear parents and carers of {full},", *plain.opening(name, str(about["label"]))]
    told = [(heading, [sentence(line) for line in lines]) for heading, lines in sections if lines]
    return Printed("letter", f"{about['school']}, {said_day(day)}", f"How {name} is getting on", opening, told)


def profile_page(tables: Tables, pupil_id: str) -> Part:
    """The one-page profile of one child, section by section, with the day of each entry. Sources: formats, section 7; guidance,
    Section C."""
    return profile_of(for_parent(tables, pupil_id))


def profile_of(handed: Tables) -> Part:
    """The one-page profile of the child whose parents are handed these tables."""
    if "profile" not in handed:
        return Unseen(NO_PROFILE)
    child, about = _rows(handed["roll"])[-1], _rows(handed["about"])[0]
    entries = sorted(_rows(handed["profile"]), key=lambda row: (row["order"], row["place"]))
    sections: dict[str, list[str]] = {}
    for row in entries:
        sections.setdefault(str(row["section"]), []).append(_entry(row))
    form = plain.text(child.get("form"))
    top = ", ".join(filter(None, [str(about["school"]), form and f"form {form}", str(about["label"])]))
    opening = [] if sections else ["Nothing is written down yet."]
    unknown = [str(row["text"]) for row in entries if not row["known"]]
    title = f"{_full_name(child)}: my one-page profile"
    return Printed("profile", top, title, opening, list(sections.items()), unknown)


def _done_now(name: str, rows: Mapping[str, list[plain.Row]], day: date) -> list[str]:
    """What is done now; the open targets of the profile stand in where there is no table of targets."""
    of = {heading: _texts(rows.get("profile", []), heading) for heading in (TARGETS, HELPERS)}
    targets = rows.get("targets", [{"what": what} for what in of[TARGETS]])
    return plain.done_now(name, targets, rows.get("pupil_provision", []), of[HELPERS], day)


def _rows(table: DataFrame) -> list[plain.Row]:
    return [dict(zip(table, row, strict=True)) for row in table.to_numpy(dtype="object").tolist()]


def _forename(child: plain.Row) -> str:
    return plain.text(child.get("forename")) or "your child"


def _full_name(child: plain.Row) -> str:
    names = [plain.text(child.get(column)) for column in ("forename", "surname")]
    return " ".join(filter(None, names)) or str(child["pupil_id"])


def _noted(entries: Sequence[plain.Row], section: str) -> list[str]:
    """What is noted in a section of the profile, in the words it was said in."""
    return [f"{plain.NOTED.get(section, section)}: “{said}”." for said in _texts(entries, section)]


def _texts(entries: Sequence[plain.Row], section: str) -> list[str]:
    return [plain.text(row["text"]) for row in entries if row["section"] == section and row["known"]]


def _entry(row: plain.Row) -> str:
    """An entry with the day it is from; who helps comes with its own days."""
    dated = row["known"] and row["section"] != HELPERS and row["on"] == row["on"]
    return f"{row['text']} ({said_day(Timestamp(row['on']))})" if dated else str(row["text"])
