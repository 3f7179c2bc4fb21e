"""The pictures of the README and of docs: python docs/pictures.py, after `sentrack run` (needs Chromium)."""

import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

PROJECT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PROJECT))
PICTURES = {
    "review.png": ("outputs/sample/2025-26-summer", "2_review", None, 1000),
    "star.png": ("outputs/star_all/1986-87-summer", "2_review", "img[alt^='Do pupils with SEN']", None),
}
TERM = "2025-26-autumn"


def main() -> None:
    with sync_playwright() as play, tempfile.TemporaryDirectory() as desk:
        browser = play.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for name, (run, page, part, height) in PICTURES.items():
            taken(browser, PROJECT / run, page, part, height, PROJECT / "docs" / name)
        run = imported(Path(desk))
        taken(browser, run, "0_data", "[aria-label='What was imported']", None, PROJECT / "docs" / "imported.png")


def taken(browser: Browser, run: Path, page: str, part: str | None, height: int | None, picture: Path) -> None:
    pack = run / "packs" / f"{page}-inclusion.html"
    if pack.exists():
        shown = browser.new_page(viewport={"width": 1000, "height": height or 1000})
        shown.goto(pack.as_uri())
        (shown.locator(part) if part else shown).screenshot(path=picture)


def imported(desk: Path) -> Path:
    """The run of an invented school that was brought in from exports."""
    from benchmarks.imported import SCHOOL, exported
    from sentrack_lib.cycle.runs import run
    from sentrack_lib.settings import Parameters
    from sentrack_lib.sources.imports import import_files

    school = desk / "ourschool"
    school.mkdir()
    (school / "school.yml").write_text(SCHOOL, encoding="utf-8")
    import_files([exported(600)], school, TERM)
    return run(Parameters(school=school, term=TERM, out=desk / "outputs"), only=["0_data"]).folder


if __name__ == "__main__":
    main()
