"""A page comes whole on a slow laptop too, and where the kernel answers late."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from browser.at_the_page import DONE, READY, WAITS
from serving import Served

SLOWER = 6
"""Times as slow as this machine; at four times nothing went amiss yet."""
GIVES_UP = """
const later = window.setTimeout;
window.setTimeout = (what, when, ...rest) => later(what, String(what).includes("Control comm") ? 1 : when, ...rest);
"""
"""What the widgets' script does four seconds after it asked for all widgets at once, and had no answer: it asks for each."""


@contextmanager
def visiting(browser: Any) -> Iterator[tuple[Any, list[str]]]:
    """A page of a browser that waits for long, and what it says to the kernel."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(WAITS)
    page, said = context.new_page(), list[str]()
    page.on("websocket", lambda line: line.on("framesent", lambda data: said.append(str(data))))
    yield page, said
    context.close()


def slow(page: Any) -> None:
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})


def unanswered(page: Any) -> None:
    page.add_init_script(GIVES_UP)


@pytest.mark.parametrize("notebook", ["3_plan", "1_self_evaluation"])
@pytest.mark.parametrize("hindered", [slow, unanswered])
def test_all_of_a_page_comes(browser: Any, inclusion: Served, notebook: str, hindered: Callable[[Any], None]) -> None:
    with visiting(browser) as (page, said):
        hindered(page)
        page.goto(inclusion.page(notebook))
        page.wait_for_selector(READY, state="attached")
        page.wait_for_function(DONE)
        assert page.locator(".coming").count() == 0 and "Error displaying widget" not in page.locator("main").inner_text()
        each_by_itself = any("request_state" in words and "request_states" not in words for words in said)
        assert each_by_itself or hindered is slow  # slow on a busy machine may be so slow that it comes to that, too
