"""The processes below one, and waiting for what they do: each may end while it is looked at, and a machine may stall."""

import time
from collections.abc import Callable, Iterable
from typing import Any

import psutil

PATIENCE = 90.0
"""Seconds until a test gives up: long, for other tests run beside it. How long a person waits is measured by the benchmarks."""


def until(condition: Callable[[], Any]) -> Any:
    """What the condition answers as soon as it is true, or what it answers in the end."""
    end = time.monotonic() + PATIENCE
    while not (answer := condition()) and time.monotonic() < end:
        time.sleep(0.02)
    return answer


def below(pid: int) -> list[psutil.Process]:
    """All processes that this one and those below it have started."""
    return list(psutil.Process(pid).children(recursive=True))


def kernels(server: int) -> set[int]:
    """The kernels of a server: they are forked from a process that it has started."""
    return {child.pid for child in below(server)} - {child.pid for child in psutil.Process(server).children()}


def said(question: Callable[[psutil.Process], Any], processes: Iterable[psutil.Process]) -> list[Any]:
    """What the processes answer; one that has ended answers nothing."""
    answers = []
    for process in processes:
        try:
            answers.append(question(process))
        except psutil.NoSuchProcess:
            continue
    return answers


def is_gone(pid: int) -> bool:
    """Whether a process has ended, be it that nobody has taken notice of it yet."""
    try:
        return bool(psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return True
