"""Key stage results of a Common Transfer File as prior attainment: each with its scale, or the reason why it is not used.

Nothing is converted: a number that no scale of its key stage and year holds (a raw mark, say) is told and left out.
"""

from collections.abc import Iterator
from functools import cache
from typing import NamedTuple
from xml.etree.ElementTree import Element

from sentrack_lib.settings import SchoolSettings
from sentrack_lib.sources.exports.transfer_pupils import text
from sentrack_lib.sources.scales import NOT_UNDERSTOOD, Scale, scales_of

SUBJECTS = {
    ("ENG", "REA"): "Reading",
    ("ENG", "WRI"): "Writing",
    ("ENG", "GPS"): "Grammar, punctuation and spelling",
    "REA": "Reading",
    "WRI": "Writing",
    "GPS": "Grammar, punctuation and spelling",
    "ENG": "English",
    "MAT": "Maths",
    "SCI": "Science",
}
STAGES = ("KS1", "KS2", "KS3")
LAST_YEAR_OF_LEVELS = 2015
TEST = "TT"
_MARK = "NM"
_WRITTEN_RESULT = {"", "R"}

NO_RESULT = "is an estimate, a target or provisional"
NO_STAGE = "is of a stage that is no start for secondary subjects"
NO_SCALE = "is on no scale sentrack knows for this stage and year"


class Result(NamedTuple):
    """One result: subject, stage, scale and grade; or `why_not` it is not used."""

    subject: str
    stage: str
    scale: str
    grade: str
    why_not: str = ""


def results(pupil: Element) -> Iterator[Result]:
    """Every result of a pupil that says anything."""
    for stage in pupil.iterfind("stageassessments/keystage"):
        named = text(stage, "stage").upper()
        for assessment in stage.iterfind("stageassessment"):
            if text(assessment, "result"):
                yield _result(named, assessment)


def _result(stage: str, assessment: Element) -> Result:
    grade = text(assessment, "result")
    scale = _scale(stage, assessment, grade)
    return Result(_subject(assessment), stage, scale, grade, _why_not(stage, assessment, scale))


def _why_not(stage: str, assessment: Element, scale: str) -> str:
    if text(assessment, "resultstatus").upper() not in _WRITTEN_RESULT:
        return NO_RESULT
    if stage not in STAGES:
        return NO_STAGE
    return "" if scale else NO_SCALE


def _subject(assessment: Element) -> str:
    """The subject in the school's words; a code that is not known stays."""
    code, part = text(assessment, "subject").upper(), text(assessment, "component").upper()
    return SUBJECTS.get((code, part)) or SUBJECTS.get(code) or code


def _scale(stage: str, assessment: Element, grade: str) -> str:
    """The scale whose grades or marks hold this one, blank where there is none; a raw mark is on none."""
    name = _likely_scale(stage, text(assessment, "year"), text(assessment, "method").upper())
    raw = text(assessment, "resultqualifier").upper() == _MARK
    return "" if not name or raw or _scales()[name].read(grade).state == NOT_UNDERSTOOD else name


def _likely_scale(stage: str, year: str, method: str) -> str:
    """Levels to 2015; then, for key stage 2, scaled scores of tests and codes of teachers' assessment."""
    if not (year.isascii() and year.isdigit() and len(year) == 4):
        return ""
    if int(year) <= LAST_YEAR_OF_LEVELS:
        return "nc_level"
    return "" if stage != "KS2" else "ks2_scaled" if method == TEST else "ks2_ta"


@cache
def _scales() -> dict[str, Scale]:
    return scales_of(SchoolSettings(name="any school"))
