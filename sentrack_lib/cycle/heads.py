"""What stands at the head of every page of the dashboards: the school, the term, for whom it is, and the stages of the cycle."""

from functools import cache
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd

FOR_WHOM = {
    "inclusion": "For the inclusion manager",
    "department": "For a department",
    "governors": "For governors",
    "parent": "For parents",
}
PICKERS = "page.pickers("
"""Stands in the source of a page that follows what is picked."""


@cache
def heads(pages: Path, papers: Path) -> dict[str, Any]:
    """Of a folder of pages and the papers that they show: `questions` by file, `stages` in their order, `about` the school."""
    notebooks = {file: nbformat.read(file, as_version=4) for file in sorted(pages.glob("*.ipynb"), key=_order)}
    stages = [{"file": file.name, "name": called(file.stem), "follows": _follows(book)} for file, book in notebooks.items()]
    about = pd.read_parquet(papers / "about.parquet", columns=["school", "label"]).iloc[0]
    audience = (papers / "audience").read_text(encoding="utf-8")
    said = {"school": str(about["school"]), "term": str(about["label"]), "audience": FOR_WHOM.get(audience, f"For {audience}")}
    return {"questions": {file.name: question(book) for file, book in notebooks.items()}, "stages": stages, "about": said}


def question(notebook: nbformat.NotebookNode) -> str:
    """What a notebook asks: its first line."""
    return str(notebook.cells[0].source).splitlines()[0].lstrip("# ")


def called(stem: str) -> str:
    """What a page is called in the navigation: `2_review` is Review."""
    words = stem.lstrip("0123456789_").replace("_", "-")
    return words[:1].upper() + words[1:]


def _order(file: Path) -> tuple[bool, str]:
    """The page where one begins comes first, then the stages by their numbers."""
    return file.stem != "home", file.stem


def _follows(notebook: nbformat.NotebookNode) -> bool:
    return any(PICKERS in cell.source for cell in notebook.cells if cell.cell_type == "code")
