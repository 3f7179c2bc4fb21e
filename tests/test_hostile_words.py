"""Whatever a name holds, it stays words in every file and on every page: nothing runs, breaks or reads backwards."""

import base64
import io
import re
from pathlib import Path
from xml.etree import ElementTree

import nbformat
import openpyxl
import pandas as pd
import pytest
import yaml
from icalendar import Calendar
from jinja2 import Environment
from pandas import DataFrame
from test_packs import Read

from sentrack_lib.cli import main
from sentrack_lib.cycle.dashboards.heads import heads
from sentrack_lib.cycle.packs.calendar_file import write_calendar
from sentrack_lib.cycle.packs.printing import browser, print_pdf
from sentrack_lib.cycle.packs.workbooks import workbook_of
from sentrack_lib.cycle.packs.writing import page_of
from sentrack_lib.cycle.papers.opening import LAID, lay
from sentrack_lib.cycle.papers.pages import Page
from sentrack_lib.cycle.runs.contents import write_contents
from sentrack_lib.sources.files import write_table
from sentrack_lib.views.figures.drawing import finished, lines
from sentrack_lib.views.letters import Printed
from sentrack_lib.views.parts import Figure, Sentences, Table, Unseen
from sentrack_lib.views.reading import legible
from sentrack_lib.views.tables.minutes import Document

WORDS = {
    "script": "<script>document.title='hit'</script>",
    "image": "<img src=q onerror=\"document.title='hit'\">",
    "end of a page": "</title></svg></style>--><svg onload=hit()>",
    "end of data": "]]></svg><script>hit()</script>",
    "template": "{{ 7 * 7 }}{% raw %}${7*7}",
    "formula": '=HYPERLINK("http://an.invalid","x")',
    "plus": "+1+cmd|' /C calc'!A0",
    "minus": "-2+3",
    "at": "@SUM(1+1)",
    "lines": "Kim\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nSUMMARY:hit",
    "lone return": "Kim\rATTACH:http://an.invalid",
    "separator": "Kim\u2028Fictley\u2029x",
    "backwards": "Kim\u202egpj.exe",
    "isolated": "\u2067Kim\u2066",
    "quotes": '"O\'Fictley" `x` \\',
    "nought": "Kim\x00Fictley",
    "terminal": "Kim\x1b]0;hit\x07\x1b[31m",
    "column": "Kim\x0bFictley\x85\x9b",
    "no letter": "Kim\ufffe\uffff",
    "many signs": "\U0001f9d2\U0001f3fd\u200d\U0001f9bd",
    "paths": "../../etc/passwd\\..\\CON:*?|",
    "long": "x" * 40_000,
}
UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff\ud800-\udfff]")


@pytest.fixture(params=WORDS.values(), ids=WORDS)
def words(request) -> str:
    return request.param


def plain(text: str) -> str:
    """A text as it is compared: a browser takes any space for one."""
    return re.sub(r"\s+", " ", legible(text)).strip()


def harmless(page: str, words: str, *tags: str) -> Read:
    """The page as a browser reads it: it shows the words, and holds no tag and no sign of theirs."""
    page.encode()
    assert not UNSEEN.search(page)
    read = Read(page)
    assert not {"script", "iframe", "object", "form", "b", *tags} & {tag for tag, _ in read.tags}
    assert not [key for _, given in read.tags for key in given if key.startswith("on")]
    assert not [image for image in read.all("img") if image.get("src") == "q"]
    assert plain(words) in plain(read.text)
    return read


def test_parts_of_a_page_show_words_and_nothing_else(words):
    table = Table(DataFrame({words: [words, "x"]}), f"Title {words}", f"Note {words}")
    for part in (table, Sentences([words]), Sentences([words, words]), Unseen(words), Table(DataFrame(), words)):
        harmless(part.html(), words, "svg", "img")


def test_a_figure_is_whole_whatever_its_words_and_says_them_in_its_alternative_text(words):
    axes = lines([words, "another"], f"Question {words[:200]}")
    axes.plot([0, 1], [0, 1], label=words[:200])
    figure = Figure.of(finished(axes, words[:200]), f"Alternative {words}")
    drawn = ElementTree.fromstring(figure.svg)
    assert figure.width < 3_000
    tags = {each.tag.rsplit("}")[-1] for each in drawn.iter()}
    assert not {"script", "foreignObject", "image", "a"} & tags
    assert not [key for each in drawn.iter() for key in each.attrib if key.startswith("on")]
    frame, image = Read(figure.html()).tags
    assert frame[0] == "div" and set(frame[1]) == {"class", "role", "aria-label", "tabindex", "style"}
    assert image[0] == "img" and set(image[1]) == {"style", "alt", "src"}
    assert plain(image[1]["alt"] or "") == plain(f"Alternative {words}")


def test_a_letter_and_the_minutes_of_a_meeting_stay_words_also_as_a_document_of_their_own(words):
    page = Printed("letter", f"Top {words}", f"Title {words}", [f"Dear {words}"], [(f"Heading {words}", [words])], [words])
    shown = harmless(page.html(), words, "img", "svg")
    assert len(shown.all("section")) == 1
    read = Read(Document(page, "minutes 3 May 2026.html").html())
    (link,) = read.all("a")
    assert link["download"] == "minutes 3 May 2026.html"
    document = base64.b64decode((link["href"] or "").removeprefix("data:text/html;base64,")).decode()
    whole = harmless(document, words, "img", "svg")
    assert len(whole.all("title")) == len(whole.all("body")) == 1 and "hit" not in document.split("</title>")[0].split("<")[0]


def test_a_pack_and_the_page_of_all_packs_are_called_by_words(words, tmp_path):
    cells = [nbformat.v4.new_markdown_cell("# Who?")]
    made = harmless(page_of(cells, f"Title {words}", made={f"What {words}": words}), words, "img", "svg")
    assert len(made.all("title")) == 1
    about = DataFrame({"school": [words], "label": [words]})
    roll = DataFrame({"pupil_id": ["P1"], "surname": [words], "forename": [words]})
    parts = [{"pupil": "P1"}, {"subject": words}, {"subject": "x", "teaching_group": words}, {"year_group": words}]
    whole = {"name": "n", "notebook": "pupil", "audience": "inclusion", "subject": "all", "status": words, "files": {}}
    entries = [{**whole, **part} for part in parts]
    page = write_contents(tmp_path, entries, {"roll": roll, "about": about}).read_text(encoding="utf-8")
    assert len(harmless(page, words, "img", "svg").all("title")) == 1


def test_files_of_packs_have_names_that_every_disk_takes(words):
    pages = [Page("2_review", "department", subject=words), Page("2_review", "department", subject="x", teaching_group=words)]
    pages += [Page("2_review", "inclusion", year_group=words), Page("pupil", "inclusion", pupil=words)]
    for page in pages:
        assert re.fullmatch(r"[a-z0-9_-]{1,90}", page.name) and words not in page.name


def test_a_workbook_keeps_words_as_text_and_cuts_what_no_cell_holds(words):
    sheet = openpyxl.load_workbook(io.BytesIO(workbook_of({"a sheet": DataFrame({words: [words]})})))["a sheet"]
    if words.isprintable():
        assert [str(cell.value) for cell in sheet["A"]] == [words[:32_767]] * 2
    assert {cell.data_type for cell in sheet["A"]} == {"s"} and not [cell for cell in sheet["A"] if cell.hyperlink]


def test_a_table_as_csv_holds_no_formula_and_no_more_rows_than_there_are(words, tmp_path):
    write_table(DataFrame({"name": [words], "other": ["x"]}), tmp_path / "t.csv")
    read = pd.read_csv(tmp_path / "t.csv", dtype="str", keep_default_na=False)
    assert len(read) == 1 and read.loc[0, "other"] == "x"
    assert not re.match(r"[=+\-@\t\r]", read.loc[0, "name"])


def test_a_calendar_has_as_many_lines_and_events_as_are_due(words, tmp_path):
    written = dict.fromkeys(("subject", "about", "owner"), words)
    due = {"kind": ["action", "annual review"], "step": None, "id": words[:300], "table": "actions", "pupil_id": None, "days": 3}
    write_calendar(DataFrame({**due, **written, "on": pd.to_datetime(["2026-03-02"] * 2)}), tmp_path / "due.ics", words)
    content = (tmp_path / "due.ics").read_bytes()
    rows = content.split(b"\r\n")
    assert not [row for row in rows if re.search(rb"[\x00-\x08\n-\x1f\x7f]", row) or len(row) > 75]
    events = Calendar.from_ical(content).walk("VEVENT")
    assert len(events) == 2 and not [name for event in events for name in event if name in ("ATTACH", "URL", "ATTENDEE")]
    assert plain(words) in plain(str(events[0]["summary"]))


def test_the_head_of_the_dashboards_says_the_school_in_words(words, tmp_path):
    papers, frame = tmp_path / "papers", Path(heads.__wrapped__.__code__.co_filename).parent / "frame" / "index.html.j2"
    papers.mkdir()
    (papers / "audience").write_text("governors")
    lay(DataFrame({"school": [words], "label": ["Summer 2026"]}), papers / f"about{LAID}")
    line = next(line for line in frame.read_text(encoding="utf-8").splitlines() if "about.school" in line)
    shown = Environment(autoescape=False).from_string(line).render(page_config=heads(tmp_path, papers))
    harmless(shown, words, "img", "svg")


def test_no_word_of_a_file_steers_the_terminal(words, monkeypatch, capsys, tmp_path):
    file = tmp_path / "parameters.yml"
    file.write_text(yaml.safe_dump({"school": "nowhere", "term": "2025-26-summer", words: 1}), encoding="utf-8")
    monkeypatch.setattr("sys.argv", ["sentrack", "run", str(file)])
    with pytest.raises(SystemExit) as left:
        main()
    out, error = capsys.readouterr()
    assert left.value.code and out == "" and not UNSEEN.search(error)
    assert plain(words)[:30] in plain(error)


@pytest.mark.skipif(browser() is None, reason="there is no Chromium on this machine")
def test_a_pdf_is_called_by_words(tmp_path):
    words = [WORDS[kind] for kind in ("script", "end of a page", "backwards", "quotes", "terminal", "nought")]
    page = tmp_path / "page.html"
    page.write_text(page_of([nbformat.v4.new_markdown_cell("# Who?")], " ".join(words)), encoding="utf-8")
    content = print_pdf(page).read_bytes()
    (title,) = re.findall(rb"/Title <FEFF([0-9A-F]+)>|/Title \((.*)\)", content)
    told = bytes.fromhex(title[0].decode()).decode("utf-16-be") if title[0] else title[1].decode("latin-1")
    assert not UNSEEN.search(told) and b"/JavaScript" not in content and b"/Launch" not in content
    assert "Kimgpj.exe" in told
