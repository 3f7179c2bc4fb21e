"""Whose individual plan the provision map may replace (guidance, Appendix A)."""

from datetime import date

import numpy as np
import pandas as pd
from pandas import DataFrame, Series

from sentrack_lib.measures.provision.breakdown import UNIVERSAL, wave_of
from sentrack_lib.measures.provision.running import ID, Kept, of_each
from sentrack_lib.measures.spoken import listed
from sentrack_lib.measures.taking_part import Calendar, between
from sentrack_lib.measures.targets import OPEN_STATES, standing
from sentrack_lib.sources.codes import has_sen, sen_group
from sentrack_lib.terms import Term

ENOUGH, SEPARATE, NOT_YET = "provision map is enough", "separate plan", "not known yet"
FEW_TARGETS = 4
"""A plan has no more than three or four targets, says Appendix A; more are not followed in a row of a map."""
STATUTORY = ("ehc plan", "statement")
PARTS = {"provision": "provision", "targets": "targets", "outcomes": "outcomes that are due", "reviews": "a day of review"}
COLUMNS = ["pupil_id", "recorded", *PARTS, "open_targets", "plan", "why"]


def separate_plans(
    own: DataFrame, runs: DataFrame, kept: Kept, roll: DataFrame, term: Term, calendar: Calendar | None, as_of: date
) -> DataFrame:
    """A row a pupil with SEN on the roll, by pupil: whether an individual plan beside the provision map is needed.

    Appendix A: where provision is linked to the pupil, and targets, outcomes and reviews are recorded with it, the map gradually
    replaces the individual plan. `provision` `targets` `outcomes` `reviews` say which of these is recorded: a provision of the
    term beyond what is for everyone; a target; an outcome of each provision and target that was to be looked at, or ended,
    before `as_of` (true where nothing is due yet); a day on which a provision or an open target is to be looked at. `recorded`
    is all four. `open_targets` are those not reached, missed or dropped at their last review. `plan` is a separate plan where
    the law or what is specified asks for one (an EHC plan or statement, hours specified in an entitlement) or where more than
    four targets are open; the provision map is enough where all is recorded; else not known yet, and `why` says in a sentence
    what is missing. `own` is `pupil_provision`."""
    rows = roll[has_sen(roll["sen_status"]).fillna(False).to_numpy(dtype=bool)].sort_values("pupil_id", ignore_index=True)
    pupil, aims = rows["pupil_id"], _targets(kept, as_of)
    mine = own[wave_of(own["wave"]).ne(UNIVERSAL)]
    mine = mine.assign(due=_due(mine, runs, as_of), done=mine[["outcome", "rating"]].notna().any(axis=1))
    missing = _who(mine[mine["due"] & ~mine["done"]], pupil) | _who(aims[aims["due"] & ~aims["done"]], pupil)
    to_come = _who(mine[of_each(mine[ID], runs["review_on"]).notna()], pupil) | _who(
        aims[aims["open"] & aims["by"].notna()], pupil
    )
    provided, aimed = _who(mine, pupil), _who(aims, pupil)
    still_open = pupil.map(aims.groupby("pupil_id")["open"].sum()).fillna(0).astype("int64")
    rows = rows.assign(provision=provided, targets=aimed, outcomes=~missing & (provided | aimed), reviews=to_come)
    rows = rows.assign(open_targets=still_open, recorded=rows[list(PARTS)].all(axis=1))
    reasons = _reasons(rows, _entitled(kept, term, calendar))
    plan = np.select([reasons.ne(""), rows["recorded"]], [SEPARATE, ENOUGH], NOT_YET)
    rows = rows.assign(plan=Series(plan, rows.index, dtype="str"))
    return rows.assign(why=_why(rows, reasons))[COLUMNS]


def _who(rows: DataFrame, pupil: Series) -> Series:
    return pupil.isin(rows["pupil_id"])


def _due(own: DataFrame, runs: DataFrame, as_of: date) -> Series:
    """Which provisions of a pupil were to be looked at, or ended, before a day."""
    review = of_each(own[ID], runs["review_on"]).fillna(own["end"])
    return review.lt(pd.Timestamp(as_of))


def _targets(kept: Kept, as_of: date) -> DataFrame:
    """The targets for one pupil: whether they are `open`, `due` and `done` (looked at, with a result)."""
    rows = kept["targets"].dropna(subset=["target_id", "pupil_id"]).drop_duplicates("target_id", keep="last")
    reviews = kept["target_reviews"].dropna(subset=["target_id", "result"])
    today = pd.Timestamp(as_of)
    rows = standing(rows, reviews.assign(on=reviews["on"].fillna(pd.Timestamp.min)), today)
    return rows.assign(open=rows["state"].isin(OPEN_STATES), done=rows["result"].notna(), due=rows["by"].lt(today))


def _entitled(kept: Kept, term: Term, calendar: Calendar | None) -> DataFrame:
    """What is specified for pupils in the term: `pupil_id` `statutory` `hours`."""
    rows = kept["entitlements"].dropna(subset=["pupil_id"])
    rows = rows.drop_duplicates("entitlement_id", keep="last") if rows["entitlement_id"].notna().all() else rows
    rows = rows[between(rows, *term.dates(calendar), Series(True, rows.index))]  # what has no end still holds
    return rows.assign(statutory=rows["source"].str.strip().str.casefold().isin(STATUTORY), hours=rows["hours_week"].gt(0))


def _reasons(rows: DataFrame, entitled: DataFrame) -> Series:
    """The sentences for which a pupil needs a separate plan; blank where there is none."""
    pupil = rows["pupil_id"]
    statutory = sen_group(rows["sen_status"]).eq("EHC plan") | _who(entitled[entitled["statutory"]], pupil)
    hours = _who(entitled[entitled["hours"]], pupil)
    many = rows["open_targets"].astype("str") + f" targets are open; a map follows {FEW_TARGETS} at most."
    told = [
        Series("An EHC plan or statement is planned and reviewed on its own.", rows.index).where(statutory, ""),
        Series("Hours of support are specified for this pupil.", rows.index).where(hours, ""),
        many.where(rows["open_targets"].gt(FEW_TARGETS), ""),
    ]
    return Series([" ".join(filter(None, each)) for each in zip(*told, strict=True)], rows.index, dtype="str")


def _why(rows: DataFrame, reasons: Series) -> Series:
    """The sentence for each pupil."""
    missing = [[word for part, word in PARTS.items() if not row[part]] for row in rows[list(PARTS)].to_dict("records")]
    lacks = [f"The map lacks {listed(words)}: record this, and keep the individual plan until then." for words in missing]
    told = reasons.where(reasons.ne(""), Series(lacks, rows.index, dtype="str"))
    return told.mask(reasons.eq("") & rows["recorded"], "Provision, targets, outcomes and reviews are recorded in the map.")
