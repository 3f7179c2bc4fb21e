"""The notebook for questions of one's own: it runs as it is on any school, at any part of it, and shows no group too small."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import nbformat
import pytest

import sentrack_lib
from sentrack_lib import certainty
from sentrack_lib.cycle.papers.opening import read_papers
from sentrack_lib.cycle.papers.pages import MADE_FOR
from sentrack_lib.cycle.papers.preparing import prepare
from sentrack_lib.settings import Parameters
from sentrack_lib.views.papers import ALL, Papers

PROJECT = Path(__file__).resolve().parents[1]
CELLS = [cell for cell in nbformat.read(PROJECT / "notebooks" / "explore.ipynb", as_version=4).cells if cell.cell_type == "code"]


@pytest.fixture(scope="module")
def papers(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Papers:
    """The papers of a school so small that no type of need has pupils enough."""
    asked = Parameters(school=sample, term="2025-26-summer")
    return read_papers(prepare(asked, "inclusion", tmp_path_factory.mktemp("papers") / "laid"))


@pytest.fixture
def explored(papers: Papers, monkeypatch: pytest.MonkeyPatch) -> Callable[..., dict[str, Any]]:
    """Run the notebook at a part of the school; what it knows at its end."""

    def run(year_group: str = ALL, subject: str = ALL) -> dict[str, Any]:
        monkeypatch.setattr(sentrack_lib, "open_papers", lambda *_: papers.on(year_group, subject), raising=False)
        known: dict[str, Any] = {}
        for cell in CELLS:
            exec(cell.source, known)
        plt.close("all")
        return known

    return run


@pytest.mark.parametrize("place", [{}, {"year_group": "9"}, {"subject": "English"}])
def test_it_runs_where_little_can_be_told_at_any_part_of_the_school(
    explored: Callable[..., dict[str, Any]], place: dict[str, str]
) -> None:
    known = explored(**place)
    assert known["forms"].empty, "no cohort is large enough to tell growth"
    assert known["by_form"]["pupils"].sum() == known["roll"]["form"].notna().sum()


def test_a_group_too_small_has_its_number_alone(explored: Callable[..., dict[str, Any]]) -> None:
    known = explored()
    small = known["needs"]["n"] < certainty.SHOWN
    assert small.any() and (known["enough"] == ~small).all()


def test_it_is_for_jupyterlab_alone() -> None:
    assert "explore" not in MADE_FOR
