"""How many pupils of how many, group by group: absence, suspensions, exclusions, sanctions, rewards."""

import pandas as pd
from pandas import DataFrame, Series

from sentrack_lib.sources.codes import need_label
from sentrack_lib.views.needs import of_all_needs
from sentrack_lib.views.papers import ALL, Papers
from sentrack_lib.views.parts import Part, Table, Unseen, follows
from sentrack_lib.views.words import band, of, sentence

SEN_FAMILIES = ["SEN status", "SEN by year group"]
CLEAR = "clear difference"
NOTE = (
    "Each group beside all other pupils, this school year up to the term. The interval says where the true share may lie; the "
    "verdict has been held against the number of groups compared."
)


@of_all_needs
def rates_by_sen(papers: Papers) -> Part:
    """Every thing that is counted, for pupils with SEN beside the others."""
    return _rates(papers, SEN_FAMILIES[:1] if papers.year_group == ALL else SEN_FAMILIES[1:], "by SEN")


@follows("year_group")
def rates_that_differ(papers: Papers) -> Part:
    """The groups, by whatever question, in which something happens clearly more or less often than among the others."""
    rows = _rows(papers)
    if rows is None:
        return Unseen(NOT_HERE)
    tested = int(rows["tested"].groupby(rows["family"]).max().sum())
    clear = rows[rows["verdict"].str.startswith(CLEAR)]
    note = f"{of(len(clear), tested, 'comparison')}; all stand in comparisons.csv. {NOTE}"
    return Table(
        _printed(clear), "Groups in which something happens more or less often", note, f"none of {tested} comparisons is clear."
    )


NOT_HERE = "Rates are compared over the whole school; open the page for the inclusion manager or governors."


def _rows(papers: Papers) -> DataFrame | None:
    """The comparisons of rates of this part of the school; none where this audience has none."""
    if not papers.has("rate_comparisons"):
        return None
    rows = papers.tables["rate_comparisons"]
    if papers.year_group == ALL:
        return rows
    return rows[rows["by"].eq("SEN by year group") & rows["group"].eq(f"Year {papers.year_group}")]


def _rates(papers: Papers, families: list[str], told: str) -> Part:
    rows = _rows(papers)
    if rows is None:
        return Unseen(NOT_HERE)
    rows = rows[rows["by"].isin(families)]
    tested = int(rows["tested"].groupby(rows["family"]).max().sum())
    title = f"What happens how often, {told}: {papers.title}"
    return Table(_printed(rows), title, f"{tested} comparisons. {NOTE}", "nothing is known.")


def _printed(rows: DataFrame) -> DataFrame:
    needs = rows["by"].eq("type of need")
    group = rows["group"].where(~needs, need_label(rows["group"]))
    named = {"What": rows["measure"].map(sentence), "Group": group.mask(rows["by"].eq("SEN by year group"), "With SEN, " + group)}
    if "mean" not in rows:  # for readers who are told in words alone
        return DataFrame({**named, "Verdict": rows["verdict"]})
    return DataFrame({
        **named,
        "Of the group": _told(rows["count"], rows["n"], rows["mean"]),
        "Likely between": band(100 * rows["low"], 100 * rows["high"]),
        "Of the others": _told(rows["count_rest"].where(rows["mean"].notna()), rows["n_rest"], rows["mean_rest"]),
        "Times as often": rows["ratio"].map(lambda times: f"{times:.1f}" if pd.notna(times) else ""),
        "Could be seen from": (100 * rows["detectable"]).map(lambda gap: f"{gap:.0f} in 100" if pd.notna(gap) else ""),
        "Verdict": rows["verdict"],
    })  # fmt: skip


def _told(count: Series, whole: Series, share: Series) -> Series:
    """`12 of 30 (40 in 100)`; blank where it may not be shown."""
    written = count.astype("Int64").astype("str") + " of " + whole.astype("Int64").astype("str")
    told = written + " (" + (100 * share).round(0).astype("Int64").astype("str") + " in 100)"
    return told.where(count.notna() & whole.notna() & share.notna(), "")
