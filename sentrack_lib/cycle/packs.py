"""Packs: what people take into a meeting. An executed page without its machinery, and its tables as a workbook."""

import io
import re
from pathlib import Path

from sentrack_lib.cycle.notebook_files import nbformat  # isort: skip  # before nbconvert, which imports it the slow way

import numpy as np
from jinja2 import Environment, PackageLoader, select_autoescape
from markupsafe import Markup
from nbconvert.filters import markdown2html
from pandas import DataFrame
from pandas.api.types import is_bool_dtype, is_numeric_dtype
from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from sentrack_lib.sources.files import write_whole
from sentrack_lib.views.papers import Papers
from sentrack_lib.views.tables import judging, planning, sheets

HEADING = re.compile(r'<h2 id="([^"]+)">(.*?)<a')
"""A section's place and title, as they stand on the page."""
NOTEBOOK = re.compile(r'href="(\w+)\.ipynb"')
UNSEEN = '<p class="unseen"'
"""How a part begins that its readers are not shown."""
PLANS = ("3_plan", "4_implement", "5_monitor")
"""Pages whose workbook holds the plan."""
JUDGEMENT = "1_self_evaluation"
"""The page whose workbook holds the self-evaluation."""
WIDEST = 60
"""Letters in the width of a column."""
_PAGES = Environment(loader=PackageLoader("sentrack_lib.cycle", "printed"), autoescape=select_autoescape(default=True))


def write_pack(notebook: Path, papers: Papers, folder: Path) -> list[Path]:
    """The HTML page and the workbook of one executed notebook, under its name; returns the files."""
    page, workbook = folder / f"{notebook.stem}.html", folder / f"{notebook.stem}.xlsx"
    write_whole(page_of(notebook, papers.title, papers.audience), page)
    stem = notebook.stem
    rest = planning if stem.startswith(PLANS) else judging if stem.startswith(JUDGEMENT) else sheets
    write_whole(workbook_of(rest(papers)), workbook)
    return [page, workbook]


def page_of(notebook: Path, title: str, audience: str = "inclusion") -> str:
    """The notebook's words and what its cells showed; no code, no parameters, no state of widgets. A link to another notebook
    leads to that one's page for the same audience."""
    cells = nbformat.read(notebook, as_version=4).cells
    sections: list[list[nbformat.NotebookNode]] = [[]]
    for cell in cells:
        if cell.cell_type == "markdown" and cell.source.startswith("## "):
            sections.append([])
        sections[-1].append(cell)
    shown = [Markup(NOTEBOOK.sub(rf'href="\1-{audience}.html"', block)) for section in sections for block in _section(section)]
    headings = [found for block in shown for found in HEADING.findall(block)]
    return _PAGES.get_template("pack.html").render(title=title, blocks=shown, headings=headings)


def _section(cells: list[nbformat.NotebookNode]) -> list[Markup]:
    """A section without what its readers are not shown; nothing of one in which they are shown nothing."""
    words = [place for place, cell in enumerate(cells) if cell.cell_type == "markdown"] or [0]
    parts = [cells[place:end] for place, end in zip(words, [*words[1:], len(cells)], strict=True)]
    kept = [part for part in parts if not all(map(_unseen, part[1:])) or not part[1:]]
    if not any(part[1:] for part in kept) and any(part[1:] for part in parts):
        return []
    heading = [] if kept[0] is parts[0] else parts[0][:1]
    told = [*heading, *(cell for part in kept for cell in part if not _unseen(cell))]
    return [block for cell in told for block in _blocks(cell)]


def _unseen(cell: nbformat.NotebookNode) -> bool:
    """Whether a cell shows nothing but that its readers are not shown it."""
    shown = ["".join(output.data.get("text/html", "")) for output in cell.get("outputs", []) if "data" in output]
    return bool(shown) and all(UNSEEN in each for each in shown)


def _blocks(cell: nbformat.NotebookNode) -> list[Markup]:
    """What one cell puts on the page."""
    if cell.cell_type == "markdown" and "dashboard-only" not in cell.metadata.get("tags", []):
        return [Markup(markdown2html(cell.source))]
    outputs = [output.data for output in cell.get("outputs", []) if "data" in output]
    return [Markup("".join(data["text/html"])) for data in outputs if "text/html" in data]


def workbook_of(tables: dict[str, DataFrame]) -> bytes:
    """One sheet a table, with a heading that stays, and no cell that a spreadsheet would run."""
    content = io.BytesIO()
    with Workbook(content, {"in_memory": True, "nan_inf_to_errors": True}) as book:
        heading = book.add_format({"bold": True, "bottom": 1})
        for name, table in tables.items():
            _fill(book.add_worksheet(name[:31]), table, heading)
    return content.getvalue()


def _fill(sheet: Worksheet, table: DataFrame, heading: Format) -> None:
    """Write a table column by column, each as the kind it is: pandas, which asks this of each cell, takes three times as long."""
    sheet.freeze_panes(1, 0)
    for place, name in enumerate(table):
        column = table[name].dropna()
        rows = np.flatnonzero(table[name].notna()) + 1
        number = is_numeric_dtype(column) and not is_bool_dtype(column)
        write = sheet.write_number if number else sheet.write_string
        cells = column.tolist() if number else column.astype("str").tolist()
        sheet.write_string(0, place, str(name), heading)
        for row, cell in zip(rows.tolist(), cells, strict=True):
            write(row, place, cell)
        widest = 8 if number else max(map(len, cells), default=0)
        sheet.set_column(place, place, min(WIDEST, max(widest, len(str(name))) + 2))
