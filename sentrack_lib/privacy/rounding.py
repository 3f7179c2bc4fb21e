"""How coarse a number must be before anybody outside is handed it."""

from pandas import Series

SMALLEST_SHOWN = 8
ROUNDED_TO = 5
SIZES_TO = 2 * ROUNDED_TO
"""How coarse the size of a group is that is made of year groups, or is part of a family: such sizes add up to others."""


def rounded(counts: Series) -> Series:
    """Counts to the nearest 5, and blank where they could point to a child: 1 to 7. Zero may show."""
    whole = counts.astype("Int64")
    return ((whole + ROUNDED_TO // 2) // ROUNDED_TO * ROUNDED_TO).mask(whole.between(1, SMALLEST_SHOWN - 1))


def coarse(sizes: Series) -> Series:
    """Sizes to the nearest 10, and blank below."""
    whole = sizes.astype("Int64")
    return ((whole + SIZES_TO // 2) // SIZES_TO * SIZES_TO).mask(whole.between(1, SIZES_TO - 1))
