"""How many comparisons were made, of whom a question is not known, and whether it is the class or the pupils."""

from collections.abc import Hashable, Mapping
from typing import Any

from sentrack_lib.views.needs import of_all_needs
from sentrack_lib.views.papers import ALL, NO_CLASSES, Papers
from sentrack_lib.views.parts import Part, Sentences, Unseen
from sentrack_lib.views.words import are, of, said, sentence

CLEAR = "clear difference"
LOWER = f"{CLEAR}: lower"
QUESTIONS = {
    "SEN status": "SEN status",
    "type of need": "the type of need",
    "ethnicity": "ethnicity",
    "gender": "gender",
    "pupil premium": "the pupil premium",
    "EAL": "the first language",
    "looked after": "care by a local authority",
    "disability": "disability",
}

Row = Mapping[Hashable, Any]


@of_all_needs
def groups(papers: Papers) -> Sentences:
    """What was asked of how many groups, so that nobody takes one finding among hundreds for the one looked for."""
    tested = papers.compared[papers.compared["q_value"].notna()]
    if tested.empty:
        return Sentences(["No group here is large enough to be compared with the others: too few to say."])
    families = tested.groupby(["family", "subject"]).ngroups
    few = int(papers.compared["verdict"].eq("too few to say").sum())
    many = f"in {said(families, 'family', 'families')} (one question in one subject)"
    made = f"{sentence(said(len(tested), 'comparison'))} of groups {are(len(tested))} told here, {many}."
    honest = "In each family at most one clear difference in ten is expected to be chance."
    too_few = f"{sentence(said(few, 'group'))} {are(few)} too small for a verdict."
    small = too_few if few else "No group is too small for a verdict."
    return Sentences([f"{made} {honest}", small])


def known(papers: Papers) -> Part:
    """Of how many pupils each question is not known; these are in no group, and so easily overlooked."""
    if not papers.has("questions"):
        return Unseen("Of whom a question is not known is for the inclusion manager.")
    rows = papers.tables["questions"].to_dict("records")
    told = [line for row in rows if (line := _known(row))]
    return Sentences(told or ["Every question can be asked of every pupil."])


def _known(row: Row) -> str:
    """One question of which something is missing, or that compares nobody."""
    asked, missing = QUESTIONS[row["family"]], row["of"] - row["known"]
    if row["of"] == 0:
        return "No pupil has SEN, so there is no type of need to compare."
    if row["known"] == 0:
        return f"{sentence(asked)} is not known of any pupil, so progress cannot be compared by it."
    if row["groups"] == 1 and not missing:
        return f"By {asked} all pupils are in one group, so there is nobody to compare them with."
    whose = "pupil with SEN" if row["family"] == "type of need" else "pupil"
    plural = "pupils with SEN" if row["family"] == "type of need" else "pupils"
    return (
        f"{sentence(asked)} is not known of {of(missing, row['of'], whose, plural)}; they stand in no group." if missing else ""
    )


@of_all_needs
def subject_or_pupil(papers: Papers) -> Part:
    """Whether classes are behind because of what happens in them, or because of who sits there; and where the SEN gap lies."""
    if not papers.has("teaching_groups"):
        return Unseen(NO_CLASSES)
    others, own = (_classes(papers, measure) for measure in ("progress", "beside own average"))
    behind = others[others["verdict"].str.startswith(LOWER)]
    both = behind.merge(own[own["verdict"].str.startswith(LOWER)], on=["subject", "group"])
    tested = int(others["q_value"].notna().sum())
    if not tested:
        return Sentences(["No teaching group here is large enough to be compared with the others of its subject."])
    shows = "grows" if len(behind) == 1 else "grow"
    told = f"{sentence(of(len(behind), tested, 'teaching group'))} clearly {shows} less than the others of the subject"
    also = (
        f"; in {said(len(both), 'of them', 'of them')} the same pupils grow less than in their other subjects"
        if len(behind)
        else ""
    )
    return Sentences([f"{told}{also}.", *(_look_at_class(row) for row in both.to_dict("records")), *_inside(papers)])


def _classes(papers: Papers, measure: str) -> Any:
    rows = papers.about_here(measure)
    return rows[rows["by"].eq("teaching group") & (rows["subject"].eq(papers.subject) | (papers.subject == ALL))]


def _look_at_class(row: Row) -> str:
    return f"Teaching group {row['group']} in {row['subject']}: look at the class before its {said(row['n_x'], 'pupil')}."


def _inside(papers: Papers) -> list[str]:
    """In which subjects pupils with SEN grow less than the others in the same room."""
    if not papers.has("within_classes") or papers.year_group != ALL:
        return []
    rows = papers.tables["within_classes"]
    rows = rows if papers.subject == ALL else rows[rows["subject"].eq(papers.subject)]
    tested = rows[rows["q_value"].notna()]
    lower = tested[tested["verdict"].str.startswith(LOWER)]
    if tested.empty:
        return []
    where = f": {', '.join(lower['subject'])}" if len(lower) else ""
    told = "Inside their classes pupils with SEN grow clearly less than the others"
    return [f"{told} in {of(len(lower), len(tested), 'subject')}{where}."]
