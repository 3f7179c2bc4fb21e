"""A pupil on one page: good at, finds hard, what helps, wishes of the pupil and of parents, targets, and who helps when."""

from collections.abc import Mapping
from datetime import date

import pandas as pd
from pandas import DataFrame, Series, Timestamp

from sentrack_lib.measures.due import open_targets
from sentrack_lib.measures.groups.certainty import SHOWN
from sentrack_lib.measures.recorded import for_each, recorded
from sentrack_lib.measures.support import UNIVERSAL
from sentrack_lib.measures.taking_part import Calendar
from sentrack_lib.sources.codes import has_sen
from sentrack_lib.terms import Term

TARGETS, HELPERS = "My targets", "Who helps me, and when"
SAID = {
    "pupil is good at": "What I am good at",
    "pupil finds hard": "What I find hard",
    "what helps": "What helps me",
    "pupil wants": "What I want",
    "parents say": "What my parents say",
    "parents want": "What my parents want",
}
"""The section that each kind of note belongs to."""
SECTIONS = (*SAID.values(), TARGETS, HELPERS)
NOT_ASKED = "Not asked yet."
NOTHING = dict.fromkeys(SAID.values(), NOT_ASKED) | {TARGETS: "No target is set yet.", HELPERS: "Nobody is written down yet."}
"""What stands in a section about which nothing is known."""
MOST = {TARGETS: 4, HELPERS: 6}
"""Entries of a section, three where none is given: a page that is read has few; more than four targets at once are none
(guidance, Appendix A)."""
FEW = 3
ENTRY = ["pupil_id", "section", "text", "on", "source"]
COLUMNS = ["pupil_id", "section", "order", "place", "text", "on", "source", "known"]
VOICES = {"pupil": ("pupil is good at", "pupil finds hard", "pupil wants"), "parent": ("parents say", "parents want")}
HEARD = ["respondent", "count", "n", "share", "why"]
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday")


def profile(
    records: Mapping[str, DataFrame],
    roll: DataFrame,
    term: Term,
    as_of: date,
    calendar: Calendar | None = None,
    adults: DataFrame | None = None,
) -> DataFrame:
    """The entries of the one-page profile of every pupil on the roll with SEN, and of every other of whom something is noted:
    `pupil_id` `section` (of SECTIONS) `order` (of the section, from 1) `place` (in the section, from 1) `text`, the day it
    is from (`on`), its `source`, and `known`: false for the one sentence in a section about which nothing is known.

    Newest first, a few each: notes of `evidence` up to `as_of`, targets that are open then (`due` says which), provisions and
    adults of the term's dates. `adults` gives their names, else their roles stand. Sources: guidance, Section A step 3 and
    Section C; formats, section 7."""
    day = Timestamp(as_of)
    parts = [_said(records, term, day), _targets(records, term, day), *_help(records, term, calendar, adults)]
    found = pd.concat(parts, ignore_index=True)
    found = found[found["text"].notna() & found["pupil_id"].isin(roll["pupil_id"].astype("str"))]
    found = found.sort_values("on", ascending=False, na_position="last", kind="stable")
    found = found.drop_duplicates(["pupil_id", "section", "text"])
    place = found.groupby(["pupil_id", "section"]).cumcount().astype("int64") + 1
    most = found["section"].map(lambda section: MOST.get(section, FEW)).astype("int64")
    found = found.assign(place=place, known=True)[place.le(most)]
    rows = pd.concat([found, _nothing(roll, found)], ignore_index=True)
    order = rows["section"].map({section: place + 1 for place, section in enumerate(SECTIONS)}).astype("int64")
    rows = rows.assign(order=order).sort_values(["pupil_id", "order", "place"], kind="stable", ignore_index=True)
    return rows.astype({"known": "bool", "place": "int64"})[COLUMNS]


def said_and_wanted(
    records: Mapping[str, DataFrame], roll: DataFrame, term: Term, as_of: date, calendar: Calendar | None = None
) -> DataFrame:
    """Of how many pupils with SEN a view of their own, and one of their parents, is noted in this school year up to `as_of`: one
    row each `respondent` (pupil, parent) with `count` of `n`, the `share` (missing, with `why`, where fewer than five). Notes
    without a day count by their term. Source: guidance, statement 62 and Section C."""
    notes, day = recorded(records, "evidence", term), Timestamp(as_of)
    begins = Timestamp(Term(term.year, 0).dates(calendar)[0])
    undated = notes["on"].isna() & notes["term"].str.startswith(term.school_year).fillna(False).astype("bool")
    notes = notes[notes["on"].between(begins, day) | undated]
    pupils = _with_sen(roll)
    kinds = {who: notes[notes["kind"].str.casefold().isin(kind)] for who, kind in VOICES.items()}
    n, counts = len(pupils), [int(pupils.isin(rows["pupil_id"]).sum()) for rows in kinds.values()]
    share = [count / n if n >= SHOWN else float("nan") for count in counts]
    why = "" if n >= SHOWN else f"Too few pupils with SEN ({n}) to give a share."
    return DataFrame({"respondent": [*VOICES], "count": counts, "n": n, "share": share, "why": why})[HEARD]


def _with_sen(roll: DataFrame) -> Series:
    """The pupils on the roll with SEN, each once."""
    return roll.loc[has_sen(roll["sen_status"]).fillna(False).astype("bool"), "pupil_id"].astype("str").drop_duplicates()


def _said(records: Mapping[str, DataFrame], term: Term, day: Timestamp) -> DataFrame:
    rows = recorded(records, "evidence", term)
    section = rows["kind"].str.casefold().map(SAID).astype("str")
    rows = rows.assign(section=section, text=rows["what"])
    return _entries(rows[section.notna() & ~rows["on"].gt(day)])


def _targets(records: Mapping[str, DataFrame], term: Term, day: Timestamp) -> DataFrame:
    rows = open_targets(recorded(records, "targets", term), recorded(records, "target_reviews", term), day)
    return _entries(rows.assign(section=TARGETS, text=rows["what"], on=rows["set_on"], source=rows["owner"]))


def _help(
    records: Mapping[str, DataFrame], term: Term, calendar: Calendar | None, adults: DataFrame | None
) -> tuple[DataFrame, DataFrame]:
    """Provisions the pupil takes part in, and adults beside the pupil, in the course of the term; not what is for everyone."""
    given = recorded(records, "provisions", term).set_index("provision_id")
    rows = _running(recorded(records, "provision_pupils", term), term, calendar)
    name, wave, staff = (for_each(rows["provision_id"], given[column]) for column in ("name", "wave", "staff"))
    provisions = rows.assign(text=name.fillna(rows["provision_id"]), on=rows["start"], source=staff)
    provisions = provisions[~wave.str.casefold().isin(UNIVERSAL)]
    beside = _running(recorded(records, "deployments", term), term, calendar)
    beside = beside[beside["pupil_id"].notna()]
    who = beside["adult_id"].map(_names(adults)).astype("str").fillna(beside["role"]).fillna("An adult")
    lessons = zip(who, *(beside[column].fillna("") for column in ("day", "starts", "subject")), strict=True)
    text = [", ".join(filter(None, lesson)) for lesson in lessons]
    turn = beside["day"].str.casefold().map({name: place for place, name in enumerate(DAYS)})
    adults_beside = beside.assign(text=text, on=beside["start"], source=beside["role"], turn=turn).sort_values(["turn", "starts"])
    return _entries(provisions.assign(section=HELPERS)), _entries(adults_beside.assign(section=HELPERS))


def _running(rows: DataFrame, term: Term, calendar: Calendar | None) -> DataFrame:
    """The rows whose first and last day fall around some of the term; without both the term they were recorded in decides."""
    first, last = map(Timestamp, term.dates(calendar))
    undated = rows["start"].isna() & rows["end"].isna()
    of_now = rows["term"].isna() | rows["term"].eq(str(term))
    return rows[(undated & of_now) | (~undated & ~rows["start"].gt(last) & ~rows["end"].lt(first))]


def _names(adults: DataFrame | None) -> dict[str, str]:
    if adults is None or "name" not in adults:
        return {}
    known = adults.dropna(subset=["name"]).astype({"adult_id": "str", "name": "str"})
    return dict(zip(known["adult_id"], known["name"], strict=True))


def _entries(rows: DataFrame) -> DataFrame:
    rows = rows.dropna(subset=["pupil_id"]).reindex(columns=ENTRY)
    texts = dict.fromkeys(["pupil_id", "section", "text", "source"], "str")
    return rows.astype(texts).assign(on=pd.to_datetime(rows["on"]).astype("datetime64[us]"))


def _nothing(roll: DataFrame, found: DataFrame) -> DataFrame:
    """The sections of which nothing is known, of the pupils with SEN and those of whom something is."""
    pupils = pd.concat([_with_sen(roll), found["pupil_id"]]).drop_duplicates()
    every = pd.MultiIndex.from_product([pupils, SECTIONS], names=["pupil_id", "section"])
    blank = every.difference(pd.MultiIndex.from_frame(found[["pupil_id", "section"]]), sort=False).to_frame(index=False)
    rows = _entries(blank.assign(text=blank["section"].map(NOTHING)))
    return rows.assign(place=1, known=False)
