"""On a dashboard: a picker is changed, and every part of the page is painted anew."""

import json
import re
import subprocess
import sys
from pathlib import Path
from statistics import median

from benchmarks.measuring import PROJECT, Measured, Plan, desk, seconds

GOAL = 300


def measure(plan: Plan) -> dict[str, Measured]:
    """The middle time, in milliseconds, over places that the page has not shown before."""
    command = [sys.executable, "-m", "benchmarks.picker", str(plan.parameters), str(desk("picker"))]
    said = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True)
    middle = 1000 * median(json.loads(said.stdout.splitlines()[-1]))
    return {"picker": Measured(middle, None, None, "ms", f"at most {GOAL} ms", middle <= GOAL)}


def parts_of(notebook: Path) -> list[tuple[str, str]]:
    """The parts that a notebook shows, in its order: (`figures`, `by_sen`), …"""
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    shown = [re.fullmatch(r"page\.show\((\w+)\.(\w+)\)", "".join(cell["source"]).strip()) for cell in cells]
    return [(found[1], found[2]) for found in shown if found]


def repaints(parameters: Path, folder: Path) -> list[float]:
    """Seconds of each repaint: every subject for the whole school, then every subject of one year group after another."""
    import sentrack_lib
    from sentrack_lib.cycle.papers import read_papers
    from sentrack_lib.cycle.preparing import prepare
    from sentrack_lib.settings import Parameters

    papers = read_papers(prepare(Parameters.read(parameters), "inclusion", folder))
    page = sentrack_lib.Page(papers)
    year, subject, _ = page.pickers().children[0].children
    for module, name in parts_of(PROJECT / "notebooks" / "2_review.ipynb"):
        page.show(getattr(getattr(sentrack_lib, module), name))
    subjects, years = papers.choices("subject"), papers.choices("year_group")
    steps = [(subject, each) for each in subjects]
    steps += [step for each in years for step in ((year, each), (subject, subjects[int(each) % len(subjects)]))]
    return [seconds(lambda picker=picker, value=value: setattr(picker, "value", value)) for picker, value in steps]


if __name__ == "__main__":
    import os

    os.environ["SENTRACK_DASHBOARD"] = "1"
    print(json.dumps(repaints(Path(sys.argv[1]), Path(sys.argv[2]))))
