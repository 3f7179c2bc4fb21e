"""One pupil, measured again and again: whether the numbers changed when something was provided, and how sure that is.

Fewest numbers: three before and five during (What Works Clearinghouse, single-case design documentation 1.0, 2010: five in each
phase to meet its standards, three to meet them with reservations); with fewer the numbers are described and not judged.
Sources: `overlap`; methods 3.6; guidance, Section A, step 4.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas import DataFrame, Series

from sentrack_lib.measures import overlap
from sentrack_lib.measures.recorded import recorded
from sentrack_lib.sources.coded import among
from sentrack_lib.sources.record_tables import PHASES
from sentrack_lib.terms import Term

Numbers = NDArray[np.float64]
BEFORE, DURING, AFTER = PHASES
LEAST = {BEFORE: 3, DURING: 5}
SURE = 0.05
"""A larger p is no evidence of a change."""
BETTER, WORSE, ON_ITS_WAY = "clearly better", "clearly worse", "cannot tell"
NO_CHANGE, TOO_FEW = "no evidence of a change", "too few to say"
ONE_PUPIL = "This is one pupil without anybody to compare with: it shows whether the numbers changed, and not why."
EACH = [f"{what}_{phase}" for what in ("n", "median", "mean", "trend") for phase in PHASES]
JUDGED = ["nap", "nap_low", "nap_high", "tau", "tau_u", "tau_less_trend", "p", "p_less_trend"]
WORDS = ["pupil_id", "measure", "better", "provision_id", "provision", "verdict", "why", "sentence"]
COLUMNS = [*WORDS[:5], "first_on", "last_on", *EACH, *JUDGED, "left_out", *WORDS[5:]]
DAY = {"on": "datetime64[us]"}
POINTS = ["pupil_id", "measure", "on", "phase", "value"]


def single_case(records: Mapping[str, DataFrame], roll: DataFrame, term: Term, as_of: date) -> dict[str, DataFrame]:
    """`short_measures`: every number of pupils on the `roll` up to a day, in the order of days (`pupil_id measure on phase
    value`). `single_case`: a row a pupil and measure.

    In `single_case`, for each phase `n_…`, `median_…`, `mean_…` and `trend_…` (Theil-Sen slope a week, from three numbers on), in
    the units of the measure. Of before and during, where there are enough numbers: `nap` (0 to 1) with its 95 % interval, `tau`,
    `tau_u`, the exact `p`; `tau_less_trend` and `p_less_trend` are of the numbers less what the trend before would bring. These
    are turned so that more is better. `verdict` is clearly better or worse where p is .05 or less, and stays so less a trend that
    already went that way; else cannot tell, no evidence of a change, or too few to say. `left_out` counts rows without a day, a
    number or a phase that is understood; `why` says what keeps it from being judged. Of numbers that merely went on rising, by a
    third of their spread each time, p alone calls 70 to 100 in 100 a change (eight and more numbers), and both together 30."""
    rows = _rows(records, roll, term, as_of)
    known = rows["phase"].isin(PHASES) & rows["on"].notna() & rows["value"].notna()
    names = _names(recorded(records, "provisions", term))
    found = [_case(mine, known, names) for _, mine in rows.groupby(["pupil_id", "measure"])]
    cases = DataFrame(found, columns=COLUMNS)
    counts = {name: "int64" for name in COLUMNS if name.startswith("n_") or name == "left_out"}
    sums = {name: "float64" for name in [*EACH, *JUDGED] if name not in counts}
    cases = cases.astype({**dict.fromkeys(WORDS, "str"), **dict.fromkeys(["first_on", "last_on"], DAY["on"]), **sums, **counts})
    points = rows.loc[known, POINTS].reset_index(drop=True).astype({**dict.fromkeys(["measure", "phase"], "str"), **DAY})
    return {"short_measures": points, "single_case": cases}


def _rows(records: Mapping[str, DataFrame], roll: DataFrame, term: Term, as_of: date) -> DataFrame:
    """What was measured up to a day, in order; a measure is called as it was first written."""
    rows = recorded(records, "short_measures", term).dropna(subset=["pupil_id", "measure"])
    on_roll = among(rows["pupil_id"], roll["pupil_id"])
    rows = rows[on_roll & ~rows["on"].gt(pd.Timestamp(as_of))].sort_values("on", kind="stable")
    plain = rows["measure"].str.casefold()
    first = rows["measure"].groupby([rows["pupil_id"], plain]).transform("first").astype("str")
    folded = {name: rows[name].str.casefold() for name in ("phase", "better")}
    return rows.assign(measure=first, **folded).sort_values(["pupil_id", "measure"], kind="stable")


def _names(provisions: DataFrame) -> Series:
    return provisions.drop_duplicates("provision_id", keep="last").set_index("provision_id")["name"]


def _case(rows: DataFrame, known: Series, names: Series) -> dict[str, Any]:
    """The row of the pupil and measure of some rows."""
    mine = rows[known.reindex(rows.index)]
    phases = {phase: mine[mine["phase"].eq(phase)] for phase in PHASES}
    better = rows["better"].dropna().unique()
    provision = rows["provision_id"].dropna().iloc[-1:].to_list()
    given = [(one, names.get(one, one)) for one in provision] or [(None, None)]
    why = _why_not(phases, [each for each in better if each in ("higher", "lower")])
    told = {**rows[["pupil_id", "measure"]].iloc[0], "better": better[0] if len(better) == 1 else None, "why": why}
    told |= {"provision_id": given[0][0], "provision": given[0][1], "left_out": len(rows) - len(mine)}
    told |= {"first_on": mine["on"].min(), "last_on": mine["on"].max(), **_described(phases)}
    told |= dict.fromkeys(JUDGED, np.nan) if why else _judged(phases, 1 if told["better"] == "higher" else -1)
    told["verdict"] = TOO_FEW if why else _verdict(told)
    return told | {"sentence": _sentence(told)}


def _why_not(phases: Mapping[str, DataFrame], better: list[str]) -> str | None:
    """What keeps the numbers from being judged."""
    if len(better) != 1:
        return "It is not recorded, or not clear, whether more or less of it is better."
    if any(len(phases[phase]) < least for phase, least in LEAST.items()):
        return f"At least {LEAST[BEFORE]} numbers before and {LEAST[DURING]} during are needed."
    if phases[BEFORE]["on"].max() >= phases[DURING]["on"].min():
        return "Some days noted as before come after the first day noted as during: correct the phases."
    return None


def _described(phases: Mapping[str, DataFrame]) -> dict[str, float]:
    """How many numbers, their level and their trend in each phase."""
    found: dict[str, float] = {}
    for phase, rows in phases.items():
        found |= {f"n_{phase}": len(rows), f"median_{phase}": rows["value"].median(), f"mean_{phase}": rows["value"].mean()}
        found[f"trend_{phase}"] = overlap.trend(_days(rows), _numbers(rows))
    return found


def _judged(phases: Mapping[str, DataFrame], sign: int) -> dict[str, float]:
    """Every number before beside every number during."""
    before, during = (sign * _numbers(phases[phase]) for phase in LEAST)
    share = overlap.nap(before, during)
    low, high = overlap.nap_interval(share, len(before), len(during))
    bare = overlap.less_trend([_days(phases[phase]) for phase in LEAST], [before, during])
    return {
        "nap": share,
        "nap_low": low,
        "nap_high": high,
        "tau": overlap.tau(before, during),
        "tau_u": overlap.tau_u(before, during),
        "tau_less_trend": overlap.tau(*bare),
        "p": overlap.chance_alone(before, during),
        "p_less_trend": overlap.chance_alone(*bare),
    }


def _verdict(told: Mapping[str, Any]) -> str:
    if told["p"] > SURE:
        return NO_CHANGE
    up = told["tau"] > 0
    sign = 1 if told["better"] == "higher" else -1
    with_it = sign * told["trend_before"] > 0 if up else sign * told["trend_before"] < 0
    stays = told["p_less_trend"] <= SURE and (told["tau_less_trend"] > 0) == up
    return (BETTER if up else WORSE) if stays or not with_it else ON_ITS_WAY


def _numbers(rows: DataFrame) -> Numbers:
    return np.asarray(rows["value"], dtype=np.float64)


def _days(rows: DataFrame) -> Numbers:
    """Days since a day that all have in common."""
    return np.asarray((rows["on"] - pd.Timestamp(2000, 1, 1)).dt.days, dtype=np.float64)


def _sentence(told: Mapping[str, Any]) -> str:
    """What it shows, and what not."""
    levels = [(phase, told[f"n_{phase}"], told[f"median_{phase}"]) for phase in PHASES]
    parts = [f"{n} {phase} (middle {round(middle, 1):g})" for phase, n, middle in levels if n]
    taken = f"{told['measure']}: {', '.join(parts) or 'no number that can be used'}."
    if told["why"]:
        return f"{taken} Not judged: {told['why'][:1].lower()}{told['why'][1:]}"
    pairs = told["n_before"] * told["n_during"]
    share = f"Of {pairs} pairs of one before and one during, {told['nap'] * pairs:g} are better during, a tie counted half"
    return f"{taken} {share}: {_in_words(told)} {ONE_PUPIL}"


def _in_words(told: Mapping[str, Any]) -> str:
    verdict, side = told["verdict"], "better" if told["tau"] > 0 else "worse"
    if verdict == ON_ITS_WAY:
        return f"{side} than before, but they were getting {side} before it began. Cannot tell what would have come of itself."
    return f"{verdict}." if verdict == NO_CHANGE else f"{verdict} than before."
