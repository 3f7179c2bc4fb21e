"""What governors are handed: no pupil at all, only coarse rounded aggregates, and totals made of published counts.

Small numbers: counts of 1 to 7 are blank and all others go to the nearest 5; shares are made from such counts alone. The
threshold follows the practice of trusted research environments for health records (OpenSAFELY: 7 or fewer are hidden, then
all is rounded to 5).
"""

from collections.abc import Mapping

import pandas as pd
from pandas import DataFrame, Series

SMALLEST_SHOWN = 8
ROUNDED_TO = 5
CROSSED = " × "
"""Stands in the name of an intersection: many small groups that overlap, from which a hidden count could be worked out."""

Tables = Mapping[str, DataFrame]


def rounded(counts: Series) -> Series:
    """Counts to the nearest 5, and blank where they could point to a child: 1 to 7. Zero may show."""
    whole = counts.astype("Int64")
    return ((whole + ROUNDED_TO // 2) // ROUNDED_TO * ROUNDED_TO).mask(whole.between(1, SMALLEST_SHOWN - 1))


def for_governors(tables: Tables) -> dict[str, DataFrame]:
    """Rounded counts, and groups large enough to be spoken of; no row about a pupil, a class or a teacher."""
    handed = {"about": tables["about"], "rates": _published(tables["rates"]), "comparisons": _spoken_of(tables["comparisons"])}
    return handed | {name: rule(tables[name]) for name, rule in RULES.items() if name in tables}


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
    return shown.groupby(by, sort=False)[counts].agg(_all_or_none).reset_index()


def _all_or_none(counts: Series) -> object:
    return counts.sum(skipna=False)


def _who_takes_part(things: DataFrame) -> DataFrame:
    """Of everything but sets: rounded counts of pupils with SEN, and what was found in words."""
    shown = things[things["kind"].ne("set")]
    counts = {name: rounded(shown[name]) for name in ("n", "count")}
    blank = ["share", "low", "high", "expected", "expected_same_start", "n_same", "excess", "share_rest", "gap", "gap_low",
             "gap_high", "detectable", "q_value"]  # fmt: skip
    hidden = shown.drop(columns=["n_rest", "count_rest", "not_known"])
    return hidden.assign(**counts, **dict.fromkeys(blank, float("nan")), why="").reset_index(drop=True)


def _arrived(items: DataFrame) -> DataFrame:
    """Rounded counts of Year 7, and what was found in words."""
    counts = {name: rounded(items[name]) for name in ("n", "count", "n_rest", "count_rest")}
    blank = ["share", "low", "high", "share_rest", "gap", "gap_low", "gap_high", "detectable", "q_value"]
    return items.assign(**counts, **dict.fromkeys(blank, float("nan")), why="")


def _heard(views: DataFrame) -> DataFrame:
    """Mean scores to one decimal, of all and of those with and without SEN where both are ten or more; counts rounded."""
    sides = views[views["family"].eq("SEN") & views[["n", "n_rest"]].ge(2 * ROUNDED_TO).all(axis=1)]
    asked = ["respondent", "theme"]
    both = sides.groupby(asked)["group"].nunique().ge(2)
    whole = views["family"].eq("all pupils") & pd.MultiIndex.from_frame(views[asked]).isin(both.index[both])
    shown = pd.concat([views[whole], sides]).round(1)
    blank = dict.fromkeys(["positive", "share", "share_low", "share_high"], float("nan"))
    return shown.assign(n=rounded(shown["n"]), n_rest=rounded(shown["n_rest"]), **blank).reset_index(drop=True)


def _done_about(asked: DataFrame) -> DataFrame:
    """How themes are answered now and before, to one decimal; what was agreed is free text, and names people."""
    shown = asked[asked[["n", "n_then"]].ge(2 * ROUNDED_TO).all(axis=1)].drop(columns=["agreed", "result"]).round(1)
    return shown.assign(n=rounded(shown["n"]), n_then=rounded(shown["n_then"])).reset_index(drop=True)


def _supported(counts: DataFrame) -> DataFrame:
    """Rounded counts of pupils with and without SEN by expectation and support; wholes and all pupils are sums of these."""
    shown = counts[counts["group"].isin(["with SEN", "without SEN"])].assign(count=lambda row: rounded(row["count"]))
    together = _sums_of_parts(shown, ["expectation", "amount"], ["count"]).assign(group="all pupils")
    rows = pd.concat([together, shown], ignore_index=True)
    whole = _sums_of_parts(rows, ["group", "expectation"], ["count"]).rename(columns={"count": "of"})
    return rows.drop(columns="of", errors="ignore").merge(whole, on=["group", "expectation"])[list(counts)]


def _planned(counts: DataFrame) -> DataFrame:
    """Rounded counts of the plan; a whole that is made of a hidden part is hidden with it."""
    shown = {name: rounded(counts[name]) for name in ("count", "of")}
    return counts.assign(count=shown["count"], of=shown["of"].mask(shown["count"].isna()))


def _spoken_of(groups: DataFrame) -> DataFrame:
    """Groups of ten or more, over all subjects; counts rounded, and sizes so coarse that no count can be worked out from them."""
    asked_always = groups["measure"].eq("progress") & groups["family"].ne("teaching group") & ~groups["by"].str.contains(CROSSED)
    large = groups["n"].ge(2 * ROUNDED_TO) & asked_always & groups["subject"].eq("all")
    shown = groups[large].round(1)
    return shown.assign(n=rounded(shown["n"]), n_rest=rounded(shown["n_rest"])).reset_index(drop=True)


def _judged(rows: DataFrame) -> DataFrame:
    """Statements and what comes first: in the words everybody may choose from, and days. What people wrote themselves may name
    somebody; what data show counts few pupils; who rated how stays with those who rate."""
    kept = ["statement", "section", "words", "rated", "rating", "before", "since", "change", "priority", "by", "state"]
    return rows[[name for name in kept if name in rows]].drop_duplicates("statement", ignore_index=True)


def _areas(rows: DataFrame) -> DataFrame:
    """Questions about areas of the school, whether they are answered, and what is missing of a change; nothing people wrote."""
    kept = ["area", "prompt", "own_prompt", "by", "monitored_on", "state", "missing"]
    return rows[kept].assign(prompt=rows["prompt"].mask(rows["own_prompt"]))


RULES = {
    "rate_comparisons": _verdicts, "trends": _trend_counts, "benchmarks": _beside_england, "representation": _who_takes_part,
    "transfer": _arrived, "views": _heard, "asked_before": _done_about, "support_counts": _supported,
    "plan_counts": _planned, "budget": DataFrame.copy, "statements": _judged, "priorities": _judged,
    "statement_counts": DataFrame.copy, "school_areas_standing": _areas, "reflection": DataFrame.copy,
}  # fmt: skip
"""How each further table is made fit to be handed to governors. No pupil stands behind a row of the budget, of the counts of
statements, or of the questions to stop at: these go as they are."""
