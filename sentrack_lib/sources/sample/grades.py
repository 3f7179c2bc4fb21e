"""Points as the scales of the invented school write them. Points are points of National Curriculum levels."""

import numpy as np
from pandas import DataFrame

from sentrack_lib.sources.sample.curriculum import KEY_STAGE_4, SUBJECTS

P_SCALE_SUBJECTS = ("English", "Maths", "Science")


def scale_of(rows: DataFrame) -> np.ndarray:
    """The scale of each lesson (`year_group`, `course`, `p_scale`)."""
    subject = np.array(SUBJECTS)[rows["course"]]
    choices = [rows["p_scale"] & np.isin(subject, P_SCALE_SUBJECTS), rows["year_group"].ge(KEY_STAGE_4), subject == "Computing"]
    return np.select(choices, ["p_scale", "gcse_9_1", "percentage"], "nc_level")


def grades(points: np.ndarray, scale: np.ndarray, expected: np.ndarray) -> np.ndarray:
    """Points as each row's scale writes them."""
    written = [p_levels(points), gcse_grades(points), percentages(points, expected)]
    return np.select([scale == "p_scale", scale == "gcse_9_1", scale == "percentage"], written, nc_levels(points))


def nc_levels(points: np.ndarray) -> np.ndarray:
    """Sub-levels 1c to 8a, two points apart: c, b, a of level L are 6L + 1, 6L + 3, 6L + 5 (formats, section 6.1)."""
    grades = np.array([f"{level}{part}" for level in range(1, 9) for part in "cba"])
    return grades[np.clip(np.rint((points - 7) / 2), 0, len(grades) - 1).astype(int)]


def gcse_grades(points: np.ndarray) -> np.ndarray:
    """Fine grades 1= to 9=, thirds of a grade; four and a half points a grade, 42 points are 4.9."""
    grades = np.array(["1=", "1+", *(f"{grade}{part}" for grade in range(2, 10) for part in "-=+")][:-1])
    return grades[np.clip(np.rint(3 * _gcse(points)) - 3, 0, len(grades) - 1).astype(int)]


def whole_gcse_grades(points: np.ndarray) -> np.ndarray:
    """Grades 1 to 9."""
    return np.array(list("123456789"))[np.clip(np.rint(_gcse(points)), 1, 9).astype(int) - 1]


def _gcse(points: np.ndarray) -> np.ndarray:
    return 4.9 + (points - 42) / 4.5


def percentages(points: np.ndarray, expected: np.ndarray) -> np.ndarray:
    """Per cent of a test that gets harder every term: 58 for the expected points."""
    return np.clip(np.rint(58 + 2.5 * (points - expected)), 0, 100).astype(int).astype(str)


def p_levels(points: np.ndarray) -> np.ndarray:
    """P4 to P8, an order only."""
    return np.array(["P4", "P5", "P6", "P7", "P8"])[np.clip(np.rint(points / 5), 4, 8).astype(int) - 4]
