"""A page is opened: how long until its first finding can be read, beside a page of one line in Voilà as it comes.

Both in Chromium, in turns, each visit in a browser that has been nowhere before; counted from the click until the words are
there. And with twenty pages open: what the server and all its kernels hold.
"""

import time
from typing import Any

from benchmarks.measuring import Measured, Plan, in_turns
from benchmarks.pages import TOKEN, bare_page, browser, chromium, dashboards, held

GOAL = 1.5
OPEN, MOST = 20, 4096
"""Pages open at once, and the megabytes that they may hold."""
FINDING = "main li:has-text('likely to make low progress'), main li:has-text('of 60 pupils')"
DRAWN = "body[data-painted=all]"


def measure(plan: Plan) -> dict[str, Measured]:
    """The middle times in seconds of the page of the review and of the bare page; megabytes of twenty open pages."""
    if not chromium():
        return {}
    with dashboards(plan) as (ours, server), bare_page() as bare, browser() as chrome:
        works = (lambda: _until(chrome, f"{ours}2_review.ipynb", FINDING), lambda: _until(chrome, bare, "text=hello"))
        for work in works:
            work()
        mine, theirs = in_turns(max(plan.rounds, 3), *works)
        megabytes = _twenty_open(chrome, ours, server, OPEN if plan.pupils > 100 else 2)
    ratio = mine / theirs
    return {
        "first content": Measured(mine, theirs, ratio, "s", f"at most {GOAL} times", ratio <= GOAL),
        "twenty pages": Measured(megabytes, None, None, "MB", f"at most {MOST} MB", megabytes <= MOST),
    }


def _until(chrome: Any, address: str, there: str) -> float:
    """Seconds until something on a page is seen."""
    visit = chrome.new_context(viewport={"width": 1280, "height": 900})
    page = visit.new_page()
    began = time.perf_counter()
    page.goto(f"{address}?token={TOKEN}", wait_until="commit")
    page.locator(there).first.wait_for(timeout=90_000)
    seconds = time.perf_counter() - began
    page.goto("about:blank")  # its kernel ends
    visit.close()
    time.sleep(0.5)
    return seconds


def _twenty_open(chrome: Any, ours: str, server: int, many: int) -> float:
    """Megabytes that the server and its kernels hold while so many pages of the review are open, painted to their end."""
    visit = chrome.new_context()
    for _ in range(many):
        page = visit.new_page()
        page.goto(f"{ours}2_review.ipynb?token={TOKEN}")
        page.locator(DRAWN).wait_for(timeout=180_000, state="attached")
    megabytes = held(server)
    visit.close()
    return megabytes
