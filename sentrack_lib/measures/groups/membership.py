"""Which groups pupils belong to: SEN status, type of need, ethnicity and the other questions a school asks of its figures."""

import pandas as pd
from pandas import DataFrame, Series

from sentrack_lib.sources.codes import NOT_KNOWN, ethnic_group, known_year_group, need, sen_group

FAMILIES = (
    "SEN status", "type of need", "ethnicity", "gender", "pupil premium",
    "EAL", "looked after", "disability", "SEN by year group", "teaching group",
)  # fmt: skip
COLUMNS = ["pupil_id", "family", "group", "subject"]


def groups_of(roll: DataFrame, teaching_groups: DataFrame) -> DataFrame:
    """One row a pupil and group: `pupil_id` `family` `group`, and `subject` for teaching groups; both tables are of one term.

    Where the answer is not known, a pupil is in no group of that family: one of the others that each group is compared with."""
    who = roll[["pupil_id"]]
    parts = [who.assign(group=groups, family=family) for family, groups in _groupings(roll).items()]
    taught = teaching_groups[["pupil_id", "subject", "teaching_group"]].rename(columns={"teaching_group": "group"})
    groups = pd.concat([*parts, taught.assign(family="teaching group")]).dropna(subset=["group"]).drop_duplicates()
    return groups.astype("str")[COLUMNS].reset_index(drop=True)


def _groupings(roll: DataFrame) -> dict[str, Series]:
    """The group of each pupil of the roll, by family; missing where it is not known."""
    status = sen_group(roll["sen_status"])
    years = known_year_group(roll["year_group"])
    groupings = {
        "SEN status": status,
        # A need left on the record of a pupil who no longer has SEN is history.
        "type of need": need(roll["sen_need"]).where(status.ne("No SEN")),
        "ethnicity": ethnic_group(roll["ethnicity"]),
        "gender": roll["sex"].map({"M": "Boys", "F": "Girls"}),
        "pupil premium": _ticked(roll["pupil_premium"], "Pupil premium", "Not pupil premium"),
        "EAL": _ticked(roll["eal"], "EAL", "Not EAL"),
        "looked after": _ticked(roll["looked_after"], "Looked after", "Not looked after"),
        "disability": _ticked(roll["disability"], "Disability", "No disability"),
        "SEN by year group": ("Year " + years).where(status.isin(["SEN support", "EHC plan"])),
    }
    return {family: groups.mask(groups.eq(NOT_KNOWN)) for family, groups in groupings.items()}


def _ticked(flags: Series, yes: str, no: str) -> Series:
    """Y and N in words; in a column that holds nothing but Y a blank is N."""
    only_ticks = flags.eq("Y").any() and not flags.eq("N").any()
    return flags.fillna("N" if only_ticks else NOT_KNOWN).map({"Y": yes, "N": no})
