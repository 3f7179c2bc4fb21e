"""Is it the class, the subject, or the pupil? Classes beside others and beside their pupils' own averages; SEN inside classes."""

import numpy as np
from pandas import DataFrame, Series

from sentrack_lib.views.needs import of_all_needs
from sentrack_lib.views.papers import ALL, NO_CLASSES, Papers
from sentrack_lib.views.parts import Part, Table, Unseen
from sentrack_lib.views.words import band_of, number, sentence

CLEAR = "clear difference"
OWN = "beside own average"
LOWER = f"{CLEAR}: lower"
READINGS = {
    (True, True): "The class is out of line: look at the class.",
    (True, False): "Its pupils grow less elsewhere too: look at the pupils.",
    (False, True): "Its pupils grow less here than elsewhere: look at the class.",
}


@of_all_needs
def subject_or_pupil(papers: Papers) -> Part:
    """Classes behind others, or behind their pupils' own averages, and which of the two it is."""
    if not papers.has("teaching_groups"):
        return Unseen(NO_CLASSES)
    others, own = (_classes_of(papers, measure) for measure in ("progress", OWN))
    both = others.join(own[["gap_less_artefact", "verdict"]].add_suffix("_own"))
    behind = both["verdict"].str.startswith(LOWER), both["verdict_own"].astype("str").fillna("").str.startswith(LOWER)
    either = behind[0] | behind[1]
    shown = both[either].reset_index()
    reading = Series([READINGS[each] for each in zip(*(side[either] for side in behind), strict=True)], shown.index, dtype="str")
    tested = int(both["q_value"].notna().sum())
    return Table(
        _classes(shown).assign(**{"What it points to": reading}),
        f"Class or pupils? {papers.title}",
        f"{tested} classes, each beside the others of its subject, and its pupils beside their own other subjects. Gaps in SD.",
        f"none of {tested} classes is clearly behind the others, or behind its pupils' own averages.",
    )


def _classes_of(papers: Papers, measure: str) -> DataFrame:
    rows = papers.about_here(measure)
    rows = rows[rows["by"].eq("teaching group") & (rows["subject"].eq(papers.subject) | (papers.subject == ALL))]
    return rows.set_index(["subject", "group"])


def _classes(rows: DataFrame) -> DataFrame:
    return DataFrame({
        "Subject": rows["subject"],
        "Teaching group": rows["group"],
        "Pupils": rows["n"],
        "Beside other classes": rows["gap_less_artefact"].map(number),
        "Beside the pupils' own other subjects": rows["gap_less_artefact_own"].map(number),
    })  # fmt: skip


@of_all_needs
def own_by_subject(papers: Papers) -> Part:
    """Pupils with SEN in each subject beside their own other subjects."""
    if not papers.has("teaching_groups"):
        return Unseen(NO_CLASSES)
    rows = papers.about_here(OWN)
    family = "SEN status" if papers.year_group == ALL else "SEN by year group"
    rows = rows[rows["by"].eq(family) & rows["group"].ne("No SEN")]
    rows = rows if papers.subject == ALL else rows[rows["subject"].eq(papers.subject)]
    shown = DataFrame({
        "Subject": rows["subject"],
        "Group": rows["group"],
        "Pupils": rows["n"],
        "As measured, SD": rows["mean"].map(number),
        "Likely between, SD": band_of(rows["low"], rows["high"]),
        "Gap, SD": rows["gap_less_artefact"].map(number),
        "Could be seen from, SD": rows["detectable"].map(lambda size: number(size, signed=False)),
        "Verdict": rows["verdict"],
    })  # fmt: skip
    note = "Each pupil's growth in the subject less the mean of the same pupil's other subjects; the gap is to all others."
    return Table(
        shown, f"The same pupils across their subjects: {papers.title}", note, "too few pupils have three other subjects."
    )


def within_classes(papers: Papers) -> Part:
    """Pupils with SEN beside the other pupils of their own classes; of one subject, class by class."""
    if not papers.has("teaching_groups"):
        return Unseen(NO_CLASSES)
    if papers.subject != ALL:
        return _class_by_class(papers)
    rows = papers.tables.get("within_classes", DataFrame())
    if rows.empty or papers.year_group != ALL:
        return Unseen("Choose a subject to see pupils with SEN beside the others of their own class.")
    shown = DataFrame({
        "Subject": rows["subject"],
        "Classes": rows["classes"],
        "With SEN": rows["n"],
        "Others": rows["n_rest"],
        "Gap inside classes, SD": rows["gap_less_artefact"].map(number),
        "Likely between, SD": band_of(rows["low"], rows["high"]),
        "Verdict": rows["verdict"],
    })  # fmt: skip
    note = "What is so of a whole class has no part in this gap: it lies between pupils who sit in the same room."
    return Table(shown, "Pupils with SEN beside the others of their own class", note)


def _class_by_class(papers: Papers) -> Part:
    rows = papers.about_here("within classes")
    rows = rows[rows["subject"].eq(papers.subject)]
    shown = DataFrame({
        "Teaching group": rows["group"],
        "With SEN": rows["n"],
        "Others": rows["n_rest"],
        "With SEN, SD": rows["mean"].map(number),
        "Others, SD": rows["mean_rest"].map(number),
        "Gap, SD": rows["gap_less_artefact"].map(number),
        "Could be seen from, SD": rows["detectable"].map(lambda size: number(size, signed=False)),
        "Verdict": np.where(rows["why"].ne(""), rows["why"].map(sentence), rows["verdict"]),
    })  # fmt: skip
    note = (
        "Mean growth of pupils with SEN and of the others in the same room. The gap is less what their starts alone would make."
    )
    return Table(
        shown, f"Pupils with SEN beside the others of their own class: {papers.title}", note, "no class has pupils with SEN."
    )
