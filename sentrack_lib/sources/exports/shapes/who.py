"""Who a row of an export is about: its numbers, names and date of birth, to be looked up on the rolls."""

from pandas import Series

from sentrack_lib.errors import BadInput
from sentrack_lib.sources.exports.shapes.shape import Seen, Written
from sentrack_lib.sources.files.headings import normalised

NUMBERS = ("upn", "admission_no", "mis_id")
ID = "pupil_id"
"""sentrack's own column, however the pupil is known; `Pupil ID` is the number of the school's system."""
NO_ID = (
    "It names pupils by no UPN, admission number or id, and not by surname, forename and date of birth. Add one to the export, "
    "or import it with --profile."
)


def who(seen: Seen, must: bool = True) -> Written:
    """The columns that say who a row is about; `BadInput` where they `must` be there and are not enough."""
    there = {name: heading for name, heading in seen.first("pupils").items() if name in (*NUMBERS, "date_of_birth")}
    # A bare ID may be that of an event; beside a number that is surely the pupil's it says nothing.
    if "mis_id" in there and normalised(there["mis_id"]) == "id" and len(there.keys() & set(NUMBERS)) > 1:
        del there["mis_id"]
    if ID in seen.headings:
        there = {name: heading for name, heading in there.items() if heading != ID} | {ID: ID}
    columns: Written = {name: {"from": heading} for name, heading in there.items()} | names(seen)
    enough = there.keys() & {*NUMBERS, ID} or {"surname", "forename", "date_of_birth"} <= columns.keys()
    if not enough and must:
        raise BadInput(NO_ID)
    return columns if enough else {}


def names(seen: Seen) -> Written:
    """Surname and forename, from columns of their own or from `Surname, Forename`; nothing where names are written otherwise, as
    their parts are not clear."""
    there = seen.first("pupils")
    own: Written = {name: {"from": there[name]} for name in ("surname", "forename") if name in there}
    if "surname" in own or "full name" not in there or not _has_commas(seen.cells[there["full name"]]):
        return own
    return {"surname": {"from": there["full name"], "before": ","}, "forename": {"from": there["full name"], "after": ","}}


def _has_commas(cells: Series) -> bool:
    named = cells[cells.ne("")]
    return bool(len(named)) and bool(named.str.contains(",", regex=False).mean() >= 0.5)
