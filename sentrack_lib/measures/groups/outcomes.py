"""What is compared: each pupil's growth in each subject, and what different starting points alone would add to it."""

import numpy as np
import pandas as pd
from pandas import DataFrame, Series

from sentrack_lib.measures.groups.certainty import NO_SPREAD
from sentrack_lib.sources.coded import numbered, places_among

ALL = "all"
ASKED = ["pupil_id", "subject", "cohort", "start", "points", "expected", "rho_start"]
FEWEST_OTHERS = 3
"""With fewer other subjects a pupil's own average is no steady mean to compare with."""


def outcomes(progress: DataFrame) -> DataFrame:
    """One row a pupil and subject of a term's progress: `pupil_id` `subject` `u` `cohort` `drift`.

    `u` is the scaled residual, `cohort` the number of those it was compared with, `drift` what the start alone adds to `u`. For
    `all` the drift is the mean of the pupil's drifts in single subjects, on the scale of the average."""
    rows = progress[[*ASKED, "scaled_residual"]].rename(columns={"scaled_residual": "u"})
    cohort, names = pd.factorize(rows["cohort"])
    subject, _ = pd.factorize(rows["subject"])
    rows = rows.assign(cohort=pd.factorize(subject * (len(names) + 1) + cohort)[0])
    average = rows["subject"].eq(ALL).to_numpy(dtype=bool)
    single = rows[~average].pipe(lambda each: each.assign(drift=_drift(each)))
    drifts = pd.concat([single["drift"], _average_drift(rows[average], single)])
    return rows[["pupil_id", "subject", "cohort", "u"]].assign(drift=drifts)


def beside_own(outcomes: DataFrame) -> DataFrame:
    """The same rows, single subjects alone, with growth beside the pupil's own average: `u` less the mean of the other subjects.

    The same pupils are compared across subjects: what is so of them in every subject falls out. The drift is treated likewise."""
    rows = outcomes[outcomes["subject"].ne(ALL).to_numpy(dtype=bool) & outcomes["u"].notna().to_numpy()]
    pupil, _ = pd.factorize(rows["pupil_id"])
    others = np.bincount(pupil)[pupil] - 1
    own = {name: _less_others(rows[name].to_numpy(), pupil, others) for name in ("u", "drift")}
    return rows.assign(**own)[others >= FEWEST_OTHERS]


def _less_others(values: np.ndarray, pupil: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Each value less the mean of the pupil's others; nothing that hangs on a missing value is known."""
    total = np.bincount(pupil, values)[pupil]
    return values - (total - values) / np.where(others > 0, others, np.nan)


def _drift(rows: DataFrame) -> Series:
    """(1 - rho) / rho * b * (start - mean start) / sd(e): noise in the start adjusts too little for it (methods, 4)."""
    known = rows[rows[["u", "start", "points", "expected", "rho_start"]].notna().all(axis=1)]
    cohort = known["cohort"].to_numpy()
    start, points, expected = (known[name].to_numpy() for name in ("start", "points", "expected"))
    ahead = start - _mean_of(start, cohort)
    squares = _mean_of(ahead**2, cohort)
    slope = _mean_of(ahead * points, cohort) / np.where(squares > 0, squares, np.nan)
    squared = _mean_of((points - expected) ** 2, cohort)
    spread = np.sqrt(np.where(squared > NO_SPREAD, squared, np.nan))
    rho = known["rho_start"].to_numpy()
    return Series((1 - rho) / rho * slope * ahead / spread, index=known.index).reindex(rows.index)


def _mean_of(values: np.ndarray, cohort: np.ndarray) -> np.ndarray:
    """The mean of each value's cohort."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return (np.bincount(cohort, values) / np.bincount(cohort))[cohort] if len(values) else values


def _average_drift(average: DataFrame, single: DataFrame) -> Series:
    """The mean drift over the pupil's subjects, stretched as the mean of `u` was to become the average's `u`."""
    pupil, pupils = numbered(single["pupil_id"])
    means = (
        single[["u", "drift"]].groupby(pupil).mean().reindex(places_among(average["pupil_id"], pupils)).set_axis(average.index)
    )
    averaged = DataFrame({"before": means["u"].where(average["u"].notna()), "after": average["u"]})
    spread = averaged.groupby(average["cohort"]).transform("std", ddof=0)
    return means["drift"] * spread["after"] / spread["before"].where(spread["before"].gt(NO_SPREAD))
