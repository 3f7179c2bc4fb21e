"""Pages drawn where they are asked for, without a kernel: those of classes and of single pupils, of which there are hundreds.

A notebook of stages is a list of parts between words, so that it says by itself what is drawn; nothing else in it is run here.
"""

import re
from collections.abc import Callable
from pathlib import Path

from sentrack_lib.cycle.kernels.notebook_files import cells_in, nbformat  # isort: skip  # before nbconvert, which imports it the slow way

from sentrack_lib.errors import WrongUse
from sentrack_lib.views import figures, findings, tables
from sentrack_lib.views.papers import Papers
from sentrack_lib.views.parts import Part

ROOMS = {"figures": figures, "findings": findings, "tables": tables}
SHOWS = re.compile(r"page\.show\((figures|findings|tables)\.(\w+)\)")
OPENS, LIVE = {"parameters", "setup"}, "dashboard-only"
"""Cells that open papers, which lie ready here; and those for a live page, which show nothing on paper."""


def drawn(notebook: Path, papers: Papers) -> list[nbformat.NotebookNode]:
    """The cells of a notebook as they would be after it was executed over these papers, as far as they show anything."""
    return [_cell(cell, papers) for cell in cells_in(notebook) if not OPENS & {*cell.metadata.get("tags", [])}]


def _cell(cell: nbformat.NotebookNode, papers: Papers) -> nbformat.NotebookNode:
    if cell.cell_type != "code" or LIVE in cell.metadata.get("tags", []):
        return cell
    asked = SHOWS.fullmatch(cell.source.strip())
    if not asked:
        raise WrongUse(f"A page that is drawn without a kernel holds nothing but parts, and not: {cell.source.splitlines()[0]}")
    shown = _shown(getattr(ROOMS[asked[1]], asked[2]), papers)
    return nbformat.from_dict({**cell, "outputs": [{"output_type": "execute_result", "data": {"text/html": shown}}]})


def _shown(part: Callable[[Papers], Part], papers: Papers) -> str:
    """What a part shows; one that is the same on many pages is drawn once."""
    followed: tuple[str, ...] | None = getattr(part, "follows", None)
    if followed is None:
        return part(papers).html()
    place = {name: getattr(papers, name) for name in followed}
    return papers.once((part, *place.values()), lambda whole: part(whole.on(**place)).html())
