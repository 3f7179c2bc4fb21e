"""A profile is written by a data manager: what each line of it does, and what an import does with the rows."""

from pathlib import Path
from textwrap import dedent

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pandas import DataFrame

from sentrack_lib.errors import BadInput, WrongUse
from sentrack_lib.settings import SchoolSettings
from sentrack_lib.sources import schema
from sentrack_lib.sources.exports.days import iso_dates
from sentrack_lib.sources.exports.export import Export
from sentrack_lib.sources.exports.mapping import apply_profile
from sentrack_lib.sources.exports.profiles import Profile, read_profile
from sentrack_lib.sources.files import read_sheet, write_table
from sentrack_lib.sources.imports import ImportReport, import_files
from sentrack_lib.sources.imports.importing import profile_named
from sentrack_lib.sources.imports.merging import CHANGE, merged

TERM = "2025-26-autumn"
ROLL = """
tables:
- table: pupils
  columns:
    pupil_id: [UPN, Adno]
    surname: Legal Surname
    year_group: Year
    sen_status: {from: SEN, recode: {Yes: K, No: N}}
ignore: {not used: [Phone]}
"""
MARKS = """
tables:
- table: assessments
  each: [{column: En, subject: English}, {column: Ma, subject: Maths}]
  columns:
    pupil_id: UPN
    subject: {always: "{subject}"}
    kind: {always: actual}
    scale: {always: gcse_9_1}
    grade: "{column}"
"""


def profile(folder: Path, text: str) -> Profile:
    """The profile written in a text."""
    (folder / "mapping.yml").write_text(dedent(text))
    return read_profile(folder / "mapping.yml")


def mapped(
    folder: Path, text: str, export: str, term: str | None = TERM, school: str | None = None, name: str = "export.csv"
) -> Export:
    """What a profile makes of an export (`a | b`, one row a line)."""
    (folder / name).write_text(
        "\n".join(",".join(cell.strip() for cell in line.split("|")) for line in export.strip().splitlines())
    )
    read = profile(folder, text)
    return apply_profile(read, read_sheet(folder / name, read.headings(name)), term, school)


def imported(folder: Path, text: str, export: str, term: str | None = TERM, name: str = "export.csv") -> ImportReport:
    """What an import into `folder`/school does with an export."""
    (folder / name).write_text(
        "\n".join(",".join(cell.strip() for cell in line.split("|")) for line in export.strip().splitlines())
    )
    profile(folder, text)
    return import_files([folder / name], folder / "school", term, folder / "mapping.yml")


def named(found: Export, table: str, *columns: str) -> list[tuple[str, ...]]:
    """Some columns of a mapped table, each row after the pupil it is about."""
    whole = found.tables[TERM, table]
    return rows(whole.assign(pupil_id=found.who["pupil_id"].loc[whole.index].to_numpy())[["pupil_id", *columns]])


def rows(table: DataFrame) -> list[tuple[str, ...]]:
    """The rows of a table."""
    return [tuple(row) for row in table.itertuples(index=False)]


def held(folder: Path, table: str, term: str = TERM) -> str:
    """The file of a term's folder as it stands."""
    return (folder / "school" / term / f"{table}.csv").read_text()


def files(folder: Path) -> dict[str, bytes]:
    """All files of the school, by name."""
    return {str(file.relative_to(folder)): file.read_bytes() for file in sorted((folder / "school").rglob("*")) if file.is_file()}


def test_columns_are_renamed_and_codes_rewritten_and_the_rest_is_told(tmp_path: Path) -> None:
    found = mapped(
        tmp_path,
        ROLL,
        "upn | LEGAL_SURNAME | Year | SEN | Phone | Pet\nT1 | Aamodt | 7 | Yes | 1 | cat\nT2 | Barnsey | 8 | no | 2 |",
    )
    assert rows(found.tables[TERM, "pupils"]) == [("Aamodt", "7", "K"), ("Barnsey", "8", "N")]
    assert rows(found.who) == [("T1", "Aamodt"), ("T2", "Barnsey")]
    assert found.tables[TERM, "pupils"].index.tolist() == [2, 3]
    assert dict(zip(found.columns["column"], found.columns["use"], strict=True)) == {
        "upn": "used", "LEGAL_SURNAME": "used", "Year": "used", "SEN": "used", "Phone": "ignored", "Pet": "not mentioned",
    }  # fmt: skip
    assert found.columns.set_index("column").at["Phone", "reason"] == "not used"
    assert found.problems["value"].tolist() == ["Pet"]


def test_a_code_nobody_explained_stays_as_it_is_and_is_listed_with_its_rows(tmp_path: Path) -> None:
    found = mapped(
        tmp_path,
        ROLL,
        "Adno | Legal Surname | Year | SEN\n01 | Aamodt | 7 | Maybe\n02 | Barnsey | 7 | Maybe\n03 | Coopertz | 7 |",
    )
    assert found.tables[TERM, "pupils"]["sen_status"].tolist() == ["Maybe", "Maybe", ""]
    assert rows(found.not_understood) == [("SEN", "Maybe", 2)]


def test_a_column_that_is_not_in_the_export_is_told(tmp_path: Path) -> None:
    found = mapped(tmp_path, ROLL, "UPN | Year | SEN\nT1 | 7 | No")
    assert "surname" not in found.tables[TERM, "pupils"]
    assert found.columns.query("use == 'missing'")["column"].tolist() == ["Legal Surname"]


def test_wide_columns_become_rows_and_an_empty_cell_is_no_row(tmp_path: Path) -> None:
    found = mapped(tmp_path, MARKS, "UPN | En | Ma\nT1 | 5 | ABS\nT2 | | 7")
    assert named(found, "assessments", "subject", "grade") == [
        ("T1", "English", "5"), ("T1", "Maths", "ABS"), ("T2", "Maths", "7"),
    ]  # fmt: skip


def test_one_file_fills_several_tables_and_terms(tmp_path: Path) -> None:
    text = """
    terms: {2024-25-summer: {t: Sum}, 2025-26-autumn: {t: Aut}}
    rows: {"{t} roll": filled}
    tables:
    - table: pupils
      columns: {pupil_id: id, year_group: "{t} year", sen_status: {always: N}}
    - table: adults
      terms: [2025-26-autumn]
      columns: {adult_id: id, role: {always: mentor}, weekly_hours: {always: "2"}}
    """
    export = "id | Sum roll | Sum year | Aut roll | Aut year\nT1 | x | 7 | x | 8\nT2 | | | x | 7"
    found = mapped(tmp_path, text, export, term=None)
    assert rows(found.who) == [("T1",), ("T2",)]
    assert {place: table.iloc[:, :2].to_numpy().tolist() for place, table in found.tables.items()} == {
        ("2024-25-summer", "pupils"): [["7", "N"]],
        ("2025-26-autumn", "pupils"): [["8", "N"], ["7", "N"]],
        ("2025-26-autumn", "adults"): [["T1", "mentor"], ["T2", "mentor"]],
    }
    assert set(mapped(tmp_path, text, export, term="2024-25-summer").tables) == {("2024-25-summer", "pupils")}
    with pytest.raises(WrongUse, match="knows no term 2023-24-summer"):
        mapped(tmp_path, text, export, term="2023-24-summer")


def test_a_column_may_name_the_term_and_a_row_without_one_is_set_aside(tmp_path: Path) -> None:
    text = """
    term: {from: Term, recode: {Aut1: 2025-26-autumn, Spr1: 2025-26-spring}}
    tables: [{table: pupils, columns: {pupil_id: UPN, year_group: Year, sen_status: {always: N}}}]
    """
    found = mapped(tmp_path, text, "UPN | Year | Term\nT1 | 7 | Aut1\nT1 | 7 | Spr1\nT2 | 7 | Lent", term=None)
    assert {place[0]: len(table) for place, table in found.tables.items()} == {"2025-26-autumn": 1, "2025-26-spring": 1}
    aside = found.problems.query("effect == 'row set aside'")
    assert aside[["row", "value"]].to_numpy().tolist() == [[4, "Lent"]]


def test_the_rows_of_one_school_can_be_chosen(tmp_path: Path) -> None:
    text = "school: Site\n" + ROLL
    export = "UPN | Legal Surname | Year | SEN | Site\nT1 | Aamodt | 7 | No | East\nT2 | Barnsey | 7 | No | West"
    assert mapped(tmp_path, text, export, school="West").who["pupil_id"].tolist() == ["T2"]
    assert len(mapped(tmp_path, text, export).tables[TERM, "pupils"]) == 2
    with pytest.raises(BadInput, match="no rows of school Wets. Did you mean West"):
        mapped(tmp_path, text, export, school="Wets")
    with pytest.raises(WrongUse, match="which column names the school"):
        mapped(tmp_path, ROLL, export, school="West")


def test_pupils_without_an_id_are_numbered_by_row_and_that_is_said(tmp_path: Path) -> None:
    text = "tables: [{table: pupils, columns: {pupil_id: {row_number: m-}, year_group: Year, sen_status: {always: N}}}]"
    found = mapped(tmp_path, text, "Year\n7\n8")
    assert found.who["pupil_id"].tolist() == ["m-2", "m-3"]
    assert "numbered by their rows" in found.problems["problem"].item()


def test_a_value_can_depend_on_other_columns(tmp_path: Path) -> None:
    text = """
    tables:
    - table: assessments
      columns:
        pupil_id: UPN
        grade: {from: G3, instead: [{write: N/A, where: {G3: is 0}, where_any: {G1: above 0, G2: above 0}}]}
    """
    found = mapped(tmp_path, text, "UPN | G1 | G2 | G3\nT1 | 5 | 0 | 0\nT2 | 0 | 0 | 0\nT3 | 9 | 9 | 8\nT4 | 0 | 3 | 0")
    assert found.tables[TERM, "assessments"]["grade"].tolist() == ["N/A", "0", "8", "N/A"]


def test_numbers_are_added_and_a_blank_part_leaves_a_blank_sum(tmp_path: Path) -> None:
    text = "tables: [{table: attendance, columns: {pupil_id: UPN, sessions_possible: {sum: [Present, Absent], times: 2}}}]"
    found = mapped(tmp_path, text, "UPN | Present | Absent\nT1 | 90 | 5.5\nT2 | 90 |\nT3 | many | 1")
    assert found.tables[TERM, "attendance"]["sessions_possible"].tolist() == ["191", "", ""]
    assert rows(found.not_understood) == [("Present", "many", 1)]


@pytest.mark.parametrize(
    ("condition", "kept"),
    [
        ("filled", ["a", "B", "c", "3"]), ("blank", [""]), ("is b", ["B"]), ("is not b", ["a", "", "c", "3"]),
        ("one of A, c", ["a", "c"]), ("above 2", ["3"]), ("below 2", []),
    ],
)  # fmt: skip
def test_conditions_keep_rows(tmp_path: Path, condition: str, kept: list[str]) -> None:
    text = f"rows: {{mark: '{condition}'}}\ntables: [{{table: adults, columns: {{adult_id: id, name: mark}}}}]"
    found = mapped(tmp_path, text, "id | mark\n1 | a\n2 | B\n3 |\n4 | c\n5 | 3")
    assert [name for table in found.tables.values() for name in table["name"]] == kept


def test_words_may_depend_on_the_name_of_the_file(tmp_path: Path) -> None:
    text = """
    files: {maths: {subject: Mathematics}, english: {subject: English}}
    tables: [{table: assessments, columns: {pupil_id: UPN, subject: {always: "{subject}"}, grade: Mark}}]
    """
    found = mapped(tmp_path, text, "UPN | Mark\nT1 | 5", name="marks-English-y7.csv")
    assert found.tables[TERM, "assessments"]["subject"].tolist() == ["English"]
    with pytest.raises(WrongUse, match="one of these in their name: maths, english"):
        mapped(tmp_path, text, "UPN | Mark\nT1 | 5", name="art.csv")


def test_days_are_read_day_first_and_never_month_first() -> None:
    written = [
        "03/04/2025",
        "3/4/2025",
        "13/04/2025",
        "2025-04-03",
        "31/02/2025",
        "03-04-2025",
        "3 Apr 2025",
        "Thu 03-April-25",
        "03/04/25",
        "April",
        "",
        "2025-04-03 09:30:00",
    ]
    assert iso_dates(pd.Series(written, dtype="str")).tolist() == [
        "2025-04-03", "2025-04-03", "2025-04-13", "2025-04-03", "31/02/2025", "2025-04-03", "2025-04-03", "2025-04-03",
        "03/04/25", "April", "", "2025-04-03",
    ]  # fmt: skip


def test_a_column_written_month_first_is_not_read_and_a_slip_costs_one_day() -> None:
    american = pd.Series(["04/03/2025", "04/25/2025", "12/01/2025"], dtype="str")
    assert iso_dates(american).tolist() == american.tolist()
    slip = pd.Series(["03/04/2025"] * 30 + ["04/25/2025"], dtype="str")
    assert iso_dates(slip).tolist() == ["2025-04-03"] * 30 + ["04/25/2025"]


def test_a_column_written_month_first_is_told(tmp_path: Path) -> None:
    text = "tables: [{table: behaviour, columns: {pupil_id: UPN, on: Date, kind: {always: reward}}}]"
    report = imported(tmp_path, text, "UPN | Date\nT1 | 04/03/2025\nT1 | 04/25/2025")
    assert "month first" in str(report) and report.exit_code == 1
    assert not (tmp_path / "school" / TERM / "behaviour.csv").exists()


def test_only_columns_of_days_are_rewritten(tmp_path: Path) -> None:
    text = "tables: [{table: pupils, columns: {pupil_id: UPN, date_of_birth: DOB, form: DOB}}]"
    found = mapped(tmp_path, text, "UPN | DOB\nT1 | 03/09/2012").tables[TERM, "pupils"]
    assert rows(found[["date_of_birth", "form"]]) == [("2012-09-03", "03/09/2012")]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("tabels: []", "Did you mean tables"),
        ("tables: [{table: pupil, columns: {}}]", "there is no table pupil. Did you mean pupils"),
        ("tables: [{table: pupils, columns: {surnam: x}}]", "pupils has no column surnam. Did you mean surname"),
        ("tables: [{table: pupils, columns: {surname: {form: x}}}]", "Did you mean from"),
        (
            "tables: [{table: pupils, columns: {surname: {from: x, always: y}}}]",
            "exactly one of from, always, sum and row_number",
        ),
        ("tables: [{table: pupils, rows: {Year: more than 3}, columns: {}}]", "is no condition"),
        ("tables: [{table: pupils, rows: {Year: above seven}, columns: {}}]", "needs a number"),
        ("terms: {autumn: {}}\ntables: []", "is not a term"),
        ("about: nothing", "tables is missing"),
        ("tables: [", "not readable as YAML, line"),
        ("", "profile"),
    ],
)
def test_a_mistake_in_a_profile_is_told_as_a_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(WrongUse, match=sentence):
        profile(tmp_path, text)


def test_a_word_that_stands_for_nothing_is_told(tmp_path: Path) -> None:
    with pytest.raises(WrongUse, match="uses {sujbect}, which stands for nothing here. Did you mean subject"):
        mapped(tmp_path, MARKS.replace('"{subject}"', '"{sujbect}"'), "UPN | En | Ma\nT1 | 1 | 2")


def test_a_profile_is_found_by_name_and_an_unknown_one_told() -> None:
    assert profile_named("star").name == "star.yml"
    with pytest.raises(WrongUse, match="no profile stra in parameters/. Did you mean star"):
        profile_named("stra")


def test_the_first_lines_of_the_module_show_a_profile_that_can_be_read(tmp_path: Path) -> None:
    import sentrack_lib.sources.exports.profiles as module

    shown = [line for line in (module.__doc__ or "").splitlines() if line.startswith("    ")]
    assert [part.table for part in profile(tmp_path, "\n".join(shown)).tables] == [
        "pupils",
        "assessments",
        "provisions",
        "attendance",
    ]


EXPORT = "UPN | Legal Surname | Year | SEN\nT1 | Aamodt | 7 | No\nT2 | Barnsey | 7 | Yes"


def test_an_import_writes_the_tables_the_settings_and_the_untouched_original(tmp_path: Path) -> None:
    report = imported(tmp_path, ROLL, EXPORT)
    assert held(tmp_path, "pupils") == "pupil_id,surname,year_group,sen_status\nT1,Aamodt,7,N\nT2,Barnsey,7,K\n"
    assert SchoolSettings.read(tmp_path / "school").name == "school"
    originals = list((tmp_path / "school" / TERM / "originals").iterdir())
    assert [(file.name[12:], file.read_bytes()) for file in originals] == [
        ("-export.csv", (tmp_path / "export.csv").read_bytes())
    ]
    assert report.exit_code == 0
    assert "export.csv was taken for what its profile describes." in str(report)


def test_settings_of_a_profile_are_written_once_and_never_over_those_of_a_school(tmp_path: Path) -> None:
    more = ROLL + 'school_settings: {name: Nowhere School, scales: {effort: ["1", "2"]}}'
    imported(tmp_path, more, EXPORT)
    assert SchoolSettings.read(tmp_path / "school").scales["effort"].grades == ("1", "2")
    imported(tmp_path, more.replace("Nowhere", "Other"), EXPORT)
    assert SchoolSettings.read(tmp_path / "school").name == "Nowhere School"
    with pytest.raises(WrongUse, match="school_settings cannot be used"):
        import_files([tmp_path / "export.csv"], tmp_path / "other", TERM, written(tmp_path, ROLL + "school_settings: {nam: x}"))


def written(folder: Path, text: str) -> Path:
    """A profile's file."""
    (folder / "written.yml").write_text(text)
    return folder / "written.yml"


def test_the_same_file_again_changes_not_a_byte(tmp_path: Path) -> None:
    imported(tmp_path, ROLL, EXPORT)
    before = files(tmp_path)
    report = imported(tmp_path, ROLL, EXPORT)
    assert files(tmp_path) == before
    assert report.tables[["added", "changed", "unchanged"]].to_numpy().tolist() == [[0, 0, 2]]
    assert report.changes.empty


def test_a_newer_file_wins_and_a_pupil_missing_from_it_stays_and_is_told(tmp_path: Path) -> None:
    imported(tmp_path, ROLL, EXPORT)
    report = imported(
        tmp_path, ROLL, "UPN | Legal Surname | Year | SEN\nT3 | Coopertz | 8 | No\nT1 | Aamodt | 7 | Yes", name="newer.csv"
    )
    assert held(tmp_path, "pupils").splitlines()[1:] == ["T1,Aamodt,7,K", "T2,Barnsey,7,K", "T3,Coopertz,8,N"]
    assert rows(report.changes[CHANGE]) == [("pupils", "T1", "sen_status", "N", "K")]
    assert report.problems.query("problem.str.contains('not in this file')")["value"].tolist() == ["T2"]
    assert report.exit_code == 0


def test_a_list_of_sen_alone_changes_only_what_it_says(tmp_path: Path) -> None:
    imported(tmp_path, ROLL, EXPORT)
    register = "tables: [{table: pupils, columns: {pupil_id: UPN, sen_status: Stage, sen_need: Need}}]"
    report = imported(tmp_path, register, "UPN | Stage | Need\nT1 | E | ASD", name="sen.csv")
    assert held(tmp_path, "pupils").splitlines()[1:] == ["T1,Aamodt,7,E,ASD", "T2,Barnsey,7,K,"]
    assert (report.exit_code, len(report.problems)) == (0, 0)


def test_rows_that_cannot_be_used_are_set_aside_and_counted(tmp_path: Path) -> None:
    report = imported(tmp_path, ROLL, EXPORT + "\n | Coopertz | 7 | No\nT4 | Dunnock | 7")
    assert rows(report.files[["file", "read", "accepted", "set_aside"]]) == [("export.csv", 4, 2, 2)]
    assert report.tables[["mapped", "accepted", "set_aside"]].to_numpy().tolist() == [[3, 2, 1]]
    assert report.exit_code == 1
    assert sorted(report.problems.query("effect == 'row set aside'")["row"]) == [4, 5]


def test_absences_without_possible_sessions_are_refused_with_what_to_export(tmp_path: Path) -> None:
    text = "tables: [{table: attendance, columns: {pupil_id: UPN, sessions_unauthorised: absences}}]"
    report = imported(tmp_path, text, "UPN | absences\nT1 | 6")
    assert report.exit_code == 1
    assert "possible sessions" in str(report)
    assert not (tmp_path / "school" / TERM / "attendance.csv").exists()


def test_events_are_not_doubled_by_the_same_file_and_two_alike_stay_two(tmp_path: Path) -> None:
    text = "tables: [{table: behaviour, columns: {pupil_id: UPN, on: Date, kind: {always: reward}}}]"
    export = "UPN | Date\nT1 | 03/09/2025\nT1 | 03/09/2025\nT1 | 04/09/2025"
    for _ in range(2):
        imported(tmp_path, text, export)
    assert held(tmp_path, "behaviour").splitlines()[1:] == ["T1,2025-09-03,reward"] * 2 + ["T1,2025-09-04,reward"]


def test_a_table_with_rows_that_cannot_be_read_is_not_written_over(tmp_path: Path) -> None:
    imported(tmp_path, ROLL, EXPORT)
    file = tmp_path / "school" / TERM / "pupils.csv"
    file.write_text(file.read_text() + "T9,Eggl\n")
    report = imported(tmp_path, ROLL, EXPORT.replace("Aamodt", "Aamondt"))
    assert file.read_text().endswith("T1,Aamodt,7,N\nT2,Barnsey,7,K\nT9,Eggl\n")
    assert report.exit_code == 1
    assert "Correct them first" in str(report)


def test_columns_a_person_added_to_a_table_stay(tmp_path: Path) -> None:
    imported(tmp_path, ROLL, EXPORT)
    file = tmp_path / "school" / TERM / "pupils.csv"
    file.write_text("pupil_id,surname,year_group,sen_status,locker\nT1,Aamodt,7,N,12\nT2,Barnsey,7,K,13\n")
    imported(tmp_path, ROLL, EXPORT.replace("Aamodt", "Aamondt"))
    assert file.read_text() == "pupil_id,surname,year_group,sen_status,locker\nT1,Aamondt,7,N,12\nT2,Barnsey,7,K,13\n"


def test_a_file_that_cannot_be_read_is_told_and_the_others_go_on(tmp_path: Path) -> None:
    (tmp_path / "scan.pdf").write_bytes(b"%PDF-1.7")
    imported(tmp_path, ROLL, EXPORT)
    report = import_files([tmp_path / "scan.pdf", tmp_path / "export.csv"], tmp_path / "new", TERM, tmp_path / "mapping.yml")
    assert (tmp_path / "new" / TERM / "pupils.csv").exists()
    assert report.exit_code == 1
    assert report.problems["file"].tolist() == ["scan.pdf"]


ids = st.sampled_from(["T1", "T2", "T3", "T4"])
tables = st.dictionaries(ids, st.sampled_from(["N", "K", "E", ""]), max_size=4)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tables, tables)
def test_merging_loses_nobody_and_a_second_time_changes_nothing(
    tmp_path: Path, first: dict[str, str], second: dict[str, str]
) -> None:
    old, new = (DataFrame({"pupil_id": list(part), "sen_status": list(part.values())}, dtype="str") for part in (first, second))
    once = merged("pupils", old, new)
    assert dict(rows(once.rows)) == {**first, **second}
    assert once.added + once.changed + once.unchanged == len(new)
    again = merged("pupils", once.rows, new)
    assert again.rows.equals(once.rows)
    assert again.changes.empty
    write_table(once.rows, tmp_path / "pupils.csv")
    assert set(schema.columns("pupils")) >= set(once.rows)
