"""Packs as PDF, printed by Chromium where it is installed."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from sentrack_lib.cycle.kernels.environment import without_secrets
from sentrack_lib.errors import RunFailed

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
SECONDS = 90
MISSING = "Packs are not printed as PDF: there is no Chromium on this machine."


def browser() -> str | None:
    """Chromium, or one like it, on this machine."""
    return next(filter(None, map(shutil.which, NAMES)), None)


def print_pdf(page: Path) -> Path:
    """A page as PDF beside it, whole or not at all; nothing is fetched for it, and nothing of it runs."""
    program = browser()
    assert program, "asked only where there is one"
    printed = page.with_suffix(".pdf")
    with tempfile.TemporaryDirectory(dir=page.parent, prefix=".") as desk:
        new = Path(desk) / "new.pdf"
        alone = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
        quiet = [
            "--headless",
            "--disable-gpu",
            "--no-first-run",
            "--disable-background-networking",
            f"--user-data-dir={desk}/user",
        ]
        asked = [program, *quiet, *alone, "--no-pdf-header-footer", f"--print-to-pdf={new}", page.resolve().as_uri()]
        done = subprocess.run(asked, capture_output=True, timeout=SECONDS, env=without_secrets(os.environ), check=False)
        if done.returncode or not new.is_file():
            raise RunFailed(f"{page.name} could not be printed as PDF.")
        new.replace(printed)
    return printed
