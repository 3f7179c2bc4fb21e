"""Registers of interventions: who came to which session of a provision, written downwards or with a column for each day."""

import pandas as pd
from pandas import DataFrame, Series

from sentrack_lib.sources.codes import code_rows
from sentrack_lib.sources.exports.registers import code_of, session_columns
from sentrack_lib.sources.exports.shapes import amounts
from sentrack_lib.sources.exports.shapes.provision import READINGS, id_of, names_pupils
from sentrack_lib.sources.exports.shapes.shape import Drafted, Seen, Shape, Written


def _is_register(seen: Seen) -> bool:
    there = seen.first("provision session")
    return _of_provisions(seen) and {"on", "attended"} <= there.keys() and _are_marks(seen.cells[there["attended"]])


def _of_provisions(seen: Seen) -> bool:
    return bool(id_of(seen)) and names_pupils(seen)


def _are_marks(cells: Series) -> bool:
    """Whether most of what stands in a column says that somebody came or did not."""
    said = cells[cells.ne("")]
    known = amounts.is_answer(said, "attended") | code_of(said).isin([row["code"] for row in code_rows("attendance")])
    return bool(len(said)) and bool(known.mean() > 0.5)


def _register(seen: Seen) -> Drafted:
    there = seen.first("provision session")
    columns: Written = {"provision_id": id_of(seen), "on": {"from": there["on"]}, "attended": _attended(seen, there["attended"])}
    if minutes := seen.first("provision").get("minutes"):
        columns["minutes"] = READINGS["minutes"](seen.cells[minutes], minutes)
    if "note" in there:
        columns["note"] = {"from": there["note"]}
    return Drafted([{"table": "provision_sessions", "columns": columns}])


def _attended(seen: Seen, heading: str) -> Written:
    """The marks of a column; among ticks alone a blank says that the pupil was not there."""
    cells = seen.cells[heading]
    marks = amounts.from_coded(cells, heading, "attended")
    only_ticks = {marks["recode"].get(mark) for mark in cells.unique() if mark} == {"Y"}
    return {**marks, "recode": marks["recode"] | {"": "N"}} if only_ticks else marks


def _days(seen: Seen) -> DataFrame:
    """The columns that are named by a day and hold marks or nothing; `Score 3/9/2025` holds neither."""
    # A brace in a heading would be taken for a word of the profile.
    days = session_columns([heading for heading in seen.headings if "{" not in heading])
    marks = [seen.cells[heading].eq("").all() or _are_marks(seen.cells[heading]) for heading in days["heading"]]
    return days[Series(marks, index=days.index, dtype=bool)]


def _is_wide(seen: Seen) -> bool:
    return _of_provisions(seen) and any(_are_marks(seen.cells[heading]) for heading in _days(seen)["heading"])


def _wide(seen: Seen) -> Drafted:
    days = _days(seen)
    # A blank says nothing here: the pupil may be of a group that did not meet on the day.
    marks = pd.concat([seen.cells[heading] for heading in days["heading"]], ignore_index=True)
    each = days.rename(columns={"heading": "column"})[["column", "on"]].to_dict("records")
    attended = amounts.from_coded(marks, "{column}", "attended")
    columns = {"provision_id": id_of(seen), "on": {"always": "{on}"}, "attended": attended}
    return Drafted([{"table": "provision_sessions", "rows": {"{column}": "filled"}, "each": each, "columns": columns}])


SESSIONS = Shape("an intervention register", _is_register, _register)
WIDE_SESSIONS = Shape("an intervention register with a column for each day", _is_wide, _wide)
