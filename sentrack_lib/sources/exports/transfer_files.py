"""Files in which schools and the Department for Education pass pupils on, as a school's tables.

The Common Transfer File (CTF, versions 12 to 25), the school census, and the XML of SIMS reports. All blocks are optional.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Literal
from xml.etree.ElementTree import Element

import pandas as pd
from pandas import DataFrame

from sentrack_lib.errors import BadInput
from sentrack_lib.sources.exports.days import iso_dates
from sentrack_lib.sources.exports.export import COLUMNS, IGNORED, NOT_MENTIONED, NOT_UNDERSTOOD, USED, WHO, Export, Roll
from sentrack_lib.sources.exports.transfer_pupils import ITEMS, SESSIONS, pupil_row, sessions_of, text
from sentrack_lib.sources.exports.transfer_results import SUBJECTS, Result, results
from sentrack_lib.sources.files import Sheet
from sentrack_lib.sources.files.texts import visible
from sentrack_lib.sources.files.xml_files import Document, read_xml, root_of
from sentrack_lib.sources.problems import KEPT, Fault, problem, problems_table
from sentrack_lib.terms import Term

Kind = Literal["ctf", "census", "superstar"]
ROOTS: dict[str, Kind] = {"ctfile": "ctf", "message": "census", "superstarreport": "superstar"}
VERSIONS = range(12, 26)
CTF, CENSUS = "a Common Transfer File", "a school census"
MOST_PUPILS = 20_000
"""Several times the largest school."""
MOST_CELLS = 5_000_000
"""More in one report than any school has pupils times headings."""

_NOT_NEEDED = "who to reach and where is not needed here"
_IGNORED = {
    "fsmhistory": "free school meals are not the pupil premium, which counts the last six years: import the list of the premium",
    "schoolhistory": "former schools are not needed here",
    "stageassessments": "only what names a result, its year, status and scale is used",
    "attendance": "whole years cannot be split into terms",
    "termlyattendance": "a census counts the sessions of the term before: import attendance of the term itself",
    "termlyexclusions": "import behaviour, which has every event with its day",
    "formerupn": "a pupil is known by the present number",
    **dict.fromkeys(["address", "phones", "email", "contacts", "homeinformation"], _NOT_NEEDED),
}
_USED = {name for names in ITEMS.values() for name in names} | {
    *("startdate", "senprovision", "needstartdate", "needenddate", "sentyperank", "sentype"),
    *("languagetype", "language", "disability", "incare"),
}
_USED_RESULTS = {"stage", "year", "subject", "method", "component", "resultstatus", "resultqualifier", "result"}
_CODED = re.compile("_x([0-9A-Fa-f]{4})_")


def kind_of_xml(file: Path) -> Kind | None:
    """Which of these files it is by its first element; None for XML of another kind and for what is no XML."""
    return ROOTS.get(root_of(file) or "")


def read_transfer_file(file: Path, term: str) -> Export:
    """The pupils of a Common Transfer File: `pupils`, `prior_attainment` and, where the file tells that of an autumn term,
    `attendance`; index = the pupil's place in the file. `BadInput` where it cannot be read."""
    document = _document(file, "ctf", CTF)
    pupils = _pupils(document, "pupil")
    if not pupils:
        raise BadInput(f"{document.name} is a Common Transfer File without pupils. Export it again.")
    found = [(place, result) for place, pupil in enumerate(pupils, 1) for result in results(pupil)]
    roll = _roll(pupils, Term.named(term))
    attended = _attended(document, pupils, Term.named(term))
    tables = {"pupils": roll, "prior_attainment": _prior(found), "attendance": attended}
    said = [*_about_version(document), *_about_results(document, found), *_about_sessions(document, pupils, attended)]
    odd = Counter(("Subject", result.subject) for _, result in found if result.subject not in SUBJECTS.values())
    return _export(document, CTF, "joiners", pupils, term, tables, said, odd)


def read_census(file: Path, term: str) -> Export:
    """The pupils on roll of a school census as `pupils`; index = the pupil's place. `BadInput` where it cannot be read."""
    document = _document(file, "census", CENSUS)
    pupils = _pupils(document, "pupilonroll")
    if not pupils:
        raise BadInput(
            f"{document.name} names no pupils on roll: it is another return, or an empty one. Export the school census."
        )
    left = sum(1 for _ in document.root.iter("pupilnolongeronroll"))
    gone = Fault(f"names {left:,} pupils no longer on roll, who were not read", "Nothing to do.", KEPT)
    roll = {"pupils": _roll(pupils, Term.named(term))}
    return _export(document, CENSUS, "whole", pupils, term, roll, [gone] * bool(left), Counter())


def read_superstar(file: Path) -> Sheet:
    """The records of a SIMS report as a sheet: headings as in SIMS, blank where a record has no such element."""
    document = _document(file, "superstar", "a report of SIMS")
    rows = [_record(record, document) for record in document.root.iterfind("record")]
    headings = list(dict.fromkeys(heading for row in rows for heading in row))
    if not headings:
        raise BadInput(f"{document.name} is a report without records. Run it again in SIMS.")
    if len(rows) * len(headings) > MOST_CELLS:
        raise BadInput(f"{document.name} has too many different headings for a report. Export fewer columns.")
    numbers = pd.RangeIndex(2, len(rows) + 2, name="row")
    cells = DataFrame(rows, columns=headings, index=numbers).fillna("").astype("str")
    filled = cells[(cells != "").any(axis=1)]
    return Sheet(document.name, filled, problems_table(), len(filled))


def _document(file: Path, kind: Kind, called: str) -> Document:
    document = read_xml(file)
    if ROOTS.get(document.root.tag) != kind:
        first = document.spelt[document.root.tag][:40]
        raise BadInput(f"{document.name} is not {called}: its first element is {first}. Export it again as {called}.")
    return document


def _pupils(document: Document, name: str) -> list[Element]:
    pupils = list(document.root.iter(name))
    if len(pupils) > MOST_PUPILS:
        raise BadInput(f"{document.name} names {len(pupils):,} pupils, more than any school has. Export one school.")
    return pupils


def _record(record: Element, document: Document) -> dict[str, str]:
    """The cells of one record; a heading that comes several times holds each different text once."""
    cells: dict[str, dict[str, None]] = {}
    for item in record:
        if written := visible("".join(item.itertext())).strip():
            cells.setdefault(_heading(document.spelt[item.tag]), {})[written] = None
    return {heading: "; ".join(texts) for heading, texts in cells.items()}


def _heading(name: str) -> str:
    """`Legal_x0020_Surname` as Legal Surname; a code for no sign that can be seen stays."""
    shown = _CODED.sub(lambda code: chr(int(code[1], 16)) if chr(int(code[1], 16)).isprintable() else code[0], name)
    return shown.strip() or name


def _roll(pupils: Sequence[Element], term: Term) -> DataFrame:
    """The roll, without columns of which the file says nothing for anybody: what is held of them stays."""
    rows = DataFrame([pupil_row(pupil, term) for pupil in pupils], index=range(1, len(pupils) + 1), dtype="str")
    days = [name for name in ("date_of_birth", "joined_on") if name in rows]
    dated = rows.assign(**{name: iso_dates(rows[name]) for name in days})
    return dated.loc[:, (dated != "").any()]


def _prior(found: Iterable[tuple[int, Result]]) -> DataFrame:
    used = [(place, result) for place, result in found if not result.why_not]
    rows = DataFrame([result[:4] for _, result in used], columns=["subject", "stage", "scale", "grade"], dtype="str")
    return rows.set_axis(pd.Index([place for place, _ in used], dtype="int64"))


def _attended(document: Document, pupils: Sequence[Element], term: Term) -> DataFrame:
    """The sessions of an autumn term, where the file was written in it: the year so far is then the term so far."""
    written = _written_on(document)
    rows = {place: sessions_of(pupil, term, written) for place, pupil in enumerate(pupils, 1)} if written else {}
    return DataFrame.from_dict({place: row for place, row in rows.items() if row}, orient="index", columns=SESSIONS, dtype="str")


def _written_on(document: Document) -> date | None:
    try:
        return date.fromisoformat(text(document.root, "header/datetime")[:10])
    except ValueError:
        return None


def _export(
    document: Document,
    taken_for: str,
    roll: Roll,
    pupils: Sequence[Element],
    term: str,
    tables: dict[str, DataFrame],
    said: Iterable[Fault],
    odd: Counter[tuple[str, str]],
) -> Export:
    columns = DataFrame(_uses(document, pupils, len(tables.get("attendance", ())) > 0), columns=COLUMNS)
    who = tables["pupils"][[name for name in WHO if name in tables["pupils"]]]
    return Export(
        file=document.name,
        taken_for=taken_for,
        read=len(pupils),
        tables={(str(Term.named(term)), name): table for name, table in tables.items() if len(table)},
        who=who,
        roll=roll,
        columns=columns,
        not_understood=DataFrame([(*place, rows) for place, rows in odd.items()], columns=NOT_UNDERSTOOD),
        problems=problems_table(problem(document.name, fault) for fault in said),
    )


def _uses(document: Document, pupils: Iterable[Element], attended: bool) -> Iterator[tuple[str, str, str]]:
    """What became of every element that holds text, by its block."""
    leaves = {(block.tag, leaf.tag): None for pupil in pupils for block in pupil for leaf in block.iter() if not len(leaf)}
    for block, leaf in leaves:
        name = document.spelt[leaf] if block == leaf else f"{document.spelt[block]}/{document.spelt[leaf]}"
        yield name, *_use(block, leaf, attended)


def _use(block: str, leaf: str, attended: bool) -> tuple[str, str]:
    if block == "stageassessments" and leaf in _USED_RESULTS:
        return USED, ""
    if block == "attendance" and attended and leaf in {"attendancestartdate", *(name.replace("_", "") for name in SESSIONS)}:
        return USED, ""
    reason = _IGNORED.get(block) or _IGNORED.get(leaf)
    if reason:
        return IGNORED, reason
    return (USED, "") if leaf in _USED else (NOT_MENTIONED, "no table here has a place for it")


def _about_version(document: Document) -> Iterator[Fault]:
    version = text(document.root, "header/ctfversion")
    if not re.fullmatch(r"[0-9]{2}(\.[0-9]+)?", version) or int(version[:2]) not in VERSIONS:
        known = f"{VERSIONS[0]} to {VERSIONS[-1]}"
        yield Fault(
            f'is of version "{version[:20]}"; versions {known} are known', "It was read. Look whether all is there.", KEPT
        )


def _about_results(document: Document, found: Iterable[tuple[int, Result]]) -> Iterator[Fault]:
    for why, results_of_kind in Counter(result.why_not for _, result in found if result.why_not).items():
        yield Fault(f"has {results_of_kind:,} results not used: each {why}", "Nothing to do, unless you expected them.", KEPT)


def _about_sessions(document: Document, pupils: Iterable[Element], attended: DataFrame) -> Iterator[Fault]:
    told = sum(1 for pupil in pupils if pupil.find(".//yeardata") is not None)
    if told > len(attended):
        whole = f"has sessions of whole school years for {told - len(attended):,} pupils, which cannot be split into terms"
        yield Fault(whole, "Import the attendance of the term from the school's system.", KEPT)
