"""Which flags are new since last term, which are cleared, and which stand for how many terms in a row."""

from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas import DataFrame, Index, Series, Timestamp

from sentrack_lib.measures.due import on_roll_on
from sentrack_lib.measures.looking_back.cases import ALL_RULES
from sentrack_lib.measures.looking_back.followed import CLEARED, LEFT, STILL
from sentrack_lib.measures.looking_back.kept import FLAG
from sentrack_lib.sources.coded import rows_among
from sentrack_lib.sources.codes import has_sen

NEW = "newly flagged"
STATES = (NEW, STILL, CLEARED, LEFT)
EVERYONE, WITH_SEN, WITHOUT_SEN = "all pupils", "with SEN", "without SEN"
SINCE = [*FLAG, "level", "level_before", "before", "state", "terms"]
COUNTS = ["before", "group", "rule", "state", "flags", "pupils", "act"]


def flags_since(kept: DataFrame, terms: list[str], flags: DataFrame, roll: DataFrame, as_of: date) -> DataFrame:
    """A row a flag that stands now or stood `before`, in the last of `terms` (those of which flags are `kept`): pupil, rule and
    subject, `level` now and `level_before` (missing where it does not stand), `state`, and for how many `terms` in a row it has
    stood, now counted; of one that does not stand now, how many it stood. A term of which no flags are kept is passed over; where
    none are kept of any, nobody knows what is new, and there are no rows."""
    now = flags if terms else flags.iloc[:0]
    now = now.astype(dict.fromkeys([*FLAG, "level"], "str")).drop_duplicates(FLAG)[[*FLAG, "level"]]
    before = kept[kept["term"].isin(terms[-1:])]
    both = now.merge(before[[*FLAG, "level"]].rename(columns={"level": "level_before"}), how="outer", on=FLAG)
    stands, stood = both["level"].notna(), both["level_before"].notna()
    here = both["pupil_id"].isin(on_roll_on(roll, Timestamp(as_of)))
    state = Series(NEW, both.index, dtype="str").mask(stood & stands, STILL).mask(stood & ~stands, CLEARED)
    rows = both.assign(
        before=terms[-1] if terms else "", state=state.mask(stood & ~here, LEFT), terms=_in_a_row(both, kept, terms) + stands
    )
    types = dict.fromkeys([name for name in SINCE if name != "terms"], "str") | {"terms": "int64"}
    return rows.sort_values(FLAG, kind="stable", ignore_index=True)[SINCE].astype(types)


def _in_a_row(rows: DataFrame, kept: DataFrame, terms: list[str]) -> NDArray[np.int64]:
    """In how many of the last terms, without a gap, each flag stood."""
    at = kept[["term", *FLAG]].merge(rows[FLAG].assign(flag=range(len(rows))), on=FLAG)
    stood = np.zeros((len(rows), len(terms)), dtype=bool)
    stood[at["flag"], Index(terms[::-1], dtype="str").get_indexer(Index(at["term"]))] = True
    return stood.cumprod(axis=1).sum(axis=1)


def flags_changed(since: DataFrame, roll: DataFrame) -> DataFrame:
    """How many `flags` of how many `pupils` are new, still stand, are cleared, left with the pupil (`state`), and how many of the
    flags are (or were) at `act`: of all rules and of each, of all pupils, those with SEN and those without. Of pupils who have
    left, and of those whose status is not known, only all pupils are counted. `since` is from `flags_since`."""
    if since.empty:
        return DataFrame(columns=COUNTS).astype(dict.fromkeys(COUNTS[:4], "str") | dict.fromkeys(COUNTS[4:], "int64"))
    rows = since.assign(sen=_sen(since["pupil_id"], roll), act=since["level"].fillna(since["level_before"]).eq("act"))
    told = pd.concat([rows.assign(group=EVERYONE), rows.dropna(subset=["sen"]).assign(group=lambda each: each["sen"])])
    told = pd.concat([told.assign(rule=ALL_RULES), told], ignore_index=True)
    counts = told.groupby(["group", "rule", "state"]).agg(
        flags=("pupil_id", "size"), pupils=("pupil_id", "nunique"), act=("act", "sum")
    )
    rules = [ALL_RULES, *sorted(since["rule"].unique())]
    whole = pd.MultiIndex.from_product([(EVERYONE, WITH_SEN, WITHOUT_SEN), rules, STATES], names=["group", "rule", "state"])
    counts = counts.reindex(whole, fill_value=0).reset_index().assign(before=since["before"].iloc[0])
    return counts.astype(dict.fromkeys(COUNTS[:4], "str"))[COUNTS]


def _sen(pupils: Series, roll: DataFrame) -> Series:
    once = roll.drop_duplicates("pupil_id", keep="last")
    told = has_sen(once["sen_status"]).map({True: WITH_SEN, False: WITHOUT_SEN}).astype("object").to_numpy()
    place = rows_among(pupils, once["pupil_id"])
    return Series([told[each] if each >= 0 else None for each in place], pupils.index, dtype="str")
