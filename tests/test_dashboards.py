"""What the dashboards' server answers, refuses, hides, and leaves behind when it ends."""

import asyncio
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from processes import PATIENCE, below, is_gone, said, until
from serving import TOKEN, Served, ask, command, free_port, serving, small_school
from tornado.web import HTTPError

from sentrack_lib.cycle.dashboards import serving as dashboards
from sentrack_lib.cycle.dashboards import visits
from sentrack_lib.errors import WrongUse
from sentrack_lib.settings import Parameters

REVIEW = "/voila/render/2_review.ipynb"


@pytest.fixture(scope="module")
def parameters(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_school(tmp_path_factory.mktemp("school"))


@pytest.fixture(scope="module")
def served(parameters: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(parameters, tmp_path_factory.mktemp("t")) as server:
        yield server


@pytest.fixture
def within(served: Served) -> dict[str, str]:
    """What a browser sends that has shown the token once."""
    _, headers, _ = ask(served.port, f"/?token={TOKEN}")
    return {"Cookie": headers["set-cookie"]}


@pytest.mark.parametrize(
    "path", ["/", "/voila/tree", REVIEW, "/voila/api/contents/", "/api/kernels/0-0-0-0-0", f"{REVIEW}?token=wrong"]
)
def test_without_the_token_nothing_is_shown(served: Served, path: str) -> None:
    status, headers, body = ask(served.port, path)
    assert status == 403 or (status == 302 and headers["location"].startswith("/login"))
    assert "expected progress" not in body


def test_without_the_token_the_page_says_where_it_is_found(served: Served) -> None:
    assert "Open the whole address that <code>sentrack dashboards</code> printed" in ask(served.port, "/login")[2]


def test_the_list_names_each_page_by_its_question_and_leads_to_it(served: Served, within: dict[str, str]) -> None:
    status, _, body = ask(served.port, "/", **within)
    assert status == 200 and f'<a href="{REVIEW}">Who is not making expected progress?</a>' in body
    assert '<a href="/voila/render/0_data.ipynb">Are this term&#39;s files complete and believable?</a>' in body


def test_only_this_machine_is_answered(served: Served, within: dict[str, str]) -> None:
    listening = psutil.Process(served.process.pid).net_connections("inet")
    assert {line.laddr.ip for line in listening if line.status == psutil.CONN_LISTEN} == {"127.0.0.1"}
    assert ask(served.port, "/", Host="school.example", **within)[0] == 403
    assert ask(served.port, f"/?token={TOKEN}", Host="localhost")[0] == 200


@pytest.mark.parametrize("path", ["/voila/files/2_review.ipynb", "/voila/files/../papers/roll.arrow", "/voila/files/x.png"])
def test_no_file_is_handed_out(served: Served, within: dict[str, str], path: str) -> None:
    assert ask(served.port, path, **within)[0] in (403, 404)


@pytest.mark.parametrize("path", ["../papers/roll.arrow", "%2e%2e/papers/roll.arrow", "nosuch.ipynb"])
def test_no_page_but_those_listed_is_rendered(served: Served, within: dict[str, str], path: str) -> None:
    status, _, body = ask(served.port, f"/voila/render/{path}", **within)
    assert status in (302, 403, 404) and "Traceback" not in body


def test_a_page_is_in_our_frame_whatever_the_address_asks_for(served: Served, within: dict[str, str]) -> None:
    status, headers, body = ask(served.port, f"{REVIEW}?template=nosuch&theme=dark", **within)
    assert status == 200 and "<main" in body and 'id="lost"' in body and "theme-light" in body
    assert "default-src 'self'" in headers["content-security-policy"] and headers["referrer-policy"] == "no-referrer"
    assert not [text for text in ("cdn.", "page.show", "open_papers", "Traceback", TOKEN) if text in body]


def test_another_site_can_neither_listen_in_nor_end_a_kernel(served: Served, within: dict[str, str]) -> None:
    kernel = _kernel_of(ask(served.port, REVIEW, **within)[2])
    line = {"Upgrade": "websocket", "Connection": "Upgrade"} | {
        "Sec_WebSocket_Version": "13",
        "Sec_WebSocket_Key": "aW52ZW50ZWQ=",
    }
    channel = f"/api/kernels/{kernel}/channels"
    assert ask(served.port, channel, Origin="http://school.example", **line, **within)[0] == 403
    assert ask(served.port, channel, Origin=served.address, **line, **within)[0] == 101
    assert ask(served.port, f"/voila/api/shutdown/{kernel}", "POST", Origin="http://school.example", **within)[0] in (403, 404)
    assert ask(served.port, f"/api/kernels/{kernel}", **within)[0] == 200


def test_no_process_below_the_server_knows_the_token_or_the_school(served: Served, parameters: Path) -> None:
    ask(served.port, f"{REVIEW}?token={TOKEN}")
    told = sum(said(lambda process: [*process.environ().values(), *process.cmdline()], below(served.process.pid)), [])
    assert any("papers" in value for value in told)
    assert [value for value in told if TOKEN in value or str(parameters.parent / "invented") in value] == []


def test_the_kernel_of_another_visitors_page_is_refused(served: Served, within: dict[str, str]) -> None:
    kernel = _kernel_of(ask(served.port, REVIEW, **within)[2])
    other = {"Cookie": ask(served.port, f"/?token={TOKEN}")[1]["set-cookie"]}
    line = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec_WebSocket_Version": "13", "Sec_WebSocket_Key": "aW52ZW50ZWQ="}
    assert ask(served.port, f"/api/kernels/{kernel}", **other)[0] == 404
    assert ask(served.port, f"/api/kernels/{kernel}/channels", **line, **other)[0] == 404
    # The token stands in for what a page sends against forgery, so that nothing but whose kernel it is decides.
    end = f"/voila/api/shutdown/{kernel}?token={TOKEN}"
    assert ask(served.port, end, "POST", **other)[0] == 404
    assert ask(served.port, f"/api/kernels/{kernel}", **within)[0] == 200
    assert ask(served.port, end, "POST", **within)[0] == 204


def test_a_kernel_is_told_what_the_server_knows_and_not_who_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    told: dict[str, Any] = {}

    async def start(self: object, **wishes: Any) -> str:
        told.update(wishes)
        return "kernel"

    monkeypatch.setattr(visits.AsyncMappingKernelManager, "start_kernel", start)
    with pytest.raises(StopIteration):
        visits.Kernels().start_kernel(kernel_name="python3", env={"QUERY_STRING": f"token={TOKEN}"}).send(None)
    assert told == {"kernel_name": "python3", "env": dict(os.environ)}


def test_no_more_pages_are_open_at_once_than_the_machine_bears(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visits.Kernels, "list_kernel_ids", lambda self: ["kernel"] * visits.MOST_OPEN)
    with pytest.raises(HTTPError) as refused:
        visits.Kernels().start_kernel(kernel_name="python3").send(None)
    assert (refused.value.status_code, refused.value.log_message) == (503, visits.FULL)


def test_a_kernel_that_nobody_uses_ends(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(dashboards, "IDLE_SECONDS", 1)
    config = dashboards.settings(free_port(), TOKEN, tmp_path)
    assert config.VoilaConfiguration.multi_kernel_manager_class is visits.Kernels
    config.MappingKernelManager.cull_interval = 1

    async def left_alone() -> list[str]:
        kernels = visits.Kernels(config=config, connection_dir=str(tmp_path))
        there = [await kernels.start_kernel(kernel_name="python3")]
        while kernels.list_kernel_ids():
            await asyncio.sleep(0.1)
        return [kernel for kernel in there if kernel in kernels.visitors]

    assert asyncio.run(asyncio.wait_for(left_alone(), 60)) == []


def test_what_sounds_secret_or_names_the_school_is_kept_from_kernels() -> None:
    variables = {"PATH": "/bin", "MIS_PASSWORD": "p", "PWD": "/home/invented/school", "LAST": "?token=abc"}
    assert dashboards.shown_to_kernels(variables, "abc", "/home/invented/school") == {"PATH": "/bin"}


def test_a_taken_port_is_a_sentence(served: Served, parameters: Path) -> None:
    second = command("dashboards", str(parameters), "--port", str(served.port))
    out, error = second.communicate(timeout=PATIENCE)
    assert (second.returncode, out) == (2, "")
    assert error == f"Port {served.port} is taken. Stop what uses it, or choose another: --port {served.port + 1}.\n"


def test_an_unknown_audience_is_a_sentence(parameters: Path) -> None:
    with pytest.raises(WrongUse, match="There is no audience governor"):
        dashboards.serve(Parameters.read(parameters), free_port(), "governor")


def test_an_ended_server_leaves_no_kernel_and_no_file(parameters: Path, tmp_path: Path) -> None:
    with serving(parameters, tmp_path / "t") as server:
        ask(server.port, f"{REVIEW}?token={TOKEN}")
        started = [child.pid for child in below(server.process.pid)]
        code, out, error = server.stop(signal.SIGINT)
    lines = [f"Begin, for inclusion, at {server.page('home')}", f"All pages are listed at {server.address}/?token={TOKEN}"]
    assert (code, out.splitlines()[:2], error) == (0, lines, "")
    assert list(server.temp.iterdir()) == [] and len(started) > 1
    assert until(lambda: all(map(is_gone, started)))


def test_names_that_a_killed_server_left_behind_are_removed_by_the_next(parameters: Path, tmp_path: Path) -> None:
    with serving(parameters, tmp_path / "t") as killed:
        killed.stop(signal.SIGKILL)
    assert list((tmp_path / "t").glob("sentrack-desk-*/papers/roll.arrow"))
    with serving(parameters, tmp_path / "t") as following:
        desks = following.temp.glob("sentrack-desk-*")
        assert [folder.name.split("-")[2] for folder in desks] == [str(following.process.pid)]
        following.stop(signal.SIGHUP)
    assert not list((tmp_path / "t").glob("sentrack-desk-*"))


def _kernel_of(body: str) -> str:
    return body.split('"kernelId": "')[1].split('"')[0]
