"""Results and marks: the Department's key stage results, marksheets, and who is taught what."""

from collections.abc import Iterable

from sentrack_lib.errors import BadInput
from sentrack_lib.sources.exports.marksheets import LOWER, Mark, last_of_each, marks_of, of_lower_scale, read_heading
from sentrack_lib.sources.exports.shapes.shape import Drafted, Seen, Shape, Written, columns_of
from sentrack_lib.sources.files.headings import normalised
from sentrack_lib.sources.scales import scales_of

NO_SCALE = "on no scale that is known"
LATER = "a later column holds the same subject, kind and term"
_OF_ANOTHER_TERM = "of {}, not of the term given"
NOTHING_NEEDED = (
    "It is the Department's list of the multiplication tables check, taken in Year 4. It holds nothing that a table here needs."
)


def _is_key_stage_2(seen: Seen) -> bool:
    return len(seen.found("ks2")) > 1


def _key_stage_2(seen: Seen) -> Drafted:
    each = [
        {"column": heading, "subject": said.rpartition(" ")[0], "scale": said.rpartition(" ")[2]}
        for said, heading in seen.first("ks2").items()
    ]
    scored = [said | {"other": _outcome(said["column"])} for said in each if _outcome(said["column"]) in seen.headings]
    alone = [said for said in each if _outcome(said["column"]) not in seen.headings]
    parts = [_long("prior_attainment", listed, stage={"always": "KS2"}) for listed in (scored, alone) if listed]
    if scored:
        parts[0]["columns"]["grade"] = {"from": "{column}", "where_blank": ["{other}"]}
    return Drafted(parts)


def _outcome(score: str) -> str:
    """The column that says why there is no score, as B for working below the level of the test."""
    return f"{score.removesuffix('SCORE')}OUTCOME" if score.endswith("SCORE") else ""


def _is_key_stage_4(seen: Seen) -> bool:
    return any(heading.casefold().startswith("ks4_") for heading in seen.headings) and bool(seen.found("ks2"))


def _is_tables_check(seen: Seen) -> bool:
    return {"formmark", "pupilstatus"} <= set(map(normalised, seen.headings))


def _nothing_needed(seen: Seen) -> Drafted:
    raise BadInput(NOTHING_NEEDED)


def _is_groups(seen: Seen) -> bool:
    return {"subject", "teaching_group"} <= set(seen.found("teaching_groups"))


def _groups(seen: Seen) -> Drafted:
    return Drafted([{"table": "teaching_groups", "columns": columns_of(seen.first("teaching_groups"))}])


def _is_marksheet(seen: Seen) -> bool:
    return any(read_heading(heading, seen.settings.subjects) for heading in seen.headings)


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
    left[LATER] = _headings(read, kept)
    for mark in kept:
        if mark.term not in ("", str(seen.term)) and mark.kind != "prior":
            left.setdefault(_OF_ANOTHER_TERM.format(mark.term), []).append(mark.heading)
    parts = _parts(kept, seen.first("pupils").get("year_group", ""))
    return Drafted([_with_lower_scale(part, seen) for part in parts], left)


def is_left(reason: str) -> bool:
    """Whether a reason is one for which a column of marks is left out of a profile."""
    return reason in (NO_SCALE, LATER) or reason.endswith(_OF_ANOTHER_TERM.partition("{}")[2])


def _with_lower_scale(part: Written, seen: Seen) -> Written:
    """Grades of pupils who work below the scale of their column, as P7 among levels, on the scale they are of."""
    scales = scales_of(seen.settings)
    there = [
        (each["scale"], grade)
        for each in part["each"]
        for grade in of_lower_scale(seen.cells[each["column"]], each["scale"], scales)
    ]
    lower = {LOWER[scale]: dict.fromkeys(grade for of, grade in there if of == scale) for scale, _ in there}
    instead = [{"write": name, "where": {"{column}": f"one of {', '.join(grades)}"}} for name, grades in lower.items()]
    scale = {**part["columns"]["scale"], **({"instead": instead} if instead else {})}
    return {**part, "columns": {**part["columns"], "scale": scale}}


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
KEY_STAGE_4 = Shape("the Department's key stage 4 results, of which only the start counts", _is_key_stage_4, _key_stage_2)
TABLES_CHECK = Shape("the Department's list of the multiplication tables check", _is_tables_check, _nothing_needed)
TEACHING_GROUPS = Shape("a list of teaching groups", _is_groups, _groups)
MARKSHEET = Shape("a marksheet", _is_marksheet, _marksheet, kept=True)
