"""What the invented school agreed to do about the lowest scores of its questionnaires, and what came of it."""

import numpy as np
from pandas import DataFrame

from sentrack_lib.sources.sample.calendar import chance, days_of
from sentrack_lib.terms import Term

LOWEST = 2
"""Themes of pupils, and of parents, about which something is agreed."""
WHAT = (
    ("Ask a group of pupils what would help", "Twelve pupils were asked; three of their wishes were met."),
    ("Put it on the list of every form tutor for four weeks", "Tutors report fewer complaints."),
    ("Write to parents what will change", "All parents were written to; nine answered."),
    ("Let two pupils of each year group report to the school council", "The council heard them and asked for more."),
)
"""What was agreed, and what came of it where it was done."""
OWNERS = ("Head of year", "Inclusion manager", "Form tutors", "Deputy head")
SHARE_DONE = 0.6


def actions(views: DataFrame, term: Term, seed: int) -> DataFrame:
    """The table `actions` of a term, about the lowest themes in the `views` of the term before; some done, some overdue."""
    rng = chance(seed, "actions", term)
    themes = _lowest(views)
    first, last = days_of(term)
    agreed, by = (str(np.busday_offset(first, days, roll="forward")) for days in (5, 30))
    done = rng.permutation(len(themes)) < SHARE_DONE * len(themes)
    turns = rng.permutation(len(themes)) % len(WHAT)
    on = np.busday_offset(np.datetime64(first), rng.integers(10, 45, len(themes)), roll="forward").astype(str)
    return DataFrame(
        {
            "action_id": [f"{term}-{place}" for place in range(1, len(themes) + 1)],
            "meeting_id": f"{term}-review",
            "about": themes,
            "what": [WHAT[turn][0] for turn in turns],
            "owner": rng.choice(OWNERS, len(themes)),
            "agreed_on": agreed,
            "by": by,
            "done_on": np.where(done, on, ""),
            "result": np.where(done, [WHAT[turn][1] for turn in turns], ""),
        }
    )


def _lowest(views: DataFrame) -> list[str]:
    """The themes that pupils, and those that parents, scored lowest; each once."""
    means = views.groupby(["respondent", "theme"])["score"].mean().sort_values(kind="stable")
    return list(dict.fromkeys(means.groupby("respondent").head(LOWEST).index.get_level_values("theme")))
