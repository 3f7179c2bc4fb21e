"""One job: execute one notebook with papermill, and say honestly whether it was done.

The notebook that comes back is no witness: papermill marks the cells of a dead kernel "completed". A job is done only if the
kernel answered "ok" for every code cell; only then does the executed copy appear, whole, under its final name.
"""

import contextlib
import json
import logging
import os
import tempfile
import textwrap
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from sentrack_lib.cycle.kernels.environment import MEMORY, only_environment, without_secrets
from sentrack_lib.cycle.kernels.this_machine import LEAST
from sentrack_lib.cycle.kernels.warm_parent import ADDRESS
from sentrack_lib.cycle.kernels.warm_starts import PROMPT, can_fork
from sentrack_lib.errors import RunFailed, SentrackError, WrongUse
from sentrack_lib.settings import nearest
from sentrack_lib.sources.files import write_whole

Value = str | int | list[Any] | None

OUR_ERRORS = {"SentrackError", *(kind.__name__ for kind in SentrackError.__subclasses__())}
"""Errors whose message is meant for a person as it is."""

LEFT = "it was left with exit, so the cells after it never ran"

START_LIMIT = 60
"""Seconds that a kernel may take to start."""


@dataclass(frozen=True)
class Outcome:
    """What became of a job: in how many seconds, and if it failed in which cell of the notebook, counted from 1, and why."""

    status: Literal["done", "failed"]
    seconds: float
    cell: int | None = None
    error: str | None = None


def execute(
    notebook: Path,
    parameters: Mapping[str, Value],
    target: Path,
    environment: Mapping[str, str] | None = None,
    time_limit: int = 300,
    memory: int = LEAST,
) -> Outcome:
    """Execute a notebook within `time_limit` seconds and `memory` bytes; its executed copy is at `target` if, and only if, this
    was done."""
    began = time.monotonic()
    run = _Run(notebook, began, time_limit, memory)
    try:
        clear(notebook, target)
        check_parameters(notebook, parameters)
        with only_environment({**without_secrets(os.environ), **(environment or {}), MEMORY: str(memory)}):
            _place(run.executed(parameters), target)
    except Exception as error:
        return Outcome("failed", time.monotonic() - began, run.cell, run.sentence(error))
    return Outcome("done", time.monotonic() - began)


def clear(notebook: Path, target: Path) -> None:
    """Take away what an earlier job left at `target`, so that it is not taken for this one's."""
    if target.resolve() == notebook.resolve():
        raise WrongUse(f"{notebook.name} would be overwritten by its executed copy.")
    target.unlink(missing_ok=True)


def check_parameters(notebook: Path, parameters: Mapping[str, Value]) -> None:
    """Raise `WrongUse` unless the notebook takes all these parameters and papermill writes their values as they are."""
    # Takes longer to import than a job; only the processes that execute need it.
    import papermill

    if not notebook.is_file():
        raise WrongUse(f"There is no notebook {notebook}.")
    known = papermill.inspect_notebook(_literal(notebook))
    if not known:
        raise WrongUse(f"{notebook.name} has no cell tagged parameters, so it cannot be told a school and a term.")
    for name, value in parameters.items():
        if name not in known:
            raise WrongUse(f"{notebook.name} takes no {name}.{nearest(name, known)}")
        if not _is_plain(value):
            raise WrongUse(f"{notebook.name}: {name} must be a text, a whole number, a list of these, or nothing; not {value!r}.")


def _is_plain(value: Any) -> bool:
    return value is None or type(value) in (str, int, bool) or (type(value) is list and all(map(_is_plain, value)))


def _literal(file: Path) -> str:
    """The path such that papermill, which fills in braces, reads it as it is."""
    return str(file.resolve()).replace("{", "{{").replace("}", "}}")


def _place(executed: Any, target: Path) -> None:
    """Write the executed notebook, whole or not at all, without the times and paths of this machine that papermill adds."""
    for part in (executed, *executed.cells):
        for mark in ("papermill", "execution"):
            part.metadata.pop(mark, None)
    # In one line: json words line breaks in Python alone, which takes ten times as long.
    write_whole(json.dumps(executed, ensure_ascii=False, sort_keys=True), target)


class _Run:
    """One execution as seen from outside the notebook: where it is, and what the kernel answered for each cell."""

    def __init__(self, notebook: Path, began: float, limit: int, memory: int) -> None:
        self.notebook, self.began, self.limit, self.memory = notebook, began, limit, memory
        self.answers: dict[int, dict[str, Any]] = {}
        self.cell: int | None = None
        self.injected = 0

    def executed(self, parameters: Mapping[str, Value]) -> Any:
        """The executed notebook, if the kernel answered for all of it."""
        try:
            executed = self._papermill(parameters)
        except RuntimeError:
            if self.cell:
                raise
            # Before the first cell nothing is lost, and where ports are used another program may have taken one.
            executed = self._papermill(parameters)
        for index, cell in enumerate(executed.cells):
            if cell.cell_type == "code" and cell.source.strip() and self.answers.get(index, {}).get("status") != "ok":
                raise RunFailed("the cells after it never ran")
        return executed

    def _papermill(self, parameters: Mapping[str, Value]) -> Any:
        """What `papermill.execute_notebook` does up to its last step, which is to word the whole notebook, for no file."""
        from papermill.engines import papermill_engines
        from papermill.iorw import load_notebook_node
        from papermill.parameterize import parameterize_notebook

        logging.getLogger("papermill").addHandler(logging.NullHandler())
        given = load_notebook_node(str(self.notebook.resolve()))
        if parameters:
            given = parameterize_notebook(given, dict(parameters), kernel_name="python3")
        with _connection() as config:
            return papermill_engines.execute_notebook_with_engine(
                None, given, kernel_name="python3", config=config,
                progress_bar=False, log_output=False, store_widget_state=False, autosave_cell_every=0,
                force_raise_errors=True, skip_cells_with_tag="", record_timing=False,
                start_timeout=START_LIMIT, timeout_func=self._seconds_left, iopub_timeout=30, shutdown_kernel="immediate",
                resources={"metadata": {"path": str(self.notebook.resolve().parent)}},
                on_cell_start=_untimed, on_cell_execute=self._begins, on_cell_executed=self._answered,
            )  # fmt: skip

    def _seconds_left(self, _cell: Any) -> int:
        return max(1, round(self.began + self.limit - time.monotonic()))

    def _begins(self, cell: Any, cell_index: int) -> None:
        # Papermill puts one cell in; a person counts those of the notebook they know.
        self.injected |= "injected-parameters" in cell.metadata.get("tags", [])
        self.cell = cell_index + 1 - self.injected

    def _answered(self, cell: Any, cell_index: int, execute_reply: Mapping[str, Any]) -> None:
        self.answers[cell_index] = answer = execute_reply["content"]
        if any(order.get("source") == "ask_exit" for order in answer.get("payload", ())):
            raise RunFailed(LEFT)

    def sentence(self, error: Exception) -> str:
        """Where and why it failed, for a person."""
        if isinstance(error, WrongUse):
            return str(error)
        where = f"{self.notebook.name} stopped in cell {self.cell}" if self.cell else f"{self.notebook.name} did not start"
        return f"{where}: {self._reason(error)}".rstrip(".") + "."

    def _reason(self, error: Exception) -> str:
        from nbclient.exceptions import CellTimeoutError, DeadKernelError

        if isinstance(error, CellTimeoutError):
            return f"it took longer than the {self.limit} seconds that it may"
        if isinstance(error, DeadKernelError):
            return "its kernel died"
        refused = [answer for answer in self.answers.values() if answer["status"] != "ok"]
        name, text = (refused[0]["ename"], refused[0]["evalue"]) if refused else (type(error).__name__, str(error))
        if name == "SystemExit":
            return LEFT
        if name.endswith("MemoryError"):
            return f"it needed more than the {self.memory / 1024**3:.1f} GB of memory that a page may have"
        return textwrap.shorten(text if name in OUR_ERRORS else f"{name}: {text}", 300)


def _untimed(cell: Any, cell_index: int) -> None:
    """Papermill writes times into each cell and reads them again, which takes as long as the cell is short."""
    cell.metadata.papermill["start_time"] = None


@contextlib.contextmanager
def _connection() -> Iterator[Any]:
    """How to talk to a kernel: over sockets in a private folder, not over ports that another program may take."""
    from traitlets.config import Config

    config = Config()
    config.KernelManager.client_class = PROMPT
    if not can_fork():
        yield config
        return
    warm = os.environ.get(ADDRESS)
    with tempfile.TemporaryDirectory(prefix="s", dir=warm and Path(warm).parent, ignore_cleanup_errors=True) as folder:
        config.KernelManager.transport = "ipc"
        config.KernelManager.ip = f"{folder}/s"
        config.KernelManager.connection_file = f"{folder}/c.json"
        yield config
