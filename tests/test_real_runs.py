"""The main path on real pupils: import through a profile, run the batch, and read what it says."""

import json
from pathlib import Path

import pandas as pd
import pytest
from pandas import DataFrame
from scipy import stats

from sentrack_lib.cycle.runs.batch import Report, run
from sentrack_lib.settings import Parameters
from sentrack_lib.sources.imports import import_files

PROJECT = Path(__file__).resolve().parents[1]
STAR, MATHS, PORTUGUESE = "star/star_students.csv.gz", "uci_student/student-mat.csv", "uci_student/student-por.csv"
RUNS = {
    "star_169229": (STAR, "star", "169229"),
    "star_244806": (STAR, "star", "244806"),
    "star_257905": (STAR, "star", "257905"),
    "star_244755": (STAR, "star", "244755"),
    "star_all": (STAR, "star", None),
    "uci_mathematics": (MATHS, "uci", None),
    "uci_portuguese": (PORTUGUESE, "uci", None),
}


@pytest.fixture(scope="module")
def reports(tmp_path_factory) -> dict[str, Report]:
    """What each run reported, made when it is first asked for."""
    shared = PROJECT.parent / "shared"
    if not shared.is_dir():
        pytest.skip("the real files lie beside the project only where they were put there")
    folder = tmp_path_factory.mktemp("real")

    class Reports(dict):
        def __missing__(self, name: str) -> Report:
            file, profile, school = RUNS[name]
            import_files([shared / "data" / file], folder / name, None, profile, school)
            asked = Parameters.read(PROJECT / "parameters" / "real" / f"{name}.yml")
            self[name] = run(asked.model_copy(update={"school": folder / name, "out": folder / "outputs"}))
            return self[name]

    return Reports()


def table(report: Report, name: str) -> DataFrame:
    return pd.read_csv(report.folder / "tables" / f"{name}.csv", dtype={"pupil_id": str})


@pytest.mark.parametrize("name", RUNS)
def test_a_real_school_runs_to_the_end_with_packs_and_no_failed_page(reports, name):
    report = reports[name]
    record = json.loads((report.folder / "run.json").read_text(encoding="utf-8"))
    assert not report.failed and record["status"] == "done"
    assert all(
        (report.folder / "packs" / f"{page['name']}.{kind}").stat().st_size
        for page in record["notebooks"]
        for kind in ("html", "xlsx")
    )
    assert all(file["read"] == file["accepted"] + file["set_aside"] for file in record["inputs"] if "read" in file)


def test_every_pupil_with_both_tests_in_star_is_given_progress_and_nobody_else(reports, shared):
    export = pd.read_csv(shared / "data" / STAR, dtype=str, keep_default_na=False)
    both = export[export["g1schid"].ne("") & export["gkschid"].ne("") & export["gktmathss"].ne("") & export["g1tmathss"].ne("")]
    maths = table(reports["star_all"], "progress").query("subject == 'Mathematics'")
    assert set(maths.dropna(subset=["scaled_residual"])["pupil_id"]) == set(both["stdntid"])
    assert maths.loc[maths["scaled_residual"].isna(), "why_not"].notna().all()


def test_special_education_in_star_is_compared_with_its_true_numbers(reports, shared):
    export = pd.read_csv(shared / "data" / STAR, dtype=str, keep_default_na=False)
    groups = table(reports["star_all"], "comparisons")
    progress = table(reports["star_all"], "progress")
    counted = set(progress.loc[progress["subject"].eq("Mathematics") & progress["scaled_residual"].notna(), "pupil_id"])
    special = export[export["g1speced"].eq("YES") & export["stdntid"].isin(counted)]
    row = groups.query("family == 'SEN status' and group == 'SEN support' and subject == 'Mathematics'").iloc[0]
    assert row["n"] == len(special) > 10
    assert row["mean"] == pytest.approx(
        progress[progress["subject"].eq("Mathematics") & progress["pupil_id"].isin(special["stdntid"])]["scaled_residual"].mean()
    )


def test_the_two_test_scales_of_star_are_never_subtracted(reports):
    progress = table(reports["star_all"], "progress")
    assert progress["yearly"].isna().all()
    assert set(progress["start_term"].dropna()) == {"1985-86-summer"}


def test_no_percentage_is_formed_from_absences_without_a_denominator(reports):
    page = (reports["uci_mathematics"].folder / "packs" / "2_review-inclusion.html").read_text(encoding="utf-8")
    assert "Attendance of these pupils is not known." in page
    assert not table(reports["uci_mathematics"], "flags")["rule"].eq("attendance").any()


def test_a_final_grade_of_nought_after_real_grades_is_no_grade(reports, shared):
    export = pd.read_csv(shared / "data" / MATHS, sep=";")
    progress = table(reports["uci_mathematics"], "progress").query("subject != 'all'")
    assert progress["points"].isna().sum() == (export["G3"].eq(0) & (export["G1"].gt(0) | export["G2"].gt(0))).sum() == 38
    assert progress.loc[progress["points"].isna(), "why_not"].str.contains("not assessed").all()


# --- groups of real pupils ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def export(reports) -> DataFrame:
    """The STAR file as pandas reads it, to count by other means."""
    assert reports["star_all"]
    return pd.read_csv(PROJECT.parent / "shared" / "data" / STAR, keep_default_na=False, na_values=[""], dtype={"stdntid": str})


def plain(rows: DataFrame, by: str, value: str) -> DataFrame:
    return rows[rows[value].notna()].groupby(by)[value].agg(["size", "mean", "std"])


GRADE_1 = {"Reading": "g1treadss", "Mathematics": "g1tmathss", "Listening": "g1tlistss", "Word skills": "g1wordskillss"}
ASKED = {
    "SEN status": ("g1speced", {"YES": "SEN support", "NO": "No SEN"}),
    "gender": ("gender", {"MALE": "Boys", "FEMALE": "Girls"}),
    "ethnicity": ("race", {"WHITE": "White", "BLACK": "Black"}),
    "set": ("g1classtype", {name: f"Set {name}" for name in ("SMALL CLASS", "REGULAR CLASS", "REGULAR + AIDE CLASS")}),
}


@pytest.mark.parametrize("family", ASKED)
def test_plain_means_in_star_are_exactly_those_of_the_file(reports, export, family):
    found = table(reports["star_all"], "attainment").query("family == @family").set_index(["group", "subject"])
    column, names = ASKED[family]
    rows = export[export["g1schid"].notna()]
    for subject, test in GRADE_1.items():
        for value, told in plain(rows, column, test).iterrows():
            if value in names:
                row = found.loc[(names[value], subject)]
                assert row["n"] == told["size"]
                assert row[["mean", "sd"]].to_list() == pytest.approx(told[["mean", "std"]].to_list(), abs=1e-9)


def test_gaps_of_special_education_and_of_gender_in_star_have_the_intervals_of_scipy(reports, export):
    found = table(reports["star_all"], "attainment").set_index(["family", "group", "subject"])
    rows = export[export["g1schid"].notna()]
    for family, group, column, value in (("SEN status", "SEN support", "g1speced", "YES"), ("gender", "Boys", "gender", "MALE")):
        for subject, test in GRADE_1.items():
            scores, mine = rows[test].dropna(), rows[column].eq(value)
            told = stats.ttest_ind(scores[mine], scores[~mine], equal_var=False)
            row = found.loc[(family, group, subject)]
            assert row["gap"] == pytest.approx(scores[mine].mean() - scores[~mine].mean(), abs=1e-9)
            assert row[["gap_low", "gap_high"]].to_list() == pytest.approx([*told.confidence_interval()], abs=1e-8)


def test_absence_in_star_is_counted_pupil_by_pupil(reports, export):
    rates = table(reports["star_all"], "comparisons").query("measure == 'persistent absence'").set_index("family")
    rows = export[export["g1schid"].notna() & export["g1present"].notna() & export["g1absent"].notna()]
    # Kindergarten lies in another school year; a tenth of the days or more is persistent.
    days = rows["g1present"] + rows["g1absent"]
    often = (10 * rows["g1absent"] >= days)[days > 0]
    row = rates.loc["persistent absence by SEN status"].set_index("group").loc["SEN support"]
    mine = rows.loc[often.index, "g1speced"].eq("YES")
    assert (row["count"], row["n"]) == (often[mine].sum(), mine.sum())


def test_progress_of_assistant_classes_in_star_stands_beside_the_others(reports, export):
    found = table(reports["star_all"], "comparisons").query("family == 'set' and subject == 'Mathematics'").set_index("group")
    progress = table(reports["star_all"], "progress").query("subject == 'Mathematics'").set_index("pupil_id")["scaled_residual"]
    kind = export.set_index("stdntid")["g1classtype"]
    told = progress.dropna().groupby(kind.reindex(progress.dropna().index)).agg(["size", "mean"])
    for name, row in told.iterrows():
        assert found.loc[f"Set {name}", "n"] == row["size"]
        assert found.loc[f"Set {name}", "mean"] == pytest.approx(row["mean"], abs=1e-9)
    assert set(found.index) == {f"Set {name}" for name in told.index}
