"""What a process of ours has around it: the variables that a notebook, which could print them all, gets to see; its memory."""

import atexit
import contextlib
import gc
import importlib
import os
import re
from collections.abc import Iterator, Mapping

MEMORY = "SENTRACK_MEMORY"
"""Tells a kernel that is being started how many bytes of memory it may have."""
SECRET = re.compile(r"secret|token|passw|credential|private|api_?key|_key$|dsn$|database_url|records_url", re.IGNORECASE)


def without_secrets(variables: Mapping[str, str]) -> dict[str, str]:
    """Those whose name does not sound like a secret."""
    return {name: value for name, value in variables.items() if not SECRET.search(name)}


def set_environment(variables: Mapping[str, str]) -> None:
    """Make these all environment variables there are."""
    os.environ.clear()
    os.environ.update(variables)


@contextlib.contextmanager
def only_environment(variables: Mapping[str, str]) -> Iterator[None]:
    """These are all environment variables there are; afterwards they are as they were."""
    before = dict(os.environ)
    try:
        set_environment(variables)
        yield
    finally:
        set_environment(before)


def tidy_seldom() -> None:
    """Look for garbage after a hundred thousand new objects, and no more when the process ends. What is imported and read stays,
    and looking at it again and again, as often as Python does, takes a tenth of the time of a command or a page."""
    gc.set_threshold(100_000, 20, 50)
    atexit.register(gc.freeze)


def keep_within(memory: int) -> None:
    """Let this process, and each that it starts from now on, have no more than so many bytes; asked for more, Python raises
    `MemoryError`. Nothing happens where the system cannot (Windows)."""
    with contextlib.suppress(ImportError):
        resource = importlib.import_module("resource")
        _, most = resource.getrlimit(resource.RLIMIT_DATA)
        resource.setrlimit(resource.RLIMIT_DATA, (memory if most < 0 else min(memory, most), most))
