"""A save is taken back: its rows stand as before it, the trail keeps both, and nobody else's change is lost."""

from pathlib import Path
from typing import Any

import pytest
from pandas import DataFrame

from sentrack_lib.records import Conflict, Store, open_store, take_back

TERM = "2025-26-summer"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(tmp_path)


def action(what: str, **more: Any) -> dict[str, DataFrame]:
    return {"actions": DataFrame([{"term": TERM, "action_id": "A1", "what": what, **more}])}


def now(store: Store) -> list[str]:
    return store.current()["actions"]["what"].tolist()


def test_what_was_new_stands_no_longer(store: Store) -> None:
    saved = store.save(action("Meet the invented parents"), "Ms One")
    back = take_back(store, saved.save_no, "Mr Two")
    assert now(store) == [] and back.rows == 1 and back.by == "Mr Two"
    assert set(store.trail("actions")["recorded_by"]) == {"Ms One", "Mr Two"}


def test_what_was_changed_stands_as_before(store: Store) -> None:
    store.save(action("Meet", owner="Ms One"), "Ms One")
    row = store.current()["actions"].iloc[0]
    saved = store.save(action("Ring", entry=row["entry"], version=row["version"]), "Ms One")
    take_back(store, saved.save_no, "Ms One")
    stands = store.current()["actions"].iloc[0]
    assert (stands["what"], stands["owner"], stands["version"]) == ("Meet", "Ms One", 3)


def test_what_was_withdrawn_stands_again(store: Store) -> None:
    store.save(action("Meet"), "Ms One")
    row = store.current()["actions"].iloc[0]
    gone = store.save(action("Meet", entry=row["entry"], version=row["version"], withdrawn="Y"), "Ms One")
    assert now(store) == []
    take_back(store, gone.save_no, "Ms One")
    assert now(store) == ["Meet"]


def test_taking_back_can_itself_be_taken_back(store: Store) -> None:
    saved = store.save(action("Meet"), "Ms One")
    back = take_back(store, saved.save_no, "Ms One")
    take_back(store, back.save_no, "Ms One")
    assert now(store) == ["Meet"]


def test_all_rows_of_a_save_go_back_together_and_other_saves_stay(store: Store) -> None:
    store.save({"evidence": DataFrame([{"term": TERM, "evidence_id": "E1", "kind": "note", "what": "Seen"}])}, "Ms One")
    both = store.save({**action("Meet"), "targets": DataFrame([{"term": TERM, "target_id": "T1", "what": "Reads"}])}, "Ms One")
    take_back(store, both.save_no, "Ms One")
    current = store.current()
    assert [len(current[name]) for name in ("actions", "targets", "evidence")] == [0, 0, 1]


def test_where_somebody_changed_it_since_nothing_is_taken_back(store: Store) -> None:
    saved = store.save(action("Meet"), "Ms One")
    row = store.current()["actions"].iloc[0]
    store.save(action("Ring", entry=row["entry"], version=row["version"]), "Mr Two")
    with pytest.raises(Conflict, match="Mr Two changed this row"):
        take_back(store, saved.save_no, "Ms One")
    assert now(store) == ["Ring"]
