"""The termly batch, beside a loop of the plain `papermill` command over the same notebooks and parameters.

Both begin with the files of the school and end with the executed notebooks; the batch makes packs as well. What the pages show
must be the same, to the sign; else there is no measure. Strictly measured, the papers of each page are laid ready for the plain
command, so that it need not read and measure the school, as the batch does once: what is left is the cost of a notebook. They are
laid ready in any case where the inclusion manager would be shown forms to write on, which no batch shows.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from statistics import median
from typing import Any

import nbformat

from benchmarks.measuring import PROJECT, QUIET, Measured, Plan, desk, seconds

GOAL = 15
PARAMETERS = ("audience", "subject", "year_group")


def measure(plan: Plan) -> dict[str, Measured]:
    """Seconds of a whole run into a fresh folder, and of the plain loop: some of its pages, times as many as there are."""
    _run(plan.parameters, desk("batch-warm"))
    record = _record(desk("batch-warm"))
    pages = record["notebooks"] if plan.full else _spread(record["notebooks"], plan.plain_pages)
    asked = [(page, _papers(record, page)) for page in pages]
    ours, plain, strict = [], [], []
    for turn, (page, papers) in enumerate(asked):
        if turn < plan.rounds:
            ours.append(seconds(lambda turn=turn: _run(plan.parameters, desk(f"batch-{turn}"))))
        plain.append(_by_papermill(record, page, papers if _has_forms(page) else None))
        strict.append(_by_papermill(record, page, papers))
    peers = {"batch": plain, "batch_strict": strict}
    return {name: _beside(median(ours), peer, len(record["notebooks"])) for name, peer in peers.items()}


def _beside(ours: float, plain: list[float], pages: int) -> Measured:
    peer = sum(plain) / len(plain) * pages
    unit = "s" if len(plain) == pages else f"s (peer: {len(plain)} of {pages} pages measured, multiplied)"
    return Measured(ours, peer, peer / ours, unit, f"the peer takes at least {GOAL} times as long", peer / ours >= GOAL)


def _run(parameters: Path, out: Path) -> None:
    subprocess.run([sys.executable, "-m", "sentrack_lib", "run", parameters, "--out", out], check=True, **QUIET)


def _record(out: Path) -> dict[str, Any]:
    """What the run says it did; its pages and their parameters are those of the plain loop."""
    (file,) = out.glob("*/*/run.json")
    return json.loads(file.read_text(encoding="utf-8"))


def _spread(pages: list[dict[str, Any]], count: int) -> list[dict[str, Any]]:
    """So many of the pages, one from the middle of each stretch of the list."""
    count = min(count, len(pages))
    return [pages[(2 * turn + 1) * len(pages) // (2 * count)] for turn in range(count)]


def _papers(record: dict[str, Any], page: dict[str, Any]) -> Path:
    """The same papers as in the run, laid ready."""
    folder = desk("papers") / f"{page['audience']}-{page['subject']}"
    if not folder.exists():
        folder.parent.mkdir(exist_ok=True)
        wanted = {name: record["parameters"][name] for name in ("school", "term")} | {name: page[name] for name in PARAMETERS[:2]}
        preparing = [sys.executable, "-m", "sentrack_lib.cycle.papers.preparing", json.dumps(wanted), folder]
        subprocess.run(preparing, check=True, **QUIET)
    return folder


def _must_be_alike(page: str) -> None:
    """Raise where a page of the run shows anything else than the one that the plain command made."""
    (ours,) = desk("batch-warm").glob(f"*/*/notebooks/{page}.ipynb")
    mine, theirs = (_shown(file) for file in (ours, desk(f"{page}.ipynb")))
    unlike = [number for number, (one, other) in enumerate(zip(mine, theirs, strict=True), 1) if one != other]
    if unlike:
        raise RuntimeError(f"{page}: cells {unlike} show something else than with the plain command.")


def _shown(notebook: Path) -> list[Any]:
    return [cell.get("outputs") for cell in nbformat.read(notebook, as_version=4).cells]


def _has_forms(page: dict[str, Any]) -> bool:
    return page["audience"] == "inclusion" and "open_records" in _source(page).read_text(encoding="utf-8")


def _source(page: dict[str, Any]) -> Path:
    return PROJECT / "notebooks" / f"{page['notebook']}.ipynb"


def _by_papermill(record: dict[str, Any], page: dict[str, Any], papers: Path | None = None) -> float:
    """The seconds that the plain command takes for a page, with its papers laid ready or as anybody would type it."""
    given = {name: record["parameters"][name] for name in ("school", "term")} | {name: page[name] for name in PARAMETERS}
    words = [word for name, value in given.items() for word in ("-r", name, value)]
    command = [sys.executable, "-m", "papermill", _source(page), desk(f"{page['name']}.ipynb"), *words]
    around = {**os.environ, **({"SENTRACK_PAPERS": str(papers)} if papers else {})}
    took = seconds(lambda: subprocess.run(command, check=True, **QUIET, env=around))
    _must_be_alike(page["name"])
    return took
