"""A school's exports come in without a mapping: what each file is taken for, and that the tables come back as they were."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from pandas import DataFrame
from typer.testing import CliRunner
from written_as import arbor, printed, sims
from written_as.marksheets import marksheet

from sentrack_lib.cli import app
from sentrack_lib.errors import WrongUse
from sentrack_lib.settings import SchoolSettings
from sentrack_lib.sources.codes import code_rows
from sentrack_lib.sources.exports.aliases import flag_recode, known_headings
from sentrack_lib.sources.exports.drafting import draft
from sentrack_lib.sources.exports.marksheets import read_heading
from sentrack_lib.sources.files import read_sheet
from sentrack_lib.sources.imports import ImportReport, import_files
from sentrack_lib.terms import Term

TERM = "2025-26-autumn"


@pytest.fixture
def exported(tmp_path: Path, sample: Path) -> Callable[[str], DataFrame]:
    """The tables of the invented school, and its settings in the folder files are brought into."""
    (tmp_path / "school").mkdir()
    (tmp_path / "school" / "school.yml").write_bytes((sample / "school.yml").read_bytes())
    term = max(Term.named(folder.name) for folder in sample.iterdir() if Term.is_named(folder.name))

    def table(name: str) -> DataFrame:
        rows = read_sheet(sample / str(term) / f"{name}.csv").cells.reset_index(drop=True)
        return rows.assign(mis_id=[str(1000 + place) for place in range(len(rows))]) if name == "pupils" else rows

    return table


def imported(tmp_path: Path, rows: DataFrame, name: str = "export.csv") -> ImportReport:
    """What an import of some rows without a profile does."""
    rows.to_csv(tmp_path / name, index=False)
    return import_files([tmp_path / name], tmp_path / "school", TERM, None)


def held(tmp_path: Path, table: str) -> DataFrame:
    return read_sheet(tmp_path / "school" / TERM / f"{table}.csv").cells.reset_index(drop=True)


def same(got: DataFrame, wanted: DataFrame, columns: list[str]) -> None:
    by = [name for name in columns if name in wanted]
    one, other = (rows[by].sort_values(by).reset_index(drop=True) for rows in (got, wanted))
    pd.testing.assert_frame_equal(one, other, check_dtype=False)


def drawn(text: str) -> DataFrame:
    rows = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]
    return DataFrame(rows[1:], columns=rows[0], dtype="str")


def test_ticks_are_y_and_their_blanks_n(exported, tmp_path):
    pupils = exported("pupils")
    imported(tmp_path, sims.roll(pupils))
    same(held(tmp_path, "pupils"), pupils.assign(eal=pupils["eal"].replace("", "N")), ["pupil_id", "eal"])
    assert flag_recode(pd.Series(["Y", "N", ""])) == {}
    assert flag_recode(pd.Series(["1", "0", ""])) == {"1": "Y", "0": "N"}


def test_a_percentage_of_attendance_alone_is_refused_with_what_is_needed(tmp_path):
    report = imported(tmp_path, drawn("UPN | Surname | % Attendance\nA1 | Sample | 93.4"))
    assert report.exit_code == 1 and "sessions possible" in str(report)


def test_without_a_type_signed_points_say_what_it_was_and_unsigned_ones_do_not(tmp_path):
    signed = "UPN | Date | Points\nA1 | 03/10/2025 | -2\nA1 | 04/10/2025 | 1"
    imported(tmp_path, drawn(signed))
    assert list(held(tmp_path, "behaviour")["kind"]) == ["incident", "reward"]
    assert "--profile" in str(imported(tmp_path, drawn(signed.replace("-", "")), "other.csv"))


def test_teaching_groups_come_back(exported, tmp_path):
    there = exported("teaching_groups")
    names = {"pupil_id": "UPN", "subject": "Subject", "teaching_group": "Class", "set": "Set", "teacher": "Teacher"}
    assert imported(tmp_path, there.rename(columns=names)).exit_code == 0
    same(held(tmp_path, "teaching_groups"), there, list(there))


@pytest.fixture
def marks(exported) -> DataFrame:
    return exported("assessments").query("kind in ['actual', 'target', 'effort'] and scale in ['gcse_9_1', 'effort']")


def as_marksheet(marks: DataFrame) -> DataFrame:
    """Of Year 11, the pupils by their UPN alone."""
    nobody = DataFrame(columns=["pupil_id", "admission_no", "sen_status", "pupil_premium", "surname", "forename", "year_group"])
    sheet = marksheet(marks, nobody, "{subject} Y11 Aut {kind}")
    return sheet[["UPN", *(name for name in sheet if "Y11" in name)]].assign(SEN="K")


@pytest.mark.parametrize("name", ["marks.csv", "marks.xlsx"])
def test_a_marksheet_comes_back_under_titles_and_above_a_total(name, marks, tmp_path):
    file = printed(as_marksheet(marks), tmp_path / name)
    report = import_files([file], tmp_path / "school", TERM, None)
    assert set(report.guesses["taken_for"]) == {"a marksheet"}
    assert report.exit_code == 0, str(report)
    same(held(tmp_path, "assessments"), marks, ["pupil_id", "subject", "kind", "scale", "grade"])


def test_the_report_shows_what_each_column_of_a_marksheet_was_taken_for(marks, tmp_path):
    file = printed(as_marksheet(marks), tmp_path / "marks.csv")
    said = str(import_files([file], tmp_path / "school", TERM, None))
    assert "English Y11 Aut CWG" in said and "English, actual, gcse_9_1" in said


@pytest.mark.parametrize(
    ("heading", "subject", "kind", "season", "year"),
    [
        ("En Y9 Aut CWG", "English", "actual", "autumn", 9),
        ("Maths Target", "Maths", "target", "", 0),
        ("Science - Autumn 2 - Working At", "Science", "actual", "autumn", 0),
        ("KS2 Reading SS", "Reading", "prior", "", 0),
        ("Geography ATL", "Geography", "effort", "", 0),
        ("Latin Spr Forecast", "Latin", "predicted", "spring", 0),
        ("Year 9 French T5", "French", "actual", "summer", 9),
    ],
)
def test_the_heading_of_a_mark_says_subject_kind_and_term(heading, subject, kind, season, year):
    mark = read_heading(heading)
    assert mark is not None and (mark.subject, mark.kind, mark.season, mark.year) == (subject, kind, season, year)


@pytest.mark.parametrize("heading", ["UPN", "SEN", "Maths Set", "English as Additional Language", "Target", "Phone"])
def test_what_names_no_mark_is_no_mark(heading):
    assert read_heading(heading) is None


def test_the_schools_own_name_of_a_subject_counts():
    mark = read_heading("Ma Target", ["Mathematics"])
    assert mark is not None and mark.subject == "Mathematics"


@pytest.mark.parametrize(
    ("grades", "scale"),
    [
        (["7", "4+"], "gcse_9_1"),
        (["4b", "5"], "nc_level"),
        (["67%", "12"], "percentage"),
        (["131", "88"], "standardised"),
        (["B", "A*"], "gcse_a_g"),
        (["ABS", "6"], "gcse_9_1"),
    ],
)
def test_the_scale_is_guessed_from_the_grades(grades, scale, tmp_path):
    DataFrame({"UPN": ["A1", "A2"], "Latin Grade": grades}).to_csv(tmp_path / "marks.csv", index=False)
    sheet = read_sheet(tmp_path / "marks.csv")
    assert draft(sheet, TERM, SchoolSettings(name="Sampleton")).profile.tables[0].each[0]["scale"] == scale


def test_a_mark_on_no_known_scale_or_of_another_term_is_left_for_the_school(tmp_path):
    rows = drawn("UPN | En Y9 Aut CWG | Ma Y9 Aut CWG | En Y8 Sum CWG | En Y9 Autumn 2 CWG\nA1 | 5 | zog | 4 | 6")
    report = imported(tmp_path, rows)
    reasons = report.columns.set_index("column")["reason"]
    assert "scale" in reasons["Ma Y9 Aut CWG"] and "2024-25-summer" in reasons["En Y8 Sum CWG"]
    assert "later column" in reasons["En Y9 Aut CWG"]
    assert held(tmp_path, "assessments")["grade"].tolist() == ["6"]
    assert report.exit_code == 1 and "on no scale" in str(report)


def test_a_slip_in_one_grade_does_not_cost_the_column(tmp_path):
    grades = DataFrame({"UPN": [f"A{place}" for place in range(20)], "Latin CWG": [*["6"] * 19, "zog"]})
    assert imported(tmp_path, grades).exit_code == 0
    assert len(held(tmp_path, "assessments")) == 20


def test_rows_of_a_report_on_needs_fold_into_two_needs_by_their_rank(exported, tmp_path):
    pupils = exported("pupils")
    imported(tmp_path, sims.roll(pupils))
    first, second = pupils["upn"][:2]
    needs = f"UPN | SEN Status | SEN Need Type | Rank\n{first} | K | MLD | 2\n{first} | K | SLCN | 1\n{second} | E | ASD | 1"
    report = imported(tmp_path, drawn(needs), "needs.csv")
    assert set(report.guesses["taken_for"]) == {"a list of SEN"} and report.exit_code == 0
    now = held(tmp_path, "pupils").set_index("upn")
    assert now.loc[first, ["sen_need", "sen_need_2"]].tolist() == ["SLCN", "MLD"]
    assert now.loc[second, ["sen_need", "sen_need_2"]].tolist() == ["ASD", ""]
    assert len(now) == len(pupils)


def test_a_third_need_is_counted_as_left_out_and_rows_that_differ_elsewhere_stay_apart(tmp_path):
    head = "UPN | Surname | Sex | Year | SEN | SEN Need\n"
    needs = (
        "A1 | Sample | M | 7 | K | MLD\nA1 | Sample | M | 7 | K | SLCN\nA1 | Sample | M | 7 | K | ASD\nA2 | Dummy | F | 7 | N |"
    )
    report = imported(tmp_path, drawn(head + needs))
    assert "4 rows became 2" in str(report) and "1 values beyond the first 2" in str(report)
    torn = imported(tmp_path, drawn(head + needs.replace("A1 | Sample", "A3 | Standin", 1).replace("A1", "A3")), "torn.csv")
    assert "different values" in str(torn)


def test_a_last_pupil_with_nothing_but_an_id_stays_and_a_remark_does_not(tmp_path):
    rows = "UPN | Surname | Sex | Year | SEN\nA1 | Sample | M | 7 | N\nA2 | | | |"
    imported(tmp_path, drawn(rows))
    assert list(held(tmp_path, "pupils")["pupil_id"]) == ["A1", "A2"]
    assert imported(tmp_path, drawn(rows + "\nPrinted on a day | | | |"), "again.csv").exit_code == 0


def test_pupil_premium_and_key_stage_2_downloads_are_known(exported, tmp_path):
    pupils = exported("pupils")
    imported(tmp_path, sims.roll(pupils))
    first, second = pupils["upn"][:2]
    premium = f"UPN | NCYear | Deprivation Pupil Premium | Service Child Premium\n{first} | 11 | 1 | 0\n{second} | 11 | 0 | 0"
    imported(tmp_path, drawn(premium), "premium.csv")
    assert held(tmp_path, "pupils").set_index("upn").loc[[first, second], "pupil_premium"].tolist() == ["Y", "N"]
    imported(tmp_path, drawn(f"UPN | DOB | READSCORE | WRITTAOUTCOME\n{first} | 01/02/2014 | 104 | EXS"), "ks2.csv")
    starts = held(tmp_path, "prior_attainment")
    assert sorted(zip(starts["subject"], starts["stage"], starts["scale"], starts["grade"], strict=True)) == [
        ("Reading", "KS2", "ks2_scaled", "104"),
        ("Writing", "KS2", "ks2_ta", "EXS"),
    ]


def test_where_a_upn_is_blank_the_admission_number_is_the_pupils_id(tmp_path):
    rows = "UPN | Adno | Surname | Sex | Year | SEN\n | 0042 | Sample | M | 7 | N\nA1 | 0043 | Dummy | F | 7 | K"
    imported(tmp_path, drawn(rows))
    assert sorted(held(tmp_path, "pupils")["pupil_id"]) == ["0042", "A1"]


def test_what_cannot_be_told_is_refused_with_a_sentence_and_the_others_go_on(exported, tmp_path):
    drawn("Colour | Number\nred | 3").to_csv(tmp_path / "odd.csv", index=False)
    sims.roll(exported("pupils")).to_csv(tmp_path / "roll.csv", index=False)
    report = import_files([tmp_path / "odd.csv", tmp_path / "roll.csv"], tmp_path / "school", TERM, None)
    assert report.exit_code == 1 and "--profile" in str(report) and len(held(tmp_path, "pupils"))
    with pytest.raises(WrongUse, match="--term"):
        import_files([tmp_path / "roll.csv"], tmp_path / "school", None, None)


def test_a_second_import_changes_nothing(marks, exported, tmp_path):
    printed(as_marksheet(marks), tmp_path / "marks.csv")
    sims.roll(exported("pupils")).to_csv(tmp_path / "roll.csv", index=False)
    files = [tmp_path / "marks.csv", tmp_path / "roll.csv"]
    import_files(files, tmp_path / "school", TERM, None)
    again = import_files(files, tmp_path / "school", TERM, None)
    assert again.tables[["added", "changed"]].to_numpy().sum() == 0 and again.changes.empty


@pytest.mark.parametrize("shape", ["roll", "marks", "needs"])
def test_a_drafted_profile_does_what_the_import_without_one_did(shape, marks, exported, tmp_path):
    needs = drawn(
        "UPN | SEN | Year | Sex | SEN Need | Rank\nA1 | K | 7 | M | MLD | 2\nA1 | K | 7 | M | SLCN | 1\nA2 | N | 7 | M | |"
    )
    rows = {"roll": arbor.roll(exported("pupils")), "marks": as_marksheet(marks), "needs": needs}[shape]
    rows.to_csv(tmp_path / "export.csv", index=False)
    words = ["import", str(tmp_path / "export.csv"), "--term", TERM, "--into"]
    ours = tmp_path / "ours.yml"
    said = CliRunner().invoke(app, [*words, str(tmp_path / "school"), "--draft-profile", str(ours)])
    assert said.exit_code == 0 and "was taken for" in said.output
    assert not (tmp_path / "school" / TERM).exists()
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "school.yml").write_bytes((tmp_path / "school" / "school.yml").read_bytes())
    CliRunner().invoke(app, [*words, str(tmp_path / "school"), "--profile", str(ours)])
    CliRunner().invoke(app, [*words, str(tmp_path / "other")])
    one, other = (
        {file.name: file.read_bytes() for file in (tmp_path / name / TERM).glob("*.csv")} for name in ("school", "other")
    )
    assert one and one == other


def test_every_heading_is_listed_once_with_how_it_is_known():
    rows = code_rows("headings")
    assert {row["source"] for row in rows} == {"verified", "general"}
    assert len({(row["table"], row["heading"].casefold()) for row in rows}) == len(rows)
    assert {"UPN", "SENProvision", "Legal Surname"} <= known_headings()


def test_a_percentage_of_attendance_beside_marks_is_passed_over(tmp_path):
    rows = drawn("UPN | En Y9 Aut CWG | History Teacher Comment | Attendance %\nA1 | 5 | Works well | 93.4")
    report = imported(tmp_path, rows)
    assert set(report.files["taken_for"]) == {"a marksheet"} and held(tmp_path, "assessments")["grade"].tolist() == ["5"]


def test_where_some_events_are_of_no_kind_the_sign_of_their_points_says_it(tmp_path):
    events = ["Merit | 2", "Detention | -3", "Phone out | -1"]
    imported(tmp_path, drawn("\n".join(["UPN | Date | Event | Points", *(f"A1 | 01/10/2025 | {event}" for event in events)])))
    assert held(tmp_path, "behaviour")[["kind", "reason"]].to_numpy().tolist() == [
        ["reward", "Merit"], ["sanction", "Detention"], ["incident", "Phone out"],
    ]  # fmt: skip
