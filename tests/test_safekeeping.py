"""Copies restore exactly, damage is noticed, and a pupil who is removed is in no byte of the store."""

import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from pandas import DataFrame
from stores import AUTUMN, KINDS, Home, evidence, home_of

from sentrack_lib.errors import BadInput, SentrackError
from sentrack_lib.records import Damaged, Store, backup, connecting, forget, open_store, restore
from sentrack_lib.records.forgetting import SOMEBODY

KIT, BO = "Kit Invented", "Bo Invented"


@pytest.fixture(params=KINDS)
def home(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Home]:
    with home_of(request.param, tmp_path) as place:
        yield place


@pytest.fixture
def store(home: Home) -> Store:
    """A store with some notes, one of them changed."""
    made = home.open()
    made.save({"evidence": pd.concat([evidence(1), evidence(2, pupil_id="PX2"), evidence(3, pupil_id="PX3")])}, KIT)
    made.save({"evidence": made.current()["evidence"].iloc[[0]].assign(what="Reads alone")}, BO)
    return made


@pytest.fixture
def file_store(tmp_path: Path) -> Store:
    return open_store(tmp_path)


def same(one: Store, other: Store) -> bool:
    tables, others = one.current(), other.current()
    alike = all(rows.equals(others[name]) for name, rows in tables.items())
    return alike and one.trail().equals(other.trail())


# Copies


def test_a_copy_restores_everything_with_its_trail(home: Home, store: Store, tmp_path: Path) -> None:
    before, trail = store.current(), store.trail()
    file = backup(store)
    assert file.parent == home.folder / "backups" and file.stat().st_mode & 0o777 == 0o600
    store.save({"evidence": evidence(4)}, KIT)
    kept = restore(file, home.folder, home.url)
    now = home.open()
    assert all(rows.equals(now.current()[name]) for name, rows in before.items()) and now.trail().equals(trail)
    assert restore(kept, home.folder, home.url) != kept
    assert home.open().current()["evidence"]["evidence_id"].tolist() == ["N1", "N2", "N3", "N4"]


def test_a_restored_store_goes_on_counting(home: Home, store: Store) -> None:
    file = backup(store)
    store.save({"evidence": evidence(4)}, KIT)
    restore(file, home.folder, home.url)
    saved = home.open().save({"evidence": evidence(5)}, BO)
    assert saved.save_no == 3 and home.open().current()["evidence"]["evidence_id"].tolist()[-1] == "N5"


def test_a_copy_of_a_server_opens_as_a_file_and_the_other_way_round(home: Home, store: Store, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    restore(backup(store, tmp_path / "copy.sqlite"), tmp_path / "elsewhere")
    assert same(store, open_store(tmp_path / "elsewhere"))


def test_a_copy_goes_where_it_is_asked_for_and_is_one_file(file_store: Store, tmp_path: Path) -> None:
    file_store.save({"evidence": evidence(1)}, KIT)
    backup(file_store, tmp_path / "stick" / "copy.sqlite")
    assert [path.name for path in (tmp_path / "stick").iterdir()] == ["copy.sqlite"]


def test_a_copy_made_while_another_reads_and_writes_has_what_was_saved(file_store: Store) -> None:
    with sqlite3.connect(file_store.folder / "records.sqlite", isolation_level=None) as other:
        other.execute("BEGIN")
        other.execute("SELECT count(*) FROM saves").fetchone()
        file_store.save({"evidence": evidence(1)}, KIT)  # as long as somebody reads, this stays in the -wal
        file = backup(file_store)
    with sqlite3.connect(file) as copy:
        assert copy.execute("SELECT what FROM evidence").fetchall() == [("Reads aloud",)]


def test_copies_of_one_second_have_names_of_their_own(file_store: Store) -> None:
    assert len({backup(file_store) for _ in range(3)}) == 3


def test_a_copy_of_an_older_store_is_brought_up_to_date(file_store: Store) -> None:
    file_store.save({"evidence": evidence(1, source="Head")}, KIT)
    file = backup(file_store)
    with sqlite3.connect(file) as copy:
        copy.execute("DROP TABLE runs")
    restore(file, file_store.folder)
    assert open_store(file_store.folder).current()["evidence"]["source"].tolist() == ["Head"]
    assert open_store(file_store.folder).current()["runs"].empty


def test_a_file_that_is_no_whole_copy_is_refused_and_the_store_stays(file_store: Store, tmp_path: Path) -> None:
    file_store.save({"evidence": evidence(1)}, KIT)
    good = backup(file_store)
    torn, text, other, later, forged = (tmp_path / name for name in ("torn", "text", "other", "later", "forged"))
    torn.write_bytes(good.read_bytes()[: good.stat().st_size // 2])
    text.write_text("no database", encoding="utf-8")
    with sqlite3.connect(other) as connection:
        connection.execute("CREATE TABLE mine (a TEXT)")
    for file, step in (
        (later, "UPDATE alembic_version SET version_num = '9999'"),
        (forged, "UPDATE evidence SET what = 'forged'"),
    ):
        shutil.copy(good, file)
        with sqlite3.connect(file) as connection:
            connection.execute(step)
    for file in (torn, text, other, later, forged, tmp_path / "none"):
        with pytest.raises(BadInput):
            restore(file, file_store.folder)
    assert open_store(file_store.folder).current()["evidence"]["what"].tolist() == ["Reads aloud"]
    assert [path.name for path in (file_store.folder / "backups").iterdir()] == [good.name]


def test_where_there_is_no_store_a_copy_makes_one(file_store: Store, tmp_path: Path) -> None:
    file_store.save({"evidence": evidence(1)}, KIT)
    (tmp_path / "new").mkdir()
    assert restore(backup(file_store), tmp_path / "new") is None
    assert len(open_store(tmp_path / "new").current()["evidence"]) == 1
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == ["records.sqlite"]


# Damage


def test_a_damaged_store_is_noticed_on_opening_and_the_newest_copy_is_named(file_store: Store) -> None:
    file_store.save({"evidence": evidence(1)}, KIT)
    backup(file_store)
    newest = backup(file_store)
    file = file_store.folder / "records.sqlite"
    file.write_bytes(b"not a store any more" * 500)
    with pytest.raises(Damaged, match=f"{newest}") as told:
        open_store(file_store.folder)
    assert "sentrack records restore" in str(told.value)
    aside = restore(newest, file_store.folder)
    assert aside.name.startswith("damaged-") and aside.read_bytes().startswith(b"not a store")
    assert len(open_store(file_store.folder).current()["evidence"]) == 1


def test_a_damaged_store_without_a_copy_is_told_too(file_store: Store) -> None:
    (file_store.folder / "records.sqlite").write_bytes(b"x" * 5000)
    with pytest.raises(Damaged, match="no backup beside it"):
        open_store(file_store.folder)


def test_a_letter_that_changed_inside_a_cell_is_noticed_when_it_is_read(store: Store) -> None:
    with store.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE evidence SET what = 'Reads badly' WHERE evidence_id = 'N2'")
    with pytest.raises(Damaged):
        store.current()


# Removing a pupil

ADA = "Ada Exampleton"


@pytest.fixture
def with_ada(home: Home) -> Store:
    """A store in which a pupil is in rows of her own, in earlier versions, in keys and in the text of others."""
    store = home.open()
    notes = [
        evidence(1, f"{ADA} reads aloud", pupil_id="PXADA"),
        evidence(2, "Works well with ada  exampleton, and with PXADA's group", pupil_id="PX2"),
        evidence(3, "Adamant, in group PXADAM", pupil_id="PX3"),
        evidence(4, "Was about another pupil once", pupil_id="PX4"),
        evidence(5, "Was about her once", pupil_id="PXADA"),
    ]
    store.save({"evidence": pd.concat(notes)}, KIT)
    now = store.current()["evidence"]
    store.save({"evidence": now.iloc[[0]].assign(what="Reads alone")}, KIT)
    store.save({"evidence": now.iloc[[3, 4]].assign(pupil_id=["PXADA", "PX5"])}, KIT)
    store.save(
        {"deployments": DataFrame([{"term": AUTUMN, "adult_id": "A1", "day": "Monday", "teaching_group": f"1:1 {ADA}"}])}, KIT
    )
    store.save({"provision_pupils": DataFrame([{"term": AUTUMN, "provision_id": "R1", "pupil_id": "PXADA"}])}, ADA)
    return store


def bytes_of(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.glob("records.sqlite*")))


def everything_in(store: Store) -> str:
    with store.engine.connect() as connection:
        tables = ["saves", *store.current()]
        return repr([tuple(row) for table in tables for row in connection.exec_driver_sql(f"SELECT * FROM {table}")])


def test_a_removed_pupil_is_in_no_row_and_no_byte(with_ada: Store) -> None:
    assert ADA in everything_in(with_ada)
    removed = forget(with_ada, "PXADA", [ADA], by=KIT)
    left = everything_in(with_ada)
    assert "Exampleton" not in left.title() and "PXADA'" not in left and left.count("PXADA") == left.count("PXADAM")
    assert (removed.rows, removed.changed, removed.by) == (6, 3, KIT)
    if with_ada.file:
        raw = bytes_of(with_ada.folder).lower()
        assert b"exampleton" not in raw and raw.count(b"pxada") == raw.count(b"pxadam") > 0
        assert not list(with_ada.folder.glob("*-wal")) or not (with_ada.folder / "records.sqlite-wal").stat().st_size


def test_what_is_about_others_stays_with_the_pupil_unnamed(with_ada: Store) -> None:
    forget(with_ada, "PXADA", [ADA], by=KIT)
    now = with_ada.current()
    assert now["evidence"][["evidence_id", "what", "pupil_id"]].to_numpy().tolist() == [
        ["N2", f"Works well with {SOMEBODY}, and with {SOMEBODY}'s group", "PX2"],
        ["N3", "Adamant, in group PXADAM", "PX3"],
        ["N5", "Was about her once", "PX5"],
    ]
    assert now["deployments"]["teaching_group"].tolist() == [f"1:1 {SOMEBODY}"] and ADA not in now["deployments"]["entry"].iloc[0]
    edited = now["deployments"].assign(subject="Music")
    assert with_ada.save({"deployments": edited}, BO).rows == 1
    assert with_ada.current()["deployments"]["subject"].tolist() == ["Music"]


def test_the_trail_keeps_that_a_pupil_was_removed_when_and_by_whom_but_not_who(with_ada: Store) -> None:
    removed = forget(with_ada, "PXADA", [ADA], by=BO)
    last = with_ada.trail().iloc[-1]
    assert last[["recorded_at", "recorded_by", "how", "after"]].tolist() == [
        removed.at,
        BO,
        "removal of a pupil",
        "a pupil was removed",
    ]
    assert with_ada.trail(pupil_id="PXADA").empty and not with_ada.trail().astype("str").stack().str.contains("xampleton").any()


def test_removing_a_pupil_twice_changes_nothing_more(with_ada: Store) -> None:
    forget(with_ada, "PXADA", [ADA], by=KIT)
    before = with_ada.trail()
    again = forget(with_ada, "PXADA", [ADA], by=KIT)
    assert (again.rows, again.changed) == (0, 0) and with_ada.trail().equals(before)


def test_two_rows_that_differed_by_removed_pupils_alone_stay_two(home: Home) -> None:
    store = home.open()
    alone = {"term": AUTUMN, "adult_id": "A1", "day": "Monday"}
    names = [ADA, "Ben Exampleton"]
    store.save({"deployments": DataFrame([{**alone, "teaching_group": f"1:1 {name}"} for name in names])}, KIT)
    for number, name in enumerate(names):
        forget(store, f"PXB{number}", [name], by=KIT)
    now = store.current()["deployments"]
    assert len(now) == 2 and now["entry"].nunique() == 2
    for row, subject in ((0, "Art"), (1, "Music")):
        assert store.save({"deployments": now.iloc[[row]].assign(subject=subject)}, KIT).rows == 1
    assert store.current()["deployments"]["subject"].tolist() == ["Art", "Music"]


def test_copies_that_hold_the_pupil_are_named_and_deleted_on_request(with_ada: Store) -> None:
    holding = backup(with_ada)
    removed = forget(with_ada, "PXADA", [ADA], by=KIT)
    clean = backup(with_ada)
    assert removed.backups == (holding,) and str(holding) in " ".join(removed.sentences())
    unreadable = clean.with_name("unreadable.sqlite")
    unreadable.write_bytes(b"who knows" * 1000)
    gone = forget(with_ada, "PXADA", [ADA], by=KIT, backups_too=True)
    assert set(gone.backups_gone) == {holding, unreadable} and gone.backups == ()
    assert [path.name for path in (with_ada.folder / "backups").glob("*.sqlite")] == [clean.name]


def test_sheets_that_name_the_pupil_are_told_because_they_would_be_read_again(file_store: Store) -> None:
    sheet = file_store.folder / AUTUMN / "records" / "provision_pupils.csv"
    sheet.parent.mkdir(parents=True)
    sheet.write_text("provision_id,pupil_id\nR1,PXADA\n", encoding="utf-8")
    assert forget(file_store, "PXADA", [ADA], by=KIT).sheets == (sheet,)


def test_a_short_number_is_not_taken_for_the_pupil_inside_a_sentence(file_store: Store) -> None:
    rows = [evidence(1, "Read 12 pages", pupil_id="12"), evidence(2, "Read 12 pages"), evidence(3, "Sits by 4012")]
    file_store.save({"evidence": pd.concat(rows)}, KIT)
    forget(file_store, "12", [], by=KIT)
    forget(file_store, "4012", [" "], by=KIT)
    assert file_store.current()["evidence"]["what"].tolist() == ["Read 12 pages", f"Sits by {SOMEBODY}"]


def test_nobody_is_removed_by_nobody_and_no_blank_pupil_is(file_store: Store) -> None:
    for pupil, by in (("", KIT), ("PX1", " ")):
        with pytest.raises(BadInput):
            forget(file_store, pupil, [ADA], by=by)


def test_while_somebody_reads_the_traces_left_are_told_and_removed_the_next_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connecting, "PATIENCE", 0.1)
    store = open_store(tmp_path)
    store.save({"evidence": evidence(1, ADA, pupil_id="PXADA")}, KIT)
    other = sqlite3.connect(tmp_path / "records.sqlite", isolation_level=None)
    other.execute("BEGIN")
    other.execute("SELECT count(*) FROM saves").fetchone()
    with pytest.raises(SentrackError, match="traces are left"):
        forget(store, "PXADA", [ADA], by=KIT)
    assert store.current()["evidence"].empty
    other.close()
    forget(store, "PXADA", [ADA], by=KIT)
    assert b"Exampleton" not in bytes_of(tmp_path)
