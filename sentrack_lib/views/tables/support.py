"""Who is below expectation without support, who in spite of much, and how the pupils of each provision stand."""

import pandas as pd
from pandas import DataFrame, Series

from sentrack_lib.terms import Term
from sentrack_lib.views.papers import Papers
from sentrack_lib.views.parts import Part, Table, Unseen
from sentrack_lib.views.tables.pupils import MOST_PUPILS, called
from sentrack_lib.views.words import band, number

NO_PUPILS = "This list is for readers who are shown pupils."
NOT_RECORDED = "What support pupils receive is not recorded, so nobody can be said to receive none."
EVERYONE, BELOW, NOTHING, MUCH, UNRECORDED = "all pupils", "below expectation", "nothing", "much", "not recorded"
CHOSEN = "Pupils are chosen for a provision because they are behind, so this is no judgement of the provision."
NOT_GIVEN = "Nothing recorded is not nothing given: ask before you conclude."
HOW_MUCH = (
    "Much is two provisions or more with hours in the top quarter of those who receive any, or an adult beside the pupil for ten "
    "hours a week or more."
)


def amounts(papers: Papers) -> DataFrame:
    """How many pupils of this part receive how much: `group` `expectation` `amount` `count` `of`, counted or as handed out."""
    if not papers.has("support"):
        return papers.tables["support_counts"]
    rows = papers.of_pupils("support")
    by = ["group", "expectation", "amount"]
    table = (
        pd.concat([rows.assign(group=EVERYONE), rows.assign(group=rows["sen"])]).groupby(by).size().rename("count").reset_index()
    )
    return table.assign(of=table.groupby(by[:2])["count"].transform("sum"))


def support_missing(papers: Papers) -> Part:
    """Pupils below expectation for whom no support is recorded, those to be looked at first on top."""
    rows = _below(papers, NOTHING)
    return rows if isinstance(rows, Part) else _listed(rows, "Below expectation, and no support recorded", NOT_GIVEN)


def support_without_progress(papers: Papers) -> Part:
    """Pupils who receive much and are below expectation all the same."""
    rows = _below(papers, MUCH)
    note = f"{HOW_MUCH} {CHOSEN}"
    return rows if isinstance(rows, Part) else _listed(rows, "Much support, and still below expectation", note)


def provisions(papers: Papers) -> Part:
    """Every provision: how many of its pupils are below expectation, and the sessions attended of those planned."""
    if not papers.has("provision_standing"):
        return Unseen("Provisions are counted for the inclusion manager and departments.")
    rows = papers.tables["provision_standing"]
    count, whole = rows["count"].astype("Int64").astype("str"), rows["n"].astype("str")
    shown = DataFrame({
        "Provision": rows["name"],
        "Wave": _known(rows["wave"]),
        "Area of need": _known(rows["area_of_need"]),
        "Pupils": rows["pupils"],
        "Below expectation": (count + " of " + whole).where(rows["count"].notna(), "too few to say"),
        "Likely between, in 100": band(100 * rows["low"], 100 * rows["high"]),
        "Sessions attended": _sessions(rows).mask(rows["sessions_attended"].isna(), "not recorded"),
    })  # fmt: skip
    note = f"This school year up to the term, over the whole school; of pupils whose progress can be told. {CHOSEN}"
    return Table(shown, f"Provisions and how their pupils stand: {papers.label}", note, "no pupil is recorded in any provision.")


def _known(words: Series) -> Series:
    return words.astype("str").fillna("").replace("", "not known")


def _below(papers: Papers, amount: str) -> DataFrame | Part:
    """The pupils of this part below expectation who receive an amount, as they are called; or why there is no list."""
    if not papers.has("support", "roll"):
        return Unseen(NO_PUPILS)
    rows = papers.of_pupils("support")
    if rows["amount"].eq(UNRECORDED).any():
        return Unseen(NOT_RECORDED)
    rows = rows[rows["expectation"].eq(BELOW) & rows["amount"].eq(amount)].merge(called(papers), on="pupil_id")
    rows = rows.assign(other=rows["sen"].ne("with SEN"), when=rows["since_term"].map(Term.named))
    return rows.sort_values(["level", "other", "when", "Pupil"], kind="stable")


def _listed(rows: DataFrame, title: str, note: str) -> Table:
    fewer = (
        f" {MOST_PUPILS} of {len(rows)} pupils, those with SEN and those below for longest first."
        if len(rows) > MOST_PUPILS
        else ""
    )
    some = rows.head(MOST_PUPILS)
    shown = some[["Pupil", "Form", "SEN"]].assign(**{
        "Progress": some["level"].map({"act": "look first", "watch": "watch"}),
        "Below since": some["when"].map(lambda term: term.label),
        "Provisions": some["provisions"],
        "Sessions attended": _sessions(some),
        "Hours so far": some["hours"].map(_amount),
        "Adult, hours a week": some["adult_hours_week"].map(_amount),
    })  # fmt: skip
    blank = [
        name for name in ("Provisions", "Sessions attended", "Hours so far", "Adult, hours a week") if shown[name].eq("").all()
    ]
    return Table(shown.drop(columns=blank), title, f"{note}{fewer}", "no pupil here.")


def _sessions(rows: DataFrame) -> Series:
    attended, planned = (rows[f"sessions_{name}"].round(0).astype("Int64").astype("str") for name in ("attended", "planned"))
    told = attended.where(rows["sessions_planned"].isna(), attended + " of " + planned)
    return told.where(rows["sessions_attended"].notna(), "")


def _amount(hours: float) -> str:
    return number(hours, 1, signed=False)
