"""Run all measures, print a table, and write bench.json."""

import argparse
import json
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.measuring import PROJECT, Measured, Plan
from sentrack_lib.cycle.kernels.environment import tidy_seldom

MODULES = ("load_check_measure", "imported", "growth_with_size", "picker", "first_content", "batch", "reviewed")
"""The review comes last: it holds large schools in this process, and what a process begun later holds is counted from there."""


def main(words: Sequence[str] | None = None) -> None:
    """Measure what was asked for."""
    asked = _asked(words)
    plan = Plan.tiny(asked.tiny) if asked.tiny else Plan(full=asked.full)
    found = {name: each for of_module in measured(plan, asked.only or MODULES).values() for name, each in of_module.items()}
    Console(width=150).print(_table(found))
    asked.out.parent.mkdir(parents=True, exist_ok=True)
    written = {name: each.written for name, each in found.items()}
    asked.out.write_text(json.dumps(written, indent=1) + "\n", encoding="utf-8")


def measured(plan: Plan, modules: Sequence[str] = MODULES) -> dict[str, dict[str, Measured]]:
    """What each of some modules measures."""
    tidy_seldom()  # as the command does
    found = {}
    with Console(stderr=True).status("measuring") as status:
        for name in modules:
            status.update(f"measuring {name}")
            found[name] = import_module(f"benchmarks.{name}").measure(plan)
    return found


def _asked(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--full", action="store_true", help="the whole plain loop, and a school of 120,000 pupils: half an hour")
    parser.add_argument("--only", nargs="+", choices=MODULES, help="these measures alone")
    parser.add_argument("--out", type=Path, default=PROJECT / "outputs" / "bench.json", help="where bench.json goes")
    parser.add_argument(
        "--tiny", type=Path, metavar="PARAMETERS", help="small schools, one round: shows only that all of it works"
    )
    return parser.parse_args(words)


def _table(found: dict[str, Measured]) -> Table:
    table = Table("measure", "ours", "peer", "ratio", "unit", "goal", "met", title="Two things compared were measured in turns")
    for name, measured in found.items():
        numbers = ["" if each is None else f"{each:,.2f}" for each in (measured.ours, measured.peer, measured.ratio)]
        table.add_row(name, *numbers, measured.unit, measured.goal, "yes" if measured.met else "no")
    return table


if __name__ == "__main__":
    main()
