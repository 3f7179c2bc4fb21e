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
    if reasons or "always" in columns["kind"] and kinds:
        columns["reason"] = reason_of(seen, [*reasons, kind][0], on, kind)
    if points:
        columns["points"] = {"from": points[0], "where_blank": points[1:]} if points[1:] else {"from": points[0]}
    lost = sessions_of(seen, kind, there.get("sessions_lost", [""])[0])
    return Drafted([{"table": "behaviour", "columns": columns | lost}])


def _tells_kind(cells: Series) -> bool:
    """Whether most cells of a column say what kind of thing happened."""
    said = cells[cells.ne("")].str.casefold()
    return bool(len(said)) and bool(said.isin(list(answers("kind"))).mean() > 0.5)


def _kind(seen: Seen, there: Mapping[str, list[str]], kinds: list[str]) -> Written:
    signed = "points" in there and seen.cells[there["points"][0]].str.startswith("-").any()
    if kinds and signed and (odd := _of_no_kind(seen.cells[kinds[0]])):
        return _by_points(there["points"][0], kinds[0], seen, odd)
    if kinds:
        meant = recode(seen.cells[kinds[0]], answers("kind"))
        return {"from": kinds[0], **({"recode": meant} if meant else {})}
    if "reward points" in there:
        either = [{"write": "reward", "where": {there["reward points"][0]: "above 0"}}]
        return {"always": "incident", "instead": either} if "incident points" in there else {"always": "reward"}
    if "incident points" in there or normalised(there["on"][0]) == ONLY_INCIDENTS:
        return {"always": "incident"}
    if signed:
        return {"always": "incident", "instead": [{"write": "reward", "where": {there["points"][0]: "above 0"}}]}
    raise BadInput("It lists what pupils did, but not whether each row is a reward or an incident. Say it with --profile.")


def _of_no_kind(cells: Series) -> list[str]:
    """What stands in a column of kinds and is none of them."""
    return [text for text in map(str, cells.unique()) if text and text.casefold() not in answers("kind")]


def _by_points(points: str, kind: str, seen: Seen, odd: list[str]) -> Written:
    """The kind where it is said; of what else happened, as Phone out, the sign of the points says whether it was a reward."""
    said = {text: answers("kind")[text.casefold()] for text in map(str, seen.cells[kind].unique()) if text and text not in odd}
    words = {meant: [text for text in said if said[text] == meant] for meant in dict.fromkeys(said.values())}
    known = [{"write": meant, "where": {kind: f"one of {', '.join(texts)}"}} for meant, texts in words.items()]
    return {"always": "incident", "instead": [{"write": "reward", "where": {points: "above 0"}}, *known]}


BEHAVIOUR = Shape("a behaviour list", _is_list, _list)
