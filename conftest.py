"""For every test and every cell of a notebook: what was expected to fail has failed."""

from collections.abc import Generator

import pytest


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A cell after one that took too long never ran; nbval marks it as expected to fail, and a summary would look harmless."""
    report = yield
    if hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"Not to be relied on: {report.wasxfail}"
        del report.wasxfail
    return report
