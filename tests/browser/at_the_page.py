"""What a person does at a page: open it, fill in a form, save; and what everybody must be able to do."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from serving import Served

axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed")
RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]},
    "resultTypes": ["violations"],  # a third of the time that a list of all that is well takes
}
PICTURES = Path(__file__).resolve().parents[2] / "outputs" / "screenshots"
WAITS = 120_000
"""Milliseconds until a test gives a page up: long, for other tests run beside it on a machine that may stall. How long a person
waits is measured by the benchmarks."""
PAPER = 688
"""Pixels that A4 leaves between its margins."""
SIZES = {"desktop": (1280, 900), "phone": (390, 844), "print": (PAPER, 1000)}
LONGEST = 12_000
"""Pixels of a page that are pictured: what comes further down looks like what came before, and takes seconds."""
DONE = "document.body?.dataset.painted === 'all'"
SAID = "document.querySelector('.said p').innerText"
"""That all of a page is painted; and what it says it shows."""
READY = '[aria-label="How this was made"] table'


@contextmanager
def opening(browser: Any, served: Served) -> Iterator[Callable[[str], Any]]:
    """Opens pages of the dashboards in one browser, each once its last part is painted."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(WAITS)

    def open_page(notebook: str) -> Any:
        page = context.new_page()
        page.goto(served.page(notebook))
        page.wait_for_selector(READY, state="attached")
        return page

    yield open_page
    context.close()


def section(page: Any, title: str) -> Any:
    """The fields under a heading of a form."""
    return page.locator(".form").filter(has=page.get_by_role("heading", name=title)).first


def saved(page: Any, form: Any, button: str = "Save") -> str:
    """Press the button, wait until it is said that it is saved, and return these words."""
    form.get_by_role("button", name=button, exact=True).click()
    said = form.locator(".said").last
    page.wait_for_function("said => said.innerText.startsWith('Saved')", arg=said.element_handle())
    return str(said.inner_text())


def plain(text: str) -> str:
    """A choice as it is written: browsers are handed spaces that do not break."""
    return text.replace("\N{NO-BREAK SPACE}", " ")


def barriers(page: Any) -> str:
    """What keeps somebody out of a page, by the rules for everybody's access; nothing where nothing does."""
    found = axe.Axe().run(page, options=RULES)
    return str(found.generate_report()) if found.violations_count else ""


def width_on_a_phone(page: Any) -> int:
    """How wide the page is on a narrow screen."""
    page.set_viewport_size({"width": 390, "height": 844})
    return int(page.evaluate("document.documentElement.scrollWidth"))


def width_on_paper(page: Any) -> int:
    """How wide the page is on a sheet of A4."""
    page.emulate_media(media="print")
    page.set_viewport_size({"width": PAPER, "height": 1000})
    wide = int(page.evaluate("document.documentElement.scrollWidth"))
    page.emulate_media(media="screen")
    return wide


def pictured(page: Any, name: str) -> None:
    """Keep how a page looks on a screen, on a phone and on paper, for whoever wants to look at it after the tests."""
    for medium, (width, height) in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(media="print" if medium == "print" else "screen")
        tall = min(LONGEST, int(page.evaluate("document.documentElement.scrollHeight")))
        clip = {"x": 0, "y": 0, "width": width, "height": tall}
        page.screenshot(path=PICTURES / f"{name}-{medium}.png", full_page=True, clip=clip)
    page.emulate_media(media="screen")
    page.set_viewport_size({"width": 1280, "height": 900})
