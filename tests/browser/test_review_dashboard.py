"""The review dashboard as people meet it: what it shows, how it follows the pickers, and what never leaves it."""

import json
import os
import re
import signal
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from browser.at_the_page import barriers, opening
from browser.hostile import HOSTILE_GROUP, HOSTILE_PUPIL, HOSTILE_SUBJECT
from processes import kernels, until
from serving import TOKEN, Served


def test_the_page_opens_with_a_question_and_the_bottom_line(review: Any) -> None:
    assert review.page.title() == "Who is not making expected progress? · sentrack"
    assert review.page.locator("h1").all_inner_texts() == ["Who is not making expected progress?"]
    assert re.search(r"of 3\d\d pupils (is|are) likely to make low progress", review.words)
    assert review.page.locator("main table").count() > 5 and review.page.locator("main img").count() >= 1


def test_the_token_does_not_stay_in_the_address(review: Any, inclusion: Served) -> None:
    assert review.page.url == f"{inclusion.address}/voila/render/2_review.ipynb"


def test_no_source_of_the_page_is_sent(review: Any) -> None:
    sent = json.dumps([review.page.content(), *review.frames])
    assert not [text for text in ("open_papers", "page.show", "sentrack_lib", "Traceback") if text in sent]


def test_parts_and_words_follow_the_pickers(review: Any) -> None:
    review.choose("Subject", "English")
    assert "Pupil by pupil: The Invented School, Summer 2026, English" in review.words
    assert review.choose("Year group", "9") == "Shown: The Invented School, Summer 2026, English, Year 9."
    assert "Pupil by pupil: The Invented School, Summer 2026, English, Year 9" in review.words
    review.choose("Year group", "All year groups")
    assert review.choose("Subject", "Average over subjects") == "Shown: The Invented School, Summer 2026."


def test_teaching_groups_are_those_of_the_subject_and_year(review: Any) -> None:
    picker = review.page.get_by_label("Teaching group", exact=True)
    assert review.choices("Teaching group") == ["Choose a subject first"] and picker.is_disabled()
    review.choose("Subject", "Maths")
    review.choose("Year group", "9")
    groups = review.choices("Teaching group")
    assert len(groups) > 1 and all(group.startswith("9/Ma") for group in groups[1:])
    review.choose("Teaching group", groups[1])
    assert review.choose("Subject", "Science") == "Shown: The Invented School, Summer 2026, Science, Year 9."
    review.choose("Year group", "All year groups")


def test_hostile_names_stay_words_on_the_page(review: Any) -> None:
    review.choose("Subject", "English")
    review.choose("Teaching group", HOSTILE_GROUP)
    assert HOSTILE_PUPIL in review.words and f"group {HOSTILE_GROUP}" in review.words
    review.choose("Subject", HOSTILE_SUBJECT)
    assert f"Summer 2026, {HOSTILE_SUBJECT}" in review.words
    assert review.page.locator("img[src=q], main table b, mjx-container").count() == 0 and "hit" not in review.page.title()


def test_the_page_can_be_read_without_sight(review: Any) -> None:
    assert not barriers(review.page)


def test_the_page_can_be_used_without_a_mouse(review: Any) -> None:
    before = review.page.locator(".said").inner_text()
    review.page.get_by_label("Subject", exact=True).focus()
    review.page.keyboard.press("ArrowDown")
    said = "document.querySelector('.said').innerText"
    review.page.wait_for_function(f"before => {said} != before && {said}.startsWith('Shown: ')", arg=before)
    assert review.page.evaluate("document.activeElement.tagName") == "SELECT"


def test_the_page_fits_a_phone(review: Any) -> None:
    review.page.set_viewport_size({"width": 390, "height": 844})
    assert review.page.evaluate("document.documentElement.scrollWidth") <= 390
    cut = "labels => labels.filter(label => label.scrollWidth > label.clientWidth + 1).length"
    assert review.page.locator(".pickers label").evaluate_all(cut) == 0


def test_nothing_was_asked_from_any_other_host_and_nothing_failed_in_the_page(review: Any, inclusion: Served) -> None:
    assert review.asked and review.faults == []
    assert [url for url in review.asked if not url.startswith((inclusion.address, "data:", "blob:"))] == []


def test_a_page_whose_kernel_died_says_so(inclusion: Served, review: Any, visit: Any) -> None:
    before = kernels(inclusion.process.pid)
    page = visit.open(inclusion).page
    assert page.locator("#lost").is_hidden()
    (kernel,) = kernels(inclusion.process.pid) - before
    os.kill(kernel, signal.SIGKILL)
    page.get_by_text("has lost its connection").wait_for()


def test_a_page_that_is_left_leaves_no_kernel(inclusion: Served, review: Any, visit: Any) -> None:
    before = kernels(inclusion.process.pid)
    page = visit.open(inclusion).page
    (kernel,) = kernels(inclusion.process.pid) - before
    page.goto("about:blank")
    assert until(lambda: kernel not in kernels(inclusion.process.pid))


def test_a_page_that_is_left_while_it_is_being_made_leaves_no_kernel(inclusion: Served, review: Any, page: Any) -> None:
    before = kernels(inclusion.process.pid)
    page.goto(inclusion.page("0_data"), wait_until="commit")
    page.wait_for_selector("#jupyter-config-data", state="attached")
    assert kernels(inclusion.process.pid) - before
    page.goto("about:blank")
    assert until(lambda: not kernels(inclusion.process.pid) - before)


def test_twenty_pages_that_are_opened_and_left_leave_no_kernel(inclusion: Served, review: Any, browser: Any) -> None:
    before = kernels(inclusion.process.pid)
    with opening(browser, inclusion) as open_page:
        pages = [open_page("0_data") for _ in range(20)]
        assert len(kernels(inclusion.process.pid) - before) == 20
        for page in pages:
            page.goto("about:blank")
        # Before the browser is shut: one that is shut at once says nothing to the server.
        assert until(lambda: not kernels(inclusion.process.pid) - before)


def test_governors_are_sent_no_pupil(governors: Served, school: Path, visit: Any) -> None:
    visit.open(governors, "main .widget-html-content li")
    sent = json.dumps([visit.page.content(), *visit.frames], ensure_ascii=False)
    assert "The Invented School" in sent and visit.frames
    assert [name for name in _about_pupils(school) if name in sent] == []


def test_governors_are_offered_their_pages_alone(governors: Served, page: Any) -> None:
    page.goto(f"{governors.address}/?token={TOKEN}")
    assert page.locator("li a").all_inner_texts() == [
        "How well does the school do for pupils with SEN, and what comes first?",
        "Who is not making expected progress?",
        "What do we do about it, with whom, until when, and at what cost?",
        "Did it work, were we right, and what comes next?",
    ]
    assert page.goto(governors.page("0_data")).status >= 400


@pytest.mark.parametrize("path", [f"?token={TOKEN}", "login", "voila/render/nosuch.ipynb"])
def test_the_pages_around_the_pages_can_be_read_without_sight(inclusion: Served, page: Any, path: str) -> None:
    page.goto(f"{inclusion.address}/{path}")
    assert not barriers(page)


def _about_pupils(school: Path) -> set[str]:
    """Every surname, UPN, and date of birth, as exported and as it is written by hand."""
    rolls = pd.concat([pd.read_csv(file, dtype="str") for file in school.glob("*/pupils.csv")])
    born = pd.to_datetime(rolls["date_of_birth"])
    told = pd.concat([rolls["surname"], rolls["upn"], rolls["date_of_birth"], born.dt.strftime("%d/%m/%Y")])
    return set(told.dropna())
