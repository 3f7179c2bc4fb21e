"""Imports in a process of their own, which may take a gigabyte beyond what the program itself takes, and their cost."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from faults.clean import TERM

MOST_BYTES = 1_000_000_000
MOST_SECONDS = 60
_IMPORT = """
import json, resource, sys, time
from pathlib import Path
from sentrack_lib.sources.imports import import_files

def held(name):
    return next(int(line.split()[1]) * 1024 for line in open("/proc/self/status") if line.startswith(name))

resource.setrlimit(resource.RLIMIT_AS, (held("VmSize") + int(sys.argv[4]),) * 2)
begun = time.process_time()
report = import_files([Path(sys.argv[1])], Path(sys.argv[2]), sys.argv[3])
told = " ".join(report.problems["problem"] + ". " + report.problems["remedy"])[:2_000]
counts = report.files[["read", "accepted", "set_aside"]].sum().tolist()
print(json.dumps([time.process_time() - begun, held("VmHWM"), told, *counts]))
"""


@dataclass(frozen=True)
class Measured:
    """The seconds of the processor and the most bytes an import took, what it told, and its rows."""

    seconds: float
    bytes: int
    told: str
    read: int
    accepted: int
    set_aside: int


def measured(file: Path, into: Path) -> Measured:
    """Import a file in a process of its own; fails where it ends otherwise than in a report, or takes too long."""
    words = [sys.executable, "-c", _IMPORT, str(file), str(into), TERM, str(MOST_BYTES)]
    done = subprocess.run(words, capture_output=True, text=True, timeout=2 * MOST_SECONDS, check=False)
    assert done.returncode == 0, done.stderr[-2_000:]
    return Measured(*json.loads(done.stdout))
