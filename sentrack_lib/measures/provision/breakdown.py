"""What provision costs, by wave, need, status, year and funding: each way of looking adds up to the same total."""

import pandas as pd
from pandas import DataFrame, Index, Series

from sentrack_lib.measures.provision.costs import FIGURES, PROJECTED, Costs
from sentrack_lib.measures.provision.running import ID, of_each
from sentrack_lib.measures.provision.sharing import whole_pennies
from sentrack_lib.sources.codes import known_year_group, need_label, sen_group
from sentrack_lib.terms import Term

NOT_SHARED, NOT_ON_ROLL = "not shared to a pupil", "not on the roll"
NO_NEED, NOT_RECORDED = "no need recorded", "not recorded"
UNIVERSAL = "universal"
WAVES = {"1": UNIVERSAL, "2": "targeted", "3": "specialist"}
ORDER = ["wave", "type of need", "SEN status", "year group", "area of need", "funding", "school year"]
COLUMNS = ["by", "group", "pupils", *FIGURES, "cost_a_pupil", "not_known"]


def costs_by(runs: DataFrame, cost: Costs, shared: DataFrame, roll: DataFrame) -> DataFrame:
    """What the provisions of a term cost by `by`: wave, type of need, SEN status, year group, area of need, funding, school year.

    A row a `by` and `group`: `pupils` (who take part), the three figures in pounds, `cost_a_pupil` (projected), `not_known` (of
    how many provisions the projected cost is not known; they are in no sum, and a group without any known cost has a missing
    one). Wave, area of need, funding and school year are of the provision, with what no pupil bears; a provision that runs
    through two school years is split by the days of its sessions. Type of need (the first), SEN status and year group are of the
    pupil, with a row for what is not shared to a pupil and one for pupils who have left the roll. methods.md section 7 (Cost).
    """
    of_provision = {"wave": wave_of(runs["wave"]), "area of need": runs["area_of_need"], "funding": runs["funding"]}
    of_pupil = {
        "type of need": need_label(roll["sen_need"]).where(roll["sen_need"].str.strip().fillna("").ne(""), NO_NEED),
        "SEN status": sen_group(roll["sen_status"]),
        "year group": known_year_group(roll["year_group"]).fillna(NOT_RECORDED),
    }
    unknown = cost.totals.index[cost.totals[PROJECTED].isna()]
    parts = []
    for by, names in of_pupil.items():
        name = Series(names.to_numpy(), roll["pupil_id"])
        on_roll = shared["pupil_id"].map(name).where(shared["pupil_id"].notna(), NOT_SHARED)
        parts.append(shared.assign(by=by, group=on_roll.fillna(NOT_ON_ROLL)))
    for by, names in of_provision.items():
        parts.append(shared.assign(by=by, group=of_each(shared[ID], names).fillna(NOT_RECORDED)))
    parts.append(_by_school_year(runs, cost, shared).assign(by="school year"))
    return _added_up(pd.concat(parts, ignore_index=True), unknown)


def wave_of(waves: Series) -> Series:
    """Each wave in one word, however it was written: wave 1, 2 and 3 are universal, targeted and specialist."""
    words = waves.str.strip().str.casefold()
    return words.str.removeprefix("wave").str.strip().map(WAVES).fillna(words)


def _added_up(rows: DataFrame, unknown: Index) -> DataFrame:
    """Pupils and figures by `by`, in their `ORDER`, and `group`."""
    rows = rows.astype({"by": "str", "group": "str"})
    key = ["by", "group"]
    of = rows.groupby(key)
    table = of[list(FIGURES)].sum(min_count=1).round(2).assign(pupils=of["pupil_id"].nunique())
    hidden = rows[rows[ID].isin(unknown)].groupby(key)[ID].nunique().reindex(table.index, fill_value=0)
    each = (table[PROJECTED] / table["pupils"].where(table["pupils"].gt(0))).round(2)
    table = table.assign(not_known=hidden, cost_a_pupil=each).reset_index()
    return table.sort_values("by", key=lambda by: by.map(ORDER.index), kind="stable", ignore_index=True)[COLUMNS]


def _by_school_year(runs: DataFrame, cost: Costs, shared: DataFrame) -> DataFrame:
    """The figures of each provision by the school year of its days, to the penny, with its pupils in each; one whose cost has no
    day is in the year in which it begins."""
    lines = pd.concat([cost.lines[[ID, "figure", "day", "pounds"]], *_nothing(runs)], ignore_index=True)
    lines = lines.assign(group=_school_year(lines["day"]))
    sums = lines.groupby([ID, "group", "figure"])["pounds"].sum(skipna=False).unstack("figure")
    sums = sums.reindex(columns=list(FIGURES)).fillna(0.0).reset_index()
    sums = sums.assign(**{figure: whole_pennies(sums[figure], sums[ID], cost.totals[figure]) for figure in FIGURES})
    who = sums[[ID, "group"]].merge(shared[[ID, "pupil_id"]].dropna(), on=ID)
    return pd.concat([sums, who], ignore_index=True)


def _nothing(runs: DataFrame) -> list[DataFrame]:
    """A line of no cost on the first day of each provision, so that each has a school year."""
    return [DataFrame({ID: runs.index, "figure": name, "day": runs["first"].to_numpy(), "pounds": 0.0}) for name in FIGURES]


def _school_year(days: Series) -> Series:
    """The school year of each day, as `2025-26`; it begins on 1 September."""
    first = days.dt.year - days.dt.month.lt(9)
    return first.map({year: Term(int(year), 0).school_year for year in first.unique()}).astype("str")
