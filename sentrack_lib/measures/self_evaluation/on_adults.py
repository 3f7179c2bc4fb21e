"""What the answers about each place of an adult say: statements 16 to 25 and 43."""

from collections.abc import Callable

from pandas import DataFrame

from sentrack_lib.measures.self_evaluation.known import Evidence, Known
from sentrack_lib.measures.spoken import counted, of

NOTHING = "None of the questions about places of adults is answered."
NOT_SHOWN = {
    16: "How much a pupil learns and speaks with classmates.",
    17: "What happens in the small group.",
    18: "How pupils feel about the help: ask them.",
    19: "Whether the moments are well chosen.",
    20: "Whether the pupil does more alone than before: look at the work.",
    21: "How good the plan is.",
    22: "Whether what the adult knows shows in the help.",
    23: "How skilled the help is: watch a lesson.",
    24: "Whether the adult keeps to the rules, and teachers do.",
    25: "What comes of it in the next lesson.",
    43: "What a lesson looks like: watch some.",
}


def _answered(statement: int, more: Callable[[Known], str] | None = None) -> Callable[[Known], str]:
    """Where the question about a place of work is answered with yes, and what else the timetable says about it."""

    def shows(known: Known) -> str:
        yes, no, blank = known.answered_at.get(statement, (0, 0, 0))
        if not yes + no:
            told = f"At none of {counted(blank, 'place')} of work it is answered whether it is so."
        else:
            told = f"It is so at {of(yes, yes + no, 'place')} of work where it is answered; not answered at {blank or 'none'}."
        return " ".join(filter(None, [told, more(known) if more else ""]))

    return shows


def _of_pupils(column: str, about: str) -> Callable[[Known], str]:
    """Of pupils with an adult beside them, for how many something is so."""

    def shows(known: Known) -> str:
        rows = known.tables.get("pupil_adults", DataFrame())
        if rows.empty:
            return ""
        so = rows[column].fillna(False).astype("bool").sum()
        return f"Pupils with an adult who {about}: {of(int(so), len(rows))}."

    return shows


MORE = {16: _of_pupils("isolated", "are mostly taught apart"), 20: _of_pupils("dependent", "lean on one alone")}
ON_ADULTS = [
    Evidence(number, ("checks_by_statement",), _answered(number, MORE.get(number)), NOTHING, not_shown)
    for number, not_shown in NOT_SHOWN.items()
]
