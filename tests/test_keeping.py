"""Who keeps the records for a page: in JupyterLab the notebook itself, on a dashboard whoever was let write, in a run nobody."""

import shutil
from pathlib import Path

import pandas as pd
import pytest
from pandas import DataFrame

from sentrack_lib import Page, forms, tables
from sentrack_lib.cycle.papers.keeping import kept_school, let_write, open_records
from sentrack_lib.cycle.papers.opening import READY, lay_out, read_papers
from sentrack_lib.cycle.papers.preparing import reviewed
from sentrack_lib.records import open_store, recorded
from sentrack_lib.settings import Parameters
from sentrack_lib.sources.loading import load_school

TERM = "2025-26-summer"


@pytest.fixture
def school(sample: Path, tmp_path: Path) -> Path:
    """A copy of the invented school, without what others recorded there."""
    return Path(shutil.copytree(sample, tmp_path / "school", ignore=shutil.ignore_patterns("*.sqlite*", "backups")))


@pytest.fixture
def laid(school: Path, tmp_path: Path) -> Path:
    """Papers of the inclusion manager."""
    found = reviewed(Parameters(school=school, term=TERM), recorded(load_school(school)))
    return lay_out(found, "inclusion", [], tmp_path / "papers")


def action(what: str) -> dict[str, DataFrame]:
    return {"actions": DataFrame({"term": [TERM], "action_id": [what], "what": [what]})}


def test_in_jupyterlab_a_decision_is_kept_and_seen_on_the_page(school, laid, tmp_path, monkeypatch) -> None:
    (tmp_path / "notebooks").mkdir()
    monkeypatch.chdir(tmp_path / "notebooks")
    monkeypatch.delenv(READY, raising=False)
    page = Page(read_papers(laid), open_records("school"))
    assert not (school / "records.sqlite").exists()  # a page that is only read writes nothing
    shown = page.show(tables.decided)
    page.form(forms.decision)
    (_, made), pupil = page._forms[0], page.papers.tables["pupils_to_plan"]["pupil_id"].iloc[0]
    page.author().value = "Ms Stub"
    made.sections[0].inputs["pupil_id"].value, made.sections[0].inputs["what"].value = pupil, "Meet the invented parents"
    made.saving.button.click()
    assert "Saved" in made.saving.said.value
    page._kept()
    assert "Meet the invented parents" in shown.value
    kept = open_store(school).current()
    assert kept["actions"].set_index("what").loc["Meet the invented parents", "recorded_by"] == "Ms Stub"
    assert len(kept["provisions"]) > 10  # the sheets of the terms came first


def test_a_page_of_a_run_and_a_page_of_other_readers_has_nobody_to_write_to(laid, monkeypatch) -> None:
    monkeypatch.setenv(READY, str(laid))
    assert open_records("school") is None
    monkeypatch.delenv(READY)
    assert open_records("school", "governors") is None and open_records("school", "department") is None


def test_a_dashboard_works_out_anew_only_what_was_saved_since(school, laid, monkeypatch) -> None:
    asked = Parameters(school=school, term=TERM)
    _, store, note = kept_school(asked)
    let_write(asked, store.latest, laid)
    monkeypatch.setenv(READY, str(laid))
    keeper, papers = open_records("anything"), read_papers(laid)
    as_laid = keeper.renewed(papers.tables)
    assert note == "" and all(as_laid[name] is papers.tables[name] for name in papers.tables)
    keeper.save(action("New"), "Ms Stub")
    assert "New" in set(keeper.renewed(papers.tables)["record_actions"]["what"])
    pd.testing.assert_frame_equal(keeper.renewed(papers.tables)["roll"], papers.tables["roll"])
