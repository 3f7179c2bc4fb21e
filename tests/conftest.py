"""What every test may use: tables drawn as text, the shared reference material where it is there."""

import io
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from pandas import DataFrame

from sentrack_lib.sources.sample import write_sample

PROJECT = Path(__file__).resolve().parents[1]


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
