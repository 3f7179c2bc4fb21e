"""Each task of a term with the keyboard alone: nothing is pressed, filled in or given focus but by its keys."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from browser.at_the_page import DONE, SAID, opening, plain
from serving import Served

AT = """() => {
  const at = document.activeElement, was = window.hadKeyboard;
  const look = (each) => {
    const own = getComputedStyle(each);
    return [own.outlineStyle, own.outlineWidth, own.outlineColor, own.boxShadow].join(" ");
  };
  const named = at.getAttribute("aria-label") || at.labels?.[0]?.innerText || at.innerText || at.tagName;
  const called = at === document.body ? "nothing" : named.trim().replace(/ \\*$/, "");
  const unseen = was?.at.isConnected && was.at !== at && look(was.at) === was.look ? was.called : "";
  window.hadKeyboard = at === document.body ? null : { at, called, look: look(at) };
  return [called, unseen];
}"""
"""What has the keyboard, as it is called; and what had it before, if it looks no other without it."""
ANSWERED = """([form, before]) => {
  const said = [...form.querySelectorAll(".said")].at(-1).innerText;
  return !form.querySelector("button:disabled") && said !== before && !/^(Saving|Still saving)/.test(said) && said;
}"""
"""What a form says of what was saved, once it says so and all of it can be used again."""
FARTHEST = 300
"""So many keys nobody presses to come to anything."""
NAME, WHAT, OWNER = "Ms Invented", "Show the invented parents round by key", "Mr Stub"


@dataclass(frozen=True)
class Keys:
    """Somebody at a page who has the keyboard alone."""

    page: Any

    @property
    def at(self) -> str:
        """What has the keyboard; it must be seen that it has."""
        called, unseen = self.page.evaluate(AT)
        assert not unseen, f"it is not seen that {unseen!r} has the keyboard"
        return plain(str(called))

    def press(self, key: str, times: int = 1) -> None:
        for _ in range(times):
            self.page.keyboard.press(key)

    def reach(self, called: str, key: str = "Tab") -> str:
        """Go on until what is called so has the keyboard, and return its name; a pattern may stand for names."""
        passed: list[str] = []
        for _ in range(FARTHEST):
            self.press(key)
            passed.append(self.at)
            if re.fullmatch(called, passed[-1]):
                return passed[-1]
        raise AssertionError(f"{called!r} is not reached: {passed}")

    def begin(self) -> None:
        """Go back to where the page begins, if one has begun."""
        if self.at != "nothing":
            self.reach("Skip to what the page says", key="Shift+Tab")

    def jump(self, section: str) -> None:
        """Go to a section by the list at the top of the page."""
        self.reach("On this page")
        if not self.page.locator("#sections[open]").count():
            self.press("Enter")
        self.reach(re.escape(section))
        self.press("Enter")

    def write(self, field: str, words: str) -> None:
        """Go on to a field, and write; in a list this chooses what begins so."""
        self.reach(field)
        self.page.keyboard.type(words)

    def find(self, field: str, words: str) -> str:
        """Narrow a long list by typing, choose the first that is left, and return it."""
        self.write(f"Narrow the list: {field}", words)
        self.press("Enter")
        assert self.at == field
        return plain(str(self.page.evaluate("document.activeElement.selectedOptions[0].innerText")))

    def save(self, button: str = "Save") -> str:
        """Go on to a button of a form, press it, and return what is said once the form can be used again."""
        self.reach(button)
        form = self.page.evaluate_handle("document.activeElement.closest('.form')")
        before = form.evaluate("form => [...form.querySelectorAll('.said')].at(-1).innerText")
        self.press("Enter")
        return str(self.page.wait_for_function(ANSWERED, arg=[form, before]).json_value())

    def settled(self) -> str:
        """Wait until the page is painted at what was picked, and return what it says it shows."""
        self.page.wait_for_function(f"{DONE} && {SAID}.startsWith('Shown: ')")
        return str(self.page.evaluate(SAID))

    def words(self, table: str) -> str:
        """What stands in a table."""
        return plain(self.page.locator(f'[aria-label^="{table}"]').first.inner_text())


@pytest.fixture(scope="module")
def opened(browser: Any, inclusion: Served) -> Iterator[Callable[[str], Keys]]:
    """Opens a page of the inclusion manager, once all of it is painted."""
    with opening(browser, inclusion) as open_page:

        def whole(notebook: str) -> Keys:
            page = open_page(notebook)
            page.wait_for_function(DONE)
            return Keys(page)

        yield whole


@pytest.fixture(scope="module")
def review(opened: Callable[[str], Keys]) -> Iterator[Keys]:
    """The review, come to from home by the navigation of the stages."""
    keys = opened("home")
    keys.reach("Review")
    keys.press("Enter")
    keys.page.wait_for_url("**/2_review.ipynb")
    keys.settled()
    yield keys
    keys.page.close()


@pytest.fixture(scope="module")
def monitor(opened: Callable[[str], Keys]) -> Iterator[Keys]:
    keys = opened("5_monitor")
    yield keys
    keys.page.close()


@pytest.fixture(scope="module")
def decided(opened: Callable[[str], Keys]) -> Iterator[dict[str, Any]]:
    """Made once: a decision is written down for a pupil for whom nobody has acted, saved, and taken back."""
    keys = opened("3_plan")
    pupil = keys.page.locator('[aria-label^="Nobody has acted yet"] tbody td').first.inner_text()
    keys.write("Your name", NAME)
    chosen = keys.find("Pupil", pupil)
    keys.write("What", WHAT)
    keys.write("Owner", OWNER)
    keys.write("By", "01012027")
    said, at = keys.save(), keys.at
    keys.page.locator('[aria-label^="What is agreed"]').get_by_text(WHAT).first.wait_for()
    seen = keys.words("What is agreed")
    back, at_last = keys.save("Take back what was just saved"), keys.at
    keys.page.wait_for_function("what => !document.querySelector('main').innerText.includes(what)", arg=WHAT)
    yield {"keys": keys, "pupil": pupil, "chosen": chosen, "said": said, "at": (at, at_last), "seen": seen, "back": back}
    keys.page.close()


def status(keys: Keys) -> str:
    """What is said of where a meeting stands."""
    return str(keys.page.locator("#steps [role=status]").inner_text())


def test_from_home_the_review_is_reached_a_subject_picked_and_a_row_opened(review: Keys) -> None:
    review.write("Subject", "English")
    assert review.settled() == "Shown: The Invented School, Summer 2026, English." and review.at == "Subject"
    review.reach("One step down.*")
    first = review.reach(".*: open")
    review.press("ArrowDown")
    second = review.at
    assert second.endswith(": open") and second != first
    review.press("Enter")
    assert second.removesuffix(": open") in review.settled() and review.at == "Year group"


def test_a_long_table_is_searched_and_sorted(review: Keys) -> None:
    review.begin()
    review.jump("Pupil by pupil: three expectations side by side")
    rows = review.page.locator('[aria-label^="Pupil by pupil:"] tbody tr:visible')
    many, last = rows.count(), rows.last.locator("td").first.inner_text()
    review.write("Search this table", last)
    left = rows.all_inner_texts()
    assert 0 < len(left) < many and all(last in row for row in left)
    assert review.page.get_by_text(f"{len(left)} of {many} rows", exact=True).is_visible()
    review.press("Backspace", times=len(last))
    review.reach("Pupil")
    for falls in (False, True):
        review.press("Enter")
        initials = [text[0] for text in rows.all_inner_texts()]
        assert review.at == "Pupil" and len(initials) == many and initials[0] != initials[-1]
        assert initials == sorted(initials, reverse=falls)


def test_a_name_leads_to_the_page_of_the_pupil_whose_letter_is_printed(review: Keys) -> None:
    review.begin()
    review.jump("Pupil by pupil: who to look at first")
    review.reach(".*: open")
    review.press("ArrowDown")
    surname, forename = review.at.removesuffix(": open").split(", ")
    review.press("Enter")
    review.page.wait_for_url("**/pupil.ipynb")
    assert review.settled().endswith(f"{forename} {surname}.")
    assert f"Dear parents and carers of {forename}" in review.page.locator("main .letter").inner_text()
    review.page.evaluate("window.print = () => { window.printed = true; }")
    review.reach("Print")
    review.press("Enter")
    assert review.page.evaluate("window.printed") and review.at == "Print"


def test_a_decision_is_written_down_saved_and_seen(decided: dict[str, Any]) -> None:
    assert decided["chosen"].startswith(decided["pupil"])
    assert re.fullmatch(r"Saved [\d:]+, 1 row\.", decided["said"])
    assert all(words in decided["seen"] for words in (WHAT, OWNER, decided["pupil"], "1 January 2027"))


def test_what_was_just_saved_is_taken_back(decided: dict[str, Any]) -> None:
    assert re.fullmatch(r"Taken back [\d:]+\. It stands as it did before\.", decided["back"])


def test_the_keyboard_stays_at_save_when_something_was_saved_or_taken_back(decided: dict[str, Any]) -> None:
    assert decided["at"] == ("Save", "Save")


def test_minutes_are_carried_away(decided: dict[str, Any], tmp_path: Path) -> None:
    keys = decided["keys"]
    keys.reach("Save this as a document")
    with keys.page.expect_download() as download:
        keys.press("Enter")
    download.value.save_as(tmp_path / "minutes.html")
    assert "Minutes: " in (tmp_path / "minutes.html").read_text(encoding="utf-8") and keys.at == "Save this as a document"


def test_a_session_of_a_group_is_logged(opened: Callable[[str], Keys]) -> None:
    keys = opened("4_implement")
    keys.write("Your name", NAME)
    keys.reach("Provision")
    keys.press("ArrowDown")
    ticks = keys.page.locator(".ticks input")
    ticks.first.wait_for()
    keys.reach("Note")
    keys.press("Tab")
    keys.press("Space")
    many = ticks.count()
    assert [tick.is_checked() for tick in ticks.all()] == [False] + [True] * (many - 1)
    assert keys.save("Save the session").endswith(f", {many} rows.") and keys.at == "Save the session"
    keys.page.close()


def test_in_a_meeting_the_keyboard_stays_at_the_steps_and_an_item_can_be_closed_from_each(monitor: Keys) -> None:
    monitor.reach("Meeting mode")
    monitor.press("Enter")
    steps = int(status(monitor).split(":")[0].removeprefix("1 of "))
    monitor.reach("Write down a decision")
    monitor.press("Enter")
    assert monitor.page.locator("main .at-hand h3:visible").all_inner_texts() == ["An item is closed"]
    monitor.reach("Next", key="Shift+Tab")
    monitor.press("Enter", times=steps - 1)
    assert status(monitor).startswith(f"{steps} of") and monitor.at == "Previous"
    monitor.press("Enter", times=steps - 1)
    assert status(monitor).startswith("1 of") and monitor.at == "Next"
    monitor.press("Escape")
    assert monitor.at == "Meeting mode" and not monitor.page.locator("#steps").count()


def test_a_meeting_is_led_and_an_item_closed_with_a_decision(monitor: Keys) -> None:
    item = "Friends at lunch"
    monitor.begin()
    monitor.reach("Meeting mode")
    monitor.press("Enter")
    while "item 2 of" not in status(monitor):
        assert monitor.at == "Next"
        monitor.press("Enter")
    left = int(status(monitor).split()[-1]) - 1
    monitor.reach("Write down a decision")
    monitor.press("Enter")
    monitor.write("Your name", NAME)
    monitor.write("Meeting", "2026")
    assert item in monitor.find("Item", item)
    monitor.write("Decision", "carry")
    monitor.write("Owner", OWNER)
    assert monitor.save().startswith("Saved ") and monitor.at == "Save"
    monitor.page.locator("#steps").get_by_text(f"item 2 of {left}").wait_for()
    monitor.press("Escape")
    assert monitor.at == "Meeting mode" and item in monitor.words("Closed this term")


def test_a_statement_of_the_self_evaluation_is_rated(opened: Callable[[str], Keys]) -> None:
    keys = opened("1_self_evaluation")
    keys.write("Your name", NAME)
    assert keys.find("Statement", "12.").startswith("12. ")
    keys.write("Rated by", "Invented governor")
    keys.reach("Rating")
    keys.press("ArrowDown")
    keys.write("Evidence", "Seen in three invented lessons")
    assert re.fullmatch(r"Saved [\d:]+, 1 row\.", keys.save()) and keys.at == "Save"
    keys.page.get_by_role("columnheader", name="Invented governor").wait_for()
    keys.page.close()
