"""How Year 7 arrived: what is known of pupils, and progress since primary school beside others of the same primary result."""

from pandas import DataFrame

from sentrack_lib.sources.codes import need_label
from sentrack_lib.views.papers import ALL, Papers
from sentrack_lib.views.parts import Part, Table, Unseen
from sentrack_lib.views.words import band, band_of, number, sentence

YEAR = "7"
NOT_HERE = "How pupils arrived from primary school is shown for the whole school and for Year 7."


def _elsewhere(papers: Papers, *names: str) -> bool:
    """Whether these tables are not for this audience, or not about the part of the school that is opened."""
    return not papers.has(*names) or papers.year_group not in (ALL, YEAR) or papers.subject != ALL


def transfer(papers: Papers) -> Part:
    """What is known of pupils of Year 7, with SEN beside the others, and by name of whom nothing is."""
    if _elsewhere(papers, "transfer"):
        return Unseen(NOT_HERE)
    rows = papers.tables["transfer"]
    told = rows["count"].astype("Int64").astype("str") + " of " + rows["n"].astype("Int64").astype("str")
    others = rows["count_rest"].astype("Int64").astype("str") + " of " + rows["n_rest"].astype("Int64").astype("str")
    shown = DataFrame({
        "What": rows["item"].map(sentence),
        "Statement": rows["statement"].astype("str"),
        "With SEN": told.where(rows["count"].notna() & rows["n"].gt(0), ""),
        "Likely between": band(100 * rows["low"], 100 * rows["high"]),
        "Others": others.where(rows["count_rest"].notna() & rows["n_rest"].gt(0), ""),
        "Verdict": rows["verdict"],
    })  # fmt: skip
    return Table(
        shown, f"What is known of Year 7: {papers.title}", "Pupils of whom it is known or done, this school year.", "no Year 7."
    )


def dip(papers: Papers) -> Part:
    """Progress of Year 7 since primary school by SEN status and type of need."""
    if _elsewhere(papers, "since_primary"):
        return Unseen(NOT_HERE)
    rows = papers.tables["since_primary"]
    rows = rows[rows["subject"].eq(ALL) & rows["n"].gt(0)]
    needs = rows["family"].str.startswith("type of need")
    shown = DataFrame({
        "Group": rows["group"].where(~needs, need_label(rows["group"])),
        "Pupils": rows["n"],
        "As measured, SD": rows["mean"].map(number),
        "Likely between, SD": band_of(rows["low"], rows["high"]),
        "Gap, SD": rows["gap_less_artefact"].map(number),
        "Could be seen from, SD": rows["detectable"].map(lambda size: number(size, signed=False)),
        "Verdict": rows["verdict"],
    })  # fmt: skip
    note = "Beside pupils of Year 7 with the same primary result, on average over subjects; less what the start alone would make."
    return Table(shown, "Year 7 since primary school", note, "no primary results of enough pupils to compare from.")
