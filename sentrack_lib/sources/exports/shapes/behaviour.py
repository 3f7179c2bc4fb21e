"""What pupils did: rewards, incidents, sanctions, suspensions and exclusions, one row each."""

from collections.abc import Mapping

from pandas import Series

from sentrack_lib.errors import BadInput
from sentrack_lib.sources.exports.aliases import answers, recode
from sentrack_lib.sources.exports.shapes.shape import Drafted, Seen, Shape, Written
from sentrack_lib.sources.exports.shapes.suspensions import reason_of, sessions_of
from sentrack_lib.sources.files.headings import normalised

POINTS = ("points", "incident points", "reward points")
ONLY_INCIDENTS = "incidentdt"
"""The day in a list that holds incidents alone, without saying so in each row."""


def _is_list(seen: Seen) -> bool:
    there = set(seen.found("behaviour"))
    return "on" in there and bool(there & {"kind", "reason", *POINTS})


def _list(seen: Seen) -> Drafted:
    there = seen.found("behaviour")
    kinds = [heading for name in ("kind", "reason") for heading in there.get(name, []) if _tells_kind(seen.cells[heading])]
    reasons = [heading for name in ("reason", "kind") for heading in there.get(name, []) if heading not in kinds[:1]]
    points = [heading for name in POINTS for heading in there.get(name, [])]
    on, kind = there["on"][0], next(iter(kinds), "")
    columns: Written = {"on": {"from": on}, "kind": _kind(seen, there, kinds)}
    if reasons:
        columns["reason"] = reason_of(seen, reasons[0], on, kind)
    if points:
        columns["points"] = {"from": points[0], "where_blank": points[1:]} if points[1:] else {"from": points[0]}
    lost = sessions_of(seen, kind, there.get("sessions_lost", [""])[0])
    return Drafted([{"table": "behaviour", "columns": columns | lost}])


def _tells_kind(cells: Series) -> bool:
    """Whether most cells of a column say what kind of thing happened."""
    said = cells[cells.ne("")].str.casefold()
    return bool(len(said)) and bool(said.isin(list(answers("kind"))).mean() > 0.5)


def _kind(seen: Seen, there: Mapping[str, list[str]], kinds: list[str]) -> Written:
    if kinds:
        meant = recode(seen.cells[kinds[0]], answers("kind"))
        return {"from": kinds[0], **({"recode": meant} if meant else {})}
    if "reward points" in there:
        either = [{"write": "reward", "where": {there["reward points"][0]: "above 0"}}]
        return {"always": "incident", "instead": either} if "incident points" in there else {"always": "reward"}
    if "incident points" in there or normalised(there["on"][0]) == ONLY_INCIDENTS:
        return {"always": "incident"}
    if "points" in there and seen.cells[there["points"][0]].str.startswith("-").any():
        return {"always": "incident", "instead": [{"write": "reward", "where": {there["points"][0]: "above 0"}}]}
    raise BadInput("It lists what pupils did, but not whether each row is a reward or an incident. Say it with --profile.")


BEHAVIOUR = Shape("a behaviour list", _is_list, _list)
