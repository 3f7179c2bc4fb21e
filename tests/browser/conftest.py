"""A browser, and dashboards over an invented school some of whose names are hostile."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import yaml
from browser.at_the_page import READY, WAITS
from browser.hostile import TERM, write_hostile_school
from serving import Served, serving

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
Browser, Page = sync_api.Browser, sync_api.Page


@pytest.fixture(scope="session")
def parameters(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A parameters file of an invented school with a hostile pupil, subject and teaching group."""
    folder = tmp_path_factory.mktemp("school")
    write_hostile_school(folder / "invented")
    file = folder / "parameters.yml"
    chosen = {"school": str(folder / "invented"), "term": TERM, "out": str(folder / "outputs")}
    file.write_text(yaml.safe_dump({**chosen, "subjects": ["English"], "year_groups": ["9"]}), encoding="utf-8")
    return file


@pytest.fixture(scope="session")
def school(parameters: Path) -> Path:
    return parameters.parent / "invented"


@pytest.fixture(scope="session")
def inclusion(parameters: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The inclusion manager's dashboards."""
    with serving(parameters, tmp_path_factory.mktemp("i")) as served:
        yield served


@pytest.fixture(scope="session")
def governors(parameters: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The governors' dashboards."""
    with serving(parameters, tmp_path_factory.mktemp("g"), "--audience", "governors") as served:
        yield served


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium as it is installed on this machine."""
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))), None)
    if not found:
        pytest.skip("there is no Chromium on this machine")
    with sync_api.sync_playwright() as play, play.chromium.launch(executable_path=found, args=["--no-sandbox"]) as chromium:
        yield chromium


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page of a browser that has been nowhere before."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(WAITS)
    yield context.new_page()
    context.close()


@dataclass(frozen=True)
class Visit:
    """An opened dashboard, and what went on behind it."""

    page: Page
    asked: list[str] = field(default_factory=list)
    frames: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def open(self, served: Served, ready: str = ".said[role=status]") -> "Visit":
        """Go there, and wait until the last part is painted."""
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("pageerror", lambda fault: self.faults.append(str(fault)))
        self.page.on("websocket", lambda line: line.on("framereceived", lambda data: self.frames.append(_text(data))))
        self.page.goto(served.page())
        self.page.wait_for_selector(ready)
        self.page.wait_for_selector(READY, state="attached")
        return self

    def choose(self, label: str, choice: str) -> str:
        """Pick, wait until every part is repainted, and return what the page then says it shows."""
        said = "document.querySelector('.said p').textContent"
        self.page.evaluate(f"{said} = ''")
        self.page.get_by_label(label, exact=True).select_option(label=choice.replace(" ", "\N{NO-BREAK SPACE}"))
        self.page.wait_for_function(f"{said}.startsWith('Shown: ')")
        return str(self.page.evaluate(said))

    def choices(self, label: str) -> list[str]:
        """What can be picked."""
        options = self.page.get_by_label(label, exact=True).locator("option").all_inner_texts()
        return [name.replace("\N{NO-BREAK SPACE}", " ") for name in options]

    @property
    def words(self) -> str:
        """All that can be read."""
        return str(self.page.locator("main").inner_text())


@pytest.fixture
def visit(page: Page) -> Visit:
    """A visit that has not begun."""
    return Visit(page)


@pytest.fixture(scope="session")
def review(browser: Browser, inclusion: Served) -> Iterator[Visit]:
    """The inclusion manager's review, opened once for all tests that only read and pick."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(WAITS)
    yield Visit(context.new_page()).open(inclusion)
    context.close()


def _text(data: str | bytes) -> str:
    return data if isinstance(data, str) else data.decode("utf-8", "replace")
