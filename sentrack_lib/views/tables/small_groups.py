"""Groups too small for any figure: for the inclusion manager by name, for nobody else."""

from pandas import DataFrame

from sentrack_lib.sources.codes import need_label
from sentrack_lib.views.needs import of_all_needs
from sentrack_lib.views.papers import Papers
from sentrack_lib.views.parts import Part, Table, Unseen
from sentrack_lib.views.tables.pupils import called
from sentrack_lib.views.words import sentence


@of_all_needs
def small_groups(papers: Papers) -> Part:
    """The pupils of every group of fewer than five, of this part of the school."""
    if not papers.has("small_groups"):
        return Unseen("Groups of fewer than five pupils are named to the inclusion manager alone.")
    rows = papers.of_pupils("small_groups").merge(called(papers), on="pupil_id")
    named = (
        rows.sort_values("Pupil", kind="stable").groupby(["family", "group"], sort=False)["Pupil"].agg("; ".join).reset_index()
    )
    needs = named["family"].eq("type of need")
    shown = DataFrame({
        "Question": named["family"].map(sentence),
        "Group": named["group"].where(~needs, need_label(named["group"])),
        "Pupils": named["Pupil"],
    })  # fmt: skip
    note = "No figure can be formed of so few: look at each of them. No other reader is shown these groups."
    return Table(shown, f"Groups of fewer than five, by name: {papers.title}", note, "every group has five pupils or more.")
