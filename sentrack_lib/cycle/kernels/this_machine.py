"""What we take of the machine we run on: a port that only this machine reaches, a private folder, a share of the memory."""

import contextlib
import os
import shutil
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil

from sentrack_lib.errors import WrongUse

HERE = "127.0.0.1"
DESK = "sentrack-desk-"


LEAST = 2 * 1024**3
"""Bytes that a page may have on any machine: what it imports takes a quarter of it."""


def share_of_memory(pages: int) -> int:
    """The bytes that each of so many pages at once may have: together three quarters of the machine's memory."""
    return max(LEAST, psutil.virtual_memory().total * 3 // 4 // max(pages, 1))


def must_be_free(port: int) -> None:
    """Raise `WrongUse` where something else listens at this port."""
    with socket.socket() as probe:
        if os.name == "posix":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # a server that has just ended does not count
        try:
            probe.bind((HERE, port))
        except OSError:
            raise WrongUse(f"Port {port} is taken. Stop what uses it, or choose another: --port {port + 1}.") from None


@contextlib.contextmanager
def private_desk() -> Iterator[Path]:
    """A private folder that is gone afterwards; those of processes that were killed go now, for names lie in them."""
    for left in Path(tempfile.gettempdir()).glob(f"{DESK}*-*"):
        owner = left.name.removeprefix(DESK).split("-")[0]
        if owner.isdecimal() and not psutil.pid_exists(int(owner)):
            shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=f"{DESK}{os.getpid()}-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)
