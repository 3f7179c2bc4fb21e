"""Behind the school's sign-on: who is let in, what a browser cannot forge, and what the command refuses to begin with."""

import os
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from serving import TOKEN, Served, ask, free_port, serving, small_school

from sentrack_lib.cycle.dashboards import serving as dashboards
from sentrack_lib.cycle.dashboards import visits
from sentrack_lib.cycle.dashboards.sign_on import Behind, SignedOn
from sentrack_lib.errors import WrongUse
from sentrack_lib.settings import Parameters
from sentrack_lib.views.controls import AUTHOR, Page

HOST = "sentrack.school.example"
REVIEW = "/governors/voila/render/2_review.ipynb"
PROXY = {"Host": HOST, "Authorization": f"token {TOKEN}"}
SOMEBODY = {**PROXY, "X-Forwarded-User": "mr.guvnor@school.example"}
ANOTHER = {**PROXY, "X-Forwarded-User": "ms.trustee@school.example"}
LINE = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "aW52ZW50ZWQ="}


@pytest.fixture(scope="module")
def parameters(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_school(tmp_path_factory.mktemp("school"))


@pytest.fixture(scope="module")
def served(parameters: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    words = ("--audience", "governors", "--behind", f"https://{HOST}/governors/")
    with serving(parameters, tmp_path_factory.mktemp("t"), *words) as server:
        yield server


def test_whom_the_proxy_names_sees_the_pages_below_the_path_of_the_audience(served: Served) -> None:
    status, headers, body = ask(served.port, "/governors/", **SOMEBODY)
    assert status == 200 and f'href="{REVIEW}"' in body
    assert ask(served.port, REVIEW, **SOMEBODY)[0] == 200
    assert ask(served.port, "/", **SOMEBODY)[0] == 404
    assert TOKEN not in body + str(headers)


@pytest.mark.parametrize(
    "said",
    [
        {"Host": HOST},
        {"Host": HOST, "X-Forwarded-User": "mr.guvnor@school.example"},
        {**SOMEBODY, "Authorization": "token wrong"},
        {**SOMEBODY, "Authorization": "token "},
        PROXY,
        {**PROXY, "X-Forwarded-User": " "},
    ],
    ids=["nothing", "a name alone", "another token", "no token", "no name", "an empty name"],
)
def test_nobody_else_is_let_in(served: Served, said: dict[str, str]) -> None:
    for path in ("/governors/", REVIEW, "/governors/api/kernels/0-0-0-0-0"):
        status, headers, body = ask(served.port, path, **said)
        assert status == 403 or (status, headers["location"].split("?")[0]) == (302, "/governors/login")
        assert "expected progress" not in body


def test_whom_nobody_names_is_told_so(served: Served) -> None:
    status, _, body = ask(served.port, "/governors/login", **PROXY)
    assert status == 403 and "sign-on has named nobody" in body


def test_a_token_in_the_address_lets_nobody_in_and_no_cookie_does_later(served: Served) -> None:
    assert ask(served.port, f"{REVIEW}?token={TOKEN}", Host=HOST, X_Forwarded_User="mr.guvnor@school.example")[0] != 200
    cookies = ask(served.port, "/governors/", **SOMEBODY)[1]["set-cookie"]
    assert ask(served.port, REVIEW, Host=HOST, Cookie=cookies)[0] != 200


@pytest.mark.parametrize("host", ["localhost", "school.example", f"{HOST}.evil.example", "evil.example"])
def test_no_other_host_name_is_answered(served: Served, host: str) -> None:
    assert ask(served.port, "/governors/", **{**SOMEBODY, "Host": host})[0] == 403


def test_another_site_can_do_nothing_through_the_browser_of_who_is_signed_in(served: Served) -> None:
    kernel = _kernel_of(ask(served.port, REVIEW, **SOMEBODY)[2])
    channel, end = f"/governors/api/kernels/{kernel}/channels", f"/governors/voila/api/shutdown/{kernel}"
    assert ask(served.port, channel, **SOMEBODY, **LINE, Origin="https://evil.example")[0] == 403
    assert ask(served.port, end, "POST", **SOMEBODY, Origin="https://evil.example")[0] in (403, 404)
    assert ask(served.port, end, "POST", **SOMEBODY)[0] == 403
    answer = ask(served.port, "/governors/", **SOMEBODY, Origin="https://evil.example")
    assert "access-control-allow-origin" not in answer[1]
    assert ask(served.port, channel, **SOMEBODY, **LINE, Origin=f"https://{HOST}")[0] == 101


def test_the_kernel_of_somebody_elses_page_is_refused(served: Served) -> None:
    kernel = _kernel_of(ask(served.port, REVIEW, **SOMEBODY)[2])
    assert ask(served.port, f"/governors/api/kernels/{kernel}", **ANOTHER)[0] == 404
    assert ask(served.port, f"/governors/api/kernels/{kernel}/channels", **ANOTHER, **LINE)[0] == 404
    assert ask(served.port, f"/governors/api/kernels/{kernel}", **SOMEBODY, Referer=f"https://{HOST}/governors/")[0] == 200


@pytest.mark.parametrize(
    "address",
    [
        f"http://{HOST}/",
        HOST,
        "https:///governors/",
        f"https://{HOST}/?token=x",
        f"https://x@{HOST}/",
        f"https://{HOST}/(.*)",
        f"https://{HOST}//a",
    ],
)
def test_what_is_no_address_that_people_open_is_a_sentence(address: str) -> None:
    with pytest.raises(WrongUse, match="--behind is the address that people open"):
        Behind.read(address)


@pytest.mark.parametrize(
    ("address", "host", "path"),
    [
        (f"https://{HOST}", HOST, "/"),
        (f"https://{HOST}/", HOST, "/"),
        (f"https://{HOST}:8443/governors", HOST, "/governors/"),
        ("https://Hub.School.Example/user/ms@x/sentrack/", "hub.school.example", "/user/ms@x/sentrack/"),
    ],
)
def test_an_address_is_a_host_name_and_a_path(address: str, host: str, path: str) -> None:
    assert Behind.read(address) == Behind(host, path)


@pytest.mark.parametrize("token", ["", "guess-me"])
def test_a_token_that_could_be_guessed_is_a_sentence(monkeypatch: pytest.MonkeyPatch, parameters: Path, token: str) -> None:
    monkeypatch.setenv("SENTRACK_TOKEN", token)
    with pytest.raises(WrongUse, match="Behind a proxy SENTRACK_TOKEN must be set"):
        dashboards.serve(Parameters.read(parameters), free_port(), "governors", address=f"https://{HOST}/")


def test_what_is_printed_holds_the_address_and_no_token(parameters: Path, tmp_path: Path) -> None:
    with serving(parameters, tmp_path / "t", "--behind", f"https://{HOST}/staff") as server:
        code, out, error = server.stop()
    assert (code, error) == (0, "") and TOKEN not in out
    assert f"Served for inclusion at https://{HOST}/staff/, behind the proxy, from port {server.port}" in out


@pytest.mark.parametrize(("provider", "author"), [(SignedOn(token=TOKEN), "Ms Example"), (object(), None)])
def test_only_who_is_signed_on_is_the_author_of_what_is_written(
    monkeypatch: pytest.MonkeyPatch, provider: object, author: str | None
) -> None:
    told: dict[str, Any] = {}

    async def start(self: object, **wishes: Any) -> str:
        told.update(wishes)
        return "kernel"

    monkeypatch.setattr(visits.AsyncMappingKernelManager, "start_kernel", start)
    visits.greet(SimpleNamespace(current_user=SimpleNamespace(username="Ms Example"), identity_provider=provider))
    kernels = visits.Kernels()
    with pytest.raises(StopIteration):
        kernels.start_kernel(kernel_name="python3", env={}).send(None)
    assert told["env"] == {**os.environ, **({AUTHOR: author} if author else {})}
    assert kernels.visitors == {"kernel": "Ms Example"}


def test_who_is_signed_on_need_not_write_their_name_and_cannot_write_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(AUTHOR, "Ms Example")
    line = Page(SimpleNamespace(), None)._author  # type: ignore[arg-type]
    assert (line.value, line.disabled) == ("Ms Example", True)


def _kernel_of(body: str) -> str:
    return body.split('"kernelId": "')[1].split('"')[0]
