"""Months of progress from an effect size, by the table of the Education Endowment Foundation's Toolkit."""

import numpy as np
from pandas import Series

FROM = np.array([0.02, 0.10, 0.19, 0.27, 0.36, 0.45, 0.53, 0.62, 0.70, 0.79, 0.88, 0.96])
"""The smallest effect size of 1, 2, … 12 months."""


def months(size: Series) -> Series:
    """Whole months for effect sizes in SD, rounded to two decimals first; fewer than none for a negative size, 12 at the most.

    Only for an estimate against comparators, with both ends of its interval: never for a raw gain. Missing stays missing.
    Source: methods.md, sections 3.7 and 12."""
    rounded = size.astype("float64").round(2)
    found = np.searchsorted(FROM, rounded.abs().fillna(0).to_numpy() + 1e-9, side="right") * np.sign(rounded)
    return Series(found, size.index).where(rounded.notna()).round().astype("Int64")
