"""What people get wrong, and the sentence they see: where, what is wrong, what to do. Never a traceback."""

import codecs
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
import xlsxwriter

from sentrack_lib import cli

TERM = "2025-26-autumn"
ROLL = "pupil_id,surname,year_group,sen_status\nP1,Zoë-Noname,7,K\nP2,Nobody,7,N\n"
MARKS = """pupil_id,subject,kind,scale,grade,assessed_on
P1,Maths,actual,nc_level,4b,2025-11-03
P2,Maths,actual,nc_level,5c,2025-11-03
"""


class Told(NamedTuple):
    """What a command said, and how it ended."""

    code: int
    text: str


Sentrack = Callable[..., Told]


@pytest.fixture
def sentrack(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Sentrack:
    """Run a command as `sentrack` does; there is never a traceback in what it says."""

    def run(*words: object) -> Told:
        monkeypatch.setattr(sys, "argv", ["sentrack", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        told = capsys.readouterr()
        assert "Traceback" not in told.out + told.err
        return Told(int(ended.value.code or 0), told.out + told.err)

    return run


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A school with two pupils and a mark each, and nothing wrong with it."""
    school = tmp_path / "school"
    (school / TERM).mkdir(parents=True)
    (school / "school.yml").write_text("name: Invented School\n")
    (school / TERM / "pupils.csv").write_text(ROLL, encoding="utf-8")
    (school / TERM / "assessments.csv").write_text(MARKS, encoding="utf-8")
    return school


@pytest.fixture
def check(folder: Path, sentrack: Sentrack) -> Callable[..., Told]:
    """Check the school with one file of its term replaced."""

    def checked(content: str | bytes, file: str = "assessments.csv") -> Told:
        (folder / TERM / file).write_bytes(content if isinstance(content, bytes) else content.encode())
        return sentrack("check", folder)

    return checked


Check = Callable[..., Told]


def test_a_clean_school_ends_well(sentrack: Sentrack, folder: Path) -> None:
    assert sentrack("check", folder) == (0, "Invented School: 4 rows read in 2 files, 4 used, 0 set aside; no problems.\n")


# Files


def test_an_empty_file(check: Check) -> None:
    code, text = check("")
    assert code == 1 and f"{TERM}/assessments.csv: is empty. Export it again. (file set aside)\n" in text
    assert "2 rows read in 2 files, 2 used" in text


def test_a_file_with_headings_only(check: Check) -> None:
    code, text = check(MARKS.splitlines()[0] + "\n")
    assert code == 0 and f"{TERM}/assessments.csv: has headings but no rows. Export it again if there should be rows.\n" in text


def test_a_roll_with_headings_only_leaves_nothing_to_use(check: Check) -> None:
    code, text = check(ROLL.splitlines()[0] + "\n", "pupils.csv")
    assert code == 1
    assert f"{TERM}/assessments.csv: cannot be used: its term has no pupils. Correct pupils.csv of this term first." in text


@pytest.mark.parametrize(("delimiter", "name"), [(";", "a semicolon"), ("\t", "a tab"), ("|", "a bar")])
def test_another_delimiter_is_read_and_told(check: Check, delimiter: str, name: str) -> None:
    code, text = check(MARKS.replace(",", delimiter))
    assert code == 0 and f"has {name} between its cells. It was read; commas are expected." in text and "4 used" in text


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (ROLL.encode("cp1252"), "is saved as Windows-1252, not UTF-8. Check names with accents"),
        (ROLL.encode("utf-16"), "is saved as UTF-16, not UTF-8. Check names with accents"),
        (codecs.BOM_UTF8 + ROLL.encode(), "no problems"),
    ],
)
def test_another_encoding_is_read_and_told(check: Check, content: bytes, said: str) -> None:
    code, text = check(content, "pupils.csv")
    assert code == 0 and said in text and "4 used" in text


def test_title_rows_above_the_headings_are_passed_over_and_told(check: Check) -> None:
    code, text = check("Assessment Summary,,,,,\nInvented School,,,,,\n,,,,,\n" + MARKS)
    assert code == 0 and "4 used" in text
    assert 'row 1 "Assessment Summary": has its headings in row 4; what stands above was not read. Nothing to do.' in text


def test_rows_below_title_rows_keep_the_number_the_spreadsheet_shows(check: Check) -> None:
    code, text = check("Assessment Summary,,,,,\n" + MARKS.replace("P2,", "P9,"))
    assert code == 1 and f'{TERM}/assessments.csv, row 4, pupil_id "P9": is not on the roll of this term.' in text


def test_a_workbook_in_a_terms_folder_is_told_to_be_saved_or_imported(folder: Path, sentrack: Sentrack) -> None:
    with xlsxwriter.Workbook(folder / TERM / "attendance.xlsx") as book:
        book.add_worksheet().write_row(0, 0, ["pupil_id"])
    code, text = sentrack("check", folder)
    assert code == 1
    assert f"{TERM}/attendance.xlsx: is not a CSV file; it is not read. Save it as attendance.csv, or bring it in" in text
    assert "`sentrack import`" in text


def test_binary_junk_called_csv(check: Check) -> None:
    code, text = check(bytes(range(256)) * 20)
    assert code == 1 and "is not a table saved as text. Export it again as CSV or .xlsx. (file set aside)" in text
    assert "2 used" in text


def test_a_pdf_called_csv(check: Check) -> None:
    code, text = check(b"%PDF-1.7 and so on")
    assert code == 1 and "assessments.csv: is a PDF, not a table. Save the sheet as CSV" in text


def test_a_missing_required_column(check: Check) -> None:
    code, text = check(MARKS.replace("grade", "Level"))
    assert code == 1
    assert f"{TERM}/assessments.csv, grade: is a column that is missing. Add the column; assessments.csv cannot be used" in text
    assert ", row 1, Level: is not a column sentrack knows; it is not used. Known: pupil_id, subject" in text


def test_attendance_without_possible_sessions_is_refused_with_the_reason(check: Check) -> None:
    code, text = check("pupil_id,sessions_attended\nP1,120\n", "attendance.csv")
    assert code == 1 and "without them no percentage can be formed" in text and "1 set aside" in text


def test_a_row_with_too_many_cells(check: Check) -> None:
    code, text = check(MARKS + "P1,English,actual,nc_level,4b,2025-11-03,and,more\n")
    assert code == 1 and "row 4" in text and "has 8 cells where there are 6 headings" in text and "4 used, 1 set aside" in text


# Rows


def test_a_pupil_who_is_twice_on_the_roll(check: Check) -> None:
    code, text = check(ROLL + "P2,Nobody,7,K\n", "pupils.csv")
    assert code == 1
    for row in (3, 4):
        assert (
            f'{TERM}/pupils.csv, row {row}, pupil_id "P2": is in this file twice, with different values. The pupil stays,' in text
        )


def test_a_pupil_with_marks_who_is_not_on_the_roll(check: Check) -> None:
    code, text = check(MARKS.replace("P2", "P7"))
    assert code == 1
    sentence = "is not on the roll of this term. Add the pupil to pupils.csv, or correct the id. (row set aside)"
    assert f'{TERM}/assessments.csv, row 3, pupil_id "P7": {sentence}\n' in text


def test_dates_the_british_way(check: Check) -> None:
    code, text = check(MARKS.replace("2025-11-03", "03/11/2025"))
    assert code == 0 and "4 used" in text
    assert (
        'row 2, assessed_on "03/11/2025": is not a date. Write year-month-day, such as 2025-09-03; '
        "`sentrack import` turns 03/09/2025 into that. The cell counts as not known.\n"
    ) in text


def test_a_mark_of_another_term(check: Check) -> None:
    code, text = check(MARKS.replace("5c,2025-11-03", "5c,2024-11-03"))
    assert code == 1 and 'row 3, assessed_on "2024-11-03": is outside the term. Put it in its own term\'s folder' in text


@pytest.mark.parametrize("grade", ["N/A", "X", "ABS", "-"])
def test_a_word_in_place_of_a_grade_is_kept_and_no_fault(check: Check, grade: str) -> None:
    code, text = check(MARKS.replace("4b", grade))
    assert code == 0 and "4 used, 0 set aside; no problems" in text


def test_a_grade_that_is_not_on_its_scale(check: Check) -> None:
    code, text = check(MARKS.replace("5c", "7?"))
    assert code == 0
    assert f'{TERM}/assessments.csv, row 3, grade "7?": is not a grade of its scale. Kept, and counted as no grade.' in text


def test_an_unknown_scale(check: Check) -> None:
    code, text = check(MARKS.replace("nc_level", "nc_levels"))
    assert code == 0 and 'scale "nc_levels": is not a scale sentrack knows.' in text and "Did you mean nc_level?" in text


def test_unknown_codes(check: Check) -> None:
    roll = "pupil_id,year_group,sen_status,sen_need,ethnicity,eal\nP1,7,Z,SPLN,QQQ,Yes\nP2,Upper,N,,,\n"
    code, text = check(roll, "pupils.csv")
    kept = "The text is kept, and counts as not known. Correct it in the school's system."
    assert code == 0 and "4 used" in text
    assert f'row 2, sen_status "Z": is not a known SEN status. {kept}' in text
    assert f'row 2, sen_need "SPLN": is not a known type of need. {kept}' in text
    assert f'row 2, ethnicity "QQQ": is not a known ethnicity code. {kept}' in text
    assert f'row 3, year_group "Upper": is not a known year group. {kept}' in text
    assert 'row 2, eal "Yes": is neither Y nor N. Write Y or N. The cell counts as not known.' in text


def test_an_unknown_word(check: Check) -> None:
    code, text = check(MARKS.replace("actual", "real"))
    assert code == 1
    assert 'kind "real": is not one of the words used here. Write actual, target, predicted or effort. (row set aside)' in text


def test_many_problems_of_one_kind_are_said_once_and_counted(check: Check) -> None:
    marks = MARKS + "".join(f"Q{place},Maths,actual,nc_level,4b,\n" for place in range(2_000)) + "P1,Art,actual,nc_level,7?,\n"
    code, text = check(marks)
    assert code == 1 and text.count("is not on the roll") == 5
    assert "  … and 1,995 more rows like these.\n" in text and 'row 2004, grade "7?"' in text
    assert "2,005 rows read in 2 files, 5 used, 2,000 set aside; 2,001 problems." in text


def test_all_of_it_is_in_the_json(folder: Path, sentrack: Sentrack, tmp_path: Path) -> None:
    (folder / TERM / "assessments.csv").write_text(MARKS + "P9,Maths,actual,nc_level,4b,\n")
    (folder / TERM / "views.csv").write_text("")
    assert sentrack("check", folder, "--json", tmp_path / "told.json").code == 1
    told = json.loads((tmp_path / "told.json").read_text(encoding="utf-8"))
    assert told["school"] == "Invented School"
    assert {
        "file": f"{TERM}/assessments.csv",
        "term": TERM,
        "table": "assessments",
        "read": 3,
        "accepted": 2,
        "set_aside": 1,
    } in told["tables"]
    assert [(problem["row"], problem["value"], problem["effect"]) for problem in told["problems"]] == [
        (4, "P9", "row set aside"),
        (None, "", "file set aside"),
    ]


# Folders and terms


@pytest.mark.parametrize("name", ["Autumn 2025", "2025-26-Autumn", "2025-27-autumn", "2025-autumn", "9999-00-spring"])
def test_a_folder_whose_name_is_not_a_term(folder: Path, sentrack: Sentrack, name: str) -> None:
    (folder / name).mkdir()
    code, text = sentrack("check", folder)
    assert code == 1 and f"{name}: is not a term; nothing in it is read. Name the folder like 2025-26-autumn." in text


def test_a_term_option_that_is_not_a_term(folder: Path, sentrack: Sentrack) -> None:
    code, text = sentrack("check", folder, "--term", "Autumn 2025")
    assert code == 2 and '"Autumn 2025" is not a term. Write it as 2025-26-autumn, 2025-26-spring or 2025-26-summer.\n' in text


def test_a_term_option_the_school_has_no_folder_for(folder: Path, sentrack: Sentrack) -> None:
    code, text = sentrack("check", folder, "--term", "2024-25-autumn")
    assert code == 1 and f"has no tables of 2024-25-autumn. Terms with tables: {TERM}." in text


def test_a_term_option_limits_what_is_said(folder: Path, sentrack: Sentrack) -> None:
    (folder / "2025-26-spring").mkdir()
    (folder / "2025-26-spring" / "pupils.csv").write_text("")
    assert sentrack("check", folder).code == 1
    code, text = sentrack("check", folder, "--term", TERM)
    assert code == 0 and "4 rows read in 2 files" in text


def test_a_term_without_pupils(folder: Path, sentrack: Sentrack) -> None:
    (folder / TERM / "pupils.csv").unlink()
    code, text = sentrack("check", folder)
    assert code == 1
    assert f"{TERM}/pupils.csv: is missing, so nothing of this term can be used. Add the roll of the term." in text
    assert "2 rows read in 1 file, 0 used, 2 set aside; 2 problems." in text


def test_a_folder_that_is_not_a_school(tmp_path: Path, sentrack: Sentrack) -> None:
    code, text = sentrack("check", tmp_path)
    assert code == 1 and "is not a school's folder: it holds no school.yml. Write one with the line `name: …`, or let" in text


def test_the_folder_of_a_term_in_place_of_the_schools(folder: Path, sentrack: Sentrack) -> None:
    code, text = sentrack("check", folder / TERM)
    assert code == 1 and f"Name the folder above it, {folder}." in text


NONSENSE = ["/no/such/place", "C:\\no\\such", "/" + "x" * 5_000, "~nobody/school"]


@pytest.mark.parametrize("path", NONSENSE)
def test_a_path_that_is_nowhere(path: str, sentrack: Sentrack) -> None:
    code, text = sentrack("check", path)
    assert code == 1 and ("There is no folder" in text or "cannot be opened" in text)


def test_a_file_in_place_of_a_folder(folder: Path, sentrack: Sentrack) -> None:
    code, text = sentrack("check", folder / "school.yml")
    assert code == 1 and "is a file. Name the school's folder, the one that holds school.yml." in text


def test_a_school_without_any_term(tmp_path: Path, sentrack: Sentrack) -> None:
    (tmp_path / "school.yml").write_text("name: Invented School\n")
    code, text = sentrack("check", tmp_path)
    assert code == 1 and "holds no folder of a term. Make one such as 2025-26-autumn" in text


# Settings

SETTINGS = [
    ("name: [unclosed\n", "is not readable as YAML, line 2. Check colons, indents and dates."),
    (
        "name: A\ncalendar: {2025-26-autumn: [2025-02-30, 2025-12-12]}",
        "is not readable as YAML. Check colons, indents and dates.",
    ),
    ("[" * 5_000, "is not readable as YAML"),
    ("just a sentence", "holds no settings. Write lines such as `name: value`."),
    ("", "holds no settings."),
    ("subjects: {}", "name is missing. Add a line `name: …`."),
    ("name: A\nsubject: {}", "there is no setting called subject. Did you mean subjects?"),
    (
        "name: A\nsubjects: {Art: {departmnt: Arts}}",
        "there is no setting called subjects.Art.departmnt. Did you mean department?",
    ),
    ("name: A\nscales: {own: {grade: [a, b]}}", "there is no setting called scales.own.grade. Did you mean grades?"),
    ("name: A\nscales: {own: {points: [1]}}", "scales.own: needs its grades, lowest first"),
    ("name: A\nscales: {own: [a, b, a]}", "scales.own: names a grade twice."),
    ("name: A\ncalendar: {autumn: [2025-09-01, 2025-12-12]}", 'calendar: "autumn" is not a term. Write it as 2025-26-autumn,'),
    ("name: A\ncalendar: {2025-26-autumn: [2025-12-12, 2025-09-01]}", "calendar: 2025-26-autumn ends before it starts."),
    (
        "name: A\ncalendar: {2025-26-autumn: {start: soon, end: 2025-12-12}}",
        'calendar.2025-26-autumn.0 "soon": should be a valid date',
    ),
    ("name: A\nreliability: {nc_level: 85}", 'reliability.nc_level "85": should be less than or equal to 1.'),
]


@pytest.mark.parametrize(("content", "said"), SETTINGS)
def test_a_school_yml_that_cannot_be_used(folder: Path, sentrack: Sentrack, content: str, said: str) -> None:
    (folder / "school.yml").write_text(content)
    code, text = sentrack("check", folder)
    assert code == 2 and f"{folder / 'school.yml'}" in text and said in text


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16"])
def test_a_school_yml_that_is_not_utf_8(folder: Path, sentrack: Sentrack, encoding: str) -> None:
    (folder / "school.yml").write_bytes("name: École inventée\n".encode(encoding))
    code, text = sentrack("check", folder)
    assert code == 2 and "is not saved as UTF-8. Save it again as UTF-8." in text


def test_everything_wrong_with_school_yml_is_said_at_once(folder: Path, sentrack: Sentrack) -> None:
    (folder / "school.yml").write_text("nam: A\nscale: {}\nreliability: {nc_level: high}\ncalendar: {autumn: []}\n")
    code, text = sentrack("check", folder)
    assert code == 2 and len(text.splitlines()) == 5
    for said in ("Did you mean name?", "Did you mean scales?", "name is missing", 'nc_level "high"', '"autumn" is not a term'):
        assert said in text


def test_numbers_as_names_are_names(folder: Path, sentrack: Sentrack) -> None:
    (folder / "school.yml").write_text("name: 1066\nsubjects: {Art: {department: 3}, Music: }\nscales: {own: [1, 2, 3]}\n")
    assert sentrack("check", folder).text.startswith("1066: 4 rows read")


# Runs


@pytest.fixture
def parameters(folder: Path, tmp_path: Path) -> Iterator[Callable[[str], Path]]:
    """A parameters file for the school, with something more in it; no run of it leaves anything behind."""

    def written(more: str = "", term: str = TERM) -> Path:
        (tmp_path / "run.yml").write_text(f"school: {folder}\nterm: {term}\nout: {tmp_path / 'outputs'}\n{more}\n")
        return tmp_path / "run.yml"

    yield written
    assert not (tmp_path / "outputs").exists()


WRONG_PARAMETERS = [
    ("tresholds: {}", "there is no setting called tresholds. Did you mean thresholds?"),
    ("audiences: [govenors]", "audiences.0 \"govenors\": should be 'inclusion', 'department' or 'governors'."),
    ("since: last year", 'since: "last year" is not a term. Write it as'),
    ("since: 2026-27-autumn", "since: 2026-27-autumn is not before the term, 2025-26-autumn."),
    ("thresholds: {progres: {watch: 2}}", "thresholds: there is no flag rule called progres. Did you mean progress?"),
    ("thresholds: {attendance: {wach: 2}}", "thresholds: attendance: wach is not one of its fields. Did you mean watch?"),
    ("thresholds: {attendance: {watch: high}}", "which is not a number."),
    ("subjects: [Mahts]", "There is no subject Mahts. Did you mean Maths?"),
    ("subjects: Mahts", "There is no subject Mahts. Did you mean Maths?"),
    ("year_groups: [12]", "There is no year group 12. Known: 7."),
    ("school: [", "is not readable as YAML, line"),
]


@pytest.mark.parametrize(("more", "said"), WRONG_PARAMETERS)
def test_parameters_that_cannot_be_used(parameters: Callable[[str], Path], sentrack: Sentrack, more: str, said: str) -> None:
    code, text = sentrack("run", parameters(more))
    assert code == 2 and said in text


def test_parameters_for_a_term_that_is_none(parameters: Callable[..., Path], sentrack: Sentrack) -> None:
    code, text = sentrack("run", parameters(term="autumn"))
    assert code == 2 and 'term: "autumn" is not a term. Write it as 2025-26-autumn' in text


def test_a_run_of_a_term_that_is_none(parameters: Callable[..., Path], sentrack: Sentrack) -> None:
    code, text = sentrack("run", parameters(), "--term", "autumn")
    assert code == 2 and '"autumn" is not a term. Write it as 2025-26-autumn' in text


def test_a_run_of_a_term_that_is_not_after_since(parameters: Callable[..., Path], sentrack: Sentrack) -> None:
    code, text = sentrack("run", parameters("since: 2024-25-autumn"), "--term", "2024-25-autumn")
    assert code == 2 and "since 2024-25-autumn, which is not before 2024-25-autumn" in text


def test_a_run_of_a_term_the_school_has_no_roll_for(parameters: Callable[..., Path], sentrack: Sentrack) -> None:
    code, text = sentrack("run", parameters(), "--term", "2026-27-spring")
    assert code == 1 and f"has no roll for 2026-27-spring. Terms with a roll: {TERM}." in text


def test_a_notebook_that_does_not_exist(parameters: Callable[..., Path], sentrack: Sentrack) -> None:
    code, text = sentrack("run", parameters(), "--only", "2_reviews")
    assert code == 2 and "There is no notebook 2_reviews. Did you mean 2_review?" in text


def test_a_parameters_file_that_does_not_exist(sentrack: Sentrack, tmp_path: Path) -> None:
    code, text = sentrack("run", tmp_path / "nowhere.yml")
    assert code == 2 and f"There is no file {tmp_path / 'nowhere.yml'}." in text


def test_a_parameters_file_for_a_school_that_does_not_exist(sentrack: Sentrack, tmp_path: Path) -> None:
    (tmp_path / "run.yml").write_text(f"school: nowhere\nterm: {TERM}\n")
    code, text = sentrack("run", tmp_path / "run.yml")
    assert code == 1 and f"There is no folder {tmp_path / 'nowhere'}." in text


# The whole program


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["check", "no/such/school"], 1, "There is no folder no/such/school."),
        (["check"], 2, "Missing argument"),
        (["chek"], 2, "No such command"),
        (["sample", "somewhere", "--pupils", "many"], 2, "valid int"),
    ],
)
def test_the_program_itself_ends_with_a_sentence(tmp_path: Path, words: list[str], code: int, said: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "sentrack_lib", *words], capture_output=True, text=True, cwd=tmp_path, check=False
    )
    assert done.returncode == code and said in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
