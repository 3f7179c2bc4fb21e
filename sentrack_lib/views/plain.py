"""Plain words for parents: what figures and records say, in short sentences without a figure that needs to be explained."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from sentrack_lib.measures.due import said_day
from sentrack_lib.views.papers import ALL
from sentrack_lib.views.words import said

Row = Mapping[Hashable, Any]
AVERAGE = 50.0
MANY = 3
"""More subjects than this make a sentence too long to follow."""
MORE = "more than pupils who started at the same point"
LESS = "less than pupils who started at the same point"
USUAL = "about as much as pupils who started at the same point"
NOTED = {"What I am good at": "We noted as a strength", "What I find hard": "We noted as hard"}
NOTHING_GOOD = "We have not written down yet what {name} does well. Please help us with this."
NO_SENSE = "the marks do not tell us enough"
REASONS = (
    ("No grade this term", "there is no mark for this term"),
    ("No start", "we do not know the starting point"),
    ("No grade from", "we do not know the starting point"),
    ("No prior attainment", "we do not know the starting point"),
    ("The year group", "the year group is not written down"),
    ("Too few pupils", "too few pupils took the same tests"),
)
"""How the reason why a figure is missing begins, and the same in plain words; any other is NO_SENSE."""
MEETINGS = {"annual review": "The yearly review of the plan", "meeting": "A meeting", "next meeting": "The next meeting"}
STEPS = {
    "invitations and reports": "You get the papers for the review by {day}.",
    "decision of the local authority": "The council says by {day} if the plan will change.",
}
"""What the law sets around an annual review, as far as it comes to parents."""
OVER = ("reached", "dropped")
"""How a target ends."""


@dataclass(frozen=True)
class Told:
    """Sentences about one thing: what goes well, as usual, not well, and what cannot be said."""

    well: Sequence[str] = ()
    usual: Sequence[str] = ()
    worry: Sequence[str] = ()
    unknown: Sequence[str] = ()

    @property
    def known(self) -> bool:
        """Whether anything could be said."""
        return bool(self.well or self.usual or self.worry)


def text(cell: object) -> str:
    """A cell as text without blanks around it or a full stop at its end; blank where it is missing."""
    return cell.strip().rstrip(".") if isinstance(cell, str) else ""


def progress(name: str, rows: Sequence[Row]) -> Told:
    """How far a child has come in each subject: more, as much or less is said only where the whole likely band lies to one side
    of the usual; in all others, about as much. Where there is no band it cannot be said, and why."""
    if not rows:
        return Told(unknown=[f"We cannot say yet how far {name} has come, because no marks are written down."])
    how = [(str(row["subject"]), _how(row["band_low"], row["band_high"]), row["why_not"]) for row in rows]
    told = {grown: [f"Over all subjects, {name} has come on {grown}."] for subject, grown, _ in how if subject == ALL and grown}
    single = [each for each in how if each[0] != ALL]
    for grown, subjects in _gathered((grown, subject) for subject, grown, _ in single if grown).items():
        told.setdefault(grown, []).append(_in_subjects(subjects, f"{name} has come on {grown}."))
    unknown = _gathered((_reason(why_not), subject) for subject, grown, why_not in single if not grown)
    gaps = [_in_subjects(subjects, f"we cannot say yet, because {why}.") for why, subjects in unknown.items()]
    return Told(told.get(MORE, []), told.get(USUAL, []), told.get(LESS, []), gaps)


def _in_subjects(subjects: Sequence[str], told: str) -> str:
    """What is told of some subjects; many are listed in a sentence of their own, so that none grows long."""
    if len(subjects) > MANY:
        return f"In {len(subjects)} subjects, {told} They are {_listed(subjects)}."
    return f"In {_listed(subjects)}, {told}"


def _gathered(told: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """The subjects of which the same is told, in the order in which they come."""
    subjects: dict[str, list[str]] = {}
    for word, subject in told:
        subjects.setdefault(word, []).append(subject)
    return subjects


def _how(low: float, high: float) -> str:
    """On which side of the usual the whole likely band lies; blank where there is none."""
    if pd.isna(low) or pd.isna(high):
        return ""
    return MORE if low > AVERAGE else LESS if high < AVERAGE else USUAL


def attendance(name: str, rows: Sequence[Row]) -> Told:
    """How often a child was at school this year, in half days; a worry from one missed in ten (the national definition)."""
    known = [row for row in rows if pd.notna(row["possible"]) and pd.notna(row["attended"])]
    if not known:
        return Told(unknown=[f"We cannot say yet how often {name} was at school, because it is not written down."])
    row = known[-1]
    came = f"This year {name} was at school for {row['attended']:.0f} of {row['possible']:.0f} half days."
    if pd.notna(row["persistent"]) and row["persistent"]:
        return Told(worry=[came, "That is at least one in ten missed.", "Lessons missed are hard to catch up."])
    return Told(well=[came])


def opening(name: str, label: str) -> list[str]:
    """What the letter is about."""
    return [f"This letter tells you how {name} is doing at school.", f"It is about {label}.", "It also says what comes next."]


def no_worry(known: bool) -> str:
    """What is said where nothing worries: as far as it is known."""
    return "Nothing worries us, as far as we know now." if known else "We do not know enough yet to say if we should worry."


def done_now(name: str, targets: Iterable[Row], provision: Sequence[Row], helpers: Sequence[str], day: date) -> list[str]:
    """The targets that are open and the provision that runs on a day; where no provision is listed, who helps."""
    lines = [_target(name, row) for row in targets if str(row.get("result")).casefold() not in OVER]
    for row in provision:
        if pd.Timestamp(row.get("end", pd.NaT)) < pd.Timestamp(day):
            continue
        lines.append(f"{name} takes part in {text(row.get('name')) or 'a group'}.")
        attended, planned = row.get("sessions_attended"), row.get("sessions_planned")
        if pd.notna(attended) and pd.notna(planned):
            lines.append(f"So far, {name} was there {attended:.0f} of {said(int(planned), 'time')}.")
    if not provision:
        lines += [f"There is help for {name}: {helper}." for helper in helpers]
    return lines or ["No target and no extra help are written down for now.", "Please ask us if you think that some is needed."]


def to_do(name: str, misses_much: bool, heard: bool) -> list[str]:
    """What parents can do."""
    lines = [f"Ask {name} to tell you about one thing from school each day.", f"Tell us what helps {name} at home."]
    if misses_much:
        lines += [f"Help {name} to be here each day.", "Tell us what gets in the way."]
    return lines if heard else [*lines, "We have not asked you yet what you think. Please tell us."]


def meetings(name: str, due: Iterable[Row], day: date) -> list[str]:
    """The meetings to come, and what parents can expect around a yearly review."""
    coming = (row for row in due if pd.Timestamp(row["on"]) >= pd.Timestamp(day))
    told = [line for line in map(_meeting, coming) if line]
    return told or [f"No meeting about {name} is planned yet.", "You can ask for one at any time."]


def to_ask(name: str, form: object) -> list[str]:
    """Whom parents can ask."""
    tutor = f"the form tutor of {text(form)}" if text(form) else "the form tutor"
    senco = f"You can also ask the SENCO, who plans the help for {name}."
    return [f"Please ask {tutor} first.", senco, "We are glad to hear from you."]


def _reason(why_not: object) -> str:
    why = text(why_not)
    return next((plain for begins, plain in REASONS if why.startswith(begins)), NO_SENSE)


def _listed(names: Sequence[str]) -> str:
    """`Art, English and Maths`."""
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def _target(name: str, row: Row) -> str:
    by = row.get("by")
    when = f" We look at it by {said_day(pd.Timestamp(by))}." if pd.notna(by) else ""
    return f"One target for {name} is: “{text(row.get('what'))}”.{when}"


def _meeting(row: Row) -> str:
    day = said_day(pd.Timestamp(row["on"]))
    step = text(row.get("step"))
    return STEPS.get(step, "").format(day=day) if step else f"{MEETINGS[row['kind']]} is on {day}."
