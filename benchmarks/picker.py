"""On a dashboard, in Chromium: a picker is changed, and everything that is on the screen is painted anew.

Counted from the change until the browser has drawn a frame in which no part on the screen is left from the choice before. Parts
further down follow; they are measured apart, as `whole page`. Each choice is made when the page has come to rest, at the top and
further down (the pickers stay on the screen), and at places that the page has not shown before.
"""

from statistics import median
from typing import Any

from benchmarks.measuring import Measured, Plan
from benchmarks.pages import TOKEN, browser, chromium, dashboards

GOAL = 300
PLACES = ("What matters first", "Subject by subject", "Is it the subject, the class, or the pupil?", "Pupil by pupil: three")
"""Headings to which the page is scrolled."""
REST = "document.body.dataset.painted === 'all'"
TO_PLACE = (
    """title => [...document.querySelectorAll('main h2')].find(each => each.innerText.startsWith(title)).scrollIntoView()"""
)
CHANGE = """async ([label, number]) => {
  const frame = () => new Promise(requestAnimationFrame);
  const select = [...document.querySelectorAll('.pickers select')].find(each => each.labels[0].innerText === label);
  const onScreen = part => { const box = part.getBoundingClientRect(); return box.bottom > 0 && box.top < innerHeight; };
  const old = () => document.body.dataset.painted === 'nothing'
    || [...document.querySelectorAll('main .part[aria-busy]')].some(onScreen);
  const began = performance.now();
  select.selectedIndex = number;
  select.dispatchEvent(new Event('change', { bubbles: true }));
  while (old()) await frame();
  await frame();
  const seen = performance.now() - began;
  while (document.body.dataset.painted !== 'all') await frame();
  return [seen, performance.now() - began];
}"""


def measure(plan: Plan) -> dict[str, Measured]:
    """The middle times, in milliseconds."""
    if not chromium():
        return {}
    with dashboards(plan) as (ours, _), browser() as chrome:
        page = chrome.new_page(viewport={"width": 1280, "height": 900})
        page.goto(f"{ours}2_review.ipynb?token={TOKEN}")
        page.wait_for_function(REST, timeout=180_000)
        found = [_change(page, place, *step) for place, step in zip(PLACES * 9, _steps(page), strict=False)]
    seen, whole = (median(each[part] for each in found) for part in (0, 1))
    return {
        "picker": Measured(seen, None, None, "ms", f"at most {GOAL} ms", seen <= GOAL),
        "picker, whole page": Measured(whole, None, None, "ms", "no goal", True),
    }


def _steps(page: Any) -> list[tuple[str, int]]:
    """Every subject for the whole school, then a subject of one year group after another."""
    many = {label: page.get_by_label(label, exact=True).locator("option").count() for label in ("Subject", "Year group")}
    subjects = [("Subject", number) for number in range(1, many["Subject"])]
    years = [("Year group", number) for number in range(1, many["Year group"])]
    turn = [("Subject", 1 + number % (many["Subject"] - 1)) for _, number in years]
    return [*subjects, *(step for both in zip(years, turn, strict=True) for step in both)]


def _change(page: Any, place: str, label: str, number: int) -> tuple[float, float]:
    page.evaluate(TO_PLACE, place)
    page.wait_for_timeout(300)
    seen, whole = page.evaluate(CHANGE, [label, number])
    return seen, whole
