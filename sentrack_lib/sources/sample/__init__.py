"""An invented school: believable tables of an English secondary in which the truths are known, to try and to test with."""

from pathlib import Path

from sentrack_lib.errors import WrongUse
from sentrack_lib.sources.sample.in_memory import school_of
from sentrack_lib.sources.sample.invention import Invention, invent
from sentrack_lib.sources.sample.paper import write_paper, write_tables

SMALLEST = 20
"""Fewer pupils than this make no school of five year groups."""


def write_sample(folder: Path, pupils: int = 600, terms: int = 6, seed: int = 1) -> None:
    """Write an invented school of `pupils` pupils over `terms` terms, the last 2025-26-summer; the same seed, the same bytes."""
    if pupils < SMALLEST or terms < 1:
        raise WrongUse(f"An invented school needs {SMALLEST} pupils and 1 term or more; {pupils} and {terms} were asked for.")
    if Path(folder).is_file() or (
        Path(folder).is_dir() and any(Path(folder).iterdir()) and not (Path(folder) / "truths.yml").exists()
    ):
        raise WrongUse(f"{folder} is not empty and holds no invented school. Name a new folder; nothing was written.")
    school = invent(pupils, terms, seed)
    write_paper(Path(folder), school)
    write_tables(Path(folder), school)


__all__ = ["Invention", "invent", "school_of", "write_sample"]
