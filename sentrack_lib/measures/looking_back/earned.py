"""Whether a rule earns its place: it must name more pupils rightly than a list of the lowest attenders of the same length."""

from collections.abc import Mapping
from typing import Any

from pandas import DataFrame, Series

from sentrack_lib.measures.groups.certainty import TESTED, gap_of_shares
from sentrack_lib.measures.looking_back.came_about import OUTCOMES
from sentrack_lib.measures.looking_back.cases import ALL_RULES

FEWEST_EVENTS = 20
"""Under so many, how often flags are right is not known: a recall of .6 may as well be .4 or .8 (methods, section 6)."""
EARNS, DOES_NOT, NOT_KNOWN, NOT_SCORED = "earns its place", "does not earn its place", "not known yet", "not scored"
NO_OUTCOME = "No outcome is defined for this rule, so it is not scored."
NOBODY = "Nobody was flagged by it, so there is nothing to score."


def earned(table: DataFrame) -> DataFrame:
    """The scores with `earns` (it does, does not, not known yet, or is not scored) and a `sentence` that says why.

    The two lists share pupils, who tell nothing of which is better; so the pupils `alone` on the list of the flags are held
    against those who stand on the simple list `instead`. The rule earns its place where the interval of the gap between their
    shares (Newcombe) lies above 0, and does not where it is below; neither is said under 20 events or 10 pupils on a side."""
    gap = gap_of_shares(table["alone_right"], table["alone"], table["instead_right"], table["instead"])
    enough = table["events"].ge(FEWEST_EVENTS) & table["alone"].ge(TESTED) & table["instead"].ge(TESTED)
    told = Series(NOT_KNOWN, table.index, dtype="str")
    told = told.mask(enough & gap["low"].gt(0), EARNS).mask(enough & gap["high"].lt(0), DOES_NOT)
    scored = table["rule"].isin([ALL_RULES, *OUTCOMES])
    table = table.assign(earns=told.where(scored, NOT_SCORED))
    return table.assign(sentence=[_sentence(row) for row in table.to_dict("records")])


def _sentence(row: Mapping[Any, Any]) -> str:
    if row["earns"] == NOT_SCORED:
        return NO_OUTCOME
    if row["flagged_all"] == 0:
        return NOBODY
    if row["flagged"] == 0:
        return _nobody_left(row)
    right = _right(row)
    if row["events"] < FEWEST_EVENTS:
        return f"{right} Of fewer than {FEWEST_EVENTS}, how often these flags are right here is not known yet."
    beside = f"A list as long of the lowest attenders would have named {row['simple_right']:.0f} rightly"
    return f"{right} {beside}: {_held_against(row)}."


def _right(row: Mapping[Any, Any]) -> str:
    flagged, events, right = (int(row[name]) for name in ("flagged", "events", "right"))
    if not events:
        return f"Nobody came to it, none of the {flagged} flagged nor anybody else."
    return f"Of {flagged} flagged, {right or 'none'} came to it; of {events} who came to it, {right or 'none'} had been flagged."


def _nobody_left(row: Mapping[Any, Any]) -> str:
    """Why nobody who was flagged is counted."""
    already, gone = row["already"], row["not_known"]
    if not gone:
        return "All who were flagged had come to it by then: the rule says what is so, not what comes."
    if not already:
        return "Of nobody who was flagged is it known what came."
    return f"Of those flagged {already:.0f} had come to it by then; of the others it is not known what came."


def _held_against(row: Mapping[Any, Any]) -> str:
    if row["earns"] != NOT_KNOWN:
        return f"the rule {row['earns']}"
    if min(row["alone"], row["instead"]) < TESTED:
        return "the two lists name nearly the same pupils, or are too short, so neither can be told to be better"
    return "no evidence of a difference, so it has not been shown yet to earn its place"
