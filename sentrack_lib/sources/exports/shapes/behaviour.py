"""What pupils did: rewards, incidents, sanctions, suspensions and exclusions, one row each."""

from collections.abc import Mapping

from pandas import Series

from sentrack_lib.errors import BadInput
from sentrack_lib.sources.exports.aliases import answers, recode
from sentrack_lib.sources.exports.shapes.shape import Drafted, Seen, Shape, Written

POINTS = ("points", "incident points", "reward points")


def _is_list(seen: Seen) -> bool:
    there = set(seen.found("behaviour"))
    return "on" in there and bool(there & {"kind", "reason", *POINTS})


def _list(seen: Seen) -> Drafted:
    there = seen.found("behaviour")
    kinds = [heading for name in ("kind", "reason") for heading in there.get(name, []) if _tells_kind(seen.cells[heading])]
    reasons = [heading for name in ("reason", "kind") for heading in there.get(name, []) if heading not in kinds[:1]]
    points = [heading for name in POINTS for heading in there.get(name, [])]
    columns: Written = {"on": {"from": there["on"][0]}, "kind": _kind(seen, there, kinds)}
    if reasons:
        columns["reason"] = {"from": reasons[0]}
    if points:
        columns["points"] = {"from": points[0], "where_blank": points[1:]} if points[1:] else {"from": points[0]}
    if "sessions_lost" in there:
        columns["sessions_lost"] = {"from": there["sessions_lost"][0]}
    return Drafted([{"table": "behaviour", "columns": columns}])


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
    if "incident points" in there:
        return {"always": "incident"}
    if "points" in there and seen.cells[there["points"][0]].str.startswith("-").any():
        return {"always": "incident", "instead": [{"write": "reward", "where": {there["points"][0]: "above 0"}}]}
    raise BadInput("It lists what pupils did, but not whether each row is a reward or an incident. Say it with --profile.")


BEHAVIOUR = Shape("a behaviour list", _is_list, _list)
