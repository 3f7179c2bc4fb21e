"""The pictures of the README, taken from packs that `sentrack run` wrote: python docs/pictures.py (needs Chromium)."""

import shutil
from pathlib import Path

from playwright.sync_api import sync_playwright

PROJECT = Path(__file__).resolve().parents[1]
PICTURES = {
    "review.png": ("sample/2025-26-summer", None, 1000),
    "star.png": ("star_all/1986-87-summer", "img[alt^='Do pupils with SEN']", None),
}


def main() -> None:
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for name, (run, part, height) in PICTURES.items():
            pack = PROJECT / "outputs" / run / "packs" / "2_review-inclusion.html"
            if not pack.exists():
                continue
            page = browser.new_page(viewport={"width": 1000, "height": height or 1000})
            page.goto(pack.as_uri())
            (page.locator(part) if part else page).screenshot(path=PROJECT / "docs" / name)


if __name__ == "__main__":
    main()
