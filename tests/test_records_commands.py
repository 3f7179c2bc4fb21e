"""The commands on records, as a data manager meets them: out to Excel and in again, copies, the trail, a pupil removed."""

import shutil
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from sentrack_lib import cli
from sentrack_lib.records import open_store

TERM = "2025-26-summer"


@pytest.fixture
def school(sample: Path, tmp_path: Path) -> Path:
    """A copy of the invented school, without what others recorded there."""
    shutil.copytree(sample, tmp_path / "school", ignore=shutil.ignore_patterns("*.sqlite*", "backups"))
    return tmp_path / "school"


@pytest.fixture
def sentrack(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Run a command; its exit code and what it said."""

    def run(*words: object) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["sentrack", "records", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        said = capsys.readouterr()
        assert "Traceback" not in said.out + said.err
        return int(ended.value.code or 0), said.out, said.err

    return run


def exported(sentrack, school: Path) -> Path:
    code, said, _ = sentrack("export", school, school.parent / "records.xlsx")
    assert code == 0 and "It names children" in said
    return school.parent / "records.xlsx"


def filled(workbook: Path, sheet: str, row: int, **cells: object) -> None:
    """Write cells into a row of a sheet, as a person does."""
    book = openpyxl.load_workbook(workbook)
    headings = {str(cell.value).rstrip(" *"): cell.column for cell in book[sheet][1]}
    for name, value in cells.items():
        book[sheet].cell(row, headings[name], value)
    book.save(workbook)


def last_row(workbook: Path, sheet: str) -> int:
    return len(pd.read_excel(workbook, sheet_name=sheet, engine="openpyxl").dropna(how="all")) + 1


def test_what_goes_out_comes_in_again_and_changes_nothing(sentrack, school) -> None:
    workbook = exported(sentrack, school)
    code, said, _ = sentrack("import", school, workbook, "--by", "Ms Stub")
    assert code == 0 and "0 rows of records.xlsx were new or changed" in said
    assert set(open_store(school).current()["provisions"]["recorded_by"]) == {"Ms Stub"}


def test_a_row_that_a_person_adds_is_kept_with_their_name(sentrack, school) -> None:
    workbook = exported(sentrack, school)
    row = last_row(workbook, "actions") + 1
    filled(workbook, "actions", row, term=TERM, action_id="by-hand", what="@Call <b>home</b>", owner="Mr Stub", by="2026-07-01")
    code, said, _ = sentrack("import", school, workbook, "--by", "Ms Stub")
    assert code == 0 and "1 rows of records.xlsx were new or changed" in said
    kept = open_store(school).current()["actions"].set_index("action_id").loc["by-hand"]
    assert (kept["what"], kept["recorded_by"], str(kept["by"].date())) == ("@Call <b>home</b>", "Ms Stub", "2026-07-01")


def test_every_mistake_is_listed_at_once_and_nothing_is_kept(sentrack, school) -> None:
    workbook = exported(sentrack, school)
    row = last_row(workbook, "actions") + 1
    filled(workbook, "actions", row, term="summer", action_id="wrong", what="Something", by="soon")
    filled(workbook, "actions", row + 1, term=TERM, action_id="right", what="Something else")
    filled(workbook, "provision_pupils", 2, pupil_id="nobody")
    code, _, said = sentrack("import", school, workbook, "--by", "Ms Stub")
    assert code == 1 and "Nothing was saved" in said
    assert f"sheet actions, row {row}" in said and '"soon"' in said and '"summer"' in said and '"nobody"' in said
    assert "right" not in set(open_store(school).current()["actions"]["action_id"])


def test_a_row_that_somebody_changed_meanwhile_is_not_overwritten(sentrack, school) -> None:
    workbook = exported(sentrack, school)
    sentrack("import", school, workbook, "--by", "Ms Stub")
    workbook = exported(sentrack, school)
    store = open_store(school)
    row = store.current()["provisions"].iloc[[0]]
    store.save({"provisions": row.assign(staff="Somebody else")}, "Mr Example")
    filled(workbook, "provisions", 2, staff="Me")
    code, _, said = sentrack("import", school, workbook, "--by", "Ms Stub")
    assert code == 1 and "Mr Example" in said
    assert open_store(school).current()["provisions"]["staff"].iloc[0] == "Somebody else"


def test_the_sheets_of_the_terms_are_taken_in_once(sentrack, school) -> None:
    assert int(sentrack("import", school)[1].split()[0]) > 100
    assert sentrack("import", school)[1].startswith("0 rows")


def test_a_copy_restores_and_what_was_there_is_copied_first(sentrack, school) -> None:
    sentrack("import", school)
    before = open_store(school).current()["actions"]
    copy = Path(sentrack("backup", school)[1].split(" copied to ")[1].strip().rstrip("."))
    new = {"term": [TERM], "action_id": ["later"], "what": ["Later"]}
    open_store(school).save({"actions": pd.DataFrame(new)}, "Ms Stub")
    code, said, _ = sentrack("restore", school, copy)
    assert code == 0 and "As they were just now" in said
    pd.testing.assert_frame_equal(open_store(school).current()["actions"], before)
    assert sentrack("restore", school, school / "pupils.csv")[0] == 1


def test_the_trail_says_who_changed_what(sentrack, school) -> None:
    sentrack("import", school, "--by", "Ms Stub")
    code, said, _ = sentrack("trail", school, "--table", "provisions")
    assert code == 0 and said.splitlines()[0].startswith("recorded_at,recorded_by,how,term,table,entry,column,before,after")
    assert "Ms Stub" in said and "actions" not in said


def test_a_pupil_is_removed_from_every_byte_and_the_copies_that_are_left_are_named(sentrack, school) -> None:
    sentrack("import", school)
    sentrack("backup", school)
    pupil = open_store(school).current()["provision_pupils"]["pupil_id"].iloc[0]
    code, said, _ = sentrack("remove-pupil", school, pupil, "--by", "Ms Stub")
    assert code == 0 and "rows about the pupil were removed" in said and "still holds the pupil" in said
    assert pupil.encode() not in b"".join(file.read_bytes() for file in school.glob("records.sqlite*"))
    assert "was deleted" in sentrack("remove-pupil", school, pupil, "--by", "Ms Stub", "--backups-too")[1]
    assert pupil.encode() not in b"".join(file.read_bytes() for file in (school / "backups").glob("*.sqlite"))


def test_a_folder_that_is_synchronised_is_refused_with_a_reason(sentrack, school, tmp_path) -> None:
    shutil.move(school, tmp_path / "Dropbox")
    code, _, said = sentrack("export", tmp_path / "Dropbox", tmp_path / "records.xlsx")
    assert code == 1 and "Dropbox" in said and not (tmp_path / "records.xlsx").exists()
