"""The provision map of a term: a row a provision, a row a pupil in it, and all the tables that rest on them."""

from collections.abc import Mapping
from datetime import date

from pandas import DataFrame

from sentrack_lib.measures.provision import sessions
from sentrack_lib.measures.provision.breakdown import costs_by
from sentrack_lib.measures.provision.costs import FIGURES, PROJECTED, Costs, costs
from sentrack_lib.measures.provision.gaps import provision_gaps
from sentrack_lib.measures.provision.plans import separate_plans
from sentrack_lib.measures.provision.running import ASKED, ID, enrolled, of_each, running
from sentrack_lib.measures.provision.sharing import BY_PLANNED, own_sessions, shares
from sentrack_lib.measures.taking_part import Calendar, held
from sentrack_lib.terms import Term

MAP = [
    ID, "name", "area_of_need", "wave", "strategy", "intended_outcome", "subject", "staff", "group_size", "pupils", "groups",
    "sessions_planned", "sessions_due", "sessions_given", "minutes", "start", "end", "review_on", "funding", "chosen_by",
    "aligned_with", "monitored_how",
    "cost_hour", "resources_cost", *FIGURES, "cost_a_pupil", "unused", "costed_by", "why",
]  # fmt: skip
OF_PUPILS = [
    "pupil_id", ID, "name", "wave", "area_of_need", "start", "end", "sessions_planned", "sessions_due", "sessions_attended",
    "attended_share", "low", "baseline", "outcome", "rating", *FIGURES,
]  # fmt: skip


def provision_tables(
    records: Mapping[str, DataFrame],
    roll: DataFrame,
    adults: DataFrame,
    term: Term,
    calendar: Calendar | None,
    as_of: date,
    shared_by: str = BY_PLANNED,
) -> dict[str, DataFrame]:
    """`provision_map`, `pupil_provision`, `costs_by`, `separate_plans` and `provision_gaps` of a term (guidance, Appendix A).

    `roll` and `adults` are the term's tables of pupils and of adults; the `records` up to the term count, and their costs and
    sessions up to the day `as_of`. Any table, and any column of it, may be absent. `shared_by` is one of `sharing.RULES`, else
    `WrongUse`. Costs are in pounds, in whole pennies; how they come about is in `costs.costs`, how they are shared in
    `sharing.shares`. What is in each table is in `provision_map`, `pupil_provision`, `breakdown.costs_by`,
    `plans.separate_plans` and `gaps.provision_gaps`."""
    kept = held(records, term, ASKED)
    roll = roll.reindex(columns=["pupil_id", "year_group", "sen_status", "sen_need"]).astype("str")
    roll = roll.dropna(subset=["pupil_id"]).drop_duplicates("pupil_id", keep="last", ignore_index=True)
    runs = running(kept, term, calendar)
    days = sessions.school_days(runs, calendar)
    cost = costs(runs, kept, adults, term, calendar, as_of)
    stays = own_sessions(enrolled(kept, runs, calendar), runs, days, as_of)
    stays = stays.assign(attended=sessions.attended(kept["provision_sessions"], stays, as_of))
    people = _people(stays, runs)
    shared = shares(people, runs, cost, days, as_of, shared_by)
    here = provision_map(runs, cost, shared)
    own = pupil_provision(people, runs, shared, roll)
    return {
        "provision_map": here,
        "pupil_provision": own,
        "costs_by": costs_by(runs, cost, shared, roll),
        "separate_plans": separate_plans(own, runs, kept, roll, term, calendar, as_of),
        "provision_gaps": provision_gaps(here, runs, people, as_of),
    }


def provision_map(runs: DataFrame, cost: Costs, shared: DataFrame) -> DataFrame:
    """A row a provision that touches the term, by name: `MAP`.

    `pupils` = all who take part at any time, `groups` as in `running.running`. `sessions_planned` `sessions_due`
    `sessions_given` are of all groups together; given is missing where no single session is recorded. `start` `end` are as
    recorded. `cost_hour` `resources_cost` and the three figures in pounds; `cost_a_pupil` = projected by pupils; `unused` = what
    of the projected cost no pupil bears; `costed_by` and `why` (a figure is not known) in words, blank where there is nothing
    to say. methods.md section 7 (Cost)."""
    nobody = shared[shared["pupil_id"].isna()].set_index(ID)[PROJECTED]
    table = runs.drop(columns="sessions_planned").join(cost.totals).assign(unused=nobody)
    table = table.assign(
        sessions_planned=runs["sessions"] * runs["groups"],
        cost_a_pupil=(table[PROJECTED] / table["pupils"].where(table["pupils"].gt(0))).round(2),
    )
    return table.rename_axis(ID).reset_index().sort_values(["name", ID], ignore_index=True)[MAP]


def _people(stays: DataFrame, runs: DataFrame) -> DataFrame:
    """A row a pupil and provision: the stays of a pupil added up, from the first day of the first to the last of the last; the
    first baseline, the last outcome and rating."""
    stays = stays.sort_values("begins", kind="stable")
    known = stays["sessions_planned"].notna() | of_each(stays[ID], runs["sessions"]).notna()
    stays = stays.assign(sessions_planned=stays["planned"].where(known), sessions_due=stays["due"].where(known))
    of = stays.groupby([ID, "pupil_id"])
    amounts = of[["planned", "due", "sessions_planned", "sessions_due", "attended"]].sum(min_count=1)
    words = of.agg(baseline=("baseline", "first"), outcome=("outcome", "last"), rating=("rating", "last"))
    start, end = of.head(1).set_index([ID, "pupil_id"])["start"], of.tail(1).set_index([ID, "pupil_id"])["end"]
    return amounts.join([words, start, end]).reset_index()


def pupil_provision(people: DataFrame, runs: DataFrame, shared: DataFrame, roll: DataFrame) -> DataFrame:
    """A row a pupil on the roll and provision, by pupil: `OF_PUPILS`.

    `start` `end` as recorded for the pupil, else for the provision. `sessions_planned` and `sessions_due` of this pupil; missing
    where no number is planned; `sessions_attended` as listed, else counted; `attended_share` of those due; `low` under 60 % of
    at least 5 due. The three figures are the pupil's share, in pounds; with those of pupils who have left the roll and with
    what no pupil bears they add up to the provision's to the penny."""
    rows = people[people["pupil_id"].isin(roll["pupil_id"])].merge(shared, on=[ID, "pupil_id"])
    of = runs[["name", "wave", "area_of_need", "start", "end"]].rename(columns={"start": "from", "end": "to"})
    rows = rows.join(of, on=ID)
    share = rows["attended"] / rows["sessions_due"].where(rows["sessions_due"].gt(0))
    low = share.lt(sessions.LOW_SHARE) & rows["sessions_due"].ge(sessions.LOW_FROM)
    start, end = rows["start"].fillna(rows["from"]), rows["end"].fillna(rows["to"])
    rows = rows.assign(start=start, end=end, sessions_attended=rows["attended"], attended_share=share, low=low)
    return rows.sort_values(["pupil_id", "name", ID], ignore_index=True)[OF_PUPILS]
