"""Packs: what people take into a meeting. An executed page without its machinery, and its tables as a workbook."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from sentrack_lib.cycle.kernels.notebook_files import nbformat  # isort: skip  # before nbconvert, which imports it the slow way

from jinja2 import Environment, PackageLoader, select_autoescape
from markupsafe import Markup

from sentrack_lib.cycle.packs.workbooks import book_of, sheets
from sentrack_lib.sources.files import write_whole
from sentrack_lib.views.papers import Papers
from sentrack_lib.views.reading import as_read

HEADING = re.compile(r'<h2 id="([^"]+)">(.*?)<a')
"""A section's place and title, as they stand on the page."""
NOTEBOOK = re.compile(r'href="(\w+)\.ipynb"')
UNSEEN = '<p class="unseen"'
"""How a part begins that its readers are not shown."""
_PAGES = Environment(
    loader=PackageLoader("sentrack_lib.cycle.packs", "printed"), autoescape=select_autoescape(default=True), finalize=as_read
)


def write_pack(
    name: str, cells: Sequence[nbformat.NotebookNode], papers: Papers, folder: Path, made: Mapping[str, str]
) -> list[Path]:
    """The HTML page and the workbook of the cells of a notebook, executed or drawn, under a name; returns the files. `made` says
    how: each thing with its answer."""
    page, book = folder / f"{name}.html", folder / f"{name}.xlsx"
    write_whole(page_of(cells, papers.title, papers.audience, made), page)
    write_whole(book_of(sheets(name, papers)), book)
    return [page, book]


def cells_of(notebook: Path) -> list[nbformat.NotebookNode]:
    """The cells of a notebook that a run has executed and written; papermill has checked them, which takes longer than this."""
    return list(nbformat.v4.reads(notebook.read_text(encoding="utf-8")).cells)


def page_of(
    cells: Sequence[nbformat.NotebookNode], title: str, audience: str = "inclusion", made: Mapping[str, str] | None = None
) -> str:
    """The notebook's words and what its cells showed; no code, no parameters, no state of widgets. A link to another notebook
    leads to that one's page for the same audience."""
    sections: list[list[nbformat.NotebookNode]] = [[]]
    for cell in cells:
        if cell.cell_type == "markdown" and cell.source.startswith("## "):
            sections.append([])
        sections[-1].append(cell)
    shown = [Markup(NOTEBOOK.sub(rf'href="\1-{audience}.html"', block)) for section in sections for block in _section(section)]
    headings = [found for block in shown for found in HEADING.findall(block)]
    return _PAGES.get_template("pack.html").render(title=title, blocks=shown, headings=headings, made=made or {})


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
    """Whether a cell shows nothing but that its readers are not shown it, or is there for a live page alone."""
    if cell.cell_type == "code" and "dashboard-only" in cell.metadata.get("tags", []):
        return True
    shown = ["".join(output.data.get("text/html", "")) for output in cell.get("outputs", []) if "data" in output]
    return bool(shown) and all(UNSEEN in each for each in shown)


def _blocks(cell: nbformat.NotebookNode) -> list[Markup]:
    """What one cell puts on the page."""
    if cell.cell_type == "markdown" and "dashboard-only" not in cell.metadata.get("tags", []):
        return [_words(cell.source)]
    outputs = [output.data for output in cell.get("outputs", []) if "data" in output]
    return [Markup("".join(data["text/html"])) for data in outputs if "text/html" in data]


@lru_cache(1000)
def _words(source: str) -> Markup:
    """The words of a notebook, which are ours, as HTML; the same in every pack."""
    from nbconvert.filters import markdown2html  # loads slowly, and pages are made meanwhile

    return Markup(markdown2html(source))
