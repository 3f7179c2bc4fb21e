"""Pages drawn where they are asked for, without a kernel: those of classes and of single pupils, of which there are hundreds.

A notebook of stages is a list of parts between words, so that it says by itself what is drawn; nothing else in it is run here.
"""

import re
from functools import lru_cache
from pathlib import Path

from sentrack_lib.cycle.notebook_files import nbformat  # isort: skip  # before nbconvert, which imports it the slow way

from sentrack_lib.errors import WrongUse
from sentrack_lib.views import figures, findings, tables
from sentrack_lib.views.papers import Papers

ROOMS = {"figures": figures, "findings": findings, "tables": tables}
SHOWS = re.compile(r"page\.show\((figures|findings|tables)\.(\w+)\)")
OPENS, LIVE = {"parameters", "setup"}, "dashboard-only"
"""Cells that open papers, which lie ready here; and those for a live page, which show nothing on paper."""


def drawn(notebook: Path, papers: Papers) -> list[nbformat.NotebookNode]:
    """The cells of a notebook as they would be after it was executed over these papers, as far as they show anything."""
    return [_cell(cell, papers) for cell in cells_in(notebook) if not OPENS & {*cell.metadata.get("tags", [])}]


@lru_cache
def cells_in(notebook: Path) -> list[nbformat.NotebookNode]:
    """The cells of a notebook as it is written."""
    return list(nbformat.read(notebook, as_version=4).cells)


def _cell(cell: nbformat.NotebookNode, papers: Papers) -> nbformat.NotebookNode:
    if cell.cell_type != "code" or LIVE in cell.metadata.get("tags", []):
        return cell
    asked = SHOWS.fullmatch(cell.source.strip())
    if not asked:
        raise WrongUse(f"A page that is drawn without a kernel holds nothing but parts, and not: {cell.source.splitlines()[0]}")
    part = getattr(ROOMS[asked[1]], asked[2])(papers)
    shown = nbformat.from_dict({"output_type": "execute_result", "data": {"text/html": part.html()}})
    return nbformat.from_dict({**cell, "outputs": [shown]})
