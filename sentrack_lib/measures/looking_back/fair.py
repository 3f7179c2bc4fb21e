"""Whether flags miss, or warn of, some groups of pupils more often than of others (methods, section 6: fairness)."""

from collections.abc import Sequence

import pandas as pd
from pandas import DataFrame, Series

from sentrack_lib.measures.groups.certainty import TESTED, fisher, gap_of_shares, q_values, wilson
from sentrack_lib.measures.groups.membership import groupings
from sentrack_lib.measures.groups.rates import QUESTIONED
from sentrack_lib.measures.groups.verdicts import CLEAR, NO_EVIDENCE
from sentrack_lib.measures.looking_back.cases import ALL_RULES, Pair
from sentrack_lib.measures.looking_back.scored import EVER, LAST

FAMILIES = ("gender", "ethnicity", "SEN status", "type of need")
FALSE_ALARMS, MISSES = "false alarms", "misses"
FEWEST_EVENTS = 10
"""Fewest pupils in a group, and among the others, to whom the outcome came (methods, section 6)."""
TOO_FEW = "not enough events"
ROW = ["over", "measure", "family"]
COLUMNS = [
    *ROW, "group", "events", "n", "count", "share", "low", "high", "n_rest", "count_rest", "share_rest", "gap", "gap_low",
    "gap_high", "q_value", "verdict",
]  # fmt: skip
TEXTS = [*ROW, "group", "verdict"]
WHOLE = ["events", "n", "count", "n_rest", "count_rest"]


def flags_fair(cases: DataFrame, pairs: Sequence[Pair], roll: DataFrame) -> DataFrame:
    """A row `over` (last term, all terms so far), `measure`, `family` and `group` of pupils on the roll now, all rules together.

    False alarms: `count` flagged of `n` without the outcome; misses: `count` not flagged of `n` with it; `events` are the group's
    with it. The `share` has Wilson's interval `low` `high`, the `gap` to all others whose group is known (`_rest`) Newcombe's;
    `q_value` is Fisher's over the family. With fewer than 10 events in the group or among the others the verdict is *not enough
    events* and there is no figure; else a clear difference (q up to .05, interval without 0) or no evidence of one."""
    mine, groups = cases[cases["rule"].eq(ALL_RULES) & cases["n"]], _groups(roll)
    found = [_counted(mine[mine["term"].isin([then for then, _ in some])], groups, over)
             for over, some in ((LAST, pairs[-1:]), (EVER, pairs)) if some]  # fmt: skip
    rows = [each for each in found if len(each)]
    if not rows:
        return _typed(DataFrame(columns=COLUMNS))
    table = _judged(pd.concat(rows, ignore_index=True))
    order = {"over": (LAST, EVER).index, "measure": (FALSE_ALARMS, MISSES).index, "family": FAMILIES.index, "group": str}
    by = table[list(order)].apply(lambda column: column.map(order[str(column.name)]))
    return _typed(table.loc[by.sort_values(list(order)).index, COLUMNS].reset_index(drop=True))


def _typed(table: DataFrame) -> DataFrame:
    rest = [name for name in COLUMNS if name not in [*TEXTS, *WHOLE]]
    return table.astype(dict.fromkeys(TEXTS, "str") | dict.fromkeys(WHOLE, "Int64") | dict.fromkeys(rest, "float64"))


def _counted(cases: DataFrame, groups: DataFrame, over: str) -> DataFrame:
    """False alarms and misses of each group, and of all others of its family."""
    rows = cases[["pupil_id", "event", "flagged"]].merge(groups, on="pupil_id")
    of = [rows["family"], rows["group"]]
    event, flagged = rows["event"], rows["flagged"]
    sides = {FALSE_ALARMS: (~event, ~event & flagged), MISSES: (event, event & ~flagged)}
    parts = []
    for measure, (whole, count) in sides.items():
        sums = DataFrame({"events": event, "n": whole, "count": count}).astype("float64").groupby(of).sum()
        rest = sums.groupby("family").transform("sum") - sums
        parts.append(sums.join(rest.add_suffix("_rest")).reset_index().assign(over=over, measure=measure))
    return pd.concat(parts, ignore_index=True)


def _groups(roll: DataFrame) -> DataFrame:
    """The groups of every pupil: `pupil_id` `family` `group`; nobody is in a group that is not known of them."""
    here = roll.drop_duplicates("pupil_id", keep="last")
    answers = groupings(here)
    parts = [DataFrame({"pupil_id": here["pupil_id"], "family": name, "group": answers[name]}) for name in FAMILIES]
    return pd.concat(parts, ignore_index=True).dropna(subset=["group"]).astype("str")


def _judged(table: DataFrame) -> DataFrame:
    """Shares, gaps and verdicts, where there are events enough."""
    enough = table["events"].ge(FEWEST_EVENTS) & table["events_rest"].ge(FEWEST_EVENTS)
    enough &= table["n"].ge(TESTED) & table["n_rest"].ge(TESTED)
    n, rest = table["n"].where(enough), table["n_rest"].where(enough)
    gap = gap_of_shares(table["count"], n, table["count_rest"], rest).set_axis(["gap", "gap_low", "gap_high"], axis=1)
    some = table[enough]
    p = fisher(some["count"], some["n"], some["count_rest"], some["n_rest"]).reindex(table.index)
    table = table.assign(
        share=table["count"] / n, share_rest=table["count_rest"] / rest, q_value=q_values(p, [table[name] for name in ROW])
    )
    table = table.join(wilson(table["count"], n)).join(gap)
    return table.assign(verdict=_verdict(table, enough))


def _verdict(table: DataFrame, enough: Series) -> Series:
    clear = table["q_value"].le(QUESTIONED) & (table["gap_low"].gt(0) | table["gap_high"].lt(0))
    said = Series(NO_EVIDENCE, table.index, dtype="str").mask(clear & table["gap"].gt(0), f"{CLEAR}: more often")
    return said.mask(clear & table["gap"].lt(0), f"{CLEAR}: less often").where(enough, TOO_FEW)
