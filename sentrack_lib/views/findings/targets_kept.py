"""What came of targets: how many were kept, what missed ones ask, goals that were scored, and whether they were hard enough."""

from pandas import DataFrame

from sentrack_lib.measures.targets.beside_progress import AS_EXPECTED, LOW, MISSED, MUCH_LEFT, PARTLY, REACHED
from sentrack_lib.measures.targets.goals import OWN
from sentrack_lib.views.papers import ALL, Papers
from sentrack_lib.views.parts import Part, Sentences, Unseen
from sentrack_lib.views.tables.targets import NOT_SHOWN
from sentrack_lib.views.tables.targets_kept import kept_here, tested_here
from sentrack_lib.views.words import are, of, said, sentence

NONE = "No target of a pupil in a subject has ended this school year."


def targets_kept(papers: Papers) -> Part:
    """What came of the targets of this part of the school."""
    pupils = papers.has("targets_and_progress", "roll")
    if not pupils and not papers.has("target_back_test"):
        return Unseen(NOT_SHOWN)
    kept = _kept(kept_here(papers)) if pupils else []
    goals = _goals(papers.of_pupils("goals_of_pupils")) if papers.has("goals_of_pupils", "roll") else []
    tested = _tested(tested_here(papers), papers.subject) if papers.has("target_back_test") else []
    return Sentences([*kept, *goals, *tested] or [NOT_SHOWN])


def _kept(rows: DataFrame) -> list[str]:
    """How many targets were reached, and what the others ask."""
    standing = rows["standing"]
    ended = rows[standing.isin([REACHED, PARTLY, MISSED])]
    if ended.empty:
        return [NONE, *_early(rows)]
    counts = [f"{int(standing.eq(each).sum())} {each}" for each in (REACHED, PARTLY, MISSED)]
    first = f"{sentence(said(len(ended), 'target'))} of pupils in a subject ended this school year: {', '.join(counts)}."
    return [first, *_missed(ended[~ended["met"]]), *_early(rows)]


def _missed(rows: DataFrame) -> list[str]:
    """Missed targets by the progress beside them."""
    if rows.empty:
        return []
    asked = {AS_EXPECTED: f"progress is {AS_EXPECTED}: question the target", LOW: f"{LOW}: look at what is provided"}
    counts = {told: int(rows["progress"].eq(progress).sum()) for progress, told in asked.items()}
    return [f"Beside {of(count, len(rows), 'missed target')} {told}." for told, count in counts.items() if count]


def _early(rows: DataFrame) -> list[str]:
    early = int((rows["met"] & rows["left"].gt(MUCH_LEFT)).sum())
    told = f"{sentence(said(early, 'target'))} {are(early)} reached with more than half of the time left: ask for harder ones."
    return [told] if early else []


def _goals(rows: DataFrame) -> list[str]:
    number, met, own = (int(rows[name].sum()) for name in ("goals", "met", "own_scores"))
    if not number:
        return []
    scored = f" For {of(own, number, 'goal')} the score is that of {OWN}: ask a second person." if own else ""
    return [f"{sentence(of(met, number, 'scored goal'))} of {said(len(rows), 'pupil')} {are(met)} met.{scored}"]


def _tested(rows: DataFrame, subject: str) -> list[str]:
    """Whether challenging targets were as hard as they were meant to be."""
    mine = rows[rows["subject"].eq(subject)]
    if mine.empty:
        return []
    one = mine.iloc[0]
    if not one["n"] > 0:
        return [f"Whether challenging targets are as hard as they are meant to be cannot be told. {one['why']}"]
    where = "" if subject == ALL else f" in {subject}"
    share = f" ({100 * one['share']:.0f} in 100; 25 are meant)" if one["share"] == one["share"] else ""
    whole = f"Of {one['n']:.0f} challenging targets that would have been suggested a year ago{where}"
    off = rows[rows["sentence"].astype("str").str.startswith("Set too") & rows["subject"].ne(ALL)] if subject == ALL else mine
    named = [f"{row['subject']}: {row['sentence'][:1].lower()}{row['sentence'][1:]}" for row in off.to_dict("records")]
    return [" ".join([f"{whole}, {one['reached']:.0f} were reached{share}.", *named])]
