"""Drafting the parts of a profile: what each column of a table is to be taken from, by the headings and cells of a sheet."""

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd
from pandas import DataFrame, Series

from sentrack_lib.errors import BadInput
from sentrack_lib.sources import schema
from sentrack_lib.sources.cells import SEX, TICK, YEAR
from sentrack_lib.sources.exports.aliases import answers, flag_recode, found, recode
from sentrack_lib.sources.exports.marksheets import Mark

Written = dict[str, Any]
IDS = ("upn", "admission_no", "mis_id")
YES = "one of Y, Yes, T, True, 1"


def pupil_id(cells: DataFrame) -> Written:
    """The pupils' best id in a file: the UPN, where blank the admission number, where blank the id of the school's system."""
    there = found("pupils", map(str, cells))
    ids = [heading for column in IDS for heading in there.get(column, [])]
    if not ids:
        raise BadInput("It names pupils by no UPN, admission number or id. Add one to the export, or import it with --profile.")
    return {"from": ids[0], "where_blank": ids[1:]} if ids[1:] else {"from": ids[0]}


def pupils(cells: DataFrame) -> list[Written]:
    """The part for a roll, a list of SEN, or a list of pupil premium."""
    there = found("pupils", map(str, cells))
    known = {name: headings[0] for name, headings in there.items() if name in schema.columns("pupils")}
    columns = {"pupil_id": pupil_id(cells), **{name: _coded(name, cells[heading], heading) for name, heading in known.items()}}
    if "full name" in there and "surname" not in known:
        columns |= _names(cells, there["full name"][0])
    if "premium reason" in there:
        reasons = dict.fromkeys(there["premium reason"], YES)
        columns["pupil_premium"] = {"always": "N", "instead": [{"write": "Y", "where_any": reasons}]}
    part: Written = {"table": "pupils", "columns": columns}
    if "sen_need" in known and "sen_need_2" not in known:
        part["fold"] = {"columns": ["sen_need", "sen_need_2"], **({"by": there["need rank"][0]} if "need rank" in there else {})}
    return [part]


def attendance(cells: DataFrame) -> list[Written]:
    """The part for a summary of attendance; `BadInput` where it says no possible sessions."""
    there = {name: headings[0] for name, headings in found("attendance", map(str, cells)).items()}
    if not {"sessions_possible", "sessions_attended"} <= set(there):
        raise BadInput(
            "It is an attendance summary without the sessions possible and attended. Export both: from a percentage alone "
            "no sessions can be counted."
        )
    columns: Written = {name: {"from": heading} for name, heading in there.items() if name in schema.columns("attendance")}
    if "educational activity" in there and _adds_up(cells, there):
        columns["sessions_attended"] = {"sum": [there["sessions_attended"], there["educational activity"]]}
    late = [there[name] for name in ("late before", "late after") if name in there]
    if late and "sessions_late" not in columns:
        columns["sessions_late"] = {"sum": late}
    return [{"table": "attendance", "columns": {"pupil_id": pupil_id(cells), **columns}}]


def behaviour(cells: DataFrame) -> list[Written]:
    """The part for a list of what pupils did; `BadInput` where nothing says whether a row is a reward or an incident."""
    there = found("behaviour", map(str, cells))
    kinds = [heading for name in ("kind", "reason") for heading in there.get(name, []) if _tells_kind(cells[heading])]
    reasons = [heading for name in ("reason", "kind") for heading in there.get(name, []) if heading not in kinds[:1]]
    points = [heading for name in ("points", "incident points", "reward points") for heading in there.get(name, [])]
    columns: Written = {"pupil_id": pupil_id(cells), "on": {"from": there["on"][0]}}
    columns["kind"] = _kind(cells, there, kinds)
    if reasons:
        columns["reason"] = {"from": reasons[0]}
    if points:
        columns["points"] = {"from": points[0], "where_blank": points[1:]} if points[1:] else {"from": points[0]}
    if "sessions_lost" in there:
        columns["sessions_lost"] = {"from": there["sessions_lost"][0]}
    return [{"table": "behaviour", "columns": columns}]


def teaching_groups(cells: DataFrame) -> list[Written]:
    """The part for a list of who is taught what, in which group."""
    there = found("teaching_groups", map(str, cells))
    columns = {name: {"from": headings[0]} for name, headings in there.items()}
    return [{"table": "teaching_groups", "columns": {"pupil_id": pupil_id(cells), **columns}}]


def key_stage_2(cells: DataFrame) -> list[Written]:
    """The part for the key stage 2 results schools download."""
    each = [
        {"column": headings[0], "subject": said.rpartition(" ")[0], "scale": said.rpartition(" ")[2]}
        for said, headings in found("ks2", map(str, cells)).items()
    ]
    return [_long("prior_attainment", each, cells, stage={"always": "KS2"})]


def marks(kept: Iterable[Mark], cells: DataFrame) -> list[Written]:
    """The parts for the marks of a marksheet: one a term that its headings name, and one for where pupils started."""
    groups: dict[tuple[str, str], list[Mark]] = {}
    for mark in kept:
        groups.setdefault(("prior", "") if mark.kind == "prior" else ("marks", mark.term), []).append(mark)
    return [_marks(table, term, listed, cells) for (table, term), listed in groups.items()]


def _marks(table: str, term: str, listed: list[Mark], cells: DataFrame) -> Written:
    each = [{"column": mark.heading, "subject": mark.subject, "kind": mark.kind, "scale": mark.scale} for mark in listed]
    if table == "prior":
        starts = [{name: text for name, text in more.items() if name != "kind"} for more in each]
        return _long("prior_attainment", starts, cells, stage={"always": "KS2"})
    return {**_long("assessments", each, cells, kind={"always": "{kind}"}), **({"terms": [term]} if term else {})}


def _long(table: str, each: list[dict[str, str]], cells: DataFrame, **more: Written) -> Written:
    columns = {"subject": {"always": "{subject}"}, **more, "scale": {"always": "{scale}"}, "grade": {"from": "{column}"}}
    return {"table": table, "each": each, "columns": {"pupil_id": pupil_id(cells), **columns}}


def _coded(name: str, cells: Series, heading: str) -> Written:
    """The origin of one column of the roll, with what its answers mean where they are written otherwise."""
    written = (schema.TABLES["pupils"].columns[name].metadata or {})["written"]
    readings = {TICK: flag_recode, SEX: lambda answered: recode(answered, answers("sex")), YEAR: _years}
    meant = readings[written](cells) if written in readings else {}
    return {"from": heading, **({"recode": meant} if meant else {})}


def _years(cells: Series) -> dict[str, str]:
    """`Year  7`, `Yr 7` and `07` as `7`."""
    bare = Series(cells.unique(), dtype="str")
    number = bare.str.extract(r"(?i)^(?:nc\s*)?(?:year|yr|y)?\s*0*(\d{1,2})$")[0].astype("str").fillna(bare)
    return dict(zip(bare, number, strict=True)) if bare.ne(number).any() else {}


def _names(cells: DataFrame, heading: str) -> Written:
    """Surname and forename from `Surname, Forename`; nothing where names are written otherwise, as their parts are not clear."""
    named = cells[heading][cells[heading].ne("")]
    if not len(named) or named.str.contains(",", regex=False).mean() < 0.5:
        return {}
    return {"surname": {"from": heading, "before": ","}, "forename": {"from": heading, "after": ","}}


def _adds_up(cells: DataFrame, there: Mapping[str, str]) -> bool:
    """Whether approved activities are counted beside those present: only then do the parts add up to what was possible."""
    parts = ["sessions_attended", "educational activity", "sessions_authorised", "sessions_unauthorised"]
    if not set(parts) <= set(there):
        return False
    numbers = cells[[there[name] for name in ["sessions_possible", *parts]]].apply(pd.to_numeric, errors="coerce").dropna()
    return bool(numbers.iloc[:, 0].eq(numbers.iloc[:, 1:].sum(axis=1)).mean() > 0.5)


def _tells_kind(cells: Series) -> bool:
    """Whether most cells of a column say what kind of thing happened."""
    said = cells[cells.ne("")].str.casefold()
    return bool(len(said)) and bool(said.isin(list(answers("kind"))).mean() > 0.5)


def _kind(cells: DataFrame, there: Mapping[str, list[str]], kinds: list[str]) -> Written:
    if kinds:
        meant = recode(cells[kinds[0]], answers("kind"))
        return {"from": kinds[0], **({"recode": meant} if meant else {})}
    if "reward points" in there:
        either = [{"write": "reward", "where": {there["reward points"][0]: "above 0"}}]
        return {"always": "incident", "instead": either} if "incident points" in there else {"always": "reward"}
    if "incident points" in there:
        return {"always": "incident"}
    if "points" in there and cells[there["points"][0]].str.startswith("-").any():
        return {"always": "incident", "instead": [{"write": "reward", "where": {there["points"][0]: "above 0"}}]}
    raise BadInput("It lists what pupils did, but not whether each row is a reward or an incident. Say it with --profile.")


def unused(cells: DataFrame, parts: Iterable[Written]) -> dict[str, list[str]]:
    """Columns that are known and not used for some parts of a profile, by the reason."""
    there = found("pupils", map(str, cells))
    if any(part["table"] == "pupils" for part in parts):
        again = [heading for name, headings in there.items() if name not in (*IDS, "premium reason") for heading in headings[1:]]
        percent = found("attendance", map(str, cells)).get("percentage", [])
        alone = {"a percentage alone counts no sessions": percent, "another column says the same": again}
        return {**found("not used", map(str, cells)), **alone}
    about = [heading for name, headings in there.items() if name not in IDS for heading in headings]
    return {**found("not used", map(str, cells)), "about the pupils: import a roll for it": about}
