"""Pupil by pupil: who to look at first, and three expectations side by side."""

import pandas as pd
from pandas import DataFrame, Series

from sentrack_lib.sources.codes import sen_group
from sentrack_lib.terms import Term
from sentrack_lib.views.papers import ALL, Papers
from sentrack_lib.views.parts import Part, Table, Unseen
from sentrack_lib.views.words import band, number

NO_PUPILS = "This page is for readers who are shown no pupils."
CAPACITY = 15
"""How many pupils a meeting can review; longer lists go unread (methods, section 6)."""
MOST_PUPILS = 40
"""Pupils listed on a page, those with the least growth first; a workbook lists all."""
SOFT = (
    "A growth percentile of 30 means: 30 in 100 pupils with the same start grew less. The true growth of one pupil is soft; in "
    "two of three cases it lies in the band."
)


def look_first(papers: Papers) -> Part:
    """Who is to be looked at first, as many as can be reviewed, with the evidence and room for an owner."""
    if not papers.has("flags"):
        return Unseen(NO_PUPILS)
    flags = papers.flags
    listed = flags[flags["pupil_id"].isin(flags["pupil_id"].drop_duplicates().head(CAPACITY))]
    parts = {"Level": ("level", _level), "Why": ("evidence", "\n".join), "Since": ("since_term", _since)}
    why = listed.groupby("pupil_id", sort=False).agg(**parts).reset_index()
    shown = why.merge(called(papers), on="pupil_id").assign(Owner="")[["Pupil", "Form", "SEN", "Level", "Why", "Since", "Owner"]]
    note = (
        f"{len(shown)} of {flags['pupil_id'].nunique()} flagged pupils: as many as can be reviewed at once, most signals first."
    )
    return Table(shown, "Who to look at first", f"{note} All stand in the workbook.", "no pupil is flagged.")


def pupils(papers: Papers) -> Part:
    """Growth with its band, and beside it the teacher's target and the scale's own expectation; least growth first."""
    if not papers.has("progress"):
        return Unseen(NO_PUPILS)
    rows = called(papers).merge(papers.progress, on="pupil_id")
    rows = rows.sort_values(["growth_percentile", "Pupil"], na_position="last", kind="stable")
    fewer = (
        f" The {MOST_PUPILS} of {len(rows)} pupils with the least growth; the workbook lists all."
        if len(rows) > MOST_PUPILS
        else ""
    )
    shown = _expectations(rows.head(MOST_PUPILS), points=papers.subject != ALL)
    return Table(shown, f"Pupil by pupil: {papers.title}", SOFT + fewer, "no pupil is taught here.")


def _expectations(rows: DataFrame, points: bool) -> DataFrame:
    """The rows as printed; an average over subjects has no points of one scale."""
    growth = {
        "Growth percentile": rows["growth_percentile"].round(0),
        "Likely between": band(rows["band_low"], rows["band_high"]),
        "Chance of low growth": (100 * rows["p_low"]).map(lambda chance: f"{chance:.0f} %" if pd.notna(chance) else ""),
    }
    one_scale = {
        "Start": rows["start"].round(1),
        "Now": rows["points"].round(1),
        **growth,
        "Against target": rows["target_gap"].map(lambda gap: number(gap, 1)),
        "Against the scale": rows["yearly_gap"].map(lambda gap: number(gap, 1)),
    }
    return rows[["Pupil", "Form", "SEN"]].assign(**(one_scale if points else growth), **{"Why not": rows["why_not"].fillna("")})


def called(papers: Papers) -> DataFrame:
    """The pupils of this part as they are called: `pupil_id`, Pupil, Form, SEN (status and first need)."""
    return papers.here(_called)


def _called(papers: Papers) -> DataFrame:
    roll = papers.roll
    name = roll["surname"].fillna("").str.cat(roll["forename"].fillna(""), sep=", ").str.strip(", ")
    sen = sen_group(roll["sen_status"])
    told = sen.str.cat(roll["sen_need"].fillna(""), sep=": ").str.removesuffix(": ")
    form = roll["form"].where(roll["form"].notna(), "Year " + roll["year_group"].fillna("not known"))
    shown = {"Pupil": name.where(name.ne(""), roll["pupil_id"]), "Form": form, "SEN": told.where(sen.ne("No SEN"), "")}
    return DataFrame({"pupil_id": roll["pupil_id"], **shown})


def pupil_names(papers: Papers) -> dict[str, str]:
    """Every pupil of the papers, whatever part of the school is looked at, as they are called, by `pupil_id`."""
    named = called(papers.on())
    return dict(zip(named["pupil_id"], named["Pupil"], strict=True))


def _level(levels: Series) -> str:
    return "look first" if levels.eq("act").any() else "watch"


def _since(terms: Series) -> str:
    return Term.named(terms.iloc[0]).label
