"""Targets as they are read: what was set, how it stands, and what would be ambitious."""

from collections.abc import Mapping
from typing import Any

from pandas import DataFrame, Series

from sentrack_lib.views.papers import ALL, Papers
from sentrack_lib.views.parts import Part, Table, Unseen
from sentrack_lib.views.tables.plan import days
from sentrack_lib.views.tables.pupils import MOST_PUPILS, called

NOT_SHOWN = "Targets of pupils are shown to those who work with them."
OPEN = ("open", "due", "goes on")


def targets(papers: Papers) -> Part:
    """The open targets, those that are due first, then those set last, with what is to be minded about each."""
    if not papers.has("targets"):
        return Unseen(NOT_SHOWN)
    shown, count = papers.listed(_open, _printed, MOST_PUPILS)
    fewer = (
        f"{MOST_PUPILS} of {count} open targets, those due first, then those set last; all stand in the workbook."
        if count > MOST_PUPILS
        else ""
    )
    return Table(shown, f"Open targets: {papers.title}", fewer, "no target is open.")


def _open(papers: Papers) -> DataFrame:
    """The open targets of this part of the school, those that are due first."""
    rows = of_part(papers)
    return rows[rows["state"].isin(OPEN)].sort_values(["overdue_days", "set_on"], ascending=False, kind="stable")


def _printed(papers: Papers, rows: DataFrame) -> DataFrame:
    some = rows.merge(called(papers), on="pupil_id", how="left", sort=False)
    whose = some["Pupil"].fillna(some["teaching_group"]).fillna("Year " + some["year_group"]).fillna("the school")
    return DataFrame({
        "Whose": whose,
        "Subject": some["subject"],
        "To be reached": some["what"],
        "From": some["baseline"],
        "To": some["target"],
        "By": days(some["by"]),
        "Owner": some["owner"],
        "State": some["state"],
        "To mind": some["advice"].astype("str").fillna(""),
    })  # fmt: skip


def of_part(papers: Papers) -> DataFrame:
    """The targets of this part's pupils, and of the whole school those of groups and subjects as well."""
    rows = papers.tables["targets"]
    whole = (papers.year_group, papers.teaching_group, papers.pupil) == (ALL, ALL, ALL)
    own = rows["pupil_id"].isin(papers.roll["pupil_id"]) | (rows["pupil_id"].isna() & whole)
    return rows[own & (rows["subject"].eq(papers.subject) | (papers.subject == ALL))]


def too_many_targets(papers: Papers) -> Part:
    """Pupils with more targets at once than can be worked at."""
    if not papers.has("plans_of_pupils"):
        return Unseen(NOT_SHOWN)
    rows = papers.of_pupils("plans_of_pupils")
    rows = rows[rows["too_many"].fillna(False).astype("bool")].merge(called(papers), on="pupil_id")
    shown = rows[["Pupil", "Form", "SEN"]].assign(**{"Open targets": rows["open"], "What": rows["sentence"]})
    note = "A plan of three or four targets is worked at; a longer one is filed."
    return Table(shown, f"More than four targets at once: {papers.title}", note, "nobody has more than four.")


def curricular_targets(papers: Papers) -> Part:
    """Targets of groups and of the curriculum, by subject."""
    if not papers.has("curricular_targets"):
        return Unseen(NOT_SHOWN)
    rows = papers.tables["curricular_targets"]
    names = {"subject": "Subject", "kind": "Kind", "n": "Targets", "open": "Open", "due": "Due", "reached": "Reached"}
    shown = rows[[name for name in names if name in rows]].rename(columns=names)
    return Table(shown, f"Targets of groups and subjects: {papers.label}", "", "none is set for a group or a subject.")


def suggested_targets(papers: Papers) -> Part:
    """What would be typical, challenging and exceptional for each pupil with SEN of a subject, from where they stand now."""
    if not papers.has("suggested_targets"):
        return Unseen(NOT_SHOWN)
    if papers.subject == ALL:
        return Unseen("Choose a subject to see what would be ambitious for each pupil.")
    rows = papers.of_pupils("suggested_targets")
    rows = rows[rows["subject"].eq(papers.subject)].merge(called(papers), on="pupil_id")
    rows = rows[rows["SEN"].ne("")] if papers.teaching_group == ALL and papers.pupil == ALL else rows
    some = rows.sort_values("Pupil", kind="stable").head(MOST_PUPILS)
    shown = some[["Pupil", "Form", "SEN"]].assign(**{
        "Now": some["now"],
        **{ambition.capitalize(): _with_chance(some, ambition) for ambition in ("typical", "challenging", "exceptional")},
        "Why not": some["why_not"].astype("str").fillna(""),
    })  # fmt: skip
    note = (
        "From the year group above: what pupils who stood here a year ago reach now. Challenging is what 3 in 4 of them score "
        "below. In brackets how many in 100 reach it. A suggestion for people to weigh, never a judgement of what a child can do."
    )
    return Table(shown, f"What would be ambitious: {papers.title}", note, "no pupil with SEN is taught here.")


def _with_chance(rows: DataFrame, ambition: str) -> Series:
    chance = (100 * rows[f"{ambition}_chance"]).round(0)
    told = rows[ambition].astype("str") + " (" + chance.astype("Float64").astype("Int64").astype("str") + ")"
    return told.where(rows[ambition].notna() & chance.notna(), "")


def from_here(row: Mapping[Any, Any]) -> str:
    """What would be ambitious for one pupil in one subject, as a sentence."""
    if isinstance(row["why_not"], str) and row["why_not"]:
        return row["why_not"]
    told = [f"{name} {row[name]} ({said_chance(row[f'{name}_chance'])})" for name in ("typical", "challenging", "exceptional")]
    return f"From {row['now']} now, of pupils who stood here a year ago: {', '.join(told)}."


def said_chance(chance: float) -> str:
    """`25 in 100 reached it`."""
    return f"{100 * chance:.0f} in 100 reached it"
