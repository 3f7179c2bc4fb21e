"""What stands at the head of every page of the dashboards: the school, the term, for whom it is, and the stages of the cycle."""

from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

import nbformat
import pandas as pd

from sentrack_lib.cycle.papers.opening import LAID, read_papers
from sentrack_lib.views.reading import legible

FOR_WHOM = {
    "inclusion": "For the inclusion manager",
    "department": "For a department",
    "governors": "For governors",
    "parent": "For parents",
}
MOST_NAMED = 3
SECTION = "## "
PICKERS = "page.pickers("
"""Stands in the source of a page that follows what is picked."""


@cache
def heads(pages: Path, papers: Path) -> dict[str, Any]:
    """Of a folder of pages and the papers they show: `questions`, `sections`, `stages` in their order, `about` the school."""
    notebooks = {file: nbformat.read(file, as_version=4) for file in sorted(pages.glob("*.ipynb"), key=_order)}
    stages = [{"file": file.name, "name": called(file.stem), "follows": _follows(book)} for file, book in notebooks.items()]
    about = pd.read_feather(papers / f"about{LAID}", columns=["school", "label"]).iloc[0]
    audience = (papers / "audience").read_text(encoding="utf-8")
    said = {"school": legible(str(about["school"])), "term": str(about["label"]), "audience": _for_whom(audience, papers)}
    asked, parts = ({file.name: read(book) for file, book in notebooks.items()} for read in (question, sections))
    return {"questions": asked, "sections": parts, "stages": stages, "about": said}


def _for_whom(audience: str, papers: Path) -> str:
    """Whom the pages are for; of a department also its subjects, while they fit into a line."""
    said = FOR_WHOM.get(audience, f"For {audience}")
    if audience != "department":
        return said
    subjects = read_papers(papers).choices("subject")
    return f"{said}: {legible(', '.join(subjects))}" if 0 < len(subjects) <= MOST_NAMED else said


def question(notebook: nbformat.NotebookNode) -> str:
    """What a notebook asks: its first line."""
    return str(notebook.cells[0].source).splitlines()[0].lstrip("# ")


def sections(notebook: nbformat.NotebookNode) -> list[tuple[str, str]]:
    """The headings of a notebook, each with the place in an address to which it is drawn."""
    told = [line for cell in notebook.cells if cell.cell_type == "markdown" for line in cell.source.splitlines()]
    titles = [line.removeprefix(SECTION).strip() for line in told if line.startswith(SECTION)]
    return [(quote(title.replace(" ", "-")), title) for title in titles]


def called(stem: str) -> str:
    """What a page is called in the navigation: `2_review` is Review."""
    words = stem.lstrip("0123456789_").replace("_", "-")
    return words[:1].upper() + words[1:]


def _order(file: Path) -> tuple[bool, str]:
    """The page where one begins comes first, then the stages by their numbers."""
    return file.stem != "home", file.stem


def _follows(notebook: nbformat.NotebookNode) -> bool:
    return any(PICKERS in cell.source for cell in notebook.cells if cell.cell_type == "code")
