"""A pack stands alone, runs nothing, can be read by everybody, and holds nothing that its readers may not see."""

import base64
import io
import json
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from html import escape
from html.parser import HTMLParser
from pathlib import Path

import nbformat
import openpyxl
import pandas as pd
import pytest
from pandas import DataFrame
from pyarrow import ipc

from sentrack_lib.cycle.packs.drawn import drawn
from sentrack_lib.cycle.packs.workbooks import workbook_of
from sentrack_lib.cycle.packs.writing import cells_of, page_of
from sentrack_lib.cycle.papers.opening import LAID, read_papers
from sentrack_lib.cycle.papers.pages import MADE_FOR, NOTEBOOKS
from sentrack_lib.cycle.papers.preparing import prepare
from sentrack_lib.cycle.runs.batch import run
from sentrack_lib.settings import Parameters
from sentrack_lib.sources.files import write_table
from sentrack_lib.sources.record_tables import RECORDS
from sentrack_lib.sources.sample import write_sample

TERM = "2025-26-summer"
HOSTILE = (
    "<img src=q onerror=alert(1)>",
    "=cmd|'/c calc'!A1",
    "$\\frac{$",
    "</td></table><script>alert(2)</script>",
    '" onmouseover="alert(3)',
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "[press](javascript:alert(4)) {{ 7 * 7 }} {% raw %}",
    "-2+3",
)
"""Names that a page, a workbook, a picture or a template would run if it could."""
CANARY = "Qxzqvj"
"""Begins every surname, forename and form, so that one search finds any of them; too long for chance in an encoded picture."""
WRITTEN, ADULT = "Wzkqxj", "Vbqxzk"
"""Stands in all that anybody wrote in the records in words of their own; in the names of all adults there."""
BRANDED, UNDRAWN = "=1+1 <b>Ceramics</b>", "$\\sum_{$"
"""Two subjects, one of them a formula for a spreadsheet, one for a picture."""
NOT_IN_FRENCH = "8"
"""A year group in which nobody is taught French."""


@dataclass
class Packs:
    """A finished run of a school whose names are marked, and its pupils of all terms."""

    folder: Path
    roll: DataFrame
    names: dict[str, str] = field(default_factory=dict)

    def page(self, name: str) -> str:
        return (self.folder / "packs" / f"{self.names.get(name, name)}.html").read_text(encoding="utf-8")

    def book(self, name: str) -> Path:
        return self.folder / "packs" / f"{self.names.get(name, name)}.xlsx"

    def sheet(self, page: str, name: str) -> DataFrame:
        return pd.read_excel(self.book(page), sheet_name=name, engine="openpyxl", dtype={"Pupil": "str", "Form": "str"})

    def of_page(self, name: str) -> list[Path]:
        return sorted(self.folder.glob(f"*/{self.names.get(name, name)}.*"))


@pytest.fixture(scope="module")
def packs(tmp_path_factory) -> Iterator[Packs]:
    """The run: only to be read."""
    folder = tmp_path_factory.mktemp("packs")
    write_sample(folder / "school", pupils=120, terms=2)
    settings = folder / "school" / "school.yml"
    settings.write_text(settings.read_text(encoding="utf-8").replace("name: ", "name: '<b>R&D</b>' #", 1), encoding="utf-8")
    roll = pd.concat([marked(term) for term in sorted((folder / "school").glob("20*"))])
    for term in (folder / "school").glob("20*"):
        annotate(term)
    subjects = ("English", "French", BRANDED, UNDRAWN)
    report = run(Parameters(school=folder / "school", term=TERM, out=folder / "out", subjects=subjects, year_groups=("9",)))
    assert not report.failed
    said = json.loads((report.folder / "run.json").read_text(encoding="utf-8"))["notebooks"]
    review = [entry for entry in said if entry["notebook"] == "2_review" and entry["subject"] != "all"]
    yield Packs(report.folder, roll, {entry["subject"]: entry["name"] for entry in review})


def marked(term: Path) -> DataFrame:
    """Mark all names of a term, give Year 9 hostile ones, rename two subjects, end French in one year group; returns the roll."""
    roll = pd.read_csv(term / "pupils.csv", dtype="str", keep_default_na=False)
    number = roll["admission_no"]
    odd = pd.Series([HOSTILE[int(each) % len(HOSTILE)] for each in number], index=roll.index)
    hostile = roll["year_group"].eq("9")
    for column in ("surname", "forename", "form"):
        roll[column] = (odd + " ").where(hostile, "") + CANARY + column + number
    write_table(roll, term / "pupils.csv")
    out_of_french = set(roll.loc[roll["year_group"].eq(NOT_IN_FRENCH), "pupil_id"])
    for name in ("assessments", "teaching_groups", "prior_attainment"):
        table = pd.read_csv(term / f"{name}.csv", dtype="str", keep_default_na=False)
        table = table[~(table["subject"].eq("French") & table["pupil_id"].isin(out_of_french))]
        write_table(table.assign(subject=table["subject"].replace({"Art": BRANDED, "Music": UNDRAWN})), term / f"{name}.csv")
    return roll


def annotate(term: Path) -> None:
    """Mark whatever the records of a term say in sentences, and the adults named in them."""
    for file in (*(term / "records").glob("*.csv"), term / "views.csv"):
        table = pd.read_csv(file, dtype="str", keep_default_na=False)
        columns = RECORDS[file.stem].columns if file.stem in RECORDS else {}
        long = [name for name in table if name == "comment" or (name in columns and (columns[name].metadata or {}).get("long"))]
        adults = [name for name in table if name in ("owner", "staff", "rated_by", "present", "by_whom")]
        marks = {**dict.fromkeys(adults, ADULT), **dict.fromkeys(long, WRITTEN)}
        write_table(table.assign(**{name: mark + " " + table[name] for name, mark in marks.items()}), file)


class Read(HTMLParser):
    """What a browser would see: tags with their attributes, words of headings."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]

    @property
    def text(self) -> str:
        return " ".join(self.words)


PAGES = ["0_data-inclusion", "2_review-inclusion", "2_review-year-9", "English", "French", BRANDED, UNDRAWN, "2_review-governors"]


@pytest.fixture(params=PAGES)
def name(request) -> str:
    return request.param


def test_a_page_needs_nothing_from_elsewhere_and_runs_nothing(packs, name):
    page = packs.page(name)
    read = Read(page)
    assert not re.search(r"https?://|@import|url\(", page)
    harmful = {"script", "iframe", "object", "embed", "link", "base", "form", "svg", "audio", "video"}
    assert not harmful & {tag for tag, _ in read.tags}
    for tag, attributes in read.tags:
        assert not [key for key in attributes if key.startswith("on") or key in ("srcset", "srcdoc", "formaction")], tag
        assert tag != "img" or re.match(r"data:image/(png|svg\+xml);base64,", attributes["src"] or "")
        assert tag == "img" or "src" not in attributes
        assert (attributes.get("href") or "#").startswith("#")
    assert "default-src 'none'" in page
    assert not [
        picture for picture in pictures_in(page.encode()) if re.search(rb"<script|\bon\w+=|href=.https?:|<image", picture)
    ]


def test_a_page_can_be_read_by_a_screen_reader(packs, name):
    read = Read(packs.page(name))
    assert read.all("html") == [{"lang": "en-GB"}]
    assert len(read.all("h1")) == len(read.all("title")) == len(read.all("main")) == 1
    assert all(len(image.get("alt") or "") > 20 for image in read.all("img"))
    assert len(read.all("table")) >= 1
    assert len(read.all("th")) > len(read.all("table"))
    assert all(header.get("scope") for header in read.all("th"))
    assert not [tag for tag, _ in read.tags if tag in ("h3", "h4")] or read.all("h2")


def test_the_title_says_school_term_and_part(packs):
    title = re.search("<title>(.*)</title>", packs.page("English"))
    assert title and title[1] == f"{escape('<b>R&D</b>')}, Summer 2026, English"


def test_a_page_shows_neither_code_nor_parameters(packs, name):
    page = packs.page(name)
    assert not re.search(r"open_papers|Page\(papers\)|page\.show|injected-parameters|papermill|Traceback", page)
    assert str(packs.folder.parents[2]) not in page


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_name_is_shown_as_it_is_and_does_nothing(packs, text):
    read = Read(packs.page("2_review-year-9"))
    words = re.sub(r"\s+", " ", read.text)
    assert re.sub(r"\s+", " ", text) in words
    # What it would have put into the page is not there as a tag.
    assert not [image for image in read.all("img") if image.get("src") == "q"]


@pytest.mark.parametrize("subject", [BRANDED, UNDRAWN])
def test_a_hostile_subject_is_shown_as_it_is(packs, subject):
    for page in (subject, "0_data-inclusion"):
        read = Read(packs.page(page))
        assert subject in read.text and not read.all("b")
    assert packs.names[subject].isascii() and "<" not in packs.names[subject]


def test_no_cell_of_a_workbook_is_run(packs, name):
    for sheet in openpyxl.load_workbook(packs.book(name)):
        assert not [cell.coordinate for row in sheet.iter_rows() for cell in row if cell.data_type == "f" or cell.hyperlink]
        assert sheet.freeze_panes == "A2"
        assert all(cell.value for cell in sheet[1])
    with zipfile.ZipFile(packs.book(name)) as parts:
        assert not [part for part in parts.namelist() if re.search("external|vba|connection|query|comment", part, re.IGNORECASE)]


def test_hostile_names_come_out_of_a_workbook_as_they_went_in(packs):
    table = packs.sheet("2_review-year-9", "progress")
    year = packs.roll[packs.roll["year_group"].eq("9")]
    there = year.drop_duplicates("pupil_id", keep="last").set_index("pupil_id")
    assert len(table) > 10
    for row in table.to_dict("records"):
        assert row["Pupil"] == f"{there.loc[row['pupil_id'], 'surname']}, {there.loc[row['pupil_id'], 'forename']}"
        assert row["Form"] == there.loc[row["pupil_id"], "form"]


def test_a_workbook_keeps_any_text_as_text():
    texts = [*HOSTILE, "http://example.org", "mailto:a@example.org", "1e5", "0012", "nan", "TRUE", "x" * 1000]
    content = workbook_of({"a sheet": DataFrame({"=a": texts})})
    cells = openpyxl.load_workbook(io.BytesIO(content))["a sheet"]["A"]
    assert [cell.value for cell in cells] == ["=a", *texts]
    assert {cell.data_type for cell in cells} == {"s"}


def pictures_in(content: bytes) -> list[bytes]:
    """The pictures that are written into a page."""
    return [base64.b64decode(picture + b"==") for picture in re.findall(rb"[A-Za-z0-9+/]{200,}={0,2}", content)]


def everything(file: Path) -> bytes:
    """Every byte a file holds: the file itself, its parts unpacked, the pictures in it decoded."""
    content = file.read_bytes()
    if zipfile.is_zipfile(file):
        with zipfile.ZipFile(file) as parts:
            return b"\n".join([content, *(name.encode() + parts.read(name) for name in parts.namelist())])
    return b"\n".join([content, *pictures_in(content.replace(b"\\n", b""))])


def marks_of(roll: DataFrame) -> set[bytes]:
    """What would give a pupil away."""
    born = [date.fromisoformat(day) for day in roll["date_of_birth"].unique()]
    days = {written for day in born for written in (f"{day}", f"{day:%d/%m/%Y}", f"{day:%d %B %Y}", f"{day:%d-%m-%Y}")}
    numbers = {*roll["upn"], *roll["pupil_id"], *roll["admission_no"]}
    return {text.encode() for text in {CANARY, *numbers, *days} if text}


def test_the_search_for_names_finds_them_where_they_are(packs):
    inclusion = packs.of_page("2_review-inclusion")
    assert len(inclusion) == 3
    assert all(CANARY.encode() in everything(file) for file in inclusion)
    book = everything(packs.book("2_review-inclusion"))
    assert sum(mark in book for mark in marks_of(packs.roll)) > 100


def for_whom(packs: Packs, audience: str) -> dict[str, list[Path]]:
    """The files of every page that the run made for an audience, by page."""
    said = json.loads((packs.folder / "run.json").read_text(encoding="utf-8"))["notebooks"]
    pages = [entry for entry in said if entry["audience"] == audience]
    return {entry["name"]: [packs.folder / file for file in entry["files"]] for entry in pages}


def before_how_made(page: str) -> str:
    """A page up to where it is said by which run it was made, and when."""
    return page.split('<div class="part made">')[0].split("</main>")[0].rstrip()


def found_in(content: bytes, marks: set[bytes]) -> list[bytes]:
    return [mark for mark in marks if mark in content]


def test_no_file_for_governors_holds_anything_of_any_pupil_or_what_anybody_wrote_or_who(packs):
    pages = for_whom(packs, "governors")
    assert {name.split("-")[0] for name in pages} == {name for name, whom in MADE_FOR.items() if "governors" in whom}
    marks = marks_of(packs.roll) | {WRITTEN.encode(), ADULT.encode()}
    for files in pages.values():
        assert [file.suffix for file in files] == [".ipynb", ".html", ".xlsx"]
        for file in files:
            assert not found_in(everything(file), marks), file.name


def test_what_is_sought_in_the_files_of_governors_stands_in_those_of_the_inclusion_manager(packs):
    whole = b"".join(everything(file) for files in for_whom(packs, "inclusion").values() for file in files)
    assert {CANARY.encode(), WRITTEN.encode(), ADULT.encode()} <= {
        *found_in(whole, {CANARY.encode(), WRITTEN.encode(), ADULT.encode()})
    }


def test_whatever_else_a_run_leaves_names_no_pupil_but_the_tables_of_the_inclusion_manager(packs):
    """The register of releases, the record of the run, the calendar, the page of all packs: and the name of each file."""
    marks = marks_of(packs.roll) | {WRITTEN.encode()}
    everywhere = [file for file in packs.folder.parents[1].rglob("*") if file.is_file()]
    of_pages = {
        file for whom in ("inclusion", "department", "governors") for files in for_whom(packs, whom).values() for file in files
    }
    others = {file for file in everywhere if file not in of_pages and file.parent.name != "tables"}
    assert {file.parent.name if file.parent.name == "releases" else file.name for file in others} == {
        "releases", "run.json", "calendar.ics", "index.html",
    }  # fmt: skip
    for file in others:
        hashes = re.sub(rb"[0-9a-f]{32,}", b"", everything(file))  # any few signs may stand in one
        assert not found_in(hashes, marks), file.name
    assert not [file for file in everywhere if found_in(str(file.relative_to(packs.folder.parents[1])).encode(), marks)]


def test_papers_that_lie_ready_for_governors_hold_nothing_of_any_pupil(packs, tmp_path):
    asked = Parameters(school=packs.folder.parents[2] / "school", term=TERM, out=tmp_path / "out")
    folder = prepare(asked, "governors", tmp_path / "papers", published=True)
    marks = {mark.decode() for mark in marks_of(packs.roll)} | {WRITTEN, ADULT}
    for file in folder.iterdir():
        table = pd.read_feather(file).to_csv() if file.suffix == LAID else file.read_text(encoding="utf-8")
        described = str(ipc.open_file(file).schema.metadata) if file.suffix == LAID else ""
        assert not [mark for mark in marks if mark in table + described], file.name
    (register,) = (tmp_path / "out" / "school" / "releases").iterdir()
    assert not found_in(register.read_bytes(), {mark.encode() for mark in marks})
    # Their pages are made of these papers, and so of what is attacked as a release, and of nothing else.
    papers = read_papers(folder)
    for name in for_whom(packs, "governors"):
        page = page_of(drawn(NOTEBOOKS / f"{name.split('-')[0]}.ipynb", papers), papers.title, "governors")
        assert before_how_made(packs.page(name)) == before_how_made(page), name


def test_the_executed_notebook_for_governors_tells_of_no_papers_token_or_environment(packs):
    notebook = packs.of_page("2_review-governors")[0].read_text(encoding="utf-8")
    assert not re.search(r"sentrack-desk|SENTRACK_|\.arrow|token|password|\"widgets\"", notebook)


def test_governors_are_shown_no_small_number_and_none_that_is_not_rounded(packs):
    rates = packs.sheet("2_review-governors", "rates")
    comparisons = packs.sheet("2_review-governors", "comparisons")
    counts = pd.concat([rates["count"], rates["of"], comparisons["n"]]).dropna()
    assert len(counts) and counts.mod(5).eq(0).all() and not counts.between(1, 7).any()
    assert "teaching group" not in set(comparisons["family"])


def test_a_workbook_names_nobody_in_its_properties(packs, name):
    properties = openpyxl.load_workbook(packs.book(name)).properties
    assert not [
        text for text in (properties.creator, properties.lastModifiedBy, properties.title, properties.description) if text
    ]


def taught_french(roll: DataFrame) -> set[str]:
    return set(roll.loc[roll["year_group"].ne(NOT_IN_FRENCH), "pupil_id"])


def test_a_department_reads_of_no_pupil_whom_it_does_not_teach(packs):
    never = packs.roll[~packs.roll["pupil_id"].isin(taught_french(packs.roll))]
    marks = {text.encode() for column in ("pupil_id", "upn", "surname", "forename", "form") for text in never[column]}
    assert len(never) > 10
    files = [file for page, files in for_whom(packs, "department").items() if page.endswith("-french") for file in files]
    assert len(files) == 3 * len([name for name, whom in MADE_FOR.items() if "department" in whom])
    assert all(CANARY.encode() in everything(file) for file in packs.of_page("French"))
    for file in files:
        content = everything(file)
        assert not [mark for mark in marks if mark in content], file.name
    everyone = everything(packs.book("2_review-inclusion"))
    assert any(mark in everyone for mark in marks)


def test_a_department_reads_of_its_own_pupils_nothing_that_it_does_not_need(packs):
    born = {day.encode() for day in packs.roll["date_of_birth"]}
    for file in packs.of_page("French"):
        assert not [day for day in born if day in everything(file)], file.name
    book = openpyxl.load_workbook(packs.book("French"))
    of_pupils = [sheet for sheet in book if "pupil_id" in [cell.value for cell in sheet[1]]]
    assert {sheet.title for sheet in of_pupils} - {"look closer"} == {"flags", "progress"}
    codes = set(packs.roll["ethnicity"]) - {""}
    for sheet in of_pupils:
        headings = {str(cell.value) for cell in sheet[1]}
        assert not headings & {"ethnicity", "date_of_birth", "pupil_premium", "looked_after", "eal", "sex", "disability"}
        assert not codes & {cell.value for row in sheet.iter_rows() for cell in row}
    subjects = {row["subject"] for row in packs.sheet("French", "progress").to_dict("records")}
    assert subjects == {"French"}


def test_only_what_cells_show_comes_onto_a_page(tmp_path):
    new = nbformat.v4
    widget = {"application/vnd.jupyter.widget-view+json": {"model_id": "x"}, "text/plain": "Box()"}
    outputs = [
        new.new_output("stream", name="stderr", text="a warning"),
        new.new_output("execute_result", data={"text/plain": "plain", "text/html": "<p>shown</p>"}),
        new.new_output("display_data", data=widget),
    ]
    shown = new.new_code_cell("code()", outputs=outputs)
    picker = new.new_markdown_cell("Choose here.", metadata={"tags": ["dashboard-only"]})
    nbformat.write(new.new_notebook(cells=[new.new_markdown_cell("# Who?"), shown, picker]), tmp_path / "page.ipynb")
    page = page_of(cells_of(tmp_path / "page.ipynb"), "A & B")
    assert "<p>shown</p>" in page and "Who?" in page and "<title>A &amp; B</title>" in page
    assert not re.search(r"code\(\)|a warning|plain|Box|Choose here", page)
