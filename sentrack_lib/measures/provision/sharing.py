"""Which pupil bears how much of what a provision costs: one adult's hour shared over a group, to the penny."""

from datetime import date

import pandas as pd
from pandas import DataFrame, Series

from sentrack_lib.errors import WrongUse
from sentrack_lib.measures.provision import sessions
from sentrack_lib.measures.provision.costs import FIGURES, TO_DATE, Costs, basis
from sentrack_lib.measures.provision.running import ID, of_each
from sentrack_lib.measures.provision.sessions import Days

BY_PLANNED, BY_PLACES, BY_ATTENDED = "planned sessions", "places", "attended sessions"
RULES: dict[str, str] = {
    BY_PLANNED: (
        "Each pupil bears a part of the cost in proportion to the sessions planned for this pupil, to date to those due by "
        "then, so a pupil who takes part for half of the time bears half as much as the others; nothing is left over."
    ),
    BY_PLACES: (
        "Each place of a group bears the same, for each session; a pupil bears the place they take for the sessions planned for "
        "them, to date for those due by then, and what empty places cost is used by no pupil."
    ),
    BY_ATTENDED: (
        "Each pupil bears a part of the cost in proportion to the sessions they attended; of a pupil of whom this is not known, "
        "the sessions due count as attended, and where it is known of nobody, or nobody came, planned sessions count."
    ),
}
"""The ways to share what a provision costs, each in words; the first is the usual one."""


def own_sessions(stays: DataFrame, runs: DataFrame, days: Days, as_of: date) -> DataFrame:
    """The stays with the sessions of each that are `planned` and `due` by a day.

    They are the pupil's own number, spread over the days of the stay; where the pupil has none, those sessions of the group that
    fall in the stay. Where no number is planned for the group either, each school day counts as a session."""
    of = runs.loc[stays[ID]]
    number, first, last = (Series(each.to_numpy(), stays.index) for each in (basis(of, days), of["first"], of["last"]))
    today = pd.Timestamp(as_of)
    missed = sessions.due(number, first, last, stays["begins"] - pd.Timedelta(days=1), days)
    planned = sessions.due(number, first, last, stays["ends"], days) - missed
    until = sessions.due(number, first, last, sessions.no_later(stays["ends"], today), days) - missed
    own = (stays["sessions_planned"] + 0.5) // 1
    own_due = sessions.due(own, stays["begins"], stays["ends"], today, days)
    return stays.assign(planned=own.fillna(planned), due=own_due.fillna(until.clip(lower=0)))


def shares(people: DataFrame, runs: DataFrame, costs: Costs, days: Days, as_of: date, shared_by: str) -> DataFrame:
    """What each pupil bears of each provision: `provision_id` `pupil_id` and the three figures of `costs.FIGURES` in pounds.

    `people` has a row a pupil and provision: `provision_id` `pupil_id` `planned` `due` `attended` (sessions). A row without
    `pupil_id` holds what no pupil bears: what empty places cost, or all of it where nobody takes part. The rows of a provision
    add up to its total to the penny: all are rounded down, and the pennies left go to those who lost most by it. Resources are
    shared as for the whole time. A figure that is not known is missing in each row. `RULES` says each `shared_by` in words; an
    unknown one is `WrongUse`."""
    if shared_by not in RULES:
        raise WrongUse(f'"{shared_by}" is no way to share costs. Write one of: {", ".join(RULES)}.')
    rows = _weights(people, runs, days, as_of, shared_by)
    sums = (costs.lines.groupby([ID, "figure", "resources"])["pounds"].sum(skipna=False)).unstack(["figure", "resources"])
    for figure in FIGURES:
        part = rows["so_far" if figure == TO_DATE else "whole"]
        of_time, of_resources = (_of(sums, (figure, resources), rows[ID]) for resources in (False, True))
        exact = part * of_time + rows["whole"] * of_resources
        rows[figure] = whole_pennies(exact, rows[ID], costs.totals[figure])
    return rows[[ID, "pupil_id", *FIGURES]]


def whole_pennies(exact: Series, by: Series, totals: Series) -> Series:
    """Parts in pounds, rounded to pennies so that those of each `by` add up to its total: by the largest remainder."""
    parts = (exact * 100).round(6)
    down = parts // 1
    short = (totals * 100).round() - down.groupby(by).sum(skipna=False).reindex(totals.index)
    rank = (parts - down).groupby(by).rank(method="first", ascending=False)
    return ((down + rank.le(of_each(by, short))) / 100).where(of_each(by, totals).notna())


def _of(sums: DataFrame, column: tuple[str, bool], provision: Series) -> Series:
    return of_each(provision, sums[column]).fillna(0.0) if column in sums else Series(0.0, provision.index)


def _weights(people: DataFrame, runs: DataFrame, days: Days, as_of: date, shared_by: str) -> DataFrame:
    """A row a pupil and provision, and one without a pupil for each: the part borne of the `whole` and of what is `so_far`."""
    rows = people[[ID, "pupil_id"]].assign(whole=people["planned"], so_far=people["due"])
    if shared_by == BY_ATTENDED:
        of = people["attended"].groupby(people[ID])
        told = of.transform("count").gt(0) & of.transform("sum").gt(0)
        came = people["attended"].fillna(people["due"])
        rows = rows.assign(whole=rows["whole"].where(~told, came), so_far=rows["so_far"].where(~told, came))
    nobody = DataFrame({"whole": 0.0, "so_far": 0.0}, runs.index)
    if shared_by == BY_PLACES:
        nobody = _empty_places(rows, runs, days, as_of)
    rows = pd.concat([rows, nobody.rename_axis(ID).reset_index()], ignore_index=True).astype(
        {"whole": "float64", "so_far": "float64"}
    )
    whole = _part(rows["whole"], rows[ID], rows["pupil_id"].isna().astype("float64"))
    return rows.assign(whole=whole, so_far=_part(rows["so_far"], rows[ID], whole))


def _part(sessions_of: Series, provision: Series, otherwise: Series) -> Series:
    """Each row's part of the sessions of its provision, and `otherwise` where there are none."""
    every = sessions_of.groupby(provision).transform("sum")
    return (sessions_of / every.where(every > 0)).fillna(otherwise)


def _empty_places(rows: DataFrame, runs: DataFrame, days: Days, as_of: date) -> DataFrame:
    """Sessions of places that no pupil takes, by provision; none where a group has no size."""
    sums = rows.groupby(ID)[["whole", "so_far"]].sum().reindex(runs.index, fill_value=0.0)
    places = runs["group_size"].fillna(0) * runs["groups"]
    whole = basis(runs, days)
    each = {"whole": whole, "so_far": sessions.due(whole, runs["first"], runs["last"], pd.Timestamp(as_of), days)}
    return DataFrame({name: (places * of - sums[name]).clip(lower=0) for name, of in each.items()})
