"""A dashboards server of a test's own: started as a person starts it, in a temp folder that must be empty when it has ended."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

from processes import PATIENCE, until

from sentrack_lib.sources.sample import write_sample

TOKEN = "invented-token-of-more-than-thirty-two-characters"


@dataclass(frozen=True)
class Served:
    """A running server."""

    process: subprocess.Popen[str]
    port: int
    temp: Path

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def page(self, notebook: str = "2_review") -> str:
        return f"{self.address}/voila/render/{notebook}.ipynb?token={TOKEN}"

    def stop(self, how: int = signal.SIGINT) -> tuple[int, str, str]:
        """End the server; its exit code and what it printed, on standard output and error."""
        self.process.send_signal(how)
        out, error = self.process.communicate(timeout=PATIENCE)
        return self.process.returncode, out, error


def small_school(folder: Path) -> Path:
    """The parameters file of a small invented school in a folder."""
    write_sample(folder / "invented", 60, 1, 1)
    file = folder / "parameters.yml"
    file.write_text(f"school: {folder / 'invented'}\nterm: 2025-26-summer\n", encoding="utf-8")
    return file


@contextlib.contextmanager
def serving(parameters: Path, temp: Path, *options: str) -> Iterator[Served]:
    """Serve on a free port until the test is over."""
    temp.mkdir(exist_ok=True)
    port = free_port()
    process = command("dashboards", str(parameters), "--port", str(port), *options, TMPDIR=str(temp), SENTRACK_TOKEN=TOKEN)
    try:
        wait_for(process, port)
        yield Served(process, port, temp)
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=PATIENCE)


def command(*words: str, **variables: str) -> subprocess.Popen[str]:
    """`sentrack …` in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "sentrack_lib", *words],
        env={**os.environ, **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def ask(port: int, path: str, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], str]:
    """Status, headers and body of one answer; of cookies, what is to be sent back."""
    connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    connection.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
    answer = connection.getresponse()
    body = "" if answer.status == 101 else answer.read().decode(errors="replace")
    cookies = "; ".join(cookie.split(";")[0] for cookie in answer.headers.get_all("set-cookie", []))
    connection.close()
    return answer.status, {**{name.lower(): value for name, value in answer.getheaders()}, "set-cookie": cookies}, body


def wait_for(process: subprocess.Popen[str], port: int) -> None:
    """Wait until something answers at the port."""

    def answers() -> bool:
        assert process.poll() is None, process.communicate()
        with contextlib.suppress(OSError):
            ask(port, "/login")
            return True
        return False

    assert until(answers), "the server did not start"
