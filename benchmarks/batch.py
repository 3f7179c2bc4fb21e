"""The termly batch, beside a loop of the plain `papermill` command over the same notebooks, parameters and papers."""

import json
import os
import subprocess
import sys
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.measuring import PROJECT, QUIET, Measured, Plan, desk, seconds

GOAL = 15
PARAMETERS = ("audience", "subject", "year_group")


def measure(plan: Plan) -> dict[str, Measured]:
    """Seconds of a whole run into a fresh folder, and of the plain loop: some of its pages, times as many as there are."""
    _run(plan.parameters, desk("batch-warm"))
    record = _record(desk("batch-warm"))
    pages = record["notebooks"] if plan.full else _spread(record["notebooks"], plan.plain_pages)
    asked = [(page, _papers(record, page)) for page in pages]
    ours, plain = [], []
    for turn, (page, papers) in enumerate(asked):
        if turn < plan.rounds:
            ours.append(seconds(lambda turn=turn: _run(plan.parameters, desk(f"batch-{turn}"))))
        plain.append(seconds(lambda page=page, papers=papers: _papermill(record, page, papers)))
    return {"batch": _beside(median(ours), plain, len(record["notebooks"]))}


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
    """The same papers as in the run, laid ready, so that the plain loop does not have to read and measure the school."""
    folder = desk("papers") / f"{page['audience']}-{page['subject']}"
    if not folder.exists():
        folder.parent.mkdir(exist_ok=True)
        wanted = {name: record["parameters"][name] for name in ("school", "term")} | {name: page[name] for name in PARAMETERS[:2]}
        preparing = [sys.executable, "-m", "sentrack_lib.cycle.preparing", json.dumps(wanted), folder]
        subprocess.run(preparing, check=True, **QUIET)
    return folder


def _papermill(record: dict[str, Any], page: dict[str, Any], papers: Path) -> None:
    given = {name: record["parameters"][name] for name in ("school", "term")} | {name: page[name] for name in PARAMETERS}
    words = [word for name, value in given.items() for word in ("-r", name, value)]
    source = PROJECT / "notebooks" / f"{page['notebook']}.ipynb"
    command = [sys.executable, "-m", "papermill", source, desk(f"{page['name']}.ipynb"), *words]
    subprocess.run(command, check=True, **QUIET, env={**os.environ, "SENTRACK_PAPERS": str(papers)})
