"""Which provisions run in a term, on which days, for how many groups, and who takes part from when to when."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from pandas import DataFrame, Series

from sentrack_lib.measures.taking_part import Calendar, between
from sentrack_lib.terms import Term

ASKED = {
    "provisions": [
        "term", "provision_id", "name", "area_of_need", "wave", "strategy", "intended_outcome", "subject", "staff", "group_size",
        "sessions_planned", "minutes", "start", "end", "review_on", "funding", "hourly_cost", "resources_cost", "total_cost",
        "chosen_by", "aligned_with", "monitored_how",
    ],
    "provision_pupils": [
        "term", "provision_id", "pupil_id", "start", "end", "sessions_planned", "sessions_attended", "baseline", "outcome",
        "rating",
    ],
    "provision_sessions": ["term", "provision_id", "pupil_id", "on", "attended", "minutes"],
    "deployments": [
        "term", "adult_id", "role", "pupil_id", "teaching_group", "provision_id", "day", "starts", "hours", "start", "end",
    ],
    "pay_rates": ["term", "adult_id", "role", "start", "hourly_cost"],
    "entitlements": ["term", "entitlement_id", "pupil_id", "source", "hours_week", "start", "end"],
    "targets": ["term", "target_id", "pupil_id", "kind", "by"],
    "target_reviews": ["term", "target_id", "on", "result", "outcome"],
}  # fmt: skip
"""What the provision map asks of the records; any of it may be absent."""
ID = "provision_id"
Kept = Mapping[str, DataFrame]


def running(kept: Kept, term: Term, calendar: Calendar | None = None) -> DataFrame:
    """The provisions that touch a term, a row each with the provision as its index: all that is recorded of it and `listed`,
    `first` and `last` (the days it runs), `pupils` (who take part at any time), `groups`, `sessions` (of each group).

    Of a provision recorded again the newest row holds. A missing first or last day is that of the term, and so is a last day
    before the first, which cannot be right. A provision that only the list of its pupils names is there with its id as its
    name. Without days a provision belongs to the term of its row, and to a term in which pupils take part in it.
    `groups` = the most pupils at one time, by the size of a group, rounded up: a pupil who takes the place of one who leaves
    makes no new group; one where the size is not known. `sessions` = those planned for each group, else the most that are
    planned for one of its pupils, in whole sessions; missing where neither is recorded. `kept` is from `held` with `ASKED`."""
    rows = kept["provisions"].dropna(subset=[ID]).drop_duplicates(ID, keep="last").set_index(ID).assign(listed=True)
    first, last = term.dates(calendar)
    pupils = _believed(kept["provision_pupils"].dropna(subset=[ID, "pupil_id"]))
    named = pupils.loc[between(pupils, first, last, pupils["term"].eq(str(term))), ID].drop_duplicates()
    rows = rows.reindex(rows.index.union(named, sort=False))
    rows = rows.assign(listed=rows["listed"].eq(True), name=rows["name"].fillna(rows.index.to_series()).astype("str"))
    days = _believed(rows)[["term", "start", "end"]]
    recorded = days["term"].eq(str(term)) | (days[["start", "end"]].isna().all(axis=1) & rows.index.isin(named))
    days = days[between(days, first, last, recorded.astype("bool"))]
    whole = {"first": days["start"].fillna(pd.Timestamp(first)), "last": days["end"].fillna(pd.Timestamp(last))}
    return _for_how_many(rows.loc[days.index].assign(**whole), kept, calendar)


def _for_how_many(runs: DataFrame, kept: Kept, calendar: Calendar | None) -> DataFrame:
    """The runs with `pupils`, `groups` and `sessions`."""
    rows = enrolled(kept, runs, calendar)
    pupils = rows.groupby(ID)["pupil_id"].nunique().reindex(runs.index, fill_value=0)
    most = np.minimum(_most_at_once(rows).reindex(runs.index, fill_value=0), pupils)
    size = runs["group_size"].where(runs["group_size"].gt(0))
    groups = np.ceil(most / size).fillna(1).clip(lower=1).astype("int64")
    own = rows.groupby(ID)["sessions_planned"].max().reindex(runs.index)
    sessions = np.floor(runs["sessions_planned"].fillna(own) + 0.5)
    return runs.assign(pupils=pupils, groups=groups, sessions=sessions)


def enrolled(kept: Kept, runs: DataFrame, calendar: Calendar | None = None) -> DataFrame:
    """A row a pupil and stay in a provision of `runs` (by its index, with `first` and `last`): `provision_id` `pupil_id` `start`
    `end` (as recorded) `begins` `ends` (within the days of the provision) `sessions_planned` `sessions_attended` `baseline`
    `outcome` `rating`.

    A stay without days counts where the term of its row touches the provision, and then goes on as long as the provision. Of a
    stay that is recorded again from the same day the later row holds; a pupil who left and came back has two."""
    rows = _believed(kept["provision_pupils"].dropna(subset=[ID, "pupil_id"]))
    rows = rows.join(runs[["first", "last"]], on=ID, how="inner").reset_index(drop=True)
    begun, over = (rows[name].fillna(day) for name, day in zip(("start", "end"), days_of_term(rows, calendar), strict=True))
    rows = rows[~(begun > rows["last"]) & ~(over < rows["first"])]
    begins = rows["start"].fillna(rows["first"]).where(lambda day: day > rows["first"], rows["first"])
    ends = rows["end"].fillna(rows["last"]).where(lambda day: day < rows["last"], rows["last"])
    rows = rows.assign(begins=begins, ends=ends).drop_duplicates([ID, "pupil_id", "begins"], keep="last", ignore_index=True)
    return rows[[ID, *ASKED["provision_pupils"][2:], "begins", "ends"]]


def of_each(provisions: Series, values: Series) -> Series:
    """The value of the provision of each row, in the type of the values even where there is no row."""
    return Series(values.reindex(provisions).array, provisions.index)


def _believed(rows: DataFrame) -> DataFrame:
    """The rows without a last day that lies before the first."""
    return rows.assign(end=rows["end"].mask(rows["end"] < rows["start"]))


def days_of_term(rows: DataFrame, calendar: Calendar | None) -> tuple[Series, Series]:
    """First and last day of the term of each row that has no day of its own; missing for others, and where it has no term."""
    undated = rows["term"].where(rows["start"].isna() & rows["end"].isna())
    days = {name: Term.named(name).dates(calendar) for name in undated.dropna().unique()}
    first, last = (pd.to_datetime(undated.map({name: both[at] for name, both in days.items()})) for at in (0, 1))
    return first, last


def _most_at_once(rows: DataFrame) -> Series:
    """For each provision the most stays at one time."""
    come = DataFrame({ID: rows[ID], "day": rows["begins"], "more": 1})
    go = DataFrame({ID: rows[ID], "day": rows["ends"] + pd.Timedelta(days=1), "more": -1})
    changes = pd.concat([come, go]).sort_values([ID, "day", "more"])
    return changes.groupby(ID)["more"].cumsum().groupby(changes[ID]).max()
