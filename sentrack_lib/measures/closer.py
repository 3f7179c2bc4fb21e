"""Who to look at more closely: pupils drawn by lot for lesson observation, work scrutiny and conversations, not just the worst.

A drawn sample shows what the many are like; the pupils who are furthest behind stand in the flags."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from zlib import crc32

import pandas as pd
from pandas import DataFrame, Series

from sentrack_lib.measures.lots import drawn
from sentrack_lib.sources.coded import among, coded, plain
from sentrack_lib.sources.codes import has_sen, need, need_label

LESSON, CONVERSATION = "lesson and work", "conversation"
LEVELS = ("act", "watch", "not flagged")
PLACES = {LESSON: 6, CONVERSATION: 12}
"""A subject; the school."""
PEERS = 2
"""Pupils without SEN a subject, to compare with."""
NO_SEN, DISABILITY = "No SEN", "Disability"
"""In the place of a need."""
WHO = {LESSON: "with SEN", CONVERSATION: "with SEN or a disability"}
MARGINS = {LESSON: ["subject", "level", "year_group", "need"], CONVERSATION: ["level", "year_group", "need", "gender"]}
SAID = {"act": "to be looked at first", "watch": "to be watched", "not flagged": "not flagged"}
POINTS = {"act": 2, "watch": 1}
NONE = "no subject"
TAUGHT = ["pupil_id", "subject", "teaching_group"]
COLUMNS = ["kind", "order", "pupil_id", "subject", "teaching_group", "year_group", "need", "level", "seed", "because"]
BALANCE_TYPES = (
    dict.fromkeys(("kind", "margin", "group"), "str") | dict.fromkeys(("candidates", "found"), "int64") | {"aimed": "float64"}
)
BALANCE = list(BALANCE_TYPES)

Points = dict[tuple[str, str], int]
"""Levels as numbers, by pupil and what they are about."""


def seed_of(school: str, term: str) -> int:
    """The seed of a school and term where none is set: anyone can work it out again, and hardly any two are alike."""
    return crc32(f"{school} {term}".encode()) % 1_000_000


def look_closer(
    roll: DataFrame, teaching_groups: DataFrame, progress: DataFrame, flags: DataFrame, seed: int
) -> dict[str, DataFrame]:
    """`closer` and `closer_balance` of a term; all tables are of the term, as `progress` and `raise_flags` return them."""
    pupils, points = _pupils(roll), _levels(flags)
    taught = _taught(pupils[pupils["sen"] | pupils["need"].eq(NO_SEN)], teaching_groups, progress)
    of_lessons, of_talks = _levelled(taught[taught["sen"]], points), _levelled(_to_talk_with(pupils), points)
    lessons, times = _drawn(LESSON, of_lessons, ["year_group", "need", "teaching_group"], seed)
    talks, _ = _drawn(CONVERSATION, of_talks, ["year_group", "need", "gender"], seed)
    # Those to compare with sit in a class of a pupil drawn, so that one visit shows both; in the subject where none is known.
    beside = _levelled(taught[~taught["sen"]].merge(lessons[["subject", "teaching_group"]].drop_duplicates()), points)
    peers = _peers(beside, seed, times)
    balance = closer_balance({LESSON: (lessons, of_lessons), CONVERSATION: (talks, of_talks)})
    return {"closer": closer(lessons, peers, talks, seed), "closer_balance": balance}


def closer(lessons: DataFrame, peers: DataFrame, talks: DataFrame, seed: int) -> DataFrame:
    """A row a place: `kind`, `order` within kind and subject, who, and `because`: for how many the pupil stands.

    Lesson and work: of every subject six pupils with SEN, two of each flag level as far as there are, spread over year groups,
    needs and classes; then two pupils without SEN, of the same classes, to compare with (`need` No SEN). Conversation: twelve
    pupils with SEN or a disability (`need` Disability where without SEN), four of each level, spread over year groups, needs
    and gender; `subject` and `teaching_group` are blank. `level` is the highest of the flags about the subject or about none."""
    of_lessons = pd.concat([lessons, peers]).sort_values(["subject", "order"])
    rows = pd.concat([of_lessons, talks], ignore_index=True).assign(seed=seed)
    blank = {name: rows[name].mask(rows[name].eq("")) for name in ("subject", "teaching_group")}
    return rows.assign(**blank).astype({"seed": "int64", "kind": "str", "because": "str"})[COLUMNS]


def _drawn(kind: str, candidates: DataFrame, spread: list[str], seed: int) -> tuple[DataFrame, Counter[str]]:
    """Pupils drawn of each level in turn, and how often each."""
    times: Counter[str] = Counter()
    rows = drawn(candidates, PLACES[kind], spread, LEVELS, seed, times)
    return rows.assign(kind=kind, because=_because(rows, candidates, WHO[kind])), times


def _peers(beside: DataFrame, seed: int, times: Counter[str]) -> DataFrame:
    """Pupils without SEN drawn to compare with."""
    rows = drawn(beside, PEERS, ["year_group", "level", "teaching_group"], (), seed, times)
    where = ("taught with a pupil drawn, in group " + rows["teaching_group"]).where(rows["teaching_group"].ne(""), "taught")
    because = "Without SEN, to compare with: " + where + "; " + rows["level"].map(SAID) + "."
    return rows.assign(kind=LESSON, order=rows["order"] + PLACES[LESSON], because=because)


def closer_balance(drawn_from: Mapping[str, tuple[DataFrame, DataFrame]]) -> DataFrame:
    """A row a group of each kind and margin (subject, level, year group, need, gender): `found` places beside those `aimed` at,
    and the `candidates` they were drawn from. `drawn_from` holds those drawn and the candidates, by kind.

    Aimed at: the same number for every subject and level, as far as there are; of year groups, needs and genders their share."""
    rows = [
        (kind, margin.replace("_", " "), *counts)
        for kind, (found, candidates) in drawn_from.items()
        for margin in MARGINS[kind]
        for counts in _counts(kind, margin, found, candidates)
    ]
    return DataFrame(rows, columns=BALANCE).astype(BALANCE_TYPES)


def _counts(kind: str, margin: str, found: DataFrame, candidates: DataFrame) -> list[tuple[str, int, int, float]]:
    """Each group of a margin in order, with candidates, places found and places aimed at."""
    count, places = Counter(candidates[margin].tolist()), Counter(found[margin].tolist())
    aimed = _aimed(kind, margin, candidates) or {group: len(found) * of / len(candidates) for group, of in count.items()}
    groups = [level for level in LEVELS if level in count] if margin == "level" else sorted(count, key=_by_size)
    return [(group, count[group], places[group], aimed[group]) for group in groups]


def _by_size(group: str) -> tuple[int, str]:
    """Year 9 before Year 10; words by the alphabet."""
    return len(group) if group.isdecimal() else 3, group


def _aimed(kind: str, margin: str, candidates: DataFrame) -> dict[str, float]:
    """The same number of places for every subject, and for every level in it; nothing for other margins."""
    aimed: dict[str, float] = defaultdict(float)
    if margin in ("subject", "level"):
        most = PLACES[kind] // (len(LEVELS) if margin == "level" else 1)
        for (_, group), number in Counter(zip(candidates["subject"].tolist(), candidates[margin].tolist(), strict=True)).items():
            aimed[group] += min(number, most)
    return aimed


def _pupils(roll: DataFrame) -> DataFrame:
    """Pupils of whom it is known whether they have SEN or a disability: year group, need or what stands in its place, gender."""
    sen, disabled = has_sen(roll["sen_status"]), roll["disability"].eq("Y").fillna(False)
    without = ~sen.fillna(False).astype("bool")
    needs = need(roll["sen_need"]).mask(without, NO_SEN).mask(without & disabled, DISABILITY)
    year = roll["year_group"].astype("str").fillna("").replace("", "not known")
    gender = roll["sex"].map({"F": "Girls", "M": "Boys"}).astype("str").fillna("Not known")
    table = DataFrame({"pupil_id": roll["pupil_id"].astype("str"), "year_group": year, "need": needs, "gender": gender})
    return table.assign(sen=~without)[sen.notna() | disabled].drop_duplicates("pupil_id")


def _taught(pupils: DataFrame, teaching_groups: DataFrame, progress: DataFrame) -> DataFrame:
    """A row a pupil and subject, with the class where it is known (the first of several)."""
    marked = progress.loc[progress["subject"].ne("all"), ["pupil_id", "subject"]]
    classes = teaching_groups[TAUGHT]
    own = [rows[among(rows["pupil_id"], pupils["pupil_id"])] for rows in (classes, marked)]
    rows: DataFrame = pd.concat([*coded(dict(enumerate(own)), TAUGHT).values()])
    rows = rows.sort_values("teaching_group", na_position="last", kind="stable")
    rows = plain(rows.drop_duplicates(["pupil_id", "subject"]), TAUGHT)
    return rows.fillna({"teaching_group": ""}).merge(pupils, on="pupil_id")


def _to_talk_with(pupils: DataFrame) -> DataFrame:
    """Pupils with SEN or a disability, in the place of a subject all of them."""
    rows = pupils[pupils["need"].ne(NO_SEN)].reset_index(drop=True)
    return rows.assign(subject="", teaching_group="")


def _levels(flags: DataFrame) -> Points:
    """The highest level of the flags of each pupil about a subject, about none (`NONE`), and of all of them (`""`)."""
    found: Points = defaultdict(int)
    columns = [flags[name].astype("str").fillna(NONE).tolist() for name in ("pupil_id", "subject", "level")]
    for pupil, subject, level in zip(*columns, strict=True):
        for about in (subject, ""):
            found[pupil, about] = max(found[pupil, about], POINTS[level])
    return found


def _levelled(rows: DataFrame, points: Points) -> DataFrame:
    """Rows with the highest `level` of the flags about the row's subject or about none."""
    each, known = zip(rows["pupil_id"].tolist(), rows["subject"].tolist(), strict=True), points.get
    highest = [max(known((pupil, subject), 0), known((pupil, NONE), 0)) for pupil, subject in each]
    return rows.assign(level=Series([LEVELS[-1 - number] for number in highest], rows.index, dtype="str"))


def _because(rows: DataFrame, candidates: DataFrame, who: str) -> list[str]:
    """For how many of how many each pupil stands."""
    subjects, levels = candidates["subject"].tolist(), candidates["level"].tolist()
    everyone, alike = Counter(subjects), Counter(zip(subjects, levels, strict=True))
    told = ("need: " + need_label(rows["need"])).mask(rows["need"].eq(DISABILITY), "a disability, no SEN known")
    each = zip(rows["subject"], rows["level"], rows["year_group"], told, strict=True)
    return [
        f"{_stands_for(alike[subject, level], everyone[subject], who, subject)}: {SAID[level]}. Year {year}, {of}."
        for subject, level, year, of in each
    ]


def _stands_for(number: int, whole: int, who: str, subject: str) -> str:
    where = f" taught {subject}" if subject else ""
    if whole == 1:
        return f"The only pupil {who}{where}"
    return f"{'The only one' if number == 1 else f'Stands for {number:,}'} of {whole:,} pupils {who}{where}"
