"""Reading ages before and after a provision, and the ratio gain, with what it can be compared with."""

from pandas import DataFrame

from sentrack_lib.views.papers import Papers
from sentrack_lib.views.parts import Part, Table, Unseen
from sentrack_lib.views.tables.plan import days
from sentrack_lib.views.tables.pupils import MOST_PUPILS, called
from sentrack_lib.views.tables.targets_kept import first_of
from sentrack_lib.views.words import number

NOTE = (
    "Ratio gain: months of reading age gained for each month that passed; 1 is a month for a month. Pupils chosen because they "
    "read poorly gain more the next time even without help, so that a ratio by itself does not say that something worked."
)


def reading_ages(papers: Papers) -> Part:
    """The reading ages of this part's pupils at the start and the end of a provision, by provision and name."""
    if not papers.has("reading_ages", "roll"):
        return Unseen("Reading ages of single pupils are for those who work with them.")
    rows = papers.of_pupils("reading_ages").merge(called(papers), on="pupil_id")
    rows = rows.sort_values(["provision", "waiting", "Pupil"], kind="stable")
    whole, rows = len(rows), rows.head(MOST_PUPILS)
    shown = DataFrame({
        "Provision": rows["provision"] + rows["waiting"].map({True: " (waiting)", False: ""}).astype("str"),
        "Pupil": rows["Pupil"],
        "From": days(rows["start"]),
        "To": days(rows["end"]),
        "At the start": rows["baseline"].astype("str").fillna(""),
        "At the end": rows["outcome"].astype("str").fillna(""),
        "Months passed": rows["months"].map(lambda each: number(each, 1, signed=False)),
        "Months gained": rows["gained"].map(lambda each: number(each, 0)),
        "Ratio gain": rows["ratio"].map(lambda each: number(each, 1, signed=False)),
        "Beside it": rows["beside"],
        "Why not": rows["why"].astype("str").fillna(""),
    })  # fmt: skip
    return Table(shown, f"Reading ages: {papers.title}", NOTE + first_of(whole), "no reading age is recorded with a provision.")
