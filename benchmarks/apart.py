"""A process of its own, so that the memory of one measure is not counted as another's: `python -m benchmarks.apart …`."""

import json
import resource
import sys
from dataclasses import asdict
from importlib import import_module
from pathlib import Path

from benchmarks.measuring import Cost, seconds


def peak() -> float:
    """The most memory this process has held, in megabytes."""
    # Linux counts in kilobytes, macOS in bytes.
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform == "linux" else 1024**2)


def main(work: str, folder: str, warm: str) -> None:
    """Do the work over `warm`, then over `folder`, and print what the second cost."""
    module, name = work.split(":")
    function = getattr(import_module(module), name)
    function(Path(warm))
    before = peak()
    took = seconds(lambda: function(Path(folder)))
    print(json.dumps(asdict(Cost(took, peak(), before))))


if __name__ == "__main__":
    main(*sys.argv[1:])
