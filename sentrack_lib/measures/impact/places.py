"""More pupils than places: drawing by lot among pupils who stand about the same, so that what the provision does can be seen."""

import numpy as np
import pandas as pd
from pandas import DataFrame, Series

from sentrack_lib.errors import BadInput
from sentrack_lib.measures.impact.estimates import banded
from sentrack_lib.measures.lots import place_by_chance
from sentrack_lib.terms import Term

BANDS = 4
COLUMNS = {"pupil_id": "str", "band": "int64", "seed": "int64", "drawn": "str"}
ENOUGH = "There are as many places as pupils, so nobody need be drawn: give everybody a place."
NO_PLACES = "Say how many places there are: one at least."
NOBODY = "Tick the pupils who could have a place."


def draw_places(starts: DataFrame, places: int, seed: int, bands: int = BANDS) -> DataFrame:
    """Who gets one of some `places`, a row a pupil: `pupil_id` `band` (1 stands lowest; those without a start are a band of their
    own, the last) `seed` `drawn` (Y or N).

    `starts` has a row a pupil: `pupil_id`, `start`. Pupils are put into bands of about equal size, as many at the most as leave
    a place and a pupil who waits in each; places go to bands by their size, and within a band by chance alone. The same seed
    draws the same pupils, whatever the order of the rows. `BadInput` where there is nothing to draw. Methods, section 7."""
    rows = starts.drop_duplicates("pupil_id", keep="last").sort_values("pupil_id", ignore_index=True)
    if rows.empty or places < 1 or places >= len(rows):
        raise BadInput(NOBODY if rows.empty else NO_PLACES if places < 1 else ENOUGH)
    band = _bands(rows["start"].to_numpy(dtype="float64"), max(1, min(bands, places, len(rows) - places)))
    lots = [place_by_chance(seed, str(own), str(pupil)) for own, pupil in zip(band, rows["pupil_id"], strict=True)]
    order = rows.assign(band=band, seed=seed, lot=lots).sort_values(["band", "lot"], ignore_index=True)
    given = order["band"].map(_shared_out(order["band"], places, seed))
    drawn = order.groupby("band").cumcount() < given
    return order.assign(drawn=np.where(drawn, "Y", "N"))[[*COLUMNS]].astype(COLUMNS)


def _bands(start: np.ndarray, bands: int) -> np.ndarray:
    known = np.isfinite(start)
    found = np.full(len(start), bands if known.any() else 0, dtype="int64")
    found[known] = banded(start[known], bands)
    return pd.factorize(found, sort=True)[0] + 1


def _shared_out(band: Series, places: int, seed: int) -> Series:
    """How many places each band gets: its share in whole places, what is left over by the largest remainders, ties by chance."""
    share = band.value_counts() * places / len(band)
    whole = Series(np.floor(share.to_numpy() + 1e-9).astype("int64"), share.index)
    lots = [place_by_chance(seed, "band", str(each)) for each in share.index]
    left = DataFrame({"rest": whole - share, "lot": lots}, share.index)
    more = left.sort_values(["rest", "lot"]).index[: places - int(whole.sum())]
    return whole + whole.index.isin(more)


def standing(points_by_term: DataFrame, roll: DataFrame, subject: str, term: Term) -> DataFrame:
    """Where every pupil on a roll stands in a subject in a term: `pupil_id` `start`, the share of the year group who stand as low
    or lower on the same scale; of no subject the mean over subjects; missing where there is no grade."""
    rows = points_by_term[points_by_term["term"].eq(str(term))]
    rows = rows[rows["subject"].eq(subject)] if subject else rows
    years = roll.drop_duplicates("pupil_id").set_index("pupil_id")["year_group"]
    rows = rows.assign(year_group=rows["pupil_id"].map(years))
    place = rows.groupby(["year_group", "subject", "scale"])["points"].rank(pct=True)
    start = place.groupby(rows["pupil_id"]).mean()
    return DataFrame({"pupil_id": years.index, "start": start.reindex(years.index).to_numpy()})
