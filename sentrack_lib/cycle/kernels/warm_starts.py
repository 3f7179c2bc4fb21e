"""Warm starts: a kernel is forked from a process that has everything imported, in place of a new interpreter.

`warm_parent()` starts that process; the provisioner `sentrack-warm`, an extension point of jupyter_client, asks it for a kernel
over a private UNIX socket. One connection is one kernel: it carries signals there and the exit code back, and when either end
goes away the kernel goes too. Wherever any of this cannot work, kernels start the ordinary way.
"""

import asyncio
import contextlib
import math
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from multiprocessing import connection
from pathlib import Path
from queue import Empty
from typing import Any

import zmq
from jupyter_client.asynchronous import AsyncKernelClient
from jupyter_client.channels import AsyncZMQSocketChannel
from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning import KernelProvisionerFactory, LocalProvisioner
from traitlets import Type

from sentrack_lib.cycle.kernels.environment import only_environment
from sentrack_lib.cycle.kernels.warm_parent import ADDRESS, heard, say

NAME = "sentrack-warm"
LONGEST_WAIT = 60.0
"""Seconds until a kernel is started the ordinary way because the warm parent does not answer."""

KNOCK = 5
"""Milliseconds between two tries to reach a kernel that is starting."""

# More threads than one would make forking unsafe, and each kernel has a processor's share only.
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")


def can_fork() -> bool:
    """Whether this machine can fork processes and has UNIX sockets; Windows has not."""
    return hasattr(os, "fork") and hasattr(socket, "AF_UNIX") and sys.platform != "win32"


@contextlib.contextmanager
def warm_parent() -> Iterator[None]:
    """Kernels that this process and its workers start meanwhile are forked from one warm process, where the machine can; from
    the one that is there already, if there is."""
    with contextlib.ExitStack() as ends:
        if can_fork() and not _is_there():
            with contextlib.suppress(OSError):
                ends.enter_context(_asking(ends.enter_context(_started_parent())))
        yield


def _is_there() -> bool:
    """Whether there is a warm parent already."""
    return ADDRESS in os.environ and Path(os.environ[ADDRESS]).exists()


@contextlib.contextmanager
def _started_parent() -> Iterator[str]:
    """The address of a new warm parent, which may be called at once and answers when it is warm."""
    with contextlib.ExitStack() as ends:
        folder = tempfile.mkdtemp(prefix="sentrack-")
        ends.callback(shutil.rmtree, folder, ignore_errors=True)
        address = str(Path(folder) / "warm")
        with socket.socket(socket.AF_UNIX) as door:
            door.bind(address)
            door.listen(64)
            ends.callback(_end, _parent_process(address, door.fileno()))
        yield address


def _parent_process(address: str, door: int) -> subprocess.Popen[bytes]:
    """The warm parent's process; its standard input is its lifeline, and a Ctrl-C here does not reach it."""
    command = [sys.executable, "-m", "sentrack_lib.cycle.kernels.warm_parent", str(door)]
    variables = {**os.environ, **ONE_THREAD, ADDRESS: address, "MPLBACKEND": "agg"}
    quiet = subprocess.DEVNULL
    return subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=quiet, stderr=quiet, env=variables, pass_fds=[door], start_new_session=True
    )


def _end(parent: subprocess.Popen[bytes]) -> None:
    """Let the warm parent end its kernels and itself; kill it if it does not."""
    assert parent.stdin
    parent.stdin.close()
    try:
        parent.wait(timeout=5)
    except subprocess.TimeoutExpired:
        parent.kill()
        parent.wait()


@contextlib.contextmanager
def _asking(address: str) -> Iterator[None]:
    """Kernels are asked from the warm parent at this address, by this process and those it starts."""
    factory = KernelProvisionerFactory.instance()
    before = factory.default_provisioner_name
    with only_environment({**os.environ, ADDRESS: address, factory.default_provisioner_name_env: NAME}):
        # jupyter_client reads the variable only once in a process.
        factory.default_provisioner_name = NAME
        try:
            yield
        finally:
            factory.default_provisioner_name = before


class WarmKernel:
    """A kernel forked by the warm parent, seen as `subprocess.Popen` shows a process."""

    stdin = stdout = stderr = None

    def __init__(self, address: str, argv: list[str], env: Mapping[str, str], cwd: str) -> None:
        """Ask the warm parent for a kernel."""
        self.returncode: int | None = None
        self.line = connection.Client(address, "AF_UNIX")
        say(self.line, {"argv": argv, "env": dict(env), "cwd": cwd})
        if not self.line.poll(LONGEST_WAIT):
            raise TimeoutError("the warm parent does not answer")
        self.pid: int = heard(self.line)

    def poll(self) -> int | None:
        """The exit code, or None while the kernel runs."""
        if self.returncode is None and self.line.poll():
            try:
                self.returncode = heard(self.line)
            except (EOFError, OSError):
                self.returncode = -signal.SIGKILL
        return self.returncode

    def wait(self) -> int:
        """Wait for the exit code."""
        while (code := self.poll()) is None:
            self.line.poll(None)
        return code

    def send_signal(self, signum: int) -> None:
        """Send a signal to the kernel and the processes it started."""
        # The parent passes it on, for it alone knows that the number still means this kernel.
        if self.poll() is None:
            with contextlib.suppress(OSError):
                say(self.line, int(signum))

    def kill(self) -> None:
        """End the kernel at once."""
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        """Ask the kernel to end."""
        self.send_signal(signal.SIGTERM)


class WarmProvisioner(LocalProvisioner):
    """Starts kernels from the warm parent that SENTRACK_WARM names; without one, the ordinary way."""

    process: Any

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Start a kernel and give back how to connect to it."""
        try:
            self.process = await asyncio.to_thread(_warm_kernel, cmd, kwargs)
        except (OSError, EOFError):
            return await super().launch_kernel(cmd, **kwargs)
        self.pid, self.cwd = self.process.pid, kwargs.get("cwd") or Path.cwd()
        return self.connection_info

    async def kill(self, restart: bool = False) -> None:
        """End the kernel at once."""
        await super().kill(restart)
        # The manager looks at once and then every tenth of a second; a killed kernel is gone in a few thousandths.
        for _ in range(50):
            if await self.poll() is not None:
                break
            await asyncio.sleep(0.002)


class PromptChannel(AsyncZMQSocketChannel):
    """Takes a message that it may wait for without asking first whether there is one, as the usual channel does each time."""

    async def get_msg(self, timeout: float | None = None) -> dict[str, Any]:  # type: ignore[override]
        """The next message."""
        return await (self._recv() if timeout is None else super().get_msg(timeout))


class PromptClient(AsyncKernelClient):
    """Uses a kernel as soon as it answers; the usual client first listens for a fifth of a second whether it falls silent, and
    knocks ten times a second at a door that a forked kernel opens in half that time."""

    iopub_channel_class = Type(PromptChannel)  # type: ignore[assignment]

    def start_channels(self, *args: Any, **kwargs: Any) -> None:
        """Connect to the kernel."""
        self.context.setsockopt(zmq.RECONNECT_IVL, KNOCK)
        super().start_channels(*args, **kwargs)

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """Wait until the kernel has answered on both channels that executing needs."""
        deadline = time.monotonic() + (timeout or math.inf)
        while time.monotonic() < deadline:
            self.kernel_info()
            with contextlib.suppress(Empty):
                await self.get_shell_msg(timeout=1)
                await self.get_iopub_msg(timeout=0.2)
                return
            if not await self.is_alive():
                raise RuntimeError("the kernel died while it started")
        raise RuntimeError("the kernel took too long to start")


PROMPT = f"{__name__}.{PromptClient.__name__}"
"""As a configuration names it."""


def _warm_kernel(argv: list[str], wishes: Mapping[str, Any]) -> WarmKernel:
    if not (address := os.environ.get(ADDRESS)):
        raise ConnectionRefusedError("there is no warm parent")
    return WarmKernel(address, argv, wishes.get("env") or os.environ, str(wishes.get("cwd") or Path.cwd()))
