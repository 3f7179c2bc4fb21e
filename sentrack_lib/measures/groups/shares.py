"""Shares of a group beside those of all others, and when two shares are far enough apart to speak of (methods, 4)."""

import numpy as np
from pandas import DataFrame, Series

from sentrack_lib.measures.groups.certainty import SHOWN, detectable_share, gap_of_shares, wilson

SMALLEST_EFFECT = 0.2
"""Cohen's h, the difference of shares in standard deviations, from which a gap is spoken of (Cohen 1988)."""


def beside_rest(table: DataFrame) -> DataFrame:
    """`share` of each `count` of `n` with Wilson's `low` to `high`, `share_rest`, and Newcombe's `gap` `gap_low` `gap_high`.

    The rest is `count_rest` of `n_rest`; `detectable` is the gap that would be found. Groups under 5 have no figure at all."""
    n, rest, count = shown(table)
    gap = gap_of_shares(count, n, table["count_rest"], rest).set_axis(["gap", "gap_low", "gap_high"], axis=1)
    shares = DataFrame({"share": count / n, "share_rest": (table["count_rest"] / rest).where(n.notna())})
    return shares.join(wilson(count, n)).join(gap).assign(detectable=detectable_share(everyone(table), n, rest))


def shown(table: DataFrame) -> tuple[Series, Series, Series]:
    """`n`, `n_rest` and `count`, blank where the group is too small to show or there is no rest."""
    large = table["n"].ge(SHOWN)
    return table["n"].where(large), table["n_rest"].where(table["n_rest"].gt(0)), table["count"].where(large)


def everyone(table: DataFrame) -> Series:
    """The share in the group and the rest together; missing where there is nobody."""
    return (table["count"] + table["count_rest"]) / (table["n"] + table["n_rest"]).replace(0, np.nan)


def far_apart(share: Series, other: Series) -> Series:
    """Whether Cohen's h, the difference of the angles of two shares, is 0.2 or more."""
    angle, beside = (2 * np.arcsin(np.sqrt(each.astype("float64"))) for each in (share, other))
    return (angle - beside).abs().ge(SMALLEST_EFFECT)
