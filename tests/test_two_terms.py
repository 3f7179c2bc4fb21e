"""Two terms of a school: what the spring's run flagged and people decided on it is followed in the summer, pupil by pupil.

Everything is worked out a second time here, by plain loops over the school's own files."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from pandas import DataFrame, Timestamp

from sentrack_lib.cycle.papers.keeping import freeze, kept_school
from sentrack_lib.cycle.papers.preparing import reviewed
from sentrack_lib.measures.looking_back import looking_back
from sentrack_lib.measures.looking_back.came_about import OUTCOMES
from sentrack_lib.measures.looking_back.cases import ALL_RULES
from sentrack_lib.records import open_store, recorded
from sentrack_lib.settings import Parameters
from sentrack_lib.sources.loading import load_school
from sentrack_lib.sources.sample import write_sample
from sentrack_lib.terms import Term
from sentrack_lib.views import findings, tables
from sentrack_lib.views.papers import Papers

SPRING, SUMMER = "2025-26-spring", "2025-26-summer"
DAY = date(2026, 7, 21)
NAMES = ["absent", "sent_home", "low"]
Way = Mapping[str, Any]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An invented school in which year groups are just large enough for growth to be told, and some flags come before what they
    tell of."""
    place = tmp_path_factory.mktemp("two-terms") / "school"
    write_sample(place, pupils=330, terms=4)
    return place


@pytest.fixture(scope="module")
def way(folder: Path) -> Way:
    """Spring is reviewed and frozen, as a run does; people decide; summer is reviewed."""
    school, store, _ = kept_school(Parameters(school=folder, term=SPRING))
    spring = reviewed(Parameters(school=folder, term=SPRING), school)
    freeze(store, SPRING, spring["flags"], {"run_id": "R-spring", "status": "done"})
    pupils = spring["flags"]["pupil_id"].drop_duplicates().to_list()
    open_store(folder).save(decisions(spring["flags"], pupils), "Ms Stub")
    later = recorded(load_school(folder))
    summer = reviewed(Parameters(school=folder, term=SUMMER, as_of=DAY), later)
    found = looking_back(summer, later.records, Term.named(SUMMER), later.settings.calendar, DAY)
    return {"spring": spring["flags"], "summer": summer, "found": found, "school": later, "pupils": pupils}


def decisions(flags: DataFrame, pupils: list[str]) -> dict[str, DataFrame]:
    """About the first flagged pupils: done in time, done late, not done, about something else, agreed before; two targets; two
    provisions, of which one never starts."""
    rule = flags[flags["pupil_id"].eq(pupils[3])]["rule"].iloc[0]
    other = "behaviour" if rule != "behaviour" else "effort"
    rows = [
        ("D1", pupils[0], "", "2026-03-30", "2026-05-01", "2026-04-30", "do something new"),
        ("D2", pupils[1], "", "2026-04-15", "2026-05-01", "2026-05-20", "carry on"),
        ("D3", pupils[2], "flags", "2026-04-16", "2026-06-01", None, None),
        ("D4", pupils[3], f"flag: {other}-not", "2026-04-16", "2026-06-01", "2026-05-01", None),
        ("D5", pupils[4], "", "2024-10-01", "2024-11-01", "2024-10-20", None),
    ]
    names = ["action_id", "pupil_id", "about", "agreed_on", "by", "done_on", "decision"]
    actions = DataFrame(rows, columns=names).assign(term=SPRING, what="Meet the invented parents", owner="Head of Year 9")
    targets = DataFrame({
        "term": SPRING, "target_id": ["G1", "G2"], "pupil_id": pupils[:2], "what": "I am here", "set_on": "2026-03-20",
        "by": "2026-05-20",
    })  # fmt: skip
    reviews = DataFrame({"term": SUMMER, "target_id": ["G1", "G2"], "on": "2026-05-22", "result": ["reached", "not reached"]})
    plain = {"term": SPRING, "start": "2026-03-16", "end": "2026-06-26"}
    provisions = DataFrame([{"provision_id": "N1", "name": "Never", **plain}, {"provision_id": "N2", "name": "Given", **plain}])
    sessions = DataFrame(
        {"term": SUMMER, "provision_id": ["N1", "N2"], "pupil_id": pupils[0], "on": "2026-05-06", "attended": ["N", "Y"]}
    )
    return {
        "actions": actions, "targets": targets, "target_reviews": reviews, "provisions": provisions,
        "provision_sessions": sessions,
    }  # fmt: skip


# --- the same, by plain loops ------------------------------------------------------------------------


def known_of(way: Way, term: str) -> dict[str, dict[str, bool | None]]:
    """Of each pupil on the roll of a term what was so, from the files; growth as the review of the term has it."""
    files, growth = way["school"].tables, way["summer"]["growth_by_term"]
    roll, marks, events = (files[name][files[name]["term"].eq(term)] for name in ("pupils", "attendance", "behaviour"))
    missed, low, gone = {}, {}, set()
    for row in marks.itertuples():
        if row.sessions_possible > 0:
            missed[row.pupil_id] = (row.sessions_possible - row.sessions_attended) * 10 > row.sessions_possible
    for row in growth.query("term == @term and subject == 'all'").itertuples():
        low[row.pupil_id] = None if pd.isna(row.p_low) else bool(row.p_low >= 0.5)
    for row in events.itertuples():
        if row.kind in ("suspension", "permanent_exclusion"):
            gone.add(row.pupil_id)
    return {each: {"absent": missed.get(each), "low": low.get(each), "sent_home": each in gone} for each in roll["pupil_id"]}


def counted(way: Way, rule: str) -> dict[str, int]:
    """How a rule did, one pupil after the other."""
    then, now = (known_of(way, term) for term in (SPRING, SUMMER))
    rules = list(OUTCOMES) if rule == ALL_RULES else [rule]
    asked = NAMES if rule == ALL_RULES else [OUTCOMES[rule]]
    asked = [name for name in asked if any(each[name] is not None for each in now.values())]
    act = way["spring"][way["spring"]["level"].eq("act")]
    flagged = {row.pupil_id for row in act.itertuples() if row.rule in rules}
    told = dict.fromkeys(["flagged_all", "already", "not_known", "n", "events", "flagged", "right"], 0)
    for pupil in set(then) | flagged:
        mine = pupil in flagged
        told["flagged_all"] += mine
        if any(then.get(pupil, {}).get(name) for name in asked):
            told["already"] += mine
        elif pupil not in now or any(now[pupil][name] is None for name in asked):
            told["not_known"] += mine
        else:
            came = any(now[pupil][name] for name in asked)
            told["n"] += 1
            told["events"] += came
            told["flagged"] += mine
            told["right"] += mine and came
    return told


@pytest.mark.parametrize("rule", [ALL_RULES, *OUTCOMES])
def test_flags_are_scored_as_a_count_pupil_by_pupil_says(way, rule):
    rows = way["found"]["flags_scored"].query("rule == @rule and over == 'last term'")
    told = counted(way, rule)
    assert rows[list(told)].iloc[0].to_dict() == told
    assert rows[["term", "in_term"]].iloc[0].to_list() == [SPRING, SUMMER]


def test_the_school_has_flags_of_both_kinds_to_be_counted(way):
    """So that the counts above are of something."""
    told = counted(way, ALL_RULES)
    assert all(told[name] > 0 for name in ("already", "flagged", "right", "events")) and told["right"] < told["events"]


def test_last_and_all_terms_are_the_same_where_one_term_is_kept(way):
    rows = way["found"]["flags_scored"].drop(columns="over")
    half = len(rows) // 2
    pd.testing.assert_frame_equal(rows.iloc[:half].reset_index(drop=True), rows.iloc[half:].reset_index(drop=True))


def test_what_is_followed_is_what_the_spring_flagged_once_each(way):
    columns = ["pupil_id", "rule", "subject", "level", "since_term"]
    frozen = way["found"]["flags_followed"][columns].fillna("").sort_values(columns, ignore_index=True)
    flagged = way["spring"][columns].fillna("").sort_values(columns, ignore_index=True)
    pd.testing.assert_frame_equal(frozen, flagged, check_dtype=False, check_column_type=False)


def test_each_flag_is_followed_to_what_became_of_it(way):
    roll = way["school"].tables["pupils"].query("term == @SUMMER").set_index("pupil_id")["left_on"]
    now = {(row.pupil_id, row.rule, str(row.subject)): row.level for row in way["summer"]["flags"].itertuples()}
    for row in way["found"]["flags_followed"].itertuples():
        here = row.pupil_id in roll.index and not roll[row.pupil_id] < Timestamp(DAY)
        stands = now.get((row.pupil_id, row.rule, str(row.subject)))
        assert row.now == ("left" if not here else "still flagged" if stands else "cleared")
        assert row.level_now == stands if here and stands else pd.isna(row.level_now)


def test_who_took_a_flag_on_and_whether_it_was_done_stands_beside_it(way):
    pupils = way["pupils"]
    rows = way["found"]["flags_followed"]
    wanted = {pupils[0]: ("D1", "done in time"), pupils[1]: ("D2", "done late"), pupils[2]: ("D3", "not yet done")}
    for pupil, (action, state) in wanted.items():
        mine = rows[rows["pupil_id"].eq(pupil)]
        assert set(mine["action_id"]) == {action} and set(mine["state"]) == {state} and mine["acted"].all()
        assert set(mine["owner"]) == {"Head of Year 9"}
    for pupil in pupils[3:5]:  # about something else; agreed long before
        assert not {"D4", "D5"} & set(rows.loc[rows["pupil_id"].eq(pupil), "action_id"].dropna())
    first = rows[rows["pupil_id"].eq(pupils[1])].iloc[0]
    ends = way["school"].settings.calendar[first["since_term"]][1]
    assert first["days"] == (date(2026, 4, 15) - ends).days


def test_what_changed_is_the_difference_of_the_two_lists(way):
    key = ["pupil_id", "rule", "subject"]
    then, now = ({tuple(row) for row in rows[key].astype("str").to_numpy()} for rows in (way["spring"], way["summer"]["flags"]))
    rows = way["found"]["flags_since"]
    told = {state: {tuple(row) for row in some[key].astype("str").to_numpy()} for state, some in rows.groupby("state")}
    assert told.get("newly flagged", set()) == now - then
    assert told["still flagged"] <= now & then and told["cleared"] <= then - now
    assert set().union(*told.values()) == then | now and sum(map(len, told.values())) == len(rows)
    assert rows.set_index("state").loc["still flagged", "terms"].eq(2).all()
    counts = way["found"]["flags_changed"].query("group == 'all pupils' and rule == @ALL_RULES").set_index("state")["flags"]
    assert counts.to_dict() == {state: len(told.get(state, ())) for state in counts.index}


def test_each_decision_is_followed_to_its_end(way):
    rows = way["found"]["decisions_followed"].set_index(["kind", "id"])
    told = {
        ("action", "D1"): ("done in time", -1), ("action", "D2"): ("done late", 19), ("action", "D3"): ("not yet done", 50),
        ("action", "D4"): ("done in time", -31), ("action", "D5"): ("done in time", -12), ("target", "G1"): ("done late", 2),
        ("target", "G2"): ("ended but not reached", 2), ("provision", "N1"): ("never started", 25),
        ("provision", "N2"): ("done in time", -51),
    }  # fmt: skip
    assert {key: tuple(rows.loc[key, ["state", "days"]]) for key in told} == told
    recorded_then = way["school"].records["actions"].query("term in [@SPRING, @SUMMER]")
    assert set(rows.loc["action"].index) == set(recorded_then["action_id"])
    assert set(rows.loc["target"].index) == set(way["school"].records["targets"].query("term in [@SPRING, @SUMMER]")["target_id"])


def test_every_part_tells_of_it(way):
    papers = Papers("inclusion", {**way["summer"], **way["found"]})
    assert "flagged in Spring 2026 came by Summer 2026" in findings.flags_right(papers).lines[0]
    assert findings.changed_since(papers).lines[0].startswith("Flags since Spring 2026: ")
    assert "Never" in repr(tables.decisions_followed(papers)) and "never started" in repr(tables.decisions_followed(papers))
    assert "taken on by Head of Year 9" in " ".join(way["found"]["flags_followed"]["sentence"])
