"""Pages as a person meets them: a server of dashboards, a bare Voilà beside it, and a browser."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPConnection
from typing import Any

from benchmarks.measuring import PROJECT, Plan, desk, invented

TOKEN = "invented-token"
PATIENCE = 180
BARE = {"cell_type": "code", "execution_count": None, "id": "one", "metadata": {}, "outputs": [], "source": "print('hello')"}
KERNEL = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}


def chromium() -> str | None:
    """The Chromium of this machine."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))), None)


@contextmanager
def browser() -> Iterator[Any]:
    """Chromium, with nobody watching."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play, play.chromium.launch(executable_path=chromium(), args=["--no-sandbox"]) as opened:
        yield opened


@contextmanager
def dashboards(plan: Plan) -> Iterator[tuple[str, int]]:
    """The address of the dashboards of an invented school, up to the name of a page; and the number of their process."""
    folder, port = invented(plan.pupils), _free_port()
    file = desk("dashboards.yml")
    file.write_text(json.dumps({"school": str(folder), "term": max(term.name for term in folder.glob("20*"))}), encoding="utf-8")
    with _serving([sys.executable, "-m", "sentrack_lib", "dashboards", str(file), "--port", str(port)], port) as pid:
        yield f"http://127.0.0.1:{port}/voila/render/", pid


@contextmanager
def bare_page() -> Iterator[str]:
    """The address of a notebook of one line in Voilà as it comes."""
    file, port = desk("bare.ipynb"), _free_port()
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps({"cells": [BARE], "metadata": KERNEL, "nbformat": 4, "nbformat_minor": 5}), encoding="utf-8")
    command = [sys.executable, "-m", "voila", str(file), "--no-browser", f"--port={port}", f"--Voila.token={TOKEN}"]
    with _serving(command, port):
        yield f"http://127.0.0.1:{port}/"


@contextmanager
def _serving(command: list[str], port: int) -> Iterator[int]:
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": PROJECT}
    process = subprocess.Popen(command, env={**os.environ, "SENTRACK_TOKEN": TOKEN}, **quiet)
    try:
        _wait(process, port)
        yield process.pid
    finally:
        process.terminate()
        process.wait(timeout=30)


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and process.poll() is None:
        with suppress(OSError):
            connection = HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/login")
            connection.getresponse()
            return
        time.sleep(0.2)
    raise RuntimeError("the server did not start")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def held(pid: int) -> float:
    """Megabytes that a process and those below it hold for themselves, each shared page counted once (PSS); Linux alone tells."""
    import psutil

    processes = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    return sum(each.memory_full_info().pss for each in processes) / 2**20
