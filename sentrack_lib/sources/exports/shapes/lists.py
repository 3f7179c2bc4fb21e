"""Lists beside the roll: clubs and activities, staff, and what pupils and parents answered."""

from pandas import Series

from sentrack_lib.errors import BadInput
from sentrack_lib.sources.exports.aliases import answers, recode
from sentrack_lib.sources.exports.shapes.shape import Drafted, Seen, Shape, Written, columns_of
from sentrack_lib.sources.files.headings import normalised

NO_ACTIVITY = "It lists activities, but not of which kind each is. Write club, option, enrichment, … in a column Kind."
WHO_ANSWERED = "It holds answers, but not whether pupils or parents gave them. Add a column Respondent with pupil or parent."


def _are_activities(seen: Seen) -> bool:
    there = seen.first("activities")
    return "activity" in there and bool(there.keys() & {"kind", "sessions_offered"} or _are_clubs(there["activity"]))


def _are_clubs(heading: str) -> bool:
    return "club" in normalised(heading)


def _activities(seen: Seen) -> Drafted:
    there = seen.first("activities")
    columns = columns_of(there)
    if "kind" in there:
        columns["kind"] = _meant(seen.cells[there["kind"]], there["kind"], "activity")
    elif _are_clubs(there["activity"]):
        columns["kind"] = {"always": "club"}
    else:
        raise BadInput(NO_ACTIVITY)
    return Drafted([{"table": "activities", "columns": columns}])


def _are_adults(seen: Seen) -> bool:
    return {"role", "weekly_hours"} <= set(seen.found("adults"))


def _adults(seen: Seen) -> Drafted:
    there = seen.first("adults")
    named = {"adult_id": there["name"]} if "name" in there else {}
    return Drafted([{"table": "adults", "columns": columns_of(named | there)}])


def _are_views(seen: Seen) -> bool:
    return {"theme", "score", "on"} <= set(seen.found("views"))


def _views(seen: Seen) -> Drafted:
    there = seen.first("views")
    if "respondent" not in there:
        raise BadInput(WHO_ANSWERED)
    meant = {name: _meant(seen.cells[there[name]], there[name], name) for name in ("respondent", "score")}
    return Drafted([{"table": "views", "columns": columns_of(there) | meant}])


def _meant(cells: Series, heading: str, column: str) -> Written:
    """A column with its answers turned into sentrack's words."""
    meant = recode(cells, answers(column))
    return {"from": heading, **({"recode": meant} if meant else {})}


ACTIVITIES = Shape("a list of activities", _are_activities, _activities)
ADULTS = Shape("a list of staff", _are_adults, _adults, about_pupils=False)
VIEWS = Shape("answers to a questionnaire", _are_views, _views, about_pupils=False)
