"""Sentences say what is known, for none, one and many; what is not known is never told as none."""

import pytest

from sentrack_lib.cycle.papers.opening import read_papers
from sentrack_lib.cycle.papers.preparing import prepare
from sentrack_lib.settings import Parameters
from sentrack_lib.views import findings
from sentrack_lib.views.papers import Papers

TERM = "2025-26-autumn"


@pytest.fixture
def papers_of(tmp_path):
    """The papers of an audience about a school that has nothing but a roll of so many pupils."""

    def made(pupils: int, audience: str) -> Papers:
        folder = tmp_path / f"{pupils}" / TERM
        folder.mkdir(parents=True, exist_ok=True)
        rows = [f"T{number},7,{'K' if number % 5 == 0 else 'N'}" for number in range(pupils)]
        (folder / "pupils.csv").write_text("\n".join(["pupil_id,year_group,sen_status", *rows]) + "\n", encoding="utf-8")
        (folder.parent / "school.yml").write_text("name: Invented\n", encoding="utf-8")
        desk = tmp_path / f"{pupils}-{audience}"
        return read_papers(prepare(Parameters(school=folder.parent, term=TERM), audience, desk))

    return made


def test_without_marks_nobody_is_said_to_make_good_progress(papers_of):
    lines = findings.review(papers_of(150, "inclusion")).lines
    assert lines[0].startswith("Progress cannot be told for any of 150 pupils.")
    assert not any("None of 150 pupils are likely" in line for line in lines)


def test_governors_read_not_known_where_nothing_was_recorded(papers_of):
    [told, *_] = findings.review(papers_of(150, "governors")).lines
    for what in ("Persistently absent", "Severely absent", "Suspended or excluded this term", "Likely to make low progress"):
        assert f"{what}: not known." in told


def test_one_pupil_is_spoken_of_as_one(papers_of):
    first = findings.review(papers_of(1, "inclusion")).lines[0]
    assert first.startswith("Progress cannot be told for any of 1 pupil.")


def test_a_first_term_is_compared_with_none(papers_of):
    assert "There is no earlier term to compare this one with." in findings.data(papers_of(20, "inclusion")).lines
