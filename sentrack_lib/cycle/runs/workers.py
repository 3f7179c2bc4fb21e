"""Many jobs at once, each in a process of its own, so that none can harm another or the run."""

import contextlib
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from multiprocessing import connection, forkserver
from multiprocessing.connection import Connection
from pathlib import Path
from types import ModuleType
from typing import Any

from sentrack_lib.cycle.kernels.environment import keep_within, set_environment
from sentrack_lib.cycle.kernels.this_machine import share_of_memory
from sentrack_lib.cycle.kernels.warm_starts import can_fork
from sentrack_lib.cycle.runs.execution import START_LIMIT, Outcome, Value, clear, execute
from sentrack_lib.errors import WrongUse

GRACE = 2 * START_LIMIT + 10
"""Seconds beyond a job's own limit after which its process is ended: two starts of a kernel and a little more."""


@dataclass(frozen=True)
class Job:
    """A notebook to execute: with what parameters, to which file, within how many seconds."""

    notebook: Path
    parameters: Mapping[str, Value]
    target: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    time_limit: int = 300


def warm_up() -> None:
    """Let the process that workers are forked from start now, so that it is ready when the first job is."""
    if can_fork():
        _context()
        forkserver.ensure_running()


def many(
    jobs: Iterable[Job], workers: int, on_done: Callable[[Job, Outcome], None], meanwhile: Callable[[], None] = lambda: None
) -> None:
    """Execute all jobs, `workers` at a time, and tell `on_done` of each as it ends; whatever happens to one, the others go on.
    Each job is asked for when a worker is free for it, so that what it takes to lay it ready does not keep the others waiting;
    `meanwhile` is done once, when the first are at work."""
    waiting, running = iter(jobs), dict[Connection, _Worker]()
    ended: list[tuple[Job, Outcome]] = []
    memory = share_of_memory(workers)

    def put_to_work() -> None:
        for job in islice(waiting, workers - len(running)):
            worker = _Worker(job, memory)
            running[worker.line] = worker

    try:
        put_to_work()
        meanwhile()
        while running or ended:
            # Only when others are at work.
            for job, outcome in ended:
                on_done(job, outcome)
            ended = [(worker.job, worker.outcome()) for worker in map(running.pop, _ended(running))]
            put_to_work()
    finally:
        for worker in running.values():
            worker.end()


def _ended(running: Mapping[Connection, "_Worker"]) -> list[Connection]:
    """Wait for the next workers that are done, dead, or past their limit; none where none is running."""
    if not running:
        return []
    patience = min(worker.seconds_left() for worker in running.values())
    done = connection.wait(running, timeout=max(0, patience))
    return [line for line, worker in running.items() if line in done or worker.seconds_left() <= 0]


class _Worker:
    """The process of one job."""

    def __init__(self, job: Job, memory: int) -> None:
        self.job, self.began = job, time.monotonic()
        context = _context()
        self.line, theirs = context.Pipe(duplex=False)
        self.process = context.Process(target=_work, args=(job, memory, dict(os.environ), theirs), daemon=True)
        with _without_program():
            self.process.start()
        theirs.close()

    def seconds_left(self) -> float:
        return self.began + self.job.time_limit + GRACE - time.monotonic()

    def outcome(self) -> Outcome:
        """What the worker says; if it says nothing any more, that it failed."""
        try:
            if self.line.poll():
                return self.line.recv()
            why = "did not end in time and was ended"
        except EOFError:
            why = "failed: its process was ended from outside"
        finally:
            self.end()
        with contextlib.suppress(OSError, WrongUse):
            clear(self.job.notebook, self.job.target)
        return Outcome("failed", time.monotonic() - self.began, None, f"{self.job.notebook.name} {why}.")

    def end(self) -> None:
        """Leave nothing behind; a kernel ends with the process that started it."""
        self.process.kill()
        self.process.join()
        self.line.close()


def _context() -> Any:
    """How workers start: forked from a small process that has papermill imported, else each anew."""
    if not can_fork():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["sentrack_lib.cycle.runs.worker_parent"])
    return context


@contextlib.contextmanager
def _without_program() -> Iterator[None]:
    """A process started meanwhile does not import the program that runs here: no job needs it, and it may take a second."""
    program = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = program


def _work(job: Job, memory: int, environment: Mapping[str, str], line: Connection) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_owner, daemon=True).start()
    set_environment(environment)
    keep_within(memory)  # a kernel that is not forked elsewhere is started from here
    line.send(execute(job.notebook, job.parameters, job.target, job.environment, job.time_limit, memory))


def _end_with_owner() -> None:
    owner = multiprocessing.parent_process()
    assert owner
    owner.join()
    os._exit(1)
