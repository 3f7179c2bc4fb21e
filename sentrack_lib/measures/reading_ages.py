"""Reading ages in years and months, and the ratio gain: months of reading age gained for each month that passed.

No words go with a ratio: those of Brooks (modest, useful, remarkable …) could not be checked at their source. Most ratios have
nobody to be compared with, and pupils chosen for low scores gain more the next time without any help. Sources: methods 3.7, 7.
"""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from pandas import DataFrame, Series

from sentrack_lib.measures.groups.certainty import SHOWN
from sentrack_lib.measures.recorded import recorded
from sentrack_lib.measures.taking_part import Calendar, between
from sentrack_lib.sources.coded import among
from sentrack_lib.terms import Term

MONTH = 365.25 / 12
SHORTEST = 3.0
"""Months under which a gain is mostly the error of two tests."""
YOUNGEST, OLDEST = 4, 18
"""Years between which a test of reading gives ages."""
NO_COMPARISON = "no comparison"
_AGE = re.compile(
    r"(\d{1,2})\s*(?:[:;]\s*(\d{1,2})(?::00)?|\.(\d\d)|y(?:ears?|rs?)?[.,]?\s*(?:(\d{1,2})\s*m?(?:onths?|ths?)?\.?)?)"
)
_OFF = re.compile(r"([<>≤≥]|below|under|above|over)\s*\S.*|.*\S\s*\+")
WHO = ["pupil_id", "provision_id"]
COLUMNS = [*WHO, "provision", "start", "end", "months", "baseline", "outcome", "gained", "ratio", "waiting", "beside", "why"]
NUMBERS = ["months", "gained", "ratio"]


def age_in_months(written: str) -> float:
    """A reading age in months; missing where it is none.

    Read are `8:03`, `8:3`, `8;3`, `8y 3m`, `8 years 3 months`, `08:03:00` as a spreadsheet makes of it and, with two figures of
    months, `8.03`; `8.5` is not, for it may be eight and a half or eight years and five months. An age off the
    table of the test (`<6:00`, `15:00+`) has no months."""
    found = _AGE.fullmatch(" ".join(str(written).casefold().split()))
    if found is None:
        return np.nan
    years, months = int(found[1]), int(next((each for each in found.groups()[1:] if each), 0))
    return float(12 * years + months) if YOUNGEST <= years <= OLDEST and months < 12 else np.nan


def age_written(months: float) -> str:
    """`8:03`; blank where it is missing."""
    return "" if pd.isna(months) else f"{int(months) // 12}:{int(months) % 12:02d}"


def reading_ages(
    records: Mapping[str, DataFrame], roll: DataFrame, term: Term, calendar: Calendar | None, as_of: date
) -> DataFrame:  # fmt: skip
    """A row a pupil on the `roll` and provision of the school year whose baseline or outcome is a reading age.

    Rows that follow each other, as term by term, are one: from the first `baseline` that is an age to the last `outcome`, both
    written `8:03`, over the `months` from `start` to `end`. `gained` in months; `ratio` = gained / months, missing under three
    months, and where an age or a day is (`why`). `waiting` marks pupils whom a draw left to wait and who attended no session:
    `beside` gives the middle ratio of five or more of them, else says that there is no comparison."""
    rows = _rows(records, roll, term, calendar, as_of)
    found = DataFrame([_one(mine) for _, mine in rows.groupby(WHO)], columns=[*WHO, *COLUMNS[3:10], "attended", "why"])
    names = recorded(records, "provisions", term).drop_duplicates("provision_id", keep="last").set_index("provision_id")["name"]
    called = names.reindex(found["provision_id"]).set_axis(found.index)
    found = found.assign(
        provision=called.fillna(found["provision_id"]), waiting=_waiting(found, recorded(records, "draws", term))
    )
    words = dict.fromkeys([*WHO, "provision", "baseline", "outcome", "beside", "why"], "str")
    days = dict.fromkeys(["start", "end"], "datetime64[us]")
    kinds = {**words, **days, **dict.fromkeys(NUMBERS, "float64"), "waiting": "bool"}
    return found.assign(beside=_beside(found))[COLUMNS].astype(kinds)


def _rows(
    records: Mapping[str, DataFrame], roll: DataFrame, term: Term, calendar: Calendar | None, as_of: date
) -> DataFrame:  # fmt: skip
    """Who took part in the school year, with a reading age before or after, in the order of days."""
    rows = recorded(records, "provision_pupils", term).dropna(subset=WHO)
    on_roll = among(rows["pupil_id"], roll["pupil_id"])
    of_year = rows["term"].str.startswith(term.school_year).fillna(False).astype("bool")
    rows = rows[on_roll & between(rows, Term(term.year, 0).dates(calendar)[0], as_of, of_year)]
    ages = {
        f"{name}_age": rows[name].map(age_in_months, na_action="ignore").astype("float64") for name in ("baseline", "outcome")
    }
    off = {f"{name}_off": rows[name].map(_is_off, na_action="ignore").eq(True) for name in ("baseline", "outcome")}
    rows = rows.assign(**ages, **off).sort_values([*WHO, "start"], kind="stable")
    told = rows[[*ages]].notna().any(axis=1) | rows[[*off]].any(axis=1)
    return rows[told]


def _is_off(written: str) -> bool:
    """Whether an age is written as lying beyond the table of a test."""
    bare = re.sub(r"[<>≤≥+]|below|under|above|over", "", written.casefold()).strip()
    return bool(_OFF.fullmatch(written.strip().casefold())) and not np.isnan(age_in_months(bare))


def _one(rows: DataFrame) -> dict[str, Any]:
    """From the first age of a pupil in a provision to the last."""
    first = rows[rows["baseline_age"].notna() | rows["baseline_off"]].head(1)
    last = rows[rows["outcome_age"].notna() | rows["outcome_off"]].tail(1)
    ends = [*(_cell(part, name) for part, name in ((first, "start"), (last, "end"))), *_ages(first, last)]
    start, end, before, after = ends
    months = (end - start).days / MONTH if pd.notna(start) and pd.notna(end) else np.nan
    why = _why_not(rows, first, last, months)
    told = {**rows[WHO].iloc[0], "start": start, "end": end, "months": months, "attended": rows["sessions_attended"].sum()}
    told |= {"baseline": age_written(before) or _cell(first, "baseline"), "outcome": age_written(after) or _cell(last, "outcome")}
    gained = after - before
    return told | {"gained": gained, "ratio": np.nan if why else gained / months, "why": why}


def _cell(rows: DataFrame, name: str) -> Any:
    return rows[name].iloc[0] if len(rows) else None


def _ages(first: DataFrame, last: DataFrame) -> tuple[float, float]:
    before, after = _cell(first, "baseline_age"), _cell(last, "outcome_age")
    return (np.nan if before is None else before), (np.nan if after is None else after)


def _why_not(rows: DataFrame, first: DataFrame, last: DataFrame, months: float) -> str:
    """What keeps a ratio from being worked out; blank where nothing does."""
    for part, name, when in ((first, "baseline", "start"), (last, "outcome", "end")):
        if part.empty:
            other = rows[name].dropna()
            return f"“{other.iloc[-1]}” at the {when} is no reading age." if len(other) else f"No reading age at the {when}."
        if part[f"{name}_off"].iloc[0]:
            return f"The age at the {when} lies beyond the table of the test."
    if np.isnan(months):
        return "The first or the last day is not recorded."
    return f"Only {max(months, 0):.1f} months passed; at least {SHORTEST:g} are needed." if months < SHORTEST else ""


def _waiting(found: DataFrame, draws: DataFrame) -> Series:
    """Whom a draw left to wait, and who attended no session."""
    left = draws.loc[draws["drawn"].str.strip().str.upper().str[:1].eq("N").fillna(False).astype("bool"), WHO]
    keys = set(left.itertuples(index=False, name=None))
    named = [key in keys for key in found[WHO].itertuples(index=False, name=None)]
    return Series(named, found.index, dtype="bool") & ~found["attended"].gt(0)


def _beside(found: DataFrame) -> list[str]:
    """The middle ratio of those who waited for the same provision."""
    waited = found[found["waiting"] & found["ratio"].notna()].groupby("provision_id")["ratio"].agg(["size", "median"])
    told = {}
    for provision, (count, middle) in waited.iterrows():
        many = f"{count:.0f} who waited: {middle:.1f}"
        told[provision] = many if count >= SHOWN else f"{NO_COMPARISON}: only {count:.0f} who waited"
    said = [told.get(provision, NO_COMPARISON) for provision in found["provision_id"]]
    return ["" if waits else each for waits, each in zip(found["waiting"], said, strict=True)]
