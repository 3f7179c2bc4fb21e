"""A pack as it is read in a meeting: one file, without a network, whatever the names in it."""

from pathlib import Path
from typing import Any

import pytest
from browser.at_the_page import barriers
from browser.hostile import HOSTILE_PUPIL, HOSTILE_SUBJECT
from serving import command


@pytest.fixture(scope="module")
def packs(parameters: Path) -> Path:
    """The packs of a run over the hostile school."""
    run = command("run", str(parameters), "--only", "2_review", "--jobs", "1")
    _, error = run.communicate(timeout=300)
    assert run.returncode == 0, error
    (folder,) = parameters.parent.glob("outputs/*/*/packs")
    return folder


@pytest.mark.parametrize("name", ["2_review-inclusion", "2_review-governors", "2_review-english"])
def test_a_pack_can_be_read_without_sight_or_network(packs: Path, visit: Any, name: str) -> None:
    visit.page.on("request", lambda request: visit.asked.append(request.url))
    visit.page.goto((packs / f"{name}.html").as_uri())
    assert not barriers(visit.page)
    assert [url for url in visit.asked if not url.startswith(("file:", "data:"))] == []


def test_hostile_names_stay_words_in_a_pack(packs: Path, page: Any) -> None:
    page.goto((packs / "2_review-english.html").as_uri())
    assert HOSTILE_PUPIL in page.locator("main").inner_text()
    page.goto((packs / "2_review-inclusion.html").as_uri())
    assert HOSTILE_SUBJECT in page.locator("main").inner_text()
    assert page.locator("img[src=q], main table b").count() == 0 and "hit" not in page.title()
