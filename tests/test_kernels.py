"""Kernels forked from a warm parent are kernels like any other, and none outlives its owner."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from jupyter_client.manager import start_new_kernel
from processes import PATIENCE, below, is_gone, until

from sentrack_lib.cycle.kernels import warm_starts
from sentrack_lib.cycle.kernels.warm_parent import ADDRESS, is_a_python_kernel
from sentrack_lib.cycle.kernels.warm_starts import WarmKernel, warm_parent

pytestmark = pytest.mark.skipif(not warm_starts.can_fork(), reason="this machine cannot fork processes")


@pytest.fixture(scope="module")
def warm() -> Iterator[None]:
    with warm_parent():
        yield


class Kernel:
    """A started kernel."""

    def __init__(self, **wishes):
        self.manager, self.client = start_new_kernel(**wishes)
        self.process = self.manager.provisioner.process

    def said(self, code: str) -> str:
        """What the code prints."""
        printed = []
        self.client.execute_interactive(
            code, timeout=PATIENCE, output_hook=lambda message: printed.append(message["content"].get("text", ""))
        )
        return "".join(printed).strip()

    def has_printed(self) -> None:
        """Wait until what was asked has printed something."""
        while self.client.get_iopub_msg(timeout=PATIENCE)["msg_type"] != "stream":
            continue

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)


def test_a_warm_kernel_has_pandas_before_it_is_asked_for(warm):
    with Kernel() as kernel:
        assert isinstance(kernel.process, WarmKernel)
        assert kernel.said("import sys; print('pandas' in sys.modules, __name__)") == "True __main__"


def test_a_warm_kernel_lives_in_the_folder_and_environment_that_were_asked_for(warm, tmp_path):
    with Kernel(cwd=str(tmp_path), env={**os.environ, "COLOUR": "green"}) as kernel:
        assert kernel.said("import os; print(os.getcwd(), os.environ['COLOUR'])") == f"{tmp_path.resolve()} green"


def test_a_warm_kernel_looks_for_modules_and_draws_like_an_ordinary_one(warm, monkeypatch, tmp_path):
    ask = """import sys, matplotlib.pyplot as p
p.close(p.figure())
print(sys.path, len(sys.argv), p.get_backend(), p.isinteractive())
print([called.__name__ for called in get_ipython().events.callbacks["post_execute"]])"""
    with Kernel(cwd=str(tmp_path)) as kernel:
        warm_answer = kernel.said(ask)
    monkeypatch.delenv(ADDRESS)
    with Kernel(cwd=str(tmp_path)) as kernel:
        assert kernel.said(ask) == warm_answer


def test_two_warm_kernels_do_not_draw_the_same_lots(warm):
    draw = "import random, numpy; print(random.random(), numpy.random.rand())"
    with Kernel() as one, Kernel() as other:
        assert not set(one.said(draw).split()) & set(other.said(draw).split())


def test_a_killed_kernel_is_seen_to_be_dead(warm):
    with Kernel() as kernel:
        os.kill(kernel.process.pid, signal.SIGKILL)
        assert until(lambda: not kernel.manager.is_alive())
        assert kernel.process.poll() == -signal.SIGKILL


def test_a_kernel_that_ends_itself_gives_its_exit_code(warm):
    with Kernel() as kernel:
        kernel.client.execute("import os; os._exit(7)")
        assert kernel.process.wait() == 7


def test_a_warm_kernel_can_be_interrupted_and_restarted(warm):
    with Kernel() as kernel:
        # Otherwise a kernel drops for a moment what is asked after an error.
        kernel.client.execute("print('begun', flush=True); import time; time.sleep(600)", stop_on_error=False)
        kernel.has_printed()
        kernel.manager.interrupt_kernel()
        assert kernel.client.get_shell_msg(timeout=PATIENCE)["content"]["ename"] == "KeyboardInterrupt"
        assert kernel.said("print(1)") == "1"
        kernel.manager.restart_kernel(now=True)
        assert kernel.manager.is_alive() and kernel.manager.provisioner.pid != kernel.process.pid


def test_closing_a_kernel_ends_the_processes_it_started(warm):
    with Kernel() as kernel:
        child = int(kernel.said("import subprocess; print(subprocess.Popen(['sleep', '600']).pid)"))
    assert until(lambda: is_gone(child))


def test_the_warm_parent_forks_safely_because_it_has_one_thread(warm):
    with Kernel():
        children = psutil.Process().children()
        (parent,) = [child for child in children if "sentrack_lib.cycle.kernels.warm_parent" in child.cmdline()]
        tasks = Path(f"/proc/{parent.pid}/task")
        if not tasks.is_dir():
            pytest.skip("only Linux names the threads of a process")
        names = [(task / "comm").read_text().strip() for task in tasks.iterdir()]
        assert len([name for name in names if name != "jemalloc_bg_thd"]) == 1


OWNER = """
import sys, time
from jupyter_client.manager import start_new_kernel
from sentrack_lib.cycle.kernels.warm_starts import warm_parent
with warm_parent():
    manager, client = start_new_kernel()
    print(manager.provisioner.pid, flush=True)
    time.sleep(60)
"""


def test_nothing_is_left_when_the_owner_is_killed(monkeypatch, tmp_path):
    monkeypatch.delenv(ADDRESS, raising=False)
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    with subprocess.Popen([sys.executable, "-c", OWNER], stdout=subprocess.PIPE, env=environment) as owner:
        line = owner.stdout.readline()
        started = [child.pid for child in below(owner.pid)]
        assert int(line) in started and len(started) == 2
        owner.kill()
    assert until(lambda: all(map(is_gone, started)))
    assert until(lambda: not list(tmp_path.glob("sentrack-*")))


def test_without_a_warm_parent_a_kernel_starts_the_ordinary_way(warm, monkeypatch):
    monkeypatch.setenv(ADDRESS, "nowhere")
    with Kernel() as kernel:
        assert isinstance(kernel.process, subprocess.Popen)
        assert kernel.said("print(1)") == "1"


def test_where_processes_cannot_fork_nothing_changes(monkeypatch):
    monkeypatch.setattr(warm_starts, "can_fork", lambda: False)
    before = dict(os.environ)
    with warm_parent():
        assert dict(os.environ) == before


def test_a_warm_parent_within_another_is_the_same(warm):
    before = dict(os.environ)
    with warm_parent():
        assert dict(os.environ) == before
    assert Path(os.environ[ADDRESS]).exists()


def test_a_warm_parent_that_is_gone_is_replaced(monkeypatch, tmp_path):
    monkeypatch.setenv(ADDRESS, str(tmp_path / "warm"))
    with warm_parent():
        assert Path(os.environ[ADDRESS]).exists()


def test_afterwards_the_environment_is_as_it_was(monkeypatch):
    monkeypatch.delenv(ADDRESS, raising=False)
    before = dict(os.environ)
    with warm_parent():
        folder = Path(os.environ[ADDRESS]).parent
        assert folder.stat().st_mode & 0o777 == 0o700
    assert dict(os.environ) == before
    assert not folder.exists()


def test_only_a_kernel_of_the_same_python_is_forked():
    assert is_a_python_kernel([sys.executable, "-m", "ipykernel_launcher", "-f", "file"])
    assert not is_a_python_kernel(["elsewhere/python", "-m", "ipykernel_launcher", "-f", "file"])
    assert not is_a_python_kernel([sys.executable, "-m", "other_kernel", "-f", "file"])


def test_all_that_a_warm_kernel_prints_comes_in_order_and_nothing_is_kept_of_what_it_ran(warm):
    with Kernel() as kernel:
        for _ in range(3):  # what is flushed once is flushed again
            assert kernel.said("print(1, flush=True); print(2); print(3, end='')") == "1\n2\n3"
        assert kernel.said("print(get_ipython().history_manager.enabled)") == "False"
