"""What governors are handed: no pupil at all, only coarse rounded aggregates, and totals made of published counts.

Small numbers: counts of 1 to 7 are blank and all others go to the nearest 5; shares are made from such counts alone. The
threshold follows the practice of trusted research environments for health records (OpenSAFELY: 7 or fewer are hidden, then
all is rounded to 5).
"""

from collections.abc import Mapping

import pandas as pd
from pandas import DataFrame, Series

from sentrack_lib.privacy.heard import asked_as_published, views_as_published
from sentrack_lib.privacy.naming import Names
from sentrack_lib.privacy.releases import Released
from sentrack_lib.privacy.rounding import ROUNDED_TO, SMALLEST_SHOWN, coarse, rounded
from sentrack_lib.privacy.spending import without_costs_of_few

CROSSED = " × "
"""Stands in the name of an intersection: many small groups that overlap, from which a hidden count could be worked out."""

SIDES = ("with SEN", "without SEN")
TOO_FEW = "too few to say"
ENDS = (1.0, 5.0)
"""The lowest and the highest answer to a question."""

Tables = Mapping[str, DataFrame]


def for_governors(tables: Tables, before: Released | None = None) -> dict[str, DataFrame]:
    """Rounded counts, and groups large enough to be spoken of; no row about a pupil, a class or a teacher.

    Beside what governors were handed `before`, a figure of a term stands as it was published, unless it has changed by much."""
    parts = {name: rule(tables[name]) for name, rule in RULES.items() if name in tables}
    if "representation" in tables:
        parts["representation"] = _who_takes_part(tables["representation"], _with_sen(tables["rates"]))
    if "budget" in tables:
        parts["budget"] = without_costs_of_few(tables["budget"], tables["provision_map"], tables["pupil_provision"])
    shown = _without_names(parts, tables["roll"]) if "roll" in tables else parts
    term = str(tables["about"]["term"].iloc[0])
    published = before or Released()
    stand = {name: published.standing(name, rows, term) for name, rows in shown.items()}
    if "views" in stand:
        stand["views"] = views_as_published(stand["views"], published)
    if "asked_before" in stand:
        stand["asked_before"] = asked_as_published(stand["asked_before"], stand["views"], published)
    return {"about": tables["about"], **{name: TOTALS[name](rows) if name in TOTALS else rows for name, rows in stand.items()}}


def _without_names(parts: Tables, roll: DataFrame) -> dict[str, DataFrame]:
    """The tables without what is called after a pupil."""
    called = Names(roll)
    kept = {name: ~called.named(parts[name][column]) for name, column in CALLED.items() if name in parts}
    return {name: rows[kept[name]].reset_index(drop=True) if name in kept else rows for name, rows in parts.items()}


def _trend_counts(trends: DataFrame) -> DataFrame:
    """Term by term the rounded counts of pupils with and without SEN."""
    parts = trends["group"].isin(SIDES) & trends["subject"].eq("all") & trends["count"].notna()
    blank = dict.fromkeys(["value", "low", "high"], float("nan"))
    return trends[parts].assign(count=lambda row: rounded(row["count"]), n=lambda row: rounded(row["n"]), **blank)


def _with_all_pupils_of_terms(shown: DataFrame) -> DataFrame:
    together = _sums_of_parts(shown, ["figure", "subject", "term", "unit"], ["count", "n"])
    blank = dict.fromkeys(["value", "low", "high"], float("nan"))
    return pd.concat([together.assign(group="all pupils", **blank), shown], ignore_index=True)[list(shown)]


def _beside_england(benchmarks: DataFrame) -> DataFrame:
    """The published figures; beside them the school's own of pupils without SEN alone, whose counts stand in the rates too."""
    ours = benchmarks["group"].eq("without SEN") & benchmarks["count"].notna()
    counts = {name: rounded(benchmarks[name]).where(ours) for name in ("count", "of")}
    blank = dict.fromkeys(["value", "low", "high", "limit_low", "limit_high"], float("nan"))
    return benchmarks.assign(told="", **counts, **blank)


def _verdicts(groups: DataFrame) -> DataFrame:
    """What was found of groups of ten or more, in words alone: how many it was of stands in the rounded counts, or nowhere."""
    large = groups["n"].ge(2 * ROUNDED_TO) & ~groups["by"].str.contains(CROSSED)
    shown = _silent_of_few(groups[large], ["count", "count_rest"])
    return shown[["measure", "by", "family", "group", "subject", "tested", "verdict"]].reset_index(drop=True)


def _silent_of_few(rows: DataFrame, counts: list[str]) -> DataFrame:
    """The rows, and no verdict where a count is hidden: that one to seven are clearly fewer than expected says that they are one
    or two."""
    few = rows[counts].apply(lambda count: count.between(1, SMALLEST_SHOWN - 1)).any(axis=1)
    silent = {name: rows[name].mask(few, word) for name, word in (("verdict", TOO_FEW), ("seen", "")) if name in rows}
    return rows.assign(**silent)


def _published(rates: DataFrame) -> DataFrame:
    """Counts of pupils with and without SEN, rounded."""
    return rates[rates["family"].eq("SEN")].assign(count=lambda row: rounded(row["count"]), of=lambda row: rounded(row["of"]))


def _with_all_shown(shown: DataFrame) -> DataFrame:
    """The counts of all pupils are sums of those published, so that no hidden one can be worked out."""
    together = _sums_of_parts(shown, ["measure"], ["count", "of"])
    return pd.concat([together.assign(family="all pupils", group="all shown"), shown], ignore_index=True)[list(shown)]


def _sums_of_parts(shown: DataFrame, by: list[str], counts: list[str]) -> DataFrame:
    """Totals made of published counts. Where a part is hidden the total is too: what is left of it would be the hidden part."""
    return shown.groupby(by, sort=False)[counts].agg(_all_or_none).reset_index()


def _all_or_none(counts: Series) -> object:
    return counts.sum(skipna=False)


def _who_takes_part(things: DataFrame, with_sen: int) -> DataFrame:
    """Of everything but sets: rounded counts of pupils with SEN, and what was found in words.

    Of what is open to some year groups it is not said to how many: one such number less another is those of one year."""
    shown = things[things["kind"].ne("set")]
    everybody = shown["n"].eq(with_sen)
    counts = {"count": rounded(shown["count"]), "n": rounded(shown["n"]).where(everybody)}
    blank = ["share", "low", "high", "expected", "expected_same_start", "n_same", "excess", "share_rest", "gap", "gap_low",
             "gap_high", "detectable", "q_value"]  # fmt: skip
    hidden = shown.drop(columns=["n_rest", "count_rest", "not_known"])
    return _silent_of_few(hidden, ["count"]).assign(**counts, **dict.fromkeys(blank, float("nan")), why="").reset_index(drop=True)


def _with_sen(rates: DataFrame) -> int:
    """How many pupils with SEN are on the roll."""
    there = rates["measure"].eq("on the roll") & rates["group"].eq(SIDES[0])
    return int(rates.loc[there, "count"].sum())


def _arrived(items: DataFrame) -> DataFrame:
    """Rounded counts of Year 7, and what was found in words."""
    counts = {name: rounded(items[name]) for name in ("n", "count", "n_rest", "count_rest")}
    blank = ["share", "low", "high", "share_rest", "gap", "gap_low", "gap_high", "detectable", "q_value"]
    return _silent_of_few(items, ["count", "count_rest"]).assign(**counts, **dict.fromkeys(blank, float("nan")), why="")


def _heard(views: DataFrame) -> DataFrame:
    """Mean scores to one decimal, of all and of those with and without SEN where both are ten or more; counts rounded.

    Nothing of a theme about which a side all answer alike: such a mean is the answer of each."""
    sides = views[views["family"].eq("SEN") & views[["n", "n_rest"]].ge(2 * ROUNDED_TO).all(axis=1)]
    asked = ["respondent", "theme"]
    both = sides[~_alike(sides)].groupby(asked)["group"].nunique().ge(2)
    sides = sides[pd.MultiIndex.from_frame(sides[asked]).isin(both.index[both])]
    whole = views["family"].eq("all pupils") & pd.MultiIndex.from_frame(views[asked]).isin(both.index[both])
    shown = pd.concat([views[whole], sides]).round(1)
    blank = dict.fromkeys(["positive", "share", "share_low", "share_high"], float("nan"))
    return shown.assign(n=rounded(shown["n"]), n_rest=rounded(shown["n_rest"]), **blank).reset_index(drop=True)


def _alike(rows: DataFrame) -> Series:
    """Whether a mean is, to one decimal, the lowest or the highest answer there is: then nearly all gave it."""
    means = rows[[name for name in ("mean", "mean_rest", "mean_then") if name in rows]]
    return means.round(1).isin(ENDS).any(axis=1)


def _done_about(asked: DataFrame) -> DataFrame:
    """How themes are answered now and before, to one decimal; what was agreed is free text, and names people."""
    large = asked[["n", "n_then"]].ge(2 * ROUNDED_TO).all(axis=1)
    shown = asked[large & ~_alike(asked)].drop(columns=["agreed", "result"]).round(1)
    return shown.assign(n=rounded(shown["n"]), n_then=rounded(shown["n_then"])).reset_index(drop=True)


def _supported(counts: DataFrame) -> DataFrame:
    """Rounded counts of pupils with and without SEN by expectation and support.

    Pupils of whom no progress is known are left out where one of their counts is small: beside the roll, which is known, and the
    others on it, their hidden counts could be worked out."""
    shown = counts[counts["group"].isin(SIDES)].assign(count=lambda row: rounded(row["count"]))
    not_known = shown["expectation"].eq("not known")
    small = shown.loc[not_known, "count"].isna().any()
    return shown[~not_known] if small else shown


def _with_wholes(shown: DataFrame) -> DataFrame:
    """Wholes, and all pupils, are sums of the parts published."""
    together = _sums_of_parts(shown, ["expectation", "amount"], ["count"]).assign(group="all pupils")
    rows = pd.concat([together, shown], ignore_index=True)
    whole = _sums_of_parts(rows, ["group", "expectation"], ["count"]).rename(columns={"count": "of"})
    return rows.drop(columns="of", errors="ignore").merge(whole, on=["group", "expectation"])[list(shown)]


def _planned(counts: DataFrame) -> DataFrame:
    """Rounded counts of the plan."""
    return counts.assign(count=rounded(counts["count"]), of=rounded(counts["of"]))


def _without_wholes_of_hidden(shown: DataFrame) -> DataFrame:
    """A whole that is made of a hidden part is hidden with it."""
    return shown.assign(of=shown["of"].mask(shown["count"].isna()))


def _spoken_of(groups: DataFrame) -> DataFrame:
    """Groups of ten or more, over all subjects; sizes to the nearest ten, and not how many the others are: pupils with SEN less
    those at SEN support would else be those with a plan, who are few."""
    asked_always = groups["measure"].eq("progress") & groups["family"].ne("teaching group") & ~groups["by"].str.contains(CROSSED)
    large = groups["n"].ge(2 * ROUNDED_TO) & asked_always & groups["subject"].eq("all")
    shown = groups[large].drop(columns="n_rest").round(1)
    # How many without SEN have a figure stands in the rates too; rounded in two ways, it could be told more nearly.
    without = shown["group"].eq("No SEN")
    return shown.assign(n=rounded(shown["n"]).where(without, coarse(shown["n"]))).reset_index(drop=True)


def _judged(rows: DataFrame) -> DataFrame:
    """Statements and what comes first: in the words everybody may choose from, and days. What people wrote themselves may name
    somebody; what data show counts few pupils; who rated how stays with those who rate."""
    kept = ["statement", "section", "words", "rated", "rating", "before", "since", "change", "priority", "by", "state"]
    return rows[[name for name in kept if name in rows]].drop_duplicates("statement", ignore_index=True)


def _areas(rows: DataFrame) -> DataFrame:
    """Questions about areas of the school, whether they are answered, and what is missing of a change; nothing people wrote."""
    kept = ["area", "prompt", "own_prompt", "by", "monitored_on", "state", "missing"]
    return rows[kept].assign(prompt=rows["prompt"].mask(rows["own_prompt"]))


def _worked(impact: DataFrame) -> DataFrame:
    """Provisions of ten or more pupils with their verdict, effect and months; why it is so counts pupils, and is not told."""
    large = impact[impact["n"].ge(2 * ROUNDED_TO) & impact["comparators"].ge(2 * ROUNDED_TO)]
    kept = ["provision_id", "name", "subject", "chosen_by", "rung", "ladder", "verdict"]
    known = large[[*kept, "effect", "low", "high", "months_low", "months_high"]].round(1)
    counts = {name: coarse(large[name]) for name in ("n", "offered", "comparators")}
    return known.reindex(columns=list(impact)).assign(**counts, why="").reset_index(drop=True)


RULES = {
    "rates": _published, "comparisons": _spoken_of, "rate_comparisons": _verdicts, "trends": _trend_counts,
    "benchmarks": _beside_england, "transfer": _arrived, "views": _heard, "asked_before": _done_about,
    "support_counts": _supported, "plan_counts": _planned, "statements": _judged, "priorities": _judged,
    "statement_counts": DataFrame.copy, "school_areas_standing": _areas, "reflection": DataFrame.copy, "impact": _worked,
}  # fmt: skip
"""How each further table is made fit to be handed to governors. No pupil stands behind a row of the counts of statements, or of
the questions to stop at: these go as they are."""
CALLED = {"impact": "name", "representation": "what"}
"""Columns in which a school gives a thing whatever name it likes."""
TOTALS = {
    "rates": _with_all_shown, "trends": _with_all_pupils_of_terms, "support_counts": _with_wholes,
    "plan_counts": _without_wholes_of_hidden,
}  # fmt: skip
"""What is made of the published rows of a table, when it is settled which they are."""
