"""The pages as one product: one head, picks that stay, tables that open, sort and search, a meeting led from the page."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from browser.at_the_page import DONE, SAID, barriers, opening, pictured, saved, section
from serving import Served

from sentrack_lib.cycle.papers.pages import MADE_FOR

PAGES = [notebook for notebook, audiences in MADE_FOR.items() if "inclusion" in audiences]
FOCUSED = "document.activeElement"


@pytest.fixture(scope="module")
def opened(browser: Any, inclusion: Served) -> Iterator[Any]:
    """Opens a page of the dashboards, once all of it is painted."""
    with opening(browser, inclusion) as open_page:

        def whole(notebook: str) -> Any:
            page = open_page(notebook)
            page.wait_for_function(DONE)
            return page

        yield whole


@pytest.fixture(scope="module")
def review(opened: Any) -> Iterator[Any]:
    """The page of the review, open for all tests that leave it as it was."""
    page = opened("2_review")
    yield page
    page.close()


def settled(page: Any) -> str:
    """Wait until the page is painted at what was picked, and return what it says it shows."""
    page.wait_for_function(f"{DONE} && {SAID}.startsWith('Shown: ')")
    return str(page.evaluate(SAID))


def column(page: Any, table: str, number: int) -> list[str]:
    """The cells of a column that can be seen."""
    cells = page.locator(f'[aria-label^="{table}"] tbody tr:visible td:nth-child({number})')
    return [text.strip() for text in cells.all_inner_texts()]


@pytest.mark.parametrize("notebook", PAGES)
def test_every_page_has_one_head_one_heading_and_an_end_and_keeps_nobody_out(opened: Any, notebook: str) -> None:
    page = opened(notebook)
    assert page.locator("h1").count() == page.locator("main").count() == page.locator("#head").count() == 1
    head = page.locator("#head").inner_text()
    assert "The Invented School" in head and "Summer 2026" in head and "For the inclusion manager" in head
    current = page.locator("nav[aria-label=Stages] a[aria-current=page]")
    assert current.count() == 1 and current.get_attribute("href") == f"{notebook}.ipynb"
    assert page.locator("#end").inner_text() == "End of page" and page.locator("#loading").count() == 0
    assert page.locator(".first, .coming, [aria-busy]").count() == 0
    assert not barriers(page)
    for width in (390, 320):  # a phone; a page of 1280 pixels made four times as large
        page.set_viewport_size({"width": width, "height": 640})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.set_viewport_size({"width": 390, "height": 844})
    assert not barriers(page)
    pictured(page, f"pages/{notebook}-inclusion")
    page.set_viewport_size({"width": 390, "height": 844})
    page.get_by_role("button", name="Meeting mode").click()
    for decide in page.locator("#steps .decide").all():
        decide.click()
    assert not barriers(page)
    page.close()


def test_the_sections_of_a_page_are_listed_and_none_is_hidden_by_the_pickers(review: Any) -> None:
    review.locator("#sections summary").click()
    links = review.locator("#sections a")
    assert links.all_inner_texts() == [each.strip() for each in review.locator("main h2").all_inner_texts()]
    links.filter(has_text="By type of need").click()
    top = review.get_by_role("heading", name="By type of need", exact=True).bounding_box()["y"]
    bar = review.locator("[cell-index]:has(.pickers)").bounding_box()
    assert top >= bar["y"] + bar["height"]
    review.locator("#sections").evaluate("each => { each.open = false; scrollTo(0, 0); }")


def test_a_type_of_need_is_picked_and_stays(opened: Any) -> None:
    page = opened("2_review")
    page.get_by_label("Type of need", exact=True).select_option(
        label="Autistic\N{NO-BREAK SPACE}spectrum\N{NO-BREAK SPACE}disorder"
    )
    assert settled(page).endswith("Autistic spectrum disorder.")
    page.get_by_role("link", name="Plan", exact=True).click()
    page.wait_for_url("**/3_plan.ipynb")
    assert settled(page).endswith("Autistic spectrum disorder.")
    page.close()


def test_a_long_list_of_a_form_is_narrowed_by_typing_and_each_field_says_what_is_meant(opened: Any) -> None:
    page = opened("3_plan")
    form = section(page, "What is agreed")
    pupil = form.get_by_label("Pupil", exact=True)
    wanted = pupil.locator("option").nth(7).inner_text()
    find = form.get_by_label("Narrow the list: Pupil")
    find.fill(wanted.replace("\N{NO-BREAK SPACE}", " ").split(" ")[0])
    find.press("Enter")
    assert pupil.locator("option:checked").inner_text().split(",")[0] == wanted.split(",")[0]
    what = form.get_by_label("What *").first
    assert page.locator(f"#{what.get_attribute('aria-describedby')}").inner_text() == "What is to be done. Needed."
    page.close()


def test_what_was_found_can_be_read_before_any_script_has_come(browser: Any, inclusion: Served) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.route("**/*voila.js*", lambda route: route.abort())
    page.goto(inclusion.page("2_review"))
    page.locator("main li", has_text="likely to make low progress").wait_for()
    context.close()


def test_the_navigation_is_passed_by_with_one_key(review: Any) -> None:
    review.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
    review.reload()
    review.wait_for_function(DONE)
    review.keyboard.press("Tab")
    assert review.evaluate(f"{FOCUSED}.id") == "skip" and review.locator("#skip").bounding_box()["y"] >= 0
    review.keyboard.press("Enter")
    assert review.evaluate(f"{FOCUSED}.id") == "rendered_cells"
    review.keyboard.press("Tab")
    assert review.evaluate(f"{FOCUSED}.closest('main') !== null")


def test_what_is_picked_stays_from_stage_to_stage(opened: Any) -> None:
    page = opened("2_review")
    page.get_by_label("Subject", exact=True).select_option(label="English")
    settled(page)
    page.get_by_label("Year group", exact=True).select_option(label="9")
    assert settled(page).endswith("English, Year 9.")
    page.get_by_role("link", name="Home", exact=True).click()
    page.wait_for_function(DONE)
    page.get_by_role("link", name="Plan", exact=True).click()
    page.wait_for_url("**/3_plan.ipynb")
    assert settled(page).endswith("English, Year 9.")
    assert page.get_by_label("Year group", exact=True).first.locator("option:checked").inner_text() == "9"
    page.reload()
    assert settled(page).endswith("English, Year 9.")
    page.close()


def test_the_address_chooses_nothing(browser: Any, inclusion: Served) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{inclusion.page('2_review')}&year_group=9&audience=governors&subject=English&papers=/etc")
    page.wait_for_function(DONE)
    assert settled(page) == "Shown: The Invented School, Summer 2026."
    assert "For the inclusion manager" in page.locator("#head").inner_text()
    context.close()


@pytest.mark.parametrize("kept", ['{"year_group": "99", "audience": "governors"}', "[1]", "no sense", '{"subject": "<b>x</b>"}'])
def test_a_pick_that_does_not_exist_opens_nothing(browser: Any, inclusion: Served, kept: str) -> None:
    context = browser.new_context()
    context.add_init_script(f"sessionStorage.setItem('sentrack picks', {json.dumps(kept)})")
    page = context.new_page()
    page.goto(inclusion.page("2_review"))
    page.wait_for_function(DONE)
    assert settled(page) == "Shown: The Invented School, Summer 2026." and page.locator("html.moving").count() == 0
    context.close()


def test_a_row_opens_what_it_names(opened: Any) -> None:
    page = opened("2_review")
    page.locator('[aria-label^="One step down"]').get_by_role("button", name="English: open").click()
    assert settled(page).endswith("English.") and page.evaluate(f"{FOCUSED}.tagName") == "SELECT"
    page.locator('[aria-label^="Progress by SEN by year group"]').get_by_role("button", name="Year 9: open").first.click()
    assert settled(page).endswith("English, Year 9.")
    group = page.locator('[aria-label^="One step down"] button[data-opens]').first
    name = group.inner_text()
    group.press("Enter")
    assert settled(page).endswith(f"English, Year 9, group {name}.")
    page.close()


def test_a_table_is_one_stop_of_the_tab_key_and_arrows_lead_through_what_opens(review: Any) -> None:
    doors = review.locator('[aria-label^="Who to look at first"] button[data-opens]')
    assert [door.get_attribute("tabindex") for door in doors.all()].count("0") == 1
    doors.first.focus()
    review.keyboard.press("ArrowDown")
    assert review.evaluate(f"{FOCUSED}.innerText") == doors.nth(1).inner_text()
    review.keyboard.press("ArrowUp")
    assert review.evaluate(f"{FOCUSED}.innerText") == doors.first.inner_text()


def test_a_name_leads_to_the_page_of_the_pupil(opened: Any) -> None:
    page = opened("2_review")
    name = page.locator('[aria-label^="Who to look at first"] button[data-opens]').nth(1)
    surname, forename = name.inner_text().split(", ")
    name.click()
    page.wait_for_url("**/pupil.ipynb")
    assert settled(page).endswith(f"{forename} {surname}.")
    assert page.locator("main").inner_text().count(surname) > 2
    page.close()


def test_a_table_is_sorted_by_any_of_its_columns_and_says_so(review: Any) -> None:
    table = review.locator('[aria-label^="Pupil by pupil:"]').first
    as_found = column(review, "Pupil by pupil:", 1)
    head = table.get_by_role("columnheader", name="Pupil")
    head.get_by_role("button").focus()
    review.keyboard.press("Enter")
    assert head.get_attribute("aria-sort") == "ascending"
    names = column(review, "Pupil by pupil:", 1)
    letters = [name[0] for name in names]
    assert letters == sorted(letters) and names != as_found and sorted(names) == sorted(as_found)
    review.keyboard.press("Enter")
    assert head.get_attribute("aria-sort") == "descending" and column(review, "Pupil by pupil:", 1)[0] == names[-1]
    review.keyboard.press("Enter")
    assert head.get_attribute("aria-sort") is None and column(review, "Pupil by pupil:", 1) == as_found


def test_numbers_are_sorted_as_numbers(review: Any) -> None:
    table = review.locator('[aria-label^="Pupil by pupil:"]').first
    heads = table.locator("th").all_inner_texts()
    place = next(number for number, head in enumerate(heads, start=1) if head.startswith("Growth percentile"))
    button = table.locator("th").nth(place - 1).get_by_role("button")
    for order, turned in (("ascending", 1), ("descending", -1)):
        button.click()
        told = [int(cell) for cell in column(review, "Pupil by pupil:", place) if cell]
        assert told == sorted(told, key=lambda number: turned * number), order
    button.click()


def test_a_long_table_is_searched_and_the_number_of_rows_is_said(review: Any) -> None:
    region = review.locator('[aria-label^="Pupil by pupil:"]').first
    before = column(review, "Pupil by pupil:", 1)
    assert len(before) > 15
    field = region.locator("xpath=preceding-sibling::p[@class='search']")
    field.get_by_role("searchbox").fill(before[3].lower())
    left = column(review, "Pupil by pupil:", 1)
    assert before[3] in left and len(left) < len(before)
    assert field.get_by_role("status").inner_text() == f"{len(left)} of {len(before)} rows"
    field.get_by_role("searchbox").fill("")
    assert column(review, "Pupil by pupil:", 1) == before
    short = [table for table in review.locator("main table").all() if table.locator("tbody tr").count() <= 15]
    assert review.locator("main .search").count() == review.locator("main table").count() - len(short)


def test_a_meeting_is_led_from_the_page_one_section_at_a_time(opened: Any) -> None:
    page = opened("3_plan")
    page.get_by_role("button", name="Meeting mode").focus()
    page.keyboard.press("Enter")
    steps = page.get_by_role("group", name="Meeting")
    assert re.fullmatch(r"1 of \d+: .+", steps.get_by_role("status").inner_text())
    assert steps.get_by_role("button", name="Previous").is_disabled()
    assert page.evaluate(f"{FOCUSED}.innerText") == "Next"
    page.keyboard.press("Enter")
    assert "What matters first" in steps.get_by_role("status").inner_text()
    assert page.locator("main h2:visible").all_inner_texts() == ["What matters first"]
    size = "getComputedStyle(document.querySelector('main li')).fontSize"
    assert float(page.evaluate(size).removesuffix("px")) >= 20
    page.keyboard.press("PageDown")
    assert page.locator("main h2:visible").all_inner_texts() == ["Nobody has acted yet"]
    steps.get_by_role("button", name="Write down a decision").click()
    assert section(page, "What is agreed").is_visible() and page.get_by_label("Your name").is_visible()
    assert not barriers(page)
    page.keyboard.press("Escape")
    assert page.locator("main h2:visible").count() > 5 and steps.count() == 0
    page.close()


def test_the_items_of_an_agenda_are_taken_one_by_one_with_the_decision_at_hand(opened: Any) -> None:
    page = opened("5_monitor")
    rows = page.locator('[aria-label^="Agenda"] tbody tr')
    many = rows.count()
    assert many > 1
    page.get_by_role("button", name="Meeting mode").click()
    status = page.get_by_role("group", name="Meeting").get_by_role("status")
    while "item" not in status.inner_text():
        page.get_by_role("button", name="Next").click()
    assert (
        status.inner_text().endswith(f"item 1 of {many}") and page.locator('[aria-label^="Agenda"] tbody tr:visible').count() == 1
    )
    page.get_by_role("button", name="Next").click()
    assert status.inner_text().endswith(f"item 2 of {many}")
    assert page.get_by_role("button", name="Save", exact=True).first.is_visible()
    page.close()


def test_what_was_just_saved_can_be_taken_back(opened: Any) -> None:
    what = "Ring the invented parents"
    page = opened("3_plan")
    form = section(page, "What is agreed")
    assert form.get_by_role("button", name="Take back what was just saved").count() == 0
    page.get_by_label("Your name").fill("Ms Invented")
    form.get_by_label("Pupil", exact=True).first.select_option(index=1)
    form.get_by_label("What *").first.fill(what)
    saved(page, form)
    agreed = page.locator('[aria-label^="What is agreed"]')
    agreed.get_by_text(what).first.wait_for()
    form.get_by_label("What *").first.fill("Being written meanwhile")
    form.get_by_role("button", name="Take back what was just saved").press("Enter")
    form.locator(".said").last.get_by_text("Taken back").wait_for()
    page.wait_for_function(f"!document.querySelector('main').innerText.includes({what!r})")
    assert form.get_by_label("What *").first.input_value() == "Being written meanwhile"
    assert form.get_by_role("button", name="Take back what was just saved").count() == 0
    page.close()


def test_on_paper_there_is_the_page_and_nothing_to_press(review: Any) -> None:
    review.emulate_media(media="print")
    assert review.locator("main button:visible:not([data-opens]):not(th button), main select:visible, nav:visible").count() == 0
    assert review.locator("#head").inner_text().startswith("The Invented School") and review.locator("h1").is_visible()
    review.emulate_media(media="screen")
