"""The pages of governors and of a department: each keeps nobody out, fits a phone, and offers what these readers may have."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from browser.at_the_page import DONE, barriers, opening, pictured, plain, width_on_a_phone
from serving import Served, serving

from sentrack_lib.cycle.papers.pages import MADE_FOR

Opening = Callable[[str], Any]


def pages_of(audience: str) -> list[str]:
    return [notebook for notebook, audiences in MADE_FOR.items() if audience in audiences]


@pytest.fixture(scope="module")
def of_governors(browser: Any, governors: Served) -> Iterator[Opening]:
    with opening(browser, governors) as open_page:
        yield open_page


@pytest.fixture(scope="module")
def of_english(browser: Any, parameters: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Opening]:
    """Opens a page of the department of English."""
    asked = ("--audience", "department", "--subject", "English")
    with serving(parameters, tmp_path_factory.mktemp("d"), *asked) as served, opening(browser, served) as open_page:
        yield open_page


def keeps_nobody_out(page: Any, name: str) -> None:
    """On a wide screen and on a phone; and keep how it looks."""
    page.wait_for_function(DONE)
    assert not barriers(page)
    assert width_on_a_phone(page) <= 390
    assert page.locator(".unseen", has_text="here it is read").count() <= 1
    pictured(page, f"pages/{name}")


@pytest.mark.parametrize("notebook", pages_of("governors"))
def test_governors_find_nothing_to_open_and_no_pupil_to_pick(of_governors: Opening, notebook: str) -> None:
    page = of_governors(notebook)
    keeps_nobody_out(page, f"{notebook}-governors")
    assert "For governors" in page.locator("#head").inner_text()
    assert page.locator("button[data-opens], .pickers").count() == 0
    # What they are not shown is not spoken of, no section is without anything, and none is listed that is not there.
    assert page.locator(".unseen:visible").count() == 0
    page.locator("#sections summary").click()
    titles = page.locator("main h2:visible").evaluate_all("all => all.map((each) => each.firstChild.textContent)")
    assert titles == page.locator("#sections a:visible").all_inner_texts() and "What matters first" in titles
    page.close()


@pytest.mark.parametrize("notebook", pages_of("department"))
def test_a_department_finds_its_own_subject_and_no_other(of_english: Opening, notebook: str) -> None:
    page = of_english(notebook)
    keeps_nobody_out(page, f"{notebook}-english")
    assert "For a department: English" in page.locator("#head").inner_text()
    choices = page.get_by_label("Subject", exact=True).locator("option").all_inner_texts()
    assert [plain(choice) for choice in choices] == ["Average over subjects", "English"]
    page.close()
