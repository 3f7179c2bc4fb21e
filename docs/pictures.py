"""The pictures of the README and of docs: python docs/pictures.py, after `sentrack run` (needs Chromium)."""

import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, sync_playwright

PROJECT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PROJECT))
PICTURES = {
    "worked.png": ("outputs/sample/2025-26-summer", "5_monitor", None, 1350),
    "star.png": ("outputs/star_all/1986-87-summer", "2_review", "img[alt^='Do pupils with SEN']", None),
}
SERVED = {"home.png": ("home", 860), "review.png": ("2_review", 1000)}
"""Pages as the dashboards show them, and how much of each is seen at once."""
PAINTED = "document.body.dataset.painted === 'all'"
TALL = 2400
"""Taller than the longest form, so that no picker lies over it."""
TERM = "2025-26-autumn"


def main() -> None:
    with sync_playwright() as play, tempfile.TemporaryDirectory() as desk:
        browser = play.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for name, (run, page, part, height) in PICTURES.items():
            taken(browser, PROJECT / run, page, part, height, PROJECT / "docs" / name)
        dashboards(browser, Path(desk), PROJECT / "docs")
        run = imported(Path(desk))
        taken(browser, run, "0_data", "[aria-label='What was imported']", None, PROJECT / "docs" / "imported.png")


def taken(browser: Browser, run: Path, page: str, part: str | None, height: int | None, picture: Path) -> None:
    pack = run / "packs" / f"{page}-inclusion.html"
    if pack.exists():
        shown = browser.new_page(viewport={"width": 1000, "height": height or 1000})
        shown.goto(pack.as_uri())
        (shown.locator(part) if part else shown).screenshot(path=picture)


def dashboards(browser: Browser, desk: Path, folder: Path) -> None:
    """Pages, and the form of a decision, on dashboards over a copy of the invented school."""
    from tests.serving import serving

    shutil.copytree(PROJECT / "data" / "sample", desk / "sample", ignore=shutil.ignore_patterns("*.sqlite*", "backups"))
    asked = desk / "asked.yml"
    asked.write_text(f"school: {desk / 'sample'}\nterm: 2025-26-summer\n", encoding="utf-8")
    with serving(asked, desk / "served") as served:
        for name, (page, height) in SERVED.items():
            opened(browser, served.page(page), height).screenshot(path=folder / name)
        shown = opened(browser, served.page("3_plan"), TALL)
        form = shown.locator(".form").filter(has=shown.get_by_role("heading", name="What is agreed")).first
        fill_in(form)
        form.screenshot(path=folder / "decision.png")


def opened(browser: Browser, address: str, height: int) -> Page:
    """A page of the dashboards, once all of it is painted."""
    shown = browser.new_page(viewport={"width": 1100, "height": height})
    shown.goto(address)
    shown.wait_for_function(PAINTED, timeout=90_000)
    return shown


def fill_in(form: Locator) -> None:
    """An invented decision, up to a target."""
    pupil = form.get_by_label("Pupil", exact=True).first
    names = pupil.locator("option").all_inner_texts()
    pupil.select_option(index=next(place for place, name in enumerate(names) if "9" in name.split("\N{MIDDLE DOT}")[-2:][0]))
    form.get_by_label("What *").first.fill("Meet the parents; reading every day for six weeks")
    form.get_by_label("Owner").first.fill("Ms Stub")
    form.get_by_label("By", exact=True).first.fill("2026-07-10")
    form.get_by_label("Provision *").select_option(index=3)
    form.get_by_label("Subject", exact=True).first.select_option(label="English")
    form.get_by_label("What *").nth(1).fill("I read a page aloud with two slips or fewer")
    form.get_by_label("Baseline", exact=True).nth(1).fill("9 slips")
    form.get_by_label("Target", exact=True).fill("2 slips")
    form.get_by_label("Baseline", exact=True).nth(1).press("Tab")
    form.page.wait_for_timeout(1500)


def imported(desk: Path) -> Path:
    """The run of an invented school that was brought in from exports."""
    from benchmarks.imported import SCHOOL, exported
    from sentrack_lib.cycle.runs.batch import run
    from sentrack_lib.settings import Parameters
    from sentrack_lib.sources.imports import import_files

    school = desk / "ourschool"
    school.mkdir()
    (school / "school.yml").write_text(SCHOOL, encoding="utf-8")
    import_files([exported(600)], school, TERM)
    return run(Parameters(school=school, term=TERM, out=desk / "outputs"), only=["0_data"]).folder


if __name__ == "__main__":
    main()
