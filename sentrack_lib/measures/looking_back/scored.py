"""How often flags were right: of those flagged, of those it came about for, how early, and against a simpler rule."""

from collections.abc import Sequence

import pandas as pd
from pandas import DataFrame

from sentrack_lib.measures.groups.certainty import SHOWN, wilson
from sentrack_lib.measures.looking_back.came_about import OUTCOMES, WORDS
from sentrack_lib.measures.looking_back.cases import Pair
from sentrack_lib.measures.looking_back.early import lead_times
from sentrack_lib.measures.looking_back.earned import earned
from sentrack_lib.measures.taking_part import Calendar
from sentrack_lib.terms import Term

LAST, EVER = "last term", "all terms so far"
ANY = "any of these"
COUNTS = ["flagged_all", "already", "not_known", "n", "events", "flagged", "right"]
COLUMNS = [
    "over", "term", "in_term", "rule", "outcome", "terms", *COUNTS, "precision", "precision_low", "precision_high", "recall",
    "recall_low", "recall_high", "simple_listed", "simple_right", "simple_precision", "simple_precision_low",
    "simple_precision_high", "simple_recall", "simple_recall_low", "simple_recall_high", "lead", "lead_low", "lead_high",
    "lead_unit", "alerts_week", "earns", "sentence",
]  # fmt: skip
TEXTS = ["over", "term", "in_term", "rule", "outcome", "lead_unit", "earns", "sentence"]


def flags_scored(kept: DataFrame, cases: DataFrame, pairs: Sequence[Pair], calendar: Calendar | None) -> DataFrame:
    """A row a rule, `over` the last term of which flags are kept and over all of them: how often flags at act were right.

    Pupils flagged (`flagged_all`) less those of whom the outcome was so `already` and those of whom it is `not_known` in the
    next term are `flagged`; of these `right` came to it; `events` of all `n` did. `precision` = right of flagged and `recall` =
    right of events, with Wilson's intervals, missing under 5; `simple_…` the same of as many of the lowest attenders of the
    flag's term, in place of the last half-term, which the data do not tell apart (`simple_right` may be a part of a pupil: those
    who attend alike share the last places). `lead` with its quartiles, in `lead_unit`, is from `lead_times`. `alerts_week` =
    pupils flagged by the weeks of the term. `earns` and `sentence` are from `earned`. A rule without an outcome has its number
    flagged alone. Over all terms a pupil counts once a term. No rows where no flags are kept. Methods, sections 6 and 12."""
    if not pairs:
        return _typed(DataFrame(columns=COLUMNS))
    found = []
    for over, some in ((LAST, pairs[-1:]), (EVER, pairs)):
        terms = [then for then, _ in some]
        mine = cases[cases["term"].isin(terms)]
        rows = _summed(mine).merge(lead_times(mine, calendar), how="left", on="rule")
        rows = pd.concat([rows, _without_outcome(kept[kept["term"].isin(terms)])], ignore_index=True)
        rows = rows.assign(over=over, term=terms[0], in_term=some[-1][1], terms=len(some))
        found.append(rows.assign(alerts_week=rows["flagged_all"] / _weeks(terms, calendar)))
    return _typed(earned(_shares(pd.concat(found, ignore_index=True)))[COLUMNS])


def _typed(table: DataFrame) -> DataFrame:
    whole = dict.fromkeys([*COUNTS, "terms"], "Int64")
    rest = [name for name in COLUMNS if name not in [*TEXTS, *whole]]
    return table.astype(dict.fromkeys(TEXTS, "str") | whole | dict.fromkeys(rest, "float64"))


def _summed(cases: DataFrame) -> DataFrame:
    """The counts of each rule with an outcome, and the same of the simple rule: its list, and where the two lists differ."""
    named, already, flagged, event, simple = (cases[name] for name in ("named", "already", "flagged", "event", "simple"))
    lists = {"simple_listed": simple, "alone": flagged * (1 - simple), "instead": simple * ~flagged}
    columns = {
        "flagged_all": named,
        "already": named & already,
        "not_known": named & ~already & ~cases["known"],
        "n": cases["n"],
        "events": event,
        "flagged": flagged,
        "right": flagged & event,
        **lists,
        **{name.replace("_listed", "") + "_right": weight * event for name, weight in lists.items()},
    }
    sums = DataFrame(columns).astype("float64").groupby(cases["rule"], observed=False).sum()
    rules = sums.index.astype("str")
    outcome = [WORDS[OUTCOMES[rule]] if rule in OUTCOMES else ANY for rule in rules]
    return sums.reset_index(drop=True).assign(rule=rules, outcome=outcome)


def _without_outcome(kept: DataFrame) -> DataFrame:
    """The rules that foretell nothing, with the pupils they flagged at act, term by term."""
    rows = kept[kept["level"].eq("act") & ~kept["rule"].isin(list(OUTCOMES))]
    counts = rows.drop_duplicates(["term", "pupil_id", "rule"]).groupby("rule").size()
    return counts.rename("flagged_all").astype("float64").reset_index().assign(outcome="")


def _weeks(terms: Sequence[str], calendar: Calendar | None) -> float:
    return sum(((last - first).days + 1) / 7 for first, last in (Term.named(name).dates(calendar) for name in terms))


def _shares(table: DataFrame) -> DataFrame:
    """Precision and recall of the flags and of the simple rule, with their intervals."""
    asked = {
        "precision": ("right", "flagged"),
        "recall": ("right", "events"),
        "simple_precision": ("simple_right", "simple_listed"),
        "simple_recall": ("simple_right", "events"),
    }
    for name, (count, whole) in asked.items():
        n = table[whole].where(table[whole].ge(SHOWN))
        interval = wilson(table[count], n).set_axis([f"{name}_low", f"{name}_high"], axis=1)
        table = table.assign(**{name: table[count] / n}).join(interval)
    return table
