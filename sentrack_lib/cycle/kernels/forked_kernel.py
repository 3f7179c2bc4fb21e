"""What a process that was forked from the warm parent does: it becomes the kernel that was asked for."""

import logging
import os
import random
import sys
import time
from pathlib import Path
from typing import Any

from ipykernel.iostream import OutStream

from sentrack_lib.cycle.kernels.environment import MEMORY, keep_within

INLINE = "module://matplotlib_inline.backend_inline"
NOTHING_KEPT = "--HistoryManager.enabled=False"
"""What cells ran is written to no file of the person's IPython: it names schools, and no two pages share it."""
NO_SLEEP = "--IPythonKernel._execute_sleep=0.0"
"""After each cell a kernel sleeps, for clients that do not wait for the message that follows all output; ours do."""


class Stream(OutStream):
    """Output that goes to its sender only where something was said. A kernel flushes six times for each cell, and each time
    waits until another thread has had its turn."""

    _said = False

    def write(self, string: str) -> int | None:  # type: ignore[override]
        """Write, to be sent at the next flush."""
        self._said = True
        return super().write(string)

    def flush(self) -> None:
        """Send what was written."""
        if self._said:
            self._said = False
            super().flush()


def become_kernel(wanted: dict[str, Any]) -> None:
    """Run as the kernel that was asked for, as `python -m ipykernel_launcher` would."""
    _settle(wanted)
    from ipykernel.kernelapp import IPKernelApp

    # A kernel ends itself when its parent is gone.
    app = IPKernelApp.instance(parent_handle=os.getppid(), outstream_class=f"{__name__}.{Stream.__name__}")
    app.initialize([*wanted["argv"][3:], NOTHING_KEPT, NO_SLEEP])
    app.log.setLevel(logging.WARNING)  # else it words every message that passes, for nobody
    _show_in_notebook(app.shell)
    app.start()


def _settle(wanted: dict[str, Any]) -> None:
    """Take on the session, environment, folder and chance of a process of its own."""
    os.setsid()
    with Path(os.devnull).open("r+b", buffering=0) as nothing:
        for standard in (0, 1, 2):
            os.dup2(nothing.fileno(), standard)
    os.environ.clear()
    os.environ.update(wanted["env"], JPY_PARENT_PID=str(os.getppid()))
    if MEMORY in os.environ:
        keep_within(int(os.environ[MEMORY]))
    time.tzset()
    os.chdir(wanted["cwd"])
    # The launcher does not look for modules in the folder it was started in; the shell adds the kernel's own.
    del sys.path[0]
    sys.argv = wanted["argv"][2:]
    random.seed()
    sys.modules["numpy"].random.seed()


def _show_in_notebook(shell: Any) -> None:
    """Do what importing matplotlib and ipywidgets inside a kernel would have done."""
    if os.environ["MPLBACKEND"] == INLINE:
        shell.enable_matplotlib(INLINE)
    sys.modules["ipywidgets"].load_ipython_extension(shell)
