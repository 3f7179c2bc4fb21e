"""`sentrack lab`: JupyterLab at the notebooks, for this machine alone, with the kernel of this environment."""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
from processes import PATIENCE, below, said, until
from serving import ask, command, free_port, wait_for

from sentrack_lib import cli
from sentrack_lib.cycle.dashboards import lab
from sentrack_lib.errors import WrongUse

PROJECT = Path(__file__).resolve().parents[1]


@contextmanager
def running(tmp_path: Path, **variables: str) -> Iterator[tuple[subprocess.Popen[str], int, str]]:
    """The command in a process of its own: the process, its port, and the token in the link that it printed."""
    port, temp = free_port(), tmp_path / "t"
    temp.mkdir()
    process = command("lab", "--no-browser", "--port", str(port), TMPDIR=str(temp), HOME=str(tmp_path), **variables)
    try:
        token = _printed_token(process)
        wait_for(process, port)
        yield process, port, token
    finally:
        process.terminate()
        process.communicate(timeout=PATIENCE)
    assert list(temp.iterdir()) == []


def _printed_token(process: subprocess.Popen[str]) -> str:
    """The token in the link."""
    assert process.stderr
    end = time.monotonic() + 60
    while time.monotonic() < end and (line := process.stderr.readline()):
        if found := re.search(r"lab/tree/notebooks\?token=(\w+)", line):
            return found[1]
    raise AssertionError("the server printed no link")


def test_it_opens_the_notebooks_for_this_machine_with_this_python(tmp_path: Path) -> None:
    _foreign_kernel(tmp_path / ".local" / "share" / "jupyter")
    _own_settings(tmp_path / ".jupyter", allow_root=True, ip="0.0.0.0", allow_remote_access=True)
    with running(tmp_path, MIS_PASSWORD="p") as (process, port, token):
        listening = psutil.Process(process.pid).net_connections("inet")
        assert {line.laddr.ip for line in listening if line.status == psutil.CONN_LISTEN} == {"127.0.0.1"}
        assert ask(port, "/api/contents/notebooks")[0] == 403
        assert ask(port, "/voila/files/docs/review.png", Authorization=f"token {token}")[0] == 404
        assert ask(port, "/api/contents/notebooks", Host="school.example", Authorization=f"token {token}")[0] == 403
        known = json.loads(ask(port, "/api/kernelspecs", Authorization=f"token {token}")[2])
        python = known["kernelspecs"]["python3"]["spec"]
        assert known["default"] == "python3" and python["argv"][0] == sys.executable
        assert python["display_name"] == "sentrack (Python 3)"
        listed = json.loads(ask(port, "/api/contents/notebooks", Authorization=f"token {token}")[2])
        assert {"2_review.ipynb", "explore.ipynb"} <= {each["name"] for each in listed["content"]}
        assert "MIS_PASSWORD" not in _kernel_environment(process, port, token)


def _own_settings(folder: Path, **said: object) -> None:
    """What somebody once wrote into their own settings of Jupyter; that a test may run as root is among them."""
    folder.mkdir()
    (folder / "jupyter_server_config.json").write_text(json.dumps({"ServerApp": said}), encoding="utf-8")


def _foreign_kernel(folder: Path) -> None:
    """A kernel of the same name that somebody once installed for themselves, with another Python."""
    place = folder / "kernels" / "python3"
    place.mkdir(parents=True)
    spec = {"argv": ["/nowhere/python", "-m", "ipykernel_launcher", "-f", "{connection_file}"], "display_name": "Python 3"}
    (place / "kernel.json").write_text(json.dumps(spec), encoding="utf-8")


def _kernel_environment(process: subprocess.Popen[str], port: int, token: str) -> dict[str, str]:
    """What a kernel that was just started can read."""
    assert ask(port, "/api/kernels", "POST", Authorization=f"token {token}")[0] == 201
    started = until(lambda: [*filter(None, said(_variables, below(process.pid)))])
    assert started, "no kernel was started"
    return dict(started[0])


def _variables(child: psutil.Process) -> dict[str, str] | None:
    """The environment of a process, where it is a kernel."""
    if "ipykernel_launcher" not in child.cmdline():
        return None
    assert child.cmdline()[0] == sys.executable
    return dict(child.environ())


def test_a_taken_port_is_a_sentence(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def taken(port: int) -> None:
        raise WrongUse(f"Port {port} is taken.")

    monkeypatch.setattr(lab, "must_be_free", taken)
    monkeypatch.setattr("sys.argv", ["sentrack", "lab", "--port", "8899"])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert (ended.value.code, capsys.readouterr().err) == (2, "Port 8899 is taken.\n")


@pytest.mark.parametrize(("words", "opened"), [([], "True"), (["--no-browser"], "False")])
def test_a_browser_opens_unless_it_is_told_not_to(monkeypatch: pytest.MonkeyPatch, words: list[str], opened: str) -> None:
    told: list[str] = []
    monkeypatch.setattr(lab.LabApp, "launch_instance", told.extend)
    monkeypatch.setattr("sys.argv", ["sentrack", "lab", "--port", str(free_port()), *words])
    before = dict(os.environ)
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 0 and os.environ == before
    assert {f"--ServerApp.open_browser={opened}", "--ServerApp.ip=127.0.0.1", f"--ServerApp.root_dir={PROJECT}"} <= set(told)
