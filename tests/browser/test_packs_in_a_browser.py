"""A pack as it is read in a meeting: one file, without a network, whatever the names in it."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from browser.at_the_page import barriers, width_on_a_phone
from browser.hostile import HOSTILE_GROUP, HOSTILE_PUPIL, HOSTILE_SUBJECT
from serving import command


@pytest.fixture(scope="module")
def packs(parameters: Path) -> Path:
    """The packs of a run over the hostile school."""
    chosen = yaml.safe_load(parameters.read_text(encoding="utf-8"))
    asked = parameters.with_name("packs.yml")
    asked.write_text(yaml.safe_dump({**chosen, "packs": ["subject", "teaching_group", "pupil"]}), encoding="utf-8")
    run = command("run", str(asked), "--only", "2_review", "--only", "pupil", "--jobs", "1")
    _, error = run.communicate(timeout=300)
    assert run.returncode == 0, error
    (folder,) = parameters.parent.glob("outputs/*/*/packs")
    return folder


PAGES = ["2_review-inclusion", "2_review-governors", "2_review-english", "2_review-class-*", "pupil-*", "index"]


@pytest.mark.parametrize("name", PAGES)
def test_a_pack_can_be_read_without_sight_or_network(packs: Path, visit: Any, name: str) -> None:
    visit.page.on("request", lambda request: visit.asked.append(request.url))
    visit.page.goto(min(packs.glob(f"{name}.html")).as_uri())
    assert not barriers(visit.page)
    assert width_on_a_phone(visit.page) <= 390
    assert [url for url in visit.asked if not url.startswith(("file:", "data:"))] == []


def test_hostile_names_stay_words_in_a_pack(packs: Path, page: Any) -> None:
    page.goto((packs / "2_review-english.html").as_uri())
    assert HOSTILE_PUPIL in page.locator("main").inner_text()
    page.goto((packs / "index.html").as_uri())
    # Of pupils there are packs of Year 9 alone, in which nobody has such a name.
    assert HOSTILE_GROUP in page.locator("main").inner_text() and "hit" not in page.title()
    page.goto((packs / "2_review-inclusion.html").as_uri())
    assert HOSTILE_SUBJECT in page.locator("main").inner_text()
    assert page.locator("img[src=q], main table b").count() == 0 and "hit" not in page.title()
