"""The inclusion manager's pages behind nginx, with the configuration of the manual, as who is signed in meets them."""

import json
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from ssl import SSLError
from typing import Any

import pytest
from browser.at_the_page import READY, WAITS
from processes import PATIENCE, kernels, until
from serving import TOKEN, Served, serving
from signing_on import GOVERNOR, HOST, MANAGER, Proxied, proxied

PLAN = "/inclusion/voila/render/3_plan.ipynb"


@pytest.fixture(scope="module")
def proxy(parameters: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Proxied, Served]]:
    """The proxy, before a server for the inclusion manager alone."""
    folder = tmp_path_factory.mktemp("proxy")
    with (
        serving(parameters, tmp_path_factory.mktemp("p"), "--behind", f"https://{HOST}/inclusion/") as served,
        proxied(folder, {"inclusion": served.port}) as running,
    ):
        yield running, served


def test_who_is_not_signed_in_signs_in_first_and_comes_back(proxy: tuple[Proxied, Served]) -> None:
    assert proxy[0].ask("/inclusion/") == (200, "Sign in, then go to /inclusion/")
    assert proxy[0].ask("/inclusion/", "nobody@school.example") == (200, "Sign in, then go to /inclusion/")


def test_each_audience_is_for_its_group(proxy: tuple[Proxied, Served]) -> None:
    status, body = proxy[0].ask("/inclusion/", MANAGER)
    assert status == 200 and f'href="{PLAN}"' in body and TOKEN not in body
    assert proxy[0].ask("/inclusion/", GOVERNOR)[0] == 403
    assert proxy[0].ask(PLAN, GOVERNOR)[0] == 403
    assert proxy[0].ask("/governors/", MANAGER)[0] == 403
    assert proxy[0].ask("/governors/", GOVERNOR)[0] == 502  # let through, to a server that is not there


def test_nobody_says_to_the_proxy_who_they_are_or_what_its_token_is(proxy: tuple[Proxied, Served]) -> None:
    forged = {"Authorization": f"token {TOKEN}", "X_Forwarded_User": MANAGER}
    assert proxy[0].ask("/inclusion/", **forged)[1].startswith("Sign in")
    assert proxy[0].ask("/inclusion/", GOVERNOR, **forged)[0] == 403
    assert proxy[0].ask("/inclusion/", MANAGER, Authorization="token wrong")[0] == 200


@pytest.mark.parametrize("path", ["/sign-on/inclusion", "/", "/inclusion/../governors/"])
def test_nothing_but_the_audiences_is_there(proxy: tuple[Proxied, Served], path: str) -> None:
    assert proxy[0].ask(path, MANAGER)[0] in (403, 404)


def test_another_name_gets_no_answer_and_an_open_line_leads_to_the_closed_one(proxy: tuple[Proxied, Served]) -> None:
    with pytest.raises(SSLError, match="unrecognized name|UNRECOGNIZED_NAME"):
        proxy[0].ask("/inclusion/", MANAGER, name="evil.example")
    line = HTTPConnection("127.0.0.1", proxy[0].plain_port, timeout=PATIENCE)
    line.request("GET", "/inclusion/", headers={"Host": HOST})
    answer = line.getresponse()
    line.close()
    assert (answer.status, answer.headers["location"]) == (301, f"https://{HOST}/inclusion/")


def test_another_site_cannot_listen_in_through_the_browser_of_who_is_signed_in(proxy: tuple[Proxied, Served]) -> None:
    kernel = proxy[0].ask(PLAN, MANAGER)[1].split('"kernelId": "')[1].split('"')[0]
    upgrade = {"Upgrade": "websocket", "Connection": "Upgrade"}
    line = {**upgrade, "Sec_WebSocket_Version": "13", "Sec_WebSocket_Key": "aW52ZW50ZWQ="}
    channel = f"/inclusion/api/kernels/{kernel}/channels"
    assert proxy[0].ask(channel, MANAGER, Origin="https://evil.example", **line)[0] == 403
    assert proxy[0].ask(channel, MANAGER, Origin=proxy[0].address, **line)[0] == 101


def test_the_page_works_knows_who_writes_and_is_gone_when_it_is_left(proxy: tuple[Proxied, Served], browser: Any) -> None:
    running, served = proxy
    before = kernels(served.process.pid)
    context = browser.new_context(ignore_https_errors=True, viewport={"width": 1280, "height": 900})
    context.set_default_timeout(WAITS)
    context.add_cookies([{"name": "person", "value": MANAGER, "url": running.address}])
    page, sent = context.new_page(), []
    page.on("request", lambda request: sent.append([request.url, request.headers]))
    page.on("websocket", lambda line: line.on("framereceived", lambda data: sent.append(str(data))))
    page.goto(f"{running.address}{PLAN}")
    page.wait_for_selector(READY, state="attached")
    name = page.get_by_label("Your name")
    assert name.input_value() == MANAGER and name.is_disabled()
    page.locator(".pickers").get_by_label("Year group", exact=True).select_option(label="9")
    page.wait_for_function("document.querySelector('.said p').textContent.endsWith('Year 9.')")
    assert [address for address, *_ in sent if address.startswith("http") and running.address not in address] == []
    assert TOKEN not in json.dumps([sent, page.content(), context.cookies()])
    left = kernels(served.process.pid) - before
    page.goto("about:blank")
    assert left and until(lambda: not left & kernels(served.process.pid))
    context.close()
