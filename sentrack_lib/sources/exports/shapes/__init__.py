"""The kinds of export that are told by their headings, in the order in which they are tried. To add one: a `Shape`, one line."""

from sentrack_lib.sources.exports.shapes.attendance import REGISTER, SUMMARY, WIDE_REGISTER
from sentrack_lib.sources.exports.shapes.behaviour import BEHAVIOUR
from sentrack_lib.sources.exports.shapes.pupils import CENSUS, DETAILS, PREMIUM, ROLL, SEN_LIST
from sentrack_lib.sources.exports.shapes.results import KEY_STAGE_2, MARKSHEET, TEACHING_GROUPS
from sentrack_lib.sources.exports.shapes.shape import Drafted as Drafted
from sentrack_lib.sources.exports.shapes.shape import Seen as Seen
from sentrack_lib.sources.exports.shapes.shape import Shape as Shape

SHAPES: tuple[Shape, ...] = (
    KEY_STAGE_2,
    PREMIUM,
    CENSUS,
    REGISTER,
    WIDE_REGISTER,
    BEHAVIOUR,
    SUMMARY,
    TEACHING_GROUPS,
    MARKSHEET,
    ROLL,
    SEN_LIST,
    DETAILS,
)
