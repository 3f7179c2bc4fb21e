"""How Year 7 arrived: what is known of pupils, and progress since primary school beside others of the same primary result."""

from pandas import NA, DataFrame

from sentrack_lib.sources.codes import need_label
from sentrack_lib.views.needs import of_all_needs
from sentrack_lib.views.papers import ALL, Papers
from sentrack_lib.views.parts import Part, Table, Unseen
from sentrack_lib.views.tables.pupils import called
from sentrack_lib.views.tables.representation import ROUNDED, counted, verdict_and_why
from sentrack_lib.views.words import band, band_of, number, sentence

YEAR = "7"
SINCE = " since primary school"
NOT_HERE = (
    "How pupils arrived from primary school is shown to the inclusion manager, and in round numbers to governors, for the whole "
    "school and for Year 7."
)


def _elsewhere(papers: Papers, *names: str) -> bool:
    """Whether these tables are not for this audience, or not about the part of the school that is opened."""
    return not papers.has(*names) or papers.year_group not in (ALL, YEAR) or papers.subject != ALL


@of_all_needs
def transfer(papers: Papers) -> Part:
    """What is known of pupils of Year 7, with SEN beside the others, and by name of whom nothing is."""
    if _elsewhere(papers, "transfer"):
        return Unseen(NOT_HERE)
    rows = papers.tables["transfer"]
    shown = DataFrame({
        "What": rows["item"].map(sentence),
        "Statement": rows["statement"].astype("str"),
        "With SEN": counted(rows["count"], rows["n"]),
        "Likely between": band(100 * rows["low"], 100 * rows["high"]),
        "Others": counted(rows["count_rest"], rows["n_rest"]),
        "Verdict": verdict_and_why(rows),
    }).replace("", NA).dropna(axis="columns", how="all")  # fmt: skip
    note = "Pupils of whom it is known or done, this school year."
    note += f" {ROUNDED}" if papers.audience == "governors" else ""
    return Table(shown, f"What is known of Year 7: {papers.title}", note + _by_name(papers), "nobody is in Year 7.")


def _by_name(papers: Papers) -> str:
    """Who has no primary result at all, where names may be seen."""
    names = "; ".join(without_results(papers).merge(called(papers), on="pupil_id")["Pupil"]) if papers.has("arrivals") else ""
    return f" No primary result is known of: {names}." if names else ""


def without_results(papers: Papers) -> DataFrame:
    """The pupils of Year 7 of whom no primary result is known."""
    rows = papers.tables["arrivals"]
    results = [column for column in map(str, rows) if column.startswith("a primary result")]
    return rows[~rows[results].fillna(False).astype(bool).any(axis=1)]


def dip(papers: Papers) -> Part:
    """Progress of Year 7 since primary school by SEN status and type of need."""
    if _elsewhere(papers, "since_primary"):
        return Unseen("Progress since primary school is shown to the inclusion manager, for the whole school and for Year 7.")
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
        "Verdict": verdict_and_why(rows),
    })  # fmt: skip
    note = "Beside pupils of Year 7 with the same primary result, on average over subjects; less what the start alone would make."
    return Table(shown, "Year 7 since primary school", note, "no primary results of enough pupils to compare from.")
