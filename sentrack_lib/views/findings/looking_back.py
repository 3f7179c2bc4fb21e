"""Whether last term's flags were right, and what has changed since: new, cleared, standing, done."""

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd
from pandas import DataFrame, Series

from sentrack_lib.measures.groups.verdicts import CLEAR
from sentrack_lib.measures.looking_back.cases import ALL_RULES
from sentrack_lib.measures.looking_back.changed import CLEARED, EVERYONE, LEFT, NEW, STILL
from sentrack_lib.measures.looking_back.done import NOT_YET
from sentrack_lib.measures.looking_back.earned import DOES_NOT, EARNS, FEWEST_EVENTS, NOT_KNOWN
from sentrack_lib.measures.looking_back.scored import EVER, LAST
from sentrack_lib.sources.codes import need_label
from sentrack_lib.terms import Term
from sentrack_lib.views.findings.trends import corrected
from sentrack_lib.views.papers import Papers
from sentrack_lib.views.parts import Part, Sentences, Told, Unseen
from sentrack_lib.views.tables.due import due_here
from sentrack_lib.views.tables.looking_back import (
    NOT_COUNTED,
    NOT_SCORED,
    changed_here,
    followed_here,
    none_kept,
    nothing_here,
    nothing_kept,
    since_here,
)
from sentrack_lib.views.words import are, named, of, said, sentence

LONG = 3
"""So many terms in a row: a school year, after which what was tried has had its time."""
Row = Mapping[Hashable, Any]


def flags_right(papers: Papers) -> Part:
    """How many of those flagged last term came to what the rules foretell, how many of those who came to it had been flagged,
    which rules earn their place, and which groups are missed or warned of more often."""
    if not papers.has("flags_scored"):
        return Unseen(NOT_SCORED)
    rows = papers.tables["flags_scored"]
    if rows.empty:
        return Sentences([nothing_kept(papers)])
    row = rows[rows["rule"].eq(ALL_RULES) & rows["over"].eq(LAST)].iloc[0].to_dict()
    over = rows[rows["over"].eq(EVER) & rows["rule"].ne(ALL_RULES)]
    return Sentences([_right(row), *_found(row), _places(over), *_fair(papers)])


def _right(row: Row) -> str:
    """The bottom line: of those flagged, how many came to it."""
    flagged, then = int(row["flagged"]), Term.named(row["term"]).label
    if not flagged:
        already = f" {_all(int(row['already']))} flagged had come to it by then." if row["already"] else ""
        return f"Nobody was flagged in {then} of whom something was foretold that had not come yet.{already}"
    right = int(row["right"])
    likely: str = "" if pd.isna(row["precision_low"]) else _likely(row["precision_low"], row["precision_high"])
    now = Term.named(row["in_term"]).label
    less = f"; {int(row['already'])} more had come to it before" if row["already"] else ""
    return f"{sentence(of(right, flagged))} flagged in {then} came by {now} to what was foretold{likely}{less}."


def _all(pupils: int) -> str:
    return "The only pupil" if pupils == 1 else f"All {pupils:,} pupils"


def _likely(low: float, high: float) -> str:
    return f" (likely {100 * low:.0f} to {100 * high:.0f} in 100)"


def _found(row: Row) -> list[str]:
    """Of those who came to it, how many had been flagged; or that it is too early to tell."""
    events = int(row["events"])
    if events < FEWEST_EVENTS:
        return [f"It came to fewer than {FEWEST_EVENTS} pupils, {events}: how often these flags are right here is not known yet."]
    simple = f"a list of as many of the lowest attenders would have named {row['simple_right']:.0f}" if row["flagged"] else ""
    told = f"Of {said(events, 'pupil')} to whom it came {int(row['right'])} had been flagged"
    return [f"{told}; {simple}." if simple else f"{told}."]


def _places(rows: DataFrame) -> str:
    """Which rules earn their place, which do not, and of how many it is not known."""
    earn, fail = (", ".join(rows.loc[rows["earns"].eq(word), "rule"]) for word in (EARNS, DOES_NOT))
    unknown = int(rows["earns"].eq(NOT_KNOWN).sum())
    told = [f"these earn their place: {earn}"] if earn else []
    told += [f"these do not, and may be given up: {fail}"] if fail else []
    told += [f"of {said(unknown, 'rule')} it is not known yet"] if unknown else []
    return f"Held against a list of the lowest attenders, over all terms so far, {'; '.join(told)}."


def _fair(papers: Papers) -> list[str]:
    """Groups that are missed or warned of more or less often than all others."""
    if not papers.has("flags_fair"):
        return []
    rows = papers.tables["flags_fair"]
    rows = rows[rows["over"].eq(EVER)]
    judged = rows[rows["q_value"].notna()]
    if judged.empty:
        return ["Whether flags treat groups alike cannot be told: in no group are there events enough."]
    clear = judged[judged["verdict"].str.startswith(CLEAR)]
    if clear.empty:
        return ["There is no evidence that false alarms or misses are more frequent in one group than in the others."]
    told = [f"{row['measure']} {row['verdict'].rpartition(': ')[2]} among {_group(row)}" for row in clear.to_dict("records")]
    return [f"Clear differences in how flags treat groups: {'; '.join(told)}."]


def _group(row: Row) -> str:
    label = need_label(Series([row["group"]])).iloc[0] if row["family"] == "type of need" else row["group"]
    return named(str(row["family"]), str(label))


def changed_since(papers: Papers) -> Part:
    """Which flags are new, cleared or still stand, for how long, what was done of what was agreed, and what was corrected."""
    if not papers.has("flags_since") and not papers.has("flags_changed"):
        return Unseen(NOT_COUNTED)
    rows = changed_here(papers)
    first = [_states(papers, rows), *_acted(papers)] if len(rows) else _no_flag(papers)
    lines = [*first, *_done(papers), *_corrections(papers)]
    return Sentences(lines) if lines else Told()


def _no_flag(papers: Papers) -> list[str]:
    """Why there is no flag to look back at, unless the section before says it to these readers."""
    if not none_kept(papers):
        return [repr(nothing_here(papers))]
    return [] if papers.has("flags_scored") else [nothing_kept(papers)]


def _states(papers: Papers, rows: DataFrame) -> str:
    """How many flags are new, still stand (and for long), are cleared, went with their pupil."""
    flags = rows[rows["group"].eq(EVERYONE) & rows["rule"].eq(ALL_RULES)].set_index("state")["flags"]
    new, still, cleared, left = (_counted(flags[name]) for name in (NEW, STILL, CLEARED, LEFT))
    told = f"{new} new, {still} still standing{_long(papers)}, {cleared} cleared, {left} of pupils who left"
    return f"Flags since {Term.named(rows['before'].iloc[0]).label}: {told}."


def _counted(count: Any) -> str:
    return "too few to show" if pd.isna(count) else f"{int(count):,}"


def _long(papers: Papers) -> str:
    """How many of the flags that still stand have stood for long."""
    if not papers.has("flags_since"):
        return ""
    rows = since_here(papers)
    long = int((rows["state"].eq(STILL) & rows["terms"].ge(LONG)).sum())
    return f" ({long:,} for {LONG} terms in a row or more)" if long else ""


def _acted(papers: Papers) -> list[str]:
    """For how many of last term's flags an action is recorded."""
    if not papers.has("flags_followed", "roll"):
        return []
    rows = followed_here(papers)
    if rows.empty:
        return []
    acted, then = int(rows["acted"].sum()), Term.named(rows["term"].iloc[0]).label
    return [f"An action is recorded for {of(acted, len(rows), 'flag')} of {then}."]


def _done(papers: Papers) -> list[str]:
    """What became of what was agreed."""
    if not papers.has("decisions_followed", "roll"):
        return []
    rows = due_here(papers, "decisions_followed")
    if rows.empty:
        return ["No decision of last term or this is recorded."]
    counts = rows["state"].value_counts()
    told = [f"{count:,} {state}" for state, count in counts.items()]
    late = int((rows["state"].eq(NOT_YET) & rows["days"].gt(0)).sum())
    over = f" Of those not yet done {late:,} {are(late)} past {'its' if late == 1 else 'their'} day." if late else ""
    return [f"Of {said(len(rows), 'decision')} of last term and this: {', '.join(told)}.{over}"]


def _corrections(papers: Papers) -> list[str]:
    if not papers.has("changes", "roll"):
        return []
    whole = papers.whole
    return [corrected(papers.tables["changes"] if whole else papers.of_pupils("changes"))]
