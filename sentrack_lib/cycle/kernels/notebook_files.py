"""nbformat, imported without what makes it slow; whoever reads or executes notebooks imports this first."""

import sys
from functools import lru_cache
from pathlib import Path

# jsonschema builds a grammar of web addresses from it, which takes longer than a whole job, and no notebook needs it.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]

import nbformat  # noqa: E402

__all__ = ["cells_in", "nbformat"]


@lru_cache
def cells_in(notebook: Path) -> list[nbformat.NotebookNode]:
    """The cells of a notebook as it is written."""
    return list(nbformat.read(notebook, as_version=4).cells)
