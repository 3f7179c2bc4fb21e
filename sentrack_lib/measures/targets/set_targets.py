"""The targets that were set, for pupils, groups and the curriculum: how each stands, what it lacks, and what to mind."""

from collections.abc import Mapping
from datetime import date

import numpy as np
import pandas as pd
from pandas import DataFrame, Series

from sentrack_lib.measures.recorded import recorded
from sentrack_lib.measures.targets.checks import OPEN_STATES, gaps, warnings_of
from sentrack_lib.measures.targets.standing import Suggestions, rows_of
from sentrack_lib.measures.targets.year_above import Calendar
from sentrack_lib.sources.coded import among
from sentrack_lib.sources.scales import Scale
from sentrack_lib.terms import Term

INDIVIDUAL, GROUP, CURRICULAR = KINDS = ("individual", "group", "curricular")
OPEN, DUE, GOES_ON = OPEN_STATES
ENDED = ("reached", "partly reached", "not reached", "dropped")
WITH_OUTCOME = ENDED[:3]
COLUMNS = [
    "target_id", "kind", "pupil_id", "teaching_group", "year_group", "provision_id", "subject", "what", "measured_by", "scale",
    "baseline", "target", "strategy", "owner", "set_on", "by", "challenge", "chance", "reason", "result", "reviewed_on",
    "outcome", "state", "overdue_days", "gaps", "advice",
]  # fmt: skip


def targets_held(
    records: Mapping[str, DataFrame],
    roll: DataFrame,
    suggested: DataFrame,
    term: Term,
    calendar: Calendar | None,
    as_of: date,
    scales: Mapping[str, Scale],
) -> DataFrame:
    """A row a target of the school year, or still open, in its newest version; of pupils those on the `roll` of the term.

    `state` is reached, partly reached, not reached or dropped as its last review up to `as_of` says; goes on; due where its day
    is past and it was not reviewed since (`overdue_days` ago); else open. `chance` (0 to 1) is how many of those who stood at its
    baseline reached its grade, for one set this school year; `challenge` follows from it where nobody wrote it down. `gaps` says
    what it lacks so that it can be measured, `advice` what to mind; both are blank where nothing is. `records` may lack any
    table; `suggested` is from `suggested_targets`. Marks of the kind target are none of these. Source: guidance Appendix A,
    methods 5."""
    rows = recorded(records, "targets", term).dropna(subset=["target_id"])
    on_roll = among(rows["pupil_id"], roll["pupil_id"])
    rows = rows[rows["pupil_id"].isna() | on_roll].reset_index(drop=True)
    today = pd.Timestamp(as_of)
    rows = standing(rows, recorded(records, "target_reviews", term), today)
    rows = rows.assign(kind=_kind(rows))
    rows = rows.assign(overdue_days=_overdue(rows, today))
    first = pd.Timestamp(Term(term.year, 0).dates(calendar)[0])
    this_year = _of_year(rows, term, first)
    kept = this_year | rows["reviewed_on"].ge(first) | rows["state"].isin(OPEN_STATES)
    return _judged(rows[kept].reset_index(drop=True), this_year[kept].to_numpy(), Suggestions(suggested, scales))


def standing(targets: DataFrame, reviews: DataFrame, today: pd.Timestamp) -> DataFrame:
    """The targets with the last review of each up to a day (`result`, `reviewed_on`, `outcome`) and their `state` on it; those
    are open whose state is one of `OPEN_STATES`."""
    rows = _reviewed(targets, reviews, today)
    return rows.assign(state=_state(rows, today))


def _reviewed(rows: DataFrame, reviews: DataFrame, today: pd.Timestamp) -> DataFrame:
    past = reviews[reviews["on"].le(today)].sort_values("on", kind="stable").drop_duplicates("target_id", keep="last")
    last = past.rename(columns={"on": "reviewed_on"})[["target_id", "result", "reviewed_on", "outcome"]]
    return rows.merge(last, how="left", on="target_id")


def _kind(rows: DataFrame) -> Series:
    """The kind as it is written; where it is blank, by whom the target is for."""
    said = rows["kind"].str.strip().str.casefold()
    group = rows["teaching_group"].notna() | rows["year_group"].notna()
    known = np.select([rows["pupil_id"].notna(), group], [INDIVIDUAL, GROUP], CURRICULAR)
    return said.where(said.notna() & said.ne(""), Series(known, rows.index, dtype="str"))


def _state(rows: DataFrame, today: pd.Timestamp) -> Series:
    """How each target stands on a day."""
    result = rows["result"].str.strip().str.casefold()
    # What is reached in part, or not, before its day may still be reached.
    early = result.isin(["partly reached", "not reached"]) & rows["reviewed_on"].lt(rows["by"])
    result = result.mask(early, GOES_ON)
    past = rows["by"].lt(today)
    since = result.eq(GOES_ON) & ~(past & rows["reviewed_on"].lt(rows["by"]))
    states = [*(result.eq(end) for end in ENDED), since, past]
    return Series(
        np.select([each.to_numpy(dtype=bool) for each in states], [*ENDED, GOES_ON, DUE], OPEN), rows.index, dtype="str"
    )


def _overdue(rows: DataFrame, today: pd.Timestamp) -> Series:
    return (today - rows["by"]).dt.days.where(rows["state"].eq(DUE)).astype("Int64")


def _of_year(rows: DataFrame, term: Term, first: pd.Timestamp) -> Series:
    """Whether a target was set in the school year; by its term where it has no day."""
    recorded = rows["term"].isna() | rows["term"].str.startswith(term.school_year).fillna(False).astype("bool")
    return rows["set_on"].ge(first) | (rows["set_on"].isna() & recorded)


def _judged(rows: DataFrame, this_year: np.ndarray, suggestions: Suggestions) -> DataFrame:
    """The targets with chance, challenge, gaps and advice. Last year's have no chance: the year group was another then."""
    listed = rows_of(rows)
    able = [new and row["kind"] == INDIVIDUAL for new, row in zip(this_year, listed, strict=True)]
    chances = [suggestions.chance(row) if told else np.nan for told, row in zip(able, listed, strict=True)]
    levels = [suggestions.ambition(row) if told else "" for told, row in zip(able, listed, strict=True)]
    texts = {"gaps": [gaps(row) for row in listed], "advice": [_advice(row, suggestions) for row in listed]}
    columns = {name: Series(words, rows.index, dtype="str") for name, words in texts.items()}
    known = rows["challenge"].where(rows["challenge"].notna(), Series(levels, rows.index, dtype="str").replace("", None))
    return rows.assign(chance=Series(chances, rows.index, dtype="float64"), challenge=known.astype("str"), **columns)[COLUMNS]


def _advice(row: Mapping[str, object], suggestions: Suggestions) -> str:
    """What to mind about an open target, and what is missing from the record of an ended one."""
    state = row["state"]
    if state in WITH_OUTCOME and pd.isna(row["outcome"]):  # type: ignore[call-overload]
        return "Write down the outcome: the grade, score or count reached."
    return " ".join([*_about_review(row), *warnings_of(row, suggestions)]) if state in OPEN_STATES else ""


def _about_review(row: Mapping[str, object]) -> list[str]:
    result, state = row["result"], row["state"]
    if state == DUE:
        return ["Its day is past: review it."]
    if state == GOES_ON and not pd.isna(row["by"]) and not pd.isna(row["reviewed_on"]) and row["by"] <= row["reviewed_on"]:  # type: ignore[operator,call-overload]
        return ["It goes on, but its day is past: set a new one."]
    understood = pd.isna(result) or str(result).strip().casefold() == GOES_ON  # type: ignore[call-overload]
    return [] if understood else [f"“{result}” does not say how it stands: write {', '.join(ENDED)} or {GOES_ON}."]
