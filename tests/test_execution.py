"""A job is done only if every cell was; whatever else happens it has failed, with a sentence, and leaves nothing behind."""

import json
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
import numpy
import pytest

from sentrack_lib.cycle.kernels.warm_parent import ADDRESS
from sentrack_lib.cycle.kernels.warm_starts import warm_parent
from sentrack_lib.cycle.runs import execution
from sentrack_lib.cycle.runs.execution import Outcome, execute

PARAMETERS = 'term: str = "2025-26-autumn"  # the term under review\nvalue: int = 3'
TEXT = "C:\\new\\table \"quoted\" 'single' {braces} %s\nZoë\t—"


@pytest.fixture(scope="module", autouse=True)
def warm() -> Iterator[None]:
    with warm_parent():
        yield


@pytest.fixture
def notebook(tmp_path) -> Callable[..., Path]:
    """Write a notebook: a title, a parameters cell, and one cell for each text given."""

    def written(*cells: str, name: str = "2_review.ipynb", tags: list[str] | None = None) -> Path:
        new = nbformat.v4
        first = new.new_code_cell(PARAMETERS, metadata={"tags": ["parameters"] if tags is None else tags})
        page = new.new_notebook(cells=[new.new_markdown_cell("# Who?"), first, *map(new.new_code_cell, cells)])
        page.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
        nbformat.write(page, tmp_path / name)
        return tmp_path / name

    return written


@pytest.fixture
def target(tmp_path) -> Path:
    return tmp_path / "executed" / "2_review.ipynb"


def printed(target: Path) -> str:
    return "".join(output.get("text", "") for cell in nbformat.read(target, 4).cells for output in cell.get("outputs", []))


def test_a_whole_notebook_is_done_and_its_copy_is_there(notebook, target):
    outcome = execute(notebook("print(term, value)"), {"term": "2025-26-spring"}, target)
    assert (outcome.status, outcome.cell, outcome.error) == ("done", None, None)
    assert 0 < outcome.seconds < 30
    assert printed(target) == "2025-26-spring 3\n"
    assert list(target.parent.iterdir()) == [target]


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        ("1 / 0", "ZeroDivisionError: division by zero."),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "its kernel died."),
        ("import sys; sys.exit(0)", "it was left with exit, so the cells after it never ran."),
        ("exit()", "it was left with exit, so the cells after it never ran."),
        ("from sentrack_lib.errors import BadInput; raise BadInput('There are no marks.')", "There are no marks."),
        ("raise ValueError('one\\n' + 'two ' * 500)", "ValueError: one two two"),
    ],
    ids=["error", "dead kernel", "sys.exit", "exit", "a sentence of ours", "a long text"],
)
def test_a_fault_in_a_cell_fails_the_job_and_names_the_cell(notebook, target, cell, why):
    outcome = execute(notebook("'well'", cell, "'never'"), {"term": "2025-26-spring"}, target)
    assert (outcome.status, outcome.cell) == ("failed", 4)
    assert outcome.error.startswith(f"2_review.ipynb stopped in cell 4: {why}")
    assert "\n" not in outcome.error and len(outcome.error) < 400
    assert not target.exists()


def test_a_cell_that_takes_too_long_fails_the_job(notebook, target):
    outcome = execute(notebook("while True: pass"), {}, target, time_limit=2)
    assert outcome.error == "2_review.ipynb stopped in cell 3: it took longer than the 2 seconds that it may."
    assert outcome.seconds < 30


@pytest.mark.skipif(sys.platform == "win32", reason="Windows caps no memory")
@pytest.mark.parametrize("taken", ["numpy.ones(3 * 1024**3, dtype='uint8')", "bytearray(3 * 1024**3)", "[*range(10**9)]"])
def test_a_cell_that_takes_too_much_memory_fails_the_job(notebook, target, taken):
    outcome = execute(notebook("import numpy", f"much = {taken}", "print('here')"), {}, target, memory=2 * 1024**3)
    why = "2_review.ipynb stopped in cell 4: it needed more than the 2.0 GB of memory that a page may have."
    assert (outcome.status, outcome.cell, outcome.error) == ("failed", 4, why) and not target.exists()


def test_the_limit_is_for_all_cells_together(notebook, target):
    wait = "import time; time.sleep(1.2)"
    assert execute(notebook(wait, wait, wait, wait), {}, target, time_limit=3).status == "failed"


def test_a_cell_marked_as_allowed_to_fail_fails_the_job(notebook, target):
    page = nbformat.read(source := notebook("1 / 0"), 4)
    page.cells[-1].metadata["tags"] = ["raises-exception"]
    nbformat.write(page, source)
    assert execute(source, {}, target).cell == 3


def test_a_failed_job_takes_away_what_an_earlier_one_left(notebook, target):
    assert execute(notebook("1"), {}, target).status == "done"
    assert execute(notebook("1 / 0"), {}, target).status == "failed"
    assert not list(target.parent.iterdir())


def test_a_misspelt_parameter_is_refused_with_the_nearest_name(notebook, target):
    outcome = execute(notebook("1"), {"trem": "2025-26-spring"}, target)
    assert (outcome.status, outcome.error) == ("failed", "2_review.ipynb takes no trem. Did you mean term?")
    assert not target.exists()


def test_a_notebook_without_a_parameters_cell_is_refused(notebook, target):
    outcome = execute(notebook("1", tags=[]), {"term": "2025-26-spring"}, target)
    assert outcome.error == "2_review.ipynb has no cell tagged parameters, so it cannot be told a school and a term."


@pytest.mark.parametrize("value", [numpy.int64(5), numpy.bool_(False), (1, 2), {"a": 1}, Path("here"), 1.5, [{1}]])
def test_a_value_that_papermill_would_change_is_refused(notebook, target, value):
    assert "must be a text, a whole number" in execute(notebook("1"), {"value": value}, target).error


@pytest.mark.parametrize("value", [[TEXT, "7E1", "0123", "nan", 5, -1, None, True, False, [], ["a", [1]]]], ids=["all kinds"])
def test_values_arrive_as_they_were_given(notebook, target, value):
    assert execute(notebook("import json; print(json.dumps(value))"), {"value": value, "term": TEXT}, target).status == "done"
    assert json.loads(printed(target)) == value


def test_braces_and_dots_in_paths_and_values_stay_where_they_are(notebook, tmp_path):
    target = tmp_path / "{term} {0}" / "out {x}.ipynb"
    outcome = execute(notebook("1", name="page {term} {y}.ipynb"), {"term": "../../elsewhere"}, target)
    assert outcome.status == "done" and target.is_file()


def test_a_missing_or_damaged_notebook_is_a_sentence(tmp_path, target):
    (damaged := tmp_path / "page.ipynb").write_text('{"cells": [')
    assert execute(tmp_path / "no.ipynb", {}, target).error == f"There is no notebook {tmp_path / 'no.ipynb'}."
    assert execute(damaged, {}, target).error.startswith("page.ipynb did not start: ")


def test_a_notebook_is_never_overwritten_by_its_executed_copy(notebook):
    source = notebook("1")
    before = source.read_bytes()
    assert "would be overwritten" in execute(source, {}, source.parent / "." / source.name).error
    assert source.read_bytes() == before


def test_a_full_disk_leaves_nothing_half_written(notebook, target, monkeypatch):
    def full(_file: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(execution.os, "fsync", full)
    outcome = execute(notebook("1"), {}, target)
    assert outcome.status == "failed" and "No space left on device" in outcome.error
    assert not list(target.parent.iterdir())


def test_the_choices_of_a_widget_are_not_kept_and_nothing_is_said_aloud(notebook, target, capfd):
    source = notebook("import ipywidgets; ipywidgets.Dropdown(options=['Pupil Canary'])", "print('Pupil Canary')")
    assert execute(source, {}, target).status == "done"
    assert "widgets" not in nbformat.read(target, 4).metadata
    assert "Canary" not in "".join(capfd.readouterr())


def test_a_notebook_does_not_see_secrets_but_what_it_is_given(notebook, target, monkeypatch):
    monkeypatch.setenv("SCHOOL_DB_PASSWORD", "canary")
    execute(notebook("import os; print(sorted(os.environ.items()), os.getcwd())"), {}, target, {"COLOUR": "green"})
    assert "canary" not in printed(target)
    assert "('COLOUR', 'green')" in printed(target)
    assert str(target.parents[1].resolve()) in printed(target)
    assert "COLOUR" not in os.environ


def test_an_ordinary_kernel_gives_the_same_pages_as_a_warm_one(notebook, target, monkeypatch):
    source = notebook(
        "import pandas as pd, sentrack_lib.views.figures, seaborn as sns, ipywidgets",
        "frame = pd.DataFrame({'x': [1, 2], 'y': ['a', None]}); frame",
        "sns.scatterplot(x=[1, 2, 3], y=[2, 1, 3]);",
        "import warnings; warnings.warn('once', DeprecationWarning)",
    )
    pages = []
    for _ in "warm", "ordinary":
        assert execute(source, {}, target) == Outcome("done", pytest.approx(5, abs=30))
        pages.append([cell.get("outputs") for cell in nbformat.read(target, 4).cells])
        monkeypatch.delenv(ADDRESS, raising=False)
    assert "image/png" in pages[0][4][0]["data"]
    assert pages[0][:5] == pages[1][:5]
