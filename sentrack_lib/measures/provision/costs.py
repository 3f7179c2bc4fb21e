"""What the provisions of a term cost: planned, to date and projected."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from pandas import DataFrame, Index, Series

from sentrack_lib.measures.provision import sessions
from sentrack_lib.measures.provision.rates import hour_costs
from sentrack_lib.measures.provision.running import ID, Kept, of_each
from sentrack_lib.measures.provision.sessions import Days
from sentrack_lib.measures.taking_part import Calendar
from sentrack_lib.terms import Term

PLANNED, TO_DATE, PROJECTED = FIGURES = ("cost_planned", "cost_to_date", "cost_projected")
BY_ADULTS, BY_OWN, BY_BOTH, BY_TOTAL = "adults' rates", "own hourly cost", "adults' rates and own hourly cost", "total"
NO_SESSIONS = "How many sessions are planned is not recorded."
NO_MINUTES = "How many minutes a session takes is not recorded."
NO_RATE = "What an hour of the adults who are timetabled for it costs is not known on each of its days."
NO_OWN_RATE = "Its own cost of an hour is not known on each of its days."
NO_COST = "Neither an adult timetabled for it, nor a cost of an hour, nor a total cost is recorded."


@dataclass(frozen=True)
class Costs:
    """What provisions cost, line by line and in all."""

    lines: DataFrame
    """A row a provision, figure (`cost_planned`, `cost_to_date`, `cost_projected`) and day: `provision_id` `figure` `day`
    `pounds` (not rounded), `resources` (whether it is for resources rather than for sessions)."""
    totals: DataFrame
    """By provision: the three figures in pounds and whole pennies, missing where not known; `costed_by`, `why` a figure is not
    known, `cost_hour` (pounds, on the day up to which costs are counted, within the days of the provision), `sessions_due` and
    `sessions_given` (of all groups; given is missing where no single session is recorded)."""


def costs(runs: DataFrame, kept: Kept, adults: DataFrame, term: Term, calendar: Calendar | None, as_of: date) -> Costs:
    """What each provision of `runs` (from `running`) costs.

    An hour of a group costs what its adults cost, else its own rate (`rates.hour_costs`), looked up day by day. Each figure is
    sessions x minutes / 60 x the cost of the hour, over all groups, and the resources:
    - planned: all planned sessions, at the cost of the hour that held on the first day;
    - to date: the sessions given up to `as_of`, each at the cost of its day. Given are the single sessions recorded of the
      provision, with their own minutes where these are recorded; where none is recorded, those due by then. Resources count
      once the provision has begun;
    - projected: to date, and what remains of the planned sessions after `as_of` (`sessions.remaining`), each at the cost of its
      day, so a rise of pay that is recorded already counts.
    Where this cannot be told for a planned session, a total cost that is recorded counts instead, resources included: it is
    planned and projected whole, for it is owed whether or not a session is missed, and to date as far as its sessions (its
    school days, where no number is planned) are due. Else a figure is not known, with `why`. methods.md section 7 (Cost)."""
    days = sessions.school_days(runs, calendar)
    planned = sessions.planned_days(runs, runs["sessions"], days)
    given = sessions.given_days(kept["provision_sessions"], runs, term, calendar)
    now = sessions.no_later(runs["last"], pd.Timestamp(as_of)).where(lambda day: day > runs["first"], runs["first"])
    asked = [planned, given, *(DataFrame({ID: runs.index, "day": day.to_numpy()}) for day in (runs["first"], now))]
    pairs = pd.concat([each[[ID, "day"]].astype({"day": "datetime64[s]"}) for each in asked])
    hours = hour_costs(pairs, runs, kept, adults, calendar)
    hours = hours.assign(hour=hours["by_adults"].fillna(hours["own"]))
    whole = runs["total_cost"].notna() & ~_hourly(runs, hours)
    lines = _lines(runs[~whole], planned, given, hours, as_of)
    lines = pd.concat([lines, _spread(runs[whole], days, as_of)], ignore_index=True)
    due = sessions.due(runs["sessions"], runs["first"], runs["last"], pd.Timestamp(as_of), days) * runs["groups"]
    done = _so_far(given, as_of).groupby(ID)["number"].sum().reindex(runs.index)
    done = done.mask(runs.index.isin(given[ID]) & done.isna(), 0)
    totals = _totals(runs, lines, whole, given, as_of).assign(sessions_due=due, sessions_given=done)
    return Costs(lines, totals.join(_how(runs, hours, whole, totals)).assign(cost_hour=_hour_now(runs, hours, now, whole)))


def basis(runs: DataFrame, days: Days) -> Series:
    """The sessions of a group over which what is paid in one sum is spread: those planned, else a session a school day."""
    return runs["sessions"].where(runs["sessions"].gt(0)).fillna(sessions.length(runs["first"], runs["last"], days))


def in_pennies(pounds: DataFrame) -> DataFrame:
    """Pounds in whole pennies, half a penny up; what cannot be told apart from half a penny is half a penny."""
    return ((pounds * 100).round(6) + 0.5) // 1 / 100


def _hourly(runs: DataFrame, hours: DataFrame) -> Series:
    """Whether every planned session can be costed by the hour."""
    unknown = Series(runs.index.isin(hours.loc[hours["hour"].isna(), ID]), runs.index)
    return ~unknown & runs["sessions"].notna() & runs["minutes"].notna()


def _lines(runs: DataFrame, planned: DataFrame, given: DataFrame, hours: DataFrame, as_of: date) -> DataFrame:
    """The lines of provisions that are costed by the hour."""
    planned, given = (rows[rows[ID].isin(runs.index)] for rows in (planned, given))
    all_groups = planned.assign(number=of_each(planned[ID], runs["groups"]))
    done = [_so_far(given, as_of), _so_far(all_groups[~planned[ID].isin(given[ID])], as_of)]
    to_date = pd.concat(done, ignore_index=True).reindex(columns=[ID, "day", "number", "minutes"])
    later = sessions.remaining(planned, runs, to_date.groupby(ID)["number"].sum().reindex(runs.index, fill_value=0), as_of)
    hour = hours.set_index([ID, "day"])["hour"]
    at_first = hour.reindex(pd.MultiIndex.from_arrays([runs.index, runs["first"]]))
    at_first = Series(at_first.to_numpy(), runs.index)
    lines = []
    for figure, rows in [(PLANNED, all_groups), (TO_DATE, to_date), (PROJECTED, pd.concat([to_date, later]))]:
        minutes = rows.reindex(columns=["minutes"])["minutes"].astype("float64").fillna(of_each(rows[ID], runs["minutes"]))
        by_day = Series(hour.reindex(pd.MultiIndex.from_frame(rows[[ID, "day"]])).to_numpy(), rows.index)
        cost = of_each(rows[ID], at_first) if figure == PLANNED else by_day
        lines.append(_line(rows[ID], figure, rows["day"], rows["number"] * minutes / 60 * cost))
    return pd.concat([*lines, *_resources(runs, as_of)], ignore_index=True)


def _resources(runs: DataFrame, as_of: date) -> list[DataFrame]:
    """The lines of resources: whole from the start, to date once the provision has begun."""
    bought = runs[runs["resources_cost"].gt(0)]
    begun = bought[bought["first"].le(pd.Timestamp(as_of))]
    each = {PLANNED: bought, TO_DATE: begun, PROJECTED: bought}
    return [_line(rows.index, figure, rows["first"], rows["resources_cost"], True) for figure, rows in each.items()]


def _spread(runs: DataFrame, days: Days, as_of: date) -> DataFrame:
    """The lines of provisions of which one sum is known."""
    each = sessions.planned_days(runs, basis(runs, days), days)
    pounds = of_each(each[ID], runs["total_cost"] / basis(runs, days))
    lines = [_line(each[ID], figure, each["day"], pounds) for figure in FIGURES]
    lines[1] = _so_far(lines[1], as_of)
    return pd.concat(lines, ignore_index=True)


def _line(provision: "Series | Index", figure: str, day: Series, pounds: Series, resources: bool = False) -> DataFrame:
    columns = {ID: provision.to_numpy(), "figure": figure, "day": day.to_numpy(), "pounds": pounds.to_numpy()}
    return DataFrame(columns).assign(resources=resources).astype({"day": "datetime64[s]", "pounds": "float64"})


def _so_far(rows: DataFrame, as_of: date) -> DataFrame:
    return rows[rows["day"] <= pd.Timestamp(as_of)]


def _totals(runs: DataFrame, lines: DataFrame, whole: Series, given: DataFrame, as_of: date) -> DataFrame:
    """The figures by provision; missing where a line is not known, or where it is not known how many lines there are."""
    sums = lines.groupby([ID, "figure"])["pounds"].sum(skipna=False).unstack("figure")
    totals = sums.reindex(index=runs.index, columns=list(FIGURES))
    there = lines.groupby([ID, "figure"]).size().unstack("figure").reindex_like(totals).notna()
    totals = in_pennies(totals.where(there, 0.0).astype("float64"))
    open_ended = runs["sessions"].isna() & ~whole
    counted = runs.index.isin(given[ID]) | runs["first"].gt(pd.Timestamp(as_of))
    hidden = {PLANNED: open_ended, TO_DATE: open_ended & ~counted, PROJECTED: open_ended}
    return totals.assign(**{figure: totals[figure].mask(where) for figure, where in hidden.items()})


def _how(runs: DataFrame, hours: DataFrame, whole: Series, totals: DataFrame) -> DataFrame:
    """By provision, how it is costed and why a figure is not known."""
    of = hours.assign(adults=hours["by_adults"].notna(), known=hours["hour"].notna()).groupby(ID)
    told = of.agg(every=("adults", "all"), some=("adults", "any"), known=("known", "all"), timetabled=("timetabled", "any"))
    told = told.reindex(runs.index, fill_value=False).astype("bool")
    told_by = np.select([whole, ~told["known"], told["every"], told["some"]], [BY_TOTAL, "", BY_ADULTS, BY_BOTH], BY_OWN)
    own = runs["hourly_cost"].notna() | of["own"].count().reindex(runs.index).gt(0)
    why_not = np.select([told["timetabled"], own], [NO_RATE, NO_OWN_RATE], NO_COST)
    reasons = DataFrame(
        {
            "hour": Series(why_not, runs.index, dtype="str").where(~told["known"], ""),
            "sessions": np.where(runs["sessions"].isna(), NO_SESSIONS, ""),
            "minutes": np.where(runs["minutes"].isna(), NO_MINUTES, ""),
        }
    )
    unknown = totals[list(FIGURES)].isna().any(axis=1)
    why = Series([" ".join(filter(None, each)) for each in reasons.to_numpy()], runs.index, dtype="str").where(unknown, "")
    return DataFrame({"costed_by": Series(told_by, runs.index, dtype="str"), "why": why})


def _hour_now(runs: DataFrame, hours: DataFrame, now: Series, whole: Series) -> Series:
    """What an hour costs on the day; of one sum, its part of an hour of the sessions planned."""
    each = hours.set_index([ID, "day"])["hour"].reindex(pd.MultiIndex.from_arrays([runs.index, now])).to_numpy()
    of_sum = runs["total_cost"] / (runs["sessions"] * runs["groups"] * runs["minutes"] / 60).where(lambda hour: hour.gt(0))
    return Series(each, runs.index, dtype="float64").where(~whole, of_sum)
