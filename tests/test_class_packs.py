"""Packs of classes and of pupils, the page of all packs, and PDF: made where they are asked for, and safe like the others."""

import io
import json
import re
import zlib
from datetime import datetime
from pathlib import Path

import nbformat
import openpyxl
import pandas as pd
import pytest
from pandas import DataFrame
from test_packs import CANARY, HOSTILE, TERM, Read, everything, marked, marks_of

from sentrack_lib.cycle.packs.drawn import cells_in, drawn
from sentrack_lib.cycle.packs.printing import browser, print_pdf
from sentrack_lib.cycle.packs.workbooks import workbook_of
from sentrack_lib.cycle.packs.writing import cells_of, page_of
from sentrack_lib.cycle.papers import pages
from sentrack_lib.cycle.papers.opening import lay_out, read_papers
from sentrack_lib.cycle.papers.pages import NOTEBOOKS
from sentrack_lib.cycle.papers.preparing import reviewed
from sentrack_lib.cycle.runs import batch
from sentrack_lib.cycle.runs.batch import Report, run
from sentrack_lib.cycle.runs.contents import write_contents
from sentrack_lib.errors import WrongUse
from sentrack_lib.settings import Parameters
from sentrack_lib.sources.loading import load_school
from sentrack_lib.sources.sample import write_sample
from sentrack_lib.views.papers import Papers

RUN = re.compile(r'<div class="part made">.*</div>', re.DOTALL)


@pytest.fixture(scope="module")
def asked(tmp_path_factory) -> Parameters:
    """A school with marked and hostile names, of which the packs of one class and of one year group are asked for."""
    folder = tmp_path_factory.mktemp("classes")
    write_sample(folder / "school", pupils=120, terms=2)
    for term in sorted((folder / "school").glob("20*")):
        marked(term)
    more = {"subjects": ("English",), "year_groups": ("9",), "packs": ("teaching_group", "pupil")}
    return Parameters(school=folder / "school", term=TERM, out=folder / "out", **more)


@pytest.fixture(scope="module")
def roll(asked) -> DataFrame:
    return pd.read_csv(asked.school / TERM / "pupils.csv", dtype="str", keep_default_na=False)


@pytest.fixture(scope="module")
def made(asked) -> Report:
    """The run: only to be read."""
    report = run(asked, only=("2_review", "pupil"))
    assert not report.failed
    return report


def entries(made: Report, kind: str) -> list[dict]:
    told = json.loads((made.folder / "run.json").read_text(encoding="utf-8"))["notebooks"]
    return [entry for entry in told if entry[kind] != "all"]


def test_each_class_and_each_pupil_asked_for_has_a_pack_and_no_notebook(made, roll):
    classes, pupils = entries(made, "teaching_group"), entries(made, "pupil")
    in_year = roll[roll["year_group"].eq("9")]
    assert set(in_year.loc[in_year["left_on"].eq(""), "pupil_id"]) <= {each["pupil"] for each in pupils} <= {*in_year["pupil_id"]}
    assert classes and all(entry["subject"] == "English" and entry["audience"] == "department" for entry in classes)
    for entry in classes + pupils:
        assert (entry["status"], set(entry["files"])) == ("done", {f"packs/{entry['name']}.{kind}" for kind in ("html", "xlsx")})
        assert not (made.folder / "notebooks" / f"{entry['name']}.ipynb").exists()
        assert not any(text in entry["name"] for text in (CANARY.lower(), entry["pupil"]))


def test_packs_of_classes_and_pupils_are_made_only_where_they_are_asked_for(made, asked):
    assert Parameters(school=asked.school, term=TERM).packs == ("subject", "year_group")
    assert not [entry for entry in entries(made, "subject") if entry["teaching_group"] == "all"]


def test_a_second_run_makes_nothing_and_a_pack_that_was_hurt_is_made_again(made, asked):
    name = entries(made, "pupil")[0]["name"]
    page, index = made.folder / "packs" / f"{name}.html", made.folder / "packs" / "index.html"
    was, stamp = page.read_text(encoding="utf-8"), index.stat().st_mtime_ns
    again = run(asked, only=("2_review", "pupil"))
    assert (again.made, index.stat().st_mtime_ns) == (0, stamp)
    page.write_text("half", encoding="utf-8")
    assert run(asked, only=("2_review", "pupil")).made == 1
    assert RUN.sub("", page.read_text(encoding="utf-8")) == RUN.sub("", was)


def test_a_pack_that_cannot_be_drawn_has_failed_leaves_nothing_and_the_others_are_made(made, asked, monkeypatch, tmp_path):
    broken = entries(made, "pupil")[0]
    whole = batch.drawn
    fails = lambda notebook, papers: 1 / 0 if papers.pupil == broken["pupil"] else whole(notebook, papers)  # noqa: E731
    monkeypatch.setattr(batch, "drawn", fails)
    only_pupils = asked.model_copy(update={"out": tmp_path, "packs": ("pupil",)})
    report = run(only_pupils, only=("pupil",))
    assert list(report.failed) == [broken["name"]] and not list(report.folder.glob(f"packs/{broken['name']}*"))
    assert "failed: see run.json" in (report.folder / "packs" / "index.html").read_text(encoding="utf-8")


CELLS = ["1 / 0", "import sys; sys.exit(0)", "import os; os.kill(os.getpid(), 9)", "while True: pass"]


def faulty(notebook: str, cell: str, folder: Path) -> Path:
    """A notebook of the stages with another cell after its question."""
    page = nbformat.read(NOTEBOOKS / f"{notebook}.ipynb", as_version=4)
    page.cells.insert(1, nbformat.v4.new_code_cell(cell))
    nbformat.write(page, folder / f"{notebook}.ipynb")
    return folder / f"{notebook}.ipynb"


@pytest.mark.parametrize("cell", CELLS)
def test_a_page_that_is_drawn_may_not_end_the_run_nor_hold_it_up(tmp_path, cell):
    with pytest.raises(WrongUse, match="nothing but parts"):
        drawn(faulty("pupil", cell, tmp_path), Papers("inclusion", {}))


def test_of_packs_drawn_from_a_notebook_with_a_fault_none_is_published(asked, monkeypatch, tmp_path):
    for module in (batch, pages):
        monkeypatch.setattr(module, "NOTEBOOKS", faulty("pupil", CELLS[-1], tmp_path).parent)
    report = run(asked.model_copy(update={"out": tmp_path / "out", "packs": ("pupil",)}), only=("pupil",))
    assert report.made == 0 and len(report.failed) > 10 and all("nothing but parts" in why for why in report.failed.values())
    assert [file.name for file in report.folder.glob("packs/*")] == ["index.html"]
    assert ">made<" not in (report.folder / "packs" / "index.html").read_text(encoding="utf-8")


def test_a_drawn_page_is_what_its_executed_notebook_shows(made, asked, tmp_path):
    tables = reviewed(asked, load_school(asked.school))
    papers = read_papers(lay_out(tables, "inclusion", (), tmp_path / "papers"))
    executed = page_of(cells_of(made.folder / "notebooks" / "2_review-inclusion.ipynb"), papers.title)
    assert page_of(drawn(NOTEBOOKS / "2_review.ipynb", papers), papers.title) == executed


def test_a_notebook_that_does_more_than_show_parts_is_not_drawn(tmp_path):
    notebook = tmp_path / "other.ipynb"
    cells = [cell for cell in cells_in(NOTEBOOKS / "pupil.ipynb")[:4]]
    text = json.dumps({"cells": [{**cells[3], "source": "open('x')"}], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
    notebook.write_text(text, encoding="utf-8")
    with pytest.raises(WrongUse, match="nothing but parts"):
        drawn(notebook, None)


def test_a_class_reads_of_nobody_whom_it_does_not_teach_and_a_pupils_page_of_no_other_pupil(made, roll):
    taught = pd.read_csv(made.folder.parents[2] / "school" / TERM / "teaching_groups.csv", dtype="str")
    for entry in entries(made, "teaching_group"):
        own = set(taught.loc[taught["subject"].eq("English"), "pupil_id"])
        for mark in set(roll.loc[~roll["pupil_id"].isin(own), "pupil_id"]):
            assert mark.encode() not in everything(made.folder / "packs" / f"{entry['name']}.html")
    for entry in entries(made, "pupil"):
        others = roll[roll["pupil_id"].ne(entry["pupil"])]
        for kind in ("html", "xlsx"):
            content = everything(made.folder / "packs" / f"{entry['name']}.{kind}")
            assert not [mark for mark in {*others["pupil_id"], *others["surname"]} if mark.encode() in content]


def test_hostile_names_stay_words_on_a_pupils_page_and_on_the_page_of_all_packs(made):
    pages = [made.folder / "packs" / "index.html", *(made.folder / "packs" / f"{e['name']}.html" for e in entries(made, "pupil"))]
    words = ""
    for page in pages:
        read = Read(page.read_text(encoding="utf-8"))
        words += re.sub(r"\s+", " ", read.text)
        assert not {"script", "iframe"} & {tag for tag, _ in read.tags}
        assert not [key for _, attributes in read.tags for key in attributes if key.startswith("on")]
        assert not [image for image in read.all("img") if image.get("src") == "q"]
    assert all(re.sub(r"\s+", " ", text) in words for text in HOSTILE)


def test_no_cell_of_a_pupils_workbook_is_run_and_each_sheet_has_filters(made):
    for entry in entries(made, "pupil")[:5]:
        for sheet in openpyxl.load_workbook(made.folder / "packs" / f"{entry['name']}.xlsx"):
            assert not [cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f" or cell.hyperlink]
            assert sheet.freeze_panes == "A2" and sheet.auto_filter.ref


def test_days_are_days_in_a_workbook():
    table = DataFrame({"on": pd.to_datetime(["2026-03-02", None, "2026-07-21"])})
    sheet = openpyxl.load_workbook(io.BytesIO(workbook_of({"days": table})))["days"]
    assert [cell.value for cell in sheet["A"]] == ["on", datetime(2026, 3, 2), None, datetime(2026, 7, 21)]


def test_the_page_of_all_packs_leads_to_every_pack_and_says_when_it_was_made(made, roll):
    read = Read((made.folder / "packs" / "index.html").read_text(encoding="utf-8"))
    links = [link["href"] for link in read.all("a")]
    files = {file.name for file in (made.folder / "packs").iterdir()} - {"index.html"}
    assert {link for link in links if not link.startswith("#")} == files
    assert len(read.all("h1")) == len(read.all("main")) == 1 and all(cell.get("scope") for cell in read.all("th"))
    assert {"The whole school (1)", "Governors (1)"} <= set(read.words) and f"{datetime.now().year}" in read.text


def test_a_pack_tells_of_its_run_its_data_and_its_thresholds(made):
    told = json.loads((made.folder / "run.json").read_text(encoding="utf-8"))
    page = Read((made.folder / "packs" / "2_review-governors.html").read_text(encoding="utf-8"))
    entry = next(each for each in told["notebooks"] if each["name"] == "2_review-governors")
    assert entry["run_id"] in page.text and told["parameters"]["as_of"] in page.text and told["version"] in page.text
    assert "Thresholds of flags" in page.text


def test_names_are_not_asked_of_pupils_who_have_left_the_roll(tmp_path):
    entry = {"name": "pupil-x", "notebook": "pupil", "audience": "inclusion", "pupil": "P9", "status": "done"}
    entry |= {"subject": "all", "files": {}}
    tables = {"roll": DataFrame({"pupil_id": ["P1"], "surname": ["A"], "forename": ["B"]})}
    about = DataFrame({"school": ["<b>R&D</b>"], "label": ["Summer 2026"]})
    page = write_contents(tmp_path, [entry], {**tables, "about": about}).read_text(encoding="utf-8")
    assert "P9" in page and "<b>" not in page


@pytest.mark.skipif(browser() is None, reason="there is no Chromium on this machine")
def test_a_pdf_holds_what_its_page_shows_and_governors_hold_nothing_of_any_pupil(made, roll, tmp_path):
    pages = ["2_review-governors", "2_review-inclusion"]
    said = {}
    for name in pages:
        copy = tmp_path / f"{name}.html"
        copy.write_bytes((made.folder / "packs" / copy.name).read_bytes())
        content = print_pdf(copy).read_bytes()
        assert content.startswith(b"%PDF") and content.rstrip().endswith(b"%%EOF")
        said[name] = content + b"\n".join(unpacked(content))
    # Its table of contents counts bytes: any number may stand there.
    counted = re.compile(rb"\d{10} \d{5} [nf]|startxref\s+\d+")
    assert not [mark for mark in marks_of(roll) if mark in counted.sub(b"", said[pages[0]])]
    assert not [file for file in tmp_path.iterdir() if file.suffix not in (".html", ".pdf")]
    assert b"/Title" in said[pages[0]] and str(Path.home()).encode() + b"/" not in said[pages[0]]


def unpacked(pdf: bytes) -> list[bytes]:
    """The packed parts of a PDF; of pictures and type none."""
    found = []
    for part in re.findall(rb"stream\r?\n(.*?)endstream", pdf, re.DOTALL):
        try:
            found.append(zlib.decompress(part))
        except zlib.error:
            continue
    return found
