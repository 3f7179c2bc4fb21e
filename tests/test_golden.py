"""The sentences that nbval compares are there to be compared: stripped of what it showed, a notebook would pass with any."""

import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

PROJECT = Path(__file__).resolve().parents[1]
GOLDEN = PROJECT / "tests" / "golden"
STAGES = sorted(file.name for file in (PROJECT / "notebooks").glob("*.ipynb"))


def compared(file: Path) -> list[nbformat.NotebookNode]:
    """The cells of a notebook that nbval compares: it leaves out those without a number and those marked so."""
    code = [cell for cell in nbformat.read(file, as_version=4).cells if cell.cell_type == "code"]
    return [cell for cell in code if cell.execution_count and cell.outputs and "NBVAL" not in cell.source and not cell.metadata]


@pytest.mark.parametrize("stage", STAGES)
def test_every_stage_has_sentences_that_are_compared(stage):
    assert len(compared(GOLDEN / stage)) >= 2


@pytest.mark.parametrize("stage", STAGES)
def test_what_is_compared_is_plain_sentences(stage):
    for cell in compared(GOLDEN / stage):
        assert [(output.output_type, output.name) for output in cell.outputs] == [("stream", "stdout")]
        assert all(line[:1].isupper() or line[:1].isdigit() for line in cell.outputs[0].text.splitlines())
        assert all(line.endswith((".", "?")) for line in cell.outputs[0].text.splitlines())


def test_every_sentence_of_the_golden_notebooks_belongs_to_a_stage():
    assert sorted(file.name for file in GOLDEN.glob("*.ipynb")) == STAGES


def test_what_is_never_run_or_never_compared_is_not_taken_for_right(tmp_path):
    (tmp_path / "conftest.py").write_text((PROJECT / "conftest.py").read_text(encoding="utf-8"), encoding="utf-8")
    new = nbformat.v4
    slow = "try:\n    while True: pass\nexcept KeyboardInterrupt: pass"
    for name, cells in {"quick": ["print(1)", "print(2)"], "slow": [slow, "print(1)"]}.items():
        shown = [new.new_output("stream", name="stdout", text="1\n")]
        code = [new.new_code_cell(cell, execution_count=1, outputs=shown * cell.startswith("print")) for cell in cells]
        nbformat.write(new.new_notebook(cells=code), tmp_path / f"{name}.ipynb")
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-rA",
        "--nbval",
        "--nbval-current-env",
        "--nbval-cell-timeout=3",
        str(tmp_path),
    ]
    told = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert told.returncode == 1
    assert "PASSED quick.ipynb::Cell 0" in told.stdout
    assert "FAILED quick.ipynb::Cell 1" in told.stdout
    assert "FAILED slow.ipynb::Cell 1" in told.stdout
    assert "xfailed" not in told.stdout
