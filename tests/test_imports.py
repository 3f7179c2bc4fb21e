"""Whatever a school exports is brought in with one command: pupils found, nothing lost, nothing guessed, all of it told."""

import zipfile
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas import DataFrame
from typer.testing import CliRunner

from sentrack_lib.cli import app
from sentrack_lib.errors import WrongUse
from sentrack_lib.measures import review
from sentrack_lib.sources.exports.export import WHO
from sentrack_lib.sources.exports.oneroster import write_package
from sentrack_lib.sources.files import read_sheet
from sentrack_lib.sources.imports import ImportReport, filing, import_files, importing, matching
from sentrack_lib.sources.imports.matching import matched
from sentrack_lib.sources.imports.people import known_pupils
from sentrack_lib.sources.imports.placing import placed
from sentrack_lib.sources.loading import load_school
from sentrack_lib.terms import Term

TERM = "2025-26-autumn"
ROLL = """
UPN           | Adno   | Surname   | Forename | DOB        | Gender | Year | SEN
H801200001001 | 000012 | Inventa   | Ann      | 03/04/2012 | F      | 7    | N
A000200001002 | 000013 | Madeupson | Ben      | 12/11/2011 | M      | 7    | K
B000200001003 | 000014 | Fictley   | Cy       | 01/09/2011 | M      | 7    | N
"""


@pytest.fixture
def put(tmp_path: Path):
    """Write a drawn table (`a | b`, one row a line) as an export."""

    def written(text: str, name: str = "roll.csv") -> Path:
        file = tmp_path / "exports" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        lines = [",".join(cell.strip() for cell in line.split("|")) for line in text.strip().splitlines()]
        file.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return file

    return written


@pytest.fixture
def school(tmp_path: Path) -> Path:
    return tmp_path / "school"


def table(school: Path, name: str, term: str = TERM) -> DataFrame:
    return read_sheet(school / term / f"{name}.csv").cells.reset_index(drop=True)


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file()}


def rows_of(report: ImportReport) -> dict[str, tuple[int, int, int]]:
    counts = report.files[["file", "read", "accepted", "set_aside"]]
    return {file: (read, accepted, aside) for file, read, accepted, aside in counts.itertuples(index=False)}


def test_rolls_are_read_first_whatever_the_files_are_called(put, school):
    put("Adno | Date | Type | Points\n000013 | 03/09/2025 | Achievement | 2", "a first by name.csv")
    put(ROLL, "z last by name.csv")
    report = import_files([school.parent / "exports"], school, TERM)
    assert report.exit_code == 0, str(report)
    assert table(school, "behaviour")["pupil_id"].tolist() == ["A000200001002"]


def test_a_pupil_is_found_by_any_number_of_the_roll_and_by_name_and_birth(put, school):
    import_files([put(ROLL)], school, TERM)
    by_number = put("Admission Number | Possible | Present\n000012 | 100 | 90\n13 | 100 | 80", "numbers.csv")
    by_name = put(
        "Last Name | First Name | Date of Birth | Possible | Present\nFICTLEY | cy | 01/09/2011 | 100 | 70", "names.csv"
    )
    report = import_files([by_number, by_name], school, TERM)
    attended = table(school, "attendance").set_index("pupil_id")["sessions_attended"].to_dict()
    assert attended == {"H801200001001": "90", "A000200001002": "80", "B000200001003": "70"}
    said = str(report)
    assert "leading zeros are lost" in said and "by name and date of birth only" in said and report.exit_code == 0


def test_nobody_is_guessed_and_who_is_not_found_is_told_with_what_to_do(put, school):
    import_files([put(ROLL)], school, TERM)
    marks = put("UPN | Maths CWG\nH801200001001 | 5\nC000200001004 | 6\n | 7", "marks.csv")
    report = import_files([marks], school, TERM)
    assert rows_of(report) == {"marks.csv": (3, 1, 2)}
    assert report.exit_code == 1
    assert "is nobody on the rolls" in str(report) and "names no pupil" in str(report)
    assert table(school, "assessments")["pupil_id"].tolist() == ["H801200001001"]


def test_a_term_of_exports_in_a_zip_and_in_folders_comes_in_with_one_command(put, school, tmp_path):
    roll, marks = put(ROLL), put("UPN | Maths CWG\nH801200001001 | 5", "marks.csv")
    with zipfile.ZipFile(tmp_path / "term.zip", "w") as packed:
        packed.write(roll, "from office/roll.csv")
        packed.write(marks, "../../marks.csv")
    report = import_files([tmp_path / "term.zip"], school, TERM)
    assert set(rows_of(report)) == {"term.zip/from office/roll.csv", "term.zip/../../marks.csv"}
    assert len(table(school, "pupils")) == 3 and len(table(school, "assessments")) == 1
    assert {file.name for file in tmp_path.iterdir()} == {"exports", "school", "term.zip"}


def test_the_same_files_again_change_not_a_byte(put, school):
    files = [put(ROLL), put("UPN | Maths CWG | Maths Target\nH801200001001 | 5 | 6", "marks.csv")]
    files.append(put("UPN | Date | Session | Mark\nH801200001001 | 03/09/2025 | AM | /", "register.csv"))
    import_files(files, school, TERM)
    before = bytes_of(school)
    again = import_files(files, school, TERM)
    assert bytes_of(school) == before
    assert again.changes.empty and again.tables[["added", "changed"]].to_numpy().sum() == 0


def test_an_import_of_a_corrected_file_shows_what_changed_and_keeps_both_originals(put, school):
    import_files([put(ROLL)], school, TERM)
    report = import_files([put(ROLL.replace("| 7    | N\nB", "| 7    | E\nB").replace("| K", "| E"))], school, TERM)
    assert report.changes[["pupil_id", "column", "before", "after"]].to_numpy().tolist() == [
        ["A000200001002", "sen_status", "K", "E"]
    ]
    assert len(list((school / TERM / "originals").iterdir())) == 2
    told = review(load_school(school), Term.named(TERM))["changes"]
    assert ["pupils", "A000200001002", "sen_status", "K", "E"] in told.to_numpy().tolist()


def test_joiners_and_leavers_between_terms_are_counted(put, school):
    import_files([put(ROLL)], school, TERM)
    lines = ROLL.strip().splitlines()
    newer = "\n".join([*lines[:-1], "D000200001005 | 000015 | Standin | Di | 02/02/2012 | F | 7 | N"])
    report = import_files([put(newer, "spring.csv")], school, "2025-26-spring")
    assert report.rolls.to_numpy().tolist() == [["2025-26-spring", 3, TERM, 1, 1]]
    assert "Since 2025-26-autumn 1 joined and 1 left" in str(report)


def test_what_was_imported_is_told_on_the_page_of_the_data_and_in_its_tables(put, school):
    import_files([put(ROLL), put("UPN | Maths CWG | Shoe size\nC000200001004 | 6 | 38", "marks.csv")], school, TERM)
    tables = review(load_school(school), Term.named(TERM))
    told = tables["imports"].set_index("file")
    assert told.loc["marks.csv", ["taken_for", "read", "accepted", "set_aside", "no_pupil"]].tolist() == [
        "a marksheet",
        1,
        0,
        1,
        1,
    ]
    assert told.loc["roll.csv", ["read", "accepted", "set_aside", "no_pupil"]].tolist() == [3, 3, 0, 0]
    assert f"{TERM}/originals/marks.csv" in set(tables["problems"]["file"])
    left = tables["import_columns"]
    assert left.loc[left["column"].eq("Shoe size"), "use"].tolist() == ["not mentioned"]


def test_the_guess_for_a_marksheet_is_kept_corrected_once_and_used_again(put, school):
    sheet = put("UPN | Maths CWG | Sci CWG\nH801200001001 | 5 | 4", "marks.csv")
    import_files([put(ROLL), sheet], school, TERM)
    kept = school / "profiles" / "marks.yml"
    kept.write_text(kept.read_text().replace("subject: Science", "subject: Physics"))
    (school / TERM / "assessments.csv").unlink()
    report = import_files([sheet], school, TERM)
    assert sorted(table(school, "assessments")["subject"]) == ["Maths", "Physics"]
    assert "profiles/marks.yml" in str(report)
    assert [file.name for file in (school / "profiles").iterdir()] == ["marks.yml"]


def test_a_kept_profile_that_names_another_term_is_not_used_for_this_one(put, school):
    sheet = put("UPN | Maths Aut CWG\nH801200001001 | 5", "marks.csv")
    import_files([put(ROLL), sheet], school, TERM)
    import_files([put(ROLL)], school, "2025-26-spring")
    report = import_files([sheet], school, "2025-26-spring")
    assert not (school / "2025-26-spring" / "assessments.csv").exists()
    assert "not of the term given" in str(report)


def test_a_profile_that_cannot_be_read_any_more_is_told(put, school):
    import_files([put(ROLL), put("UPN | Maths CWG\nH801200001001 | 5", "marks.csv")], school, TERM)
    (school / "profiles" / "marks.yml").write_text("tables: [")
    with pytest.raises(WrongUse, match=r"marks.yml is not readable as YAML"):
        import_files([put(ROLL)], school, TERM)


def test_a_roll_that_says_nothing_of_sen_is_used_and_the_status_is_not_known(put, school):
    bare = "\n".join(line.rpartition("|")[0] for line in ROLL.strip().splitlines())
    report = import_files([put(bare)], school, TERM)
    assert table(school, "pupils")["sen_status"].tolist() == ["", "", ""]
    assert "sen_status" in str(report) and report.exit_code == 0
    listed = put("UPN | SEN Status | SEN Need Type\nA000200001002 | K | SLCN", "sen.csv")
    import_files([listed], school, TERM)
    assert table(school, "pupils")["sen_status"].tolist() == ["", "K", ""]
    import_files([put(bare)], school, TERM)
    assert table(school, "pupils")["sen_status"].tolist() == ["", "K", ""]


def test_a_register_is_counted_by_pupil_and_what_is_odd_in_it_told(put, school):
    marks = """
    Adno   | Date       | Session   | Mark
    000012 | 03/09/2025 | MORNING   | /
    000012 | 03/09/2025 | AFTERNOON | I
    000012 | 04/09/2025 | MORNING   | L
    000012 | 04/09/2025 | AFTERNOON | Z
    000012 | 05/09/2025 | MORNING   | 9
    000013 | 03/09/2025 | MORNING   | /
    000013 | 03/09/2025 | MORNING   | O
    000012 | 03/09/2024 | MORNING   | /
    999999 | 03/09/2025 | MORNING   | /
    """
    report = import_files([put(ROLL), put(marks, "register.csv")], school, TERM)
    counted = table(school, "attendance").set_index("pupil_id").loc["H801200001001"].tolist()
    assert counted == ["3", "2", "1", "0", "1"]
    assert rows_of(report)["register.csv"] == (9, 5, 4)
    said = str(report)
    assert '"9": is no attendance code (1 marks)' in said and "outside the term" in said and "marked differently" in said


def test_nothing_that_is_no_export_stops_the_others(put, school, tmp_path):
    roll = put(ROLL)
    (roll.parent / "notes.txt").write_text("Ring the office.\n")
    (roll.parent / ".DS_Store").write_bytes(b"\0\0")
    (roll.parent / "empty.csv").write_bytes(b"")
    report = import_files([roll.parent], school, TERM)
    assert len(table(school, "pupils")) == 3 and report.exit_code == 1
    assert report.problems["file"].value_counts().to_dict() == {"roll.csv": 1, "empty.csv": 1, "notes.txt": 1}


_ANY = {
    "pupil_id": ["", "H801200001001", "12"],
    "upn": ["", "H801200001001", "A000200001002", "C000200001004", "X00180001701A"],
    "admission_no": ["", "12", "000012", "000013"],
    "mis_id": ["", "501", "502"],
    "surname": ["", "Inventa", "Madeupson"],
    "forename": ["", "Ann", "Ben"],
    "date_of_birth": ["", "2012-05-01"],
}
_LIST = st.lists(st.fixed_dictionaries({name: st.sampled_from(some) for name, some in _ANY.items()}), min_size=1, max_size=10)


@settings(max_examples=25)
@given(_LIST, _LIST, st.booleans())
def test_rows_that_are_settled_at_once_get_whom_a_closer_look_would_give_them(said, held, new):
    rolls = DataFrame(held, columns=WHO, dtype="str")
    known = known_pupils(rolls.assign(pupil_id=rolls["pupil_id"].mask(rolls["pupil_id"].eq(""), "P" + rolls["upn"])))
    rows = DataFrame(said, columns=WHO, dtype="str")
    quick, about = matched(rows, known, new=new)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(matching, "_settled", lambda said, known: pd.Series("", index=said.index, dtype="str"))
        slow, told = matched(rows, known, new=new)
    pd.testing.assert_frame_equal(quick, slow)
    pd.testing.assert_frame_equal(about, told)


MAP = """
UPN           | Provision name | Provision ID | Wave | Start      | End        | Minutes
H801200001001 | Invented Club  | P7           | 2    | 08/09/2025 | 12/12/2025 | 30
"""


def test_a_provision_that_one_sheet_numbers_and_another_names_is_one(put, school):
    taking_part = "UPN | Provision name | Sessions attended | Exit score\nH801200001001 | invented club | 9 | 88"
    files = [put(taking_part, "a who took part.csv"), put(ROLL), put(MAP, "map.csv")]
    report = import_files(files, school, TERM)
    records = {name: read_sheet(school / TERM / "records" / f"{name}.csv").cells for name in ("provisions", "provision_pupils")}
    assert records["provisions"]["provision_id"].tolist() == ["P7"], str(report)
    took_part = records["provision_pupils"][["provision_id", "start", "sessions_attended", "outcome"]]
    assert took_part.to_numpy().tolist() == [["P7", "2025-09-08", "9", "88"]]


def test_a_oneroster_package_is_known_among_other_files(put, school, sample, tmp_path):
    write_package(load_school(sample), Term.named("2025-26-summer"), tmp_path / "exports" / "roster.zip")
    put("UPN | SEN Status\n" + f"{read_sheet(sample / '2025-26-summer' / 'pupils.csv').cells['upn'].iloc[0]} | E", "sen.csv")
    report = import_files([tmp_path / "exports"], school, "2025-26-summer")
    wanted = load_school(sample)
    assert len(table(school, "pupils", "2025-26-summer")) == len(read_sheet(sample / "2025-26-summer" / "pupils.csv").cells)
    assert wanted.tables["assessments"]["term"].eq("2025-26-summer").sum() == len(table(school, "assessments", "2025-26-summer"))
    assert "roster.zip/users.csv" in rows_of(report) and report.exit_code == 0
    assert (report.files["read"] == report.files["accepted"] + report.files["set_aside"]).all()


def test_a_package_without_users_is_told_and_the_rest_goes_on(put, school):
    put("sourcedId,x\n1,2".replace(",", " | "), "pack/users.csv")
    put(ROLL, "roll.csv")
    report = import_files([school.parent / "exports"], school, TERM)
    assert len(table(school, "pupils")) == 3 and report.exit_code == 1


def test_a_heading_with_braces_is_told(put, school):
    import_files([put(ROLL)], school, TERM)
    report = import_files([put("UPN | Maths {x} CWG\nH801200001001 | 5", "marks.csv"), put(ROLL)], school, TERM)
    assert "braces" in str(report) and len(table(school, "pupils")) == 3


def test_leading_zeros_a_spreadsheet_took_off_do_not_change_the_roll(put, school):
    import_files([put(ROLL)], school, TERM)
    report = import_files([put(ROLL.replace("| 0000", "| "), "later.csv")], school, TERM)
    assert table(school, "pupils")["admission_no"].tolist() == ["000012", "000013", "000014"]
    assert report.changes.empty


def test_a_draft_that_writes_blanks_is_a_profile_again(put, school):
    import_files([put(ROLL)], school, TERM)
    needs = """
    UPN           | needtypecode | rank | needstartdate | needenddate
    A000200001002 | SLCN         | 1    | 01/09/2023    |
    A000200001002 | MLD          | 2    | 01/09/2020    | 01/07/2022
    """
    words = ["import", str(put(needs, "needs.csv")), "--into", str(school), "--term", TERM]
    drafted = CliRunner().invoke(app, [*words, "--draft-profile", str(school.parent / "needs.yml")])
    assert drafted.exit_code == 0, drafted.output
    used = CliRunner().invoke(app, [*words, "--profile", str(school.parent / "needs.yml")])
    assert used.exit_code == 0, used.output
    assert table(school, "pupils").set_index("upn").loc["A000200001002", ["sen_need", "sen_need_2"]].tolist() == ["SLCN", ""]


def test_rows_that_contradict_each_other_blank_nothing_that_is_held(put, school):
    torn = "UPN | Adno | Surname | Year | SEN\nH801200001001 | 7 | Inventa | 11 | N\n | 7 | Madeupson | 11 | N"
    import_files([put(torn)], school, TERM)
    before = table(school, "pupils")
    assert before["surname"].tolist() == ["Inventa"]
    report = import_files([put(torn)], school, TERM)
    assert table(school, "pupils").equals(before) and report.changes.empty


def test_a_file_that_has_gone_after_it_was_read_is_told(put, school, monkeypatch):
    roll = put(ROLL)
    monkeypatch.setattr(importing, "placed", lambda *given: (roll.unlink(), placed(*given))[1])
    report = import_files([roll], school, TERM)
    assert len(table(school, "pupils")) == 3
    assert "its original is not kept" in str(report)


def test_a_file_in_which_nearly_everything_is_wrong_is_refused_and_nothing_of_it_written(put, school, monkeypatch):
    monkeypatch.setattr(filing, "MOST_PROBLEMS", 5)
    import_files([put(ROLL)], school, TERM)
    before = bytes_of(school)
    nobody = put("UPN | Maths CWG\n" + "\n".join(f"Z99900000100{number} | 5" for number in range(8)), "marks.csv")
    report = import_files([nobody], school, TERM)
    assert report.exit_code == 1 and "wrong in more than 5 rows" in str(report)
    assert not (school / TERM / "assessments.csv").exists()
    assert {name for name in bytes_of(school) if "imported" not in name and "profiles" not in name} == {
        name for name in before if "imported" not in name
    }


def test_a_transfer_file_that_says_little_is_told_alike_each_time(school, tmp_path):
    little = "<CTfile><Header/><CTFpupilData><Pupil><UPN>H801200001001</UPN></Pupil></CTFpupilData></CTfile>"
    (tmp_path / "joiner.xml").write_text(little)
    import_files([tmp_path / "joiner.xml"], school, TERM)
    before = bytes_of(school)
    import_files([tmp_path / "joiner.xml"], school, TERM)
    assert bytes_of(school) == before


def test_every_sheet_of_a_workbook_that_is_an_export_comes_in(school, tmp_path):
    rows = [[cell.strip() for cell in line.split("|")] for line in ROLL.strip().splitlines()]
    with pd.ExcelWriter(tmp_path / "term.xlsx", engine="xlsxwriter") as book:
        DataFrame({"Notes": ["Please check", "by Friday"]}).to_excel(book, sheet_name="Read me", index=False)
        DataFrame({"UPN": ["H801200001001"], "Maths CWG": ["5"]}).to_excel(book, sheet_name="Marks", index=False)
        DataFrame(rows[1:], columns=rows[0]).to_excel(book, sheet_name="Whole school", index=False)
    report = import_files([tmp_path / "term.xlsx"], school, TERM)
    assert set(rows_of(report)) == {"term.xlsx, sheet Marks", "term.xlsx, sheet Whole school"}
    assert len(table(school, "pupils")) == 3 and len(table(school, "assessments")) == 1
    assert "has other sheets, which were not read: Read me" in str(report) and report.exit_code == 0
    assert len(list((school / TERM / "originals").iterdir())) == 1
    before = bytes_of(school)
    import_files([tmp_path / "term.xlsx"], school, TERM)
    assert bytes_of(school) == before


def test_a_school_may_name_its_own_headings(put, school):
    school.mkdir()
    (school / "school.yml").write_text("name: Ours\nheadings: {Kennung: upn, SEND band: sen_status, Reg: year_group}\n")
    own = ROLL.replace("UPN  ", "Kennung").replace("| SEN", "| SEND band").replace("| Year", "| Reg ")
    report = import_files([put(own)], school, TERM)
    pupils = table(school, "pupils")
    assert pupils["upn"].iloc[0] == "H801200001001" and pupils["sen_status"].tolist() == ["N", "K", "N"], str(report)
    assert pupils["year_group"].tolist() == ["7", "7", "7"] and "form" not in pupils
    (school / "school.yml").write_text("name: Ours\nheadings: {Kennung: upm}\n")
    with pytest.raises(WrongUse, match="Kennung: there is no column upm. Did you mean upn"):
        import_files([put(own)], school, TERM)


def test_exports_dropped_into_the_schools_own_folder_come_in_and_what_is_kept_there_does_not(put, school):
    import_files([put(ROLL)], school, TERM)
    import_files([put(ROLL.replace("| K", "| E"))], school, TERM)
    (school / TERM / "new marks.csv").write_text("UPN,Maths CWG\nH801200001001,5\n")
    report = import_files([school], school, TERM)
    assert set(rows_of(report)) == {f"{TERM}/new marks.csv"}
    assert table(school, "pupils")["sen_status"].tolist() == ["N", "E", "N"]


def test_a_roll_with_its_headings_above_the_wrong_columns_adds_nobody(put, school):
    import_files([put(ROLL)], school, TERM)
    before = table(school, "pupils")
    rows = [f"M | 00002{number} | Name{number} | Ann | 03/04/2012 | F | 7 | N" for number in range(5)]
    report = import_files([put("\n".join([ROLL.strip().splitlines()[0], *rows]), "mixed up.csv")], school, TERM)
    assert report.exit_code == 1 and "wrong columns" in str(report)
    assert table(school, "pupils").equals(before)
