"""The process that kernels are forked from: `python -m sentrack_lib.cycle.kernels.warm_parent`, started by `warm_starts`.

It imports what notebooks use, then forks a kernel for each connection. It has one thread (but for that of Arrow's allocator,
which minds forks), so that forking is safe. When its owner goes away, however that happens, it ends with all its kernels: the
owner holds the other end of its standard input.
"""

import contextlib
import gc
import importlib
import io
import json
import os
import shutil
import signal
import socket
import sys
from multiprocessing import connection
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from sentrack_lib.cycle.kernels.environment import tidy_seldom

ADDRESS = "SENTRACK_WARM"
OWNER = 0
"""The standard input, on which nothing is ever said; it ends when the owner ends."""

# What a kernel imports while it starts, some of it only then; and what notebooks import.
NEEDED = (
    *("ipykernel.kernelapp", "ipykernel.debugger", "IPython.core.completerlib", "IPython.core.magics.execution"),
    *("IPython.core.debugger", "IPython.core.oinspect", "faulthandler"),
    *("IPython.extensions.storemagic", "tornado.platform.asyncio", "tornado.queues", "sqlite3"),
    *("numpy", "pandas", "matplotlib.pyplot", "matplotlib_inline.backend_inline", "ipywidgets"),
    "sentrack_lib.cycle.kernels.forked_kernel",
)
USEFUL = (
    *("pandas.io.formats.html", "pandas.io.formats.string", "pandas.core.reshape.reshape", "pandas.core.methods.to_dict"),
    *("pyarrow", "pyarrow.pandas_compat", "pyarrow.feather", "pandas.core.arrays.arrow.extension_types"),
    *("matplotlib.backends.backend_svg", "seaborn", "sentrack_lib"),
)


def say(line: Connection, what: Any) -> None:
    """Send one message."""
    line.send_bytes(json.dumps(what).encode())


def heard(line: Connection) -> Any:
    """The next message; waits for it."""
    return json.loads(line.recv_bytes())


class WarmParent:
    """Forks a kernel for each connection at its door."""

    def __init__(self, door: socket.socket) -> None:
        """Open for those who knock at `door`, a listening socket."""
        self.door = door
        self.kernels: dict[int, Connection] = {}
        self.woken, self.waker = os.pipe()
        os.set_blocking(self.waker, False)
        signal.set_wakeup_fd(self.waker, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)

    def next_kernel(self) -> dict[str, Any] | None:
        """Serve until the owner goes away; returns in every forked child, with what its kernel shall be, and at the end."""
        while OWNER not in (ready := connection.wait([OWNER, self.woken, self.door, *self.kernels.values()])):
            if self.woken in ready:
                self._tell_who_ended()
            self._pass_signals(ready)
            if self.door in ready and (wanted := self._fork()):
                return wanted
        self._end_all()
        return None

    def _fork(self) -> dict[str, Any] | None:
        with contextlib.suppress(EOFError, OSError, ValueError):
            line = Connection(self.door.accept()[0].detach())
            wanted = heard(line)
            if not is_a_python_kernel(wanted["argv"]):
                return None
            if not (pid := os.fork()):
                line.close()
                self._let_go()
                return wanted
            self.kernels[pid] = line
            say(line, pid)
        return None

    def _let_go(self) -> None:
        """In a child: close what is the parent's, react to signals as a new process does."""
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        self.door.close()
        for line in self.kernels.values():
            line.close()
        os.close(self.woken)
        os.close(self.waker)

    def _pass_signals(self, ready: list[Any]) -> None:
        for pid, line in self.kernels.items():
            if line in ready:
                try:
                    _signal(pid, heard(line))
                except (EOFError, OSError):
                    _signal(pid, signal.SIGKILL)

    def _tell_who_ended(self) -> None:
        os.read(self.woken, 1024)
        for pid, line in list(self.kernels.items()):
            ended, status = os.waitpid(pid, os.WNOHANG)
            if ended:
                with contextlib.suppress(OSError):
                    say(self.kernels.pop(pid), os.waitstatus_to_exitcode(status))
                line.close()

    def _end_all(self) -> None:
        for pid in self.kernels:
            _signal(pid, signal.SIGKILL)
        for pid in self.kernels:
            os.waitpid(pid, 0)


def _signal(pid: int, signum: int) -> None:
    """Send a signal to a kernel and the processes it started."""
    try:
        os.killpg(pid, signum)
    except OSError:
        # It has not yet made a group of its own.
        with contextlib.suppress(OSError):
            os.kill(pid, signum)


def is_a_python_kernel(argv: list[str]) -> bool:
    """Whether the command would start ipykernel with the Python that runs here."""
    return argv[:1] == [sys.executable] and argv[1:3] == ["-m", "ipykernel_launcher"]


def warm_up() -> None:
    """Import what notebooks use."""
    gc.disable()
    for name in (*NEEDED, *USEFUL):
        if connection.wait([OWNER], timeout=0):
            return
        try:
            _import(name)
        except Exception:
            # What is useful and fails here fails in the notebook as well, where it is seen.
            if name in NEEDED:
                raise
    _rehearse()
    # A page is made of hundreds of small tables, where texts of Arrow cost a fifth of the time; what is shown is the same.
    sys.modules["pandas"].set_option("mode.string_storage", "python")
    gc.enable()
    tidy_seldom()
    # What is here now is never garbage; leaving it alone keeps its memory shared.
    gc.freeze()


def _import(name: str) -> None:
    """Import a module; of our own also what it imports only when it is asked for a name."""
    module = importlib.import_module(name)
    for public in module.__all__ if name == "sentrack_lib" else ():
        getattr(module, public)


def _rehearse() -> None:
    """Draw one small figure: what the first one has to look up, such as fonts, is then known to all kernels."""
    pyplot = sys.modules["matplotlib.pyplot"]
    figure, axes = pyplot.subplots()
    axes.set(xlabel="x", ylabel="y", title="title")
    axes.scatter([0, 1], [0, 1], label="label")
    axes.legend()
    for kind in ("png", "svg"):
        figure.savefig(io.BytesIO(), format=kind)
    pyplot.close(figure)
    # Every kernel asks which backends there are, and all installed packages are searched for them.
    sys.modules["matplotlib.backends.registry"].backend_registry.list_all()


def main() -> None:
    """Serve at the door whose number is given, until the owner goes away."""
    with socket.socket(fileno=int(sys.argv[1])) as door:
        warm_up()
        wanted = WarmParent(door).next_kernel()
    if wanted:
        sys.modules["sentrack_lib.cycle.kernels.forked_kernel"].become_kernel(wanted)
    else:
        shutil.rmtree(Path(os.environ[ADDRESS]).parent, ignore_errors=True)


if __name__ == "__main__":
    main()
