"""Hundreds of packs drawn one after another: each is what it would be alone, and a kill between any two writes costs no more than
what was being drawn."""

import contextlib
import io
import itertools
import json
import os
import random
import signal
import tempfile
import zipfile
from pathlib import Path

import pandas as pd
import pytest
from pandas import DataFrame
from test_runs import files_in, made_of, recorded, stamps, unhurt

from sentrack_lib.cycle.kernels.this_machine import DESK
from sentrack_lib.cycle.packs.drawn import drawn
from sentrack_lib.cycle.packs.workbooks import book_of, sheets
from sentrack_lib.cycle.packs.writing import page_of
from sentrack_lib.cycle.papers.opening import lay_out, read_papers
from sentrack_lib.cycle.papers.pages import NOTEBOOKS, Page
from sentrack_lib.cycle.papers.preparing import reviewed
from sentrack_lib.cycle.runs import batch, record
from sentrack_lib.cycle.runs.batch import Report, run
from sentrack_lib.cycle.runs.execution import Outcome
from sentrack_lib.cycle.runs.record import Record
from sentrack_lib.privacy import ByPupil
from sentrack_lib.records import recorded as with_sheets
from sentrack_lib.settings import Parameters
from sentrack_lib.sources.loading import School, load_school
from sentrack_lib.views.papers import Papers
from sentrack_lib.views.tables.due import MOST_DUE

TERM = "2025-26-summer"
ONLY, FILES = ("pupil",), 2
"""Which packs are drawn, and of how many files each is."""
BEFORE = len(batch.TABLES) + 2
"""Writes before the first pack: the record, the tables, the calendar."""
KILLS, TURNS = 200, 10


@pytest.fixture(scope="module")
def measured(sample) -> tuple[School, dict[str, DataFrame]]:
    school = with_sheets(load_school(sample))
    return school, reviewed(Parameters(school=sample, term=TERM), school)


@pytest.fixture(scope="module")
def papers(measured, tmp_path_factory) -> Papers:
    """The papers of the inclusion manager: only to be read."""
    return read_papers(lay_out(measured[1], "inclusion", (), tmp_path_factory.mktemp("papers") / "inclusion"))


def pack_of(papers: Papers, notebook: str) -> tuple[str, dict[str, bytes]]:
    """The page and the parts of the workbook, without the time at which it was written."""
    page = page_of(drawn(NOTEBOOKS / f"{notebook}.ipynb", papers), papers.title)
    with zipfile.ZipFile(io.BytesIO(book_of(sheets(notebook, papers)))) as parts:
        return page, {name: parts.read(name) for name in parts.namelist() if name != "docProps/core.xml"}


def same_alone_and_among_many(papers: Papers, notebook: str, places: list[dict[str, str]]) -> list[str]:
    """Asserts that the packs of some places are what they would be alone; returns their pages."""
    many = papers.for_many()
    among = [pack_of(many.on(**place), notebook) for place in places]
    assert among == [pack_of(papers.on(**place), notebook) for place in places]
    return [page for page, _ in among]


def test_the_pack_of_a_pupil_among_many_is_the_pack_that_would_be_drawn_alone(papers):
    pupils = papers.tables["roll"]["pupil_id"].tolist()[::4]
    pages = same_alone_and_among_many(papers, "pupil", [{"pupil": each} for each in pupils])
    assert len({*pages}) == len(pupils) > 8


def test_the_pack_of_a_class_among_many_is_the_pack_that_would_be_drawn_alone(measured, tmp_path):
    school, tables = measured
    department = read_papers(lay_out(tables, "department", ("English",), tmp_path / "papers"))
    classes = department.on(subject="English").choices("teaching_group")[:2]
    same_alone_and_among_many(department, "2_review", [{"subject": "English", "teaching_group": each} for each in classes])
    assert len(classes) == 2


def test_nothing_known_of_anybody_is_told_as_of_one_pupil_alone(papers):
    known = {name: rows if name in ("about", "roll") else rows.iloc[:0] for name, rows in papers.tables.items()}
    (page,) = same_alone_and_among_many(Papers("inclusion", known), "pupil", [{"pupil": known["roll"]["pupil_id"].iloc[3]}])
    assert "nothing is flagged" in page and "no target is open" in page


def test_long_lists_are_cut_for_each_pupil_and_not_for_all(papers):
    due = papers.tables["due"]
    busy = due["pupil_id"].dropna().iloc[0]
    long = pd.concat([due, *[due[due["pupil_id"].eq(busy)]] * MOST_DUE], ignore_index=True)
    others = [each for each in papers.tables["roll"]["pupil_id"] if each != busy][:2]
    crowded = Papers("inclusion", {**papers.tables, "due": long})
    first, *rest = same_alone_and_among_many(crowded, "pupil", [{"pupil": each} for each in [busy, *others]])
    assert f"The first {MOST_DUE} of" in first and not any(f"The first {MOST_DUE} of" in page for page in rest)


def test_rows_of_one_pupil_stand_in_their_order_and_those_of_nobody_are_left(table):
    rows = table("""
        pupil_id | n
        P2       | 1
        P1       | 2
                 | 3
        P2       | 4
        P1       | 5
    """)
    gathered = ByPupil(rows, rows["pupil_id"])
    assert {name: gathered.of(name)["n"].tolist() for name in ("P1", "P2", "P3")} == {"P1": [2, 5], "P2": [1, 4], "P3": []}
    assert gathered.of("P1").index.tolist() == [1, 4]


def test_to_note_a_page_takes_as_long_among_many_as_among_few(tmp_path, monkeypatch):
    pages = [Page("pupil", "inclusion", pupil=str(number)) for number in range(200)]
    entries = [{"name": page.name, "status": "waiting"} for page in pages]
    kept = Record(tmp_path, pages, {"run_id": "x", "notebooks": entries, "parameters": {"pdf": False}})
    kept.is_whole(pages[0])
    named, asked = Page.name.fget, []
    monkeypatch.setattr(Page, "name", property(lambda page: asked.append(page) or named(page)))
    done = [kept.note(page, Outcome("failed", 1), at_once=False) for page in pages]
    assert done == list(range(1, 201)) and len(asked) < 3 * len(pages)


@pytest.fixture
def asked(sample, measured, tmp_path, monkeypatch) -> Parameters:
    """A run of the packs of all pupils, whose school is read and measured already."""
    monkeypatch.setattr(batch, "kept_school", lambda parameters: (measured[0], None, ""))
    monkeypatch.setattr(batch, "reviewed", lambda *given: measured[1])
    monkeypatch.setattr(batch, "warm_parent", contextlib.nullcontext)
    monkeypatch.setattr(batch, "warm_up", lambda: None)
    monkeypatch.setattr(batch, "BETWEEN", 0.05)
    monkeypatch.setattr(record, "_code", list)
    return Parameters(school=sample, term=TERM, out=tmp_path / "out", packs=("pupil",))


def killed(asked: Parameters, write: int) -> int:
    """Run in a process of its own, which is killed in the middle of one of its writes; returns its number."""
    child = os.fork()
    if child:
        _, status = os.waitpid(child, 0)
        assert os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        return child
    count, whole = itertools.count(1), os.fsync

    def half(handle: int) -> None:
        if next(count) == write:
            os.ftruncate(handle, os.fstat(handle).st_size // 2)
            os.kill(os.getpid(), signal.SIGKILL)
        whole(handle)

    with contextlib.suppress(BaseException):
        os.fsync = half
        run(asked, only=ONLY)
    os._exit(0)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes cannot be forked here")
def test_whatever_a_run_was_doing_when_it_was_killed_the_next_finishes_it(asked, tmp_path):
    undisturbed = run(asked.but(out=tmp_path / "whole"), only=ONLY)
    left = [left_by_kills(asked.but(out=tmp_path / str(turn)), undisturbed, turn) for turn in range(TURNS)]
    assert sum(left) > TURNS


def left_by_kills(disturbed: Parameters, undisturbed: Report, turn: int) -> int:
    """How many packs were whole after many kills; asserts that the next run keeps them and makes what is missing."""
    kept, number = killed_again_and_again(disturbed, undisturbed.made, random.Random(turn))
    report, folder = run(disturbed, only=ONLY), disturbed.out / disturbed.school.name / TERM
    assert not [*Path(tempfile.gettempdir()).glob(f"{DESK}{number}-*")]
    whole = len(kept) // FILES
    assert not report.failed and (report.made, report.kept) == (undisturbed.made - whole, whole)
    assert kept.items() <= stamps(folder).items()
    assert files_in(folder) == files_in(undisturbed.folder) and recorded(folder)["status"] == "done"
    first, second = made_of(undisturbed.folder), made_of(folder)
    assert {name for name in first if first[name] != second[name]} == set()
    return whole


def killed_again_and_again(asked: Parameters, pages: int, chance: random.Random) -> tuple[dict[str, tuple[str, int]], int]:
    """What is whole after so many kills, each in the middle of a write, from the first table to the last pack; and the number of
    the process that was killed last."""
    folder, number = asked.out / asked.school.name / TERM, 0
    kept: dict[str, tuple[str, int]] = {}
    for kill in range(KILLS // TURNS):
        # The record comes first: a run that is killed before it has left nothing. A few pages further each time.
        here = (pages - len(kept) // FILES) * FILES * (kill + 1) // (KILLS // TURNS) // 4
        number = killed(asked, chance.randint(2, BEFORE + max(here, 1)))
        kept = unhurt(folder, kept)
    return kept, number


def test_a_person_who_looks_into_the_record_finds_a_page_a_line(asked):
    folder = run(asked, only=ONLY).folder
    lines = (folder / "run.json").read_text(encoding="utf-8").splitlines()
    pages = [json.loads(line.rstrip(",")) for line in lines if line.startswith(' {"name"')]
    assert pages == recorded(folder)["notebooks"] and len(pages) > 10
