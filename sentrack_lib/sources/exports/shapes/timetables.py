"""Timetables of additional adults: where each is, with whom and when, written downwards or with a column for each period."""

import re
from collections.abc import Callable

from pandas import DataFrame, Series

from sentrack_lib.sources.exports.aliases import answers
from sentrack_lib.sources.exports.shapes import amounts
from sentrack_lib.sources.exports.shapes.provision import SEVERAL_PUPILS, id_of
from sentrack_lib.sources.exports.shapes.shape import Drafted, Seen, Shape, Written, columns_of
from sentrack_lib.sources.exports.shapes.who import who

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
NAME_ALONE = "a name alone is not certain: add the UPN or admission number"
ID_INSTEAD = "the adult's id is read instead"
TIME_INSTEAD = "the time is read instead"
OF_ALL = "hours of all periods together are not those of one"
BETWEEN_TIMES = ("-", "–", " to ")

_DAY = r"(?P<day>mon(?:day)?|tue(?:s|sday)?|wed(?:s|nesday)?|thu(?:r|rs|rsday)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?)"
_WEEK = r"(?:(?:[ _]*(?:week|wk)[ _]*(?P<week>[ab12])|[ _]*(?P<letter>[ab]))(?![a-z0-9]))?"
_BEFORE = r"(?:(?:(?:week|wk)[ _]*)?(?P<before>[ab12])[ _:-]*)?"
_TIME = r"\d{1,2}[:.]\d\d"
_PERIOD = (
    r"(?P<period>(?:p|per|period|l|lesson|session|s)?[ .]*\d{1,2}[a-d]?|am|pm|reg(?:istration)?|(?:tutor|form)(?: time)?|"
    rf"break(?: ?time)?|lunch(?: ?time)?|(?:before|after) school|assembly|(?P<from>{_TIME})(?:\s*(?:-|–|to)\s*(?P<to>{_TIME}))?)"
)
_ON_A_DAY = re.compile(_BEFORE + _DAY + _WEEK, re.IGNORECASE)
_SLOT = re.compile(rf"{_BEFORE}{_DAY}{_WEEK}[\s:_,./|-]*{_PERIOD}", re.IGNORECASE)
_UPN = r"[A-Z]\d{11}[0-9A-Z]"
_NAME = r"[A-Z][\w'’-]+, ?[A-Z][\w'’-]+"


def day_of(text: str) -> str:
    """Monday for `Mon`, `Monday A` for `Mon A` or `Week A Mon`; blank where it is no day of the week."""
    found = _ON_A_DAY.fullmatch(text)
    return _named(found) if found else ""


def slot_of(heading: str) -> tuple[str, str, str]:
    """Day, start and end that a heading such as `Mon P1`, `Tuesday 2` or `Wed 09:00-09:50` names; blanks where it names none."""
    found = _SLOT.fullmatch(heading)
    return (_named(found), found["from"] or found["period"], found["to"] or "") if found else ("", "", "")


def _named(found: re.Match[str]) -> str:
    day = next(day for day in WEEKDAYS if day.casefold().startswith(found["day"][:3].casefold()))
    week = found["before"] or found["week"] or found["letter"] or ""
    return f"{day} {week.upper()}".strip()


def _adult(seen: Seen) -> str:
    """The heading of the adults, by their id where they have one. Staff may be teachers, unless more is said of them."""
    there = seen.first("timetable")
    said = {"role", "place", "hours", "assigned"} & there.keys()
    return there.get("adult_id") or there.get("adult") or (there.get("staff", "") if said else "")


def _is_timetable(seen: Seen) -> bool:
    there = seen.first("timetable")
    when = "day" in there and bool({"starts", "time", "period"} & there.keys())
    return bool(_adult(seen)) and when and _are(seen.cells[there["day"]], lambda cell: bool(day_of(cell)))


def _are(cells: Series, test: Callable[[str], bool]) -> bool:
    said = cells[cells.ne("")]
    return bool(len(said)) and bool(said.map(test).mean() > 0.5)


def _timetable(seen: Seen) -> Drafted:
    there = seen.first("timetable")
    same = ("role", "teaching_group", "subject", "start", "end")
    columns: Written = {"adult_id": {"from": _adult(seen)}, "day": _day(seen)} | _times(seen)
    columns |= columns_of({name: there[name] for name in same if name in there}) | _place(seen)
    if "hours" in there:
        columns["hours"] = amounts.from_amounts(seen.cells[there["hours"]], there["hours"], amounts.hours)
    if provision := id_of(seen):
        columns["provision_id"] = provision
    instead = [there["period"]] if "period" in there and {"starts", "time"} & there.keys() else []
    return Drafted([{"table": "deployments", "columns": columns}], _left(seen) | {TIME_INSTEAD: instead})


def _day(seen: Seen) -> Written:
    """The day of the week, with the letter of the week where a timetable runs over two."""
    there = seen.first("timetable")
    if "week" in there:
        return amounts.of_two(seen.cells[[there["day"], there["week"]]], there["day"], _in_week)
    return amounts.from_words(seen.cells[there["day"]], there["day"], day_of, WEEKDAYS)


def _in_week(day: str, week: str) -> str:
    return f"{day_of(day) or day} {re.sub('(?i)^(week|wk) *', '', week)}".strip()


def _times(seen: Seen) -> Written:
    """Start and end, from columns of their own, or from one as `09:00-09:50`; else the period."""
    there = seen.first("timetable")
    if "starts" in there:
        return columns_of({name: there[name] for name in ("starts", "ends") if name in there})
    if "time" not in there:
        return columns_of({"starts": there["period"]})
    time = there["time"]
    between = next((sign for sign in BETWEEN_TIMES if seen.cells[time].str.contains(sign, regex=False).mean() > 0.5), "")
    if not between:
        return columns_of({"starts": time})
    return {name: {"from": time, "split": between, "piece": place} for name, place in (("starts", "1"), ("ends", "2"))}


def _place(seen: Seen) -> Written:
    """In class, small group, one to one or out of class; a column of rooms only where it says such words, not numbers."""
    there = seen.first("timetable")
    heading = there.get("place") or (there["room"] if "room" in there and _says_how(seen.cells[there["room"]]) else "")
    return {"place": amounts.from_coded(seen.cells[heading], heading, "place")} if heading else {}


def _says_how(cells: Series) -> bool:
    said = cells[cells.ne("")].str.casefold()
    return bool(len(said)) and bool(said.isin(list(answers("place"))).mean() > 0.5)


def _left(seen: Seen) -> dict[str, list[str]]:
    """What is said of adults and pupils and not read, by the reason."""
    there, pupils = seen.first("timetable"), seen.found("pupils")
    names = [heading for name in ("full name", "surname", "forename") for heading in pupils.get(name, [])]
    adults = [there[name] for name in ("adult", "staff") if name in there and there[name] != _adult(seen)]
    rooms = [there["room"]] if "room" in there and there["room"] != _place(seen).get("place", {}).get("from") else []
    several = [there["assigned"]] if "assigned" in there else []
    alone = [] if who(seen, must=False) else [name for name in names if name != _adult(seen)]
    return {SEVERAL_PUPILS: several, NAME_ALONE: alone, ID_INSTEAD: adults, "a room says nothing of how the adult works": rooms}


def _slots(seen: Seen) -> list[dict[str, str]]:
    """The columns of a timetable that are named by day and period."""
    found = [(heading, *slot_of(heading)) for heading in seen.headings]
    named = [{"column": column, "day": day, "starts": start, "ends": end} for column, day, start, end in found if day]
    return [{name: text for name, text in slot.items() if text} for slot in named]


def _groups(cells: DataFrame) -> Written:
    """The teaching groups in the cells. A row names one pupil at most, so pupils in cells stay as they are, and are told as no
    code that is listed."""
    texts = Series(cells.to_numpy().ravel(), dtype="str").drop_duplicates()
    pupils = texts.str.fullmatch(f"{_UPN}|{_NAME}")
    listed = [text for text in texts[~pupils] if text and "{" not in text]
    return {"from": "{column}", **({"recode": dict(zip(listed, listed, strict=True))} if pupils.any() else {})}


def _wide(seen: Seen) -> Drafted:
    there = seen.first("timetable")
    columns: Written = {"adult_id": {"from": _adult(seen)}} | columns_of({"role": there["role"]} if "role" in there else {})
    slots = _slots(seen)
    groups = _groups(seen.cells[[slot["column"] for slot in slots]])
    columns |= {"day": {"always": "{day}"}, "starts": {"always": "{starts}"}, "teaching_group": groups}
    left = _left(seen) | {OF_ALL: [there["hours"]] if "hours" in there else []}
    without, until = [slot for slot in slots if "ends" not in slot], [slot for slot in slots if "ends" in slot]
    ends = {"ends": {"always": "{ends}"}}
    parts = [(without, columns | _place(seen)), (until, columns | _place(seen) | ends)]
    filled = {"table": "deployments", "rows": {"{column}": "filled"}}
    return Drafted([filled | {"each": each, "columns": drawn} for each, drawn in parts if each], left)


TIMETABLE = Shape("a timetable of additional adults", _is_timetable, _timetable, about_pupils=False)
WIDE_TIMETABLE = Shape(
    "a timetable of additional adults with a column for each period",
    lambda seen: bool(_adult(seen)) and len(_slots(seen)) > 1,
    _wide,
    about_pupils=False,
)
