"""Who needs attention now: the list of rules, and how their signals become flags that stand, with level, age and order."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from math import isnan
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas import DataFrame, Series

from sentrack_lib.errors import WrongUse
from sentrack_lib.measures.flags.conduct_rules import Absence, AttendanceDrop, Behaviour, Exclusion
from sentrack_lib.measures.flags.learning_rules import LowEffort, LowProgress, NoData, OneSubject
from sentrack_lib.measures.flags.rules import Known, Rule, by_term, of_terms
from sentrack_lib.settings import Threshold, nearest
from sentrack_lib.sources.coded import coded, places_among
from sentrack_lib.sources.scales import Scale
from sentrack_lib.terms import Term

RULES: tuple[Rule, ...] = (
    LowProgress(),
    Absence(),
    AttendanceDrop(),
    Behaviour(),
    Exclusion(),
    LowEffort(),
    OneSubject(),
    NoData(),
)
Marks = NDArray[np.bool_]
Places = NDArray[Any]
LEVELS = ("act", "watch")
GROWN, ATTENDED = "progress by term", "attendance by term"
COLUMNS = ["pupil_id", "rule", "level", "evidence", "value", "threshold", "since_term", "owner", "action_id", "subject", "rank"]
TYPES = dict.fromkeys(("pupil_id", "rule", "level", "evidence", "since_term", "subject"), "str")


def raise_flags(
    tables: Mapping[str, DataFrame],
    progress_by_term: DataFrame,
    attendance_by_term: DataFrame,
    terms: Sequence[Term],
    rules: Sequence[Rule] = RULES,
    scales: Mapping[str, Scale] | None = None,
) -> DataFrame:
    """The flags that stand in the last of `terms`, a row each, first the pupils to look at first (`rank`).

    `value` and `threshold` are in the rule's own units; `since_term` is the first term of the unbroken run in which the flag
    has stood, at either level; `owner` and `action_id` are blank until people decide. Effort is judged on `scales`."""
    names = tuple(map(str, terms))
    faster = coded({**tables, GROWN: progress_by_term, ATTENDED: attendance_by_term})
    grown, attended = (of_terms(faster[name], names).reset_index(drop=True) for name in (GROWN, ATTENDED))
    known = Known(faster, grown, attended, names, scales or {})
    flags = pd.concat([_flags_of(rule, known) for rule in rules], ignore_index=True).astype(TYPES)
    average = grown["term"].eq(names[-1]) & grown["subject"].eq("all")
    return _in_order(flags, grown.loc[average, ["pupil_id", "p_low"]].astype({"pupil_id": "str"}).set_index("pupil_id")["p_low"])


def _flags_of(rule: Rule, known: Known) -> DataFrame:
    """The flags of one rule that stand in the last term."""
    standing = _standing(rule(known), known.terms)
    act_value = standing.get("act_value", standing["value"])
    return DataFrame({
        "pupil_id": standing["pupil_id"],
        "rule": rule.name,
        "level": standing["level"],
        "evidence": [rule.evidence(row) for row in standing.itertuples()],
        "value": standing["value"].where(standing["level"].ne("act"), act_value).astype("float64"),
        "threshold": [float(getattr(rule, level)) for level in standing["level"]],
        "since_term": standing["since_term"],
        "subject": standing.get("subject"),
    })  # fmt: skip


def _standing(signals: DataFrame, terms: tuple[str, ...]) -> DataFrame:
    """The signals of the last term whose flag stands, with `level` and `since_term`."""
    who, when = _whose(signals), places_among(signals["term"], pd.Index(terms))
    grids = [by_term(signals[column], who, when, len(terms)) for column in ("watch", "act", "keeps_watch", "keeps_act")]
    stands, acts, since = run_through(*grids)
    last = (when == len(terms) - 1) & stands[who]
    at = who[last]
    since_term = np.asarray(terms, dtype=object)[since[at]]
    return signals[last].assign(level=np.where(acts[at], "act", "watch"), since_term=since_term)


def _whose(signals: DataFrame) -> Places:
    """A number for each pupil, or for each pupil and subject where the rule is about one."""
    pupil, _ = pd.factorize(signals["pupil_id"])
    if "subject" not in signals:
        return pupil
    subject, subjects = pd.factorize(signals["subject"])
    return pd.factorize(pupil * (len(subjects) + 1) + subject)[0]


def run_through(watch: Marks, act: Marks, keeps_watch: Marks, keeps_act: Marks) -> tuple[Marks, Marks, Places]:
    """Levels carried through the terms (columns), one row a flag: does it stand in the last, at `act`, and since which column?

    A level is entered at one value and left at a lower one; who leaves `act` is watched while the value keeps `watch`."""
    stands = acts = np.zeros(len(watch), dtype=bool)
    since = np.zeros(len(watch), dtype="int64")
    for term in range(watch.shape[1]):
        stood = stands
        acts = act[:, term] | acts & keeps_act[:, term]
        stands = acts | watch[:, term] | stood & keeps_watch[:, term]
        since = np.where(stood & stands, since, term)
    return stands, acts, since


def _in_order(flags: DataFrame, low: Series) -> DataFrame:
    """Flags with the pupil's `rank`: most rules at act first, then most at watch, then P(low growth) (`low`, by
    pupil), then `pupil_id`."""
    pupil, pupils = pd.factorize(flags["pupil_id"], sort=True)
    once = ~flags.duplicated(["pupil_id", "rule", "level"])
    acting, watched = (np.bincount(pupil, once & flags["level"].eq(level), len(pupils)) for level in LEVELS)
    likely = low.reindex(pupils).fillna(0.0).to_numpy()
    place = np.empty(len(pupils), dtype="int64")
    place[np.lexsort([-likely, -watched, -acting])] = np.arange(1, len(pupils) + 1)
    blank = Series(pd.NA, index=flags.index, dtype="str")
    ranked = flags.assign(rank=place[pupil], owner=blank, action_id=blank)
    return ranked.sort_values(["rank", "level"], kind="stable", ignore_index=True)[COLUMNS]


def rules_from(thresholds: Mapping[str, Threshold]) -> list[Rule]:
    """The rules with the school's own thresholds; `WrongUse` names every rule, field or number that cannot be used."""
    faults = [fault for name, threshold in thresholds.items() for fault in _faults(name, threshold.values)]
    if faults:
        raise WrongUse("\n".join(faults))
    return [replace(rule, **thresholds[rule.name].values) if rule.name in thresholds else rule for rule in RULES]  # type: ignore[type-var]


def _faults(name: str, values: Mapping[str, Any]) -> list[str]:
    """What is wrong with the school's values of one rule."""
    known = {rule.name: rule for rule in RULES}
    if name not in known:
        return [f"thresholds: there is no flag rule called {name}.{nearest(name, known)}"]
    fields = _fields(known[name])
    strange = [f"{field} is not one of its fields.{nearest(field, fields)}" for field in values if field not in fields]
    wrong = [f"{field} is {value!r}, which is not a number." for field, value in values.items() if not _is_number(value)]
    return [f"thresholds: {name}: {fault}" for fault in strange + wrong or _upside_down(fields | dict(values))]


def _upside_down(values: Mapping[str, float]) -> list[str]:
    """A level that would be left above the value at which it is entered."""
    pairs = [(level, f"leave_{level}") for level in LEVELS if f"leave_{level}" in values]
    wrong = [(leave, values[leave], level, values[level]) for level, leave in pairs if values[leave] > values[level]]
    return ["{} is {:g}, above {}, which is {:g}. Make it the same or lower.".format(*fault) for fault in wrong]


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and not isnan(value)


def _fields(rule: Rule) -> dict[str, float]:
    return asdict(rule)  # type: ignore[call-overload]


def standard_thresholds() -> dict[str, dict[str, float | str]]:
    """Every rule's fields with their standard values, and under `reason` why they are what they are."""
    return {rule.name: {**_fields(rule), "reason": _reason(rule)} for rule in RULES}


def _reason(rule: Rule) -> str:
    return " ".join(f"{field}: {why}" for field, why in rule.reasons.items())


def written_thresholds() -> str:
    """The standard thresholds as a parameters file holds them, each with its reason beside it."""
    return "thresholds:\n" + "\n".join(f"  {rule.name}:\n{_written(rule)}" for rule in RULES) + "\n"


def _written(rule: Rule) -> str:
    values = {name: value for name, value in asdict(rule).items() if name in rule.reasons}  # type: ignore[call-overload]
    return "\n".join(f"    {name}: {value:g}  # {rule.reasons[name]}" for name, value in values.items())
