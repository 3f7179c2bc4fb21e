"""Plain words for parents: what figures and records say, in short sentences without a figure that needs to be explained."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd
from pandas import DataFrame

from sentrack_lib.measures.due import said_day
from sentrack_lib.views.papers import ALL
from sentrack_lib.views.words import said

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


def progress(name: str, rows: DataFrame) -> Told:
    """How far a child has come in each subject: more, as much or less is said only where the whole likely band lies to one side
    of the usual; in all others, about as much. Where there is no band it cannot be said, and why."""
    if rows.empty:
        return Told(unknown=[f"We cannot say yet how far {name} has come, because no marks are written down."])
    rows = rows.assign(how=[_how(low, high) for low, high in zip(rows["band_low"], rows["band_high"], strict=True)])
    whole = rows["subject"].astype("str").eq(ALL)
    told = {how: [f"Over all subjects, {name} has come on {how}."] for how in rows.loc[whole, "how"] if how}
    for how, subjects in _gathered(rows[~whole & rows["how"].ne("")], "how").items():
        told.setdefault(how, []).append(_in_subjects(subjects, f"{name} has come on {how}."))
    rest = rows[~whole & rows["how"].eq("")]
    unknown = _gathered(rest.assign(why=[_reason(why_not) for why_not in rest["why_not"]]), "why")
    gaps = [_in_subjects(subjects, f"we cannot say yet, because {why}.") for why, subjects in unknown.items()]
    return Told(told.get(MORE, []), told.get(USUAL, []), told.get(LESS, []), gaps)


def _in_subjects(subjects: Sequence[str], told: str) -> str:
    """What is told of some subjects; many are listed in a sentence of their own, so that none grows long."""
    if len(subjects) > MANY:
        return f"In {len(subjects)} subjects, {told} They are {_listed(subjects)}."
    return f"In {_listed(subjects)}, {told}"


def _gathered(rows: DataFrame, by: str) -> dict[str, list[str]]:
    """The subjects of each of the words in a column, in the order in which they come."""
    return {str(word): some["subject"].astype("str").to_list() for word, some in rows.groupby(by, sort=False)}


def _how(low: float, high: float) -> str:
    """On which side of the usual the whole likely band lies; blank where there is none."""
    if pd.isna(low) or pd.isna(high):
        return ""
    return MORE if low > AVERAGE else LESS if high < AVERAGE else USUAL


def attendance(name: str, rows: DataFrame) -> Told:
    """How often a child was at school this year, in half days; a worry from one missed in ten (the national definition)."""
    known = rows.dropna(subset=["possible", "attended"]) if len(rows) else rows
    if known.empty:
        return Told(unknown=[f"We cannot say yet how often {name} was at school, because it is not written down."])
    row = known.iloc[-1]
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


def done_now(name: str, targets: DataFrame, provision: DataFrame, helpers: Sequence[str], day: date) -> list[str]:
    """The targets that are open and the provision that runs on a day; where no provision is listed, who helps."""
    open_now = targets[~_over(targets, "result")] if len(targets) else targets
    lines = [_target(name, row) for row in open_now.to_dict("records")]
    ends = pd.to_datetime(provision["end"]) if "end" in provision else pd.Series(pd.NaT, provision.index)
    for row in provision[~ends.lt(pd.Timestamp(day))].to_dict("records"):
        lines.append(f"{name} takes part in {text(row.get('name')) or 'a group'}.")
        attended, planned = row.get("sessions_attended"), row.get("sessions_planned")
        if pd.notna(attended) and pd.notna(planned):
            lines.append(f"So far, {name} was there {attended:.0f} of {said(int(planned), 'time')}.")
    if provision.empty:
        lines += [f"There is help for {name}: {helper}." for helper in helpers]
    return lines or ["No target and no extra help are written down for now.", "Please ask us if you think that some is needed."]


def to_do(name: str, misses_much: bool, heard: bool) -> list[str]:
    """What parents can do."""
    lines = [f"Ask {name} to tell you about one thing from school each day.", f"Tell us what helps {name} at home."]
    if misses_much:
        lines += [f"Help {name} to be here each day.", "Tell us what gets in the way."]
    return lines if heard else [*lines, "We have not asked you yet what you think. Please tell us."]


def meetings(name: str, due: DataFrame, day: date) -> list[str]:
    """The meetings to come, and what parents can expect around a yearly review."""
    coming = due[pd.to_datetime(due["on"]).ge(pd.Timestamp(day))] if len(due) else due
    lines = [_meeting(row) for row in coming.to_dict("records")]
    told = [line for line in lines if line]
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


def _over(targets: DataFrame, column: str) -> pd.Series:
    """Which targets are reached or dropped already."""
    if column not in targets:
        return pd.Series(False, targets.index)
    return targets[column].astype("str").str.casefold().isin(["reached", "dropped"])


def _target(name: str, row: Mapping[Hashable, Any]) -> str:
    by = row.get("by")
    when = f" We look at it by {said_day(pd.Timestamp(by))}." if pd.notna(by) else ""
    return f"One target for {name} is: “{text(row.get('what'))}”.{when}"


def _meeting(row: Mapping[Hashable, Any]) -> str:
    day = said_day(pd.Timestamp(row["on"]))
    step = text(row.get("step"))
    return STEPS.get(step, "").format(day=day) if step else f"{MEETINGS[row['kind']]} is on {day}."
