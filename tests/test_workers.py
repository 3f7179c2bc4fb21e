"""Many jobs at once: each on_done once, whatever happens to one the others go on, and nothing is left over."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
import psutil
import pytest
from processes import below, is_gone, said, until

from sentrack_lib.cycle.kernels.warm_parent import ADDRESS
from sentrack_lib.cycle.kernels.warm_starts import warm_parent
from sentrack_lib.cycle.runs import workers
from sentrack_lib.cycle.runs.execution import Outcome
from sentrack_lib.cycle.runs.workers import Job, many


@pytest.fixture(scope="module", autouse=True)
def warm() -> Iterator[None]:
    with warm_parent():
        yield


@pytest.fixture
def job(tmp_path) -> Callable[..., Job]:
    """A job named so, with a notebook of one cell after its parameters."""

    def made(name: str, cell: str = "1", time_limit: int = 60) -> Job:
        new = nbformat.v4
        page = new.new_notebook(
            cells=[new.new_code_cell("term: str = ''", metadata={"tags": ["parameters"]}), new.new_code_cell(cell)],
            metadata={"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
        )
        nbformat.write(page, tmp_path / f"{name}.ipynb")
        return Job(tmp_path / f"{name}.ipynb", {"term": name}, tmp_path / "executed" / f"{name}.ipynb", time_limit=time_limit)

    return made


class Heard(dict[str, Outcome]):
    """What was said of each job."""

    def __call__(self, job: Job, outcome: Outcome) -> None:
        assert job.target.stem not in self
        self[job.target.stem] = outcome

    def kinds(self) -> dict[str, str]:
        return {name: outcome.status for name, outcome in sorted(self.items())}


def workers_now() -> list[psutil.Process]:
    """The processes at work on jobs: children of the process that workers are forked from."""
    children = said(lambda child: (child, child.ppid(), " ".join(child.cmdline())), below(os.getpid()))
    return [child for child, parent, words in children if "forkserver" in words and parent != os.getpid()]


def test_eight_jobs_at_once_are_all_done(job):
    many([job(f"page{number}") for number in range(8)], 8, heard := Heard())
    assert heard.kinds() == {f"page{number}": "done" for number in range(8)}


@pytest.mark.parametrize("jobs", [0, 1, 3])
def test_what_is_to_be_done_meanwhile_is_done_once_while_the_first_are_at_work(job, jobs):
    order: list[str] = []
    named = [f"page{number}" for number in range(jobs)]
    many([job(name) for name in named], 2, lambda done, _: order.append(done.target.stem), lambda: order.append("meanwhile"))
    assert order[0] == "meanwhile" and sorted(order[1:]) == named


def test_what_fails_meanwhile_ends_the_run_and_its_workers(job):
    with pytest.raises(OSError, match="full"):
        many([job("long", "import time; time.sleep(30)")], 1, Heard(), fails)
    assert not workers_now()


def fails():
    raise OSError("the disk is full")


def test_a_job_that_fails_does_not_stop_the_others(job):
    many([job("a"), job("b", "1 / 0"), job("c")], 1, heard := Heard())
    assert heard.kinds() == {"a": "done", "b": "failed", "c": "done"}
    assert heard["b"].error == "b.ipynb stopped in cell 2: ZeroDivisionError: division by zero."


def test_a_worker_that_is_killed_fails_its_own_job_only(job):
    def heard_and_killed(done: Job, outcome: Outcome) -> None:
        heard(done, outcome)
        if done.target.stem == "a":
            longest = min(workers_now(), key=psutil.Process.create_time)
            longest.kill()

    heard = Heard()
    many([job("long", "import time; time.sleep(30)"), job("a"), job("b")], 2, heard_and_killed)
    assert heard.kinds() == {"a": "done", "b": "done", "long": "failed"}
    assert heard["long"].error == "long.ipynb failed: its process was ended from outside."


def test_a_worker_that_hangs_is_ended_at_its_limit(job, monkeypatch):
    def heard_and_stopped(done: Job, outcome: Outcome) -> None:
        heard(done, outcome)
        for worker in workers_now():
            worker.suspend()

    monkeypatch.setattr(workers, "GRACE", 1)
    heard = Heard()
    many([job("hanging", "import time; time.sleep(30)", time_limit=4), job("b")], 2, heard_and_stopped)
    assert heard.kinds() == {"b": "done", "hanging": "failed"}
    assert heard["hanging"].error == "hanging.ipynb did not end in time and was ended."
    assert not workers_now()


@pytest.mark.parametrize("forks", [True, False])
def test_a_page_that_takes_too_much_memory_fails_its_own_job_only(job, monkeypatch, forks):
    monkeypatch.setattr(workers, "can_fork", lambda: forks)
    if not forks:
        monkeypatch.delenv(ADDRESS)
    monkeypatch.setattr(workers, "share_of_memory", lambda pages: 2 * 1024**3)
    many([job("much", "much = bytearray(3 * 1024**3)"), job("a")], 2, heard := Heard())
    assert heard.kinds() == {"much": "failed", "a": "done"}
    assert heard["much"].error.endswith("it needed more than the 2.0 GB of memory that a page may have.")


def test_where_processes_cannot_fork_jobs_are_done_all_the_same(job, monkeypatch):
    monkeypatch.setattr(workers, "can_fork", lambda: False)
    many([job("a")], 1, heard := Heard())
    assert heard.kinds() == {"a": "done"}


def test_a_run_that_is_broken_off_ends_its_workers(job):
    def broken_off(_job: Job, _outcome: Outcome) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        many([job("long", "import time; time.sleep(30)"), job("a")], 2, broken_off)
    assert not workers_now()


OWNER = """
import sys
from pathlib import Path
from sentrack_lib.cycle.kernels.warm_starts import warm_parent
from sentrack_lib.cycle.runs.workers import Job, many
with warm_parent():
    many([Job(Path(name), {}, Path(name + ".out")) for name in sys.argv[1:]], 2, lambda *said: print(said, flush=True))
"""


def test_nothing_is_left_when_the_run_is_killed(job, monkeypatch, tmp_path):
    monkeypatch.delenv(ADDRESS)
    names = [str(job("short").notebook), str(job("long", "import time; time.sleep(600)").notebook)]
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    with subprocess.Popen([sys.executable, "-c", OWNER, *names], stdout=subprocess.PIPE, env=environment) as owner:
        assert b"short" in owner.stdout.readline()
        started = [child.pid for child in below(owner.pid)]
        owner.kill()
    assert len(started) >= 4 and until(lambda: all(map(is_gone, started)))
    assert not list(tmp_path.glob("sentrack-*")) and not Path(names[1] + ".out").exists()
