"""What groups attain and what they miss, plainly: means as measured, with nothing pooled and nothing taken off."""

from pandas import DataFrame

from sentrack_lib.sources.codes import need_label
from sentrack_lib.views.needs import of_all_needs
from sentrack_lib.views.papers import ALL, Papers
from sentrack_lib.views.parts import Part, Table, Unseen
from sentrack_lib.views.words import band_of, number

SHOWN = ["SEN status", "type of need", "gender", "ethnicity", "pupil premium", "set"]
PLAIN = "Plain means of the latest marks: groups that started lower attain less, so this is no judgement of teaching."


def attainment(papers: Papers) -> Part:
    """The latest marks of the subject looked at: groups beside the others of their year group."""
    if not papers.has("attainment"):
        return Unseen("Marks of year groups are for the inclusion manager and departments.")
    if papers.subject == ALL:
        return Unseen("Choose a subject to see what groups attain: marks of different subjects have no common scale.")
    rows = papers.tables["attainment"]
    rows = rows[rows["subject"].eq(papers.subject) & rows["family"].isin(SHOWN) & rows["mean"].notna()]
    if papers.year_group != ALL:
        rows = rows[rows["year_group"].eq(papers.year_group)]
    rows = rows.sort_values("year_group", key=lambda years: years.astype("str").str.zfill(2), kind="stable")
    shown = DataFrame({"Year": rows["year_group"]}).join(_printed(rows, 1)).assign(Scale=rows["scale"])
    return Table(shown, f"What groups attain: {papers.title}", PLAIN, "no group has five pupils with a mark.")


@of_all_needs
def absences(papers: Papers) -> Part:
    """The share of sessions that groups missed, each pupil counting once."""
    if not papers.has("absences"):
        return Unseen("Absence by group is for the inclusion manager.")
    rows = papers.tables["absences"]
    rows = rows[rows["year_group"].eq(papers.year_group) & rows["mean"].notna() & rows["family"].isin(SHOWN)]
    share = ["mean", "sd", "low", "high", "mean_rest", "gap", "gap_low", "gap_high"]
    shown = _printed(rows.assign(**{name: 100 * rows[name] for name in share}), 1)
    return Table(
        shown,
        f"Sessions missed in 100, by group: {papers.title}",
        "Mean of the pupils of a group, this school year.",
        "not known.",
    )


def _printed(rows: DataFrame, digits: int) -> DataFrame:
    needs = rows["family"].eq("type of need")
    return DataFrame({
        "Group": rows["group"].where(~needs, need_label(rows["group"])),
        "Pupils": rows["n"],
        "Mean": rows["mean"].map(lambda mean: number(mean, digits, signed=False)),
        "Others": rows["mean_rest"].map(lambda mean: number(mean, digits, signed=False)),
        "Gap": rows["gap"].map(lambda gap: number(gap, digits)),
        "Likely between": band_of(rows["gap_low"], rows["gap_high"], digits),
        "Gap in SD": rows["effect"].map(number),
        "Verdict": rows["verdict"],
    })  # fmt: skip
