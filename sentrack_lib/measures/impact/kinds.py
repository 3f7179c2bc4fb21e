"""Provisions of one kind taken together: strategy, area of need, wave, and the role of who gives them; no adult by name."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from pandas import DataFrame, Series

from sentrack_lib.measures.closer import seed_of
from sentrack_lib.measures.impact.cohorts import Case
from sentrack_lib.measures.impact.comparing import Sides, compared, together
from sentrack_lib.measures.impact.judging import too_few
from sentrack_lib.measures.impact.told import Result, figures, with_verdicts
from sentrack_lib.terms import Term

BY = {"strategy": "strategy", "area of need": "area_of_need", "wave": "wave", "given by": "staff"}
OF = [
    "by", "group", "provisions", "n", "comparators", "alike", "detectable", "effect", "low", "high", "alike_low", "alike_high",
    "change", "change_low", "change_high", "months", "months_low", "months_high", "p", "q_value", "permutation_p", "elsewhere",
    "verdict", "why",
]  # fmt: skip
ROLE_WORDS = frozenset((
    "a", "and", "assistant", "assistants", "class", "coach", "coaches", "counsellor", "counsellors", "eal", "education",
    "educational", "english", "for", "general", "higher", "in", "language", "leader", "learning", "level", "manager",
    "mentor", "mentors", "nurse", "occupational", "of", "officer", "one", "pastoral", "peer", "psychologist", "pupils",
    "school", "senco", "specialist", "speech", "staff", "subject", "support", "teacher", "teachers", "teaching",
    "therapist", "therapists", "to", "trained", "tutor", "tutors", "volunteer", "volunteers", "worker", "workers",
    "youth"
))  # fmt: skip
"""Words that roles are made of. Whoever is written in any other word may be a person, and of a person no effect is told."""
NONE_COUNTED = "None of its provisions has pupils with grades from before and after who could be counted."
SHARED = "All its pupils are in provision of another kind too: what each did cannot be told apart."


def kinds(held: Sequence[Case], results: Sequence[Result], tables: Mapping[str, DataFrame], term: Term) -> DataFrame:
    """A row a kind (`by`) and `group` of provisions: how many `provisions`, the pupils counted in them, each once, and what the
    pupils of all together gained beside their comparators, with both estimates as for one provision, in SD of each subject.

    `elsewhere` = how many of them are in provision of another kind too. `given by` is a role; where a name, or any word that
    roles are not made of, is written there is no row. A strategy has a row where two provisions share it. `q_value` over the
    groups of one kind. Methods, 7, 8 and 12."""
    given = DataFrame([case.provision for case in held]).reindex(columns=list(BY.values()))
    texts = {by: given[column].astype("str").str.strip() for by, column in BY.items()}
    texts["given by"] = _roles(texts["given by"], tables)
    counted = [index for index, each in enumerate(results) if not each.doubt]
    rows: list[dict[str, Any]] = []
    told: list[Result] = []
    for by, text in texts.items():
        for group, places in _groups(text, 2 if by == "strategy" else 1):
            own = [held[place] for place in places if place in counted]
            result, elsewhere = _together(own, seed_of(f"{by} {group}", str(term)))
            told.append(result)
            rows.append({"by": by, "group": group, "provisions": len(places), "elsewhere": elsewhere, **figures(result)})
    table = DataFrame(rows, columns=[name for name in OF if name not in MADE]).astype(TYPES)
    return with_verdicts(table, told, table["by"])[OF]


MADE = ("months", "months_low", "months_high", "q_value", "verdict", "why")
TYPES = (
    dict.fromkeys(("by", "group"), "str")
    | dict.fromkeys(("provisions", "n", "comparators", "alike", "elsewhere"), "int64")
    | dict.fromkeys((name for name in OF[6:] if name not in MADE and name != "elsewhere"), "float64")
)


def _groups(text: Series, fewest: int) -> list[tuple[str, list[int]]]:
    """Each text that enough provisions share, whatever its capital letters and whether one or many, with the places of these."""
    known = text.reset_index(drop=True).dropna()
    known = known[known.ne("")]
    of = known.groupby(known.str.casefold().str.removesuffix("s")).groups
    return [(str(min(known[places])), list(places)) for _, places in sorted(of.items()) if len(places) >= fewest]


def _roles(staff: Series, tables: Mapping[str, DataFrame]) -> Series:
    """The roles of who gives each provision; missing where it may be a person."""
    adults = tables.get("adults", DataFrame(columns=["role", "name"])).reindex(columns=["role", "name"]).astype("str")
    words = ROLE_WORDS | {word for role in adults["role"].dropna() for word in role.casefold().replace("-", " ").split()}
    named = set(adults["name"].dropna().str.strip().str.casefold())
    plain = staff.str.casefold()
    spoken = plain.fillna("").str.replace("-", " ").map(str.split)
    known = spoken.map(lambda each: bool(each) and words.issuperset(each)).astype("bool") & ~plain.isin(named)
    return staff.where(known).astype("str")


def _together(own: Sequence[Case], seed: int) -> tuple[Result, int]:
    """Several provisions as one, and how many of the pupils are in others as well."""
    parts = [case.sides for case in own if case.sides is not None and case.sides.n and not case.by_lot]
    parts += [case.sides for case in own if case.sides is not None and case.sides.n and case.by_lot and _earlier(case.sides)]
    if not parts:
        return Result(None, None, NONE_COUNTED), 0
    sides = together(parts)
    names = {case.provision.name for case in own}
    treated = sides.pupil[sides.treated]
    elsewhere = sum(_is_elsewhere(own, names, treated))
    if refused := too_few(sides, sides.n):
        return Result(sides, None, refused), elsewhere
    if elsewhere == sides.n:
        return Result(sides, None, SHARED), elsewhere
    return Result(sides, compared(sides, seed), "", told=_mostly(own, treated)), elsewhere


def _mostly(own: Sequence[Case], treated: np.ndarray) -> str:
    """Whether more than half of the pupils are in one of several provisions, which then says most of what is said."""
    if len(own) < 2:
        return ""
    most = {str(case.provision["name"]): sum(np.isin(treated, _treated(case))) for case in own}
    name = max(most, key=lambda each: most[each])
    return f"{most[name]} of its {len(treated)} pupils are in {name}." if most[name] > len(treated) / 2 else ""


def _treated(case: Case) -> np.ndarray:
    return case.sides.pupil[case.sides.treated] if case.sides else np.zeros(0, dtype="int64")


def _earlier(sides: Sides) -> bool:
    return bool(np.isfinite(sides.p0[sides.treated]).any())


def _is_elsewhere(own: Sequence[Case], names: set[Any], treated: np.ndarray) -> np.ndarray:
    """Whether each pupil treated is in a provision that is not of the kind."""
    found = set()
    for case in own:
        if case.sides is None:
            continue
        other = [place for place, name in enumerate(case.others) if name not in names]
        found |= set(case.sides.pupil[case.sides.beside[:, other].any(axis=1)].tolist())
    return np.array([pupil in found for pupil in treated.tolist()], dtype="bool")
