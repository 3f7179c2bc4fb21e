"""What people decide is kept whole, never overwritten, with its author, and comes back as the tables of a school."""

import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pandas import DataFrame
from sqlalchemy import text
from stores import AUTUMN, KINDS, SPRING, Home, evidence, home_of

from sentrack_lib.errors import BadInput, WrongUse
from sentrack_lib.records import CannotSave, Conflict, Mistakes, Store, connecting, file_sheets, open_store, recorded
from sentrack_lib.records.connecting import reading
from sentrack_lib.records.entries import as_written
from sentrack_lib.records.store import store_there
from sentrack_lib.records.tables import BOOKKEEPING
from sentrack_lib.records.upgrading import NEWEST
from sentrack_lib.sources import schema
from sentrack_lib.sources.loading import load_school
from sentrack_lib.terms import Term

KIT, BO = "Kit Invented", "Bo Invented"
Table = Callable[[str], DataFrame]


@pytest.fixture(params=KINDS)
def home(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Home]:
    with home_of(request.param, tmp_path) as place:
        yield place


@pytest.fixture
def store(home: Home) -> Store:
    return home.open()


@pytest.fixture
def file_store(tmp_path: Path) -> Store:
    return open_store(tmp_path)


def rows_of(store: Store, table: str = "evidence") -> list[dict]:
    with reading(store.engine) as connection:
        return [dict(row) for row in connection.execute(text(f"SELECT * FROM {table} ORDER BY save_no, row_no")).mappings()]


def edited(store: Store, table: str = "evidence", **cells: object) -> DataFrame:
    return store.current()[table].assign(**cells)


# What comes back


def test_what_was_saved_comes_back_typed_with_who_and_when(store: Store, table: Table) -> None:
    saved = store.save(
        {
            "provision_pupils": table("""
                term           | provision_id | pupil_id | start      | sessions_planned | baseline
                2025-26-autumn | R1           | PX1      | 2025-09-15 | 24               | 088
            """).assign(baseline="088")
        },
        by=f"  {KIT} ",
    )
    rows = store.current()["provision_pupils"]
    assert rows[["term", "start", "sessions_planned", "baseline", "version", "recorded_by"]].to_numpy().tolist() == [
        [AUTUMN, pd.Timestamp("2025-09-15"), 24.0, "088", 1, KIT]
    ]
    assert rows["rating"].isna().all() and rows["recorded_at"].tolist() == [saved.at] and saved.at.endswith("Z")
    assert (saved.by, saved.rows) == (KIT, 1)


def test_every_table_has_the_columns_and_types_that_the_sheets_have(home: Home, sample: Path) -> None:
    school = load_school(sample)
    store = home.open()
    file_sheets(school, store, KIT)
    empty = open_store(home.folder, f"sqlite:///{home.folder}/other.sqlite").current()
    for name, rows in store.current().items():
        assert list(rows) == ["term", *schema.columns(name), "entry", "version", "recorded_at", "recorded_by"]
        own = rows[["term", *schema.columns(name)]]
        pd.testing.assert_frame_equal(own, school.records[name])
        assert empty[name].dtypes.to_dict() == rows.dtypes.to_dict() and empty[name].empty


def test_only_what_was_decided_up_to_a_term_counts_for_it(store: Store) -> None:
    store.save({"evidence": pd.concat([evidence(2, term=SPRING), evidence(1)])}, KIT)
    assert store.current(until=Term.named(AUTUMN))["evidence"]["evidence_id"].tolist() == ["N1"]
    assert store.current()["evidence"]["evidence_id"].tolist() == ["N1", "N2"]


def test_a_table_handed_out_may_be_changed_without_harm(store: Store) -> None:
    handed_out = store.current()["targets"]
    handed_out["what"] = "spoilt"
    handed_out["more"] = 1
    assert "more" not in store.current()["targets"]


WRITTEN = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]))


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cells=st.lists(st.tuples(WRITTEN, st.floats(0, 9e14)), min_size=1, max_size=20))
def test_any_text_and_any_number_come_back_as_they_were(file_store: Store, cells: list[tuple[str, float]]) -> None:
    number = len(file_store.current()["pay_rates"])
    rows = [
        {"term": AUTUMN, "adult_id": f"A{place}", "role": what, "start": "2025-09-01", "hourly_cost": amount}
        for place, (what, amount) in enumerate(cells, start=number)
    ]
    file_store.save({"pay_rates": DataFrame(rows)}, KIT)
    kept = file_store.current()["pay_rates"].iloc[number:]
    assert kept["role"].fillna("").tolist() == [what.strip().replace("\r\n", "\n") for what, _ in cells]
    assert kept["hourly_cost"].tolist() == pytest.approx([amount for _, amount in cells], abs=1e-15)
    assert file_store.save({"pay_rates": kept}, KIT).rows == 0


# Versions


def test_an_edit_is_the_next_version_and_the_one_before_stays(store: Store) -> None:
    store.save({"evidence": evidence(1)}, KIT)
    store.save({"evidence": edited(store, what="Reads alone")}, BO)
    assert [(row["version"], row["what"], row["recorded_by"]) for row in rows_of(store)] == [
        (1, "Reads aloud", KIT),
        (2, "Reads alone", BO),
    ]
    now = store.current()["evidence"]
    assert now[["what", "version", "recorded_by"]].to_numpy().tolist() == [["Reads alone", 2, BO]]


def test_what_is_taken_back_stands_no_more_and_stays_in_the_store(store: Store) -> None:
    store.save({"evidence": evidence(1)}, KIT)
    store.save({"evidence": edited(store, withdrawn=True)}, BO)
    assert store.current()["evidence"].empty
    assert [(row["version"], row["withdrawn"], row["what"]) for row in rows_of(store)] == [
        (1, 0, "Reads aloud"),
        (2, 1, "Reads aloud"),
    ]


def test_what_was_taken_back_may_be_recorded_anew(store: Store) -> None:
    store.save({"evidence": evidence(1)}, KIT)
    store.save({"evidence": edited(store, withdrawn=1)}, BO)
    store.save({"evidence": evidence(1, "Reads again")}, KIT)
    assert store.current()["evidence"][["what", "version"]].to_numpy().tolist() == [["Reads again", 3]]


def test_what_did_not_change_is_not_written_again(store: Store) -> None:
    store.save({"evidence": pd.concat([evidence(1), evidence(2)])}, KIT)
    assert store.save({"evidence": store.current()["evidence"]}, BO).rows == 0
    both = store.current()["evidence"]
    both.loc[1, "what"] = "Reads alone"
    saved = store.save({"evidence": both}, BO)
    assert saved.rows == 1 and [row["version"] for row in rows_of(store)] == [1, 1, 2]
    assert len(rows_of_saves(store)) == 2


def rows_of_saves(store: Store) -> list[tuple]:
    with reading(store.engine) as connection:
        return list(map(tuple, connection.execute(text("SELECT save_no, recorded_by, how, rows FROM saves ORDER BY save_no"))))


def test_a_row_whose_key_is_changed_is_another_entry_and_leaves_nothing_under_the_old_name(store: Store) -> None:
    store.save({"evidence": evidence(1)}, KIT)
    store.save({"evidence": edited(store, evidence_id="N9")}, BO)
    assert store.current()["evidence"][["evidence_id", "version"]].to_numpy().tolist() == [["N9", 1]]
    store.save({"evidence": edited(store, term=SPRING)}, BO)
    assert store.current()["evidence"][["term", "evidence_id"]].to_numpy().tolist() == [[SPRING, "N9"]]


def test_two_rows_may_change_places(store: Store) -> None:
    store.save({"evidence": pd.concat([evidence(1, "one"), evidence(2, "two")])}, KIT)
    store.save({"evidence": edited(store, evidence_id=["N2", "N1"])}, KIT)
    now = store.current()["evidence"].set_index("evidence_id")["what"]
    assert now.to_dict() == {"N2": "one", "N1": "two"}


def test_keys_that_are_written_alike_are_not_mistaken_for_one_another(store: Store) -> None:
    hours = {"term": AUTUMN, "adult_id": "A1", "hours": 2.0}
    store.save(
        {"deployments": DataFrame([{**hours, "day": 'M","x', "starts": "1"}, {**hours, "day": "M", "starts": 'x","1'}])}, KIT
    )
    assert store.current()["deployments"]["entry"].nunique() == 2


def test_a_number_is_one_key_however_it_is_written(store: Store) -> None:
    row = {"term": AUTUMN, "rated_by": "Head", "rating": "partly in place"}
    store.save({"self_evaluation": DataFrame([{**row, "statement": "7.0"}])}, KIT)
    assert store.save({"self_evaluation": DataFrame([{**row, "statement": 7}])}, KIT).rows == 0


def test_a_number_is_written_without_idle_noughts_or_noise() -> None:
    assert [as_written(number) for number in (7.0, 0.1 + 0.2, -3.5, 1e15, None)] == ["7", "0.3", "-3.5", "1000000000000000", ""]


# Refused as a whole


def test_any_mistake_refuses_the_whole_save_and_all_are_told(store: Store) -> None:
    wrong = pd.concat([evidence(1), evidence(2, on="soon"), evidence(3, "")])
    with pytest.raises(Mistakes) as told:
        store.save({"evidence": wrong, "targets": DataFrame([{"term": "autumn", "target_id": "T1", "what": "Read"}])}, KIT)
    found = told.value.problems[["file", "row", "column", "value"]].astype("object").to_numpy().tolist()
    assert sorted(map(tuple, found)) == [
        (f"evidence of {AUTUMN}", 2, "on", "soon"),
        (f"evidence of {AUTUMN}", 3, "what", ""),
        ("targets", 1, "term", "autumn"),
    ]
    assert "Nothing was saved" in str(told.value) and "counts as not known" not in str(told.value)
    assert rows_of(store) == [] and rows_of_saves(store) == []


def test_rows_are_numbered_as_their_sheet_numbers_them(file_store: Store) -> None:
    sheet = evidence(1, "").set_axis(pd.Index([14], name="row"))
    with pytest.raises(Mistakes, match="row 14, what: is blank"):
        file_store.save({"evidence": sheet}, KIT)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (evidence(1).drop(columns="term"), "term: is a column that is missing"),
        (evidence(1).assign(whta="x"), "Did you mean what"),
        (pd.concat([evidence(1), evidence(1, "Writes")]), "different values"),
        (evidence(1, "a\x00b"), "cannot be kept"),
        (evidence(1).assign(what=pd.Series(["a\ud800b"], dtype="object")), "cannot be kept"),
        (evidence(1).assign(version="first"), "is not a version"),
        (evidence(1).assign(entry="N1"), "is not the name of an entry"),
        (evidence(1).assign(entry='["x", "N1"]'), "is not the name of an entry"),
    ],
)
def test_a_table_that_cannot_be_understood_is_refused(file_store: Store, rows: DataFrame, said: str) -> None:
    with pytest.raises(Mistakes, match=said):
        file_store.save({"evidence": rows}, KIT)


def test_an_entry_that_is_changed_and_taken_back_at_once_is_refused(file_store: Store) -> None:
    file_store.save({"evidence": evidence(1)}, KIT)
    both = pd.concat([edited(file_store, what="Writes", withdrawn=0), edited(file_store, withdrawn=1)])
    with pytest.raises(Mistakes, match="is in this save twice"):
        file_store.save({"evidence": both}, KIT)


@pytest.mark.parametrize("nobody", ["", "  ", "\x00"])
def test_nobody_saves_without_a_name(file_store: Store, nobody: str) -> None:
    with pytest.raises(BadInput, match="who you are"):
        file_store.save({"evidence": evidence(1)}, nobody)


def test_a_table_that_is_no_record_is_refused_with_the_nearest_name(file_store: Store) -> None:
    with pytest.raises(BadInput, match="Did you mean targets"):
        file_store.save({"target": evidence(1)}, KIT)


def test_nothing_to_save_is_no_save(file_store: Store) -> None:
    assert file_store.save({}, KIT).rows == file_store.save({"evidence": evidence(1).iloc[:0]}, KIT).rows == 0
    assert rows_of_saves(file_store) == []


# Two people


def test_an_edit_of_what_somebody_changed_meanwhile_shows_both(store: Store) -> None:
    store.save({"evidence": evidence(1)}, KIT)
    mine = edited(store, what="Reads to others")
    store.save({"evidence": edited(store, what="Reads alone")}, BO)
    with pytest.raises(Conflict, match=rf"{BO} changed this row of evidence \(N1\) at \d\d:\d\d on \d") as met:
        store.save({"evidence": mine, "targets": DataFrame([{"term": AUTUMN, "target_id": "T1", "what": "Read"}])}, KIT)
    assert met.value.both[["column", "yours", "theirs"]].to_numpy().tolist() == [["what", "Reads to others", "Reads alone"]]
    assert store.current()["targets"].empty and len(rows_of(store)) == 2


def test_who_saw_theirs_may_save_over_it(store: Store) -> None:
    store.save({"evidence": evidence(1)}, KIT)
    mine = edited(store, what="Reads to others")
    store.save({"evidence": edited(store, what="Reads alone")}, BO)
    store.save({"evidence": mine.assign(version=2)}, KIT)
    assert store.current()["evidence"]["what"].tolist() == ["Reads to others"]


def test_two_new_rows_of_one_name_are_a_conflict_unless_they_say_the_same(store: Store) -> None:
    store.save({"evidence": evidence(1)}, KIT)
    assert store.save({"evidence": evidence(1)}, BO).rows == 0
    with pytest.raises(Conflict, match=f"{KIT} recorded this row"):
        store.save({"evidence": evidence(1, "Writes")}, BO)


def test_an_edit_of_what_was_taken_back_meanwhile_is_a_conflict(store: Store) -> None:
    store.save({"evidence": evidence(1)}, KIT)
    mine = edited(store, what="Reads to others")
    store.save({"evidence": edited(store, withdrawn=1)}, BO)
    with pytest.raises(Conflict, match=f"{BO} took back") as met:
        store.save({"evidence": mine}, KIT)
    assert met.value.both[["column", "yours", "theirs"]].to_numpy().tolist()[0] == ["", "kept", "taken back"]


def test_what_both_changed_alike_is_no_conflict(store: Store) -> None:
    store.save({"evidence": evidence(1)}, KIT)
    mine = edited(store, what="Reads alone")
    store.save({"evidence": edited(store, what="Reads alone")}, BO)
    assert store.save({"evidence": mine}, KIT).rows == 0


def test_a_clock_that_goes_back_does_not_disturb_the_order(home: Home) -> None:
    start = datetime(2025, 10, 26, 1, 30, tzinfo=UTC)
    for number, hours in enumerate([0, -1, -48, 3], start=1):
        store = Store(home.folder, home.open().engine, clock=lambda hours=hours: start + timedelta(hours=hours))
        store.save({"evidence": evidence(1, f"change {number}").assign(version=number - 1)}, KIT)
    assert store.current()["evidence"]["what"].tolist() == ["change 4"]
    trail = store.trail("evidence").query("column == 'what'")
    assert trail["after"].tolist() == [f"change {number}" for number in (1, 2, 3, 4)]
    assert trail["recorded_at"].tolist()[1] == "2025-10-26T00:30:00Z"


# The trail


def test_the_trail_tells_every_changed_cell_oldest_first(store: Store) -> None:
    store.save({"evidence": evidence(1)}, KIT)
    store.save({"evidence": edited(store, what="Reads alone")}, BO, how="sheet")
    store.save({"evidence": edited(store, withdrawn=1)}, KIT)
    trail = store.trail()
    assert list(trail) == ["recorded_at", "recorded_by", "how", "term", "table", "entry", "column", "before", "after"]
    told = trail[["recorded_by", "how", "term", "table", "column", "before", "after"]].to_numpy().tolist()
    assert told[0] == [KIT, "form", AUTUMN, "evidence", "evidence_id", "", "N1"]
    assert told[-2:] == [
        [BO, "sheet", AUTUMN, "evidence", "what", "Reads aloud", "Reads alone"],
        [KIT, "form", AUTUMN, "evidence", "", "", "taken back"],
    ]
    assert len(told) == 6


def test_ways_of_saving_can_be_left_out_of_the_trail(store: Store) -> None:
    store.save({"evidence": evidence(1)}, KIT, how="sheets")
    store.save({"evidence": edited(store, what="Reads alone")}, BO)
    told = store.trail(but=("sheets",))[["recorded_by", "column", "before", "after"]]
    assert told.to_numpy().tolist() == [[BO, "what", "Reads aloud", "Reads alone"]] and len(store.trail()) > 1


def test_the_trail_is_told_of_one_table_or_one_pupil(store: Store) -> None:
    store.save({"evidence": pd.concat([evidence(1), evidence(2, pupil_id="PX2")])}, KIT)
    store.save({"targets": DataFrame([{"term": AUTUMN, "target_id": "T1", "pupil_id": "PX2", "what": "Read"}])}, KIT)
    assert set(store.trail("evidence")["table"]) == {"evidence"}
    of_one = store.trail(pupil_id="PX2")
    assert set(of_one["table"]) == {"evidence", "targets"} and "N1" not in set(of_one["after"])
    assert store.trail(pupil_id="PX3").empty
    with pytest.raises(BadInput, match="Did you mean targets"):
        store.trail("target")


# Sheets and store


@pytest.fixture
def school_folder(tmp_path: Path) -> Callable[[str], Path]:
    """A school with one term, whose folder `records` has a sheet of actions."""

    def made(actions: str) -> Path:
        folder = tmp_path / "school"
        (folder / AUTUMN / "records").mkdir(parents=True, exist_ok=True)
        (folder / "school.yml").write_text("name: Invented School\n", encoding="utf-8")
        (folder / AUTUMN / "pupils.csv").write_text("pupil_id,year_group,sen_status\nPX1,7,K\n", encoding="utf-8")
        (folder / AUTUMN / "records" / "actions.csv").write_text(f"action_id,what,by\n{actions}", encoding="utf-8")
        return folder

    return made


def test_without_a_store_the_sheets_count_and_none_is_made(school_folder) -> None:
    folder = school_folder("A1,Ask,2025-10-01\n")
    records = recorded(load_school(folder)).records
    assert records["actions"][["what", "version"]].to_numpy().tolist() == [["Ask", 0]]
    assert records["actions"]["recorded_by"].isna().all() and records["targets"].empty
    assert {name: list(rows) for name, rows in records.items()} == {
        name: list(rows) for name, rows in open_store(folder.parent).current().items()
    }
    assert sorted(path.name for path in folder.iterdir()) == [AUTUMN, "school.yml"]


def test_without_tables_on_a_server_nothing_is_made_there(home: Home) -> None:
    assert store_there(home.folder, home.url) is None
    assert list(home.folder.iterdir()) == []
    if home.url:
        with pytest.raises(Exception, match="does not exist"):
            rows_of(Store(home.folder, connecting.connect(connecting.address_of(home.folder, home.url))))


def test_sheets_are_filed_once_and_what_a_person_changed_stays(school_folder, home: Home) -> None:
    folder = school_folder("A1,Ask,2025-10-01\nA2,Tell,\nA3,Meet,\n")
    school, store = load_school(folder), open_store(folder, home.url)
    assert file_sheets(school, store, KIT).rows == 3
    rows = store.current()["actions"]
    store.save({"actions": rows.iloc[[0]].assign(what="Ask again")}, BO)
    store.save({"actions": rows.iloc[[1]].assign(withdrawn=1)}, BO)
    assert file_sheets(school, store, KIT) is None
    now = recorded(school, home.url).records["actions"]
    assert now[["what", "version"]].to_numpy().tolist() == [["Ask again", 2], ["Meet", 1]]


def test_a_row_that_came_into_a_sheet_later_counts_beside_the_store(school_folder) -> None:
    store = open_store(school_folder("A1,Ask,\n"))
    file_sheets(load_school(store.folder), store, KIT)
    later = load_school(school_folder("A1,Ask,\nA2,Tell,2025-10-01\n"))
    assert recorded(later).records["actions"][["what", "version"]].to_numpy().tolist() == [["Ask", 1], ["Tell", 0]]
    assert file_sheets(later, store, KIT).rows == 1


def test_a_row_of_a_sheet_may_be_changed_or_taken_back_before_it_is_filed(school_folder) -> None:
    folder = school_folder("A1,Ask,\nA2,Tell,\nA3,Meet,\n")
    school, store = load_school(folder), open_store(folder)
    rows = recorded(school).records["actions"]
    store.save({"actions": rows.iloc[[0]].assign(what="Ask again")}, BO)
    store.save({"actions": rows.iloc[[1]].assign(withdrawn=1)}, BO)
    store.save({"actions": rows.iloc[[2]].assign(action_id="A9")}, BO)
    file_sheets(school, store, KIT)
    now = recorded(school).records["actions"]
    assert now[["action_id", "what"]].to_numpy().tolist() == [["A1", "Ask again"], ["A9", "Meet"]]


def test_rows_about_pupils_who_are_not_on_the_roll_are_kept(school_folder) -> None:
    folder = school_folder("A1,Ask,\n")
    open_store(folder).save({"evidence": evidence(1, pupil_id="PX77")}, KIT)
    assert recorded(load_school(folder)).records["evidence"]["pupil_id"].tolist() == ["PX77"]


def test_the_tables_of_a_school_without_any_record_keep_their_types(school_folder) -> None:
    folder = school_folder("A1,Ask,\n")
    open_store(folder)
    types = recorded(load_school(folder)).records["deployments"].dtypes
    assert types["start"] == np.dtype("<M8[us]") and types["hours"] == "float64" and types["entry"] == "str"


# The file and the address


def test_no_record_has_a_column_that_the_store_keeps_its_books_with() -> None:
    assert not [(name, column) for name in schema.RECORDS for column in schema.columns(name) if column in BOOKKEEPING]


def test_the_file_is_its_owners_alone_and_strict(file_store: Store) -> None:
    file = file_store.folder / "records.sqlite"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with sqlite3.connect(file) as connection:
        loose = "SELECT name FROM pragma_table_list WHERE schema = 'main' AND NOT strict AND name NOT LIKE 'sqlite_%'"
        assert connection.execute(loose).fetchall() == [("alembic_version",)]
        with pytest.raises(sqlite3.IntegrityError):
            connection.execute("INSERT INTO saves (recorded_at, recorded_by, how, rows) VALUES ('', '', '', 'many')")


def test_every_connection_has_the_settings_that_keep_a_save(file_store: Store) -> None:
    names = ("journal_mode", "synchronous", "foreign_keys", "secure_delete", "trusted_schema", "busy_timeout")
    with reading(file_store.engine) as connection:
        set_to = [connection.execute(text(f"PRAGMA {name}")).scalar() for name in names]
    assert set_to == ["wal", 2, 1, 1, 0, 30_000]


def test_who_waits_too_long_is_told_that_nothing_was_saved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connecting, "PATIENCE", 0.1)
    store = open_store(tmp_path)
    with sqlite3.connect(tmp_path / "records.sqlite", isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(CannotSave, match="somebody else was saving"):
            store.save({"evidence": evidence(1)}, KIT)
        assert store.current()["evidence"].empty


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("no address", "no address of a database"),
        ("sqlite://", "names no file"),
        ("sqlite:///:memory:", "names no file"),
        ("nosuch://x/y", "no driver"),
    ],
)
def test_an_address_that_is_none_is_told(tmp_path: Path, url: str, said: str) -> None:
    with pytest.raises(WrongUse, match=said):
        open_store(tmp_path, url)


def test_a_server_that_is_not_there_is_told_without_the_password(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="cannot be opened") as told:
        open_store(tmp_path, "postgresql://kit:secret@127.0.0.1:1/none")
    assert "secret" not in str(told.value)


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="There is no folder"):
        open_store(tmp_path / "none")


def test_a_store_may_lie_in_another_file(tmp_path: Path) -> None:
    store = open_store(tmp_path, f"sqlite:///{tmp_path}/other.sqlite")
    assert store.file == tmp_path / "other.sqlite" and not (tmp_path / "records.sqlite").exists()


# A store of another sentrack


def without(home: Home, *steps: str) -> None:
    """Turn the store into one of an earlier or a later sentrack."""
    with home.open().engine.begin() as connection:
        for step in steps:
            connection.execute(text(step))


def test_an_older_store_is_copied_and_then_brought_up_to_date(home: Home) -> None:
    home.open().save({"evidence": evidence(1)}, KIT)
    without(home, "ALTER TABLE evidence DROP COLUMN source", "ALTER TABLE provisions DROP COLUMN total_cost", "DROP TABLE runs")
    store = home.open()
    store.save({"evidence": edited(store, source="Head"), "runs": DataFrame([{"term": AUTUMN, "run_id": "r"}])}, KIT)
    assert store.current()["evidence"][["what", "source"]].to_numpy().tolist() == [["Reads aloud", "Head"]]
    assert len(store.current()["runs"]) == 1 and store.current()["provisions"]["total_cost"].dtype == "float64"
    (backup,) = (home.folder / "backups").glob("*.sqlite")
    with sqlite3.connect(backup) as connection:
        assert connection.execute("SELECT what FROM evidence").fetchall() == [("Reads aloud",)]
        assert "source" not in [row[1] for row in connection.execute("PRAGMA table_info(evidence)")]
    home.open()
    assert len(list((home.folder / "backups").iterdir())) == 1


@pytest.mark.parametrize(
    "step", ["ALTER TABLE evidence ADD COLUMN later TEXT", "UPDATE alembic_version SET version_num = '9999'"]
)
def test_a_store_of_a_later_sentrack_is_refused_and_left_alone(home: Home, step: str) -> None:
    without(home, step)
    with pytest.raises(BadInput, match="later sentrack"):
        home.open()
    assert not (home.folder / "backups").exists()


def test_a_database_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "records.sqlite") as connection:
        connection.execute("CREATE TABLE evidence (mine TEXT)")
    with pytest.raises(BadInput, match="no store of sentrack"):
        open_store(tmp_path)


def test_the_last_step_is_the_one_that_is_asked_for() -> None:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    steps = Path(connecting.__file__).with_name("migrations")
    config = Config()
    config.set_main_option("script_location", str(steps))
    assert ScriptDirectory.from_config(config).get_current_head() == NEWEST


def test_opening_a_store_that_is_up_to_date_loads_nothing_it_does_not_need(tmp_path: Path) -> None:
    open_store(tmp_path)
    asked = (
        "import sys; from sentrack_lib.records import open_store; "
        f"open_store(r'{tmp_path}').current(); print('alembic' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True).stdout == "False\n"
