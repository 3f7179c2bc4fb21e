"""How each place of an additional adult is prepared: ten answers of Y or N, statements 16 to 25, blank where nobody asked."""

import numpy as np
from pandas import DataFrame

YES = {
    "with_peers": (0.95, 0.30, 0.0), "small_group": (0.40, 0.55, 0.0), "discreet": (0.70, 0.60, 0.50),
    "at_times": (0.60, 0.40, 0.25), "independence": (0.55, 0.50, 0.35), "planned_together": (0.45, 0.50, 0.55),
    "knows_pupils": (0.80, 0.85, 0.95), "trained": (0.55, 0.75, 0.80), "ground_rules": (0.90, 0.90, 0.90),
    "feeds_back": (0.60, 0.55, 0.65),
}  # fmt: skip
"""The share answered Y in class, in a small group, and one to one."""
PLACES = ("in class", "small group", "one to one")
NOT_ASKED = 0.12


def prepared(places: DataFrame, rng: np.random.Generator) -> DataFrame:
    """The rows of `deployments` with the ten answers; of some rows, none."""
    which = np.array([PLACES.index(place) for place in places["place"]], dtype=int)
    share = np.array(list(YES.values())).T[which].reshape(len(places), len(YES))
    answers = np.where(rng.random(share.shape) < share, "Y", "N")
    answers = np.where(rng.random((len(places), 1)) < NOT_ASKED, "", answers)
    return places.assign(**dict(zip(YES, answers.T, strict=True)))
