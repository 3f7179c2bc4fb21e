"""The house keeps its shape: notebooks are pages to read, dependencies are the same everywhere, the map is complete."""

import ast
import re
import tomllib
from pathlib import Path

import nbformat
import pytest
import yaml

import sentrack_lib

PROJECT = Path(__file__).resolve().parents[1]
NOTEBOOKS = sorted((PROJECT / "notebooks").glob("*.ipynb"))
MODULES = sorted((PROJECT / "sentrack_lib").rglob("*.py"))


@pytest.fixture(params=NOTEBOOKS, ids=lambda file: file.stem)
def notebook(request):
    return nbformat.read(request.param, as_version=4)


def code_of(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def test_there_are_notebooks():
    assert {file.stem for file in NOTEBOOKS} >= {"0_data", "2_review"}


def test_a_notebook_opens_with_its_question(notebook):
    assert notebook.cells[0].cell_type == "markdown"
    assert notebook.cells[0].source.splitlines()[0].startswith("# ") and notebook.cells[0].source.splitlines()[0].endswith("?")


def test_a_notebook_has_one_cell_of_parameters_and_each_says_what_it_is(notebook):
    parameters = [cell for cell in code_of(notebook) if "parameters" in cell.metadata.get("tags", [])]
    assert len(parameters) == 1
    assert all(re.fullmatch(r'\w+: \w+ = "[^"]*"  # .+', line) for line in parameters[0].source.splitlines())


def test_a_notebook_is_a_page_to_read_not_a_program(notebook):
    for cell in code_of(notebook):
        kinds = {type(node) for node in ast.walk(ast.parse(cell.source))}
        assert not kinds & {ast.FunctionDef, ast.ClassDef, ast.For, ast.While, ast.Lambda, ast.ListComp}
        assert len(cell.source.splitlines()) <= 8


def test_a_notebook_is_committed_without_what_it_showed(notebook):
    assert not any(cell.outputs or cell.execution_count for cell in code_of(notebook))
    assert not any(
        {"papermill", "injected-parameters"} & {*cell.metadata, *cell.metadata.get("tags", [])} for cell in notebook.cells
    )


def test_no_number_that_data_could_change_stands_in_the_words_of_a_notebook(notebook):
    words = [
        re.sub(r"^\d+\. ", "", line)
        for cell in notebook.cells
        if cell.cell_type == "markdown"
        for line in cell.source.splitlines()
    ]
    assert not [line for line in words if re.search(r"\d", line)]


def test_every_name_on_the_map_is_there():
    assert all(hasattr(sentrack_lib, name) for name in sentrack_lib.__all__)


@pytest.mark.parametrize("module", MODULES, ids=lambda file: str(file.relative_to(PROJECT)))
def test_a_module_holds_one_idea_in_short_functions(module):
    text = module.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 300
    for function in (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef)):
        body = function.body[1:] if ast.get_docstring(function) else function.body
        length = body[-1].end_lineno - body[0].lineno + 1 if body else 0
        assert length <= 25, f"{function.name} has {length} lines"


def test_conda_and_pip_users_get_the_same_packages():
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = {re.sub(r"\[.*?\]", "", need).lower() for need in project["dependencies"]}
    listed = yaml.safe_load((PROJECT / "environment.yml").read_text(encoding="utf-8"))["dependencies"]
    given = {need for need in listed if isinstance(need, str)} - {"pip"}
    assert given == wanted | {f"python{project['requires-python']}"}


def test_the_lock_names_versions_and_no_address():
    lock = (PROJECT / "requirements.lock").read_text(encoding="utf-8").splitlines()
    assert lock and all(re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.+!]+", line) for line in lock)


def test_everything_the_project_needs_is_in_the_lock():
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    needs = project["dependencies"] + project["optional-dependencies"]["test"]
    name = lambda text: re.sub(r"[-_.]+", "-", re.match(r"[A-Za-z0-9._-]+", text)[0]).lower()  # noqa: E731
    locked = {name(line) for line in (PROJECT / "requirements.lock").read_text(encoding="utf-8").splitlines()}
    assert {name(need) for need in needs} <= locked
