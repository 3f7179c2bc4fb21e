"""Which adults each pupil has beside them, for how long and where; and who leans on one adult or is mostly taught apart."""

import numpy as np
import pandas as pd
from pandas import DataFrame, Series

from sentrack_lib.measures.adults.timetable import (
    AT,
    IN_CLASS,
    NOT_SAID,
    ONE_TO_ONE,
    OUT_OF_CLASS,
    Timetable,
    in_force,
    universal,
)
from sentrack_lib.measures.adults.week import HOURS
from sentrack_lib.measures.spoken import amount, counted, hours, surely, told

HALF = 0.5
"""The share of a pupil's time with adults, out of class or from one of them, above which it is looked at (methods, 8)."""
FROM_ONE = 5.0
"""Hours a week from one adult under which nobody depends on them: a fifth of a taught week of 25 hours. Below it one adult who
gives all of it is what any programme is."""
OUTSIDE = (ONE_TO_ONE, OUT_OF_CLASS)
BESIDE = ["pupil_id", "lesson", "adult_id", "role", "place", "provision_id", "hours", "shared"]
COLUMNS = [
    "pupil_id", "hours_week", *HOURS.values(), "hours_shared", "without_hours", "adults", "main_adult", "share_one_adult",
    "share_outside", "dependent", "isolated", "sentence",
]  # fmt: skip


def beside_each(table: Timetable, roll: DataFrame) -> DataFrame:
    """A row a pupil on the roll and lesson in which an adult is with them: `pupil_id` lesson adult_id role place provision_id
    hours (a week) shared.

    An adult is a pupil's own who is put with them by name, or with a provision they are in; the hours of a provision with more
    pupils than its group are given to one group after the other, and each has its part of them. An adult who is put with a whole
    teaching group, or with a provision for everyone, is `shared`."""
    rows = table.week.drop(columns="pupil_id").assign(pupil_id=table.week["pupil_id"], shared=False)
    named, others = rows[rows["pupil_id"].notna()], rows[rows["pupil_id"].isna()].drop(columns="pupil_id")
    with_group = others["teaching_group"].notna() & (others["place"].eq(IN_CLASS) | others["provision_id"].isna())
    for_all = others["provision_id"].isin(universal(table.kept["provisions"]))
    with_some = others[~with_group].merge(_members(table, roll), on="provision_id")
    with_some = with_some.assign(hours=with_some["hours"] / with_some["groups"])
    apart = with_some["provision_id"].isin(universal(table.kept["provisions"]))
    whole = _taught(others[with_group | (for_all & others["teaching_group"].notna())], table.teaching_groups)
    every = pd.concat([named, with_some[~apart], with_some[apart].assign(shared=True), whole.assign(shared=True)])
    known = every[every["pupil_id"].isin(roll["pupil_id"].astype("str"))]
    # Who is named has the adult to themselves, whatever else is said of the lesson.
    return known.drop_duplicates(["pupil_id", "lesson"], ignore_index=True)[BESIDE]


def _members(table: Timetable, roll: DataFrame) -> DataFrame:
    """Who is in which provision on the day, and in how many groups the provision is given."""
    pairs = in_force(table, "provision_pupils", table.on)[["provision_id", "pupil_id"]].drop_duplicates()
    pairs = pairs[pairs["pupil_id"].isin(roll["pupil_id"].astype("str"))]
    size = table.kept["provisions"].set_index("provision_id")["group_size"]
    pupils = pairs.groupby("provision_id")["pupil_id"].transform("size")
    held_by = pairs["provision_id"].map(size).astype("float64")
    return pairs.assign(groups=np.ceil(pupils / held_by.where(held_by.ge(1))).fillna(1.0))


def _taught(rows: DataFrame, groups: DataFrame) -> DataFrame:
    """The rows put with a teaching group, for each of its pupils; of groups of one name that of the subject."""
    pairs = groups.dropna(subset=["pupil_id", "teaching_group"]).rename(columns={"subject": "taught"})
    found = rows.merge(pairs, on="teaching_group")
    several = found.groupby("teaching_group")["taught"].transform("nunique").gt(1)
    return found[~several | found["subject"].isna() | found["taught"].eq(found["subject"])].drop(columns="taught")


def pupil_adults(table: Timetable, beside: DataFrame) -> DataFrame:
    """A row a pupil with adults beside them: `hours_week` of adults of their own, and by place; `hours_shared` with the whole of
    their teaching groups, which is counted apart; `without_hours` (lessons whose hours are not known), `adults` of their own,
    `main_adult` (the id of the one with the largest share), `share_one_adult`, `share_outside` (one to one or out of class, of
    the hours whose place is said), `dependent` (above half from one adult, who gives five hours or more), `isolated` (above half
    outside), `sentence`.

    What cannot be told because hours or places are missing is missing. It describes the timetable, not the adults. `beside` is
    from `beside_each`. Statements 16, 20 and 43; methods, 8."""
    own = beside[~beside["shared"]]
    pupils = pd.Index(sorted(beside["pupil_id"].unique()), dtype="str", name="pupil_id")
    by = own.pivot_table(index="pupil_id", columns="place", values="hours", aggfunc="sum")
    by = by.reindex(index=pupils, columns=list(HOURS)).fillna(0.0).astype("float64").rename(columns=HOURS)
    shared = beside[beside["shared"]].groupby("pupil_id")["hours"].sum()
    missing = own["hours"].isna().groupby(own["pupil_id"]).sum()
    rows = by.assign(
        hours_week=by.sum(axis=1),
        hours_shared=shared.reindex(pupils).fillna(0.0).astype("float64"),
        without_hours=missing.reindex(pupils).fillna(0).astype("int64"),
        adults=own.groupby("pupil_id")["adult_id"].nunique().reindex(pupils).fillna(0).astype("int64"),
    )
    rows = _outside(rows.join(_main(own))).reset_index()
    called = table.adults.set_index("adult_id")["called"]
    rows["sentence"] = Series([_sentence(row, called) for row in rows.to_dict("records")], rows.index, dtype="str")
    return rows.astype({"main_adult": "str"})[COLUMNS]


def _main(own: DataFrame) -> DataFrame:
    """The adult of the most hours of each pupil, and these hours."""
    each = own.groupby(["pupil_id", "adult_id"], as_index=False)["hours"].sum()
    each = each[each["hours"].gt(0)].sort_values(["hours", "adult_id"], ascending=[False, True])
    return each.drop_duplicates("pupil_id").set_index("pupil_id").set_axis(["main_adult", "most"], axis=1)


def _outside(rows: DataFrame) -> DataFrame:
    """Shares of one adult and outside the class, and whether they are more than half."""
    known, whole = rows["without_hours"].eq(0), rows["hours_week"].where(rows["hours_week"].gt(0))
    outside = rows[[HOURS[place] for place in OUTSIDE]].sum(axis=1)
    said = rows["hours_week"] - rows[HOURS[NOT_SAID]]
    least, most = outside / whole, (outside + rows[HOURS[NOT_SAID]]) / whole
    one = rows["most"] / whole
    isolated = least.gt(HALF).astype("boolean").mask(~known | whole.isna() | (least.le(HALF) & most.gt(HALF)))
    dependent = (one.gt(HALF) & rows["most"].ge(FROM_ONE)).astype("boolean").mask(~known | whole.isna())
    shares = {"share_one_adult": one.where(known), "share_outside": (outside / said.where(said.gt(0))).where(known)}
    return rows.assign(**shares, dependent=dependent, isolated=isolated)


def _sentence(row: dict, called: Series) -> str:
    """What a pupil's week with adults comes to."""
    shared = f"{hours(row['hours_shared'])} with the whole of a teaching group." if row["hours_shared"] > 0 else ""
    lacks = f"{counted(row['without_hours'], 'lesson')} without hours: shares are not known." if row["without_hours"] else ""
    if not row["adults"]:
        return told("No adult is put with this pupil alone.", shared.capitalize())
    by = ", ".join(f"{amount(row[column])} {AT[place]}" for place, column in HOURS.items() if row[column] > 0)
    first = f"{hours(row['hours_week'])} a week from {counted(row['adults'], 'adult')}{': ' * bool(by)}{by}."
    one = f"{_share(row['share_one_adult'])} from {called.get(row['main_adult'], '')}." if surely(row["dependent"]) else ""
    apart = f"{_share(row['share_outside'])} of it outside the class." if surely(row["isolated"]) else ""
    return told(first.capitalize(), lacks, one, apart, f"Beside it {shared}" if shared else "")


def _share(value: float) -> str:
    return f"{value:.0%}".replace("%", " %")
