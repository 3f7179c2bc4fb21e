"""A run leaves what was promised, says honestly how each page ended, and finishes after any interruption what is missing."""

import contextlib
import hashlib
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path

import nbformat
import pandas as pd
import pytest
import yaml
from processes import until

from sentrack_lib import cli
from sentrack_lib.cycle.kernels.this_machine import DESK
from sentrack_lib.cycle.kernels.warm_starts import warm_parent
from sentrack_lib.cycle.papers import pages
from sentrack_lib.cycle.papers.keeping import freeze, kept_school
from sentrack_lib.cycle.papers.pages import Page, pages_for
from sentrack_lib.cycle.papers.preparing import reviewed
from sentrack_lib.cycle.papers.releases import register_of
from sentrack_lib.cycle.runs import batch, record
from sentrack_lib.cycle.runs.batch import Report, run
from sentrack_lib.errors import BadInput, SentrackError, WrongUse
from sentrack_lib.records import open_store
from sentrack_lib.records import recorded as with_sheets
from sentrack_lib.settings import Parameters, SchoolSettings
from sentrack_lib.sources.loading import School, load_school
from sentrack_lib.terms import Term

TERM, EARLIER = "2025-26-summer", "2025-26-spring"
ASKED = {"term": TERM, "subjects": ["English", "Music"], "year_groups": [9]}
PAGES = [
    ("home-inclusion", "home", "inclusion"),
    ("0_data-inclusion", "0_data", "inclusion"),
    ("1_self_evaluation-inclusion", "1_self_evaluation", "inclusion"),
    ("1_self_evaluation-governors", "1_self_evaluation", "governors"),
    ("2_review-inclusion", "2_review", "inclusion"),
    ("2_review-year-9", "2_review", "inclusion"),
    ("2_review-governors", "2_review", "governors"),
    ("3_plan-inclusion", "3_plan", "inclusion"),
    ("3_plan-governors", "3_plan", "governors"),
    ("4_implement-inclusion", "4_implement", "inclusion"),
    ("5_monitor-inclusion", "5_monitor", "inclusion"),
    ("5_monitor-governors", "5_monitor", "governors"),
    ("2_review-english", "2_review", "department"),
    ("2_review-music", "2_review", "department"),
    ("3_plan-english", "3_plan", "department"),
    ("3_plan-music", "3_plan", "department"),
    ("5_monitor-english", "5_monitor", "department"),
    ("5_monitor-music", "5_monitor", "department"),
]
COLUMNS = {
    "progress": "pupil_id subject term start_term start points expected scaled_residual growth_percentile band_low band_high "
    "p_low cohort_n basis why_not",
    "flags": "pupil_id rule level evidence value threshold since_term owner action_id",
    "comparisons": "family group subject n mean pooled low high q_value artefact gap_less_artefact detectable verdict",
    "problems": "file row column value problem remedy",
    "changes": "table pupil_id column before after",
    "within_classes": "subject classes n n_rest gap artefact gap_less_artefact low high q_value",
    "attainment": "family group year_group subject scale n mean sd low high n_rest mean_rest gap",
    "absences": "family group year_group subject scale n mean sd low high n_rest mean_rest gap",
    "trends": "figure group subject term n count value low high unit",
    "trend_changes": "figure group subject term since",
    "benchmarks": "measure group count of value low high national",
    "provision_map": "provision_id name area_of_need wave strategy intended_outcome",
    "pupil_provision": "pupil_id provision_id name wave area_of_need start end sessions_planned sessions_due sessions_attended",
    "costs_by": "by group pupils cost_planned cost_to_date cost_projected cost_a_pupil",
    "targets": "target_id kind pupil_id teaching_group year_group provision_id subject what",
    "entitlements_met": "entitlement_id pupil_id source what role place hours_week timetabled delivered short state",
    "adults_week": "adult_id name role department weekly_hours",
    "due": "kind step id table on pupil_id subject about owner state days",
    "impact": "provision_id n comparators effect low high months_low months_high cost_per_pupil verdict why",
    "impact_pupils": "provision_id pupil_id side",
    "targets_and_progress": "target_id pupil_id subject what scale",
    "flags_scored": "over term in_term rule outcome",
    "flags_followed": "pupil_id rule subject level term since_term now",
    "decisions_followed": "kind id term pupil_id subject what owner",
    "agenda": "item part kind subject year_group teaching_group pupil_id about evidence state decision",
    "statements": "statement section words shows not_shown rated",
}


@pytest.fixture(scope="module", autouse=True)
def _same_code() -> Iterator[None]:
    """Somebody who edits the library while its tests run makes no page out of date."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(record, "_code", list)
        yield


@dataclass
class Done:
    """A finished run, and what was said while it went on."""

    asked: Parameters
    report: Report
    said: list[tuple[int, int, str]] = field(default_factory=list)

    @property
    def folder(self) -> Path:
        return self.report.folder


TIMES = re.compile(rb'(?<=<th scope="row">)(Run|Made on|Data and settings)</th><td>.*(?=</td>)|<td>\d+ \w+ \d{4}, \d\d:\d\d</td>')
"""What differs from run to run: on each pack the run, its time and parameters; on the page of all packs, when each was made."""


def asked_in(folder: Path, school: Path, /, **more: object) -> Path:
    """A parameters file in a folder, for output beside it."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "parameters.yml"
    file.write_text(yaml.safe_dump({"school": str(school), "out": "out", **ASKED, **more}), encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def whole(sample, tmp_path_factory) -> Done:
    """A run that nothing disturbed: only to be read."""
    asked = Parameters.read(asked_in(tmp_path_factory.mktemp("whole"), sample))
    said: list[tuple[int, int, str]] = []
    return Done(asked, run(asked, said=lambda *words: said.append(words)), said)


@pytest.fixture(scope="module")
def warm() -> Iterator[None]:
    with warm_parent():
        yield


@pytest.fixture(scope="module")
def measured(sample) -> tuple[School, dict[str, pd.DataFrame]]:
    school = with_sheets(load_school(sample))
    return school, reviewed(Parameters(school=sample, term=TERM), school)


@pytest.fixture
def small(tmp_path, sample, warm, measured, monkeypatch) -> Callable[..., Parameters]:
    """Put small notebooks in place of the stages, one for each text of a last cell, and give parameters to run them.

    The school is read and measured once for all of these tests."""
    school, tables = measured
    monkeypatch.setattr(batch, "kept_school", lambda parameters: (school, None, ""))
    monkeypatch.setattr(batch, "reviewed", lambda *given: tables)

    def laid(**cells: str) -> Parameters:
        for name, cell in cells.items():
            write_notebook(tmp_path / "stages" / f"{name}.ipynb", cell)
        for module in (pages, record, batch):
            monkeypatch.setattr(module, "NOTEBOOKS", tmp_path / "stages")
        monkeypatch.setattr(batch, "warm_parent", contextlib.nullcontext)  # one for all these tests
        monkeypatch.setattr(pages, "MADE_FOR", {name: {"inclusion": ["school"]} for name in cells})
        return Parameters.read(asked_in(tmp_path / "asked", sample))

    return laid


def write_notebook(file: Path, cell: str) -> None:
    file.parent.mkdir(exist_ok=True)
    new = nbformat.v4
    taken = "\n".join(f'{name}: str = ""' for name in ("school", "term", "audience", "subject", "year_group"))
    first = new.new_code_cell(taken, metadata={"tags": ["parameters"]})
    page = new.new_notebook(cells=[new.new_markdown_cell("# Who?"), first, new.new_code_cell(cell)])
    page.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(page, file)


def recorded(folder: Path) -> dict:
    return json.loads((folder / "run.json").read_text(encoding="utf-8"))


def entries(folder: Path) -> dict[str, dict]:
    return {entry["name"]: entry for entry in recorded(folder)["notebooks"]}


def files_in(folder: Path) -> set[str]:
    return {str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file()}


def of_page(name: str) -> set[str]:
    return {f"notebooks/{name}.ipynb", f"packs/{name}.html", f"packs/{name}.xlsx"}


def stamps(folder: Path, *, but: str = "no page") -> dict[str, tuple[str, int]]:
    """Content and time of each file of pages, those of one page left out."""
    return {
        name: (hashlib.sha256((folder / name).read_bytes()).hexdigest(), (folder / name).stat().st_mtime_ns)
        for name in files_in(folder)
        if name.startswith(("notebooks", "packs")) and name not in of_page(but) | {"packs/index.html"}
    }


def made_of(folder: Path) -> dict[str, object]:
    """What a run made, without the time at which it did."""
    content: dict[str, object] = {
        str(name): TIMES.sub(b"", (folder / name).read_bytes()) for name in files_in(folder) if name.endswith(("csv", "html"))
    }
    for book in folder.glob("packs/*.xlsx"):
        with zipfile.ZipFile(book) as parts:
            content[book.name] = {name: parts.read(name) for name in parts.namelist() if name != "docProps/core.xml"}
    for notebook in folder.glob("notebooks/*.ipynb"):
        cells = nbformat.read(notebook, as_version=4).cells
        content[notebook.name] = [cell.get("outputs") for cell in cells]
    return content


def test_a_run_leaves_exactly_what_is_promised(whole):
    tables = {f"tables/{name}.csv" for name in COLUMNS}
    assert files_in(whole.folder) == {"run.json", "calendar.ics", "packs/index.html"} | tables | set().union(
        *(of_page(name) for name, _, _ in PAGES)
    )
    assert whole.folder == whole.asked.out / "school" / TERM
    assert (whole.report.made, whole.report.kept, whole.report.failed) == (len(PAGES), 0, {})


@pytest.mark.parametrize("name", COLUMNS)
def test_a_table_begins_with_the_columns_of_the_contract(whole, name):
    table = pd.read_csv(whole.folder / "tables" / f"{name}.csv")
    wanted = COLUMNS[name].split()
    assert list(table.columns)[: len(wanted)] == wanted
    # A small school has no class to test in, and no run before this one has kept flags.
    assert len(table) or name in ("problems", "within_classes", "entitlements_met", "flags_scored", "flags_followed")


def test_progress_has_one_row_for_each_pupil_and_subject(whole):
    table = pd.read_csv(whole.folder / "tables" / "progress.csv")
    assert not table.duplicated(["pupil_id", "subject"]).any()
    assert set(table["term"]) == {TERM}


def test_the_record_says_who_ran_what_when_and_with_which_library(whole):
    said = recorded(whole.folder)
    assert said["status"] == "done"
    assert said["version"] == version("sentrack")
    as_of = str(Term.named(TERM).dates(SchoolSettings.read(whole.asked.school).calendar)[1])
    assert said["parameters"] == {**whole.asked.model_dump(mode="json"), "as_of": as_of}
    assert datetime.fromisoformat(said["started_at"]) <= datetime.fromisoformat(said["ended_at"])
    assert len(said["run_id"]) == 32


def test_the_record_holds_every_input_file_with_its_hash_and_every_row(whole, sample):
    read = {entry["file"]: entry for entry in recorded(whole.folder)["inputs"]}
    assert len(read.pop("records")["sha256"]) == 64
    assert set(read) == {"school.yml"} | {file.relative_to(sample).as_posix() for file in sample.rglob("*.csv")}
    for name, entry in read.items():
        assert entry["sha256"] == hashlib.sha256((sample / name).read_bytes()).hexdigest()
        if name.endswith(".csv"):
            assert entry["accepted"] + entry["set_aside"] == entry["read"] > 0


def test_a_run_files_the_sheets_freezes_its_flags_and_is_itself_recorded(whole):
    kept = open_store(whole.asked.school).current()
    flags = pd.read_csv(whole.folder / "tables" / "flags.csv")
    of_term = kept["flags"][kept["flags"]["term"].eq(TERM)]
    assert set(zip(of_term["pupil_id"], of_term["rule"], strict=True)) == set(zip(flags["pupil_id"], flags["rule"], strict=True))
    assert recorded(whole.folder)["run_id"] in set(kept["runs"]["run_id"]) and len(kept["provisions"]) > 10


def test_a_flag_that_stands_no_more_is_taken_back_when_the_term_is_run_again(tmp_path):
    store = open_store(tmp_path)
    flags = pd.DataFrame({"pupil_id": ["A", "B"], "rule": ["progress"] * 2, "level": ["act", "watch"], "subject": [None, "Art"]})
    run_of = {"run_id": "1", "status": "done"}
    freeze(store, TERM, flags, run_of)
    freeze(store, TERM, flags.assign(level="act").iloc[1:], {**run_of, "run_id": "2"})
    standing = store.current()["flags"]
    assert standing[["pupil_id", "subject", "level", "version"]].to_numpy().tolist() == [["B", "Art", "act", 2]]
    assert {"A", "B"} <= set(store.trail("flags")["after"].dropna())


def test_a_store_that_cannot_be_is_told_and_the_run_goes_on(sample, tmp_path):
    shutil.copytree(sample, school := tmp_path / "OneDrive" / "school", ignore=shutil.ignore_patterns("*.sqlite*"))
    _, store, note = kept_school(Parameters(school=school, term=TERM))
    assert store is None and "OneDrive" in note and not (school / "records.sqlite").exists()


def test_the_record_says_how_each_notebook_ended(whole):
    said = recorded(whole.folder)["notebooks"]
    assert [(entry["name"], entry["notebook"], entry["audience"]) for entry in said] == PAGES
    assert all((entry["status"], entry["cell"], entry["error"]) == ("done", None, None) for entry in said)
    assert all(0 < entry["seconds"] < 120 for entry in said)
    assert all(set(entry["files"]) == of_page(entry["name"]) for entry in said)


def test_it_is_said_how_far_the_run_is(whole):
    done, of, names = zip(*whole.said, strict=True)
    assert done == tuple(range(1, len(PAGES) + 1))
    assert set(of) == {len(PAGES)}
    assert sorted(names) == sorted(name for name, _, _ in PAGES)


def test_no_name_or_number_of_a_pupil_stands_in_the_name_of_a_file(whole, sample):
    roll = pd.concat(pd.read_csv(file, dtype="str") for file in sample.glob("*/pupils.csv"))
    names = {str(name).casefold() for column in ("pupil_id", "upn", "surname", "forename") for name in roll[column].dropna()}
    words = {word for file in files_in(whole.folder) for word in file.casefold().replace("/", "-").replace(".", "-").split("-")}
    assert not names & words


def test_the_same_input_gives_the_same_tables_and_pages_with_one_job_as_with_two(whole, tmp_path):
    again = run(whole.asked.but(out=tmp_path), only=["0_data"], jobs=1)
    first, second = made_of(whole.folder), made_of(again.folder)
    assert {f"tables/{name}.csv" for name in COLUMNS} | {"packs/0_data-inclusion.html"} <= set(second)
    # The page of all packs lists others where others are made.
    assert {name for name in second if first[name] != second[name]} == {"packs/index.html"}


def test_the_command_says_what_was_made_and_where_and_ends_with_zero(whole, capsys, monkeypatch):
    asked = asked_in(whole.asked.out.parent, whole.asked.school)
    assert ended(monkeypatch, "run", str(asked)) == 0
    said = capsys.readouterr()
    assert f"0 pages made, {len(PAGES)} were up to date." in said.out
    begin = said.out.split("Begin with ")[1].strip().removesuffix(".")
    assert Path(begin).is_file()


def ended(monkeypatch, *words: str) -> int:
    """With which code the command ends; anything but an exit is a traceback."""
    monkeypatch.setattr(sys, "argv", ["sentrack", *words])
    with pytest.raises(SystemExit) as end:
        cli.main()
    return int(end.value.code or 0)


@pytest.mark.parametrize(
    ("more", "words", "code", "said"),
    [
        ({"school": "nowhere"}, [], 1, "nowhere"),
        ({"term": "2024-25-autumn"}, [], 1, "has no roll for 2024-25-autumn"),
        ({"term": "summer"}, [], 2, '"summer" is not a term'),
        ({}, ["--term", "2025-27-autumn"], 2, '"2025-27-autumn" is not a term'),
        ({}, ["--only", "2_reveiw"], 2, "There is no notebook 2_reveiw. Did you mean 2_review?"),
        ({"subjects": ["Englsh"]}, [], 2, "There is no subject Englsh. Did you mean English?"),
        ({"year_groups": [99]}, [], 2, "There is no year group 99. Did you mean 9?"),
        ({"subjcts": ["English"]}, [], 2, "there is no setting called subjcts. Did you mean subjects?"),
        ({"audiences": ["govenors"]}, [], 2, "govenors"),
        ({"audiences": ["governors"]}, ["--only", "0_data"], 2, "No page is asked for"),
        ({"thresholds": {"progres": {"watch": 0.5}}}, [], 2, "progres. Did you mean progress?"),
        ({"thresholds": {"progress": {"wach": 0.5}}}, [], 2, "wach"),
    ],
    ids=[
        "school",
        "roll",
        "term",
        "term as a word",
        "notebook",
        "subject",
        "year",
        "key",
        "audience",
        "nothing",
        "rule",
        "field",
    ],
)
def test_what_is_misspelt_or_missing_is_a_sentence_before_anything_is_written(
    tmp_path, sample, warm, monkeypatch, capsys, more, words, code, said
):
    monkeypatch.setattr(batch, "warm_parent", contextlib.nullcontext)
    asked = asked_in(tmp_path, sample, **more)
    assert ended(monkeypatch, "run", str(asked), *words) == code
    told = capsys.readouterr()
    assert said in told.err and "Traceback" not in told.err
    assert files_in(tmp_path) == {"parameters.yml"}


def test_a_folder_that_cannot_be_written_is_a_sentence(small, monkeypatch, capsys):
    asked = small(good="1")
    asked.out.write_text("a file")
    assert ended(monkeypatch, "run", str(asked.out.parent / "parameters.yml")) == 3
    assert "choose another folder with --out" in capsys.readouterr().err


BROKEN = {
    "raises": ("1 / 0", "raises.ipynb stopped in cell 3: ZeroDivisionError: division by zero."),
    "leaves": ("import sys; sys.exit(0)", "leaves.ipynb stopped in cell 3: it was left with exit"),
    "dies": ("import os; os.kill(os.getpid(), 9)", "dies.ipynb stopped in cell 3: its kernel died."),
}


def test_a_page_that_fails_is_named_with_its_cell_and_the_others_are_made(small, monkeypatch, capsys):
    asked = small(good="'well'", **{name: cell for name, (cell, _) in BROKEN.items()}, well="2")
    assert ended(monkeypatch, "run", str(asked.out.parent / "parameters.yml"), "--jobs", "2") == 3
    folder, told = asked.out / "school" / TERM, capsys.readouterr()
    assert "2 pages made" in told.out and "Traceback" not in told.err
    assert recorded(folder)["status"] == "failed" and recorded(folder)["ended_at"]
    assert {name: entry["status"] for name, entry in entries(folder).items()} == {
        "good-inclusion": "done", "raises-inclusion": "failed", "leaves-inclusion": "failed", "dies-inclusion": "failed",
        "well-inclusion": "done",
    }  # fmt: skip
    for name, (_, why) in BROKEN.items():
        entry = entries(folder)[f"{name}-inclusion"]
        assert entry["cell"] == 3 and entry["error"].startswith(why) and entry["seconds"] > 0
        assert f"{name}-inclusion failed in cell 3: {why}" in told.err
    pages_left = {name for name in files_in(folder) if name.startswith(("notebooks", "packs"))}
    assert pages_left == {"packs/index.html"} | of_page("good-inclusion") | of_page("well-inclusion")


FAULTS = {**{name: cell for name, (cell, _) in BROKEN.items()}, "hangs": "while True: pass"}


@pytest.fixture
def for_governors(small, monkeypatch) -> Callable[..., Parameters]:
    """Small notebooks that are made for governors, each of which may take three seconds."""

    def laid(**cells: str) -> Parameters:
        asked = small(**cells)
        monkeypatch.setattr(pages, "MADE_FOR", {name: {"governors": ["school"]} for name in cells})
        monkeypatch.setattr(batch, "Job", partial(batch.Job, time_limit=3))
        return asked

    return laid


@pytest.mark.parametrize("fault", FAULTS)
def test_of_a_page_that_fails_nothing_is_published_nor_stands_in_the_register(for_governors, fault):
    asked = for_governors(page=FAULTS[fault])
    report = run(asked)
    assert list(report.failed) == ["page-governors"] and entries(report.folder)["page-governors"]["status"] == "failed"
    assert {name for name in files_in(report.folder) if name.startswith(("notebooks", "packs"))} == {"packs/index.html"}
    index = (report.folder / "packs" / "index.html").read_text(encoding="utf-8")
    assert "failed: see run.json" in index and "page-governors" not in index
    assert not list(register_of(asked).glob("*"))


def test_what_one_page_shows_governors_stands_in_the_register_though_another_failed(for_governors, tmp_path):
    report = run(asked := for_governors(page="1", broken="1 / 0"))
    (written,) = register_of(asked).glob("*")
    assert set(report.failed) == {"broken-governors"} and of_page("page-governors") <= files_in(report.folder)
    write_notebook(tmp_path / "stages" / "page.ipynb", "1 / 0")  # pages that are whole are not made again, and still there
    assert run(asked).made == 0 and [*register_of(asked).glob("*")] == [written]


def test_when_the_fault_is_mended_what_is_published_is_what_the_register_says(for_governors, tmp_path):
    run(asked := for_governors(page="1 / 0"))
    write_notebook(tmp_path / "stages" / "page.ipynb", "1")
    report = run(asked)
    (written,) = register_of(asked).glob("*")
    assert not report.failed and json.loads(written.read_text(encoding="utf-8"))["run_id"] == recorded(report.folder)["run_id"]


def test_pages_that_failed_are_tried_again_and_only_they(small):
    asked = small(good="1", raises="1 / 0")
    first = run(asked)
    before = stamps(first.folder)
    second = run(asked)
    assert (second.made, second.kept, set(second.failed)) == (0, 1, {"raises-inclusion"})
    assert stamps(first.folder) == before


def test_a_page_whose_pack_cannot_be_written_has_failed_and_leaves_nothing(small, monkeypatch):
    asked, write = small(good="1", full="2"), batch.write_pack

    def full(name: str, *others: object) -> None:
        write(name, *others)
        if name == "full-inclusion":
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(batch, "write_pack", full)
    report = run(asked)
    assert report.made == 1 and "No space left on device" in report.failed["full-inclusion"]
    assert not of_page("full-inclusion") & files_in(report.folder)


def test_a_second_run_makes_nothing(small):
    first = run(asked := small(one="1", two="2"))
    before = stamps(first.folder)
    second = run(asked)
    assert (second.made, second.kept) == (0, 2)
    assert stamps(first.folder) == before
    assert recorded(first.folder)["status"] == "done"


@pytest.mark.parametrize("hurt", sorted(of_page("two-inclusion")))
def test_only_a_page_that_is_not_whole_is_made_again(small, hurt):
    folder = run(asked := small(one="1", two="2")).folder
    before = stamps(folder, but="two-inclusion")
    (folder / hurt).write_bytes((folder / hurt).read_bytes()[:100])
    assert run(asked).made == 1
    (folder / hurt).unlink()
    assert run(asked).made == 1
    assert stamps(folder, but="two-inclusion") == before
    assert of_page("two-inclusion") <= files_in(folder)


@pytest.mark.parametrize("damage", ["{", "[1]"])
def test_a_damaged_record_costs_time_and_nothing_else(small, damage):
    folder = run(asked := small(one="1")).folder
    (folder / "run.json").write_text(damage)
    assert run(asked).made == 1
    assert recorded(folder)["status"] == "done"


def test_other_input_makes_every_page_out_of_date(small, sample, tmp_path, monkeypatch):
    shutil.copytree(sample, school := tmp_path / "school")
    asked = small(one="1").model_copy(update={"school": school})
    monkeypatch.setattr(batch, "kept_school", kept_school)
    monkeypatch.setattr(batch, "reviewed", reviewed)
    folder = run(asked).folder
    before, tables = stamps(folder), (folder / "tables" / "progress.csv").read_bytes()
    marks = school / TERM / "assessments.csv"
    marks.write_text("\n".join(marks.read_text(encoding="utf-8").splitlines()[:-400]) + "\n", encoding="utf-8")
    assert (run(asked).made, run(asked).made) == (1, 0)
    assert stamps(folder).keys() == before.keys()
    assert stamps(folder)["notebooks/one-inclusion.ipynb"] != before["notebooks/one-inclusion.ipynb"]
    assert (folder / "tables" / "progress.csv").read_bytes() != tables


def test_pages_that_are_not_asked_for_any_more_are_taken_away(small, monkeypatch):
    folder = run(asked := small(one="1", two="2")).folder
    monkeypatch.delitem(pages.MADE_FOR, "two")
    monkeypatch.setattr(record, "_code", lambda: ["other notebooks"])
    assert run(asked).made == 1
    assert not of_page("two-inclusion") & files_in(folder)


def test_another_library_makes_every_page_out_of_date(small, monkeypatch):
    asked = small(one="1")
    run(asked)
    monkeypatch.setattr(record, "_code", lambda: ["mended"])
    assert run(asked).made == 1


def test_a_run_of_one_notebook_keeps_the_pages_of_the_others_and_vouches_for_them(small):
    folder = run(asked := small(one="1", two="2")).folder
    before = stamps(folder)
    again = run(asked, only=["one"])
    assert (again.made, again.kept) == (0, 1)
    assert set(entries(folder)) == {"one-inclusion", "two-inclusion"}
    assert run(asked).made == 0
    assert stamps(folder) == before


def test_a_run_of_one_notebook_leaves_no_page_of_older_input_beside_it(small, monkeypatch):
    folder = run(asked := small(one="1", two="2")).folder
    monkeypatch.setattr(record, "_code", lambda: ["mended"])
    assert run(asked, only=["one"]).made == 1
    assert not of_page("two-inclusion") & files_in(folder)
    assert run(asked).made == 1


def test_what_a_killed_run_left_half_written_is_cleared(small):
    folder = run(asked := small(one="1")).folder
    for name in (".run.json.x1", "tables/.flags.csv.x2", "notebooks/.one-inclusion.ipynb.part", "packs/.one-inclusion.html.x3"):
        (folder / name).write_text("half")
    left = Path(tempfile.gettempdir()) / f"{DESK}{ended_process()}-x"
    left.mkdir(mode=0o700)
    run(asked)
    assert not [name for name in files_in(folder) if "/." in f"/{name}"]
    assert not left.exists()


def ended_process() -> int:
    """The number of a process that is no more."""
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    return gone.pid


RUN = """
import sys
sys.modules["rfc3987_syntax"] = None  # takes longer to import than all else, and no run needs it
from sentrack_lib.cycle.runs import record
record._code = list
from sentrack_lib.cli import main
main()
"""


def runner(asked: Path, *words: str) -> subprocess.Popen[str]:
    """The command in a process of its own."""
    command = [sys.executable, "-c", RUN, "run", str(asked), *words]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_a_run_killed_at_any_moment_is_finished_by_the_next_while_another_term_runs_beside_it(sample, whole, tmp_path):
    asked, folder = asked_in(tmp_path, sample), tmp_path / "out" / "school" / TERM
    chance = random.Random()
    kept: dict[str, tuple[str, int]] = {}
    for pages_done in (0, 1, 3):
        command = runner(asked)
        wait_for(command, folder, pages_done)
        time.sleep(chance.uniform(0, 0.7))
        os.kill(command.pid, signal.SIGKILL)
        command.communicate()
        kept = unhurt(folder, kept)
    at_once = [runner(asked), runner(asked, "--term", EARLIER, "--only", "0_data")]
    told = [command.communicate() for command in at_once]
    assert [command.returncode for command in at_once] == [0, 0], told
    assert recorded(folder.parent / EARLIER)["status"] == "done"
    assert set(pd.read_csv(folder.parent / EARLIER / "tables" / "progress.csv")["term"]) == {EARLIER}
    assert kept.items() <= stamps(folder).items()
    assert files_in(folder) == files_in(whole.folder)
    assert recorded(folder)["status"] == "done"
    first, second = made_of(whole.folder), made_of(folder)
    assert {name for name in first if first[name] != second[name]} == set()


def wait_for(command: subprocess.Popen, folder: Path, pages_done: int) -> None:
    """Wait until a run has begun and so many pages are done."""
    begun = (folder / "run.json").stat().st_mtime_ns if folder.exists() else 0

    def is_there() -> bool:
        ended = command.poll() is not None
        with contextlib.suppress(FileNotFoundError):
            new = (folder / "run.json").stat().st_mtime_ns > begun
            if new and sum(entry["status"] == "done" for entry in recorded(folder)["notebooks"]) >= pages_done:
                return True
        assert not ended, command.communicate()
        return False

    assert until(is_there), "the run did not get so far"


def unhurt(folder: Path, before: dict[str, tuple[str, int]]) -> dict[str, tuple[str, int]]:
    """Whatever lies there under its final name is whole, and what was whole before is as it was; returns what is done now."""
    assert recorded(folder)["status"] in ("running", "done")  # a fast machine may have been faster than the kill
    for name in files_in(folder):
        if "/." in f"/{name}":
            continue
        content = (folder / name).read_bytes()
        assert not name.endswith(("ipynb", "json")) or json.loads(content)
        assert not name.endswith("html") or content.rstrip().endswith(b"</html>")
        assert not name.endswith("xlsx") or zipfile.ZipFile(folder / name).testzip() is None
        assert not name.endswith("csv") or content.endswith(b"\n")
    now = stamps(folder)
    assert before.items() <= now.items()
    done = set().union(*(entry["files"] for entry in recorded(folder)["notebooks"] if entry["status"] == "done"))
    return {name: stamp for name, stamp in now.items() if name in done}


def drawn(table, *subjects: str) -> dict[str, pd.DataFrame]:
    roll = table("""
        pupil_id | year_group
        P01      | 9
    """)
    return {"roll": roll.astype("str"), "progress": pd.DataFrame({"subject": [*subjects, "all"]})}


def test_no_two_pages_have_one_name(table):
    odd = [
        "ENGLISH",
        "English",
        "Inclusion",
        "Governors",
        "Year 9",
        "C++",
        "C#",
        "Año",
        "Ano",
        "数学",
        "物理",
        "a/b",
        "a-b",
        "x" * 90,
    ]
    found = pages_for(Parameters(school=Path(), term=TERM), drawn(table, *odd))
    names = [page.name for page in found]
    assert len({name.casefold() for name in names}) == len(names) == 3 * len(odd) + 12
    assert all(name.isascii() and len(name) < 80 and set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789_-") for name in names)
    assert {page.name for page in found if page.audience != "department"} == {
        "0_data-inclusion", "1_self_evaluation-inclusion", "1_self_evaluation-governors", "2_review-inclusion",
        "2_review-year-9", "2_review-governors", "3_plan-inclusion", "3_plan-governors", "4_implement-inclusion",
        "home-inclusion", "5_monitor-inclusion", "5_monitor-governors",
    }  # fmt: skip


def test_a_page_of_a_plain_subject_or_year_has_a_plain_name():
    assert Page("2_review", "department", subject="Design and Technology").name == "2_review-design-and-technology"
    assert Page("2_review", "inclusion", year_group="9").name == "2_review-year-9"


def test_departments_whose_names_look_alike_in_a_file_system_get_papers_of_their_own(measured, tmp_path):
    school, tables = measured
    named = {"English": {"department": "A/B"}, "Music": {"department": "A-B"}}
    school = replace(school, settings=school.settings.model_validate({"name": "Sampleton", "subjects": named}))
    made = batch._Making(Parameters(school=school.folder, term=TERM), school, tables, None, tmp_path)  # type: ignore[arg-type]
    folders = [made.papers(Page("2_review", "department", subject=subject)) for subject in named]
    assert [set(batch.read_papers(folder).tables["progress"]["subject"]) for folder in folders] == [{"English"}, {"Music"}]


def test_a_damaged_register_of_releases_is_told_before_anything_is_written(small):
    asked = small(one="1")
    register_of(asked).mkdir(parents=True)
    (register_of(asked) / "damaged.json").write_text("[]", encoding="utf-8")
    with pytest.raises(BadInput, match="put its copy back"):
        run(asked)
    assert files_in(asked.out / asked.school.name) == {"releases/damaged.json"}


def test_a_term_that_never_was_is_refused_by_the_library_too(small):
    with pytest.raises(WrongUse, match="is not a term"):
        small(one="1").but(term="2025-26-winter")
    assert issubclass(WrongUse, SentrackError)
