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
SMALLEST_GROUP_SHOWN = 5
"""Fewer pupils than this stand in no table of groups, except the inclusion manager's."""

DEPARTMENT_PUPIL = ["pupil_id", "surname", "forename", "year_group", "form", "sen_status", "sen_need", "sen_need_2"]
PUPIL_TABLES = ("progress", "attendance", "flags", "teaching_groups")

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
    taught = tables["teaching_groups"][tables["teaching_groups"]["subject"].isin(subjects)]
    progress = tables["progress"][tables["progress"]["subject"].isin(subjects)]
    own = set(taught["pupil_id"]) | set(progress["pupil_id"])
    roll = tables["roll"].loc[tables["roll"]["pupil_id"].isin(own), DEPARTMENT_PUPIL]
    flags = tables["flags"][
        tables["flags"]["pupil_id"].isin(own) & (tables["flags"]["subject"].isna() | tables["flags"]["subject"].isin(subjects))
    ]
    attendance = tables["attendance"][tables["attendance"]["pupil_id"].isin(own)]
    groups = tables["comparisons"][
        tables["comparisons"]["subject"].isin(subjects) & tables["comparisons"]["n"].ge(SMALLEST_GROUP_SHOWN)
    ]
    return {
        "about": tables["about"],
        "counts": tables["counts"],
        "roll": roll.reset_index(drop=True),
        "teaching_groups": taught.reset_index(drop=True),
        "progress": progress.reset_index(drop=True),
        "attendance": attendance.reset_index(drop=True),
        "flags": flags.reset_index(drop=True),
        "comparisons": groups.reset_index(drop=True),
    }


def for_governors(tables: Tables) -> dict[str, DataFrame]:
    """Rounded counts, and groups large enough to be spoken of; no row about a pupil, a class or a teacher."""
    return {"about": tables["about"], "rates": _published(tables["rates"]), "comparisons": _spoken_of(tables["comparisons"])}


def _published(rates: DataFrame) -> DataFrame:
    """Counts of pupils with and without SEN, rounded; those of all are their sums, so that no hidden one can be worked out."""
    shown = rates[rates["family"].eq("SEN")].assign(count=lambda row: rounded(row["count"]), of=lambda row: rounded(row["of"]))
    # Where a part is hidden the total is too: what is left of it would be the hidden part.
    together = shown.groupby("measure", sort=False)[["count", "of"]].agg(_all_or_none).reset_index()
    return pd.concat([together.assign(family="all pupils", group="all shown"), shown], ignore_index=True)[list(rates)]


def _all_or_none(counts: Series) -> object:
    return counts.sum(skipna=False)


def _spoken_of(groups: DataFrame) -> DataFrame:
    """Groups of ten or more, over all subjects; counts rounded, and sizes so coarse that no count can be worked out from them."""
    large = groups["n"].ge(2 * ROUNDED_TO) & groups["family"].ne("teaching group") & groups["subject"].eq("all")
    shown = groups[large].round(1)
    return shown.assign(n=rounded(shown["n"]), n_rest=rounded(shown["n_rest"])).reset_index(drop=True)
