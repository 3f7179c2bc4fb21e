"""A pack as it is read in a meeting: one file, without a network, whatever the names in it."""

from fnmatch import fnmatch
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml
from browser.at_the_page import PAPER, barriers, pictured, width_on_a_phone, width_on_paper
from browser.hostile import HOSTILE_GROUP, HOSTILE_PUPIL, HOSTILE_SUBJECT
from serving import command

from sentrack_lib.cycle.papers.pages import MADE_FOR
from sentrack_lib.settings import Pack

NAMES = {"subject": "english", "year_group": "year-9", "teaching_group": "class-english-*", "pupil": "*"}
"""How the packs of a part of the school are called; those of the whole school are called after their audience."""
KINDS = ["index"] + [
    f"{notebook}-{NAMES.get(kind, audience)}"
    for notebook, audiences in MADE_FOR.items()
    for audience, kinds in audiences.items()
    for kind in kinds
]


@pytest.fixture(scope="module")
def packs(parameters: Path) -> Path:
    """The packs of a run over the hostile school: all that can be asked for."""
    chosen = yaml.safe_load(parameters.read_text(encoding="utf-8"))
    asked = parameters.with_name("packs.yml")
    asked.write_text(yaml.safe_dump({**chosen, "packs": list(NAMES)}), encoding="utf-8")
    run = command("run", str(asked), "--jobs", "2")
    _, error = run.communicate(timeout=300)
    assert run.returncode == 0, error
    (folder,) = parameters.parent.glob("outputs/*/*/packs")
    return folder


@pytest.mark.parametrize("kind", KINDS)
def test_a_pack_can_be_read_without_sight_or_network_on_a_phone_and_on_paper(packs: Path, visit: Any, kind: str) -> None:
    visit.page.on("request", lambda request: visit.asked.append(request.url))
    visit.page.goto(min(packs.glob(f"{kind}.html")).as_uri())
    assert not barriers(visit.page)
    assert width_on_a_phone(visit.page) <= 390 and width_on_paper(visit.page) <= PAPER
    assert [url for url in visit.asked if not url.startswith(("file:", "data:"))] == []
    pictured(visit.page, f"packs/{kind.replace('-*', '')}")


def test_no_kind_of_pack_is_left_out(packs: Path) -> None:
    names = {file.stem for file in packs.glob("*.html")}
    assert not [name for name in names if not any(fnmatch(name, kind) for kind in KINDS)]
    assert set(NAMES) == set(get_args(Pack))


def test_hostile_names_stay_words_in_a_pack(packs: Path, page: Any) -> None:
    page.goto((packs / "2_review-english.html").as_uri())
    assert HOSTILE_PUPIL in page.locator("main").inner_text()
    page.goto((packs / "index.html").as_uri())
    # Of pupils there are packs of Year 9 alone, in which nobody has such a name.
    assert HOSTILE_GROUP in page.locator("main").inner_text() and "hit" not in page.title()
    page.goto((packs / "2_review-inclusion.html").as_uri())
    assert HOSTILE_SUBJECT in page.locator("main").inner_text()
    assert page.locator("img[src=q], main table b").count() == 0 and "hit" not in page.title()
