"""Killed, crowded, out of room: what was acknowledged is there, nothing is half there, and people are told."""

import json
import os
import random
import resource
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from stores import KINDS, Home, evidence, home_of, notes

from sentrack_lib.errors import SentrackError
from sentrack_lib.records import backup, open_store

KILLS = 200
OPENERS = 5
BATCH = 5

SAVE_FOR_EVER = """
import sys
from pathlib import Path
from sentrack_lib.records import open_store
from stores import notes
folder, url, name, batch = Path(sys.argv[1]), sys.argv[2] or None, sys.argv[3], int(sys.argv[4])
store, number = open_store(folder, url), 0
while True:
    print(store.save({"evidence": notes(f"{name}-{number}", batch)}, by=name).save_no, number, flush=True)
    number += 1
"""
"""A writer that saves batches until it is killed, and says the number of each after it was kept."""

FORK_AND_SAVE = """
import os, random, signal, sys, time
from pathlib import Path
from sentrack_lib.records import open_store
from stores import notes
folder, name, kills, batch = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
store, chance = open_store(folder), random.Random(name)

def save(life, number):
    saved = store.save({"evidence": notes(f"{name}-{life}-{number}", batch, "Reads aloud " * 50)}, by=name)
    return f"{saved.save_no} {name}-{life}-{number}\\n".encode()

os.write(1, save("first", 0))
for life in range(kills):
    told, tell = os.pipe()
    child = os.fork()
    if child == 0:
        number = 0
        while True:
            os.write(tell, save(life, number))
            number += 1
    os.close(tell)
    first = os.read(told, 10_000) if life % 2 else b""
    time.sleep(chance.uniform(0, 0.05 if life % 2 else 0.15))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    os.write(1, first + os.read(told, 100_000))
    os.close(told)
"""
"""A parent that starts writers and kills each at a random moment, every other one after it kept something."""

SAVE_SOME = """
import sys
from pathlib import Path
from sentrack_lib.records import open_store
from stores import evidence
folder, url, name, many = Path(sys.argv[1]), sys.argv[2] or None, sys.argv[3], int(sys.argv[4])
store = open_store(folder, url)
for number in range(many):
    rows = store.current()["evidence"] if number % 10 == 0 else None
    saved = store.save({"evidence": evidence(f"{name}-{number}", f"note {number} of {name}")}, by=name)
    print(saved.save_no, name, number, flush=True)
"""

RAISE = """
import sys
from pathlib import Path
import pandas as pd
from sentrack_lib.records import Conflict, open_store
from stores import AUTUMN
folder, url, name, many = Path(sys.argv[1]), sys.argv[2] or None, sys.argv[3], int(sys.argv[4])
store, done, met = open_store(folder, url), 0, 0
while done < many:
    count = store.current()["targets"]
    try:
        # Who asks for what another has just made so changes nothing, and has raised nothing.
        done += store.save({"targets": count.assign(baseline=str(int(count["baseline"].iloc[0]) + 1))}, by=name).rows
    except Conflict:
        met += 1
print(met)
"""
"""A writer that raises a count that others raise too, and looks again whenever it met somebody."""


@pytest.fixture(params=KINDS)
def home(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Home]:
    with home_of(request.param, tmp_path) as place:
        yield place


def started(program: str, *given: object) -> subprocess.Popen:
    here = Path(__file__).parent
    paths = os.pathsep.join([str(here), str(here.parent)])
    command = [sys.executable, "-c", program, *map(str, given)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": paths})


def said_by(processes: list[subprocess.Popen]) -> list[list[str]]:
    """What each wrote; all have to end well. Each is read by a thread of its own, so that none waits for another."""
    said: dict[int, str] = {}

    def read(place: int) -> None:
        said[place] = processes[place].communicate(timeout=240)[0]

    readers = [threading.Thread(target=read, args=(place,)) for place in range(len(processes))]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    assert [process.returncode for process in processes] == [0] * len(processes)
    return [said[place].splitlines() for place in range(len(processes))]


def test_two_hundred_kills_lose_no_acknowledged_save_and_leave_no_half_batch(tmp_path: Path) -> None:
    open_store(tmp_path)
    writers = [started(FORK_AND_SAVE, tmp_path, f"w{number}", KILLS // 4, BATCH) for number in range(4)]
    told = dict(line.split()[::-1] for lines in said_by(writers) for line in lines if len(line.split()) == 2)
    with sqlite3.connect(tmp_path / "records.sqlite") as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        kept = connection.execute("SELECT save_no, rows FROM saves").fetchall()
        counts = dict(connection.execute("SELECT save_no, count(*) FROM evidence GROUP BY save_no"))
    assert len(told) > KILLS / 2
    assert {int(number) for number in told.values()} <= {number for number, _ in kept}
    assert counts == dict(kept) == dict.fromkeys(counts, BATCH)
    rows = open_store(tmp_path).current()["evidence"]
    batches = set(rows["evidence_id"].str.extract(r"N(w\d+-\w+-\d+)-")[0])
    assert set(told) <= batches


def test_a_killed_writer_of_a_server_loses_nothing_either(home: Home) -> None:
    home.open()
    told: set[str] = set()
    for life in range(4):
        writer = started(SAVE_FOR_EVER, home.folder, home.url or "", f"w{life}", BATCH)
        first = writer.stdout.readline()
        time.sleep(random.Random(life).uniform(0, 0.3))
        writer.send_signal(signal.SIGKILL)
        said = [line.split() for line in [first, *writer.communicate()[0].splitlines()]]
        told |= {f"w{life}-{line[1]}" for line in said if len(line) == 2}
    rows = home.open().current()["evidence"]
    counts = rows["evidence_id"].str.extract(r"N(w\d+-\d+)-")[0].value_counts()
    assert set(counts) == {BATCH} and told <= set(counts.index) and len(told) >= 4


def test_a_thousand_decisions_of_four_writers_and_twenty_readers_are_all_kept(home: Home) -> None:
    home.open()
    writers = [started(SAVE_SOME, home.folder, home.url or "", f"writer{number}", 200) for number in range(4)]
    store, said, wrong = home.open(), [], []

    def look_and_save(reader: int) -> None:
        try:
            for number in range(10):
                store.current()
                name = f"reader{reader}"
                saved = store.save({"evidence": evidence(f"{name}-{number}", f"note {number} of {name}")}, by=name)
                said.append((saved.save_no, name, number))
        except Exception as fault:
            wrong.append(fault)

    readers = [threading.Thread(target=look_and_save, args=(number,)) for number in range(20)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    assert not wrong
    for lines in said_by(writers):
        said += [(int(number), name, int(place)) for number, name, place in map(str.split, lines)]
    trail = home.open().trail("evidence").query("column == 'what'")
    kept = trail[["recorded_by", "after"]].to_numpy().tolist()
    assert kept == [[name, f"note {number} of {name}"] for _, name, number in sorted(said)] and len(kept) == 1000


def test_of_a_count_that_four_raise_at_once_no_step_is_lost(home: Home) -> None:
    start = {"term": "2025-26-autumn", "target_id": "T1", "what": "Read", "baseline": "0"}
    home.open().save({"targets": pd.DataFrame([start])}, by="Kit Invented")
    said_by([started(RAISE, home.folder, home.url or "", f"writer{number}", 10) for number in range(4)])
    now = home.open().current()["targets"].iloc[0]
    assert (now["baseline"], now["version"]) == ("40", 41)


def test_a_copy_of_a_store_that_is_being_written_is_whole_and_restores(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    writers = [started(SAVE_SOME, tmp_path, "", f"writer{number}", 40) for number in range(2)]
    seen, copies = [], []
    while any(writer.poll() is None for writer in writers):
        seen.append(len(store.current()["evidence"]))
        copies.append(backup(store))
    said_by(writers)
    assert len(copies) >= 3
    for rows, copy in zip(seen, copies, strict=True):
        with sqlite3.connect(copy) as connection:
            whole = [note for (note,) in connection.execute("SELECT what FROM evidence ORDER BY save_no")]
        assert len(whole) >= rows and whole == store.trail("evidence").query("column == 'what'")["after"].tolist()[: len(whole)]


def test_of_several_who_open_an_older_store_at_once_one_brings_it_up_to_date(home: Home) -> None:
    with home.open().engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE evidence DROP COLUMN source")
    said_by([started(SAVE_SOME, home.folder, home.url or "", f"writer{number}", 2) for number in range(OPENERS)])
    assert len(list((home.folder / "backups").glob("*.sqlite"))) == 1
    assert len(home.open().current()["evidence"]) == 2 * OPENERS


def test_of_several_who_make_a_store_at_once_all_save(home: Home) -> None:
    said_by([started(SAVE_SOME, home.folder, home.url or "", f"writer{number}", 2) for number in range(OPENERS)])
    assert len(home.open().current()["evidence"]) == 2 * OPENERS and not (home.folder / "backups").exists()


FILL = """
import json, resource, sys
from pathlib import Path
from sentrack_lib.errors import SentrackError
from sentrack_lib.records import open_store
from stores import notes
folder, room = Path(sys.argv[1]), int(sys.argv[2])
store, done = open_store(folder), 0
resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))
try:
    while True:
        store.save({"evidence": notes(f"{done}", 5, "Reads aloud " * 400)}, by="Kit Invented")
        done += 1
except SentrackError as fault:
    print(json.dumps([done, str(fault), len(store.current()["evidence"])]))
"""


@pytest.mark.parametrize("room", [400_000, 1_000_000])
def test_a_full_disk_leaves_a_whole_store_and_a_sentence(tmp_path: Path, room: int) -> None:
    ((line,),) = said_by([started(FILL, tmp_path, room)])
    done, sentence, seen = json.loads(line)
    assert done > 0 and seen == done * 5 and "disk is full" in sentence and "Nothing was saved" in sentence
    store = open_store(tmp_path)
    assert len(store.current()["evidence"]) == done * 5
    assert store.save({"evidence": evidence("later")}, by="Kit Invented").rows == 1


def test_a_copy_for_which_there_is_no_room_is_not_left_half(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    store.save({"evidence": notes("x", 100, "Reads aloud " * 400)}, by="Kit Invented")
    was = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, was[1]))
    try:
        with pytest.raises(Exception, match="Make room"):
            backup(store)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, was)
    assert list((tmp_path / "backups").iterdir()) == []


def test_sixty_random_damages_are_noticed_or_have_harmed_nothing(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    store.save({"evidence": notes("x", 300, "Reads aloud " * 40)}, by="Kit Invented")
    right, file = store.current(), tmp_path / "records.sqlite"
    whole, chance, noticed = file.read_bytes(), random.Random(1), 0
    for _ in range(60):
        at = chance.randrange(len(whole) - 16)
        file.write_bytes(whole[:at] + chance.randbytes(16) + whole[at + 16 :])
        try:
            now = open_store(tmp_path).current()
            assert all(rows.equals(now[name]) for name, rows in right.items())
        except SentrackError:
            noticed += 1
        for beside in ("-wal", "-shm"):
            Path(f"{file}{beside}").unlink(missing_ok=True)
    assert noticed >= 20
