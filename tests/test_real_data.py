"""The real files come in through their profiles, with the numbers their descriptions give; nothing is lost on the way."""

from pathlib import Path

import pandas as pd
import pytest
from pandas import DataFrame

from sentrack_lib.sources.imports import ImportReport, import_files
from sentrack_lib.sources.loading import School, load_school

STAR_TERMS = [f"{year}-{year - 1899:02d}-summer" for year in range(1985, 1994)]


def brought(shared: Path, into: Path, file: str, profile: str, school: str | None = None) -> tuple[School, ImportReport]:
    """A real file imported into a new folder, and the school that is there then."""
    report = import_files([shared / "data" / file], into, None, profile, school)
    return load_school(into), report


@pytest.fixture(scope="module")
def everyone(tmp_path_factory: pytest.TempPathFactory) -> tuple[School, ImportReport]:
    """All pupils of Project STAR as one school."""
    folder = Path(__file__).resolve().parents[2] / "shared"
    if not folder.is_dir():
        pytest.skip("the reference material lies beside the project only where it was put there")
    return brought(folder, tmp_path_factory.mktemp("star"), "star/star_students.csv.gz", "star")


@pytest.fixture(scope="module")
def export() -> DataFrame:
    """The STAR file as pandas reads it, to count by other means."""
    file = Path(__file__).resolve().parents[2] / "shared" / "data" / "star" / "star_students.csv.gz"
    if not file.exists():
        pytest.skip("the reference material lies beside the project only where it was put there")
    return pd.read_csv(file, dtype=str, keep_default_na=False)


def in_term(school: School, table: str, term: str) -> DataFrame:
    """One term of a table."""
    rows = school.tables[table]
    return rows[rows["term"].eq(term)]


def test_star_has_a_term_for_each_grade_with_whoever_had_a_school_in_it(
    everyone: tuple[School, ImportReport], export: DataFrame
) -> None:
    school, report = everyone
    assert [str(term) for term in school.terms] == STAR_TERMS
    for grade, term in zip("k12345678", STAR_TERMS, strict=True):
        roll = in_term(school, "pupils", term)
        assert set(roll["pupil_id"]) == set(export.loc[export[f"g{grade}schid"].ne(""), "stdntid"])
        assert set(roll["year_group"]) == {grade.upper().replace("K", "R")}
    assert report.files[["read", "accepted", "set_aside"]].to_numpy().tolist() == [[11_601, 11_601, 0]]


def test_every_column_of_star_is_used_or_ignored_for_a_reason(everyone: tuple[School, ImportReport]) -> None:
    columns = everyone[1].columns
    assert columns["use"].value_counts().to_dict() == {"used": 79, "ignored": 75}
    assert columns.loc[columns["use"].eq("ignored"), "reason"].ne("").all()
    assert everyone[1].not_understood.empty


def test_sen_status_in_star_is_what_the_grade_says_and_otherwise_not_known(everyone: tuple[School, ImportReport]) -> None:
    school, _ = everyone
    counts = {term: in_term(school, "pupils", term)["sen_status"].value_counts(dropna=False).to_dict() for term in STAR_TERMS}
    assert counts["1985-86-summer"]["K"] == 202
    assert counts["1985-86-summer"]["N"] == 6_122
    assert counts["1986-87-summer"]["K"] == 84
    assert all(set(map(str, counts[term])) == {"nan"} for term in STAR_TERMS if term[:4] not in ("1985", "1986", "1989"))


def test_star_scores_are_all_there_on_two_scales_that_are_kept_apart(
    everyone: tuple[School, ImportReport], export: DataFrame
) -> None:
    school, _ = everyone
    marks = school.tables["assessments"]
    assert set(marks["state"]) == {"graded"}
    assert marks.groupby("scale")["term"].agg(["min", "max"]).to_numpy().tolist() == [
        ["1989-90-summer", "1993-94-summer"],
        ["1985-86-summer", "1988-89-summer"],
    ]
    reading = in_term(school, "assessments", "1985-86-summer").query("subject == 'Reading'")
    written = pd.to_numeric(export.loc[export["gkschid"].ne(""), "gktreadss"]).dropna()
    assert (len(reading), reading["points"].sum()) == (len(written), written.sum())


def test_grade_4_reading_in_star_is_a_copy_of_grade_3_and_is_not_used(
    everyone: tuple[School, ImportReport], export: DataFrame
) -> None:
    both = export[export["g3treadss"].ne("")]
    assert both["g3treadss"].eq(both["g4treadss"]).all()
    assert "Reading" not in set(in_term(everyone[0], "assessments", "1989-90-summer")["subject"])


def test_days_in_star_become_sessions(everyone: tuple[School, ImportReport], export: DataFrame) -> None:
    school, report = everyone
    here = in_term(school, "attendance", "1985-86-summer").set_index("pupil_id")
    days = export.set_index("stdntid").loc[here.index, ["gkpresent", "gkabsent"]].astype(float)
    assert here["sessions_possible"].eq(2 * days.sum(axis=1)).all()
    assert here["sessions_attended"].eq(2 * days["gkpresent"]).all()
    assert in_term(school, "attendance", "1987-88-summer").empty
    tables = report.tables
    assert tables["mapped"].eq(tables["accepted"] + tables["set_aside"]).all()
    assert tables["set_aside"].sum() == 3


def test_classes_in_star_are_as_large_as_the_file_says(everyone: tuple[School, ImportReport], export: DataFrame) -> None:
    groups = in_term(everyone[0], "teaching_groups", "1985-86-summer").query("subject == 'Reading'")
    said = export[export["gktchid"].ne("")].groupby("gktchid")["gkclasssize"].first().astype(int)
    assert groups["teaching_group"].value_counts().sort_index().tolist() == said.sort_index().tolist()
    assert set(groups["set"]) == {"SMALL CLASS", "REGULAR CLASS", "REGULAR + AIDE CLASS"}


@pytest.mark.parametrize(("number", "rolls"), [("169229", 826), ("244806", 562), ("257905", 543), ("244755", 534)])
def test_each_of_the_largest_star_schools_can_be_taken_out(shared: Path, tmp_path: Path, number: str, rolls: int) -> None:
    school, report = brought(shared, tmp_path / "school", "star/star_students.csv.gz", "star", number)
    assert school.name == f"Project STAR ({number})"
    assert school.tables["pupils"]["term"].isin(STAR_TERMS[:4]).sum() == rolls
    assert report.exit_code == 0


def test_importing_a_real_file_again_changes_not_a_byte(shared: Path, tmp_path: Path) -> None:
    brought(shared, tmp_path / "school", "star/star_students.csv.gz", "star", "244755")
    before = {file: file.read_bytes() for file in (tmp_path / "school").rglob("*") if file.is_file()}
    _, again = brought(shared, tmp_path / "school", "star/star_students.csv.gz", "star", "244755")
    assert {file: file.read_bytes() for file in (tmp_path / "school").rglob("*") if file.is_file()} == before
    assert again.tables[["added", "changed"]].to_numpy().sum() == 0


@pytest.mark.parametrize(("file", "pupils", "left"), [("student-mat.csv", 395, 38), ("student-por.csv", 649, 15)])
def test_a_zero_after_a_grade_in_the_uci_files_is_not_a_low_score(
    shared: Path, tmp_path: Path, file: str, pupils: int, left: int
) -> None:
    school, report = brought(shared, tmp_path / "school", f"uci_student/{file}", "uci")
    last = in_term(school, "assessments", "2005-06-summer")
    assert len(in_term(school, "pupils", "2005-06-summer")) == pupils
    assert last["grade"].eq("N/A").sum() == left
    assert last.loc[last["grade"].eq("N/A"), ["points"]].isna().all().all()
    assert (report.exit_code, report.not_understood.empty) == (0, True)
    assert "numbered by their rows" in str(report)


def test_extra_support_in_the_uci_files_is_sen_support_and_a_school_can_be_chosen(shared: Path, tmp_path: Path) -> None:
    school, _ = brought(shared, tmp_path / "both", "uci_student/student-mat.csv", "uci")
    assert in_term(school, "pupils", "2005-06-autumn")["sen_status"].value_counts().to_dict() == {"N": 344, "K": 51}
    one, _ = brought(shared, tmp_path / "one", "uci_student/student-mat.csv", "uci", "MS")
    assert len(in_term(one, "pupils", "2005-06-autumn")) == 46


def test_absences_of_the_uci_files_are_ignored_with_the_reason_and_refused_when_mapped_all_the_same(
    shared: Path, tmp_path: Path
) -> None:
    _, report = brought(shared, tmp_path / "school", "uci_student/student-mat.csv", "uci")
    assert "no percentage" in report.columns.set_index("column").at["absences", "reason"]
    (tmp_path / "all_the_same.yml").write_text(
        "tables: [{table: attendance, columns: {pupil_id: {row_number: mat-}, sessions_unauthorised: absences}}]"
    )
    file = shared / "data" / "uci_student" / "student-mat.csv"
    refused = import_files([file], tmp_path / "school", "2005-06-autumn", tmp_path / "all_the_same.yml")
    assert refused.exit_code == 1
    assert refused.tables[["mapped", "accepted", "set_aside"]].to_numpy().tolist() == [[395, 0, 395]]
    assert "without them no percentage can be formed" in str(refused)
    assert load_school(tmp_path / "school").tables["attendance"].empty
