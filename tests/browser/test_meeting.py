"""A review meeting as it is held: from where the school stands, over the agenda, to minutes that can be carried away."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from browser.at_the_page import DONE, barriers, opening, plain, saved, section, width_on_a_phone
from serving import Served, serving

from sentrack_lib.records import open_store
from sentrack_lib.sources.sample import write_sample

BEFORE, NOW = "2025-26-spring", "2025-26-summer"
ASK = "Ask the invented parents <i>in</i> for tea"
ITEM, DECISION = "Item", "Decision"
NOTED = """() => {
  window.still = [];
  new MutationObserver((seen) => {
    const now = document.querySelector("main .form [inert]") ? "set" : "taken";
    if (seen.length && window.still.at(-1) !== now) window.still.push(now);
  }).observe(document.querySelector("main"), { attributes: true, attributeFilter: ["inert"], subtree: true });
}"""
"""Notes when the lists of the forms are set still, and when they are free again."""


@pytest.fixture(scope="module")
def parameters(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A school in its last term; the term before it was run, so that its flags are kept."""
    folder = tmp_path_factory.mktemp("meeting")
    write_sample(folder / "invented", pupils=240, terms=3)
    file = folder / "parameters.yml"
    chosen = {"school": str(folder / "invented"), "term": NOW, "out": str(folder / "outputs"), "audiences": ["inclusion"]}
    file.write_text(yaml.safe_dump(chosen), encoding="utf-8")
    command = [sys.executable, "-m", "sentrack_lib", "run", str(file), "--term", BEFORE, "--only", "home"]
    assert subprocess.run(command, check=False).returncode == 0
    return file


@pytest.fixture(scope="module")
def served(parameters: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(parameters, tmp_path_factory.mktemp("d")) as dashboards:
        yield dashboards


@pytest.fixture(scope="module")
def opened(browser: Any, served: Served) -> Iterator[Any]:
    with opening(browser, served) as open_page:
        yield open_page


def choose(form: Any, label: str, begins: str) -> str:
    """Choose what begins so, and return what it says."""
    picker = form.get_by_label(label, exact=True).first
    texts = [text for text in picker.locator("option").all_inner_texts() if plain(text).startswith(begins)]
    picker.select_option(label=texts[0])
    return plain(texts[0])


def close(page: Any, item: str, decision: str, what: str = "", owner: str = "") -> str:
    """Close an item of the agenda, wait until the page shows it, and return what it is called."""
    form = section(page, "An item is closed")
    choose(form, "Meeting", "2026-07-01")
    called = choose(form, ITEM, item)
    choose(form, DECISION, decision)
    form.get_by_label("What *").fill(what)
    form.get_by_label("Owner", exact=True).fill(owner)
    saved(page, form)
    # The whole name: a surname alone may stand in the name of the school as well.
    name = called.split(": ", 1)[1]
    listed = "document.querySelector('[aria-label^=\"Closed this term\"]')"
    page.wait_for_function(f"name => {DONE} && {listed} && {listed}.innerText.includes(name)", arg=name)
    return called


@pytest.fixture(scope="module")
def held(opened: Any) -> Iterator[dict[str, Any]]:
    """Made once: a meeting is written down, three items are closed."""
    page = opened("5_monitor")
    page.get_by_label("Your name").fill("Ms Invented")
    form = section(page, "A meeting")
    form.get_by_label("Kind *").fill("review meeting")
    form.get_by_label("On *").fill("2026-07-01")
    form.get_by_label("Present", exact=True).fill("Ms Invented, Mr Stub")
    saved(page, form)
    page.wait_for_function("[...document.querySelectorAll('option')].some(each => each.innerText.includes('2026-07-01'))")
    page.evaluate(NOTED)
    first = close(page, "Pupil: ", "do something new", ASK, "Mr Stub")
    still = page.evaluate("window.still")
    second = close(page, "Pupil: ", "no longer needed")
    third = close(page, "Provision: ", "carry on", owner="Ms Invented")
    page.wait_for_function("name => document.querySelector('.printed').innerText.includes(name)", arg="Mr Stub")
    yield {"page": page, "new": first, "over": second, "provision": third, "still": still}
    page.close()


def test_home_says_where_the_school_stands_and_leads_to_each_stage(opened: Any) -> None:
    page = opened("home")
    stages = page.get_by_role("navigation", name="The cycle of a term")
    assert stages.get_by_role("link").count() == 5
    assert re.search(r"\d+ pupils on the roll", stages.inner_text())
    stages.get_by_role("link", name="Monitor and evaluate").click()
    page.wait_for_selector("h1:has-text('Did it work')")
    page.close()


def test_what_is_closed_leaves_the_agenda(held: dict[str, Any]) -> None:
    names = [held[item].split(": ")[1] for item in ("new", "over")]
    agenda = "document.querySelector('[aria-label^=\"Agenda\"]').innerText"
    held["page"].wait_for_function(f"names => !names.some((name) => {agenda}.includes(name))", arg=names)


def test_nothing_can_be_chosen_while_the_lists_are_renewed(held: dict[str, Any]) -> None:
    assert held["still"][-2:] == ["set", "taken"] and not held["page"].locator("main .form [inert]").count()


def test_the_records_hold_each_outcome_with_its_author(held: dict[str, Any], parameters: Path) -> None:
    actions = open_store(parameters.parent / "invented").current()["actions"]
    mine = actions[actions["recorded_by"].eq("Ms Invented")].set_index("decision")
    assert sorted(mine.index) == ["carry on", "do something new", "no longer needed"]
    assert mine.loc["do something new", ["what", "owner", "term"]].tolist() == [ASK, "Mr Stub", NOW]
    assert mine["meeting_id"].nunique() == 1 and mine.loc["do something new", "pupil_id"]
    assert mine["done_on"].notna().to_dict() == {"do something new": False, "no longer needed": True, "carry on": True}


def test_minutes_are_carried_away_as_a_document(held: dict[str, Any], tmp_path: Path) -> None:
    page = held["page"]
    with page.expect_download() as download:
        page.get_by_role("link", name="Save this as a document").first.click()
    download.value.save_as(tmp_path / "minutes.html")
    told = (tmp_path / "minutes.html").read_text(encoding="utf-8")
    assert "Minutes: review meeting" in told and "1 July 2026" in told and "Ms Invented, Mr Stub" in told
    assert ASK.replace("<", "&lt;").replace(">", "&gt;") in told and "<i>" not in told
    assert all(held[item].split(": ")[1].rsplit(",", 1)[0] in told for item in ("new", "over"))


def test_parents_of_a_pupil_talked_about_are_told(held: dict[str, Any]) -> None:
    surname, forename = held["new"].split(": ")[1].split(", ")[:2]
    words = held["page"].locator(".printed").last.inner_text()
    assert f"To the parents and carers of {forename} {surname}" in words and ASK in words


def test_last_terms_flags_are_told_to_have_been_right_or_wrong(held: dict[str, Any]) -> None:
    words = held["page"].locator("main").inner_text()
    assert "No flags are kept" not in words


@pytest.mark.parametrize("notebook", ["home", "5_monitor", "1_self_evaluation"])
def test_the_pages_can_be_read_without_sight_and_fit_a_phone(opened: Any, notebook: str) -> None:
    page = opened(notebook)
    assert not barriers(page)
    assert width_on_a_phone(page) <= 390
    page.close()
