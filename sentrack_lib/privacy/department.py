"""What a department is handed: its own pupils and subjects, and groups large enough to be shown."""

from collections.abc import Collection, Mapping

import pandas as pd
from pandas import DataFrame

SMALLEST_GROUP_SHOWN = 5
"""Fewer pupils than this stand in no table of groups, except the inclusion manager's."""

DEPARTMENT_PUPIL = ["pupil_id", "surname", "forename", "year_group", "form", "sen_status", "sen_need", "sen_need_2"]
OF_SUBJECTS = ("teaching_groups", "progress", "closer", "suggested_targets", "curricular_targets")
"""Tables of which a department is handed the rows about its subjects."""
GROUPS_OF_SUBJECTS = (
    "comparisons", "within_classes", "attainment", "representation", "trends", "trend_changes", "target_back_test",
)  # fmt: skip
"""Likewise, and of these the groups that are large enough to be shown."""
OF_PUPILS = ("attendance", "support", "pupil_provision")
OF_PUPILS_IN_SUBJECTS = ("targets_and_progress", "flags_followed", "decisions_followed")
"""Tables of which a department is handed the rows about its pupils in its subjects, or in none."""
"""Tables of which a department is handed the rows about its pupils."""
GROUPS = ("views", "asked_before", "provision_standing")
"""Tables about the whole school of which a department is handed the groups that are large enough to be shown."""

Tables = Mapping[str, DataFrame]


def for_department(tables: Tables, subjects: Collection[str]) -> dict[str, DataFrame]:
    """The pupils taught in these subjects: who they are, their need, their progress here, what is flagged about them."""
    own = {name: _of_subjects(tables[name], subjects) for name in ("teaching_groups", "progress")}
    pupils = pd.concat([table["pupil_id"] for table in own.values()]).unique()
    handed = {name: _of_subjects(tables[name], subjects) for name in OF_SUBJECTS if name in tables}
    handed |= {name: _shown(_of_subjects(tables[name], subjects)) for name in GROUPS_OF_SUBJECTS if name in tables}
    handed |= {name: _of_pupils(tables[name], pupils) for name in OF_PUPILS if name in tables}
    handed |= {name: _shown(tables[name]) for name in GROUPS if name in tables}
    handed |= {name: _in_subjects(_of_pupils(tables[name], pupils), subjects) for name in OF_PUPILS_IN_SUBJECTS if name in tables}
    handed |= {name: _worked(tables[name], subjects) for name in ("impact",) if name in tables}
    if "targets" in tables:
        handed["targets"] = _targets(tables["targets"], subjects, pupils)
    handed["flags"] = _in_subjects(_of_pupils(tables["flags"], pupils), subjects)
    handed["roll"] = _of_pupils(tables["roll"], pupils)[DEPARTMENT_PUPIL]
    return {"about": tables["about"], "counts": tables["counts"], **handed}


def _targets(targets: DataFrame, subjects: Collection[str], pupils: Collection[str]) -> DataFrame:
    """The targets in these subjects, of own pupils, of groups and of the curriculum."""
    own = targets["pupil_id"].isna() | targets["pupil_id"].isin(pupils)
    return targets[own & targets["subject"].isin(subjects)].reset_index(drop=True)


def _of_subjects(table: DataFrame, subjects: Collection[str]) -> DataFrame:
    return table[table["subject"].isin(subjects)].reset_index(drop=True)


def _in_subjects(table: DataFrame, subjects: Collection[str]) -> DataFrame:
    """The rows in some subjects, or in none."""
    return table[table["subject"].isna() | table["subject"].isin(subjects)].reset_index(drop=True)


def _worked(impact: DataFrame, subjects: Collection[str]) -> DataFrame:
    """What is known of provision in some subjects, of groups that are large enough to be shown, without its costs."""
    own = _shown(_of_subjects(impact, subjects))
    return own.assign(**{str(name): float("nan") for name in own if str(name).startswith("cost_")})


def _of_pupils(table: DataFrame, pupils: Collection[str]) -> DataFrame:
    """The rows about some pupils; what their provision costs is not a department's."""
    costs = [name for name in table if str(name).startswith("cost_")]
    return table[table["pupil_id"].isin(pupils)].drop(columns=costs).reset_index(drop=True)


def _shown(groups: DataFrame) -> DataFrame:
    return groups[groups["n"].ge(SMALLEST_GROUP_SHOWN)].reset_index(drop=True)
