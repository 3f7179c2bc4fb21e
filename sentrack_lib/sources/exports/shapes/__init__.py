"""The kinds of export that are told by their headings, in the order in which they are tried. To add one: a `Shape`, one line."""

from sentrack_lib.sources.exports.shapes.attendance import REGISTER, SUMMARY, WIDE_REGISTER
from sentrack_lib.sources.exports.shapes.behaviour import BEHAVIOUR
from sentrack_lib.sources.exports.shapes.canonical import CANONICAL
from sentrack_lib.sources.exports.shapes.lists import ACTIVITIES, ADULTS, VIEWS
from sentrack_lib.sources.exports.shapes.provision import PARTICIPATION, PROVISION_LIST, PROVISION_MAP
from sentrack_lib.sources.exports.shapes.pupils import CENSUS, DETAILS, FURTHER_EDUCATION, PREMIUM, ROLL, SEN_LIST
from sentrack_lib.sources.exports.shapes.results import KEY_STAGE_2, KEY_STAGE_4, MARKSHEET, TABLES_CHECK, TEACHING_GROUPS
from sentrack_lib.sources.exports.shapes.sessions import SESSIONS, WIDE_SESSIONS
from sentrack_lib.sources.exports.shapes.shape import Drafted as Drafted
from sentrack_lib.sources.exports.shapes.shape import Seen as Seen
from sentrack_lib.sources.exports.shapes.shape import Shape as Shape
from sentrack_lib.sources.exports.shapes.suspensions import SUSPENSIONS
from sentrack_lib.sources.exports.shapes.timetables import TIMETABLE, WIDE_TIMETABLE

SHAPES: tuple[Shape, ...] = (
    CANONICAL,
    KEY_STAGE_4,
    KEY_STAGE_2,
    TABLES_CHECK,
    FURTHER_EDUCATION,
    PREMIUM,
    CENSUS,
    SESSIONS,
    WIDE_SESSIONS,
    PROVISION_MAP,
    PARTICIPATION,
    PROVISION_LIST,
    TIMETABLE,
    WIDE_TIMETABLE,
    REGISTER,
    WIDE_REGISTER,
    SUSPENSIONS,
    VIEWS,
    BEHAVIOUR,
    ACTIVITIES,
    ADULTS,
    SUMMARY,
    TEACHING_GROUPS,
    MARKSHEET,
    ROLL,
    SEN_LIST,
    DETAILS,
)
