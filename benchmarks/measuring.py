"""What a measure is, and how two things are measured fairly: in turns, and the middle of several times."""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from statistics import median

PROJECT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Plan:
    """How much is measured."""

    full: bool = False
    pupils: int = 1200
    sizes: tuple[int, ...] = (1_000, 10_000)
    largest: int = 120_000
    rounds: int = 3
    plain_pages: int = 3
    parameters: Path = PROJECT / "parameters" / "sample.yml"

    @classmethod
    def tiny(cls, parameters: Path) -> "Plan":
        """Shows that the benchmarks work; its times say nothing."""
        return cls(pupils=60, sizes=(60, 120), rounds=1, plain_pages=1, parameters=parameters)


@dataclass(frozen=True)
class Measured:
    """One thing measured: `ours` and the `peer`'s (None where there is none), both in `unit`; `ratio` as the goal reads it."""

    ours: float
    peer: float | None
    ratio: float | None
    unit: str
    goal: str
    met: bool

    @property
    def written(self) -> dict[str, float | str | None]:
        """What stands in bench.json."""
        return {"ours": _rounded(self.ours), "peer": _rounded(self.peer), "ratio": _rounded(self.ratio), "unit": self.unit}


def _rounded(number: float | None) -> float | None:
    return None if number is None else float(f"{number:.4g}")


@dataclass(frozen=True)
class Cost:
    """What one run of something cost: seconds, and the megabytes its process held at most, of which `before` it began."""

    seconds: float
    megabytes: float
    before: float


def seconds(work: Callable[[], object]) -> float:
    """How long a piece of work takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def processor_seconds(work: Callable[[], object]) -> float:
    """How long a processor is busy with a piece of work, whatever else the machine does meanwhile."""
    began = time.process_time()
    work()
    return time.process_time() - began


def in_turns(rounds: int, *works: Callable[[], float]) -> list[float]:
    """The middle of what each reports, measured in turns (A B A B), so that a busy minute falls on all alike."""
    found = [[work() for work in works] for _ in range(rounds)]
    return [median(column) for column in zip(*found, strict=True)]


def apart(work: str, folder: Path, *, warm: Path) -> Cost:
    """Run `module:function` over a folder in a process of its own, after once over the folder `warm`."""
    command = [sys.executable, "-m", "benchmarks.apart", work, str(folder), str(warm)]
    said = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    if said.returncode:
        raise RuntimeError(said.stderr)
    return Cost(**json.loads(said.stdout.splitlines()[-1]))


@cache
def _desk() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="sentrack-bench-")


def desk(name: str) -> Path:
    """A place for temporary files that goes with this process."""
    return Path(_desk().name) / name


def invented(pupils: int) -> Path:
    """The folder of an invented school of so many pupils and six terms, written by a process of its own."""
    folder = desk(f"school-{pupils}")
    if not folder.exists():
        subprocess.run([sys.executable, "-m", "sentrack_lib", "sample", folder, "--pupils", str(pupils)], check=True, **QUIET)
    return folder


QUIET = {"cwd": PROJECT, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
WARM = 60
"""Pupils of the school that a process reads first, so that imports and first calls are not measured."""
