"""The one gate for personal data: what an audience may not see is not in the tables it is handed.

Small numbers: counts of 1 to 7 are blank and all others go to the nearest 5; shares are made from such counts alone. The
threshold follows the practice of trusted research environments for health records (OpenSAFELY: 7 or fewer are hidden, then
all is rounded to 5).
"""

from collections.abc import Collection, Mapping

import pandas as pd
from pandas import DataFrame, Series

SMALLEST_SHOWN = 8
ROUNDED_TO = 5
CROSSED = " × "
"""Stands in the name of an intersection: many small groups that overlap, from which a hidden count could be worked out."""
SMALLEST_GROUP_SHOWN = 5
"""Fewer pupils than this stand in no table of groups, except the inclusion manager's."""

DEPARTMENT_PUPIL = ["pupil_id", "surname", "forename", "year_group", "form", "sen_status", "sen_need", "sen_need_2"]
OF_SUBJECTS = ("teaching_groups", "progress", "closer")
"""Tables of which a department is handed the rows about its subjects."""
GROUPS_OF_SUBJECTS = ("comparisons", "within_classes", "attainment", "representation", "trends", "trend_changes")
"""Likewise, and of these the groups that are large enough to be shown."""
OF_PUPILS = ("attendance", "support")
"""Tables of which a department is handed the rows about its pupils."""
GROUPS = ("views", "asked_before", "provision_standing")
"""Tables about the whole school of which a department is handed the groups that are large enough to be shown."""

Tables = Mapping[str, DataFrame]


def rounded(counts: Series) -> Series:
    """Counts to the nearest 5, and blank where they could point to a child: 1 to 7. Zero may show."""
    whole = counts.astype("Int64")
    return ((whole + ROUNDED_TO // 2) // ROUNDED_TO * ROUNDED_TO).mask(whole.between(1, SMALLEST_SHOWN - 1))


def for_audience(tables: Tables, audience: str, subjects: Collection[str] = ()) -> dict[str, DataFrame]:
    """The tables an audience may see: inclusion all; a department its own pupils and `subjects`; governors no pupil at all."""
    if audience == "inclusion":
        return dict(tables)
    if audience == "department":
        return for_department(tables, subjects)
    return for_governors(tables)


def for_department(tables: Tables, subjects: Collection[str]) -> dict[str, DataFrame]:
    """The pupils taught in these subjects: who they are, their need, their progress here, what is flagged about them."""
    own = {name: _of_subjects(tables[name], subjects) for name in ("teaching_groups", "progress")}
    pupils = pd.concat([table["pupil_id"] for table in own.values()]).unique()
    handed = {name: _of_subjects(tables[name], subjects) for name in OF_SUBJECTS if name in tables}
    handed |= {name: _shown(_of_subjects(tables[name], subjects)) for name in GROUPS_OF_SUBJECTS if name in tables}
    handed |= {name: _of_pupils(tables[name], pupils) for name in OF_PUPILS if name in tables}
    handed |= {name: _shown(tables[name]) for name in GROUPS if name in tables}
    flags = _of_pupils(tables["flags"], pupils)
    handed["flags"] = flags[flags["subject"].isna() | flags["subject"].isin(subjects)].reset_index(drop=True)
    handed["roll"] = _of_pupils(tables["roll"], pupils)[DEPARTMENT_PUPIL]
    return {"about": tables["about"], "counts": tables["counts"], **handed}


def _of_subjects(table: DataFrame, subjects: Collection[str]) -> DataFrame:
    return table[table["subject"].isin(subjects)].reset_index(drop=True)


def _of_pupils(table: DataFrame, pupils: Collection[str]) -> DataFrame:
    return table[table["pupil_id"].isin(pupils)].reset_index(drop=True)


def _shown(groups: DataFrame) -> DataFrame:
    return groups[groups["n"].ge(SMALLEST_GROUP_SHOWN)].reset_index(drop=True)


def for_governors(tables: Tables) -> dict[str, DataFrame]:
    """Rounded counts, and groups large enough to be spoken of; no row about a pupil, a class or a teacher."""
    handed = {"about": tables["about"], "rates": _published(tables["rates"]), "comparisons": _spoken_of(tables["comparisons"])}
    rules = {"rate_comparisons": _verdicts, "trends": _trend_counts, "benchmarks": _beside_england}
    return handed | {name: rule(tables[name]) for name, rule in rules.items() if name in tables}


def _trend_counts(trends: DataFrame) -> DataFrame:
    """Term by term the rounded counts of pupils with and without SEN, and of both together their sums."""
    parts = trends["group"].isin(["with SEN", "without SEN"]) & trends["subject"].eq("all") & trends["count"].notna()
    blank = dict.fromkeys(["value", "low", "high"], float("nan"))
    shown = trends[parts].assign(count=lambda row: rounded(row["count"]), n=lambda row: rounded(row["n"]), **blank)
    together = _sums_of_parts(shown, ["figure", "subject", "term", "unit"], ["count", "n"])
    return pd.concat([together.assign(group="all pupils", **blank), shown], ignore_index=True)[list(trends)]


def _beside_england(benchmarks: DataFrame) -> DataFrame:
    """The published figures; beside them the school's own of pupils without SEN alone, whose counts stand in the rates too."""
    ours = benchmarks["group"].eq("without SEN") & benchmarks["count"].notna()
    counts = {name: rounded(benchmarks[name]).where(ours) for name in ("count", "of")}
    blank = dict.fromkeys(["value", "low", "high", "limit_low", "limit_high"], float("nan"))
    return benchmarks.assign(told="", **counts, **blank)


def _verdicts(groups: DataFrame) -> DataFrame:
    """What was found of groups of ten or more, in words alone: how many it was of stands in the rounded counts, or nowhere."""
    large = groups["n"].ge(2 * ROUNDED_TO) & ~groups["by"].str.contains(CROSSED)
    return groups.loc[large, ["measure", "by", "family", "group", "subject", "tested", "verdict"]].reset_index(drop=True)


def _published(rates: DataFrame) -> DataFrame:
    """Counts of pupils with and without SEN, rounded; those of all are their sums, so that no hidden one can be worked out."""
    shown = rates[rates["family"].eq("SEN")].assign(count=lambda row: rounded(row["count"]), of=lambda row: rounded(row["of"]))
    together = _sums_of_parts(shown, ["measure"], ["count", "of"])
    return pd.concat([together.assign(family="all pupils", group="all shown"), shown], ignore_index=True)[list(rates)]


def _sums_of_parts(shown: DataFrame, by: list[str], counts: list[str]) -> DataFrame:
    """Totals made of published counts. Where a part is hidden the total is too: what is left of it would be the hidden part."""
    return shown.groupby(by, sort=False)[counts].agg(lambda part: part.sum(skipna=False)).reset_index()


def _spoken_of(groups: DataFrame) -> DataFrame:
    """Groups of ten or more, over all subjects; counts rounded, and sizes so coarse that no count can be worked out from them."""
    asked_always = groups["measure"].eq("progress") & groups["family"].ne("teaching group") & ~groups["by"].str.contains(CROSSED)
    large = groups["n"].ge(2 * ROUNDED_TO) & asked_always & groups["subject"].eq("all")
    shown = groups[large].round(1)
    return shown.assign(n=rounded(shown["n"]), n_rest=rounded(shown["n_rest"])).reset_index(drop=True)
