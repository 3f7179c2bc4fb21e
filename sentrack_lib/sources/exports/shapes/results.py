"""Results and marks: the Department's key stage results, marksheets, and who is taught what."""

from collections.abc import Iterable

from sentrack_lib.errors import BadInput
from sentrack_lib.sources.exports.marksheets import Mark, last_of_each, marks_of
from sentrack_lib.sources.exports.shapes.shape import Drafted, Seen, Shape, Written, columns_of
from sentrack_lib.sources.scales import scales_of

NO_SCALE = "on no scale that is known"


def _is_key_stage_2(seen: Seen) -> bool:
    return len(seen.found("ks2")) > 1


def _key_stage_2(seen: Seen) -> Drafted:
    each = [
        {"column": heading, "subject": said.rpartition(" ")[0], "scale": said.rpartition(" ")[2]}
        for said, heading in seen.first("ks2").items()
    ]
    return Drafted([_long("prior_attainment", each, stage={"always": "KS2"})])


def _is_groups(seen: Seen) -> bool:
    return {"subject", "teaching_group"} <= set(seen.found("teaching_groups"))


def _groups(seen: Seen) -> Drafted:
    return Drafted([{"table": "teaching_groups", "columns": columns_of(seen.first("teaching_groups"))}])


def _marks_in(seen: Seen) -> list[Mark]:
    own = {name: said.scale for name, said in seen.settings.subjects.items()}
    year = seen.first("pupils").get("year_group")
    return marks_of(seen.cells, seen.term, scales_of(seen.settings), own, None if year is None else seen.cells[year])


def _marksheet(seen: Seen) -> Drafted:
    marks = _marks_in(seen)
    read = [mark for mark in marks if mark.scale]
    kept = last_of_each(read)
    if not kept:
        raise BadInput("It is a marksheet whose grades are on no scale sentrack knows. Say the scales with --profile.")
    left: dict[str, list[str]] = {NO_SCALE: _headings(marks, read)}
    left["a later column holds the same subject, kind and term"] = _headings(read, kept)
    for mark in kept:
        if mark.term not in ("", str(seen.term)) and mark.kind != "prior":
            left.setdefault(f"of {mark.term}, not of the term given", []).append(mark.heading)
    return Drafted(_parts(kept, seen.first("pupils").get("year_group", "")), left)


def _headings(marks: list[Mark], kept: list[Mark]) -> list[str]:
    return [mark.heading for mark in marks if mark not in kept]


def _parts(kept: Iterable[Mark], year: str) -> list[Written]:
    """The parts for the marks of a marksheet: one for each term and set of year groups, and one for where pupils started."""
    groups: dict[tuple[bool, str, tuple[str, ...]], list[Mark]] = {}
    for mark in kept:
        prior = mark.kind == "prior"
        groups.setdefault((prior, "" if prior else mark.term, mark.of_years), []).append(mark)
    return [_part(place, listed, year) for place, listed in groups.items()]


def _part(place: tuple[bool, str, tuple[str, ...]], listed: list[Mark], year: str) -> Written:
    prior, term, years = place
    more: Written = {"terms": [term]} if term else {}
    more |= {"rows": {year: f"one of {', '.join(years)}"}} if years else {}
    each = [{"column": mark.heading, "subject": mark.subject, "kind": mark.kind, "scale": mark.scale} for mark in listed]
    if prior:
        starts = [{name: text for name, text in mark.items() if name != "kind"} for mark in each]
        return _long("prior_attainment", starts, stage={"always": "KS2"}) | more
    return _long("assessments", each, kind={"always": "{kind}"}) | more


def _long(table: str, each: list[dict[str, str]], **more: Written) -> Written:
    columns = {"subject": {"always": "{subject}"}, **more, "scale": {"always": "{scale}"}, "grade": {"from": "{column}"}}
    return {"table": table, "each": each, "columns": columns}


KEY_STAGE_2 = Shape("the Department's key stage 2 results", _is_key_stage_2, _key_stage_2)
TEACHING_GROUPS = Shape("a list of teaching groups", _is_groups, _groups)
MARKSHEET = Shape("a marksheet", lambda seen: bool(_marks_in(seen)), _marksheet, kept=True)
