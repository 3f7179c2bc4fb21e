"""Rolls, lists of SEN, and the Department's lists of pupils: what each column of the roll is to be taken from."""

import re

from pandas import Series

from sentrack_lib.sources import codes, schema
from sentrack_lib.sources.cells import SEX, TICK, YEAR
from sentrack_lib.sources.exports.aliases import answers, flag_recode, recode
from sentrack_lib.sources.exports.shapes.shape import Drafted, Seen, Shape, Written
from sentrack_lib.sources.exports.shapes.who import names

YES = "one of Y, Yes, T, True, 1"
BETWEEN_NEEDS = (";", ",", "/", "|")


def _drafted(seen: Seen) -> Drafted:
    there = seen.first("pupils")
    known = {name: heading for name, heading in there.items() if name in schema.columns("pupils")}
    columns = {name: _coded(name, seen.cells[heading], heading) for name, heading in known.items()} | names(seen)
    columns |= _needs(seen, there.get("sen_need", ""))
    if reasons := seen.found("pupils").get("premium reason"):
        columns["pupil_premium"] = {"always": "N", "instead": [{"write": "Y", "where_any": dict.fromkeys(reasons, YES)}]}
    part: Written = {"table": "pupils", "columns": columns}
    if "sen_need" in known and "sen_need_2" not in columns:
        part["fold"] = {"columns": ["sen_need", "sen_need_2"], **({"by": there["need rank"]} if "need rank" in there else {})}
    return Drafted([part])


def _coded(name: str, cells: Series, heading: str) -> Written:
    """One column of the roll, its answers turned into sentrack's."""
    written = (schema.TABLES["pupils"].columns[name].metadata or {})["written"]
    readings = {TICK: flag_recode, SEX: lambda answered: recode(answered, answers("sex")), YEAR: _years}
    meant = readings[written](cells) if written in readings else {}
    return {"from": heading, **({"recode": meant} if meant else {})}


def _years(cells: Series) -> dict[str, str]:
    """`Year  7`, `Yr 7` and `07` as `7`."""
    bare = Series(cells.unique(), dtype="str")
    number = bare.str.extract(r"(?i)^(?:nc\s*)?(?:year|yr|y)?\s*0*(\d{1,2})$")[0].astype("str").fillna(bare)
    return dict(zip(bare, number, strict=True)) if bare.ne(number).any() else {}


def _needs(seen: Seen, heading: str) -> Written:
    """Two types of need from one column that lists them, as `SLCN; MLD`."""
    if not heading or "sen_need_2" in seen.first("pupils"):
        return {}
    cells = Series(seen.cells[heading].unique(), dtype="str")
    between = next((sign for sign in BETWEEN_NEEDS if _lists_needs(cells, sign)), "")
    pieces = {"sen_need": "1", "sen_need_2": "2"}
    return {name: {"from": heading, "split": between, "piece": place} for name, place in pieces.items()} if between else {}


def _lists_needs(cells: Series, between: str) -> bool:
    """Whether most cells with a sign in them are types of need on either side of it; the sign may also stand within a name."""
    several = cells[cells.str.contains(between, regex=False)]
    pieces = several.str.split(re.escape(between)).explode().str.strip()
    return bool(len(several)) and bool(codes.is_need(several).mean() < 0.5) and bool(codes.is_need(pieces).mean() > 0.5)


def _is_premium(seen: Seen) -> bool:
    return "premium reason" in seen.found("pupils")


def _is_list(seen: Seen) -> bool:
    """A year group and two more things that a roll says."""
    there = set(seen.found("pupils"))
    return "year_group" in there and len(there & {"surname", "full name", "date_of_birth", "sex", "sen_status"}) > 1


def _is_roll(seen: Seen) -> bool:
    return _is_list(seen) and not _only_sen(seen)


def _only_sen(seen: Seen) -> bool:
    """Whether everybody in a list has SEN: then it is a list of SEN, not the roll of a school."""
    heading = seen.first("pupils").get("sen_status")
    if heading is None or seen.cells.empty:
        return False
    return bool(codes.sen_group(seen.cells[heading]).isin(["SEN support", "EHC plan"]).all())


def _is_sen_list(seen: Seen) -> bool:
    return bool({"sen_status", "sen_need"} & set(seen.found("pupils")))


def _is_census(seen: Seen) -> bool:
    return {"PupilMatchingRef", "CensusTerm"} & set(seen.headings) != set() and _is_list(seen)


def _says_more(seen: Seen) -> bool:
    """Whether a list says anything of pupils that a roll holds, beside who they are."""
    who = {"upn", "admission_no", "mis_id", "surname", "forename", "full name", "date_of_birth", "need rank"}
    return bool(set(seen.found("pupils")) - who)


PREMIUM = Shape("the Department's list of pupil premium", _is_premium, _drafted, roll="part")
CENSUS = Shape("the Department's list of pupils of a census", _is_census, _drafted, roll="whole")
ROLL = Shape("a roll", _is_roll, _drafted, roll="whole")
SEN_LIST = Shape("a list of SEN", _is_sen_list, _drafted, roll="part")
DETAILS = Shape("a list of details of pupils", _says_more, _drafted, roll="part")
