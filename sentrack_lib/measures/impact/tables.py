"""Did each provision work? A row a provision, with the rung of evidence that is reached and every number beside its limits."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from pandas import DataFrame, Index, Series

from sentrack_lib.measures.closer import seed_of
from sentrack_lib.measures.impact import judging
from sentrack_lib.measures.impact.cohorts import Case, cases
from sentrack_lib.measures.impact.comparing import SHUFFLED_BELOW, compared
from sentrack_lib.measures.impact.given import in_records, pupils
from sentrack_lib.measures.impact.kinds import kinds
from sentrack_lib.measures.impact.scores import scores_of
from sentrack_lib.measures.impact.starts import offers
from sentrack_lib.measures.impact.told import Result, figures, with_verdicts
from sentrack_lib.measures.progress.taught import term_at
from sentrack_lib.measures.taking_part import Calendar
from sentrack_lib.terms import Term

TEXTS = dict.fromkeys(
    ("provision_id", "name", "subject", "area_of_need", "wave", "chosen_by", "ladder", "scale", "earlier", "before", "began",
     "beside"), "str",
)  # fmt: skip
COUNTS = dict.fromkeys(("rung", "offered", "n", "comparators", "alike", "rated", "rated_good", "scored"), "int64")
MADE = dict.fromkeys(
    ("months", "months_low", "months_high", "q_value", "cost_per_pupil", "cost_low", "cost_high", "verdict", "why")
)
"""Columns that are added once all provisions are there."""
IMPACT = [
    "provision_id", "n", "comparators", "effect", "low", "high", "months_low", "months_high", "cost_per_pupil", "verdict",
    "why", "name", "subject", "area_of_need", "wave", "chosen_by", "rung", "ladder", "offered", "alike", "scale",
    "earlier", "before", "began", "beside", "detectable", "raw_gain", "expected_gain", "alike_low", "alike_high",
    "change", "change_low", "change_high", "months", "p", "q_value", "permutation_p", "seed", "planned", "attended",
    "attended_share", "mostly_there", "rated", "rated_good", "scored", "score_gain", "cost_low", "cost_high",
]  # fmt: skip
Tables = Mapping[str, DataFrame]


def impact_tables(tables: Tables, records: Tables, term: Term, calendar: Calendar | None = None) -> dict[str, DataFrame]:
    """`impact`, `impact_pupils` and `impact_of` of a school year up to `term`.

    `tables` are those of the review and of the plan: `roll`, `points_by_term`, `teaching_groups`, `adults`, `provision_map`.
    Sources: methods.md, sections 3.7, 7 and 12 (Impact).

    `impact`, a row a provision: `rung` 0 to 4 and its name `ladder`; pupils `offered`, `n` counted (who began together, in the
    term `began`, with grades on one `scale` from the terms `earlier`, `before` and now), `comparators`, of whom `alike` began
    with like grades; other provisions taken into account (`beside`). `detectable` = smallest effect in SD that would be found
    four times in five. `raw_gain` and `expected_gain` without help in points. `effect` in SD of untreated pupils, plausible range
    `low` to `high`, its parts `alike_…` (start held equal) and `change_…` (since the earlier baseline); months; `p`, `q_value`
    over the provisions; `permutation_p` with its `seed` under 15 pupils. Sessions of those offered; `mostly_there` = share with
    80 % or more (a description, never the effect). `scored` pupils with an entry and exit score gained `score_gain`. Pounds.

    `impact_pupils`, a row a pupil and side: scores in points, whether `counted`. `impact_of`: see `kinds`."""
    found = offers(records, term, calendar)
    scores = scores_of(tables["points_by_term"], tables["roll"], term)
    held, names = cases(found, scores), {str(own): str(name) for own, name in found.provisions["name"].items()}
    results = [_result(case, names, term, tables["teaching_groups"], scores.pupils) for case in held]
    given = dict(zip(found.provisions.index, in_records(found).to_dict("records"), strict=True))
    pairs = zip(held, results, strict=True)
    rows = [_row(case, result, given[str(case.provision.name)], names, term) for case, result in pairs]
    table = with_verdicts(_typed(rows), results, Series("all", range(len(rows)), dtype="str"))
    return {
        "impact": _costed(table, held, tables)[IMPACT],
        "impact_pupils": pupils(held, results, scores),
        "impact_of": kinds(held, results, tables, term),
    }


def _result(case: Case, names: Mapping[str, str], term: Term, teaching_groups: DataFrame, pupils: Index) -> Result:
    refused = judging.refused(case, names)
    if refused or case.sides is None:
        return Result(case.entry if case.n < judging.FEWEST else case.sides, None, refused)
    found = compared(case.sides, seed_of(str(case.provision.name), str(term)))
    return Result(case.sides, found, "", judging.doubt(case, teaching_groups, pupils))


def _row(case: Case, result: Result, recorded: Mapping[Any, Any], names: Mapping[str, str], term: Term) -> dict[str, Any]:
    """The row of a provision, but for what needs the other provisions."""
    given, entry = case.provision, case.entry
    earlier, before, began = ("" if at < 0 else str(term_at(at)) for at in case.at)
    told = figures(result)
    few = result.found is not None and told["n"] < SHUFFLED_BELOW
    by_lot = {"chosen_by": "lot"} if case.by_lot else {}
    step = judging.rung(case, int(recorded["rated"]), int(recorded["scored"]))
    gains = entry if case.n < judging.FEWEST else case.sides
    return {
        "provision_id": given.name,
        **{name: given[name] for name in ("name", "subject", "area_of_need", "wave", "chosen_by")},
        **by_lot, "rung": step, "ladder": judging.RUNGS[step], "offered": len(case.offered), **told,
        "scale": case.scale, "earlier": earlier, "before": before, "began": began,
        "beside": "; ".join(names.get(each, each) for each in case.others),
        "raw_gain": gains.raw_gain if gains else np.nan, "expected_gain": gains.expected_gain if gains else np.nan,
        "seed": seed_of(str(given.name), str(term)) if few else np.nan, **recorded,
    }  # fmt: skip


def _typed(rows: Sequence[Mapping[str, Any]]) -> DataFrame:
    numbers = dict.fromkeys((name for name in IMPACT if name not in (*TEXTS, *COUNTS, *MADE)), "float64")
    return DataFrame(rows, columns=[name for name in IMPACT if name not in MADE]).astype(TEXTS | COUNTS | numbers)


def _costed(table: DataFrame, held: Sequence[Case], tables: Tables) -> DataFrame:
    """With the cost per pupil, and after the verdict benefit what 0.1 SD costs, from the upper to the lower limit of the effect.

    The cost is that of the term (provision map) for each time the pupils' places were recorded anew: terms are taken to cost the
    same."""
    costs = tables.get("provision_map", DataFrame(columns=["provision_id", "cost_a_pupil"]))
    each = costs.drop_duplicates("provision_id").set_index("provision_id")["cost_a_pupil"].astype("float64")
    times = [float(case.offered["stays"].mean()) if len(case.offered) else np.nan for case in held]
    cost = table["provision_id"].map(each).astype("float64") * times
    sure = table["verdict"].eq(judging.BENEFIT)
    ends = {name: (cost * 0.1 / table[end]).where(sure).round(2) for name, end in (("cost_low", "high"), ("cost_high", "low"))}
    return table.assign(cost_per_pupil=cost.round(2), **ends)
