"""The page of all packs of a term: for whom each is, how it ended, and when it was made."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, select_autoescape
from pandas import DataFrame, Series

from sentrack_lib.cycle.kernels.notebook_files import cells_in
from sentrack_lib.cycle.papers import pages
from sentrack_lib.cycle.runs.record import DONE, INDEX
from sentrack_lib.sources.files import write_whole
from sentrack_lib.views.papers import ALL
from sentrack_lib.views.reading import as_read

GROUPS = {
    "The whole school": lambda entry: entry["audience"] == "inclusion" and _kind(entry) == "school",
    "Governors": lambda entry: entry["audience"] == "governors",
    "By subject": lambda entry: _kind(entry) == "subject",
    "By year group": lambda entry: _kind(entry) == "year_group",
    "By class": lambda entry: _kind(entry) == "teaching_group",
    "By pupil": lambda entry: _kind(entry) == "pupil",
}
"""The parts of the page, in order; each pack stands in the first that fits."""
_PAGES = Environment(
    loader=PackageLoader("sentrack_lib.cycle.runs", "printed"), autoescape=select_autoescape(default=True), finalize=as_read
)


def write_contents(folder: Path, entries: Iterable[Mapping[str, Any]], tables: Mapping[str, DataFrame]) -> Path:
    """Write the page of all packs into their folder; it is left as it is where nothing has changed."""
    names = _names(tables["roll"])
    groups: dict[str, list[dict[str, Any]]] = {title: [] for title in GROUPS}
    for entry in entries:
        title = next(title for title, fits in GROUPS.items() if fits(entry))
        groups[title].append(_line(entry, names))
    about = tables["about"].iloc[0]
    shown = {title: rows for title, rows in groups.items() if rows}
    page = _PAGES.get_template("packs.html").render(school=about["school"], term=about["label"], groups=shown)
    file = folder / INDEX
    if not file.is_file() or file.read_text(encoding="utf-8") != page:
        write_whole(page, file)
    return file


def _kind(entry: Mapping[str, Any]) -> str:
    """The narrowest part of the school that a pack is about."""
    return next((part for part in ("pupil", "teaching_group", "year_group", "subject") if entry.get(part, ALL) != ALL), "school")


def _line(entry: Mapping[str, Any], names: "Series[str]") -> dict[str, Any]:
    kind = _kind(entry)
    part = str(entry[kind]) if kind != "school" else ""
    told = {
        "pupil": str(names.get(part, part)),
        "teaching_group": f"{entry['subject']}, group {part}",
        "year_group": f"Year {part}",
    }.get(kind, part)
    files = [file.removeprefix("packs/") for file in entry.get("files", {}) if file.startswith("packs/")]
    done = entry["status"] == DONE
    made = datetime.fromisoformat(entry["made_at"]).astimezone() if done and entry.get("made_at") else None
    return {
        "part": told,
        "question": _question(entry["notebook"]),
        "files": {file.rsplit(".", 1)[1]: file for file in files} if done else {},
        "status": "made" if done else f"{entry['status']}: see run.json",
        "made_on": f"{made.day} {made:%B %Y, %H:%M}" if made else "",
    }


def _question(notebook: str) -> str:
    """What a notebook asks: its first line."""
    return str(cells_in(pages.NOTEBOOKS / f"{notebook}.ipynb")[0].source).splitlines()[0].lstrip("# ")


def _names(roll: DataFrame) -> "Series[str]":
    called = roll["surname"].astype("str").fillna("") + ", " + roll["forename"].astype("str").fillna("")
    return called.set_axis(roll["pupil_id"])
