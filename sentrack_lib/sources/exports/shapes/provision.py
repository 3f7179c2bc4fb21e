"""Provision: maps of who is in which provision, sheets of how pupils took part, and lists of the provisions alone."""

from collections.abc import Callable
from functools import partial

from pandas import Series

from sentrack_lib.sources import codes
from sentrack_lib.sources.exports.aliases import answers
from sentrack_lib.sources.exports.shapes import amounts
from sentrack_lib.sources.exports.shapes.behaviour import BEHAVIOUR
from sentrack_lib.sources.exports.shapes.pupils import ROLL
from sentrack_lib.sources.exports.shapes.shape import Drafted, Seen, Shape, Written
from sentrack_lib.sources.exports.shapes.who import ID
from sentrack_lib.sources.files.headings import normalised

WHAT_FOR = {"area_of_need", "wave", "intended_outcome"}
HOW = {"group_size", "minutes", "a week", "hourly_cost", "total_cost", "resources_cost", "funding"}
ROUGHLY = {"start", "end", "review_on", "strategy", "staff", "area_of_need", "either outcome"}
"""What a list of pupils with SEN may say as well, so that a few of these do not make a provision map of it."""
TOOK_PART = {"sessions_planned", "sessions_attended", "baseline", "outcome", "rating"}
SEVERAL_PUPILS = "it names several pupils in one cell: export one row a pupil, with the UPN"
NO_WEEKS = "sessions a week make a total only with a number of weeks beside them"
NOT_AN_HOUR = "it does not say whether it is the cost of an hour or of all: call it Hourly cost or Total cost"
A_PUPIL = "a cost a pupil is neither the cost of an hour nor of all"
SAID_BETTER = "another column says it more exactly"

Reading = Callable[[Series, str], Written]


def _amount(reading: Callable[[str], str]) -> Reading:
    return partial(amounts.from_amounts, reading=reading)


READINGS: dict[str, Reading] = {
    "area_of_need": partial(amounts.from_coded, column="area_of_need"),
    "wave": partial(amounts.from_coded, column="wave"),
    "minutes": _amount(amounts.minutes),
    "group_size": _amount(amounts.group_size),
    "sessions_planned": _amount(amounts.count),
    "sessions_attended": _amount(amounts.count),
    "hourly_cost": _amount(amounts.pounds_an_hour),
    "total_cost": _amount(amounts.pounds),
    "resources_cost": _amount(amounts.pounds),
}
"""How the cells of a column are read; all others stay as they are written."""
OF_PROVISIONS = (
    *("area_of_need", "wave", "strategy", "intended_outcome", "subject", "staff", "group_size", "sessions_planned", "minutes"),
    *("start", "end", "review_on", "funding", "hourly_cost", "resources_cost", "total_cost", "chosen_by"),
)
OF_PUPILS = ("start", "end", "sessions_planned", "sessions_attended", "baseline", "outcome", "rating")


def title_of(seen: Seen) -> str:
    """The heading of the provisions' names, blank where there is none. A `Title` or `Name` is one only beside what a provision is
    for: it may be that of a person."""
    there = seen.first("provision")
    if "name" in there:
        return there["name"] if _are_names(seen.cells[there["name"]]) else ""
    bare = next((heading for heading in seen.headings if normalised(heading) == "name"), "")
    lone = "" if names_pupils(seen) else bare
    says = there.keys() & (WHAT_FOR | HOW | ROUGHLY)
    return there.get("title", lone) if there.keys() & WHAT_FOR and len(says) > 1 else ""


def _are_names(cells: Series) -> bool:
    """Whether a column names provisions, rather than ticking who has one or giving codes of SEN provision."""
    said = cells[cells.ne("")]
    codes_or_ticks = codes.is_sen_status(said) | said.str.casefold().isin(list(answers("flag")))
    return not len(said) or bool(codes_or_ticks.mean() < 0.5)


def id_of(seen: Seen) -> Written:
    """Where a provision's id comes from: the sheet's own, else the name as it is written; nothing where neither is there."""
    own, title = seen.first("provision").get("provision_id", ""), title_of(seen)
    if not own and title and not names_pupils(seen):
        own = next((heading for heading in seen.headings if normalised(heading) == "id"), "")
    if not own:
        return {"from": title} if title else {}
    return {"from": own, "where_blank": [title]} if title else {"from": own}


def names_pupils(seen: Seen) -> bool:
    """Whether the rows are about pupils; a bare ID or Name may be that of anything."""
    there = seen.found("pupils")
    who = ("upn", "admission_no", "mis_id", "surname", "forename", "full name", "date_of_birth")
    headings = {heading for name in who for heading in there.get(name, []) if normalised(heading) not in ("id", "name")}
    named = seen.first("provision").get("name") and "full name" in there
    return bool(headings or named or ID in seen.headings)


def _is_sheet(seen: Seen) -> bool:
    """One row a pupil in a provision. A list of pupils with SEN, or of behaviour, may say in passing what is provided."""
    said = set(seen.found("provision")) | set(seen.found("taking part"))
    about_sen = bool({"sen_status", "sen_need"} & set(seen.found("pupils"))) or ROLL.is_it(seen)
    behaves = BEHAVIOUR.is_it(seen)
    sure = len(said & (WHAT_FOR | HOW | TOOK_PART) - ROUGHLY) > (1 if behaves else 0)
    roughly = not behaves and len(said & ROUGHLY) > (2 if about_sen else 0)
    return bool(id_of(seen)) and names_pupils(seen) and (sure or roughly)


def _is_map(seen: Seen) -> bool:
    return _is_sheet(seen) and _says_what(seen)


def _says_what(seen: Seen) -> bool:
    """Whether a sheet says anything of the provisions themselves, beside their names."""
    said = set(seen.found("provision"))
    return bool(said & (WHAT_FOR | HOW | {"strategy", "staff", "review_on"})) or not set(seen.found("taking part"))


def _is_list(seen: Seen) -> bool:
    said = set(seen.found("provision"))
    return bool(title_of(seen)) and not names_pupils(seen) and bool(said & (WHAT_FOR | HOW))


def _map(seen: Seen) -> Drafted:
    return Drafted([*_provisions(seen, _columns(seen, OF_PROVISIONS)), _pupils(seen)], left_unread(seen))


def _participation(seen: Seen) -> Drafted:
    return Drafted([*_provisions(seen, {}), _pupils(seen)], left_unread(seen))


def _list(seen: Seen) -> Drafted:
    return Drafted(_provisions(seen, _columns(seen, OF_PROVISIONS)), left_unread(seen))


def _provisions(seen: Seen, columns: Written) -> list[Written]:
    """One row a provision; none where the sheet knows provisions by their ids alone, as their names are held or lacking."""
    if not (title := title_of(seen)):
        return []
    named = {"provision_id": id_of(seen), "name": {"from": title}}
    return [{"table": "provisions", "one_each": "provision_id", "columns": named | columns}]


def _pupils(seen: Seen) -> Written:
    return {"table": "provision_pupils", "columns": {"provision_id": id_of(seen)} | _columns(seen, OF_PUPILS)}


def _columns(seen: Seen, wanted: tuple[str, ...]) -> Written:
    """Those of some columns that a sheet has."""
    there = seen.first("provision") | _took_part(seen)
    columns = {name: READINGS.get(name, _as_written)(seen.cells[there[name]], there[name]) for name in wanted if name in there}
    if "sessions_planned" in wanted and "sessions_planned" not in there and {"a week", "weeks"} <= there.keys():
        columns["sessions_planned"] = amounts.of_two(seen.cells[[there["a week"], there["weeks"]]], there["weeks"], _product)
    return columns


def _as_written(cells: Series, heading: str) -> Written:
    return {"from": heading}


def _took_part(seen: Seen) -> dict[str, str]:
    """What a sheet says of taking part. An `Outcome` is a rating where the score at the end stands in a column of its own."""
    there = seen.first("taking part")
    either = there.pop("either outcome", "")
    name = "rating" if "outcome" in there else "outcome"
    return {name: either} | there if either else there


def _product(a_week: str, weeks: str) -> str:
    """The sessions in all; as it is written where it is no number, blank without a number of weeks."""
    one, other = amounts.count(a_week.casefold()), amounts.count(weeks.casefold())
    return f"{float(one) * float(other):.10g}" if one and other else weeks and f"{a_week or '?'} x {weeks}"


def left_unread(seen: Seen) -> dict[str, list[str]]:
    """The columns on provision that are not read, by the reason."""
    there = seen.first("provision")
    part = seen.first("taking part")
    reasons = {"assigned": SEVERAL_PUPILS, "cost": NOT_AN_HOUR, "pupil cost": A_PUPIL}
    left = {reason: [there[name]] for name, reason in reasons.items() if name in there}
    if "a week" in there and "sessions_planned" in there:
        left[SAID_BETTER] = [there[name] for name in ("a week", "weeks") if name in there]
    elif "a week" in there and "weeks" not in there:
        left[NO_WEEKS] = [there["a week"]]
    if {"either outcome", "outcome", "rating"} <= part.keys():
        left[SAID_BETTER] = [*left.get(SAID_BETTER, []), part["either outcome"]]
    return left


PROVISION_MAP = Shape("a provision map", _is_map, _map)
PARTICIPATION = Shape("a participation sheet", _is_sheet, _participation)
PROVISION_LIST = Shape("a list of provisions", _is_list, _list, about_pupils=False)
