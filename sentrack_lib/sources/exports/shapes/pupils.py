"""Rolls, lists of SEN, and the Department's lists of pupils: what each column of the roll is to be taken from."""

import re

from pandas import Series

from sentrack_lib.sources import codes, schema
from sentrack_lib.sources.cells import SEX, TICK, YEAR
from sentrack_lib.sources.exports.aliases import answers, flag_recode, recode
from sentrack_lib.sources.exports.shapes.shape import Drafted, Seen, Shape, Written
from sentrack_lib.sources.exports.shapes.spans import in_force, not_in_force
from sentrack_lib.sources.exports.shapes.who import ID, NUMBERS, names
from sentrack_lib.sources.files.headings import normalised

YES = "one of Y, Yes, T, True, 1"
ONLY_WHO = {*NUMBERS, "surname", "forename", "full name", "date_of_birth", "need rank", "span start", "span end"}
"""What a list may say of pupils without saying anything that a roll holds."""
BETWEEN_NEEDS = (";", ",", "/", "|")


def _drafted(seen: Seen) -> Drafted:
    there = seen.first("pupils")
    span = span_of(seen)
    known = {name: there[name] for name in schema.columns("pupils") if name in there and there[name] not in (ID, *span)}
    columns = {name: coded(name, seen.cells[heading], heading) for name, heading in known.items()} | names(seen)
    columns |= _needs(seen, there.get("sen_need", ""))
    if "sen_need" in known and (over := not_in_force(seen, span)):
        columns["sen_need"] |= {"instead": [{"write": "", "where_any": over}]}
    if reasons := seen.found("pupils").get("premium reason"):
        columns["pupil_premium"] = {"always": "N", "instead": [{"write": "Y", "where_any": dict.fromkeys(reasons, YES)}]}
    part: Written = {"table": "pupils", "columns": columns}
    if "sen_need" in known and "sen_need_2" not in columns:
        part["fold"] = {"columns": ["sen_need", "sen_need_2"], **({"by": there["need rank"]} if "need rank" in there else {})}
    if "sen_need" not in known and any(span):
        part["rows"] = in_force(seen, span)
    return Drafted([part])


def coded(name: str, cells: Series, heading: str) -> Written:
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


def span_of(seen: Seen) -> tuple[str, str]:
    """The headings of the first and the last day of each row of a history of SEN; blank where a list is no history. Days beside
    what a roll says are rather those on which a pupil came and left."""
    there = seen.first("pupils")
    said = bool({"sen_need", "sen_status"} & set(there)) and "span end" in there
    sure = "span start" in there or "need rank" in there or not _is_list(seen)
    return (there.get("span start") or there.get("joined_on", ""), there["span end"]) if said and sure else ("", "")


def _is_roll(seen: Seen) -> bool:
    return _is_list(seen) and not _only_sen(seen) and not any(span_of(seen))


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


def _is_further_education(seen: Seen) -> bool:
    return {"uln", "senprovision", "acadyear"} <= set(map(normalised, seen.headings))


def _only_status(seen: Seen) -> Drafted:
    """The year group there is that of another school year: only the status is taken."""
    status = seen.first("pupils")["sen_status"]
    return Drafted([{"table": "pupils", "columns": {"sen_status": {"from": status}}}])


def _says_more(seen: Seen) -> bool:
    """Whether a list says anything of pupils that a roll holds, beside who they are."""
    return bool(set(seen.found("pupils")) - ONLY_WHO)


PREMIUM = Shape("the Department's list of pupil premium", _is_premium, _drafted, roll="part")
CENSUS = Shape("the Department's list of pupils of a census", _is_census, _drafted, roll="whole")
FURTHER_EDUCATION = Shape("the Department's list of SEN for further education", _is_further_education, _only_status, roll="part")
ROLL = Shape("a roll", _is_roll, _drafted, roll="whole")
SEN_LIST = Shape("a list of SEN", _is_sen_list, _drafted, roll="part")
DETAILS = Shape("a list of details of pupils", _says_more, _drafted, roll="part")
