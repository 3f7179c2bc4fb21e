"""Did each provision work, as it is read: the evidence reached, what could have been seen, what was found, its cost, and why."""

import numpy as np
import pandas as pd
from pandas import DataFrame, Series

from sentrack_lib.views.papers import Papers
from sentrack_lib.views.parts import Part, Table, Unseen, follows
from sentrack_lib.views.tables.pupils import called
from sentrack_lib.views.words import band_of, number, pounds, sentence

NOT_SHOWN = "Whether provision worked is shown to those who plan it."
UNNAMED = "Who is compared with whom is shown to the inclusion manager."
ALL_OF_THEM = "Of provisions of which an effect is told; all others stand in the workbook."
MOST_COMPARED = 20
"""Comparators listed for one provision: longer lists go unread, and all of them are in the table of the run."""
GROUNDS = (
    "Evidence has four rungs: an adult's rating only; entry and exit; entry and exit beside comparable pupils; the same with an "
    "earlier baseline and sessions. Could be seen from: the smallest effect that would have been found in four of five such "
    "schools, in standard deviations."
)
NONE_TOLD = "There is no provision to tell of."
NOTE = (
    "Effects are in standard deviations of untreated pupils; months are EEF's, from the lower to the upper end. Gains are in "
    "points of the scale, of a provision without a subject in standard deviations. A gain that was to be expected anyway is no "
    "effect. Cannot tell does not mean that nothing was achieved."
)


@follows()
def impact_grounds(papers: Papers) -> Part:
    """A row a provision: how far up the evidence reaches, and what could have been seen, before what was found."""
    if not papers.has("impact"):
        return Unseen(NOT_SHOWN)
    if papers.tables["impact"].empty:
        return Unseen(NONE_TOLD)
    rows = _ordered(papers.tables["impact"])
    shown = DataFrame({
        "Provision": rows["name"],
        "Evidence": _rungs(rows),
        "Pupils": rows["n"].astype("str") + " of " + rows["offered"].astype("str"),
        "Compared with": rows["comparators"].where(rows["low"].notna(), 0).astype("str").replace("0", ""),
        "Could be seen from": rows["detectable"].map(lambda size: number(size, signed=False)),
        "Sessions attended": _sessions(rows),
    })  # fmt: skip
    title = f"What can be known of each provision? {papers.label}"
    return Table(_said_here(shown), title, GROUNDS)


@follows()
def impact(papers: Papers) -> Part:
    """A row a provision, those with a verdict on top."""
    if not papers.has("impact"):
        return Unseen(NOT_SHOWN)
    if papers.tables["impact"].empty:
        return Unseen(NONE_TOLD)
    rows = _ordered(papers.tables["impact"])
    shown = DataFrame({
        "Provision": rows["name"],
        "Gain in points": rows["raw_gain"].map(lambda gain: number(gain, 1)),
        "To be expected anyway": rows["expected_gain"].map(lambda gain: number(gain, 1)),
        **_effects(rows),
        "Cost": _cost(rows),
        "Verdict": rows["verdict"],
        "Why": rows["why"],
    })  # fmt: skip
    return Table(_said_here(shown), f"Did each provision work? {papers.label}", NOTE)


def _said_here(shown: DataFrame) -> DataFrame:
    """The columns in which something is said to these readers."""
    blank = [name for name in shown if shown[name].astype("str").eq("").all()]
    return shown.drop(columns=blank) if len(shown) else shown


def _ordered(rows: DataFrame) -> DataFrame:
    """Harm first, then benefit, then where there is an effect to look at, then by name."""
    place = np.select([rows["verdict"].eq("harm"), rows["verdict"].eq("benefit"), rows["effect"].notna()], [0, 1, 2], 3)
    return rows.assign(place=place).sort_values(["place", "name"], kind="stable", ignore_index=True)


def _rungs(rows: DataFrame) -> Series:
    lot = rows["chosen_by"].eq("lot").fillna(False) & rows["effect"].notna()
    told = rows["rung"].astype("str") + ": " + rows["ladder"]
    return told.where(~lot, told + "; places drawn by lot")


def _effects(rows: DataFrame) -> dict[str, Series]:
    ends = band_of(rows["low"], rows["high"])
    effect = rows["effect"].map(number).astype("str")
    shown = rows["low"].notna() & rows["high"].notna()
    months = rows["months_low"].astype("str") + " to " + rows["months_high"].astype("str")
    months = months.str.replace("-", "\N{MINUS SIGN}")
    return {"Effect": (effect + " (" + ends + ")").where(shown, ""), "Months": months.where(shown, "")}


def _sessions(rows: DataFrame) -> Series:
    """`1,230 of 1,440 (80 % had most)`."""
    known = rows["planned"].notna() & rows["attended"].notna()
    told = [
        f"{attended:,.0f} of {planned:,.0f} ({mostly:.0%} of pupils had most)".replace("%", " %") if sure else ""
        for attended, planned, mostly, sure in zip(rows["attended"], rows["planned"], rows["mostly_there"], known, strict=True)
    ]
    return Series(told, rows.index, dtype="str")


def _cost(rows: DataFrame) -> Series:
    """Pounds for 0.1 SD where there is a benefit; else what a pupil costs, and that the effect is not known."""
    told = [
        f"{pounds(low)} to {pounds(high)} for 0.1 SD a pupil"
        if pd.notna(low) and pd.notna(high)
        else f"{pounds(each)} a pupil, effect not known"
        if pd.notna(each)
        else ""
        for low, high, each in zip(rows["cost_low"], rows["cost_high"], rows["cost_per_pupil"], strict=True)
    ]
    return Series(told, rows.index, dtype="str")


def impact_pupils(papers: Papers) -> Part:
    """Who is compared with whom: the pupils of each provision, and who they are held against."""
    if papers.audience != "inclusion" or not papers.has("impact_pupils", "impact", "roll"):
        return Unseen(UNNAMED)
    rows = papers.of_pupils("impact_pupils").merge(called(papers), on="pupil_id")
    known = papers.tables["impact"].drop_duplicates("provision_id").set_index("provision_id")
    names = known["name"]
    rows = rows[rows["provision_id"].isin(known.index[known["low"].notna()])]
    rows = rows.assign(name=rows["provision_id"].map(names).fillna(rows["provision_id"]), first=rows["side"].ne("treated"))
    rows = rows.sort_values(["name", "first", "alike", "p1"], ascending=[True, True, False, True], kind="stable")
    some = rows[rows.groupby(["name", "side"]).cumcount().lt(MOST_COMPARED)]
    side = some["side"].map({"treated": "in the provision", "comparator": "compared with"}).astype("str")
    side = side.where(~(some["side"].eq("comparator") & some["alike"]), side + ", like start")
    shown = DataFrame({
        "Provision": some["name"],
        "Pupil": some["Pupil"],
        "Form": some["Form"],
        "SEN": some["SEN"],
        "Side": side.where(some["counted"], side + ", not counted"),
        "Earlier": some["p0"].map(lambda score: number(score, 1, signed=False)),
        "Before": some["p1"].map(lambda score: number(score, 1, signed=False)),
        "Now": some["y"].map(lambda score: number(score, 1, signed=False)),
        "Sessions": _attended(some),
    })  # fmt: skip
    fewer = f" Of each side the first {MOST_COMPARED}." if len(some) < len(rows) else ""
    note = f"{ALL_OF_THEM} Scores in points of the scale; not counted: without all grades, or began in another term.{fewer}"
    return Table(shown, f"Who is compared with whom: {papers.title}", note, "no effect can be told.")


def _attended(rows: DataFrame) -> Series:
    known = rows["planned"].notna() & rows["attended"].notna()
    whole = [rows[name].round().astype("Int64").astype("str") for name in ("attended", "planned")]
    return (whole[0] + " of " + whole[1]).where(known, "")


@follows()
def impact_of(papers: Papers) -> Part:
    """Provisions of one kind together."""
    if not papers.has("impact_of"):
        return Unseen(NOT_SHOWN)
    rows = papers.tables["impact_of"]
    effects = _effects(rows)
    shown = DataFrame({
        "By": rows["by"].map(sentence).where(rows["by"].ne(rows["by"].shift()), ""),
        "Which": rows["group"],
        "Provisions": rows["provisions"],
        "Pupils counted": rows["n"],
        "Could be seen from": rows["detectable"].map(lambda size: number(size, signed=False)),
        **effects,
        "Verdict": rows["verdict"],
        "Why": rows["why"],
    })  # fmt: skip
    note = "Every pupil is counted once. Given by is a role; of no adult is an effect told."
    return Table(shown, f"What worked, by kind of provision: {papers.label}", note, "no provision is recorded.")
