"""What every test may use: tables drawn as text, the shared reference material where it is there."""

import io
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, settings
from pandas import DataFrame

from sentrack_lib.sources.sample import write_sample

PROJECT = Path(__file__).resolve().parents[1]
# Machines are slow at times, and no test is about time. The suite draws the same examples each time, so that what it says of a
# commit is true tomorrow; `pytest --hypothesis-profile=drawn-anew` looks for others.
PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("drawn-anew", PATIENT)
settings.register_profile("repeatable", PATIENT, derandomize=True)
settings.load_profile("repeatable")


@pytest.fixture
def table() -> Callable[[str], DataFrame]:
    """Turn a drawn table (`a | b`, one row a line) into a DataFrame; numbers are numbers, a blank is missing."""

    def drawn(text: str) -> DataFrame:
        lines = [",".join(cell.strip() for cell in line.split("|")) for line in text.strip().splitlines()]
        return pd.read_csv(io.StringIO("\n".join(lines)))

    return drawn


@pytest.fixture
def shared() -> Path:
    """The folder of real data and reference results beside the project."""
    folder = PROJECT.parent / "shared"
    if not folder.is_dir():
        pytest.skip("the reference material lies beside the project only where it was put there")
    return folder


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a small invented school, made once for all tests: only to be read."""
    folder = tmp_path_factory.mktemp("sample") / "school"
    write_sample(folder, pupils=40, terms=2)
    return folder
