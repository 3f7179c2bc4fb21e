"""How long things take: docs/speed.md and docs/speed.png, from the benchmarks (python docs/speed.py; twenty quiet minutes)."""

import sys
from importlib import import_module
from pathlib import Path

import psutil

PROJECT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(PROJECT)]

from benchmarks.__main__ import MODULES, measured  # noqa: E402
from benchmarks.measuring import Measured, Plan  # noqa: E402

Found = dict[str, dict[str, Measured]]
GIGABYTE = 1024**3
TO_THE_LARGEST = ("growth_with_size", "reviewed")
"""What is measured up to a school of 120,000 pupils, which asks for 12 GB of memory; the rest is of one of 1,200."""
HEAD = """# How long things take

Made by `python docs/speed.py` on a machine with {processors} processors and {memory:.0f} GB of memory; run it again to repeat it.
Machines differ, and so does one machine from minute to minute: look at the ratios. Two things compared were measured in turns.

![What sentrack takes, of what the things take that it is held against](speed.png)

"""
ROW = "| {} | {} | {} | {} | {} | {} |"


def main() -> None:
    of_one = measured(Plan(), [name for name in MODULES if name not in TO_THE_LARGEST])
    found = of_one | measured(Plan(full=True), TO_THE_LARGEST)
    machine = {"processors": psutil.cpu_count(), "memory": psutil.virtual_memory().total / GIGABYTE}
    sections = "\n".join(section(name, found[name]) for name in MODULES)
    (PROJECT / "docs" / "speed.md").write_text(HEAD.format(**machine) + sections, encoding="utf-8")
    draw(found)


def section(module: str, found: dict[str, Measured]) -> str:
    """What a module measures, in its own words, and what it found."""
    told = (import_module(f"benchmarks.{module}").__doc__ or "").strip()
    head = ROW.format("measure", "sentrack", "held against", "ratio", "goal", "met"), "|" + " --- |" * 6
    rows = [ROW.format(name, *written(each), each.goal, "yes" if each.met else "no") for name, each in found.items()]
    more = [*told.splitlines()[2:], ""] if len(told.splitlines()) > 2 else []
    return "\n".join([f"## {told.splitlines()[0]}", "", *more, *head, *rows, ""])


def written(each: Measured) -> tuple[str, str, str]:
    """Ours and the peer's with their unit, and the ratio; blank where there is none."""
    unit = each.unit.split(" (")[0]
    ours, peer = (f"{value:,.2f} {unit}" if value is not None else "" for value in (each.ours, each.peer))
    return ours, peer, f"{each.ratio:.2f}" if each.ratio is not None else ""


def draw(found: Found) -> None:
    """Of what has a peer, our part of the peer's time or memory."""
    import matplotlib.pyplot as plt
    import seaborn as sns

    parts = {name: 100 * each.ours / each.peer for one in found.values() for name, each in one.items() if each.peer}
    sns.set_theme(style="whitegrid")
    figure, axes = plt.subplots(figsize=(8, 0.5 * len(parts) + 1.2))
    bars = axes.barh([name.replace("_", " ") for name in parts][::-1], [*parts.values()][::-1], color="#2b5c8a", height=0.55)
    axes.bar_label(bars, fmt="%.0f", padding=4)
    axes.axvline(100, color="#a33b00", linestyle="--", linewidth=1)
    axes.set(
        xlabel="Time or memory; what it is held against takes 100 (the line)",
        xlim=(0, 1.15 * max(100, *parts.values())),
    )
    axes.grid(axis="y", visible=False)
    figure.tight_layout()
    figure.savefig(PROJECT / "docs" / "speed.png", dpi=110)


if __name__ == "__main__":
    main()
